//! The one thing to do next, with the command that does it: by kind, by stage, and by what is
//! missing. It is the first line that a reader sees.

use jiff::Timestamp;

use crate::domain::guards;
use crate::domain::item::Item;
use crate::domain::kind::{Kind, Phase, Stage};
use crate::domain::labels::OutcomeLabel;
use crate::domain::order::BoxLength;
use crate::domain::policy::{Level, Rule};

use super::{Context, drawn_at, link, rules, text, when, words};

const DECIDE: &str = "`/decide productionize | abandon | more-research` and the reason";

/// The sentence, without its heading; `None` where nothing is left to do.
pub fn sentence(item: &Item, kind: Kind, ctx: &Context<'_>) -> Option<String> {
    if item.closed.is_some() {
        return None;
    }
    if let Some(blocked) = &item.blocked {
        let until = match &blocked.reason {
            Some(reason) => format!("*{}* is out of the way", text::escape(reason, 300)),
            None => "it can go on".to_owned(),
        };
        return Some(format!("`/unblock` when {until}."));
    }
    match kind {
        Kind::Research | Kind::Experiment => exploration(item, kind, ctx),
        Kind::Development | Kind::Maintenance => production(item, ctx),
    }
}

fn exploration(item: &Item, kind: Kind, ctx: &Context<'_>) -> Option<String> {
    if item.decision.is_some() {
        return None;
    }
    let found = !item.findings.is_empty();
    // One that became an experiment while it was active has still to fix what it tests.
    let unfixed = kind == Kind::Experiment && item.frozen.is_none();
    match item.stage {
        Stage::Ideation => Some(begin(item, ctx)),
        Stage::Active | Stage::Analysis | Stage::Decision if unfixed => Some(begin(item, ctx)),
        Stage::Active | Stage::Analysis if !found => {
            let then = match kind {
                Kind::Experiment => format!(", then {DECIDE}"),
                Kind::Research | Kind::Development | Kind::Maintenance => {
                    ", then close it or `/decide` what follows".to_owned()
                }
            };
            let end = box_end(item, ctx).unwrap_or_default();
            let first = match unmeasured(item, kind) {
                Some(name) => format!("report `/result {name}=…`, "),
                None if is_unjudged(item, kind) => {
                    "judge the metric with `/result supported | refuted | inconclusive`, "
                        .to_owned()
                }
                None => String::new(),
            };
            Some(format!(
                "{first}write what you found with `/findings …`{then}{end}."
            ))
        }
        Stage::Active | Stage::Analysis | Stage::Decision if found && kind == Kind::Research => {
            Some(format!(
                "close it, or {DECIDE} if something follows from it."
            ))
        }
        Stage::Decision
            if !found && ctx.policy.level(Rule::FindingsBeforeDecision) == Level::Enforce =>
        {
            Some(format!(
                "it waits for a decision: `/findings …`, then {DECIDE}."
            ))
        }
        Stage::Active | Stage::Analysis | Stage::Decision => Some(format!("{DECIDE}.")),
        // Not on the track of exploration; the fold never leaves it there.
        Stage::Todo | Stage::InProgress | Stage::InReview | Stage::Done => None,
    }
}

/// A metric in words waits for people's judgement.
fn is_unjudged(item: &Item, kind: Kind) -> bool {
    let in_words = item.metric().is_some() && !matches!(item.criteria(), Ok(Some(_)));
    kind == Kind::Experiment && in_words && item.outcome().is_none()
}

/// The first criterion that has no result yet.
fn unmeasured(item: &Item, kind: Kind) -> Option<String> {
    let criteria = item.criteria().ok().flatten()?;
    let open = criteria
        .iter()
        .find(|criterion| item.measured(&criterion.name).is_none())
        .filter(|_| {
            kind == Kind::Experiment && item.outcome() != Some(OutcomeLabel::DidNotFinish)
        })?;
    let name = text::plain(&open.name, 60);
    Some(name.replace('`', ""))
}

