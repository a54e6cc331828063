//! What an item has missed: a list shows it otherwise than it should look by what was heard of it.
//! What happened, when and by whom stands on its page; all else is taken as it is now.

use jiff::Timestamp;

use super::intake::{Gathered, Source, implied, meaning};
use super::kept::Repository;
use super::noted::{note_labels, note_state};
use super::orders::{Written, asks, is_heeded};
use super::swept::News;
use super::{StepError, Worker};
use crate::domain::actor::{Actor, User};
use crate::domain::fact::{CloseReason, Fact, FactId, Place, Snapshot, What};
use crate::domain::ids::{CommentId, ItemNumber};
use crate::forge::{
    CallError, EventKind, Forge, IssueEvent, ListedComment, Picture, Shown, digest,
};
use crate::store::Key;

impl<F: Forge> Worker<F> {
    /// Finds out what has happened to an item of which a list tells otherwise than events did.
    pub(super) async fn catch_up(
        &self,
        key: Key,
        source: &Source<'_>,
        history: &[Fact],
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        if let Some((snapshot, at)) = gathered.listed.take() {
            self.catch_up_with(key, (*snapshot, at), source, history, shown, gathered)
                .await?;
        }
        let arrived = arrival(history, gathered);
        for comment in std::mem::take(&mut gathered.comments) {
            // What was commanded where it was, was heard there.
            if arrived.is_none_or(|arrived| comment.created_at > arrived) {
                self.take_listed(comment, source, gathered).await?;
            }
        }
        Ok(())
    }

    async fn catch_up_with(
        &self,
        key: Key,
        (snapshot, at): (Snapshot, Timestamp),
        source: &Source<'_>,
        history: &[Fact],
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let Source {
            number,
            repository,
            repo,
            ..
        } = *source;
        let news = note_listed(&snapshot, at, repository, shown);
        let forge = &self.shared.forge;
        let events = forge.events(repo, number).await?;
        let moved = events
            .iter()
            .rev()
            .find(|it| it.what == EventKind::Transferred);
        let moved = moved.map(|event| event.at);
        if let Some(moved) = moved.filter(|_| arrival(history, gathered).is_none()) {
            self.find_arrival(key, moved, &snapshot, source, gathered)
                .await?;
        }

        let heard = || history.iter().chain(&gathered.facts);
        let unheard = !heard().any(|fact| matches!(fact.what, What::Opened(_)));
        shown.opening_heard = true;
        let mut facts = Vec::new();
        let is_new = unheard && moved.unwrap_or(snapshot.created_at) >= repository.since;
        if is_new {
            let at = moved.unwrap_or(snapshot.created_at);
            facts.push(opened(&snapshot, first_title(&events), at, source));
        }
        let since = moved.map_or(repository.since, |moved| moved.max(repository.since));
        for event in events {
            let told = happened(event, &snapshot, source)?;
            facts.extend(
                told.filter(|told| {
                    told.at >= since && !heard().any(|fact| is_the_same(fact, told))
                }),
            );
        }
        if snapshot.is_pull {
            let sight = forge.pull(repo, number).await?;
            facts.push(fact("pull", at, None, What::Pull(sight))?);
            gathered.read_links = true;
        }
        if news {
            let snapshot = meaning(snapshot.clone(), repository);
            facts.push(fact("seen", at, None, What::Seen(Box::new(snapshot)))?);
        }
        gathered.facts.extend(facts);
        let says =
            (news || is_new) && moved.is_none() && asks(Place::Text, &snapshot.body, at, source);
        if says && let Some(by) = self.writer(None, source).await? {
            let text = Written {
                place: Place::Text,
                body: snapshot.body,
                before: None,
                at,
                by,
                by_bot: false,
            };
            self.take_commands(text, source, gathered).await?;
        }
        Ok(())
    }

    /// It came from another repository: as which item, is found out, and that one is told to look.
    async fn find_arrival(
        &self,
        key: Key,
        at: Timestamp,
        snapshot: &Snapshot,
        source: &Source<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let from = self.shared.forge.came_from(source.repo, source.number);
        let Some(from) = from.await? else {
            gathered.arrived = Some((None, ItemNumber(0), at));
            return Ok(());
        };
        let origin = self.find_origin(key, from, snapshot).await?;
        gathered.arrived = Some((Some(from), origin.unwrap_or(ItemNumber(0)), at));
        if let Some(origin) = origin {
            let there = Key::item(key.installation, from, origin);
            let told = News::Unlisted { at }.delivery(there, self.now())?;
            self.shared.store.deliver(vec![told]).await?;
        }
        Ok(())
    }

    /// The commands of a comment in a list.
    async fn take_listed(
        &self,
        comment: ListedComment,
        source: &Source<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let at = comment.updated_at;
        let place = Place::Comment(comment.id);
        let by_bot = comment.author_is_bot;
        if comment.author.id == source.own.id || !asks(place, &comment.body, at, source) {
            return Ok(());
        }
        let by = if by_bot {
            Some(comment.author).filter(|bot| is_heeded(bot, at, source))
        } else if comment.was_edited() {
            self.writer(Some(comment.id), source).await?
        } else {
            Some(comment.author)
        };
        let Some(by) = by else { return Ok(()) };
        let text = Written {
            place,
            body: comment.body,
            before: None,
            at,
            by,
            by_bot,
        };
        self.take_commands(text, source, gathered).await
    }

