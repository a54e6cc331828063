//! A network between a process and its database.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// A way to the server that can be cut.
pub struct Wire {
    /// The database's, by way of this.
    pub url: String,
    address: SocketAddr,
    server: String,
    carrying: JoinHandle<()>,
    /// Cuts it.
    pub cut: CancellationToken,
}

impl Wire {
    /// Begins to carry.
    pub async fn to(url: &str) -> Self {
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

    /// Carries again, on new connections.
    pub async fn mend(&mut self) {
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
