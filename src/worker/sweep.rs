//! The sweep: what no event has told is found by comparing a repository with GitHub. It begins
//! within a minute of a start, for what happened meanwhile, and from then on once a day at the
//! repository's own time. What has changed since the last one is listed, and once a week all of it:
//! what was deleted, or moved away unheard, shows only in what is not listed.
//!
//! It goes on page by page under the repository's own key. What it finds it puts into the inbox
//! ([`News`]), and so it may be cut anywhere, and what it finds twice takes no effect twice.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::budget::Purpose;
use super::kept::{Repository, Stale};
use super::sprints::milestone_is;
use super::swept::News;
use super::{StepError, Worker};
use crate::command;
use crate::domain::ids::{CommentId, ItemNumber, RepoId};
use crate::domain::labels::Label;
use crate::domain::version::ModelTag;
use crate::forge::{
    BoardShown, CallError, Forge, ListFrom, ListedComment, ListedIssue, Picture, Reaction, RepoRef,
    Shown, digest,
};
use crate::store::{Key, Lease, NewDelivery, Step, StoreError};
use crate::view::board_digest;

/// After a start the sweeps of all repositories begin within this time.
const AT_START: u64 = 60;

/// A sweep a day, each repository at a time of its own.
const DAY: u64 = 24 * 60 * 60;

/// Two sweeps of a day are not nearer than this.
const APART: SignedDuration = SignedDuration::from_hours(1);

/// When all of a repository is listed again.
const WHOLE_EVERY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Of what changed at the same time as a list was read, it may not have told yet.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);

/// As many comments as one question can be about.
const AT_ONCE: usize = 1_000;

/// What a repository remembers of its sweeps.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sweep {
    /// When the last one began that came to its end.
    done_from: Option<Timestamp>,
    /// When the last one began that has listed all.
    whole_from: Option<Timestamp>,
    under_way: Option<UnderWay>,
}

/// One that has not come to its end.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UnderWay {
    began: Timestamp,
    stage: Stage,
}

/// How far it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Stage {
    /// The repository itself: its name, policy, labels and milestones.
    Repository,
    /// What has changed.
    Issues(ListFrom),
    /// Comments that were written or edited.
    Comments(ListFrom),
    /// Comments of our own, of the items after this one.
    Ours { after: ItemNumber },
    /// Tags of its models.
    Tags,
    /// All issues; those were listed already.
    Whole {
        from: ListFrom,
        listed: BTreeSet<ItemNumber>,
    },
}

/// What is to be done, and when.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// One is under way, or due.
    Now(Stage),
    At(Timestamp),
}

impl Sweep {
    /// What is to be done at a time: `started` is when this process has begun to sweep, `since` when
    /// labhand came to the repository.
    fn plan(&self, repo: RepoId, since: Timestamp, started: Timestamp, now: Timestamp) -> Plan {
        if let Some(under_way) = &self.under_way {
            return Plan::Now(under_way.stage.clone());
        }
        let last = self.done_from.unwrap_or(since);
        let daily = if last < started {
            later(started, spread(repo, AT_START))
        } else {
            own_time(repo, later(last, APART))
        };
        if daily <= now {
            return Plan::Now(Stage::Repository);
        }
        let whole = later(self.whole_from.unwrap_or(since), WHOLE_EVERY);
        if whole <= now {
            return Plan::Now(Stage::Whole {
                from: BEGINNING,
                listed: BTreeSet::new(),
            });
        }
        Plan::At(daily.min(whole))
    }

    /// From when on lists are to be read.
    fn since(&self, since: Timestamp) -> ListFrom {
        let last = self.done_from.unwrap_or(since);
        ListFrom {
            since: Some(last.checked_sub(OVERLAP).unwrap_or(Timestamp::MIN)),
            page: 1,
        }
    }

    fn go_on(&mut self, stage: Stage, now: Timestamp) {
        let began = self.under_way.as_ref().map_or(now, |it| it.began);
        self.under_way = Some(UnderWay { began, stage });
    }

    fn end(&mut self) {
        if let Some(UnderWay { began, stage }) = self.under_way.take() {
            match stage {
                Stage::Whole { .. } => self.whole_from = Some(began),
                Stage::Repository
                | Stage::Issues(_)
                | Stage::Comments(_)
                | Stage::Ours { .. }
                | Stage::Tags => self.done_from = Some(began),
            }
        }
    }
}

/// All of a list.
const BEGINNING: ListFrom = ListFrom {
    since: None,
    page: 1,
};

