//! A look at one issue or pull request: deliveries → facts → state, stored; then the view.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::intake::{self, Gathered, Source};
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::fold::{self, Ground};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::labels::Label;
use crate::forge::github::payload;
use crate::forge::{Forge, RepoRef, Shown, digest};
use crate::store::{Key, Lease, NewFact, SavedItem, Step, StoredDelivery};
use crate::view::Context;

/// How long the board gathers changes before it is redrawn.
const BOARD_GATHERS: SignedDuration = SignedDuration::from_secs(3);

impl<F: Forge> Worker<F> {
    /// Looks at an item.
    pub(super) async fn step_item(&self, lease: &Lease) -> Result<Option<Timestamp>, StepError> {
        let key = lease.key;
        let number = ItemNumber(key.number);
        let stored = self.shared.store.unhandled(key).await?;
        let mut step = Step::new(lease, self.now());
        let read = self.read_deliveries(&stored, &mut step);
        let seen = read.iter().find_map(|(stored, read)| {
            let since = read.heard.iter().map(|heard| heard.at).min();
            let since = since.unwrap_or(stored.received_at);
            read.repo.as_ref().map(|repo| (&repo.now, since))
        });
        let Some(repository) = self.repository(key, seen).await? else {
            // Every delivery that could be read names its repository.
            self.shared.store.apply(step).await?;
            return Ok(None);
        };
        if repository.removed {
            self.shared.store.apply(step).await?;
            return Ok(None);
        }
        let repo = repository.reference(key.installation, key.repo);
        let own = self.shared.forge.own_account().await?;
        let row = self
            .shared
            .store
            .load_item(key.installation, key.repo, key.number)
            .await?;
        let (before, mut shown) = match &row {
            Some(row) => (
                serde_json::from_str::<Option<Item>>(&row.doc)?,
                serde_json::from_str(&row.shown)?,
            ),
            None => (None, Shown::default()),
        };

        let mut gathered = Gathered {
            facts: Vec::new(),
            sync: false,
            read_links: false,
        };
        for (stored, read) in read {
            let digest = hex::encode(&stored.digest[..12]);
            let source = Source {
                repository: &repository,
                repo: &repo,
                own: &own,
                digest: &digest,
            };
            self.take_in(read.heard, &source, &mut shown, &mut gathered)
                .await?;
        }
        let mut history = self.history(key).await?;
        let known: BTreeSet<FactId> = history.iter().map(|fact| fact.id.clone()).collect();
        gathered.facts.retain(|fact| !known.contains(&fact.id));
        if gathered.read_links {
            self.read_links(&repository, &repo, number, &mut gathered)
                .await?;
        }
        if gathered.sync || ties(&history, &gathered.facts) {
            self.observe_item(&repository, &repo, number, &mut shown, &mut gathered)
                .await?;
        }
        history.extend(gathered.facts.iter().cloned());
        let mut item = replay(number, &mut history, &repository);
        self.find_foundations(key, &mut item, &mut history, &mut gathered, &repository)
            .await?;

        self.shared.metrics.facts(gathered.facts.len() as u64);
        step.facts = gathered
            .facts
            .iter()
            .map(|fact| stored_fact(key, number, fact))
            .collect::<Result<_, _>>()?;
        echo(key, before.as_ref(), &item, self.now(), &mut step)?;
        if before.as_ref() != Some(&item) && repository.acts() {
            step.wake
                .push((Self::board_of(key), self.now() + BOARD_GATHERS));
        }
        step.items.push(SavedItem {
            number: key.number,
            doc: serde_json::to_string(&item)?,
            shown: serde_json::to_string(&shown)?,
        });
        self.shared.store.apply(step).await?;
        if !repository.acts() {
            return Ok(None);
        }
        self.show_item(lease, item, shown, &repository, history)
            .await
    }

