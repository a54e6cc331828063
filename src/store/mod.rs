//! The store: deliveries, the queue of keys, facts, states and what is shown of them.
//!
//! SQLite, with one connection that writes, so that nobody ever waits for a lock inside a
//! transaction, and a few that read. The statements keep to what PostgreSQL understands too; what
//! is SQLite's own is that a transaction begins with the right to write, and the text index.
//!
//! | file | what it is about |
//! |---|---|
//! | [`inbox`] | deliveries, safe on disk before they are answered |
//! | [`queue`] | which key is looked at next, and by whom |
//! | `facts` | facts, kept for ever |
//! | [`records`] | states, repositories, intents, and the step that stores all of it |
//! | [`texts`] | what items are about, and which earlier ones are about the same |
//!
//! Documents (states, facts, what is shown) are JSON text that the store does not look into.

mod error;
mod facts;
pub mod inbox;
mod key;
pub mod queue;
pub mod records;
mod schema;
pub mod texts;

use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::query::Query;
use sqlx::sqlite::{
    SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Connection, Row, Sqlite, Transaction};

pub use error::StoreError;
pub use facts::{MODELS, NewFact};
pub use inbox::{Accepted, Inbox, NewDelivery};
pub use key::{BodyDigest, Key, KeyKind};
pub use queue::{Lease, StoredDelivery};
pub use records::{Intent, ItemRow, RepoRow, SavedItem, SavedRepo, Step};
pub use texts::ItemText;

/// How long a statement waits for another process that holds the file, for example a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that read; more than cores would only queue for the disk.
const READERS: u32 = 4;

/// Prepared statements that a connection keeps. The inbox has three for each size of a group.
const STATEMENTS: usize = 512;

/// Pages of the log after which a commit copies it into the database file: 64 MB. All that arrive
/// during the copying wait for it. With SQLite's own 1,000 those would be one in ten under load;
/// here they are fewer than the slowest hundredth, and the log of a process that was killed is
/// still read in a tenth of a second.
const LOG_PAGES: &str = "16000";

/// Memory for pages of the connection that writes, in KiB (negative, as SQLite has it): each digest
/// of a delivery has its place somewhere in an index, and that of some hundred thousand fits.
const WRITER_CACHE: &str = "-16000";

/// The store. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
}

/// How much there is, for the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Deliveries that are not handled yet.
    pub unhandled: u64,
    /// When the oldest of them came.
    pub oldest_unhandled: Option<Timestamp>,
    /// Keys that will be looked at some time.
    pub scheduled: u64,
    /// Facts of all items.
    pub facts: u64,
    /// Items, without boards.
    pub items: u64,
}

impl Store {
    /// Opens the store, creating the file and bringing the schema up to date where needed.
    ///
    /// # Errors
    /// [`StoreError::Url`] for what is no `sqlite:` URL, [`StoreError::Newer`] for a schema of a
    /// later version, else what hinders the file.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("sqlite:") {
            return Err(StoreError::Url(url.to_owned()));
        }
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url(url.to_owned()))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode only FULL survives a power cut: the promise of the 202.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY_TIMEOUT)
            .foreign_keys(true)
            .pragma("wal_autocheckpoint", LOG_PAGES)
            .statement_cache_capacity(STATEMENTS);
        let writing = options
            .clone()
            // Where a statement may have to be taken back, SQLite notes the pages that it changes;
            // in a file, unless told, and that was a third of all writing.
            .pragma("temp_store", "memory")
            .pragma("cache_size", WRITER_CACHE);
        let writer = pool(1).connect_with(writing).await?;
        schema::migrate(&writer).await?;
        let readers = pool(READERS).connect_lazy_with(options.read_only(true));
        Ok(Self { writer, readers })
    }

    /// Whether the store answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1 FROM keys LIMIT 1")
            .fetch_optional(&self.readers)
            .await?;
        Ok(())
    }

    /// Ends all connections, so that the file stands alone without its log.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    /// Counts what there is.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM deliveries WHERE handled_at IS NULL) AS unhandled,
                    (SELECT MIN(received_at) FROM deliveries WHERE handled_at IS NULL) AS oldest,
                    (SELECT COUNT(*) FROM keys WHERE due_at IS NOT NULL) AS scheduled,
                    (SELECT COUNT(*) FROM facts) AS facts,
                    (SELECT COUNT(*) FROM items WHERE number > 0) AS items",
        )
        .fetch_one(&self.readers)
        .await?;
        let count = |column| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        Ok(Figures {
            unhandled: count("unhandled")?,
            oldest_unhandled: row
                .try_get::<Option<i64>, _>("oldest")?
                .map(time)
                .transpose()?,
            scheduled: count("scheduled")?,
            facts: count("facts")?,
            items: count("items")?,
        })
    }

    /// A transaction that has the right to write from its beginning, so that it cannot fail for
    /// having read something that changed meanwhile.
    async fn begin_writing(&self) -> Result<Transaction<'static, Sqlite>, StoreError> {
        Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?)
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        // A file does not hang up.
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(BUSY_TIMEOUT * 2)
        // On a full disk SQLite rolls a transaction back by itself. sqlx does not notice, counts
        // it as open for ever and begins no other: such a connection is replaced. The ping waits
        // for an ordinary rollback that is still on its way.
        .after_release(|connection, _| {
            Box::pin(async move {
                if connection.is_in_transaction() {
                    connection.ping().await?;
                }
                Ok(!connection.is_in_transaction())
            })
        })
}

type Statement<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Binds a key as `$1` to `$4`.
fn bind_key(query: Statement<'_>, key: Key) -> Statement<'_> {
    query
        .bind(int(key.installation.0))
        .bind(int(key.repo.0))
        .bind(key.kind.word())
        .bind(int(key.number))
}

/// An id as the database keeps it: the same 64 bits, so that no number that somebody sends can
/// fail here.
fn int(id: u64) -> i64 {
    id.cast_signed()
}

/// A time out of the database.
fn time(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds)
        .map_err(|error| StoreError::Corrupt(error.to_string()))
}

#[cfg(test)]
mod tests;
