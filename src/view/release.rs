//! The release of a registered version: its text, and the record that is attached to it.

use serde::Serialize;

use crate::domain::item::Item;
use crate::domain::policy::{Policy, Release, TagForm};
use crate::domain::registry::{EntryRecord, Record};
use crate::domain::version::{ModelTag, ModelVersion};

use super::json::VersionSheet;
use super::wanted::{Content, WantedFile, WantedRelease};
use super::{Context, json, link, slots, text, when, words};

/// GitHub's bound on the text of a release, in characters.
const BODY_LIMIT: usize = 125_000;
/// Lengths of what users typed, in characters of Markdown.
const TITLE: usize = 150;
const REASON: usize = 250;
/// How many metrics or experiments are listed; the record has all.
const MOST: usize = 30;

/// The names of the files at a release.
const RECORD: &str = "record.json";
const CARD: &str = "model-card.md";

/// What is attached: the record as `/models` has it, and whose it is.
#[derive(Serialize)]
struct RecordFile<'a> {
    repo: String,
    model: &'a str,
    #[serde(flatten)]
    version: VersionSheet,
}

/// The release and tag that a merged pull request wants, by the policy that was in force when it was
/// merged. Only what was handed over is published.
pub fn wanted(item: &Item, then: &Policy, ctx: &Context<'_>) -> Option<WantedRelease> {
    let handoff = item.handoff.as_ref()?;
    let of = handoff.model.as_ref()?;
    let record = ctx.registry.record(of)?;
    let is_its = record.pull == Some(item.number) && !item.gone && ctx.policy.enabled;
    let commit = record.commit.clone()?;
    let tag_now = then.tags == TagForm::Gto;
    if !is_its || !record.is_complete() || (then.release == Release::Off && !tag_now) {
        return None;
    }
    let there = ctx.registry.release(of);
    Some(WantedRelease {
        of: of.clone(),
        slot: slots::release(of),
        tag: ModelTag::Version(of.clone()).to_string(),
        commit,
        title: of.to_string(),
        body: body(record, ctx),
        prerelease: of.version.is_prerelease(),
        files: files(record, ctx),
        tag_now,
        release: then.release,
        made_by_hand: there.is_some_and(|it| it.url.is_some() && !it.draft),
    })
}

fn files(record: &Record, ctx: &Context<'_>) -> Vec<WantedFile> {
    let of = &record.of;
    let sheet = RecordFile {
        repo: ctx.repo.to_string(),
        model: of.model.as_str(),
        version: json::version(record),
    };
    // A structure of strings, numbers and lists; it has no way to fail.
    let json = serde_json::to_string_pretty(&sheet).unwrap_or_default();
    let card = record.card.as_ref().map(|card| WantedFile {
        name: CARD,
        content: Content::At(card.path.clone()),
    });
    let record = WantedFile {
        name: RECORD,
        content: Content::Text(json),
    };
    std::iter::once(record).chain(card).collect()
}

fn body(record: &Record, ctx: &Context<'_>) -> String {
    let parts = [
        Some(origin(record, ctx)),
        Some(handoff(record)),
        metrics(record),
        experiments(record, ctx),
        Some(format!(
            "<sub>`{RECORD}` is the whole record: who signed what, on which evidence.</sub>"
        )),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    // Room for the marker.
    text::bounded(parts.join("\n\n"), BODY_LIMIT - 500)
}

/// `Merged as #19 “Serve the fraud model” on 3 Dec 2026 · lena`
fn origin(record: &Record, ctx: &Context<'_>) -> String {
    let pull = record
        .pull
        .map_or(String::new(), |pull| link::item(pull, ctx));
    let by = record.merged_by.as_ref();
    let by = by.map_or(String::new(), |by| format!(" · {}", text::name(&by.login)));
    format!(
        "Merged as {pull} “{}” on {}{by}",
        text::escape(&record.title, TITLE),
        when::day(record.merged_at, ctx.policy)
    )
}

fn handoff(record: &Record) -> String {
    let lines: Vec<String> = record.entries.iter().map(entry).collect();
    let note = match (record.self_signed, record.open_when_merged.is_empty()) {
        (true, _) => "self-signed: the policy names no sides",
        (false, true) => "signed by both sides",
        (false, false) => "signed by both sides, after the merge",
    };
    format!("### Hand-off\n{note}\n\n{}", lines.join("\n"))
        .trim_end()
        .to_owned()
}

/// ``- `model-card` · mira, lena``
fn entry(entry: &EntryRecord) -> String {
    let slug = text::code(entry.slug.as_str(), 60);
    if let Some((_, _, reason)) = entry.waived.first() {
        let by = entry.waived.iter().map(|(_, by, _)| text::name(&by.login));
        let by: Vec<String> = by.collect();
        let reason = text::escape(reason, REASON);
        return format!("- {slug} not applicable: {reason} · {}", by.join(", "));
    }
    let by = entry.signed.iter();
    let by: Vec<String> = by
        .map(|(_, signature)| text::name(&signature.by.login))
        .collect();
    format!("- {slug} · {}", by.join(", "))
}

fn metrics(record: &Record) -> Option<String> {
    let metrics = &record.card.as_ref()?.metrics;
    let rows: Vec<String> = metrics
        .iter()
        .take(MOST)
        .map(|metric| {
            let on = [metric.task.as_deref(), metric.dataset.as_deref()];
            let on: Vec<&str> = on.into_iter().flatten().collect();
            format!(
                "| {} | {} | {} |",
                text::escape(&metric.name, TITLE),
                text::escape(&metric.value, 60),
                text::escape(&on.join(", "), TITLE)
            )
        })
        .collect();
    (!rows.is_empty()).then(|| {
        format!(
            "### Metrics\n| Metric | Value | On |\n|:--|--:|:--|\n{}",
            rows.join("\n")
        )
    })
}

fn experiments(record: &Record, ctx: &Context<'_>) -> Option<String> {
    let lines: Vec<String> = record
        .experiments
        .iter()
        .take(MOST)
        .map(|it| {
            let decided = it
                .decided
                .map(|verdict| format!(" · {}", words::verdict(verdict)));
            format!(
                "- {} {}{}",
                link::item(it.number, ctx),
                text::escape(&it.title, TITLE),
                decided.unwrap_or_default()
            )
        })
        .collect();
    (!lines.is_empty()).then(|| format!("### Experiments\n{}", lines.join("\n")))
}

/// The beginning of the tags that say what is in a stage.
pub fn stage_tags(of: &ModelVersion, stage: &str) -> String {
    format!("{}#{stage}#", of.model)
}
