//! The second half of a look: what GitHub should show, compared with what it does show, is the
//! calls to make. Each yield is stored before the next call.

use jiff::{SignedDuration, Timestamp};

use super::echo::stored_fact;
use super::follow_ups::Opening;
use super::intake::{CHECKLIST, ticked};
use super::items::{replay, saved};
use super::kept::Repository;
use super::releases::Publishing;
use super::{StepError, Worker, backoff};
use crate::command::ticks;
use crate::domain::fact::Fact;
use crate::domain::fold;
use crate::domain::ids::CommentId;
use crate::domain::item::{Item, Outcome};
use crate::domain::order::Order;
use crate::domain::timebox::TimeBox;
use crate::forge::{
    Call, CallError, Done, Forge, NewRelease, ReleaseCall, RepoRef, Shown, Slot, TagCall, digest,
};
use crate::store::{Key, Lease, Step};
use crate::view::wanted::{Wanted, WantedRelease};
use crate::view::{self, Context, slots};

/// When an issue that could not be opened for a decision is tried again; nothing else would happen
/// to an item that is closed.
const OPENED_LATER: SignedDuration = SignedDuration::from_hours(6);

/// What became of a call.
#[derive(Debug)]
pub(super) enum Made {
    /// It was carried out.
    Done(Done),
    /// It had been carried out before and its answer lost; with the text that is there.
    Found(Done, Option<String>),
    /// GitHub refuses it, or what it is about is not there (yet, or any more).
    Nothing(CallError),
}