fn begin(item: &Item, ctx: &Context<'_>) -> String {
    let missing = missing_for(Stage::Active, item, ctx);
    if !missing.is_empty() {
        return format!("add {}, then `/activate`.", words::listed(&missing));
    }
    match length(item) {
        Some(length) => format!("`/activate` starts it and its time box of {length}."),
        None => "`/activate` starts it.".to_owned(),
    }
}

/// The length of the box that will start, as asked for.
pub fn length(item: &Item) -> Option<String> {
    match item.box_length.as_ref()? {
        BoxLength::Preset(name) => Some(text::escape(name, 60)),
        BoxLength::Span(span) => Some(span.human()),
    }
}

/// What is missing to enter a stage, whether the policy insists on it or merely says so.
fn missing_for(stage: Stage, item: &Item, ctx: &Context<'_>) -> Vec<String> {
    guards::broken_by_entering(item, stage)
        .into_iter()
        .filter(|rule| match ctx.policy.level(*rule) {
            Level::Enforce => true,
            // Another box is nothing that is missing here, unless the policy insists.
            Level::Warn => *rule != Rule::OneActiveBox,
            Level::Off => false,
        })
        .map(|rule| match rule {
            Rule::DevelopmentNeedsPoints => {
                let size = size(item.phase);
                size.unwrap_or_else(|| rules::supply(rule)).to_owned()
            }
            Rule::OneActiveBox => {
                let others = item.other_boxes.keys().take(3);
                let others: Vec<String> = others.map(|other| link::item(*other, ctx)).collect();
                format!(
                    "a pause of {} (`/block reason` there)",
                    words::listed(&others)
                )
            }
            Rule::ExperimentNeedsHypothesis
            | Rule::ExperimentNeedsMetric
            | Rule::ExplorationNeedsTimebox
            | Rule::NoPointsOnExploration
            | Rule::DevelopmentNeedsDeliverables
            | Rule::DevelopmentBuildsOnValidated
            | Rule::FindingsBeforeDecision
            | Rule::DecisionBeforeClose
            | Rule::HandoffComplete
            | Rule::LifecycleGates => rules::supply(rule).to_owned(),
        })
        .collect()
}

/// Which size a phase asks for.
fn size(phase: Option<Phase>) -> Option<&'static str> {
    match phase? {
        Phase::Prototype => Some("its rough size (`/points 5-8`)"),
        Phase::Productionize => Some("its firm size (`/points 5`)"),
        Phase::Explore => None,
    }
}

/// When the box ends, or since when it is over, as the end of a sentence.
fn box_end(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let timebox = item.timebox.as_ref().filter(|timebox| !timebox.stopped)?;
    let end: Timestamp = timebox.ends_at()?;
    let moment = when::moment(end, ctx.policy);
    Some(if timebox.share(drawn_at(item, ctx.now)) >= 100 {
        format!(" — the time box ended **{moment}**; nothing is closed for that")
    } else {
        format!(" — the box ends **{moment}**")
    })
}

fn production(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let open: Vec<_> = item
        .linked_pulls
        .iter()
        .filter(|(_, pull)| pull.open)
        .collect();
    match item.stage {
        Stage::Todo => {
            let missing = missing_for(Stage::InProgress, item, ctx);
            let first = if missing.is_empty() {
                String::new()
            } else {
                format!("add {}, then ", words::listed(&missing))
            };
            Some(format!(
                "{first}assign it, or open a pull request that closes it."
            ))
        }
        Stage::InProgress => {
            let drafts: Vec<String> = open
                .iter()
                .filter(|(_, pull)| pull.draft)
                .take(5)
                .map(|(number, _)| link::item(**number, ctx))
                .collect();
            Some(if drafts.is_empty() {
                format!("open a pull request that says `Closes #{}`.", item.number)
            } else {
                format!("mark {} ready for review.", words::listed(&drafts))
            })
        }
        Stage::InReview => {
            let ready: Vec<String> = open
                .iter()
                .take(5)
                .map(|(number, _)| link::item(**number, ctx))
                .collect();
            Some(if ready.is_empty() {
                "close it when it is done.".to_owned()
            } else {
                format!("review and merge {}.", words::listed(&ready))
            })
        }
        Stage::Ideation | Stage::Active | Stage::Analysis | Stage::Decision | Stage::Done => None,
    }
}
