//! Any history of a box under any calendar.

use super::*;

/// What can be done to a box, some seconds after (or before) the last thing that was done.
#[derive(Debug, Clone, Copy)]
enum Done {
    Pause,
    Resume,
    Stop,
    GoOn,
    Extend(u32),
}

fn any_done() -> impl Strategy<Value = Done> {
    prop_oneof![
        4 => Just(Done::Pause),
        4 => Just(Done::Resume),
        1 => Just(Done::Stop),
        1 => Just(Done::GoOn),
        2 => (1u32..1000).prop_map(Done::Extend),
    ]
}

/// Some days before clocks change, where they do.
const STARTS: [(&str, &str); 6] = [
    ("Europe/Berlin", "2026-03-20T09:00:00Z"),
    ("Europe/Berlin", "2026-10-19T09:00:00Z"),
    ("America/New_York", "2026-03-02T15:00:00Z"),
    ("America/New_York", "2026-10-26T15:00:00Z"),
    ("Asia/Kolkata", "2026-03-20T05:00:00Z"),
    ("Asia/Kolkata", "2026-10-19T05:00:00Z"),
];

prop_compose! {
    /// Office hours, or nights in which the clocks change; with holidays within reach.
    fn any_calendar()(
        zone in prop::sample::select(&STARTS[..]),
        nights in any::<bool>(),
        holidays in prop::collection::vec(0i64..25, 0..4),
    ) -> (Calendar, Timestamp) {
        let (timezone, start) = zone;
        let mut calendar = Calendar { timezone: timezone.to_owned(), ..Calendar::default() };
        if nights {
            calendar.days = vec![1, 4, 6, 7];
            calendar.from = "00:00".parse().expect("a time");
            calendar.to = "06:30".parse().expect("a time");
        }
        let first = calendar.date_of(at(start));
        calendar.holidays = holidays
            .into_iter()
            .map(|days| first.saturating_add(jiff::SignedDuration::from_hours(days * 24)))
            .collect();
        (calendar, at(start))
    }
}

prop_compose! {
    fn any_history()(
        (calendar, start) in any_calendar(),
        minutes in 1u32..2000,
        done in prop::collection::vec((any_done(), -20_000i64..200_000), 0..14),
    ) -> TimeBox {
        let span = Span { minutes, ..Span::default() };
        let mut timebox = TimeBox::start(&calendar, span, 80, start);
        timebox.terms.count = 3;
        let mut now = start.as_second();
        for (what, later) in done {
            now += later;
            let at = Timestamp::from_second(now).expect("in range");
            match what {
                Done::Pause => timebox.pause(at),
                Done::Resume => timebox.resume(at),
                Done::Stop => timebox.stop(at),
                Done::GoOn => timebox.go_on(at),
                Done::Extend(minutes) => {
                    let more = Span { minutes, ..Span::default() };
                    // Its terms may refuse that.
                    let _ = timebox.extend(more, &lead(), "more", at);
                }
            }
        }
        timebox
    }
}

/// So many seconds after its start.
fn after(timebox: &TimeBox, seconds: i64) -> Timestamp {
    let start = timebox.started_at().expect("it has started");
    Timestamp::from_second(start.as_second() + seconds).expect("in range")
}

/// The second before.
fn before(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second() - 1).expect("in range")
}

