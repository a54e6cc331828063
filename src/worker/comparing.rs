//! What a sweep compares: how GitHub shows a repository, its issues, comments and tags, and how they
//! were when they were heard of last. What differs becomes [`News`].

use std::collections::{BTreeMap, BTreeSet};

use super::kept::{Repository, Stale};
use super::sprints::milestone_is;
use super::sweep::next;
use super::swept::News;
use super::{StepError, Worker};
use crate::command;
use crate::domain::ids::{CommentId, ItemNumber};
use crate::domain::labels::Label;
use crate::domain::version::ModelTag;
use crate::forge::{
    BoardShown, Forge, ListFrom, ListedComment, ListedIssue, Picture, Reaction, RepoRef, Shown,
    digest,
};
use crate::store::{Key, NewDelivery, Step};
use crate::view::board_digest;

/// As many comments as one question can be about.
const AT_ONCE: usize = 1_000;

impl<F: Forge> Worker<F> {
    /// Its name, whether we may still see it, its policy, labels and milestones.
    pub(super) async fn compare_repository(
        &self,
        key: Key,
        repository: &mut Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let face = repository.face();
        let milestones = repository.milestones.clone();
        let stale = Stale {
            in_doubt: true,
            ..Stale::default()
        };
        self.refresh(key, repository, stale).await?;
        for (number, known) in &repository.milestones {
            if milestones.get(number) != Some(known) {
                let told = milestone_is(*number, known.milestone.clone(), known.as_of)?;
                self.tell_of_milestone(*number, &told, step).await?;
            }
        }
        self.tell_items(Some(face), repository, step).await
    }

    /// A page of issues; their numbers, and where the list goes on.
    pub(super) async fn compare_issues(
        &self,
        key: Key,
        repository: &Repository,
        from: ListFrom,
    ) -> Result<(Vec<ItemNumber>, Option<ListFrom>), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let page = self.shared.forge.issues(&repo, from).await?;
        let numbers: Vec<ItemNumber> = page.entries.iter().map(|issue| issue.number).collect();
        let shown = self.shown_of(key, &numbers).await?;
        let board = self.board_issue(key).await?;
        let mut news = Vec::new();
        let last = page.entries.last().map(|issue| issue.now.updated_at);
        for issue in page.entries {
            if let Some(board) = board.as_ref().filter(|it| it.number == issue.number) {
                if board.digest != board_digest(&issue.now.snapshot.body) {
                    let at = issue.now.updated_at;
                    let told = News::BoardEdited { at };
                    news.push(told.delivery(Self::board_of(key), self.now())?);
                }
                continue;
            }
            if differs(shown.get(&issue.number), &issue, repository) {
                let to = Key::item(key.installation, key.repo, issue.number);
                let told = News::Listed {
                    snapshot: Box::new(issue.now.snapshot),
                    updated_at: issue.now.updated_at,
                };
                news.push(told.delivery(to, self.now())?);
            }
        }
        self.found(news).await?;
        Ok((numbers, page.more.then(|| next(from, last))))
    }

    /// A page of comments; where the list goes on.
    pub(super) async fn compare_comments(
        &self,
        key: Key,
        repository: &Repository,
        from: ListFrom,
    ) -> Result<Option<ListFrom>, StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let own = self.shared.forge.own_account().await?;
        let page = self.shared.forge.comments(&repo, from).await?;
        let numbers: BTreeSet<ItemNumber> = page.entries.iter().map(|it| it.number).collect();
        let numbers: Vec<ItemNumber> = numbers.into_iter().collect();
        let shown = self.shown_of(key, &numbers).await?;
        let last = page.entries.last().map(|comment| comment.updated_at);
        let mut news = Vec::new();
        for comment in page.entries {
            let to = Key::item(key.installation, key.repo, comment.number);
            let shown = shown.get(&comment.number);
            let told = if comment.author.id == own.id {
                ours_edited(shown, &comment)
            } else {
                unanswered(shown, comment, repository)
            };
            if let Some(told) = told {
                news.push(told.delivery(to, self.now())?);
            }
        }
        self.found(news).await?;
        Ok(page.more.then(|| next(from, last)))
    }

    /// Whether comments of our own are still there; the last item that was asked about, if there may
    /// be more.
    pub(super) async fn compare_ours(
        &self,
        key: Key,
        repository: &Repository,
        after: ItemNumber,
    ) -> Result<Option<ItemNumber>, StepError> {
        let rows = self
            .shared
            .store
            .load_items(key.installation, key.repo)
            .await?;
        let mut asked: BTreeMap<String, (ItemNumber, CommentId)> = BTreeMap::new();
        let mut last = None;
        for (number, row) in rows.into_iter().filter(|(number, _)| *number > after.0) {
            let shown: Shown = serde_json::from_str(&row.shown)?;
            let ours = shown.comments.into_values();
            let ours: Vec<_> = ours
                .filter(|said| !said.node.is_empty())
                .filter_map(|said| Some((said.node, (ItemNumber(number), said.id?))))
                .collect();
            if asked.len() + ours.len() > AT_ONCE && !asked.is_empty() {
                break;
            }
            asked.extend(ours);
            last = Some(ItemNumber(number));
        }
        if asked.is_empty() {
            return Ok(None);
        }
        let repo = repository.reference(key.installation, key.repo);
        let nodes: Vec<String> = asked.keys().cloned().collect();
        let missing = self.shared.forge.missing(&repo, &nodes).await?;
        let gone = missing.iter().filter_map(|node| asked.get(node));
        let news = gone.map(|(number, comment)| {
            let to = Key::item(key.installation, key.repo, *number);
            News::OursDeleted { comment: *comment }.delivery(to, self.now())
        });
        let news = news.collect::<Result<Vec<_>, _>>()?;
        self.found(news).await?;
        Ok(last)
    }

    /// Versions of models that were tagged unheard: of more than three at once GitHub tells of none.
    pub(super) async fn compare_tags(
        &self,
        key: Key,
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let registry = self.registry(key).await?;
        for model in registry.models() {
            let versions = format!("{model}@");
            for name in self.shared.forge.tags(&repo, &versions).await? {
                let tag = ModelTag::parse(&name);
                if matches!(&tag, Some(ModelTag::Version(of)) if registry.release(of).is_none()) {
                    self.take_unheard_tag(&repo, &name, repository, step)
                        .await?;
                }
            }
        }
        Ok(())
    }

    async fn take_unheard_tag(
        &self,
        repo: &RepoRef,
        name: &str,
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        if let Some(commit) = self.shared.forge.tag(repo, name).await? {
            let now = (self.now(), None);
            self.take_tag(name, Some(commit), now, repository, step)
                .await?;
        }
        Ok(())
    }

    /// What is known and not listed is looked for.
    pub(super) async fn tell_unlisted(
        &self,
        key: Key,
        listed: &BTreeSet<ItemNumber>,
    ) -> Result<(), StepError> {
        let at = self.now();
        let rows = self
            .shared
            .store
            .load_items(key.installation, key.repo)
            .await?;
        let mut news = Vec::new();
        for (number, row) in rows {
            let gone = super::items::state(&row.doc).is_some_and(|item| item.gone);
            if !gone && !listed.contains(&ItemNumber(number)) {
                let to = Key::item(key.installation, key.repo, ItemNumber(number));
                news.push(News::Unlisted { at }.delivery(to, at)?);
            }
        }
        let board = self.board_issue(key).await?;
        if board.is_some_and(|board| !listed.contains(&board.number)) {
            let told = News::BoardEdited { at };
            news.push(told.delivery(Self::board_of(key), at)?);
        }
        self.found(news).await
    }

    async fn found(&self, news: Vec<NewDelivery>) -> Result<(), StepError> {
        self.shared.metrics.swept(news.len() as u64);
        Ok(self.shared.store.deliver(news).await?)
    }

    /// What GitHub showed of these items when they were looked at last.
    async fn shown_of(
        &self,
        key: Key,
        numbers: &[ItemNumber],
    ) -> Result<BTreeMap<ItemNumber, Shown>, StepError> {
        let rows = self
            .shared
            .store
            .items_numbered(key.installation, key.repo, numbers)
            .await?;
        let shown = rows.into_iter().map(|(number, row)| {
            let shown = serde_json::from_str::<Shown>(&row.shown)?;
            Ok((number, shown))
        });
        shown.collect()
    }

    /// The issue in which the board is drawn, if it is.
    pub(super) async fn board_issue(&self, key: Key) -> Result<Option<BoardShown>, StepError> {
        let store = &self.shared.store;
        let row = store.load_item(key.installation, key.repo, 0).await?;
        let shown = row.map(|row| serde_json::from_str::<Shown>(&row.shown));
        Ok(shown.transpose()?.and_then(|shown| shown.board))
    }
}

