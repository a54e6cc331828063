//! What can go wrong with the store, told apart by what the caller can do about it.

use sqlx::postgres::PgDatabaseError;

/// Why the store did not do what it was asked. It can be cloned, since all deliveries of one
/// group commit fail together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing can be written until somebody makes room, or makes the disk writable.
    #[error("the store's disk is full or read-only: {0}")]
    Full(String),
    /// It does not answer now (locked, unreachable, an I/O error); later it may.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// Somebody else has the key by now; what was tried is not stored, and is theirs to do.
    #[error("the lease was lost to another worker")]
    LeaseLost,
    /// The database was written by a newer version of labhand.
    #[error(
        "the store has schema version {found}, but this labhand knows only up to {known}; \
         start the newer version, or restore the backup from before the upgrade"
    )]
    Newer {
        /// The version of the schema in the database.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// The URL names a kind of store that there is not.
    #[error(
        "`{0}` is no store URL that works here; write for example `sqlite://labhand.db` or `postgres://labhand@localhost/labhand`"
    )]
    Url(String),
    /// The database itself is broken, by a bad disk for example.
    #[error("the store is damaged: {0}; stop labhand, restore a backup and start again")]
    Damaged(String),
    /// What is in the database is not what labhand wrote.
    #[error("the store's content cannot be read: {0}")]
    Corrupt(String),
}

/// SQLite's primary result codes, <https://sqlite.org/rescode.html>.
mod sqlite {
    pub(super) const READONLY: i64 = 8;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const NOTADB: i64 = 26;
}

/// PostgreSQL's, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
mod postgres {
    pub(super) const READ_ONLY: &str = "25006";
    pub(super) const DISK_FULL: &str = "53100";
    pub(super) const DATA_CORRUPTED: &str = "XX001";
    pub(super) const INDEX_CORRUPTED: &str = "XX002";
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let message = error.to_string();
        match &error {
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(message),
            sqlx::Error::Database(found) => {
                let code = found.code().unwrap_or_default();
                if found.try_downcast_ref::<PgDatabaseError>().is_some() {
                    of_postgres(&code, message)
                } else {
                    of_sqlite(&code, message)
                }
            }
            _ => Self::Unavailable(message),
        }
    }
}

fn of_sqlite(code: &str, message: String) -> StoreError {
    // The low byte is the primary code; the rest says which call found it.
    match code.parse::<i64>().map(|code| code & 0xff) {
        Ok(sqlite::FULL | sqlite::READONLY) => StoreError::Full(message),
        Ok(sqlite::CORRUPT | sqlite::NOTADB) => StoreError::Damaged(message),
        Ok(_) | Err(_) => StoreError::Unavailable(message),
    }
}

fn of_postgres(code: &str, message: String) -> StoreError {
    match code {
        postgres::DISK_FULL | postgres::READ_ONLY => StoreError::Full(message),
        postgres::DATA_CORRUPTED | postgres::INDEX_CORRUPTED => StoreError::Damaged(message),
        _ => StoreError::Unavailable(message),
    }
}
