//! What belongs to a sprint, how much it takes, and how the capacity is split.

use super::*;

#[test]
fn capacity_is_stated_or_people_times_days_of_work_or_everybody_at_work() {
    let sprint = seven();
    let mut policy = Policy::default();
    policy.calendar.holidays = vec![day("2026-11-26")];
    let all = [
        item(1, Kind::Research, 7, &[1, 2]),
        item(2, Kind::Development, 7, &[2, 3]),
        item(3, Kind::Development, 7, &[]),
    ];
    let entries = entries(&all, &sprint, &policy, 1.0, sprint.start);
    assert!(near(capacity(&policy, &sprint, &entries), 3.0 * 9.0));
    policy.sprint.people = Some(4.5);
    assert!(near(capacity(&policy, &sprint, &entries), 4.5 * 9.0));
    policy.sprint.capacity = Some(50.0);
    assert!(near(capacity(&policy, &sprint, &entries), 50.0));
}

#[test]
fn boxes_count_for_each_assignee_and_points_at_their_cost() {
    let all = [
        boxed(item(1, Kind::Research, 7, &[1, 2]), "3d"),
        boxed(item(2, Kind::Experiment, 7, &[]), "4h"),
        sized(item(3, Kind::Development, 7, &[1, 2]), 5, 8),
        sized(item(4, Kind::Maintenance, 7, &[]), 3, 3),
    ];
    let entries = entries(&all, &seven(), &Policy::default(), 1.5, seven().start);
    let sizes: Vec<_> = entries
        .iter()
        .map(|entry| entry.size.expect("sized"))
        .collect();
    for (size, expected) in sizes.iter().zip([6.0, 0.5, 9.75, 4.5]) {
        assert!(near(*size, expected), "{sizes:?}");
    }
}

#[test]
fn a_person_who_is_assigned_twice_is_one_person() {
    let twice = boxed(item(1, Kind::Research, 7, &[1, 1]), "3d");
    assert_eq!(
        read(&[twice], &seven(), "2026-11-16T00:00:00Z")[0].size,
        Some(3.0)
    );
}

#[test]
fn what_nobody_has_sized_is_unknown_and_never_nothing() {
    let mut no_such_preset = item(4, Kind::Research, 7, &[]);
    no_such_preset.box_length = Some(BoxLength::Preset("eternity".to_owned()));
    let mut preset = item(5, Kind::Research, 7, &[]);
    preset.box_length = Some(BoxLength::Preset("spike".to_owned()));
    let all = [
        item(1, Kind::Research, 7, &[1]),
        item(2, Kind::Development, 7, &[1]),
        // Points say nothing about research, which the policy may let somebody set.
        sized(item(3, Kind::Experiment, 7, &[1]), 5, 5),
        no_such_preset,
        preset,
    ];
    let entries = read(&all, &seven(), "2026-11-16T00:00:00Z");
    let split = Split::of(&Policy::default(), 50.0, &entries, &entries, 1.0);
    let unknown: Vec<u64> = split.unknown.iter().map(|number| number.0).collect();
    assert_eq!(unknown, [1, 2, 3, 4]);
    assert_eq!(entries[4].size, Some(0.5));
    assert_eq!(entries[2].points, None);
}

#[test]
fn a_box_that_has_started_counts_with_its_length_of_now() {
    let mut extended = begun(
        item(1, Kind::Research, 7, &[1]),
        "2d",
        "2026-11-16T09:00:00Z",
    );
    let timebox = extended.timebox.as_mut().expect("begun");
    timebox
        .extend(
            span("1d"),
            &people(&[9])[0],
            "more",
            at("2026-11-17T09:00:00Z"),
        )
        .expect("half of it");
    // What it would be now had it not started is of no concern.
    extended.box_length = Some(BoxLength::Span(span("1w")));
    assert_eq!(
        read(&[extended], &seven(), "2026-11-18T00:00:00Z")[0].size,
        Some(3.0)
    );
}

#[test]
fn what_was_over_before_the_sprint_and_what_is_elsewhere_does_not_belong() {
    let mut gone = item(4, Kind::Research, 7, &[]);
    gone.gone = true;
    let mut opted_out = item(5, Kind::Research, 7, &[]);
    opted_out.opted_out = true;
    let mut nothing = item(6, Kind::Research, 7, &[]);
    nothing.kind = None;
    let mut free = item(8, Kind::Research, 7, &[]);
    free.milestone = None;
    let mut linked = item(10, Kind::Development, 7, &[]);
    linked.is_pull = true;
    linked.fields.part_of = vec![ItemNumber(1)];
    let mut own = item(11, Kind::Development, 7, &[]);
    own.is_pull = true;
    let all = vec![
        done(item(1, Kind::Development, 7, &[]), "2026-11-16T00:00:00Z"),
        done(item(2, Kind::Development, 7, &[]), "2026-11-15T23:59:59Z"),
        closed(
            item(3, Kind::Development, 7, &[]),
            CloseReason::Duplicate,
            "2026-11-18T12:00:00Z",
        ),
        gone,
        opted_out,
        nothing,
        item(7, Kind::Research, 6, &[]),
        free,
        item(9, Kind::Research, 7, &[]),
        linked,
        own,
    ];
    let entries = read(&all, &seven(), "2026-11-20T00:00:00Z");
    let progress: Vec<_> = entries
        .iter()
        .map(|entry| (entry.number.0, entry.progress))
        .collect();
    let expected = [
        (1, Progress::Done),
        (3, Progress::Dropped),
        (9, Progress::Open),
        (11, Progress::Open),
    ];
    assert_eq!(progress, expected);
}

