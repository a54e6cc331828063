//! The parts of a running bot, put together once for `serve`, the demo and the tests.

use std::sync::Arc;

use axum::Router;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::forge::Forge;
use crate::metrics::Metrics;
use crate::store::{Inbox, Store};
use crate::web::{self, Access, WebState, WebhookSecrets};
use crate::worker::{Options, Worker};

/// A bot that is ready to receive and to work.
pub struct Bot<F> {
    router: Router,
    worker: Worker<F>,
    arrivals: Arc<Notify>,
}

impl<F: Forge> Bot<F> {
    /// Puts a bot together over a store and a forge. `secrets` are those of its webhooks, and
    /// `access` says who may read its JSON.
    pub fn new(
        store: Store,
        forge: F,
        secrets: &[SecretString],
        access: Access,
        clock: Clock,
        metrics: Arc<Metrics>,
        options: Options,
    ) -> Self {
        let arrivals = Arc::new(Notify::new());
        let inbox = Inbox::start(store.clone(), Arc::clone(&arrivals));
        let secrets = WebhookSecrets::new(secrets);
        let worker = Worker::new(
            store.clone(),
            forge,
            clock.clone(),
            Arc::clone(&metrics),
            options,
        );
        let state = WebState::new(store, inbox, secrets, access, metrics, clock);
        let router = web::router(state);
        Self {
            router,
            worker,
            arrivals,
        }
    }

    /// Its routes.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// What looks at its keys.
    pub fn worker(&self) -> &Worker<F> {
        &self.worker
    }

    /// Receives and works until told to stop; what is under way comes to its end.
    pub async fn run(&self, listener: TcpListener, shutdown: CancellationToken) {
        let receiving = web::serve(listener, self.router(), shutdown.clone());
        let working = self.worker.run(Arc::clone(&self.arrivals), shutdown);
        tokio::join!(receiving, working);
    }
}
