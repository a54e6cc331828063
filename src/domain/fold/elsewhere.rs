//! What comes from other items and other repositories: what an item was opened for, and where it
//! was before.

use jiff::Timestamp;

use crate::domain::fact::Origin;
use crate::domain::item::{FieldName, Item};
use crate::domain::kind::{Phase, Verdict};

/// labhand has opened it for a decision.
pub(super) fn follows_up(item: &mut Item, origin: &Origin) {
    item.taken_in = true;
    if origin.verdict == Verdict::Productionize {
        item.phase = item.phase.or(Some(Phase::Prototype));
    }
    item.origin = Some(origin.clone());
}

/// It is in this repository now. Its history came along; what was said stands with the comments
/// that came along too, and numbers of the other repository mean nothing here.
pub(super) fn arrive(item: &mut Item, at: Timestamp) {
    item.arrived_at = Some(at);
    item.answers.clear();
    item.fields.builds_on.clear();
    item.fields.by_command.remove(&FieldName::BuildsOn);
    item.milestone = None;
    item.sprint_ends = None;
    item.foundations.clear();
    item.built_on_by.clear();
    item.linked_pulls.clear();
    item.other_boxes.clear();
    item.tried.clear();
    item.disturbed.clear();
    item.gone = false;
}
