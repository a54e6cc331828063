//! Who may read what labhand knows: the doors before everything under `/api` and before the pages.

use std::fmt;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::Key;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::WebState;
use super::answer::refused;
use crate::domain::ids::RepoId;

mod github;
mod local;
pub(super) mod session;

pub use github::SignIn;
use local::is_local;
pub(super) use local::{Peer, is_loopback};
use session::Session;

/// Who may read.
#[derive(Clone)]
pub enum Access {
    /// Programs and people on this machine.
    Local,
    /// Who has the token.
    Token(AccessToken),
    /// Users of GitHub: each what they may read there.
    GitHub(Arc<SignIn>),
    /// Anyone, of public repositories.
    Public,
}

/// What is kept of a token: enough to recognise it, and to seal cookies.
#[derive(Clone)]
pub struct AccessToken {
    digest: [u8; 32],
    key: Key,
}

/// What somebody who was let in may see.
#[derive(Debug, Clone)]
pub(super) enum Sees {
    /// All that there is.
    Everything,
    /// What everybody may read on GitHub.
    Public,
    /// That, and these.
    Theirs(Arc<std::collections::BTreeSet<RepoId>>),
}

impl Sees {
    /// Whether a repository is shown.
    pub(super) fn shows(&self, repo: RepoId, is_public: bool) -> bool {
        match self {
            Self::Everything => true,
            Self::Public => is_public,
            Self::Theirs(theirs) => is_public || theirs.contains(&repo),
        }
    }
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    pub(super) sees: Sees,
    /// Who signed in, if GitHub said who that is.
    pub(super) login: Option<String>,
    /// There is a session that can be ended.
    pub(super) signed_in: bool,
}

impl Visitor {
    fn who_sees(sees: Sees) -> Self {
        Self {
            sees,
            login: None,
            signed_in: false,
        }
    }
}

/// Why somebody was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denied {
    NotLocal,
    NoToken,
    NotSignedIn,
    /// GitHub does not say what they may read.
    Unknown,
}

impl Access {
    /// Access for who sends this token.
    pub fn token(token: &str) -> Self {
        let digest = digest(token);
        let key = Key::derive_from(&digest);
        Self::Token(AccessToken { digest, key })
    }

    /// What cookies are sealed with; none where nobody signs in.
    pub(super) fn key(&self) -> Option<&Key> {
        match self {
            Self::Token(token) => Some(&token.key),
            Self::GitHub(sign_in) => Some(sign_in.key()),
            Self::Local | Self::Public => None,
        }
    }

    async fn admits(&self, request: &Parts, now: Timestamp) -> Result<Visitor, Denied> {
        let session = || Session::of(&request.headers, self.key()?, now);
        match self {
            Self::Local => is_local(request)
                .then(|| Visitor::who_sees(Sees::Everything))
                .ok_or(Denied::NotLocal),
            Self::Token(token) => {
                if bearer(&request.headers).is_some_and(|sent| token.is(sent)) {
                    return Ok(Visitor::who_sees(Sees::Everything));
                }
                session().ok_or(Denied::NoToken).map(|_| Visitor {
                    signed_in: true,
                    ..Visitor::who_sees(Sees::Everything)
                })
            }
            Self::GitHub(sign_in) => {
                let session = session().ok_or(Denied::NotSignedIn)?;
                let theirs = sign_in.readable_to(&session).await?;
                Ok(Visitor {
                    login: session.login,
                    signed_in: true,
                    sees: Sees::Theirs(theirs),
                })
            }
            Self::Public => Ok(Visitor::who_sees(Sees::Public)),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "Local",
            Self::Token(_) => "Token(…)",
            Self::GitHub(_) => "GitHub(…)",
            Self::Public => "Public",
        })
    }
}

impl AccessToken {
    /// Takes the same time wherever the first difference is.
    pub(super) fn is(&self, sent: &str) -> bool {
        let pairs = self.digest.iter().zip(digest(sent));
        pairs.fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs)) == 0
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// The request with its visitor, or why nobody is let in.
pub(super) async fn admitted(state: &WebState, request: Request) -> Result<Request, Denied> {
    let (mut parts, body) = request.into_parts();
    let visitor = state.access.admits(&parts, state.clock.now()).await?;
    parts.extensions.insert(visitor);
    Ok(Request::from_parts(parts, body))
}

/// The door before the JSON: lets a request through, or answers why not.
pub(super) async fn door(State(state): State<WebState>, request: Request, next: Next) -> Response {
    match admitted(&state, request).await {
        Ok(request) => next.run(request).await,
        Err(Denied::NotLocal) => refused(StatusCode::FORBIDDEN, NOT_LOCAL),
        Err(Denied::NoToken) => {
            let sentence = "this needs the header `Authorization: Bearer …` with the token of \
                            web.token (LABHAND_WEB__TOKEN)";
            let refused = refused(StatusCode::UNAUTHORIZED, sentence);
            ([(WWW_AUTHENTICATE, "Bearer")], refused).into_response()
        }
        Err(Denied::NotSignedIn) => refused(
            StatusCode::UNAUTHORIZED,
            "this needs the cookie of somebody who has signed in on /-/sign-in",
        ),
        Err(Denied::Unknown) => refused(StatusCode::SERVICE_UNAVAILABLE, UNKNOWN),
    }
}

