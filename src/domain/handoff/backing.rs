//! What stands behind a signature: a link, which is shown and never fetched, or a path, which has to
//! exist at the head commit.

use super::{CardTried, Entry, SignRefusal};
use crate::domain::evidence::Evidence;
use crate::domain::ids::CommitSha;
use crate::domain::policy::Policy;

/// The entry that is signed with a path, since a model card is read.
pub const MODEL_CARD: &str = "model-card";

/// GitHub's and git's own bound on a path, more or less, in bytes.
const LONGEST_PATH: usize = 1024;

/// Whether evidence has a form that counts, as far as that can be said without looking.
pub(super) fn check_form(
    entry: &Entry,
    evidence: Option<&str>,
    policy: &Policy,
) -> Result<(), SignRefusal> {
    let is_card = entry.slug.as_str() == MODEL_CARD;
    match evidence {
        Some(text) if is_link(text) && !is_card => Ok(()),
        Some(text) if text.contains("://") && is_card => Err(SignRefusal::NeedsPath),
        Some(text) if is_repository_path(text) => Ok(()),
        Some(_) => Err(SignRefusal::BadEvidence),
        None if is_card => Err(SignRefusal::NeedsPath),
        None if policy.handoff.strict => Err(SignRefusal::NeedsEvidence),
        None => Ok(()),
    }
}

/// Git's id of what stands at the path; `None` where the evidence is a link, or there is none. A
/// folder is evidence as well, and so is the pointer that Git LFS keeps in a file's place.
pub(super) fn find(
    entry: &Entry,
    evidence: Option<&str>,
    head: Option<&CommitSha>,
    known: &mut Evidence,
    tried: &mut Option<CardTried>,
) -> Result<Option<String>, SignRefusal> {
    let Some(path) = evidence.filter(|text| !is_link(text)) else {
        return Ok(None);
    };
    let head = head.ok_or(SignRefusal::Unread)?;
    let there = known.look(head, path).ok_or(SignRefusal::Unread)?;
    let thing = there.ok_or_else(|| SignRefusal::NothingThere {
        path: path.to_owned(),
        head: head.clone(),
    })?;
    let object = thing.object.clone();
    if entry.slug.as_str() != MODEL_CARD {
        return Ok(Some(object));
    }
    if thing.is_folder {
        return Err(SignRefusal::CardIsFolder);
    }
    *tried = Some(CardTried {
        path: path.to_owned(),
        head: head.clone(),
        object: Some(object.clone()),
    });
    let card = known.card(&object, head, path);
    let card = card.ok_or(SignRefusal::Unread)?;
    if card.is_complete() {
        Ok(Some(object))
    } else {
        Err(SignRefusal::CardLacks(Box::new(card.clone())))
    }
}

/// An `https` link.
pub(super) fn is_link(evidence: &str) -> bool {
    evidence.starts_with("https://")
}

/// A relative path that stays inside the repository.
fn is_repository_path(text: &str) -> bool {
    let plain = !text.is_empty()
        && text.len() <= LONGEST_PATH
        && !text.contains("://")
        && !text.starts_with('/')
        && !text.contains(|c: char| c.is_control() || c == '\\');
    // A folder may be written with a slash behind it.
    let text = text.strip_suffix('/').unwrap_or(text);
    plain && text.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
