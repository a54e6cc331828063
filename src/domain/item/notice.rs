//! What has to be said once, since somebody has to act.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::actor::User;
use crate::domain::handoff::{SignRefusal, Slug};
use crate::domain::kind::Stage;
use crate::domain::policy::Rule;

/// Something to be said once. Said things are never taken back, so a notice is only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Since when it has been due.
    pub at: Timestamp,
    /// What to say.
    pub what: NoticeKind,
}

/// What there is to say once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The box has used `timeboxes.remind_at` per cent.
    BoxExpiring(BoxEnd),
    /// The box is over.
    BoxExpired(BoxEnd),
    /// The box has been pending for long, or its sprint has ended.
    BoxReview {
        /// When the box started.
        started: Timestamp,
        /// The milestone that ended; `None`: twice its length has passed.
        sprint: Option<u64>,
    },
    /// A stage that was asked for by a label is refused; the old label is put back.
    StageRefused {
        /// The stage that was asked for.
        to: Stage,
        /// Why not.
        missing: Vec<Rule>,
        /// Where it stays.
        stays: Stage,
    },
    /// A size label on research or an experiment was taken off again.
    PointsRefused,
    /// An experiment was closed without a decision, or research without findings, and the policy reopens it.
    ReopenedUndecided,
    /// A model that is monitored is to be looked at again.
    ModelReview,
    /// Somebody ticked or unticked a box that is not theirs.
    WrongTick {
        /// Whose box.
        slug: Slug,
        /// Who.
        by: User,
        /// Why it does not count.
        why: SignRefusal,
    },
}

/// An end of a box that is announced once: each extension gives it another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoxEnd {
    /// When the box started.
    pub started: Timestamp,
    /// How often it was extended by then.
    pub extended: usize,
}

impl NoticeKind {
    /// Part of the hidden marker that makes the comment findable: the same notice at the same time is one.
    pub fn word(&self) -> &'static str {
        match self {
            Self::BoxExpiring(_) => "box-expiring",
            Self::BoxExpired(_) => "box-expired",
            Self::BoxReview { .. } => "box-review",
            Self::StageRefused { .. } => "stage-refused",
            Self::PointsRefused => "points-refused",
            Self::ReopenedUndecided => "reopened-undecided",
            Self::ModelReview => "model-review",
            Self::WrongTick { .. } => "wrong-tick",
        }
    }
}
