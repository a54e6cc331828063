//! What is tied to a model, in its home: experiments with their decisions, hand-offs, and drift.

use crate::domain::item::Item;
use crate::domain::kind::Kind;
use crate::domain::lifecycle::{Home, Tie};
use crate::domain::registry::Stages;

use super::super::{Context, link, text, when, words};
use super::LINE;

/// The most lines of a section.
const MOST: usize = 20;

/// The experiments and research of the model.
pub(super) fn experiments(item: &Item, home: &Home, ctx: &Context<'_>) -> Option<String> {
    let explores = |tie: &Tie| !tie.is_pull && tie.kind.is_some_and(Kind::is_exploration);
    let ties = item.ties.iter().filter(|(_, tie)| explores(tie));
    let rows = ties.map(|(number, tie)| {
        let best = if home.selected == Some(*number) {
            "🏆 best performer · "
        } else {
            ""
        };
        let state = match tie.decided {
            Some(verdict) => {
                format!(
                    "{} {}",
                    words::verdict_emoji(verdict),
                    words::verdict(verdict)
                )
            }
            None if tie.open => "open".to_owned(),
            None => "closed without a decision".to_owned(),
        };
        format!(
            "| {} {} | {best}{state} |",
            link::item(*number, ctx),
            text::escape(&tie.title, LINE)
        )
    });
    table("| Experiment | |\n|:--|:--|", rows.collect())
}

/// The hand-offs of the model, with what runs where.
pub(super) fn handoffs(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let handoffs = item.ties.iter().filter_map(|(number, tie)| {
        let handoff = tie.handoff.as_ref()?;
        Some((number, tie, handoff))
    });
    let rows = handoffs.map(|(number, tie, handoff)| {
        let version = handoff
            .version
            .as_ref()
            .map_or("–".to_owned(), |version| format!("`v{version}`"));
        let state = match (tie.merged.is_some(), handoff.complete) {
            (true, true) => "merged",
            (true, false) => "⚠️ merged unsigned",
            (false, true) => "complete",
            (false, false) if tie.open => "in hand-off",
            (false, false) => "closed",
        };
        let runs = handoff
            .version
            .iter()
            .zip(&item.home)
            .flat_map(|(version, home)| {
                let stages = ctx.registry.stages(&home.model);
                let runs = stages.into_iter().flat_map(Stages::current);
                let runs = runs.filter(|run| run.version == *version);
                runs.map(|run| {
                    format!(
                        " · in {} since {}",
                        text::escape(&run.stage, 40),
                        when::day(run.from, ctx.policy)
                    )
                })
                .collect::<Vec<_>>()
            });
        format!(
            "| {version} | {} | {state}{} |",
            link::item(*number, ctx),
            runs.collect::<String>()
        )
    });
    table("| Version | Hand-off | |\n|:--|:--|:--|", rows.collect())
}

/// What was reported of its drift, the newest first.
pub(super) fn drifts(item: &Item, home: &Home, ctx: &Context<'_>) -> Option<String> {
    let rows = home.drifts.iter().enumerate().rev().map(|(index, drift)| {
        let until_then = home.drifts.iter().take(index + 1);
        let asked = until_then.rev().find(|it| it.asks);
        let opened = asked.and_then(|asked| item.follow_ups.get(&asked.at));
        let on = opened.map_or("–".to_owned(), |it| link::item(it.number, ctx));
        format!(
            "| {} | {} {} · {} | {on} |",
            when::day(drift.at, ctx.policy),
            text::code(&drift.measured, LINE),
            text::escape(&drift.note, LINE),
            text::name(&drift.by.login)
        )
    });
    table("| Drift | | Retraining |\n|:--|:--|:--|", rows.collect())
}

fn table(head: &str, rows: Vec<String>) -> Option<String> {
    let more = rows.len().saturating_sub(MOST);
    let mut lines = vec![head.to_owned()];
    if rows.is_empty() {
        return None;
    }
    lines.extend(rows.into_iter().take(MOST));
    if more > 0 {
        lines.push(format!("\n… and {more} more"));
    }
    Some(lines.join("\n"))
}
