//! The gates of the six stages, in their order (product §6). The policy takes some away or calls them
//! otherwise, by their slugs.

use super::LifecycleStage::{
    self, DataExploration, Deployment, Development, Experimentation, Monitoring, ProblemDefinition,
};
use crate::domain::entries::Slug;

/// What has to hold before a model goes on to the next stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// What it is called in commands and in the policy.
    pub slug: &'static str,
    /// The stage that it ends.
    pub stage: LifecycleStage,
    /// What it says, unless the policy has other words.
    pub title: &'static str,
}

impl Gate {
    /// Its slug, as it is compared with what people write.
    pub fn slug(&self) -> Slug {
        Slug::new(self.slug)
    }
}

const fn gate(stage: LifecycleStage, slug: &'static str, title: &'static str) -> Gate {
    Gate { slug, stage, title }
}

/// All gates of the standard lifecycle.
pub const GATES: [Gate; 18] = [
    gate(ProblemDefinition, "problem", "Business problem clear"),
    gate(
        ProblemDefinition,
        "success-metrics",
        "Success metrics defined",
    ),
    gate(
        ProblemDefinition,
        "data-availability",
        "Data availability confirmed",
    ),
    gate(DataExploration, "data-quality", "Data quality understood"),
    gate(DataExploration, "features", "Features identified"),
    gate(DataExploration, "baseline", "Baseline established"),
    gate(Experimentation, "approaches", "Several approaches tried"),
    gate(
        Experimentation,
        "tracking",
        "Experiments tracked systematically",
    ),
    gate(Experimentation, "best-performer", "Best performer selected"),
    gate(Development, "production-code", "Production-ready code"),
    gate(Development, "validation", "Testing and validation"),
    gate(Development, "documentation", "Documentation"),
    gate(Deployment, "integration", "API or batch integration"),
    gate(Deployment, "monitoring-setup", "Monitoring set up"),
    gate(Deployment, "ab-testing", "A/B testing, if applicable"),
    gate(Monitoring, "performance", "Performance tracked"),
    gate(Monitoring, "drift", "Drift detection in place"),
    gate(Monitoring, "retraining", "Retraining planned"),
];
