//! Answers in JSON. What is not there, or not for everybody, must not be kept by anyone on the way.

use axum::Json;
use axum::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Why there is no better answer.
#[derive(Debug, Serialize)]
struct Refused<'a> {
    error: &'a str,
}

/// An answer of one sentence.
pub(super) fn refused(status: StatusCode, sentence: &str) -> Response {
    (status, Json(Refused { error: sentence })).into_response()
}

/// Puts the headers on that every answer has.
pub(super) async fn dressed(mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 2] = [
        (CACHE_CONTROL, "no-store"),
        // Nobody may run it as a script.
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
