//! Events of the App's installation on an account, each of which concerns several repositories.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{RepoId, RepoName};
use crate::forge::RepoHappening;

use super::super::wire::Moment;
use super::{Setting, Told};

/// What happened to one of the repositories.
pub(super) struct Changed {
    pub(super) id: RepoId,
    pub(super) name: RepoName,
    pub(super) at: Timestamp,
    pub(super) what: RepoHappening,
}

#[derive(Deserialize)]
struct Named {
    id: u64,
    full_name: RepoName,
}

#[derive(Deserialize)]
struct Installation {
    repository_selection: Option<String>,
    created_at: Option<Moment>,
}

/// `installation`
#[derive(Deserialize)]
pub(super) struct InstallationPayload {
    installation: Installation,
    repositories: Option<Vec<Named>>,
}

/// Suspending is no end: calls are refused until it is over, and what was known stays.
pub(super) fn installation(payload: InstallationPayload, setting: &Setting<'_>) -> Told<Changed> {
    let repositories = payload.repositories.unwrap_or_default();
    match setting.action {
        "created" => {
            let created = payload.installation.created_at.and_then(Moment::timestamp);
            let on_all = is_all(payload.installation.repository_selection.as_deref());
            let what = RepoHappening::Installed { on_all };
            let at = created.unwrap_or(setting.received_at);
            Told::Heard(each(repositories, at, &what).collect())
        }
        "deleted" => {
            Told::Heard(each(repositories, setting.received_at, &RepoHappening::Removed).collect())
        }
        "suspend" | "unsuspend" | "new_permissions_accepted" => Told::Heard(Vec::new()),
        _ => Told::UnknownAction,
    }
}

/// `installation_repositories`
#[derive(Deserialize)]
pub(super) struct RepositoriesPayload {
    repository_selection: Option<String>,
    repositories_added: Option<Vec<Named>>,
    repositories_removed: Option<Vec<Named>>,
}

/// The installation's own times are those of its settings, not of this change.
pub(super) fn repositories(payload: RepositoriesPayload, setting: &Setting<'_>) -> Told<Changed> {
    if !matches!(setting.action, "added" | "removed") {
        return Told::UnknownAction;
    }
    let on_all = is_all(payload.repository_selection.as_deref());
    let installed = RepoHappening::Installed { on_all };
    let added = payload.repositories_added.unwrap_or_default();
    let removed = payload.repositories_removed.unwrap_or_default();
    Told::Heard(
        each(added, setting.received_at, &installed)
            .chain(each(removed, setting.received_at, &RepoHappening::Removed))
            .collect(),
    )
}

fn is_all(selection: Option<&str>) -> bool {
    selection == Some("all")
}

fn each(
    repositories: Vec<Named>,
    at: Timestamp,
    what: &RepoHappening,
) -> impl Iterator<Item = Changed> {
    repositories.into_iter().map(move |repository| Changed {
        id: RepoId(repository.id),
        name: repository.full_name,
        at,
        what: what.clone(),
    })
}
