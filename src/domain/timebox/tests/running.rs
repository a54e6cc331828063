//! How a box fills in working time, pauses and steps.

use super::*;

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
