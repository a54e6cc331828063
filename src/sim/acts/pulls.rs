//! Pull requests: opening, drafts, closing references. Merging is in [`super::merging`].

use serde_json::json;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Pull};
use super::super::world::World;
use super::issues::NewIssue;
use super::keywords::closing_keywords;

/// What a new pull request begins with.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct NewPull {
    pub issue: NewIssue,
    pub branch: String,
    pub base: Option<String>,
    pub files: Vec<(String, Option<String>)>,
    pub draft: bool,
}

impl World {
    /// A pull request's own part.
    pub fn pull(&self, repo: RepoIx, number: u64) -> Did<&Pull> {
        self.issue(repo, number)?
            .pull
            .as_ref()
            .ok_or_else(Refusal::not_found)
    }

    fn pull_mut(&mut self, repo: RepoIx, number: u64) -> Did<&mut Pull> {
        self.issue_mut(repo, number)?
            .pull
            .as_mut()
            .ok_or_else(Refusal::not_found)
    }

    /// Pushes a branch (unless it is there and nothing is to be added) and opens a pull request.
    pub fn open_pull(&mut self, repo: RepoIx, actor: Actor, new: NewPull) -> Did<u64> {
        let base = new
            .base
            .unwrap_or_else(|| self[repo].default_branch.clone());
        let base_sha = self[repo]
            .commit(&base)
            .map(|commit| commit.sha.clone())
            .ok_or_else(|| Refusal::invalid("PullRequest", "base", "invalid"))?;
        let before = self[repo].branches.get(&new.branch).cloned();
        let head = match before {
            Some(there) if new.files.is_empty() => there,
            Some(_) | None => {
                let title = &new.issue.title;
                let sha = self.commit(repo, actor, &new.branch, &base, &new.files, title);
                self.announce_push(repo, actor, &new.branch, before.as_deref(), &sha);
                sha
            }
        };
        let number = self.place_issue(repo, actor, &new.issue)?;
        let id = self.id();
        self.issue_mut(repo, number)?.pull = Some(Pull {
            id,
            branch: new.branch,
            base,
            head,
            base_sha,
            draft: new.draft,
            merged: None,
            sidebar_links: Vec::new(),
            commits: 1,
        });
        self.announce_issue(repo, number, actor, "opened", json!({}));
        self.announce_beginnings(repo, number, actor);
        Ok(number)
    }

    /// Makes a draft ready for review, or the other way round.
    pub fn set_draft(&mut self, repo: RepoIx, actor: Actor, number: u64, draft: bool) -> Did<()> {
        let pull = self.pull_mut(repo, number)?;
        if pull.draft == draft {
            return Ok(());
        }
        pull.draft = draft;
        self.touch(repo, number);
        let action = if draft {
            "converted_to_draft"
        } else {
            "ready_for_review"
        };
        self.announce_issue(repo, number, actor, action, json!({}));
        Ok(())
    }

    /// Aims a pull request at another branch.
    pub fn retarget(&mut self, repo: RepoIx, actor: Actor, number: u64, base: &str) -> Did<()> {
        let sha = self[repo]
            .commit(base)
            .map(|commit| commit.sha.clone())
            .ok_or_else(|| Refusal::invalid("PullRequest", "base", "invalid"))?;
        let pull = self.pull_mut(repo, number)?;
        let changes = json!({
            "base": { "ref": { "from": pull.base }, "sha": { "from": pull.base_sha } }
        });
        base.clone_into(&mut pull.base);
        pull.base_sha = sha;
        self.touch(repo, number);
        let more = json!({ "changes": changes });
        self.announce_issue(repo, number, actor, "edited", more);
        Ok(())
    }

    /// Links an issue in the sidebar: nobody is told, as on GitHub.
    pub fn link_in_sidebar(&mut self, repo: RepoIx, number: u64, issue: u64) -> Did<()> {
        self.issue(repo, issue)?;
        let links = &mut self.pull_mut(repo, number)?.sidebar_links;
        if !links.contains(&issue) {
            links.push(issue);
        }
        Ok(())
    }

    /// The issues that merging would close: by keyword, if the base is the default branch, and by
    /// the sidebar.
    pub fn closing_references(&self, repo: RepoIx, number: u64) -> Did<Vec<(RepoIx, u64)>> {
        let issue = self.issue(repo, number)?;
        let pull = self.pull(repo, number)?;
        let mut found: Vec<(RepoIx, u64)> = Vec::new();
        if pull.base == self[repo].default_branch {
            for reference in closing_keywords(issue.body.as_deref().unwrap_or("")) {
                let place = match &reference.repo {
                    None => Some(repo),
                    Some((owner, name)) => self.repo_named(owner, name),
                };
                found.extend(place.map(|place| (place, reference.number)));
            }
        }
        found.extend(pull.sidebar_links.iter().map(|n| (repo, *n)));
        let mut seen = Vec::new();
        for (place, n) in found {
            let is_issue = self[place]
                .issues
                .get(&n)
                .is_some_and(|issue| issue.pull.is_none());
            if is_issue && !seen.contains(&(place, n)) {
                seen.push((place, n));
            }
        }
        Ok(seen)
    }
}
