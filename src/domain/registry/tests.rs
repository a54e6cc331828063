//! The registry as its readers know it: whose a version is, what ran, and that no order of arrival
//! changes anything.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::domain::actor::User;
use crate::domain::fact::FactId;
use crate::domain::fields::model_version;
use crate::domain::ids::{Login, UserId};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).expect("within range")
}

fn of(version: &str) -> ModelVersion {
    model_version(&format!("fraud {version}")).expect("a model and a version")
}

fn fraud() -> ModelName {
    ModelName::parse("fraud").expect("a name")
}

fn fact(second: i64, id: &str, what: ModelEvent) -> ModelFact {
    ModelFact {
        id: FactId(id.to_owned()),
        at: at(second),
        by: Some(User {
            id: UserId(5),
            login: Login::new("lena"),
        }),
        what,
    }
}

fn claims(second: i64, pull: u64, turn: u32, version: Option<&str>) -> ModelFact {
    says(second, pull, turn, version, None)
}

fn merges(second: i64, pull: u64, turn: u32, version: &str, open: &[&str]) -> ModelFact {
    let record = Record {
        of: of(version),
        pull: Some(ItemNumber(pull)),
        title: "Serve it".to_owned(),
        merged_at: at(second),
        merged_by: None,
        commit: None,
        open_when_merged: Vec::new(),
        open: open
            .iter()
            .map(|slug| crate::domain::entries::Slug::new(slug))
            .collect(),
        self_signed: false,
        entries: Vec::new(),
        card: None,
        experiments: Vec::new(),
    };
    says(second, pull, turn, Some(version), Some(record))
}

fn says(
    second: i64,
    pull: u64,
    turn: u32,
    version: Option<&str>,
    record: Option<Record>,
) -> ModelFact {
    let said = ItemIs {
        item: ItemNumber(pull),
        turn,
        says: Says {
            claim: version.map(of),
            record: record.map(Box::new),
            home: None,
            tie: None,
        },
    };
    let id = format!("pull:{pull}:{turn}");
    fact(second, &id, ModelEvent::ItemIs(Box::new(said)))
}

fn promotes(second: i64, version: &str, stage: &str) -> ModelFact {
    let what = ModelEvent::Promoted {
        of: of(version),
        stage: stage.to_owned(),
    };
    fact(second, &format!("move:{second}"), what)
}

fn rolls_back(second: i64, to: &str) -> ModelFact {
    let what = ModelEvent::RolledBack {
        to: of(to),
        reason: "it is worse".to_owned(),
    };
    fact(second, &format!("move:{second}"), what)
}

fn deploys(second: i64, version: &str, stage: &str) -> ModelFact {
    let what = ModelEvent::Deployed {
        of: of(version),
        stage: stage.to_owned(),
        url: None,
    };
    fact(second, &format!("deployed:{second}"), what)
}

fn commit(number: u8) -> CommitSha {
    CommitSha::new(&format!("{number:040x}"))
}

fn releases(second: i64, version: &str, at: u8) -> ModelFact {
    let what = ModelEvent::Released(Box::new(Released {
        of: of(version),
        commit: Some(commit(at)),
        url: Some(format!("https://github.com/acme/fraud/releases/{version}")),
        title: Some("By hand".to_owned()),
        draft: false,
    }));
    fact(second, &format!("release:{second}"), what)
}

fn withdraws(second: i64, version: &str) -> ModelFact {
    let what = ModelEvent::Withdrawn { of: of(version) };
    fact(second, &format!("withdrawn:{second}"), what)
}

fn assigns(second: i64, stage: &str, at: u8) -> ModelFact {
    let what = ModelEvent::Assigned {
        model: fraud(),
        stage: stage.to_owned(),
        count: 1,
        commit: commit(at),
    };
    fact(second, &format!("assigned:{second}"), what)
}

fn hinders(second: i64, version: &str) -> ModelFact {
    let what = ModelEvent::Hindered {
        of: of(version),
        obstacle: Some(Obstacle::MayNot),
    };
    fact(second, &format!("hindered:{second}"), what)
}

fn production(registry: &Registry) -> Option<String> {
    let version = registry.stages(&fraud())?.runs_in(PRODUCTION)?;
    Some(version.to_string())
}

