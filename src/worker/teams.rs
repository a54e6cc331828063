//! Whether the teams that a policy names can be read. It is asked when a policy comes into force, when
//! somebody's membership changes, and some times a day, since a permission that is granted or a team
//! that is renamed sends no event that could be relied on.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::kept::{News, Repository, TeamsRead, Tiding};
use super::people::teams_of;
use super::{StepError, Worker};
use crate::domain::teams::TeamProblem;
use crate::forge::{CallError, Forge};
use crate::store::{Key, Step};

/// How long an answer stands without any news.
const ASKED_AGAIN: SignedDuration = SignedDuration::from_hours(6);

/// GitHub's answer where a permission is missing.
const FORBIDDEN: u16 = 403;

impl<F: Forge> Worker<F> {
    /// Asks whether the policy's teams can be read.
    pub(super) async fn read_teams(
        &self,
        repository: &mut Repository,
        key: Key,
    ) -> Result<(), StepError> {
        let repo = repository.reference(key.installation, key.repo);
        let mut problems = BTreeMap::new();
        for team in teams_of(repository.policy()) {
            let problem = if repository.now.personal {
                Some(TeamProblem::PersonalRepository)
            } else {
                match self.shared.forge.team_members(&repo, team).await {
                    Ok(members) if members.is_empty() => Some(TeamProblem::Empty),
                    Ok(_) => None,
                    Err(CallError::Missing(_)) => Some(TeamProblem::NoSuchTeam),
                    Err(CallError::Refused {
                        status: FORBIDDEN, ..
                    }) => Some(TeamProblem::MembersHidden),
                    Err(error) => return Err(error.into()),
                }
            };
            if let Some(problem) = problem {
                tracing::warn!(repo = %repo.name, team, ?problem, "a team of the policy cannot be read");
                problems.insert(team.to_owned(), problem);
            }
        }
        repository.teams = TeamsRead {
            asked_at: Some(self.now()),
            problems,
        };
        Ok(())
    }

    /// Somebody's membership has changed: the repositories whose policies name teams look.
    pub(super) async fn tell_of_people(
        &self,
        at: Timestamp,
        digest: &str,
        step: &mut Step<'_>,
    ) -> Result<(), StepError> {
        let installation = step.lease.key.installation;
        for row in self.shared.store.repos_of(installation).await? {
            let repository: Repository = serde_json::from_str(&row.doc)?;
            if repository.teams_due().is_some() {
                let tiding = Tiding {
                    id: format!("people-{digest}"),
                    at,
                    name: repository.now.name,
                    what: News::PeopleChanged,
                };
                step.facts.push(tiding.stored(row.repo)?);
                step.wake
                    .push((Key::repo(installation, row.repo), self.now()));
            }
        }
        Ok(())
    }
}

impl Repository {
    /// When its teams are to be asked for again; never, where its policy names none.
    pub(super) fn teams_due(&self) -> Option<Timestamp> {
        let named = self.is_taken_up() && self.acts() && !teams_of(self.policy()).is_empty();
        let asked_at = self.teams.asked_at.unwrap_or(Timestamp::MIN);
        named.then(|| {
            asked_at
                .saturating_add(ASKED_AGAIN)
                .unwrap_or(Timestamp::MAX)
        })
    }
}
