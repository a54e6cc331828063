//! What is kept of a repository and of an item between two looks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::sweep::Sweep;
use crate::domain::fact::Milestone;
use crate::domain::ids::{InstallationId, RepoId, RepoName};
use crate::domain::labels::{self, Label};
use crate::domain::policy::Policy;
use crate::domain::sprint::{self, Sprint};
use crate::domain::teams::TeamProblem;
use crate::forge::{LabelSpec, RepoNow, RepoRef};
use crate::store::{NewFact, SavedRepo};
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
    /// Milestones by their numbers, which may be sprints.
    #[serde(default)]
    pub(super) milestones: BTreeMap<u64, KnownMilestone>,
    /// Whether the policy's teams can be read.
    #[serde(default)]
    pub(super) teams: TeamsRead,
    /// Since when `now` is known to hold; older news of its name come too late.
    #[serde(default)]
    pub(super) as_of: Option<Timestamp>,
    /// How far it was compared with GitHub.
    #[serde(default)]
    pub(super) sweep: Sweep,
    /// The ids of the [`Tiding`]s that were taken in.
    #[serde(default)]
    pub(super) told: BTreeSet<String>,
}

/// The teams of the policy, as far as they were asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TeamsRead {
    /// When; `None` before the first time.
    pub(super) asked_at: Option<Timestamp>,
    /// Those of which nobody can be known to be a member, and why.
    pub(super) problems: BTreeMap<String, TeamProblem>,
}

/// What a repository is told from elsewhere: by its installation, or by its organisation's
/// `.github` repository. Only who holds a repository's lease may change it, so such news are kept
/// as facts of the repository until it is looked at.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Tiding {
    pub(super) id: String,
    pub(super) at: Timestamp,
    /// The repository's name then.
    pub(super) name: RepoName,
    pub(super) what: News,
}

/// What can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum News {
    /// labhand was installed on it.
    Installed { on_all: bool },
    /// labhand was taken off it.
    Removed,
    /// The organisation's policy file may have changed.
    PolicyMayHaveChanged,
    /// Somebody's membership of a team has changed.
    PeopleChanged,
    /// Something that was told before was told again: what is true now, only GitHub can say.
    InDoubt,
}

/// What of a repository may not be true any more.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// The policy; what is there now counts from then.
    pub(super) policy_since: Option<Timestamp>,
    /// Who is in which team.
    pub(super) people: bool,
    /// Its name and labels: it was taken off and is back, or was never read.
    pub(super) came_back: bool,
    /// All of it, and even whether labhand is installed on it.
    pub(super) in_doubt: bool,
}

impl Tiding {
    /// As the store keeps it, among the repository's own facts.
    pub(super) fn stored(&self, repo: RepoId) -> Result<NewFact, serde_json::Error> {
        Ok(NewFact {
            repo,
            number: 0,
            id: self.id.clone(),
            at: self.at,
            doc: serde_json::to_string(self)?,
        })
    }
}

/// What of a repository its items and its board show.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Face {
    acts: bool,
    policies: usize,
    problem: Option<String>,
    teams: BTreeMap<String, TeamProblem>,
}

