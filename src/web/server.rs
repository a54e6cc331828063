//! Connections. `axum::serve` gives a connection all the time it wants to send its headers, and
//! knows no bound on their number; both would let anybody wear the server out.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::Peer;

/// Time for the headers of a request, also of the next on a connection that is kept open.
const HEADERS: Duration = Duration::from_secs(15);

/// Time for what is under way when the server is told to stop.
const FINISH: Duration = Duration::from_secs(5);

/// Open connections; who comes later waits to be accepted.
const CONNECTIONS: usize = 1_000;

/// Pause after the system refused a connection, usually for want of file descriptors.
const REFUSED: Duration = Duration::from_millis(100);

/// Serves until told to stop, then lets the requests under way finish, for 5 s at most.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken) {
    let connections = TaskTracker::new();
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, stream) = tokio::select! {
            accepted = accepted => accepted,
            () = shutdown.cancelled() => break,
        };
        match stream {
            Ok((stream, address)) => {
                let peer = Peer(address.ip());
                let connection = converse(stream, peer, router.clone(), shutdown.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(REFUSED).await;
            }
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// What answers for ever has to end when this is cancelled.
#[derive(Debug, Clone)]
pub(super) struct Closing(pub(super) CancellationToken);

async fn converse(stream: TcpStream, peer: Peer, router: Router, shutdown: CancellationToken) {
    // Small answers should not wait for more; where that cannot be set they do.
    let _ = stream.set_nodelay(true);
    let answering = TowerToHyperService::new(router);
    let closing = Closing(shutdown.clone());
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(closing.clone());
        answering.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            match tokio::time::timeout(FINISH, connection).await {
                Ok(ended) => ended,
                Err(_) => return,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
