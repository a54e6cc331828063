//! What stands at the paths that signatures name. The fold notes what it has to know; it is read
//! before anything is shown, and is a fact of no time, since the content of a commit never changes.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::intake::Gathered;
use super::items::learn;
use super::kept::Repository;
use super::show::may_be_late;
use super::{StepError, Worker};
use crate::domain::evidence::{CardReading, TextAt, ThingAt};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::CommitSha;
use crate::domain::item::Item;
use crate::domain::model_card;
use crate::forge::{CallError, Forge, RepoRef, digest};
use crate::store::Lease;

/// How often reading may lead to more that has to be read: once for each push that was not looked at,
/// so more than anybody makes between two looks. What is left then is read with the next look.
const ROUNDS: usize = 50;

impl<F: Forge> Worker<F> {
    /// Reads what the fold of a pull request has to know of its commits.
    pub(super) async fn find_evidence(
        &self,
        lease: &Lease,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let repo = repository.reference(lease.key.installation, lease.key.repo);
        self.find_head(lease, &repo, item, history, gathered, repository)
            .await?;
        for _ in 0..ROUNDS {
            let mut found = Vec::new();
            for (commit, paths) in item.evidence.unread() {
                let things = self.things(lease, &repo, commit, paths).await?;
                found.extend(
                    paths
                        .iter()
                        .zip(things)
                        .map(|(path, thing)| evidence(commit, path, thing)),
                );
            }
            for (object, (commit, path)) in item.evidence.unread_cards() {
                let card = match self.shared.forge.text_at(&repo, commit, path).await? {
                    TextAt::Text(text) => CardReading::Card(model_card::read(&text)),
                    TextAt::TooLarge => CardReading::TooLarge,
                    // It was there a moment ago; without a text it is as good as none.
                    TextAt::NotText | TextAt::Nothing => CardReading::NotText,
                };
                found.push(card_read(object, card));
            }
            if found.is_empty() {
                break;
            }
            learn(found, item, history, gathered, repository);
        }
        Ok(())
    }

    /// What stands at these paths. A commit may be late; one that stays unknown holds nothing.
    async fn things(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        commit: &CommitSha,
        paths: &BTreeSet<String>,
    ) -> Result<Vec<Option<ThingAt>>, StepError> {
        let asked: Vec<String> = paths.iter().cloned().collect();
        match self.shared.forge.things_at(repo, commit, &asked).await {
            Ok(things) => Ok(things),
            Err(error @ CallError::Missing(_)) if !may_be_late(lease, &error) => {
                Ok(vec![None; asked.len()])
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Of a pull request from before the installation no event has shown the head yet to which
    /// signatures are bound.
    async fn find_head(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let live = item.handoff.as_ref().is_some_and(|handoff| !handoff.ended);
        let (true, Some(created_at)) = (live && item.pull.is_none(), item.created_at) else {
            return Ok(());
        };
        let sight = match self.shared.forge.pull(repo, item.number).await {
            Ok(sight) => sight,
            Err(error @ CallError::Missing(_)) if !may_be_late(lease, &error) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let head = Fact {
            id: FactId(format!("head:{}", sight.head)),
            // Nothing is known of an earlier one.
            at: created_at,
            by: None,
            what: What::Pull(sight),
        };
        learn(vec![head], item, history, gathered, repository);
        Ok(())
    }
}

fn evidence(commit: &CommitSha, path: &str, thing: Option<ThingAt>) -> Fact {
    Fact {
        id: FactId(format!("evidence:{commit}:{}", digest(path))),
        at: Timestamp::UNIX_EPOCH,
        by: None,
        what: What::EvidenceAt {
            commit: commit.clone(),
            path: path.to_owned(),
            thing,
        },
    }
}

fn card_read(object: &str, card: CardReading) -> Fact {
    Fact {
        id: FactId(format!("card:{object}")),
        at: Timestamp::UNIX_EPOCH,
        by: None,
        what: What::CardRead {
            object: object.to_owned(),
            card: Box::new(card),
        },
    }
}
