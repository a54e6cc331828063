//! What a repository's team has agreed on: `.github/labhand.yml`, with every key's default
//! (product §9). Reading the file, with line and column of every mistake, is [`parse`]'s work.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use globset::{Glob, GlobMatcher};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::entries::{Entry, standard_entries};
use super::kind::words;
use super::worktime::Span;

mod draft;
mod error;
mod explain;
mod handoff;
mod parse;
mod reader;
mod rules;
mod schema;
mod shape;
mod time;
mod values;

pub use error::PolicyError;
pub use explain::{InForce, explain};
pub use parse::{Layer, MOST_BYTES, parse};
pub use schema::schema;

/// A repository's policy, complete.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Whether labhand acts here at all.
    pub enabled: bool,
    /// Whether a title's opening verb may make an issue an item.
    pub infer: bool,
    /// Canonical label name → the team's own name for it.
    pub labels: BTreeMap<String, String>,
    /// The working calendar that boxes started from now on will follow.
    pub calendar: Calendar,
    /// Time boxes.
    pub timeboxes: TimeboxPolicy,
    /// Levels that differ from the rule's default.
    pub guards: BTreeMap<Rule, Level>,
    /// Sprints.
    pub sprint: SprintPolicy,
    /// Who belongs to which side of a hand-off.
    pub teams: Teams,
    /// Logins or `org/team` of leads; empty: maintain and admin.
    pub leads: Vec<Member>,
    /// Hand-offs.
    pub handoff: HandoffPolicy,
    /// Whether task lists in a pull request's description must be complete.
    pub require_description: bool,
    /// Lifecycle of models: how often one in monitoring is reviewed.
    pub review_every: Span,
    /// Lifecycle gates switched off or retitled, by slug.
    pub lifecycle_gates: BTreeMap<String, GateChange>,
    /// Whether a GitHub release is made for a registered version.
    pub release: Release,
    /// How versions are tagged.
    pub tags: TagForm,
    /// The stages to which a version can be promoted.
    pub model_stages: Vec<String>,
    /// The issue that shows the board; `None`: labhand opens one.
    pub board_issue: Option<u64>,
    /// When the board is also posted as a comment.
    pub digest: Option<Digest>,
    /// `Some("labhand")` makes every command `/labhand name`.
    pub prefix: Option<String>,
    /// Bots that may give `/result` and `/drift`.
    pub bots: Vec<String>,
}

/// `timeboxes:`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeboxPolicy {
    /// Names for lengths, in lower case.
    pub presets: BTreeMap<String, Span>,
    /// Per cent of the box at which the first reminder is written.
    pub remind_at: u8,
    /// Extensions.
    pub extensions: Extensions,
}

/// `timeboxes.extensions:`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extensions {
    /// How many a box may get.
    pub count: u32,
    /// Per cent of the original length, at most.
    pub at_most: u32,
    /// Who grants it: a lead, or anyone with triage.
    pub by: ExtendedBy,
    /// Whether the lead has to be somebody other than the assignee.
    pub not_by_assignee: bool,
}

impl Default for Extensions {
    fn default() -> Self {
        Self {
            count: 1,
            at_most: 50,
            by: ExtendedBy::Lead,
            not_by_assignee: true,
        }
    }
}

words!(
    /// Who may extend a box.
    ExtendedBy {
        /// A lead.
        Lead = "lead",
        /// Anyone with triage permission.
        Triage = "triage",
    }
);

/// `sprint:`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SprintPolicy {
    /// Per cent of capacity for committed, experiments and learning; 100 together.
    pub split: (u32, u32, u32),
    /// Percentage points of deviation that are not flagged.
    pub tolerance: u32,
    /// A glob over milestone titles.
    pub milestones: String,
    /// Person-days of a sprint, if the team states them.
    pub capacity: Option<f64>,
    /// People, if the team states their number instead.
    pub people: Option<f64>,
}

/// A login, or a GitHub team as `org/team`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Member {
    /// A login in lower case.
    Login(String),
    /// `org/team` in lower case.
    Team(String),
}

/// `teams:`
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Teams {
    /// Who makes models.
    pub data_science: Vec<Member>,
    /// Who runs them.
    pub engineering: Vec<Member>,
}

/// `handoff:`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffPolicy {
    /// Globs; a pull request that touches one is a hand-off.
    pub paths: Vec<String>,
    /// Every entry needs evidence, and every push voids what has none.
    pub strict: bool,
    /// Slugs that inherit the previous version's signatures.
    pub carry_over: Vec<String>,
    /// The entries after the policy's changes, in their order.
    pub entries: Vec<Entry>,
}

impl HandoffPolicy {
    /// Whether one of the paths that a pull request changes makes it a hand-off.
    pub fn concerns(&self, changed: &[String]) -> bool {
        let globs = self.paths.iter().filter_map(|glob| Glob::new(glob).ok());
        let matchers: Vec<GlobMatcher> = globs.map(|glob| glob.compile_matcher()).collect();
        changed
            .iter()
            .any(|path| matchers.iter().any(|matcher| matcher.is_match(path)))
    }
}

/// What a policy does to a lifecycle gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateChange {
    /// The gate is not asked for.
    Off,
    /// It has another title.
    Title(String),
}

