//! What was tried before (product §2: nobody should repeat a failed experiment unknowingly). While an
//! item of exploration has not begun, the text index is asked with each look; which earlier items
//! look similar is a fact from then on, and how they ended is read with each drawing.
//!
//! Items are heard of in any order, so one that says anew what it is about wakes the later ones that
//! look similar: what they show does not depend on who was heard of first.

use super::intake::Gathered;
use super::items::{learn, text_of};
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::kind::Stage;
use crate::domain::similar;
use crate::forge::Forge;
use crate::store::{ItemText, Key, Step};
use crate::view::results;

/// So many earlier items are shown.
const MOST: usize = 3;

/// No item has a number as high.
const ALL: u64 = u64::MAX;

/// So many of the index's best are looked at.
const CANDIDATES: u32 = 24;

impl<F: Forge> Worker<F> {
    /// Looks for earlier items of the repository that are about the same.
    pub(super) async fn find_earlier(
        &self,
        key: Key,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let asked = history
            .iter()
            .any(|fact| matches!(fact.what, What::Tried { .. }));
        let helps = is_to_come(item) || (!asked && item.closed.is_none());
        let Some(text) = text_of(item).filter(|_| helps && repository.acts()) else {
            return Ok(());
        };
        let mut numbers = self.similar_to(key, item, &text).await?;
        numbers.truncate(MOST);
        // How similar they are shifts with what else there is; that alone is no news.
        let same = |number: &ItemNumber| item.tried.contains(number);
        if numbers.len() == item.tried.len() && numbers.iter().all(same) {
            return Ok(());
        }
        let at = history.last().map_or_else(|| self.now(), |fact| fact.at);
        // Of two answers within one second the later one counts: ids decide where times tie.
        let is_answer = |fact: &&Fact| matches!(fact.what, What::Tried { .. });
        let answers = history.iter().filter(is_answer).count();
        let fact = Fact {
            id: FactId(format!("tried:{answers:06}")),
            at,
            by: None,
            what: What::Tried { numbers },
        };
        learn(vec![fact], item, history, gathered, repository);
        Ok(())
    }

    /// How it is called and how it ended is shown where it looked similar.
    pub(super) fn tell_of_end(&self, key: Key, after: &Item, others: &[Item], step: &mut Step<'_>) {
        for other in others {
            if other.tried.contains(&after.number) {
                let other = Key::item(key.installation, key.repo, other.number);
                step.wake.push((other, self.now()));
            }
        }
    }

    /// The earlier ones, the most similar first. What it builds on is shown as such already.
    async fn similar_to(
        &self,
        key: Key,
        item: &Item,
        text: &ItemText,
    ) -> Result<Vec<ItemNumber>, StepError> {
        let known = item.foundation_numbers();
        let others = self.about_the_same(key, text, key.number).await?;
        let numbers = others.iter().map(|other| other.number);
        Ok(numbers.filter(|number| !known.contains(number)).collect())
    }

    /// Items that are about the same as a text, with numbers below `before`, the most similar first.
    async fn about_the_same(
        &self,
        key: Key,
        text: &ItemText,
        before: u64,
    ) -> Result<Vec<Item>, StepError> {
        let words = similar::words(&text.title, &text.body);
        let best = self
            .shared
            .store
            .similar(key.installation, key.repo, before, &words, CANDIDATES)
            .await?;
        let mut items = Vec::new();
        for number in best.into_iter().map(ItemNumber) {
            let Some(other) = self.item_now(key, number).await? else {
                continue;
            };
            let Some(theirs) = text_of(&other) else {
                continue;
            };
            if similar::is_similar((&text.title, &text.body), (&theirs.title, &theirs.body)) {
                items.push(other);
            }
        }
        Ok(items)
    }

    /// What says anew what it is about, or is gone, concerns later items that are yet to come.
    pub(super) async fn wake_later(
        &self,
        key: Key,
        before: Option<&Item>,
        after: &Item,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let (old, new) = (before.and_then(text_of), text_of(after));
        if old == new {
            return Ok(());
        }
        for text in old.iter().chain(&new) {
            let others = self.about_the_same(key, text, ALL).await?;
            let later = others
                .iter()
                .filter(|other| after.number < other.number && is_to_come(other));
            for other in later {
                let there = Key::item(key.installation, key.repo, other.number);
                step.wake.push((there, self.now()));
            }
        }
        Ok(())
    }
}

/// Whether exploration is called otherwise than before, or has come further, or to its end.
pub(super) fn ends(before: Option<&Item>, after: &Item) -> bool {
    let shown = |item: &Item| text_of(item).map(|text| (text.title, results::ending(item)));
    let (old, new) = (before.and_then(shown), shown(after));
    old != new
}

/// It is open and has not begun, so that knowing of others still helps.
fn is_to_come(item: &Item) -> bool {
    item.stage == Stage::Ideation && item.closed.is_none() && !item.gone
}
