//! `/extend`.

use super::*;

fn extend(who: &Actor, seconds: i64, by: &str) -> Fact {
    let order = Order::Extend {
        span: span(by),
        reason: "one more run".to_owned(),
    };
    let mut fact = ordered_by(who, seconds, order);
    if let What::Ordered(ordered) = &mut fact.what {
        ordered.needs = Needs::Lead;
    }
    fact
}

/// Tuesday at ten: an hour of work after the end of the box.
const TUESDAY: i64 = 25 * HOUR;

#[test]
fn a_lead_gives_more_time_and_what_the_breaker_had_moved_is_active_again() {
    let item = experiment([extend(&lena(), TUESDAY, "4h")]);
    assert_eq!(last_outcome(&item), Outcome::Done);
    assert_eq!((item.stage, item.tripped), (Stage::Active, false));
    let timebox = item.timebox.as_ref().expect("it runs");
    assert_eq!(timebox.ends_at(), Some(at(29 * HOUR)));
    assert_eq!(timebox.extensions[0].by, lena().user);

    let item = until(item, 100 * HOUR);
    let moves: Vec<_> = item
        .moves
        .iter()
        .map(|step| (step.to, step.at, step.by.clone()))
        .collect();
    let expected = [
        (Stage::Active, at(0), Some(mira().user)),
        (Stage::Analysis, at(8 * HOUR), None),
        (Stage::Active, at(TUESDAY), Some(lena().user)),
        (Stage::Analysis, at(29 * HOUR), None),
    ];
    assert_eq!(moves, expected);
}

#[test]
fn both_notices_of_a_box_come_once_for_each_end() {
    let item = until(experiment([extend(&lena(), TUESDAY, "4h")]), 31 * HOUR);
    let expected = [
        ("box-expiring", 6),
        ("box-expired", 8),
        ("box-expiring", 26),
        ("box-expired", 29),
    ];
    assert_eq!(said(&item), expected);
    // Before the first reminder there is one end only to tell of.
    let early = until(experiment([extend(&lena(), HOUR, "4h")]), 31 * HOUR);
    assert_eq!(said(&early), [("box-expiring", 25), ("box-expired", 28)]);
}

#[test]
fn what_somebody_moved_to_analysis_stays_there() {
    let before_the_end = experiment([
        labeled(2 * HOUR, "stage/analysis"),
        extend(&lena(), TUESDAY, "4h"),
    ]);
    assert_eq!(before_the_end.stage, Stage::Analysis);
    let after_the_breaker = experiment([
        labeled(10 * HOUR, "stage/decision"),
        labeled(11 * HOUR, "stage/analysis"),
        extend(&lena(), TUESDAY, "4h"),
    ]);
    assert_eq!(after_the_breaker.stage, Stage::Analysis);
    for item in [before_the_end, after_the_breaker] {
        assert_eq!(last_outcome(&item), Outcome::Done);
    }
}

#[test]
fn who_is_assigned_does_not_extend_except_where_nobody_else_could() {
    let mut boss = person(1, "mira", Permission::Admin);
    let own = experiment([extend(&boss, TUESDAY, "4h")]);
    assert_eq!(refused(&own), Refusal::OwnBox);
    assert_eq!(own.stage, Stage::Analysis);
    boss.standing.only_lead = true;
    let alone = experiment([extend(&boss, TUESDAY, "4h")]);
    assert_eq!(last_outcome(&alone), Outcome::Done);
    let mut lax = Policy::default();
    lax.timeboxes.extensions.not_by_assignee = false;
    boss.standing.only_lead = false;
    let allowed = state(&active_experiment([extend(&boss, TUESDAY, "4h")]), &lax);
    assert_eq!(last_outcome(&allowed), Outcome::Done);
}

#[test]
fn leads_are_those_of_the_policy_or_who_maintains() {
    for who in [mira(), tom()] {
        let item = experiment([extend(&who, TUESDAY, "4h")]);
        assert_eq!(refused(&item), Refusal::Permission(Needs::Lead));
    }
    let policy = Policy {
        leads: vec![
            Member::Login("tom".to_owned()),
            Member::Team("acme/leads".to_owned()),
        ],
        ..Policy::default()
    };
    let by = |who: &Actor| {
        let facts = active_experiment([extend(who, TUESDAY, "4h")]);
        last_outcome(&state(&facts, &policy))
    };
    assert_eq!(by(&tom()), Outcome::Done);
    assert_eq!(
        by(&lena()),
        Outcome::Refused(Refusal::Permission(Needs::Lead))
    );
    let mut in_team = person(4, "ada", Permission::Read);
    in_team.standing.teams.insert("acme/leads".to_owned());
    assert_eq!(by(&in_team), Outcome::Done);
}

