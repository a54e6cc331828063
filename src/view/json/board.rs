//! `/board`: what the board issue shows, for programs and for the web board.

use jiff::Timestamp;
use serde::Serialize;

use super::ItemLine;

/// The board of a repository.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoardSheet {
    /// `owner/name`.
    pub repo: String,
    /// When it was like this.
    pub as_of: Timestamp,
    /// The sprint that is on.
    pub sprint: Option<SprintDay>,
    /// Why the policy file is not in force, if it is not.
    pub policy_problem: Option<String>,
    /// Research and experiments by stage, in the order of the stages.
    pub columns: Vec<Column>,
    /// Development and maintenance, what is nearest to being done first.
    pub production: Vec<ItemLine>,
    /// Hand-offs that are not finished, by number.
    pub handoffs: Vec<HandoffLine>,
}

/// Where a sprint is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SprintDay {
    /// The milestone's title.
    pub title: String,
    /// Which of its working days it is, from 1.
    pub day: usize,
    /// How many it has.
    pub days: usize,
}

/// What stands in one stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// `ideation`, `active`, `analysis` or `decision`.
    pub stage: &'static str,
    /// By number; what was finished last first.
    pub items: Vec<ItemLine>,
}

/// A hand-off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandoffLine {
    /// The pull request.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// The model, where it is named.
    pub model: Option<String>,
    /// Its version, where it is named.
    pub version: Option<String>,
    /// Entries that are signed.
    pub signed: usize,
    /// Entries that there are, without those that were waived.
    pub entries: usize,
    /// Whose turn it is: `data-science` and `engineering`.
    pub waiting_for: Vec<&'static str>,
    /// It was merged with entries that were not signed.
    pub merged_unsigned: bool,
}
