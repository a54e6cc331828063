//! How one process tells the others that something came: `NOTIFY` of PostgreSQL. A message that is
//! lost costs some seconds, since everybody looks now and then without one.

use std::sync::Arc;

use secrecy::ExposeSecret;
use sqlx::AnyConnection;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

use super::Store;
use super::database::Engine;
use super::error::StoreError;

/// The name of the channel. Channels belong to a database, and several schemas of one may each be a
/// store.
const CHANNEL: &str = "SELECT 'labhand_arrivals_' || current_schema()";

/// Tells the others, once the transaction is there for them to see.
pub(super) async fn announce(
    engine: Engine,
    connection: &mut AnyConnection,
) -> Result<(), StoreError> {
    if engine == Engine::Postgres {
        sqlx::query("SELECT pg_notify('labhand_arrivals_' || current_schema(), '')::TEXT")
            .execute(connection)
            .await?;
    }
    Ok(())
}

impl Store {
    /// Whether other processes may work on the same store.
    pub fn is_shared(&self) -> bool {
        self.database.engine == Engine::Postgres
    }

    /// Passes on what other processes tell, until something hinders it. Where nobody else can be
    /// working it never ends.
    ///
    /// # Errors
    /// Messages may have been missed; look without one, and listen again.
    pub async fn listen(&self, arrivals: &Arc<Notify>) -> Result<(), StoreError> {
        if !self.is_shared() {
            return std::future::pending().await;
        }
        let mut listener = PgListener::connect(self.database.url.expose_secret()).await?;
        let channel: String = sqlx::query_scalar(CHANNEL).fetch_one(&mut listener).await?;
        listener.listen(&channel).await?;
        loop {
            // It connects again by itself; `None` is a connection that was lost meanwhile.
            listener.try_recv().await?;
            arrivals.notify_one();
        }
    }
}
