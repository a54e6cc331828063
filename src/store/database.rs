//! Which database it is, and the little in which SQLite and PostgreSQL differ.

use std::str::FromStr;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{
    SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, ConnectOptions, Connection, Transaction};

use super::error::StoreError;
use super::schema;

/// How long a statement waits for another process that holds the file, for example a backup.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that read a file; more than cores would only queue for the disk.
const READERS: u32 = 4;

/// Connections of one process to a PostgreSQL server. Its looks, its inbox and its pages share them;
/// ten processes stay below the hundred that a server allows unless told otherwise.
const CONNECTIONS: u32 = 8;

/// Pages of the log after which a commit copies it into the database file: 64 MB. All that arrive
/// during the copying wait for it. With SQLite's own 1,000 those would be one in ten under load;
/// here they are fewer than the slowest hundredth, and the log of a process that was killed is
/// still read in a tenth of a second.
const LOG_PAGES: u32 = 16_000;

/// Memory for pages of the connection that writes, in KiB: each digest of a delivery has its place
/// somewhere in an index, and that of some hundred thousand fits.
const WRITER_CACHE: u32 = 16_000;

/// A database that is open.
#[derive(Debug, Clone)]
pub(super) struct Database {
    pub(super) engine: Engine,
    /// SQLite has one connection that writes, so that nobody ever waits for a lock inside a
    /// transaction. PostgreSQL has one pool for all.
    pub(super) writer: AnyPool,
    pub(super) readers: AnyPool,
    /// As it was given; it may hold a password.
    pub(super) url: secrecy::SecretString,
}

/// Whose dialect is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Whose URL it is; `None` for any other.
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, _) = url.split_once(':')?;
        match scheme {
            "sqlite" => Some(Self::Sqlite),
            "postgres" | "postgresql" => Some(Self::Postgres),
            _ => None,
        }
    }

    /// What a `SELECT` ends with to keep its rows from others until the transaction ends. SQLite's
    /// transactions have the whole database to themselves.
    pub(super) fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// The same, but passing over rows that others have.
    pub(super) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }
}

impl Database {
    /// Opens it, creating SQLite's file and bringing the schema up to date where needed.
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        match Engine::of(url) {
            Some(Engine::Sqlite) => Self::open_sqlite(url).await,
            Some(Engine::Postgres) => Self::open_postgres(url).await,
            None => Err(StoreError::Url(place(url))),
        }
    }

    /// Opens it, and creates no file.
    pub(super) async fn open_existing(url: &str) -> Result<Self, StoreError> {
        if Engine::of(url) == Some(Engine::Sqlite) {
            let options =
                SqliteConnectOptions::from_str(url).map_err(|_| StoreError::Url(place(url)))?;
            let file = options.get_filename();
            if !file.exists() {
                let message = format!("there is no file {}", file.display());
                return Err(StoreError::Unavailable(message));
            }
        }
        Self::open(url).await
    }

    async fn open_sqlite(url: &str) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url(url.to_owned()))?
            .create_if_missing(true);
        let first = options
            .clone()
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // Decided when the file is made; in one that is older, pages are used again.
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .busy_timeout(BUSY_TIMEOUT);
        let one: SqlitePool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(first)
            .await?;
        schema::migrate(&one, schema::SQLITE).await?;
        one.close().await;
        // Where a statement may have to be taken back, SQLite notes the pages that it changes; in a
        // file, unless told, and that was a third of all writing. In WAL mode only FULL survives a
        // power cut: the promise of the 202.
        let writing = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;
             PRAGMA wal_autocheckpoint = {LOG_PAGES}; PRAGMA cache_size = -{WRITER_CACHE}"
        );
        let writer = file(1, Some(writing))
            .connect_with(any(options.to_url_lossy().as_str())?)
            .await?;
        let reading = options.create_if_missing(false).read_only(true);
        let readers = file(READERS, None).connect_lazy_with(any(reading.to_url_lossy().as_str())?);
        Ok(Self {
            engine: Engine::Sqlite,
            writer,
            readers,
            url: url.into(),
        })
    }

    async fn open_postgres(url: &str) -> Result<Self, StoreError> {
        // Its own message would repeat the URL, with the password in it.
        let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::Url(place(url)))?;
        let one = PgPoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await?;
        schema::migrate(&one, schema::POSTGRES).await?;
        one.close().await;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .min_connections(1)
            .acquire_timeout(BUSY_TIMEOUT * 2)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // A process that is cut off in the middle must not keep its rows locked.
                    let limits = "SET idle_in_transaction_session_timeout = '10s';
                                  SET statement_timeout = '30s'; SET lock_timeout = '10s'";
                    sqlx::raw_sql(limits).execute(connection).await?;
                    Ok(())
                })
            })
            .connect_with(any(url)?)
            .await?;
        Ok(Self {
            engine: Engine::Postgres,
            writer: pool.clone(),
            readers: pool,
            url: url.into(),
        })
    }

    /// A transaction that has the right to write from its beginning, so that it cannot fail for
    /// having read something that changed meanwhile.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        Ok(match self.engine {
            Engine::Sqlite => self.writer.begin_with("BEGIN IMMEDIATE").await?,
            Engine::Postgres => self.writer.begin().await?,
        })
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// A store's URL for people: without user, password and parameters.
pub fn place(url: &str) -> String {
    match Engine::of(url) {
        Some(Engine::Sqlite) => url.to_owned(),
        None => format!("{}:…", url.split(':').next().unwrap_or_default()),
        Some(Engine::Postgres) => PgConnectOptions::from_str(url).map_or_else(
            |_| "postgres:…".to_owned(),
            |options| {
                let (host, port) = (options.get_host(), options.get_port());
                format!(
                    "postgres://{host}:{port}/{}",
                    options.get_database().unwrap_or_default()
                )
            },
        ),
    }
}

fn any(url: &str) -> Result<AnyConnectOptions, StoreError> {
    Ok(AnyConnectOptions::from_str(url)?)
}

/// Connections to a file, each of which begins with these statements.
fn file(connections: u32, first: Option<String>) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .min_connections(1)
        // A file does not hang up.
        .test_before_acquire(false)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(BUSY_TIMEOUT * 2)
        .after_connect(move |connection: &mut AnyConnection, _| {
            let first = first.clone();
            Box::pin(async move {
                if let Some(first) = first {
                    sqlx::raw_sql(AssertSqlSafe(first))
                        .execute(connection)
                        .await?;
                }
                Ok(())
            })
        })
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
