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

    /// The first instant of a local day.
    pub fn start_of(&self, day: Date) -> Timestamp {
        // Only the end of time has no first instant.
        day.to_zoned_datetime(self.zone())
            .map_or(Timestamp::MAX, |start| start.timestamp())
    }

    /// The end of work on the working day that an instant falls on, or else on the next one.
    pub fn closing_after(&self, at: Timestamp) -> Timestamp {
        let working = self.end_after(at, WorkTime(1));
        let local = self.date_of(working).to_datetime(self.to);
        local
            .to_zoned_datetime(self.zone())
            .map_or(working, |closing| closing.timestamp().max(at))
    }

    /// When work next begins after an instant; `None` where no day of the next year has any.
    pub fn next_morning(&self, after: Timestamp) -> Option<Timestamp> {
        const A_YEAR: usize = 366;
        let today = self.date_of(after);
        let days = today.series(jiff::Span::new().days(1)).take(A_YEAR);
        days.filter(|day| self.is_working(*day))
            .filter_map(|day| self.morning_of(day))
            .find(|morning| *morning > after)
    }

    /// The local day whose morning was the last before an instant: until work begins it is still
    /// the day before.
    pub fn day_since_morning(&self, at: Timestamp) -> Date {
        let today = self.date_of(at);
        let begun = self.morning_of(today).is_some_and(|morning| morning <= at);
        if begun {
            today
        } else {
            today.yesterday().unwrap_or(today)
        }
    }

    /// When work begins on a day, if it does.
    fn morning_of(&self, day: Date) -> Option<Timestamp> {
        let morning = day.to_datetime(self.from).to_zoned_datetime(self.zone());
        Some(morning.ok()?.timestamp())
    }

    /// Whether work is done on that day.
    pub fn is_working(&self, day: Date) -> bool {
        let weekday = day.weekday().to_monday_one_offset();
        self.days.contains(&weekday) && !self.holidays.contains(&day)
    }

    /// How many working days lie from one day to another, both included.
    pub fn working_days(&self, from: Date, to: Date) -> usize {
        const LONGEST: usize = 3_660;
        from.series(jiff::Span::new().days(1))
            .take(LONGEST)
            .take_while(|day| *day <= to)
            .filter(|day| self.is_working(*day))
            .count()
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
            .filter(|day| works_on(works, *day))
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
                .map(|rest| i64::from(works_on(self.works, rest)))
                .sum::<i64>()
            - i64::try_from(holidays).unwrap_or(i64::MAX);
        let today = if works_on(self.works, day) && !is_holiday {
            (local.rem_euclid(DAY) - self.opens).clamp(0, self.day_length)
        } else {
            0
        };
        whole_days * self.day_length + today
    }
}

