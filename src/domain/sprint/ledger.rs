//! What was read of each sprint, and what a point has cost.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::split::capacity;
use super::{Entry, Progress, Split, Sprint, entries};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::policy::Policy;

/// The sprints that were read, by milestone.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger(pub BTreeMap<u64, Record>);

/// A sprint as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The sprint, as it was when it was last read.
    pub sprint: Sprint,
    /// What a point counts in it, in person-days; known at its start and kept.
    pub point_cost: f64,
    /// What was planned.
    pub plan: Taken,
    /// How it ended; `None` while it is on.
    pub end: Option<Taken>,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// The moment that was read.
    pub at: Timestamp,
    /// The capacity as of then, in person-days.
    pub capacity: f64,
    /// The items as of then.
    pub entries: Vec<Entry>,
}

/// A reading that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Of which sprint.
    pub sprint: Sprint,
    /// The moment that has to be read.
    pub at: Timestamp,
    /// How it ended, rather than what was planned.
    pub is_end: bool,
}

/// What a point counts before anything is known.
const UNKNOWN_COST: f64 = 1.0;

/// The sprints from which the cost of a point is known.
const LOOKED_BACK: usize = 3;

impl Ledger {
    /// The first reading that is due until `now`, in the order of the moments to be read. What had
    /// ended before labhand came is never read.
    pub fn due(
        &self,
        sprints: &[Sprint],
        known_since: Timestamp,
        now: Timestamp,
    ) -> Option<Reading> {
        self.readings(sprints, known_since)
            .filter(|reading| reading.at <= now)
            .min_by_key(|reading| (reading.at, !reading.is_end, reading.sprint.number))
    }

    /// When the next reading after `now` falls due.
    pub fn next(
        &self,
        sprints: &[Sprint],
        known_since: Timestamp,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let readings = self.readings(sprints, known_since);
        readings
            .map(|reading| reading.at)
            .filter(|at| *at > now)
            .min()
    }

    fn readings<'a>(
        &'a self,
        sprints: &'a [Sprint],
        known_since: Timestamp,
    ) -> impl Iterator<Item = Reading> + 'a {
        sprints
            .iter()
            .filter(move |sprint| sprint.end > known_since)
            .filter_map(|sprint| {
                let (at, is_end) = match self.0.get(&sprint.number) {
                    None => (sprint.planned_at, false),
                    // It was moved, and has not begun yet after all.
                    Some(record) if record.end.is_none() && record.plan.at < sprint.start => {
                        (sprint.planned_at, false)
                    }
                    Some(record) if record.end.is_none() => (sprint.end, true),
                    Some(_) => return None,
                };
                Some(Reading {
                    sprint: sprint.clone(),
                    at,
                    is_end,
                })
            })
    }

    /// The readings that were taken of moments after `since`, in their order: what is heard late
    /// of before such a moment makes it due again.
    pub fn taken_since(&self, since: Timestamp) -> Vec<Reading> {
        let mut taken: Vec<Reading> = Vec::new();
        for record in self.0.values() {
            let plan = Some((record.plan.at, false));
            let end = record.end.as_ref().map(|end| (end.at, true));
            let both = plan.into_iter().chain(end);
            taken.extend(both.map(|(at, is_end)| Reading {
                sprint: record.sprint.clone(),
                at,
                is_end,
            }));
        }
        taken.retain(|reading| reading.at > since);
        taken.sort_by_key(|reading| (reading.at, !reading.is_end, reading.sprint.number));
        taken
    }

    /// Forgets how a sprint ended that goes on after all.
    pub fn goes_on(&mut self, number: u64) {
        if let Some(record) = self.0.get_mut(&number) {
            record.end = None;
        }
    }

    /// Takes a reading of the items as they were at its moment, for the first time or anew.
    pub fn take(&mut self, reading: &Reading, items: &[Item], policy: &Policy) {
        let sprint = &reading.sprint;
        let known = self.0.get(&sprint.number).filter(|_| reading.is_end);
        let point_cost = match known {
            Some(record) => record.point_cost,
            None => point_cost(self, reading.at),
        };
        let entries = entries(items, sprint, policy, point_cost, reading.at);
        let taken = Taken {
            at: reading.at,
            capacity: capacity(policy, sprint, &entries),
            entries,
        };
        match self.0.get_mut(&sprint.number) {
            Some(record) if reading.is_end => {
                record.sprint = sprint.clone();
                record.end = Some(taken);
            }
            before => {
                let end = before.and_then(|record| record.end.take());
                let record = Record {
                    sprint: sprint.clone(),
                    point_cost,
                    plan: taken,
                    end,
                };
                self.0.insert(sprint.number, record);
            }
        }
    }

    /// How many sprints ended with this item unfinished in them.
    pub fn carried_over(&self, number: ItemNumber) -> usize {
        let ends = self.0.values().filter_map(|record| record.end.as_ref());
        ends.filter(|end| {
            end.entries
                .iter()
                .any(|entry| entry.number == number && entry.progress == Progress::Open)
        })
        .count()
    }
}

/// What a point has cost this team, in person-days: the median over the last three sprints that
/// ended until then with points done, each what its boxes left of its capacity for each of them.
pub fn point_cost(ledger: &Ledger, at: Timestamp) -> f64 {
    let mut known: Vec<(Timestamp, f64)> = ledger
        .0
        .values()
        .filter_map(|record| {
            let end = record.end.as_ref().filter(|end| end.at <= at)?;
            let done = end
                .entries
                .iter()
                .filter(|it| it.progress == Progress::Done);
            let points: f64 = done.filter_map(|entry| entry.points).sum();
            let boxed: f64 = end.entries.iter().map(|entry| entry.spent).sum();
            (points > 0.0).then(|| (end.at, ((end.capacity - boxed) / points).max(0.0)))
        })
        .collect();
    known.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let mut costs: Vec<f64> = known.into_iter().take(LOOKED_BACK).map(|it| it.1).collect();
    costs.sort_by(f64::total_cmp);
    match costs.as_slice() {
        [] => UNKNOWN_COST,
        costs => {
            let middle = costs.len() / 2;
            let upper = costs.get(middle).copied().unwrap_or(UNKNOWN_COST);
            if costs.len() % 2 == 1 {
                upper
            } else {
                let lower = costs.get(middle.saturating_sub(1)).copied();
                f64::midpoint(lower.unwrap_or(upper), upper)
            }
        }
    }
}

impl Record {
    /// The split: against its plan what was done by its end, or, while it is on, what is done now.
    pub fn split(&self, policy: &Policy, now: Option<&[Entry]>) -> Split {
        let (capacity, actual) = match (now, &self.end) {
            (Some(now), _) => (self.plan.capacity, now),
            (None, Some(end)) => (end.capacity, end.entries.as_slice()),
            (None, None) => (self.plan.capacity, [].as_slice()),
        };
        Split::of(
            policy,
            capacity,
            &self.plan.entries,
            actual,
            self.point_cost,
        )
    }
}
