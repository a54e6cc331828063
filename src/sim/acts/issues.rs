//! Issues: their texts, state, people and type. Labels are in [`super::labels`].

use serde_json::{Value, json};

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Edit, Issue, Role, StateReason};
use super::super::world::World;

/// The most that GitHub takes as the text of an issue, in characters.
pub(in super::super) const BODY_LIMIT: usize = 65_536;
/// The most that GitHub takes as a title, in characters.
const TITLE_LIMIT: usize = 256;

/// What a new issue or pull request begins with.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct NewIssue {
    pub title: String,
    pub body: Option<String>,
    pub labels: Vec<String>,
    pub assignees: Vec<String>,
    pub milestone: Option<u64>,
    pub issue_type: Option<String>,
}

/// What is edited; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct IssueEdit {
    pub title: Option<String>,
    pub body: Option<String>,
}

/// Refuses what is too long.
pub(in super::super) fn check_texts(title: Option<&str>, body: Option<&str>) -> Did<()> {
    if let Some(title) = title {
        if title.trim().is_empty() {
            return Err(Refusal::invalid("Issue", "title", "missing_field"));
        }
        if title.chars().count() > TITLE_LIMIT {
            return Err(Refusal::unprocessable(
                "Issue",
                "title",
                "title is too long (maximum is 256 characters)",
            ));
        }
    }
    if body.is_some_and(|body| body.chars().count() > BODY_LIMIT) {
        return Err(Refusal::unprocessable(
            "Issue",
            "body",
            "body is too long (maximum is 65536 characters)",
        ));
    }
    Ok(())
}

impl World {
    /// Opens an issue: `opened`, then one event for each label, assignee and milestone.
    pub fn open_issue(&mut self, repo: RepoIx, actor: Actor, new: &NewIssue) -> Did<u64> {
        let number = self.place_issue(repo, actor, new)?;
        self.announce_issue(repo, number, actor, "opened", json!({}));
        self.announce_beginnings(repo, number, actor);
        Ok(number)
    }

    /// Puts a new issue into the repository without saying so.
    pub(super) fn place_issue(&mut self, repo: RepoIx, actor: Actor, new: &NewIssue) -> Did<u64> {
        check_texts(Some(&new.title), new.body.as_deref())?;
        let assignees = new
            .assignees
            .iter()
            .map(|login| self.assignable(login))
            .collect::<Did<Vec<u64>>>()?;
        if new
            .milestone
            .is_some_and(|number| !self[repo].milestones.iter().any(|m| m.number == number))
        {
            return Err(Refusal::invalid("Issue", "milestone", "invalid"));
        }
        let labels = self.label_ids(repo, actor, &new.labels)?;
        let (id, now) = (self.id(), self.now());
        let number = self[repo].next_number;
        self[repo].next_number += 1;
        self[repo].issues.insert(
            number,
            Issue {
                id,
                number,
                title: new.title.clone(),
                body: new.body.clone(),
                author: actor,
                open: true,
                state_reason: None,
                labels,
                assignees,
                milestone: new.milestone,
                type_name: new.issue_type.clone(),
                comments: Vec::new(),
                reactions: Vec::new(),
                created_at: now,
                updated_at: now,
                closed_at: None,
                closed_by: None,
                pull: None,
                events: Vec::new(),
                edits: Vec::new(),
            },
        );
        Ok(number)
    }

    /// One event for each thing that a new issue was opened with.
    pub(super) fn announce_beginnings(&mut self, repo: RepoIx, number: u64, actor: Actor) {
        let Ok(issue) = self.issue(repo, number) else {
            return;
        };
        let mut events: Vec<(&str, Value)> = Vec::new();
        let labels = self.labels_json(repo, &issue.labels);
        for label in labels.as_array().into_iter().flatten() {
            events.push(("labeled", json!({ "label": label })));
        }
        for assignee in &issue.assignees {
            events.push(("assigned", json!({ "assignee": self.user_json(*assignee) })));
        }
        if issue.milestone.is_some() {
            let milestone = self.maybe_milestone_json(repo, issue.milestone);
            events.push(("milestoned", json!({ "milestone": milestone })));
        }
        if issue.type_name.is_some() {
            events.push(("typed", json!({ "type": Self::issue_type_json(issue) })));
        }
        for (action, more) in events {
            self.announce_issue(repo, number, actor, action, more);
        }
    }

    fn assignable(&self, login: &str) -> Did<u64> {
        self.account(login)
            .map(|account| account.id)
            .ok_or_else(|| Refusal::invalid("Issue", "assignees", "invalid"))
    }

