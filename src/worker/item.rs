//! A look at one issue or pull request: deliveries → facts → state, stored; then the view.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::boxes::box_changes;
use super::earlier::ends;
use super::echo::{closes_product, echo, foundation, stored_fact};
use super::intake::{self, Gathered, Source};
use super::items::{learn, replay, saved, state};
use super::kept::Repository;
use super::noted::note_observed;
use super::policy_files::POLICY_FILE;
use super::show::may_be_late;
use super::sight::shows_labels;
use super::sprints::find_milestone;
use super::swept::{News, SWEEP};
use super::ties::ties;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, PullSight, What};
use crate::domain::fields::Boxes;
use crate::domain::handoff::Handoff;
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Item, NoticeKind};
use crate::forge::github::payload;
use crate::forge::{CallError, Forge, RepoRef, Shown, digest};
use crate::store::{Key, Lease, Step, StoredDelivery};
use crate::view::{self, checks::HANDOFF as GATE};

/// How long the board gathers changes before it is redrawn.
const BOARD_GATHERS: SignedDuration = SignedDuration::from_secs(3);

impl<F: Forge> Worker<F> {
    /// Looks at an item.
    pub(super) async fn step_item(&self, lease: &Lease) -> Result<Option<Timestamp>, StepError> {
        let key = lease.key;
        let number = ItemNumber(key.number);
        // Asked once and then known. While GitHub has not answered yet, the deliveries need not be
        // read to no purpose.
        let own = self.shared.forge.own_account().await?;
        let stored = self.shared.store.unhandled(key).await?;
        let mut step = Step::new(lease, self.now());
        let mut read = self.read_deliveries(&stored, &mut step);
        // They come in any order; what is shown now is what was heard of last.
        read.sort_by_key(|(_, read)| read.heard.iter().map(|heard| heard.at).max());
        let seen = read.iter().find_map(|(stored, read)| {
            let since = read.heard.iter().map(|heard| heard.at).min();
            let since = since.unwrap_or(stored.received_at);
            read.repo.as_ref().map(|repo| (&repo.now, since))
        });
        let Some(mut repository) = self.repository(key, seen).await? else {
            // Every delivery that could be read names its repository.
            self.shared.store.apply(step).await?;
            return Ok(None);
        };
        if repository.removed {
            self.shared.store.apply(step).await?;
            return Ok(None);
        }
        let repo = repository.reference(key.installation, key.repo);
        let (before, mut shown) = self.kept_item(key).await?;
        let mut history = self.history(key).await?;
        let known: BTreeSet<FactId> = history.iter().map(|fact| fact.id.clone()).collect();
        let source = Source {
            number,
            repository: &repository,
            repo: &repo,
            own: &own,
            digest: "",
            known: &known,
        };
        let mut gathered = self
            .hear(lease, read, &source, &history, &mut shown)
            .await?;
        gathered.facts.retain(|fact| !known.contains(&fact.id));
        self.tell_board(key, number, &gathered).await?;
        self.ask(lease, &repository, &mut shown, &history, &mut gathered)
            .await?;
        history.extend(gathered.facts.iter().cloned());
        let mut item = replay(number, &mut history, &repository);
        if item.kind.is_some() && !history.iter().any(shows_labels) {
            let seen = self.first_sight(&repository, &repo, number, &mut shown, &mut gathered);
            unless_gone(lease, seen.await)?;
            history.extend(gathered.facts.iter().cloned());
            item = replay(number, &mut history, &repository);
        }
        self.find_around(
            lease,
            before.as_ref(),
            &mut item,
            &mut history,
            &mut gathered,
            &repository,
        )
        .await?;

        if !gathered.facts.is_empty() {
            self.look_at_status(&repo, &item, &mut shown).await?;
        }
        self.shared.metrics.facts(gathered.facts.len() as u64);
        self.count_expired(before.as_ref(), &item);
        step.facts = gathered
            .facts
            .iter()
            .map(|fact| stored_fact(key, number, fact))
            .collect::<Result<_, _>>()?;
        self.tell_others(key, before.as_ref(), &item, &mut step)
            .await?;
        self.tell_registry(key, before.as_ref(), &item, &repository, &mut step)
            .await?;
        self.send_on(key, &item, &history, &repository, &mut step)
            .await?;
        if before.as_ref() != Some(&item) && repository.acts() {
            step.wake
                .push((Self::board_of(key), self.now() + BOARD_GATHERS));
        }
        step.items.push(saved(&item, &shown)?);
        self.shared.store.apply(step).await?;
        if !repository.acts() {
            return Ok(None);
        }
        for label in &gathered.vanished {
            repository.forget_label(label);
        }
        self.show_item(lease, item, shown, &repository, history)
            .await
    }