fn works_on(works: [bool; 7], day: i64) -> bool {
    usize::try_from(day.rem_euclid(7)).is_ok_and(|weekday| works[weekday])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a test's own timestamp")
    }

    fn span(text: &str) -> Span {
        Span::parse(text).expect("a test's own span")
    }

    fn calendar(timezone: &str, from: &str, to: &str) -> Calendar {
        Calendar {
            timezone: timezone.to_owned(),
            from: from.parse().expect("a test's own time"),
            to: to.parse().expect("a test's own time"),
            ..Calendar::default()
        }
    }

    fn end(calendar: &Calendar, from: &str, length: &str) -> String {
        calendar
            .end_after(at(from), calendar.work(span(length)))
            .to_string()
    }

    #[test]
    fn two_days_begun_on_thursday_at_three_end_on_monday_at_three() {
        let utc = Calendar::default();
        assert_eq!(
            end(&utc, "2026-11-19T15:00:00Z", "2d"),
            "2026-11-23T15:00:00Z"
        );
    }

    #[test]
    fn a_day_lasts_from_morning_to_morning() {
        let berlin = calendar("Europe/Berlin", "09:00", "17:00");
        let friday = Date::constant(2026, 11, 27);
        for (now, day, next) in [
            (
                "2026-11-27T07:59:59Z",
                friday.yesterday().unwrap_or(friday),
                "2026-11-27T08:00:00Z",
            ),
            ("2026-11-27T08:00:00Z", friday, "2026-11-30T08:00:00Z"),
            ("2026-11-28T07:00:00Z", friday, "2026-11-30T08:00:00Z"),
        ] {
            assert_eq!(berlin.day_since_morning(at(now)), day, "{now}");
            assert_eq!(berlin.next_morning(at(now)), Some(at(next)), "{now}");
        }
        let never = Calendar {
            days: Vec::new(),
            ..berlin
        };
        assert_eq!(never.next_morning(at("2026-11-27T08:00:00Z")), None);
    }

    #[test]
    fn a_box_ends_at_the_closing_hour_and_not_at_the_next_opening() {
        let utc = Calendar::default();
        assert_eq!(
            end(&utc, "2026-11-20T09:00:00Z", "1d"),
            "2026-11-20T17:00:00Z"
        );
        assert_eq!(
            end(&utc, "2026-11-16T09:00:00Z", "1w"),
            "2026-11-20T17:00:00Z"
        );
        assert_eq!(
            end(&utc, "2026-11-20T16:00:00Z", "2h"),
            "2026-11-23T10:00:00Z"
        );
    }

    #[test]
    fn time_outside_working_hours_does_not_count() {
        let utc = Calendar::default();
        // From Friday evening to Monday before opening.
        let (friday, monday) = (at("2026-11-20T17:00:00Z"), at("2026-11-23T09:00:00Z"));
        assert_eq!(utc.between(friday, monday), WorkTime::ZERO);
        assert_eq!(utc.between(monday, friday), WorkTime::ZERO);
        assert_eq!(
            end(&utc, "2026-11-21T12:00:00Z", "1h"),
            "2026-11-23T10:00:00Z"
        );
    }

    #[test]
    fn holidays_do_not_count_even_if_named_twice_or_on_a_weekend() {
        let holidays = ["2026-12-25", "2026-12-26", "2026-12-25", "2027-01-01"]
            .map(|day| day.parse().expect("a test's own date"))
            .to_vec();
        let utc = Calendar {
            holidays,
            ..Calendar::default()
        };
        assert_eq!(
            end(&utc, "2026-12-24T09:00:00Z", "2d"),
            "2026-12-28T17:00:00Z"
        );
        let december = utc.between(at("2026-12-21T00:00:00Z"), at("2027-01-04T00:00:00Z"));
        assert_eq!(december, WorkTime::from_hours(8 * 8));
    }

    #[test]
    fn days_and_weeks_are_those_of_the_calendar() {
        let short = Calendar {
            days: vec![1, 2, 3],
            ..calendar("UTC", "10:00", "14:30")
        };
        assert_eq!(short.day_length(), WorkTime(16_200));
        assert_eq!(short.work(span("1w 1d")), WorkTime(4 * 16_200));
        assert_eq!(short.work(span("90m")), WorkTime(5400));
    }

    #[test]
    fn a_change_to_summer_time_outside_working_hours_changes_nothing() {
        let berlin = calendar("Europe/Berlin", "09:00", "17:00");
        // Friday 16:00 CET, and Monday 16:00 CEST.
        assert_eq!(
            end(&berlin, "2026-03-27T15:00:00Z", "1d"),
            "2026-03-30T14:00:00Z"
        );
        assert_eq!(
            berlin.date_of(at("2026-03-30T22:30:00Z")).to_string(),
            "2026-03-31"
        );
    }

    #[test]
    fn a_change_within_working_hours_makes_the_day_shorter_or_longer() {
        let nights = Calendar {
            days: vec![7],
            ..calendar("Europe/Berlin", "00:00", "08:00")
        };
        let day = |from: &str, to: &str| nights.between(at(from), at(to)).to_string();
        assert_eq!(day("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), "7 h");
        assert_eq!(day("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), "9 h");
        assert_eq!(day("2026-11-07T12:00:00Z", "2026-11-08T12:00:00Z"), "8 h");
    }

    #[test]
    fn a_calendar_without_working_time_ends_the_search_after_twenty_years() {
        let never = Calendar {
            days: Vec::new(),
            ..Calendar::default()
        };
        let start = at("2026-11-19T15:00:00Z");
        assert_eq!(never.work(span("1w")), WorkTime::ZERO);
        let end = never.end_after(start, WorkTime(1));
        assert!(end > at("2046-11-01T00:00:00Z") && end < at("2047-01-01T00:00:00Z"));
        assert!(never.end_after(Timestamp::MAX, WorkTime(1)) <= Timestamp::MAX);
    }

    #[test]
    fn a_zone_that_nobody_knows_is_utc() {
        let lost = calendar("Atlantis/Capital", "09:00", "17:00");
        assert_eq!(
            end(&lost, "2026-11-19T15:00:00Z", "2d"),
            "2026-11-23T15:00:00Z"
        );
    }

    #[test]
    fn years_cost_no_more_than_days() {
        let berlin = calendar("Europe/Berlin", "09:00", "17:00");
        let (from, to) = (at("2000-01-01T00:00:00Z"), at("2400-01-01T00:00:00Z"));
        // 400 years of the Gregorian calendar are 20,871 weeks exactly.
        assert_eq!(berlin.between(from, to), WorkTime(20_871 * 5 * 8 * 3600));
    }

    /// Asks the local clock once a minute, as the definition of working time says.
    fn by_the_minute(calendar: &Calendar, from: Timestamp, minutes: i64) -> Vec<bool> {
        let zone = calendar.zone();
        (0..minutes)
            .map(|minute| {
                let local = zone.to_datetime(
                    Timestamp::from_second(from.as_second() + minute * 60).expect("in range"),
                );
                let weekday = local.date().weekday().to_monday_one_offset();
                calendar.days.contains(&weekday)
                    && !calendar.holidays.contains(&local.date())
                    && local.time() >= calendar.from
                    && local.time() < calendar.to
            })
            .collect()
    }

    /// Moments around which zones change their offset, by half an hour in Lord Howe, at midnight
    /// in Havana, and over the date line in Apia (which had no 30 December 2011).
    const CHANGES: [(&str, &str); 9] = [
        ("Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T01:00:00Z"),
        ("America/New_York", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T06:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("America/Havana", "2026-03-08T05:00:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("Asia/Kolkata", "2026-10-03T15:30:00Z"),
    ];

    prop_compose! {
        fn any_calendar()(
            change in 0..CHANGES.len(),
            days in proptest::collection::btree_set(1i8..=7, 1..=7),
            opens in 0i64..1439,
            length in 1i64..=1439,
            holidays in proptest::collection::vec(-4i64..4, 0..3),
        ) -> (Calendar, Timestamp) {
            let (timezone, change) = CHANGES[change];
            let change = at(change);
            let clock = |minute: i64| {
                Time::midnight().saturating_add(SignedDuration::from_mins(minute.min(1439)))
            };
            let calendar = Calendar {
                timezone: timezone.to_owned(),
                days: days.into_iter().collect(),
                from: clock(opens),
                to: clock(opens + length),
                holidays: Vec::new(),
            };
            let today = calendar.date_of(change);
            let holidays = holidays
                .into_iter()
                .map(|days| today.saturating_add(SignedDuration::from_hours(days * 24)))
                .collect();
            (Calendar { holidays, ..calendar }, change)
        }
    }

    proptest! {
        #[test]
        fn sums_agree_with_a_look_at_the_clock_every_minute(
            (calendar, change) in any_calendar(),
            before in 0i64..6000,
            minutes in 0i64..12_000,
        ) {
            let from = Timestamp::from_second(change.as_second() - before * 60).expect("in range");
            let to = Timestamp::from_second(from.as_second() + minutes * 60).expect("in range");
            let worked = by_the_minute(&calendar, from, minutes);
            let expected = worked.iter().filter(|works| **works).count();
            prop_assert_eq!(
                calendar.between(from, to),
                WorkTime(60 * i64::try_from(expected).expect("small"))
            );
        }

        #[test]
        fn ends_agree_with_a_look_at_the_clock_every_minute(
            (calendar, change) in any_calendar(),
            before in 0i64..6000,
            work in 1usize..2000,
        ) {
            let from = Timestamp::from_second(change.as_second() - before * 60).expect("in range");
            let worked = by_the_minute(&calendar, from, 20_000);
            let last = worked.iter().enumerate().filter(|(_, works)| **works).nth(work - 1);
            let end = calendar.end_after(from, WorkTime(60 * i64::try_from(work).expect("small")));
            if let Some((minute, _)) = last {
                let minute = i64::try_from(minute).expect("small");
                prop_assert_eq!(end.as_second(), from.as_second() + (minute + 1) * 60);
            } else {
                prop_assert!(end.as_second() > from.as_second() + 20_000 * 60);
            }
        }

        #[test]
        fn any_second_is_found_again(
            (calendar, change) in any_calendar(),
            before in 0i64..400_000,
            work in 1i64..20_000,
        ) {
            let from = Timestamp::from_second(change.as_second() - before).expect("in range");
            let work = WorkTime(work);
            let end = calendar.end_after(from, work);
            // A team that works a minute a week is not followed for ever.
            prop_assume!(end.duration_since(from) < HORIZON);
            prop_assert_eq!(calendar.between(from, end), work);
        }
    }
}
