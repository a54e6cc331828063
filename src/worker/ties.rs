//! GitHub's clock knows whole seconds, and deliveries come in any order.

use crate::domain::fact::{Fact, What};
use crate::domain::labels::Label;

/// Two facts of one second whose order decides: which label of a family came last, or whether it
/// was closed or reopened last. GitHub is asked then.
pub(super) fn ties(history: &[Fact], new: &[Fact]) -> bool {
    new.iter().any(|one| {
        history
            .iter()
            .chain(new)
            .any(|other| one.at == other.at && conflict(&one.what, &other.what))
    })
}

fn conflict(one: &What, other: &What) -> bool {
    match (one, other) {
        (What::Closed { .. }, What::Reopened) | (What::Reopened, What::Closed { .. }) => true,
        (What::Labeled { label: one }, What::Unlabeled { label: other })
        | (What::Unlabeled { label: one }, What::Labeled { label: other }) => one == other,
        (What::Labeled { label: one }, What::Labeled { label: other }) => {
            one != other && family(one).is_some() && family(one) == family(other)
        }
        _ => false,
    }
}

fn family(label: &str) -> Option<&str> {
    Label::parse(label)?;
    label.split_once('/').map(|(family, _)| family)
}
