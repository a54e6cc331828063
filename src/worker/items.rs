//! Items as they are kept, for looks at other keys, and the state that their facts fold into.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::intake::Gathered;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, Formerly, What};
use crate::domain::fold::{self, Ground};
use crate::domain::ids::{CommitSha, ItemNumber};
use crate::domain::item::Item;
use crate::domain::policy::Policy;
use crate::domain::registry::Registry;
use crate::forge::{Forge, Shown};
use crate::store::{ItemText, Key, SavedItem};
use crate::view::Context;

impl<F: Forge> Worker<F> {
    pub(super) async fn history(&self, key: Key) -> Result<Vec<Fact>, StepError> {
        let docs = self
            .shared
            .store
            .facts(key.installation, key.repo, key.number)
            .await?;
        Ok(docs
            .iter()
            .map(|doc| serde_json::from_str(doc))
            .collect::<Result<_, _>>()?)
    }

    /// An item as of now, for others to look at.
    pub(super) async fn item_now(
        &self,
        key: Key,
        number: ItemNumber,
    ) -> Result<Option<Item>, StepError> {
        let row = self
            .shared
            .store
            .load_item(key.installation, key.repo, number.0)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(state(&row.doc).map(|item| self.passed(item)))
    }

    /// All items of a repository as of now.
    pub(super) async fn items_now(&self, key: Key) -> Result<Vec<Item>, StepError> {
        let rows = self
            .shared
            .store
            .load_items(key.installation, key.repo)
            .await?;
        let mut items = Vec::with_capacity(rows.len());
        for (_, row) in rows.into_iter().filter(|(number, _)| *number != 0) {
            items.extend(state(&row.doc).map(|item| self.passed(item)));
        }
        Ok(items)
    }

    pub(super) async fn linked_items(&self, key: Key, item: &Item) -> Result<Vec<Item>, StepError> {
        let mut linked = Vec::new();
        let mut around = item.links();
        if !item.is_pull {
            around.extend(item.foundation_numbers());
            around.extend(&item.tried);
            around.extend(&item.built_on_by);
        }
        for number in around {
            linked.extend(self.item_now(key, number).await?);
        }
        Ok(linked)
    }

    /// The pull requests with this head commit as of now, with what is shown of them.
    pub(super) async fn pulls_with_head(
        &self,
        key: Key,
        head: &CommitSha,
    ) -> Result<Vec<(Item, Shown)>, StepError> {
        let store = &self.shared.store;
        let rows = store
            .items_mentioning(key.installation, key.repo, head.as_str())
            .await?;
        let mut pulls = Vec::new();
        for row in rows {
            let kept = state(&row.doc);
            let has_head = |item: &Item| item.pull.as_ref().is_some_and(|p| p.sight.head == *head);
            if let Some(item) = kept.filter(has_head) {
                pulls.push((self.passed(item), serde_json::from_str(&row.shown)?));
            }
        }
        Ok(pulls)
    }

    /// The other pull requests whose head commit is that of this one, and so their checks.
    pub(super) async fn same_head(&self, key: Key, item: &Item) -> Result<Vec<Item>, StepError> {
        let Some(pull) = &item.pull else {
            return Ok(Vec::new());
        };
        let pulls = self.pulls_with_head(key, &pull.sight.head).await?;
        let others = pulls.into_iter().map(|(other, _)| other);
        Ok(others.filter(|it| it.number != item.number).collect())
    }

    pub(super) fn passed(&self, mut item: Item) -> Item {
        fold::pass(&mut item, self.now());
        item
    }

    pub(super) fn context<'a>(
        &'a self,
        key: Key,
        repository: &'a Repository,
        linked: &'a [Item],
    ) -> Context<'a> {
        Context {
            policy: repository.policy(),
            now: self.now(),
            repo: &repository.now.name,
            repo_id: key.repo,
            web_url: &self.shared.options.web_url,
            as_app: self.shared.options.as_app,
            linked,
            same_head: &[],
            policy_problem: repository.policy_problem.as_deref(),
            team_problems: &repository.teams.problems,
            checklist: None,
            registry: &NO_MODELS,
            board: None,
            sprint: None,
        }
    }
}

/// What is shown of an item that hands over no model.
static NO_MODELS: Registry = Registry::empty();

/// A state as it was kept. It is a cache of the fold: one that another version wrote, in a form that is
/// not read any more, is as good as none, and the next look folds it anew from its facts.
pub(super) fn state(doc: &str) -> Option<Item> {
    serde_json::from_str(doc).unwrap_or_else(|error| {
        tracing::warn!(%error, "a kept state cannot be read and is folded anew");
        None
    })
}

/// An item and what GitHub shows of it, as they are written down; [`state`] reads it back.
pub(super) fn saved(item: &Item, shown: &Shown) -> Result<SavedItem, StepError> {
    Ok(SavedItem {
        number: item.number.0,
        doc: serde_json::to_string(item)?,
        shown: serde_json::to_string(shown)?,
        text: text_of(item),
    })
}

/// What the index knows of an item; `None` for what is no exploration, or is gone.
pub(super) fn text_of(item: &Item) -> Option<ItemText> {
    let body = item.hypothesis().or(item.fields.question.as_deref());
    item.explores().then(|| ItemText {
        title: item.title.clone(),
        body: body.unwrap_or_default().to_owned(),
    })
}

/// What was found out beside what was heard counts like it: facts of the item, and its state with them.
pub(super) fn learn(
    news: Vec<Fact>,
    item: &mut Item,
    history: &mut Vec<Fact>,
    gathered: &mut Gathered,
    repository: &Repository,
) {
    if news.is_empty() {
        return;
    }
    history.extend(news.iter().cloned());
    gathered.facts.extend(news);
    *item = replay(item.number, history, repository);
}

/// The state, from all facts. Sorts them, and drops what was heard twice.
pub(super) fn replay(number: ItemNumber, history: &mut Vec<Fact>, repository: &Repository) -> Item {
    replay_until(number, history, repository, Timestamp::MAX)
}

/// The state as it was at a moment, from all facts until then.
pub(super) fn replay_until(
    number: ItemNumber,
    history: &mut Vec<Fact>,
    repository: &Repository,
    until: Timestamp,
) -> Item {
    let mut heard = BTreeSet::new();
    history.retain(|fact| heard.insert(fact.id.clone()));
    history.sort_by(|a, b| a.order().cmp(&b.order()));
    let arrivals: Vec<(Timestamp, &Formerly)> = history
        .iter()
        .filter_map(|fact| {
            let What::Arrived { formerly } = &fact.what else {
                return None;
            };
            Some((fact.at, formerly.as_deref()?))
        })
        .collect();
    let mut item = Item::unseen(number);
    for fact in history.iter().take_while(|fact| fact.at <= until) {
        let elsewhere = arrivals.iter().find(|(at, _)| fact.at < *at);
        let ground = match elsewhere {
            Some((_, formerly)) => Ground {
                policy: Policy::in_force(&formerly.policies, fact.at),
                since: formerly.since,
            },
            None => Ground {
                policy: repository.policy_at(fact.at),
                since: repository.since,
            },
        };
        fold::fold(&mut item, fact, &ground);
    }
    item
}
