//! `POST /webhooks/github`: from the wire into the inbox.
//!
//! The order is what makes it safe. Nothing is parsed before the signature of the raw bytes was
//! verified, nothing is kept of a delivery whose signature is wrong, and 202 is answered only for
//! what is on disk.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tokio::sync::SemaphorePermit;
use tracing::Instrument;

use super::WebState;
use super::envelope::{self, Event};
use super::readiness::WrongClock;
use super::signature::Claimed;
use crate::store::BodyDigest;
use crate::store::{Accepted, NewDelivery, StoreError};
use crate::traces;

/// GitHub's largest payload is 25 MB.
const LONGEST: usize = 25 * 1024 * 1024;

/// What is read of a body that is too long, so that a sender that does not listen while it sends
/// still gets the answer instead of a reset connection.
const DISCARDED: usize = 2 * LONGEST;

/// Memory for bodies that are arriving, in KiB: ten of the largest. They are unverified, so that
/// anybody could fill it.
pub(super) const ARRIVING_KIB: usize = 10 * LONGEST / 1024;

/// Memory that is taken at once for a body that says how long it is. Most are shorter; a longer
/// one has to arrive to take more, since anybody can announce anything.
const AT_ONCE: usize = 32 * 1024;

/// A header's value that is kept; GitHub's are under 50 bytes.
const LONGEST_HEADER: usize = 200;

/// When GitHub may try again after 503, in seconds.
const TRY_AGAIN: &str = "30";

/// Why a delivery was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error(
        "this webhook sends forms; set \"Content type\" to application/json in the webhook's settings"
    )]
    Form,
    #[error("the content type has to be application/json")]
    ContentType,
    #[error("the header X-Hub-Signature-256 is missing; set a secret in the webhook's settings")]
    Unsigned,
    #[error("the signature is not one of ours; is the secret in the webhook's settings the same?")]
    Signature,
    #[error("the body is longer than 25 MB")]
    TooLong,
    #[error("the body could not be read to its end")]
    Broken,
    #[error("the header {0} is missing or malformed")]
    Header(&'static str),
    #[error("the body is not the JSON of a GitHub event")]
    Malformed,
    #[error("too much is arriving at once; try again later")]
    Busy,
    #[error(transparent)]
    Clock(#[from] WrongClock),
    #[error("the delivery could not be stored; try again later")]
    Store(#[from] StoreError),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Form | Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Unsigned | Self::Signature => StatusCode::UNAUTHORIZED,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Broken | Self::Header(_) | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Busy | Self::Clock(_) | Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// As it is counted.
    fn reason(&self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::ContentType => "content_type",
            Self::Unsigned => "unsigned",
            Self::Signature => "signature",
            Self::TooLong => "too_long",
            Self::Broken => "broken",
            Self::Header(_) => "header",
            Self::Malformed => "malformed",
            Self::Busy => "busy",
            Self::Clock(_) => "clock",
            Self::Store(_) => "store",
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let text = format!("{self}\n");
        match status {
            StatusCode::SERVICE_UNAVAILABLE => {
                (status, [(RETRY_AFTER, TRY_AGAIN)], text).into_response()
            }
            _ => (status, text).into_response(),
        }
    }
}

/// Takes a delivery.
pub(super) async fn receive(State(state): State<WebState>, request: Request<Body>) -> Response {
    match take(&state, request).await {
        Ok(answer) => (StatusCode::ACCEPTED, answer).into_response(),
        Err(refusal) => {
            state.metrics.delivery_refused(refusal.reason());
            if let Refusal::Store(error) = &refusal {
                tracing::error!(%error, "a delivery could not be stored");
            }
            refusal.into_response()
        }
    }
}

async fn take(state: &WebState, request: Request<Body>) -> Result<&'static str, Refusal> {
    let (head, body) = request.into_parts();
    let headers = head.headers;
    check_content_type(&headers)?;
    let declared = declared_length(&headers).unwrap_or(0);
    if declared > LONGEST {
        return Err(Refusal::TooLong);
    }
    let claimed = headers
        .get("x-hub-signature-256")
        .ok_or(Refusal::Unsigned)
        .and_then(|value| Claimed::read(value.as_bytes()).ok_or(Refusal::Signature))?;
    let Verified {
        body,
        digest,
        _memory,
    } = read(state, body, declared, claimed).await?;

    let name = text_header(&headers, "x-github-event")?;
    let guid = text_header(&headers, "x-github-delivery")?;
    let Some(event) = Event::from_word(name) else {
        state.metrics.delivery_ignored();
        tracing::debug!(delivery = guid, event = name, "ignored");
        return Ok("ignored: labhand does not know this event\n");
    };
    let key = envelope::key(event, &body).map_err(|_| {
        tracing::warn!(
            delivery = guid,
            event = name,
            "a signed delivery is malformed"
        );
        Refusal::Malformed
    })?;
    state.check_clock()?;
    let span = tracing::info_span!("delivery", event = event.word(), guid, %key);
    let accepted = state
        .inbox
        .accept(NewDelivery {
            key,
            guid: guid.to_owned(),
            event: event.word().to_owned(),
            hook_target: hook_target(&headers),
            digest,
            body,
            received_at: state.clock.now(),
            trace: traces::place(&span),
        })
        .instrument(span)
        .await?;
    state.metrics.delivery_accepted(event.word());
    tracing::debug!(delivery = guid, event = name, %key, ?accepted, "accepted");
    Ok(match accepted {
        Accepted::New => "accepted\n",
        Accepted::SeenBefore => {
            state.metrics.delivery_repeated();
            "accepted: it was here before\n"
        }
    })
}

fn check_content_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let value = headers.get(CONTENT_TYPE).ok_or(Refusal::ContentType)?;
    let essence = value.to_str().unwrap_or_default();
    let essence = essence.split_once(';').map_or(essence, |(first, _)| first);
    match essence.trim().to_ascii_lowercase().as_str() {
        "application/json" => Ok(()),
        "application/x-www-form-urlencoded" => Err(Refusal::Form),
        _ => Err(Refusal::ContentType),
    }
}

