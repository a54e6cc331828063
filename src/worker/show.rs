//! The second half of a look: what GitHub should show, compared with what it does show, is the
//! calls to make. Each yield is stored before the next call.

use jiff::Timestamp;

use super::echo::stored_fact;
use super::intake::{CHECKLIST, ticked};
use super::items::replay;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::command::ticks;
use crate::domain::fact::Fact;
use crate::domain::fold;
use crate::domain::ids::CommentId;
use crate::domain::item::{Item, Outcome};
use crate::domain::order::Order;
use crate::forge::{Call, CallError, Done, Forge, RepoRef, Shown, Slot, digest};
use crate::store::{Lease, SavedItem, Step};
use crate::view::{self, slots};

/// What a round of calls came to.
enum Round {
    /// All is as wanted; it next changes by time alone then.
    AtRest(Option<Timestamp>),
    /// Something was learned on the way: look again.
    Again,
    /// The time for one look is up.
    LaterOn,
}

impl<F: Forge> Worker<F> {
    /// Makes GitHub show an item as it should be, and says when to look again.
    pub(super) async fn show_item(
        &self,
        lease: &Lease,
        mut item: Item,
        mut shown: Shown,
        repository: &Repository,
        mut history: Vec<Fact>,
    ) -> Result<Option<Timestamp>, StepError> {
        let started = self.now();
        let mut repository = repository.clone();
        loop {
            let round = self
                .round(
                    lease,
                    &mut item,
                    &mut shown,
                    &mut repository,
                    &mut history,
                    started,
                )
                .await?;
            match round {
                Round::AtRest(next_change) => return Ok(next_change),
                Round::LaterOn => return Ok(Some(self.now())),
                Round::Again => {}
            }
        }
    }

    async fn round(
        &self,
        lease: &Lease,
        item: &mut Item,
        shown: &mut Shown,
        repository: &mut Repository,
        history: &mut Vec<Fact>,
        started: Timestamp,
    ) -> Result<Round, StepError> {
        let key = lease.key;
        let repo = repository.reference(key.installation, key.repo);
        let mut now = item.clone();
        fold::pass(&mut now, self.now());
        // Two facts of one second, and the comment in between: what is there is kept true.
        now.status_wanted |= shown.comments.contains_key(&slots::status());
        let linked = self.linked_items(key, &now).await?;
        let board = if asks_for_board(&now, shown) {
            Some(self.board_text(key, repository).await?)
        } else {
            None
        };
        let same_head = self.same_head(key, &now).await?;
        let mut context = self.context(repository, &linked);
        context.same_head = &same_head;
        context.board = board.as_deref();
        let wanted = view::item(&now, &context);
        let calls = view::diff(
            shown,
            &wanted,
            now.number,
            &repository.known_labels(),
            &repository.policy().labels,
        );
        // Our own writes come after all that was heard so far, by GitHub's clock and not by ours,
        // which may be ahead: what people do next must not seem older.
        let written_at = history.last().map_or(started, |fact| fact.at);
        for call in calls {
            if self.enough(started) {
                return Ok(Round::LaterOn);
            }
            if let Call::EditComment { comment, .. } = &call
                && is_checklist(shown, *comment)
                && self
                    .reread(lease, &repo, *comment, item, shown, repository, history)
                    .await?
            {
                return Ok(Round::Again);
            }
            let Some(done) = self.make(lease, &repo, &call).await? else {
                continue;
            };
            if let (Call::CreateLabel(spec), Done::Label(id)) = (&call, &done) {
                // The label's own event tells the repository; this look knows already.
                repository.define_label(*id, spec.clone());
            }
            view::done(
                shown,
                &call,
                &done,
                written_at,
                &repository.known_labels(),
                &repository.policy().labels,
            );
            let finished = slot_of(&call);
            let doc = serde_json::to_string(shown)?;
            self.shared
                .store
                .saved_shown(lease, key.number, &doc, finished.as_deref())
                .await?;
        }
        Ok(Round::AtRest(wanted.next_change))
    }