    /// Takes in what deliveries and sweeps have told.
    async fn hear(
        &self,
        lease: &Lease,
        read: Vec<(&StoredDelivery, payload::Delivery)>,
        source: &Source<'_>,
        history: &[Fact],
        shown: &mut Shown,
    ) -> Result<Gathered, StepError> {
        let key = lease.key;
        let mut gathered = Gathered::nothing();
        for (stored, read) in read {
            let digest = hex::encode(&stored.digest[..12]);
            let source = Source {
                digest: &digest,
                ..*source
            };
            self.take_in(read.heard, &source, shown, &mut gathered)
                .await?;
        }
        let caught_up = self.catch_up(key, source, history, shown, &mut gathered);
        unless_gone(lease, caught_up.await)?;
        self.fetch_history(key, &mut gathered).await?;
        self.note_departure(key, &mut gathered).await?;
        Ok(gathered)
    }

    /// Finds out what the fold has to know of what is around an item.
    async fn find_around(
        &self,
        lease: &Lease,
        before: Option<&Item>,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let key = lease.key;
        self.find_foundations(key, item, history, gathered, repository)
            .await?;
        self.find_products(key, item, history, gathered, repository)
            .await?;
        self.find_inheritance(key, item, history, gathered, repository)
            .await?;
        self.find_evidence(lease, item, history, gathered, repository)
            .await?;
        self.try_policy(lease, item, history, gathered, repository)
            .await?;
        self.find_other_boxes(key, before, item, history, gathered, repository)
            .await?;
        find_milestone(item, history, gathered, repository)?;
        self.find_earlier(key, item, history, gathered, repository)
            .await
    }

    /// The item as it was after the last look, and what GitHub showed of it then.
    async fn kept_item(&self, key: Key) -> Result<(Option<Item>, Shown), StepError> {
        let row = self
            .shared
            .store
            .load_item(key.installation, key.repo, key.number)
            .await?;
        Ok(match &row {
            Some(row) => (state(&row.doc), serde_json::from_str(&row.shown)?),
            None => (None, Shown::default()),
        })
    }

    /// Those that link to it show how it is called and where it stands.
    fn wake_around(&self, key: Key, before: Option<&Item>, after: &Item, step: &mut Step<'_>) {
        let face = |item: &Item| {
            let closed = item.closed.as_ref().map(|closed| closed.how);
            (item.title.clone(), item.kind, item.stage, closed, item.gone)
        };
        let Some(before) = before.filter(|before| face(before) != face(after)) else {
            return;
        };
        let around = [before.links(), after.links()].into_iter().flatten();
        let bases = before.foundation_numbers().into_iter();
        let bases = bases.chain(after.foundation_numbers());
        let built_on = after.built_on_by.iter().copied();
        let around: BTreeSet<ItemNumber> = around.chain(bases).chain(built_on).collect();
        for number in around {
            let other = Key::item(key.installation, key.repo, number);
            step.wake.push((other, self.now()));
        }
    }

    fn count_expired(&self, before: Option<&Item>, after: &Item) {
        let expired = |item: &Item| {
            let notices = item.notices.iter();
            let ends = notices.filter(|it| matches!(it.what, NoticeKind::BoxExpired(_)));
            ends.count() as u64
        };
        let new = expired(after).saturating_sub(before.map_or(0, expired));
        self.shared.metrics.boxes_expired(new);
    }

    /// What changed here concerns others: those that it is linked to, that build on it, whose gate
    /// or whose assignee it shares.
    async fn tell_others(
        &self,
        key: Key,
        before: Option<&Item>,
        after: &Item,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        echo(key, before, after, self.now(), step)?;
        self.wake_around(key, before, after, step);
        self.wake_same_head(key, before, after, step).await?;
        self.wake_later(key, before, after, step).await?;
        let (ends, boxes) = (ends(before, after), box_changes(before, after));
        if !ends && !boxes {
            return Ok(());
        }
        let others = self.items_now(key).await?;
        if ends {
            self.tell_of_end(key, after, &others, step);
        }
        if boxes {
            self.tell_of_box(key, before, after, &others, step)?;
        }
        Ok(())
    }