proptest! {
    #[test]
    fn what_is_used_never_falls_and_never_exceeds_the_clock(
        timebox in any_history(),
        mut moments in proptest::collection::vec(0i64..2_000_000, 2..10),
    ) {
        let start = timebox.runs[0].0;
        moments.sort_unstable();
        let mut before = WorkTime::ZERO;
        for later in moments {
            let now = Timestamp::from_second(start.as_second() + later).expect("in range");
            let used = timebox.used(now);
            let elapsed = timebox.calendar.between(start, now);
            prop_assert!(used >= before);
            prop_assert!(used.plus(timebox.paused_for(now)) <= elapsed);
            if !timebox.stopped {
                prop_assert_eq!(used.plus(timebox.paused_for(now)), elapsed);
            }
            before = used;
        }
    }

    #[test]
    fn a_share_is_reached_when_it_is_used_and_not_a_second_before(
        timebox in any_history(),
        percent in 1u32..150,
    ) {
        let long_after = at("2030-01-01T00:00:00Z");
        match timebox.reached(percent) {
            Some(reached) => {
                let before = Timestamp::from_second(reached.as_second() - 1).expect("in range");
                prop_assert!(timebox.share(reached) >= percent);
                prop_assert!(timebox.share(before) < percent);
            }
            None => prop_assert!(timebox.share(long_after) < percent),
        }
    }

    #[test]
    fn between_two_steps_nothing_that_is_shown_changes(
        timebox in any_history(),
        later in 0i64..2_000_000,
    ) {
        let now = after(&timebox, later).max(timebox.changed_at().expect("it has started"));
        let reminded = |at| timebox.reminder_at().is_some_and(|reminder| reminder <= at);
        let shown = |at| (timebox.meter(at), timebox.share(at) >= 80, reminded(at));
        let quiet_until = match timebox.next_step(now) {
            Some(next) => {
                prop_assert!(next > now);
                prop_assert_ne!(shown(now), shown(next));
                Timestamp::from_second(next.as_second() - 1).expect("in range")
            }
            None => at("2040-01-01T00:00:00Z"),
        };
        prop_assert_eq!(shown(now), shown(quiet_until));
    }

    #[test]
    fn a_figure_rests_between_two_steps(timebox in any_history(), later in 0i64..2_000_000, within in 0i64..200_000) {
        prop_assume!(timebox.is_running());
        let now = after(&timebox, later).max(timebox.changed_at().expect("it has started"));
        let step = timebox.last_step(now);
        prop_assert!(step <= now);
        prop_assert_eq!(timebox.last_step(step), step);
        if let Some(next) = timebox.next_step(now) {
            let between = Timestamp::from_second(now.as_second() + within).expect("in range");
            prop_assert_eq!(timebox.last_step(between.min(before(next))), step);
        }
    }

    #[test]
    fn times_between_instants_add_up(timebox in any_history(), mut moments in prop::collection::vec(-100_000i64..2_000_000, 3)) {
        moments.sort_unstable();
        let [a, b, c] = [0, 1, 2].map(|index| after(&timebox, moments[index]));
        let parts = timebox.used_between(a, b).plus(timebox.used_between(b, c));
        prop_assert_eq!(parts, timebox.used_between(a, c));
        prop_assert_eq!(timebox.used_between(b, a), WorkTime::ZERO);
    }

    #[test]
    fn more_time_is_all_there_when_it_is_granted(timebox in any_history(), later in 0i64..2_000_000, minutes in 1u32..600) {
        let mut extended = timebox.clone();
        extended.terms.count = 10;
        extended.terms.at_most = 1000;
        let now = after(&timebox, later).max(timebox.changed_at().expect("it has started"));
        let more = Span { minutes, ..Span::default() };
        let left = timebox.left(now);
        if extended.extend(more, &lead(), "more", now).is_ok() {
            prop_assert_eq!(extended.left(now), left.plus(timebox.calendar.work(more)));
            if let (Some(reminder), Some(end)) = (extended.reminder_at(), extended.ends_at()) {
                prop_assert!(now < reminder && reminder <= end);
            }
        }
    }

    #[test]
    fn a_review_is_due_when_twice_the_length_has_passed(timebox in any_history()) {
        if let Some(review) = timebox.review_at() {
            let passed = |until: Timestamp| {
                let away = timebox
                    .reopened
                    .iter()
                    .map(|(from, to)| timebox.calendar.between(*from, until.min(*to)))
                    .fold(WorkTime::ZERO, WorkTime::plus);
                let all = timebox.used(until).plus(timebox.paused_for(until));
                all.minus(away).seconds()
            };
            prop_assert!(passed(review) >= 2 * timebox.length.seconds());
            prop_assert!(passed(before(review)) < 2 * timebox.length.seconds());
        }
    }
}
