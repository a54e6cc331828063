//! What is kept of an item: its fields, what was frozen, learned and decided.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use sha2::{Digest, Sha256};

use crate::domain::actor::User;
use crate::domain::fact::{Chain, CloseReason, PullSight};
use crate::domain::fields::Boxes;
use crate::domain::ids::{ItemNumber, RepoName};
use crate::domain::kind::{Kind, KindSource, Stage, Verdict};
use crate::domain::metric::Report;
use crate::domain::order::Frozen;
use crate::domain::version::ModelVersion;

/// That and why it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// As GitHub says.
    pub how: CloseReason,
    /// Since when.
    pub at: Timestamp,
}

/// Its kind, and what made it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classified {
    /// The kind.
    pub kind: Kind,
    /// What made it so.
    pub source: KindSource,
}

/// A move from stage to stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// When.
    pub at: Timestamp,
    /// Whither.
    pub to: Stage,
    /// By whom; `None`: by the circuit breaker or by a pull request.
    pub by: Option<User>,
}

/// Fields from the text and from commands; a command outranks the text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fields {
    /// What an experiment tests.
    pub hypothesis: Option<String>,
    /// How success is measured, as written.
    pub metric: Option<String>,
    /// What is known today.
    pub baseline: Option<String>,
    /// What research asks.
    pub question: Option<String>,
    /// The task list of what will be delivered: done or not, and its text.
    pub deliverables: Vec<(bool, String)>,
    /// All boxes of a pull request's description.
    #[serde(default)]
    pub boxes: Boxes,
    /// What it builds on.
    pub builds_on: Vec<ItemNumber>,
    /// What it is part of.
    pub part_of: Vec<ItemNumber>,
    /// The model and version that a pull request names.
    pub model: Option<ModelVersion>,
    /// Which of these were set by a command, which the text no longer changes.
    #[serde(default)]
    pub by_command: BTreeSet<FieldName>,
}

/// The fields that a command can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldName {
    /// `/hypothesis`
    Hypothesis,
    /// `/metric`
    Metric,
    /// `/builds-on`
    BuildsOn,
    /// `/timebox`
    Timebox,
}

/// What activation froze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenFields {
    /// When.
    pub at: Timestamp,
    /// The hypothesis then.
    pub hypothesis: Option<String>,
    /// The metric then.
    pub metric: Option<String>,
    /// The baseline then, where it has a field of its own.
    #[serde(default)]
    pub baseline: Option<String>,
    /// The digest of these three, by which anybody can tell whether they are still the same.
    #[serde(default)]
    pub digest: String,
    /// The digest of what the text said of the three then, whatever commands had said.
    #[serde(default)]
    pub text_digest: String,
    /// What was amended since, in order.
    pub amendments: Vec<Amendment>,
}

/// A short digest of what activation freezes: the first 12 hexadecimal digits of the SHA-256 of
/// the three texts, each ended by a line feed and a zero byte.
pub fn digest_of_fields(fields: [Option<&str>; 3]) -> String {
    let mut hasher = Sha256::new();
    for field in fields {
        hasher.update(field.unwrap_or_default().as_bytes());
        hasher.update(b"\n\0");
    }
    let mut digest = hex::encode(hasher.finalize());
    digest.truncate(12);
    digest
}

/// A dated change of something frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// Of what.
    pub field: Frozen,
    /// What it says from then on.
    pub text: String,
    /// Why.
    pub reason: String,
}

/// What was measured, or how people judged it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reported {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// What.
    pub report: Report,
}

/// Why it cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Since when.
    pub since: Timestamp,
    /// Why; `None` where only the label was set.
    pub reason: Option<String>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// When it was written down.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// What.
    pub text: String,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
    /// The repository of what follows from it; `None`: the same.
    #[serde(default)]
    pub elsewhere: Option<RepoName>,
    /// When what follows from it was first asked for: a revision that asks for the same opens no
    /// second issue.
    #[serde(default)]
    pub asked_at: Timestamp,
    /// Why it does not count any more.
    #[serde(default)]
    pub superseded: Option<Superseded>,
}

/// Why a decision does not count any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Superseded {
    /// The item was opened again.
    Reopened,
    /// A lead has decided otherwise.
    Revised,
}

/// How an item stands that another one builds on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foundation {
    /// What it is; `None`: no item.
    pub kind: Option<Kind>,
    /// What was decided on it.
    pub decided: Option<Verdict>,
    /// The chain of exploration that it ends.
    #[serde(default)]
    pub chain: Chain,
}

/// A pull request's branches and links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// As last seen.
    pub sight: PullSight,
    /// GitHub's closing references.
    pub closes: Vec<ItemNumber>,
    /// It changes a file under `handoff.paths`.
    pub touches_handoff_paths: bool,
    /// It changes the policy file.
    #[serde(default)]
    pub touches_policy: bool,
}

/// A promotion or a rollback that was asked for on an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelMove {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// Where the command stood: the comment's id, or 0, and the position there.
    pub place: (u64, u32),
    /// What runs from then on.
    pub of: ModelVersion,
    /// Where, or why.
    pub towards: Towards,
}

/// Where a model's version goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Towards {
    /// To this stage.
    Stage(String),
    /// Back to production, for this reason.
    BackToProduction(String),
}
