//! What concerns an installation: which repositories it has, and who its people are.

use jiff::Timestamp;

use super::kept::Repository;
use super::{StepError, Worker};
use crate::forge::github::payload;
use crate::forge::{Forge, Happening, RepoHappening, RepoNow};
use crate::store::{Key, Lease, Step};

impl<F: Forge> Worker<F> {
    /// Looks at an installation.
    pub(super) async fn step_installation(
        &self,
        lease: &Lease,
    ) -> Result<Option<Timestamp>, StepError> {
        let installation = lease.key.installation;
        let stored = self.shared.store.unhandled(lease.key).await?;
        let mut step = Step::new(lease, self.now());
        let mut repositories: Vec<(crate::domain::ids::RepoId, Repository)> = Vec::new();
        for delivery in stored {
            let read = match payload::read(&delivery.event, &delivery.body, delivery.received_at) {
                Ok(read) => read,
                Err(error) => {
                    step.handled
                        .push((delivery.seq, self.unreadable(&error).to_owned()));
                    continue;
                }
            };
            if !read.known {
                self.ignored(&delivery.event, read.action.as_deref());
            }
            if read
                .heard
                .iter()
                .any(|heard| heard.what == Happening::Repo(RepoHappening::PeopleChanged))
            {
                self.shared.people.forget(installation);
            }
            for told in read.elsewhere {
                let known = repositories.iter().position(|(id, _)| *id == told.id);
                let index = match known {
                    Some(index) => index,
                    None => {
                        let doc = self.shared.store.load_repo(installation, told.id).await?;
                        let repository = match doc {
                            Some(doc) => serde_json::from_str(&doc)?,
                            None => Repository::new(
                                // Branch and visibility come with the repository's first event.
                                RepoNow {
                                    name: told.name.clone(),
                                    default_branch: String::new(),
                                    private: false,
                                },
                                told.heard.at,
                            ),
                        };
                        repositories.push((told.id, repository));
                        repositories.len() - 1
                    }
                };
                let repository = &mut repositories[index].1;
                match told.heard.what {
                    Happening::Repo(RepoHappening::Installed { on_all }) => {
                        repository.removed = false;
                        repository.on_all = on_all;
                    }
                    Happening::Repo(RepoHappening::Removed) => repository.removed = true,
                    Happening::Repo(_)
                    | Happening::Item(_)
                    | Happening::Comment { .. }
                    | Happening::CommentDeleted { .. }
                    | Happening::Text { .. } => {}
                }
                step.wake
                    .push((Key::repo(installation, told.id), self.now()));
            }
            let outcome = if read.known { "done" } else { "ignored" };
            step.handled.push((delivery.seq, outcome.to_owned()));
        }
        for (repo, repository) in repositories {
            step.repos.push(repository.saved(repo)?);
        }
        self.shared.store.apply(step).await?;
        Ok(None)
    }
}
