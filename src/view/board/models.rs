//! Models: what runs where, which version is the newest, and what ran before.

use std::collections::BTreeMap;

use crate::domain::item::Item;
use crate::domain::registry::{PRODUCTION, Record, Run, Stages, Start};
use crate::domain::version::ModelName;

use super::super::{Context, lifecycle, link, text, when, words};
use super::{SECTION, and_more, fitting};

/// What ran before, of one model, at most.
const MOST_RUNS: usize = 12;

/// The table and the history; `None` where no model is known.
pub(super) fn table(items: &[Item], ctx: &Context<'_>) -> Option<String> {
    let homes: Homes<'_> = homes(items);
    let mut models = ctx.registry.models();
    models.extend(homes.keys());
    models.sort();
    models.dedup();
    let rows = models.iter().map(|model| row(model, &homes, ctx));
    let (rows, more) = fitting(rows, SECTION);
    if rows.is_empty() {
        return None;
    }
    let more = and_more(more).map(|more| format!("| {more} | | | | |"));
    let rows: Vec<String> = rows.into_iter().chain(more).collect();
    let table = format!(
        "**Models**\n\n| Model | Lifecycle | Production | Other stages | Newest version |\n|:--|:--|:--|:--|:--|\n{}",
        rows.join("\n")
    );
    let histories: Vec<String> = models
        .iter()
        .filter_map(|model| history(model, ctx))
        .collect();
    let (mut lines, more) = fitting(histories.into_iter(), SECTION);
    if lines.is_empty() {
        return Some(table);
    }
    lines.extend(and_more(more).map(|more| format!("- {more}")));
    let ran = text::details("What ran in production", &lines.join("\n"));
    Some(format!("{table}\n\n{ran}"))
}

/// The homes of models, by model.
type Homes<'a> = BTreeMap<&'a ModelName, &'a Item>;

fn homes(items: &[Item]) -> Homes<'_> {
    let live = items.iter().filter(|item| !item.gone);
    live.filter_map(|item| Some((&item.home.as_ref()?.model, item)))
        .collect()
}

fn row(model: &ModelName, homes: &Homes<'_>, ctx: &Context<'_>) -> String {
    let stages = ctx.registry.stages(model);
    let current = || stages.into_iter().flat_map(Stages::current);
    let production: Vec<String> = current()
        .filter(|run| run.stage == PRODUCTION)
        .map(|run| runs_since(run, ctx))
        .collect();
    let others: Vec<String> = current()
        .filter(|run| run.stage != PRODUCTION)
        .map(|run| format!("{} {}", text::escape(&run.stage, 40), version(run)))
        .collect();
    let records = ctx.registry.records(model);
    let newest = records.first().map(|record| newest(record, ctx));
    let home = homes.get(model);
    let unversioned = if ctx.registry.models().contains(&model) {
        "in hand-off"
    } else {
        "–"
    };
    format!(
        "| {} | {} | {} | {} | {} |",
        text::code(model.as_str(), 60),
        home.and_then(|home| lifecycle::on_board(home, ctx))
            .unwrap_or_default(),
        production.join(", "),
        others.join("<br>"),
        newest.unwrap_or_else(|| unversioned.to_owned())
    )
}

/// `v2.3.0 since 3 Dec 2026`
fn runs_since(run: &Run, ctx: &Context<'_>) -> String {
    format!(
        "**{}** since {}",
        version(run),
        when::day(run.from, ctx.policy)
    )
}

fn version(run: &Run) -> String {
    format!("v{}", text::escape(&run.version.to_string(), 60))
}

/// `v2.3.0 · #19 · 1 entry waived`
fn newest(record: &Record, ctx: &Context<'_>) -> String {
    let mut said = vec![
        format!("v{}", text::escape(&record.of.version.to_string(), 60)),
        link::item(record.pull, ctx),
    ];
    said.extend(state(record));
    said.join(" · ")
}

/// What is to be known of a version's hand-off, in few words.
fn state(record: &Record) -> Vec<String> {
    let mut said = Vec::new();
    let entries = |count| words::counted(count, "entry", "entries");
    if !record.open.is_empty() {
        said.push(format!("⚠️ **unsigned**: {}", entries(record.open.len())));
    } else if !record.open_when_merged.is_empty() {
        said.push("signed after the merge".to_owned());
    }
    if record.self_signed {
        said.push("self-signed".to_owned());
    }
    let waived = record.entries.iter().filter(|it| !it.waived.is_empty());
    let waived = waived.count();
    if waived > 0 {
        said.push(format!("{} waived", entries(waived)));
    }
    said
}

/// ``- `fraud-detector`: v2.3.0 since 3 Dec 2026 · lena; v2.2.0, 1 Mar – 3 Dec 2026``
fn history(model: &ModelName, ctx: &Context<'_>) -> Option<String> {
    let runs = ctx.registry.stages(model)?.runs().iter().rev();
    let runs: Vec<&Run> = runs.filter(|run| run.stage == PRODUCTION).collect();
    let mut lines: Vec<String> = runs
        .iter()
        .take(MOST_RUNS)
        .map(|run| ran(run, ctx))
        .collect();
    lines.extend(and_more(runs.len().saturating_sub(MOST_RUNS)));
    let name = text::code(model.as_str(), 60);
    (!lines.is_empty()).then(|| format!("- {name}\n  - {}", lines.join("\n  - ")))
}

fn ran(run: &Run, ctx: &Context<'_>) -> String {
    let moment = |at| {
        let (day, clock) = (when::day(at, ctx.policy), when::clock(at, ctx.policy));
        format!("{day}, {clock}")
    };
    let from = moment(run.from);
    let time = match run.until {
        Some(until) => format!("{}, {from} – {}", version(run), moment(until)),
        None => format!("**{}** since {from}", version(run)),
    };
    let by = run.by.as_ref().map(|by| text::name(&by.login));
    match &run.start {
        Start::Promoted => [Some(time), by]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
        Start::RolledBack { reason } => {
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            format!("{time} · rolled back{by}: {}", text::escape(reason, 120))
        }
    }
}
