//! The versions of a repository's models (product §6): which pull request a version belongs to, what
//! was registered of it, and what ran in which stage, when. Like an item's state it is a fold over
//! facts that are kept for ever; promotions and rollbacks are appended and never rewritten.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::handoff::CarriedOver;
use super::ids::{CommitSha, ItemNumber};
use super::policy::Policy;
use super::version::{ModelName, ModelTag, ModelVersion, Version};

mod event;
mod homes;
mod record;
pub mod refusal;
mod releases;
mod stages;

pub use event::{ItemIs, ModelEvent, ModelFact, Says};
pub use homes::Tie;
pub use record::{CardRecord, EntryRecord, ExperimentRecord, Record, record};
pub use refusal::{Found, ModelRefusal};
pub use releases::{Obstacle, Release, Released};
pub use stages::{ARCHIVED, Deployment, PRODUCTION, Run, Stages, Start};

/// A name is meant by another one that differs in so many letters.
const MOST_SLIPS: usize = 3;

/// What an item said last, and since when it wants to be that version.
#[derive(Debug, Clone, PartialEq)]
struct Claimant {
    said: ItemIs,
    since: Timestamp,
    /// Since when it is that model's home.
    home_since: Timestamp,
}

/// All models of a repository.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Registry {
    items: BTreeMap<ItemNumber, Claimant>,
    stages: BTreeMap<ModelName, Stages>,
    releases: BTreeMap<ModelVersion, Release>,
    obstacles: BTreeMap<ModelVersion, Obstacle>,
}

impl Registry {
    /// Nothing is known of any model.
    pub const fn empty() -> Self {
        Self {
            items: BTreeMap::new(),
            stages: BTreeMap::new(),
            releases: BTreeMap::new(),
            obstacles: BTreeMap::new(),
        }
    }

    /// What follows from these facts, in whatever order they come.
    pub fn fold(mut facts: Vec<ModelFact>) -> Self {
        // What a pull request says may be told late, but never before what it said earlier; and which
        // commit is which version is known before it is asked what was tagged.
        let order = |fact: &ModelFact| match &fact.what {
            ModelEvent::ItemIs(said) => (0, said.turn),
            ModelEvent::Released(_)
            | ModelEvent::Withdrawn { .. }
            | ModelEvent::Hindered { .. } => (1, 0),
            ModelEvent::Promoted { .. }
            | ModelEvent::RolledBack { .. }
            | ModelEvent::Deployed { .. }
            | ModelEvent::Assigned { .. } => (2, 0),
        };
        facts.sort_by(|one, other| {
            (order(one), one.at, &one.id).cmp(&(order(other), other.at, &other.id))
        });
        facts.dedup_by(|one, other| one.id == other.id);
        let mut registry = Self::default();
        for fact in facts {
            registry.take(fact);
        }
        registry
    }

    /// Takes in what came after all that is known.
    pub fn take(&mut self, fact: ModelFact) {
        let ModelFact { at, by, what, .. } = fact;
        match what {
            ModelEvent::ItemIs(said) => self.hear(*said, at),
            ModelEvent::Promoted { of, stage } => {
                let stages = self.stages.entry(of.model).or_default();
                stages.promote(of.version, &stage, at, by, Start::Promoted);
            }
            ModelEvent::Deployed { of, stage, url } => {
                let stages = self.stages.entry(of.model).or_default();
                stages.deploy(of.version, &stage, Deployment { at, url }, by);
            }
            ModelEvent::RolledBack { to, reason } => {
                let stages = self.stages.entry(to.model).or_default();
                stages.roll_back(to.version, reason, at, by);
            }
            ModelEvent::Released(told) => self.hear_release(*told, at, by),
            ModelEvent::Withdrawn { of } => self.hear_withdrawal(&of),
            ModelEvent::Hindered { of, obstacle } => self.hear_obstacle(of, obstacle),
            ModelEvent::Assigned {
                model,
                stage,
                count,
                commit,
            } => {
                // What was tagged may be no version, or may be one in future.
                let Some(version) = self.version_at(&model, &commit) else {
                    return;
                };
                let stages = self.stages.entry(model).or_default();
                if stages.runs_in(&stage) != Some(&version) {
                    stages.promote(version, &stage, at, by, Start::Tagged { count });
                }
            }
        }
    }

