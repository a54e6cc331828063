//! Issues that are transferred between repositories take their history along (product §2). Of the
//! two events, one for each repository, either may come first: the new item fetches what is known
//! of the old one, and the old one sends on whatever it hears later.

use super::echo::stored_fact;
use super::intake::Gathered;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, ItemAt, What};
use crate::domain::ids::{InstallationId, RepoId, RepoName};
use crate::domain::item::Item;
use crate::forge::Forge;
use crate::store::{Key, Step};

impl<F: Forge> Worker<F> {
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
        gathered.facts.push(Fact {
            id: FactId(format!("arrived:{from}:{number}")),
            at,
            by: None,
            what: What::Arrived,
        });
        let old = Key::item(key.installation, from, number);
        let Some(was) = self.name_of(key.installation, from).await? else {
            return Ok(());
        };
        let before = self.history(old).await?.into_iter().filter(goes_along);
        let carried = before.map(|fact| seen_from_elsewhere(fact, &was));
        gathered.facts.extend(carried);
        Ok(())
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
        let Some(name) = self.name_of(key.installation, to).await? else {
            return Ok(());
        };
        let to = ItemAt {
            repo: Some(name),
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

    /// The name of a repository of the installation in which labhand is.
    async fn name_of(
        &self,
        installation: InstallationId,
        repo: RepoId,
    ) -> Result<Option<RepoName>, StepError> {
        let doc = self.shared.store.load_repo(installation, repo).await?;
        let known: Option<Repository> = doc.map(|doc| serde_json::from_str(&doc)).transpose()?;
        Ok(known.filter(|known| !known.removed).map(|it| it.now.name))
    }

    /// What is heard of an item that was moved belongs to where it is now.
    pub(super) async fn send_on(
        &self,
        key: Key,
        item: &Item,
        history: &[Fact],
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let Some(ItemAt {
            repo: Some(name),
            number,
        }) = &item.moved_to
        else {
            return Ok(());
        };
        if step.facts.is_empty() {
            return Ok(());
        }
        let Some(row) = self.shared.store.find_repo_by_name(name).await? else {
            return Ok(());
        };
        let there = Key::item(key.installation, row.repo, *number);
        if row.installation != key.installation || there == key {
            return Ok(());
        }
        let was = self.name_of(key.installation, key.repo).await?;
        let Some(was) = was else { return Ok(()) };
        for fact in history.iter().filter(|fact| goes_along(fact)) {
            let fact = seen_from_elsewhere(fact.clone(), &was);
            step.facts.push(stored_fact(there, *number, &fact)?);
        }
        step.wake.push((there, self.now()));
        Ok(())
    }
}

/// Numbers of the repository where it happened bear its name from then on.
fn seen_from_elsewhere(mut fact: Fact, was: &RepoName) -> Fact {
    match &mut fact.what {
        What::FollowsUp(origin) => {
            origin.item.repo.get_or_insert_with(|| was.clone());
            origin.chain = std::mem::take(&mut origin.chain).seen_from_outside(was);
        }
        What::FollowedBy { item, .. } => {
            item.repo.get_or_insert_with(|| was.clone());
        }
        What::Opened(_)
        | What::Seen(_)
        | What::Observed(_)
        | What::Labeled { .. }
        | What::Unlabeled { .. }
        | What::Closed { .. }
        | What::Reopened
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::Pull(_)
        | What::PullRead { .. }
        | What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::MilestoneIs { .. }
        | What::Tried { .. }
        | What::Arrived
        | What::Moved { .. }
        | What::Gone => {}
    }
    fact
}

/// That it left is no part of its history where it is now.
fn goes_along(fact: &Fact) -> bool {
    match fact.what {
        What::Gone | What::Moved { .. } => false,
        What::Opened(_)
        | What::Seen(_)
        | What::Observed(_)
        | What::Labeled { .. }
        | What::Unlabeled { .. }
        | What::Closed { .. }
        | What::Reopened
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::Pull(_)
        | What::PullRead { .. }
        | What::LinkedPull { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::MilestoneIs { .. }
        | What::FollowsUp(_)
        | What::FollowedBy { .. }
        | What::Tried { .. }
        | What::Arrived => true,
    }
}
