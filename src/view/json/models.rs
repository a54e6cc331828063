//! `/models`: versions, who answers for them, and what ran when.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use crate::domain::calendar::Calendar;
use crate::domain::entries::{Side, Slug};
use crate::domain::handoff::Signature;
use crate::domain::ids::{CommitSha, RepoName};
use crate::domain::item::Item;
use crate::domain::kind::Verdict;
use crate::domain::lifecycle::gates;
use crate::domain::policy::Policy;
use crate::domain::registry::{EntryRecord, Record, Registry, Run, Start};
use crate::domain::version::{ModelName, Version};

/// The models of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Models {
    /// `owner/name`.
    pub repo: String,
    /// The day that was asked for: `history` holds what ran at any time of it, in the repository's zone.
    pub on: Option<Date>,
    /// By name.
    pub models: Vec<ModelSheet>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelSheet {
    /// Its name.
    pub name: String,
    /// The issue that is its home, and where it stands; `null` where there is none.
    pub home: Option<HomeLine>,
    /// What is in which stage now.
    pub stages: Vec<StageLine>,
    /// Registered versions, the newest first.
    pub versions: Vec<ListedVersion>,
    /// What ran, in the order in which it began.
    pub history: Vec<RunLine>,
}

/// Where a model stands between an idea and being watched in production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HomeLine {
    /// The issue.
    pub number: u64,
    /// `problem-definition`, `data-exploration`, `experimentation`, `development`, `deployment` or
    /// `monitoring`.
    pub stage: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// The gates of that stage.
    pub gates: usize,
    /// Those of them that are still shut.
    pub open: Vec<String>,
}

/// What is in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageLine {
    /// `production`
    pub stage: String,
    /// `2.3.0`
    pub version: String,
    /// Since when.
    pub since: Timestamp,
}

/// A time for which a version was in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunLine {
    /// `production`
    pub stage: String,
    /// `2.3.0`
    pub version: String,
    /// From then on.
    pub from: Timestamp,
    /// No longer from then on; `null`: it is there.
    pub until: Option<Timestamp>,
    /// The login of who put it there.
    pub by: Option<String>,
    /// `promoted`, `rolled-back`, `deployed` or `tagged`.
    pub how: &'static str,
    /// Why it was rolled back.
    pub reason: Option<String>,
    /// When it was first deployed there.
    pub deployed_at: Option<Timestamp>,
    /// Where that can be looked at.
    pub deployment_url: Option<String>,
}

/// A registered version, and where it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedVersion {
    /// Its record.
    #[serde(flatten)]
    pub record: VersionSheet,
    /// Its release on GitHub.
    pub release: Option<ReleaseLine>,
}

/// A release on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReleaseLine {
    /// Its page.
    pub url: String,
    /// Not published yet.
    pub draft: bool,
}

/// A registered version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VersionSheet {
    /// `2.3.0`
    pub version: String,
    /// The number of its pull request; `null`: it was tagged or released by hand, without a hand-off.
    pub pull: Option<u64>,
    /// The pull request's title, or the release's.
    pub title: String,
    /// When it was merged, or else tagged or released.
    pub merged_at: Timestamp,
    /// The login of who did that.
    pub merged_by: Option<String>,
    /// What the default branch got, or what was tagged.
    pub commit: Option<String>,
    /// All that was asked for is signed or waived.
    pub complete: bool,
    /// The entries that are open.
    pub open: Vec<String>,
    /// The entries that were open when it was merged.
    pub open_when_merged: Vec<String>,
    /// There were no sides: anybody with write access signed.
    pub self_signed: bool,
    /// Who signed what.
    pub signatures: Vec<SignatureLine>,
    /// What does not apply, and who said so.
    pub waivers: Vec<WaiverLine>,
    /// The model card.
    pub card: Option<CardSheet>,
    /// The experiments that it came out of.
    pub experiments: Vec<ExperimentLine>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureLine {
    /// The entry.
    pub entry: String,
    /// `data-science` or `engineering`.
    pub side: &'static str,
    /// The login of who signed.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// For which head commit.
    pub head: Option<String>,
    /// A path in the repository or a link.
    pub evidence: Option<String>,
    /// The version of which it was inherited.
    pub carried_from: Option<String>,
}

/// One side's word that an entry does not apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WaiverLine {
    /// The entry.
    pub entry: String,
    /// `data-science` or `engineering`.
    pub side: &'static str,
    /// The login of who said so.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// A model card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CardSheet {
    /// Its path.
    pub path: String,
    /// What its front matter states.
    pub metrics: Vec<MetricLine>,
}

/// A figure, as written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetricLine {
    /// `F1 (macro)`
    pub name: String,
    /// `f1`
    pub kind: String,
    /// `0.87`
    pub value: String,
    /// What the model was measured at.
    pub task: Option<String>,
    /// On which data.
    pub dataset: Option<String>,
}

/// An experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExperimentLine {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// How it was decided.
    pub verdict: Option<&'static str>,
}

