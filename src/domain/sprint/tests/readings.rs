//! When sprints are read, in which order, and that what was read stays.

use super::*;

/// Takes all readings that are due until then, of the same items, and names them.
fn catch_up(
    ledger: &mut Ledger,
    milestones: &[Milestone],
    since: &str,
    now: &str,
    items: &[Item],
) -> Vec<String> {
    let policy = Policy::default();
    let sprints = timeline(milestones.iter(), at(since), &policy);
    let mut taken = Vec::new();
    while let Some(reading) = ledger.due(&sprints, at(since), at(now)) {
        ledger.take(&reading, items, &policy);
        let what = if reading.is_end { "end" } else { "plan" };
        taken.push(format!("{what} {} {}", reading.sprint.number, reading.at));
        assert!(taken.len() < 100, "a reading is taken for ever");
    }
    taken
}

fn three() -> [Milestone; 3] {
    [
        milestone(1, "2026-11-29"),
        milestone(2, "2026-12-13"),
        milestone(3, "2026-12-27"),
    ]
}

const LONG_AGO: &str = "2020-01-01T00:00:00Z";

#[test]
fn an_end_is_read_before_the_plan_of_what_begins_then() {
    let mut ledger = Ledger::default();
    let taken = catch_up(&mut ledger, &three(), LONG_AGO, "2026-12-20T00:00:00Z", &[]);
    let expected = [
        "plan 1 2026-11-16T00:00:00Z",
        "end 1 2026-11-30T00:00:00Z",
        "plan 2 2026-11-30T00:00:00Z",
        "end 2 2026-12-14T00:00:00Z",
        "plan 3 2026-12-14T00:00:00Z",
    ];
    assert_eq!(taken, expected);
}

#[test]
fn each_reading_is_taken_once_and_the_next_one_is_announced() {
    let mut ledger = Ledger::default();
    let sprints = line(&three(), &Policy::default());
    let next = |ledger: &Ledger, now: &str| {
        ledger
            .next(&sprints, at(LONG_AGO), at(now))
            .map(|at| at.to_string())
    };
    assert_eq!(
        next(&ledger, "2026-11-01T00:00:00Z").as_deref(),
        Some("2026-11-16T00:00:00Z")
    );
    let now = "2026-12-01T00:00:00Z";
    assert_eq!(catch_up(&mut ledger, &three(), LONG_AGO, now, &[]).len(), 3);
    assert!(catch_up(&mut ledger, &three(), LONG_AGO, now, &[]).is_empty());
    assert_eq!(next(&ledger, now).as_deref(), Some("2026-12-14T00:00:00Z"));
    let all = "2027-02-01T00:00:00Z";
    assert_eq!(catch_up(&mut ledger, &three(), LONG_AGO, all, &[]).len(), 3);
    assert_eq!(next(&ledger, all), None);
}

#[test]
fn what_had_ended_before_labhand_came_is_never_read() {
    let mut ledger = Ledger::default();
    let since = "2026-12-01T12:00:00Z";
    let taken = catch_up(&mut ledger, &three(), since, "2026-12-31T00:00:00Z", &[]);
    let expected = [
        "plan 2 2026-12-01T17:00:00Z",
        "end 2 2026-12-14T00:00:00Z",
        "plan 3 2026-12-14T00:00:00Z",
        "end 3 2026-12-28T00:00:00Z",
    ];
    assert_eq!(taken, expected);
}

#[test]
fn a_due_day_that_moves_moves_the_end_that_is_to_come_and_none_that_was() {
    let mut ledger = Ledger::default();
    let [mut one, mut two, _] = three();
    one.starts = Some(day("2026-11-16"));
    two.starts = Some(day("2026-12-03"));
    let read = catch_up(
        &mut ledger,
        &[one.clone(), two.clone()],
        LONG_AGO,
        "2026-11-20T00:00:00Z",
        &[],
    );
    assert_eq!(read, ["plan 1 2026-11-16T00:00:00Z"]);

    one.due = Some(day("2026-12-02"));
    let all = [one.clone(), two.clone()];
    assert!(catch_up(&mut ledger, &all, LONG_AGO, "2026-12-01T00:00:00Z", &[]).is_empty());
    let read = catch_up(&mut ledger, &all, LONG_AGO, "2026-12-04T00:00:00Z", &[]);
    assert_eq!(
        read,
        ["end 1 2026-12-03T00:00:00Z", "plan 2 2026-12-03T00:00:00Z"]
    );
    assert_eq!(ledger.0[&1].sprint.end, at("2026-12-03T00:00:00Z"));

    // It has ended; what somebody writes on it now changes no history.
    let before = ledger.clone();
    one.due = Some(day("2026-12-09"));
    let read = catch_up(
        &mut ledger,
        &[one, two],
        LONG_AGO,
        "2026-12-12T00:00:00Z",
        &[],
    );
    assert!(read.is_empty(), "{read:?}");
    assert_eq!(ledger, before);
}

#[test]
fn a_sprint_that_is_closed_early_is_read_then() {
    let mut ledger = Ledger::default();
    let mut one = milestone(1, "2026-11-29");
    one.closed_at = Some(at("2026-11-25T12:00:00Z"));
    let read = catch_up(&mut ledger, &[one], LONG_AGO, "2026-11-25T12:00:00Z", &[]);
    assert_eq!(
        read,
        ["plan 1 2026-11-16T00:00:00Z", "end 1 2026-11-25T12:00:00Z"]
    );
}

