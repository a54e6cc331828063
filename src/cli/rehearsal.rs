//! A bot on the stand-in: for the demo, the tests and the benches.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::bot::Bot;
use crate::clock::Clock;
use crate::forge::github::{GitHub, OnCall, SetupError};
use crate::metrics::Metrics;
use crate::sim::Sim;
use crate::store::Store;
use crate::web::{self, Access, Front, WebhookSecrets};
use crate::worker::Options;

/// How it is set up.
pub struct Rehearsal {
    /// Of the webhooks.
    pub secret: &'static str,
    /// With the machine account's token instead of as the App.
    pub token: bool,
    /// Between two writes; zero, as the clock stands still while the bot works.
    pub write_spacing: Duration,
    /// Is told of each call.
    pub on_call: OnCall,
    /// Where it counts.
    pub metrics: Arc<Metrics>,
    /// Who may read its pages.
    pub access: Access,
    /// Where its pages link to; what it writes links to `https://github.com` all the same.
    pub pages_link_to: String,
}

impl Rehearsal {
    /// As the App, unwatched, and never rationed.
    pub fn new(secret: &'static str) -> Self {
        Self {
            secret,
            token: false,
            write_spacing: Duration::ZERO,
            on_call: Arc::new(|_| {}),
            metrics: Arc::default(),
            access: Access::Local,
            pages_link_to: "https://github.com".to_owned(),
        }
    }
}

impl Bot<GitHub> {
    /// A bot that takes the stand-in for GitHub.
    ///
    /// # Errors
    /// If the stand-in's address or its App's key is none.
    pub fn on(
        gh: &Sim,
        store: Store,
        clock: Clock,
        rehearsal: Rehearsal,
    ) -> Result<Self, SetupError> {
        let Rehearsal {
            secret,
            token,
            write_spacing,
            on_call,
            metrics,
            access,
            pages_link_to,
        } = rehearsal;
        let forge = if token {
            GitHub::token(gh.url(), &SecretString::from(gh.token()), on_call)?
        } else {
            let key = SecretString::from(gh.private_key_pem());
            GitHub::app(gh.url(), gh.app_id(), &key, on_call)?
        };
        let options = Options {
            write_spacing,
            as_app: !token,
            keep_deliveries: SignedDuration::from_hours(30 * 24),
            web_url: "https://github.com".to_owned(),
        };
        let front = Front {
            secrets: WebhookSecrets::new(&[SecretString::from(secret)]),
            access,
            web_url: pages_link_to,
            welcome: None,
        };
        Ok(Self::new(store, forge, front, clock, metrics, options))
    }

    /// Takes the stand-in's deliveries on loopback, until it is told to stop.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn hears(&self, gh: &Sim) -> io::Result<(SocketAddr, CancellationToken)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        gh.hook_to(&format!("http://{address}/webhooks/github"));
        let stop = CancellationToken::new();
        tokio::spawn(web::serve(listener, self.router(), stop.clone()));
        Ok((address, stop))
    }
}
