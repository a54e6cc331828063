//! A database beyond a network.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;

/// A way to the server that can be cut.
struct Wire {
    url: String,
    address: SocketAddr,
    server: String,
    carrying: JoinHandle<()>,
    cut: CancellationToken,
}

impl Wire {
    async fn to(url: &str) -> Self {
        let server = url.split(['@', '/']).nth(3).unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let cut = CancellationToken::new();
        Self {
            url: url.replace(&server, &address.to_string()),
            address,
            carrying: tokio::spawn(carry(listener, server.clone(), cut.clone())),
            server,
            cut,
        }
    }

    async fn mend(&mut self) {
        self.carrying.abort();
        let _ended = (&mut self.carrying).await;
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.cut = CancellationToken::new();
        let carrying = carry(listener, self.server.clone(), self.cut.clone());
        self.carrying = tokio::spawn(carrying);
    }
}

/// Once the wire is cut nothing is carried any more, but nobody hangs up either.
async fn carry(listener: TcpListener, server: String, cut: CancellationToken) {
    let mut wires = JoinSet::new();
    loop {
        let (mut near, _) = tokio::select! {
            () = cut.cancelled() => std::future::pending().await,
            came = listener.accept() => came.unwrap(),
        };
        let mut far = TcpStream::connect(&server).await.unwrap();
        let cut = cut.clone();
        wires.spawn(async move {
            tokio::select! {
                () = cut.cancelled() => std::future::pending().await,
                _hung_up = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
            }
        });
    }
}

/// A file has no network; what stands here is run on PostgreSQL.
#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_so_in_time_and_used_again_once_it_can() {
    if !support::is_postgres() {
        return;
    }
    let database = TestDatabase::new().await;
    let mut wire = Wire::to(database.url()).await;
    let store = Store::open(&wire.url).await.unwrap();
    let inbox = inbox(&store);
    let accepted = inbox.accept(delivery(1, "g1", "{\"n\":1}")).await;
    assert_eq!(accepted, Ok(Accepted::New));

    wire.cut.cancel();
    let (ping, refused) = tokio::join!(
        tokio::time::timeout(Duration::from_mins(1), store.ping()),
        inbox.accept(delivery(1, "g2", "{\"n\":2}")),
    );
    assert!(
        matches!(ping, Ok(Err(StoreError::Unavailable(_)))),
        "{ping:?}"
    );
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );

    wire.mend().await;
    let mut again = inbox.accept(delivery(1, "g2", "{\"n\":2}")).await;
    for _ in 0..10 {
        if again.is_ok() {
            break;
        }
        again = inbox.accept(delivery(1, "g2", "{\"n\":2}")).await;
    }
    assert!(again.is_ok(), "{again:?}");
    let guids = store.unhandled(key(1)).await.unwrap();
    let guids: Vec<&str> = guids.iter().map(|one| one.guid.as_str()).collect();
    assert_eq!(guids, ["g1", "g2"]);
}
