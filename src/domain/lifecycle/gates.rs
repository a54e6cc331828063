//! The six stages of a model's life and the gates of each (product §6).

use serde::{Deserialize, Serialize};

use crate::domain::kind::words;

words!(
    /// A stage of a model's life.
    LifecycleStage {
        /// What it is for.
        ProblemDefinition = "problem-definition",
        /// What the data can tell.
        DataExploration = "data-exploration",
        /// Which approach is best.
        Experimentation = "experimentation",
        /// It is built.
        Development = "development",
        /// It is put to work.
        Deployment = "deployment",
        /// It works, and is watched.
        Monitoring = "monitoring",
    }
);

impl LifecycleStage {
    /// The one after it.
    pub fn next(self) -> Option<Self> {
        let place = Self::ALL.iter().position(|stage| *stage == self)?;
        Self::ALL.get(place + 1).copied()
    }
}

/// All gates: stage, slug and title, in the order of the stages.
pub const GATES: [(LifecycleStage, &str, &str); 18] = {
    use LifecycleStage::{
        DataExploration, Deployment, Development, Experimentation, Monitoring, ProblemDefinition,
    };
    [
        (ProblemDefinition, "problem", "Business problem clear"),
        (
            ProblemDefinition,
            "success-metrics",
            "Success metrics defined",
        ),
        (
            ProblemDefinition,
            "data-availability",
            "Data availability confirmed",
        ),
        (DataExploration, "data-quality", "Data quality understood"),
        (DataExploration, "features", "Features identified"),
        (DataExploration, "baseline", "Baseline established"),
        (Experimentation, "approaches", "Several approaches tried"),
        (
            Experimentation,
            "tracking",
            "Experiments tracked systematically",
        ),
        (Experimentation, "best-performer", "Best performer selected"),
        (Development, "production-code", "Production-ready code"),
        (Development, "validation", "Testing and validation"),
        (Development, "documentation", "Documentation"),
        (Deployment, "integration", "API or batch integration"),
        (Deployment, "monitoring-setup", "Monitoring set up"),
        (Deployment, "ab-testing", "A/B testing, if applicable"),
        (Monitoring, "performance", "Performance tracked"),
        (Monitoring, "drift", "Drift detection in place"),
        (Monitoring, "retraining", "Retraining planned"),
    ]
};

/// Two experiments that were decided.
pub const APPROACHES: &str = "approaches";
/// What `/select` names.
pub const BEST_PERFORMER: &str = "best-performer";
/// A merged pull request with green checks.
pub const PRODUCTION_CODE: &str = "production-code";

/// What a completed hand-off says: its entries, and the gates that they open.
pub const BY_HANDOFF: [(&str, &str); 5] = [
    ("docs", "documentation"),
    ("integration-tests", "validation"),
    ("serving", "integration"),
    ("monitoring", "monitoring-setup"),
    ("ab-testing", "ab-testing"),
];
