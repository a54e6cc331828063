//! Models: what runs where, which version is the newest, and what ran before.

use crate::domain::item::Item;
use crate::domain::registry::{PRODUCTION, Record, Run, Stages, Start};
use crate::domain::version::{ModelName, ModelVersion};

use super::super::{Context, home, link, models, text, when};
use super::{SECTION, and_more, fitting};

/// What ran before, of one model, at most.
const MOST_RUNS: usize = 12;

/// The table and the history; `None` where no model is known.
pub(super) fn table(items: &[Item], ctx: &Context<'_>) -> Option<String> {
    let models = ctx.registry.models();
    let rows = models.iter().map(|model| row(model, items, ctx));
    let (rows, more) = fitting(rows, SECTION);
    if rows.is_empty() {
        return None;
    }
    let more = and_more(more).map(|more| format!("| {more} | | | | |"));
    let rows: Vec<String> = rows.into_iter().chain(more).collect();
    let table = format!(
        "**Models**\n\n| Model | Stage | Production | Other stages | Newest version |\n|:--|:--|:--|:--|:--|\n{}",
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

fn row(model: &ModelName, items: &[Item], ctx: &Context<'_>) -> String {
    let stages = ctx.registry.stages(model);
    let current = || stages.into_iter().flat_map(Stages::current);
    let production: Vec<String> = current()
        .filter(|run| run.stage == PRODUCTION)
        .map(|run| runs_since(model, run, ctx))
        .collect();
    let others: Vec<String> = current()
        .filter(|run| run.stage != PRODUCTION)
        .map(|run| format!("{} {}", text::escape(&run.stage, 40), version(run)))
        .collect();
    let at_home = ctx.registry.home(model);
    let at_home = items.iter().find(|item| Some(item.number) == at_home);
    let life = at_home.and_then(|item| {
        let seen = ctx.registry.seen(model);
        Some(format!(
            "{} · {}",
            home::standing(item.home.as_ref()?, &seen, ctx),
            link::item(item.number, ctx)
        ))
    });
    let records = ctx.registry.records(model);
    let newest = records.first().map(|record| newest(record, ctx));
    format!(
        "| {} | {} | {} | {} | {} |",
        text::code(model.as_str(), 60),
        life.unwrap_or_default(),
        production.join(", "),
        others.join("<br>"),
        newest.unwrap_or_default()
    )
}

/// `v2.3.0 since 3 Dec 2026`; what came there without a hand-off stands out.
fn runs_since(model: &ModelName, run: &Run, ctx: &Context<'_>) -> String {
    let (model, number) = (model.clone(), run.version.clone());
    let of = ModelVersion {
        model,
        version: number,
    };
    let record = ctx.registry.record(&of);
    let warning = match record.filter(|record| !record.is_complete()) {
        Some(record) if record.pull.is_some() => " · ⚠️ **unsigned**",
        Some(_) => " · ⚠️ **no hand-off**",
        None => "",
    };
    format!(
        "**{}** since {}{warning}",
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
        models::origin(record, ctx),
    ];
    said.extend(models::state(record, ctx));
    said.join(" · ")
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
    let time = match &run.deployed {
        Some(deployed) if deployed.at != run.from => {
            format!("{time} · deployed {}", moment(deployed.at))
        }
        Some(_) | None => time,
    };
    match &run.start {
        Start::Deployed => format!("{time} · deployed, without a promotion"),
        Start::Tagged { count } => {
            let by = by.map(|by| format!(" · {by}")).unwrap_or_default();
            format!("{time} · tagged #{count}, without a promotion{by}")
        }
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
