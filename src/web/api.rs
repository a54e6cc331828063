//! What labhand knows, as JSON for programs and as CSV for spreadsheets. `docs/api.md` describes it.
//!
//! A route reads and serialises; what is told is made in [`crate::view::json`]. What is private, or
//! was never there, looks the same to whoever may not know.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Json, Router, middleware};

use super::access::Visitor;
use super::answer::{dressed, refused};
use super::filter::{self, Filter};
use super::read::{self, Failed};
use super::sheets::Whole;
use super::{WebState, access};
use crate::view::csv;

/// What is read and computed at once. It leaves readers of the store, and cores, to the worker.
pub(super) const AT_ONCE: usize = 2;

/// The routes under `/api/v1`, behind their door.
pub(super) fn router(state: &WebState) -> Router<WebState> {
    let door = middleware::from_fn_with_state(state.clone(), access::door);
    Router::new()
        .route("/repos", get(repos))
        .route("/repos.csv", get(repos_table))
        .route("/repos/{owner}/{repo}/{sheet}", get(sheet))
        .route("/repos/{owner}/{repo}/items/{number}", get(item))
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

async fn repos(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Failed> {
    Ok(Json(read::repos(&state, visitor.sees).await?).into_response())
}

async fn repos_table(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Failed> {
    let repos = read::repos(&state, visitor.sees).await?;
    Ok(table(csv::repos(&repos)))
}

/// What of a repository is asked for: `/repos/acme/fraud/items`.
type NamedSheet = Result<Path<(String, String, String)>, PathRejection>;

/// The sheets of a repository.
enum Sheet {
    Board,
    Items,
    Sprints,
    Figures,
    Decisions(Filter),
    Models(Option<jiff::civil::Date>),
}

impl Sheet {
    /// The sheet of this name; its parameters are read before anything is read of the repository.
    fn named(name: &str, query: &str) -> Result<Self, Failed> {
        Ok(match name {
            "board" => Self::Board,
            "items" => Self::Items,
            "sprints" => Self::Sprints,
            "figures" => Self::Figures,
            "decisions" => Self::Decisions(Filter::read(query)?),
            "models" => Self::Models(filter::day(query)?),
            _ => return Err(Failed::Unknown),
        })
    }

    fn json(&self, whole: &Whole) -> Response {
        match self {
            Self::Board => Json(whole.board()).into_response(),
            Self::Items => Json(whole.items()).into_response(),
            Self::Sprints => Json(whole.sprints()).into_response(),
            Self::Figures => Json(whole.figures()).into_response(),
            Self::Decisions(filter) => Json(whole.decisions(filter)).into_response(),
            Self::Models(on) => Json(whole.models(*on)).into_response(),
        }
    }

    /// As a table; a board is none.
    fn csv(&self, whole: &Whole) -> Response {
        match self {
            Self::Board => nothing_here(),
            Self::Items => table(csv::items(&whole.items())),
            Self::Sprints => table(csv::sprints(&whole.sprints())),
            Self::Figures => table(csv::figures(&whole.figures())),
            Self::Decisions(filter) => table(csv::decisions(&whole.decisions(filter))),
            Self::Models(on) => table(csv::models(&whole.models(*on))),
        }
    }
}

async fn sheet(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
    named: NamedSheet,
    RawQuery(query): RawQuery,
) -> Result<Response, Failed> {
    let Path((owner, repo, name)) = named.map_err(|_| Failed::Unknown)?;
    let (name, as_table) = match name.strip_suffix(".csv") {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    let sheet = Sheet::named(name, query.as_deref().unwrap_or_default())?;
    let whole = whole(&state, &visitor, owner, repo).await?;
    read::aside(move || {
        if as_table {
            sheet.csv(&whole)
        } else {
            sheet.json(&whole)
        }
    })
    .await
}

async fn item(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
    named: Result<Path<(String, String, u64)>, PathRejection>,
) -> Result<Response, Failed> {
    let Path((owner, repo, number)) = named.map_err(|_| Failed::Unknown)?;
    let whole = whole(&state, &visitor, owner, repo).await?;
    read::aside(move || {
        let sheet = whole.item(number);
        sheet.map_or_else(nothing_here, |sheet| Json(sheet).into_response())
    })
    .await
}

async fn whole(
    state: &WebState,
    visitor: &Visitor,
    owner: String,
    repo: String,
) -> Result<Whole, Failed> {
    let name = read::name(Ok(Path((owner, repo))))?;
    let read = read::repository(state, &visitor.sees, name).await?;
    Whole::of(state, &visitor.sees, read.ok_or(Failed::Unknown)?).await
}

fn table(text: String) -> Response {
    ([(CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response()
}

fn nothing_here() -> Response {
    refused(
        StatusCode::NOT_FOUND,
        "there is nothing here, or nothing that you may see",
    )
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        if matches!(self, Self::Unknown) {
            return nothing_here();
        }
        let (status, sentence) = self.told();
        refused(status, &sentence)
    }
}
