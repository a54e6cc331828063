//! A push to a hand-off: a signature stands for what was signed, so where its file is another one
//! now, that signature ends, and that one alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::backing::is_link;
use super::{Handoff, Signature};
use crate::domain::actor::User;
use crate::domain::evidence::Evidence;
use crate::domain::ids::CommitSha;

/// A signature that a push has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// Whose it was.
    pub by: User,
    /// The push's head commit.
    pub head: CommitSha,
    /// When.
    pub at: Timestamp,
    /// The signed path whose content changed; `None`: it had no evidence, and the policy is strict.
    pub path: Option<String>,
}

impl Handoff {
    /// Another commit is the head now. Commits are compared by the content of what was signed, so it
    /// does not matter whether somebody pushed on, rebased or went back.
    pub(in super::super) fn pushed(
        &mut self,
        head: &CommitSha,
        strict: bool,
        known: &mut Evidence,
        at: Timestamp,
    ) {
        for mark in self.marks.values_mut() {
            let ended: Vec<_> = mark
                .signed
                .iter()
                .filter(|(_, signature)| !stands(signature, head, strict, known))
                .map(|(side, _)| *side)
                .collect();
            for side in ended {
                if let Some(signature) = mark.signed.remove(&side) {
                    let voided = Voided {
                        by: signature.by,
                        head: head.clone(),
                        at,
                        path: signature.evidence,
                    };
                    mark.voided.insert(side, voided);
                }
            }
        }
        // What is still missing in the card is told of the file as it is now.
        if let Some(card) = self.card.as_mut()
            && let Some(there) = known.look(head, &card.path)
        {
            let file = there.filter(|thing| !thing.is_folder);
            card.object = file.map(|thing| thing.object.clone());
            card.head = head.clone();
            if let Some(object) = &card.object {
                known.card(object, head, &card.path);
            }
        }
    }
}

/// Whether a signature stands at another head. What is not read yet is asked for, and stands until it
/// is: nothing is shown before.
fn stands(signature: &Signature, head: &CommitSha, strict: bool, known: &mut Evidence) -> bool {
    match signature.evidence.as_deref() {
        None => !strict,
        Some(link) if is_link(link) => true,
        Some(path) => match known.look(head, path) {
            None => true,
            Some(there) => there.map(|thing| &thing.object) == signature.object.as_ref(),
        },
    }
}
