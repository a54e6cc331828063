//! GitHub's JSON, as far as it is used. Payloads and REST answers show the same objects, so both
//! read these types. They are lenient on purpose: whatever GitHub may leave out or send as `null`
//! is optional here, and what is not used is not read, so that a new field never stops the bot.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::actor::User;
use crate::domain::fact::{CloseReason, Merge, PullSight, Snapshot};
use crate::domain::ids::{CommitSha, Login, UserId};
use crate::forge::LabelSpec;

use super::milestone::Milestone;

/// The account that GitHub shows in the place of deleted ones, where it does not say `null`.
const GHOST: (u64, &str) = (10137, "ghost");

/// An instant: REST and most payloads write RFC 3339, `push` and `installation` whole seconds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum Moment {
    Seconds(i64),
    Text(Timestamp),
}

impl Moment {
    /// `None` for a number of seconds that no calendar knows.
    pub(super) fn timestamp(self) -> Option<Timestamp> {
        match self {
            Self::Seconds(seconds) => Timestamp::from_second(seconds).ok(),
            Self::Text(timestamp) => Some(timestamp),
        }
    }
}

/// A person, a bot or an organisation.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Account {
    pub(super) id: u64,
    pub(super) login: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

impl Account {
    pub(super) fn user(&self) -> User {
        User {
            id: UserId(self.id),
            login: Login::new(&self.login),
        }
    }

    pub(super) fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot")
    }

    /// Neither a bot nor an organisation.
    pub(super) fn is_person(&self) -> bool {
        self.kind.as_deref() == Some("User")
    }
}

/// The account, or the ghost in its place where it was deleted.
pub(super) fn user_or_ghost(account: Option<&Account>) -> User {
    account.map_or_else(
        || User {
            id: UserId(GHOST.0),
            login: Login::new(GHOST.1),
        },
        Account::user,
    )
}

/// A label with its definition.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Label {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) color: Option<String>,
    pub(super) description: Option<String>,
}

impl Label {
    pub(super) fn spec(self) -> LabelSpec {
        LabelSpec {
            name: self.name,
            color: self.color.unwrap_or_default(),
            description: self.description.unwrap_or_default(),
        }
    }
}

/// A label on an issue: GitHub's description of the API allows the bare name as well.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum LabelOn {
    Bare(String),
    Named { name: Option<String> },
}

impl LabelOn {
    pub(super) fn into_name(self) -> Option<String> {
        match self {
            Self::Bare(name) => Some(name),
            Self::Named { name } => name,
        }
    }
}

#[derive(Debug, Deserialize)]
struct IssueType {
    name: Option<String>,
}

/// What an issue says about the pull request that it is.
#[derive(Debug, Deserialize)]
struct PullStub {
    merged_at: Option<Moment>,
}

/// An issue; also a pull request where it is shown as an issue.
#[derive(Debug, Deserialize)]
pub(super) struct Issue {
    pub(super) number: u64,
    title: String,
    pub(super) body: Option<String>,
    pub(super) user: Option<Account>,
    created_at: Option<Moment>,
    pub(super) updated_at: Option<Moment>,
    state: Option<String>,
    state_reason: Option<String>,
    assignees: Option<Vec<Option<Account>>>,
    labels: Option<Vec<LabelOn>>,
    milestone: Option<Milestone>,
    #[serde(rename = "type")]
    kind: Option<IssueType>,
    pull_request: Option<PullStub>,
}

impl Issue {
    /// The last change by GitHub's clock.
    pub(super) fn changed(&self) -> Option<Timestamp> {
        self.updated_at.and_then(Moment::timestamp)
    }

    /// Why it is closed; `None` while it is open. A pull request says it by having been merged.
    pub(super) fn closed(&self) -> Option<CloseReason> {
        if self.state.as_deref() != Some("closed") {
            return None;
        }
        if let Some(pull) = &self.pull_request {
            return Some(merged_or_not(pull.merged_at.is_some()));
        }
        Some(closed_as(self.state_reason.as_deref()))
    }

    /// The whole of it, at the latest as of `seen`.
    pub(super) fn snapshot(self, seen: Timestamp) -> Snapshot {
        Snapshot {
            closed: self.closed(),
            author: user_or_ghost(self.user.as_ref()),
            created_at: self.created_at.and_then(Moment::timestamp).unwrap_or(seen),
            is_pull: self.pull_request.is_some(),
            issue_type: self.kind.and_then(|kind| kind.name),
            assignees: people(self.assignees),
            labels: names(self.labels),
            milestone: self.milestone.as_ref().map(Milestone::read),
            title: self.title,
            body: self.body.unwrap_or_default(),
        }
    }
}

/// Why an issue was closed. A reason that is not known yet counts as completed, as GitHub's own page
/// treats it.
pub(super) fn closed_as(reason: Option<&str>) -> CloseReason {
    match reason {
        Some("not_planned") => CloseReason::NotPlanned,
        Some("duplicate") => CloseReason::Duplicate,
        Some(_) | None => CloseReason::Completed,
    }
}

