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
            Ok(Order::Decide { elsewhere, .. }) => {
                let own = &source.repo.name;
                if elsewhere.as_ref() == Some(own) {
                    *elsewhere = None;
                }
                if let Some(name) = elsewhere.clone()
                    && let Some(problem) = self.closed_to(&name, by, source).await?
                {
                    *order = Err(Misread::Argument {
                        problem,
                        example: format!("/decide productionize in {own} it is worth its cost"),
                    });
                }
            }
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    /// Why no issue can be opened there for this person; `None` if one can. What they may not see
    /// is as good as not there.
    async fn closed_to(
        &self,
        name: &RepoName,
        by: &Actor,
        source: &Source<'_>,
    ) -> Result<Option<String>, StepError> {
        let owner = source.repo.name.owner();
        if !name.owner().eq_ignore_ascii_case(owner) {
            return Ok(Some(format!("`{name}` does not belong to `{owner}`")));
        }
        let hidden = || Ok(Some(format!("labhand does not look after `{name}`")));
        let Some(target) = self.elsewhere(source.repo.installation, name).await? else {
            return hidden();
        };
        if target.repository.now.private {
            let permission = self.shared.forge.permission(&target.repo, &by.user).await;
            match permission {
                Ok(permission) if permission >= Permission::Read => {}
                Ok(_) | Err(CallError::Missing(_) | CallError::Refused { .. }) => return hidden(),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(None)
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
        let repository: Repository = serde_json::from_str(&row.doc)?;
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
                Ok(leads) => Ok(leads.iter().all(|lead| lead.id == by.user.id)),
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