#[test]
fn a_box_takes_of_a_sprint_what_ran_within_it_for_each_assignee() {
    // From Friday noon before the sprint to Tuesday evening.
    let across = begun(
        item(1, Kind::Research, 7, &[1, 2]),
        "1w",
        "2026-11-13T12:00:00Z",
    );
    let done = done(across.clone(), "2026-11-17T17:00:00Z");
    assert!(near(
        read(&[done], &seven(), "2026-11-20T00:00:00Z")[0].spent,
        4.0
    ));
    // While it runs, in steps of half a day: on Monday afternoon, 5 hours before and 7 within.
    let spent = |when: &str| read(std::slice::from_ref(&across), &seven(), when)[0].spent;
    assert!(near(spent("2026-11-16T16:00:00Z"), 2.0 * 7.0 / 8.0));
    assert!(near(spent("2026-11-16T16:59:59Z"), 2.0 * 7.0 / 8.0));
}

#[test]
fn no_second_of_a_box_is_lost_between_two_sprints() {
    let sprints = line(
        &[milestone(7, "2026-11-27"), milestone(8, "2026-12-11")],
        &Policy::default(),
    );
    // Five of seven hours before the weekend: between two steps of the meter.
    let running = begun(
        item(1, Kind::Research, 7, &[1]),
        "7h",
        "2026-11-27T12:00:00Z",
    );
    let before = read(
        std::slice::from_ref(&running),
        &sprints[0],
        "2026-11-28T00:00:00Z",
    );
    let mut carried = done(running, "2026-11-30T11:00:00Z");
    carried.milestone = Some(milestone(8, "2026-12-11"));
    let after = read(&[carried], &sprints[1], "2026-12-12T00:00:00Z");
    assert!(
        near(before[0].spent + after[0].spent, 7.0 / 8.0),
        "{before:?}"
    );
}

#[test]
fn a_box_is_told_of_by_the_sprint_in_which_it_was_over_and_so_is_what_was_learned() {
    let sprints = line(
        &[milestone(6, "2026-11-15"), milestone(7, "2026-11-29")],
        &Policy::default(),
    );
    let mut waiting = begun(
        item(1, Kind::Experiment, 6, &[1]),
        "2d",
        "2026-11-10T09:00:00Z",
    );
    waiting
        .timebox
        .as_mut()
        .expect("begun")
        .stop(at("2026-11-11T12:00:00Z"));
    waiting.findings.push(Findings {
        at: at("2026-11-11T12:00:00Z"),
        by: people(&[1])[0].clone(),
        text: "it works".to_owned(),
    });
    let first = read(
        std::slice::from_ref(&waiting),
        &sprints[0],
        "2026-11-16T00:00:00Z",
    );
    assert_eq!((first[0].held, first[0].learned), (Some(true), true));
    waiting.milestone = Some(milestone(7, "2026-11-29"));
    let second = read(&[waiting], &sprints[1], "2026-11-30T00:00:00Z");
    assert_eq!((second[0].held, second[0].learned), (None, false));
}

#[test]
fn each_bucket_adds_up_in_days_and_per_cent() {
    let mut learning = boxed(item(5, Kind::Research, 7, &[1, 2, 3, 4, 5]), "1d");
    learning.bucket = Some(Bucket::Learning);
    let all = [
        sized(item(1, Kind::Development, 7, &[1]), 13, 13),
        sized(item(2, Kind::Maintenance, 7, &[2]), 12, 18),
        boxed(item(3, Kind::Experiment, 7, &[1, 2]), "1w"),
        boxed(item(4, Kind::Research, 7, &[3]), "1w"),
        learning,
        item(6, Kind::Development, 7, &[]),
    ];
    let planned = read(&all, &seven(), "2026-11-16T00:00:00Z");
    let split = Split::of(&Policy::default(), 50.0, &planned, &[], 1.0);
    let per_cent: Vec<f64> = split
        .shares
        .iter()
        .map(|share| split.percent(share.planned).expect("there is capacity"))
        .collect();
    for (got, expected) in per_cent.iter().zip([56.0, 30.0, 10.0]) {
        assert!(near(*got, expected), "{per_cent:?}");
    }
    assert_eq!(split.unknown, [ItemNumber(6)]);
    let items: Vec<usize> = split.shares.iter().map(|share| share.items).collect();
    assert_eq!(items, [3, 2, 1]);
}

