//! Reads success metrics.
//!
//! ```text
//! metric    = criterion { (";" | line break) criterion }
//! criterion = name comparator value [unit] [ [","] ["("] "baseline" [":" | "="] value [unit] [")"] ]
//! ```

use super::cursor::{Cursor, Misformed, quoted};
use super::judge::{Unfit, fit};
use super::quantity::Quantity;
use super::{Criterion, MOST_CRITERIA, Metric, same_name};

/// Reads a success metric. The text is prose if no part of it begins with a name and a comparator;
/// if one does, all of them have to be criteria.
///
/// # Errors
/// Where and why a criterion cannot be read, a name is bounded twice from the same side, or there
/// are more than [`MOST_CRITERIA`].
pub fn read(text: &str) -> Result<Metric, Misformed> {
    if !Cursor::segments(text).any(Cursor::compares) {
        return Ok(Metric::Prose);
    }
    let mut criteria: Vec<Criterion> = Vec::new();
    for segment in Cursor::segments(text) {
        if criteria.len() == MOST_CRITERIA {
            let problem = format!("a metric has at most {MOST_CRITERIA} criteria");
            return Err(segment.misformed(problem));
        }
        let criterion = criterion(segment)?;
        let says_the_same = |other: &Criterion| {
            let same_direction = criterion.comparator.same_direction(other.comparator);
            same_direction && same_name(&criterion.name, &other.name)
        };
        if criteria.iter().any(says_the_same) {
            let name = quoted(&criterion.name);
            return Err(segment.misformed(format!("{name} is bounded twice from the same side")));
        }
        criteria.push(criterion);
    }
    Ok(Metric::Criteria(criteria))
}

fn criterion(mut cursor: Cursor<'_>) -> Result<Criterion, Misformed> {
    let start = cursor;
    let name = cursor.name()?;
    cursor.skip_gap();
    let compared = cursor;
    let Some(comparator) = cursor.comparator() else {
        let problem = format!(
            "{} is not followed by a comparator such as `>=`",
            quoted(name)
        );
        return Err(start.misformed(problem));
    };
    if cursor.rest().starts_with(is_comparing) {
        let mut run = compared;
        let run = quoted(run.take_while(is_comparing));
        return Err(compared.misformed(format!("{run} is no comparator")));
    }
    cursor.skip_gap();
    let criterion = Criterion {
        name: name.to_owned(),
        comparator,
        target: cursor.value()?,
        baseline: None,
    };
    let baseline = baseline(cursor, &criterion)?;
    Ok(Criterion {
        baseline,
        ..criterion
    })
}

/// What comparators are made of.
fn is_comparing(c: char) -> bool {
    matches!(c, '<' | '>' | '=' | '!' | '≤' | '≥' | '≠')
}

/// Reads everything behind the target.
fn baseline(mut cursor: Cursor<'_>, criterion: &Criterion) -> Result<Option<Quantity>, Misformed> {
    cursor.skip_gap();
    if cursor.is_done() {
        return Ok(None);
    }
    let start = cursor;
    cursor.eat(&[',']);
    cursor.skip_gap();
    let bracket = cursor;
    let bracketed = cursor.eat(&['(']);
    cursor.skip_gap();
    if !cursor.keyword("baseline") {
        return Err(start.misformed(stray(start)));
    }
    cursor.skip_gap();
    cursor.eat(&[':', '=']);
    cursor.skip_gap();
    let here = cursor;
    let written = cursor.value()?;
    let fitted = fit(written, criterion).map_err(|unfit| here.misformed(unfit_baseline(&unfit)))?;
    cursor.skip_gap();
    if bracketed && !cursor.eat(&[')']) {
        return Err(bracket.misformed("`(` is not closed behind the baseline"));
    }
    cursor.skip_gap();
    if !cursor.is_done() {
        return Err(cursor.misformed(stray(cursor)));
    }
    Ok(Some(fitted))
}

/// Why what comes next cannot stand behind a value.
fn stray(cursor: Cursor<'_>) -> String {
    match cursor.word() {
        "," => "criteria are separated by `;` or line breaks, not by `,`".to_owned(),
        word => format!(
            "{} is neither a unit (`%`, `ms`, `s`) nor a baseline",
            quoted(word)
        ),
    }
}

fn unfit_baseline(unfit: &Unfit) -> String {
    match unfit {
        Unfit::Ambiguous { value, .. } => {
            format!(
                "`{value}` may be a percentage or a ratio; write {}",
                unfit.ways("baseline ")
            )
        }
        Unfit::OtherKind { .. } | Unfit::TooLong { .. } => unfit.to_string(),
    }
}

/// Fills in missing baselines from a text of their own: one value if exactly one criterion has
/// none, or names and values, such as `f1 0.80, latency_p95: 60 ms`. What cannot be read, is not
/// asked for or does not fit is ignored.
#[must_use]
pub fn with_baseline(mut criteria: Vec<Criterion>, text: &str) -> Vec<Criterion> {
    if let Some(value) = lone_value(text) {
        let mut open = criteria.iter_mut().filter(|one| one.baseline.is_none());
        if let (Some(criterion), None) = (open.next(), open.next()) {
            criterion.baseline = fit(value, criterion).ok();
        }
        return criteria;
    }
    for (name, value) in Cursor::segments(text).flat_map(pairs) {
        let asked = |one: &&mut Criterion| one.baseline.is_none() && same_name(&one.name, name);
        for criterion in criteria.iter_mut().filter(asked) {
            criterion.baseline = fit(value, criterion).ok();
        }
    }
    criteria
}

/// The value that is all there is in a text.
fn lone_value(text: &str) -> Option<Quantity> {
    let mut segments = Cursor::segments(text);
    let mut cursor = segments.next()?;
    let value = cursor.value().ok()?;
    (cursor.is_done() && segments.next().is_none()).then_some(value)
}

/// The names and values between commas. A comma within a number is none that separates, and makes
/// that number unreadable.
fn pairs(mut cursor: Cursor<'_>) -> Vec<(&str, Quantity)> {
    let mut found = Vec::new();
    while !cursor.is_done() {
        found.extend(pair(&mut cursor));
        cursor.take_while(|c| c != ',');
        cursor.eat(&[',']);
    }
    found
}

fn pair<'a>(cursor: &mut Cursor<'a>) -> Option<(&'a str, Quantity)> {
    cursor.skip_gap();
    let name = cursor.name().ok()?;
    cursor.skip_gap();
    cursor.eat(&['=', ':']);
    cursor.skip_gap();
    let value = cursor.value().ok()?;
    cursor.skip_gap();
    (cursor.is_done() || cursor.rest().starts_with(',')).then_some((name, value))
}
