//! Opening the issue that a decision or a report of drift asks for, exactly once: the creation is an intent before it is
//! a call, an answer that was lost is settled by looking for the marker, and that the issue is
//! there is a fact of both items in one transaction.

use super::echo::stored_fact;
use super::items::{replay, saved};
use super::kept::Repository;
use super::show::{Made, may_be_late, slot_of};
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, ItemAt, Origin, Question, What};
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Decision, Item};
use crate::domain::kind::Verdict;
use crate::forge::{CallError, Done, Forge, RepoRef, Shown};
use crate::store::{Key, Lease, Step};
use crate::view::{self, wanted::WantedIssue};

/// What became of opening the issue.
pub(super) enum Opening {
    /// It is there, and the item is another one for it.
    Opened,
    /// GitHub refuses it, or labhand is not where it belongs: that may pass.
    NotNow,
    /// What it needs may not be there yet.
    Late(CallError),
    /// The time for one look is up.
    LaterOn,
}

impl<F: Forge> Worker<F> {
    /// Opens the issue.
    pub(super) async fn open_follow_up(
        &self,
        lease: &Lease,
        wanted: &WantedIssue,
        item: &mut Item,
        shown: &mut Shown,
        repository: &Repository,
        history: &mut Vec<Fact>,
    ) -> Result<Opening, StepError> {
        let key = lease.key;
        let decision = item.follow_up_due().cloned();
        let decision = decision.filter(|it| it.asked_at == wanted.asked_at);
        let own = repository.reference(key.installation, key.repo);
        let (target, repo) = match &wanted.repo {
            None => (repository.clone(), own.clone()),
            Some(name) => match self.elsewhere(key.installation, name).await? {
                Some(there) => (there.repository, there.repo),
                // labhand was taken off it since; it is opened when it is back.
                None => return Ok(Opening::NotNow),
            },
        };
        let mut opened = None;
        for call in view::open_issue(wanted, &target.known_labels(), target.policy()) {
            if view::is_refused(shown, &call, self.now()) {
                return Ok(Opening::NotNow);
            }
            if self.enough(lease.leased_at) {
                return Ok(Opening::LaterOn);
            }
            match self.make(lease, &repo, &call).await? {
                Made::Done(Done::Issue(number)) | Made::Found(Done::Issue(number), _) => {
                    opened = Some((number, slot_of(&call)));
                }
                Made::Done(_) | Made::Found(..) => {}
                Made::Nothing(error) if may_be_late(lease, &error) => {
                    return Ok(Opening::Late(error));
                }
                Made::Nothing(error) => {
                    let missing = matches!(error, CallError::Missing(_));
                    view::undone(shown, &call, missing, self.now());
                    let doc = serde_json::to_string(shown)?;
                    let store = &self.shared.store;
                    store.saved_shown(lease, key.number, &doc, None).await?;
                    return Ok(Opening::NotNow);
                }
            }
        }
        let Some((number, slot)) = opened else {
            return Ok(Opening::NotNow);
        };
        let to = followed_by(decision.as_ref(), number, wanted);
        let there = Key::item(key.installation, repo.id, number);
        let mut step = Step::new(lease, self.now());
        step.facts.push(stored_fact(key, item.number, &to)?);
        if let Some(decision) = &decision {
            let from = self.follows_up(item, decision, &own, wanted);
            step.facts.push(stored_fact(there, number, &from)?);
        }
        step.wake.push((there, self.now()));
        step.wake.push((Self::board_of(key), self.now()));
        history.push(to);
        *item = replay(item.number, history, repository);
        step.items.push(saved(item, shown)?);
        self.shared.store.apply(step).await?;
        let doc = serde_json::to_string(shown)?;
        self.shared
            .store
            .saved_shown(lease, key.number, &doc, slot.as_deref())
            .await?;
        Ok(Opening::Opened)
    }

    /// What the new issue came out of.
    fn follows_up(
        &self,
        item: &Item,
        decision: &Decision,
        own: &RepoRef,
        wanted: &WantedIssue,
    ) -> Fact {
        let at = decision.at;
        let seconds = decision.asked_at.as_second();
        let ended = item.closed.as_ref().map_or(self.now(), |closed| closed.at);
        let chain = item.chain(ended);
        let (repo, chain) = match wanted.repo {
            Some(_) => (Some(own.name.clone()), chain.seen_from_outside(&own.name)),
            None => (None, chain),
        };
        let origin = Origin {
            item: ItemAt {
                repo,
                number: item.number,
            },
            title: item.title.clone(),
            verdict: decision.verdict,
            decided_at: at,
            chain,
            question: (decision.verdict == Verdict::MoreResearch).then(|| Question {
                written: view::follow_up::question(decision),
                meant: decision.reason.clone(),
            }),
        };
        Fact {
            id: FactId(format!("follows-up:{}:{}:{seconds}", own.id, item.number)),
            at,
            by: None,
            what: What::FollowsUp(Box::new(origin)),
        }
    }
}

/// What was opened for an item.
fn followed_by(decision: Option<&Decision>, number: ItemNumber, wanted: &WantedIssue) -> Fact {
    let asked_at = wanted.asked_at;
    let seconds = asked_at.as_second();
    Fact {
        id: FactId(format!("followed-by:{seconds}")),
        at: decision.map_or(asked_at, |decision| decision.at),
        by: None,
        what: What::FollowedBy {
            asked_at,
            item: ItemAt {
                repo: wanted.repo.clone(),
                number,
            },
        },
    }
}
