//! Publishing what was registered: the release of a version, with its files, and tags. Each creation is an intent
//! before it is a call, and each yield is stored before the next step, so that whatever is cut is
//! taken up where it was; a release that is to be published stays a draft until its files are there.

use jiff::{SignedDuration, Timestamp};

use super::kept::Repository;
use super::models::stored;
use super::show::{Made, may_be_late, slot_of};
use super::{StepError, Worker};
use crate::domain::evidence::TextAt;
use crate::domain::fact::FactId;
use crate::domain::ids::CommitSha;
use crate::domain::item::{Item, ModelMove, Towards};
use crate::domain::policy::TagForm;
use crate::domain::registry::{ModelEvent, ModelFact, Obstacle, PRODUCTION, Registry, Released};
use crate::domain::version::ModelVersion;
use crate::forge::{Call, CallError, Forge, ReleaseCall, RepoRef, Shown, TagCall};
use crate::store::{Lease, Step};
use crate::view::wanted::{Content, WantedFile, WantedRelease};
use crate::view::{self, ReleaseStep, slots};

/// When what GitHub refuses is tried again, since nothing else may happen to what is merged.
const AGAIN_LATER: SignedDuration = SignedDuration::from_hours(6);

/// What became of publishing.
pub(super) enum Publishing {
    /// All is there that is wanted.
    Done,
    /// What was there is gone: look again.
    Again,
    /// Something is in the way; that may pass.
    Later(Timestamp),
    /// What it needs may not be there yet.
    Late(CallError),
    /// The time for one look is up.
    LaterOn,
}

/// What became of a step.
enum Stepped {
    On,
    Stopped(Publishing),
}

impl<F: Forge> Worker<F> {
    /// Makes the release and the tags that an item wants. What is in the way of a release is not in the
    /// way of a stage's tag.
    pub(super) async fn publish(
        &self,
        lease: &Lease,
        wanted: Option<&WantedRelease>,
        item: &Item,
        shown: &mut Shown,
        repository: &Repository,
    ) -> Result<Publishing, StepError> {
        let repo = repository.reference(lease.key.installation, lease.key.repo);
        let mut stopped = None;
        if let Some(wanted) = wanted {
            match self.make_release(lease, &repo, wanted, shown).await? {
                Publishing::Done => {}
                Publishing::Later(at) => stopped = Some(at),
                how @ (Publishing::Again | Publishing::Late(_) | Publishing::LaterOn) => {
                    return Ok(how);
                }
            }
        }
        let clears = stopped.is_none();
        let tagged = self.tag_stages(lease, &repo, item, shown, repository, clears);
        Ok(match (tagged.await?, stopped) {
            (Publishing::Done, Some(at)) => Publishing::Later(at),
            (how, _) => how,
        })
    }

