//! What a command depends on beside the item itself: whether there is another lead, and whether
//! labhand may open an issue in the repository that somebody names. It is looked up when the
//! command is taken in, and kept with it, so that the fold never has to ask.

use super::intake::Source;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::actor::{Actor, Permission};
use crate::domain::ids::{InstallationId, RepoName};
use crate::domain::order::{Misread, Order};
use crate::domain::policy::{Member, Policy};
use crate::forge::{CallError, Forge, RepoRef};
use crate::store::Key;

/// Another repository of the same installation.
pub(super) struct Elsewhere {
    pub(super) repository: Repository,
    pub(super) repo: RepoRef,
}

impl<F: Forge> Worker<F> {
    /// Looks up what the order depends on.
    pub(super) async fn look_around(
        &self,
        order: &mut Result<Order, Misread>,
        by: &mut Actor,
        source: &Source<'_>,
        policy: &Policy,
    ) -> Result<(), StepError> {
        match order {
            Ok(Order::Extend { .. }) => {
                by.standing.only_lead = self.is_only_lead(source.repo, policy, by).await?;
            }
            // Who may not decide is refused anyway, and needs nobody asked.
            Ok(Order::Decide { elsewhere, .. }) if by.standing.permission >= Permission::Triage => {
                let Some(name) = elsewhere.as_ref() else {
                    return Ok(());
                };
                match self.place_for(name, by, source).await? {
                    Ok(place) => *elsewhere = place,
                    Err(problem) => {
                        let own = &source.repo.name;
                        *order = Err(Misread::Argument {
                            problem,
                            example: format!("/decide productionize in {own} it is worth its cost"),
                        });
                    }
                }
            }
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    /// The repository of that name as a place for this person's issue, `None` if it is this one; or
    /// why it is no such place. What they may not see is as good as not there.
    async fn place_for(
        &self,
        name: &RepoName,
        by: &Actor,
        source: &Source<'_>,
    ) -> Result<Result<Option<RepoName>, String>, StepError> {
        let owner = source.repo.name.owner();
        if !name.owner().eq_ignore_ascii_case(owner) {
            return Ok(Err(format!("`{name}` does not belong to `{owner}`")));
        }
        let hidden = || Ok(Err(format!("labhand does not look after `{name}`")));
        let Some(target) = self.elsewhere(source.repo.installation, name).await? else {
            return hidden();
        };
        if target.repo.id == source.repo.id {
            return Ok(Ok(None));
        }
        let there = &target.repository;
        if there.now.private {
            let person = self.actor(&target.repo, there.policy(), &by.user).await;
            match person {
                Ok(person) if person.standing.permission >= Permission::Read => {}
                Ok(_) | Err(StepError::Call(CallError::Missing(_) | CallError::Refused { .. })) => {
                    return hidden();
                }
                Err(error) => return Err(error),
            }
        } else if source.repository.now.private {
            // What was found out here would be read by everybody.
            return Ok(Err(format!(
                "`{name}` is public, and this repository is not"
            )));
        }
        Ok(Ok(Some(target.repo.name)))
    }

    /// Another repository of the same installation in which labhand acts.
    pub(super) async fn elsewhere(
        &self,
        installation: InstallationId,
        name: &RepoName,
    ) -> Result<Option<Elsewhere>, StepError> {
        let Some(row) = self.shared.store.find_repo_by_name(name).await? else {
            return Ok(None);
        };
        if row.installation != installation {
            return Ok(None);
        }
        // One that was only installed is taken up first: who may see it is not known before.
        let key = Key::repo(installation, row.repo);
        let Some(repository) = self.repository(key, None).await? else {
            return Ok(None);
        };
        if !repository.acts() {
            return Ok(None);
        }
        let repo = repository.reference(installation, row.repo);
        Ok(Some(Elsewhere { repository, repo }))
    }

    /// Whether nobody else could grant what only leads grant. Nobody is asked about unless this
    /// person may grant it.
    async fn is_only_lead(
        &self,
        repo: &RepoRef,
        policy: &Policy,
        by: &Actor,
    ) -> Result<bool, StepError> {
        let forge = &self.shared.forge;
        if policy.leads.is_empty() {
            if by.standing.permission < Permission::Maintain {
                return Ok(false);
            }
            return match forge.maintainers(repo).await {
                // Where not even they are listed, the list does not tell.
                Ok(leads) => {
                    Ok(leads.iter().all(|lead| lead.id == by.user.id) && !leads.is_empty())
                }
                // Where nobody may know who else leads, there may be somebody.
                Err(error @ (CallError::Missing(_) | CallError::Refused { .. })) => {
                    tracing::warn!(repo = %repo.name, %error, "who maintains it cannot be read");
                    Ok(false)
                }
                Err(error) => Err(error.into()),
            };
        }
        if !policy.leads.iter().any(|lead| by.is(lead)) {
            return Ok(false);
        }
        for lead in &policy.leads {
            match lead {
                Member::Login(login) if by.user.login.as_str().eq_ignore_ascii_case(login) => {}
                Member::Login(_) => return Ok(false),
                Member::Team(team) => match forge.team_members(repo, team).await {
                    Ok(members) if members.iter().all(|member| member.id == by.user.id) => {}
                    Ok(_) => return Ok(false),
                    // A team that does not exist has no members.
                    Err(error @ (CallError::Missing(_) | CallError::Refused { .. })) => {
                        tracing::warn!(repo = %repo.name, %error, "a team of the policy cannot be read");
                    }
                    Err(error) => return Err(error.into()),
                },
            }
        }
        Ok(true)
    }
}
