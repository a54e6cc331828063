//! The fold as a whole: whatever the order and repetition of facts, the state is the same.

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Ground, fold, pass};
use crate::domain::actor::{Actor, Needs, Permission, Standing, User};
use crate::domain::fact::{CloseReason, Fact, FactId, Ordered, Place, PullSight, Snapshot, What};
use crate::domain::handoff::Slug;
use crate::domain::ids::{CommentId, CommitSha, ItemNumber, Login, UserId};
use crate::domain::item::{Item, NoticeKind, Outcome, Refusal};
use crate::domain::kind::{Kind, Points, Stage, Verdict};
use crate::domain::order::{BoxLength, Order};
use crate::domain::policy::{Level, Policy, Rule};
use crate::domain::worktime::Span;

/// Monday, 23 November 2026, 09:00 UTC: the first working second of a week.
const MONDAY: i64 = 1_795_424_400;
const HOUR: i64 = 3600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(MONDAY + seconds).expect("in range")
}

fn person(id: u64, login: &str, permission: Permission) -> Actor {
    Actor {
        user: User {
            id: UserId(id),
            login: Login::new(login),
        },
        standing: Standing::at_least(permission),
    }
}

fn mira() -> Actor {
    person(1, "mira", Permission::Write)
}

fn fact(seconds: i64, what: What) -> Fact {
    let id = format!(
        "{seconds}-{}",
        serde_json::to_string(&what).expect("facts are JSON")
    );
    Fact {
        id: FactId(id),
        at: at(seconds),
        by: Some(mira()),
        what,
    }
}

fn opened(title: &str, body: &str) -> Fact {
    fact(
        0,
        What::Opened(Box::new(Snapshot {
            title: title.to_owned(),
            body: body.to_owned(),
            author: mira().user,
            created_at: at(0),
            closed: None,
            assignees: vec![mira().user],
            labels: Vec::new(),
            milestone: None,
            issue_type: None,
            is_pull: false,
        })),
    )
}

fn ordered(seconds: i64, order: Order) -> Fact {
    fact(
        seconds,
        What::Ordered(Box::new(Ordered {
            place: Place::Comment(CommentId(u64::try_from(seconds).expect("after the start"))),
            index: 0,
            text: "/…".to_owned(),
            order: Ok(order),
            needs: Needs::AuthorAssigneeTriage,
        })),
    )
}

fn labeled(seconds: i64, label: &str) -> Fact {
    fact(
        seconds,
        What::Labeled {
            label: label.to_owned(),
        },
    )
}

/// The state after these facts under this policy, in whatever order they are given.
fn state(facts: &[Fact], policy: &Policy) -> Item {
    let mut facts: Vec<&Fact> = facts.iter().collect();
    facts.sort_by(|a, b| a.order().cmp(&b.order()));
    facts.dedup_by(|a, b| a.id == b.id);
    let mut item = Item::unseen(ItemNumber(48));
    for fact in facts {
        fold(
            &mut item,
            fact,
            &Ground {
                policy,
                since: at(-HOUR),
            },
        );
    }
    item
}

fn until(mut item: Item, seconds: i64) -> Item {
    pass(&mut item, at(seconds));
    item
}

fn last_outcome(item: &Item) -> Outcome {
    let answers = item.answers.values().flatten();
    answers
        .max_by_key(|answer| answer.at)
        .expect("a command was answered")
        .outcome
        .clone()
}

const READY: &str = "Hypothesis: it is better\nSuccess metric: f1 >= 0.8\nTime box: 1d";

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

fn any_what() -> impl Strategy<Value = What> {
    let labels = prop::sample::select(vec![
        "kind/research",
        "kind/experiment",
        "kind/development",
        "stage/active",
        "stage/analysis",
        "stage/ideation",
        "stage/done",
        "points/5",
        "blocked",
        "timebox/expired",
        "bucket/learning",
    ]);
    let text = prop::sample::select(vec!["", READY, "- [ ] one\n\nBuilds-on: #3"]);
    let orders = prop_oneof![
        Just(Order::Stage(Stage::Active)),
        Just(Order::Stage(Stage::Ideation)),
        Just(Order::Block {
            reason: "GPU".to_owned()
        }),
        Just(Order::Unblock),
        Just(Order::Findings {
            text: "learned".to_owned()
        }),
        Just(Order::Timebox(BoxLength::Preset("spike".to_owned()))),
        Just(Order::Decide {
            verdict: Verdict::Abandon,
            elsewhere: None,
            reason: "no".to_owned()
        }),
        Just(Order::Sign {
            slugs: vec![Slug::new("docs")],
            evidence: None
        }),
        Just(Order::Handoff { model: None }),
    ];
    prop_oneof![
        labels.clone().prop_map(|label| What::Labeled {
            label: label.to_owned()
        }),
        labels.prop_map(|label| What::Unlabeled {
            label: label.to_owned()
        }),
        Just(What::Closed {
            how: CloseReason::Completed
        }),
        Just(What::Closed {
            how: CloseReason::NotPlanned
        }),
        Just(What::Reopened),
        text.prop_map(|body| match opened("Test a vs b (2 days)", body).what {
            What::Opened(snapshot) => What::Seen(snapshot),
            other => other,
        }),
        orders.prop_map(|order| match ordered(1, order).what {
            What::Ordered(one) => What::Ordered(one),
            other => other,
        }),
    ]
}

fn any_history() -> impl Strategy<Value = Vec<Fact>> {
    prop::collection::vec((0..200 * HOUR, any_what()), 0..24).prop_map(|facts| {
        facts
            .into_iter()
            .map(|(seconds, what)| fact(seconds, what))
            .collect()
    })
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_facts_ends_in_the_same_state(
        (history, shuffled) in any_history().prop_flat_map(|history| {
            let twice: Vec<Fact> = history.iter().chain(&history).cloned().collect();
            (Just(history), Just(twice).prop_shuffle())
        })
    ) {
        let policy = Policy::default();
        prop_assert_eq!(state(&history, &policy), state(&shuffled, &policy));
    }

    #[test]
    fn looking_in_between_changes_nothing(history in any_history(), look in 0..200 * HOUR) {
        let policy = Policy::default();
        let ground = Ground { policy: &policy, since: at(-HOUR) };
        let mut sorted = history.clone();
        sorted.sort_by(|a, b| a.order().cmp(&b.order()));
        sorted.dedup_by(|a, b| a.id == b.id);
        let (earlier, later): (Vec<Fact>, Vec<Fact>) =
            sorted.into_iter().partition(|fact| fact.at <= at(look));
        let mut item = Item::unseen(ItemNumber(48));
        for fact in &earlier {
            fold(&mut item, fact, &ground);
        }
        pass(&mut item, at(look));
        for fact in &later {
            fold(&mut item, fact, &ground);
        }
        let end = 300 * HOUR;
        prop_assert_eq!(until(item, end), until(state(&history, &policy), end));
    }

    #[test]
    fn a_pass_of_time_is_idempotent(history in any_history(), to in 0..300 * HOUR) {
        let once = until(state(&history, &Policy::default()), to);
        prop_assert_eq!(until(once.clone(), to), once);
    }
}
