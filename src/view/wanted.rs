//! What GitHub should show for a state; [`super::diff()`] compares it with what GitHub does show.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::domain::fact::CloseReason;
use crate::domain::ids::{CommitSha, ItemNumber, RepoName};
use crate::domain::policy::Release;
use crate::domain::version::ModelVersion;
use crate::forge::{Check, LabelSpec, Reaction, Slot};

/// What GitHub should show of one item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Canonical names of labels that should be there.
    pub labels: BTreeSet<String>,
    /// Canonical names of labels that should not be there; `points/*` stands for every label of
    /// that family that is not wanted. In neither set: left as it is.
    pub no_labels: BTreeSet<String>,
    /// Whether it should be closed; `None`: as people leave it.
    pub state: Option<Openness>,
    /// Comments of our own, by purpose.
    pub comments: BTreeMap<Slot, Said>,
    /// Reactions, by comment id, 0 for the text itself.
    pub reactions: BTreeMap<u64, BTreeSet<Reaction>>,
    /// Checks of the head commit.
    pub checks: Vec<Check>,
    /// An issue that a decision asks for.
    pub follow_up: Option<WantedIssue>,
    /// The release of the version that a pull request was merged as.
    pub release: Option<Box<WantedRelease>>,
    /// When the view next changes with time alone, if it does.
    pub next_change: Option<Timestamp>,
}

/// An issue to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedIssue {
    /// For what.
    pub slot: Slot,
    /// In which repository; `None`: this one.
    pub repo: Option<RepoName>,
    /// When it was asked for, by which the item knows it.
    pub asked_at: Timestamp,
    /// Its title.
    pub title: String,
    /// Markdown without the marker.
    pub body: String,
    /// Canonical names of its labels.
    pub labels: Vec<String>,
}

/// The release of a registered version, and its tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedRelease {
    /// Of which version.
    pub of: ModelVersion,
    /// For what.
    pub slot: Slot,
    /// `fraud-detector@v2.3.0`
    pub tag: String,
    /// What is tagged.
    pub commit: CommitSha,
    /// Its title.
    pub title: String,
    /// Markdown without the marker.
    pub body: String,
    /// A version before the real one.
    pub prerelease: bool,
    /// Its files, in the order in which they are attached.
    pub files: Vec<WantedFile>,
    /// The tag is made even where there is no release.
    pub tag_now: bool,
    /// Whether there is to be a release.
    pub release: Release,
    /// Somebody has published one.
    pub made_by_hand: bool,
}

/// A file at a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedFile {
    /// Its name.
    pub name: &'static str,
    /// Its content.
    pub content: Content,
}

/// What is in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// This.
    Text(String),
    /// What stands at this path of the commit.
    At(String),
}

/// Open, or closed and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// Open.
    Open,
    /// Closed.
    Closed(CloseReason),
}

/// A comment of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Markdown without the marker.
    pub text: String,
    /// Written once and never edited, nor written again when somebody deletes it.
    pub once: bool,
}

/// What GitHub should show of a repository's board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedBoard {
    /// The issue that the policy names; `None`: one of our own.
    pub issue: Option<ItemNumber>,
    /// The issue's title where it has to be created.
    pub title: String,
    /// Markdown without the marker.
    pub text: String,
    /// What is compared: the text without "updated at".
    pub compared: String,
    /// Comments on it that are written once, by purpose.
    pub comments: BTreeMap<Slot, String>,
    /// When it next changes with time alone, if it does.
    pub next_change: Option<Timestamp>,
}

/// The labels of the repository as labhand knows them: canonical name → definition on GitHub.
pub type KnownLabels = BTreeMap<String, LabelSpec>;

impl Wanted {
    /// Wants a comment that is kept up to date.
    pub fn say(&mut self, slot: Slot, text: String) {
        self.comments.insert(slot, Said { text, once: false });
    }

    /// Wants a comment that is written once.
    pub fn say_once(&mut self, slot: Slot, text: String) {
        self.comments.insert(slot, Said { text, once: true });
    }

    /// The view will be another one at this instant.
    pub fn changes_at(&mut self, at: Timestamp) {
        self.next_change = Some(self.next_change.map_or(at, |known| known.min(at)));
    }
}