/// What is said to whoever comes from elsewhere.
pub(super) const NOT_LOCAL: &str = "this is only for programs on labhand's own machine that ask \
    it directly; to let in others, set web.access (LABHAND_WEB__ACCESS) to token, github or public";

/// What is said where GitHub does not answer.
pub(super) const UNKNOWN: &str = "GitHub does not say now what you may read; try again in a minute";

/// The token that was sent, in the one header for it.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut sent = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (sent.next(), sent.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_matches(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request from this peer with these headers.
    fn request(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let (mut request, ()) = axum::http::Request::new(()).into_parts();
        let peer = Peer(peer.parse().unwrap());
        request.extensions.insert(peer);
        for (name, value) in headers {
            let name = name.parse::<axum::http::HeaderName>().unwrap();
            request.headers.append(name, value.parse().unwrap());
        }
        request
    }

    fn admits(access: &Access, request: &Parts) -> Result<(), Denied> {
        let now = "2026-11-25T10:00:00Z".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let admitted = runtime.unwrap().block_on(access.admits(request, now));
        admitted.map(|_| ())
    }

    fn local(peer: &str, headers: &[(&str, &str)]) -> Result<(), Denied> {
        admits(&Access::Local, &request(peer, headers))
    }

    #[test]
    fn local_is_who_asks_from_this_machine() {
        for peer in ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(local(peer, &[("host", "localhost")]), Ok(()), "{peer}");
        }
        for peer in ["10.0.0.1", "192.0.2.7", "::ffff:10.0.0.1", "fe80::1", "::"] {
            let answer = local(peer, &[("host", "localhost")]);
            assert_eq!(answer, Err(Denied::NotLocal), "{peer}");
        }
        let mut unknown = request("127.0.0.1", &[("host", "localhost")]);
        unknown.extensions.clear();
        assert_eq!(admits(&Access::Local, &unknown), Err(Denied::NotLocal));
    }

    #[test]
    fn local_is_not_who_comes_through_a_proxy() {
        for header in [
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "x-forwarded-anything",
            "X-Real-IP",
            "Via",
            "CF-Connecting-IP",
        ] {
            let headers = [("host", "localhost"), (header, "127.0.0.1")];
            let answer = local("127.0.0.1", &headers);
            assert_eq!(answer, Err(Denied::NotLocal), "{header}");
        }
        let harmless = [("host", "localhost"), ("x-forward", "1"), ("accept", "*/*")];
        assert_eq!(local("127.0.0.1", &harmless), Ok(()));
    }

    #[test]
    fn local_is_not_who_asks_for_another_name() {
        for host in [
            "localhost",
            "LocalHost:8080",
            "127.0.0.1",
            "127.0.0.53:8080",
            "[::1]",
            "[::1]:8080",
        ] {
            assert_eq!(local("127.0.0.1", &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "evil.example:8080",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "localhost@evil.example",
            "evil.example@localhost",
            "[::2]",
            "[::1]evil",
            "[::1]:80.evil.example",
            "[::1",
            "::1",
            "localhost:evil",
            "localhost:80:80",
            "127.1",
            "0.0.0.0",
            "2130706433",
            "localhost, evil.example",
        ] {
            let answer = local("127.0.0.1", &[("host", host)]);
            assert_eq!(answer, Err(Denied::NotLocal), "{host}");
        }
        assert_eq!(local("127.0.0.1", &[]), Err(Denied::NotLocal));
        let twice = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(local("127.0.0.1", &twice), Err(Denied::NotLocal));

        let mut absolute = request("127.0.0.1", &[("host", "localhost")]);
        absolute.uri = "http://evil.example/api/v1/repos".parse().unwrap();
        assert_eq!(admits(&Access::Local, &absolute), Err(Denied::NotLocal));
        absolute.uri = "http://localhost:8080/api/v1/repos".parse().unwrap();
        assert_eq!(admits(&Access::Local, &absolute), Ok(()));
    }

    #[test]
    fn the_token_lets_in_from_everywhere() {
        let access = Access::token("correct-horse-battery");
        let lets_in =
            |headers: &[(&str, &str)]| admits(&access, &request("192.0.2.7", headers)).is_ok();
        assert!(lets_in(&[(
            "authorization",
            "Bearer correct-horse-battery"
        )]));
        assert!(lets_in(&[(
            "authorization",
            "bearer  correct-horse-battery"
        )]));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "correct-horse-battery",
            "Basic correct-horse-battery",
            "Bearer correct-horse-batterY",
            "Bearer correct-horse-battery-staple",
            "Bearer correct-horse",
        ] {
            assert!(!lets_in(&[("authorization", wrong)]), "{wrong}");
        }
        assert!(!lets_in(&[]));
        let right = ("authorization", "Bearer correct-horse-battery");
        assert!(!lets_in(&[right, ("authorization", "Bearer x")]));
        let at_home = request("127.0.0.1", &[("host", "localhost")]);
        assert_eq!(admits(&access, &at_home), Err(Denied::NoToken));
        assert_eq!(format!("{access:?}"), "Token(…)");
    }

    #[test]
    fn public_lets_everybody_in() {
        let request = request("192.0.2.7", &[("x-forwarded-for", "192.0.2.8")]);
        assert_eq!(admits(&Access::Public, &request), Ok(()));
    }
}
