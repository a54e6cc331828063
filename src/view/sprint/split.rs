//! A sprint's split as a table, in a sentence where it deviates, and as a picture.

use std::fmt::Write as _;

use crate::domain::ids::ItemNumber;
use crate::domain::sprint::Split;

use super::super::meter::meter;
use super::super::{Context, link, text, words};
use super::MOST;

pub(super) fn table(split: &Split, ctx: &Context<'_>) -> String {
    let mut table =
        "| Sprint split | Target | Planned | Done | |\n|:--|--:|--:|--:|:--|".to_owned();
    for share in &split.shares {
        // Writing to a string cannot fail.
        let _ = write!(
            table,
            "\n| {} | {} | {} | {} | {} |",
            words::bucket(share.bucket),
            goal(split, share.target),
            amount(split, share.planned),
            amount(split, share.actual),
            meter(tenths(share.actual, share.planned)),
        );
    }
    if !split.unknown.is_empty() {
        let _ = write!(
            table,
            "\n| Unsized | | {} | | {} |",
            words::counted(split.unknown.len(), "item", "items"),
            numbers(&split.unknown, ctx)
        );
    }
    table
}

/// `60 % · 30 d`, or the share alone where nobody knows the capacity.
fn goal(split: &Split, target: u32) -> String {
    if split.capacity > 0.0 {
        let part = split.capacity * f64::from(target) / 100.0;
        format!("{target} % · {}", days(part))
    } else {
        format!("{target} %")
    }
}

/// `56 % · 28 d`, or the days alone where nobody knows the capacity.
fn amount(split: &Split, amount: f64) -> String {
    if amount <= 0.0 {
        return "–".to_owned();
    }
    match split.percent(amount) {
        // A sum of nothing is a negative zero.
        Some(percent) => format!("{:.0} % · {}", percent + 0.0, days(amount)),
        None => days(amount),
    }
}

/// Person-days.
pub(super) fn days(amount: f64) -> String {
    format!("{} d", tenth(amount))
}

/// An amount to a tenth.
pub(super) fn tenth(amount: f64) -> String {
    let shown = format!("{:.1}", amount + 0.0);
    shown.strip_suffix(".0").unwrap_or(&shown).to_owned()
}

/// Filled steps of a meter; what was not planned at all is more than planned.
fn tenths(part: f64, whole: f64) -> u32 {
    if part <= 0.0 {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 10, also where it is infinite"
    )]
    let tenths = (part / whole * 10.0).floor().clamp(0.0, 10.0) as u32;
    tenths
}

fn numbers(numbers: &[ItemNumber], ctx: &Context<'_>) -> String {
    let mut shown: Vec<String> = numbers
        .iter()
        .take(MOST)
        .map(|number| link::item(*number, ctx))
        .collect();
    if numbers.len() > MOST {
        shown.push(format!("… and {} more", numbers.len() - MOST));
    }
    shown.join(", ")
}

/// The buckets that are further from their target than the policy tolerates: of the plan, or, once
/// the sprint is over, of what was done.
pub(super) fn deviations(split: &Split, is_over: bool, ctx: &Context<'_>) -> Option<String> {
    let sprint = &ctx.policy.sprint;
    let lines: Vec<String> = split
        .shares
        .iter()
        .filter_map(|share| {
            let amount = if is_over { share.actual } else { share.planned };
            let percent = split
                .percent(amount)
                .filter(|_| split.deviates(amount, share.target, sprint.tolerance))?;
            Some(format!(
                "{} {} {percent:.0} % instead of {} %",
                words::bucket(share.bucket),
                if is_over { "took" } else { "is planned at" },
                share.target
            ))
        })
        .collect();
    (!lines.is_empty()).then(|| format!("⚖️ {}.", lines.join(" · ")))
}

/// The plan as a picture, folded.
pub(super) fn pie(split: &Split) -> Option<String> {
    let slices: Vec<String> = split
        .shares
        .iter()
        .filter(|share| share.planned > 0.0)
        .map(|share| {
            format!(
                "    \"{}\" : {:.1}",
                words::bucket(share.bucket),
                share.planned
            )
        })
        .collect();
    (!slices.is_empty()).then(|| {
        let chart = format!(
            "```mermaid\npie showData\n    title Planned person-days\n{}\n```",
            slices.join("\n")
        );
        text::details("<b>Split as a pie</b>", &chart)
    })
}
