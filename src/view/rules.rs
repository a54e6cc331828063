//! What each rule says to people: what is missing, and the command that supplies it.

use crate::domain::kind::Kind;
use crate::domain::policy::Rule;

use super::words;

/// One sentence with the way out. It serves refusals and warnings alike.
pub fn sentence(rule: Rule, kind: Option<Kind>) -> String {
    match rule {
        Rule::ExperimentNeedsHypothesis => {
            "An experiment needs a hypothesis before it starts, for example `/hypothesis BERT routes tickets better than GPT-2`.".to_owned()
        }
        Rule::ExperimentNeedsMetric => {
            "An experiment needs a success metric before it starts, for example `/metric f1 >= 0.85 baseline 0.80`.".to_owned()
        }
        Rule::ExplorationNeedsTimebox => format!(
            "{} needs a time box before it starts, for example `/timebox 3d`.",
            match kind {
                Some(Kind::Research) => "Research",
                Some(Kind::Experiment) => "An experiment",
                Some(Kind::Development | Kind::Maintenance) | None => "Exploration",
            }
        ),
        Rule::NoPointsOnExploration => format!(
            "{} is sized by a time box, never by points; `/timebox 3d` sets one.",
            match kind {
                Some(Kind::Experiment) => "An experiment",
                Some(Kind::Research | Kind::Development | Kind::Maintenance) | None => "Research",
            }
        ),
        Rule::DevelopmentNeedsPoints => {
            "Development is sized by points, for example `/points 5`, or roughly by `/points 5-8`.".to_owned()
        }
        Rule::DevelopmentNeedsDeliverables => {
            "Development lists its deliverables as a task list in the description: `- [ ] endpoint deployed`.".to_owned()
        }
        Rule::DevelopmentBuildsOnValidated => {
            "It builds on an experiment that was not decided `productionize`; `/builds-on #…` names another one.".to_owned()
        }
        Rule::FindingsBeforeDecision => {
            "Findings come before the decision: `/findings …` says what was learned.".to_owned()
        }
        Rule::DecisionBeforeClose => match kind {
            Some(Kind::Research) => {
                "Research ends with findings: `/findings …` says what was learned.".to_owned()
            }
            Some(kind @ (Kind::Experiment | Kind::Development | Kind::Maintenance)) => format!(
                "{} ends with a decision: `/decide productionize | abandon | more-research`, with the reason.",
                capital(words::a_kind(kind))
            ),
            None => "It ends with a decision: `/decide productionize | abandon | more-research`, with the reason.".to_owned(),
        },
        Rule::OneActiveBox => {
            "An assignee has another running time box; `/block reason` on one of the two pauses it.".to_owned()
        }
        Rule::HandoffComplete => {
            "A hand-off is merged when its checklist is signed; `/sign slug` signs an entry.".to_owned()
        }
        Rule::LifecycleGates => "A model advances through its gates.".to_owned(),
    }
}

/// A short name of what is missing and the command that supplies it, for the next step.
pub fn supply(rule: Rule) -> &'static str {
    match rule {
        Rule::ExperimentNeedsHypothesis => "a hypothesis (`/hypothesis …`)",
        Rule::ExperimentNeedsMetric => "a success metric (`/metric f1 >= 0.85 baseline 0.80`)",
        Rule::ExplorationNeedsTimebox => "a time box (`/timebox 3d`)",
        Rule::DevelopmentNeedsPoints => "its size (`/points 5`)",
        Rule::DevelopmentNeedsDeliverables => "its deliverables (a task list in the description)",
        Rule::FindingsBeforeDecision => "findings (`/findings …`)",
        Rule::DecisionBeforeClose => "a decision (`/decide …`)",
        Rule::NoPointsOnExploration => "a time box instead of points (`/timebox 3d`)",
        Rule::DevelopmentBuildsOnValidated => "a validated experiment (`/builds-on #…`)",
        Rule::OneActiveBox => "a pause of the other time box (`/block reason`)",
        Rule::HandoffComplete => "signatures (`/sign slug`)",
        Rule::LifecycleGates => "the lifecycle's gates",
    }
}

/// Makes the first letter of one of our own words a capital.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
