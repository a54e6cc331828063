//! What a point costs.

use super::*;

/// A record of a sprint of that number, one a fortnight, with its capacity, boxed days and points done.
fn record(number: u64, capacity: f64, boxed: f64, points: f64) -> (u64, Record) {
    let due = day("2026-01-04")
        .checked_add((14 * i64::try_from(number).expect("small")).days())
        .expect("in range");
    let sprint = line(&[milestone(number, &due.to_string())], &Policy::default()).remove(0);
    let entry = |number: u64, spent: f64, points: Option<f64>| Entry {
        number: ItemNumber(number),
        title: String::new(),
        bucket: Bucket::Committed,
        explores: points.is_none(),
        size: None,
        spent,
        points,
        progress: Progress::Done,
        verdict: None,
        learned: false,
        held: None,
        people: std::collections::BTreeSet::new(),
    };
    let mut unfinished = entry(3, 0.0, Some(100.0));
    unfinished.progress = Progress::Open;
    let mut dropped = entry(4, 0.0, Some(100.0));
    dropped.progress = Progress::Dropped;
    let mut entries = vec![entry(1, boxed, None), unfinished, dropped];
    if points > 0.0 {
        entries.push(entry(2, 0.0, Some(points)));
    }
    let taken = |at| Taken {
        at,
        capacity,
        entries: entries.clone(),
    };
    let record = Record {
        point_cost: 1.0,
        plan: taken(sprint.start),
        end: Some(taken(sprint.end)),
        sprint,
    };
    (number, record)
}

fn cost(records: impl IntoIterator<Item = (u64, Record)>) -> f64 {
    point_cost(
        &Ledger(records.into_iter().collect()),
        at("2026-12-31T00:00:00Z"),
    )
}

#[test]
fn a_point_costs_a_day_until_something_is_known() {
    assert!(near(cost([]), 1.0));
    assert!(near(cost([record(1, 50.0, 18.0, 0.0)]), 1.0));
}

#[test]
fn a_point_costs_what_boxes_leave_of_the_capacity_for_each_that_was_done() {
    assert!(near(cost([record(1, 50.0, 18.0, 32.0)]), 1.0));
    assert!(near(cost([record(1, 50.0, 18.0, 16.0)]), 2.0));
}

#[test]
fn boxes_that_took_more_than_there_was_make_no_point_cost_less_than_nothing() {
    assert!(near(cost([record(1, 50.0, 80.0, 10.0)]), 0.0));
}

#[test]
fn the_last_three_sprints_with_points_count_by_their_median() {
    let two = [record(1, 50.0, 0.0, 50.0), record(2, 50.0, 0.0, 10.0)];
    assert!(near(cost(two), 3.0));
    let with_a_pause = [
        record(1, 50.0, 0.0, 1.0),
        record(2, 50.0, 0.0, 10.0),
        record(3, 50.0, 0.0, 25.0),
        record(4, 50.0, 50.0, 0.0),
        record(5, 50.0, 0.0, 5.0),
    ];
    // 50 is too long ago, and the fourth says nothing: 5, 2 and 10.
    assert!(near(cost(with_a_pause), 5.0));
}

#[test]
fn only_what_had_ended_by_then_is_known_then() {
    let ledger = Ledger(BTreeMap::from([
        record(1, 50.0, 0.0, 25.0),
        record(2, 50.0, 0.0, 5.0),
    ]));
    let end = |number: u64| ledger.0[&number].sprint.end;
    assert!(near(point_cost(&ledger, end(1)), 2.0));
    assert!(near(point_cost(&ledger, before(end(1))), 1.0));
    assert!(near(point_cost(&ledger, end(2)), 6.0));
}

fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(jiff::SignedDuration::from_secs(1))
        .expect("in range")
}
