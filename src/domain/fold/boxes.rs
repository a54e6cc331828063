//! Time boxes: their length, their pauses, and more time for them (product §3).

use jiff::Timestamp;

use super::orders::{exploration, open_kind};
use super::{Ground, may, stages};
use crate::domain::actor::{Actor, Needs, User};
use crate::domain::item::{Blocked, FieldName, Item, Refusal};
use crate::domain::kind::Stage;
use crate::domain::order::BoxLength;
use crate::domain::policy::{ExtendedBy, Policy};
use crate::domain::timebox::NoExtension;
use crate::domain::worktime::Span;

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
    let Some(blocked) = item.blocked.take() else {
        return false;
    };
    item.earlier_blocks
        .push((blocked.since, at.max(blocked.since)));
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.resume(at);
    }
    true
}

pub(super) fn set_box(
    item: &mut Item,
    length: &BoxLength,
    at: Timestamp,
    policy: &Policy,
) -> Result<(), Refusal> {
    exploration(item)?;
    open_kind(item)?;
    if item.timebox.is_some() || item.box_interrupted {
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

/// `/extend D reason`: by whom and how far, the policy says that was in force when the box
/// started. An experiment that the end of its box had moved to analysis is active again.
pub(super) fn extend(
    item: &mut Item,
    span: Span,
    reason: &str,
    actor: &Actor,
    at: Timestamp,
    ground: &Ground<'_>,
) -> Result<(), Refusal> {
    exploration(item)?;
    open_kind(item)?;
    let Some(timebox) = item.timebox.as_ref() else {
        return Err(Refusal::NoBox);
    };
    let needs = match timebox.terms.by {
        ExtendedBy::Lead => Needs::Lead,
        ExtendedBy::Triage => Needs::Triage,
    };
    if !may(actor, needs, item, ground) {
        return Err(Refusal::Permission(needs));
    }
    let is_actor = |user: &User| user.id == actor.user.id;
    let own = item.assignees.iter().any(is_actor);
    if own && timebox.terms.not_by_assignee && !actor.standing.only_lead {
        return Err(Refusal::OwnBox);
    }
    if timebox.stopped {
        return Err(Refusal::BoxStopped);
    }
    let Some(timebox) = item.timebox.as_mut() else {
        return Err(Refusal::NoBox);
    };
    timebox
        .extend(span, &actor.user, reason, at)
        .map_err(|why| match why {
            NoExtension::Spent(most) => Refusal::ExtensionsSpent { most },
            NoExtension::TooLong(most) => Refusal::ExtensionTooLong {
                most,
                percent: timebox.terms.at_most,
                day: timebox.calendar.day_length(),
            },
        })?;
    if item.tripped && item.stage == Stage::Analysis {
        stages::enter(item, Stage::Active, at, Some(actor.user.clone()));
    }
    Ok(())
}
