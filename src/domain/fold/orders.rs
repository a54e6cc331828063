//! Commands: an order is carried out or refused, and its answer is part of the item's state.

use jiff::Timestamp;

use super::{Ground, kinds, may, pulls, stages};
use crate::domain::actor::{Actor, User};
use crate::domain::fact::{CloseReason, Ordered};
use crate::domain::guards;
use crate::domain::item::{
    Amendment, Answered, Blocked, Closed, Decision, FieldName, Findings, Item, Outcome, Refusal,
};
use crate::domain::kind::{Kind, KindSource, Phase, Points, Stage, Verdict};
use crate::domain::order::{BoxLength, Frozen, Order};
use crate::domain::policy::{Level, Policy, Rule};

/// Carries a command out and keeps its answer.
pub(super) fn carry_out(
    item: &mut Item,
    ordered: &Ordered,
    by: Option<&Actor>,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    let outcome = match (&ordered.order, by) {
        (Err(misread), _) => Outcome::Refused(Refusal::Misread(misread.clone())),
        (Ok(_), Some(actor)) if !may(actor, ordered.needs, item, ground) => {
            Outcome::Refused(Refusal::Permission(ordered.needs))
        }
        (Ok(_), None) => Outcome::Refused(Refusal::Permission(ordered.needs)),
        (Ok(order), Some(actor)) => {
            let answered_by_itself = *order == Order::Status && begins_status(item);
            match obey(item, order, actor, at, ground) {
                Ok(()) if order.asks_for_words() && !answered_by_itself => {
                    Outcome::Asked(order.clone())
                }
                Ok(()) => Outcome::Done,
                Err(refusal) => Outcome::Refused(refusal),
            }
        }
    };
    let answers = item.answers.entry(ordered.place.key()).or_default();
    answers.push(Answered {
        place: ordered.place,
        index: ordered.index,
        text: ordered.text.clone(),
        at,
        outcome,
    });
    answers.sort_by_key(|answer| (answer.at, answer.index));
}

/// Whether asking for the status brings the status comment itself, which then is the answer:
/// production work has none before somebody asks, or a rule has something to say.
fn begins_status(item: &Item) -> bool {
    let production = item
        .kind
        .is_some_and(|classified| !classified.kind.is_exploration());
    production && !item.status_wanted && item.warnings.is_empty()
}

impl Order {
    /// Whether the order is answered in words when it succeeds.
    fn asks_for_words(&self) -> bool {
        matches!(self, Self::Help { .. } | Self::Status | Self::Board)
    }
}

fn obey(
    item: &mut Item,
    order: &Order,
    actor: &Actor,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let user = &actor.user;
    match order {
        Order::Help { .. } | Order::Board => Ok(()),
        Order::Status => {
            kind_of(item)?;
            item.status_wanted = true;
            Ok(())
        }
        Order::Sync => {
            item.taken_in = true;
            Ok(())
        }
        Order::Kind(kind) => {
            kinds::set(item, *kind, KindSource::Stated, at, ground.policy);
            Ok(())
        }
        Order::Bucket(bucket) => {
            kind_of(item)?;
            item.bucket = Some(*bucket);
            Ok(())
        }
        Order::Phase(phase) => {
            kind_of(item)?;
            item.phase = Some(*phase);
            Ok(())
        }
        Order::Stage(stage) => stages::ask(item, *stage, Some(user), at, ground),
        Order::Block { reason } => {
            open_kind(item)?;
            block(item, Some(reason), at);
            Ok(())
        }
        Order::Unblock => {
            open_kind(item)?;
            if unblock(item, at) {
                Ok(())
            } else {
                Err(Refusal::NotBlocked)
            }
        }
        Order::Timebox(length) => set_box(item, length, at, ground.policy),
        Order::Points(points) => {
            kind_of(item)?;
            size(item, *points, ground.policy)
        }
        Order::Hypothesis { text } => state_hypothesis(item, text),
        Order::Metric { text } => state_metric(item, text),
        Order::BuildsOn(numbers) => {
            item.fields.builds_on.clone_from(numbers);
            item.fields.by_command.insert(FieldName::BuildsOn);
            Ok(())
        }
        Order::Amend {
            field,
            text,
            reason,
        } => amend(item, *field, text, reason, user, at),
        Order::Findings { text } => find(item, text, user, at),
        Order::Decide {
            verdict,
            elsewhere: _,
            reason,
        } => decide(item, *verdict, reason, user, at, ground),
        Order::Handoff { model } => pulls::ask_for_handoff(item, model.as_ref(), at),
        Order::HandoffOff { reason } => pulls::switch_off(item, reason, actor, ground),
        Order::Sign { slugs, evidence } => {
            pulls::sign(item, slugs, evidence.as_deref(), actor, at, ground)
        }
        Order::Unsign { slugs } => pulls::unsign(item, slugs, actor, ground),
        Order::NotApplicable { slug, reason } => pulls::waive(item, slug, reason, actor, ground),
    }
}

