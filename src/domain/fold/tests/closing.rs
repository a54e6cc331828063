//! Opening and closing.

use super::*;

const ALL: [CloseReason; 3] = [
    CloseReason::Completed,
    CloseReason::NotPlanned,
    CloseReason::Duplicate,
];

fn development(more: impl IntoIterator<Item = Fact>) -> Item {
    let mut facts = vec![opened("Implement an API", "- [ ] endpoint")];
    facts.extend(more);
    state(&facts, &Policy::default())
}

fn reopened(seconds: i64) -> Fact {
    fact(seconds, What::Reopened)
}

#[test]
fn only_completed_means_done() {
    let stages = ALL.map(|how| {
        (
            experiment([closed(HOUR, how)]).stage,
            development([closed(HOUR, how)]).stage,
        )
    });
    let expected = [
        (Stage::Decision, Stage::Done),
        (Stage::Active, Stage::InProgress),
        (Stage::Active, Stage::InProgress),
    ];
    assert_eq!(stages, expected);
    for how in ALL {
        let item = experiment([closed(HOUR, how)]);
        let warned = item.warnings.contains(&Rule::DecisionBeforeClose);
        assert_eq!(warned, how == CloseReason::Completed);
        let timebox = item.timebox.expect("it had one");
        assert_eq!(timebox.stopped_at(), Some(at(HOUR)));
    }
}

#[test]
fn what_never_was_active_closes_without_a_decision_and_is_an_idea_again() {
    for how in ALL {
        let mut strict = Policy::default();
        strict
            .guards
            .insert(Rule::DecisionBeforeClose, Level::Enforce);
        let facts = [opened("Experiment: BERT", READY), closed(HOUR, how)];
        let idea = state(&facts, &strict);
        assert!(idea.closed.is_some() && idea.warnings.is_empty());
        assert_eq!(idea.stage, Stage::Ideation);
        let again = [facts[0].clone(), facts[1].clone(), reopened(2 * HOUR)];
        let idea = state(&again, &strict);
        assert_eq!((idea.stage, idea.closed), (Stage::Ideation, None));
    }
}

#[test]
fn reopened_work_is_in_progress_or_analysed_and_its_box_goes_on() {
    for how in ALL {
        let item = experiment([closed(HOUR, how), reopened(3 * HOUR)]);
        assert_eq!(item.stage, Stage::Analysis);
        let timebox = item.timebox.as_ref().expect("it has one");
        assert!(timebox.is_running());
        assert_eq!(timebox.used(at(4 * HOUR)), WorkTime::from_hours(2));
        let built = development([closed(HOUR, how), reopened(3 * HOUR)]);
        assert_eq!(built.stage, Stage::InProgress);
    }
}

#[test]
fn what_was_found_out_needs_no_more_time_and_what_is_blocked_waits() {
    let found = experiment([
        find(HOUR),
        closed(2 * HOUR, CloseReason::Completed),
        reopened(3 * HOUR),
    ]);
    assert!(found.timebox.is_some_and(|timebox| timebox.stopped));
    let reason = "no GPU".to_owned();
    let blocked = experiment([
        ordered(HOUR, Order::Block { reason }),
        closed(2 * HOUR, CloseReason::NotPlanned),
        reopened(3 * HOUR),
    ]);
    assert!(blocked.timebox.as_ref().is_some_and(TimeBox::is_paused));
    // The label went while it was closed.
    let reason = "no GPU".to_owned();
    let free = experiment([
        ordered(HOUR, Order::Block { reason }),
        closed(2 * HOUR, CloseReason::NotPlanned),
        fact(
            150 * 60,
            What::Unlabeled {
                label: "blocked".to_owned(),
            },
        ),
        reopened(3 * HOUR),
    ]);
    let timebox = free.timebox.as_ref().expect("it runs");
    assert_eq!(timebox.used(at(4 * HOUR)), WorkTime::from_hours(2));
}

#[test]
fn an_enforced_decision_opens_the_issue_again_in_analysis_and_its_box_goes_on() {
    let mut strict = Policy::default();
    strict
        .guards
        .insert(Rule::DecisionBeforeClose, Level::Enforce);
    let close = || closed(HOUR, CloseReason::Completed);
    let item = state(&active_experiment([close()]), &strict);
    assert_eq!((item.closed.as_ref(), item.stage), (None, Stage::Analysis));
    assert!(item.timebox.as_ref().is_some_and(TimeBox::is_running));
    // Each time somebody tries.
    let twice = state(
        &active_experiment([close(), closed(2 * HOUR, CloseReason::Completed)]),
        &strict,
    );
    assert_eq!(
        said(&twice),
        [("reopened-undecided", 1), ("reopened-undecided", 2)]
    );
    // Whoever gives up needs no decision.
    let dropped = state(
        &active_experiment([closed(HOUR, CloseReason::Duplicate)]),
        &strict,
    );
    assert!(dropped.closed.is_some());
    // Research needs findings only.
    let research = |more: Vec<Fact>| {
        let mut facts = vec![
            opened("Explore graphs (1 day)", ""),
            labeled(0, "stage/active"),
        ];
        facts.extend(more);
        state(&facts, &strict).closed.is_some()
    };
    assert!(!research(vec![close()]));
    assert!(research(vec![find(60), close()]));
}

#[test]
fn a_box_whose_kind_label_is_off_stops_with_the_issue_all_the_same() {
    let off = fact(
        HOUR,
        What::Unlabeled {
            label: "kind/experiment".to_owned(),
        },
    );
    let item = experiment([
        off,
        closed(2 * HOUR, CloseReason::Completed),
        labeled(5 * HOUR, "kind/experiment"),
    ]);
    let timebox = item.timebox.expect("it had one");
    assert_eq!(timebox.stopped_at(), Some(at(2 * HOUR)));
}

#[test]
fn stage_done_closes_and_a_closed_item_keeps_its_stage() {
    let done = development([labeled(HOUR, "stage/done")]);
    assert!(done.closed.is_some_and(|closed| closed.how.is_done()));
    let stuck = development([
        closed(HOUR, CloseReason::Completed),
        labeled(2 * HOUR, "stage/todo"),
    ]);
    assert_eq!(stuck.stage, Stage::Done);
    let order = Order::Stage(Stage::Todo);
    let told = development([
        closed(HOUR, CloseReason::Completed),
        ordered(2 * HOUR, order),
    ]);
    assert_eq!(refused(&told), Refusal::Closed);
}

#[test]
fn work_whose_pull_request_is_ready_at_once_has_begun() {
    let sight = PullSight {
        head: CommitSha::new("3f2a91c"),
        base: "main".to_owned(),
        draft: false,
        open: true,
        merged: false,
        merge: None,
    };
    let number = ItemNumber(63);
    let mut nobody = snapshot("Implement an API", "");
    nobody.assignees.clear();
    let facts = [
        fact(0, What::Opened(Box::new(nobody))),
        fact(HOUR, What::LinkedPull { number, sight }),
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!((item.stage, item.was_active), (Stage::InReview, true));
}
