//! What is wanted minus what is shown is what has to be done. Both functions are pure, and after
//! all calls were made and recorded with [`done`], the next difference is empty.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::command::ticks;
use crate::domain::ids::{CommentId, CommitSha, ItemNumber};
use crate::domain::labels::{self, Label};
use crate::forge::{
    BoardShown, Call, Check, CheckShown, CommentShown, Conclusion, Done, LabelShown, LabelSpec,
    Reaction, ReleaseCall, Shown, Slot, annotations_digest, digest,
};

use super::board::compared;
use super::slots;
use super::wanted::{KnownLabels, Openness, Said, Wanted};

mod issues;
mod releases;

pub use issues::{diff_board, open_issue};
pub use releases::{ReleaseStep, next_for_release, without_file};

/// The board issue's label, canonically.
pub const BOARD_LABEL: &str = "labhand/board";

/// The calls that make GitHub show what is wanted, in the order in which people should see them:
/// 👀 first, then the gates, labels, words, and what all of it led to last.
pub fn diff(
    shown: &Shown,
    wanted: &Wanted,
    number: ItemNumber,
    known: &KnownLabels,
    renames: &BTreeMap<String, String>,
) -> Vec<Call> {
    let (taken, answered) = reactions(shown, wanted, number);
    let names = Names { known, renames };
    let mut calls = taken;
    calls.extend(checks(shown, wanted));
    calls.extend(label_calls(shown, wanted, number, &names));
    calls.extend(comments(shown, wanted, number));
    calls.extend(openness(shown, wanted, number));
    calls.extend(answered);
    calls
}

/// Records in `shown` that a call was made. `at` is when, by GitHub's clock as far as it is known.
pub fn done(
    shown: &mut Shown,
    call: &Call,
    done: &Done,
    at: Timestamp,
    known: &KnownLabels,
    renames: &BTreeMap<String, String>,
) {
    let names = Names { known, renames };
    match call {
        Call::CreateLabel(_) => {}
        Call::AddLabels { labels, .. } => {
            for label in labels {
                let there = LabelShown { there: true, at };
                shown.labels.insert(names.canonical(label), there);
            }
        }
        Call::RemoveLabel { label, .. } => {
            let gone = LabelShown { there: false, at };
            shown.labels.insert(names.canonical(label), gone);
        }
        Call::CreateComment { slot, body, .. } => {
            let made = match done {
                Done::Comment(made) => Some(made.clone()),
                Done::Nothing
                | Done::Label(_)
                | Done::Check(_)
                | Done::Issue(_)
                | Done::Release(_) => None,
            };
            let digest = digest(body);
            if *slot == slots::checklist() {
                shown.boxes = ticks::boxes(body);
            }
            let said = CommentShown {
                id: made.as_ref().map(|made| made.id),
                node: made.map(|made| made.node).unwrap_or_default(),
                digest,
            };
            shown.comments.insert(slot.clone(), said);
        }
        Call::EditComment { comment, body } => {
            let edited = shown
                .comments
                .iter_mut()
                .find(|(_, said)| said.id == Some(*comment));
            if let Some((slot, said)) = edited {
                said.digest = digest(body);
                if *slot == slots::checklist() {
                    shown.boxes = ticks::boxes(body);
                }
            }
        }
        Call::React {
            comment, reaction, ..
        } => {
            let key = comment.map_or(0, |CommentId(id)| id);
            shown.reactions.entry(key).or_default().insert(*reaction);
        }
        Call::Close { .. } | Call::Reopen { .. } => {
            shown.open = Some(matches!(call, Call::Reopen { .. }));
            shown.open_as_of = Some(at);
        }
        Call::WriteCheck { existing, check } => {
            let id = match done {
                Done::Check(id) => *id,
                Done::Nothing
                | Done::Label(_)
                | Done::Comment(_)
                | Done::Issue(_)
                | Done::Release(_) => existing.unwrap_or(0),
            };
            let digest = check_digest(check);
            let there = CheckShown {
                id,
                digest,
                annotations: annotations_digest(&check.annotations),
            };
            shown.checks.insert(check_key(check), there);
        }
        Call::CreateIssue { body, .. } => {
            if let Done::Issue(number) = done {
                shown.board = Some(BoardShown {
                    number: *number,
                    digest: board_digest(body),
                });
            }
        }
        Call::EditIssue { number, body } => {
            shown.board = Some(BoardShown {
                number: *number,
                digest: board_digest(body),
            });
        }
        Call::Release(call) => releases::release_done(shown, call, done),
        Call::Tag(tag) => releases::tag_done(shown, tag),
    }
}

