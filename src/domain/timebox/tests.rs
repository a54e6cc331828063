use proptest::prelude::*;

use super::*;
use crate::domain::ids::{Login, UserId};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a test's own timestamp")
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a test's own span")
}

fn lead() -> User {
    User {
        id: UserId(7),
        login: Login::new("lena"),
    }
}

/// A box of three days that starts on a Monday morning.
fn three_days() -> TimeBox {
    let span = Span::parse("3d").expect("a span");
    TimeBox::start(&Calendar::default(), span, 80, at("2026-11-23T09:00:00Z"))
}

#[test]
fn it_fills_in_working_time_and_goes_on_over_its_end() {
    let running = three_days();
    assert_eq!(running.ends_at(), Some(at("2026-11-25T17:00:00Z")));
    let tuesday = at("2026-11-24T15:00:00Z");
    assert_eq!(running.used(tuesday), WorkTime::from_hours(14));
    assert_eq!(running.left(tuesday), WorkTime::from_hours(10));
    assert_eq!((running.share(tuesday), running.meter(tuesday)), (58, 5));
    let friday = at("2026-11-27T09:00:00Z");
    assert_eq!(running.overrun(friday), WorkTime::from_hours(8));
    assert_eq!((running.share(friday), running.meter(friday)), (133, 10));
    assert!(running.is_running() && !running.is_paused());
}

#[test]
fn a_pause_moves_the_end() {
    let mut blocked = three_days();
    blocked.pause(at("2026-11-23T11:00:00Z"));
    assert!(blocked.is_paused() && !blocked.is_running());
    assert_eq!(blocked.ends_at(), None);
    assert_eq!(blocked.reached(5), Some(at("2026-11-23T10:12:00Z")));
    assert_eq!(blocked.next_step(at("2026-11-23T12:00:00Z")), None);
    blocked.resume(at("2026-11-24T09:00:00Z"));
    assert_eq!(blocked.ends_at(), Some(at("2026-11-26T15:00:00Z")));
    assert_eq!(
        blocked.paused_for(at("2026-11-25T09:00:00Z")),
        WorkTime::from_hours(6)
    );
}

#[test]
fn what_is_said_twice_or_late_does_no_harm() {
    let mut odd = three_days();
    odd.resume(at("2026-11-23T10:00:00Z"));
    odd.pause(at("2026-11-23T11:00:00Z"));
    let paused = odd.clone();
    odd.pause(at("2026-11-23T12:00:00Z"));
    odd.pause(at("2026-11-23T08:00:00Z"));
    assert_eq!(odd, paused);
    odd.resume(at("2026-11-23T09:30:00Z"));
    assert_eq!(
        odd.used(at("2026-11-23T12:00:00Z")),
        WorkTime::from_hours(3)
    );
    odd.stop(at("2026-11-23T12:00:00Z"));
    let stopped = odd.clone();
    odd.stop(at("2026-11-24T12:00:00Z"));
    odd.resume(at("2026-11-24T12:00:00Z"));
    odd.pause(at("2026-11-24T12:00:00Z"));
    assert_eq!(odd, stopped);
    assert!(!odd.is_running() && !odd.is_paused());
}

#[test]
fn a_box_that_is_stopped_in_a_pause_remembers_how_long_the_pause_was() {
    let mut stopped = three_days();
    stopped.pause(at("2026-11-23T11:00:00Z"));
    stopped.stop(at("2026-11-23T13:00:00Z"));
    let later = at("2026-12-23T11:00:00Z");
    assert_eq!(stopped.paused_for(later), WorkTime::from_hours(2));
    assert_eq!(stopped.used(later), WorkTime::from_hours(2));
    assert_eq!(stopped.reached(100), None);
}

#[test]
fn it_steps_by_tenths_and_at_the_reminder_and_at_the_end() {
    let span = Span::parse("100m").expect("a span");
    let start = at("2026-11-23T09:00:00Z");
    let running = TimeBox::start(&Calendar::default(), span, 75, start);
    let mut now = start;
    let mut steps = Vec::new();
    while let Some(next) = running.next_step(now) {
        now = next;
        steps.push(running.share(now));
    }
    assert_eq!(steps, [10, 20, 30, 40, 50, 60, 70, 75, 80, 90, 100]);
}

#[test]
fn a_week_of_a_calendar_without_days_is_over_at_once() {
    let never = Calendar {
        days: Vec::new(),
        ..Calendar::default()
    };
    let now = at("2026-11-23T09:00:00Z");
    let over = TimeBox::start(&never, Span::parse("1w").expect("a span"), 80, now);
    assert_eq!((over.share(now), over.ends_at()), (100, Some(now)));
    assert_eq!(over.next_step(now), None);
}

