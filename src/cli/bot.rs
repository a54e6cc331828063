//! The parts of a running bot, put together once for `serve`, the demo and the tests.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::forge::Forge;
use crate::metrics::Metrics;
use crate::store::{Inbox, Store};
use crate::web::{self, Front, WebState};
use crate::worker::{Options, Worker};

/// The worker looks every few seconds anyway.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// A bot that is ready to receive and to work.
pub struct Bot<F> {
    router: Router,
    worker: Worker<F>,
    store: Store,
    arrivals: Arc<Notify>,
}

impl<F: Forge> Bot<F> {
    /// Puts a bot together over a store and a forge. `secrets` are those of its webhooks, and
    /// `access` says who may read its JSON.
    pub fn new(
        store: Store,
        forge: F,
        front: Front,
        clock: Clock,
        metrics: Arc<Metrics>,
        options: Options,
    ) -> Self {
        let arrivals = Arc::new(Notify::new());
        let inbox = Inbox::start(store.clone(), Arc::clone(&arrivals));
        let worker = Worker::new(
            store.clone(),
            forge,
            clock.clone(),
            Arc::clone(&metrics),
            options,
        );
        let state = WebState::new(store.clone(), inbox, front, metrics, clock);
        let router = web::router(state);
        Self {
            router,
            worker,
            store,
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
        let listening = self.listen(shutdown.clone());
        let tidying = self.worker.keep_tidy(shutdown.clone());
        let working = self.worker.run(Arc::clone(&self.arrivals), shutdown);
        tokio::join!(receiving, listening, tidying, working);
    }

    /// Hears of what other processes accept.
    async fn listen(&self, shutdown: CancellationToken) {
        let listening = async {
            loop {
                if let Err(error) = self.store.listen(&self.arrivals).await {
                    tracing::warn!(%error, "other processes are not heard; looking without it");
                }
                tokio::time::sleep(LISTEN_AGAIN).await;
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = listening => {}
        }
    }
}