/// A milestone of the repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownMilestone {
    /// `None` once it was deleted.
    pub(super) milestone: Option<Milestone>,
    /// Since when that holds; older news come too late.
    pub(super) as_of: Timestamp,
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
            milestones: BTreeMap::new(),
            teams: TeamsRead::default(),
            as_of: None,
            sweep: Sweep::default(),
            told: BTreeSet::new(),
        }
    }

    /// One of which only the name is known: branch and visibility come when it is taken up.
    pub(super) fn unseen(name: RepoName, since: Timestamp) -> Self {
        let now = RepoNow {
            name,
            default_branch: String::new(),
            private: false,
            personal: false,
        };
        Self::new(now, since)
    }

    /// Takes in what is new of what it was told, and says what has to be asked for therefore.
    pub(super) fn take_in(&mut self, told: Vec<Tiding>) -> Stale {
        let mut stale = Stale::default();
        for tiding in told {
            if !self.told.insert(tiding.id) {
                continue;
            }
            match tiding.what {
                News::Installed { on_all } => {
                    stale.came_back |= self.removed;
                    self.removed = false;
                    self.on_all = on_all;
                    stale.policy_since = stale.policy_since.max(Some(tiding.at));
                }
                News::Removed => self.removed = true,
                News::PolicyMayHaveChanged => {
                    stale.policy_since = stale.policy_since.max(Some(tiding.at));
                }
                News::PeopleChanged => stale.people = true,
                News::InDoubt => stale.in_doubt = true,
            }
        }
        stale
    }

    pub(super) fn face(&self) -> Face {
        Face {
            acts: self.acts(),
            policies: self.policies.len(),
            problem: self.policy_problem.clone(),
            teams: self.teams.problems.clone(),
        }
    }

    /// A good policy is in force from a time on, but never from before the one that was in force
    /// already. What labels mean follows what they are called, unless they were renamed on GitHub.
    pub(super) fn enact(&mut self, policy: Policy, since: Timestamp) {
        self.policy_problem = None;
        if self
            .policies
            .last()
            .is_some_and(|(_, last)| *last == policy)
        {
            return;
        }
        let before = self.policy().labels.clone();
        for known in self.labels.iter_mut().flat_map(BTreeMap::values_mut) {
            let followed = known.canonical != labels::canonical(&known.spec.name, &before);
            let named = |theirs: &String| labels::same_name(theirs, &known.spec.name);
            if !followed || policy.labels.values().any(named) {
                known.canonical = labels::canonical(&known.spec.name, &policy.labels);
            }
        }
        let since = self
            .policies
            .last()
            .map_or(since, |(last, _)| since.max(*last));
        self.policies.push((since, policy));
    }

    /// All labels as GitHub lists them. What one means stays if it is known.
    pub(super) fn define_labels(&mut self, listed: Vec<(u64, LabelSpec)>) {
        let mut before = self.labels.take().unwrap_or_default();
        before.retain(|id, _| listed.iter().any(|(listed, _)| listed == id));
        self.labels = Some(before);
        for (id, spec) in listed {
            self.define_label(id, spec);
        }
    }

    /// A milestone is so now, or was deleted; says whether that is news.
    pub(super) fn define_milestone(
        &mut self,
        number: u64,
        now: Option<Milestone>,
        as_of: Timestamp,
    ) -> bool {
        let known = self.milestones.get(&number);
        let late = known.is_some_and(|known| known.as_of > as_of);
        let same = known.is_some_and(|known| known.milestone == now);
        if late {
            return false;
        }
        let milestone = now;
        self.milestones
            .insert(number, KnownMilestone { milestone, as_of });
        !same
    }

    /// All milestones as GitHub lists them; those that it does not list were deleted.
    pub(super) fn define_milestones(
        &mut self,
        listed: Vec<(Milestone, Timestamp)>,
        now: Timestamp,
    ) {
        let numbers: BTreeSet<u64> = listed.iter().map(|(it, _)| it.number).collect();
        let known = self.milestones.iter();
        let there = known.filter(|(_, known)| known.milestone.is_some());
        let deleted: Vec<u64> = there.map(|(number, _)| *number).collect();
        for number in deleted {
            if !numbers.contains(&number) {
                self.define_milestone(number, None, now);
            }
        }
        for (milestone, as_of) in listed {
            self.define_milestone(milestone.number, Some(milestone), as_of);
        }
    }

    /// The sprints among its milestones, by the policy in force now.
    pub(super) fn sprints(&self) -> Vec<Sprint> {
        let milestones = self.milestones.values();
        let known = milestones.filter_map(|known| known.milestone.as_ref());
        sprint::timeline(known, self.since, self.policy())
    }

    /// Since when the policy has asked for a digest of the board at the time at which it does.
    pub(super) fn digest_since(&self) -> Timestamp {
        let wanted = self.policy().digest;
        let mut latest = self.policies.iter().rev();
        let same = latest
            .by_ref()
            .take_while(|(_, policy)| policy.digest == wanted);
        let first = same.map(|(since, _)| *since).last();
        first.map_or(self.since, |first| first.max(self.since))
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
        Policy::in_force(&self.policies, at)
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

    /// The labels that are defined on GitHub, by what they mean. Where two mean the same, it is the
    /// one that is called as the policy says.
    pub(super) fn known_labels(&self) -> KnownLabels {
        let labels = self.labels.iter().flat_map(BTreeMap::values);
        let mut labels: Vec<&KnownLabel> = labels.collect();
        labels.sort_by_key(|label| {
            let called = labels::on_github(&label.canonical, &self.policy().labels);
            labels::same_name(&called, &label.spec.name)
        });
        labels
            .into_iter()
            .map(|label| (label.canonical.clone(), label.spec.clone()))
            .collect()
    }

    /// A label was deleted, as one issue that bore it tells before the repository does.
    pub(super) fn forget_label(&mut self, canonical: &str) {
        if let Some(labels) = self.labels.as_mut() {
            labels.retain(|_, known| known.canonical != canonical);
        }
    }

    /// A label has this definition now. One of labhand's keeps its meaning under another name, and a
    /// team's own gets one where its new name has one.
    pub(super) fn define_label(&mut self, id: u64, spec: LabelSpec) {
        let canonical = labels::canonical(&spec.name, &self.policy().labels);
        let labels = self.labels.get_or_insert_default();
        match labels.get_mut(&id) {
            Some(known) => {
                if Label::parse(&known.canonical).is_none() {
                    known.canonical = canonical;
                }
                known.spec = spec;
            }
            None => {
                labels.insert(id, KnownLabel { canonical, spec });
            }
        }
    }
}
