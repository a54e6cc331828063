//! The versions of a repository's models (product §6): which pull request a version belongs to, what
//! was registered of it, and what ran in which stage, when. Like an item's state it is a fold over
//! facts that are kept for ever; promotions and rollbacks are appended and never rewritten.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::actor::User;
use super::fact::FactId;
use super::handoff::CarriedOver;
use super::ids::{CommitSha, ItemNumber};
use super::order::Order;
use super::policy::Policy;
use super::version::{ModelName, ModelTag, ModelVersion, Version};

mod homes;
mod record;
pub mod refusal;
mod stages;

pub use homes::Tie;
pub use record::{CardRecord, EntryRecord, ExperimentRecord, Record, record};
pub use refusal::{Found, ModelRefusal};
pub use stages::{ARCHIVED, Deployment, PRODUCTION, Run, Stages, Start};

/// A name is meant by another one that differs in so many letters.
const MOST_SLIPS: usize = 3;

/// Something that happened to a model of the repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelFact {
    /// Makes a second telling harmless.
    pub id: FactId,
    /// When it took effect.
    pub at: Timestamp,
    /// Who did it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<User>,
    /// What it was.
    pub what: ModelEvent,
}

/// What can happen to a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelEvent {
    /// An issue or pull request says this of itself from now on.
    ItemIs(Box<ItemIs>),
    /// `/promote`
    Promoted {
        /// What runs from now on.
        of: ModelVersion,
        /// In which stage.
        stage: String,
    },
    /// A deployment to an environment that is called like a stage has succeeded.
    Deployed {
        /// What was deployed.
        of: ModelVersion,
        /// Where to.
        stage: String,
        /// Where it can be looked at.
        url: Option<String>,
    },
    /// `/rollback`
    RolledBack {
        /// What runs in production from now on.
        to: ModelVersion,
        /// Why.
        reason: String,
    },
}

impl ModelEvent {
    /// What a command does that is carried out.
    pub fn of(order: &Order, found: &Found) -> Option<Self> {
        if let (Order::Promote { of, stage }, Found::Promotion) = (order, found) {
            return Some(Self::Promoted {
                of: of.clone(),
                stage: stage.clone(),
            });
        }
        if let (Order::Rollback { model, reason }, Found::Rollback(to)) = (order, found) {
            return Some(Self::RolledBack {
                to: ModelVersion {
                    model: model.clone(),
                    version: to.clone(),
                },
                reason: reason.clone(),
            });
        }
        None
    }
}

/// What an issue or pull request says of itself that concerns models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemIs {
    /// Which.
    pub item: ItemNumber,
    /// From 0; of what one item says the last counts.
    pub turn: u32,
    /// What it says.
    pub says: Says,
}

/// What an issue or pull request says.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Says {
    /// The version that a pull request wants to be; `None`: none any more.
    pub claim: Option<ModelVersion>,
    /// What it was merged as.
    pub record: Option<Box<Record>>,
    /// The model whose home it is.
    #[serde(default)]
    pub home: Option<ModelName>,
    /// How it looks to the homes of the models that it is about.
    #[serde(default)]
    pub tie: Option<Tie>,
}

impl Says {
    /// The models that it is about.
    pub fn models(&self) -> impl Iterator<Item = &ModelName> {
        let tied = self.tie.iter().flat_map(|tie| &tie.models);
        let claimed = self.claim.iter().map(|of| &of.model);
        tied.chain(claimed).chain(&self.home)
    }
}

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
}

impl Registry {
    /// Nothing is known of any model.
    pub const fn empty() -> Self {
        Self {
            items: BTreeMap::new(),
            stages: BTreeMap::new(),
        }
    }

    /// What follows from these facts, in whatever order they come.
    pub fn fold(mut facts: Vec<ModelFact>) -> Self {
        let turn = |fact: &ModelFact| match &fact.what {
            ModelEvent::ItemIs(said) => said.turn,
            ModelEvent::Promoted { .. }
            | ModelEvent::RolledBack { .. }
            | ModelEvent::Deployed { .. } => 0,
        };
        // What a pull request says may be told late, but never before what it said earlier.
        facts.sort_by(|one, other| {
            (turn(one), one.at, &one.id).cmp(&(turn(other), other.at, &other.id))
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
                stages.promote(of.version, &stage, at, by);
            }
            ModelEvent::Deployed { of, stage, url } => {
                let stages = self.stages.entry(of.model).or_default();
                stages.deploy(of.version, &stage, Deployment { at, url }, by);
            }
            ModelEvent::RolledBack { to, reason } => {
                let stages = self.stages.entry(to.model).or_default();
                stages.roll_back(to.version, reason, at, by);
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
        self.claimant(of)?.said.says.record.as_deref()
    }

    /// The records of a model's registered versions, the newest version first.
    pub fn records(&self, model: &ModelName) -> Vec<&Record> {
        let mut records: Vec<&Record> = self
            .items
            .values()
            .filter_map(|it| it.said.says.record.as_deref())
            .filter(|record| record.of.model == *model)
            .filter(|record| self.owner(&record.of) == Some(record.pull))
            .collect();
        records.sort_by(|one, other| other.of.version.cmp(&one.of.version));
        records
    }

    /// What a version inherits: the signatures of the newest one before it that was signed by both sides.
    pub fn inheritance(&self, of: &ModelVersion) -> CarriedOver {
        let records = self.records(&of.model).into_iter();
        let before = records
            .filter(|record| record.of.version < of.version)
            .find(|record| record.open.is_empty());
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
        let mut records = self
            .items
            .values()
            .filter_map(|it| it.said.says.record.as_deref());
        let record = records.find(|record| record.commit.as_ref() == Some(commit))?;
        (self.owner(&record.of) == Some(record.pull)).then(|| record.of.clone())
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
        if stage == PRODUCTION && !record.open.is_empty() {
            return Err(ModelRefusal::NotSigned {
                of: of.clone(),
                pull: record.pull,
                open: record.open.clone(),
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
