//! Who is on this machine.
//!
//! Being on the same machine is not the same as being let in. A proxy on this machine speaks for
//! anybody, so a request that shows signs of one is not local; and a page on the web can have a
//! visitor's browser ask a name that resolves to the loopback address (DNS rebinding), so a request
//! counts as local only if it asks for this machine by a name that nobody else can give out.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};

/// Headers by which a proxy tells that it is one, beside those that begin with [`FORWARDED_PREFIX`].
const FORWARDED: [&str; 4] = ["forwarded", "x-real-ip", "via", "cf-connecting-ip"];

const FORWARDED_PREFIX: &str = "x-forwarded-";

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Peer(pub(in crate::web) IpAddr);

/// Whether a program on this machine asks, itself, and for this machine.
pub(in crate::web) fn is_local(request: &Parts) -> bool {
    let peer = request.extensions.get::<Peer>();
    peer.is_some_and(|Peer(address)| address.to_canonical().is_loopback())
        && !is_forwarded(&request.headers)
        && asks_for_this_machine(&request.uri, &request.headers)
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
pub(in crate::web) fn is_loopback(host: &str) -> bool {
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