#[test]
fn the_cost_of_a_point_is_that_of_the_start_and_a_later_end_does_not_change_it() {
    // Two overlap: while the second is planned the first has not ended.
    let mut second = milestone(2, "2026-12-13");
    second.starts = Some(day("2026-11-23"));
    let all = [
        milestone(1, "2026-11-29"),
        second,
        milestone(3, "2026-12-27"),
    ];
    let in_sprint = |number, sprint, when: &str| {
        let item = item(number, Kind::Development, sprint, &[1]);
        done(sized(item, 2, 2), when)
    };
    let items = [
        in_sprint(1, 1, "2026-11-20T12:00:00Z"),
        in_sprint(2, 2, "2026-12-10T12:00:00Z"),
        in_sprint(3, 3, "2026-12-20T12:00:00Z"),
    ];
    let mut ledger = Ledger::default();
    catch_up(&mut ledger, &all, LONG_AGO, "2026-12-31T00:00:00Z", &items);
    let costs: Vec<f64> = ledger.0.values().map(|record| record.point_cost).collect();
    // One person: ten days for two points, then fifteen.
    for (cost, expected) in costs.iter().zip([1.0, 1.0, 6.25]) {
        assert!(near(*cost, expected), "{costs:?}");
    }
    // The size of what was planned keeps that cost to the end.
    let end = ledger.0[&2].end.as_ref().expect("it has ended");
    assert_eq!(end.entries[0].size, Some(2.0));
}

#[test]
fn a_plan_is_against_what_is_done_now_and_then_against_what_was_done_by_the_end() {
    let policy = Policy::default();
    let sprints = line(&[milestone(7, "2026-11-29")], &policy);
    let mut ledger = Ledger::default();
    let open = sized(item(1, Kind::Development, 7, &[1]), 4, 4);
    let finished = done(open.clone(), "2026-11-20T12:00:00Z");
    let read = |is_end, at| Reading {
        sprint: sprints[0].clone(),
        at,
        is_end,
    };
    ledger.take(&read(false, sprints[0].start), &[open], &policy);
    let now = entries(
        std::slice::from_ref(&finished),
        &sprints[0],
        &policy,
        1.0,
        at("2026-11-21T00:00:00Z"),
    );
    let committed = |ledger: &Ledger, now: Option<&[Entry]>| {
        let share = ledger.0[&7].split(&policy, now).shares[0];
        (share.planned, share.actual)
    };
    assert_eq!(committed(&ledger, Some(&[])), (4.0, 0.0));
    assert_eq!(committed(&ledger, Some(&now)), (4.0, 4.0));
    ledger.take(&read(true, sprints[0].end), &[finished], &policy);
    assert_eq!(committed(&ledger, None), (4.0, 4.0));
}

#[test]
fn an_item_is_carried_over_by_each_sprint_that_ended_with_it_unfinished() {
    let policy = Policy::default();
    let sprints = line(&three(), &policy);
    let mut ledger = Ledger::default();
    let of = |number: u64, sprint: u64| item(number, Kind::Development, sprint, &[1]);
    for (sprint, when) in sprints.iter().zip([
        "2026-11-20T12:00:00Z",
        "2026-12-10T12:00:00Z",
        "2026-12-20T12:00:00Z",
    ]) {
        let number = sprint.number;
        let mut items = vec![
            of(10, number),
            done(of(10 + number, number), when),
            closed(of(20 + number, number), CloseReason::NotPlanned, when),
        ];
        if number == 3 {
            items[0] = done(of(10, number), when);
        }
        for (is_end, at) in [(false, sprint.start), (true, sprint.end)] {
            let reading = Reading {
                sprint: sprint.clone(),
                at,
                is_end,
            };
            ledger.take(&reading, &items, &policy);
        }
    }
    let times = |number| ledger.carried_over(ItemNumber(number));
    assert_eq!((times(10), times(11), times(21), times(99)), (2, 0, 0, 0));
}

proptest! {
    #[test]
    fn readings_come_in_order_and_never_twice(
        milestones in prop::collection::vec((1i64..60, prop::option::of(-20i64..60), prop::option::of(0i64..90)), 1..6),
        since in 0i64..60,
        mut looks in prop::collection::vec(0i64..120, 1..6),
    ) {
        let zero = day("2026-09-01");
        let later = |days: i64| zero.checked_add(days.days()).expect("in range");
        let policy = zone("Europe/Berlin");
        let all: Vec<Milestone> = (1u64..).zip(&milestones).map(|(number, (due, starts, closed))| Milestone {
            starts: starts.map(later),
            closed_at: closed.map(|days| policy.calendar.closing_after(policy.calendar.start_of(later(days)))),
            ..milestone(number, &later(*due).to_string())
        }).collect();
        let since = policy.calendar.start_of(later(since));
        let sprints = timeline(all.iter(), since, &policy);
        for sprint in &sprints {
            prop_assert!(sprint.start <= sprint.end && sprint.start <= sprint.planned_at && sprint.planned_at <= sprint.end);
        }
        let mut ledger = Ledger::default();
        let mut last: Option<(Timestamp, u64, bool)> = None;
        let mut taken = std::collections::BTreeSet::new();
        looks.sort_unstable();
        for look in looks {
            let now = policy.calendar.start_of(later(look));
            while let Some(reading) = ledger.due(&sprints, since, now) {
                prop_assert!(reading.at <= now);
                prop_assert!(last.is_none_or(|(at, _, _)| at <= reading.at));
                last = Some((reading.at, reading.sprint.number, reading.is_end));
                prop_assert!(taken.insert((reading.sprint.number, reading.is_end)));
                ledger.take(&reading, &[], &policy);
            }
            prop_assert!(ledger.next(&sprints, since, now).is_none_or(|next| next > now));
        }
    }
}