/// Records in `shown` what a creation had made whose answer was lost. It may have been another
/// text that was wanted then, so what counts is the `text` that is there, where that can be read.
pub fn found(shown: &mut Shown, call: &Call, made: &Done, text: Option<&str>, at: Timestamp) {
    done(shown, call, made, at, &KnownLabels::new(), &BTreeMap::new());
    match call {
        Call::CreateComment { slot, .. } => {
            if let Some(said) = shown.comments.get_mut(slot) {
                said.digest = text.map(digest).unwrap_or_default();
            }
        }
        Call::WriteCheck { check, .. } => {
            if let Some(there) = shown.checks.get_mut(&check_key(check)) {
                there.digest = String::new();
            }
        }
        Call::CreateIssue { .. } => {
            if let Some(board) = shown.board.as_mut() {
                board.digest = text.map(board_digest).unwrap_or_default();
            }
        }
        Call::CreateLabel(_)
        | Call::AddLabels { .. }
        | Call::RemoveLabel { .. }
        | Call::EditComment { .. }
        | Call::React { .. }
        | Call::Close { .. }
        | Call::Reopen { .. }
        | Call::EditIssue { .. }
        | Call::Release(_)
        | Call::Tag(_) => {}
    }
}

/// Records in `shown` that nothing came of a call. What was to be changed and is `missing` can be
/// created anew, since somebody has deleted it; everything else rests, see [`is_refused`].
pub fn undone(shown: &mut Shown, call: &Call, missing: bool, at: Timestamp) {
    match call {
        Call::EditComment { comment, .. } if missing => {
            for said in shown.comments.values_mut() {
                said.id = said.id.filter(|id| id != comment);
            }
            return;
        }
        Call::WriteCheck {
            existing: Some(_),
            check,
        } if missing => {
            shown.checks.remove(&check_key(check));
            return;
        }
        // Where the policy names the issue, there is no other to draw in.
        Call::EditIssue { .. } if missing => shown.board = None,
        // It may be there under another address; to this one the call rests all the same.
        Call::Release(ReleaseCall::Attach { .. } | ReleaseCall::Publish { .. }) if missing => {
            shown.release = None;
        }
        Call::CreateLabel(_)
        | Call::AddLabels { .. }
        | Call::RemoveLabel { .. }
        | Call::CreateComment { .. }
        | Call::EditComment { .. }
        | Call::React { .. }
        | Call::Close { .. }
        | Call::Reopen { .. }
        | Call::WriteCheck { .. }
        | Call::CreateIssue { .. }
        | Call::EditIssue { .. }
        | Call::Release(_)
        | Call::Tag(_) => {}
    }
    shown.refused.retain(|_, refused| *refused + REST > at);
    shown.refused.insert(call_digest(call), at);
}

/// Whether nothing came of this very call a short while ago: what GitHub refuses it refuses again,
/// and each time would cost a call.
pub fn is_refused(shown: &Shown, call: &Call, now: Timestamp) -> bool {
    let refused = shown.refused.get(&call_digest(call));
    refused.is_some_and(|refused| *refused + REST > now)
}

/// How long a refused call rests; whoever gives the App a permission should see it take effect
/// the same day.
const REST: SignedDuration = SignedDuration::from_hours(1);

fn call_digest(call: &Call) -> String {
    digest(&format!("{call:?}"))
}

/// The digest of the board issue's whole text, without the time at which it was drawn.
pub fn board_digest(body: &str) -> String {
    digest(&compared(body))
}

fn with_marker(text: &str, slot: &Slot) -> String {
    format!("{text}\n\n{}", slot.marker())
}

/// Canonical names of labels and those on GitHub.
struct Names<'a> {
    known: &'a KnownLabels,
    renames: &'a BTreeMap<String, String>,
}

impl Names<'_> {
    fn on_github(&self, canonical: &str) -> String {
        match self.known.get(canonical) {
            Some(spec) => spec.name.clone(),
            None => labels::on_github(canonical, self.renames),
        }
    }

    fn canonical(&self, on_github: &str) -> String {
        let same = |spec: &LabelSpec| spec.name.to_lowercase() == on_github.to_lowercase();
        match self.known.iter().find(|(_, spec)| same(spec)) {
            Some((canonical, _)) => canonical.clone(),
            None => labels::canonical(on_github, self.renames),
        }
    }
}

fn label_calls(shown: &Shown, wanted: &Wanted, number: ItemNumber, names: &Names<'_>) -> Vec<Call> {
    let is_there = |label: &str| shown.labels.get(label).is_some_and(|label| label.there);
    let missing: Vec<&String> = wanted
        .labels
        .iter()
        .filter(|label| !is_there(label))
        .collect();
    let mut calls: Vec<Call> = missing
        .iter()
        .filter(|label| !names.known.contains_key(label.as_str()))
        .filter_map(|label| definition(label, names))
        .map(Call::CreateLabel)
        .collect();
    if !missing.is_empty() {
        calls.push(Call::AddLabels {
            number,
            labels: missing.iter().map(|label| names.on_github(label)).collect(),
        });
    }
    let there = shown.labels.iter().filter(|(_, label)| label.there);
    let unwanted = there.filter(|(label, _)| is_unwanted(label, wanted));
    calls.extend(unwanted.map(|(label, _)| Call::RemoveLabel {
        number,
        label: names.on_github(label),
    }));
    calls
}

fn definition(canonical: &str, names: &Names<'_>) -> Option<LabelSpec> {
    let style = Label::parse(canonical)?.style();
    Some(LabelSpec {
        name: names.on_github(canonical),
        color: style.color.to_owned(),
        description: style.description,
    })
}