    /// Anybody with write access can write a commit status over ours, and no event tells: so what
    /// stands there is read with every event of the pull request, and put right.
    async fn look_at_status(
        &self,
        repo: &RepoRef,
        item: &Item,
        shown: &mut Shown,
    ) -> Result<(), StepError> {
        let open = item.pull.as_ref().filter(|pull| pull.sight.open);
        let Some(pull) = open.filter(|_| !self.shared.options.as_app) else {
            return Ok(());
        };
        let head = &pull.sight.head;
        let Some(there) = view::shown_gate(shown, head) else {
            return Ok(());
        };
        match self.shared.forge.status(repo, head, GATE).await {
            Ok(Some(now)) if now.by_us => {}
            Ok(_) => there.digest.clear(),
            // The commit went with its branch.
            Err(CallError::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Asks GitHub for what no event says, and how it is now where they do not tell.
    async fn ask(
        &self,
        lease: &Lease,
        repository: &Repository,
        shown: &mut Shown,
        history: &[Fact],
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let key = lease.key;
        let number = ItemNumber(key.number);
        let repo = repository.reference(key.installation, key.repo);
        if gathered.read_links {
            let read = self.read_links(repository, &repo, number, history, gathered);
            unless_gone(lease, read.await)?;
        }
        if gathered.sync {
            // Somebody asks: what was refused is tried again.
            shown.refused.clear();
        }
        self.settle_ticks(&repo, shown, history, gathered).await?;
        if gathered.sync || ties(history, &gathered.facts) {
            let seen = self.observe_item(repository, &repo, number, shown, gathered);
            unless_gone(lease, seen.await)?;
        }
        Ok(())
    }

    /// Pull requests with one head commit share its checks: what changes the gate of one changes
    /// that of the others.
    async fn wake_same_head(
        &self,
        key: Key,
        before: Option<&Item>,
        after: &Item,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        fn gate(item: &Item) -> Option<(&PullSight, Option<&Handoff>, &Boxes)> {
            let sight = &item.pull.as_ref()?.sight;
            Some((sight, item.handoff.as_ref(), &item.fields.boxes))
        }
        if before.and_then(gate) == gate(after) {
            return Ok(());
        }
        let heads = [before.and_then(gate), gate(after)];
        let heads: BTreeSet<_> = heads
            .into_iter()
            .flatten()
            .map(|(it, ..)| &it.head)
            .collect();
        for head in heads {
            for (other, _) in self.pulls_with_head(key, head).await? {
                if other.number != after.number {
                    let other = Key::item(key.installation, key.repo, other.number);
                    step.wake.push((other, self.now()));
                }
            }
        }
        Ok(())
    }

    fn read_deliveries<'a>(
        &self,
        stored: &'a [StoredDelivery],
        step: &mut Step<'_>,
    ) -> Vec<(&'a StoredDelivery, payload::Delivery)> {
        let mut read = Vec::new();
        for delivery in stored {
            let understood = if delivery.event == SWEEP {
                match News::read(&delivery.body) {
                    Ok(news) => Ok(news.heard(delivery.received_at)),
                    Err(error) => Err(payload::Unreadable::of(SWEEP, &error)),
                }
            } else {
                payload::read(&delivery.event, &delivery.body, delivery.received_at)
            };
            let outcome = match understood {
                Ok(understood) => {
                    let known = understood.known;
                    if !known {
                        self.ignored(&delivery.event, understood.action.as_deref());
                    }
                    read.push((delivery, understood));
                    if known { "done" } else { "ignored" }
                }
                Err(error) => self.unreadable(&error),
            };
            step.handled.push((delivery.seq, outcome.to_owned()));
        }
        read
    }

    /// Closing references and changed paths are in no event, so they are read with every event of
    /// a pull request.
    async fn read_links(
        &self,
        repository: &Repository,
        repo: &RepoRef,
        number: ItemNumber,
        history: &[Fact],
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let last = gathered
            .facts
            .iter()
            .filter(|fact| matches!(fact.what, What::Pull(_)))
            .map(|fact| fact.at)
            .max();
        let Some(at) = last else { return Ok(()) };
        let links = self.shared.forge.pull_links(repo, number).await?;
        let is_policy = |path: &String| path == POLICY_FILE;
        // A change of so many files is looked through whole.
        let touches_policy = links.paths.iter().any(is_policy)
            || links.more_paths
                && self
                    .shared
                    .forge
                    .changed_paths(repo, number)
                    .await?
                    .iter()
                    .any(is_policy);
        let handoff = &repository.policy_at(at).handoff;
        let touches_handoff_paths = if handoff.paths.is_empty() {
            false
        } else {
            handoff.concerns(&self.shared.forge.changed_paths(repo, number).await?)
        };
        let what = What::PullRead {
            closes: links.closes,
            touches_handoff_paths,
            touches_policy,
        };
        // Of two readings within one second the later one counts: ids decide where times tie.
        let readings = history
            .iter()
            .filter(|fact| matches!(fact.what, What::PullRead { .. }));
        let id = format!("read:{}:{:06}", at.as_second(), readings.count());
        gathered.facts.push(Fact {
            id: FactId(id),
            at,
            by: None,
            what,
        });
        Ok(())
    }

    /// Asks GitHub how the item is now.
    pub(super) async fn observe_item(
        &self,
        repository: &Repository,
        repo: &RepoRef,
        number: ItemNumber,
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let issue = self.shared.forge.issue(repo, number).await?;
        let snapshot = intake::meaning(issue.snapshot, repository);
        note_observed(shown, &snapshot, issue.updated_at);
        let at = gathered
            .facts
            .iter()
            .map(|fact| fact.at)
            .max()
            .unwrap_or(issue.updated_at)
            .max(issue.updated_at);
        let what = What::Observed(Box::new(snapshot));
        let id = format!(
            "observed:{}:{}",
            at.as_second(),
            digest(&serde_json::to_string(&what)?)
        );
        gathered.facts.push(Fact {
            id: FactId(id),
            at,
            by: None,
            what,
        });
        Ok(())
    }

    /// What the item builds on: how that stands is a fact of this item, and that this one builds
    /// on it is a fact of the other, so that its decision is told here.
    async fn find_foundations(
        &self,
        key: Key,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        if item.kind.is_none() {
            return Ok(());
        }
        let unknown: Vec<ItemNumber> = item
            .foundation_numbers()
            .into_iter()
            .filter(|number| !item.foundations.contains_key(number))
            .collect();
        let at = history.last().map_or_else(|| self.now(), |fact| fact.at);
        let mut found = Vec::new();
        for number in unknown {
            let base = self.item_now(key, number).await?;
            found.push(foundation(base.as_ref(), number, at));
        }
        learn(found, item, history, gathered, repository);
        Ok(())
    }

    /// What a pull request closes may have come out of a productionize decision, which makes it a
    /// hand-off. It is known before its checks are written, so that no gate is green meanwhile.
    async fn find_products(
        &self,
        key: Key,
        item: &mut Item,
        history: &mut Vec<Fact>,
        gathered: &mut Gathered,
        repository: &Repository,
    ) -> Result<(), StepError> {
        let closes = item.pull.iter().flat_map(|pull| &pull.closes);
        let unknown: Vec<ItemNumber> = closes
            .copied()
            .filter(|number| !item.products.contains(number))
            .collect();
        let at = history.last().map_or_else(|| self.now(), |fact| fact.at);
        let mut found = Vec::new();
        for number in unknown {
            let target = self.item_now(key, number).await?;
            if target.is_some_and(|target| target.is_product()) {
                found.push(closes_product(number, at));
            }
        }
        learn(found, item, history, gathered, repository);
        Ok(())
    }
}

/// What GitHub does not have, even after a while, was deleted or transferred: there is nothing to
/// read, and all that was heard of it still counts.
fn unless_gone(lease: &Lease, read: Result<(), StepError>) -> Result<(), StepError> {
    match read {
        Err(StepError::Call(error @ CallError::Missing(_))) if !may_be_late(lease, &error) => {
            tracing::info!(key = %lease.key, %error, "nothing there to be read");
            Ok(())
        }
        read => read,
    }
}
