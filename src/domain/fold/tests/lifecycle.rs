//! The life of a model: whatever people ask for, the record of moves is one way through the stages.

use proptest::prelude::*;

use super::*;
use crate::domain::lifecycle::Home;
use crate::domain::lifecycle::gates::{GATES, LifecycleStage};
use crate::domain::version::ModelName;

#[derive(Debug, Clone, Copy)]
enum Act {
    Advance,
    Retreat(LifecycleStage),
    Waive(&'static str),
    /// Which gate, whether on, and whether by somebody who may.
    Tick(&'static str, bool, bool),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let gate = || prop::sample::select(GATES.map(|(_, slug, _)| slug).to_vec());
    let act = prop_oneof![
        3 => Just(Act::Advance),
        1 => prop::sample::select(LifecycleStage::ALL).prop_map(Act::Retreat),
        1 => gate().prop_map(Act::Waive),
        4 => (gate(), any::<bool>(), any::<bool>())
            .prop_map(|(slug, on, may)| Act::Tick(slug, on, may)),
    ];
    prop::collection::vec(act, 0..40)
}

fn done(seconds: i64, act: Act) -> Fact {
    let reason = "the data are biased".to_owned();
    match act {
        Act::Advance => ordered_by(&tom(), seconds, Order::Advance),
        Act::Retreat(stage) => ordered_by(&tom(), seconds, Order::Retreat { stage, reason }),
        Act::Waive(slug) => {
            let slug = Slug::new(slug);
            ordered_by(&tom(), seconds, Order::NotApplicable { slug, reason })
        }
        Act::Tick(slug, on, may) => {
            let slug = Slug::new(slug);
            let who = if may { mira() } else { tom() };
            fact_by(&who, seconds, What::Ticked { slug, on })
        }
    }
}

fn home(acts: Vec<Act>, policy: &Policy) -> Home {
    let model = ModelName::parse("fraud").expect("a name");
    let track = ordered_by(&tom(), 1, Order::TrackModel { model });
    let mut facts = vec![opened("Fraud", ""), track];
    facts.extend((2..).zip(acts).map(|(seconds, act)| done(seconds, act)));
    let home = state(&facts, policy).home;
    *home.expect("it is tracked")
}

proptest! {
    #[test]
    fn the_moves_are_one_way_through_the_stages(acts in acts(), enforce in any::<bool>()) {
        let mut policy = Policy::default();
        if enforce {
            policy.guards.insert(Rule::LifecycleGates, Level::Enforce);
        }
        let home = home(acts, &policy);
        let mut at = LifecycleStage::ProblemDefinition;
        for moved in &home.moves {
            prop_assert_eq!(moved.from, at);
            let fits = match moved.reason {
                Some(_) => moved.to < at,
                None => at.next() == Some(moved.to),
            };
            prop_assert!(fits);
            prop_assert!(!enforce || moved.open.is_empty());
            at = moved.to;
        }
        prop_assert_eq!(home.stage, at);
        // Tom may waive and may not tick, so each tick is mira's.
        prop_assert!(home.ticked.values().all(|by| *by == mira().user));
        prop_assert!(home.waived.values().all(|(by, _)| *by == tom().user));
    }
}
