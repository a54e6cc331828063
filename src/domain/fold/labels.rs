//! Labels that ask and labels that tell (product §2). A label that asks is guarded like the
//! command of the same meaning; one that tells is labhand's own, and is quietly put back.

use jiff::{SignedDuration, Timestamp};

use super::{Ground, RESTORATIONS_AN_HOUR, boxes, kinds, notify_once, orders, pulls, stages};
use crate::domain::actor::Actor;
use crate::domain::item::{Item, NoticeKind, Refusal};
use crate::domain::kind::{KindSource, Stage};
use crate::domain::labels::Label;
use crate::domain::policy::Rule;

/// A person set a label.
pub(super) fn put_on(
    item: &mut Item,
    label: &str,
    by: Option<&Actor>,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    let Some(label) = Label::parse(label) else {
        return;
    };
    match label {
        Label::Kind(kind) => {
            kinds::set(item, kind, KindSource::Stated, at, ground.policy);
        }
        Label::Stage(stage) => ask_for_stage(item, stage, by, at, ground),
        Label::Bucket(bucket) => item.bucket = Some(bucket),
        Label::Phase(phase) => item.phase = Some(phase),
        Label::Points(points) => {
            if orders::size(item, points, ground.policy).is_err() {
                refuse_once(item, at, NoticeKind::PointsRefused);
            }
        }
        // Like the command, it asks for nothing where there is nothing left to wait.
        Label::Blocked if item.closed.is_some() => {}
        Label::Blocked => boxes::block(item, None, at),
        Label::Handoff if item.is_pull => pulls::begin_handoff(item, at),
        Label::Model(model) => {
            item.models.insert(model);
        }
        Label::Handoff | Label::Board => {}
        // Those that a template puts on a new issue are simply taken off.
        Label::Lifecycle(_) | Label::Timebox(_) | Label::Outcome(_) | Label::NeedsFindings
            if is_new(item, at) => {}
        Label::Lifecycle(_) | Label::Timebox(_) | Label::Outcome(_) | Label::NeedsFindings => {
            disturbed(item, at);
        }
    }
}

/// A person took a label off.
pub(super) fn taken_off(item: &mut Item, label: &str, at: Timestamp) {
    let Some(label) = Label::parse(label) else {
        return;
    };
    match label {
        Label::Kind(kind) => {
            if item.kind.is_some_and(|classified| classified.kind == kind) {
                kinds::opt_out(item);
            }
        }
        Label::Stage(stage) => {
            if item.kind.is_some() && item.stage == stage {
                item.stage_label_off_at = Some(at);
            }
        }
        Label::Bucket(bucket) => item.bucket = item.bucket.filter(|mine| *mine != bucket),
        Label::Phase(phase) => item.phase = item.phase.filter(|mine| *mine != phase),
        Label::Points(points) => item.points = item.points.filter(|mine| *mine != points),
        Label::Blocked => {
            boxes::unblock(item, at);
        }
        Label::Handoff => pulls::label_off(item),
        Label::Model(model) => {
            item.models.remove(&model);
        }
        Label::Board => {}
        Label::Lifecycle(_) | Label::Timebox(_) | Label::Outcome(_) | Label::NeedsFindings => {
            disturbed(item, at);
        }
    }
}

/// Whether this is the second of its creation, or what follows at once: GitHub tells of a label that
/// was set at creation twice.
fn is_new(item: &Item, at: Timestamp) -> bool {
    const AT_ONCE: SignedDuration = SignedDuration::from_secs(3);
    let settled = item.created_at.and_then(|it| it.checked_add(AT_ONCE).ok());
    settled.is_none_or(|settled| at <= settled)
}

/// Somebody changed a label that is labhand's output; it is put back unless that was too often.
fn disturbed(item: &mut Item, at: Timestamp) {
    if item.kind.is_some() || item.home.is_some() {
        item.disturbed.push(at);
        item.yielded = item.disturbed.len() > RESTORATIONS_AN_HOUR;
    }
}

/// GitHub was asked which labels are there: one stage label that differs is a request, whose
/// event tied with another.
pub(super) fn observe(item: &mut Item, labels: &[String], at: Timestamp, ground: &Ground<'_>) {
    let stages: Vec<Stage> = labels
        .iter()
        .filter_map(|label| match Label::parse(label) {
            Some(Label::Stage(stage)) => Some(stage),
            Some(_) | None => None,
        })
        .collect();
    if let [stage] = stages[..]
        && item.kind.is_some()
        && stage != item.stage
    {
        ask_for_stage(item, stage, None, at, ground);
    }
}

/// A stage that is refused is said once, and the view puts the old label back.
fn ask_for_stage(
    item: &mut Item,
    to: Stage,
    by: Option<&Actor>,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    item.stage_label_off_at = None;
    let missing = match stages::ask(item, to, by.map(|actor| &actor.user), at, ground) {
        Err(Refusal::Guards { rules, .. }) => rules,
        // A preset that the policy does not know is no length.
        Err(Refusal::NoSuchPreset { .. }) => vec![Rule::ExplorationNeedsTimebox],
        Err(Refusal::NotOnTrack { .. }) => Vec::new(),
        // Granted; or, without a kind or closed, nothing that a label could ask for.
        Ok(()) | Err(_) => return,
    };
    let stays = item.stage;
    refuse_once(item, at, NoticeKind::StageRefused { to, missing, stays });
}

/// Says once that a label is refused, however often GitHub tells of it.
fn refuse_once(item: &mut Item, at: Timestamp, what: NoticeKind) {
    let lately = at.checked_sub(REPEATED_REQUEST).unwrap_or(Timestamp::MIN);
    if !item
        .notices
        .iter()
        .any(|notice| notice.what == what && notice.at >= lately)
    {
        notify_once(item, at, what);
    }
}

/// GitHub sends a label that was set at creation twice, in `opened` and as `labeled`, at times
/// that may differ by seconds; a refusal within this time is the same refusal.
const REPEATED_REQUEST: SignedDuration = SignedDuration::from_secs(60);