    fn hear(&mut self, said: ItemIs, at: Timestamp) {
        let before = self.items.get(&said.item);
        let since = before
            .filter(|it| it.said.says.claim == said.says.claim)
            .map_or(at, |it| it.since);
        let home_since = before
            .filter(|it| it.said.says.home == said.says.home)
            .map_or(at, |it| it.home_since);
        let claimant = Claimant {
            said,
            since,
            home_since,
        };
        self.items.insert(claimant.said.item, claimant);
    }

    /// What an item said last.
    pub fn said(&self, item: ItemNumber) -> Option<&ItemIs> {
        self.items.get(&item).map(|claimant| &claimant.said)
    }

    /// The pull request that a version belongs to: the one that was merged as it, or else the one that
    /// has wanted to be it for longest.
    pub fn owner(&self, of: &ModelVersion) -> Option<ItemNumber> {
        self.claimant(of).map(|claimant| claimant.said.item)
    }

    fn claimant(&self, of: &ModelVersion) -> Option<&Claimant> {
        self.claimants(of).min_by_key(|it| {
            let merged = it.said.says.record.as_ref().map(|record| record.merged_at);
            (merged.is_none(), merged, it.since, it.said.item)
        })
    }

    fn claimants(&self, of: &ModelVersion) -> impl Iterator<Item = &Claimant> {
        let of = of.clone();
        let wants = move |it: &&Claimant| it.said.says.claim.as_ref() == Some(&of);
        self.items.values().filter(wants)
    }

    /// The pull requests that want to be a version, or are it.
    pub fn pulls_of(&self, of: &ModelVersion) -> Vec<ItemNumber> {
        self.claimants(of).map(|it| it.said.item).collect()
    }

    /// Who says where a model runs: its home, the pull request of the version that goes somewhere, and those
    /// of what is somewhere now.
    pub fn concerned_by_moving(&self, of: &ModelVersion) -> Vec<ItemNumber> {
        let current = self.stages(&of.model).into_iter().flat_map(Stages::current);
        let there = current.map(|run| ModelVersion {
            model: of.model.clone(),
            version: run.version.clone(),
        });
        let versions = there.chain(std::iter::once(of.clone()));
        let pulls = versions.filter_map(|of| self.owner(&of));
        let mut items: Vec<ItemNumber> = pulls.chain(self.home(&of.model)).collect();
        items.sort();
        items.dedup();
        items
    }

    /// The record of a registered version.
    pub fn record(&self, of: &ModelVersion) -> Option<&Record> {
        self.merged(of).or_else(|| self.made_by_hand(of))
    }

    /// The record of the pull request that was merged as a version.
    fn merged(&self, of: &ModelVersion) -> Option<&Record> {
        self.claimant(of)?.said.says.record.as_deref()
    }

    /// Whether a record is that of the pull request that its version belongs to.
    fn is_owned(&self, record: &Record) -> bool {
        record.pull.is_some() && self.owner(&record.of) == record.pull
    }

    /// The records of a model's registered versions, the newest version first.
    pub fn records(&self, model: &ModelName) -> Vec<&Record> {
        let mut records: Vec<&Record> = self
            .items
            .values()
            .filter_map(|it| it.said.says.record.as_deref())
            .filter(|record| self.is_owned(record))
            .chain(self.all_by_hand())
            .filter(|record| record.of.model == *model)
            .collect();
        records.sort_by(|one, other| other.of.version.cmp(&one.of.version));
        records
    }

    /// What a version inherits: the signatures of the newest one before it that was signed by both sides.
    pub fn inheritance(&self, of: &ModelVersion) -> CarriedOver {
        let records = self.records(&of.model).into_iter();
        let before = records
            .filter(|record| record.of.version < of.version)
            .find(|record| record.is_complete());
        let signed = before.iter().flat_map(|record| &record.entries);
        CarriedOver {
            of: of.clone(),
            from: before.map(|record| record.of.version.clone()),
            signed: signed
                .flat_map(|entry| {
                    let signed = entry.signed.iter();
                    signed.map(|(side, by)| (entry.slug.clone(), *side, by.clone()))
                })
                .collect(),
        }
    }