fn declared_length(headers: &HeaderMap) -> Option<usize> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn text_header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, Refusal> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .filter(|value| !value.is_empty() && value.len() <= LONGEST_HEADER)
        .ok_or(Refusal::Header(name))
}

/// Which App or repository the webhook belongs to, `integration/42`; empty if GitHub did not say.
fn hook_target(headers: &HeaderMap) -> String {
    let kind = text_header(headers, "x-github-hook-installation-target-type");
    let id = text_header(headers, "x-github-hook-installation-target-id");
    match (kind, id) {
        (Ok(kind), Ok(id)) => format!("{kind}/{id}"),
        (Ok(_) | Err(_), Ok(_) | Err(_)) => String::new(),
    }
}

/// A body whose signature is right.
struct Verified<'s> {
    body: Vec<u8>,
    digest: BodyDigest,
    /// Counts the body's memory until it is stored.
    _memory: SemaphorePermit<'s>,
}

/// Reads a body within its bounds and verifies it.
async fn read(
    state: &WebState,
    mut stream: Body,
    declared: usize,
    claimed: Claimed,
) -> Result<Verified<'_>, Refusal> {
    let mut reader = state.secrets.reader();
    let mut body = Vec::with_capacity(declared.min(AT_ONCE));
    let mut memory = state
        .arriving
        .try_acquire_many(0)
        .map_err(|_| Refusal::Busy)?;
    while let Some(frame) = stream.frame().await {
        let frame = frame.map_err(|_| Refusal::Broken)?;
        let Some(chunk) = frame.data_ref() else {
            continue;
        };
        if body.len() + chunk.len() > LONGEST {
            drop((body, memory));
            discard(stream).await;
            return Err(Refusal::TooLong);
        }
        reader.update(chunk);
        body.extend_from_slice(chunk);
        let short = body
            .capacity()
            .div_ceil(1024)
            .saturating_sub(memory.num_permits());
        let more = u32::try_from(short)
            .ok()
            .and_then(|short| state.arriving.try_acquire_many(short).ok())
            .ok_or(Refusal::Busy)?;
        memory.merge(more);
    }
    let digest = reader.verify(claimed).ok_or(Refusal::Signature)?;
    Ok(Verified {
        body,
        digest,
        _memory: memory,
    })
}

async fn discard(mut stream: Body) {
    let mut read = 0;
    while let Some(Ok(frame)) = stream.frame().await {
        read += frame.data_ref().map_or(0, Bytes::len);
        if read > DISCARDED {
            return;
        }
    }
}