/// Whether a list tells of an issue what no event has told.
fn differs(shown: Option<&Shown>, issue: &ListedIssue, repository: &Repository) -> bool {
    let (now, at) = (&issue.now.snapshot, issue.now.updated_at);
    let labels: BTreeSet<String> = now
        .labels
        .iter()
        .map(|label| repository.canonical(label))
        .filter(|label| Label::parse(label).is_some())
        .collect();
    let Some(shown) = shown else {
        let is_kind = |label: &String| matches!(Label::parse(label), Some(Label::Kind(_)));
        return now.created_at >= repository.since || labels.iter().any(is_kind);
    };
    let Some(before) = &shown.picture else {
        return true;
    };
    if before.at > at {
        return false;
    }
    let there = shown.labels.iter().filter(|(_, label)| label.there);
    let there: BTreeSet<&String> = there.map(|(label, _)| label).collect();
    let known = labels.len() == there.len() && labels.iter().all(|label| there.contains(label));
    let state = shown.open == Some(now.closed.is_none());
    let born = shown.opening_heard || now.created_at < repository.since;
    let picture = before.at == at && before.digest == Picture::of(now, at).digest;
    !(picture && known && state && born)
}

/// Whether a comment of ours reads otherwise than as we left it.
fn ours_edited(shown: Option<&Shown>, comment: &ListedComment) -> Option<News> {
    let mut said = shown?.comments.values();
    let said = said.find(|said| said.id == Some(comment.id))?;
    (said.digest != digest(&comment.body)).then_some(News::OursEdited {
        comment: comment.id,
        updated_at: comment.updated_at,
    })
}

/// Whether somebody's comment may hold commands that were not heard.
fn unanswered(
    shown: Option<&Shown>,
    comment: ListedComment,
    repository: &Repository,
) -> Option<News> {
    // The first lists reach back behind labhand's coming.
    if comment.updated_at < repository.since {
        return None;
    }
    let prefix = repository.policy_at(comment.updated_at).prefix.as_deref();
    let answered = shown
        .and_then(|shown| shown.reactions.get(&comment.id.0))
        .is_some_and(|ours| ours.contains(&Reaction::Rocket) || ours.contains(&Reaction::Confused));
    let heard = answered && !comment.was_edited();
    (!heard && !command::read(&comment.body, prefix).is_empty()).then_some(News::Comment(comment))
}
