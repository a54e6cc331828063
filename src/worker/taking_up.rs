//! A repository as it is kept: read from GitHub when it is seen for the first time, and changed
//! only by who holds its lease.

use jiff::{SignedDuration, Timestamp};

use super::kept::{Face, News, Repository, Stale, Tiding};
use super::policy_files::PolicyFiles;
use super::{LEASE, StepError, Worker};
use crate::domain::ids::ItemNumber;
use crate::domain::policy;
use crate::forge::{CallError, Forge, RepoNow};
use crate::store::{Key, Lease, Step};

/// While another worker takes a repository up, it is looked for so often…
const LOOKS_FOR_OTHER: u32 = 20;

/// …at this distance.
const SOON: SignedDuration = SignedDuration::from_millis(500);

/// A repository that is known.
pub(super) struct Known {
    /// How it was when it was last stored.
    pub(super) before: Option<Face>,
    pub(super) now: Repository,
}

impl<F: Forge> Worker<F> {
    /// The repository as it is kept, taken up if it is seen for the first time: its policy and
    /// labels are read from GitHub. `None` if nothing is known of it.
    pub(super) async fn repository(
        &self,
        key: Key,
        seen: Option<(&RepoNow, Timestamp)>,
    ) -> Result<Option<Repository>, StepError> {
        let own = Key::repo(key.installation, key.repo);
        for _ in 0..LOOKS_FOR_OTHER {
            if let Some(doc) = self
                .shared
                .store
                .load_repo(own.installation, own.repo)
                .await?
            {
                let repository: Repository = serde_json::from_str(&doc)?;
                if repository.is_taken_up() || repository.removed {
                    return Ok(Some(repository));
                }
            }
            if let Some(lease) = self.shared.store.lease_key(own, self.now(), LEASE).await? {
                let taken_up = self.take_up(&lease, seen).await;
                // Its own deliveries, if there are any, keep it due.
                let due = match &taken_up {
                    Ok(Some(repository)) => {
                        let sweep = self.sweep_due(own, repository);
                        repository.teams_due().into_iter().chain(sweep).min()
                    }
                    Ok(None) | Err(_) => None,
                };
                self.shared.store.finish(&lease, due).await?;
                return taken_up;
            }
            self.shared.clock.sleep_until(self.now() + SOON).await;
        }
        Err(StepError::TakenUpElsewhere)
    }

    async fn take_up(
        &self,
        lease: &Lease,
        seen: Option<(&RepoNow, Timestamp)>,
    ) -> Result<Option<Repository>, StepError> {
        let Some(Known { before, now }) = self.kept_or_seen(lease.key, seen, true, false).await?
        else {
            return Ok(None);
        };
        let mut step = Step::new(lease, self.now());
        self.tell_items(before, &now, &mut step).await?;
        step.repos.push(now.saved(lease.key.repo)?);
        self.shared.store.apply(step).await?;
        Ok(Some(now))
    }

    /// The repository under its own lease, with all that it was told from elsewhere; `None` if
    /// nothing is known of it. One that only was installed with all others is not taken up before
    /// something happens in it.
    pub(super) async fn kept_or_seen(
        &self,
        key: Key,
        seen: Option<(&RepoNow, Timestamp)>,
        in_use: bool,
        in_doubt: bool,
    ) -> Result<Option<Known>, StepError> {
        let store = &self.shared.store;
        let kept = store.load_repo(key.installation, key.repo).await?;
        let kept: Option<Repository> = kept.map(|doc| serde_json::from_str(&doc)).transpose()?;
        let before = kept.as_ref().map(Repository::face);
        let told = store.facts(key.installation, key.repo, 0).await?;
        let told: Vec<Tiding> = told
            .iter()
            .map(|doc| serde_json::from_str(doc))
            .collect::<Result<_, _>>()?;
        let mut repository = match (kept, told.first(), seen) {
            (Some(kept), _, _) => kept,
            (None, Some(told), Some((now, _))) => Repository::new(now.clone(), told.at),
            (None, Some(told), None) => Repository::unseen(told.name.clone(), told.at),
            (None, None, Some((now, at))) => {
                // Its installation was not heard of: that was before anybody listened.
                let mut repository = Repository::new(now.clone(), at);
                let forge = &self.shared.forge;
                repository.on_all = forge.installed_on_all(key.installation).await?;
                repository
            }
            (None, None, None) => return Ok(None),
        };
        let mut stale = repository.take_in(told);
        stale.in_doubt |= in_doubt;
        if !repository.is_taken_up() {
            stale.policy_since = Some(Timestamp::MIN);
            stale.came_back = true;
            if repository.on_all && !in_use && !stale.in_doubt {
                return Ok(Some(Known {
                    before,
                    now: repository,
                }));
            }
        }
        self.refresh(key, &mut repository, stale).await?;
        Ok(Some(Known {
            before,
            now: repository,
        }))
    }

