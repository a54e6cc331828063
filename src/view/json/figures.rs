//! `/figures`: the flow figures.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::Duration;
use crate::domain::figures::{Figures, Month, Spread};
use crate::domain::ids::RepoName;
use crate::domain::labels::OutcomeLabel;
use crate::domain::worktime::WorkTime;

/// A repository's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FigureSheet {
    /// `owner/name`.
    pub repo: String,
    /// When they were counted.
    pub as_of: Timestamp,
    /// Time boxes that are over.
    pub boxes: BoxFigures,
    /// From leaving the first stage to the end, of finished items.
    pub cycle: SpreadFigure,
    /// Time in each stage, of finished items.
    pub stages: BTreeMap<&'static str, SpreadFigure>,
    /// How long items could not go on, all together.
    pub blocked: Duration,
    /// Experiments by what their results said.
    pub outcomes: BTreeMap<&'static str, usize>,
    /// Decisions that stand, by verdict.
    pub decisions: BTreeMap<&'static str, usize>,
    /// Research and experiments that were finished.
    pub explored: usize,
    /// Those of them that wrote down what was learned.
    pub learned: usize,
    /// What came to its end in each month, the latest last.
    pub months: Vec<MonthFigures>,
}

/// What came to its end in a month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthFigures {
    /// The month, as `2026-11`.
    pub month: String,
    /// Boxes that stopped.
    pub boxes: usize,
    /// Those of them that stopped within their first length.
    pub held: usize,
    /// From leaving the first stage to the end, of finished items.
    pub cycle: SpreadFigure,
    /// Experiments by what their last results said.
    pub outcomes: BTreeMap<&'static str, usize>,
    /// Research and experiments that were finished.
    pub explored: usize,
    /// Those of them that wrote down what was learned.
    pub learned: usize,
}

/// How time boxes held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoxFigures {
    /// Boxes that stopped.
    pub finished: usize,
    /// Those that stopped within their first length.
    pub held: usize,
    /// Those that were extended.
    pub extended: usize,
    /// How much of them was used, by preset.
    pub used: Vec<BoxUse>,
}

/// How boxes of one preset were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoxUse {
    /// The preset's name; none for boxes of other lengths.
    pub preset: Option<String>,
    /// How many there were.
    pub count: usize,
    /// The median, in per cent of the first length.
    pub median_percent: u32,
}

/// Some durations.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SpreadFigure {
    /// How many there are.
    pub count: usize,
    /// Their median; none where there are none.
    pub median: Option<Duration>,
}

fn counts(outcomes: &BTreeMap<OutcomeLabel, usize>) -> BTreeMap<&'static str, usize> {
    outcomes.iter().map(|(it, n)| (it.word(), *n)).collect()
}

/// The figures, in working days of this length.
pub fn figures(
    repo: &RepoName,
    figures: &Figures,
    months: &[Month],
    day: WorkTime,
    as_of: Timestamp,
) -> FigureSheet {
    let spread = |spread: &Spread| SpreadFigure {
        count: spread.count,
        median: (spread.count > 0).then(|| Duration::of(spread.median, day)),
    };
    let Figures {
        boxes,
        cycle,
        stages,
        blocked,
        outcomes,
        decisions,
        explored,
        learned,
    } = figures;
    let used = boxes.use_by_preset.iter().map(|(preset, used)| BoxUse {
        preset: (!preset.is_empty()).then(|| preset.clone()),
        count: used.count,
        median_percent: used.median,
    });
    FigureSheet {
        repo: repo.to_string(),
        as_of,
        boxes: BoxFigures {
            finished: boxes.finished,
            held: boxes.held,
            extended: boxes.extended,
            used: used.collect(),
        },
        cycle: spread(cycle),
        stages: stages
            .iter()
            .map(|(stage, times)| (stage.word(), spread(times)))
            .collect(),
        blocked: Duration::of(*blocked, day),
        outcomes: counts(outcomes),
        decisions: decisions.iter().map(|(it, n)| (it.word(), *n)).collect(),
        explored: *explored,
        learned: *learned,
        months: months
            .iter()
            .map(|month| MonthFigures {
                month: month.first.strftime("%Y-%m").to_string(),
                boxes: month.boxes,
                held: month.held,
                cycle: spread(&month.cycle),
                outcomes: counts(&month.outcomes),
                explored: month.explored,
                learned: month.learned,
            })
            .collect(),
    }
}
