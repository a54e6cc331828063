//! `labhand serve`: puts the parts together, runs them, and stops them in order.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::logging;
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::store::{Inbox, Store};
use crate::web::{self, WebState, WebhookSecrets};

pub(super) const EXAMPLES: &str = "\
Examples:
  LABHAND_GITHUB__WEBHOOK_SECRETS=… LABHAND_GITHUB__TOKEN=… labhand serve
  LABHAND_GITHUB__WEBHOOK_SECRETS=… LABHAND_GITHUB__APP_ID=12345 \\
    LABHAND_GITHUB__PRIVATE_KEY_PATH=app.pem labhand serve
  labhand serve --config labhand.toml

GitHub sends its webhooks to /webhooks/github. /healthz, /readyz and /metrics are for operators.
SIGTERM and Ctrl-C stop it within 10 s; what was accepted is done after the next start.";

/// Container runtimes kill 10 s after SIGTERM; this leaves time to close the store.
const STOP: Duration = Duration::from_secs(8);

pub(super) async fn run(settings: Settings) -> anyhow::Result<()> {
    logging::start(settings.log_format);
    let store = Store::open(&settings.store_url)
        .await
        .with_context(|| format!("the store {} cannot be opened", settings.store_url))?;
    let listener = TcpListener::bind(settings.bind)
        .await
        .with_context(|| format!("cannot listen on {} (server.bind)", settings.bind))?;

    let shutdown = CancellationToken::new();
    stop_on_signals(shutdown.clone())?;

    let clock = Clock::system();
    let metrics = Arc::new(Metrics::new());
    let arrivals = Arc::new(Notify::new());
    let inbox = Inbox::start(store.clone(), Arc::clone(&arrivals));
    let secrets = WebhookSecrets::new(&settings.github.webhook_secrets);
    let router = web::router(WebState::new(store.clone(), inbox, secrets, metrics, clock));

    let parts = TaskTracker::new();
    parts.spawn(web::serve(listener, router, shutdown.clone()));
    parts.close();
    tracing::info!(bind = %settings.bind, store = settings.store_url, "labhand serves");

    shutdown.cancelled().await;
    tracing::info!("stopping");
    if tokio::time::timeout(STOP, parts.wait()).await.is_err() {
        tracing::warn!("not everything ended in time; the next start finishes it");
    }
    store.close().await;
    Ok(())
}

/// Stops on SIGTERM, as container runtimes send, and SIGINT, as Ctrl-C does.
fn stop_on_signals(shutdown: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        shutdown.cancel();
    });
    Ok(())
}
