//! Who may read what labhand knows: the one door before everything under `/api`.
//!
//! Being on the same machine is not the same as being let in. A proxy on this machine speaks for
//! anybody, so a request that shows signs of one is not local; and a page on the web can have a
//! visitor's browser ask a name that resolves to the loopback address (DNS rebinding), so a request
//! counts as local only if it asks for this machine by a name that nobody else can give out.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::WebState;
use super::answer::refused;

/// Headers by which a proxy tells that it is one, beside those that begin with [`FORWARDED_PREFIX`].
const FORWARDED: [&str; 4] = ["forwarded", "x-real-ip", "via", "cf-connecting-ip"];

const FORWARDED_PREFIX: &str = "x-forwarded-";

/// Who may read.
#[derive(Clone)]
pub enum Access {
    /// Programs on this machine.
    Local,
    /// Who sends the token.
    Token(AccessToken),
    /// Anyone, of public repositories.
    Public,
}

/// What is kept of a token: enough to recognise it.
#[derive(Clone)]
pub struct AccessToken([u8; 32]);

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

/// Why somebody was not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Denied {
    NotLocal,
    NoToken,
}

impl Access {
    /// Access for who sends this token.
    pub fn token(token: &str) -> Self {
        Self::Token(AccessToken(digest(token)))
    }

    fn admits(&self, request: &Request) -> Result<(), Denied> {
        match self {
            Self::Local => is_local(request).then_some(()).ok_or(Denied::NotLocal),
            Self::Token(token) => bearer(request.headers())
                .is_some_and(|sent| token.is(sent))
                .then_some(())
                .ok_or(Denied::NoToken),
            Self::Public => Ok(()),
        }
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Local => "Local",
            Self::Token(_) => "Token(…)",
            Self::Public => "Public",
        })
    }
}

impl AccessToken {
    /// Takes the same time wherever the first difference is.
    fn is(&self, sent: &str) -> bool {
        let pairs = self.0.iter().zip(digest(sent));
        pairs.fold(0, |difference, (ours, theirs)| difference | (ours ^ theirs)) == 0
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

/// Lets a request through, or answers why not.
pub(super) async fn door(State(state): State<WebState>, request: Request, next: Next) -> Response {
    match state.access.admits(&request) {
        Ok(()) => next.run(request).await,
        Err(Denied::NotLocal) => refused(
            StatusCode::FORBIDDEN,
            "this is only for programs on labhand's own machine that ask it directly; to let in \
             others, set web.access (LABHAND_WEB__ACCESS) to token or public",
        ),
        Err(Denied::NoToken) => {
            let sentence = "this needs the header `Authorization: Bearer …` with the token of \
                            web.token (LABHAND_WEB__TOKEN)";
            let refused = refused(StatusCode::UNAUTHORIZED, sentence);
            ([(WWW_AUTHENTICATE, "Bearer")], refused).into_response()
        }
    }
}

/// Whether a program on this machine asks, itself, and for this machine.
fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<Peer>();
    peer.is_some_and(|Peer(address)| address.to_canonical().is_loopback())
        && !is_forwarded(request.headers())
        && asks_for_this_machine(request.uri(), request.headers())
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.keys().any(|name| {
        let name = name.as_str();
        FORWARDED.contains(&name) || name.starts_with(FORWARDED_PREFIX)
    })
}

/// The host that is asked for: in the header, once, and where the request line has one too, both.
fn asks_for_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    host.to_str().is_ok_and(is_loopback)
        && uri
            .authority()
            .is_none_or(|authority| is_loopback(authority.as_str()))
}

/// Whether a host, with or without port, is a loopback name or address. Read to its last character:
/// to `http`'s own type `[::1]evil` is a host as well.
fn is_loopback(host: &str) -> bool {
    let bracketed = host.strip_prefix('[').and_then(|it| it.split_once(']'));
    let (is_loopback, port) = if let Some((address, port)) = bracketed {
        let address = address.parse::<Ipv6Addr>();
        (address.is_ok_and(|address| address.is_loopback()), port)
    } else {
        let (name, port) = host.split_at(host.find(':').unwrap_or(host.len()));
        let address = name.parse::<Ipv4Addr>();
        let is_named = name.eq_ignore_ascii_case("localhost");
        let is_loopback = is_named || address.is_ok_and(|address| address.is_loopback());
        (is_loopback, port)
    };
    let is_port = |digits: &str| digits.parse::<u16>().is_ok();
    is_loopback && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port))
}

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
    use axum::body::Body;

    use super::*;

    /// A request from this peer with these headers.
    fn request(peer: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::new(Body::empty());
        let peer = Peer(peer.parse().unwrap());
        request.extensions_mut().insert(peer);
        for (name, value) in headers {
            let name = name.parse::<axum::http::HeaderName>().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        request
    }

    fn local(peer: &str, headers: &[(&str, &str)]) -> Result<(), Denied> {
        Access::Local.admits(&request(peer, headers))
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
        unknown.extensions_mut().clear();
        assert_eq!(Access::Local.admits(&unknown), Err(Denied::NotLocal));
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
        *absolute.uri_mut() = "http://evil.example/api/v1/repos".parse().unwrap();
        assert_eq!(Access::Local.admits(&absolute), Err(Denied::NotLocal));
        *absolute.uri_mut() = "http://localhost:8080/api/v1/repos".parse().unwrap();
        assert_eq!(Access::Local.admits(&absolute), Ok(()));
    }

    #[test]
    fn the_token_lets_in_from_everywhere() {
        let access = Access::token("correct-horse-battery");
        let admits =
            |headers: &[(&str, &str)]| access.admits(&request("192.0.2.7", headers)).is_ok();
        assert!(admits(&[("authorization", "Bearer correct-horse-battery")]));
        assert!(admits(&[(
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
            assert!(!admits(&[("authorization", wrong)]), "{wrong}");
        }
        assert!(!admits(&[]));
        let right = ("authorization", "Bearer correct-horse-battery");
        assert!(!admits(&[right, ("authorization", "Bearer x")]));
        let at_home = request("127.0.0.1", &[("host", "localhost")]);
        assert_eq!(access.admits(&at_home), Err(Denied::NoToken));
        assert_eq!(format!("{access:?}"), "Token(…)");
    }

    #[test]
    fn public_lets_everybody_in() {
        let request = request("192.0.2.7", &[("x-forwarded-for", "192.0.2.8")]);
        assert_eq!(Access::Public.admits(&request), Ok(()));
    }
}
