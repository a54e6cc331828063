//! What programs read: the JSON under `/api/v1`, as `docs/api.md` describes it.
//!
//! Every field has a name and a unit of its own here, so that what is kept inside can change
//! without anybody outside noticing. Instants are UTC (RFC 3339), amounts of work are person-days
//! or working days of the repository's calendar, and texts are as people wrote them.

use serde::Serialize;

use crate::domain::worktime::WorkTime;

mod board;
mod decisions;
mod figures;
mod items;
mod models;
mod sprints;

pub use board::{BoardSheet, Column, HandoffLine, SprintDay};
pub use decisions::{DecisionLine, Decisions, Opened, decisions};
pub use figures::{BoxFigures, BoxUse, FigureSheet, MonthFigures, SpreadFigure, figures};
pub use items::{
    BoxLine, CriterionLine, FindingsLine, ItemLine, ItemSheet, Items, MoveLine, PointRange, item,
    items, line,
};
pub use models::{
    CardSheet, ExperimentLine, HomeLine, ListedVersion, MetricLine, ModelSheet, Models,
    ReleaseLine, RunLine, SignatureLine, StageLine, VersionSheet, WaiverLine, models, version,
};
pub use sprints::{
    Amount, BucketShare, BurnLine, CarriedOver, SprintSheet, SprintSource, Sprints, sprints,
};

/// The repositories that there are, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repos {
    /// In the order of their names.
    pub repos: Vec<RepoLine>,
}

/// A repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepoLine {
    /// `owner/name`.
    pub name: String,
    /// Not everybody may read it on GitHub.
    pub private: bool,
    /// labhand is installed on it and acts in it.
    pub acts: bool,
}

/// A duration in working time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Duration {
    /// Seconds of working time.
    pub seconds: i64,
    /// The same in working days of the repository's calendar.
    pub working_days: f64,
}

impl Duration {
    fn of(time: WorkTime, day: WorkTime) -> Self {
        Self {
            seconds: time.seconds(),
            working_days: hundredths(time.days(day)),
        }
    }
}

/// Two places behind the point: nobody measures work more exactly.
fn hundredths(number: f64) -> f64 {
    rounded(number, 100.0)
}

/// One place behind the point, for per cent.
fn tenths(number: f64) -> f64 {
    rounded(number, 10.0)
}

fn rounded(number: f64, parts: f64) -> f64 {
    // The sum of nothing is -0, which plus 0 is 0.
    (number * parts).round() / parts + 0.0
}
