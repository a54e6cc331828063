//! From the store to what can be told. All that takes long for thousands of items, to parse them
//! above all, is done aside, and not for everybody at once.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::StatusCode;
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

use super::WebState;
use super::access::Sees;
use super::filter::WrongParameter;
use super::known::{Known, KnownBoard, KnownSprints};
use crate::domain::fold;
use crate::domain::ids::{InstallationId, RepoId, RepoName};
use crate::domain::item::Item;
use crate::domain::registry::{ModelFact, Registry};
use crate::domain::sprint::{self, Sprint};
use crate::domain::teams::TeamProblem;
use crate::store::{MODELS, StoreError};
use crate::view::Context;
use crate::view::json::{RepoLine, Repos};
use crate::view::sprint::Plan;

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("there is no such repository")]
    Unknown,
    #[error(transparent)]
    Parameter(#[from] WrongParameter),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that is stored is not what it was taken for.
    #[error("{what}: {error}")]
    Unreadable {
        what: &'static str,
        error: serde_json::Error,
    },
    #[error("the computation panicked")]
    Panicked,
}

/// What is said of a fault of ours.
const BUG: &str = "this cannot be told, which is a bug; the log says more";

impl Failed {
    /// What is answered, and what is said. What went wrong inside is logged.
    pub(super) fn told(&self) -> (StatusCode, String) {
        let bug = (StatusCode::INTERNAL_SERVER_ERROR, BUG.to_owned());
        match self {
            Self::Unknown => (StatusCode::NOT_FOUND, self.to_string()),
            Self::Parameter(wrong) => (StatusCode::BAD_REQUEST, wrong.to_string()),
            Self::Store(error) => {
                tracing::error!(%error, "the store could not be read");
                let sentence = "the store cannot be read now; try again later";
                (StatusCode::SERVICE_UNAVAILABLE, sentence.to_owned())
            }
            Self::Unreadable { what, error } => {
                tracing::error!(what, %error, "what is stored cannot be understood");
                bug
            }
            Self::Panicked => {
                tracing::error!("an answer could not be computed");
                bug
            }
        }
    }
}

/// A repository as it was read.
pub(super) struct Read {
    installation: InstallationId,
    repo: RepoId,
    pub(super) known: Known,
    /// As of now.
    pub(super) items: Vec<Item>,
    pub(super) now: Timestamp,
    /// Held until the answer is there.
    _place: OwnedSemaphorePermit,
}

impl Read {
    /// Its sprints, by their ends.
    pub(super) fn timeline(&self) -> Vec<Sprint> {
        let known = &self.known;
        sprint::timeline(known.milestones(), known.since(), known.policy_at(self.now))
    }

    /// What the views have to know.
    pub(super) fn context<'a>(&'a self, registry: &'a Registry, web_url: &'a str) -> Context<'a> {
        Context {
            policy: self.known.policy_at(self.now),
            now: self.now,
            repo: self.known.name(),
            repo_id: self.repo,
            web_url,
            as_app: true,
            linked: &[],
            same_head: &[],
            policy_problem: self.known.policy_problem(),
            team_problems: &NO_PROBLEMS,
            checklist: None,
            registry,
            board: None,
            sprint: None,
        }
    }

    /// What is known of the sprints, for the views.
    pub(super) fn plan<'a>(&self, timeline: &'a [Sprint], read: &'a KnownSprints) -> Plan<'a> {
        Plan {
            sprints: timeline,
            ledger: &read.ledger,
            known_since: self.known.since(),
            told_from: &read.told_from,
            // No digest is posted from here.
            digest_since: Timestamp::MAX,
        }
    }
}

static NO_PROBLEMS: BTreeMap<String, TeamProblem> = BTreeMap::new();

/// The repositories that may be seen, by name.
pub(super) async fn repos(state: &WebState, sees: Sees) -> Result<Repos, Failed> {
    let place = place(state).await?;
    let rows = state.store.all_repos().await?;
    aside(move || {
        let _place = place;
        // Where a name went from one repository to another, it is the younger one's.
        let mut named: BTreeMap<String, ((u64, u64), Known)> = BTreeMap::new();
        for row in rows {
            let known: Known = understood("a repository", &row.doc)?;
            let age = (row.repo.0, row.installation.0);
            let name = known.name().to_string().to_ascii_lowercase();
            if named.get(&name).is_none_or(|(other, _)| *other < age) {
                named.insert(name, (age, known));
            }
        }
        let shown = named
            .values()
            .filter(|((repo, _), known)| sees.shows(RepoId(*repo), known.is_public()));
        let repos: Vec<RepoLine> = shown.map(|(_, known)| known.line()).collect();
        Ok(Repos { repos })
    })
    .await?
}

