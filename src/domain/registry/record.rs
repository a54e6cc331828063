//! The record of a version: what its pull request was when it was merged, and who answers for it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::actor::User;
use crate::domain::entries::{Side, Slug};
use crate::domain::evidence::CardReading;
use crate::domain::handoff::{MODEL_CARD, Mark, Signature};
use crate::domain::ids::{CommitSha, ItemNumber};
use crate::domain::item::Item;
use crate::domain::kind::Verdict;
use crate::domain::model_card::CardMetric;
use crate::domain::policy::Policy;
use crate::domain::version::ModelVersion;

/// A registered version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Which.
    pub of: ModelVersion,
    /// Its pull request; `None`: it was tagged or released by hand, without a hand-off.
    pub pull: Option<ItemNumber>,
    /// The pull request's title, or the release's.
    pub title: String,
    /// When it was merged, or else tagged or released.
    pub merged_at: Timestamp,
    /// By whom, where that was told.
    pub merged_by: Option<User>,
    /// What the default branch got, or what was tagged, where that was told.
    pub commit: Option<CommitSha>,
    /// The entries that were open when it was merged; none, where the gate was kept.
    pub open_when_merged: Vec<Slug>,
    /// The entries that are open still.
    pub open: Vec<Slug>,
    /// The policy named no teams.
    pub self_signed: bool,
    /// What was signed or waived.
    pub entries: Vec<EntryRecord>,
    /// The model card.
    pub card: Option<CardRecord>,
    /// The experiments that it came out of.
    pub experiments: Vec<ExperimentRecord>,
}

impl Record {
    /// Whether it was handed over, and all that was asked for is signed or waived.
    pub fn is_complete(&self) -> bool {
        self.pull.is_some() && self.open.is_empty()
    }
}

/// An entry of the hand-off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryRecord {
    /// Which.
    pub slug: Slug,
    /// Its signatures, by side.
    pub signed: Vec<(Side, Signature)>,
    /// Who said that it does not apply and why, by side; both sides, or nobody.
    pub waived: Vec<(Side, User, String)>,
}

/// The model card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CardRecord {
    /// Its path.
    pub path: String,
    /// What its front matter states.
    pub metrics: Vec<CardMetric>,
}

/// An experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExperimentRecord {
    /// Its number.
    pub number: ItemNumber,
    /// Its title.
    pub title: String,
    /// How it was decided.
    pub decided: Option<Verdict>,
}

/// The record of a hand-off that is merged and names its version; `None`: it is not, or does not.
pub fn record(item: &Item, experiments: &[Item], policy: &Policy) -> Option<Record> {
    let handoff = item.handoff.as_ref().filter(|handoff| !handoff.ended)?;
    let of = handoff.model.clone()?;
    let merged = handoff.merged.as_ref()?;
    let merge = item.pull.as_ref()?.sight.merge.as_ref()?;
    let entries = handoff.marks.iter();
    Some(Record {
        of,
        pull: Some(item.number),
        title: item.title.clone(),
        merged_at: merge.at,
        merged_by: merge.by.clone(),
        commit: merge.commit.clone(),
        open_when_merged: merged.open.clone(),
        open: handoff.open_since_merged(policy),
        self_signed: merged.self_signed,
        entries: entries
            .filter_map(|(slug, mark)| entry(slug, mark))
            .collect(),
        card: card(item),
        experiments: experiments.iter().map(experiment).collect(),
    })
}

fn entry(slug: &Slug, mark: &Mark) -> Option<EntryRecord> {
    let signed = mark.signed.iter();
    let waived = mark.waived.iter().filter(|_| mark.is_waived());
    let entry = EntryRecord {
        slug: slug.clone(),
        signed: signed.map(|(side, by)| (*side, by.clone())).collect(),
        waived: waived
            .map(|(side, (by, reason))| (*side, by.clone(), reason.clone()))
            .collect(),
    };
    (!entry.signed.is_empty() || !entry.waived.is_empty()).then_some(entry)
}

fn card(item: &Item) -> Option<CardRecord> {
    let mark = item.handoff.as_ref()?.marks.get(&Slug::new(MODEL_CARD))?;
    let signature = mark.signed.values().next()?;
    let path = signature.evidence.clone()?;
    let object = signature.object.as_ref();
    let metrics = match object.and_then(|object| item.evidence.card_read(object)) {
        Some(CardReading::Card(card)) => card.metrics.clone(),
        Some(CardReading::TooLarge | CardReading::NotText) | None => Vec::new(),
    };
    Some(CardRecord { path, metrics })
}

fn experiment(item: &Item) -> ExperimentRecord {
    ExperimentRecord {
        number: item.number,
        title: item.title.clone(),
        decided: item.decision.as_ref().map(|decision| decision.verdict),
    }
}
