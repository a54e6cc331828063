//! What concerns a repository as a whole: its policy, its labels, its name, and checks that
//! somebody asks for.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::kept::Repository;
use super::policy_files::ORGANISATION;
use super::{StepError, Worker};
use crate::domain::ids::{CommitSha, ItemNumber};
use crate::forge::github::payload;
use crate::forge::{
    Call, CallError, Check, Conclusion, Forge, Happening, Heard, RepoHappening, RepoRef,
};
use crate::store::{Key, Lease, Step};
use crate::view;

/// What deliveries ask for beside what they say.
#[derive(Debug, Default)]
struct Asked {
    /// The policy may be another one since then.
    policy_since: Option<Timestamp>,
    /// Who is in which team, or may do what, may be otherwise.
    people_changed: bool,
    /// Commits of a merge queue, and the pull requests that each would merge.
    queued: Vec<(CommitSha, Vec<ItemNumber>)>,
    /// Commits whose checks somebody asks for again.
    rerequested: Vec<CommitSha>,
}

impl<F: Forge> Worker<F> {
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
        let mut in_doubt = false;
        let mut seen = None;
        for delivery in &stored {
            let outcome = match payload::read(&delivery.event, &delivery.body, delivery.received_at)
            {
                Ok(read) => {
                    if !read.known {
                        self.ignored(&delivery.event, read.action.as_deref());
                    }
                    seen = seen.or(read.repo.map(|repo| (repo.now, delivery.received_at)));
                    if delivery.seen_before {
                        in_doubt = true;
                    } else {
                        let digest = hex::encode(&delivery.digest[..12]);
                        heard.extend(read.heard.into_iter().map(|heard| (digest.clone(), heard)));
                    }
                    if read.known { "done" } else { "ignored" }
                }
                Err(error) => self.unreadable(&error),
            };
            step.handled.push((delivery.seq, outcome.to_owned()));
        }
        let seen = seen.as_ref().map(|(now, at)| (now, *at));
        let known = self.kept_or_seen(lease.key, seen, !heard.is_empty(), in_doubt);
        let Some(known) = known.await? else {
            self.shared.store.apply(step).await?;
            return Ok(None);
        };
        let (before, mut repository) = (known.before, known.now);
        let mut asked = Asked::default();
        for (digest, heard) in heard {
            self.take(heard, &digest, &mut repository, &mut asked, &mut step)
                .await?;
        }
        // Several pushes at once are read once: what is there now counts from the last one.
        if let Some(since) = asked.policy_since.filter(|_| !repository.removed) {
            self.read_policy(&mut repository, lease.key, since).await?;
        }
        if asked.people_changed {
            self.shared.people.forget(installation);
        }
        let people_changed = asked.people_changed && repository.teams_due().is_some();
        if people_changed || repository.teams_due().is_some_and(|due| due <= self.now()) {
            self.read_teams(&mut repository, lease.key).await?;
        }
        self.tell_items(before, &repository, &mut step).await?;
        step.repos.push(repository.saved(id)?);
        // A queue's commit is answered before its delivery is done with, so that a crash between
        // the two asks again; the same check on the same commit twice is one check.
        if repository.acts() {
            for (head, pulls) in asked.queued {
                self.answer_merge_group(lease.key, &repository, &head, &pulls)
                    .await?;
            }
            for head in asked.rerequested {
                self.answer_rerequest(lease.key, &repository, &head).await?;
            }
        }
        self.shared.store.apply(step).await?;
        let teams = repository.teams_due();
        let sweep = self.sweep(lease, repository).await?;
        Ok(teams.into_iter().chain(sweep).min())
    }

    /// Takes in one thing that was heard; what has to be asked or answered for it comes after all.
    async fn take(
        &self,
        heard: Heard,
        digest: &str,
        repository: &mut Repository,
        asked: &mut Asked,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let Heard { at, what, by, .. } = heard;
        let Happening::Repo(what) = what else {
            return Ok(());
        };
        match what {
            RepoHappening::PolicyMayHaveChanged => {
                asked.policy_since = asked.policy_since.max(Some(at));
                if repository.now.name.name() == ORGANISATION {
                    let owner = repository.now.name.owner();
                    self.tell_organisation(owner, at, digest, step).await?;
                }
            }
            RepoHappening::Label {
                id,
                spec: Some(spec),
            } => repository.define_label(id, spec),
            RepoHappening::Label { id, spec: None } => {
                repository.labels.get_or_insert_default().remove(&id);
            }
            RepoHappening::Repository(now) => {
                if repository.as_of.is_none_or(|as_of| as_of <= at) {
                    repository.now = now;
                    repository.as_of = Some(at);
                }
            }
            RepoHappening::Installed { on_all } => {
                repository.removed = false;
                repository.on_all = on_all;
            }
            RepoHappening::Removed => repository.removed = true,
            RepoHappening::PeopleChanged => asked.people_changed = true,
            RepoHappening::Milestone { number, now } => {
                self.take_milestone(repository, number, now, at, step)
                    .await?;
            }
            RepoHappening::MergeGroup { head, pulls, .. } => asked.queued.push((head, pulls)),
            RepoHappening::CheckRerequested { head } => asked.rerequested.push(head),
            RepoHappening::Release(release) => {
                self.take_release(release, (at, by), repository, step)
                    .await?;
            }
            RepoHappening::Tag { name, commit } => {
                self.take_tag(&name, commit, (at, by), repository, step)
                    .await?;
            }
            RepoHappening::Deployed(deployed) => {
                let key = step.lease.key;
                self.take_deployment(key, &deployed, (at, by), repository, step)
                    .await?;
            }
        }
        Ok(())
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
            let registry = self.registry_for(key, &item).await?;
            let mut context = self.context(key, repository, &linked);
            context.registry = &registry;
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
            let call = Call::WriteCheck {
                existing: None,
                check,
            };
            if self.shared.forge.find(&repo, &call).await?.is_none() {
                self.write_check(key, &repo, &call).await?;
            }
        }
        Ok(())
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
            let mut context = self.context(key, repository, &linked);
            context.same_head = &same_head;
            let registry = self.registry_for(key, &item).await?;
            context.registry = &registry;
            for check in view::item(&item, &context).checks {
                // One that was never written is the pull request's own next call.
                let existing = view::shown_check(&shown, &check);
                if existing.is_none() {
                    continue;
                }
                self.write_check(key, &repo, &Call::WriteCheck { existing, check })
                    .await?;
            }
        }
        Ok(())
    }

    /// A check that GitHub refuses, or whose commit is gone, must not stop what else the
    /// repository was told.
    async fn write_check(&self, key: Key, repo: &RepoRef, call: &Call) -> Result<(), StepError> {
        self.turn(key, call).await?;
        match self.shared.forge.perform(repo, call).await {
            Ok(_) => Ok(()),
            Err(error @ (CallError::Refused { .. } | CallError::Missing(_))) => {
                tracing::warn!(repo = %repo.name, %error, "a check that was asked for is not written");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
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
