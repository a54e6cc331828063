//! Merging a pull request, and asking for it by way of a merge queue.

use serde_json::json;

use super::super::json::{node_id, time};
use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Merge, StateReason};
use super::super::world::World;

impl World {
    /// Merges: the base moves (`push`), the pull request is closed, and so are the issues that it
    /// was to close.
    pub fn merge_pull(&mut self, repo: RepoIx, actor: Actor, number: u64) -> Did<String> {
        let pull = self.pull(repo, number)?.clone();
        if pull.merged.is_some() || !self.issue(repo, number)?.open {
            return Err(Refusal::new(405, "Pull Request is not mergeable"));
        }
        let closes = self.closing_references(repo, number)?;
        let files: Vec<(String, Option<String>)> = self
            .changes(repo, &pull)
            .into_iter()
            .map(|change| {
                let text = self[repo]
                    .commits
                    .get(&pull.head)
                    .and_then(|head| head.tree.get(&change.path))
                    .cloned();
                (change.path, text)
            })
            .collect();
        let before = self[repo].branches.get(&pull.base).cloned();
        let message = format!("Merge pull request #{number}");
        let commit = self.commit(repo, actor, &pull.base, &pull.base, &files, &message);
        let now = self.now();
        let issue = self.issue_mut(repo, number)?;
        issue.open = false;
        issue.closed_at = Some(now);
        issue.closed_by = Some(actor.account);
        issue.updated_at = now;
        if let Some(pull) = issue.pull.as_mut() {
            pull.merged = Some(Merge {
                by: actor.account,
                at: now,
                commit: commit.clone(),
            });
        }
        self.announce_issue(repo, number, actor, "closed", json!({}));
        self.announce_push(repo, actor, &pull.base, before.as_deref(), &commit);
        for (place, issue) in closes {
            self.close_issue(place, actor, issue, StateReason::Completed)?;
        }
        Ok(commit)
    }

    /// Deploys a commit, by somebody's workflow, and says what became of it.
    pub fn deploy(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        (environment, reference): (&str, &str),
        state: &str,
    ) -> Did<()> {
        let commit = self[repo]
            .commit(reference)
            .ok_or_else(Refusal::not_found)?;
        let sha = commit.sha.clone();
        let (id, status) = (self.id(), self.id());
        let now = time(self.now());
        let api = self.repo_url(repo);
        let url = format!("{api}/deployments/{id}");
        let creator = self.user_json(actor.account);
        let more = json!({
            "deployment": {
                "id": id, "node_id": node_id("DE", id), "url": url, "sha": sha, "ref": reference,
                "task": "deploy", "payload": {}, "original_environment": environment,
                "environment": environment, "description": null, "creator": creator,
                "created_at": now, "updated_at": now, "statuses_url": format!("{url}/statuses"),
                "repository_url": api, "transient_environment": false,
                "production_environment": environment == "production"
            },
            "deployment_status": {
                "id": status, "node_id": node_id("DES", status), "state": state,
                "url": format!("{url}/statuses/{status}"), "creator": creator, "description": "",
                "environment": environment, "target_url": "", "created_at": now, "updated_at": now,
                "deployment_url": url, "repository_url": api,
                "environment_url": format!("https://{environment}.acme.example"), "log_url": format!("{url}/log")
            }
        });
        self.announce(repo, actor, "deployment_status", Some("created"), more);
        Ok(())
    }

    /// Puts a pull request into the merge queue: a commit on a branch of the queue's own, for
    /// which checks are asked.
    pub fn enqueue_pull(&mut self, repo: RepoIx, actor: Actor, number: u64) -> Did<String> {
        let pull = self.pull(repo, number)?.clone();
        let branch = format!(
            "gh-readonly-queue/{}/pr-{number}-{}",
            pull.base, pull.base_sha
        );
        let message = format!("Merge pull request #{number}");
        let sha = self.commit(repo, actor, &branch, &pull.branch, &[], &message);
        self.announce_push(repo, actor, &branch, None, &sha);
        let head = self[repo]
            .commits
            .get(&sha)
            .map(|commit| self.pushed_commit_json(repo, commit, None));
        let more = json!({
            "merge_group": {
                "head_sha": sha,
                "head_ref": format!("refs/heads/{branch}"),
                "base_sha": pull.base_sha,
                "base_ref": format!("refs/heads/{}", pull.base),
                "head_commit": head
            }
        });
        self.announce(repo, actor, "merge_group", Some("checks_requested"), more);
        Ok(sha)
    }
}
