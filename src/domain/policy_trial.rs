//! A policy that somebody proposes, tried on the items that there are now.

use serde::{Deserialize, Serialize};

use super::guards;
use super::ids::ItemNumber;
use super::item::Item;
use super::kind::{Kind, Stage};
use super::policy::{Level, Policy, PolicyError, Rule};

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyTrial {
    /// It is none; every mistake of the file itself.
    Bad(Vec<Mistake>),
    /// It cannot be read, and why.
    Unreadable(String),
    /// It is one. Rules under which items would fare otherwise, and how many items are open.
    Good {
        /// By rule.
        effects: Vec<Effect>,
        /// Open items.
        items: usize,
        /// labhand would do nothing in this repository.
        rests: bool,
    },
}

/// A mistake in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// What is wrong, and what was meant.
    pub message: String,
}

/// A rule at another level, and the items that do not keep it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The rule.
    pub rule: Rule,
    /// Its level now.
    pub before: Level,
    /// Its level under the proposed policy.
    pub after: Level,
    /// By number.
    pub items: Vec<ItemNumber>,
}

impl PolicyTrial {
    /// What is wrong with a file, of which the mistakes in other files are no part.
    pub fn bad(errors: &[PolicyError], file: &str) -> Self {
        let place = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let own = errors.iter().filter(|error| error.origin == file);
        let mistakes: Vec<Mistake> = own
            .map(|error| Mistake {
                line: place(error.line),
                column: place(error.column),
                message: error.sentence(),
            })
            .collect();
        if mistakes.is_empty() {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            return Self::Unreadable(lines.join("\n"));
        }
        Self::Bad(mistakes)
    }

    /// How the open items would fare under another policy.
    pub fn of(items: &[Item], now: &Policy, then: &Policy) -> Self {
        let open: Vec<&Item> = items
            .iter()
            .filter(|item| item.closed.is_none() && !item.gone && item.moved_to.is_none())
            .filter(|item| item.kind.is_some() || item.handoff.is_some())
            .collect();
        let effect = |rule: &Rule| {
            let (before, after) = (now.level(*rule), then.level(*rule));
            let concerned = open.iter().filter(|item| is_unkept(item, *rule, now));
            let items: Vec<ItemNumber> = concerned.map(|item| item.number).collect();
            (before != after && !items.is_empty()).then_some(Effect {
                rule: *rule,
                before,
                after,
                items,
            })
        };
        Self::Good {
            effects: Rule::ALL.iter().filter_map(effect).collect(),
            items: open.len(),
            rests: !then.enabled,
        }
    }
}

/// Whether an item does not keep a rule that it will meet next.
fn is_unkept(item: &Item, rule: Rule, policy: &Policy) -> bool {
    let kind = item.kind.map(|it| it.kind);
    let explores = kind.is_some_and(Kind::is_exploration);
    match rule {
        Rule::ExperimentNeedsHypothesis
        | Rule::ExperimentNeedsMetric
        | Rule::ExplorationNeedsTimebox
        | Rule::OneActiveBox => {
            item.stage == Stage::Ideation
                && guards::broken_by_entering(item, Stage::Active).contains(&rule)
        }
        Rule::DevelopmentNeedsPoints
        | Rule::DevelopmentNeedsDeliverables
        | Rule::DevelopmentBuildsOnValidated => {
            guards::broken_by_entering(item, Stage::InProgress).contains(&rule)
        }
        Rule::NoPointsOnExploration => explores && item.points.is_some(),
        Rule::FindingsBeforeDecision => {
            explores && item.stage != Stage::Ideation && item.findings.is_empty()
        }
        Rule::DecisionBeforeClose => guards::is_undecided(item),
        Rule::HandoffComplete => item
            .handoff
            .as_ref()
            .is_some_and(|handoff| !handoff.ended && !handoff.is_complete(policy)),
        Rule::LifecycleGates => false,
    }
}
