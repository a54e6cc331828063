//! The web board's routes. A route reads and renders; what stands on a page is made in
//! [`crate::view::page`]. What is labhand's own is under `/-/`, since no account of GitHub's has
//! that name.

use std::sync::LazyLock;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::access::{Denied, NOT_LOCAL, UNKNOWN, Visitor, admitted};
use super::filter::{self, Filter};
use super::read::{self, Failed};
use super::{WebState, live, sheets, sign_in, welcome};
use crate::view::page::{self, Asked, Frame, ItemsAsked, Source};

/// Nothing but labhand's own style, script and icon, no frames, and no forms to elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const ICON: &str = include_str!("../../assets/icon.svg");

/// The assets as they are now, so that browsers may keep them for as long as they are.
static ASSETS: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::new()
        .chain_update(page::STYLE)
        .chain_update(page::SCRIPT)
        .chain_update(ICON)
        .finalize();
    hex::encode(&digest[..6])
});

/// The pages behind their door, and what is before it.
pub(super) fn router(state: &WebState) -> Router<WebState> {
    let door = middleware::from_fn_with_state(state.clone(), door);
    let behind = Router::new()
        .route("/", get(front))
        .route("/{owner}/{repo}", get(repository))
        .route("/{owner}/{repo}/items", get(items))
        .route("/-/live/{owner}/{repo}", get(live::changes))
        .layer(door);
    Router::new()
        .route("/-/sign-in", get(sign_in::page).post(sign_in::with_token))
        .route("/-/sign-in/github", get(sign_in::to_github))
        .route("/-/sign-in/callback", get(sign_in::from_github))
        .route("/-/sign-out", post(sign_in::out))
        .route("/-/set-up/ready", get(welcome::page))
        .merge(behind)
        .fallback(async || nothing_here(&frame(None)))
        .layer(middleware::map_response(dressed))
        .route("/-/assets/{name}", get(asset))
}

/// What is around a page for this visitor.
pub(super) fn frame(visitor: Option<&Visitor>) -> Frame {
    Frame {
        login: visitor.and_then(|it| it.login.clone()),
        signed_in: visitor.is_some_and(|it| it.signed_in),
        assets: ASSETS.clone(),
    }
}

/// The door before the pages: lets a request through, sends it to where one signs in, or says why
/// not.
async fn door(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let wanted = request.uri().clone();
    match admitted(&state, request).await {
        Ok(request) => next.run(request).await,
        Err(Denied::NotLocal) => told(
            StatusCode::FORBIDDEN,
            "Not from here",
            NOT_LOCAL,
            &frame(None),
        ),
        Err(Denied::Unknown) => told(
            StatusCode::SERVICE_UNAVAILABLE,
            "GitHub does not answer",
            UNKNOWN,
            &frame(None),
        ),
        Err(Denied::NoToken | Denied::NotSignedIn) => {
            let to = wanted.path_and_query().map_or("/", |it| it.as_str());
            Redirect::to(&sign_in::address(to)).into_response()
        }
    }
}

async fn front(State(state): State<WebState>, Extension(visitor): Extension<Visitor>) -> Response {
    let frame = frame(Some(&visitor));
    let repos = read::repos(&state, visitor.sees).await;
    page_or(&frame, repos, |repos| page::front(&repos, &frame))
}

async fn repository(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
    named: Named,
    RawQuery(query): RawQuery,
) -> Response {
    let frame = frame(Some(&visitor));
    let drawn = drawn(&state, &visitor, named, query, &frame).await;
    page_or(&frame, drawn, |html| html)
}

/// One of its repositories, as the path names it.
type Named = Result<Path<(String, String)>, PathRejection>;

