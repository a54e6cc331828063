//! Issues of labhand's own: the board, and those that follow from decisions.

use std::collections::BTreeMap;

use crate::domain::policy::Policy;
use crate::forge::{Call, Shown};

use super::super::slots;
use super::super::wanted::{KnownLabels, WantedBoard, WantedIssue};
use super::{BOARD_LABEL, Names, board_digest, definition, with_marker};

/// The calls that make the board issue show what is wanted. It is the issue that the policy names,
/// or one of our own.
pub fn diff_board(
    shown: &Shown,
    wanted: &WantedBoard,
    known: &KnownLabels,
    renames: &BTreeMap<String, String>,
) -> Vec<Call> {
    let mut calls = board_text(shown, wanted, known, renames);
    if let Some(board) = &shown.board {
        let unsaid = wanted
            .comments
            .iter()
            .filter(|(slot, _)| !shown.comments.contains_key(*slot));
        calls.extend(unsaid.map(|(slot, text)| Call::CreateComment {
            number: board.number,
            slot: slot.clone(),
            body: with_marker(text, slot),
        }));
    }
    calls
}

/// The board itself.
fn board_text(
    shown: &Shown,
    wanted: &WantedBoard,
    known: &KnownLabels,
    renames: &BTreeMap<String, String>,
) -> Vec<Call> {
    let slot = slots::board();
    let body = with_marker(&wanted.text, &slot);
    let there = shown.board.as_ref();
    match (wanted.issue, there) {
        (named, Some(board)) if named.is_none_or(|number| number == board.number) => {
            let current = board.digest == board_digest(&body);
            let number = board.number;
            if current {
                Vec::new()
            } else {
                vec![Call::EditIssue { number, body }]
            }
        }
        (Some(number), _) => vec![Call::EditIssue { number, body }],
        (None, _) => {
            let names = Names { known, renames };
            let defined = known.contains_key(BOARD_LABEL);
            let label = definition(BOARD_LABEL, &names).filter(|_| !defined);
            let create = Call::CreateIssue {
                slot,
                title: wanted.title.clone(),
                body,
                labels: vec![names.on_github(BOARD_LABEL)],
            };
            label
                .map(Call::CreateLabel)
                .into_iter()
                .chain([create])
                .collect()
        }
    }
}

/// The calls that open an issue, its labels first where they are not defined. Whether it is there,
/// the state says and not what is shown.
/// The policy is that of the repository in which it is opened.
pub fn open_issue(wanted: &WantedIssue, known: &KnownLabels, policy: &Policy) -> Vec<Call> {
    let names = Names {
        known,
        renames: &policy.labels,
    };
    let body = match policy.prefix.as_deref() {
        Some(prefix) => super::super::respelled(&wanted.body, prefix),
        None => wanted.body.clone(),
    };
    let undefined = wanted
        .labels
        .iter()
        .filter(|label| !known.contains_key(*label));
    let mut calls: Vec<Call> = undefined
        .filter_map(|label| definition(label, &names))
        .map(Call::CreateLabel)
        .collect();
    calls.push(Call::CreateIssue {
        slot: wanted.slot.clone(),
        title: wanted.title.clone(),
        body: with_marker(&body, &wanted.slot),
        labels: wanted
            .labels
            .iter()
            .map(|label| names.on_github(label))
            .collect(),
    });
    calls
}
