//! The state of an issue or pull request that labhand looks after: everything that the rules and
//! the views need to know, and nothing that can be computed from the rest. It is made by
//! [`super::fold`] alone.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::actor::{Needs, User};
use super::fact::{CloseReason, Milestone, Place, PullSight};
use super::handoff::{Handoff, SignRefusal, Slug};
use super::ids::{ItemNumber, UserId};
use super::kind::{Bucket, Kind, KindSource, Phase, Points, Stage, Verdict};
use super::order::{BoxLength, Frozen, Misread, Order};
use super::policy::Rule;
use super::timebox::TimeBox;

/// An issue or pull request and its history's outcome.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and none excludes another"
)]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its number.
    pub number: ItemNumber,
    /// Its title; empty until it was first seen.
    pub title: String,
    /// Who opened it.
    pub author: Option<User>,
    /// When it was opened.
    pub created_at: Option<Timestamp>,
    /// `None` while it is open.
    pub closed: Option<Closed>,
    /// Deleted or transferred away: nothing is shown any more.
    pub gone: bool,
    /// Who is to do it.
    pub assignees: Vec<User>,
    /// Its milestone.
    pub milestone: Option<Milestone>,
    /// A pull request.
    pub is_pull: bool,
    /// What it is; `None`: labhand leaves it alone.
    pub kind: Option<Classified>,
    /// A person took the kind off, and nothing is inferred any more.
    pub opted_out: bool,
    /// What it was before the kind was taken off; switching a label on GitHub's page is two events.
    pub former_kind: Option<Kind>,
    /// Opened since labhand came, or taken in by `/sync`: titles and issue types count.
    pub taken_in: bool,
    /// The name of GitHub's issue type.
    pub issue_type: Option<String>,
    /// A bucket that was asked for, or that the title implies.
    pub bucket: Option<Bucket>,
    /// A phase that was asked for.
    pub phase: Option<Phase>,
    /// Its size, if it is sized by points.
    pub points: Option<Points>,
    /// Where it stands; meaningful once it has a kind.
    pub stage: Stage,
    /// Since when.
    pub stage_since: Option<Timestamp>,
    /// Every move from stage to stage.
    pub moves: Vec<Move>,
    /// It was active or in progress at some time.
    pub was_active: bool,
    /// Where an assignment or a pull request would have moved it, had no enforced rule been in the way.
    #[serde(default)]
    pub held_back: Option<Stage>,
    /// When a person took the stage label off; it comes back after ten seconds.
    pub stage_label_off_at: Option<Timestamp>,
    /// Hypothesis, metric and the like.
    pub fields: Fields,
    /// Hypothesis and metric as they were when it became active.
    pub frozen: Option<FrozenFields>,
    /// The length of the box that will start.
    pub box_length: Option<BoxLength>,
    /// The box, once it has started.
    pub timebox: Option<TimeBox>,
    /// Boxes that stopped when the kind changed.
    pub earlier_boxes: Vec<TimeBox>,
    /// Why it cannot go on.
    pub blocked: Option<Blocked>,
    /// What was learned; the last counts.
    pub findings: Vec<Findings>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// What had been decided before it was reopened.
    pub earlier_decisions: Vec<Decision>,
    /// How the items that it builds on stand.
    pub foundations: BTreeMap<ItemNumber, Foundation>,
    /// The items that build on this one.
    pub built_on_by: BTreeSet<ItemNumber>,
    /// Other items with a running box, and for whom it runs.
    #[serde(default)]
    pub other_boxes: BTreeMap<ItemNumber, BTreeSet<UserId>>,
    /// What has to be said once, in a comment of its own.
    pub notices: Vec<Notice>,
    /// Rules at level `warn` that it breaks, as of the last fact.
    pub warnings: BTreeSet<Rule>,
    /// The answers to commands, by where they stood and in which order.
    pub answers: BTreeMap<u64, Vec<Answered>>,
    /// When people changed labels that are labhand's output, within the last hour.
    pub disturbed: Vec<Timestamp>,
    /// After three restorations within an hour labhand leaves the labels alone.
    pub yielded: bool,
    /// A command asked to see it, or a rule had something to say.
    pub status_wanted: bool,
    /// The pull request's branches and links.
    pub pull: Option<Pull>,
    /// Pull requests that are linked to this item.
    pub linked_pulls: BTreeMap<ItemNumber, PullSight>,
    /// The hand-off, if the pull request is or was one.
    pub handoff: Option<Handoff>,
}

