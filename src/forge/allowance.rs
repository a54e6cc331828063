//! How many requests are left.

use jiff::Timestamp;

/// What GitHub's answers have last said of an installation's requests in this hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Requests that may still be made.
    pub remaining: u64,
    /// Requests of a whole hour.
    pub limit: u64,
    /// When the next hour begins.
    pub resets_at: Timestamp,
}
