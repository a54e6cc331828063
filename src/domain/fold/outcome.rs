//! What is tested, what came out, and what was decided (product §2).

use jiff::Timestamp;

use super::orders::{experiment, exploration, open_kind};
use super::{Ground, guards, may, stages};
use crate::domain::actor::{Actor, Needs, User};
use crate::domain::fact::CloseReason;
use crate::domain::ids::RepoName;
use crate::domain::item::{
    Amendment, Closed, Decision, FieldName, Findings, Item, Refusal, Reported, Superseded,
};
use crate::domain::kind::{Kind, Stage, Verdict};
use crate::domain::labels::OutcomeLabel;
use crate::domain::metric::{self, Criterion, Measurement, Report};
use crate::domain::order::Frozen;
use crate::domain::policy::Rule;

pub(super) fn state_hypothesis(item: &mut Item, text: &str) -> Result<(), Refusal> {
    experiment(item)?;
    if item.frozen.is_some() {
        return Err(Refusal::Frozen(Frozen::Hypothesis));
    }
    item.fields.hypothesis = Some(text.to_owned());
    item.fields.by_command.insert(FieldName::Hypothesis);
    Ok(())
}

pub(super) fn state_metric(item: &mut Item, text: &str) -> Result<(), Refusal> {
    experiment(item)?;
    if item.frozen.is_some() {
        return Err(Refusal::Frozen(Frozen::Metric));
    }
    item.fields.metric = Some(text.to_owned());
    item.fields.by_command.insert(FieldName::Metric);
    Ok(())
}

pub(super) fn amend(
    item: &mut Item,
    field: Frozen,
    text: &str,
    reason: &str,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    experiment(item)?;
    let frozen = item.frozen.as_mut().ok_or(Refusal::NotFrozen(field))?;
    frozen.amendments.push(Amendment {
        at,
        by: by.clone(),
        field,
        text: text.to_owned(),
        reason: reason.to_owned(),
    });
    Ok(())
}

/// Writes down what was learned: the box has done its work, and an active item is analysed.
pub(super) fn find(item: &mut Item, text: &str, by: &User, at: Timestamp) -> Result<(), Refusal> {
    exploration(item)?;
    item.findings.push(Findings {
        at,
        by: by.clone(),
        text: text.to_owned(),
    });
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.stop(at);
    }
    if item.stage == Stage::Active {
        stages::enter(item, Stage::Analysis, at, Some(by.clone()));
    }
    Ok(())
}

/// Keeps results, or people's judgement where the metric cannot be measured.
pub(super) fn report(
    item: &mut Item,
    report: &Report,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    experiment(item)?;
    open_kind(item)?;
    if item.stage == Stage::Ideation {
        return Err(Refusal::WrongStage { stage: item.stage });
    }
    is_fixed(item)?;
    let criteria = item.criteria().ok().flatten().unwrap_or_default();
    match report {
        Report::Measured(measurements) => fits(measurements, &criteria)?,
        Report::Judged(OutcomeLabel::Supported | OutcomeLabel::Refuted) if !criteria.is_empty() => {
            return Err(Refusal::Measured {
                known: names(&criteria),
            });
        }
        // That there will be no results, or none that tell, people know best.
        Report::Judged(_) => {}
    }
    item.results.push(Reported {
        at,
        by: by.clone(),
        report: report.clone(),
    });
    Ok(())
}

/// An experiment fixes what it tests before its results are in. One that became an experiment while it
/// was active has not done that yet.
fn is_fixed(item: &Item) -> Result<(), Refusal> {
    let experiment = item.kind.is_some_and(|it| it.kind == Kind::Experiment);
    if experiment && item.frozen.is_none() {
        return Err(Refusal::NotFixed);
    }
    Ok(())
}

