//! `/sprints`: each sprint that was read, and the one that is on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::{hundredths, tenths};
use crate::domain::ids::{ItemNumber, RepoName};
use crate::domain::item::Item;
use crate::domain::policy::Policy;
use crate::domain::sprint::{
    BurnDay, Entry, Ledger, Progress, Record, Share, Split, Sprint, Taken, burn_up, capacity,
    entries, point_cost,
};

/// The sprints of a repository.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sprints {
    /// `owner/name`.
    pub repo: String,
    /// What is not over is counted as of then.
    pub as_of: Timestamp,
    /// The latest first.
    pub sprints: Vec<SprintSheet>,
}

/// A sprint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SprintSheet {
    /// The milestone's number.
    pub milestone: u64,
    /// The milestone's title.
    pub title: String,
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// It is the one that is on.
    pub on: bool,
    /// When it was read what was planned; none until then.
    pub planned_at: Option<Timestamp>,
    /// When it was read what was done; none until then: `actual` is as of now.
    pub ended_at: Option<Timestamp>,
    /// What a point counts, in person-days.
    pub point_cost: f64,
    /// Person-days that there are.
    pub capacity: f64,
    /// Committed, experiments and learning.
    pub buckets: Vec<BucketShare>,
    /// Those items of which nobody has said how much they take.
    pub unknown: Vec<u64>,
    /// Items that sprints left unfinished.
    pub carried_over: Vec<CarriedOver>,
    /// How what was done adds up, by working day; only of the sprint that is on.
    pub burn_up: Vec<BurnLine>,
    /// One of the buckets deviates from its target.
    pub deviates: bool,
}

/// What was done by the end of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BurnLine {
    /// The day.
    pub day: Date,
    /// Person-days until its end, or until now; none on a day that is to come.
    pub person_days: Option<f64>,
}

/// A bucket's share of a sprint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BucketShare {
    /// `committed`, `experiments` or `learning`.
    pub bucket: &'static str,
    /// How many items were planned in it; before that was read, how many are in it.
    pub items: usize,
    /// What it should have.
    pub target: Amount,
    /// What was planned; none before it was read.
    pub planned: Option<Amount>,
    /// What was spent on it, or of points done.
    pub actual: Amount,
    /// What was done, or planned where the sprint is not over, is further from the target than
    /// the policy tolerates.
    pub deviates: bool,
}

/// An amount of work.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Amount {
    /// In person-days.
    pub person_days: f64,
    /// In per cent of the capacity; none where there is no capacity.
    pub percent: Option<f64>,
}

/// An item that sprints left unfinished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarriedOver {
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// How many sprints had ended with it unfinished in them by the end of this one, or by now.
    pub sprints: usize,
}

/// What the sprints of a repository are told from.
#[derive(Debug, Clone, Copy)]
pub struct SprintSource<'a> {
    /// What was read.
    pub ledger: &'a Ledger,
    /// The sprint that is on.
    pub current: Option<&'a Sprint>,
    /// The items as of now.
    pub items: &'a [Item],
    /// The policy in force now.
    pub policy: &'a Policy,
    /// Now.
    pub now: Timestamp,
}

/// All sprints. Those that are over are measured against the policy that was in force at their
/// ends, which `policy_at` tells.
pub fn sprints<'a>(
    repo: &RepoName,
    source: SprintSource<'a>,
    policy_at: impl Fn(Timestamp) -> &'a Policy,
) -> Sprints {
    let mut sheets = Vec::new();
    let mut records: Vec<&Record> = source.ledger.0.values().collect();
    records.sort_by_key(|record| record.end.as_ref().map_or(Timestamp::MAX, |end| end.at));
    // How often each item was carried over, by the end of the sprint that is being told.
    let mut carried: BTreeMap<ItemNumber, usize> = BTreeMap::new();
    for record in records {
        if let Some(end) = &record.end {
            let unfinished = end
                .entries
                .iter()
                .filter(|it| it.progress == Progress::Open);
            for entry in unfinished.clone() {
                *carried.entry(entry.number).or_default() += 1;
            }
            let carried_over = carried_over(unfinished, &carried);
            sheets.push(over(record, end, carried_over, policy_at(end.at)));
        } else {
            sheets.push(source.begun(record, &carried));
        }
    }
    let unread = source
        .current
        .filter(|current| !source.ledger.0.contains_key(&current.number));
    sheets.extend(unread.map(|sprint| source.unread(sprint, &carried)));
    sheets.sort_by_key(|sheet| std::cmp::Reverse((sheet.end, sheet.milestone)));
    Sprints {
        repo: repo.to_string(),
        as_of: source.now,
        sprints: sheets,
    }
}

