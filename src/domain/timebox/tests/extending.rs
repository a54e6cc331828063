//! More time, and by which terms.

use super::*;

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
