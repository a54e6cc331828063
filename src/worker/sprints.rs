//! Sprints: what a milestone's change is to its items, and the two readings of each sprint.
//!
//! A reading is of the items as they were at its moment: their facts are folded up to it. So it
//! does not matter when it is done, nor what people have moved since.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::echo::stored_fact;
use super::items::replay_until;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, Milestone, What};
use crate::domain::fold;
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::sprint::{Ledger, Reading};
use crate::forge::{Forge, digest};
use crate::store::{Key, Step};

impl<F: Forge> Worker<F> {
    /// A milestone's change is a fact of the items that are in it, and concerns the board.
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
        let key = step.lease.key;
        step.wake.push((Self::board_of(key), self.now()));
        let what = What::MilestoneIs { number, now };
        let id = format!(
            "milestone:{number}:{}:{}",
            at.as_second(),
            digest(&serde_json::to_string(&what)?)
        );
        let fact = Fact {
            id: FactId(id),
            at,
            by: None,
            what,
        };
        for item in self.items_now(key).await? {
            if item
                .milestone
                .as_ref()
                .is_some_and(|it| it.number == number)
            {
                step.facts.push(stored_fact(key, item.number, &fact)?);
                let item = Key::item(key.installation, key.repo, item.number);
                step.wake.push((item, self.now()));
            }
        }
        Ok(())
    }

    /// Takes all readings that are due; says whether there were any.
    pub(super) async fn read_sprints(
        &self,
        key: Key,
        repository: &Repository,
        ledger: &mut Ledger,
    ) -> Result<bool, StepError> {
        let sprints = repository.sprints();
        let mut any = false;
        while let Some(reading) = ledger.due(&sprints, repository.since, self.now()) {
            let items = self.items_at(key, repository, &reading).await?;
            ledger.take(&reading, &items, repository.policy_at(reading.at));
            any = true;
        }
        Ok(any)
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
            let mut item = replay_until(ItemNumber(number), &mut history, repository, reading.at);
            fold::pass(&mut item, reading.at);
            items.push(item);
        }
        Ok(items)
    }
}