/// A sprint that is over.
fn over(
    record: &Record,
    end: &Taken,
    carried_over: Vec<CarriedOver>,
    policy: &Policy,
) -> SprintSheet {
    Draft {
        sprint: &record.sprint,
        on: false,
        planned_at: Some(record.plan.at),
        ended_at: Some(end.at),
        point_cost: record.point_cost,
        split: record.split(policy, None),
        carried_over,
        burn_up: Vec::new(),
    }
    .sheet(policy)
}

impl SprintSource<'_> {
    /// A sprint of which only the plan was read.
    fn begun(&self, record: &Record, carried: &BTreeMap<ItemNumber, usize>) -> SprintSheet {
        let current = self
            .current
            .filter(|current| current.number == record.sprint.number);
        let sprint = current.unwrap_or(&record.sprint);
        let live = self.live(sprint, record.point_cost);
        Draft {
            sprint,
            on: current.is_some(),
            planned_at: Some(record.plan.at),
            ended_at: None,
            point_cost: record.point_cost,
            split: record.split(self.policy, Some(&live)),
            carried_over: carried_over(live.iter(), carried),
            burn_up: current.map_or_else(Vec::new, |it| self.burn_up(it, record.point_cost)),
        }
        .sheet(self.policy)
    }

    /// The sprint that is on, before its plan was read.
    fn unread(&self, sprint: &Sprint, carried: &BTreeMap<ItemNumber, usize>) -> SprintSheet {
        let point_cost = point_cost(self.ledger, self.now);
        let live = self.live(sprint, point_cost);
        let capacity = capacity(self.policy, sprint, &live);
        Draft {
            sprint,
            on: true,
            planned_at: None,
            ended_at: None,
            point_cost,
            split: Split::of(self.policy, capacity, &live, &live, point_cost),
            burn_up: self.burn_up(sprint, point_cost),
            carried_over: carried_over(live.iter(), carried),
        }
        .sheet(self.policy)
    }

    fn live(&self, sprint: &Sprint, point_cost: f64) -> Vec<Entry> {
        entries(self.items, sprint, self.policy, point_cost, self.now)
    }
}

impl SprintSource<'_> {
    fn burn_up(&self, sprint: &Sprint, point_cost: f64) -> Vec<BurnLine> {
        let days = burn_up(self.items, sprint, self.policy, point_cost, self.now);
        let line = |day: &BurnDay| BurnLine {
            day: day.day,
            person_days: day.done.map(hundredths),
        };
        days.iter().map(line).collect()
    }
}

fn carried_over<'a>(
    entries: impl Iterator<Item = &'a Entry>,
    carried: &BTreeMap<ItemNumber, usize>,
) -> Vec<CarriedOver> {
    entries
        .filter_map(|entry| {
            Some(CarriedOver {
                number: entry.number.0,
                title: entry.title.clone(),
                sprints: *carried.get(&entry.number)?,
            })
        })
        .collect()
}

/// A sprint with its numbers as they are computed.
struct Draft<'a> {
    sprint: &'a Sprint,
    on: bool,
    planned_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    point_cost: f64,
    split: Split,
    carried_over: Vec<CarriedOver>,
    burn_up: Vec<BurnLine>,
}

impl Draft<'_> {
    fn sheet(self, policy: &Policy) -> SprintSheet {
        let shares = self.split.shares.iter();
        let buckets: Vec<BucketShare> = shares.map(|share| self.bucket(share, policy)).collect();
        SprintSheet {
            milestone: self.sprint.number,
            title: self.sprint.title.clone(),
            start: self.sprint.start,
            end: self.sprint.end,
            on: self.on,
            planned_at: self.planned_at,
            ended_at: self.ended_at,
            point_cost: hundredths(self.point_cost),
            capacity: hundredths(self.split.capacity),
            deviates: buckets.iter().any(|bucket| bucket.deviates),
            buckets,
            unknown: self.split.unknown.iter().map(|number| number.0).collect(),
            carried_over: self.carried_over,
            burn_up: self.burn_up,
        }
    }

    fn bucket(&self, share: &Share, policy: &Policy) -> BucketShare {
        let amount = |days: f64| Amount {
            person_days: hundredths(days),
            percent: self.split.percent(days).map(tenths),
        };
        let target = f64::from(share.target);
        let planned = self.planned_at.map(|_| share.planned);
        let measured = if self.ended_at.is_some() {
            Some(share.actual)
        } else {
            planned
        };
        let tolerance = policy.sprint.tolerance;
        BucketShare {
            bucket: share.bucket.word(),
            items: share.items,
            target: Amount {
                person_days: hundredths(self.split.capacity * target / 100.0),
                percent: Some(target),
            },
            planned: planned.map(amount),
            actual: amount(share.actual),
            deviates: measured
                .is_some_and(|days| self.split.deviates(days, share.target, tolerance)),
        }
    }
}
