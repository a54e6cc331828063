//! The lifecycle of a model: six stages from a problem to monitoring, each with gates that somebody
//! ticks or waives. It is kept with one issue, the model's home (product §6).

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::actor::User;
use super::entries::Slug;
use super::ids::ItemNumber;
use super::kind::words;
use super::policy::{GateChange, Level, Policy, Rule};
use super::version::ModelName;
use super::worktime::Span;

mod drift;
mod gates;
mod tie;

pub use drift::Drift;
pub use gates::{GATES, Gate};
pub use tie::{Tie, TiedHandoff, Ties};

words!(
    /// Where a model stands between idea and production.
    LifecycleStage {
        /// What is to be solved, and how one will know.
        ProblemDefinition = "problem-definition",
        /// What the data can tell.
        DataExploration = "data-exploration",
        /// Which approach is best.
        Experimentation = "experimentation",
        /// The best one is built so that it lasts.
        Development = "development",
        /// It is brought into production.
        Deployment = "deployment",
        /// It runs, and is watched.
        Monitoring = "monitoring",
    }
);

impl LifecycleStage {
    /// The stage after this one; `None` after the last.
    pub fn next(self) -> Option<Self> {
        let mut stages = Self::ALL.iter().copied();
        stages.find(|stage| *stage == self)?;
        stages.next()
    }
}

/// How a gate came to stand as it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// Somebody ticked it.
    Ticked {
        /// Who.
        by: User,
        /// When.
        at: Timestamp,
    },
    /// Somebody said that it does not apply.
    Waived {
        /// Who.
        by: User,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// The bot sees that it is met.
    Seen {
        /// Where.
        on: Vec<ItemNumber>,
    },
}

/// A move from one stage of the lifecycle to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LifecycleMove {
    /// When.
    pub at: Timestamp,
    /// Who asked for it.
    pub by: User,
    /// Where it was.
    pub from: LifecycleStage,
    /// Where it is from then on.
    pub to: LifecycleStage,
    /// Why it went back; going on needs no reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Gates that were open and that it went past.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Slug>,
}

/// The lifecycle of the model whose home an issue is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Which model.
    pub model: ModelName,
    /// Where it stands.
    pub stage: LifecycleStage,
    /// Since when.
    pub since: Timestamp,
    /// Gates that are ticked or waived; all others are open.
    pub gates: BTreeMap<Slug, GateState>,
    /// Gates that somebody opened although the bot sees them met; that stands.
    pub kept_open: BTreeSet<Slug>,
    /// Every move, the oldest first.
    pub moves: Vec<LifecycleMove>,
    /// The experiment that was chosen as the best performer.
    pub selected: Option<ItemNumber>,
    /// What was seen of it in production, the oldest first.
    pub drifts: Vec<Drift>,
    /// When it is to be reviewed next; only in monitoring.
    pub review_due: Option<Timestamp>,
    /// How far its reviews are apart, in seconds of the calendar, by the policy of the last fact.
    pub review_every: i64,
}

/// Why a command about a lifecycle is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LifecycleRefusal {
    /// The issue is no model's home.
    NoHome,
    /// The issue is another model's home.
    HomeOf(ModelName),
    /// A pull request is no home.
    OnPull,
    /// The model is in the last stage.
    AtTheEnd,
    /// These gates are open, and the policy enforces them.
    GatesOpen {
        /// Where the model stays.
        stage: LifecycleStage,
        /// Which.
        gates: Vec<Slug>,
    },
    /// The item does not bear the model's label, or is none.
    NotTied(ItemNumber),
    /// It is no experiment that was decided.
    NotDecided(ItemNumber),
    /// The stage that was asked for does not come before this one, in which the model is.
    NotBefore(LifecycleStage),
    /// There is no such gate; the closest, if one is close.
    NoSuchGate {
        /// As asked for.
        slug: Slug,
        /// The closest.
        closest: Option<Slug>,
    },
}

impl Home {
    /// A model at the beginning of its way.
    pub fn begun(model: ModelName, at: Timestamp) -> Self {
        Self {
            model,
            stage: LifecycleStage::ProblemDefinition,
            since: at,
            gates: BTreeMap::new(),
            kept_open: BTreeSet::new(),
            moves: Vec::new(),
            selected: None,
            drifts: Vec::new(),
            review_due: None,
            review_every: 0,
        }
    }

    /// The open gates of a stage, in their order.
    pub fn open_gates(&self, stage: LifecycleStage, policy: &Policy) -> Vec<Slug> {
        asked_in(stage, policy)
            .map(Gate::slug)
            .filter(|slug| !self.gates.contains_key(slug))
            .collect()
    }

    /// Ticks a gate. One that was waived is met from now on.
    pub fn tick(&mut self, gate: &Gate, by: &User, at: Timestamp) {
        let ticked = GateState::Ticked { by: by.clone(), at };
        match self.gates.get(&gate.slug()) {
            // Who was first stays on record.
            Some(GateState::Ticked { .. }) => {}
            Some(GateState::Waived { .. } | GateState::Seen { .. }) | None => {
                self.kept_open.remove(&gate.slug());
                self.gates.insert(gate.slug(), ticked);
            }
        }
    }

    /// Opens a gate again.
    pub fn untick(&mut self, gate: &Gate) {
        let was = self.gates.remove(&gate.slug());
        if matches!(was, Some(GateState::Seen { .. })) {
            self.kept_open.insert(gate.slug());
        }
    }

