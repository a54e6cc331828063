//! Boxes that are reviewed, stopped and taken up again.

use super::*;

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
