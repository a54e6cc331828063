//! What GitHub shows of an item or a board, as far as labhand knows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Reaction, ReleaseMade, Slot, digest};
use crate::domain::entries::Slug;
use crate::domain::fact::Snapshot;
use crate::domain::ids::{CommentId, ItemNumber};

/// What GitHub shows of an item or a board, as far as labhand had a hand in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shown {
    /// Labels by canonical name: there or not, and since when that is known.
    pub labels: BTreeMap<String, LabelShown>,
    /// Whether it is open; `None` before it was ever seen.
    pub open: Option<bool>,
    /// Since when that is known, by GitHub's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_as_of: Option<Timestamp>,
    /// That it was opened was heard, or is known from its page.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opening_heard: bool,
    /// How it looks, as far as anybody has told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<Picture>,
    /// Comments of our own.
    pub comments: BTreeMap<Slot, CommentShown>,
    /// The boxes of the checklist comment as they were last written, or seen after somebody's edit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub boxes: BTreeMap<Slug, bool>,
    /// When somebody last edited the checklist comment, as far as that was heard.
    #[serde(default)]
    pub boxes_as_of: Option<Timestamp>,
    /// Comments with commands that were deleted since: nothing is said or done to them any more.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub deleted: BTreeSet<u64>,
    /// Reactions of our own, by comment id, 0 for the text itself.
    pub reactions: BTreeMap<u64, BTreeSet<Reaction>>,
    /// Checks by `name@sha`.
    pub checks: BTreeMap<String, CheckShown>,
    /// The board issue, if this is a board.
    pub board: Option<BoardShown>,
    /// The release of the version that it was merged as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<ReleaseShown>,
    /// The registry knows of its release and tag.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub release_told: bool,
    /// Tags of our own, by purpose.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Calls that came to nothing, by their digest, and when: they are not tried again for a while.
    #[serde(default)]
    pub refused: BTreeMap<String, Timestamp>,
}

/// How an issue looks, apart from its labels, which are known one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// The digest of its title, text, people, milestone, type and state.
    pub digest: String,
    /// When it was so, by GitHub's clock.
    pub at: Timestamp,
}

impl Picture {
    /// As a snapshot of that time shows it.
    pub fn of(snapshot: &Snapshot, at: Timestamp) -> Self {
        let Snapshot {
            title,
            body,
            author: _,
            created_at: _,
            closed,
            assignees,
            labels: _,
            milestone,
            issue_type,
            is_pull: _,
        } = snapshot;
        let people: Vec<u64> = assignees.iter().map(|user| user.id.0).collect();
        let milestone = milestone.as_ref().map(|milestone| milestone.number);
        // The debug forms hold every value between marks of its own.
        let all = format!("{title:?}{body:?}{closed:?}{people:?}{milestone:?}{issue_type:?}");
        Self {
            digest: digest(&all),
            at,
        }
    }
}

/// A label on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelShown {
    /// There, or taken off.
    pub there: bool,
    /// When that happened, by GitHub's clock.
    pub at: Timestamp,
}

/// A comment of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentShown {
    /// Its id; `None` once it was deleted by somebody.
    pub id: Option<CommentId>,
    /// Its id in GraphQL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub node: String,
    /// The digest of the text that it has, see [`digest`](super::digest).
    pub digest: String,
}

/// A check of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckShown {
    /// GitHub's id, or 0 for a commit status.
    pub id: u64,
    /// The digest of what it says.
    pub digest: String,
    /// Tells its annotations apart, see [`annotations_digest`](super::annotations_digest).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub annotations: String,
}

/// A release of our own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseShown {
    /// Which.
    pub made: ReleaseMade,
    /// The names of its files.
    pub files: BTreeSet<String>,
    /// By us.
    pub published: bool,
}

/// The board issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardShown {
    /// Its number.
    pub number: ItemNumber,
    /// The digest of the text that it has.
    pub digest: String,
}
