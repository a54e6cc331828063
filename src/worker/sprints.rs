//! Sprints: what a milestone's change is to its items, and the two readings of each sprint.
//!
//! A reading is of the items as they were at its moment: their facts are folded up to it. So it
//! does not matter when it is done, nor what people have moved since; and it is taken anew when a
//! fact comes late that tells of before its moment.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::echo::stored_fact;
use super::intake::Gathered;
use super::items::{learn, replay_until};
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, Milestone, What};
use crate::domain::fold;
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::sprint::{Ledger, Reading, Sprint};
use crate::forge::{Forge, digest};
use crate::store::{Key, Step};

/// How long after its end was read a sprint is summed up, since a summary is posted once: what
/// GitHub could not deliver is asked for meanwhile, and a milestone that was closed by mistake is
/// opened again.
const SETTLES: SignedDuration = SignedDuration::from_mins(5);

/// What comes later than this changes no reading: GitHub delivers for three days.
const REVISED_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What was read of a repository's sprints, and upon what.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct ReadSprints {
    pub(super) ledger: Ledger,
    /// From when on the summary of each sprint that has ended is posted.
    pub(super) told_from: BTreeMap<u64, Timestamp>,
    /// How many facts there were of before the moment of each reading, by milestone.
    rests_on: BTreeMap<u64, RestsOn>,
}

/// How many facts the readings of one sprint rest on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct RestsOn {
    plan: u64,
    end: u64,
}

impl ReadSprints {
    fn rests_on(&mut self, reading: &Reading) -> &mut u64 {
        let rests_on = self.rests_on.entry(reading.sprint.number).or_default();
        if reading.is_end {
            &mut rests_on.end
        } else {
            &mut rests_on.plan
        }
    }

    /// A sprint that goes on after all has no end yet. What was said of it stays said, and is not
    /// said again.
    fn resume(&mut self, sprints: &[Sprint], now: Timestamp) {
        for sprint in sprints.iter().filter(|sprint| sprint.end > now) {
            let untold = |from: &Timestamp| *from > now;
            if self.told_from.get(&sprint.number).is_some_and(untold) {
                self.told_from.remove(&sprint.number);
            }
            self.ledger.goes_on(sprint.number);
        }
    }
}

impl<F: Forge> Worker<F> {
    /// A milestone is so from a time on, which may be no news.
    pub(super) async fn take_milestone(
        &self,
        repository: &mut Repository,
        number: u64,
        now: Option<Milestone>,
        at: Timestamp,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        if !repository.define_milestone(number, now.clone(), at) {
            return Ok(());
        }
        let fact = milestone_is(number, now, at)?;
        self.tell_of_milestone(number, &fact, step).await
    }

    /// A milestone's change is a fact of the items that are in it, and concerns the board.
    pub(super) async fn tell_of_milestone(
        &self,
        number: u64,
        fact: &Fact,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let key = step.lease.key;
        step.wake.push((Self::board_of(key), self.now()));
        for item in self.items_now(key).await? {
            if item
                .milestone
                .as_ref()
                .is_some_and(|it| it.number == number)
            {
                step.facts.push(stored_fact(key, item.number, fact)?);
                let item = Key::item(key.installation, key.repo, item.number);
                step.wake.push((item, self.now()));
            }
        }
        Ok(())
    }

    /// Takes all readings that are due, and those anew of which more was heard since; says whether
    /// there were any.
    pub(super) async fn read_sprints(
        &self,
        key: Key,
        repository: &Repository,
        read: &mut ReadSprints,
    ) -> Result<bool, StepError> {
        let sprints = repository.sprints();
        let now = self.now();
        let mut any = false;
        read.resume(&sprints, now);
        let since = now.saturating_sub(REVISED_FOR).unwrap_or(Timestamp::MIN);
        for reading in read.ledger.taken_since(since) {
            let store = &self.shared.store;
            let facts = store.facts_until(key.installation, key.repo, reading.at);
            // What a point costs follows from the ends before: once one is read anew, so are all
            // that come after it.
            if any || facts.await? != *read.rests_on(&reading) {
                self.take_reading(key, repository, read, &reading).await?;
                any = true;
            }
        }
        while let Some(reading) = read.ledger.due(&sprints, repository.since, now) {
            self.take_reading(key, repository, read, &reading).await?;
            if reading.is_end {
                let told_from = now.saturating_add(SETTLES).unwrap_or(now);
                read.told_from.insert(reading.sprint.number, told_from);
            }
            any = true;
        }
        Ok(any)
    }

    async fn take_reading(
        &self,
        key: Key,
        repository: &Repository,
        read: &mut ReadSprints,
        reading: &Reading,
    ) -> Result<(), StepError> {
        let store = &self.shared.store;
        let facts = store.facts_until(key.installation, key.repo, reading.at);
        *read.rests_on(reading) = facts.await?;
        let items = self.items_at(key, repository, reading).await?;
        let policy = repository.policy_at(reading.at);
        read.ledger.take(reading, &items, policy);
        Ok(())
    }

    /// The items that were ever planned for a sprint, as they were at the moment of its reading.
    async fn items_at(
        &self,
        key: Key,
        repository: &Repository,
        reading: &Reading,
    ) -> Result<Vec<Item>, StepError> {
        let store = &self.shared.store;
        let named = format!("\"milestone\":{{\"number\":{},", reading.sprint.number);
        let numbers: BTreeSet<u64> = store
            .items_whose_facts_mention(key.installation, key.repo, &named)
            .await?
            .into_iter()
            .collect();
        let mut items = Vec::with_capacity(numbers.len());
        for number in numbers {
            let item = Key::item(key.installation, key.repo, ItemNumber(number));
            let mut history = self.history(item).await?;
            // It was in another repository then, whose milestones have the same numbers.
            let arrived_later =
                |fact: &Fact| matches!(fact.what, What::Arrived { .. }) && fact.at > reading.at;
            if history.iter().any(arrived_later) {
                continue;
            }
            let mut item = replay_until(ItemNumber(number), &mut history, repository, reading.at);
            fold::pass(&mut item, reading.at);
            items.push(item);
        }
        Ok(items)
    }
}

/// A milestone's own event may be heard before one of the item that shows it as it was.
pub(super) fn find_milestone(
    item: &mut Item,
    history: &mut Vec<Fact>,
    gathered: &mut Gathered,
    repository: &Repository,
) -> Result<(), StepError> {
    let Some(shown) = &item.milestone else {
        return Ok(());
    };
    let Some(known) = repository.milestones.get(&shown.number) else {
        return Ok(());
    };
    let sights = history.iter().filter(|fact| {
        matches!(
            fact.what,
            What::Opened(_) | What::Seen(_) | What::Observed(_)
        )
    });
    let newer = sights.map(|fact| fact.at).max() < Some(known.as_of);
    if !newer || known.milestone.as_ref() == Some(shown) {
        return Ok(());
    }
    let fact = milestone_is(shown.number, known.milestone.clone(), known.as_of)?;
    learn(vec![fact], item, history, gathered, repository);
    Ok(())
}

/// What a milestone is from then on, as a fact of an item that is in it.
pub(super) fn milestone_is(
    number: u64,
    now: Option<Milestone>,
    at: Timestamp,
) -> Result<Fact, StepError> {
    let what = What::MilestoneIs { number, now };
    let id = format!(
        "milestone:{number}:{}:{}",
        at.as_second(),
        digest(&serde_json::to_string(&what)?)
    );
    Ok(Fact {
        id: FactId(id),
        at,
        by: None,
        what,
    })
}