/// Where a list goes on. What changes while it is read moves to its end, and so would its pages: the
/// next question is what has changed since the last entry.
fn next(from: ListFrom, last: Option<Timestamp>) -> ListFrom {
    match last {
        Some(last) if from.since.is_none_or(|since| since < last) => ListFrom {
            since: Some(last),
            page: 1,
        },
        Some(_) | None => ListFrom {
            page: from.page.saturating_add(1),
            ..from
        },
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// A part of so many seconds that is the repository's own.
fn spread(repo: RepoId, seconds: u64) -> SignedDuration {
    let own = u32::from_str_radix(&digest(&repo.to_string())[..8], 16).unwrap_or_default();
    let part = u64::from(own) % seconds;
    SignedDuration::from_secs(part.cast_signed())
}

/// The next time of day that is the repository's own.
fn own_time(repo: RepoId, from: Timestamp) -> Timestamp {
    let day = DAY.cast_signed();
    let offset = spread(repo, DAY).as_secs();
    let wait = (offset - from.as_second()).rem_euclid(day);
    later(from, SignedDuration::from_secs(wait))
}

impl<F: Forge> Worker<F> {
    /// Sweeps a repository if it is time, as far as the time of one look suffices; says when to go on.
    pub(super) async fn sweep(
        &self,
        lease: &Lease,
        mut repository: Repository,
    ) -> Result<Option<Timestamp>, StepError> {
        let Some(started) = self.sweeps_since() else {
            return Ok(None);
        };
        let unused = !repository.is_taken_up() && !repository.removed;
        if unused {
            return Ok(None);
        }
        loop {
            let (repo, since) = (lease.key.repo, repository.since);
            let plan = repository.sweep.plan(repo, since, started, self.now());
            let stage = match plan {
                Plan::At(at) => return Ok(Some(at)),
                Plan::Now(_) if self.enough(lease.leased_at) => return Ok(Some(self.now())),
                Plan::Now(stage) => stage,
            };
            self.may_ask(lease.key.installation, Purpose::Background)?;
            repository.sweep.go_on(stage.clone(), self.now());
            let mut step = Step::new(lease, self.now());
            let ahead = self
                .sweep_on(lease, stage, &mut repository, &mut step)
                .await;
            match ahead {
                Ok(Some(next)) => repository.sweep.go_on(next, self.now()),
                Ok(None) => repository.sweep.end(),
                // A list that is refused is so tomorrow; what was found of others counts.
                Err(StepError::Call(
                    error @ (CallError::Refused { .. } | CallError::Missing(_)),
                )) => {
                    tracing::warn!(repo = %repository.now.name, %error, "cannot be compared with GitHub");
                    repository.sweep.end();
                }
                Err(error) => return Err(error),
            }
            step.repos.push(repository.saved(lease.key.repo)?);
            self.shared.store.apply(step).await?;
        }
    }

    /// One request's worth of it; what comes next, `None`: it has come to its end.
    async fn sweep_on(
        &self,
        lease: &Lease,
        stage: Stage,
        repository: &mut Repository,
        step: &mut Step<'_>,
    ) -> Result<Option<Stage>, StepError> {
        let key = lease.key;
        let since = repository.sweep.since(repository.since);
        match stage {
            Stage::Repository => {
                self.compare_repository(key, repository, step).await?;
                Ok(repository.acts().then_some(Stage::Issues(since)))
            }
            Stage::Issues(from) => {
                let (_, next) = self.compare_issues(key, repository, from).await?;
                Ok(Some(next.map_or(Stage::Comments(since), Stage::Issues)))
            }
            Stage::Comments(from) => {
                let next = self.compare_comments(key, repository, from).await?;
                let ours = Stage::Ours {
                    after: ItemNumber(0),
                };
                Ok(Some(next.map_or(ours, Stage::Comments)))
            }
            Stage::Ours { after } => {
                let next = self.compare_ours(key, repository, after).await?;
                let next = next.map(|after| Stage::Ours { after });
                Ok(Some(next.unwrap_or(Stage::Tags)))
            }
            Stage::Tags => {
                self.compare_tags(key, repository, step).await?;
                Ok(None)
            }
            Stage::Whole { from, mut listed } => {
                let (numbers, next) = self.compare_issues(key, repository, from).await?;
                listed.extend(numbers);
                let Some(from) = next else {
                    self.tell_unlisted(key, &listed).await?;
                    return Ok(None);
                };
                Ok(Some(Stage::Whole { from, listed }))
            }
        }
    }

    /// Its name, whether we may still see it, its policy, labels and milestones.
    async fn compare_repository(
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
    async fn compare_issues(
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
    async fn compare_comments(
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
    async fn compare_ours(
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
    async fn compare_tags(
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
    async fn tell_unlisted(
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

    /// Makes every repository due for its first sweep of this process.
    pub(super) async fn begin_sweeps(&self) -> Result<(), StoreError> {
        let started = self.now();
        self.shared.sweeps_since.get_or_init(|| started);
        let repos = self.shared.store.all_repos().await?;
        let keys = repos.into_iter().map(|row| {
            let first = later(started, spread(row.repo, AT_START));
            (Key::repo(row.installation, row.repo), first)
        });
        self.shared.store.wake(keys.collect()).await
    }

    /// When a repository is to be swept next; `None` while nothing is.
    pub(super) fn sweep_due(&self, key: Key, repository: &Repository) -> Option<Timestamp> {
        let (started, now) = (self.sweeps_since()?, self.now());
        let plan = repository
            .sweep
            .plan(key.repo, repository.since, started, now);
        Some(match plan {
            Plan::Now(_) => now,
            Plan::At(at) => at,
        })
    }

    fn sweeps_since(&self) -> Option<Timestamp> {
        self.shared.sweeps_since.get().copied()
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
    let prefix = repository.policy_at(comment.updated_at).prefix.as_deref();
    let answered = shown
        .and_then(|shown| shown.reactions.get(&comment.id.0))
        .is_some_and(|ours| ours.contains(&Reaction::Rocket) || ours.contains(&Reaction::Confused));
    let heard = answered && !comment.was_edited();
    (!heard && !command::read(&comment.body, prefix).is_empty()).then_some(News::Comment(comment))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPO: RepoId = RepoId(42);
    const HOUR: i64 = 3_600;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + HOUR * hours).unwrap()
    }

    fn due(sweep: &Sweep, started: Timestamp, now: Timestamp) -> Option<Timestamp> {
        match sweep.plan(REPO, at(0), started, now) {
            Plan::Now(_) => None,
            Plan::At(at) => Some(at),
        }
    }

    fn swept(sweep: &mut Sweep, now: Timestamp) {
        sweep.go_on(Stage::Repository, now);
        sweep.go_on(Stage::Tags, later(now, SignedDuration::from_mins(5)));
        sweep.end();
    }

    #[test]
    fn a_start_is_followed_by_a_sweep_within_a_minute_and_then_by_one_a_day() {
        let mut sweep = Sweep::default();
        let started = at(10);
        let first = due(&sweep, started, started).unwrap();
        assert!(first < later(started, SignedDuration::from_mins(1)));
        assert_eq!(due(&sweep, started, first), None);
        swept(&mut sweep, first);
        let second = due(&sweep, started, first).unwrap();
        assert!(second.duration_since(first) >= APART);
        swept(&mut sweep, second);
        let third = due(&sweep, started, second).unwrap();
        assert_eq!(third.duration_since(second), SignedDuration::from_hours(24));
    }

    #[test]
    fn the_times_of_day_differ_from_repository_to_repository() {
        let times: BTreeSet<Timestamp> = (1..=500).map(|id| own_time(RepoId(id), at(0))).collect();
        assert!(times.len() > 450, "{}", times.len());
        for time in times {
            assert!(time >= at(0) && time < at(24));
        }
    }

    #[test]
    fn one_that_was_cut_goes_on_and_what_came_meanwhile_is_for_the_next() {
        let mut sweep = Sweep::default();
        sweep.go_on(Stage::Repository, at(1));
        let from = sweep.since(at(0));
        sweep.go_on(Stage::Issues(from), at(2));
        assert_eq!(
            sweep.plan(REPO, at(0), at(1), at(3)),
            Plan::Now(Stage::Issues(from))
        );
        sweep.end();
        let since = sweep.since(at(0)).since.unwrap();
        assert!(since < at(1), "not from when it ended");
    }

    #[test]
    fn all_is_listed_once_a_week() {
        let mut sweep = Sweep::default();
        let started = at(1);
        let mut wholes = Vec::new();
        let mut now = at(1);
        while now < at(24 * 30) {
            match sweep.plan(REPO, at(0), started, now) {
                Plan::Now(Stage::Whole { from, listed }) => {
                    wholes.push(now);
                    sweep.go_on(Stage::Whole { from, listed }, now);
                    sweep.end();
                }
                Plan::Now(_) => swept(&mut sweep, now),
                Plan::At(at) => now = at,
            }
        }
        assert_eq!(wholes.len(), 4, "{wholes:?}");
    }

    #[test]
    fn a_list_goes_on_after_its_last_entry_or_on_the_next_page_of_one_second() {
        let second = next(BEGINNING, Some(at(1)));
        let page_of = |page| ListFrom {
            since: Some(at(1)),
            page,
        };
        assert_eq!(second, page_of(1));
        assert_eq!(next(second, Some(at(1))), page_of(2));
        assert_eq!(next(page_of(2), Some(at(2))).page, 1);
    }
}
