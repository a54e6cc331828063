//! Releases and tags: what can be asked for of them.

use serde::{Deserialize, Serialize};

use super::Slot;
use crate::domain::ids::CommitSha;

/// A release to be made, as a draft that nobody is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRelease {
    /// For what; its marker is in the text.
    pub slot: Slot,
    /// The tag that it gets when it is published.
    pub tag: String,
    /// What is tagged then.
    pub commit: CommitSha,
    /// Its title.
    pub title: String,
    /// Markdown, at most 125,000 characters.
    pub body: String,
    /// A version before the real one.
    pub prerelease: bool,
}

/// A release that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseMade {
    /// GitHub's id.
    pub id: u64,
    /// Its page.
    pub url: String,
    /// Where its files are sent to, which on github.com is a host of its own.
    pub upload_url: String,
}

/// A write to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseCall {
    /// Makes the draft.
    Create(NewRelease),
    /// Attaches a file; one of that name and content, or of somebody else's, is as good.
    Attach {
        /// To which.
        release: ReleaseMade,
        /// Its name: letters, digits, `-`, `_` and `.`.
        name: String,
        /// Its content.
        content: String,
    },
    /// Publishes the draft, after which no file comes to it any more.
    Publish {
        /// Which.
        release: ReleaseMade,
    },
}

/// A tag to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagCall {
    /// With this name; one that is there at the same commit is as good.
    Named {
        /// `fraud-detector@v2.3.0`
        name: String,
        /// What is tagged.
        commit: CommitSha,
    },
    /// With this beginning and the next number.
    Numbered {
        /// For what: each such purpose is one tag.
        slot: Slot,
        /// `fraud-detector#production#`
        prefix: String,
        /// What is tagged.
        commit: CommitSha,
    },
}
