//! Working time: spans as people write them, and seconds on the working calendar.

use serde::{Deserialize, Serialize};

/// An amount of working time, in seconds of the calendar's working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkTime(pub i64);

/// A length as people write it: `90m`, `4h`, `2d`, `1w 2d`. How long a day or a week is, the
/// calendar says, so it stays in these units until a box starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Working weeks.
    pub weeks: u32,
    /// Working days.
    pub days: u32,
    /// Hours.
    pub hours: u32,
    /// Minutes.
    pub minutes: u32,
}
