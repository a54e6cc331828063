//! The entries of the hand-off checklist and whose they are (product §5).

use std::fmt;

use serde::{Deserialize, Serialize};

/// The short name of a checklist entry, such as `model-card`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    /// Takes a slug as somebody wrote it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().trim_matches('`').to_lowercase())
    }

    /// The slug.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One of the two parties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Who made the model.
    DataScience,
    /// Who runs it.
    Engineering,
}

impl Side {
    /// As programs read it.
    pub fn word(self) -> &'static str {
        match self {
            Self::DataScience => "data-science",
            Self::Engineering => "engineering",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::DataScience => Self::Engineering,
            Self::Engineering => Self::DataScience,
        }
    }
}

/// Whose entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Data science delivers it.
    DataScience,
    /// Engineering provides it.
    Engineering,
    /// Both must sign.
    Both,
}

impl Owner {
    /// The sides whose signature it needs.
    pub fn sides(self) -> &'static [Side] {
        match self {
            Self::DataScience => &[Side::DataScience],
            Self::Engineering => &[Side::Engineering],
            Self::Both => &[Side::DataScience, Side::Engineering],
        }
    }
}

/// An entry of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its short name.
    pub slug: Slug,
    /// What readers see.
    pub title: String,
    /// Who signs it.
    pub owner: Owner,
}

/// The fourteen entries, unless the policy adds, drops or renames some.
pub fn standard_entries() -> Vec<Entry> {
    use Owner::{Both, DataScience, Engineering};
    [
        ("artifact", "Trained model artifact", DataScience),
        (
            "model-card",
            "Model card: performance, limitations",
            DataScience,
        ),
        ("features", "Feature requirements", DataScience),
        (
            "io-format",
            "Expected input and output formats",
            DataScience,
        ),
        ("benchmarks", "Performance benchmarks", DataScience),
        (
            "feature-pipeline",
            "Feature pipeline infrastructure",
            Engineering,
        ),
        ("serving", "Model serving platform", Engineering),
        ("monitoring", "Monitoring and alerting", Engineering),
        ("ab-testing", "A/B testing framework", Engineering),
        ("scaling", "Scaling and reliability", Engineering),
        ("integration-tests", "Integration testing", Both),
        ("performance", "Performance optimisation", Both),
        ("incidents", "Incident response", Both),
        ("docs", "Documentation", Both),
    ]
    .into_iter()
    .map(|(slug, title, owner)| Entry {
        slug: Slug::new(slug),
        title: title.to_owned(),
        owner,
    })
    .collect()
}
