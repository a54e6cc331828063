//! When sprints begin and end, and what day of them it is.

use super::*;

fn bounds(sprint: &Sprint) -> (String, String) {
    (sprint.start.to_string(), sprint.end.to_string())
}

#[test]
fn a_sprint_begins_on_the_day_it_says_or_at_the_end_of_the_one_before_or_two_weeks_before_it_is_due()
 {
    let mut says = milestone(3, "2026-12-27");
    says.starts = Some(day("2026-12-16"));
    let all = [says, milestone(2, "2026-12-13"), milestone(1, "2026-11-29")];
    let sprints = line(&all, &Policy::default());
    let days: Vec<_> = sprints
        .iter()
        .map(|sprint| {
            let calendar = Policy::default().calendar;
            (
                sprint.number,
                calendar.date_of(sprint.start).to_string(),
                sprint.end.to_string(),
            )
        })
        .collect();
    let expected = [
        (1, "2026-11-16", "2026-11-30T00:00:00Z"),
        (2, "2026-11-30", "2026-12-14T00:00:00Z"),
        (3, "2026-12-16", "2026-12-28T00:00:00Z"),
    ];
    for (got, (number, start, end)) in days.iter().zip(expected) {
        assert_eq!(got, &(number, start.to_owned(), end.to_owned()));
    }
}

#[test]
fn a_sprint_ends_with_its_due_day_in_the_repositorys_zone_even_where_the_clocks_change() {
    for (timezone, due, start, end) in [
        (
            "UTC",
            "2026-11-29",
            "2026-11-16T00:00:00Z",
            "2026-11-30T00:00:00Z",
        ),
        (
            "Asia/Kolkata",
            "2026-11-29",
            "2026-11-15T18:30:00Z",
            "2026-11-29T18:30:00Z",
        ),
        // The day of the change has 23 hours, or 25.
        (
            "Europe/Berlin",
            "2026-03-28",
            "2026-03-14T23:00:00Z",
            "2026-03-28T23:00:00Z",
        ),
        (
            "Europe/Berlin",
            "2026-03-29",
            "2026-03-15T23:00:00Z",
            "2026-03-29T22:00:00Z",
        ),
        (
            "Europe/Berlin",
            "2026-10-24",
            "2026-10-10T22:00:00Z",
            "2026-10-24T22:00:00Z",
        ),
        (
            "Europe/Berlin",
            "2026-10-25",
            "2026-10-11T22:00:00Z",
            "2026-10-25T23:00:00Z",
        ),
        (
            "America/New_York",
            "2026-03-08",
            "2026-02-23T05:00:00Z",
            "2026-03-09T04:00:00Z",
        ),
        (
            "America/New_York",
            "2026-11-01",
            "2026-10-19T04:00:00Z",
            "2026-11-02T05:00:00Z",
        ),
        // Midnight itself is left out on that night.
        (
            "America/Havana",
            "2026-03-07",
            "2026-02-22T05:00:00Z",
            "2026-03-08T05:00:00Z",
        ),
    ] {
        let sprints = line(&[milestone(1, due)], &zone(timezone));
        let expected = (start.to_owned(), end.to_owned());
        assert_eq!(bounds(&sprints[0]), expected, "{timezone} {due}");
    }
}

#[test]
fn a_sprint_closed_early_ends_then_and_the_next_one_begins_then() {
    let mut early = milestone(1, "2026-11-29");
    early.closed_at = Some(at("2026-11-27T15:00:00Z"));
    let mut late = milestone(2, "2026-12-13");
    late.closed_at = Some(at("2026-12-20T15:00:00Z"));
    let sprints = line(
        &[early, late, milestone(3, "2026-12-27")],
        &Policy::default(),
    );
    assert_eq!(sprints[0].end, at("2026-11-27T15:00:00Z"));
    assert_eq!(sprints[1].start, at("2026-11-27T15:00:00Z"));
    // Tidying up afterwards makes no sprint longer.
    assert_eq!(sprints[1].end, at("2026-12-14T00:00:00Z"));
    assert_eq!(sprints[2].start, at("2026-12-14T00:00:00Z"));
}

#[test]
fn a_sprint_that_was_closed_before_it_began_was_none() {
    let mut dropped = milestone(2, "2026-12-13");
    dropped.closed_at = Some(at("2026-11-10T12:00:00Z"));
    let sprints = line(&[dropped], &Policy::default());
    assert_eq!(sprints, []);
}

#[test]
fn only_what_is_due_and_called_so_is_a_sprint() {
    let mut policy = Policy::default();
    policy.sprint.milestones = "Sprint *".to_owned();
    let mut release = milestone(1, "2026-11-29");
    release.title = "Release 2.0".to_owned();
    let mut someday = milestone(2, "2026-11-29");
    someday.due = None;
    let mut slashed = milestone(3, "2026-12-13");
    slashed.title = "Sprint 2026/3".to_owned();
    let all = [release, someday, slashed];
    let numbers = |policy: &Policy| -> Vec<u64> {
        line(&all, policy)
            .iter()
            .map(|sprint| sprint.number)
            .collect()
    };
    assert_eq!(numbers(&policy), [3]);
    assert_eq!(numbers(&Policy::default()), [1, 3]);
    // What is none does not end before the next one begins either.
    assert_eq!(line(&all, &policy)[0].start, at("2026-11-30T00:00:00Z"));
}

