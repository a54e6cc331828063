//! What was tried before (product §2: nobody should repeat a failed experiment unknowingly). When an
//! item of exploration is new, or says anew what it is about, the text index is asked once; which
//! items look similar is a fact from then on, and how they ended is read with each drawing.

use super::intake::Gathered;
use super::items::replay;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::kind::Stage;
use crate::domain::similar;
use crate::forge::{Forge, digest};
use crate::store::{ItemText, Key, Step};

/// So many earlier items are shown.
const MOST: usize = 3;

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
        let about = digest(&format!("{}\n{}", text.title, text.body));
        let asked: Vec<&FactId> = history
            .iter()
            .filter(|fact| matches!(fact.what, What::Tried { .. }))
            .map(|fact| &fact.id)
            .collect();
        let prefix = format!("tried:{about}:");
        if asked.last().is_some_and(|last| last.0.starts_with(&prefix)) {
            return Ok(());
        }
        // A text that comes back is asked about anew.
        let id = FactId(format!("{prefix}{:06}", asked.len()));
        let numbers = self.similar_to(key, item, &text).await?;
        let at = history.last().map_or_else(|| self.now(), |fact| fact.at);
        let fact = Fact {
            id,
            at,
            by: None,
            what: What::Tried { numbers },
        };
        history.push(fact.clone());
        gathered.facts.push(fact);
        *item = replay(item.number, history, repository);
        Ok(())
    }

    /// How it ended is shown where it looked similar.
    pub(super) async fn tell_of_end(
        &self,
        key: Key,
        before: Option<&Item>,
        after: &Item,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let end = |item: &Item| {
            let verdict = item.decision.as_ref().map(|decision| decision.verdict);
            (verdict, item.closed.clone(), item.outcome(), item.gone)
        };
        if text_of(after).is_none() || before.map(end) == Some(end(after)) {
            return Ok(());
        }
        for other in self.items_now(key).await? {
            if other.tried.contains(&after.number) && other.closed.is_none() {
                let other = Key::item(key.installation, key.repo, other.number);
                step.wake.push((other, self.now()));
            }
        }
        Ok(())
    }

    /// The most similar first. What it builds on is shown as such already.
    async fn similar_to(
        &self,
        key: Key,
        item: &Item,
        text: &ItemText,
    ) -> Result<Vec<ItemNumber>, StepError> {
        let words = similar::words(&text.title, &text.body);
        let best = self
            .shared
            .store
            .similar(key.installation, key.repo, key.number, &words, CANDIDATES)
            .await?;
        let known = item.foundation_numbers();
        let mut numbers = Vec::new();
        for number in best.into_iter().map(ItemNumber) {
            if known.contains(&number) {
                continue;
            }
            let Some(other) = self.item_now(key, number).await? else {
                continue;
            };
            let Some(theirs) = text_of(&other).filter(|_| !other.gone) else {
                continue;
            };
            if similar::is_similar((&text.title, &text.body), (&theirs.title, &theirs.body)) {
                numbers.push(number);
                if numbers.len() == MOST {
                    break;
                }
            }
        }
        Ok(numbers)
    }
}

/// It is open and has not begun, so that knowing of others still helps.
fn is_to_come(item: &Item) -> bool {
    item.stage == Stage::Ideation && item.closed.is_none() && !item.gone
}

/// What the index knows of an item; `None` for what is no exploration, or is gone.
pub(super) fn text_of(item: &Item) -> Option<ItemText> {
    let explores = item.kind.is_some_and(|it| it.kind.is_exploration());
    let body = item.hypothesis().or(item.fields.question.as_deref());
    (explores && !item.gone && !item.opted_out).then(|| ItemText {
        title: item.title.clone(),
        body: body.unwrap_or_default().to_owned(),
    })
}
