//! What a repository's lists tell, for comparing all of it with what is known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::IssueNow;
use crate::domain::actor::User;
use crate::domain::fact::What;
use crate::domain::ids::{CommentId, ItemNumber};

/// Where a list is to be read from: what changed since then, and the page of that, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFrom {
    /// By GitHub's clock; `None`: from the beginning.
    pub since: Option<Timestamp>,
    /// From 1.
    pub page: u32,
}

/// A page of a list, what changed longest ago first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage<T> {
    /// In GitHub's order.
    pub entries: Vec<T>,
    /// Whether there are more pages.
    pub more: bool,
}

/// An issue or pull request in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedIssue {
    /// Which.
    pub number: ItemNumber,
    /// As it is now.
    pub now: IssueNow,
}

/// A comment in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedComment {
    /// Which.
    pub id: CommentId,
    /// Where it stands.
    pub number: ItemNumber,
    /// Its text now.
    pub body: String,
    /// Who wrote it.
    pub author: User,
    /// Whether that is a bot.
    pub author_is_bot: bool,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last edited; the same if it never was.
    pub updated_at: Timestamp,
}

impl ListedComment {
    /// Whether anybody has edited it since it was written.
    pub fn was_edited(&self) -> bool {
        self.updated_at > self.created_at
    }
}

/// What the page of an issue tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueEvent {
    /// GitHub's id of the event.
    pub id: u64,
    /// When, by GitHub's clock.
    pub at: Timestamp,
    /// Who did it; `None`: an account that is gone.
    pub by: Option<User>,
    /// What.
    pub what: EventKind,
}

/// What happened to an issue, as far as its page tells more than how it is now.
#[derive(Debug, Clone, PartialEq)]
pub enum EventKind {
    /// A label was put on or taken off, or it was closed or reopened. Label names are GitHub's.
    Change(What),
    /// It was given another title.
    Renamed {
        /// The title before.
        from: String,
        /// The title from then on.
        to: String,
    },
    /// It came from another repository.
    Transferred,
}

/// A comment of our own, as it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentMade {
    /// Its id.
    pub id: CommentId,
    /// Its id in GraphQL, where many are asked for at once.
    pub node: String,
}
