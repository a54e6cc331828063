//! Releases and tags that people make: those that are called like a version register it, and those that are
//! called like a stage say what is there. What labhand has made itself it knows already.

use jiff::Timestamp;

use super::kept::Repository;
use super::models::stored;
use super::{StepError, Worker};
use crate::domain::actor::User;
use crate::domain::fact::FactId;
use crate::domain::ids::CommitSha;
use crate::domain::registry::{ModelEvent, ModelFact, Released};
use crate::domain::version::{ModelTag, ModelVersion};
use crate::forge::{CallError, Forge, ReleaseHeard, ReleaseNews};
use crate::store::Step;

impl<F: Forge> Worker<F> {
    /// A release was published or withdrawn.
    pub(super) async fn take_release(
        &self,
        heard: ReleaseHeard,
        (at, by): (Timestamp, Option<User>),
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let Some(ModelTag::Version(of)) = ModelTag::parse(&heard.tag) else {
            return Ok(());
        };
        if self.is_own(by.as_ref()).await? {
            return Ok(());
        }
        let (id, what) = match heard.news {
            ReleaseNews::Published => {
                let told = Released {
                    of: of.clone(),
                    // The payload names a branch, or whatever was typed there.
                    commit: self.commit_of_tag(&heard.tag, repository, step).await?,
                    url: Some(heard.url),
                    title: heard.title,
                    draft: false,
                };
                ("release", ModelEvent::Released(Box::new(told)))
            }
            ReleaseNews::Withdrawn => ("unrelease", ModelEvent::Withdrawn { of: of.clone() }),
            ReleaseNews::DraftDeleted => {
                let registry = self.registry(step.lease.key).await?;
                let known = registry.release(&of).and_then(|it| it.url.as_ref());
                if known != Some(&heard.url) {
                    return Ok(());
                }
                ("undraft", ModelEvent::Withdrawn { of: of.clone() })
            }
        };
        self.take_version(&of, id, what, (at, by), step).await
    }

    /// A tag was made or deleted.
    pub(super) async fn take_tag(
        &self,
        name: &str,
        commit: Option<CommitSha>,
        (at, by): (Timestamp, Option<User>),
        repository: &Repository,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let Some(tag) = ModelTag::parse(name) else {
            return Ok(());
        };
        if self.is_own(by.as_ref()).await? {
            return Ok(());
        }
        match tag {
            ModelTag::Version(of) => {
                let (id, what) = match commit {
                    Some(commit) => ("tag", tagged(&of, commit)),
                    None => ("untag", ModelEvent::Withdrawn { of: of.clone() }),
                };
                self.take_version(&of, id, what, (at, by), step).await
            }
            ModelTag::Stage {
                model,
                stage,
                count,
            } => {
                let stages = &repository.policy_at(at).model_stages;
                let same = |known: &&String| known.eq_ignore_ascii_case(&stage);
                // What ran has run, whatever becomes of the tag that said so.
                let (Some(stage), Some(commit)) = (stages.iter().find(same).cloned(), commit)
                else {
                    return Ok(());
                };
                let what = ModelEvent::Assigned {
                    model,
                    stage,
                    count,
                    commit,
                };
                self.take_assignment(name, what, (at, by), step).await
            }
        }
    }

    /// A commit is what is in a stage from now on.
    async fn take_assignment(
        &self,
        tag: &str,
        what: ModelEvent,
        (at, by): (Timestamp, Option<User>),
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let key = step.lease.key;
        let registry = self.registry(key).await?;
        if let ModelEvent::Assigned { model, commit, .. } = &what
            && let Some(version) = registry.version_at(model, commit)
        {
            let model = model.clone();
            let of = ModelVersion { model, version };
            self.wake_items(key, &registry.concerned_by_moving(&of), step);
        }
        step.wake.push((Self::board_of(key), self.now()));
        let fact = ModelFact {
            id: FactId(format!("assigned:{tag}:{}", at.as_second())),
            at,
            by,
            what,
        };
        step.facts.push(stored(key, &fact)?);
        Ok(())
    }

    /// Something became of a version's tag or release.
    async fn take_version(
        &self,
        of: &ModelVersion,
        id: &str,
        what: ModelEvent,
        (at, by): (Timestamp, Option<User>),
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let key = step.lease.key;
        let registry = self.registry(key).await?;
        self.wake_items(key, &registry.concerned_by_moving(of), step);
        step.wake.push((Self::board_of(key), self.now()));
        let fact = ModelFact {
            id: FactId(format!("{id}:{of}:{}", at.as_second())),
            at,
            by,
            what,
        };
        step.facts.push(stored(key, &fact)?);
        Ok(())
    }

    async fn is_own(&self, by: Option<&User>) -> Result<bool, StepError> {
        let own = self.shared.forge.own_account().await?;
        Ok(by.is_some_and(|by| by.id == own.id))
    }

    /// What a release's tag is at; `None`: it is gone again.
    async fn commit_of_tag(
        &self,
        tag: &str,
        repository: &Repository,
        step: &Step<'_>,
    ) -> Result<Option<CommitSha>, StepError> {
        let key = step.lease.key;
        let repo = repository.reference(key.installation, key.repo);
        match self.shared.forge.tag(&repo, tag).await {
            Ok(commit) => Ok(commit),
            Err(CallError::Missing(_) | CallError::Refused { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A version has a tag, and no release yet.
fn tagged(of: &ModelVersion, commit: CommitSha) -> ModelEvent {
    ModelEvent::Released(Box::new(Released {
        of: of.clone(),
        commit: Some(commit),
        url: None,
        title: None,
        draft: false,
    }))
}
