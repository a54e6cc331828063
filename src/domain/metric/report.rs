//! Reads results.
//!
//! ```text
//! report      = outcome [punctuation] | measurement { separator measurement }
//! measurement = name ("=" | ":") value [unit]
//! separator   = blank | "," | ";" | line break
//! ```

use super::cursor::{Cursor, Misformed, is_gap, quoted};
use super::quantity::split_number;
use super::{MOST_MEASUREMENTS, Measurement, OutcomeLabel, Report, same_name};

/// Reads a result: measured values, or an outcome that people judged.
///
/// # Errors
/// Where and why a value cannot be read, a name is given twice, there are more than
/// [`MOST_MEASUREMENTS`], or something is said behind an outcome.
pub fn read_report(text: &str) -> Result<Report, Misformed> {
    if let Some((outcome, after)) = outcome(text) {
        return judged(outcome, after).map(Report::Judged);
    }
    let mut measured = Vec::new();
    for segment in Cursor::segments(text) {
        measurements(segment, &mut measured)?;
    }
    if measured.is_empty() {
        return Err(Cursor::new(text).misformed("a result is missing"));
    }
    Ok(Report::Measured(measured))
}

/// The outcome at a text's start, and the place behind it. An outcome's name with a number of its
/// own, as in `supported=0.5`, is that of a measurement.
fn outcome(text: &str) -> Option<(OutcomeLabel, Cursor<'_>)> {
    let mut cursor = Cursor::segments(text).next()?;
    let mut said = word(&mut cursor).to_owned();
    if said.eq_ignore_ascii_case("did") {
        for _ in 0..2 {
            cursor.skip_gap();
            said = format!("{said}-{}", word(&mut cursor));
        }
    }
    let outcome = OutcomeLabel::from_word(said.trim_end_matches('-'))?;
    (!has_number(cursor)).then_some((outcome, cursor))
}

fn word<'a>(cursor: &mut Cursor<'a>) -> &'a str {
    cursor.take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
}

fn has_number(mut cursor: Cursor<'_>) -> bool {
    cursor.skip_gap();
    let equals = cursor.eat(&['=', ':']);
    cursor.skip_gap();
    equals && !split_number(cursor.word()).0.is_empty()
}

/// Behind an outcome there may be punctuation, but nothing is said.
fn judged(outcome: OutcomeLabel, after: Cursor<'_>) -> Result<OutcomeLabel, Misformed> {
    let mut cursor = after.to_the_end();
    cursor.take_while(|c| !c.is_alphanumeric());
    if cursor.is_done() {
        return Ok(outcome);
    }
    let word = quoted(cursor.word());
    Err(cursor.misformed(format!("{word} follows `{outcome}`, which stands alone")))
}

/// Reads the measurements of one segment.
fn measurements(mut cursor: Cursor<'_>, measured: &mut Vec<Measurement>) -> Result<(), Misformed> {
    loop {
        cursor.take_while(is_separator);
        if cursor.is_done() {
            return Ok(());
        }
        let start = cursor;
        if measured.len() == MOST_MEASUREMENTS {
            let problem = format!("a result has at most {MOST_MEASUREMENTS} measurements");
            return Err(start.misformed(problem));
        }
        let measurement = measurement(&mut cursor, measured.is_empty())?;
        if measured
            .iter()
            .any(|one| same_name(&one.name, &measurement.name))
        {
            let name = quoted(&measurement.name);
            return Err(start.misformed(format!("{name} is given twice")));
        }
        measured.push(measurement);
    }
}

fn is_separator(c: char) -> bool {
    is_gap(c) || c == ','
}

fn measurement(cursor: &mut Cursor<'_>, is_first: bool) -> Result<Measurement, Misformed> {
    let start = *cursor;
    let name = cursor.name()?;
    cursor.skip_gap();
    equals(cursor, start, is_first)?;
    cursor.skip_gap();
    let value = cursor.value()?;
    if !cursor.is_done() && !cursor.rest().starts_with(is_separator) {
        let word = quoted(cursor.word());
        return Err(cursor.misformed(format!("{word} is not part of a value")));
    }
    Ok(Measurement {
        name: name.to_owned(),
        value,
    })
}

/// Reads what stands between the name, which began at `start`, and the value.
fn equals(cursor: &mut Cursor<'_>, start: Cursor<'_>, is_first: bool) -> Result<(), Misformed> {
    let here = *cursor;
    let sign = cursor.take_while(|c| matches!(c, '=' | ':' | '<' | '>' | '!' | '≤' | '≥' | '≠'));
    if matches!(sign, "=" | ":") {
        return Ok(());
    }
    if !sign.is_empty() {
        let problem = format!("a result is written with `=`, not with {}", quoted(sign));
        return Err(here.misformed(problem));
    }
    let word = quoted(start.word());
    let problem = if is_first {
        format!("{word} is neither a measurement such as `f1=0.87` nor an outcome")
    } else {
        format!("{word} is neither a unit (`%`, `ms`, `s`) nor followed by `=` and a value")
    };
    Err(start.misformed(problem))
}