#[test]
fn whoever_wanted_a_version_first_has_it_until_they_let_go() {
    let mut facts = vec![
        claims(1, 10, 0, Some("v2")),
        claims(2, 11, 0, Some("2.0.0")),
    ];
    let owner = |facts: &[ModelFact]| Registry::fold(facts.to_vec()).owner(&of("v2"));
    assert_eq!(owner(&facts), Some(ItemNumber(10)));
    // Saying it again changes nothing.
    facts.push(merges(3, 11, 1, "v2", &[]));
    assert_eq!(owner(&facts), Some(ItemNumber(11)), "it was merged as it");
    facts.pop();
    facts.push(claims(4, 10, 1, None));
    assert_eq!(owner(&facts), Some(ItemNumber(11)));
    // Who comes back stands at the end of the line.
    facts.push(claims(5, 10, 2, Some("v2")));
    assert_eq!(owner(&facts), Some(ItemNumber(11)));
    assert_eq!(owner(&[]), None);
}

#[test]
fn of_two_that_were_merged_as_one_version_the_first_is_it() {
    let registry = Registry::fold(vec![
        claims(1, 10, 0, Some("v2")),
        merges(8, 10, 1, "v2", &["serving"]),
        merges(7, 11, 0, "v2", &[]),
    ]);
    assert_eq!(registry.owner(&of("v2")), Some(ItemNumber(11)));
    let records = registry.records(&fraud());
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].pull, Some(ItemNumber(11)));
}

#[test]
fn each_rollback_goes_further_back() {
    let mut facts = vec![
        promotes(1, "v1", PRODUCTION),
        promotes(2, "v2", PRODUCTION),
        promotes(3, "v3", PRODUCTION),
    ];
    for (second, to) in [(4, "2.0.0"), (5, "1.0.0")] {
        let registry = Registry::fold(facts.clone());
        let back = registry.rollback(&fraud()).expect("there is one");
        assert_eq!(back.to_string(), to);
        facts.push(rolls_back(second, to));
        assert_eq!(
            production(&Registry::fold(facts.clone())).as_deref(),
            Some(to)
        );
    }
    let registry = Registry::fold(facts);
    assert_eq!(
        registry.rollback(&fraud()),
        Err(ModelRefusal::NothingBefore { model: fraud() })
    );
    let runs = registry.stages(&fraud()).expect("it ran").runs();
    assert_eq!(runs.len(), 5, "nothing is rewritten");
}

#[test]
fn what_is_archived_is_nowhere_and_nothing_leads_back_to_it() {
    let registry = Registry::fold(vec![
        promotes(1, "v1", PRODUCTION),
        promotes(2, "v2", PRODUCTION),
        promotes(3, "v2", "staging"),
        promotes(4, "v1", ARCHIVED),
        promotes(5, "v2", ARCHIVED),
    ]);
    assert_eq!(production(&registry), None);
    assert!(registry.rollback(&fraud()).is_err());
    let stages = registry.stages(&fraud()).expect("it ran");
    let current: Vec<&str> = stages.current().map(|run| run.stage.as_str()).collect();
    assert_eq!(current, [ARCHIVED, ARCHIVED]);
}

#[test]
fn only_what_is_signed_goes_to_production() {
    let policy = Policy::default();
    let mut facts = vec![merges(1, 10, 0, "v2", &["serving"])];
    let may = |facts: &[ModelFact], stage: &str| {
        Registry::fold(facts.to_vec()).promotion(&of("v2"), stage, &policy)
    };
    assert_eq!(may(&facts, "staging"), Ok(()));
    assert!(matches!(
        may(&facts, PRODUCTION),
        Err(ModelRefusal::NotSigned { .. })
    ));
    facts.push(merges(2, 10, 1, "v2", &[]));
    assert_eq!(may(&facts, PRODUCTION), Ok(()));
    facts.push(promotes(3, "v2", PRODUCTION));
    assert!(matches!(
        may(&facts, PRODUCTION),
        Err(ModelRefusal::RunsThere { .. })
    ));
}

#[test]
fn what_was_made_by_hand_is_a_version_without_a_hand_off() {
    let policy = Policy::default();
    let mut facts = vec![releases(1, "v1", 7)];
    let registry = Registry::fold(facts.clone());
    let record = registry.record(&of("v1")).expect("it is registered");
    assert_eq!(record.pull, None);
    assert_eq!(record.commit, Some(commit(7)));
    assert!(!record.is_complete());
    assert_eq!(registry.models(), [&fraud()]);
    assert_eq!(registry.deployed("main", &commit(7)), Some(of("v1")));
    assert_eq!(
        registry.promotion(&of("v1"), PRODUCTION, &policy),
        Err(ModelRefusal::NoHandoff { of: of("v1") })
    );
    assert_eq!(registry.promotion(&of("v1"), "staging", &policy), Ok(()));
    // Nothing is inherited of it.
    assert_eq!(registry.inheritance(&of("v2")).from, None);

    // Whoever hands the version over has it.
    facts.push(merges(2, 10, 0, "v1", &[]));
    let registry = Registry::fold(facts.clone());
    let records = registry.records(&fraud());
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].pull, Some(ItemNumber(10)));
    assert_eq!(registry.promotion(&of("v1"), PRODUCTION, &policy), Ok(()));

    // A release that is gone was the pull request's, whose version stays.
    facts.push(withdraws(3, "v1"));
    let registry = Registry::fold(facts);
    assert_eq!(registry.release(&of("v1")), None);
    assert_eq!(registry.records(&fraud()).len(), 1);
    let gone = Registry::fold(vec![releases(1, "v1", 7), withdraws(2, "v1")]);
    assert_eq!(gone.records(&fraud()), Vec::<&Record>::new());
}

