//! Whether somebody's other time box runs (product §2, `one-active-box`). A box that starts, stops
//! or changes hands is a fact of the items with which it shares an assignee, and whoever is newly
//! assigned brings along what runs for them elsewhere.

use std::collections::BTreeSet;

use super::echo::stored_fact;
use super::intake::Gathered;
use super::items::learn;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::{ItemNumber, UserId};
use crate::domain::item::Item;
use crate::forge::{Forge, digest};
use crate::store::{Key, Step};

impl<F: Forge> Worker<F> {
    /// What runs elsewhere for the people who are assigned here.
    pub(super) async fn find_other_boxes(
        &self,
        key: Key,
        before: Option<&Item>,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let people = explorers(item);
        if people.is_empty() || before.map(explorers).as_ref() == Some(&people) {
            return Ok(());
        }
        // What was done at the same time as the assignment has to be judged by it.
        let first = gathered.facts.iter().map(|fact| fact.at).min();
        let at = first.unwrap_or_else(|| self.now());
        let mut news = Vec::new();
        for other in self.items_now(key).await? {
            let runs_for = other.box_runs_for();
            let concerns = other.number != item.number && !runs_for.is_disjoint(&people);
            if concerns && item.other_boxes.get(&other.number) != Some(&runs_for) {
                news.push(other_box(other.number, runs_for, at));
            }
        }
        learn(news, item, history, gathered, repository);
        Ok(())
    }

    /// Tells those who share an assignee that the box runs now, or does not any more.
    pub(super) fn tell_of_box(
        &self,
        key: Key,
        before: Option<&Item>,
        after: &Item,
        others: &[Item],
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let ran_for = before.map(Item::box_runs_for).unwrap_or_default();
        let runs_for = after.box_runs_for();
        let concerned: BTreeSet<UserId> = ran_for.union(&runs_for).copied().collect();
        let last = step.facts.iter().map(|fact| fact.at).max();
        let at = last.unwrap_or_else(|| self.now());
        for other in others {
            if other.number == after.number || explorers(other).is_disjoint(&concerned) {
                continue;
            }
            let fact = other_box(after.number, runs_for.clone(), at);
            step.facts.push(stored_fact(key, other.number, &fact)?);
            let other = Key::item(key.installation, key.repo, other.number);
            step.wake.push((other, self.now()));
        }
        Ok(())
    }
}

/// Whether the box begins or ceases to run, or runs for others.
pub(super) fn box_changes(before: Option<&Item>, after: &Item) -> bool {
    before.map(Item::box_runs_for).unwrap_or_default() != after.box_runs_for()
}

/// Who is assigned to research or an experiment that is open.
fn explorers(item: &Item) -> BTreeSet<UserId> {
    let explores = item
        .kind
        .is_some_and(|classified| classified.kind.is_exploration());
    if !explores || item.closed.is_some() || item.gone {
        return BTreeSet::new();
    }
    item.assignees.iter().map(|user| user.id).collect()
}

fn other_box(number: ItemNumber, people: BTreeSet<UserId>, at: jiff::Timestamp) -> Fact {
    let who: Vec<String> = people.iter().map(ToString::to_string).collect();
    Fact {
        id: FactId(format!(
            "other-box:{number}:{}:{}",
            at.as_second(),
            digest(&who.join(" "))
        )),
        at,
        by: None,
        what: What::OtherBox { number, people },
    }
}
