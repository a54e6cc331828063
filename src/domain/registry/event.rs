//! What can happen to the models of a repository: the facts that the registry is a fold over.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Found, Obstacle, Record, Released, Tie};
use crate::domain::actor::User;
use crate::domain::fact::FactId;
use crate::domain::ids::{CommitSha, ItemNumber};
use crate::domain::order::Order;
use crate::domain::version::{ModelName, ModelVersion};

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
    /// A version has a tag or a release, of labhand's own or made by hand.
    Released(Box<Released>),
    /// The tag or release of a version was deleted.
    Withdrawn {
        /// Which version.
        of: ModelVersion,
    },
    /// Whether a tag or release of a version that the policy asks for can be made.
    Hindered {
        /// Which version.
        of: ModelVersion,
        /// Why not; `None`: nothing is in the way any more.
        obstacle: Option<Obstacle>,
    },
    /// Somebody has tagged a commit as what runs in a stage from now on.
    Assigned {
        /// Whose stage.
        model: ModelName,
        /// Which.
        stage: String,
        /// The number in the tag.
        count: u64,
        /// Which commit.
        commit: CommitSha,
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