#[test]
fn two_milestones_of_one_day_are_two_sprints_over_the_same_time() {
    let all = [
        milestone(4, "2026-12-13"),
        milestone(3, "2026-12-13"),
        milestone(1, "2026-11-29"),
    ];
    let sprints = line(&all, &Policy::default());
    let numbers: Vec<u64> = sprints.iter().map(|sprint| sprint.number).collect();
    assert_eq!(numbers, [1, 3, 4]);
    assert_eq!(bounds(&sprints[1]), bounds(&sprints[2]));
    assert_eq!(sprints[1].start, sprints[0].end);
}

#[test]
fn of_sprints_that_overlap_the_one_that_ends_first_is_on() {
    let mut long = milestone(1, "2026-12-31");
    long.starts = Some(day("2026-11-01"));
    let sprints = line(&[long, milestone(2, "2026-11-29")], &Policy::default());
    let on = |when: &str| current(&sprints, at(when)).map(|sprint| sprint.number);
    assert_eq!(on("2026-10-31T23:59:59Z"), None);
    assert_eq!(on("2026-11-01T00:00:00Z"), Some(1));
    assert_eq!(on("2026-11-16T00:00:00Z"), Some(2));
    assert_eq!(on("2026-11-29T23:59:59Z"), Some(2));
    assert_eq!(on("2026-11-30T00:00:00Z"), Some(1));
    assert_eq!(on("2027-01-01T00:00:00Z"), None);
}

#[test]
fn a_plan_is_read_at_the_start_or_at_the_close_of_the_day_on_which_there_was_one() {
    let mut known = milestone(1, "2026-11-29");
    known.created_at = Some(at("2026-11-13T10:00:00Z"));
    let planned = |milestone: &Milestone, since: &str, policy: &Policy| {
        timeline(std::iter::once(milestone), at(since), policy)[0]
            .planned_at
            .to_string()
    };
    let utc = Policy::default();
    assert_eq!(
        planned(&known, "2026-01-01T00:00:00Z", &utc),
        "2026-11-16T00:00:00Z"
    );
    // Created on the second day.
    known.created_at = Some(at("2026-11-17T10:00:00Z"));
    assert_eq!(
        planned(&known, "2026-01-01T00:00:00Z", &utc),
        "2026-11-17T17:00:00Z"
    );
    // On a Saturday, and after work on a Friday.
    for created in ["2026-11-21T10:00:00Z", "2026-11-20T17:30:00Z"] {
        known.created_at = Some(at(created));
        assert_eq!(
            planned(&known, "2026-01-01T00:00:00Z", &utc),
            "2026-11-23T17:00:00Z"
        );
    }
    // Where the day of work ends at another hour.
    known.created_at = Some(at("2026-11-17T10:00:00Z"));
    let berlin = zone("Europe/Berlin");
    assert_eq!(
        planned(&known, "2026-01-01T00:00:00Z", &berlin),
        "2026-11-17T16:00:00Z"
    );
    // labhand came in the middle of it.
    known.created_at = None;
    assert_eq!(
        planned(&known, "2026-11-19T12:00:00Z", &utc),
        "2026-11-19T17:00:00Z"
    );
    // On its last day of all, a Sunday.
    assert_eq!(
        planned(&known, "2026-11-29T12:00:00Z", &utc),
        "2026-11-30T00:00:00Z"
    );
}

#[test]
fn days_of_a_sprint_are_days_of_work() {
    let sprint = seven();
    let utc = Policy::default();
    let on = |when: &str| sprint.day(at(when), &utc);
    assert_eq!(on("2026-11-16T00:00:00Z"), (1, 10));
    assert_eq!(on("2026-11-20T12:00:00Z"), (5, 10));
    assert_eq!(on("2026-11-22T12:00:00Z"), (5, 10));
    // A day lasts from morning to morning.
    assert_eq!(on("2026-11-23T08:59:59Z"), (5, 10));
    assert_eq!(on("2026-11-23T09:00:00Z"), (6, 10));
    assert_eq!(on("2026-11-29T23:59:59Z"), (10, 10));
    assert_eq!(on("2026-12-24T12:00:00Z"), (10, 10));
    assert_eq!(on("2026-11-01T12:00:00Z"), (1, 10));

    let mut festive = Policy::default();
    festive.calendar.holidays = vec![day("2026-11-16"), day("2026-11-26")];
    assert_eq!(sprint.day(at("2026-11-17T12:00:00Z"), &festive), (1, 8));
    assert_eq!(sprint.day(at("2026-11-27T12:00:00Z"), &festive), (8, 8));
}

#[test]
fn days_are_counted_in_the_repositorys_zone_over_a_change_of_the_clocks() {
    for (timezone, due, last_evening) in [
        ("Europe/Berlin", "2026-03-29", "2026-03-27T22:59:59Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-23T21:59:59Z"),
        ("America/New_York", "2026-03-08", "2026-03-07T04:59:59Z"),
        ("America/New_York", "2026-11-01", "2026-10-31T03:59:59Z"),
    ] {
        let policy = zone(timezone);
        let sprint = &line(&[milestone(1, due)], &policy)[0];
        assert_eq!(sprint.day(at(last_evening), &policy), (10, 10), "{due}");
        assert!(near(sprint.working_days(&policy), 10.0), "{due}");
    }
}

#[test]
fn a_sprint_without_a_day_of_work_has_none() {
    let mut holidays = Policy::default();
    holidays.calendar.days = vec![6];
    holidays.calendar.holidays = vec![day("2026-11-21"), day("2026-11-28")];
    assert_eq!(seven().day(at("2026-11-20T12:00:00Z"), &holidays).1, 0);
    assert!(near(seven().working_days(&holidays), 0.0));
}
