//! What the sections of policy files are read into.

use super::Policy;
use crate::domain::entries::Slug;
use crate::domain::yaml::Place;

/// A slug of `handoff.carry_over` and where it stands.
pub(super) struct CarriedOver {
    pub(super) slug: Slug,
    pub(super) at: Place,
}

/// The policy as far as it is read.
pub(super) struct Draft {
    pub(super) policy: Policy,
    pub(super) defaults: Policy,
    /// Slugs of `handoff.carry_over` in the layer that is being read.
    pub(super) carried_over: Vec<CarriedOver>,
    /// Slugs of entries that some layer knew, so that an organisation may carry over what a repository dropped.
    pub(super) known_entries: Vec<Slug>,
}

impl Draft {
    /// Before any file is read.
    pub(super) fn new() -> Self {
        let policy = Policy::default();
        let entries = &policy.handoff.entries;
        Self {
            known_entries: entries.iter().map(|entry| entry.slug.clone()).collect(),
            carried_over: Vec::new(),
            defaults: policy.clone(),
            policy,
        }
    }
}