    /// Asks GitHub for all that may not be true any more.
    pub(super) async fn refresh(
        &self,
        key: Key,
        repository: &mut Repository,
        stale: Stale,
    ) -> Result<(), StepError> {
        let forge = &self.shared.forge;
        let repo = repository.reference(key.installation, key.repo);
        let mut policy_since = stale.policy_since;
        if stale.in_doubt {
            repository.removed = match forge.repository(&repo).await {
                Ok(now) => {
                    repository.now = now;
                    false
                }
                Err(CallError::Missing(_)) => true,
                Err(error) => return Err(error.into()),
            };
            repository.on_all = forge.installed_on_all(key.installation).await?;
            policy_since = policy_since.or(Some(self.now()));
        }
        if repository.removed {
            return Ok(());
        }
        let anew = stale.came_back || stale.in_doubt;
        if stale.people {
            self.shared.people.forget(key.installation);
        }
        if stale.came_back && !stale.in_doubt {
            repository.now = forge.repository(&repo).await?;
        }
        if let Some(since) = policy_since {
            self.read_policy(repository, key, since).await?;
        } else if stale.people {
            self.read_teams(repository, key).await?;
        }
        if anew {
            let repo = repository.reference(key.installation, key.repo);
            repository.define_labels(forge.labels(&repo).await?);
            repository.define_milestones(forge.milestones(&repo).await?, self.now());
        }
        if stale.came_back {
            tracing::info!(repo = %repository.now.name, "took up a repository");
        }
        Ok(())
    }

    /// Where its policy has changed, or whether labhand acts here, all items and the board look
    /// different.
    pub(super) async fn tell_items(
        &self,
        before: Option<Face>,
        now: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        if before.as_ref() == Some(&now.face()) {
            return Ok(());
        }
        let key = step.lease.key;
        // Teams that a policy names now were not asked about before.
        self.shared.people.forget(key.installation);
        step.wake.push((Self::board_of(key), self.now()));
        step.wake.extend(self.all_items(key).await?);
        Ok(())
    }

    /// Reads both policy files. A good policy counts from `since`; a bad one is shown and changes
    /// nothing, and so is one that cannot be read at all.
    pub(super) async fn read_policy(
        &self,
        repository: &mut Repository,
        key: Key,
        since: Timestamp,
    ) -> Result<(), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let files = PolicyFiles::of(&self.shared.forge, &repo).await?;
        repository.has_policy_file = files.has_own();
        let layers = match files.layers() {
            Ok(layers) => layers,
            Err(problem) => {
                repository.policy_problem = Some(problem.to_owned());
                return Ok(());
            }
        };
        match policy::parse(&layers) {
            Ok(policy) => {
                repository.enact(policy, since);
                self.read_teams(repository, key).await?;
            }
            Err(errors) => {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                repository.policy_problem = Some(lines.join("\n"));
            }
        }
        Ok(())
    }

    /// The organisation's defaults may have changed: all its repositories that are in use look.
    pub(super) async fn tell_organisation(
        &self,
        owner: &str,
        at: Timestamp,
        digest: &str,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let Key {
            installation, repo, ..
        } = step.lease.key;
        for row in self.shared.store.repos_of(installation).await? {
            let other: Repository = serde_json::from_str(&row.doc)?;
            let is_other = row.repo != repo && other.now.name.owner() == owner;
            if is_other && other.is_taken_up() && !other.removed {
                let tiding = Tiding {
                    id: digest.to_owned(),
                    at,
                    name: other.now.name,
                    what: News::PolicyMayHaveChanged,
                };
                step.facts.push(tiding.stored(row.repo)?);
                step.wake
                    .push((Key::repo(installation, row.repo), self.now()));
            }
        }
        Ok(())
    }

    async fn all_items(&self, key: Key) -> Result<Vec<(Key, Timestamp)>, StepError> {
        let rows = self
            .shared
            .store
            .load_items(key.installation, key.repo)
            .await?;
        let now = self.now();
        let items = rows.into_iter().filter(|(number, _)| *number != 0);
        Ok(items
            .map(|(number, _)| {
                (
                    Key::item(key.installation, key.repo, ItemNumber(number)),
                    now,
                )
            })
            .collect())
    }
}
