//! Checks of commits: check runs, or commit statuses where the bot has a token instead of an App.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{CommentId, CommitSha, ItemNumber};

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Passes.
    Success,
    /// Blocks where it is required.
    Failure,
    /// Says something and blocks nothing.
    Neutral,
}

/// A check run, or a commit status where the bot has a token instead of an App.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// `labhand/handoff` or `labhand/item`.
    pub name: String,
    /// The commit that it belongs to.
    pub sha: CommitSha,
    /// The pull request that it speaks of.
    pub number: ItemNumber,
    /// How it ended.
    pub conclusion: Conclusion,
    /// One line; as a commit status at most 140 characters.
    pub title: String,
    /// Markdown; at most 65,535 bytes.
    pub summary: String,
    /// Remarks on lines of files; GitHub takes 50, and none with a commit status.
    #[serde(default)]
    pub annotations: Vec<Annotation>,
    /// The comment of the pull request that it links to; without one, a commit status links to the
    /// pull request itself.
    #[serde(default)]
    pub comment: Option<CommentId>,
}

/// A remark on a line of a file, shown as a warning beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// The file, from the root of the repository.
    pub path: String,
    /// Its line, from 1.
    pub line: u32,
    /// A few words; at most 255 characters.
    pub title: String,
    /// Plain text, at most 64 KB.
    pub message: String,
}

/// A commit status as it is now, whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusNow {
    /// What it comes to; one that is pending or in error does not pass.
    pub conclusion: Conclusion,
    /// Its one line.
    pub title: String,
    /// Whether our own account wrote it.
    pub by_us: bool,
}

/// Tells apart the annotations of checks; empty where there are none.
pub fn annotations_digest(annotations: &[Annotation]) -> String {
    if annotations.is_empty() {
        return String::new();
    }
    super::digest(&format!("{annotations:?}"))
}
