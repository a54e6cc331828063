//! Issues that are transferred between repositories take their history along (product §2). Of the
//! two events, one for each repository, either may come first: the new item fetches what is known
//! of the old one, and the old one sends on whatever it hears later.

use jiff::Timestamp;

use super::echo::stored_fact;
use super::intake::Gathered;
use super::items::state;
use super::kept::Repository;
use super::{StepError, Worker};

use crate::domain::fact::{Fact, FactId, Formerly, ItemAt, Origin, Snapshot, What};
use crate::domain::ids::{ItemNumber, RepoId, RepoName};
use crate::domain::item::Item;
use crate::forge::Forge;
use crate::store::{Key, Step};

impl<F: Forge> Worker<F> {
    /// It was moved here unheard: which item it was is known by who wrote it and when, since no two
    /// issues of a repository are written by one person at once and under one title.
    pub(super) async fn find_origin(
        &self,
        key: Key,
        from: RepoId,
        snapshot: &Snapshot,
    ) -> Result<Option<ItemNumber>, StepError> {
        let store = &self.shared.store;
        let mut found = None;
        for (number, row) in store.load_items(key.installation, from).await? {
            let same = state(&row.doc).is_some_and(|item| {
                item.author.as_ref().map(|it| it.id) == Some(snapshot.author.id)
                    && item.created_at == Some(snapshot.created_at)
                    && item.title == snapshot.title
            });
            if same && found.replace(ItemNumber(number)).is_some() {
                return Ok(None);
            }
        }
        Ok(found)
    }

    /// It was moved here: what happened before, happened to it too.
    pub(super) async fn fetch_history(
        &self,
        key: Key,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let Some((from, number, at)) = gathered.arrived.take() else {
            return Ok(());
        };
        let from = from.unwrap_or(RepoId(0));
        let known = self.known_repository(key, from).await?;
        gathered
            .facts
            .push(arrived(from, number, at, known.as_ref()));
        let Some(repository) = known else {
            return Ok(());
        };
        let old = Key::item(key.installation, from, number);
        for fact in self.history(old).await? {
            let along = goes_along(fact, at, (from, &repository.now.name));
            gathered.facts.extend(along);
        }
        Ok(())
    }

    /// Another repository of the same installation, whether labhand still acts there or not.
    async fn known_repository(
        &self,
        key: Key,
        repo: RepoId,
    ) -> Result<Option<Repository>, StepError> {
        let doc = self.shared.store.load_repo(key.installation, repo).await?;
        Ok(doc.map(|doc| serde_json::from_str(&doc)).transpose()?)
    }

    /// It was moved away, perhaps to where labhand is too.
    pub(super) async fn note_departure(
        &self,
        key: Key,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let Some((to, number, at)) = gathered.departed.take() else {
            return Ok(());
        };
        let target = self.known_repository(key, to).await?;
        let Some(target) = target.filter(|target| !target.removed) else {
            return Ok(());
        };
        let to = ItemAt {
            repo: Some(target.now.name),
            number,
        };
        gathered.facts.push(Fact {
            id: FactId(format!("moved:{number}")),
            at,
            by: None,
            what: What::Moved { to },
        });
        Ok(())
    }

    /// What is heard of an item that was moved belongs to where it is now.
    pub(super) async fn send_on(
        &self,
        key: Key,
        item: &Item,
        history: &[Fact],
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let Some(ItemAt {
            repo: Some(name),
            number,
        }) = &item.moved_to
        else {
            return Ok(());
        };
        let Some(row) = self.shared.store.find_repo_by_name(name).await? else {
            return Ok(());
        };
        let there = Key::item(key.installation, row.repo, *number);
        if row.installation != key.installation || there == key {
            return Ok(());
        }
        let moved_at = history.iter().filter_map(|fact| {
            let moved = matches!(fact.what, What::Moved { .. });
            moved.then_some(fact.at)
        });
        let Some(moved_at) = moved_at.max() else {
            return Ok(());
        };
        // Its own event may be late, and until then it would look as if it had always been there.
        let arrived = arrived(key.repo, item.number, moved_at, Some(repository));
        step.facts.push(stored_fact(there, *number, &arrived)?);
        for fact in history {
            let from = (key.repo, &repository.now.name);
            if let Some(fact) = goes_along(fact.clone(), moved_at, from) {
                step.facts.push(stored_fact(there, *number, &fact)?);
            }
        }
        step.wake.push((there, self.now()));
        Ok(())
    }
}

/// That it came from another repository, told by whichever of the two hears of it first.
fn arrived(from: RepoId, number: ItemNumber, at: Timestamp, known: Option<&Repository>) -> Fact {
    let formerly = known.map(|repository| {
        Box::new(Formerly {
            since: repository.since,
            policies: repository.policies.clone(),
        })
    });
    Fact {
        id: FactId(format!("arrived:{from}:{number}")),
        at,
        by: None,
        what: What::Arrived { formerly },
    }
}

/// A fact as it is told where the item is now. That it left is no part of its history there, and
/// neither is what is heard later of its former neighbours: their numbers mean nothing there. What
/// was heard of them before is told apart from what new neighbours of the same numbers tell.
fn goes_along(fact: Fact, moved_at: Timestamp, from: (RepoId, &RepoName)) -> Option<Fact> {
    let (repo, name) = from;
    let in_full = |at: ItemAt| ItemAt {
        repo: at.repo.or_else(|| Some(name.clone())),
        ..at
    };
    let formerly = FactId(format!("formerly:{repo}:{}", fact.id.0));
    let mut id = fact.id;
    let what = match fact.what {
        What::Gone | What::Moved { .. } => return None,
        What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::ClosesProduct { .. }
        | What::CarriedOver(_)
        | What::MilestoneIs { .. }
        | What::Tried { .. }
            if fact.at > moved_at =>
        {
            return None;
        }
        what @ (What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::ClosesProduct { .. }
        | What::CarriedOver(_)
        | What::MilestoneIs { .. }
        | What::Tried { .. }) => {
            id = formerly;
            what
        }
        What::FollowsUp(origin) => What::FollowsUp(Box::new(Origin {
            item: in_full(origin.item.clone()),
            chain: origin.chain.clone().seen_from_outside(name),
            ..*origin
        })),
        What::FollowedBy { asked_at, item } => What::FollowedBy {
            asked_at,
            item: in_full(item),
        },
        what @ (What::Opened(_)
        | What::Seen(_)
        | What::Observed(_)
        | What::Adopted
        | What::Labeled { .. }
        | What::Unlabeled { .. }
        | What::Closed { .. }
        | What::Reopened
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::Pull(_)
        | What::PullRead { .. }
        | What::PolicyTried { .. }
        | What::EvidenceAt { .. }
        | What::CardRead { .. }
        | What::Arrived { .. }) => what,
    };
    Some(Fact {
        id,
        what,
        at: fact.at,
        by: fact.by,
    })
}