/// The models of a repository; with a day, of what ran only what ran on it.
pub fn models(
    repo: &RepoName,
    registry: &Registry,
    items: &[Item],
    on: Option<Date>,
    policy: &Policy,
) -> Models {
    let models = registry.models().into_iter();
    Models {
        repo: repo.to_string(),
        on,
        models: models
            .map(|model| {
                let home = home(model, registry, items, policy);
                sheet(model, home, registry, on, &policy.calendar)
            })
            .collect(),
    }
}

fn home(
    model: &ModelName,
    registry: &Registry,
    items: &[Item],
    policy: &Policy,
) -> Option<HomeLine> {
    let number = registry.home(model)?;
    let item = items.iter().find(|item| item.number == number)?;
    let home = item.home.as_ref()?;
    let open = home.open_gates(&registry.seen(model), policy);
    Some(HomeLine {
        number: number.0,
        stage: home.stage.word(),
        since: home.stage_since,
        gates: gates(home.stage, policy).len(),
        open: open.iter().map(|gate| gate.slug.to_string()).collect(),
    })
}

fn sheet(
    model: &ModelName,
    home: Option<HomeLine>,
    registry: &Registry,
    on: Option<Date>,
    calendar: &Calendar,
) -> ModelSheet {
    let runs = registry.stages(model).map_or(&[][..], |it| it.runs());
    let asked = |run: &&Run| on.is_none_or(|day| run.was_there_on(day, calendar));
    let now = runs.iter().filter(|run| run.until.is_none());
    ModelSheet {
        name: model.to_string(),
        home,
        stages: now
            .map(|run| StageLine {
                stage: run.stage.clone(),
                version: run.version.to_string(),
                since: run.from,
            })
            .collect(),
        versions: registry
            .records(model)
            .into_iter()
            .map(|record| listed(record, registry))
            .collect(),
        history: runs.iter().filter(asked).map(line).collect(),
    }
}

fn line(run: &Run) -> RunLine {
    let (how, reason) = match &run.start {
        Start::Promoted => ("promoted", None),
        Start::Deployed => ("deployed", None),
        Start::Tagged { .. } => ("tagged", None),
        Start::RolledBack { reason } => ("rolled-back", Some(reason.clone())),
    };
    RunLine {
        stage: run.stage.clone(),
        version: run.version.to_string(),
        from: run.from,
        until: run.until,
        by: run.by.as_ref().map(|by| by.login.to_string()),
        how,
        reason,
        deployed_at: run.deployed.as_ref().map(|it| it.at),
        deployment_url: run.deployed.as_ref().and_then(|it| it.url.clone()),
    }
}

fn listed(record: &Record, registry: &Registry) -> ListedVersion {
    let release = registry.release(&record.of);
    ListedVersion {
        record: version(record),
        release: release.and_then(|release| {
            Some(ReleaseLine {
                url: release.url.clone()?,
                draft: release.draft,
            })
        }),
    }
}

/// A version's record.
pub fn version(record: &Record) -> VersionSheet {
    let slugs = |slugs: &[Slug]| slugs.iter().map(Slug::to_string).collect::<Vec<_>>();
    let entries = || record.entries.iter();
    VersionSheet {
        version: record.of.version.to_string(),
        pull: record.pull.map(|pull| pull.0),
        title: record.title.clone(),
        merged_at: record.merged_at,
        merged_by: record.merged_by.as_ref().map(|by| by.login.to_string()),
        commit: record.commit.as_ref().map(CommitSha::to_string),
        complete: record.is_complete(),
        open: slugs(&record.open),
        open_when_merged: slugs(&record.open_when_merged),
        self_signed: record.self_signed,
        signatures: entries().flat_map(signatures).collect(),
        waivers: entries().flat_map(waivers).collect(),
        card: record.card.as_ref().map(|card| CardSheet {
            path: card.path.clone(),
            metrics: card
                .metrics
                .iter()
                .map(|metric| MetricLine {
                    name: metric.name.clone(),
                    kind: metric.kind.clone(),
                    value: metric.value.clone(),
                    task: metric.task.clone(),
                    dataset: metric.dataset.clone(),
                })
                .collect(),
        }),
        experiments: record
            .experiments
            .iter()
            .map(|it| ExperimentLine {
                number: it.number.0,
                title: it.title.clone(),
                verdict: it.decided.map(Verdict::word),
            })
            .collect(),
    }
}

fn signatures(entry: &EntryRecord) -> impl Iterator<Item = SignatureLine> {
    let line = |(side, signature): &(Side, Signature)| SignatureLine {
        entry: entry.slug.to_string(),
        side: side.word(),
        by: signature.by.login.to_string(),
        at: signature.at,
        head: signature.head.as_ref().map(CommitSha::to_string),
        evidence: signature.evidence.clone(),
        carried_from: signature.carried.as_ref().map(Version::to_string),
    };
    entry.signed.iter().map(line)
}

fn waivers(entry: &EntryRecord) -> impl Iterator<Item = WaiverLine> {
    entry.waived.iter().map(|(side, by, reason)| WaiverLine {
        entry: entry.slug.to_string(),
        side: side.word(),
        by: by.login.to_string(),
        reason: reason.clone(),
    })
}