/// A repository and its items; `None` where there is none, or none that may be seen.
pub(super) async fn repository(
    state: &WebState,
    sees: &Sees,
    name: RepoName,
) -> Result<Option<Read>, Failed> {
    let place = place(state).await?;
    let Some((installation, repo, known)) = find(state, sees, &name).await? else {
        return Ok(None);
    };
    let rows = state.store.load_items(installation, repo).await?;
    let now = state.clock.now();
    let items = aside(move || {
        let mut items = Vec::with_capacity(rows.len());
        for (_, row) in rows {
            let item: Option<Item> = understood("an item", &row.doc)?;
            items.extend(item.map(|mut item| {
                fold::pass(&mut item, now);
                item
            }));
        }
        Ok::<_, Failed>((items, place))
    });
    let (items, place) = items.await??;
    Ok(Some(Read {
        installation,
        repo,
        known,
        items,
        now,
        _place: place,
    }))
}

/// What was read of a repository's sprints.
pub(super) async fn sprints(state: &WebState, read: &Read) -> Result<KnownSprints, Failed> {
    let board = state
        .store
        .load_item(read.installation, read.repo, 0)
        .await?;
    let Some(board) = board else {
        return Ok(KnownSprints::default());
    };
    let known = aside(move || understood::<Option<KnownBoard>>("a board", &board.doc));
    Ok(known.await??.map(KnownBoard::sprints).unwrap_or_default())
}

/// The models of a repository.
pub(super) async fn registry(state: &WebState, read: &Read) -> Result<Registry, Failed> {
    let docs = state
        .store
        .facts(read.installation, read.repo, MODELS)
        .await?;
    aside(move || {
        let facts: Result<Vec<ModelFact>, Failed> = docs
            .iter()
            .map(|doc| understood("a fact of a model", doc))
            .collect();
        Ok(Registry::fold(facts?))
    })
    .await?
}

/// The other repositories to which decisions lead and that may be seen.
pub(super) async fn visible_elsewhere(
    state: &WebState,
    sees: &Sees,
    read: &Read,
) -> Result<Vec<RepoName>, Failed> {
    let mut names: Vec<&RepoName> = read
        .items
        .iter()
        .flat_map(|item| item.follow_ups.values())
        .filter_map(|opened| opened.repo.as_ref())
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut visible = Vec::new();
    for name in names {
        let shown = matches!(sees, Sees::Everything) || find(state, sees, name).await?.is_some();
        if shown {
            visible.push(name.clone());
        }
    }
    Ok(visible)
}

/// The repository of this name, if it may be seen.
async fn find(
    state: &WebState,
    sees: &Sees,
    name: &RepoName,
) -> Result<Option<(InstallationId, RepoId, Known)>, Failed> {
    let Some(row) = state.store.find_repo_by_name(name).await? else {
        return Ok(None);
    };
    let known: Known = understood("a repository", &row.doc)?;
    let shown = sees.shows(row.repo, known.is_public());
    Ok(shown.then_some((row.installation, row.repo, known)))
}

/// The repository of this name, as it is told of in a path.
pub(super) fn name(
    named: Result<Path<(String, String)>, PathRejection>,
) -> Result<RepoName, Failed> {
    let Path((owner, repo)) = named.map_err(|_| Failed::Unknown)?;
    format!("{owner}/{repo}")
        .parse()
        .map_err(|_| Failed::Unknown)
}

/// Which repository this is, if it may be seen.
pub(super) async fn place_of(
    state: &WebState,
    sees: &Sees,
    name: &RepoName,
) -> Result<Option<(InstallationId, RepoId)>, Failed> {
    let found = find(state, sees, name).await?;
    Ok(found.map(|(installation, repo, _)| (installation, repo)))
}

/// Waits for its turn; a request that waits too long is ended like any other.
async fn place(state: &WebState) -> Result<OwnedSemaphorePermit, Failed> {
    let places = std::sync::Arc::clone(&state.reading);
    // The semaphore is never closed.
    places.acquire_owned().await.map_err(|_| Failed::Panicked)
}

/// Does what takes the processor's time on a thread of its own.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failed::Panicked)
}

fn understood<T: serde::de::DeserializeOwned>(what: &'static str, doc: &str) -> Result<T, Failed> {
    serde_json::from_str(doc).map_err(|error| Failed::Unreadable { what, error })
}
