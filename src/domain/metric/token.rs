//! The pieces that metrics and results are written in: names, comparators and values.

use super::cursor::{Cursor, Misformed, quoted};
use super::quantity::{Quantity, Unit, decimal, split_number};
use super::{Comparator, MOST_NAME_CHARS};

/// Longer spellings come before those that they begin with.
const COMPARATORS: [(&str, Comparator); 12] = [
    ("<=", Comparator::AtMost),
    ("=<", Comparator::AtMost),
    ("≤", Comparator::AtMost),
    (">=", Comparator::AtLeast),
    ("=>", Comparator::AtLeast),
    ("≥", Comparator::AtLeast),
    ("!=", Comparator::IsNot),
    ("≠", Comparator::IsNot),
    ("==", Comparator::Is),
    ("=", Comparator::Is),
    ("<", Comparator::Below),
    (">", Comparator::Above),
];

impl<'a> Cursor<'a> {
    /// Whether a name and a comparator come next, however long the name is.
    pub(super) fn compares(mut self) -> bool {
        let named = self.rest().starts_with(char::is_alphabetic);
        self.take_while(is_in_name);
        self.skip_gap();
        named && self.comparator().is_some()
    }

    /// Reads a name.
    pub(super) fn name(&mut self) -> Result<&'a str, Misformed> {
        let here = *self;
        if !self.rest().starts_with(char::is_alphabetic) {
            let word = quoted(here.word());
            return Err(here.misformed(format!("{word} is no name; names begin with a letter")));
        }
        let name = self.take_while(is_in_name);
        if name.chars().count() > MOST_NAME_CHARS {
            let problem = format!(
                "{} is longer than {MOST_NAME_CHARS} characters",
                quoted(name)
            );
            return Err(here.misformed(problem));
        }
        Ok(name)
    }

    /// Goes on past a comparator, if one comes next.
    pub(super) fn comparator(&mut self) -> Option<Comparator> {
        let (spelling, comparator) = COMPARATORS
            .into_iter()
            .find(|(spelling, _)| self.rest().starts_with(spelling))?;
        self.advance(spelling.len());
        Some(comparator)
    }

    /// Goes on past a word in the place of a name; whether it is this one.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        self.take_while(is_in_name).eq_ignore_ascii_case(word)
    }

    /// Reads a number and its unit, which may stand apart from it.
    pub(super) fn value(&mut self) -> Result<Quantity, Misformed> {
        let here = *self;
        let word = here.word();
        let (number, suffix) = split_number(word);
        if word.is_empty() {
            return Err(here.misformed("a value is missing"));
        }
        if number.is_empty() || !suffix.chars().all(char::is_alphabetic) {
            return Err(here.misformed(format!("{} is no number", quoted(word))));
        }
        self.advance(number.len());
        if has_comma(*self) {
            return Err(here.misformed(comma_problem(here)));
        }
        let Some(value) = decimal(number) else {
            let problem = format!("{} has more than 28 digits", quoted(number));
            return Err(here.misformed(problem));
        };
        let unit = if suffix.is_empty() {
            self.unit_apart()
        } else {
            self.unit_attached(suffix)?
        };
        Ok(Quantity { value, unit })
    }

    fn unit_attached(&mut self, suffix: &str) -> Result<Unit, Misformed> {
        let Some(unit) = Unit::from_word(suffix) else {
            let problem = format!("{} is none of the units `%`, `ms` and `s`", quoted(suffix));
            return Err(self.misformed(problem));
        };
        self.advance(suffix.len());
        Ok(unit)
    }

    /// A word behind the number that is no unit is left to be read, and so is one with a value of
    /// its own: in `loss=1 s=2`, the `s` is a name.
    fn unit_apart(&mut self) -> Unit {
        let mut after = *self;
        after.skip_gap();
        if after.eat(&['%']) {
            *self = after;
            return Unit::Percent;
        }
        let unit = Unit::from_word(after.take_while(is_in_name));
        let mut beyond = after;
        beyond.skip_gap();
        match unit {
            Some(unit) if !beyond.rest().starts_with(['=', ':']) => {
                *self = after;
                unit
            }
            Some(_) | None => Unit::Plain,
        }
    }
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@' | '/' | '+')
}

/// Whether a comma and a digit come next: it may be a decimal comma or one between thousands.
fn has_comma(cursor: Cursor<'_>) -> bool {
    let after = cursor.rest().strip_prefix(',');
    after.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
}

fn comma_problem(mut number: Cursor<'_>) -> String {
    let word = number.take_while(|c| c.is_ascii_digit() || "+-−.,_".contains(c));
    let word = quoted(word);
    format!("{word} has a comma; numbers are written with a point, such as `0.85`")
}
