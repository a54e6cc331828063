//! As much of what is kept of a repository as is told of it. The worker keeps more; a part that
//! it does not keep yet counts as not there.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::domain::fact::Milestone;
use crate::domain::ids::RepoName;
use crate::domain::policy::Policy;
use crate::domain::sprint::Ledger;
use crate::view::json::RepoLine;

/// A repository.
#[derive(Debug, Deserialize)]
pub(super) struct Known {
    now: Now,
    since: Timestamp,
    #[serde(default)]
    on_all: bool,
    #[serde(default)]
    removed: bool,
    #[serde(default)]
    has_policy_file: bool,
    /// Ascending.
    #[serde(default)]
    policies: Vec<(Timestamp, Policy)>,
    /// There once the repository was taken up; before that only its name is known.
    #[serde(default)]
    labels: Option<IgnoredAny>,
    #[serde(default)]
    policy_problem: Option<String>,
    #[serde(default)]
    milestones: Option<BTreeMap<u64, KnownMilestone>>,
}

#[derive(Debug, Deserialize)]
struct Now {
    name: RepoName,
    private: bool,
}

#[derive(Debug, Deserialize)]
struct KnownMilestone {
    /// `None` once it was deleted.
    milestone: Option<Milestone>,
}

impl Known {
    pub(super) fn name(&self) -> &RepoName {
        &self.now.name
    }

    /// Since when labhand knows it.
    pub(super) fn since(&self) -> Timestamp {
        self.since
    }

    /// Why the policy file is not in force, if it is not.
    pub(super) fn policy_problem(&self) -> Option<&str> {
        self.policy_problem.as_deref()
    }

    pub(super) fn milestones(&self) -> impl Iterator<Item = &Milestone> {
        let milestones = self.milestones.iter().flat_map(BTreeMap::values);
        milestones.filter_map(|known| known.milestone.as_ref())
    }

    /// The policy in force at a time.
    pub(super) fn policy_at(&self, at: Timestamp) -> &Policy {
        Policy::in_force(&self.policies, at)
    }

    /// Whether GitHub has said that everybody may read it, and would tell if that changed.
    pub(super) fn is_public(&self) -> bool {
        !self.now.private && self.labels.is_some() && !self.removed
    }

    pub(super) fn line(&self) -> RepoLine {
        let enabled = self.policy_at(Timestamp::MAX).enabled;
        RepoLine {
            name: self.now.name.to_string(),
            private: !self.is_public(),
            acts: !self.removed && enabled && (self.has_policy_file || !self.on_all),
        }
    }
}

/// The board.
#[derive(Debug, Deserialize)]
pub(super) struct KnownBoard {
    #[serde(default)]
    sprints: Option<KnownSprints>,
}

/// What was read of the sprints.
#[derive(Debug, Default, Deserialize)]
pub(super) struct KnownSprints {
    #[serde(default)]
    pub(super) ledger: Ledger,
    #[serde(default)]
    pub(super) told_from: BTreeMap<u64, Timestamp>,
}

impl KnownBoard {
    /// What was read of the sprints.
    pub(super) fn sprints(self) -> KnownSprints {
        self.sprints.unwrap_or_default()
    }
}
