//! What can be done, by people and by the bot alike: each act changes the world, moves
//! `updated_at` as GitHub does, and announces what happened.

mod checks;
mod comments;
mod git;
mod issues;
mod keywords;
mod labels;
mod merging;
mod milestones;
mod pulls;
mod releases;
mod setup;

pub(super) use checks::CheckPatch;
pub(super) use git::sha1_like;
pub(super) use issues::{IssueEdit, NewIssue};
pub(super) use milestones::{Due, MilestoneEdit};
pub(super) use pulls::NewPull;
pub(super) use releases::{NewRelease, ReleaseEdit};

use serde_json::{Value, json};

use super::json::with;
use super::refusal::{Did, Refusal};
use super::state::RepoIx;
use super::state::{Actor, Issue, IssueEvent};
use super::world::World;

impl World {
    /// An issue or pull request that is there; 410 for one that was deleted, 404 for one that was
    /// moved to another repository.
    pub fn issue(&self, repo: RepoIx, number: u64) -> Did<&Issue> {
        match self[repo].issues.get(&number) {
            Some(issue) => Ok(issue),
            None if self[repo].gone.contains(&number) => {
                Err(Refusal::new(410, "This issue was deleted"))
            }
            None => Err(Refusal::not_found()),
        }
    }

    /// The same, to be changed.
    pub(in super::super) fn issue_mut(&mut self, repo: RepoIx, number: u64) -> Did<&mut Issue> {
        self[repo]
            .issues
            .get_mut(&number)
            .ok_or_else(Refusal::not_found)
    }

    /// Announces something about an issue or pull request.
    pub(in super::super) fn announce_issue(
        &mut self,
        repo: RepoIx,
        number: u64,
        actor: Actor,
        action: &str,
        more: Value,
    ) {
        let Ok(issue) = self.issue(repo, number) else {
            return;
        };
        let (event, subject) = match &issue.pull {
            Some(pull) => (
                "pull_request",
                json!({ "number": number, "pull_request": self.pull_json(repo, issue, pull) }),
            ),
            None => ("issues", json!({ "issue": self.issue_json(repo, issue) })),
        };
        if action == "opened" {
            let path = if event == "issues" { "issues" } else { "pulls" };
            self.lag_behind(repo, &format!("{path}/{number}"));
        }
        self.record_event(repo, number, actor, action, &more);
        self.announce(repo, actor, event, Some(action), with(subject, more));
    }

    /// What the issue's page tells from now on. That a label's definition was deleted is no event
    /// of the issues that bore it.
    pub(in super::super) fn record_event(
        &mut self,
        repo: RepoIx,
        number: u64,
        actor: Actor,
        event: &str,
        more: &Value,
    ) {
        let word = |name: &str| more["label"][name].as_str().map(str::to_owned);
        let label = word("name").zip(word("color"));
        let told = match event {
            "labeled" | "unlabeled" => label.is_some(),
            "renamed" | "assigned" | "unassigned" | "milestoned" | "demilestoned" | "closed"
            | "reopened" | "transferred" => true,
            _ => false,
        };
        if !told {
            return;
        }
        let (id, at) = (self.id(), self.now());
        if let Ok(issue) = self.issue_mut(repo, number) {
            let reason = issue.state_reason.filter(|_| event == "closed");
            issue.events.push(IssueEvent {
                id,
                actor,
                event: event.to_owned(),
                at,
                label,
                reason,
                rename: None,
                from: None,
            });
        }
    }

    /// Lets the next look at a path of the repository fail, if that is wished.
    pub(in super::super) fn lag_behind(&mut self, repo: RepoIx, path: &str) {
        if self.lag_after_event {
            let path = format!("/repos/{}/{path}", self.full_name(repo)).to_ascii_lowercase();
            self.lagging.insert(path);
        }
    }

    /// Marks an issue as changed now.
    pub(in super::super) fn touch(&mut self, repo: RepoIx, number: u64) {
        let now = self.now();
        if let Ok(issue) = self.issue_mut(repo, number) {
            issue.updated_at = now;
        }
    }
}
