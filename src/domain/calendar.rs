//! The working calendar: which seconds are working time (product §3).

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

/// Working days and hours in a time zone. Kept with each box that starts under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// IANA name, checked when the policy was read.
    pub timezone: String,
    /// Working days, 1 for Monday to 7 for Sunday, ascending, at least one.
    pub days: Vec<i8>,
    /// When work begins, local time.
    pub from: Time,
    /// When it ends, later on the same day.
    pub to: Time,
    /// Days without work.
    pub holidays: Vec<Date>,
}

impl Default for Calendar {
    fn default() -> Self {
        Self {
            timezone: "UTC".to_owned(),
            days: vec![1, 2, 3, 4, 5],
            from: Time::constant(9, 0, 0, 0),
            to: Time::constant(17, 0, 0, 0),
            holidays: Vec::new(),
        }
    }
}
