//! Working time: spans as people write them, and seconds on the working calendar.
//!
//! A [`Span`] keeps the units in which it was asked for, because only a calendar knows how long a
//! day is; a [`WorkTime`] is what the calendar made of it. The two never mix by accident.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount of working time, in seconds of the calendar's working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkTime(pub i64);

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;

impl WorkTime {
    /// None at all.
    pub const ZERO: Self = Self(0);

    /// So many hours.
    pub fn from_hours(hours: u32) -> Self {
        Self(i64::from(hours) * HOUR)
    }

    /// Seconds of working time.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left of this after that; never below zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// The least amount that is at least this many per cent of it, in whole seconds.
    #[must_use]
    pub fn percent(self, percent: u32) -> Self {
        let exact = i128::from(self.0) * i128::from(percent);
        let rounded_up = exact.div_euclid(100) + i128::from(exact.rem_euclid(100) != 0);
        Self(i64::try_from(rounded_up).unwrap_or(i64::MAX))
    }

    /// Per cent of another amount, rounded down; all of nothing.
    pub fn share_of(self, whole: Self) -> u32 {
        if whole == Self::ZERO {
            return 100;
        }
        let share = i128::from(self.0) * 100 / i128::from(whole.0);
        u32::try_from(share).unwrap_or(u32::MAX)
    }

    /// In days of the given length, as a number; none where days have no length.
    pub fn days(self, day: Self) -> f64 {
        if day.0 <= 0 {
            return 0.0;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "seconds of working time are far below 2^52"
        )]
        let days = self.0 as f64 / day.0 as f64;
        days
    }

    /// In days of the given length and hours: `1 d 2 h`, `45 min`. A length of zero counts no days.
    pub fn in_days(self, day: Self) -> String {
        let seconds = self.0.max(0);
        let days = if day.0 > 0 { seconds / day.0 } else { 0 };
        let rest = Self(seconds - days * day.0.max(0));
        if days == 0 {
            rest.to_string()
        } else if rest.0 < MINUTE {
            format!("{days} d")
        } else {
            format!("{days} d {rest}")
        }
    }
}

/// In hours and minutes, `14 h`, `1 h 30 min`, `0 min`; begun minutes do not count.
impl fmt::Display for WorkTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.0.max(0) / MINUTE;
        match (minutes / 60, minutes % 60) {
            (0, minutes) => write!(f, "{minutes} min"),
            (hours, 0) => write!(f, "{hours} h"),
            (hours, minutes) => write!(f, "{hours} h {minutes} min"),
        }
    }
}

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

/// Nobody timeboxes more than a year; it also keeps every sum far from overflow.
const MOST_WEEKS: u64 = 52;

/// What [`MOST_WEEKS`] are in minutes, counting a day as 8 hours and a week as 5 days.
const MOST_MINUTES: u64 = MOST_WEEKS * 5 * 8 * 60;

impl Span {
    /// Reads `90m`, `4h`, `2d`, `1w 2d`, `1w2d`, `2 days`, `1 week and 2 days`. `None` for anything
    /// else, for nothing, for a unit given twice, and for more than a year.
    pub fn parse(text: &str) -> Option<Self> {
        let mut span = Self::default();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (number, after) = split_where(rest, |c| !c.is_ascii_digit());
            let (unit, after) = split_where(after.trim_start(), |c| !c.is_alphabetic());
            let place = span.place(unit)?;
            let amount = number.parse().ok()?;
            if *place != 0 || amount == 0 {
                return None;
            }
            *place = amount;
            rest = after.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
        }
        (1..=MOST_MINUTES)
            .contains(&span.nominal_minutes())
            .then_some(span)
    }

    /// The field that a unit's name means.
    fn place(&mut self, unit: &str) -> Option<&mut u32> {
        match unit.to_ascii_lowercase().as_str() {
            "w" | "wk" | "wks" | "week" | "weeks" => Some(&mut self.weeks),
            "d" | "day" | "days" => Some(&mut self.days),
            "h" | "hr" | "hrs" | "hour" | "hours" => Some(&mut self.hours),
            "m" | "min" | "mins" | "minute" | "minutes" => Some(&mut self.minutes),
            _ => None,
        }
    }

    /// Its length if days had 8 hours and weeks 5 days.
    fn nominal_minutes(self) -> u64 {
        let days = u64::from(self.weeks) * 5 + u64::from(self.days);
        let hours = days * 8 + u64::from(self.hours);
        hours * 60 + u64::from(self.minutes)
    }

    /// As readers see it: `2 d`, `1 w 2 d`, `90 min`.
    pub fn human(self) -> String {
        self.written(" ", "min")
    }

    fn written(self, gap: &str, minute: &str) -> String {
        let parts: Vec<String> = [
            (self.weeks, "w"),
            (self.days, "d"),
            (self.hours, "h"),
            (self.minutes, minute),
        ]
        .into_iter()
        .filter(|(amount, _)| *amount > 0)
        .map(|(amount, unit)| format!("{amount}{gap}{unit}"))
        .collect();
        parts.join(" ")
    }
}

