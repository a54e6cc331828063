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
    /// What people may press beside it; GitHub takes three, and none with a commit status.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
    /// The comment of the pull request that it links to; without one, a commit status links to the
    /// pull request itself.
    #[serde(default)]
    pub comment: Option<CommentId>,
}

/// A button of a check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// At most 20 characters.
    pub label: String,
    /// At most 40 characters.
    pub description: String,
    /// By which it is known when somebody presses it; at most 20 characters.
    pub identifier: String,
}

/// The button by which a check is asked for again.
pub const CHECK_AGAIN: &str = "recheck";

/// What an entry's button begins with by which it is said not to apply; the entry's slug follows.
pub const DOES_NOT_APPLY: &str = "na:";

/// The item that a check run of ours speaks of, by its hidden marker:
/// `<!-- labhand:check:labhand/handoff:62 -->`.
pub fn item_of_check(external_id: &str) -> Option<ItemNumber> {
    let rest = external_id.strip_prefix("<!-- labhand:check:labhand/")?;
    let (_, rest) = rest.split_once(':')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit());
    rest[..digits.unwrap_or(rest.len())]
        .parse()
        .ok()
        .map(ItemNumber)
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