#[test]
fn a_deviation_is_flagged_beyond_the_tolerance_and_not_at_it() {
    let split = Split::of(&Policy::default(), 50.0, &[], &[], 1.0);
    let flagged = |days| split.deviates(days, 60, 10);
    assert!(!flagged(30.0) && !flagged(35.0) && !flagged(25.0));
    assert!(flagged(35.1) && flagged(24.9) && flagged(0.0));
    let nobody = Split::of(&Policy::default(), 0.0, &[], &[], 1.0);
    assert_eq!(nobody.percent(3.0), None);
    assert!(!nobody.deviates(3.0, 60, 10));
}

prop_compose! {
    fn any_item()(
        number in 1u64..40,
        kind in prop::sample::select(Kind::ALL),
        bucket in prop::option::of(prop::sample::select(Bucket::ALL)),
        phase in prop::option::of(prop::sample::select(Phase::ALL)),
        points in prop::option::of((1u32..50, 0u32..20)),
        minutes in prop::option::of(1u32..5000),
        start in prop::option::of(-500_000i64..1_500_000),
        end in prop::option::of((0i64..1_500_000, any::<bool>())),
        sprint in 6u64..8,
        people in prop::collection::vec(1u64..6, 0..4),
        is_pull in any::<bool>(),
        linked in prop::collection::vec(1u64..40, 0..2),
    ) -> Item {
        let mut item = item(number, kind, sprint, &people);
        (item.bucket, item.phase, item.is_pull) = (bucket, phase, is_pull);
        item.fields.part_of = linked.into_iter().map(ItemNumber).collect();
        item.points = points.map(|(low, more)| Points { low, high: low + more });
        let length = minutes.map(|minutes| Span { minutes, ..Span::default() });
        item.box_length = length.map(BoxLength::Span);
        let later = |seconds: i64| {
            let start = seven().start.as_second();
            Timestamp::from_second(start + seconds).expect("in range")
        };
        if let (Some(start), Some(length), true) = (start, length, kind.is_exploration()) {
            let calendar = Policy::default().calendar;
            item.timebox = Some(TimeBox::start(&calendar, length, 80, later(start)));
        }
        if let Some((end, completed)) = end {
            let how = if completed { CloseReason::Completed } else { CloseReason::NotPlanned };
            item.closed = Some(Closed { how, at: later(end) });
            if let Some(timebox) = item.timebox.as_mut() {
                timebox.stop(later(end));
            }
        }
        item
    }
}

proptest! {
    #[test]
    fn every_planned_item_counts_once_in_one_bucket_sized_or_unknown(
        items in prop::collection::vec(any_item(), 0..30),
        cost in 0.0f64..20.0,
        now in 0i64..2_000_000,
        people in prop::option::of(0.5f64..20.0),
    ) {
        let sprint = seven();
        let mut policy = Policy::default();
        policy.sprint.people = people;
        let now = Timestamp::from_second(sprint.start.as_second() + now).expect("in range");
        let planned = entries(&items, &sprint, &policy, cost, sprint.start);
        let actual = entries(&items, &sprint, &policy, cost, now);
        let split = Split::of(&policy, capacity(&policy, &sprint, &planned), &planned, &actual, cost);

        let counted: usize = split.shares.iter().map(|share| share.items).sum();
        prop_assert_eq!(counted, planned.len());
        let sized: Vec<f64> = planned.iter().filter_map(|entry| entry.size).collect();
        prop_assert_eq!(sized.len() + split.unknown.len(), planned.len());
        let days: f64 = split.shares.iter().map(|share| share.planned).sum();
        prop_assert!((days - sized.iter().sum::<f64>()).abs() < 1e-6);

        let mut numbers: Vec<ItemNumber> = planned.iter().map(|entry| entry.number).collect();
        numbers.dedup();
        prop_assert_eq!(numbers.len(), planned.len());
        for share in &split.shares {
            prop_assert!(share.planned >= 0.0 && share.actual >= 0.0);
            for days in [share.planned, share.actual] {
                prop_assert!(split.percent(days).is_none_or(f64::is_finite));
            }
        }
        for entry in &actual {
            prop_assert!(entry.spent >= 0.0 && entry.spent.is_finite());
            if let Some(size) = entry.size {
                prop_assert!(size.is_finite() && size >= 0.0);
            }
        }
    }

    #[test]
    fn what_a_box_took_never_falls_while_the_sprint_goes_on(
        item in any_item(),
        mut moments in prop::collection::vec(0i64..1_300_000, 2..8),
    ) {
        let sprint = seven();
        moments.sort_unstable();
        let spent = |seconds: &i64| {
            let now = Timestamp::from_second(sprint.start.as_second() + seconds).expect("in range");
            let entries = entries(std::slice::from_ref(&item), &sprint, &Policy::default(), 1.0, now);
            entries.first().map_or(0.0, |entry| entry.spent)
        };
        let all: Vec<f64> = moments.iter().map(spent).collect();
        prop_assert!(all.is_sorted(), "{:?}", all);
    }
}
