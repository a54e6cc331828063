//! The lifecycle of a model: whatever people ask for, the record of moves is one way through the stages.

use proptest::prelude::*;

use super::*;
use crate::domain::entries::Slug;
use crate::domain::lifecycle::{GATES, GateState, Home, LifecycleStage, Tie};
use crate::domain::version::ModelName;

fn track() -> Fact {
    let model = ModelName::parse("fraud").expect("a name");
    ordered_by(&tom(), 1, Order::Track(model))
}

fn tick(who: &Actor, seconds: i64, slug: &str, on: bool) -> Fact {
    let slug = Slug::new(slug);
    fact_by(who, seconds, What::Ticked { slug, on })
}

fn retreat(seconds: i64, stage: LifecycleStage) -> Fact {
    let reason = "the data are biased".to_owned();
    ordered_by(&tom(), seconds, Order::Retreat { stage, reason })
}

fn tied(seconds: i64, number: u64, tie: Option<Tie>) -> Fact {
    let number = ItemNumber(number);
    let tie = tie.map(Box::new);
    fact(seconds, What::Tied { number, tie })
}

fn decided() -> Tie {
    Tie {
        title: "Gradient boosting".to_owned(),
        kind: Some(Kind::Experiment),
        is_pull: false,
        open: false,
        decided: Some(Verdict::Abandon),
        merged: None,
        handoff: None,
    }
}

fn home(facts: &[Fact], policy: &Policy) -> Home {
    let mut all = vec![opened("Fraud", ""), track()];
    all.extend(facts.iter().cloned());
    let item = state(&all, policy);
    *item.home.expect("it is tracked")
}

#[test]
fn a_gate_that_the_bot_saw_and_a_person_opened_stays_open() {
    let facts = [
        tied(2, 11, Some(decided())),
        tied(3, 12, Some(decided())),
        tick(&mira(), 4, "approaches", false),
        tied(5, 13, Some(decided())),
    ];
    let policy = Policy::default();
    let slug = Slug::new("approaches");
    let seen = home(&facts[..2], &policy);
    assert!(matches!(seen.gates.get(&slug), Some(GateState::Seen { on }) if on.len() == 2));
    assert_eq!(home(&facts, &policy).gates.get(&slug), None);
}

#[test]
fn what_is_tied_no_more_opens_the_gate_again() {
    let facts = [
        tied(2, 11, Some(decided())),
        tied(3, 12, Some(decided())),
        tied(4, 11, None),
    ];
    assert!(home(&facts, &Policy::default()).gates.is_empty());
}

#[test]
fn what_a_person_ticked_stays_whatever_the_bot_sees() {
    let facts = [
        tick(&mira(), 2, "approaches", true),
        tied(3, 11, Some(decided())),
        tied(4, 11, None),
    ];
    let home = home(&facts, &Policy::default());
    let state = home.gates.get(&Slug::new("approaches"));
    assert!(matches!(state, Some(GateState::Ticked { .. })));
}

#[derive(Debug, Clone)]
enum Act {
    Advance,
    Retreat(LifecycleStage),
    Tick(&'static str, bool, bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let gate = prop::sample::select(GATES.map(|gate| gate.slug).to_vec());
    let act = prop_oneof![
        3 => Just(Act::Advance),
        1 => prop::sample::select(LifecycleStage::ALL).prop_map(Act::Retreat),
        4 => (gate, any::<bool>(), any::<bool>()).prop_map(|(slug, on, may)| Act::Tick(slug, on, may)),
    ];
    prop::collection::vec(act, 0..40)
}

proptest! {
    #[test]
    fn the_moves_are_one_way_through_the_stages(acts in acts(), enforce in any::<bool>()) {
        let mut policy = Policy::default();
        if enforce {
            policy.guards.insert(Rule::LifecycleGates, Level::Enforce);
        }
        let facts: Vec<Fact> = (2..)
            .zip(acts)
            .map(|(seconds, act)| match act {
                Act::Advance => ordered_by(&tom(), seconds, Order::Advance),
                Act::Retreat(stage) => retreat(seconds, stage),
                Act::Tick(slug, on, true) => tick(&mira(), seconds, slug, on),
                Act::Tick(slug, on, false) => tick(&tom(), seconds, slug, on),
            })
            .collect();
        let home = home(&facts, &policy);
        let mut at = LifecycleStage::ProblemDefinition;
        for moved in &home.moves {
            prop_assert_eq!(moved.from, at);
            let back = moved.reason.is_some();
            let fits = if back { moved.to < at } else { at.next() == Some(moved.to) };
            prop_assert!(fits);
            prop_assert!(!enforce || moved.open.is_empty());
            at = moved.to;
        }
        prop_assert_eq!(home.stage, at);
        // Tom may not tick, so each tick is mira's.
        let ticked_by_tom = home.gates.values().any(|state| {
            matches!(state, GateState::Ticked { by, .. } if *by != mira().user)
        });
        prop_assert!(!ticked_by_tom);
    }
}
