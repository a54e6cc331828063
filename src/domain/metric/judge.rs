//! Judges what was measured by what was asked for.

use rust_decimal::Decimal;

use super::quantity::shifted;
use super::{Comparator, Criterion, OutcomeLabel, Quantity, Unit};

/// A ratio is a hundred times as many per cent: two places of the point.
const PERCENT_PLACES: i64 = 2;

/// A second is a thousand milliseconds: three places of the point.
const MILLISECOND_PLACES: i64 = 3;

/// Why a value cannot be compared with a criterion's target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A plain number over 1 where a percentage is asked for.
    #[error("`{value}` for `{name}` may be a percentage or a ratio; write {}", self.ways(&format!("{name}=")))]
    Ambiguous {
        /// The metric's name.
        name: String,
        /// The value.
        value: Quantity,
    },
    /// Times, percentages and plain numbers that do not measure the same.
    #[error("`{name}` is measured in {}, which `{value}` is not", unit.noun())]
    OtherKind {
        /// The metric's name.
        name: String,
        /// The value.
        value: Quantity,
        /// The metric's unit.
        unit: Unit,
    },
    /// In the metric's unit the value would have more digits than can be counted exactly.
    #[error("`{value}` for `{name}` has too many digits to be converted exactly")]
    TooLong {
        /// The metric's name.
        name: String,
        /// The value.
        value: Quantity,
    },
}

impl Unfit {
    /// The unambiguous ways to write the value, each behind the same words.
    pub(super) fn ways(&self, before: &str) -> String {
        let (Self::Ambiguous { value, .. }
        | Self::OtherKind { value, .. }
        | Self::TooLong { value, .. }) = self;
        let number = value.value;
        match shifted(number, -PERCENT_PLACES) {
            Some(ratio) => format!("`{before}{number}%` or `{before}{ratio}`"),
            None => format!("`{before}{number}%`"),
        }
    }
}

/// Brings a measured value to the criterion's unit, exactly: milliseconds and seconds into each
/// other, and so percentages and ratios. A plain number is a time where one is asked for, and a
/// ratio where a percentage is, unless it is over 1.
///
/// # Errors
/// If the value measures something else, may mean two things, or would have too many digits.
pub fn fit(value: Quantity, criterion: &Criterion) -> Result<Quantity, Unfit> {
    let unit = criterion.target.unit;
    let name = || criterion.name.clone();
    let power = match (value.unit, unit) {
        (Unit::Plain, Unit::Plain | Unit::Millisecond | Unit::Second)
        | (Unit::Percent, Unit::Percent)
        | (Unit::Millisecond, Unit::Millisecond)
        | (Unit::Second, Unit::Second) => 0,
        (Unit::Millisecond, Unit::Second) => -MILLISECOND_PLACES,
        (Unit::Second, Unit::Millisecond) => MILLISECOND_PLACES,
        (Unit::Percent, Unit::Plain) => -PERCENT_PLACES,
        (Unit::Plain, Unit::Percent) if value.value.abs() > Decimal::ONE => {
            return Err(Unfit::Ambiguous {
                name: name(),
                value,
            });
        }
        (Unit::Plain, Unit::Percent) => PERCENT_PLACES,
        (Unit::Millisecond | Unit::Second, Unit::Plain | Unit::Percent)
        | (Unit::Percent, Unit::Millisecond | Unit::Second) => {
            return Err(Unfit::OtherKind {
                name: name(),
                value,
                unit,
            });
        }
    };
    match shifted(value.value, power) {
        Some(number) => Ok(Quantity {
            value: number,
            unit,
        }),
        None => Err(Unfit::TooLong {
            name: name(),
            value,
        }),
    }
}

/// Whether a value that [`fit`] brought to the criterion's unit meets it.
pub fn met(criterion: &Criterion, fitted: Quantity) -> bool {
    let (value, target) = (fitted.value, criterion.target.value);
    match criterion.comparator {
        Comparator::AtMost => value <= target,
        Comparator::Below => value < target,
        Comparator::AtLeast => value >= target,
        Comparator::Above => value > target,
        Comparator::Is => value == target,
        Comparator::IsNot => value != target,
    }
}

/// What the measured values, asked for by the criteria's names, say of the hypothesis. Any miss
/// refutes it; otherwise, what was not measured or does not fit leaves it open, and so does a
/// metric without criteria.
pub fn outcome(
    criteria: &[Criterion],
    measured: impl Fn(&str) -> Option<Quantity>,
) -> OutcomeLabel {
    let judged: Vec<Option<bool>> = rows(criteria, measured)
        .into_iter()
        .map(|row| row.met)
        .collect();
    if judged.contains(&Some(false)) {
        OutcomeLabel::Refuted
    } else if judged.is_empty() || judged.contains(&None) {
        OutcomeLabel::Inconclusive
    } else {
        OutcomeLabel::Supported
    }
}

/// A criterion beside what was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<'a> {
    /// What was asked for.
    pub criterion: &'a Criterion,
    /// What was measured, in the criterion's unit. `None` if nothing was, or it does not fit.
    pub result: Option<Quantity>,
    /// Whether the result meets the criterion.
    pub met: Option<bool>,
    /// How far the result is above the baseline, or above the target if there is no baseline, in
    /// the criterion's unit. `None` without a result, or if it has too many digits to be counted.
    pub difference: Option<Quantity>,
}

/// A row for each criterion, in their order, with the values measured under their names.
pub fn rows<'a>(
    criteria: &'a [Criterion],
    measured: impl Fn(&str) -> Option<Quantity>,
) -> Vec<Row<'a>> {
    let row = |criterion: &'a Criterion| {
        let result = measured(&criterion.name).and_then(|value| fit(value, criterion).ok());
        let before = criterion.baseline.unwrap_or(criterion.target);
        Row {
            criterion,
            result,
            met: result.map(|result| met(criterion, result)),
            difference: result.and_then(|result| result.minus(before)),
        }
    };
    criteria.iter().map(row).collect()
}
