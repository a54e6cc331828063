//! Log lines go to standard error, so that what a command answers can be piped.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;

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

/// Begins to log. `RUST_LOG` says how much.
pub(super) fn start(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    match format {
        LogFormat::Text => subscriber.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => subscriber.json().flatten_event(true).init(),
    }
}