#[test]
fn the_policy_may_let_anybody_with_triage_extend() {
    let mut policy = Policy::default();
    policy.timeboxes.extensions.by = ExtendedBy::Triage;
    let by = |who: &Actor| {
        let facts = active_experiment([extend(who, TUESDAY, "4h")]);
        last_outcome(&state(&facts, &policy))
    };
    assert_eq!(by(&tom()), Outcome::Done);
    // Still not their own.
    assert_eq!(by(&mira()), Outcome::Refused(Refusal::OwnBox));
    let reader = person(5, "rita", Permission::Read);
    assert_eq!(
        by(&reader),
        Outcome::Refused(Refusal::Permission(Needs::Triage))
    );
}

#[test]
fn more_time_is_limited_in_number_and_in_length() {
    let half = Refusal::ExtensionTooLong {
        most: WorkTime::from_hours(4),
        percent: 50,
        day: WorkTime::from_hours(8),
    };
    let item = experiment([extend(&lena(), TUESDAY, "4h 1m")]);
    assert_eq!(refused(&item), half);
    assert_eq!(item.stage, Stage::Analysis);
    let twice = experiment([
        extend(&lena(), TUESDAY, "1h"),
        extend(&lena(), TUESDAY + 60, "1h"),
    ]);
    assert_eq!(refused(&twice), Refusal::ExtensionsSpent { most: 1 });
    let mut never = Policy::default();
    never.timeboxes.extensions.count = 0;
    let none = state(&active_experiment([extend(&lena(), TUESDAY, "1h")]), &never);
    assert_eq!(refused(&none), Refusal::ExtensionsSpent { most: 0 });
}

#[test]
fn there_has_to_be_a_box_that_runs_or_waits() {
    let more = || extend(&lena(), TUESDAY, "4h");
    let idea = state(
        &[opened("Experiment: BERT", READY), more()],
        &Policy::default(),
    );
    assert_eq!(refused(&idea), Refusal::NoBox);
    let found = experiment([find(HOUR), more()]);
    assert_eq!(refused(&found), Refusal::BoxStopped);
    let over = experiment([closed(HOUR, CloseReason::NotPlanned), more()]);
    assert_eq!(refused(&over), Refusal::Closed);
    let kind = Kind::Development;
    let built = state(
        &[opened("Implement an API", ""), more()],
        &Policy::default(),
    );
    assert_eq!(refused(&built), Refusal::WrongKind { kind });
    let changed = experiment([labeled(HOUR, "kind/research"), more()]);
    assert_eq!(refused(&changed), Refusal::NoBox);
    let nothing = state(&[opened("Hello", ""), more()], &Policy::default());
    assert_eq!(refused(&nothing), Refusal::NoKind);
}

#[test]
fn research_and_what_is_blocked_get_more_time_where_they_are() {
    let research = state(
        &[
            opened("Explore graph features (1 day)", ""),
            labeled(0, "stage/active"),
            extend(&lena(), TUESDAY, "4h"),
        ],
        &Policy::default(),
    );
    assert_eq!(research.stage, Stage::Active);
    assert_eq!(said(&until(research, 31 * HOUR)).len(), 4);
    let reason = "no GPU".to_owned();
    let blocked = experiment([
        ordered(HOUR, Order::Block { reason }),
        extend(&lena(), TUESDAY, "4h"),
    ]);
    assert_eq!(last_outcome(&blocked), Outcome::Done);
    let timebox = blocked.timebox.expect("it waits");
    assert!(timebox.is_paused());
    assert_eq!(timebox.left(at(TUESDAY)), WorkTime::from_hours(11));
}

#[test]
fn a_policy_counts_from_its_push_and_a_box_keeps_the_terms_it_started_with() {
    let before = Policy::default();
    let mut strict = Policy::default();
    strict.timeboxes.extensions.count = 0;
    strict.timeboxes.remind_at = 50;
    strict.calendar.timezone = "Asia/Kolkata".to_owned();
    let facts = active_experiment([extend(&lena(), TUESDAY, "4h")]);
    let changed = state_under(
        &facts,
        |when| if when < at(HOUR) { &before } else { &strict },
    );
    assert_eq!(changed, state(&facts, &before));
}
