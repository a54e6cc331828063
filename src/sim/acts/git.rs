//! Commits and branches, as far as a bot sees them: files at a commit, pushes.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Commit, Tree, is_of_fork};
use super::super::world::World;

/// The id of the commit before a branch's first.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// Forty hexadecimal digits that depend on the content, in the form of a commit id.
pub(in super::super) fn sha1_like(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    hex::encode(&digest.finalize()[..20])
}

impl World {
    /// Commits these files on top of what a branch has and moves the branch, without saying so.
    /// A new branch begins where `from` is.
    pub(super) fn commit(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        branch: &str,
        from: &str,
        files: &[(String, Option<String>)],
        message: &str,
    ) -> String {
        let parent = self[repo].commit(branch).or(self[repo].commit(from));
        let mut tree = parent.map_or_else(Tree::new, |commit| commit.tree.clone());
        let before = parent.map_or(NOTHING, |commit| commit.sha.as_str());
        let number = self[repo].commits.len().to_string();
        let sha = sha1_like(&[before, &self.full_name(repo), branch, message, &number]);
        for (path, text) in files {
            match text {
                Some(text) => tree.insert(path.clone(), text.clone()),
                None => tree.remove(path),
            };
        }
        let now = self.now();
        let commit = Commit {
            sha: sha.clone(),
            tree,
            message: message.to_owned(),
            author: actor.account,
            at: now,
        };
        let repo = &mut self[repo];
        repo.commits.insert(sha.clone(), commit);
        repo.branches.insert(branch.to_owned(), sha.clone());
        repo.pushed_at = now;
        sha
    }

    /// Announces that a branch moved from `before`, or began.
    pub(super) fn announce_push(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        branch: &str,
        before: Option<&str>,
        after: &str,
    ) {
        if is_of_fork(branch) {
            // It was pushed to another repository, of which nobody here hears.
            return;
        }
        let commits = &self[repo].commits;
        let Some(head) = commits.get(after) else {
            return;
        };
        let old = before.and_then(|sha| commits.get(sha));
        let head = self.pushed_commit_json(repo, head, old);
        let login = self.login(actor.account).to_owned();
        let more = json!({
            "ref": format!("refs/heads/{branch}"),
            "before": before.unwrap_or(NOTHING),
            "after": after,
            "base_ref": null,
            "created": before.is_none(),
            "deleted": false,
            "forced": false,
            "compare": format!("{}/compare/{branch}", self.repo_page(repo)),
            "commits": [head],
            "head_commit": head,
            "pusher": { "name": login, "email": format!("{login}@users.noreply.github.com") }
        });
        self.announce(repo, actor, "push", None, more);
    }

    /// Writes files on a branch and pushes; on pull requests from that branch it shows as
    /// `synchronize`.
    pub fn push_files(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        branch: &str,
        files: &[(String, Option<String>)],
        message: &str,
    ) -> Did<String> {
        let before = self[repo].branches.get(branch).cloned();
        let from = self[repo].default_branch.clone();
        let sha = self.commit(repo, actor, branch, &from, files, message);
        self.show_push(repo, actor, branch, before, sha)
    }

    /// The same with a branch that is begun anew from the default branch: what was there is gone.
    pub fn force_push(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        branch: &str,
        files: &[(String, Option<String>)],
    ) -> Did<String> {
        let before = self[repo].branches.remove(branch);
        let from = self[repo].default_branch.clone();
        let sha = self.commit(repo, actor, branch, &from, files, "Anew");
        self.show_push(repo, actor, branch, before, sha)
    }

    fn show_push(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        branch: &str,
        before: Option<String>,
        sha: String,
    ) -> Did<String> {
        self.announce_push(repo, actor, branch, before.as_deref(), &sha);
        let Some(before) = before else {
            return Ok(sha);
        };
        let pulls: Vec<u64> = self[repo]
            .issues
            .values()
            .filter(|issue| issue.open && issue.pull.as_ref().is_some_and(|p| p.branch == branch))
            .map(|issue| issue.number)
            .collect();
        for number in pulls {
            if let Some(pull) = self.issue_mut(repo, number)?.pull.as_mut() {
                pull.head.clone_from(&sha);
                pull.commits += 1;
            }
            self.touch(repo, number);
            let more = json!({ "before": before, "after": sha });
            self.announce_issue(repo, number, actor, "synchronize", more);
        }
        Ok(sha)
    }

    /// The text of a file at a commit, branch or the default branch.
    pub fn file(&self, repo: RepoIx, path: &str, reference: Option<&str>) -> Did<(&Commit, &str)> {
        let reference = reference.unwrap_or(&self[repo].default_branch);
        let commit = self[repo]
            .commit(reference)
            .ok_or_else(Refusal::not_found)?;
        let text = commit.tree.get(path).ok_or_else(Refusal::not_found)?;
        Ok((commit, text))
    }
}
