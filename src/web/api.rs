//! What labhand knows, as JSON for programs. `docs/api.md` describes it.
//!
//! A route reads and serialises; what is told is made in [`crate::view::json`]. What is private, or
//! was never there, looks the same to whoever may not know.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde::Serialize;

use super::answer::{dressed, refused};
use super::{WebState, access};
use crate::domain::figures::Figures;
use crate::domain::ids::RepoName;
use crate::domain::{decisions, sprint};
use crate::view::json;

mod filter;
mod known;
mod read;

use filter::Filter;
use read::{Failed, Read};

/// What is read and computed at once. It leaves readers of the store, and cores, to the worker.
pub(super) const AT_ONCE: usize = 2;

/// The routes under `/api/v1`, behind their door.
pub(super) fn router(state: &WebState) -> Router<WebState> {
    let door = middleware::from_fn_with_state(state.clone(), access::door);
    Router::new()
        .route("/repos", get(repos))
        .route("/repos/{owner}/{repo}/decisions", get(decision_log))
        .route("/repos/{owner}/{repo}/sprints", get(sprints))
        .route("/repos/{owner}/{repo}/figures", get(figures))
        .route("/repos/{owner}/{repo}/models", get(models))
        .fallback(async || nothing_here())
        .method_not_allowed_fallback(async || {
            refused(
                StatusCode::METHOD_NOT_ALLOWED,
                "this can only be read, with GET",
            )
        })
        .layer(door)
        .layer(middleware::map_response(dressed))
}

/// One of its repositories, as the path names it.
type Named = Result<Path<(String, String)>, PathRejection>;

async fn repos(State(state): State<WebState>) -> Result<Response, Failed> {
    Ok(Json(read::repos(&state).await?).into_response())
}

async fn decision_log(
    State(state): State<WebState>,
    named: Named,
    RawQuery(query): RawQuery,
) -> Result<Response, Failed> {
    let filter = Filter::read(query.as_deref().unwrap_or_default())?;
    let Some(read) = read::repository(&state, name(named)?).await? else {
        return Ok(nothing_here());
    };
    let elsewhere = read::visible_elsewhere(&state, &read).await?;
    answer(read, move |read| {
        let calendar = &read.known.policy_at(read.now).calendar;
        let log: Vec<_> = decisions::log(&read.items)
            .into_iter()
            .filter(|logged| filter.lets_through(logged, calendar))
            .collect();
        json::decisions(read.known.name(), &log, |repo| elsewhere.contains(repo))
    })
    .await
}

async fn sprints(State(state): State<WebState>, named: Named) -> Result<Response, Failed> {
    let Some(read) = read::repository(&state, name(named)?).await? else {
        return Ok(nothing_here());
    };
    let ledger = read::ledger(&state, &read).await?;
    answer(read, move |read| {
        let policy = read.known.policy_at(read.now);
        let timeline = sprint::timeline(read.known.milestones(), read.known.since(), policy);
        let source = json::SprintSource {
            ledger: &ledger,
            current: sprint::current(&timeline, read.now),
            items: &read.items,
            policy,
            now: read.now,
        };
        json::sprints(read.known.name(), source, |at| read.known.policy_at(at))
    })
    .await
}

async fn figures(State(state): State<WebState>, named: Named) -> Result<Response, Failed> {
    let Some(read) = read::repository(&state, name(named)?).await? else {
        return Ok(nothing_here());
    };
    answer(read, |read| {
        let calendar = &read.known.policy_at(read.now).calendar;
        let figures = Figures::of(&read.items, calendar, read.now);
        json::figures(read.known.name(), &figures, calendar.day_length(), read.now)
    })
    .await
}

async fn models(
    State(state): State<WebState>,
    named: Named,
    RawQuery(query): RawQuery,
) -> Result<Response, Failed> {
    let on = filter::day(query.as_deref().unwrap_or_default())?;
    let Some(read) = read::repository(&state, name(named)?).await? else {
        return Ok(nothing_here());
    };
    let registry = read::registry(&state, &read).await?;
    answer(read, move |read| {
        let calendar = &read.known.policy_at(read.now).calendar;
        json::models(read.known.name(), &registry, on, calendar)
    })
    .await
}

/// Computes and writes an answer where it holds nobody up.
async fn answer<T: Serialize>(
    read: Read,
    told: impl FnOnce(&Read) -> T + Send + 'static,
) -> Result<Response, Failed> {
    read::aside(move || Json(told(&read)).into_response()).await
}

fn name(named: Named) -> Result<RepoName, Failed> {
    let Path((owner, repo)) = named.map_err(|_| Failed::Unknown)?;
    format!("{owner}/{repo}")
        .parse()
        .map_err(|_| Failed::Unknown)
}

fn nothing_here() -> Response {
    refused(
        StatusCode::NOT_FOUND,
        "there is nothing here, or nothing that you may see",
    )
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self {
            Self::Unknown => nothing_here(),
            Self::Parameter(wrong) => refused(StatusCode::BAD_REQUEST, &wrong.to_string()),
            Self::Store(error) => {
                tracing::error!(%error, "the store could not be read for the API");
                let sentence = "the store cannot be read now; try again later";
                refused(StatusCode::SERVICE_UNAVAILABLE, sentence)
            }
            Self::Unreadable { what, error } => {
                tracing::error!(what, %error, "what is stored cannot be understood");
                refused(StatusCode::INTERNAL_SERVER_ERROR, BUG)
            }
            Self::Panicked => {
                tracing::error!("an answer of the API could not be computed");
                refused(StatusCode::INTERNAL_SERVER_ERROR, BUG)
            }
        }
    }
}

/// What is said of a fault of ours.
const BUG: &str = "this cannot be told, which is a bug; the log says more";
