//! Bytes out and bytes in: what was certainly not sent is told apart from what may have been.

use std::error::Error;

use http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use octocrab::Octocrab;
use secrecy::SecretString;
use tokio::time::{Instant, timeout_at};

use crate::forge::CallError;

use super::answer::{Answer, failed, harmless, token_refused};
use super::request::Request;

/// The largest answer that is read, in bytes. A page of a hundred issues with the longest texts
/// (65,536 characters of up to four bytes) is larger in theory; none is in practice.
const MAX_ANSWER_BYTES: usize = 10 * 1024 * 1024;

/// The version of GitHub's API whose forms are read.
const API_VERSION: &str = "2022-11-28";

/// Sends what octocrab's typed methods would wrap: the bare request, for the sake of the bare
/// answer with its headers.
pub(super) async fn transmit(client: &Octocrab, request: &Request) -> Result<Answer, CallError> {
    let mut message = http::Request::builder()
        .method(&request.method)
        .uri(&request.target)
        .header(header::ACCEPT, request.accept)
        .header("x-github-api-version", API_VERSION);
    if request.body.is_some() {
        message = message.header(header::CONTENT_TYPE, request.content_type);
    }
    let body = request.body.clone().unwrap_or_default();
    let message = message.body(body).map_err(|_| {
        // Paths are encoded, so this is a page or a redirect that GitHub named badly.
        CallError::Unreadable("an address that is none".to_owned())
    })?;
    let lost = |error: &octocrab::Error| {
        if was_never_connected(error) {
            unsent(error)
        } else {
            failed(request.twice, "the connection broke".to_owned())
        }
    };
    let answer = client
        .execute(message)
        .await
        .map_err(|error| lost(&error))?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, MAX_ANSWER_BYTES).collect().await;
    let body = body.map_err(|error| {
        if error.is::<LengthLimitError>() {
            CallError::Unreadable(format!("over {MAX_ANSWER_BYTES} bytes"))
        } else {
            failed(request.twice, "the answer broke off".to_owned())
        }
    })?;
    Ok(Answer {
        status: parts.status,
        headers: parts.headers,
        body: body.to_bytes().to_vec(),
    })
}

/// Asked for apart from the request itself: as long as this fails, nothing was sent.
pub(super) async fn installation_token(
    client: &Octocrab,
    deadline: Instant,
) -> Result<SecretString, CallError> {
    match timeout_at(deadline, client.installation_token()).await {
        Ok(Ok(token)) => Ok(token),
        Ok(Err(octocrab::Error::GitHub { source, .. })) => Err(token_refused(&source)),
        Ok(Err(error)) => Err(unsent(&error)),
        Err(_) => Err(CallError::Unavailable("no token in time".to_owned())),
    }
}

/// Whether not even a connection came about, so that certainly nothing was sent.
fn was_never_connected(error: &octocrab::Error) -> bool {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper_util::client::legacy::Error>() {
            return error.is_connect();
        }
        cause = error.source();
    }
    false
}

/// Nothing was sent. The words are those of the innermost cause, which is the network's: others
/// of octocrab's quote whole answers.
pub(super) fn unsent(error: &octocrab::Error) -> CallError {
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    CallError::Unavailable(harmless(&cause.to_string()))
}
