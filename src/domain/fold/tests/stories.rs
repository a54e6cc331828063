//! What happens to an item, in short stories.

use super::*;

#[test]
fn an_experiment_is_not_activated_before_it_says_what_it_tests() {
    let facts = [
        opened("Test BERT vs GPT for classification", ""),
        ordered(60, Order::Stage(Stage::Active)),
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!(item.stage, Stage::Ideation);
    let missing = vec![
        Rule::ExperimentNeedsHypothesis,
        Rule::ExperimentNeedsMetric,
        Rule::ExplorationNeedsTimebox,
    ];
    assert_eq!(
        last_outcome(&item),
        Outcome::Refused(Refusal::Guards {
            rules: missing,
            stays: Stage::Ideation
        })
    );
}

#[test]
fn a_stage_label_is_guarded_like_the_command_and_refused_once() {
    let facts = [
        opened("Experiment: BERT", ""),
        labeled(10, "stage/active"),
        labeled(12, "stage/active"),
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!(item.stage, Stage::Ideation);
    let refusals = item
        .notices
        .iter()
        .filter(|it| matches!(it.what, NoticeKind::StageRefused { .. }));
    assert_eq!(refusals.count(), 1);
}

#[test]
fn activation_freezes_the_text_and_the_clock_trips_the_breaker_at_its_own_moment() {
    let mut later = opened("Experiment: BERT", &READY.replace("better", "worse"));
    later.at = at(2 * HOUR);
    later.id = FactId("edited".to_owned());
    if let What::Opened(snapshot) = later.what {
        later.what = What::Seen(snapshot);
    }
    let facts = [
        opened("Experiment: BERT", READY),
        labeled(10, "stage/active"),
        later,
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!(item.stage, Stage::Active);
    assert_eq!(item.hypothesis(), Some("it is better"));

    let item = until(item, 48 * HOUR);
    assert_eq!(item.stage, Stage::Analysis);
    let breaker = item.moves.last().expect("it moved");
    // Eight working hours from 09:00:10 are over at 09:00:10 of the next day.
    assert_eq!(
        (breaker.at, breaker.by.as_ref()),
        (at(24 * HOUR + 10), None)
    );
    let said: Vec<_> = item.notices.iter().map(|it| it.what.word()).collect();
    assert_eq!(said, ["box-expiring", "box-expired"]);
}

#[test]
fn research_past_its_box_stays_active_and_is_never_closed() {
    let facts = [
        opened("Explore graph features (4 hours)", ""),
        labeled(10, "stage/active"),
    ];
    let item = until(state(&facts, &Policy::default()), 100 * HOUR);
    assert_eq!((item.stage, item.closed), (Stage::Active, None));
    assert!(
        item.notices
            .iter()
            .any(|it| matches!(it.what, NoticeKind::BoxExpired(_)))
    );
}

#[test]
fn a_block_that_is_heard_of_late_moves_the_end_of_the_box() {
    let span = Span {
        hours: 4,
        ..Span::default()
    };
    let facts = [
        opened("Explore graph features", ""),
        ordered(1, Order::Timebox(BoxLength::Span(span))),
        labeled(10, "stage/active"),
        ordered(
            HOUR,
            Order::Block {
                reason: "no GPU".to_owned(),
            },
        ),
    ];
    let item = until(state(&facts, &Policy::default()), 7 * HOUR);
    assert!(item.notices.is_empty(), "{:?}", item.notices);
}

#[test]
fn the_four_ways_to_end_an_experiment_too_early() {
    let go = |order| {
        let facts = [
            opened("Experiment: BERT", READY),
            labeled(10, "stage/active"),
            ordered(60, order),
        ];
        state(&facts, &Policy::default())
    };
    let decide = |verdict| Order::Decide {
        verdict,
        elsewhere: None,
        reason: "so".to_owned(),
    };
    assert_eq!(
        last_outcome(&go(decide(Verdict::Abandon))),
        Outcome::Refused(Refusal::WrongStage {
            stage: Stage::Active
        })
    );
    let facts = [
        opened("Experiment: BERT", READY),
        labeled(10, "stage/active"),
        labeled(20, "stage/analysis"),
        ordered(60, decide(Verdict::Abandon)),
    ];
    let rules = vec![Rule::FindingsBeforeDecision];
    assert_eq!(
        last_outcome(&state(&facts, &Policy::default())),
        Outcome::Refused(Refusal::Guards {
            rules,
            stays: Stage::Analysis
        })
    );
    let closed = fact(
        60,
        What::Closed {
            how: CloseReason::Completed,
        },
    );
    let facts = [
        opened("Experiment: BERT", READY),
        labeled(10, "stage/active"),
        closed,
    ];
    let warned = state(&facts, &Policy::default());
    assert!(warned.closed.is_some() && warned.warnings.contains(&Rule::DecisionBeforeClose));
    let mut strict = Policy::default();
    strict
        .guards
        .insert(Rule::DecisionBeforeClose, Level::Enforce);
    let reopened = state(&facts, &strict);
    assert_eq!((reopened.closed, reopened.stage), (None, Stage::Analysis));
}

#[test]
fn every_verdict_closes_as_completed_and_a_second_one_is_refused() {
    for verdict in Verdict::ALL {
        let decide = Order::Decide {
            verdict: *verdict,
            elsewhere: None,
            reason: "so".to_owned(),
        };
        let otherwise = Order::Decide {
            verdict: *verdict,
            elsewhere: None,
            reason: "for another reason".to_owned(),
        };
        let facts = [
            opened("Experiment: BERT", READY),
            labeled(10, "stage/active"),
            ordered(
                60,
                Order::Findings {
                    text: "it works".to_owned(),
                },
            ),
            ordered(120, decide.clone()),
            ordered(150, decide),
            ordered(180, otherwise),
        ];
        let item = state(&facts, &Policy::default());
        assert_eq!(item.stage, Stage::Decision);
        assert!(
            item.closed
                .as_ref()
                .is_some_and(|closed| closed.how == CloseReason::Completed)
        );
        assert_eq!(
            last_outcome(&item),
            Outcome::Refused(Refusal::AlreadyDecided(*verdict))
        );
    }
}

#[test]
fn a_change_of_kind_maps_the_stage_stops_the_box_and_drops_points() {
    let facts = [
        opened("Explore graph features (2 days)", ""),
        labeled(10, "stage/active"),
        labeled(60, "kind/development"),
        labeled(61, "points/5"),
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!(
        (item.stage, item.points),
        (Stage::InProgress, Some(Points { low: 5, high: 5 }))
    );
    assert!(item.timebox.is_none() && item.earlier_boxes.len() == 1);
    let mut back = facts.to_vec();
    back.push(labeled(120, "kind/experiment"));
    let item = state(&back, &Policy::default());
    assert_eq!((item.stage, item.points), (Stage::Active, None));
}

#[test]
fn switching_a_kind_label_on_githubs_page_is_two_events_and_one_change() {
    let facts = [
        opened("Explore graph features (2 days)", ""),
        labeled(10, "stage/active"),
        labeled(60, "kind/experiment"),
        fact(
            60,
            What::Unlabeled {
                label: "kind/research".to_owned(),
            },
        ),
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!(item.kind.map(|it| it.kind), Some(Kind::Experiment));
    assert_eq!(item.stage, Stage::Active);
}

#[test]
fn development_follows_its_pull_requests() {
    let sight = |draft, open| PullSight {
        head: CommitSha::new("3f2a91c"),
        base: "main".to_owned(),
        draft,
        open,
        merged: !open,
        merge: None,
    };
    let linked = |seconds, number, sight| {
        fact(
            seconds,
            What::LinkedPull {
                number: ItemNumber(number),
                sight,
            },
        )
    };
    let mut facts = vec![opened("Implement recommendation API endpoint", "")];
    let stage = |facts: &[Fact]| state(facts, &Policy::default()).stage;
    facts.push(linked(10, 63, sight(true, true)));
    assert_eq!(stage(&facts), Stage::InProgress);
    facts.push(linked(20, 64, sight(false, true)));
    assert_eq!(stage(&facts), Stage::InProgress);
    facts.push(linked(30, 63, sight(false, true)));
    assert_eq!(stage(&facts), Stage::InReview);
    facts.push(fact(
        40,
        What::Closed {
            how: CloseReason::Completed,
        },
    ));
    assert_eq!(stage(&facts), Stage::Done);
    facts.push(fact(50, What::Reopened));
    assert_eq!(stage(&facts), Stage::InProgress);
}

#[test]
fn a_status_comment_that_a_rule_called_for_is_kept_true_when_the_rule_is_content() {
    let assigned = opened("Implement recommendation API endpoint", "- [ ] endpoint");
    let sized = labeled(60, "points/5");
    let warned = state(std::slice::from_ref(&assigned), &Policy::default());
    assert!(!warned.warnings.is_empty());
    let content = state(&[assigned, sized], &Policy::default());
    assert!(content.status_wanted);
}

#[test]
fn output_labels_are_fought_over_three_times_and_no_more() {
    let mut facts = vec![opened("Explore graph features (2 days)", "")];
    for seconds in 1..=3 {
        facts.push(labeled(seconds * 60, "timebox/expired"));
    }
    assert!(!state(&facts, &Policy::default()).yielded);
    facts.push(labeled(240, "timebox/expired"));
    let item = state(&facts, &Policy::default());
    assert!(item.yielded);
    assert!(!until(item, 2 * HOUR).yielded);
}

#[test]
fn going_straight_to_analysis_is_becoming_active_on_the_way() {
    for to in ["stage/analysis", "stage/decision"] {
        let bare = state(
            &[opened("Experiment: BERT", ""), labeled(10, to)],
            &Policy::default(),
        );
        assert_eq!(
            (bare.stage, bare.frozen.is_some()),
            (Stage::Ideation, false)
        );
        assert_eq!(said(&bare), [("stage-refused", 0)]);

        let ready = state(
            &[opened("Experiment: BERT", READY), labeled(10, to)],
            &Policy::default(),
        );
        assert_eq!(format!("stage/{}", ready.stage), to);
        assert!(ready.was_active && ready.frozen.is_some());
        assert!(ready.timebox.is_some_and(|timebox| timebox.is_running()));
    }
}
