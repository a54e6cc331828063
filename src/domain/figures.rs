//! Flow figures, for a team to calibrate itself by: how boxes hold, where time goes, what came out.
//!
//! The one that matters is the share of finished work that wrote down what was learned: a success
//! rate alone rewards safe bets. Durations are working time on the repository's calendar.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::calendar::Calendar;
use super::item::Item;
use super::kind::{Kind, Stage, Verdict};
use super::labels::OutcomeLabel;
use super::timebox::TimeBox;
use super::worktime::WorkTime;

mod months;

pub use months::{Month, months};

/// A repository's figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Time boxes that are over.
    pub boxes: Boxes,
    /// How long finished items took, from leaving the first stage of their track to their end.
    pub cycle: Spread,
    /// How long finished items were in each stage; the last stage of a track is their end.
    pub stages: BTreeMap<Stage, Spread>,
    /// How long items could not go on, all together, in seconds of working time.
    pub blocked: WorkTime,
    /// Experiments by what their results said.
    pub outcomes: BTreeMap<OutcomeLabel, usize>,
    /// Decisions that stand.
    pub decisions: BTreeMap<Verdict, usize>,
    /// Research and experiments that were finished.
    pub explored: usize,
    /// Those of them that wrote down what was learned.
    pub learned: usize,
}

/// How boxes held.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Boxes {
    /// Boxes that stopped.
    pub finished: usize,
    /// Those that stopped within their first length.
    pub held: usize,
    /// Those that were extended.
    pub extended: usize,
    /// Median use of a box by the preset's name, in per cent of its first length; boxes of other
    /// lengths under the empty name.
    pub use_by_preset: BTreeMap<String, Use>,
}

/// How boxes of one length were used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Use {
    /// How many there were.
    pub count: usize,
    /// The median, in per cent.
    pub median: u32,
}

/// Some durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Spread {
    /// How many there are.
    pub count: usize,
    /// Their median, in seconds of working time.
    pub median: WorkTime,
}

impl Figures {
    /// The figures of a repository's items as of `now`.
    pub fn of(items: &[Item], calendar: &Calendar, now: Timestamp) -> Self {
        let counted = counted(items);
        let finished = || counted.iter().filter(|(item, _)| is_finished(item));
        let explored = || finished().filter(|(_, kind)| kind.is_exploration());
        let mut stages: BTreeMap<Stage, Vec<WorkTime>> = BTreeMap::new();
        for (item, _) in finished() {
            for (stage, time) in times(item, calendar) {
                stages.entry(stage).or_default().push(time);
            }
        }
        Self {
            boxes: boxes(&counted, now),
            cycle: spread(
                finished()
                    .filter_map(|(item, _)| cycle(item, calendar))
                    .collect(),
            ),
            stages: stages
                .into_iter()
                .map(|(stage, times)| (stage, spread(times)))
                .collect(),
            blocked: counted
                .iter()
                .map(|(item, _)| blocked(item, calendar))
                .fold(WorkTime::ZERO, WorkTime::plus),
            outcomes: count(
                counted
                    .iter()
                    .filter(|(_, kind)| *kind == Kind::Experiment)
                    .filter_map(|(item, _)| item.outcome()),
            ),
            decisions: count(
                counted
                    .iter()
                    .filter_map(|(item, _)| Some(item.decision.as_ref()?.verdict)),
            ),
            explored: explored().count(),
            learned: explored()
                .filter(|(item, _)| !item.findings.is_empty())
                .count(),
        }
    }
}

/// The items that count, each once.
fn counted(items: &[Item]) -> Vec<(&Item, Kind)> {
    let kinds: std::collections::BTreeSet<_> = items
        .iter()
        .filter(|item| item.kind.is_some())
        .map(|item| item.number)
        .collect();
    items
        .iter()
        .filter(|item| item.moved_to.is_none() && !item.opted_out)
        .filter(|item| !item.inherits_kind(|number| kinds.contains(&number)))
        .filter_map(|item| Some((item, item.kind?.kind)))
        .collect()
}

/// Closed as done after it had begun.
fn is_finished(item: &Item) -> bool {
    item.closed.as_ref().is_some_and(|it| it.how.is_done()) && item.was_active
}

fn count<T: Ord>(all: impl Iterator<Item = T>) -> BTreeMap<T, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

fn boxes(counted: &[(&Item, Kind)], now: Timestamp) -> Boxes {
    let mut boxes = Boxes::default();
    let mut uses: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    let of = |(item, _): &(&'_ Item, Kind)| -> Vec<TimeBox> {
        item.earlier_boxes
            .iter()
            .chain(&item.timebox)
            .cloned()
            .collect()
    };
    for timebox in counted.iter().flat_map(of).filter(|it| it.stopped) {
        boxes.finished += 1;
        boxes.held += usize::from(timebox.held());
        boxes.extended += usize::from(!timebox.extensions.is_empty());
        let share = timebox.used(now).share_of(timebox.original());
        let preset = timebox.preset.unwrap_or_default();
        uses.entry(preset).or_default().push(share);
    }
    boxes.use_by_preset = uses
        .into_iter()
        .map(|(preset, shares)| {
            let count = shares.len();
            let median = median(shares).unwrap_or_default();
            (preset, Use { count, median })
        })
        .collect();
    boxes
}

/// How long it was in each stage until it was closed. The first one lasts from when it became an
/// item.
fn times(item: &Item, calendar: &Calendar) -> Vec<(Stage, WorkTime)> {
    let (Some(kind), Some(begun), Some(closed)) = (item.kind, item.taken_up_at, &item.closed)
    else {
        return Vec::new();
    };
    let mut stage = Stage::track(kind.kind)[0];
    let mut since = begun;
    let mut times: BTreeMap<Stage, WorkTime> = BTreeMap::new();
    let mut pass = |stage: Stage, since, until| {
        // The last stage is the end, also of what was opened again after it.
        if stage.position() < 3 {
            let time = times.entry(stage).or_default();
            *time = time.plus(calendar.between(since, until));
        }
    };
    for step in &item.moves {
        let until = step.at.min(closed.at).max(since);
        pass(stage, since, until);
        (stage, since) = (step.to, until);
    }
    pass(stage, since, closed.at);
    times.into_iter().collect()
}

/// From leaving the first stage to the end.
fn cycle(item: &Item, calendar: &Calendar) -> Option<WorkTime> {
    let began = item.moves.iter().find(|step| step.to.position() > 0)?.at;
    let ended = item.closed.as_ref()?.at;
    Some(calendar.between(began, ended))
}

/// A block that is still on counts once it is over, so that a figure changes with facts alone.
fn blocked(item: &Item, calendar: &Calendar) -> WorkTime {
    let end = item.closed.as_ref().map_or(Timestamp::MAX, |it| it.at);
    let until_closed = item.blocked.as_ref().zip(item.closed.as_ref());
    let last = until_closed.map(|(blocked, closed)| (blocked.since, closed.at));
    let all = item.earlier_blocks.iter().copied().chain(last);
    all.map(|(from, to)| calendar.between(from, to.min(end)))
        .fold(WorkTime::ZERO, WorkTime::plus)
}

fn spread(times: Vec<WorkTime>) -> Spread {
    Spread {
        count: times.len(),
        median: median(times).unwrap_or_default(),
    }
}

/// The middle one; of two in the middle the lower.
fn median<T: Ord>(mut all: Vec<T>) -> Option<T> {
    all.sort_unstable();
    let middle = all.len().checked_sub(1)? / 2;
    all.into_iter().nth(middle)
}

#[cfg(test)]
mod tests;
