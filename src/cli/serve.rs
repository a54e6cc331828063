//! `labhand serve`: puts the parts together, runs them, and stops them in order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::bot::Bot;
use super::{logging, set_up};
use crate::clock::Clock;
use crate::forge::github::{Called, GitHub, OAuth, OnCall};
use crate::metrics::Metrics;
use crate::settings::app_file::KeptApp;
use crate::settings::{Credentials, Settings, SettingsError, WebAccess};
use crate::store::{Store, StoreError};
use crate::traces::Traces;
use crate::web::{Access, Front, SetUpKey, SignIn, WebhookSecrets, Welcome};
use crate::worker::Options;

pub(super) const EXAMPLES: &str = "\
Examples:
  labhand serve                       without any settings: shows where to set it up
  LABHAND_GITHUB__WEBHOOK_SECRETS=… LABHAND_GITHUB__TOKEN=… labhand serve
  LABHAND_GITHUB__WEBHOOK_SECRETS=… LABHAND_GITHUB__APP_ID=12345 \\
    LABHAND_GITHUB__PRIVATE_KEY_PATH=app.pem labhand serve
  labhand serve --config labhand.toml

GitHub sends its webhooks to /webhooks/github. /healthz, /readyz and /metrics are for operators.
The web board on / and the same for programs under /api/v1 are for this machine alone, unless
web.access says otherwise.
SIGTERM and Ctrl-C stop it within 10 s; what was accepted is done after the next start.";

/// Container runtimes kill 10 s after SIGTERM; this leaves time to close the store.
const STOP: Duration = Duration::from_secs(8);

/// Serves with the settings that `load` gives; twice, where the set-up page adds an App to them.
pub(super) async fn run(load: impl Fn() -> Result<Settings, SettingsError>) -> anyhow::Result<()> {
    let mut settings = load()?;
    let traces = settings.traces_url.as_deref().map(Traces::to).transpose();
    let traces =
        traces.context("traces.otlp_url (LABHAND_TRACES__OTLP_URL): this is no address")?;
    logging::start(settings.log_format, traces.as_ref());
    let mut listener = listen(settings.bind).await?;
    let shutdown = CancellationToken::new();
    stop_on_signals(shutdown.clone())?;

    let mut key = None;
    if settings.github.is_none() {
        // The same place again, also where any port would do.
        let place = listener.local_addr()?;
        let Some(made) = set_up::run(&settings, listener, &shutdown).await? else {
            return Ok(());
        };
        key = Some(made);
        settings = load()?;
        listener = listen(place).await?;
    }
    let served = serve(&settings, listener, key, &shutdown).await;
    if let Some(traces) = traces {
        // It waits for the collector on its own thread, and for that one here.
        let _ = tokio::task::spawn_blocking(|| traces.end()).await;
    }
    served
}

async fn serve(
    settings: &Settings,
    listener: TcpListener,
    key: Option<SetUpKey>,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let known = settings.github.as_ref();
    let known = known.context("github.app_file (LABHAND_GITHUB__APP_FILE): it is gone again")?;
    let store = open(settings.store_url.expose_secret()).await?;
    let metrics = Arc::new(Metrics::new());
    let clock = Clock::system();
    let connect = || github(&settings.api_url, &known.credentials, &metrics, &clock);
    let github = connect()?;
    let options = Options {
        write_spacing: known.write_spacing,
        as_app: matches!(known.credentials, Credentials::App { .. }),
        keep_deliveries: settings.keep_deliveries,
        web_url: github.web_url().to_owned(),
    };
    let front = Front {
        secrets: WebhookSecrets::new(&known.webhook_secrets),
        access: access(settings, &metrics, &clock)?,
        web_url: github.web_url().to_owned(),
        welcome: match (key, KeptApp::read(&settings.app_file)?) {
            (Some(key), Some(app)) => Some(Welcome {
                key,
                html_url: app.html_url,
                github: connect()?,
            }),
            (None, _) | (_, None) => None,
        },
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
    Ok(())
}

async fn listen(bind: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(bind).await.with_context(|| {
        format!(
            "server.bind (LABHAND_SERVER__BIND): cannot listen on {bind}; another address, for \
             example 127.0.0.1:8081, may be free"
        )
    })
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

fn access(settings: &Settings, metrics: &Arc<Metrics>, clock: &Clock) -> anyhow::Result<Access> {
    Ok(match &settings.web_access {
        WebAccess::Local => Access::Local,
        WebAccess::Token(token) => Access::token(token.expose_secret()),
        WebAccess::GitHub(client) => {
            let on_call = counted(metrics, clock);
            let secret = client.secret.clone();
            let oauth = OAuth::new(&settings.api_url, &client.id, secret, on_call)?;
            Access::GitHub(Arc::new(SignIn::new(oauth, &client.secret)))
        }
        WebAccess::Public => Access::Public,
    })
}

/// Each call is counted, and tells what time it is on GitHub.
fn counted(metrics: &Arc<Metrics>, clock: &Clock) -> OnCall {
    let (metrics, clock) = (Arc::clone(metrics), clock.clone());
    Arc::new(move |called: &Called<'_>| {
        metrics.call(called.method, called.route, called.status);
        if let Some(date) = called.date {
            clock.heard(date);
        }
    })
}

fn github(
    api_url: &str,
    credentials: &Credentials,
    metrics: &Arc<Metrics>,
    clock: &Clock,
) -> anyhow::Result<GitHub> {
    let on_call = counted(metrics, clock);
    let (github, setting) = match credentials {
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