    /// Who a text is by as it stands; of a bot's edit nobody is to blame.
    async fn writer(
        &self,
        comment: Option<CommentId>,
        source: &Source<'_>,
    ) -> Result<Option<User>, StepError> {
        let editor = self
            .shared
            .forge
            .last_editor(source.repo, source.number, comment);
        match editor.await {
            Ok(editor) => Ok(editor.filter(|by| by.id != source.own.id)),
            Err(CallError::Missing(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// It does not stand in the list of all: it was deleted, or is somewhere else.
    pub(super) async fn look_for(
        &self,
        at: Timestamp,
        source: &Source<'_>,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        let found = self.shared.forge.whereabouts(source.repo, source.number);
        match found.await {
            Ok(None) => return Ok(()),
            Ok(Some((to, number))) => gathered.departed = Some((to, number, at)),
            Err(CallError::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
        gathered.facts.push(Fact {
            id: FactId("unlisted".to_owned()),
            at,
            by: None,
            what: What::Gone,
        });
        Ok(())
    }

    /// The board is nobody's to edit by hand: it is drawn over at once.
    pub(super) async fn tell_board(
        &self,
        key: Key,
        number: ItemNumber,
        gathered: &Gathered,
    ) -> Result<(), StepError> {
        let Some(at) = gathered.rewritten else {
            return Ok(());
        };
        let board = Self::board_of(key);
        if self
            .board_issue(key)
            .await?
            .is_some_and(|it| it.number == number)
        {
            let told = News::BoardEdited { at }.delivery(board, self.now())?;
            self.shared.store.deliver(vec![told]).await?;
        }
        Ok(())
    }
}

/// Takes over how a list shows it; says whether anything but labels is news.
fn note_listed(
    snapshot: &Snapshot,
    at: Timestamp,
    repository: &Repository,
    shown: &mut Shown,
) -> bool {
    let picture = Picture::of(snapshot, at);
    let observed = What::Observed(Box::new(snapshot.clone()));
    note_labels(shown, &observed, at, repository);
    if shown.picture.as_ref().is_some_and(|before| before.at > at) {
        return false;
    }
    note_state(shown, &observed, at);
    let before = shown.picture.replace(picture.clone());
    before.is_none_or(|before| before.digest != picture.digest)
}

/// When it came from another repository, as far as that is known.
fn arrival(history: &[Fact], gathered: &Gathered) -> Option<Timestamp> {
    let known = history.iter().chain(&gathered.facts);
    let known = known.filter(|fact| matches!(fact.what, What::Arrived { .. }));
    let heard = gathered.arrived.as_ref().map(|(_, _, at)| *at);
    known.map(|fact| fact.at).chain(heard).max()
}

/// The title that it had before it got others.
fn first_title(events: &[IssueEvent]) -> Option<&str> {
    events.iter().find_map(|event| match &event.what {
        EventKind::Renamed { from, .. } => Some(from.as_str()),
        EventKind::Change(_) | EventKind::Transferred => None,
    })
}

/// It was opened, with labels that its page tells of one by one.
fn opened(snapshot: &Snapshot, title: Option<&str>, at: Timestamp, source: &Source<'_>) -> Fact {
    let first = Snapshot {
        title: title.unwrap_or(&snapshot.title).to_owned(),
        labels: Vec::new(),
        closed: None,
        ..meaning(snapshot.clone(), source.repository)
    };
    let what = What::Opened(Box::new(first));
    Fact {
        id: FactId("listed:opened".to_owned()),
        at,
        by: Some(Actor {
            user: snapshot.author.clone(),
            standing: implied(&what),
        }),
        what,
    }
}

fn fact(id: &str, at: Timestamp, by: Option<Actor>, what: What) -> Result<Fact, StepError> {
    let told = digest(&serde_json::to_string(&what)?);
    Ok(Fact {
        id: FactId(format!("listed:{id}:{}:{told}", at.as_second())),
        at,
        by,
        what,
    })
}

/// Whether a fact was heard of before, by an event of GitHub's.
fn is_the_same(known: &Fact, told: &Fact) -> bool {
    let same = match (&known.what, &told.what) {
        (What::Closed { .. }, What::Closed { .. }) => true,
        (known, told) => known == told,
    };
    same && known.at.as_second() == told.at.as_second()
}

/// What an event of the item's page tells. Labels of our own are no requests.
fn happened(
    event: IssueEvent,
    snapshot: &Snapshot,
    source: &Source<'_>,
) -> Result<Option<Fact>, StepError> {
    let what = match event.what {
        EventKind::Change(what) => what,
        EventKind::Renamed { to, .. } => {
            let snapshot = Snapshot {
                title: to,
                ..meaning(snapshot.clone(), source.repository)
            };
            let what = What::Seen(Box::new(snapshot));
            return Ok(Some(fact("renamed", event.at, None, what)?));
        }
        EventKind::Transferred => return Ok(None),
    };
    let own = event.by.as_ref().is_some_and(|by| by.id == source.own.id);
    let what = match what {
        What::Labeled { .. } | What::Unlabeled { .. } if own => return Ok(None),
        What::Labeled { label } => What::Labeled {
            label: source.repository.canonical(&label),
        },
        What::Unlabeled { label } => What::Unlabeled {
            label: source.repository.canonical(&label),
        },
        // Of a pull request its page does not say whether it was merged.
        What::Closed { .. } if snapshot.is_pull => What::Closed {
            how: snapshot.closed.unwrap_or(CloseReason::NotPlanned),
        },
        what => what,
    };
    Ok(Some(Fact {
        id: FactId(format!("event:{}", event.id)),
        at: event.at,
        by: event.by.map(|user| Actor {
            user,
            standing: implied(&what),
        }),
        what,
    }))
}
