//! Models: where each stands, what runs, and its versions.

use super::super::json::{ModelSheet, Models};
use super::super::{Context, home, text, when, words};
use super::card;
use crate::domain::lifecycle::gates::LifecycleStage;

/// Versions and runs that are listed of each.
const MOST: usize = 8;

/// A model.
pub(super) struct ModelView {
    pub(super) name: String,
    pub(super) home: Option<(u64, String)>,
    /// The six stages of its life, as far as it came.
    pub(super) life: Vec<LifeStep>,
    /// `2 of 3 gates open`
    pub(super) gates: String,
    pub(super) production: String,
    pub(super) others: String,
    pub(super) versions: Vec<VersionView>,
    pub(super) more_versions: usize,
    pub(super) runs: Vec<String>,
}

/// A stage of a model's life.
pub(super) struct LifeStep {
    pub(super) name: String,
    /// `past`, `now` or `to come`.
    pub(super) state: &'static str,
}

/// A version.
pub(super) struct VersionView {
    pub(super) version: String,
    pub(super) pull: Option<(u64, String)>,
    pub(super) when: String,
    pub(super) state: String,
    pub(super) release: Option<String>,
}

pub(super) fn views(models: &Models, ctx: &Context<'_>) -> Vec<ModelView> {
    models.models.iter().map(|model| view(model, ctx)).collect()
}

fn view(model: &ModelSheet, ctx: &Context<'_>) -> ModelView {
    let now = model
        .home
        .as_ref()
        .and_then(|home| LifecycleStage::from_word(home.stage));
    let life = LifecycleStage::ALL.iter().map(|stage| LifeStep {
        name: home::stage_name(*stage),
        state: match now {
            Some(now) if *stage < now => "past",
            Some(now) if *stage == now => "now",
            Some(_) | None => "to come",
        },
    });
    let running = |stage: &str| -> Vec<String> {
        let lines = model.stages.iter().filter(|line| line.stage == stage);
        lines
            .map(|line| {
                format!(
                    "v{} since {}",
                    line.version,
                    when::day(line.since, ctx.policy)
                )
            })
            .collect()
    };
    let others = model
        .stages
        .iter()
        .filter(|line| line.stage != "production");
    ModelView {
        name: text::plain(&model.name, 80),
        home: model
            .home
            .as_ref()
            .map(|home| (home.number, card::url(home.number, ctx))),
        life: if now.is_some() {
            life.collect()
        } else {
            Vec::new()
        },
        gates: model.home.as_ref().map_or(String::new(), |home| {
            let met = home.gates - home.open.len();
            let open = if home.open.is_empty() {
                String::new()
            } else {
                format!("; open: {}", home.open.join(", "))
            };
            format!("{met} of {} gates{open}", home.gates)
        }),
        production: running("production").join(", "),
        others: others
            .map(|line| format!("{} v{}", text::plain(&line.stage, 40), line.version))
            .collect::<Vec<_>>()
            .join(", "),
        versions: versions(model, ctx),
        more_versions: model.versions.len().saturating_sub(MOST),
        runs: runs(model, ctx),
    }
}

fn versions(model: &ModelSheet, ctx: &Context<'_>) -> Vec<VersionView> {
    let versions = model.versions.iter().take(MOST);
    let view = |listed: &super::super::json::ListedVersion| {
        let record = &listed.record;
        VersionView {
            version: record.version.clone(),
            pull: record.pull.map(|pull| (pull, card::url(pull, ctx))),
            when: when::day(record.merged_at, ctx.policy),
            state: match (record.pull, record.complete, record.self_signed) {
                (None, _, _) => "⚠️ no hand-off".to_owned(),
                (Some(_), true, false) => "handed over".to_owned(),
                (Some(_), true, true) => "self-signed".to_owned(),
                (Some(_), false, _) => {
                    let open = words::counted(record.open.len(), "entry", "entries");
                    format!("⚠️ {open} open")
                }
            },
            // A link to anywhere else than a web page is none.
            release: listed
                .release
                .as_ref()
                .map(|release| release.url.clone())
                .filter(|url| url.starts_with("https://")),
        }
    };
    versions.map(view).collect()
}

fn runs(model: &ModelSheet, ctx: &Context<'_>) -> Vec<String> {
    let production = model.history.iter().rev();
    let production = production
        .filter(|run| run.stage == "production")
        .take(MOST);
    let line = |run: &super::super::json::RunLine| {
        let from = when::moment_without_zone(run.from, ctx.policy);
        let time = match run.until {
            Some(until) => format!("{from} – {}", when::moment_without_zone(until, ctx.policy)),
            None => format!("since {from}"),
        };
        let by = run
            .by
            .as_ref()
            .map_or(String::new(), |by| format!(" · {by}"));
        let why = match (run.how, &run.reason) {
            ("rolled-back", Some(reason)) => {
                format!(" · rolled back: {}", text::plain(reason, 200))
            }
            ("deployed", _) => " · deployed, without a promotion".to_owned(),
            ("tagged", _) => " · tagged, without a promotion".to_owned(),
            (_, _) => String::new(),
        };
        format!("v{}, {time}{by}{why}", run.version)
    };
    production.map(line).collect()
}
