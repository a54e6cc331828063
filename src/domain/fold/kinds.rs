//! How an item gets its kind, and what happens when the kind changes (product §1).

use jiff::Timestamp;

use super::{Ground, stages};
use crate::domain::classify;
use crate::domain::item::{Classified, FieldName, Item, Move};
use crate::domain::kind::{Kind, KindSource, Stage};
use crate::domain::labels::Label;
use crate::domain::order::BoxLength;
use crate::domain::policy::Policy;

/// Finds the kind by what the item itself says; what a person has stated outranks it.
pub(super) fn classify(
    item: &mut Item,
    labels: &[String],
    issue_type: Option<&str>,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    if item.opted_out
        || item
            .kind
            .is_some_and(|kind| kind.source == KindSource::Stated)
    {
        read_title_box(item);
        return;
    }
    let labelled = labels.iter().find_map(|label| match Label::parse(label) {
        Some(Label::Kind(kind)) => Some(kind),
        Some(_) | None => None,
    });
    // A kind label that is there without a kind was set at creation, or before labhand came; only
    // the former is a request that counts by itself.
    if item.kind.is_none()
        && item.taken_in
        && let Some(kind) = labelled
    {
        set(item, kind, KindSource::Stated, at, ground.policy);
        read_title_box(item);
        return;
    }
    if !item.taken_in || item.is_pull {
        return;
    }
    let by_type = issue_type.and_then(classify::by_issue_type);
    if let Some(kind) = by_type {
        set(item, kind, KindSource::IssueType, at, ground.policy);
    } else if let Some(guess) = classify::by_title(&item.title, ground.policy.infer) {
        set(item, guess.kind, guess.source, at, ground.policy);
        item.bucket = item.bucket.or(guess.bucket);
    }
    read_title_box(item);
}

/// A box named in the title, `(2 days)`, counts until a command or the text names another.
fn read_title_box(item: &mut Item) {
    let exploration = item
        .kind
        .is_some_and(|classified| classified.kind.is_exploration());
    if !exploration
        || item.box_length.is_some()
        || item.fields.by_command.contains(&FieldName::Timebox)
    {
        return;
    }
    item.box_length = classify::box_in_title(&item.title).map(BoxLength::Span);
}

/// Gives the item a kind. On a change the stage is mapped by its position, a box stops, points on
/// exploration are dropped, and history stays.
pub(super) fn set(item: &mut Item, kind: Kind, source: KindSource, at: Timestamp, policy: &Policy) {
    let before = item
        .kind
        .map(|classified| classified.kind)
        .or(item.former_kind.take());
    item.kind = Some(Classified { kind, source });
    item.opted_out = false;
    match before {
        None => {
            item.stage = first_stage(item, kind);
            item.stage_since = Some(at);
            item.taken_up_at = item.taken_up_at.or(Some(at));
            if item.stage == Stage::Todo && !item.assignees.is_empty() && item.closed.is_none() {
                stages::advance_quietly(item, Stage::InProgress, at, policy);
            }
        }
        Some(before) if before == kind => return,
        Some(_) => {
            let to = match item.stage.mapped_to(kind) {
                // What still waits for its decision is not done because it is called otherwise.
                Stage::Done if item.closed.is_none() => Stage::InReview,
                to => to,
            };
            item.tripped = false;
            if item.stage != to {
                item.stage = to;
                item.stage_since = Some(at);
                item.moves.push(Move { at, to, by: None });
            }
            if let Some(mut timebox) = item.timebox.take() {
                item.box_interrupted = !timebox.stopped;
                timebox.stop(at);
                item.earlier_boxes.push(timebox);
            }
        }
    }
    if kind.is_exploration() {
        item.points = None;
    }
    read_title_box(item);
}

/// Where a new item begins: what is closed already is at its end.
fn first_stage(item: &Item, kind: Kind) -> Stage {
    let done = item
        .closed
        .as_ref()
        .is_some_and(|closed| closed.how.is_done());
    let position = if done && !kind.is_exploration() { 3 } else { 0 };
    Stage::track(kind)[position]
}

/// A person took the kind label off: the issue is left alone until somebody states a kind.
pub(super) fn opt_out(item: &mut Item) {
    item.former_kind = item.kind.take().map(|classified| classified.kind);
    item.opted_out = true;
}
