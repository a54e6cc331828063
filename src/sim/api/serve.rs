//! From HTTP to an [`Ask`] and back: faults strike here, callers are identified here, and every
//! call is noted for the tests.

use std::collections::HashMap;

use axum::RequestExt;
use axum::body::Body as HttpBody;
use axum::extract::{ConnectInfo, Query, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::Shared;
use super::super::calls::CallSeen;
use super::super::faults::{Answer, strike};
use super::super::refusal::{Did, Refusal};
use super::super::server::Connection;
use super::super::world::World;
use super::auth::Caller;
use super::{Ask, Body, Handler, Reply};

/// The largest request body that is read, in bytes.
const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// Calls an hour for one installation.
pub(in super::super) const HOURLY: usize = 5_000;

/// What is known of a call before anybody thinks about it.
struct Incoming {
    method: String,
    path: String,
    query: String,
    params: HashMap<String, String>,
    headers: HeaderMap,
    body: String,
}

/// Answers one call.
pub(super) async fn serve(
    shared: Shared,
    template: &'static str,
    handler: Handler,
    mut request: Request,
) -> Response<HttpBody> {
    let connection = request
        .extensions()
        .get::<ConnectInfo<Connection>>()
        .map(|info| info.0.clone());
    let params = match request.extract_parts::<RawPathParams>().await {
        Ok(params) => params
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        Err(_) => HashMap::new(),
    };
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .unwrap_or_default();
    let incoming = Incoming {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        params,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let (dropped, withheld, response) = {
        let mut world = shared.world();
        let fault = strike(&mut world.faults, &incoming.method, &incoming.path);
        let reply = act(&mut world, handler, fault.as_ref(), &incoming);
        let dropped = matches!(fault, Some(Answer::LostAnswer | Answer::DropBefore));
        let withheld = fault == Some(Answer::NeverAnswered);
        let at = world.now();
        world.calls.push(CallSeen {
            method: incoming.method.clone(),
            route: template.replace("{*path}", "{path}"),
            path: incoming.path.clone(),
            query: incoming.query.clone(),
            body: incoming.body.clone(),
            status: if dropped || withheld { 0 } else { reply.status },
            at,
        });
        let bare = matches!(fault, Some(Answer::Status { bare: true, .. }));
        let response = dress(&world, &incoming, reply, bare);
        (dropped, withheld, response)
    };
    if withheld {
        shared.world().withheld.notify_one();
        std::future::pending::<()>().await;
    }
    if let (true, Some(connection)) = (dropped, connection) {
        connection.cut();
    }
    response
}

/// Carries the call out, unless a fault keeps it from being carried out.
fn act(world: &mut World, handler: Handler, fault: Option<&Answer>, incoming: &Incoming) -> Reply {
    match fault {
        Some(Answer::Status {
            code,
            headers,
            body,
            ..
        }) => {
            let mut reply = Reply::from(Refusal::new(*code, words(*code)));
            if let Ok(json) = serde_json::from_str(body) {
                reply.body = Body::Json(json);
            } else if !body.is_empty() {
                reply.body = Body::Text(body.clone());
            }
            reply.headers.clone_from(headers);
            reply
        }
        Some(Answer::DropBefore) => Reply::no_content(),
        Some(Answer::NotFound) => Refusal::not_found().into(),
        Some(Answer::BadGatewayAfterActing) => {
            let _ = handled(world, handler, incoming);
            Refusal::new(502, "Server Error").into()
        }
        Some(Answer::LostAnswer | Answer::NeverAnswered) | None => {
            handled(world, handler, incoming).unwrap_or_else(Reply::from)
        }
    }
}

fn words(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Something went wrong")
}

fn handled(world: &mut World, handler: Handler, incoming: &Incoming) -> Did<Reply> {
    let header = |name: HeaderName| {
        incoming
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
            .to_owned()
    };
    if header(header::USER_AGENT).is_empty() {
        return Err(Refusal::new(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
        ));
    }
    let caller = Caller::identify(world, &incoming.path, &header(header::AUTHORIZATION))?;
    let free = incoming.path.ends_with("/rate_limit");
    if !free && rate(world).0 >= HOURLY {
        return Err(Refusal::new(
            403,
            "API rate limit exceeded for installation",
        ));
    }
    if lags(world, &incoming.path) {
        return Err(Refusal::not_found());
    }
    let content_type = header(header::CONTENT_TYPE);
    let is_file = incoming.path.ends_with("/assets") && incoming.method == "POST";
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    let body = if incoming.body.trim().is_empty() || is_file || is_form {
        Value::Null
    } else {
        serde_json::from_str(&incoming.body)
            .map_err(|_| Refusal::new(400, "Problems parsing JSON"))?
    };
    let query = format!("http://here/?{}", incoming.query)
        .parse()
        .ok()
        .and_then(|uri| Query::<HashMap<String, String>>::try_from_uri(&uri).ok())
        .map(|query| query.0)
        .unwrap_or_default();
    let ask = Ask {
        caller,
        path: incoming.path.clone(),
        raw_query: incoming.query.clone(),
        params: incoming.params.clone(),
        query,
        body,
        raw: incoming.body.clone(),
        content_type,
        accept: header(header::ACCEPT),
    };
    if let Some(elsewhere) = renamed(world, &ask, &incoming.method) {
        return Ok(elsewhere);
    }
    handler(world, &ask)
}

/// Where GitHub sends who knows a repository by the name that it had.
fn renamed(world: &World, ask: &Ask, method: &str) -> Option<Reply> {
    let (owner, name) = (ask.params.get("owner")?, ask.params.get("repo")?);
    if world.repo_named(owner, name).is_some() {
        return None;
    }
    let full_name = format!("{owner}/{name}");
    let repo = *world.former_names.get(&full_name.to_ascii_lowercase())?;
    ask.caller.must_see(world, repo).ok()?;
    let (_, rest) = ask.path.split_once(&format!("/repos/{full_name}"))?;
    let (status, words) = if method == "GET" {
        (301, "Moved Permanently")
    } else {
        (307, "Temporary Redirect")
    };
    let query = if ask.raw_query.is_empty() { "" } else { "?" };
    let address = format!(
        "{}/repositories/{}{rest}{query}{}",
        world.base, world[repo].id, ask.raw_query
    );
    let body = json!({
        "message": words,
        "url": address,
        "documentation_url": "https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects"
    });
    let mut reply = Reply::with_status(status, body);
    reply.headers.push(("location".to_owned(), address));
    Some(reply)
}

/// Whether what was just announced is not there yet for this one look.
fn lags(world: &mut World, path: &str) -> bool {
    let path = path.trim_start_matches("/api/v3").to_ascii_lowercase();
    let late = world
        .lagging
        .iter()
        .find(|late| path == **late || path.starts_with(&format!("{late}/")))
        .cloned();
    late.is_some_and(|late| world.lagging.remove(&late))
}

/// Puts GitHub's headers on an answer, and makes it 304 for who has it already.
fn dress(world: &World, incoming: &Incoming, reply: Reply, bare: bool) -> Response<HttpBody> {
    let (text, kind) = match &reply.body {
        Body::Json(json) => (json.to_string(), "application/json; charset=utf-8"),
        Body::Text(text) => (text.clone(), "application/vnd.github.raw; charset=utf-8"),
        Body::Empty => (String::new(), ""),
    };
    let mut headers: Vec<(String, String)> = vec![
        ("server".to_owned(), "github.com".to_owned()),
        ("date".to_owned(), http_date(world.now())),
        (
            "x-github-media-type".to_owned(),
            "github.v3; format=json".to_owned(),
        ),
        (
            "x-github-request-id".to_owned(),
            format!("51D0:{:06X}", world.calls.len()),
        ),
    ];
    if !kind.is_empty() {
        headers.push(("content-type".to_owned(), kind.to_owned()));
    }
    if !bare {
        headers.extend(rate_headers(world));
    }
    headers.extend(reply.headers);
    let mut status = reply.status;
    let mut text = text;
    if incoming.method == "GET" && status == 200 {
        let tag = format!(
            "W/\"{}\"",
            hex::encode(&Sha256::digest(text.as_bytes())[..16])
        );
        let known = incoming
            .headers
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok());
        if known == Some(tag.as_str()) {
            status = 304;
            text.clear();
        }
        headers.push(("etag".to_owned(), tag));
    }
    let mut response = Response::new(HttpBody::from(text));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name),
            HeaderValue::try_from(value.as_str()),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// GitHub's rate limit headers.
fn rate_headers(world: &World) -> Vec<(String, String)> {
    let (used, reset) = rate(world);
    [
        ("limit", HOURLY.to_string()),
        ("remaining", HOURLY.saturating_sub(used).to_string()),
        ("used", used.to_string()),
        ("reset", reset.to_string()),
        ("resource", "core".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (format!("x-ratelimit-{name}"), value))
    .collect()
}

/// Calls in this hour of the stand-in's clock, and the second at which the next hour begins.
pub(in super::super) fn rate(world: &World) -> (usize, i64) {
    const HOUR: i64 = 3_600;
    let hour = world.now().as_second().div_euclid(HOUR);
    let used = world
        .calls
        .iter()
        .rev()
        .take_while(|call| call.at.as_second().div_euclid(HOUR) == hour)
        .count();
    let reset = (hour + 1) * HOUR;
    let (until, elsewhere) = world.used_elsewhere;
    let elsewhere = if until == reset { elsewhere } else { 0 };
    (used + elsewhere, reset)
}

fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