    /// Ticks what the bot sees, and opens again what it sees no more; in monitoring, plans the review.
    pub fn see(&mut self, ties: &Ties, policy: &Policy) {
        self.review_every = calendar_seconds(policy.review_every);
        if self.stage != LifecycleStage::Monitoring {
            self.review_due = None;
        } else if self.review_due.is_none() {
            self.put_off_review(self.since);
        }
        let stages = LifecycleStage::ALL.iter();
        for gate in stages.flat_map(|stage| asked_in(*stage, policy)) {
            let slug = gate.slug();
            let by_people = match self.gates.get(&slug) {
                Some(GateState::Ticked { .. } | GateState::Waived { .. }) => true,
                Some(GateState::Seen { .. }) | None => self.kept_open.contains(&slug),
            };
            if by_people {
                continue;
            }
            let on = tie::seen(gate, ties, self.selected);
            if on.is_empty() {
                self.gates.remove(&slug);
            } else {
                self.gates.insert(slug, GateState::Seen { on });
            }
        }
    }

    /// Somebody has looked at it: the next review is a whole period away.
    pub fn put_off_review(&mut self, from: Timestamp) {
        let every = SignedDuration::from_secs(self.review_every);
        self.review_due = from.checked_add(every).ok();
    }

    /// The review that has fallen due by now, once for each period: of several that nobody could be told
    /// of, the last.
    pub fn fall_due(&mut self, now: Timestamp) -> Option<Timestamp> {
        let due = self.review_due.filter(|due| *due <= now)?;
        let late = now.duration_since(due).as_secs();
        // A period is at least a second, so that there is an end of them.
        let whole = late / self.review_every.max(1) * self.review_every;
        let last = due.checked_add(SignedDuration::from_secs(whole)).ok()?;
        self.put_off_review(last);
        Some(last)
    }

    /// The report that asks for an issue of retraining, the last of those that do.
    pub fn asks_for_retraining(&self) -> Option<&Drift> {
        self.drifts.iter().rev().find(|drift| drift.asks)
    }

    /// Says that a gate does not apply.
    pub fn waive(&mut self, gate: &Gate, reason: &str, by: &User, at: Timestamp) {
        let waived = GateState::Waived {
            by: by.clone(),
            at,
            reason: reason.to_owned(),
        };
        self.gates.insert(gate.slug(), waived);
    }

    /// Goes on to the next stage, past open gates where the policy only warns of them.
    pub fn advance(
        &mut self,
        by: &User,
        at: Timestamp,
        policy: &Policy,
    ) -> Result<(), LifecycleRefusal> {
        let to = self.stage.next().ok_or(LifecycleRefusal::AtTheEnd)?;
        let open = match policy.level(Rule::LifecycleGates) {
            Level::Off => Vec::new(),
            Level::Warn => self.open_gates(self.stage, policy),
            Level::Enforce => {
                let open = self.open_gates(self.stage, policy);
                if !open.is_empty() {
                    let stage = self.stage;
                    return Err(LifecycleRefusal::GatesOpen { stage, gates: open });
                }
                open
            }
        };
        self.go(to, None, open, by, at);
        Ok(())
    }

    /// Goes back to an earlier stage.
    pub fn retreat(
        &mut self,
        to: LifecycleStage,
        reason: &str,
        by: &User,
        at: Timestamp,
    ) -> Result<(), LifecycleRefusal> {
        if to >= self.stage {
            return Err(LifecycleRefusal::NotBefore(self.stage));
        }
        self.go(to, Some(reason.to_owned()), Vec::new(), by, at);
        Ok(())
    }

    fn go(
        &mut self,
        to: LifecycleStage,
        reason: Option<String>,
        open: Vec<Slug>,
        by: &User,
        at: Timestamp,
    ) {
        self.moves.push(LifecycleMove {
            at,
            by: by.clone(),
            from: self.stage,
            to,
            reason,
            open,
        });
        self.stage = to;
        self.since = at;
    }
}

/// A model runs at night and on holidays too, so its weeks have seven days and its days 24 hours.
fn calendar_seconds(span: Span) -> i64 {
    let days = i64::from(span.weeks) * 7 + i64::from(span.days);
    let minutes = (days * 24 + i64::from(span.hours)) * 60 + i64::from(span.minutes);
    (minutes * 60).max(1)
}

/// The gates that the policy asks for in a stage, in their order.
pub fn asked_in(stage: LifecycleStage, policy: &Policy) -> impl Iterator<Item = &'static Gate> {
    let off = |gate: &&Gate| policy.lifecycle_gates.get(gate.slug) == Some(&GateChange::Off);
    GATES
        .iter()
        .filter(move |gate| gate.stage == stage)
        .filter(move |gate| !off(gate))
}

/// What a gate says, in the policy's words if it has any.
pub fn title<'a>(gate: &Gate, policy: &'a Policy) -> &'a str {
    match policy.lifecycle_gates.get(gate.slug) {
        Some(GateChange::Title(title)) => title,
        Some(GateChange::Off) | None => gate.title,
    }
}

/// The gate of this slug, if the policy asks for it.
pub fn gate(slug: &Slug, policy: &Policy) -> Option<&'static Gate> {
    let mut stages = LifecycleStage::ALL.iter();
    stages.find_map(|stage| asked_in(*stage, policy).find(|gate| gate.slug == slug.as_str()))
}
