//! Success metrics and results: read as people write them, judged exactly.
//!
//! ```text
//! f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms      a metric of two criteria
//! f1=0.87 latency_p95=41ms                           a result, measured
//! did not finish                                     a result, judged by people
//! ```
//!
//! Numbers are decimals, not floats: a team that asks for 0.87 and measures 0.87 has reached it,
//! and 0.87 is 0.07 above 0.80. They keep the precision in which they were written. A metric in
//! which nobody compares anything is prose, and prose is never an error; one that compares anywhere
//! has to do so everywhere, so that no criterion is lost to a typing mistake.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::kind::words;
use super::labels::OutcomeLabel;

mod criteria;
mod cursor;
mod judge;
mod quantity;
mod report;
mod token;

pub use criteria::{read, with_baseline};
pub use cursor::Misformed;
pub use judge::{Row, Unfit, fit, met, outcome, rows};
pub use quantity::{Quantity, Unit, signed};
pub use report::read_report;

/// More criteria than anybody judges one experiment by.
pub const MOST_CRITERIA: usize = 20;

/// More measurements than one result has.
pub const MOST_MEASUREMENTS: usize = 50;

/// The longest name of a metric, in characters.
pub const MOST_NAME_CHARS: usize = 60;

words!(
    /// How a measured value has to stand to the target.
    Comparator {
        /// The target or less.
        AtMost = "<=",
        /// Less than the target.
        Below = "<",
        /// The target or more.
        AtLeast = ">=",
        /// More than the target.
        Above = ">",
        /// Exactly the target.
        Is = "=",
        /// Anything but the target.
        IsNot = "!=",
    }
);

impl Comparator {
    /// As readers see it: `≤ < ≥ > = ≠`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::AtMost => "≤",
            Self::Below => "<",
            Self::AtLeast => "≥",
            Self::Above => ">",
            Self::Is => "=",
            Self::IsNot => "≠",
        }
    }

    /// Whether both bound a value from the same side: two such criteria of one name would say the
    /// same thing twice, while a lower and an upper bound make a range.
    fn same_direction(self, other: Self) -> bool {
        match self {
            Self::AtMost | Self::Below => matches!(other, Self::AtMost | Self::Below),
            Self::AtLeast | Self::Above => matches!(other, Self::AtLeast | Self::Above),
            Self::Is | Self::IsNot => other == self,
        }
    }
}

/// One condition of a success metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Criterion {
    /// What is measured, as written; names are compared with [`same_name`].
    pub name: String,
    /// How the measured value has to stand to the target.
    pub comparator: Comparator,
    /// What is to be reached; its unit is the criterion's unit.
    pub target: Quantity,
    /// Where things stood before, in the criterion's unit.
    pub baseline: Option<Quantity>,
}

/// `f1 ≥ 0.85 baseline 0.80`; what this yields, [`read`] reads.
impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, symbol) = (&self.name, self.comparator.symbol());
        write!(f, "{name} {symbol} {}", self.target)?;
        match self.baseline {
            Some(baseline) => write!(f, " baseline {baseline}"),
            None => Ok(()),
        }
    }
}

/// A success metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// At least one and at most [`MOST_CRITERIA`] conditions, all of which have to be met.
    Criteria(Vec<Criterion>),
    /// Text that compares nothing; people judge it.
    Prose,
}

/// One measured value of a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measurement {
    /// What was measured, as written; names are compared with [`same_name`].
    pub name: String,
    /// The value, in the unit in which it was written.
    pub value: Quantity,
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Report {
    /// At least one and at most [`MOST_MEASUREMENTS`] values, each of another name.
    Measured(Vec<Measurement>),
    /// The outcome itself, as people judged it.
    Judged(OutcomeLabel),
}

/// Names do not differ by case alone.
pub fn same_name(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests;