    /// Edits title or text; nothing is announced where nothing changes.
    pub fn edit_issue(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        edit: IssueEdit,
    ) -> Did<()> {
        check_texts(edit.title.as_deref(), edit.body.as_deref())?;
        self.issue(repo, number)?;
        let (now, id) = (self.now(), self.id());
        let issue = self.issue_mut(repo, number)?;
        let mut changes = serde_json::Map::new();
        if let Some(title) = edit.title.filter(|title| *title != issue.title) {
            changes.insert("title".to_owned(), json!({ "from": issue.title }));
            issue.title = title;
        }
        if let Some(body) = edit.body
            && issue.body.as_ref() != Some(&body)
        {
            changes.insert(
                "body".to_owned(),
                json!({ "from": issue.body.as_deref().unwrap_or("") }),
            );
            issue.body = Some(body);
            issue.edits.push(Edit {
                id,
                editor: actor.account,
                at: now,
            });
        }
        if changes.is_empty() {
            return Ok(());
        }
        issue.updated_at = now;
        let title = issue.title.clone();
        if let Some(before) = changes.get("title").and_then(|it| it["from"].as_str()) {
            let before = before.to_owned();
            self.record_event(repo, number, actor, "renamed", &Value::Null);
            if let Some(event) = self.issue_mut(repo, number)?.events.last_mut() {
                event.rename = Some((before, title));
            }
        }
        self.announce_issue(repo, number, actor, "edited", json!({ "changes": changes }));
        Ok(())
    }

    /// Closes an issue or pull request; one that is closed only takes the new reason.
    pub fn close_issue(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        reason: StateReason,
    ) -> Did<()> {
        self.issue(repo, number)?;
        let now = self.now();
        let issue = self.issue_mut(repo, number)?;
        let was_open = issue.open;
        if issue.pull.is_none() {
            issue.state_reason = Some(reason);
        }
        if !was_open {
            return Ok(());
        }
        issue.open = false;
        issue.closed_at = Some(now);
        issue.closed_by = Some(actor.account);
        issue.updated_at = now;
        self.announce_issue(repo, number, actor, "closed", json!({}));
        Ok(())
    }

    /// Opens it again.
    pub fn reopen_issue(&mut self, repo: RepoIx, actor: Actor, number: u64) -> Did<()> {
        self.issue(repo, number)?;
        let now = self.now();
        let issue = self.issue_mut(repo, number)?;
        if issue.open {
            return Ok(());
        }
        if issue
            .pull
            .as_ref()
            .is_some_and(|pull| pull.merged.is_some())
        {
            return Err(Refusal::invalid("PullRequest", "state", "invalid"));
        }
        issue.open = true;
        issue.closed_at = None;
        issue.closed_by = None;
        issue.updated_at = now;
        if issue.pull.is_none() {
            issue.state_reason = Some(StateReason::Reopened);
        }
        self.announce_issue(repo, number, actor, "reopened", json!({}));
        Ok(())
    }

    /// Assigns somebody; nothing happens where they are assigned already.
    pub fn assign(&mut self, repo: RepoIx, actor: Actor, number: u64, login: &str) -> Did<()> {
        let who = self.assignable(login)?;
        if self.issue(repo, number)?.assignees.contains(&who) {
            return Ok(());
        }
        self.issue_mut(repo, number)?.assignees.push(who);
        self.touch(repo, number);
        let more = json!({ "assignee": self.user_json(who) });
        self.announce_issue(repo, number, actor, "assigned", more);
        Ok(())
    }

    /// Takes an assignment back.
    pub fn unassign(&mut self, repo: RepoIx, actor: Actor, number: u64, login: &str) -> Did<()> {
        let who = self.assignable(login)?;
        if !self.issue(repo, number)?.assignees.contains(&who) {
            return Ok(());
        }
        self.issue_mut(repo, number)?
            .assignees
            .retain(|a| *a != who);
        self.touch(repo, number);
        let more = json!({ "assignee": self.user_json(who) });
        self.announce_issue(repo, number, actor, "unassigned", more);
        Ok(())
    }

    /// Puts an issue into a milestone, or takes it out of one.
    pub fn set_milestone(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        milestone: Option<u64>,
    ) -> Did<()> {
        let known = |n: u64| self[repo].milestones.iter().any(|m| m.number == n);
        if milestone.is_some_and(|n| !known(n)) {
            return Err(Refusal::invalid("Issue", "milestone", "invalid"));
        }
        let before = self.issue(repo, number)?.milestone;
        if before == milestone {
            return Ok(());
        }
        self.issue_mut(repo, number)?.milestone = milestone;
        self.touch(repo, number);
        if before.is_some() {
            let more = json!({ "milestone": self.maybe_milestone_json(repo, before) });
            self.announce_issue(repo, number, actor, "demilestoned", more);
        }
        if milestone.is_some() {
            let more = json!({ "milestone": self.maybe_milestone_json(repo, milestone) });
            self.announce_issue(repo, number, actor, "milestoned", more);
        }
        Ok(())
    }

