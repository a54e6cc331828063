//! Exact numbers with their units.
//!
//! Scaling and subtracting work on the digits themselves, since the decimal type's own arithmetic
//! rounds where a result has too many of them; here such a result is none.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One more than the largest number that 28 digits can write. The decimal type holds every number
/// of 28 digits, and some of 29.
const DIGITS_END: i128 = 10_i128.pow(28);

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Nothing in particular; a ratio, where a percentage is expected.
    Plain,
    /// Hundredths.
    Percent,
    /// Thousandths of a second.
    Millisecond,
    /// Seconds.
    Second,
}

impl Unit {
    /// Reads `%`, `ms` or `s`, without regard to case. `None` if it is no unit; a plain number has
    /// none.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Percent, Self::Millisecond, Self::Second]
            .into_iter()
            .find(|unit| word.eq_ignore_ascii_case(unit.symbol()))
    }

    /// As it is written behind a number; empty for a plain one.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Percent => "%",
            Self::Millisecond => "ms",
            Self::Second => "s",
        }
    }

    /// What it is called in a sentence.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Plain => "plain numbers",
            Self::Percent => "per cent",
            Self::Millisecond => "milliseconds",
            Self::Second => "seconds",
        }
    }
}

/// A number and its unit. Two are equal if their unit is the same and their values are: 0.8 is
/// 0.80, but 1 s is not 1000 ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    /// The number, as precise as it was written.
    pub value: Decimal,
    /// What it counts.
    pub unit: Unit,
}

impl Quantity {
    /// This less the other, exactly and as precise as the preciser one. `None` if their units
    /// differ or the difference has too many digits.
    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let scale = self.value.scale().max(other.value.scale());
        let digits = |value: Decimal| {
            let widening = 10_i128.checked_pow(scale - value.scale())?;
            value.mantissa().checked_mul(widening)
        };
        let difference = digits(self.value)?.checked_sub(digits(other.value)?)?;
        let value = exact(difference, scale.into())?;
        (self.unit == other.unit).then_some(Self { value, ..self })
    }
}

/// As people write it: `0.85`, `85 %`, `50 ms`.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Unit::Plain => write!(f, "{}", self.value),
            unit => write!(f, "{} {}", self.value, unit.symbol()),
        }
    }
}

/// A difference as readers see it: `+0.07`, `−9 ms` with a real minus sign, `±0` for none.
pub fn signed(difference: Quantity) -> String {
    let value = difference.value;
    let size = Quantity {
        value: value.abs(),
        ..difference
    };
    if value.is_zero() {
        "±0".to_owned()
    } else if value.is_sign_negative() {
        format!("−{size}")
    } else {
        format!("+{size}")
    }
}

/// The value times a power of ten, exactly. `None` if it would have too many digits.
pub(super) fn shifted(value: Decimal, power: i64) -> Option<Decimal> {
    exact(value.mantissa(), i64::from(value.scale()) - power)
}

/// The decimal of these digits, so many of them behind the point; a negative scale adds zeros.
/// `None` if it has more than 28 digits, so that whatever is shown can be read again.
fn exact(digits: i128, scale: i64) -> Option<Decimal> {
    let zeros = u32::try_from(scale.min(0).checked_neg()?).ok()?;
    let widened = match digits {
        0 => 0,
        _ => 10_i128.checked_pow(zeros)?.checked_mul(digits)?,
    };
    let places = u32::try_from(scale.max(0)).ok()?;
    Decimal::try_from_i128_with_scale(widened, places)
        .ok()
        .filter(|_| widened.abs() < DIGITS_END)
}

/// The number at a word's start, if there is any, and what follows it. A sign, digits with `_`
/// between them, a point, an exponent: `-3`, `.85`, `1_000`, `1e-3`.
pub(super) fn split_number(word: &str) -> (&str, &str) {
    let after_sign = word.strip_prefix(['+', '-', '−']).unwrap_or(word);
    let after_whole = after_digits(after_sign);
    let after_mantissa = after_whole
        .strip_prefix('.')
        .map(|fraction| (fraction, after_digits(fraction)))
        .filter(|(fraction, after)| after.len() < fraction.len())
        .map_or(after_whole, |(_, after)| after);
    if after_mantissa.len() == after_sign.len() {
        return ("", word);
    }
    let after_exponent = after_mantissa.strip_prefix(['e', 'E']).and_then(|rest| {
        let digits = rest.strip_prefix(['+', '-', '−']).unwrap_or(rest);
        let after = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        (after.len() < digits.len()).then_some(after)
    });
    let after = after_exponent.unwrap_or(after_mantissa);
    word.split_at(word.len() - after.len())
}

/// What follows the digits at a text's start. A single `_` between two digits is one of them.
fn after_digits(text: &str) -> &str {
    let mut rest = text;
    loop {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let begun = after.len() < rest.len();
        match after.strip_prefix('_') {
            Some(next) if begun && next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => return after,
        }
    }
}

/// The value of what [`split_number`] found. `None` if it needs more than 28 digits, counting the
/// zeros that an exponent adds or more than 28 of them behind the point.
pub(super) fn decimal(number: &str) -> Option<Decimal> {
    let number = number.replace('−', "-").replace('_', "");
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((&number, "0"));
    let places = mantissa
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let mut digits = 0_i128;
    for digit in mantissa.chars().filter_map(|c| c.to_digit(10)) {
        digits = digits * 10 + i128::from(digit);
        if digits >= DIGITS_END {
            return None;
        }
    }
    let scale = i64::try_from(places).ok()?;
    let scale = scale.checked_sub(exponent.parse().ok()?)?;
    let sign = if mantissa.starts_with('-') { -1 } else { 1 };
    exact(sign * digits, scale)
}