/// A merged pull request is done; one that was closed without merging is not.
pub(super) fn merged_or_not(merged: bool) -> CloseReason {
    if merged {
        CloseReason::Completed
    } else {
        CloseReason::NotPlanned
    }
}

fn people(accounts: Option<Vec<Option<Account>>>) -> Vec<User> {
    let accounts = accounts.unwrap_or_default();
    accounts.iter().flatten().map(Account::user).collect()
}

fn names(labels: Option<Vec<LabelOn>>) -> Vec<String> {
    let labels = labels.unwrap_or_default();
    labels.into_iter().filter_map(LabelOn::into_name).collect()
}

#[derive(Debug, Deserialize)]
struct Head {
    sha: String,
}

#[derive(Debug, Deserialize)]
struct Base {
    #[serde(rename = "ref")]
    branch: String,
}

/// A pull request as its own events show it.
#[derive(Debug, Deserialize)]
pub(super) struct Pull {
    pub(super) number: u64,
    title: String,
    pub(super) body: Option<String>,
    user: Option<Account>,
    created_at: Option<Moment>,
    updated_at: Option<Moment>,
    state: Option<String>,
    draft: Option<bool>,
    merged: Option<bool>,
    merged_at: Option<Moment>,
    merged_by: Option<Account>,
    merge_commit_sha: Option<String>,
    assignees: Option<Vec<Option<Account>>>,
    labels: Option<Vec<LabelOn>>,
    milestone: Option<Milestone>,
    head: Head,
    base: Base,
}

impl Pull {
    /// The last change by GitHub's clock.
    pub(super) fn changed(&self) -> Option<Timestamp> {
        self.updated_at.and_then(Moment::timestamp)
    }

    /// Merged; only `merged_at` is on every form in which GitHub shows a pull request.
    pub(super) fn is_merged(&self) -> bool {
        self.merged.unwrap_or(false) || self.merged_at.is_some()
    }

    fn is_open(&self) -> bool {
        self.state.as_deref() != Some("closed")
    }

    /// Its branches and state.
    pub(super) fn sight(&self) -> PullSight {
        PullSight {
            head: CommitSha::new(&self.head.sha),
            base: self.base.branch.clone(),
            draft: self.draft.unwrap_or(false),
            open: self.is_open(),
            merged: self.is_merged(),
            merge: self.merge(),
        }
    }

    /// Before the merging, GitHub names the commit of a trial merge.
    fn merge(&self) -> Option<Merge> {
        let at = self.merged_at.and_then(Moment::timestamp)?;
        Some(Merge {
            at,
            by: self.merged_by.as_ref().map(Account::user),
            commit: self.merge_commit_sha.as_deref().map(CommitSha::new),
        })
    }

    /// What it has in common with issues, at the latest as of `seen`.
    pub(super) fn snapshot(self, seen: Timestamp) -> Snapshot {
        let closed = (!self.is_open()).then(|| merged_or_not(self.is_merged()));
        Snapshot {
            closed,
            author: user_or_ghost(self.user.as_ref()),
            created_at: self.created_at.and_then(Moment::timestamp).unwrap_or(seen),
            is_pull: true,
            issue_type: None,
            assignees: people(self.assignees),
            labels: names(self.labels),
            milestone: self.milestone.as_ref().map(Milestone::read),
            title: self.title,
            body: self.body.unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(rest: &str) -> Issue {
        let text = format!(r#"{{"number":7,"title":"Explore X"{rest}}}"#);
        serde_json::from_str(&text).expect("a readable issue")
    }

    fn noon() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().expect("an instant")
    }

    #[test]
    fn what_github_leaves_out_is_filled_in() {
        let bare = issue("").snapshot(noon());
        assert_eq!(bare.author.login.as_str(), "ghost");
        assert_eq!(bare.created_at, noon());
        assert_eq!(
            (bare.body.as_str(), bare.closed, bare.is_pull),
            ("", None, false)
        );
    }

    #[test]
    fn an_unknown_reason_for_closing_means_done() {
        let closed =
            |reason| issue(&format!(r#","state":"closed","state_reason":{reason}"#)).closed();
        assert_eq!(closed(r#""not_planned""#), Some(CloseReason::NotPlanned));
        assert_eq!(closed(r#""duplicate""#), Some(CloseReason::Duplicate));
        assert_eq!(closed(r#""superseded""#), Some(CloseReason::Completed));
        assert_eq!(closed("null"), Some(CloseReason::Completed));
    }

    #[test]
    fn a_pull_request_shown_as_an_issue_is_done_when_it_was_merged() {
        let closed = |merged_at| {
            issue(&format!(
                r#","state":"closed","pull_request":{{"merged_at":{merged_at}}}"#
            ))
            .closed()
        };
        assert_eq!(closed("null"), Some(CloseReason::NotPlanned));
        assert_eq!(
            closed(r#""2026-11-23T12:00:00Z""#),
            Some(CloseReason::Completed)
        );
    }

    #[test]
    fn labels_may_be_bare_names() {
        let labels = issue(r#","labels":["bug",{"id":1,"name":"kind/research"},{"id":2}]"#);
        assert_eq!(labels.snapshot(noon()).labels, ["bug", "kind/research"]);
    }
}
