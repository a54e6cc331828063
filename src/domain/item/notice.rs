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
    BoxExpiring,
    /// The box is over.
    BoxExpired,
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

impl NoticeKind {
    /// Part of the hidden marker that makes the comment findable: the same notice at the same time is one.
    pub fn word(&self) -> &'static str {
        match self {
            Self::BoxExpiring => "box-expiring",
            Self::BoxExpired => "box-expired",
            Self::StageRefused { .. } => "stage-refused",
            Self::PointsRefused => "points-refused",
            Self::ReopenedUndecided => "reopened-undecided",
            Self::WrongTick { .. } => "wrong-tick",
        }
    }
}
