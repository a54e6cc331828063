//! What a pull request is linked to.

use crate::domain::ids::ItemNumber;

/// What no event tells of a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PullLinks {
    /// The issues of its repository that it closes when it is merged.
    pub closes: Vec<ItemNumber>,
    /// The paths that it changes, at most 100 of them.
    pub paths: Vec<String>,
    /// It changes more.
    pub more_paths: bool,
}
