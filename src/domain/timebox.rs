//! A time box: an amount of working time that runs, pauses and ends (product §3).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::worktime::{Span, WorkTime};

/// A box that has started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBox {
    /// The calendar in force when it started.
    pub calendar: Calendar,
    /// Its length as asked for.
    pub span: Span,
    /// Its length in working time.
    pub length: WorkTime,
    /// Per cent at which the first reminder is due.
    pub remind_at: u8,
    /// The stretches during which it ran, in order; the last one has no end while it runs.
    pub runs: Vec<(Timestamp, Option<Timestamp>)>,
    /// It stopped for good: findings, a decision, closing, or another kind.
    pub stopped: bool,
}
