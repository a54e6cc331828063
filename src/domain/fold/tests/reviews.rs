//! What is asked of a box that is pending for long, or whose sprint ends.

use super::*;

fn sprint(number: u64, due: &str) -> Milestone {
    Milestone {
        number,
        title: format!("Sprint {number}"),
        due: Some(due.parse().expect("a test's own date")),
        starts: None,
        created_at: None,
        closed_at: None,
    }
}

/// Active from Monday at nine with a box of that length, in the sprint that ends with Wednesday.
fn planned(length: &str, more: impl IntoIterator<Item = Fact>) -> Item {
    let body = READY.replace("Time box: 1d", &format!("Time box: {length}"));
    let mut facts = vec![
        in_sprint(0, &body, Some(sprint(7, "2026-11-25"))),
        labeled(0, "stage/active"),
    ];
    facts.extend(more);
    state(&facts, &Policy::default())
}

fn in_sprint(seconds: i64, body: &str, milestone: Option<Milestone>) -> Fact {
    let mut picture = snapshot("Experiment: BERT", body);
    picture.milestone = milestone;
    let picture = Box::new(picture);
    fact(
        seconds,
        if seconds == 0 {
            What::Opened(picture)
        } else {
            What::Seen(picture)
        },
    )
}

fn milestone_is(seconds: i64, number: u64, now: Option<Milestone>) -> Fact {
    fact(seconds, What::MilestoneIs { number, now })
}

fn reviews(item: Item, hours: i64) -> Vec<i64> {
    let item = until(item, hours * HOUR);
    let all = said(&item).into_iter();
    all.filter(|(word, _)| *word == "box-review")
        .map(|(_, hour)| hour)
        .collect()
}

/// The end of Wednesday.
const WEDNESDAY: i64 = 63;

#[test]
fn a_box_is_reviewed_when_twice_its_length_has_passed() {
    assert_eq!(reviews(experiment([]), 31), [0; 0]);
    // Tuesday at five.
    assert_eq!(reviews(experiment([]), 500), [32]);
}

#[test]
fn pauses_count_and_in_one_there_is_nothing_else_to_say() {
    let reason = "no GPU".to_owned();
    let blocked = experiment([ordered(HOUR, Order::Block { reason })]);
    let later = until(blocked, 500 * HOUR);
    assert_eq!(said(&later), [("box-review", 32)]);
    assert_eq!(later.stage, Stage::Active);
}

#[test]
fn what_was_found_out_in_time_is_not_reviewed() {
    assert_eq!(reviews(experiment([find(31 * HOUR)]), 500), [0; 0]);
    assert_eq!(
        reviews(
            experiment([closed(31 * HOUR, CloseReason::NotPlanned)]),
            500
        ),
        [0; 0]
    );
    // After the review it is not said again.
    assert_eq!(reviews(experiment([find(33 * HOUR)]), 500), [32]);
}

#[test]
fn the_end_of_the_sprint_asks_once_even_in_a_pause() {
    assert_eq!(reviews(planned("1w", []), WEDNESDAY - 1), [0; 0]);
    assert_eq!(reviews(planned("1w", []), WEDNESDAY), [WEDNESDAY]);
    let reason = "no GPU".to_owned();
    let blocked = planned("1w", [ordered(HOUR, Order::Block { reason })]);
    assert_eq!(reviews(blocked, 100), [WEDNESDAY]);
    // And so does twice the length of the box, the Friday after.
    assert_eq!(reviews(planned("1w", []), 1000), [WEDNESDAY, 11 * 24 + 8]);
}

#[test]
fn a_due_day_that_moves_takes_the_review_along() {
    let later = || milestone_is(30 * HOUR, 7, Some(sprint(7, "2026-11-27")));
    assert_eq!(reviews(planned("1w", [later()]), 200), [WEDNESDAY + 48]);
    let mut over = sprint(7, "2026-11-25");
    over.closed_at = Some(at(31 * HOUR));
    assert_eq!(
        reviews(planned("1w", [milestone_is(31 * HOUR, 7, Some(over))]), 200),
        [31]
    );
    assert_eq!(
        reviews(planned("1w", [milestone_is(31 * HOUR, 7, None)]), 200),
        [0; 0]
    );
    // What was said is not said again for the new day.
    let afterwards = milestone_is(70 * HOUR, 7, Some(sprint(7, "2026-11-27")));
    assert_eq!(reviews(planned("1w", [afterwards]), 200), [WEDNESDAY]);
}

#[test]
fn what_was_moved_to_another_sprint_before_is_asked_at_the_end_of_that_one() {
    let body = READY.replace("1d", "1w");
    let moved = || in_sprint(20 * HOUR, &body, Some(sprint(8, "2026-11-26")));
    assert_eq!(reviews(planned("1w", [moved()]), 200), [WEDNESDAY + 24]);
    let old_one = milestone_is(30 * HOUR, 7, Some(sprint(7, "2026-11-24")));
    assert_eq!(
        reviews(planned("1w", [moved(), old_one]), 200),
        [WEDNESDAY + 24]
    );
    let out = in_sprint(20 * HOUR, &body, None);
    assert_eq!(reviews(planned("1w", [out]), 200), [0; 0]);
}

#[test]
fn a_sprint_that_was_over_when_the_box_started_asks_nothing() {
    let mut facts = vec![in_sprint(
        0,
        &READY.replace("1d", "1w"),
        Some(sprint(7, "2026-11-22")),
    )];
    facts.push(labeled(HOUR, "stage/active"));
    assert_eq!(reviews(state(&facts, &Policy::default()), 200), [0; 0]);
}

#[test]
fn a_sprint_that_ended_while_the_item_was_closed_asks_nothing_when_it_is_opened_again() {
    let item = planned(
        "1w",
        [
            closed(30 * HOUR, CloseReason::NotPlanned),
            fact(100 * HOUR, What::Reopened),
        ],
    );
    assert_eq!(reviews(item, 110), [0; 0]);
}
