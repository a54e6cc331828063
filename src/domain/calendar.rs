//! The working calendar: which seconds are working time (product §3).
//!
//! A second is working time if the local clock then shows a working day that is no holiday and a
//! time between opening and closing. Nothing more is defined, so a change to or from summer time
//! within working hours makes that day really shorter or longer. Between two changes of the zone's offset local time is as
//! even as UTC, and there working time is arithmetic on whole weeks; so all sums here cost a step
//! for each change of the offset, not for each day.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::worktime::{Span, WorkTime};

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

/// Seconds of a day on the local clock, whatever really elapses.
const DAY: i64 = 24 * 60 * 60;

/// Working time is not looked for further ahead than this, so that a calendar without any (every
/// day a holiday) ends the search.
const HORIZON: SignedDuration = SignedDuration::from_hours(20 * 366 * 24);

impl Calendar {
    /// The zone; UTC if this machine does not know its name any more.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }

    /// The local day of an instant.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.zone().to_datetime(at).date()
    }

    /// How long a working day is by the local clock.
    pub fn day_length(&self) -> WorkTime {
        WorkTime((second_of_day(self.to) - second_of_day(self.from)).max(0))
    }

    /// What a span asks for: a day is a working day, a week so many of them as this calendar's
    /// weeks have.
    pub fn work(&self, span: Span) -> WorkTime {
        let Ruler {
            days_of_week,
            day_length,
            ..
        } = Ruler::of(self);
        let days = i64::from(span.weeks) * days_of_week + i64::from(span.days);
        let minutes = i64::from(span.hours) * 60 + i64::from(span.minutes);
        WorkTime(
            days.saturating_mul(day_length)
                .saturating_add(minutes.saturating_mul(60)),
        )
    }

    /// The first instant by which that much working time has passed: at the closing hour rather
    /// than at the next opening. Where there is not that much within 20 years, the end of those.
    pub fn end_after(&self, from: Timestamp, work: WorkTime) -> Timestamp {
        if work <= WorkTime::ZERO {
            return from;
        }
        let ruler = Ruler::of(self);
        let horizon = from.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        let mut missing = work.seconds();
        for stretch in stretches(&self.zone(), from, horizon) {
            let has = stretch.work(&ruler);
            if has >= missing {
                let end = stretch.end_after(&ruler, missing);
                return Timestamp::from_second(end).unwrap_or(horizon);
            }
            missing -= has;
        }
        horizon
    }

    /// How much working time passes between two instants, in whole seconds; none if the second is
    /// not later.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> WorkTime {
        if to <= from {
            return WorkTime::ZERO;
        }
        let ruler = Ruler::of(self);
        WorkTime(
            stretches(&self.zone(), from, to)
                .iter()
                .map(|stretch| stretch.work(&ruler))
                .sum(),
        )
    }
}

fn second_of_day(time: Time) -> i64 {
    time.duration_since(Time::midnight()).as_secs()
}

/// A stretch of time with an even local clock. In Unix seconds, the end not included.
struct Stretch {
    from: i64,
    to: i64,
    /// What the local clock is ahead of UTC, in seconds.
    offset: i64,
}

impl Stretch {
    fn work(&self, ruler: &Ruler) -> i64 {
        ruler.work_before(self.to + self.offset) - ruler.work_before(self.from + self.offset)
    }

    /// The first second by which that much of its working time has passed; it has to have so much.
    fn end_after(&self, ruler: &Ruler, work: i64) -> i64 {
        let aim = ruler.work_before(self.from + self.offset) + work;
        let (mut low, mut high) = (self.from, self.to);
        while low < high {
            let middle = low + (high - low) / 2;
            if ruler.work_before(middle + self.offset) >= aim {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }
}

/// Cuts a time at each change of the zone's offset.
fn stretches(zone: &TimeZone, from: Timestamp, to: Timestamp) -> Vec<Stretch> {
    let mut all = Vec::new();
    let mut start = from.as_second();
    let end = to.as_second();
    let mut offset = i64::from(zone.to_offset(from).seconds());
    for change in zone.following(from) {
        let at = change.timestamp().as_second();
        if at >= end {
            break;
        }
        all.push(Stretch {
            from: start,
            to: at,
            offset,
        });
        start = at;
        offset = i64::from(change.offset().seconds());
    }
    all.push(Stretch {
        from: start,
        to: end,
        offset,
    });
    all
}

/// A calendar as numbers: measures working time along an even local clock.
struct Ruler {
    /// Whether work is done, from Thursday on, since local second 0 is a Thursday (1 January 1970).
    works: [bool; 7],
    days_of_week: i64,
    opens: i64,
    day_length: i64,
    /// Holidays on days that would be working days, as days since 1 January 1970, ascending.
    holidays: Vec<i64>,
}

impl Ruler {
    fn of(calendar: &Calendar) -> Self {
        // Day 0 is a Thursday, the calendar's 4.
        let works = [4, 5, 6, 7, 1, 2, 3].map(|day| calendar.days.contains(&day));
        let epoch = Date::constant(1970, 1, 1);
        let mut holidays: Vec<i64> = calendar
            .holidays
            .iter()
            .map(|holiday| holiday.duration_since(epoch).as_secs().div_euclid(DAY))
            .filter(|day| works_on(&works, *day))
            .collect();
        holidays.sort_unstable();
        holidays.dedup();
        Self {
            works,
            days_of_week: works.iter().map(|works| i64::from(*works)).sum(),
            opens: second_of_day(calendar.from),
            day_length: calendar.day_length().seconds(),
            holidays,
        }
    }

    /// Working seconds before a local second, from a zero that is the same for all.
    fn work_before(&self, local: i64) -> i64 {
        let day = local.div_euclid(DAY);
        let holidays = self.holidays.partition_point(|holiday| *holiday < day);
        let is_holiday = self.holidays.get(holidays) == Some(&day);
        let whole_days = day.div_euclid(7) * self.days_of_week
            + (0..day.rem_euclid(7))
                .map(|rest| i64::from(works_on(&self.works, rest)))
                .sum::<i64>()
            - i64::try_from(holidays).unwrap_or(i64::MAX);
        let today = if works_on(&self.works, day) && !is_holiday {
            (local.rem_euclid(DAY) - self.opens).clamp(0, self.day_length)
        } else {
            0
        };
        whole_days * self.day_length + today
    }
}

fn works_on(works: &[bool; 7], day: i64) -> bool {
    usize::try_from(day.rem_euclid(7)).is_ok_and(|weekday| works[weekday])
}
