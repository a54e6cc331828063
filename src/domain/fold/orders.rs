//! Commands: an order is carried out or refused, and its answer is part of the item's state.

use jiff::Timestamp;

use super::{Ground, boxes, kinds, lifecycle, may, models, outcome, pulls, stages};
use crate::domain::actor::{Actor, Needs};
use crate::domain::fact::Ordered;
use crate::domain::item::{Answered, FieldName, Item, Outcome, Refusal};
use crate::domain::kind::{Kind, KindSource, Phase, Points};
use crate::domain::order::Order;
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
        (Ok(order), Some(actor))
            if !order.asks_the_box() && !may(actor, needs(item, order, ordered), item, ground) =>
        {
            Outcome::Refused(Refusal::Permission(needs(item, order, ordered)))
        }
        (Ok(_), None) => Outcome::Refused(Refusal::Permission(ordered.needs)),
        (Ok(order), Some(actor)) => {
            let answered_by_itself = *order == Order::Status && begins_status(item);
            match obey(item, order, ordered, actor, at, ground) {
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

/// What a command demands here: a gate of a model is waived with less than an entry of a hand-off.
fn needs(item: &Item, order: &Order, ordered: &Ordered) -> Needs {
    if item.home.is_some() && matches!(order, Order::NotApplicable { .. }) {
        Needs::Triage
    } else {
        ordered.needs
    }
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
    /// Whether the box itself says who may give it, by the policy it started under.
    fn asks_the_box(&self) -> bool {
        matches!(self, Self::Extend { .. })
    }

    /// Whether the order is answered in words when it succeeds.
    fn asks_for_words(&self) -> bool {
        matches!(
            self,
            Self::Help { .. } | Self::Status | Self::Board | Self::Sprint
        )
    }
}

fn obey(
    item: &mut Item,
    order: &Order,
    ordered: &Ordered,
    actor: &Actor,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let user = &actor.user;
    let found = ordered.found.as_ref();
    match order {
        Order::Help { .. } | Order::Board | Order::Sprint => Ok(()),
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
            boxes::block(item, Some(reason), at);
            Ok(())
        }
        Order::Unblock => {
            open_kind(item)?;
            if boxes::unblock(item, at) {
                Ok(())
            } else {
                Err(Refusal::NotBlocked)
            }
        }
        Order::Timebox(length) => boxes::set_box(item, length, at, ground.policy),
        Order::Points(points) => {
            kind_of(item)?;
            size(item, *points, ground.policy)
        }
        Order::Hypothesis { text } => outcome::state_hypothesis(item, text),
        Order::Metric { text } => outcome::state_metric(item, text),
        Order::BuildsOn(numbers) => {
            item.fields.builds_on.clone_from(numbers);
            item.fields.by_command.insert(FieldName::BuildsOn);
            Ok(())
        }
        Order::Amend {
            field,
            text,
            reason,
        } => outcome::amend(item, *field, text, reason, user, at),
        Order::Extend { span, reason } => boxes::extend(item, *span, reason, actor, at, ground),
        Order::Result(report) => outcome::report(item, report, user, at),
        Order::Findings { text } => outcome::find(item, text, user, at),
        Order::Decide {
            verdict,
            elsewhere,
            reason,
        } => {
            let ruling = outcome::Ruling {
                verdict: *verdict,
                elsewhere: elsewhere.as_ref(),
                reason,
            };
            outcome::decide(item, &ruling, actor, at, ground)
        }
        Order::Handoff { model } => pulls::ask_for_handoff(item, model.as_ref(), found, at),
        Order::Promote { of, stage } => models::promote(item, of, stage, ordered, user, at),
        Order::Rollback { model, reason } => {
            models::roll_back(item, model, reason, ordered, user, at)
        }
        Order::HandoffOff { reason } => pulls::switch_off(item, reason, actor, ground),
        Order::Sign { slugs, evidence } => {
            pulls::sign(item, slugs, evidence.as_deref(), actor, at, ground)
        }
        Order::Unsign { slugs } => pulls::unsign(item, slugs, actor, ground),
        Order::NotApplicable { slug, reason } if item.home.is_some() => {
            lifecycle::waive(item, slug, reason, user, ground.policy)
        }
        Order::NotApplicable { slug, reason } => pulls::waive(item, slug, reason, actor, ground),
        Order::TrackModel { model } => lifecycle::track(item, model, found, at, ground.policy),
        Order::Select(number) => lifecycle::select(item, *number, found, user, at),
        Order::Advance => lifecycle::advance(item, found, user, at, ground.policy),
        Order::Retreat { stage, reason } => lifecycle::retreat(item, *stage, reason, user, at),
        Order::Drift { measured, note } => lifecycle::drift(item, measured, note, found, user, at),
    }
}

fn kind_of(item: &Item) -> Result<Kind, Refusal> {
    item.kind
        .map(|classified| classified.kind)
        .ok_or(Refusal::NoKind)
}

pub(super) fn open_kind(item: &Item) -> Result<Kind, Refusal> {
    let kind = kind_of(item)?;
    if item.closed.is_some() {
        Err(Refusal::Closed)
    } else {
        Ok(kind)
    }
}

pub(super) fn exploration(item: &Item) -> Result<Kind, Refusal> {
    let kind = kind_of(item)?;
    if kind.is_exploration() {
        Ok(kind)
    } else {
        Err(Refusal::WrongKind { kind })
    }
}

pub(super) fn experiment(item: &Item) -> Result<(), Refusal> {
    match kind_of(item)? {
        Kind::Experiment => Ok(()),
        kind @ (Kind::Research | Kind::Development | Kind::Maintenance) => {
            Err(Refusal::WrongKind { kind })
        }
    }
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