async fn drawn(
    state: &WebState,
    visitor: &Visitor,
    named: Named,
    query: Option<String>,
    frame: &Frame,
) -> Result<String, Failed> {
    let name = read::name(named)?;
    let Some(read) = read::repository(state, &visitor.sees, name).await? else {
        return Err(Failed::Unknown);
    };
    let whole = sheets::Whole::of(state, &visitor.sees, read).await?;
    let (asked, filter) = asked(query.as_deref().unwrap_or_default());
    let frame = frame.clone();
    read::aside(move || {
        let context = whole.context();
        let source = Source {
            board: &whole.board(),
            sprints: &whole.sprints(),
            models: &whole.models(None),
            decisions: &whole.decisions(&filter),
            figures: &whole.figures(),
        };
        page::repository(source, &asked, &context, &frame)
    })
    .await
}

async fn items(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
    named: Named,
    RawQuery(query): RawQuery,
) -> Response {
    let frame = frame(Some(&visitor));
    let listed = async {
        let name = read::name(named)?;
        let Some(read) = read::repository(&state, &visitor.sees, name).await? else {
            return Err(Failed::Unknown);
        };
        let whole = sheets::Whole::of(&state, &visitor.sees, read).await?;
        let asked = items_asked(query.as_deref().unwrap_or_default());
        let frame = frame.clone();
        read::aside(move || page::items(&whole.items(), &asked, &whole.context(), &frame)).await
    };
    page_or(&frame, listed.await, |html| html)
}

/// What a form asks of the decision log. A field that is empty asks nothing.
fn asked(query: &str) -> (Asked, Filter) {
    let mut asked = Asked::default();
    let pairs = filter::pairs(query).unwrap_or_default();
    let mut given = Vec::new();
    for (name, value) in pairs {
        let value = value.trim().to_owned();
        let field = match name.as_str() {
            "q" => &mut asked.words,
            "verdict" => &mut asked.verdict,
            "since" => &mut asked.since,
            "until" => &mut asked.until,
            _ => continue,
        };
        // A field for a day takes nothing else.
        let is_day = matches!(name.as_str(), "since" | "until");
        if !is_day || value.parse::<Date>().is_ok() {
            field.clone_from(&value);
        }
        if !value.is_empty() {
            given.push((name, value));
        }
    }
    match Filter::of(given) {
        Ok(filter) => (asked, filter),
        Err(wrong) => {
            asked.problem = Some(wrong.to_string());
            (asked, Filter::default())
        }
    }
}

fn items_asked(query: &str) -> ItemsAsked {
    let mut asked = ItemsAsked {
        page: 1,
        ..ItemsAsked::default()
    };
    for (name, value) in filter::pairs(query).unwrap_or_default() {
        match name.as_str() {
            "kind" => asked.kind = value,
            "state" => asked.state = value,
            "q" => value.trim().clone_into(&mut asked.words),
            "page" => asked.page = value.parse().unwrap_or(1),
            _ => {}
        }
    }
    asked
}

/// A page, or one that says why there is none.
fn page_or<T>(frame: &Frame, made: Result<T, Failed>, html: impl FnOnce(T) -> String) -> Response {
    match made {
        Ok(made) => Html(html(made)).into_response(),
        Err(Failed::Unknown) => nothing_here(frame),
        Err(error) => {
            let (status, sentence) = error.told();
            let title = if status.is_client_error() {
                "This cannot be shown"
            } else {
                "Something is wrong with labhand"
            };
            told(status, title, &sentence, frame)
        }
    }
}

pub(super) fn nothing_here(frame: &Frame) -> Response {
    let sentence = "There is no such page, or nothing that you may see.";
    told(StatusCode::NOT_FOUND, "Nothing here", sentence, frame)
}

pub(super) fn told(status: StatusCode, title: &str, sentence: &str, frame: &Frame) -> Response {
    (status, Html(page::notice(title, sentence, frame))).into_response()
}

pub(super) async fn asset(Path(name): Path<String>, uri: Uri) -> Response {
    let (kind, text) = match name.as_str() {
        "board.css" => ("text/css; charset=utf-8", page::STYLE),
        "board.js" => ("text/javascript; charset=utf-8", page::SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    // Another version has another address.
    let kept = if uri.query() == Some(ASSETS.as_str()) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, kept),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// Puts the headers on that every page has.
async fn dressed(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 4] = [
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
        (CONTENT_SECURITY_POLICY, POLICY),
    ];
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
