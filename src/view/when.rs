//! Instants and working time as readers see them: in the repository's zone, and in units that
//! fit. Everything here is a function of the fact alone, never of how long ago it was, so that a
//! comment does not change merely because a day has passed.

use jiff::{SignedDuration, Timestamp};

use crate::domain::policy::Policy;
use crate::domain::timebox::{METER_STEPS, TimeBox};
use crate::domain::worktime::WorkTime;

/// From this many working days on a box is measured in days.
const DAYS_FROM: i64 = 5;

/// `Thu 26 Nov, 11:00 CET`.
pub fn moment(at: Timestamp, policy: &Policy) -> String {
    written(at, policy, "%a %-d %b, %H:%M %Z")
}

/// `Thu 26 Nov, 11:00`, where the zone is known from elsewhere on the page.
pub fn moment_without_zone(at: Timestamp, policy: &Policy) -> String {
    written(at, policy, "%a %-d %b, %H:%M")
}

/// `14:02 CET`.
pub fn clock(at: Timestamp, policy: &Policy) -> String {
    written(at, policy, "%H:%M %Z")
}

/// `26 Nov 2026`, for what may be read years later.
pub fn day(at: Timestamp, policy: &Policy) -> String {
    written(at, policy, "%-d %b %Y")
}

/// `Fri 4 Dec 2026`.
pub fn weekday(at: Timestamp, policy: &Policy) -> String {
    written(at, policy, "%a %-d %b %Y")
}

/// `Fri 4 Dec 2026`, the day that ends with an instant.
pub fn last_day(end: Timestamp, policy: &Policy) -> String {
    let within = end
        .checked_sub(SignedDuration::from_nanos(1))
        .unwrap_or(end);
    weekday(within, policy)
}

fn written(at: Timestamp, policy: &Policy, format: &'static str) -> String {
    let local = at.to_zoned_datetime(policy.calendar.zone());
    local.strftime(format).to_string()
}

/// `14 h of 24 h`. While the box runs, the time used is that of its meter's last step; once it
/// rests, it is exact.
pub fn used_of(timebox: &TimeBox, now: Timestamp) -> String {
    let length = timebox.length;
    let used = if timebox.is_running() {
        let steps = i64::from(timebox.meter(now));
        WorkTime(length.seconds().saturating_mul(steps) / i64::from(METER_STEPS))
    } else {
        timebox.used(now)
    };
    let day = timebox.calendar.day_length();
    format!(
        "{} of {}",
        amount(used, length, day),
        amount(length, length, day)
    )
}

/// Working time in the unit that suits a box of that length.
pub fn amount(time: WorkTime, length: WorkTime, day: WorkTime) -> String {
    const HOUR: i64 = 3_600;
    let seconds = time.seconds().max(0);
    if length.seconds() < 10 * HOUR {
        return time.to_string();
    }
    if length.seconds() < DAYS_FROM * day.seconds() || day.seconds() == 0 {
        return format!("{} h", (seconds + HOUR / 2) / HOUR);
    }
    let tenths = (seconds * 10 + day.seconds() / 2) / day.seconds();
    match (tenths / 10, tenths % 10) {
        (whole, 0) => format!("{whole} d"),
        (whole, tenth) => format!("{whole}.{tenth} d"),
    }
}

/// Whole working days by which a box is over.
pub fn days_over(timebox: &TimeBox, now: Timestamp) -> i64 {
    let day = timebox.calendar.day_length().seconds().max(1);
    timebox.overrun(now).seconds() / day
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Calendar;
    use crate::domain::worktime::Span;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn berlin() -> Policy {
        Policy {
            calendar: Calendar {
                timezone: "Europe/Berlin".to_owned(),
                ..Calendar::default()
            },
            ..Policy::default()
        }
    }

    #[test]
    fn times_are_the_repositorys() {
        let thursday = at("2026-11-26T10:00:00Z");
        assert_eq!(moment(thursday, &berlin()), "Thu 26 Nov, 11:00 CET");
        assert_eq!(clock(thursday, &berlin()), "11:00 CET");
        assert_eq!(day(thursday, &Policy::default()), "26 Nov 2026");
    }

    #[test]
    fn what_is_used_moves_with_the_meter() {
        let monday = at("2026-11-23T08:00:00Z");
        let span = Span {
            days: 3,
            ..Span::default()
        };
        let timebox = TimeBox::start(&berlin().calendar, span, 80, monday);
        assert_eq!(used_of(&timebox, at("2026-11-23T10:00:00Z")), "0 h of 24 h");
        assert_eq!(
            used_of(&timebox, at("2026-11-24T15:00:00Z")),
            "14 h of 24 h"
        );
        assert_eq!(
            used_of(&timebox, at("2026-11-24T15:59:00Z")),
            "14 h of 24 h"
        );
        let long = TimeBox::start(
            &berlin().calendar,
            Span {
                weeks: 2,
                ..Span::default()
            },
            80,
            monday,
        );
        assert_eq!(used_of(&long, at("2026-11-25T09:00:00Z")), "2 d of 10 d");
        let short = TimeBox::start(
            &berlin().calendar,
            Span {
                hours: 4,
                ..Span::default()
            },
            80,
            monday,
        );
        assert_eq!(used_of(&short, at("2026-11-23T08:30:00Z")), "24 min of 4 h");
    }

    #[test]
    fn a_paused_box_is_exact() {
        let monday = at("2026-11-23T08:00:00Z");
        let span = Span {
            days: 3,
            ..Span::default()
        };
        let mut timebox = TimeBox::start(&berlin().calendar, span, 80, monday);
        timebox.pause(at("2026-11-23T11:00:00Z"));
        assert_eq!(used_of(&timebox, at("2026-11-30T11:00:00Z")), "3 h of 24 h");
    }
}