    /// Sets or takes off the issue type.
    pub fn set_type(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        name: Option<&str>,
    ) -> Did<()> {
        let before = Self::issue_type_json(self.issue(repo, number)?);
        let issue = self.issue_mut(repo, number)?;
        issue.type_name = name.map(str::to_owned);
        self.touch(repo, number);
        let after = Self::issue_type_json(self.issue(repo, number)?);
        if !before.is_null() {
            self.announce_issue(repo, number, actor, "untyped", json!({ "type": before }));
        }
        if !after.is_null() {
            self.announce_issue(repo, number, actor, "typed", json!({ "type": after }));
        }
        Ok(())
    }

    /// Deletes an issue: its number answers 410 from now on.
    pub fn delete_issue(&mut self, repo: RepoIx, actor: Actor, number: u64) -> Did<()> {
        let issue = self.issue_json(repo, self.issue(repo, number)?);
        self[repo].issues.remove(&number);
        self[repo].gone.insert(number);
        self.announce(
            repo,
            actor,
            "issues",
            Some("deleted"),
            json!({ "issue": issue }),
        );
        Ok(())
    }

    /// Moves an issue to another repository of the same owner, where it goes on under another
    /// number. What is not known there is lost: labels of other names, a milestone of another title
    /// or due date, people who can't be assigned. Comments stay as they are under new ids.
    ///
    /// GitHub sends the two events in no fixed order, see octokit/webhooks.js#590.
    pub fn transfer_issue(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        number: u64,
        to: RepoIx,
    ) -> Did<u64> {
        let old = self.issue(repo, number)?.clone();
        self.check_transfer(repo, &old, to)?;
        let old_json = self.issue_json(repo, &old);
        let labels = old
            .labels
            .iter()
            .filter_map(|id| self[repo].labels.iter().find(|label| label.id == *id))
            .filter_map(|label| self[to].label(&label.name))
            .map(|label| label.id)
            .collect();
        let assignees = old
            .assignees
            .iter()
            .copied()
            .filter(|who| self.works_in(to, *who))
            .collect();
        let mut comments = old.comments.clone();
        for comment in &mut comments {
            comment.id = self.id();
        }
        let (id, now) = (self.id(), self.now());
        let new_number = self[to].next_number;
        self[to].next_number += 1;
        let moved = Issue {
            id,
            number: new_number,
            labels,
            assignees,
            milestone: self.same_milestone(repo, old.milestone, to),
            comments,
            updated_at: now,
            ..old
        };
        let moved_json = self.issue_json(to, &moved);
        self[to].issues.insert(new_number, moved);
        self.record_event(to, new_number, actor, "transferred", &Value::Null);
        if let Some(event) = self.issue_mut(to, new_number)?.events.last_mut() {
            event.from = Some(repo);
        }
        self[repo].issues.remove(&number);
        self[repo].moved.insert(number, (to, new_number));
        let to_where = json!({
            "issue": old_json,
            "changes": { "new_issue": moved_json, "new_repository": self.repo_json(to) }
        });
        self.announce(repo, actor, "issues", Some("transferred"), to_where);
        let from_where = json!({
            "changes": { "old_issue": old_json, "old_repository": self.repo_json(repo) }
        });
        self.announce_issue(to, new_number, actor, "opened", from_where);
        Ok(new_number)
    }

    /// GitHub moves issues only, only within an owner's repositories, and nothing that is private
    /// to where everybody can read it.
    fn check_transfer(&self, repo: RepoIx, issue: &Issue, to: RepoIx) -> Did<()> {
        let (from, to_repo) = (&self[repo], &self[to]);
        let may = issue.pull.is_none()
            && repo != to
            && from.owner == to_repo.owner
            && (to_repo.private || !from.private);
        if may {
            Ok(())
        } else {
            Err(Refusal::invalid("Issue", "repository", "invalid"))
        }
    }

    /// Whether somebody was given a role in a repository, and so can be assigned there.
    fn works_in(&self, repo: RepoIx, account: u64) -> bool {
        let role = self[repo].collaborators.get(&account);
        self[repo].owner == account || role.is_some_and(|role| *role >= Role::Read)
    }
}
