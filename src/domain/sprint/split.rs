//! How a sprint's capacity is split into buckets: as it should be, as planned, and as it went.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Entry, Sprint};
use crate::domain::ids::{ItemNumber, UserId};
use crate::domain::kind::Bucket;
use crate::domain::policy::Policy;

/// A sprint's split. Every entry counts in exactly one bucket, or as unknown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// Person-days that there are.
    pub capacity: f64,
    /// One share for each bucket, in the order of [`Bucket::ALL`].
    pub shares: Vec<Share>,
    /// Planned items of which nobody has said how much they take.
    pub unknown: Vec<ItemNumber>,
}

/// One bucket's share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Which bucket.
    pub bucket: Bucket,
    /// Per cent of capacity that it should have.
    pub target: u32,
    /// Person-days planned.
    pub planned: f64,
    /// Person-days spent on it, or of points done.
    pub actual: f64,
    /// Planned items.
    pub items: usize,
}

/// The person-days of a sprint: what the policy states, or its people, or else everybody to whom
/// one of its items is assigned.
pub fn capacity(policy: &Policy, sprint: &Sprint, entries: &[Entry]) -> f64 {
    if let Some(stated) = policy.sprint.capacity {
        return stated;
    }
    let people = policy.sprint.people.unwrap_or_else(|| {
        let people: BTreeSet<UserId> = entries.iter().flat_map(|it| it.people.clone()).collect();
        f64::from(u32::try_from(people.len()).unwrap_or(u32::MAX))
    });
    people * sprint.working_days(policy)
}

impl Split {
    /// Adds up what was planned and what was done.
    pub fn of(
        policy: &Policy,
        capacity: f64,
        planned: &[Entry],
        actual: &[Entry],
        point_cost: f64,
    ) -> Self {
        let (committed, experiments, learning) = policy.sprint.split;
        let share = |bucket: Bucket| {
            let of = |entry: &&Entry| entry.bucket == bucket;
            let sizes = planned.iter().filter(of).filter_map(|entry| entry.size);
            let took = actual.iter().filter(of).map(|entry| entry.took(point_cost));
            Share {
                bucket,
                target: match bucket {
                    Bucket::Committed => committed,
                    Bucket::Experiments => experiments,
                    Bucket::Learning => learning,
                },
                planned: total(sizes),
                actual: total(took),
                items: planned.iter().filter(of).count(),
            }
        };
        Self {
            capacity,
            shares: Bucket::ALL.iter().copied().map(share).collect(),
            unknown: planned
                .iter()
                .filter(|entry| entry.size.is_none())
                .map(|entry| entry.number)
                .collect(),
        }
    }

    /// Person-days as per cent of capacity; `None` where there is no capacity.
    pub fn percent(&self, days: f64) -> Option<f64> {
        (self.capacity > 0.0).then(|| days / self.capacity * 100.0)
    }

    /// Whether so many person-days deviate from the target by more than so many percentage points
    /// of capacity.
    pub fn deviates(&self, days: f64, target: u32, tolerance: u32) -> bool {
        self.percent(days)
            .is_some_and(|percent| (percent - f64::from(target)).abs() > f64::from(tolerance))
    }
}

/// A sum that is zero, and not minus zero, where there is nothing to add up.
fn total(days: impl Iterator<Item = f64>) -> f64 {
    days.fold(0.0, |sum, days| sum + days)
}
