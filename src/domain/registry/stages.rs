//! What runs where: each stage holds one version of a model, and remembers those before it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::actor::User;
use crate::domain::calendar::Calendar;
use crate::domain::version::Version;

/// The stage that needs a complete hand-off, and that a rollback is about.
pub const PRODUCTION: &str = "production";
/// The stage in which nothing runs: a version that goes there leaves all others.
pub const ARCHIVED: &str = "archived";

/// A time for which a version was in a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Which stage.
    pub stage: String,
    /// Which version.
    pub version: Version,
    /// From then on.
    pub from: Timestamp,
    /// No longer from then on; `None`: it is there.
    pub until: Option<Timestamp>,
    /// Who put it there, where that is known.
    pub by: Option<User>,
    /// How it came there.
    pub start: Start,
    /// The first time that it was deployed there.
    pub deployed: Option<Deployment>,
}

/// A deployment of a version to an environment that is called like a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// When it succeeded.
    pub at: Timestamp,
    /// Where it can be looked at.
    pub url: Option<String>,
}

impl Run {
    /// Whether it was there at some time of a day of the calendar.
    pub fn was_there_on(&self, day: Date, calendar: &Calendar) -> bool {
        let last = self.until.map(|until| {
            let moment = until.checked_sub(SignedDuration::from_nanos(1));
            calendar.date_of(moment.unwrap_or(until))
        });
        calendar.date_of(self.from) <= day && last.is_none_or(|last| day <= last)
    }
}

/// How a version came to a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// `/promote`
    Promoted,
    /// `/rollback`
    RolledBack {
        /// Why.
        reason: String,
    },
    /// It was deployed there, and nobody had said so before.
    Deployed,
    /// Somebody tagged it so: `fraud-detector#production#3`.
    Tagged {
        /// The number in the tag.
        count: u64,
    },
}

/// The stages of one model.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stages {
    runs: Vec<Run>,
    /// By stage, the versions that were there and that a rollback may lead to, the last one on top.
    before: BTreeMap<String, Vec<Version>>,
}

impl Stages {
    /// All that ran, in the order in which it began.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// What is in each stage now.
    pub fn current(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.until.is_none())
    }

    /// The version that is in a stage.
    pub fn runs_in(&self, stage: &str) -> Option<&Version> {
        let mut current = self.current();
        current
            .find(|run| run.stage == stage)
            .map(|run| &run.version)
    }

    /// The version that was in production before the one that is there.
    pub fn before_production(&self) -> Option<&Version> {
        self.before.get(PRODUCTION)?.last()
    }

    pub(super) fn promote(
        &mut self,
        version: Version,
        stage: &str,
        at: Timestamp,
        by: Option<User>,
        start: Start,
    ) {
        if stage == ARCHIVED {
            self.end(at, |run| run.version == version);
            for before in self.before.values_mut() {
                before.retain(|earlier| *earlier != version);
            }
        } else if let Some(earlier) = self.runs_in(stage).filter(|it| **it != version).cloned() {
            let before = self.before.entry(stage.to_owned()).or_default();
            before.push(earlier);
        }
        self.begin(version, stage, at, by, start);
    }

    /// It runs there, whether or not somebody has promoted it.
    pub(super) fn deploy(
        &mut self,
        version: Version,
        stage: &str,
        deployment: Deployment,
        by: Option<User>,
    ) {
        if self.runs_in(stage) != Some(&version) {
            if let Some(earlier) = self.runs_in(stage).cloned() {
                let before = self.before.entry(stage.to_owned()).or_default();
                before.push(earlier);
            }
            self.begin(version, stage, deployment.at, by, Start::Deployed);
        }
        let here = |run: &&mut Run| run.until.is_none() && run.stage == stage;
        if let Some(run) = self.runs.iter_mut().find(here) {
            run.deployed.get_or_insert(deployment);
        }
    }

    pub(super) fn roll_back(
        &mut self,
        to: Version,
        reason: String,
        at: Timestamp,
        by: Option<User>,
    ) {
        let before = self.before.entry(PRODUCTION.to_owned()).or_default();
        // Another rollback goes further back, and not to what was just left.
        if let Some(place) = before.iter().rposition(|earlier| *earlier == to) {
            before.truncate(place);
        }
        self.begin(to, PRODUCTION, at, by, Start::RolledBack { reason });
    }

    fn begin(
        &mut self,
        version: Version,
        stage: &str,
        at: Timestamp,
        by: Option<User>,
        start: Start,
    ) {
        self.end(at, |run| run.stage == stage && stage != ARCHIVED);
        self.runs.push(Run {
            stage: stage.to_owned(),
            version,
            from: at,
            until: None,
            by,
            start,
            deployed: None,
        });
    }

    fn end(&mut self, at: Timestamp, which: impl Fn(&Run) -> bool) {
        for run in &mut self.runs {
            if run.until.is_none() && which(run) {
                run.until = Some(at);
            }
        }
    }
}
