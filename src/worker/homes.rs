//! Models and the issues that are their homes: who is whose, and what is tied to a model.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::intake::Gathered;
use super::items::{learn, state};
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::entries::Slug;
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::lifecycle::{Tie, TiedHandoff, Ties};
use crate::domain::policy::Policy;
use crate::domain::version::ModelName;
use crate::forge::{CallError, Forge};
use crate::store::{Key, Step};

impl<F: Forge> Worker<F> {
    /// The home of a model, if it has one in this repository.
    pub(super) async fn home_of(
        &self,
        key: Key,
        model: &ModelName,
    ) -> Result<Option<ItemNumber>, StepError> {
        let is_home = |item: &Item| item.home.as_ref().is_some_and(|home| home.model == *model);
        let mut homes = self.items_about(key, model).await?;
        homes.retain(|item| is_home(item) && !item.gone);
        Ok(homes.iter().map(|item| item.number).min())
    }

    /// The items in whose state the model's name stands anywhere, as they are kept.
    async fn items_about(&self, key: Key, model: &ModelName) -> Result<Vec<Item>, StepError> {
        let store = &self.shared.store;
        let rows = store
            .items_mentioning(key.installation, key.repo, model.as_str())
            .await?;
        Ok(rows.iter().filter_map(|row| state(&row.doc)).collect())
    }

    /// Wakes the homes of the models to which an item is tied, or was.
    pub(super) async fn wake_homes(
        &self,
        key: Key,
        before: Option<&Item>,
        after: &Item,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let models: BTreeSet<ModelName> = before
            .into_iter()
            .chain([after])
            .flat_map(tied_to)
            .collect();
        if before == Some(after) {
            return Ok(());
        }
        for model in models {
            if let Some(home) = self.home_of(key, &model).await?
                && home != after.number
            {
                let home = Key::item(key.installation, key.repo, home);
                step.wake.push((home, self.now()));
            }
        }
        Ok(())
    }

    /// How what is tied to a home's model stands, where that is news to the home.
    pub(super) async fn find_ties(
        &self,
        key: Key,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let Some(model) = item.home.as_ref().map(|home| home.model.clone()) else {
            return Ok(());
        };
        let mut now = Ties::new();
        for other in self.items_about(key, &model).await? {
            let tied = tied_to(&other).contains(&model) && !other.gone;
            if tied && other.number != item.number {
                let known = item.ties.get(&other.number);
                let green = self.green(key, &other, known, repository).await?;
                now.insert(other.number, tie(&other, green, repository.policy()));
            }
        }
        let told = history
            .iter()
            .filter(|fact| matches!(fact.what, What::Tied { .. }));
        let mut turn = told.count();
        // As of now, and not earlier: what was said before was said of what stood then.
        let last = history.last().map_or(Timestamp::MIN, |fact| fact.at);
        let at = self.now().max(last);
        let numbers: BTreeSet<ItemNumber> = now.keys().chain(item.ties.keys()).copied().collect();
        let mut news = Vec::new();
        for number in numbers {
            let tie = now.remove(&number);
            if tie.as_ref() != item.ties.get(&number) {
                news.push(Fact {
                    id: FactId(format!("tied:{turn:06}")),
                    at,
                    by: None,
                    what: What::Tied {
                        number,
                        tie: tie.map(Box::new),
                    },
                });
                turn += 1;
            }
        }
        learn(news, item, history, gathered, repository);
        Ok(())
    }

    /// Whether the checks of a merged pull request are green, asked once.
    async fn green(
        &self,
        key: Key,
        pull: &Item,
        known: Option<&Tie>,
        repository: &Repository,
    ) -> Result<Option<bool>, StepError> {
        let merged = pull.pull.as_ref().filter(|pull| pull.sight.merged);
        let Some(merged) = merged else {
            return Ok(None);
        };
        if let Some(green @ Some(true)) = known.and_then(|tie| tie.merged) {
            return Ok(green);
        }
        let repo = repository.reference(key.installation, key.repo);
        let head = &merged.sight.head;
        match self.shared.forge.checks_are_green(&repo, head).await {
            Ok(green) => Ok(green),
            // The commit went with its branch.
            Err(CallError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The models to which an item is tied: by its labels, or as the hand-off of one.
fn tied_to(item: &Item) -> BTreeSet<ModelName> {
    let handoff = item.handoff.as_ref().filter(|handoff| !handoff.ended);
    let handed = handoff.and_then(|handoff| handoff.model.as_ref());
    let handed = handed.map(|of| of.model.clone());
    item.models.iter().cloned().chain(handed).collect()
}

fn tie(item: &Item, green: Option<bool>, policy: &Policy) -> Tie {
    let handoff = item.handoff.as_ref().filter(|handoff| !handoff.ended);
    let merged = item.pull.as_ref().is_some_and(|pull| pull.sight.merged);
    Tie {
        title: item.title.clone(),
        kind: item.kind.map(|classified| classified.kind),
        is_pull: item.is_pull,
        open: item.closed.is_none(),
        decided: item.decision.as_ref().map(|decision| decision.verdict),
        merged: merged.then_some(green),
        handoff: handoff.map(|handoff| {
            let open = handoff.open_entries(policy);
            let is_open = |slug: &Slug| open.iter().any(|(entry, _)| entry.slug == *slug);
            let marks = handoff.marks.iter();
            let signed = marks.filter(|(slug, mark)| !mark.is_waived() && !is_open(slug));
            TiedHandoff {
                version: handoff.model.as_ref().map(|of| of.version.clone()),
                complete: open.is_empty(),
                signed: signed.map(|(slug, _)| slug.clone()).collect(),
            }
        }),
    }
}
