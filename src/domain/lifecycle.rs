//! The life of a model, on the issue that is its home (product §6): six stages, each with gates that
//! people tick or waive, or that labhand has seen open; every move stays on record.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::actor::User;
use super::entries::Slug;
use super::ids::ItemNumber;
use super::policy::{GateChange, Policy};
use super::version::ModelName;
use super::worktime::Span;

pub mod gates;

use gates::{BEST_PERFORMER, GATES, LifecycleStage};

/// A gate as the policy has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// What it is called in commands.
    pub slug: Slug,
    /// What people read.
    pub title: String,
}

/// The gates of a stage; the policy may have switched some off, or called them otherwise.
pub fn gates(stage: LifecycleStage, policy: &Policy) -> Vec<Gate> {
    let of_stage = GATES.iter().filter(|(of, ..)| *of == stage);
    let wanted = of_stage.filter_map(|(_, slug, title)| {
        let title = match policy.lifecycle_gates.get(*slug) {
            Some(GateChange::Off) => return None,
            Some(GateChange::Title(title)) => title.clone(),
            None => (*title).to_owned(),
        };
        let slug = Slug::new(slug);
        Some(Gate { slug, title })
    });
    wanted.collect()
}

/// The home of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Whose.
    pub model: ModelName,
    /// Since when.
    pub since: Timestamp,
    /// Where the model stands.
    pub stage: LifecycleStage,
    /// Since when.
    pub stage_since: Timestamp,
    /// Gates that somebody ticked.
    pub ticked: BTreeMap<Slug, User>,
    /// Gates that somebody unticked, whatever labhand has seen.
    pub unticked: BTreeSet<Slug>,
    /// Gates that do not apply: who said so, and why.
    pub waived: BTreeMap<Slug, (User, String)>,
    /// Each move, in order.
    pub moves: Vec<LifecycleMove>,
    /// The experiment that does best: which, who said so, and when.
    pub selected: Option<(ItemNumber, User, Timestamp)>,
    /// Drift that was reported, in order.
    pub drifts: Vec<Drift>,
    /// How often the model is looked at while it is monitored, in calendar time.
    pub review_every: SignedDuration,
}

/// A move from stage to stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleMove {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// From where.
    pub from: LifecycleStage,
    /// To where.
    pub to: LifecycleStage,
    /// Why it went back.
    pub reason: Option<String>,
    /// The gates that were open when it went on.
    pub open: Vec<Slug>,
}

/// Drift that was reported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// What was measured, as written.
    pub measured: String,
    /// What else was said.
    pub note: String,
    /// It asks for an issue: none for retraining was open.
    pub opens: bool,
}

/// How a gate stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateState<'a> {
    /// Nobody has said anything.
    Open,
    /// Somebody ticked it.
    Ticked(&'a User),
    /// labhand has seen it, there.
    Seen(ItemNumber),
    /// It does not apply.
    Waived(&'a User, &'a str),
}

/// Gates that labhand has seen open, and where.
pub type Seen = BTreeMap<Slug, ItemNumber>;

impl Home {
    /// A model at the beginning of its life.
    pub fn new(model: ModelName, since: Timestamp, policy: &Policy) -> Self {
        Self {
            model,
            since,
            stage: LifecycleStage::ProblemDefinition,
            stage_since: since,
            ticked: BTreeMap::new(),
            unticked: BTreeSet::new(),
            waived: BTreeMap::new(),
            moves: Vec::new(),
            selected: None,
            drifts: Vec::new(),
            review_every: calendar_time(policy.review_every),
        }
    }

    /// The policy says how often a monitored model is looked at.
    pub fn follow(&mut self, policy: &Policy) {
        self.review_every = calendar_time(policy.review_every);
    }

    /// How a gate stands, with what labhand has seen elsewhere.
    pub fn gate<'a>(&'a self, slug: &Slug, seen: &Seen) -> GateState<'a> {
        if let Some((by, reason)) = self.waived.get(slug) {
            return GateState::Waived(by, reason);
        }
        if let Some(by) = self.ticked.get(slug) {
            return GateState::Ticked(by);
        }
        if self.unticked.contains(slug) {
            return GateState::Open;
        }
        let selected = self.selected.as_ref().map(|(number, ..)| *number);
        let here = selected.filter(|_| slug.as_str() == BEST_PERFORMER);
        match here.or_else(|| seen.get(slug).copied()) {
            Some(number) => GateState::Seen(number),
            None => GateState::Open,
        }
    }

    /// The gates of the present stage that are open.
    pub fn open_gates(&self, seen: &Seen, policy: &Policy) -> Vec<Gate> {
        let mut gates = gates(self.stage, policy);
        gates.retain(|gate| self.gate(&gate.slug, seen) == GateState::Open);
        gates
    }

    /// The report for which an issue has still to be opened is the last that asks for one.
    pub fn asks_for_retraining(&self) -> Option<&Drift> {
        self.drifts.iter().rev().find(|drift| drift.opens)
    }

    /// When a monitored model is to be looked at for the last time until then, if that was due at all.
    pub fn last_review(&self, until: Timestamp) -> Option<Timestamp> {
        let rounds = self.rounds(until).filter(|rounds| *rounds > 0)?;
        self.review(rounds)
    }

    /// When a monitored model is to be looked at next.
    pub fn next_review(&self, after: Timestamp) -> Option<Timestamp> {
        self.review(self.rounds(after)? + 1)
    }

    fn rounds(&self, until: Timestamp) -> Option<i64> {
        let monitored = self.stage == LifecycleStage::Monitoring;
        let every = self.review_every.as_secs();
        let passed = until.duration_since(self.looked_at()).as_secs();
        (monitored && every > 0 && passed >= 0).then(|| passed / every)
    }

    fn review(&self, round: i64) -> Option<Timestamp> {
        let passed = self.review_every.as_secs().checked_mul(round)?;
        let passed = SignedDuration::from_secs(passed);
        self.looked_at().checked_add(passed).ok()
    }

    /// When it was last looked at for certain: whoever reports drift has done so.
    fn looked_at(&self) -> Timestamp {
        let reported = self.drifts.last().map(|drift| drift.at);
        reported.map_or(self.stage_since, |at| at.max(self.stage_since))
    }
}

/// A span of the policy in calendar time: a week has seven days here, a day 24 hours.
fn calendar_time(span: Span) -> SignedDuration {
    let hours = (i64::from(span.weeks) * 7 + i64::from(span.days)) * 24 + i64::from(span.hours);
    SignedDuration::from_mins(hours * 60 + i64::from(span.minutes))
}

/// Why a command about a model's life is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifecycleRefusal {
    /// The issue is no model's home.
    NotAHome,
    /// A pull request is no model's home.
    IsAPull,
    /// It is another model's home.
    HomeOf(ModelName),
    /// There is no stage after it.
    LastStage,
    /// It goes back to earlier stages only.
    NotEarlier {
        /// Where it is.
        stage: LifecycleStage,
    },
    /// Gates are open, and the policy enforces them.
    GatesOpen(Vec<Slug>),
    /// There is no such gate; the closest, if one is close.
    NoSuchGate {
        /// As asked for.
        slug: Slug,
        /// The closest.
        closest: Option<Slug>,
    },
}
