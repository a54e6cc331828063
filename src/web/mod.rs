//! What listens: the webhook, health and metrics, the web board, and the same for programs.

mod access;
mod answer;
mod api;
mod envelope;
mod filter;
mod known;
mod live;
mod pages;
mod read;
mod readiness;
mod server;
mod set_up;
mod sheets;
mod sign_in;
mod signature;
mod webhook;
mod welcome;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::store::{Inbox, Store};

pub use access::{Access, AccessToken, SignIn};
pub use server::serve;
pub use set_up::{SetUp, SetUpKey};
pub use signature::WebhookSecrets;
pub use welcome::Welcome;

/// Time for a whole request: GitHub waits 10 s for the answer, and Enterprise Server 30 s.
const WHOLE_REQUEST: Duration = Duration::from_secs(30);

/// The media type of what the registry writes.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How labhand meets those who come to it.
pub struct Front {
    /// By which GitHub's webhooks are known.
    pub secrets: WebhookSecrets,
    /// Who may read.
    pub access: Access,
    /// Where pages link to for what is on GitHub: `https://github.com`, or an Enterprise host.
    pub web_url: String,
    /// For whoever has just made the App.
    pub welcome: Option<Welcome>,
}

/// What the routes need.
#[derive(Clone)]
pub struct WebState {
    store: Store,
    inbox: Inbox,
    secrets: WebhookSecrets,
    access: Access,
    metrics: Arc<Metrics>,
    clock: Clock,
    /// Where people see what is on GitHub; without a slash at the end.
    web_url: Arc<str>,
    welcome: Option<Arc<Welcome>>,
    probe: readiness::Probe,
    /// Places for what reads and computes much.
    reading: Arc<Semaphore>,
    /// Places for pages that listen for news.
    listening: Arc<Semaphore>,
    /// Memory for bodies that are arriving, in KiB.
    arriving: Arc<Semaphore>,
}

impl WebState {
    /// Puts together what the routes need.
    pub fn new(
        store: Store,
        inbox: Inbox,
        front: Front,
        metrics: Arc<Metrics>,
        clock: Clock,
    ) -> Self {
        let Front {
            secrets,
            access,
            web_url,
            welcome,
        } = front;
        Self {
            store,
            inbox,
            secrets,
            access,
            metrics,
            clock,
            web_url: web_url.into(),
            welcome: welcome.map(Arc::new),
            probe: readiness::Probe::default(),
            reading: Arc::new(Semaphore::new(api::AT_ONCE)),
            listening: Arc::new(Semaphore::new(live::AT_ONCE)),
            arriving: Arc::new(Semaphore::new(webhook::ARRIVING_KIB)),
        }
    }
}

/// All routes.
pub fn router(state: WebState) -> Router {
    Router::new()
        .route("/webhooks/github", post(webhook::receive))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readiness::readyz))
        .route("/metrics", get(metrics))
        .nest("/api/v1", api::router(&state))
        .merge(pages::router(&state))
        .layer(middleware::from_fn(within_time))
        .with_state(state)
}

/// Ends a request that takes too long, a body that trickles in above all.
async fn within_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(WHOLE_REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::REQUEST_TIMEOUT, "this took longer than 30 s\n").into_response(),
    }
}

/// The process is alive.
async fn healthz() -> &'static str {
    "alive\n"
}

async fn metrics(State(state): State<WebState>) -> Response {
    let figures = match state.store.figures().await {
        Ok(figures) => Some(figures),
        Err(error) => {
            tracing::warn!(%error, "the store's figures could not be read");
            None
        }
    };
    let text = state.metrics.render(figures.as_ref(), state.clock.now());
    ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()
}
