//! What GitHub shows, as far as it was heard: the latest that was told of each label counts.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::kept::Repository;
use crate::domain::fact::{Snapshot, What};
use crate::domain::ids::CommentId;
use crate::domain::labels::Label;
use crate::forge::{LabelShown, Picture, Shown};

/// The labels that were there and are no more, where an event shows all that are left.
pub(super) fn vanished(
    shown: &Shown,
    left: &Snapshot,
    repository: &Repository,
) -> BTreeSet<String> {
    let left = left.labels.iter().map(|label| repository.canonical(label));
    let left: BTreeSet<String> = left.collect();
    let there = shown.labels.iter().filter(|(_, label)| label.there);
    there
        .map(|(label, _)| label.clone())
        .filter(|label| !left.contains(label))
        .collect()
}

fn note_canonical(shown: &mut Shown, label: &str, there: bool, at: Timestamp) {
    if Label::parse(label).is_none() {
        return;
    }
    let known = shown.labels.entry(label.to_owned());
    let known = known.or_insert(LabelShown { there, at });
    if at >= known.at {
        *known = LabelShown { there, at };
    }
}

/// What is shown now: the latest that was heard of each of our labels counts.
pub(super) fn note_labels(shown: &mut Shown, what: &What, at: Timestamp, repository: &Repository) {
    let mut note = |label: &str, there: bool| {
        note_canonical(shown, &repository.canonical(label), there, at);
    };
    match what {
        What::Labeled { label } => note(label, true),
        What::Unlabeled { label } => note(label, false),
        What::Opened(snapshot) => {
            for label in &snapshot.labels {
                note(label, true);
            }
        }
        What::Observed(snapshot) => {
            let labels = snapshot.labels.iter();
            let there: BTreeSet<String> = labels.map(|label| repository.canonical(label)).collect();
            let known: Vec<String> = shown.labels.keys().cloned().collect();
            for label in there.iter().chain(&known) {
                note_canonical(shown, label, there.contains(label), at);
            }
        }
        What::Seen(_)
        | What::Adopted
        | What::Closed { .. }
        | What::Reopened
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::Pull(_)
        | What::PullRead { .. }
        | What::PolicyTried { .. }
        | What::EvidenceAt { .. }
        | What::CardRead { .. }
        | What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::ClosesProduct { .. }
        | What::CarriedOver(_)
        | What::MilestoneIs { .. }
        | What::FollowsUp(_)
        | What::FollowedBy { .. }
        | What::Tried { .. }
        | What::Arrived { .. }
        | What::Moved { .. }
        | What::Gone => {}
    }
}

/// Whether it is open: what is told late is not what is so now.
pub(super) fn note_state(shown: &mut Shown, what: &What, at: Timestamp) {
    let open = match what {
        What::Closed { .. } => false,
        What::Reopened => true,
        What::Opened(snapshot) | What::Observed(snapshot) => snapshot.closed.is_none(),
        What::Seen(snapshot) if shown.open.is_none() => snapshot.closed.is_none(),
        What::Seen(_)
        | What::Adopted
        | What::Labeled { .. }
        | What::Unlabeled { .. }
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::Pull(_)
        | What::PullRead { .. }
        | What::PolicyTried { .. }
        | What::EvidenceAt { .. }
        | What::CardRead { .. }
        | What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::ClosesProduct { .. }
        | What::CarriedOver(_)
        | What::MilestoneIs { .. }
        | What::FollowsUp(_)
        | What::FollowedBy { .. }
        | What::Tried { .. }
        | What::Arrived { .. }
        | What::Moved { .. }
        | What::Gone => return,
    };
    if shown.open_as_of.is_none_or(|as_of| as_of <= at) {
        shown.open = Some(open);
        shown.open_as_of = Some(at);
    }
}

/// A comment of our own reads otherwise than as we left it: how, is read before it is written over.
pub(super) fn unsettle(shown: &mut Shown, comment: CommentId) {
    let said = shown.comments.values_mut();
    for said in said.filter(|said| said.id == Some(comment)) {
        said.digest.clear();
    }
}

/// How it looks now, apart from its labels. What only our own event shows was not heard of: the next
/// sweep has to find it.
pub(super) fn note_picture(shown: &mut Shown, what: &What, at: Timestamp, heard: bool) {
    let (What::Opened(snapshot) | What::Seen(snapshot) | What::Observed(snapshot)) = what else {
        return;
    };
    shown.opening_heard |= matches!(what, What::Opened(_));
    let now = Picture::of(snapshot, at);
    let newer = |before: &Picture| before.at <= at && (heard || before.digest == now.digest);
    if shown.picture.as_ref().map_or(heard, newer) {
        shown.picture = Some(now);
    }
}

/// Takes over all that GitHub says of an item's labels and state, after it was asked.
pub(super) fn note_observed(shown: &mut Shown, snapshot: &Snapshot, at: Timestamp) {
    for known in shown.labels.values_mut() {
        *known = LabelShown { there: false, at };
    }
    for label in &snapshot.labels {
        if Label::parse(label).is_some() {
            shown
                .labels
                .insert(label.clone(), LabelShown { there: true, at });
        }
    }
    shown.open = Some(snapshot.closed.is_none());
    shown.open_as_of = Some(at);
}
