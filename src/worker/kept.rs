//! What is kept of a repository and of an item between two looks.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::ids::{InstallationId, RepoId};
use crate::domain::labels;
use crate::domain::policy::Policy;
use crate::forge::{LabelSpec, RepoNow, RepoRef};
use crate::store::SavedRepo;
use crate::view::wanted::KnownLabels;

/// A repository: its policy versions, its labels, and whether labhand acts in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Repository {
    pub(super) now: RepoNow,
    /// Since when new issues are taken in by their titles and types.
    pub(super) since: Timestamp,
    /// The App is installed on all repositories of the account.
    pub(super) on_all: bool,
    /// labhand was taken off it.
    pub(super) removed: bool,
    /// The repository has a policy file of its own.
    pub(super) has_policy_file: bool,
    /// Good policies by when they came into force, ascending.
    pub(super) policies: Vec<(Timestamp, Policy)>,
    /// What is wrong with the policy file as it stands; the last good policy stays in force.
    pub(super) policy_problem: Option<String>,
    /// Labels by GitHub's id; `None` before the repository was taken up.
    pub(super) labels: Option<BTreeMap<u64, KnownLabel>>,
}

/// A label of the repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct KnownLabel {
    /// What it means to labhand, which a renaming on GitHub does not change.
    pub(super) canonical: String,
    /// As it is on GitHub.
    pub(super) spec: LabelSpec,
}

impl Repository {
    pub(super) fn new(now: RepoNow, since: Timestamp) -> Self {
        Self {
            now,
            since,
            on_all: false,
            removed: false,
            has_policy_file: false,
            policies: Vec::new(),
            policy_problem: None,
            labels: None,
        }
    }

    /// Whether its policy and labels were read.
    pub(super) fn is_taken_up(&self) -> bool {
        self.labels.is_some()
    }

    /// As the store keeps it.
    pub(super) fn saved(&self, repo: RepoId) -> Result<SavedRepo, serde_json::Error> {
        Ok(SavedRepo {
            repo,
            name: self.now.name.clone(),
            doc: serde_json::to_string(self)?,
        })
    }

    pub(super) fn reference(&self, installation: InstallationId, id: RepoId) -> RepoRef {
        RepoRef {
            installation,
            id,
            name: self.now.name.clone(),
        }
    }

    /// The policy in force at a time; before the first one, the first: it is what was found.
    pub(super) fn policy_at(&self, at: Timestamp) -> &Policy {
        let later = self.policies.partition_point(|(since, _)| *since <= at);
        self.policies
            .get(later.saturating_sub(1))
            .map_or_else(|| default_policy(), |(_, policy)| policy)
    }

    /// The policy in force now.
    pub(super) fn policy(&self) -> &Policy {
        self.policy_at(Timestamp::MAX)
    }

    /// Whether labhand shows anything here (product §1, the last paragraph, and `enabled`).
    pub(super) fn acts(&self) -> bool {
        !self.removed && self.policy().enabled && (self.has_policy_file || !self.on_all)
    }

    /// What a label on GitHub means: by its id where it was renamed there, else by its name.
    pub(super) fn canonical(&self, on_github: &str) -> String {
        let renamed = self.labels.iter().flat_map(BTreeMap::values);
        let known = renamed.filter(|label| label.spec.name.eq_ignore_ascii_case(on_github));
        let meant = known.map(|label| label.canonical.clone()).next();
        meant.unwrap_or_else(|| labels::canonical(on_github, &self.policy().labels))
    }

    /// The labels that are defined on GitHub, by what they mean.
    pub(super) fn known_labels(&self) -> KnownLabels {
        let labels = self.labels.iter().flat_map(BTreeMap::values);
        labels
            .map(|label| (label.canonical.clone(), label.spec.clone()))
            .collect()
    }

    /// A label has this definition now; its meaning stays if it was known under another name.
    pub(super) fn define_label(&mut self, id: u64, spec: LabelSpec) {
        let canonical = labels::canonical(&spec.name, &self.policy().labels);
        let labels = self.labels.get_or_insert_default();
        match labels.get_mut(&id) {
            Some(known) => known.spec = spec,
            None => {
                labels.insert(id, KnownLabel { canonical, spec });
            }
        }
    }
}

fn default_policy() -> &'static Policy {
    static DEFAULT: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(Policy::default);
    &DEFAULT
}
