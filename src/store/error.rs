//! What can go wrong with the store, told apart by what the caller can do about it.

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
    #[error("`{0}` is no store URL that works here; write for example `sqlite://labhand.db`")]
    Url(String),
    /// What is in the database is not what labhand wrote.
    #[error("the store's content cannot be read: {0}")]
    Corrupt(String),
}

/// SQLite's primary result codes, <https://sqlite.org/rescode.html>.
mod code {
    pub(super) const READONLY: i64 = 8;
    pub(super) const CORRUPT: i64 = 11;
    pub(super) const FULL: i64 = 13;
    pub(super) const NOTADB: i64 = 26;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let message = error.to_string();
        // The low byte is the primary code; the rest says which call found it.
        let primary = error
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .and_then(|code| code.parse::<i64>().ok())
            .map(|code| code & 0xff);
        match primary {
            Some(code::FULL | code::READONLY) => Self::Full(message),
            Some(code::CORRUPT | code::NOTADB) => Self::Corrupt(message),
            Some(_) | None => match error {
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(message),
                _ => Self::Unavailable(message),
            },
        }
    }
}