/// Extends a box, which its terms have to allow.
fn extend(timebox: &mut TimeBox, by: &str, when: &str) {
    timebox
        .extend(span(by), &lead(), "one more run", at(when))
        .expect("the terms allow it");
}

/// Three days under terms that allow that many extensions, each of as much again.
fn generous(count: u32) -> TimeBox {
    let mut timebox = three_days();
    timebox.terms.count = count;
    timebox.terms.at_most = 100;
    timebox
}

#[test]
fn more_time_before_the_end_counts_from_the_end() {
    let mut running = three_days();
    extend(&mut running, "1d", "2026-11-24T12:00:00Z");
    assert_eq!(running.ends_at(), Some(at("2026-11-26T17:00:00Z")));
    let then = at("2026-11-25T17:00:00Z");
    assert_eq!((running.share(then), running.meter(then)), (75, 7));
    assert_eq!(running.left(then), WorkTime::from_hours(8));
}

#[test]
fn more_time_after_the_end_counts_from_now() {
    let mut over = three_days();
    let friday = at("2026-11-27T11:00:00Z");
    assert_eq!(over.overrun(friday), WorkTime::from_hours(10));
    extend(&mut over, "1d", "2026-11-27T11:00:00Z");
    assert_eq!(over.ends_at(), Some(at("2026-11-30T11:00:00Z")));
    assert_eq!(over.overrun(friday), WorkTime::ZERO);
    // 34 of 42 hours.
    assert_eq!((over.share(friday), over.meter(friday)), (80, 8));
    assert_eq!(over.original(), WorkTime::from_hours(24));
}

#[test]
fn more_time_in_a_pause_waits_until_the_box_goes_on() {
    let mut paused = three_days();
    paused.pause(at("2026-11-27T11:00:00Z"));
    extend(&mut paused, "4h", "2026-12-01T09:00:00Z");
    assert!(paused.is_paused());
    assert_eq!(
        paused.left(at("2026-12-04T09:00:00Z")),
        WorkTime::from_hours(4)
    );
    paused.resume(at("2026-12-04T09:00:00Z"));
    assert_eq!(paused.ends_at(), Some(at("2026-12-04T13:00:00Z")));
}

#[test]
fn terms_say_how_often_and_by_how_much() {
    let mut strict = three_days();
    let noon = at("2026-11-24T12:00:00Z");
    let mut ask = |by: &str| strict.extend(span(by), &lead(), "please", noon);
    let half = WorkTime::from_hours(12);
    assert_eq!(ask("1d 4h 1m"), Err(NoExtension::TooLong(half)));
    assert_eq!(ask("1d 4h"), Ok(()));
    assert_eq!(ask("1m"), Err(NoExtension::Spent(1)));
    assert_eq!(strict.extensions.len(), 1);
    // Half of the original still, whatever was added since.
    assert_eq!(strict.longest_extension(), half);

    let mut never = generous(0);
    let refused = never.extend(span("1h"), &lead(), "please", noon);
    assert_eq!(refused, Err(NoExtension::Spent(0)));
    assert_eq!(never, generous(0));
}

#[test]
fn the_reminder_is_that_of_the_new_end_and_never_lies_behind_the_extension() {
    // 80 per cent of four days are further on than what was used.
    let mut early = generous(1);
    extend(&mut early, "1d", "2026-11-24T12:00:00Z");
    assert_eq!(early.reminder_at(), Some(at("2026-11-26T10:36:00Z")));
    // 80 per cent of 25 hours were over when it was extended: so 80 per cent of the last hour.
    let mut late = generous(1);
    extend(&mut late, "1h", "2026-11-25T17:00:00Z");
    assert_eq!(late.reminder_at(), Some(at("2026-11-26T09:48:00Z")));
    assert_eq!(late.ends_at(), Some(at("2026-11-26T10:00:00Z")));
    // And again with the next one.
    let mut twice = generous(2);
    extend(&mut twice, "1h", "2026-11-25T17:00:00Z");
    extend(&mut twice, "1h", "2026-11-26T10:30:00Z");
    assert_eq!(twice.ends_at(), Some(at("2026-11-26T11:30:00Z")));
    assert_eq!(twice.reminder_at(), Some(at("2026-11-26T11:18:00Z")));
}

#[test]
fn an_extension_heard_of_late_counts_from_the_last_change() {
    let mut paused = three_days();
    paused.pause(at("2026-11-27T11:00:00Z"));
    extend(&mut paused, "4h", "2026-11-24T12:00:00Z");
    assert_eq!(
        paused.left(at("2026-12-04T09:00:00Z")),
        WorkTime::from_hours(4)
    );
}