    async fn make_release(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        wanted: &WantedRelease,
        shown: &mut Shown,
    ) -> Result<Publishing, StepError> {
        while let Some(step) = view::next_for_release(shown, wanted) {
            match self.take_step(lease, repo, wanted, step, shown).await {
                Ok(Stepped::On) => {}
                Ok(Stepped::Stopped(how)) => return Ok(how),
                // Reading is refused as well as writing: nothing else of the item waits for it.
                Err(StepError::Call(error @ CallError::Refused { .. })) => {
                    self.hinder(lease, &wanted.of, Some(obstacle(error)))
                        .await?;
                    return Ok(Publishing::Later(self.again_later()));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Publishing::Done)
    }

    async fn take_step(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        wanted: &WantedRelease,
        step: ReleaseStep<'_>,
        shown: &mut Shown,
    ) -> Result<Stepped, StepError> {
        match step {
            ReleaseStep::Tagging(call) => {
                self.step_tagging(lease, repo, wanted, &call, shown).await
            }
            ReleaseStep::File(release, file) => {
                let Some(content) = self.content_of(repo, file, &wanted.commit).await? else {
                    view::without_file(shown, file);
                    return Ok(Stepped::On);
                };
                let attach = Call::Release(ReleaseCall::Attach {
                    release,
                    name: file.name.to_owned(),
                    content,
                });
                self.make_step(lease, repo, &wanted.of, &attach, shown)
                    .await
            }
            ReleaseStep::Tell { url, draft } => {
                self.tell_release(lease, wanted, url, draft).await?;
                shown.release_told = true;
                self.save_shown(lease, shown, None).await?;
                Ok(Stepped::On)
            }
        }
    }

    /// Makes a call that is about the tag, unless that stands at another commit.
    async fn step_tagging(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        wanted: &WantedRelease,
        call: &Call,
        shown: &mut Shown,
    ) -> Result<Stepped, StepError> {
        if !view::is_refused(shown, call, self.now()) {
            let there = self.shared.forge.tag(repo, &wanted.tag).await?;
            if there.is_some_and(|there| there != wanted.commit) {
                view::undone(shown, call, false, self.now());
                self.save_shown(lease, shown, None).await?;
                self.hinder(lease, &wanted.of, Some(Obstacle::TagElsewhere))
                    .await?;
                return Ok(Stepped::Stopped(Publishing::Later(self.again_later())));
            }
        }
        self.make_step(lease, repo, &wanted.of, call, shown).await
    }

    /// Makes one call, and stores what came of it.
    async fn make_step(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        of: &ModelVersion,
        call: &Call,
        shown: &mut Shown,
    ) -> Result<Stepped, StepError> {
        let stopped = |how| Ok(Stepped::Stopped(how));
        if view::is_refused(shown, call, self.now()) {
            return stopped(Publishing::Later(self.again_later()));
        }
        if self.enough(lease.leased_at) {
            return stopped(Publishing::LaterOn);
        }
        match self.make(lease, repo, call).await? {
            Made::Done(done) | Made::Found(done, _) => {
                let none = std::collections::BTreeMap::new();
                let labels = view::wanted::KnownLabels::new();
                view::done(shown, call, &done, self.now(), &labels, &none);
                self.save_shown(lease, shown, slot_of(call)).await?;
                Ok(Stepped::On)
            }
            Made::Nothing(error) if may_be_late(lease, &error) => stopped(Publishing::Late(error)),
            Made::Nothing(error) => {
                let had = shown.release.is_some();
                let missing = matches!(error, CallError::Missing(_));
                view::undone(shown, call, missing, self.now());
                if had && shown.release.is_none() {
                    // It may be there under another address: it is looked for before it is made anew.
                    let slot = slots::release(of);
                    self.shared.store.begin(lease, &slot.0, self.now()).await?;
                    self.save_shown(lease, shown, None).await?;
                    return stopped(Publishing::Again);
                }
                self.save_shown(lease, shown, None).await?;
                self.hinder(lease, of, Some(obstacle(error))).await?;
                stopped(Publishing::Later(self.again_later()))
            }
        }
    }

    /// The tags that say what is in which stage, for each promotion and rollback that was asked for here.
    async fn tag_stages(
        &self,
        lease: &Lease,
        repo: &RepoRef,
        item: &Item,
        shown: &mut Shown,
        repository: &Repository,
        clears: bool,
    ) -> Result<Publishing, StepError> {
        let key = lease.key;
        let slot = |asked: &ModelMove| slots::stage_tag(key.repo, item.number, asked.place);
        let acts = repository.policy().enabled;
        let is_due = |asked: &&ModelMove| {
            acts && repository.policy_at(asked.at).tags == TagForm::Gto
                && !shown.tags.contains(&slot(asked).0)
        };
        let due: Vec<&ModelMove> = item.model_moves.iter().filter(is_due).collect();
        if due.is_empty() {
            return Ok(Publishing::Done);
        }
        let registry = self.registry(key).await?;
        for asked in due {
            // Without its commit there is nothing that could be tagged.
            let Some(commit) = commit_of(&registry, &asked.of) else {
                continue;
            };
            let stage = match &asked.towards {
                Towards::Stage(stage) => stage,
                Towards::BackToProduction(_) => PRODUCTION,
            };
            let tag = Call::Tag(TagCall::Numbered {
                slot: slot(asked),
                prefix: view::release::stage_tags(&asked.of, stage),
                commit,
            });
            let stepped = self.make_step(lease, repo, &asked.of, &tag, shown).await?;
            if let Stepped::Stopped(how) = stepped {
                return Ok(how);
            }
            if clears {
                self.hinder(lease, &asked.of, None).await?;
            }
        }
        Ok(Publishing::Done)
    }

    /// What is in a file; `None`: nothing that could be attached.
    async fn content_of(
        &self,
        repo: &RepoRef,
        file: &WantedFile,
        commit: &CommitSha,
    ) -> Result<Option<String>, StepError> {
        let path = match &file.content {
            Content::Text(text) => return Ok(Some(text.clone())),
            Content::At(path) => path,
        };
        let text = self.shared.forge.text_at(repo, commit, path).await?;
        Ok(match text {
            // GitHub takes no empty file.
            TextAt::Text(text) => Some(text).filter(|text| !text.is_empty()),
            TextAt::TooLarge | TextAt::NotText | TextAt::Nothing => None,
        })
    }

    /// Tells the registry of the release, or of the tag alone.
    async fn tell_release(
        &self,
        lease: &Lease,
        wanted: &WantedRelease,
        url: Option<String>,
        draft: bool,
    ) -> Result<(), StepError> {
        let what = ModelEvent::Released(Box::new(Released {
            of: wanted.of.clone(),
            commit: Some(wanted.commit.clone()),
            url,
            title: None,
            draft,
        }));
        let id = format!("{}:made", wanted.slot.0);
        self.tell_of_version(lease, &wanted.of, id, what).await?;
        self.hinder(lease, &wanted.of, None).await
    }

    /// Tells the registry what is in the way of a tag or release, or that nothing is, unless it knows.
    async fn hinder(
        &self,
        lease: &Lease,
        of: &ModelVersion,
        obstacle: Option<Obstacle>,
    ) -> Result<(), StepError> {
        if self.registry(lease.key).await?.obstacle(of) == obstacle.as_ref() {
            return Ok(());
        }
        let moment = self.now().as_microsecond();
        let way = if obstacle.is_some() { "shut" } else { "free" };
        let id = format!("way:{of}:{moment}:{way}");
        let what = ModelEvent::Hindered {
            of: of.clone(),
            obstacle,
        };
        self.tell_of_version(lease, of, id, what).await
    }

    async fn tell_of_version(
        &self,
        lease: &Lease,
        of: &ModelVersion,
        id: String,
        what: ModelEvent,
    ) -> Result<(), StepError> {
        let key = lease.key;
        let mut step = Step::new(lease, self.now());
        let fact = ModelFact {
            id: FactId(id),
            at: self.now(),
            by: None,
            what,
        };
        step.facts.push(stored(key, &fact)?);
        let registry = self.registry(key).await?;
        self.wake_items(key, &registry.concerned_by_moving(of), &mut step);
        step.wake.push((Self::board_of(key), self.now()));
        self.shared.store.apply(step).await?;
        Ok(())
    }

    async fn save_shown(
        &self,
        lease: &Lease,
        shown: &Shown,
        finished: Option<String>,
    ) -> Result<(), StepError> {
        let doc = serde_json::to_string(shown)?;
        let store = &self.shared.store;
        store
            .saved_shown(lease, lease.key.number, &doc, finished.as_deref())
            .await?;
        Ok(())
    }

    fn again_later(&self) -> Timestamp {
        self.now() + AGAIN_LATER
    }
}

/// What a version is in git.
fn commit_of(registry: &Registry, of: &ModelVersion) -> Option<CommitSha> {
    let merged = registry.record(of).and_then(|record| record.commit.clone());
    merged.or_else(|| registry.release(of)?.commit.clone())
}

/// GitHub hides from a token what it may not write, and names a permission of its own for commits that
/// touch workflows.
fn obstacle(error: CallError) -> Obstacle {
    match error {
        CallError::Refused {
            status: 403,
            message,
        } if message.starts_with("Resource not accessible") => Obstacle::MayNot,
        CallError::Missing(_) => Obstacle::MayNot,
        CallError::Refused { message, .. } => Obstacle::Refused(message),
        error @ (CallError::LockedOut { .. }
        | CallError::Limited { .. }
        | CallError::Unavailable(_)
        | CallError::Lost(_)
        | CallError::Unreadable(_)) => Obstacle::Refused(error.to_string()),
    }
}
