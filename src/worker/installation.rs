//! What concerns an installation: which repositories it has, and who its people are.

use jiff::Timestamp;

use super::kept::{News, Tiding};
use super::{StepError, Worker};
use crate::forge::github::payload;
use crate::forge::{Forge, Happening, RepoHappening};
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
        let mut people_changed = None;
        for delivery in stored {
            let read = match payload::read(&delivery.event, &delivery.body, delivery.received_at) {
                Ok(read) => read,
                Err(error) => {
                    step.handled
                        .push((delivery.seq, self.unreadable(&error).to_owned()));
                    continue;
                }
            };
            let digest = hex::encode(&delivery.digest[..12]);
            if !read.known {
                self.ignored(&delivery.event, read.action.as_deref());
            }
            if read
                .heard
                .iter()
                .any(|heard| heard.what == Happening::Repo(RepoHappening::PeopleChanged))
            {
                self.shared.people.forget(installation);
                people_changed = Some((delivery.received_at, digest.clone()));
            }
            for (place, told) in read.elsewhere.into_iter().enumerate() {
                let what =
                    match told.heard.what {
                        Happening::Repo(
                            RepoHappening::Installed { .. } | RepoHappening::Removed,
                        ) if delivery.seen_before => News::InDoubt,
                        Happening::Repo(RepoHappening::Installed { on_all }) => {
                            News::Installed { on_all }
                        }
                        Happening::Repo(RepoHappening::Removed) => News::Removed,
                        Happening::Repo(_)
                        | Happening::Item(_)
                        | Happening::Comment { .. }
                        | Happening::CommentDeleted { .. }
                        | Happening::Text { .. }
                        | Happening::Arrived { .. }
                        | Happening::Transferred { .. }
                        | Happening::Listed(_)
                        | Happening::Unlisted
                        | Happening::Pressed { .. }
                        | Happening::CommentListed(_)
                        | Happening::OursDiffers { .. } => continue,
                    };
                let tiding = Tiding {
                    id: format!("{}-{digest}-{place}", delivery.guid),
                    at: told.heard.at,
                    name: told.name,
                    what,
                };
                step.facts.push(tiding.stored(told.id)?);
                step.wake
                    .push((Key::repo(installation, told.id), self.now()));
            }
            let outcome = if read.known { "done" } else { "ignored" };
            step.handled.push((delivery.seq, outcome.to_owned()));
        }
        if let Some((at, digest)) = people_changed {
            self.tell_of_people(at, &digest, &mut step).await?;
        }
        self.shared.store.apply(step).await?;
        Ok(None)
    }
}
