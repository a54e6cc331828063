//! What concerns an installation: which repositories it has, and who its people are.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jiff::Timestamp;

use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::ids::{RepoId, RepoName};
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
        let mut repositories: BTreeMap<RepoId, Repository> = BTreeMap::new();
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
                let repository = match repositories.entry(told.id) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(unknown) => {
                        let doc = self.shared.store.load_repo(installation, told.id).await?;
                        unknown.insert(match doc {
                            Some(doc) => serde_json::from_str(&doc)?,
                            None => unseen(told.name.clone(), told.heard.at),
                        })
                    }
                };
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

/// A repository of which only the name is known: branch and visibility come when it is taken up.
fn unseen(name: RepoName, since: Timestamp) -> Repository {
    let now = RepoNow {
        name,
        default_branch: String::new(),
        private: false,
    };
    Repository::new(now, since)
}