impl Item {
    /// Before anything is known about it.
    pub fn unseen(number: ItemNumber) -> Self {
        Self {
            number,
            title: String::new(),
            author: None,
            created_at: None,
            closed: None,
            gone: false,
            assignees: Vec::new(),
            milestone: None,
            is_pull: false,
            kind: None,
            opted_out: false,
            former_kind: None,
            taken_in: false,
            issue_type: None,
            bucket: None,
            phase: None,
            points: None,
            stage: Stage::Ideation,
            stage_since: None,
            moves: Vec::new(),
            was_active: false,
            held_back: None,
            stage_label_off_at: None,
            fields: Fields::default(),
            frozen: None,
            box_length: None,
            timebox: None,
            earlier_boxes: Vec::new(),
            blocked: None,
            findings: Vec::new(),
            decision: None,
            earlier_decisions: Vec::new(),
            foundations: BTreeMap::new(),
            built_on_by: BTreeSet::new(),
            other_boxes: BTreeMap::new(),
            notices: Vec::new(),
            warnings: BTreeSet::new(),
            answers: BTreeMap::new(),
            disturbed: Vec::new(),
            yielded: false,
            status_wanted: false,
            pull: None,
            linked_pulls: BTreeMap::new(),
            handoff: None,
        }
    }

    /// The hypothesis that counts: as frozen and last amended, or as it stands.
    pub fn hypothesis(&self) -> Option<&str> {
        self.counting(Frozen::Hypothesis, self.fields.hypothesis.as_deref())
    }

    /// The success metric that counts: as frozen and last amended, or as it stands.
    pub fn metric(&self) -> Option<&str> {
        self.counting(Frozen::Metric, self.fields.metric.as_deref())
    }

    fn counting<'a>(&'a self, field: Frozen, now: Option<&'a str>) -> Option<&'a str> {
        let Some(frozen) = &self.frozen else {
            return now;
        };
        let amended = frozen
            .amendments
            .iter()
            .rev()
            .find(|amendment| amendment.field == field);
        let original = match field {
            Frozen::Hypothesis => frozen.hypothesis.as_deref(),
            Frozen::Metric => frozen.metric.as_deref(),
        };
        amended
            .map(|amendment| amendment.text.as_str())
            .or(original)
    }

    /// For whom its box runs now; nobody while it does not.
    pub fn box_runs_for(&self) -> BTreeSet<UserId> {
        let runs = self.timebox.as_ref().is_some_and(TimeBox::is_running);
        if !runs || self.kind.is_none() || self.closed.is_some() || self.gone {
            return BTreeSet::new();
        }
        self.assignees.iter().map(|user| user.id).collect()
    }

    /// The bucket it counts in; `None` without a kind.
    pub fn effective_bucket(&self) -> Option<Bucket> {
        let kind = self.kind?.kind;
        Some(self.bucket.unwrap_or_else(|| kind.bucket()))
    }
}

/// That and why it is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// As GitHub says.
    pub how: CloseReason,
    /// Since when.
    pub at: Timestamp,
}

/// Its kind, and what made it so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classified {
    /// The kind.
    pub kind: Kind,
    /// What made it so.
    pub source: KindSource,
}

/// A move from stage to stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// When.
    pub at: Timestamp,
    /// Whither.
    pub to: Stage,
    /// By whom; `None`: by the circuit breaker or by a pull request.
    pub by: Option<User>,
}

/// Fields from the issue's text and from commands; a command outranks the text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fields {
    /// What an experiment tests.
    pub hypothesis: Option<String>,
    /// How success is measured, as written.
    pub metric: Option<String>,
    /// What is known today.
    pub baseline: Option<String>,
    /// What research asks.
    pub question: Option<String>,
    /// The task list of what will be delivered: done or not, and its text.
    pub deliverables: Vec<(bool, String)>,
    /// What it builds on.
    pub builds_on: Vec<ItemNumber>,
    /// What it is part of.
    pub part_of: Vec<ItemNumber>,
    /// The model and version that a pull request names.
    pub model: Option<(String, String)>,
    /// Which of these were set by a command, which the text no longer changes.
    #[serde(default)]
    pub by_command: BTreeSet<FieldName>,
}

/// The fields that a command can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldName {
    /// `/hypothesis`
    Hypothesis,
    /// `/metric`
    Metric,
    /// `/builds-on`
    BuildsOn,
    /// `/timebox`
    Timebox,
}

/// What activation froze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenFields {
    /// When.
    pub at: Timestamp,
    /// The hypothesis then.
    pub hypothesis: Option<String>,
    /// The metric then.
    pub metric: Option<String>,
    /// What was amended since, in order.
    pub amendments: Vec<Amendment>,
}

/// A dated change of something frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amendment {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// Of what.
    pub field: Frozen,
    /// What it says from then on.
    pub text: String,
    /// Why.
    pub reason: String,
}

/// Why it cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// Since when.
    pub since: Timestamp,
    /// Why; `None` where only the label was set.
    pub reason: Option<String>,
}