    /// The registered version that a deployment is of: by the tag that was deployed, or by the commit.
    pub fn deployed(&self, reference: &str, commit: &CommitSha) -> Option<ModelVersion> {
        let tag = reference.strip_prefix("refs/tags/").unwrap_or(reference);
        if let Some(ModelTag::Version(of)) = ModelTag::parse(tag) {
            return self.record(&of).is_some().then_some(of);
        }
        let records = self
            .items
            .values()
            .filter_map(|it| it.said.says.record.as_deref());
        let mut records = records
            .filter(|record| self.is_owned(record))
            .chain(self.all_by_hand());
        let record = records.find(|record| record.commit.as_ref() == Some(commit))?;
        Some(record.of.clone())
    }

    /// The models of which anything is known, by name.
    pub fn models(&self) -> Vec<&ModelName> {
        let claimed = self
            .items
            .values()
            .filter_map(|it| it.said.says.claim.as_ref());
        let mut models: Vec<&ModelName> = claimed.map(|of| &of.model).collect();
        models.extend(
            self.items
                .values()
                .filter_map(|it| it.said.says.home.as_ref()),
        );
        models.extend(self.stages.keys());
        models.extend(self.all_by_hand().map(|record| &record.of.model));
        models.sort();
        models.dedup();
        models
    }

    /// What ran and runs of a model.
    pub fn stages(&self, model: &ModelName) -> Option<&Stages> {
        self.stages.get(model)
    }

    /// Whether a version may go to a stage. To production goes only what both sides have signed.
    fn promotion(
        &self,
        of: &ModelVersion,
        stage: &str,
        policy: &Policy,
    ) -> Result<(), ModelRefusal> {
        let known = &policy.model_stages;
        if !known.iter().any(|known| known == stage) {
            return Err(ModelRefusal::NoSuchStage {
                stage: stage.to_owned(),
                known: known.clone(),
            });
        }
        let record = self.registered(of)?;
        if stage == PRODUCTION && !record.is_complete() {
            let of = of.clone();
            return Err(match record.pull {
                Some(pull) => ModelRefusal::NotSigned {
                    of,
                    pull,
                    open: record.open.clone(),
                },
                None => ModelRefusal::NoHandoff { of },
            });
        }
        let stages = self.stages(&of.model);
        if stages.and_then(|stages| stages.runs_in(stage)) == Some(&of.version) {
            return Err(ModelRefusal::RunsThere {
                of: of.clone(),
                stage: stage.to_owned(),
            });
        }
        Ok(())
    }

    /// What a rollback of a model leads to.
    fn rollback(&self, model: &ModelName) -> Result<Version, ModelRefusal> {
        if !self.models().contains(&model) {
            return Err(self.no_such_model(model));
        }
        let back = self.stages(model).and_then(Stages::before_production);
        back.cloned().ok_or_else(|| ModelRefusal::NothingBefore {
            model: model.clone(),
        })
    }

    fn registered(&self, of: &ModelVersion) -> Result<&Record, ModelRefusal> {
        if let Some(record) = self.record(of) {
            return Ok(record);
        }
        if let Some(pull) = self.owner(of) {
            let of = of.clone();
            return Err(ModelRefusal::NotMerged { of, pull });
        }
        let records = self.records(&of.model);
        if records.is_empty() {
            return Err(self.no_such_model(&of.model));
        }
        Err(ModelRefusal::NoSuchVersion {
            of: of.clone(),
            known: records
                .into_iter()
                .map(|it| it.of.version.clone())
                .collect(),
        })
    }

    fn no_such_model(&self, model: &ModelName) -> ModelRefusal {
        let slips = |known: &&&ModelName| strsim::osa_distance(known.as_str(), model.as_str());
        let models = self.models();
        let closest = models.iter().min_by_key(slips);
        ModelRefusal::NoSuchModel {
            model: model.clone(),
            closest: closest
                .filter(|known| slips(known) <= MOST_SLIPS)
                .map(|known| (*known).clone()),
        }
    }
}

#[cfg(test)]
mod tests;
