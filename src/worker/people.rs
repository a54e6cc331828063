//! What people may do, remembered for a minute: a comment with three commands asks once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{StepError, Worker};
use crate::domain::actor::{Actor, Standing, User};
use crate::domain::ids::{InstallationId, RepoId, UserId};
use crate::domain::policy::{Member, Policy};
use crate::forge::{CallError, Forge, RepoRef};

/// How long an answer is believed. Changes of teams and members that GitHub announces end it at once.
const BELIEVED: SignedDuration = SignedDuration::from_secs(60);

type Known = HashMap<(InstallationId, RepoId, UserId), (Timestamp, Standing)>;

/// Standings by person and repository.
#[derive(Default)]
pub(super) struct People {
    known: Mutex<Known>,
}

impl People {
    /// Somebody's permission or team has changed.
    pub(super) fn forget(&self, installation: InstallationId) {
        self.lock().retain(|(of, _, _), _| *of != installation);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Forge> Worker<F> {
    /// The person with what they may do in the repository now.
    pub(super) async fn actor(
        &self,
        repo: &RepoRef,
        policy: &Policy,
        user: &User,
    ) -> Result<Actor, StepError> {
        let id = (repo.installation, repo.id, user.id);
        let now = self.now();
        let known = self.shared.people.lock().get(&id).cloned();
        if let Some((asked_at, standing)) = known
            && asked_at + BELIEVED > now
        {
            return Ok(Actor {
                user: user.clone(),
                standing,
            });
        }
        let permission = self.shared.forge.permission(repo, user).await?;
        let (mut teams, mut unread) = (BTreeSet::new(), BTreeSet::new());
        for team in teams_of(policy) {
            match self.shared.forge.in_team(repo, team, user).await {
                Ok(true) => {
                    teams.insert(team.to_owned());
                }
                Ok(false) => {}
                // Whoever may be in it signs nothing for it; it must not stop the repository.
                Err(error @ (CallError::Missing(_) | CallError::Refused { .. })) => {
                    tracing::warn!(repo = %repo.name, %error, "a team of the policy cannot be read");
                    unread.insert(team.to_owned());
                }
                Err(error) => return Err(error.into()),
            }
        }
        let standing = Standing {
            permission,
            teams,
            unread,
            only_lead: false,
        };
        self.shared
            .people
            .lock()
            .insert(id, (now, standing.clone()));
        Ok(Actor {
            user: user.clone(),
            standing,
        })
    }
}

/// The GitHub teams that a policy names, as `org/team`.
pub(super) fn teams_of(policy: &Policy) -> BTreeSet<&str> {
    let members = policy
        .teams
        .data_science
        .iter()
        .chain(&policy.teams.engineering);
    members
        .chain(&policy.leads)
        .filter_map(|member| match member {
            Member::Team(team) => Some(team.as_str()),
            Member::Login(_) => None,
        })
        .collect()
}