/// What was learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// When it was written down.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// What.
    pub text: String,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: String,
}

/// How an item stands that another one builds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foundation {
    /// What it is; `None`: no item.
    pub kind: Option<Kind>,
    /// What was decided on it.
    pub decided: Option<Verdict>,
}

/// Something to be said once. Said things are never taken back, so a notice is only ever added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Since when it has been due.
    pub at: Timestamp,
    /// What to say.
    pub what: NoticeKind,
}

/// What there is to say once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The box has used `timeboxes.remind_at` per cent.
    BoxExpiring,
    /// The box is over.
    BoxExpired,
    /// A stage that was asked for by a label is refused; the old label is put back.
    StageRefused {
        /// The stage that was asked for.
        to: Stage,
        /// Why not.
        missing: Vec<Rule>,
        /// Where it stays.
        stays: Stage,
    },
    /// A size label on research or an experiment was taken off again.
    PointsRefused,
    /// An experiment was closed without a decision, or research without findings, and the policy reopens it.
    ReopenedUndecided,
    /// Somebody ticked or unticked a box that is not theirs.
    WrongTick {
        /// Whose box.
        slug: Slug,
        /// Who.
        by: User,
        /// Why it does not count.
        why: SignRefusal,
    },
}

impl NoticeKind {
    /// Part of the hidden marker that makes the comment findable: the same notice at the same time is one.
    pub fn word(&self) -> &'static str {
        match self {
            Self::BoxExpiring => "box-expiring",
            Self::BoxExpired => "box-expired",
            Self::StageRefused { .. } => "stage-refused",
            Self::PointsRefused => "points-refused",
            Self::ReopenedUndecided => "reopened-undecided",
            Self::WrongTick { .. } => "wrong-tick",
        }
    }
}

/// The outcome of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// Where it stood.
    pub place: Place,
    /// Its position there.
    pub index: u32,
    /// Its first line as written.
    pub text: String,
    /// When.
    pub at: Timestamp,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Done; nothing to say.
    Done,
    /// Done, and words were asked for: `/help`, `/status`, `/board`.
    Asked(Order),
    /// Not done.
    Refused(Refusal),
}

/// Why a command was not carried out; `view` finds the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// It could not be read.
    Misread(Misread),
    /// The person may not.
    Permission(Needs),
    /// It is no item: it has no kind.
    NoKind,
    /// The command is for other kinds of items.
    WrongKind {
        /// What it is.
        kind: Kind,
    },
    /// The command is for pull requests.
    NotAPull,
    /// The pull request is no hand-off.
    NotAHandoff,
    /// Rules at level `enforce` are in the way.
    Guards {
        /// Which.
        rules: Vec<Rule>,
        /// Where it stays.
        stays: Stage,
    },
    /// The stage is not on this kind's track.
    NotOnTrack {
        /// The kind.
        kind: Kind,
    },
    /// The command belongs to other stages.
    WrongStage {
        /// Where it is.
        stage: Stage,
    },
    /// It is closed.
    Closed,
    /// Activation froze it; `/amend` adds to it.
    Frozen(Frozen),
    /// Nothing is frozen yet, so the plain command will do.
    NotFrozen(Frozen),
    /// The box has started; only an extension changes its length.
    BoxStarted,
    /// The policy has no preset of this name; these are the ones it has.
    NoSuchPreset {
        /// As asked for.
        name: String,
        /// What there is.
        presets: Vec<String>,
    },
    /// It is not blocked.
    NotBlocked,
    /// There is a decision already.
    AlreadyDecided(Verdict),
    /// There is no such entry; the closest, if one is close.
    NoSuchEntry {
        /// As asked for.
        slug: Slug,
        /// The closest.
        closest: Option<Slug>,
    },
    /// The person cannot speak for a side here.
    NoSideHere(SignRefusal),
    /// The signature does not count.
    Sign {
        /// For which entry.
        slug: Slug,
        /// Why.
        why: SignRefusal,
    },
}

/// A pull request's branches and links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// As last seen.
    pub sight: PullSight,
    /// GitHub's closing references.
    pub closes: Vec<ItemNumber>,
    /// It changes a file under `handoff.paths`.
    pub touches_handoff_paths: bool,
}

impl Item {
    /// The items that this pull request is linked to, oldest first.
    pub fn links(&self) -> BTreeSet<ItemNumber> {
        let closes = self
            .pull
            .iter()
            .flat_map(|pull| pull.closes.iter().copied());
        closes
            .chain(self.fields.builds_on.iter().copied())
            .chain(self.fields.part_of.iter().copied())
            .filter(|number| *number != self.number)
            .collect()
    }
}