/// Named among those that should not be there, itself or by its family (`points/*`).
fn is_unwanted(label: &str, wanted: &Wanted) -> bool {
    let family = label
        .split_once('/')
        .map(|(family, _)| format!("{family}/*"));
    let named = wanted.no_labels.contains(label)
        || family.is_some_and(|family| wanted.no_labels.contains(&family));
    named && !wanted.labels.contains(label)
}

fn comments(shown: &Shown, wanted: &Wanted, number: ItemNumber) -> Vec<Call> {
    let call = |(slot, said): (&Slot, &Said)| {
        let body = with_marker(&said.text, slot);
        let create = |body| Call::CreateComment {
            number,
            slot: slot.clone(),
            body,
        };
        match shown.comments.get(slot) {
            None => Some(create(body)),
            Some(_) if said.once => None,
            Some(there) => {
                let current = there.digest == digest(&body);
                match there.id {
                    Some(_) if current => None,
                    Some(comment) => Some(Call::EditComment { comment, body }),
                    // Somebody has read the answer and thrown it away.
                    None if current && slots::is_reply(slot) => None,
                    None => Some(create(body)),
                }
            }
        }
    };
    // Whoever deletes a comment does not wait for an answer to it.
    let to_nobody =
        |slot: &Slot| slots::answers_to(slot).is_some_and(|id| shown.deleted.contains(&id));
    wanted
        .comments
        .iter()
        .filter(|(slot, _)| !to_nobody(slot))
        .filter_map(call)
        .collect()
}

/// First that comments are taken, then how their commands ended.
fn reactions(shown: &Shown, wanted: &Wanted, number: ItemNumber) -> (Vec<Call>, Vec<Call>) {
    let mut missing: Vec<(u64, Reaction)> = Vec::new();
    let there_still = wanted
        .reactions
        .iter()
        .filter(|(comment, _)| !shown.deleted.contains(comment));
    for (comment, reactions) in there_still {
        let there = shown.reactions.get(comment);
        let is_there = |reaction: &Reaction| there.is_some_and(|there| there.contains(reaction));
        missing.extend(
            reactions
                .iter()
                .filter(|reaction| !is_there(reaction))
                .map(|reaction| (*comment, *reaction)),
        );
    }
    let react = |(comment, reaction): (u64, Reaction)| Call::React {
        number,
        comment: (comment != 0).then_some(CommentId(comment)),
        reaction,
    };
    let (taken, ended): (Vec<_>, Vec<_>) = missing
        .into_iter()
        .partition(|(_, reaction)| *reaction == Reaction::Eyes);
    (
        taken.into_iter().map(react).collect(),
        ended.into_iter().map(react).collect(),
    )
}

fn checks(shown: &Shown, wanted: &Wanted) -> Vec<Call> {
    let call = |check: &Check| {
        let there = shown.checks.get(&check_key(check));
        if there.is_some_and(|there| there.digest == check_digest(check)) {
            return None;
        }
        Some(Call::WriteCheck {
            existing: shown_check(shown, check),
            check: check.clone(),
        })
    };
    wanted.checks.iter().filter_map(call).collect()
}

/// The id of the check run that stands there for a check, whatever it says. Annotations are never
/// taken off a check run again, so one with other annotations than these has to be written anew.
pub fn shown_check(shown: &Shown, check: &Check) -> Option<u64> {
    let there = shown.checks.get(&check_key(check))?;
    let annotated_so = there.annotations == annotations_digest(&check.annotations);
    Some(there.id).filter(|id| *id != 0 && annotated_so)
}

/// What is known of the gate that stands on a commit.
pub fn shown_gate<'a>(shown: &'a mut Shown, head: &CommitSha) -> Option<&'a mut CheckShown> {
    shown
        .checks
        .get_mut(&format!("{}@{head}", super::checks::HANDOFF))
}

fn check_key(check: &Check) -> String {
    format!("{}@{}", check.name, check.sha)
}

fn check_digest(check: &Check) -> String {
    let conclusion = match check.conclusion {
        Conclusion::Success => "success",
        Conclusion::Failure => "failure",
        Conclusion::Neutral => "neutral",
    };
    let mut said = format!("{conclusion}\n{}\n{}", check.title, check.summary);
    for part in [
        annotations_digest(&check.annotations),
        check.comment.map(|it| it.to_string()).unwrap_or_default(),
        buttons_of(check),
    ] {
        if !part.is_empty() {
            said.push('\n');
            said.push_str(&part);
        }
    }
    digest(&said)
}

fn buttons_of(check: &Check) -> String {
    let identifiers = check
        .buttons
        .iter()
        .map(|button| button.identifier.as_str());
    identifiers.collect::<Vec<_>>().join(" ")
}

fn openness(shown: &Shown, wanted: &Wanted, number: ItemNumber) -> Option<Call> {
    match (wanted.state?, shown.open?) {
        (Openness::Closed(how), true) => Some(Call::Close { number, how }),
        (Openness::Open, false) => Some(Call::Reopen { number }),
        (Openness::Open, true) | (Openness::Closed(_), false) => None,
    }
}