/// As commands and policies write it: `1w 2d`; what this yields, [`Span::parse`] reads.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written("", "m"))
    }
}

/// The text before the first character that ends it, and the text from there on.
fn split_where(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str) -> Option<String> {
        Span::parse(text).map(|span| span.to_string())
    }

    #[test]
    fn spans_are_read_as_people_write_them() {
        for (text, means) in [
            ("90m", "90m"),
            ("4h", "4h"),
            ("2d", "2d"),
            ("1w 2d", "1w 2d"),
            ("1w2d", "1w 2d"),
            ("2d 1w", "1w 2d"),
            (" 2 days ", "2d"),
            ("3 hours", "3h"),
            ("1 week", "1w"),
            ("1 Week and 2 Days", "1w 2d"),
            ("1 week, 2 days", "1w 2d"),
            ("30 min", "30m"),
            ("52w", "52w"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(means), "{text}");
        }
    }

    #[test]
    fn what_is_no_span_is_none() {
        for text in [
            "",
            " ",
            "d",
            "2",
            "2x",
            "-2d",
            "0d",
            "1w 0d",
            "1d 1d",
            "2.5d",
            "2d!",
            "99999999999d",
            "53w",
            "52w 1m",
            "two days",
            "２d",
            "2 días",
            "2d é",
            "d2",
            "1w,and",
            "/2d",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn working_time_is_shown_in_hours_or_days() {
        let day = WorkTime::from_hours(8);
        assert_eq!(WorkTime::from_hours(14).to_string(), "14 h");
        assert_eq!(WorkTime(5400).to_string(), "1 h 30 min");
        assert_eq!(WorkTime::ZERO.to_string(), "0 min");
        assert_eq!(WorkTime::from_hours(10).in_days(day), "1 d 2 h");
        assert_eq!(WorkTime::from_hours(16).in_days(day), "2 d");
        assert_eq!(WorkTime::from_hours(7).in_days(day), "7 h");
        assert_eq!(WorkTime::from_hours(7).in_days(WorkTime::ZERO), "7 h");
        assert_eq!(
            Span::parse("1w 2d").map(Span::human).as_deref(),
            Some("1 w 2 d")
        );
        assert_eq!(
            Span::parse("90m").map(Span::human).as_deref(),
            Some("90 min")
        );
    }

    #[test]
    fn a_share_is_rounded_up_so_that_reaching_it_is_reaching_it() {
        assert_eq!(WorkTime(100).percent(80), WorkTime(80));
        assert_eq!(WorkTime(101).percent(80), WorkTime(81));
        assert_eq!(WorkTime(i64::MAX).percent(u32::MAX), WorkTime(i64::MAX));
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in ".*") {
            let _ = Span::parse(&text);
        }

        #[test]
        fn what_is_written_is_read_again(weeks in 0u32..20, days in 0u32..50, hours in 0u32..100, minutes in 1u32..600) {
            let span = Span { weeks, days, hours, minutes };
            prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
            prop_assert_eq!(Span::parse(&span.human()), Some(span));
        }
    }
}
