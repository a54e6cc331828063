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
        (true, _) => "Self-signed: the policy names no sides.",
        (false, true) => "Signed by both sides.",
        (false, false) => "Signed by both sides, after the merge.",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::samples::{Sample, at, user};
    use super::*;
    use crate::domain::entries::{Side, Slug};
    use crate::domain::fact::FactId;
    use crate::domain::handoff::Signature;
    use crate::domain::ids::{CommitSha, ItemNumber};
    use crate::domain::kind::Verdict;
    use crate::domain::model_card::CardMetric;
    use crate::domain::registry::{
        CardRecord, ExperimentRecord, ItemIs, ModelEvent, ModelFact, Registry, Says,
    };
    use crate::forge::{Call, Done, ReleaseCall, ReleaseMade, Shown};
    use crate::view::{ReleaseStep, done, next_for_release, without_file};

    /// A record full of this text.
    fn record(text: &str, many: usize) -> Record {
        let item = Sample::handoff();
        let of = item.handoff.and_then(|it| it.model).expect("it names one");
        let signature = |who: &str| Signature {
            by: user(1, who),
            at: at("2026-11-24T09:00:00Z"),
            head: None,
            evidence: None,
            object: None,
            carried: None,
        };
        let entry = |place: usize| EntryRecord {
            slug: Slug::new(&format!("entry-{place}")),
            signed: vec![
                (Side::DataScience, signature("mira")),
                (Side::Engineering, signature("ana")),
            ],
            waived: match place % 3 {
                0 => vec![(Side::DataScience, user(1, "mira"), text.to_owned())],
                _ => Vec::new(),
            },
        };
        let metric = CardMetric {
            name: text.to_owned(),
            kind: text.to_owned(),
            value: text.to_owned(),
            task: Some(text.to_owned()),
            dataset: Some(text.to_owned()),
        };
        let experiment = ExperimentRecord {
            number: ItemNumber(41),
            title: text.to_owned(),
            decided: Some(Verdict::Productionize),
        };
        Record {
            of,
            pull: Some(item.number),
            title: text.to_owned(),
            merged_at: at("2026-11-25T09:00:00Z"),
            merged_by: Some(user(4, "lena")),
            commit: Some(CommitSha::new("0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c")),
            open_when_merged: Vec::new(),
            open: Vec::new(),
            self_signed: false,
            entries: (0..many).map(entry).collect(),
            card: Some(CardRecord {
                path: "docs/model_card.md".to_owned(),
                metrics: vec![metric; many],
            }),
            experiments: vec![experiment; many],
        }
    }

    fn registry(record: Record) -> Registry {
        let said = ItemIs {
            item: Sample::handoff().number,
            turn: 0,
            says: Says {
                claim: Some(record.of.clone()),
                record: Some(Box::new(record)),
                ..Says::default()
            },
        };
        Registry::fold(vec![ModelFact {
            id: FactId("item".to_owned()),
            at: at("2026-11-25T09:00:00Z"),
            by: None,
            what: ModelEvent::ItemIs(Box::new(said)),
        }])
    }

    fn policy(release: Release, tags: TagForm) -> Policy {
        Policy {
            release,
            tags,
            ..Policy::default()
        }
    }

    fn release(record: Record, then: &Policy) -> Option<WantedRelease> {
        let (sample, registry) = (Sample::default(), registry(record));
        let ctx = Context {
            registry: &registry,
            ..sample.ctx()
        };
        wanted(&Sample::handoff(), then, &ctx)
    }

    #[test]
    fn a_release_tells_who_signed_what_and_what_it_came_out_of() {
        let publish = policy(Release::Publish, TagForm::Semver);
        let release = release(record("F1 (macro)", 2), &publish).expect("it is wanted");
        assert_eq!(release.tag, "fraud-detector@v2.3.0");
        insta::assert_snapshot!(release.body, @"
        Merged as [#62](https://redirect.github.com/acme/fraud/issues/62) “F1 (macro)” on 25 Nov 2026 · lena

        ### Hand-off
        Signed by both sides.

        - `entry-0` not applicable: F1 (macro) · mira
        - `entry-1` · mira, ana

        ### Metrics
        | Metric | Value | On |
        |:--|--:|:--|
        | F1 (macro) | F1 (macro) | F1 (macro), F1 (macro) |
        | F1 (macro) | F1 (macro) | F1 (macro), F1 (macro) |

        ### Experiments
        - [#41](https://redirect.github.com/acme/fraud/issues/41) F1 (macro) · productionize
        - [#41](https://redirect.github.com/acme/fraud/issues/41) F1 (macro) · productionize

        <sub>`record.json` is the whole record: who signed what, on which evidence.</sub>
        ");
        let [record, card] = &release.files[..] else {
            panic!("two files")
        };
        assert_eq!((record.name, card.name), ("record.json", "model-card.md"));
        assert_eq!(card.content, Content::At("docs/model_card.md".to_owned()));
    }

    #[test]
    fn what_is_not_complete_or_not_asked_for_is_not_published() {
        let publish = policy(Release::Publish, TagForm::Semver);
        let mut open = record("x", 1);
        open.open = vec![Slug::new("serving")];
        assert_eq!(release(open, &publish), None);
        let mut unknown = record("x", 1);
        unknown.commit = None;
        assert_eq!(release(unknown, &publish), None);
        let off = policy(Release::Off, TagForm::Semver);
        assert_eq!(release(record("x", 1), &off), None);
        let tagged = policy(Release::Off, TagForm::Gto);
        assert!(release(record("x", 1), &tagged).is_some_and(|it| it.tag_now));
    }

    proptest! {
        #[test]
        fn its_text_fits_and_mentions_nobody(text in "\\PC{0,400}|(@mira #1 ){20}", many in 0..200_usize) {
            let publish = policy(Release::Publish, TagForm::Semver);
            let release = release(record(&text, many), &publish).expect("it is wanted");
            prop_assert!(release.body.chars().count() <= BODY_LIMIT - 500);
            prop_assert!(!release.body.contains("@mira"), "{}", release.body);
        }

        /// Each step is made once, files come before publishing, and the registry is told last.
        #[test]
        fn the_steps_lead_to_the_end(
            release_mode in prop::sample::select(vec![Release::Off, Release::Draft, Release::Publish]),
            gto in any::<bool>(),
            by_hand in any::<bool>(),
            no_card in any::<bool>(),
        ) {
            let tags = if gto { TagForm::Gto } else { TagForm::Semver };
            let Some(mut wanted) = release(record("x", 1), &policy(release_mode, tags)) else {
                prop_assert!(release_mode == Release::Off && !gto);
                return Ok(());
            };
            wanted.made_by_hand = by_hand;
            let mut shown = Shown::default();
            let made = ReleaseMade { id: 7, url: "https://github.com/r".to_owned(), upload_url: "https://u".to_owned() };
            let mut steps = Vec::new();
            while let Some(step) = next_for_release(&shown, &wanted) {
                prop_assert!(steps.len() < 9, "{steps:?}");
                let call = match step {
                    ReleaseStep::Tagging(call) => call,
                    ReleaseStep::File(release, file) => {
                        if no_card && file.name == CARD {
                            without_file(&mut shown, file);
                            continue;
                        }
                        Call::Release(ReleaseCall::Attach { release, name: file.name.to_owned(), content: String::new() })
                    }
                    ReleaseStep::Tell { url, draft } => {
                        prop_assert_eq!(url.is_some(), release_mode != Release::Off);
                        prop_assert_eq!(draft, release_mode == Release::Draft);
                        shown.release_told = true;
                        steps.push("tell");
                        continue;
                    }
                };
                steps.push(match &call {
                    Call::Tag(_) => "tag",
                    Call::Release(ReleaseCall::Create(_)) => "create",
                    Call::Release(ReleaseCall::Attach { name, .. }) if name == RECORD => "record",
                    Call::Release(ReleaseCall::Attach { .. }) => "card",
                    Call::Release(ReleaseCall::Publish { .. }) => "publish",
                    other => panic!("no step of a release: {other:?}"),
                });
                done(&mut shown, &call, &Done::Release(made.clone()), at("2026-11-25T10:00:00Z"), &BTreeMap::new(), &BTreeMap::new());
            }
            let makes = release_mode != Release::Off && !by_hand;
            let all = [
                ("tag", gto),
                ("create", makes),
                ("record", makes),
                ("card", makes && !no_card),
                ("publish", makes && release_mode == Release::Publish),
                ("tell", makes || release_mode == Release::Off),
            ];
            let expected: Vec<&str> = all.iter().filter(|(_, is)| *is).map(|(step, _)| *step).collect();
            prop_assert_eq!(steps, expected);
        }
    }
}
