//! The sweep: what no event has told is found by comparing a repository with GitHub. It begins
//! within a minute of a start, for what happened meanwhile, and from then on once a day at the
//! repository's own time. What has changed since the last one is listed, and once a week all of it:
//! what was deleted, or moved away unheard, shows only in what is not listed.
//!
//! It goes on page by page under the repository's own key. What it finds it puts into the inbox
//! ([`News`]), and so it may be cut anywhere, and what it finds twice takes no effect twice.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::budget::Purpose;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::ids::{ItemNumber, RepoId};
use crate::forge::{CallError, Forge, ListFrom, digest};
use crate::store::{Key, Lease, Step, StoreError};

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
pub fn next(from: ListFrom, last: Option<Timestamp>) -> ListFrom {
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
