//! The rules that stand between an item and its next stage (product §2). Each has a level in the
//! policy: `off` is never looked at, `warn` shows in the status comment, `enforce` refuses.

use std::collections::BTreeSet;

use super::actor::User;
use super::item::Item;
use super::kind::{Kind, Phase, Stage, Verdict};
use super::policy::{Level, Policy, Rule};

/// The rules that an item would break by entering a stage, whatever their level.
pub fn broken_by_entering(item: &Item, stage: Stage) -> Vec<Rule> {
    let Some(kind) = item.kind.map(|classified| classified.kind) else {
        return Vec::new();
    };
    let rules: &[Rule] = match (kind, stage) {
        (Kind::Experiment, Stage::Active) => &[
            Rule::ExperimentNeedsHypothesis,
            Rule::ExperimentNeedsMetric,
            Rule::ExplorationNeedsTimebox,
            Rule::OneActiveBox,
        ],
        (Kind::Research, Stage::Active) => &[Rule::ExplorationNeedsTimebox, Rule::OneActiveBox],
        (Kind::Development, Stage::InProgress | Stage::InReview) => &[
            Rule::DevelopmentNeedsPoints,
            Rule::DevelopmentNeedsDeliverables,
            Rule::DevelopmentBuildsOnValidated,
        ],
        (
            Kind::Research | Kind::Experiment | Kind::Development | Kind::Maintenance,
            Stage::Ideation
            | Stage::Active
            | Stage::Analysis
            | Stage::Decision
            | Stage::Todo
            | Stage::InProgress
            | Stage::InReview
            | Stage::Done,
        ) => &[],
    };
    rules
        .iter()
        .copied()
        .filter(|rule| is_broken(item, *rule))
        .collect()
}

/// Whether what the rule asks for is missing now. Rules about an act (closing, deciding, sizing,
/// merging) are judged where the act happens.
fn is_broken(item: &Item, rule: Rule) -> bool {
    match rule {
        Rule::ExperimentNeedsHypothesis => item.hypothesis().is_none(),
        Rule::ExperimentNeedsMetric => item.metric().is_none(),
        Rule::ExplorationNeedsTimebox => {
            item.box_length.is_none() && item.timebox.is_none() && !item.box_interrupted
        }
        Rule::NoPointsOnExploration => item.points.is_some(),
        // What is to be deployed has one firm number (product §2).
        Rule::DevelopmentNeedsPoints => item.points.is_none_or(|points| {
            item.phase == Some(Phase::Productionize) && points.low != points.high
        }),
        Rule::DevelopmentNeedsDeliverables => item.fields.deliverables.is_empty(),
        Rule::DevelopmentBuildsOnValidated => item.foundation_numbers().iter().any(|number| {
            item.foundations.get(number).is_some_and(|base| {
                base.kind == Some(Kind::Experiment) && base.decided != Some(Verdict::Productionize)
            })
        }),
        Rule::FindingsBeforeDecision => item.findings.is_empty(),
        Rule::DecisionBeforeClose => is_undecided(item),
        Rule::OneActiveBox => {
            let others = || item.other_boxes.values().flatten();
            let busy = |user: &User| others().any(|other| *other == user.id);
            item.assignees.iter().any(busy)
        }
        Rule::HandoffComplete | Rule::LifecycleGates => false,
    }
}

/// An experiment without a decision, or research without findings or a decision, that was active.
pub fn is_undecided(item: &Item) -> bool {
    let Some(kind) = item.kind.map(|classified| classified.kind) else {
        return false;
    };
    let open_question = match kind {
        Kind::Experiment => item.decision.is_none(),
        Kind::Research => item.decision.is_none() && item.findings.is_empty(),
        Kind::Development | Kind::Maintenance => false,
    };
    open_question && item.was_active
}

/// Those of the rules that the policy enforces.
pub fn enforced(rules: Vec<Rule>, policy: &Policy) -> Vec<Rule> {
    rules
        .into_iter()
        .filter(|rule| policy.level(*rule) == Level::Enforce)
        .collect()
}

/// The rules at level `warn` that an item breaks as it stands.
pub fn warnings(item: &Item, policy: &Policy) -> BTreeSet<Rule> {
    let Some(kind) = item.kind.map(|classified| classified.kind) else {
        return BTreeSet::new();
    };
    let mut broken: BTreeSet<Rule> = match item.stage {
        Stage::Ideation | Stage::Todo => Vec::new(),
        Stage::Active | Stage::Analysis | Stage::Decision => {
            broken_by_entering(item, Stage::Active)
        }
        Stage::InProgress | Stage::InReview | Stage::Done => {
            broken_by_entering(item, Stage::InProgress)
        }
    }
    .into_iter()
    .collect();
    if kind.is_exploration() && is_broken(item, Rule::NoPointsOnExploration) {
        broken.insert(Rule::NoPointsOnExploration);
    }
    if kind == Kind::Development && is_broken(item, Rule::DevelopmentBuildsOnValidated) {
        broken.insert(Rule::DevelopmentBuildsOnValidated);
    }
    if item.decision.is_some() && is_broken(item, Rule::FindingsBeforeDecision) {
        broken.insert(Rule::FindingsBeforeDecision);
    }
    if item
        .closed
        .as_ref()
        .is_some_and(|closed| closed.how.is_done())
        && is_undecided(item)
    {
        broken.insert(Rule::DecisionBeforeClose);
    }
    if item.box_runs_for().is_empty() {
        broken.remove(&Rule::OneActiveBox);
    }
    broken.retain(|rule| policy.level(*rule) == Level::Warn);
    broken
}
