//! A look at a repository's board: one issue, redrawn at most once in some seconds however much
//! happens.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::kept::Repository;
use super::show::{Made, may_be_late, slot_of};
use super::sprints::ReadSprints;
use super::{StepError, Worker};
use crate::domain::item::Item;
use crate::domain::sprint::Sprint;
use crate::forge::{Call, CallError, Forge, Shown};
use crate::store::{Key, Lease, SavedItem, Step};
use crate::view::sprint::Plan;
use crate::view::wanted::WantedBoard;
use crate::view::{self, Context};

/// The least time between two drawings of one board.
const REST: SignedDuration = SignedDuration::from_secs(10);

/// What is kept of a board.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// When it was last written.
    written_at: Option<Timestamp>,
    /// What was read of the repository's sprints.
    #[serde(default)]
    sprints: ReadSprints,
}

impl<F: Forge> Worker<F> {
    /// Looks at a board.
    pub(super) async fn step_board(&self, lease: &Lease) -> Result<Option<Timestamp>, StepError> {
        let key = lease.key;
        let row = self
            .shared
            .store
            .load_item(key.installation, key.repo, 0)
            .await?;
        let (mut kept, mut shown) = match &row {
            Some(row) => (
                serde_json::from_str::<Option<Kept>>(&row.doc)?.unwrap_or_default(),
                serde_json::from_str::<Shown>(&row.shown)?,
            ),
            None => (Kept::default(), Shown::default()),
        };
        self.take_told(lease, &kept, &mut shown).await?;
        let Some(repository) = self.repository(key, None).await? else {
            return Ok(None);
        };
        if !repository.acts() {
            return Ok(None);
        }
        if self
            .read_sprints(key, &repository, &mut kept.sprints)
            .await?
        {
            self.keep(lease, &kept, &shown).await?;
        }
        if let Some(written_at) = kept.written_at
            && written_at + REST > self.now()
        {
            return Ok(Some(written_at + REST));
        }
        let wanted = self
            .board(key, &repository, &kept.sprints, shown.board.is_some())
            .await?;
        // A repository without items and models has no board until there is something to say.
        let Some(wanted) = wanted else {
            return Ok(None);
        };
        let repo = repository.reference(key.installation, key.repo);
        let known = repository.known_labels();
        let renames = &repository.policy().labels;
        let mut again = false;
        for call in view::diff_board(&shown, &wanted, &known, renames) {
            if view::is_refused(&shown, &call, self.now()) {
                continue;
            }
            match self.make(lease, &repo, &call).await? {
                Made::Done(done) => {
                    view::done(&mut shown, &call, &done, self.now(), &known, renames);
                    if matches!(call, Call::CreateIssue { .. } | Call::EditIssue { .. }) {
                        kept.written_at = Some(self.now());
                        self.shared.metrics.board_written();
                    }
                    // What is said on it waits until it is there.
                    again |= matches!(call, Call::CreateIssue { .. });
                }
                Made::Found(done, text) => {
                    view::found(&mut shown, &call, &done, text.as_deref(), self.now());
                    again = true;
                }
                Made::Nothing(error) if may_be_late(lease, &error) => return Err(error.into()),
                // Somebody has deleted the board: it is drawn anew, in an issue of its own.
                Made::Nothing(error) => {
                    let missing = matches!(error, CallError::Missing(_));
                    again |= missing && shown.board.is_some() && wanted.issue.is_none();
                    view::undone(&mut shown, &call, missing, self.now());
                }
            }
            let doc = serde_json::to_string(&shown)?;
            let finished = slot_of(&call);
            let store = &self.shared.store;
            store
                .saved_shown(lease, 0, &doc, finished.as_deref())
                .await?;
        }
        self.keep(lease, &kept, &shown).await?;
        Ok(if again {
            Some(self.now())
        } else {
            wanted.next_change
        })
    }

