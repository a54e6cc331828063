//! What an experiment measures and what came out: one table, and the reports that led to it.

use std::fmt::Write as _;

use crate::domain::item::Item;
use crate::domain::kind::Stage;
use crate::domain::labels::OutcomeLabel;
use crate::domain::metric::{self, Criterion, Report, Row};

use super::{Context, text, when, words};

/// Lengths of what users typed, in characters of Markdown.
const NAME: usize = 80;
/// Reports that are shown, the newest ones.
const MOST_REPORTS: usize = 10;
/// Results beside the criteria that are shown.
const MOST_OTHERS: usize = 12;

/// The table of criteria, and what the results say; `None` where nothing can be measured.
pub fn table(item: &Item) -> Option<String> {
    let criteria = item.criteria().ok().flatten()?;
    let lock = match &item.frozen {
        Some(frozen) if super::amendments::is_metric_amended(frozen) => " 🔒 amended",
        Some(_) => " 🔒",
        None => "",
    };
    let mut table =
        format!("| Metric{lock} | Wanted | Baseline | Result | |\n|:--|--:|--:|--:|:--|");
    for row in metric::rows(&criteria, |name| item.measured(name)) {
        // Writing to a string cannot fail.
        let _ = write!(table, "\n{}", line(&row));
    }
    Some(table)
}

fn line(row: &Row<'_>) -> String {
    let Criterion {
        name,
        comparator,
        target,
        baseline,
    } = row.criterion;
    let baseline = baseline.map_or("–".to_owned(), |value| value.to_string());
    let result = row
        .result
        .map_or("–".to_owned(), |value| format!("**{value}**"));
    let verdict = match (row.met, row.difference) {
        (None, _) => "not measured".to_owned(),
        (Some(met), difference) => {
            let sign = if met { "✓" } else { "✗" };
            let from = if row.criterion.baseline.is_some() {
                ""
            } else {
                " from what is wanted"
            };
            difference.map_or(sign.to_owned(), |difference| {
                format!("{sign} {}{from}", metric::signed(difference))
            })
        }
    };
    // On a phone a last column that may break is drawn one word wide, and as many lines high.
    let verdict = verdict.replace(' ', "\u{a0}");
    format!(
        "| {} | {} {target} | {baseline} | {result} | {verdict} |",
        text::code(name, NAME),
        in_cell(comparator.symbol()),
    )
}

/// A smaller sign would begin a tag.
fn in_cell(symbol: &str) -> String {
    symbol.replace('<', "&lt;").replace('>', "&gt;")
}

/// `**Outcome:** supported · mira, 25 Nov 2026`, with what was measured beside the criteria.
pub fn outcome(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let last = item.results.last()?;
    let mut said = match item.outcome() {
        Some(outcome) => format!("**Outcome:** {}", words::outcome(outcome)),
        None => {
            "**Measured,** and for people to judge: `/result supported | refuted | inconclusive`"
                .to_owned()
        }
    };
    // Writing to a string cannot fail.
    let _ = write!(
        said,
        " · {}, {}",
        text::name(&last.by.login),
        when::day(last.at, ctx.policy)
    );
    if let Some(others) = others(item) {
        let _ = write!(said, "<br>Also measured: {others}");
    }
    Some(said)
}

/// Results of no criterion, each name once.
fn others(item: &Item) -> Option<String> {
    let criteria = item.criteria().ok().flatten().unwrap_or_default();
    let mut names: Vec<&str> = Vec::new();
    for reported in &item.results {
        let Report::Measured(measurements) = &reported.report else {
            continue;
        };
        for measurement in measurements {
            let name = measurement.name.as_str();
            let is_criterion = criteria.iter().any(|it| metric::same_name(&it.name, name));
            if !is_criterion && !names.iter().any(|it| metric::same_name(it, name)) {
                names.push(name);
            }
        }
    }
    let more = names.len().saturating_sub(MOST_OTHERS);
    let mut shown: Vec<String> = names
        .iter()
        .take(MOST_OTHERS)
        .filter_map(|name| {
            Some(format!(
                "{} {}",
                text::code(name, NAME),
                item.measured(name)?
            ))
        })
        .collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    (!shown.is_empty()).then(|| shown.join(" · "))
}

/// All reports, newest first and folded, once there are several.
pub fn history(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let all = &item.results;
    if all.len() < 2 {
        return None;
    }
    let mut lines: Vec<String> = all
        .iter()
        .rev()
        .take(MOST_REPORTS)
        .map(|reported| {
            format!(
                "- {}, {}: {}",
                when::moment(reported.at, ctx.policy),
                text::name(&reported.by.login),
                said(&reported.report)
            )
        })
        .collect();
    if all.len() > MOST_REPORTS {
        lines.push(format!("- … and {} more", all.len() - MOST_REPORTS));
    }
    let summary = format!("<b>Results</b> · reported {} times", all.len());
    Some(text::details(&summary, &lines.join("\n")))
}

fn said(report: &Report) -> String {
    match report {
        Report::Judged(outcome) => words::outcome(*outcome).to_owned(),
        Report::Measured(measurements) => {
            let more = measurements.len().saturating_sub(MOST_OTHERS);
            let mut shown: Vec<String> = measurements
                .iter()
                .take(MOST_OTHERS)
                .map(|it| format!("{} {}", text::code(&it.name, NAME), it.value))
                .collect();
            if more > 0 {
                shown.push(format!("{more} more"));
            }
            shown.join(", ")
        }
    }
}

/// `abandoned, f1 0.71`: how an earlier item ended, in a few words.
pub fn ending(item: &Item) -> String {
    let ended = match (&item.decision, &item.closed, item.outcome()) {
        (Some(decision), _, _) => words::verdict(decision.verdict).to_owned(),
        (None, _, Some(OutcomeLabel::DidNotFinish)) => "did not finish".to_owned(),
        (None, None, _) if item.stage == Stage::Ideation => "an idea so far".to_owned(),
        (None, None, _) => words::in_stage(item.stage).to_owned(),
        (None, Some(closed), _) if !closed.how.is_done() => "not done".to_owned(),
        (None, Some(_), _) if item.findings.is_empty() => "closed without findings".to_owned(),
        (None, Some(_), _) => "findings".to_owned(),
    };
    let criteria = item.criteria().ok().flatten().unwrap_or_default();
    let first = criteria.iter().find_map(|criterion| {
        let value = item.measured(&criterion.name)?;
        Some(format!(", {} {value}", text::code(&criterion.name, NAME)))
    });
    format!("{ended}{}", first.unwrap_or_default())
}
