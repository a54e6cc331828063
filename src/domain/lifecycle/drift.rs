//! That a model drifts: each report stays on record, and the first one while no retraining is under way
//! asks for an issue.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::actor::User;

/// What somebody, or a job, has seen of a model in production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: User,
    /// What was measured, such as `psi=0.31`.
    pub measured: String,
    /// What there is to say about it; may be empty.
    pub note: String,
    /// It asks for an issue of retraining; the others are noted with the one that is under way.
    pub asks: bool,
}
