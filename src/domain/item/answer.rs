//! What came of commands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::actor::Needs;
use crate::domain::fact::Place;
use crate::domain::handoff::{SignRefusal, Slug};
use crate::domain::kind::{Kind, Stage, Verdict};
use crate::domain::lifecycle::LifecycleRefusal;
use crate::domain::order::{Frozen, Misread, Order};
use crate::domain::policy::Rule;
use crate::domain::registry::ModelRefusal;
use crate::domain::version::ModelVersion;
use crate::domain::worktime::WorkTime;

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
    /// The life of a model does not allow it.
    Lifecycle(LifecycleRefusal),
    /// The registry of models is in the way.
    Model(ModelRefusal),
    /// The pull request was merged as another version, and stays that.
    MergedAs(ModelVersion),
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
    /// What the experiment tests is not fixed yet: its kind was changed on the way.
    NotFixed,
    /// There is no box that could be extended.
    NoBox,
    /// The box has done its work: findings, a decision or closing stopped it.
    BoxStopped,
    /// The box was extended as often as it may be.
    ExtensionsSpent {
        /// How often that is.
        most: u32,
    },
    /// More time than a box may get at once.
    ExtensionTooLong {
        /// How much that is, in working time.
        most: WorkTime,
        /// The same as per cent of the box.
        percent: u32,
        /// How long a working day is.
        day: WorkTime,
    },
    /// An assignee does not extend their own box while there is another lead.
    OwnBox,
    /// It is not blocked.
    NotBlocked,
    /// There is a decision already, which only a lead revises.
    AlreadyDecided(Verdict),
    /// The same was decided already, with the same reason.
    DecidedSo(Verdict),
    /// The next link of a chain this long is for a lead to ask for.
    LongChain {
        /// Links so far, this item among them.
        links: usize,
    },
    /// None of the results is of a metric that the experiment has.
    NoSuchMetric {
        /// As reported.
        names: Vec<String>,
        /// What it measures.
        known: Vec<String>,
    },
    /// A result does not fit its metric: one sentence without a full stop.
    Unfit(String),
    /// What is measured is not judged by people.
    Measured {
        /// What it measures.
        known: Vec<String>,
    },
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

impl From<LifecycleRefusal> for Refusal {
    fn from(why: LifecycleRefusal) -> Self {
        Self::Lifecycle(why)
    }
}
