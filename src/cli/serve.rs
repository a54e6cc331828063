//! `labhand serve`: puts the parts together, runs them, and stops them in order.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::bot::Bot;
use super::logging;
use crate::clock::Clock;
use crate::forge::github::{Called, GitHub, OnCall};
use crate::metrics::Metrics;
use crate::settings::{Credentials, Settings, WebAccess};
use crate::store::{Store, StoreError};
use crate::traces::Traces;
use crate::web::{Access, Front, WebhookSecrets};
use crate::worker::Options;

pub(super) const EXAMPLES: &str = "\
Examples:
  LABHAND_GITHUB__WEBHOOK_SECRETS=… LABHAND_GITHUB__TOKEN=… labhand serve
  LABHAND_GITHUB__WEBHOOK_SECRETS=… LABHAND_GITHUB__APP_ID=12345 \\
    LABHAND_GITHUB__PRIVATE_KEY_PATH=app.pem labhand serve
  labhand serve --config labhand.toml

GitHub sends its webhooks to /webhooks/github. /healthz, /readyz and /metrics are for operators,
and /api/v1/repos is for programs on this machine, unless web.access says otherwise.
SIGTERM and Ctrl-C stop it within 10 s; what was accepted is done after the next start.";

/// Container runtimes kill 10 s after SIGTERM; this leaves time to close the store.
const STOP: Duration = Duration::from_secs(8);

pub(super) async fn run(settings: Settings) -> anyhow::Result<()> {
    let traces = settings.traces_url.as_deref().map(Traces::to).transpose();
    let traces =
        traces.context("traces.otlp_url (LABHAND_TRACES__OTLP_URL): this is no address")?;
    logging::start(settings.log_format, traces.as_ref());
    let store = open(settings.store_url.expose_secret()).await?;
    let listener = TcpListener::bind(settings.bind).await.with_context(|| {
        format!(
            "server.bind (LABHAND_SERVER__BIND): cannot listen on {}; another address, for \
                 example 127.0.0.1:8081, may be free",
            settings.bind
        )
    })?;

    let shutdown = CancellationToken::new();
    stop_on_signals(shutdown.clone())?;

    let metrics = Arc::new(Metrics::new());
    let clock = Clock::system();
    let github = github(&settings, &metrics, &clock)?;
    let options = Options {
        write_spacing: settings.github.write_spacing,
        as_app: matches!(settings.github.credentials, Credentials::App { .. }),
        keep_deliveries: settings.keep_deliveries,
        web_url: github.web_url().to_owned(),
    };
    let front = Front {
        secrets: WebhookSecrets::new(&settings.github.webhook_secrets),
        access: access(&settings.web_access),
        web_url: github.web_url().to_owned(),
    };
    let bot = Bot::new(store.clone(), github, front, clock, metrics, options);

    let parts = TaskTracker::new();
    let stopped = shutdown.clone();
    parts.spawn(async move { bot.run(listener, stopped).await });
    parts.close();
    tracing::info!(bind = %settings.bind, store = %store.place(), "labhand serves");

    shutdown.cancelled().await;
    tracing::info!("stopping");
    if tokio::time::timeout(STOP, parts.wait()).await.is_err() {
        tracing::warn!("not everything ended in time; the next start finishes it");
    }
    store.close().await;
    if let Some(traces) = traces {
        // It waits for the collector on its own thread, and for that one here.
        let _ = tokio::task::spawn_blocking(|| traces.end()).await;
    }
    Ok(())
}

/// Opens a store, and says in which setting it stands if that fails.
pub(super) async fn open(url: &str) -> anyhow::Result<Store> {
    named(Store::open(url).await, url)
}

/// Opens a store that has to be there already, for commands beside the server.
pub(super) async fn open_existing(url: &str) -> anyhow::Result<Store> {
    named(Store::open_existing(url).await, url)
}

fn named(opened: Result<Store, StoreError>, url: &str) -> anyhow::Result<Store> {
    opened.with_context(|| {
        let place = crate::store::place(url);
        let way_out = if place.starts_with("sqlite:") {
            "it has to be in a folder that labhand may write to, for example \
             sqlite:///var/lib/labhand/labhand.db"
        } else {
            "the server has to be reachable, and the database and its owner have to be there"
        };
        format!("store.url (LABHAND_STORE__URL): the store {place} cannot be opened; {way_out}")
    })
}

fn access(access: &WebAccess) -> Access {
    match access {
        WebAccess::Local => Access::Local,
        WebAccess::Token(token) => Access::token(token.expose_secret()),
        WebAccess::Public => Access::Public,
    }
}

fn github(settings: &Settings, metrics: &Arc<Metrics>, clock: &Clock) -> anyhow::Result<GitHub> {
    let (metrics, clock) = (Arc::clone(metrics), clock.clone());
    let on_call: OnCall = Arc::new(move |called: &Called<'_>| {
        metrics.call(called.method, called.route, called.status);
        if let Some(date) = called.date {
            clock.heard(date);
        }
    });
    let api_url = &settings.github.api_url;
    let (github, setting) = match &settings.github.credentials {
        Credentials::App { id, private_key } => (
            GitHub::app(api_url, *id, private_key, on_call),
            "github.private_key (LABHAND_GITHUB__PRIVATE_KEY, or the file of \
             LABHAND_GITHUB__PRIVATE_KEY_PATH)",
        ),
        Credentials::Token(token) => (
            GitHub::token(api_url, token, on_call),
            "github.token (LABHAND_GITHUB__TOKEN)",
        ),
    };
    github.with_context(|| format!("{setting}: GitHub cannot be spoken to with this"))
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