words!(
    /// Whether GitHub releases are made.
    Release {
        /// None.
        Off = "off",
        /// As drafts.
        Draft = "draft",
        /// Published at once.
        Publish = "publish",
    }
);

words!(
    /// How versions are tagged.
    TagForm {
        /// `model@v1.2.3` on releases only.
        Semver = "semver",
        /// Git tag operations as well: `model#stage#n`.
        Gto = "gto",
    }
);

/// When the board is posted as a comment, such as `Mon 09:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// The day of the week, 1 for Monday to 7 for Sunday.
    pub weekday: i8,
    /// Local time in the repository's zone.
    pub time: jiff::civil::Time,
}

words!(
    /// A rule with a level (product §2).
    Rule {
        /// An experiment states a hypothesis before it becomes active.
        ExperimentNeedsHypothesis = "experiment-needs-hypothesis",
        /// An experiment states a success metric before it becomes active.
        ExperimentNeedsMetric = "experiment-needs-metric",
        /// Exploration has a time box before it becomes active.
        ExplorationNeedsTimebox = "exploration-needs-timebox",
        /// Exploration is not sized by points.
        NoPointsOnExploration = "no-points-on-exploration",
        /// Development has points before it is in progress.
        DevelopmentNeedsPoints = "development-needs-points",
        /// Development lists its deliverables before it is in progress.
        DevelopmentNeedsDeliverables = "development-needs-deliverables",
        /// Development builds on experiments that were decided `productionize`.
        DevelopmentBuildsOnValidated = "development-builds-on-validated",
        /// Findings come before the decision.
        FindingsBeforeDecision = "findings-before-decision",
        /// An experiment is decided, and research has findings, before it is closed.
        DecisionBeforeClose = "decision-before-close",
        /// A person has one running time box.
        OneActiveBox = "one-active-box",
        /// A hand-off pull request is merged complete.
        HandoffComplete = "handoff-complete",
        /// A model advances through its gates.
        LifecycleGates = "lifecycle-gates",
    }
);

words!(
    /// How much a rule weighs.
    Level {
        /// It is not looked at.
        Off = "off",
        /// The status comment says so.
        Warn = "warn",
        /// What breaks it is refused.
        Enforce = "enforce",
    }
);

impl Rule {
    /// The level where the policy says nothing.
    pub fn default_level(self) -> Level {
        match self {
            Self::ExperimentNeedsHypothesis
            | Self::ExperimentNeedsMetric
            | Self::ExplorationNeedsTimebox
            | Self::NoPointsOnExploration
            | Self::FindingsBeforeDecision
            | Self::HandoffComplete => Level::Enforce,
            Self::DevelopmentNeedsPoints
            | Self::DevelopmentNeedsDeliverables
            | Self::DevelopmentBuildsOnValidated
            | Self::DecisionBeforeClose
            | Self::OneActiveBox
            | Self::LifecycleGates => Level::Warn,
        }
    }
}

impl Policy {
    /// Of policies by when they came into force, ascending, the one at a time; before the first one,
    /// the first: it is what was found. Where there is none, the defaults.
    pub fn in_force(policies: &[(Timestamp, Self)], at: Timestamp) -> &Self {
        static DEFAULT: LazyLock<Policy> = LazyLock::new(Policy::default);
        let later = policies.partition_point(|(since, _)| *since <= at);
        policies
            .get(later.saturating_sub(1))
            .map_or_else(|| &*DEFAULT, |(_, policy)| policy)
    }

    /// The level of a rule here.
    pub fn level(&self, rule: Rule) -> Level {
        self.guards
            .get(&rule)
            .copied()
            .unwrap_or_else(|| rule.default_level())
    }
}

impl Default for Policy {
    fn default() -> Self {
        let span = |weeks, days, hours| Span {
            weeks,
            days,
            hours,
            minutes: 0,
        };
        Self {
            enabled: true,
            infer: true,
            labels: BTreeMap::new(),
            calendar: Calendar::default(),
            timeboxes: TimeboxPolicy {
                presets: BTreeMap::from([
                    ("spike".to_owned(), span(0, 0, 4)),
                    ("standard".to_owned(), span(0, 3, 0)),
                    ("deep".to_owned(), span(1, 0, 0)),
                ]),
                remind_at: 80,
                extensions: Extensions::default(),
            },
            guards: BTreeMap::new(),
            sprint: SprintPolicy {
                split: (60, 30, 10),
                tolerance: 10,
                milestones: "*".to_owned(),
                capacity: None,
                people: None,
            },
            teams: Teams::default(),
            leads: Vec::new(),
            handoff: HandoffPolicy {
                paths: Vec::new(),
                strict: false,
                carry_over: Vec::new(),
                entries: standard_entries(),
            },
            require_description: false,
            review_every: span(4, 0, 0),
            lifecycle_gates: BTreeMap::new(),
            release: Release::Off,
            tags: TagForm::Semver,
            model_stages: ["staging", "production", "archived"]
                .map(str::to_owned)
                .to_vec(),
            board_issue: None,
            digest: None,
            prefix: None,
            bots: Vec::new(),
        }
    }
}
