//! What was found in the registry for a command when it was taken in. It is kept with the command: what
//! could be promoted then is promoted, whatever is registered later.

use serde::{Deserialize, Serialize};

use crate::domain::entries::Slug;
use crate::domain::ids::ItemNumber;
use crate::domain::lifecycle::Seen;
use crate::domain::version::{ModelName, ModelVersion, Version};

/// What was found for a command about models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// `/promote`: it may.
    Promotion,
    /// `/rollback`: to this version.
    Rollback(Version),
    /// `/handoff model version`: the version is free, or this pull request's own.
    Free,
    /// `/model track name`: no other issue is its home.
    Untracked,
    /// `/select #n`: it is an experiment with the model.
    Tied,
    /// `/advance`: the gates that labhand has seen open.
    Seen(Seen),
    /// `/drift`: the maintenance with the model that is open.
    Maintenance(Vec<ItemNumber>),
    /// It may not.
    Refused(ModelRefusal),
}

impl Found {
    /// The gates that labhand has seen open.
    pub fn seen(&self) -> Option<&Seen> {
        if let Self::Seen(seen) = self {
            Some(seen)
        } else {
            None
        }
    }
}

/// Why a command about a model is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ModelRefusal {
    /// Nothing is known of such a model; the closest, if one is close.
    NoSuchModel {
        /// As asked for.
        model: ModelName,
        /// The closest.
        closest: Option<ModelName>,
    },
    /// The model has no such version.
    NoSuchVersion {
        /// As asked for.
        of: ModelVersion,
        /// Those that are registered, the newest first.
        known: Vec<Version>,
    },
    /// The pull request of the version is not merged.
    NotMerged {
        /// As asked for.
        of: ModelVersion,
        /// Its pull request.
        pull: ItemNumber,
    },
    /// The policy has no such stage.
    NoSuchStage {
        /// As asked for.
        stage: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The hand-off was merged without all signatures.
    NotSigned {
        /// As asked for.
        of: ModelVersion,
        /// Its pull request.
        pull: ItemNumber,
        /// What is open.
        open: Vec<Slug>,
    },
    /// The version was tagged or released by hand, without a hand-off.
    NoHandoff {
        /// As asked for.
        of: ModelVersion,
    },
    /// The version is in this stage already.
    RunsThere {
        /// As asked for.
        of: ModelVersion,
        /// Where.
        stage: String,
    },
    /// No version was in production before.
    NothingBefore {
        /// As asked for.
        model: ModelName,
    },
    /// Another issue is the model's home.
    Tracked {
        /// As asked for.
        model: ModelName,
        /// Its home.
        at: ItemNumber,
    },
    /// It is no experiment with the model.
    NotTied {
        /// Whose home it is.
        model: ModelName,
        /// As asked for.
        number: ItemNumber,
    },
    /// The experiment is not decided yet.
    Undecided {
        /// As asked for.
        number: ItemNumber,
    },
    /// Another pull request is, or wants to be, that version.
    Taken {
        /// As asked for.
        of: ModelVersion,
        /// The other.
        by: ItemNumber,
    },
}