/// What is measured beside the criteria is kept too; but a report that misses them all is a slip.
fn fits(measurements: &[Measurement], criteria: &[Criterion]) -> Result<(), Refusal> {
    let mut concerned = criteria.is_empty();
    for measurement in measurements {
        for criterion in criteria {
            if metric::same_name(&criterion.name, &measurement.name) {
                concerned = true;
                metric::fit(measurement.value, criterion)
                    .map_err(|unfit| Refusal::Unfit(unfit.to_string()))?;
            }
        }
    }
    if concerned {
        return Ok(());
    }
    Err(Refusal::NoSuchMetric {
        names: measurements.iter().map(|it| it.name.clone()).collect(),
        known: names(criteria),
    })
}

fn names(criteria: &[Criterion]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for criterion in criteria {
        if !names
            .iter()
            .any(|it| metric::same_name(it, &criterion.name))
        {
            names.push(criterion.name.clone());
        }
    }
    names
}

/// From this many links on, a lead asks for the next one.
const LONG_CHAIN: usize = 2;

/// What somebody decides.
pub(super) struct Ruling<'a> {
    pub(super) verdict: Verdict,
    pub(super) elsewhere: Option<&'a RepoName>,
    pub(super) reason: &'a str,
}

/// Decides, and closes the item as completed, whichever the verdict is: abandoning on evidence is
/// work done. What was decided already only a lead revises, and both stay on record.
pub(super) fn decide(
    item: &mut Item,
    ruling: &Ruling<'_>,
    actor: &Actor,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    exploration(item)?;
    let links = item.chain(at).len();
    let leads = may(actor, Needs::Lead, item, ground);
    if ruling.verdict == Verdict::MoreResearch && links >= LONG_CHAIN && !leads {
        return Err(Refusal::LongChain { links });
    }
    let mut decision = Decision {
        at,
        by: actor.user.clone(),
        verdict: ruling.verdict,
        reason: ruling.reason.to_owned(),
        elsewhere: ruling.elsewhere.cloned(),
        asked_at: at,
        superseded: None,
    };
    if let Some(before) = &item.decision {
        if (
            before.verdict,
            before.elsewhere.as_ref(),
            before.reason.as_str(),
        ) == (ruling.verdict, ruling.elsewhere, ruling.reason)
        {
            return Err(Refusal::DecidedSo(before.verdict));
        }
        if !leads {
            return Err(Refusal::AlreadyDecided(before.verdict));
        }
        decision.asked_at = asked_before(item, &decision).unwrap_or(at);
        let before = item.decision.replace(decision).map(|before| Decision {
            superseded: Some(Superseded::Revised),
            ..before
        });
        item.earlier_decisions.extend(before);
        return Ok(());
    }
    open_kind(item)?;
    if !matches!(item.stage, Stage::Analysis | Stage::Decision) {
        return Err(Refusal::WrongStage { stage: item.stage });
    }
    is_fixed(item)?;
    let no_findings = if item.findings.is_empty() {
        vec![Rule::FindingsBeforeDecision]
    } else {
        Vec::new()
    };
    let rules = guards::enforced(no_findings, ground.policy);
    if !rules.is_empty() {
        return Err(Refusal::Guards {
            rules,
            stays: item.stage,
        });
    }
    item.decision = Some(decision);
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.stop(at);
    }
    stages::enter(item, Stage::Decision, at, Some(actor.user.clone()));
    item.closed = Some(Closed {
        how: CloseReason::Completed,
        at,
    });
    Ok(())
}

/// When the same follow-up was asked for by a decision that was revised since, if it was.
fn asked_before(item: &Item, decision: &Decision) -> Option<Timestamp> {
    let revised = item
        .earlier_decisions
        .iter()
        .rev()
        .take_while(|earlier| earlier.superseded == Some(Superseded::Revised));
    item.decision
        .iter()
        .chain(revised)
        .find(|earlier| {
            earlier.verdict == decision.verdict && earlier.elsewhere == decision.elsewhere
        })
        .map(|earlier| earlier.asked_at)
}