    /// Takes in that somebody has edited the board, or that it is not there.
    async fn take_told(
        &self,
        lease: &Lease,
        kept: &Kept,
        shown: &mut Shown,
    ) -> Result<(), StepError> {
        let stored = self.shared.store.unhandled(lease.key).await?;
        if stored.is_empty() {
            return Ok(());
        }
        if let Some(board) = shown.board.as_mut() {
            board.digest.clear();
        }
        let mut step = Step::new(lease, self.now());
        let handled = stored.iter().map(|one| (one.seq, "done".to_owned()));
        step.handled.extend(handled);
        step.items.push(kept_as(kept, shown)?);
        Ok(self.shared.store.apply(step).await?)
    }

    async fn keep(&self, lease: &Lease, kept: &Kept, shown: &Shown) -> Result<(), StepError> {
        let mut step = Step::new(lease, self.now());
        step.items.push(kept_as(kept, shown)?);
        Ok(self.shared.store.apply(step).await?)
    }

    async fn board(
        &self,
        key: Key,
        repository: &Repository,
        read: &ReadSprints,
        is_there: bool,
    ) -> Result<Option<WantedBoard>, StepError> {
        let items = self.items_now(key).await?;
        let concerns = |item: &Item| item.kind.is_some() || item.handoff.is_some();
        let registry = self.registry(key).await?;
        let says_something = items.iter().any(concerns) || !registry.models().is_empty();
        let blank = !says_something && repository.policy_problem.is_none();
        // One that is there must not go on showing what is no more.
        if blank && !is_there {
            return Ok(None);
        }
        let sprints = repository.sprints();
        let plan = plan(repository, &sprints, read);
        let mut context = self.context(key, repository, &[]);
        context.registry = &registry;
        Ok(Some(view::board(&items, &plan, &context)))
    }

    /// What was read of the sprints, for looks at other keys.
    async fn sprints_read(&self, key: Key) -> Result<ReadSprints, StepError> {
        let store = &self.shared.store;
        let row = store.load_item(key.installation, key.repo, 0).await?;
        let kept: Option<Kept> = match row {
            Some(row) => serde_json::from_str(&row.doc)?,
            None => None,
        };
        Ok(kept.map(|kept| kept.sprints).unwrap_or_default())
    }

    /// The summary of the sprint that is on.
    pub(super) async fn sprint_text(
        &self,
        key: Key,
        repository: &Repository,
    ) -> Result<String, StepError> {
        self.drawn(key, repository, view::sprint::text).await
    }

    /// The board's text for a comment.
    pub(super) async fn board_text(
        &self,
        key: Key,
        repository: &Repository,
    ) -> Result<String, StepError> {
        let text = |items: &[Item], plan: &Plan<'_>, context: &Context<'_>| {
            view::board(items, plan, context).text
        };
        self.drawn(key, repository, text).await
    }

    /// Draws what a repository's items and sprints are, for a look at another key.
    async fn drawn(
        &self,
        key: Key,
        repository: &Repository,
        draw: impl FnOnce(&[Item], &Plan<'_>, &Context<'_>) -> String,
    ) -> Result<String, StepError> {
        let items = self.items_now(key).await?;
        let read = self.sprints_read(key).await?;
        let sprints = repository.sprints();
        let plan = plan(repository, &sprints, &read);
        let registry = self.registry(key).await?;
        let mut context = self.context(key, repository, &[]);
        context.registry = &registry;
        Ok(draw(&items, &plan, &context))
    }
}

fn kept_as(kept: &Kept, shown: &Shown) -> Result<SavedItem, StepError> {
    Ok(SavedItem {
        number: 0,
        doc: serde_json::to_string(kept)?,
        shown: serde_json::to_string(shown)?,
        text: None,
    })
}

fn plan<'a>(repository: &Repository, sprints: &'a [Sprint], read: &'a ReadSprints) -> Plan<'a> {
    Plan {
        sprints,
        ledger: &read.ledger,
        known_since: repository.since,
        told_from: &read.told_from,
        digest_since: repository.digest_since(),
    }
}