/// What a round of calls came to.
enum Round {
    /// All is as wanted but for the release; it next changes by time alone then.
    AtRest(Option<Timestamp>, Option<Box<WantedRelease>>),
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
        // From the beginning of the lease, not of the showing: reading took its time too.
        let started = lease.leased_at;
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
            let (next_change, release) = match round {
                Round::AtRest(next_change, release) => (next_change, release),
                Round::LaterOn => return Ok(Some(self.now())),
                Round::Again => continue,
            };
            let release = release.as_deref();
            match self
                .publish(lease, release, &item, &mut shown, &repository)
                .await?
            {
                Publishing::Done => return Ok(next_change),
                Publishing::Again => {}
                Publishing::Later(at) => return Ok(next_change.into_iter().chain([at]).min()),
                Publishing::Late(error) => return Err(error.into()),
                Publishing::LaterOn => return Ok(Some(self.now())),
            }
        }
    }

    /// What GitHub should show of an item now.
    async fn wanted(
        &self,
        key: Key,
        item: &Item,
        shown: &Shown,
        repository: &Repository,
    ) -> Result<Wanted, StepError> {
        let linked = self.linked_items(key, item).await?;
        let (board, sprint) = self.words_asked_for(key, item, shown, repository).await?;
        let same_head = self.same_head(key, item).await?;
        let mut context = self.context(key, repository, &linked);
        context.same_head = &same_head;
        let registry = self.registry_for(key, item).await?;
        context.registry = &registry;
        // A check run says all of it; a commit status has no room and links to where it is said.
        let checklist = shown.comments.get(&slots::checklist());
        context.checklist = checklist
            .and_then(|said| said.id)
            .filter(|_| !self.shared.options.as_app);
        context.board = board.as_deref();
        context.sprint = sprint.as_deref();
        let mut wanted = view::item(item, &context);
        wanted.release = release_wanted(item, repository, &context);
        // At the end of a box the stage of an experiment changes without anybody's doing.
        let running = linked.iter().filter_map(|other| other.timebox.as_ref());
        let ends = running
            .filter(|it| it.is_running())
            .filter_map(TimeBox::ends_at);
        let ends = ends.filter(|at| *at > self.now());
        wanted.next_change = wanted.next_change.into_iter().chain(ends).min();
        Ok(wanted)
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
        let wanted = self.wanted(key, &now, shown, repository).await?;
        let mut late = None;
        // First of all, so that what is said of the decision names what it opened.
        if let Some(issue) = &wanted.follow_up {
            let opening = self.open_follow_up(lease, issue, item, shown, repository, history);
            match opening.await? {
                Opening::Opened => return Ok(Round::Again),
                Opening::LaterOn => return Ok(Round::LaterOn),
                Opening::Late(error) => late = Some(error),
                Opening::NotNow => {}
            }
        }
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
        let mut again = false;
        for call in calls {
            if view::is_refused(shown, &call, self.now()) {
                continue;
            }
            if late.is_some() && matches!(call, Call::React { .. }) {
                // 👀 comes first.
                continue;
            }
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
            if now.arrived_at.is_some()
                && let Some(slot) = slot_of(&call)
            {
                // Its comments came along under other ids: look for them before writing them anew.
                self.shared.store.begin(lease, &slot, self.now()).await?;
            }
            match self.make(lease, &repo, &call).await? {
                Made::Done(done) => {
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
                }
                Made::Found(done, text) => {
                    view::found(shown, &call, &done, text.as_deref(), written_at);
                    again = true;
                }
                // It may only be late; the others don't wait for it.
                Made::Nothing(error) if may_be_late(lease, &error) => {
                    late = Some(error);
                    continue;
                }
                Made::Nothing(error) => {
                    let missing = matches!(error, CallError::Missing(_));
                    view::undone(shown, &call, missing, self.now());
                    again |= missing;
                }
            }
            let finished = slot_of(&call);
            let doc = serde_json::to_string(shown)?;
            self.shared
                .store
                .saved_shown(lease, key.number, &doc, finished.as_deref())
                .await?;
        }
        let unopened = wanted.follow_up.is_some() && item.follow_up_due().is_some();
        let due = unopened.then(|| self.now() + OPENED_LATER);
        match late {
            Some(error) => Err(error.into()),
            None if again => Ok(Round::Again),
            None => Ok(Round::AtRest(
                wanted.next_change.into_iter().chain(due).min(),
                wanted.release,
            )),
        }
    }

    /// The board's and the sprint's text, where somebody has asked for them here.
    async fn words_asked_for(
        &self,
        key: Key,
        item: &Item,
        shown: &Shown,
        repository: &Repository,
    ) -> Result<(Option<String>, Option<String>), StepError> {
        let board = if asks_for(&Order::Board, item, shown) {
            Some(self.board_text(key, repository).await?)
        } else {
            None
        };
        let sprint = if asks_for(&Order::Sprint, item, shown) {
            Some(self.sprint_text(key, repository).await?)
        } else {
            None
        };
        Ok((board, sprint))
    }

    /// Makes one call. What comes to nothing must not stop the others.
    pub(super) async fn make(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        call: &Call,
    ) -> Result<Made, StepError> {
        let forge = &self.shared.forge;
        if let Some(slot) = slot_of(call) {
            let begun = self.shared.store.intents(lease.key).await?;
            if begun.iter().any(|intent| intent.slot == slot) {
                // It was begun before, and its answer lost: what it made may be there.
                match forge.find(repo, call).await {
                    Ok(Some(found)) => {
                        let text = self.text_of(repo, &found).await?;
                        return Ok(Made::Found(found, text));
                    }
                    Ok(None) => {}
                    Err(error @ CallError::Missing(_)) => return Ok(Made::Nothing(error)),
                    Err(error) => return Err(error.into()),
                }
            } else {
                self.shared.store.begin(lease, &slot, self.now()).await?;
            }
        }
        self.turn(lease.key, call).await?;
        match forge.perform(repo, call).await {
            Ok(done) => {
                self.shared.pace.went_well(repo.installation);
                Ok(Made::Done(done))
            }
            Err(error @ (CallError::Refused { .. } | CallError::Missing(_))) => {
                tracing::warn!(key = %lease.key, %error, "nothing came of a call");
                Ok(Made::Nothing(error))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The text of a comment or issue of our own; checks are simply written again.
    async fn text_of(&self, repo: &RepoRef, made: &Done) -> Result<Option<String>, StepError> {
        let forge = &self.shared.forge;
        Ok(match made {
            Done::Comment(made) => Some(forge.comment(repo, made.id).await?),
            Done::Issue(number) => Some(forge.issue(repo, *number).await?.snapshot.body),
            Done::Nothing | Done::Label(_) | Done::Check(_) | Done::Release(_) => None,
        })
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
            Err(error @ CallError::Missing(_)) => {
                if may_be_late(lease, &error) {
                    return Err(error.into());
                }
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
        step.items.push(saved(item, shown)?);
        self.shared.store.apply(step).await?;
        Ok(true)
    }
}

/// Right after an event GitHub may not have yet what the event is about.
pub(super) fn may_be_late(lease: &Lease, error: &CallError) -> bool {
    matches!(error, CallError::Missing(_)) && lease.tries < backoff::PATIENCE
}

/// The purpose of a call that creates, by which a lost answer is settled.
pub(super) fn slot_of(call: &Call) -> Option<String> {
    match call {
        Call::CreateComment { slot, .. }
        | Call::CreateIssue { slot, .. }
        | Call::Release(ReleaseCall::Create(NewRelease { slot, .. }))
        | Call::Tag(TagCall::Numbered { slot, .. }) => Some(slot.0.clone()),
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
        | Call::EditIssue { .. }
        | Call::Release(ReleaseCall::Attach { .. } | ReleaseCall::Publish { .. })
        | Call::Tag(TagCall::Named { .. }) => None,
    }
}

fn is_checklist(shown: &Shown, comment: CommentId) -> bool {
    let checklist = shown.comments.get(&Slot(CHECKLIST.to_owned()));
    checklist.is_some_and(|said| said.id == Some(comment))
}

/// Whether a `/board` or `/sprint` is still to be answered.
fn asks_for(order: &Order, item: &Item, shown: &Shown) -> bool {
    item.answers.values().flatten().any(|answer| {
        let slot = slots::answer(answer);
        matches!(&answer.outcome, Outcome::Asked(asked) if asked == order)
            && !shown.comments.contains_key(&slot)
    })
}

/// The release that a merged pull request wants, by the policy of that time: what was merged before
/// somebody asked for releases gets none.
fn release_wanted(
    item: &Item,
    repository: &Repository,
    context: &Context<'_>,
) -> Option<Box<WantedRelease>> {
    let merge = item.pull.as_ref()?.sight.merge.as_ref()?;
    view::release::wanted(item, repository.policy_at(merge.at), context).map(Box::new)
}
