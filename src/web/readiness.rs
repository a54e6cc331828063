//! Whether deliveries can be taken now, and if not, why.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use tokio::sync::Mutex;

use super::WebState;
use crate::store::{Store, StoreError};

/// How long an answer of the store's is good for. Anybody may ask, and each question is a write.
const FRESH: Duration = Duration::from_secs(1);

/// Why nothing is taken.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Unready {
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Clock(#[from] WrongClock),
}

/// By how much it is ahead; negative: behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this machine's clock is {:#} {} GitHub's; set it right, and let a time server keep it so",
    .0.abs(),
    if .0.is_negative() { "behind" } else { "ahead of" }
)]
pub(super) struct WrongClock(SignedDuration);

impl WebState {
    /// What is accepted would get a wrong date, and be held for repeated or over.
    pub(super) fn check_clock(&self) -> Result<(), WrongClock> {
        let by = self
            .clock
            .wrong_by()
            .map(|by| SignedDuration::from_secs(by.as_secs()));
        by.map_or(Ok(()), |by| Err(WrongClock(by)))
    }
}

/// Asks the store, for many at once only once.
#[derive(Debug, Clone, Default)]
pub(super) struct Probe(Arc<Mutex<Option<Probed>>>);

#[derive(Debug)]
struct Probed {
    at: Instant,
    outcome: Result<(), StoreError>,
}

impl Probe {
    async fn ask(&self, store: &Store) -> Result<(), StoreError> {
        let mut last = self.0.lock().await;
        if let Some(Probed { at, outcome }) = &*last
            && at.elapsed() < FRESH
        {
            return outcome.clone();
        }
        let outcome = store.probe().await;
        *last = Some(Probed {
            at: Instant::now(),
            outcome: outcome.clone(),
        });
        outcome
    }
}

/// `GET /readyz`.
pub(super) async fn readyz(State(state): State<WebState>) -> Response {
    match is_ready(&state).await {
        Ok(()) => "ready\n".into_response(),
        Err(reason) => {
            let text = format!("not ready: {reason}\n");
            (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
        }
    }
}

async fn is_ready(state: &WebState) -> Result<(), Unready> {
    state.check_clock()?;
    Ok(state.probe.ask(&state.store).await?)
}
