//! Moving from stage to stage: who asks, what stands in the way, and what a new stage brings.

use jiff::Timestamp;

use super::Ground;
use crate::domain::actor::User;
use crate::domain::fact::CloseReason;
use crate::domain::guards;
use crate::domain::item::{Closed, FrozenFields, Item, Move, Refusal};
use crate::domain::kind::{Kind, Stage};
use crate::domain::order::BoxLength;
use crate::domain::policy::Policy;
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::Span;

/// Somebody asks for a stage. What is already there is granted.
pub(super) fn ask(
    item: &mut Item,
    to: Stage,
    by: Option<&User>,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    let Some(classified) = item.kind else {
        return Err(Refusal::NoKind);
    };
    if !Stage::track(classified.kind).contains(&to) {
        return Err(Refusal::NotOnTrack {
            kind: classified.kind,
        });
    }
    if item.closed.is_some() {
        return if to == item.stage {
            Ok(())
        } else {
            Err(Refusal::Closed)
        };
    }
    if to == item.stage && !is_to_be_activated(item, to) {
        return Ok(());
    }
    // Who goes straight to analysis becomes active on the way: what is tested is fixed before the
    // results come in, whichever way is taken.
    let activates = to == Stage::Active || skips_active(item, to);
    let on_the_way = if activates { Stage::Active } else { to };
    let rules = guards::enforced(guards::broken_by_entering(item, on_the_way), ground.policy);
    if !rules.is_empty() {
        return Err(Refusal::Guards {
            rules,
            stays: item.stage,
        });
    }
    if activates {
        activate(item, at, ground.policy)?;
        item.was_active = true;
    }
    enter(item, to, at, by.cloned());
    if to == Stage::Done {
        item.closed = Some(Closed {
            how: CloseReason::Completed,
            at,
        });
    }
    Ok(())
}

/// Research or an experiment that never was active is to be analysed or decided.
fn skips_active(item: &Item, to: Stage) -> bool {
    let explores = item.kind.is_some_and(|it| it.kind.is_exploration());
    explores && !item.was_active && matches!(to, Stage::Analysis | Stage::Decision)
}

/// A pull request or an assignment moves the item on, unless an enforced rule is in the way, which
/// then has something to say in the status comment.
pub(super) fn advance_quietly(item: &mut Item, to: Stage, at: Timestamp, policy: &Policy) {
    if guards::enforced(guards::broken_by_entering(item, to), policy).is_empty() {
        enter(item, to, at, None);
    } else {
        item.held_back = Some(to);
    }
}

/// What was held back goes on once nothing is in its way any more.
pub(super) fn try_again(item: &mut Item, at: Timestamp, policy: &Policy) {
    let Some(to) = item.held_back.filter(|_| item.closed.is_none()) else {
        return;
    };
    let on_track = item
        .kind
        .is_some_and(|classified| Stage::track(classified.kind).contains(&to));
    if on_track {
        advance_quietly(item, to, at, policy);
    } else {
        item.held_back = None;
    }
}

/// A change of kind maps the stage and leaves an active item without a box, and an experiment with
/// nothing frozen; asking for the stage where it is makes up for that.
fn is_to_be_activated(item: &Item, to: Stage) -> bool {
    let experiment = item
        .kind
        .is_some_and(|classified| classified.kind == Kind::Experiment);
    to == Stage::Active && (item.timebox.is_none() || (experiment && item.frozen.is_none()))
}

/// Freezes hypothesis and metric and starts the box; both happen once, and the clock of a box
/// that has started goes on.
fn activate(item: &mut Item, at: Timestamp, policy: &Policy) -> Result<(), Refusal> {
    start_box(item, at, policy)?;
    let experiment = item
        .kind
        .is_some_and(|classified| classified.kind == Kind::Experiment);
    if experiment && item.frozen.is_none() {
        item.frozen = Some(FrozenFields {
            at,
            hypothesis: item.fields.hypothesis.clone(),
            metric: item.fields.metric.clone(),
            baseline: item.fields.baseline.clone(),
            digest: item.digest_to_freeze(),
            text_digest: item.text_digest.clone(),
            amendments: Vec::new(),
        });
    }
    Ok(())
}

/// Starts the box, if there is a length for one and none has started. One that a change of kind
/// had stopped goes on: a kind there and back gives nobody more time.
pub(super) fn start_box(item: &mut Item, at: Timestamp, policy: &Policy) -> Result<(), Refusal> {
    if item.timebox.is_none() && item.box_interrupted {
        item.timebox = item.earlier_boxes.pop();
        item.box_interrupted = false;
        if let Some(timebox) = item.timebox.as_mut() {
            timebox.go_on(at);
            if item.blocked.is_some() {
                timebox.pause(at);
            }
        }
    }
    if item.timebox.is_none()
        && let Some(length) = item.box_length.as_ref()
    {
        let span = resolve(length, policy)?;
        let mut timebox = TimeBox::start(&policy.calendar, span, policy.timeboxes.remind_at, at);
        timebox.terms = policy.timeboxes.extensions.clone();
        timebox.preset = preset_of(length, span, policy);
        if item.blocked.is_some() {
            timebox.pause(at);
        }
        item.timebox = Some(timebox);
    }
    Ok(())
}

/// What a preset's name stands for here.
pub(super) fn resolve(length: &BoxLength, policy: &Policy) -> Result<Span, Refusal> {
    match length {
        BoxLength::Span(span) => Ok(*span),
        BoxLength::Preset(name) => {
            let presets = &policy.timeboxes.presets;
            presets
                .get(name)
                .copied()
                .ok_or_else(|| Refusal::NoSuchPreset {
                    name: name.clone(),
                    presets: presets.keys().cloned().collect(),
                })
        }
    }
}

/// The policy's name for a length, however it was asked for.
fn preset_of(length: &BoxLength, span: Span, policy: &Policy) -> Option<String> {
    match length {
        BoxLength::Preset(name) => Some(name.clone()),
        BoxLength::Span(_) => {
            let presets = policy.timeboxes.presets.iter();
            let same = |(_, preset): &(&String, &Span)| {
                policy.calendar.work(**preset) == policy.calendar.work(span)
            };
            presets.filter(same).map(|(name, _)| name.clone()).next()
        }
    }
}

/// Puts the item into a stage and keeps the move on record.
pub(super) fn enter(item: &mut Item, to: Stage, at: Timestamp, by: Option<User>) {
    item.stage_label_off_at = None;
    item.held_back = None;
    item.tripped = false;
    // A pull request that is ready for review at once skips being in progress.
    if matches!(to, Stage::Active | Stage::InProgress | Stage::InReview) {
        item.was_active = true;
    }
    if item.stage == to {
        return;
    }
    item.stage = to;
    item.stage_since = Some(at);
    item.moves.push(Move { at, to, by });
}