#[test]
fn a_tagged_stage_waits_for_its_version_and_outlives_it() {
    let mut facts = vec![assigns(1, PRODUCTION, 7)];
    assert_eq!(production(&Registry::fold(facts.clone())), None);
    facts.push(releases(2, "v1", 7));
    let registry = Registry::fold(facts.clone());
    assert_eq!(production(&registry).as_deref(), Some("1.0.0"));
    let stages = registry.stages(&fraud()).expect("it ran");
    assert_eq!(stages.runs()[0].start, Start::Tagged { count: 1 });
    facts.push(withdraws(3, "v1"));
    let registry = Registry::fold(facts.clone());
    assert_eq!(production(&registry).as_deref(), Some("1.0.0"));
    // What is there already is not put there anew.
    facts.push(assigns(4, PRODUCTION, 7));
    let registry = Registry::fold(facts);
    assert_eq!(registry.stages(&fraud()).expect("it ran").runs().len(), 1);
}

fn any_fact() -> impl Strategy<Value = ModelFact> {
    let version = prop::sample::select(vec!["v1", "v2", "v3"]);
    let stage = prop::sample::select(vec!["staging", PRODUCTION, ARCHIVED]);
    (0..40_i64, 10..13_u64, 0..4_u32, version, stage, 0..10_u8).prop_map(
        |(second, pull, turn, version, stage, kind)| match kind {
            0 => claims(second, pull, turn, None),
            1 => claims(second, pull, turn, Some(version)),
            2 => merges(second, pull, turn, version, &[]),
            3 => promotes(second, version, stage),
            4 => deploys(second, version, stage),
            5 => releases(second, version, version.as_bytes()[1]),
            6 => withdraws(second, version),
            7 => assigns(second, stage, version.as_bytes()[1]),
            8 => hinders(second, version),
            _ => rolls_back(second, version),
        },
    )
}

/// Facts with ids of their own, of which each is one.
fn distinct(facts: Vec<ModelFact>) -> Vec<ModelFact> {
    let mut seen = std::collections::BTreeSet::new();
    facts
        .into_iter()
        .filter(|fact| seen.insert(fact.id.clone()))
        .collect()
}

proptest! {
    #[test]
    fn no_order_of_arrival_and_no_second_telling_changes_anything(
        facts in prop::collection::vec(any_fact(), 0..25),
        seed in any::<u64>(),
    ) {
        let facts = distinct(facts);
        let mut shuffled: Vec<ModelFact> = facts.iter().chain(&facts).cloned().collect();
        let mut state = seed | 1;
        for place in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let other = usize::try_from(state >> 33).unwrap_or_default() % (place + 1);
            shuffled.swap(place, other);
        }
        prop_assert_eq!(Registry::fold(facts), Registry::fold(shuffled));
    }

    #[test]
    fn a_stage_holds_one_version_and_history_only_grows(
        facts in prop::collection::vec(any_fact(), 0..25),
    ) {
        let mut facts = distinct(facts);
        facts.sort_by_key(|fact| fact.at);
        let registry = Registry::fold(facts.clone());
        let runs = registry.stages(&fraud()).map_or(&[][..], Stages::runs);
        for stage in ["staging", PRODUCTION] {
            let there = runs.iter().filter(|run| run.stage == stage && run.until.is_none());
            prop_assert!(there.count() <= 1);
        }
        for run in runs {
            prop_assert!(run.until.is_none_or(|until| until >= run.from));
        }
        // A deployment or tag of what is there already begins no other run.
        let is_move = |fact: &&ModelFact| matches!(
            fact.what,
            ModelEvent::Promoted { .. } | ModelEvent::RolledBack { .. }
        );
        let is_said = |run: &&Run| matches!(run.start, Start::Promoted | Start::RolledBack { .. });
        let began = runs.iter().filter(is_said);
        prop_assert_eq!(facts.iter().filter(is_move).count(), began.count());
        let deployed = facts.iter().filter(|fact| matches!(fact.what, ModelEvent::Deployed { .. }));
        prop_assert!(runs.iter().filter(|run| run.deployed.is_some()).count() <= deployed.count());
    }
}