#[test]
fn a_box_is_reviewed_after_twice_its_length_on_the_clock_even_in_a_pause() {
    let mut pending = three_days();
    let twice = Some(at("2026-11-30T17:00:00Z"));
    assert_eq!(pending.review_at(), twice);
    pending.pause(at("2026-11-23T11:00:00Z"));
    assert_eq!(pending.review_at(), twice);
    pending.resume(at("2026-12-10T11:00:00Z"));
    assert_eq!(pending.review_at(), twice);
    extend(&mut pending, "4h", "2026-12-10T12:00:00Z");
    assert_eq!(pending.review_at(), Some(at("2026-12-01T17:00:00Z")));
    pending.stop(at("2026-12-11T11:00:00Z"));
    assert_eq!(pending.review_at(), None);
}

#[test]
fn a_box_held_that_stopped_within_its_first_length() {
    let stopped = |mut timebox: TimeBox, when: &str| {
        timebox.stop(at(when));
        timebox.held()
    };
    assert!(!three_days().held());
    assert!(stopped(three_days(), "2026-11-25T17:00:00Z"));
    assert!(!stopped(three_days(), "2026-11-26T09:00:01Z"));
    // The night after its end is no working time.
    assert!(stopped(three_days(), "2026-11-26T09:00:00Z"));

    let mut extended = three_days();
    extend(&mut extended, "1d", "2026-11-24T12:00:00Z");
    assert!(!stopped(extended.clone(), "2026-11-26T12:00:00Z"));
    // More time that was not needed after all.
    assert!(stopped(extended, "2026-11-25T12:00:00Z"));
}

#[test]
fn a_stopped_box_that_goes_on_was_paused_meanwhile() {
    let mut reopened = three_days();
    reopened.stop(at("2026-11-24T11:00:00Z"));
    assert!(!reopened.is_running() && !reopened.is_paused());
    reopened.go_on(at("2026-11-26T09:00:00Z"));
    assert!(reopened.is_running());
    assert_eq!(reopened.stopped_at(), None);
    assert_eq!(reopened.ends_at(), Some(at("2026-11-27T15:00:00Z")));
    let again = reopened.clone();
    reopened.go_on(at("2026-11-26T12:00:00Z"));
    assert_eq!(reopened, again);

    let mut blocked = three_days();
    blocked.pause(at("2026-11-23T11:00:00Z"));
    blocked.stop(at("2026-11-23T13:00:00Z"));
    blocked.go_on(at("2026-11-24T09:00:00Z"));
    let later = at("2026-11-24T10:00:00Z");
    assert_eq!(blocked.used(later), WorkTime::from_hours(3));
    assert_eq!(blocked.paused_for(later), WorkTime::from_hours(6));
}

#[test]
fn what_had_stopped_was_not_pending_meanwhile() {
    let mut reopened = three_days();
    reopened.stop(at("2026-11-24T11:00:00Z"));
    assert!(reopened.was_pending(at("2026-11-24T11:00:00Z")));
    assert!(!reopened.was_pending(at("2026-12-01T09:00:00Z")));
    reopened.go_on(at("2027-01-04T09:00:00Z"));
    assert!(!reopened.was_pending(at("2026-12-01T09:00:00Z")));
    assert!(reopened.was_pending(at("2027-01-04T09:00:01Z")));
    // Of twice three days ten hours had passed.
    assert_eq!(reopened.review_at(), Some(at("2027-01-08T15:00:00Z")));
    // What was due for a review before it stopped was due then.
    let mut late = three_days();
    late.stop(at("2026-12-14T09:00:00Z"));
    late.go_on(at("2027-01-04T09:00:00Z"));
    assert_eq!(late.review_at(), Some(at("2026-11-30T17:00:00Z")));
}

#[test]
fn a_figure_does_not_fall_when_a_box_goes_on_after_a_pause() {
    let mut running = three_days();
    // 11 of 24 hours: nearly half-way between two steps.
    running.pause(at("2026-11-24T12:00:00Z"));
    let shown = |timebox: &TimeBox, now: &str| {
        timebox.used_between(Timestamp::MIN, timebox.last_step(at(now)))
    };
    let paused = shown(&running, "2026-11-24T13:00:00Z");
    running.resume(at("2026-11-24T14:00:00Z"));
    assert_eq!(shown(&running, "2026-11-24T14:30:00Z"), paused);
    assert_eq!(
        shown(&running, "2026-11-24T15:00:00Z"),
        WorkTime::from_hours(12)
    );
}

#[test]
fn a_box_that_is_over_steps_by_whole_days() {
    let running = three_days();
    let step = |now: &str| running.last_step(at(now)).to_string();
    assert_eq!(step("2026-11-25T18:00:00Z"), "2026-11-25T17:00:00Z");
    assert_eq!(step("2026-11-26T16:59:59Z"), "2026-11-25T17:00:00Z");
    assert_eq!(step("2026-11-26T17:00:00Z"), "2026-11-26T17:00:00Z");
}

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