fn kind_of(item: &Item) -> Result<Kind, Refusal> {
    item.kind
        .map(|classified| classified.kind)
        .ok_or(Refusal::NoKind)
}

fn open_kind(item: &Item) -> Result<Kind, Refusal> {
    let kind = kind_of(item)?;
    if item.closed.is_some() {
        Err(Refusal::Closed)
    } else {
        Ok(kind)
    }
}

fn exploration(item: &Item) -> Result<Kind, Refusal> {
    let kind = kind_of(item)?;
    if kind.is_exploration() {
        Ok(kind)
    } else {
        Err(Refusal::WrongKind { kind })
    }
}

fn experiment(item: &Item) -> Result<(), Refusal> {
    match kind_of(item)? {
        Kind::Experiment => Ok(()),
        kind @ (Kind::Research | Kind::Development | Kind::Maintenance) => {
            Err(Refusal::WrongKind { kind })
        }
    }
}

/// Blocks the item, or gives a block that is there its reason; the box pauses.
pub(super) fn block(item: &mut Item, reason: Option<&String>, at: Timestamp) {
    match item.blocked.as_mut() {
        Some(blocked) => blocked.reason = reason.cloned().or(blocked.reason.take()),
        None => {
            item.blocked = Some(Blocked {
                since: at,
                reason: reason.cloned(),
            });
        }
    }
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.pause(at);
    }
}

/// Lets it go on; says whether it had been blocked.
pub(super) fn unblock(item: &mut Item, at: Timestamp) -> bool {
    let was = item.blocked.take().is_some();
    if was && let Some(timebox) = item.timebox.as_mut() {
        timebox.resume(at);
    }
    was
}

fn set_box(
    item: &mut Item,
    length: &BoxLength,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    exploration(item)?;
    open_kind(item)?;
    if item.timebox.is_some() {
        return Err(Refusal::BoxStarted);
    }
    stages::resolve(length, policy)?;
    item.box_length = Some(length.clone());
    item.fields.by_command.insert(FieldName::Timebox);
    // What runs without a box, since the policy lets it or its kind was changed, has one from now on.
    if item.stage == Stage::Active {
        stages::start_box(item, at, policy)?;
    }
    Ok(())
}

/// Sizes an item by points; one firm number ends the prototype phase (product §2).
pub(super) fn size(item: &mut Item, points: Points, policy: &Policy) -> Result<(), Refusal> {
    let explores = item
        .kind
        .is_some_and(|classified| classified.kind.is_exploration());
    if explores && policy.level(Rule::NoPointsOnExploration) == Level::Enforce {
        let rules = vec![Rule::NoPointsOnExploration];
        return Err(Refusal::Guards {
            rules,
            stays: item.stage,
        });
    }
    item.points = Some(points);
    if item.phase == Some(Phase::Prototype) && points.low == points.high {
        item.phase = Some(Phase::Productionize);
    }
    Ok(())
}

fn state_hypothesis(item: &mut Item, text: &str) -> Result<(), Refusal> {
    experiment(item)?;
    if item.frozen.is_some() {
        return Err(Refusal::Frozen(Frozen::Hypothesis));
    }
    item.fields.hypothesis = Some(text.to_owned());
    item.fields.by_command.insert(FieldName::Hypothesis);
    Ok(())
}

fn state_metric(item: &mut Item, text: &str) -> Result<(), Refusal> {
    experiment(item)?;
    if item.frozen.is_some() {
        return Err(Refusal::Frozen(Frozen::Metric));
    }
    item.fields.metric = Some(text.to_owned());
    item.fields.by_command.insert(FieldName::Metric);
    Ok(())
}

fn amend(
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
fn find(item: &mut Item, text: &str, by: &User, at: Timestamp) -> Result<(), Refusal> {
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

/// Decides, and closes the item as completed, whichever the verdict is: abandoning on evidence is
/// work done.
fn decide(
    item: &mut Item,
    verdict: Verdict,
    reason: &str,
    by: &User,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    exploration(item)?;
    if let Some(decision) = &item.decision {
        return Err(Refusal::AlreadyDecided(decision.verdict));
    }
    open_kind(item)?;
    if !matches!(item.stage, Stage::Analysis | Stage::Decision) {
        return Err(Refusal::WrongStage { stage: item.stage });
    }
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
    item.decision = Some(Decision {
        at,
        by: by.clone(),
        verdict,
        reason: reason.to_owned(),
    });
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.stop(at);
    }
    stages::enter(item, Stage::Decision, at, Some(by.clone()));
    item.closed = Some(Closed {
        how: CloseReason::Completed,
        at,
    });
    Ok(())
}