    fn read_deliveries<'a>(
        &self,
        stored: &'a [StoredDelivery],
        step: &mut Step<'_>,
    ) -> Vec<(&'a StoredDelivery, payload::Delivery)> {
        let mut read = Vec::new();
        for delivery in stored {
            let outcome = match payload::read(&delivery.event, &delivery.body, delivery.received_at)
            {
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

    /// Closing references and changed paths are in no event, so they are read with every event of
    /// a pull request.
    async fn read_links(
        &self,
        repository: &Repository,
        repo: &RepoRef,
        number: ItemNumber,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let last = gathered
            .facts
            .iter()
            .filter(|fact| matches!(fact.what, What::Pull(_)))
            .map(|fact| fact.at)
            .max();
        let Some(at) = last else { return Ok(()) };
        let closes = self.shared.forge.closing_references(repo, number).await?;
        let handoff = &repository.policy_at(at).handoff;
        let touches_handoff_paths = if handoff.paths.is_empty() {
            false
        } else {
            handoff.concerns(&self.shared.forge.changed_paths(repo, number).await?)
        };
        let what = What::PullRead {
            closes,
            touches_handoff_paths,
        };
        let id = format!(
            "read:{}:{}",
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

    /// Asks GitHub how the item is now.
    async fn observe_item(
        &self,
        repository: &Repository,
        repo: &RepoRef,
        number: ItemNumber,
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let issue = self.shared.forge.issue(repo, number).await?;
        let snapshot = intake::meaning(issue.snapshot, repository);
        intake::note_observed(shown, &snapshot, issue.updated_at);
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
        let unknown: Vec<ItemNumber> = item
            .fields
            .builds_on
            .iter()
            .copied()
            .filter(|number| *number != item.number && !item.foundations.contains_key(number))
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let at = history.last().map_or_else(|| self.now(), |fact| fact.at);
        for number in unknown {
            let base = self.item_now(key, number).await?;
            let fact = foundation(base.as_ref(), number, at);
            history.push(fact.clone());
            gathered.facts.push(fact);
        }
        *item = replay(item.number, history, repository);
        Ok(())
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
        let kept: Option<Item> = serde_json::from_str(&row.doc)?;
        Ok(kept.map(|item| self.passed(item)))
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
            let kept: Option<Item> = serde_json::from_str(&row.doc)?;
            items.extend(kept.map(|item| self.passed(item)));
        }
        Ok(items)
    }

    pub(super) async fn linked_items(&self, key: Key, item: &Item) -> Result<Vec<Item>, StepError> {
        let mut linked = Vec::new();
        for number in item.links() {
            linked.extend(self.item_now(key, number).await?);
        }
        Ok(linked)
    }

    pub(super) fn passed(&self, mut item: Item) -> Item {
        fold::pass(&mut item, self.now());
        item
    }

    pub(super) fn context<'a>(
        &'a self,
        repository: &'a Repository,
        linked: &'a [Item],
    ) -> Context<'a> {
        Context {
            policy: repository.policy(),
            now: self.now(),
            repo: &repository.now.name,
            web_url: &self.shared.options.web_url,
            as_app: self.shared.options.as_app,
            linked,
            policy_problem: repository.policy_problem.as_deref(),
            board: None,
        }
    }
}

/// The state, from all facts. Sorts them, and drops what was heard twice.
pub(super) fn replay(number: ItemNumber, history: &mut Vec<Fact>, repository: &Repository) -> Item {
    let mut heard = BTreeSet::new();
    history.retain(|fact| heard.insert(fact.id.clone()));
    history.sort_by(|a, b| a.order().cmp(&b.order()));
    let mut item = Item::unseen(number);
    for fact in history.iter() {
        let ground = Ground {
            policy: repository.policy_at(fact.at),
            since: repository.since,
        };
        fold::fold(&mut item, fact, &ground);
    }
    item
}

/// How an item that others build on stands.
fn foundation(base: Option<&Item>, number: ItemNumber, at: Timestamp) -> Fact {
    let kind = base
        .and_then(|base| base.kind)
        .map(|classified| classified.kind);
    let decided = base
        .and_then(|base| base.decision.as_ref())
        .map(|decision| decision.verdict);
    let words = (
        kind.map_or("none", |kind| kind.word()),
        decided.map_or("open", |verdict| verdict.word()),
    );
    Fact {
        id: FactId(format!("foundation:{number}:{}:{}", words.0, words.1)),
        at,
        by: None,
        what: What::Foundation {
            number,
            kind,
            decided,
        },
    }
}

/// Two facts of one second whose order decides: which label of a family came last, or whether it
/// was closed or reopened last. GitHub is asked then.
fn ties(history: &[Fact], new: &[Fact]) -> bool {
    new.iter().any(|one| {
        history
            .iter()
            .chain(new)
            .any(|other| one.at == other.at && conflict(&one.what, &other.what))
    })
}

fn conflict(one: &What, other: &What) -> bool {
    match (one, other) {
        (What::Closed { .. }, What::Reopened) | (What::Reopened, What::Closed { .. }) => true,
        (What::Labeled { label: one }, What::Unlabeled { label: other })
        | (What::Unlabeled { label: one }, What::Labeled { label: other }) => one == other,
        (What::Labeled { label: one }, What::Labeled { label: other }) => {
            one != other && family(one).is_some() && family(one) == family(other)
        }
        _ => false,
    }
}

fn family(label: &str) -> Option<&str> {
    Label::parse(label)?;
    label.split_once('/').map(|(family, _)| family)
}

fn stored_fact(key: Key, number: ItemNumber, fact: &Fact) -> Result<NewFact, serde_json::Error> {
    Ok(NewFact {
        repo: key.repo,
        number: number.0,
        id: fact.id.0.clone(),
        at: fact.at,
        doc: serde_json::to_string(fact)?,
    })
}

/// A change of one item is a fact of others: a pull request moves the items that it is linked to,
/// a decision is told to what builds on it. The facts have ids of their own content, so a second
/// telling is none.
fn echo(
    key: Key,
    before: Option<&Item>,
    after: &Item,
    now: Timestamp,
    step: &mut Step<'_>,
) -> Result<(), StepError> {
    let at = step.facts.iter().map(|fact| fact.at).max().unwrap_or(now);
    let mut tell = |number: ItemNumber, id: String, what: What| -> Result<(), StepError> {
        let fact = Fact {
            id: FactId(id),
            at,
            by: None,
            what,
        };
        step.facts.push(stored_fact(key, number, &fact)?);
        step.wake
            .push((Key::item(key.installation, key.repo, number), now));
        Ok(())
    };
    let none = BTreeSet::new();
    let links = |item: &Item| {
        if item.is_pull {
            item.links()
        } else {
            none.clone()
        }
    };
    let (old_links, new_links) = (before.map(links).unwrap_or_default(), links(after));
    let sight = |item: &Item| item.pull.as_ref().map(|pull| pull.sight.clone());
    if let Some(seen) = sight(after) {
        let changed = before.and_then(sight).as_ref() != Some(&seen);
        for number in new_links
            .iter()
            .filter(|number| changed || !old_links.contains(*number))
        {
            let id = format!(
                "pull:{}:{}:{}",
                after.number,
                at.as_second(),
                digest(&serde_json::to_string(&seen)?)
            );
            tell(
                *number,
                id,
                What::LinkedPull {
                    number: after.number,
                    sight: seen.clone(),
                },
            )?;
        }
    }
    for number in old_links.difference(&new_links) {
        let id = format!("unlinked:{}:{}", after.number, at.as_second());
        tell(
            *number,
            id,
            What::UnlinkedPull {
                number: after.number,
            },
        )?;
    }
    for base in after.foundations.keys() {
        if !before.is_some_and(|before| before.foundations.contains_key(base)) {
            let id = format!("built-on-by:{}", after.number);
            tell(
                *base,
                id,
                What::BuiltOnBy {
                    number: after.number,
                },
            )?;
        }
    }
    let stands = |item: &Item| {
        (
            item.kind.map(|kind| kind.kind),
            item.decision.as_ref().map(|it| it.verdict),
        )
    };
    let news = before.map(stands) != Some(stands(after));
    let newcomers =
        |number: &&ItemNumber| !before.is_some_and(|before| before.built_on_by.contains(*number));
    for number in after
        .built_on_by
        .iter()
        .filter(|number| news || newcomers(number))
    {
        let fact = foundation(Some(after), after.number, at);
        tell(*number, fact.id.0, fact.what)?;
    }
    // What a linked pull request's check says of this item may have changed.
    let face = |item: &Item| {
        (
            item.kind,
            item.stage,
            item.title.clone(),
            item.warnings.clone(),
        )
    };
    if before.map(face) != Some(face(after)) {
        for number in after.linked_pulls.keys() {
            step.wake
                .push((Key::item(key.installation, key.repo, *number), now));
        }
    }
    Ok(())
}
