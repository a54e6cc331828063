//! Signing in and out.

use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::PrivateCookieJar;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rand::Rng as _;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::access::session::{self, OnTheWay, Session};
use super::access::{Access, UNKNOWN};
use super::{WebState, pages};
use crate::forge::CallError;
use crate::view::page::{self, Door};

/// What stands for itself in the query of the page's address.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_');

/// The longest address to return to.
const MOST: usize = 1_000;

/// Where somebody signs in and then goes on to where they wanted to go.
pub(super) fn address(to: &str) -> String {
    let to = utf8_percent_encode(harmless(to), IN_QUERY);
    format!("/-/sign-in?to={to}")
}

/// A path on this server, and never another host.
fn harmless(to: &str) -> &str {
    let here = to.starts_with('/') && !to.starts_with("//") && !to.starts_with("/\\");
    let plain = to.len() <= MOST && to.bytes().all(|byte| byte.is_ascii_graphic());
    if here && plain && !to.contains('\\') {
        to
    } else {
        "/"
    }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    to: String,
}

/// The page to sign in on.
pub(super) async fn page(State(state): State<WebState>, Query(wanted): Query<Wanted>) -> Response {
    asking(&state, &wanted.to, None)
}

fn asking(state: &WebState, to: &str, problem: Option<(StatusCode, &str)>) -> Response {
    let door = match &state.access {
        Access::Token(_) => Door::Token,
        Access::GitHub(_) => Door::GitHub,
        Access::Local | Access::Public => return Redirect::to("/").into_response(),
    };
    let (status, problem) = match problem {
        Some((status, problem)) => (status, Some(problem)),
        None => (StatusCode::OK, None),
    };
    let html = page::sign_in(door, harmless(to), problem, &pages::frame(None));
    (status, Html(html)).into_response()
}

#[derive(Deserialize)]
pub(super) struct Given {
    token: SecretString,
    #[serde(default)]
    to: String,
}

/// Signs somebody in who has the token.
pub(super) async fn with_token(
    State(state): State<WebState>,
    headers: HeaderMap,
    given: Result<Form<Given>, FormRejection>,
) -> Response {
    let (Access::Token(token), Some(key)) = (&state.access, state.access.key()) else {
        return Redirect::to("/-/sign-in").into_response();
    };
    let Ok(Form(given)) = given else {
        let problem = (StatusCode::BAD_REQUEST, "This is not what the form sends.");
        return asking(&state, "/", Some(problem));
    };
    if !token.is(given.token.expose_secret().trim()) {
        let problem = (StatusCode::UNAUTHORIZED, "This is not the token.");
        return asking(&state, &given.to, Some(problem));
    }
    let jar = PrivateCookieJar::from_headers(&headers, key.clone());
    let session = Session {
        login: None,
        token: None,
    };
    let jar = session.begin(jar, &headers, state.clock.now());
    (jar, Redirect::to(harmless(&given.to))).into_response()
}

/// Sends somebody to GitHub.
pub(super) async fn to_github(
    State(state): State<WebState>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    let Access::GitHub(sign_in) = &state.access else {
        return Redirect::to("/-/sign-in").into_response();
    };
    let nonce = hex::encode(rand::rng().random::<[u8; 16]>());
    let address = sign_in.address(&nonce);
    let to = harmless(&wanted.to).to_owned();
    let jar = PrivateCookieJar::from_headers(&headers, sign_in.key().clone());
    let jar = OnTheWay::begin(jar, &headers, nonce, to, state.clock.now());
    (jar, Redirect::to(&address)).into_response()
}

#[derive(Deserialize)]
pub(super) struct Returned {
    code: Option<String>,
    state: Option<String>,
}

/// Signs somebody in who comes back from GitHub.
pub(super) async fn from_github(
    State(state): State<WebState>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Response {
    let Access::GitHub(sign_in) = &state.access else {
        return Redirect::to("/-/sign-in").into_response();
    };
    let now = state.clock.now();
    let jar = PrivateCookieJar::from_headers(&headers, sign_in.key().clone());
    let (jar, on_the_way) = OnTheWay::end(jar, now);
    let again = |status, problem: &'static str| {
        let answer = asking(&state, "/", Some((status, problem)));
        (jar.clone(), answer).into_response()
    };
    let expected = on_the_way.filter(|it| returned.state.as_deref() == Some(it.state.as_str()));
    let (Some(on_the_way), Some(code)) = (expected, returned.code) else {
        let problem = "This sign-in was not begun in this browser, or took too long. Try again.";
        return again(StatusCode::BAD_REQUEST, problem);
    };
    match sign_in.session(&code).await {
        Ok(session) => {
            let jar = session.begin(jar, &headers, now);
            (jar, Redirect::to(harmless(&on_the_way.to))).into_response()
        }
        Err(CallError::Refused { .. } | CallError::LockedOut { .. } | CallError::Missing(_)) => {
            again(
                StatusCode::UNAUTHORIZED,
                "GitHub did not sign you in. Try again.",
            )
        }
        Err(error) => {
            tracing::warn!(%error, "GitHub could not be asked who somebody is");
            again(StatusCode::SERVICE_UNAVAILABLE, UNKNOWN)
        }
    }
}

/// Signs somebody out.
pub(super) async fn out(State(state): State<WebState>, headers: HeaderMap) -> Response {
    let Some(key) = state.access.key() else {
        return Redirect::to("/").into_response();
    };
    let jar = PrivateCookieJar::from_headers(&headers, key.clone());
    (session::end(jar), Redirect::to("/-/sign-in")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_host() {
        for here in ["/", "/acme/fraud", "/acme/fraud?q=boost&since=2026-11-01"] {
            assert_eq!(harmless(here), here);
        }
        let long = format!("/{}", "x".repeat(2_000));
        for elsewhere in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a b",
            "/\n//evil.example",
            &long,
        ] {
            assert_eq!(harmless(elsewhere), "/", "{elsewhere:?}");
        }
        assert_eq!(
            address("/acme/x?q=a&b"),
            "/-/sign-in?to=/acme/x%3Fq%3Da%26b"
        );
    }
}
