//! What an item is to a sprint at one moment.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Sprint;
use crate::domain::ids::{ItemNumber, UserId};
use crate::domain::item::Item;
use crate::domain::kind::{Bucket, Points, Verdict};
use crate::domain::order::BoxLength;
use crate::domain::policy::Policy;
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::WorkTime;

/// An item in a sprint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub number: ItemNumber,
    /// Its title then.
    pub title: String,
    /// Its bucket.
    pub bucket: Bucket,
    /// Research or an experiment.
    pub explores: bool,
    /// What it takes, in person-days; `None` where nobody has said.
    pub size: Option<f64>,
    /// What its box took within the sprint until then, in person-days.
    pub spent: f64,
    /// Its points, the midpoint of a range.
    pub points: Option<f64>,
    /// How far it is.
    pub progress: Progress,
    /// What was decided on it within the sprint.
    pub verdict: Option<Verdict>,
    /// Something was learned and written down within the sprint.
    pub learned: bool,
    /// Whether its box held, if it had one that stopped within the sprint.
    pub held: Option<bool>,
    /// Who is to do it.
    pub people: BTreeSet<UserId>,
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// Not finished.
    Open,
    /// Finished.
    Done,
    /// Ended without being done.
    Dropped,
}

impl Entry {
    /// What it took until then, in person-days: the time of a box, or the cost of points done.
    pub fn took(&self, point_cost: f64) -> f64 {
        match (self.explores, self.progress, self.points) {
            (true, _, _) => self.spent,
            (false, Progress::Done, Some(points)) => points * point_cost,
            (false, _, _) => 0.0,
        }
    }
}

/// The items of a sprint as they are at `at`, each once. What was finished before the sprint began
/// does not belong to it.
pub fn entries(
    items: &[Item],
    sprint: &Sprint,
    policy: &Policy,
    point_cost: f64,
    at: Timestamp,
) -> Vec<Entry> {
    let kinds: BTreeSet<ItemNumber> = items
        .iter()
        .filter(|item| item.kind.is_some())
        .map(|item| item.number)
        .collect();
    let mut entries: Vec<Entry> = items
        .iter()
        .filter(|item| !item.inherits_kind(|number| kinds.contains(&number)))
        .filter_map(|item| entry(item, sprint, policy, point_cost, at))
        .collect();
    entries.sort_by_key(|entry| entry.number);
    entries.dedup_by_key(|entry| entry.number);
    entries
}

fn entry(
    item: &Item,
    sprint: &Sprint,
    policy: &Policy,
    point_cost: f64,
    at: Timestamp,
) -> Option<Entry> {
    let kind = item.kind?.kind;
    let bucket = item.effective_bucket()?;
    let planned = item.milestone.as_ref()?.number == sprint.number;
    let over_before = item.closed.as_ref().is_some_and(|it| it.at < sprint.start);
    if !planned || over_before || item.gone || item.opted_out {
        return None;
    }
    let explores = kind.is_exploration();
    let people: BTreeSet<UserId> = item.assignees.iter().map(|user| user.id).collect();
    let heads = f64::from(u32::try_from(people.len().max(1)).unwrap_or(u32::MAX));
    let points = item.points.filter(|_| !explores).map(midpoint);
    let day = policy.calendar.day_length();
    let size = if explores {
        box_length(item, policy).map(|length| length.days(day) * heads)
    } else {
        points.map(|points| points * point_cost)
    };
    Some(Entry {
        number: item.number,
        title: item.title.clone(),
        bucket,
        explores,
        size,
        spent: if explores {
            spent(item, sprint, at).days(day) * heads
        } else {
            0.0
        },
        points,
        progress: match &item.closed {
            None => Progress::Open,
            Some(closed) if closed.how.is_done() => Progress::Done,
            Some(_) => Progress::Dropped,
        },
        verdict: item
            .decision
            .as_ref()
            .filter(|decision| decision.at >= sprint.start)
            .map(|decision| decision.verdict),
        learned: item.findings.iter().any(|it| it.at >= sprint.start),
        held: item
            .timebox
            .as_ref()
            .filter(|timebox| timebox.stopped_at().is_some_and(|at| at >= sprint.start))
            .map(TimeBox::held),
        people,
    })
}

fn midpoint(points: Points) -> f64 {
    f64::midpoint(f64::from(points.low), f64::from(points.high))
}

/// The length of the box that has started, or of the one that will.
fn box_length(item: &Item, policy: &Policy) -> Option<WorkTime> {
    if let Some(timebox) = &item.timebox {
        return Some(timebox.length);
    }
    let span = match item.box_length.as_ref()? {
        BoxLength::Span(span) => *span,
        BoxLength::Preset(name) => *policy.timeboxes.presets.get(name)?,
    };
    Some(policy.calendar.work(span))
}

/// What the item's boxes took of the sprint's time. That of a running box rests between the steps
/// in which it is shown, until the sprint ends: then every second counts, in this sprint or the next.
fn spent(item: &Item, sprint: &Sprint, at: Timestamp) -> WorkTime {
    let boxes = item.earlier_boxes.iter().chain(&item.timebox);
    boxes
        .map(|timebox| {
            let until = if at < sprint.end {
                timebox.last_step(at)
            } else {
                sprint.end
            };
            timebox.used_between(sprint.start, until)
        })
        .fold(WorkTime::ZERO, WorkTime::plus)
}

impl Item {
    /// A pull request that is linked to an item is no item of its own.
    pub fn inherits_kind(&self, is_item: impl Fn(ItemNumber) -> bool) -> bool {
        self.is_pull && self.links().into_iter().any(is_item)
    }
}
