//! Who has signed in: a cookie that only labhand can read and make, so that every process knows
//! it and nothing has to be kept.

use axum::http::HeaderMap;
use axum_extra::extract::PrivateCookieJar;
use axum_extra::extract::cookie::{Cookie, Key, SameSite};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// The session's cookie.
const NAME: &str = "labhand_session";

/// The cookie of somebody who is on their way to GitHub and back.
const ON_THE_WAY: &str = "labhand_sign_in";

/// A session ends then; GitHub's tokens of users of an App live as long.
const LENGTH: SignedDuration = SignedDuration::from_hours(8);

/// Time to sign in on GitHub.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub(in crate::web) struct Session {
    /// Their login on GitHub, if they came from there.
    pub(in crate::web) login: Option<String>,
    /// By which GitHub is asked what they may read.
    pub(in crate::web) token: Option<SecretString>,
}

/// A session as it is sealed.
#[derive(Serialize, Deserialize)]
struct Sealed {
    login: Option<String>,
    token: Option<String>,
    until: Timestamp,
}

/// What has to come back from GitHub, and where to go then.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::web) struct OnTheWay {
    pub(in crate::web) state: String,
    pub(in crate::web) to: String,
    until: Timestamp,
}

impl Session {
    /// The session of a request, if there is one.
    pub(super) fn of(headers: &HeaderMap, key: &Key, now: Timestamp) -> Option<Self> {
        let jar = PrivateCookieJar::from_headers(headers, key.clone());
        let sealed: Sealed = serde_json::from_str(jar.get(NAME)?.value()).ok()?;
        (now < sealed.until).then(|| Self {
            login: sealed.login,
            token: sealed.token.map(SecretString::from),
        })
    }

    /// The cookie of a session that begins now.
    pub(in crate::web) fn begin(
        self,
        jar: PrivateCookieJar,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> PrivateCookieJar {
        let token = self.token.as_ref();
        let sealed = Sealed {
            login: self.login,
            token: token.map(|token| token.expose_secret().to_owned()),
            until: now + LENGTH,
        };
        let cookie = cookie(NAME, &sealed, headers);
        jar.add(cookie)
    }
}

/// Ends a session.
pub(in crate::web) fn end(jar: PrivateCookieJar) -> PrivateCookieJar {
    jar.remove(Cookie::build(NAME).path("/"))
}

impl OnTheWay {
    /// Sends somebody on the way.
    pub(in crate::web) fn begin(
        jar: PrivateCookieJar,
        headers: &HeaderMap,
        state: String,
        to: String,
        now: Timestamp,
    ) -> PrivateCookieJar {
        let until = now + PATIENCE;
        jar.add(cookie(ON_THE_WAY, &Self { state, to, until }, headers))
    }

    /// Takes what was sent on the way, once.
    pub(in crate::web) fn end(
        jar: PrivateCookieJar,
        now: Timestamp,
    ) -> (PrivateCookieJar, Option<Self>) {
        let sealed = jar.get(ON_THE_WAY);
        let sealed = sealed.and_then(|it| serde_json::from_str::<Self>(it.value()).ok());
        let jar = jar.remove(Cookie::build(ON_THE_WAY).path("/"));
        (jar, sealed.filter(|it| now < it.until))
    }
}

fn cookie(name: &'static str, value: &impl Serialize, headers: &HeaderMap) -> Cookie<'static> {
    // Structures of strings and times have no keys that JSON could refuse.
    let value = serde_json::to_string(value).unwrap_or_default();
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_behind_tls(headers))
        .build()
}

/// labhand itself speaks no TLS; whoever does before it says so.
fn is_behind_tls(headers: &HeaderMap) -> bool {
    let said = headers.get("x-forwarded-proto");
    said.is_some_and(|scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"))
}