    /// Makes one call; `None` if GitHub refuses it for good, which must not stop the others.
    pub(super) async fn make(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        call: &Call,
    ) -> Result<Option<Done>, StepError> {
        let forge = &self.shared.forge;
        if let Some(slot) = slot_of(call) {
            let begun = self.shared.store.intents(lease.key).await?;
            if begun.iter().any(|intent| intent.slot == slot) {
                // It was begun before, and its answer lost: what it made may be there.
                if let Some(found) = forge.find(repo, call).await? {
                    return Ok(Some(found));
                }
            } else {
                self.shared.store.begin(lease, &slot, self.now()).await?;
            }
        }
        self.shared
            .pace
            .turn(repo.installation, &self.shared.clock)
            .await;
        match forge.perform(repo, call).await {
            Ok(done) => Ok(Some(done)),
            Err(error @ CallError::Refused { .. }) => {
                tracing::warn!(key = %lease.key, %error, "a call was refused");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Re-reads the checklist just before it is written over. Ticks whose event has not come yet
    /// become facts, so that none is lost; says whether there were any.
    #[expect(
        clippy::too_many_arguments,
        reason = "one look's state, taken apart by the borrow checker"
    )]
    async fn reread(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        comment: CommentId,
        item: &mut Item,
        shown: &mut Shown,
        repository: &Repository,
        history: &mut Vec<Fact>,
    ) -> Result<bool, StepError> {
        let slot = Slot(CHECKLIST.to_owned());
        let text = match self.shared.forge.comment(repo, comment).await {
            Ok(text) => text,
            Err(CallError::Missing(_)) => {
                // Deleted by somebody: it is written anew.
                if let Some(said) = shown.comments.get_mut(&slot) {
                    said.id = None;
                }
                return Ok(true);
            }
            Err(error) => return Err(error.into()),
        };
        let now_digest = digest(&text);
        let Some(said) = shown.comments.get_mut(&slot) else {
            return Ok(false);
        };
        if said.digest == now_digest {
            return Ok(false);
        }
        said.digest.clone_from(&now_digest);
        let before = std::mem::replace(&mut shown.boxes, ticks::boxes(&text));
        let editor = self.shared.forge.editor_since_ours(repo, comment).await?;
        // Where nobody, or one of several, may have ticked, it is undone; if the event still comes,
        // it says who it was.
        let Some(editor) = editor else {
            return Ok(false);
        };
        let actor = self.actor(repo, repository.policy(), &editor).await?;
        let facts = ticked(
            &before,
            &shown.boxes,
            self.now(),
            &actor,
            &format!("read:{comment}:{now_digest}"),
        );
        if facts.is_empty() {
            return Ok(false);
        }
        history.extend(facts.iter().cloned());
        *item = replay(item.number, history, repository);
        let mut step = Step::new(lease, self.now());
        for fact in &facts {
            step.facts.push(stored_fact(lease.key, item.number, fact)?);
        }
        step.items.push(SavedItem {
            number: lease.key.number,
            doc: serde_json::to_string(item)?,
            shown: serde_json::to_string(shown)?,
        });
        self.shared.store.apply(step).await?;
        Ok(true)
    }
}

/// The purpose of a call that creates, by which a lost answer is settled.
fn slot_of(call: &Call) -> Option<String> {
    match call {
        Call::CreateComment { slot, .. } | Call::CreateIssue { slot, .. } => Some(slot.0.clone()),
        Call::WriteCheck {
            existing: None,
            check,
        } => Some(format!("{}@{}", check.name, check.sha)),
        Call::WriteCheck {
            existing: Some(_), ..
        }
        | Call::CreateLabel(_)
        | Call::AddLabels { .. }
        | Call::RemoveLabel { .. }
        | Call::EditComment { .. }
        | Call::React { .. }
        | Call::Close { .. }
        | Call::Reopen { .. }
        | Call::EditIssue { .. } => None,
    }
}

fn is_checklist(shown: &Shown, comment: CommentId) -> bool {
    let checklist = shown.comments.get(&Slot(CHECKLIST.to_owned()));
    checklist.is_some_and(|said| said.id == Some(comment))
}

/// Whether a `/board` is still to be answered.
fn asks_for_board(item: &Item, shown: &Shown) -> bool {
    item.answers.values().flatten().any(|answer| {
        let slot = slots::answer(answer);
        answer.outcome == Outcome::Asked(Order::Board) && !shown.comments.contains_key(&slot)
    })
}
