//! The store: deliveries, the queue of keys, facts, states and what is shown of them.
//!
//! SQLite's file, for one process, or PostgreSQL, for several. The statements are the same for both
//! wherever the dialects allow.
//!
//! | file | what it is about |
//! |---|---|
//! | `database` | opening either, and in what they differ |
//! | `arrivals` | how processes tell each other that something came |
//! | `copy` | backups, and moving to another database |
//! | `health` | whether it takes what is written |
//! | [`inbox`] | deliveries, safe on disk before they are answered |
//! | `letters` | deliveries as an operator sees them |
//! | [`queue`] | which key is looked at next, and by whom |
//! | `due` | whose turn it is, and when something falls due |
//! | `facts` | facts, kept for ever |
//! | [`records`] | states, repositories, intents, and the step that stores all of it |
//! | `retention` | what is not kept for ever |
//! | [`texts`] | what items are about, and which earlier ones are about the same |
//!
//! Documents (states, facts, what is shown) are JSON text that the store does not look into.

mod arrivals;
mod copy;
mod database;
mod due;
mod error;
mod facts;
mod health;
pub mod inbox;
mod key;
mod letters;
pub mod queue;
pub mod records;
mod retention;
mod schema;
mod statement;
pub mod texts;
mod turns;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::ExposeSecret;
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, Row};

pub use copy::{Content, CopyError};
use database::Database;
pub use database::place;
pub use error::StoreError;
pub use facts::{MODELS, NewFact};
pub use inbox::{Accepted, Inbox, NewDelivery};
pub use key::{BodyDigest, Key, KeyKind};
pub use letters::{Letter, Letters};
use queue::unpack;
pub use queue::{Lease, StoredDelivery};
pub use records::{Intent, ItemRow, RepoRow, SavedItem, SavedRepo, Step};
pub use texts::ItemText;
pub use turns::Turns;

/// How long counting may take.
const COUNTING: Duration = Duration::from_secs(3);

/// The outcome of a delivery that was put aside.
pub const DEAD: &str = "dead";

/// The outcome of a delivery that somebody gave up.
const DROPPED: &str = "dropped";

/// The store. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    /// That the database is broken, once it was found.
    damage: Arc<OnceLock<String>>,
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
    /// Deliveries that were put aside.
    pub dead: u64,
    /// Items, without boards.
    pub items: u64,
    /// Bytes on the disk.
    pub size: u64,
}

impl Store {
    /// Opens the store, creating SQLite's file and bringing the schema up to date where needed.
    ///
    /// # Errors
    /// [`StoreError::Url`] for what is no `sqlite:` or `postgres:` URL, [`StoreError::Newer`] for a
    /// schema of a later version, else what hinders the database.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self::over(Database::open(url).await?))
    }

    /// Opens a store that has to be there already.
    ///
    /// # Errors
    /// As [`Self::open`], and where there is no such file.
    pub async fn open_existing(url: &str) -> Result<Self, StoreError> {
        Ok(Self::over(Database::open_existing(url).await?))
    }

    fn over(database: Database) -> Self {
        let damage = Arc::default();
        Self { database, damage }
    }

    /// Where it is, without a password.
    pub fn place(&self) -> String {
        place(self.database.url.expose_secret())
    }

    /// Ends all connections, so that the file stands alone without its log.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Counts what there is.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        within(COUNTING, self.count()).await
    }

    async fn count(&self) -> Result<Figures, StoreError> {
        let row = sqlx::query(
            "SELECT (SELECT COUNT(*) FROM deliveries WHERE handled_at IS NULL) AS unhandled,
                    (SELECT MIN(received_at) FROM deliveries WHERE handled_at IS NULL) AS oldest,
                    (SELECT COUNT(*) FROM keys WHERE due_at IS NOT NULL) AS scheduled,
                    (SELECT COUNT(*) FROM deliveries WHERE outcome = 'dead') AS dead,
                    (SELECT COUNT(*) FROM facts) AS facts,
                    (SELECT COUNT(*) FROM items WHERE number > 0) AS items",
        )
        .fetch_one(&self.database.readers)
        .await?;
        let count = |column| row.try_get::<i64, _>(column).map(i64::cast_unsigned);
        Ok(Figures {
            unhandled: count("unhandled")?,
            oldest_unhandled: row
                .try_get::<Option<i64>, _>("oldest")?
                .map(time)
                .transpose()?,
            scheduled: count("scheduled")?,
            dead: count("dead")?,
            facts: count("facts")?,
            items: count("items")?,
            size: self.size().await?,
        })
    }
}

/// What takes longer than this is no answer: a network that swallows everything may else be noticed
/// after a quarter of an hour.
async fn within<T>(
    patience: Duration,
    asking: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(patience, asking)
        .await
        .unwrap_or_else(|_| {
            let message = format!("no answer within {} s", patience.as_secs());
            Err(StoreError::Unavailable(message))
        })
}

type Prepared<'q> = Query<'q, Any, AnyArguments>;

/// Binds a key as `$1` to `$4`.
fn bind_key(query: Prepared<'_>, key: Key) -> Prepared<'_> {
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
