//! What was fixed when an experiment started, and what was amended since: both stay readable.

use crate::domain::item::{Amendment, FrozenFields, Item};
use crate::domain::order::Frozen;

use super::{Context, text, when, words};

/// Lengths of what users typed, in characters of Markdown.
const FIELD: usize = 1_500;
/// Amendments that are shown, the newest ones.
const MOST: usize = 6;

/// Whether another metric counts than the one that was fixed.
pub fn is_metric_amended(frozen: &FrozenFields) -> bool {
    frozen
        .amendments
        .iter()
        .any(|amendment| amendment.field == Frozen::Metric)
}

/// The last amendment of a field, which is what counts.
pub fn last(frozen: &FrozenFields, field: Frozen) -> Option<&Amendment> {
    let of_field = |amendment: &&Amendment| amendment.field == field;
    frozen.amendments.iter().rev().find(of_field)
}

/// The original and all amendments of it in their order, with dates and reasons, folded.
pub fn section(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let frozen = item.frozen.as_ref()?;
    let all = &frozen.amendments;
    if all.is_empty() {
        return None;
    }
    let mut lines = Vec::new();
    for (field, original) in [
        (Frozen::Hypothesis, &frozen.hypothesis),
        (Frozen::Metric, &frozen.metric),
    ] {
        if last(frozen, field).is_some() {
            lines.push(format!(
                "- **{}**, as fixed {}: {}",
                name(field),
                when::day(frozen.at, ctx.policy),
                original
                    .as_deref()
                    .map_or("none".to_owned(), |text| text::escape_lines(text, FIELD))
            ));
        }
    }
    let hidden = all.len().saturating_sub(MOST);
    if hidden > 0 {
        lines.push(format!("- … {hidden} more between"));
    }
    let first_result = item.results.first().map(|reported| reported.at);
    lines.extend(all.iter().skip(hidden).map(|amendment| {
        let late = first_result.is_some_and(|first| first < amendment.at);
        format!(
            "- **{}**, {}{}: {}<br>because {} · {}",
            name(amendment.field),
            when::day(amendment.at, ctx.policy),
            if late { ", after the first result" } else { "" },
            text::escape_lines(&amendment.text, FIELD),
            text::escape_lines(&amendment.reason, FIELD),
            text::name(&amendment.by.login),
        )
    }));
    let count = words::counted(all.len(), "amendment", "amendments");
    Some(text::details(&format!("<b>{count}</b>"), &lines.join("\n")))
}

/// That the text says something else now than what counts.
pub fn edited_note(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let frozen = item.frozen.as_ref().filter(|_| item.text_was_edited())?;
    Some(format!(
        "- ✏️ The issue's text was edited after the start. What counts is what was fixed on {}, shown here; `/amend metric … because …` adds a change beside it.",
        when::day(frozen.at, ctx.policy)
    ))
}

/// `🔒 fixed 23 Nov 2026, 3f2a91c0ffee`: what was fixed can be told by its digest.
pub fn seal(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let frozen = item.frozen.as_ref()?;
    Some(format!(
        "🔒 fixed {}, `{}`",
        when::day(frozen.at, ctx.policy),
        frozen.digest
    ))
}

fn name(field: Frozen) -> &'static str {
    match field {
        Frozen::Hypothesis => "Hypothesis",
        Frozen::Metric => "Metric",
    }
}
