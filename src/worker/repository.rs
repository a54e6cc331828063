//! What concerns a repository as a whole: its policy, its labels, its name, and checks that
//! somebody asks for.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::kept::Repository;
use super::{LEASE, StepError, Worker};
use crate::domain::ids::{CommitSha, ItemNumber};
use crate::domain::policy::{self, Layer};
use crate::forge::github::payload;
use crate::forge::{Call, Check, Conclusion, Forge, Happening, Heard, RepoHappening, RepoNow};
use crate::store::{Key, Lease, Step};
use crate::view;

/// The policy of a repository, on its default branch.
const POLICY_FILE: &str = ".github/labhand.yml";

/// The defaults of an organisation, in its `.github` repository.
const ORGANISATION_FILE: &str = "labhand.yml";

/// While another worker takes a repository up, it is looked for so often…
const LOOKS_FOR_OTHER: u32 = 20;

/// …at this distance.
const SOON: SignedDuration = SignedDuration::from_millis(500);

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
                self.shared.store.finish(&lease, None).await?;
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
        let Some(repository) = self.kept_or_seen(lease.key, seen).await? else {
            return Ok(None);
        };
        let mut step = Step::new(lease, self.now());
        step.repos.push(repository.saved(lease.key.repo)?);
        self.shared.store.apply(step).await?;
        Ok(Some(repository))
    }

    /// The repository under its own lease, complete; `None` if nothing is known of it.
    async fn kept_or_seen(
        &self,
        key: Key,
        seen: Option<(&RepoNow, Timestamp)>,
    ) -> Result<Option<Repository>, StepError> {
        let kept = self
            .shared
            .store
            .load_repo(key.installation, key.repo)
            .await?;
        let mut repository = match (kept, seen) {
            (Some(doc), _) => serde_json::from_str(&doc)?,
            (None, Some((now, at))) => Repository::new(now.clone(), at),
            (None, None) => return Ok(None),
        };
        if repository.is_taken_up() || repository.removed {
            return Ok(Some(repository));
        }
        let repo = repository.reference(key.installation, key.repo);
        repository.now = self.shared.forge.repository(&repo).await?;
        self.read_policy(&mut repository, key, Timestamp::MIN)
            .await?;
        repository.labels = Some(BTreeMap::new());
        for (label, spec) in self.shared.forge.labels(&repo).await? {
            repository.define_label(label, spec);
        }
        tracing::info!(repo = %repository.now.name, "took up a repository");
        Ok(Some(repository))
    }

    /// Reads both policy files. A good policy counts from `since`; a bad one is shown and changes nothing.
    async fn read_policy(
        &self,
        repository: &mut Repository,
        key: Key,
        since: Timestamp,
    ) -> Result<(), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let forge = &self.shared.forge;
        let own = forge.file(&repo, &repo.name, POLICY_FILE).await?;
        let shared = match format!("{}/.github", repo.name.owner()).parse() {
            Ok(organisation) => forge.file(&repo, &organisation, ORGANISATION_FILE).await?,
            Err(_) => None,
        };
        let origin = format!("{}/.github/{ORGANISATION_FILE}", repo.name.owner());
        let layers: Vec<Layer<'_>> = [(origin.as_str(), &shared), (POLICY_FILE, &own)]
            .into_iter()
            .filter_map(|(origin, text)| text.as_deref().map(|text| Layer { origin, text }))
            .collect();
        repository.has_policy_file = own.is_some();
        match policy::parse(&layers) {
            Ok(policy) => {
                repository.policy_problem = None;
                if repository
                    .policies
                    .last()
                    .is_none_or(|(_, last)| *last != policy)
                {
                    repository.policies.push((since, policy));
                }
            }
            Err(errors) => {
                let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
                repository.policy_problem = Some(lines.join("\n"));
            }
        }
        Ok(())
    }

    /// Looks at a repository.
    pub(super) async fn step_repository(
        &self,
        lease: &Lease,
    ) -> Result<Option<Timestamp>, StepError> {
        let Key {
            installation,
            repo: id,
            ..
        } = lease.key;
        let stored = self.shared.store.unhandled(lease.key).await?;
        let mut step = Step::new(lease, self.now());
        let mut heard = Vec::new();
        let mut seen = None;
        for delivery in &stored {
            let outcome = match payload::read(&delivery.event, &delivery.body, delivery.received_at)
            {
                Ok(read) => {
                    if !read.known {
                        self.ignored(&delivery.event, read.action.as_deref());
                    }
                    seen = seen.or(read.repo.map(|repo| (repo.now, delivery.received_at)));
                    heard.extend(read.heard);
                    if read.known { "done" } else { "ignored" }
                }
                Err(error) => self.unreadable(&error),
            };
            step.handled.push((delivery.seq, outcome.to_owned()));
        }
        let seen = seen.as_ref().map(|(now, at)| (now, *at));
        let Some(mut repository) = self.kept_or_seen(lease.key, seen).await? else {
            self.shared.store.apply(step).await?;
            return Ok(None);
        };
        let board = Self::board_of(lease.key);
        let (mut checks, mut rerequested) = (Vec::new(), Vec::new());
        for Heard { at, what, .. } in heard {
            let Happening::Repo(what) = what else {
                continue;
            };
            match what {
                RepoHappening::PolicyMayHaveChanged => {
                    let before = (repository.policies.len(), repository.policy_problem.clone());
                    self.read_policy(&mut repository, lease.key, at).await?;
                    if before != (repository.policies.len(), repository.policy_problem.clone()) {
                        // Teams that it names now were not asked about before.
                        self.shared.people.forget(installation);
                        step.wake.push((board, self.now()));
                        step.wake.extend(self.all_items(lease.key).await?);
                    }
                }
                RepoHappening::Label {
                    id,
                    spec: Some(spec),
                } => repository.define_label(id, spec),
                RepoHappening::Label { id, spec: None } => {
                    repository.labels.get_or_insert_default().remove(&id);
                }
                RepoHappening::Repository(now) => repository.now = now,
                RepoHappening::Installed { on_all } => {
                    repository.removed = false;
                    repository.on_all = on_all;
                }
                RepoHappening::Removed => repository.removed = true,
                RepoHappening::PeopleChanged => self.shared.people.forget(installation),
                RepoHappening::Milestone => step.wake.push((board, self.now())),
                RepoHappening::MergeGroup { head, pulls, .. } => checks.push((head, pulls)),
                RepoHappening::CheckRerequested { head } => rerequested.push(head),
            }
        }
        step.repos.push(repository.saved(id)?);
        // A queue's commit is answered before its delivery is done with, so that a crash between
        // the two asks again; the same check on the same commit twice is one check.
        if repository.acts() {
            for (head, pulls) in checks {
                self.answer_merge_group(lease.key, &repository, &head, &pulls)
                    .await?;
            }
            for head in rerequested {
                self.answer_rerequest(lease.key, &repository, &head).await?;
            }
        }
        self.shared.store.apply(step).await?;
        Ok(None)
    }

    /// A queue's commit bears the worst of its pull requests' checks.
    async fn answer_merge_group(
        &self,
        key: Key,
        repository: &Repository,
        head: &CommitSha,
        pulls: &[ItemNumber],
    ) -> Result<(), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let mut checks: BTreeMap<String, Check> = BTreeMap::new();
        for number in pulls {
            let Some(item) = self.item_now(key, *number).await? else {
                continue;
            };
            let linked = self.linked_items(key, &item).await?;
            let context = self.context(repository, &linked);
            for check in view::item(&item, &context).checks {
                let blocks = check.conclusion == Conclusion::Failure;
                if blocks || !checks.contains_key(&check.name) {
                    checks.insert(
                        check.name.clone(),
                        Check {
                            sha: head.clone(),
                            ..check
                        },
                    );
                }
            }
        }
        for check in checks.into_values() {
            self.shared
                .pace
                .turn(key.installation, &self.shared.clock)
                .await;
            let call = Call::WriteCheck {
                existing: None,
                check,
            };
            if self.shared.forge.find(&repo, &call).await?.is_none() {
                self.shared.forge.perform(&repo, &call).await?;
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

    /// GitHub waits for a check that somebody asks for again, even if it has nothing new to say.
    async fn answer_rerequest(
        &self,
        key: Key,
        repository: &Repository,
        head: &CommitSha,
    ) -> Result<(), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        for (item, shown) in self.pulls_with_head(key, head).await? {
            let linked = self.linked_items(key, &item).await?;
            let same_head = self.same_head(key, &item).await?;
            let mut context = self.context(repository, &linked);
            context.same_head = &same_head;
            for check in view::item(&item, &context).checks {
                // One that was never written is the pull request's own next call.
                let existing = view::shown_check(&shown, &check);
                if existing.is_none() {
                    continue;
                }
                self.shared
                    .pace
                    .turn(key.installation, &self.shared.clock)
                    .await;
                let call = Call::WriteCheck { existing, check };
                self.shared.forge.perform(&repo, &call).await?;
            }
        }
        Ok(())
    }

    /// An action that labhand does not know is counted, and that is all.
    pub(super) fn ignored(&self, event: &str, action: Option<&str>) {
        self.shared
            .metrics
            .action_ignored(event, action.unwrap_or_default());
    }

    /// Puts a delivery aside that is not what GitHub documents; its body stays out of the log.
    pub(super) fn unreadable(&self, error: &payload::Unreadable) -> &'static str {
        tracing::error!(%error, "a delivery cannot be read and is put aside");
        self.shared.metrics.put_aside(1);
        "unreadable"
    }
}
