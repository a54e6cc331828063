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
use crate::store::{ItemText, Key};

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
        let id = FactId(format!("tried:{about}"));
        if history.iter().any(|fact| fact.id == id) {
            return Ok(());
        }
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
