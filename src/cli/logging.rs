//! Log lines go to standard error, so that what a command answers can be piped.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::settings::LogFormat;
use crate::traces::Traces;

/// What is said unless `RUST_LOG` asks for something else. What octocrab finds wrong with a call,
/// labhand says itself, with the key that it concerns.
const DEFAULT: &str = "info,sqlx=warn,octocrab=off";

/// Begins to log for a command whose answer is all that should be read: errors, unless `RUST_LOG`
/// asks for more.
pub(super) fn start_quietly() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .with_ansi(stderr().is_terminal())
        .init();
}

/// Begins to log, and to record traces if there are any. `RUST_LOG` says how much is logged.
pub(super) fn start(format: LogFormat, traces: Option<&Traces>) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    // Spans are for traces alone: each line says itself what it is about.
    let filter = filter.and(filter_fn(|it| !it.is_span()));
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry()
        .with(traces.map(Traces::layer))
        .with(lines.with_filter(filter))
        .init();
}
