//! Copies of a whole store: to a file while it is used, or to another database.

use std::fmt;
use std::path::Path;

use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::Store;
use super::database::Engine;
use super::error::StoreError;
use super::statement::Statement;

/// Rows inserted by one statement, within SQLite's limit of variables.
const AT_ONCE: usize = 200;

/// A table, and its columns as they are copied.
struct Table {
    name: &'static str,
    columns: &'static [(&'static str, Kind)],
}

#[derive(Clone, Copy)]
enum Kind {
    Number,
    Text,
    Bytes,
}

use Kind::{Bytes, Number, Text};

/// All that is remembered. What a database makes of it by itself (the index of texts) is not.
const TABLES: &[Table] = &[
    Table {
        name: "installations",
        columns: &[
            ("installation", Number),
            ("not_before", Number),
            ("next_turn", Number),
            ("creations", Number),
        ],
    },
    Table {
        name: "repos",
        columns: &[
            ("installation", Number),
            ("repo", Number),
            ("name", Text),
            ("doc", Text),
        ],
    },
    Table {
        name: "deliveries",
        columns: &[
            ("installation", Number),
            ("seq", Number),
            ("repo", Number),
            ("kind", Text),
            ("number", Number),
            ("guid", Text),
            ("event", Text),
            ("hook_target", Text),
            ("digest", Bytes),
            ("received_at", Number),
            ("body", Bytes),
            ("handled_at", Number),
            ("outcome", Text),
        ],
    },
    Table {
        name: "keys",
        columns: &[
            ("installation", Number),
            ("repo", Number),
            ("kind", Text),
            ("number", Number),
            ("due_at", Number),
            ("generation", Number),
            ("leased_until", Number),
            ("fence", Number),
            ("tries", Number),
        ],
    },
    Table {
        name: "facts",
        columns: &[
            ("installation", Number),
            ("repo", Number),
            ("number", Number),
            ("id", Text),
            ("at", Number),
            ("doc", Text),
        ],
    },
    Table {
        name: "items",
        columns: &[
            ("installation", Number),
            ("repo", Number),
            ("number", Number),
            ("doc", Text),
            ("shown", Text),
        ],
    },
    Table {
        name: "intents",
        columns: &[
            ("installation", Number),
            ("repo", Number),
            ("kind", Text),
            ("number", Number),
            ("slot", Text),
            ("begun_at", Number),
        ],
    },
    Table {
        name: "texts",
        columns: &[
            ("installation", Number),
            ("repo", Number),
            ("number", Number),
            ("title", Text),
            ("body", Text),
        ],
    },
];

/// How much a table has, and what: the digests of its rows, combined so that their order does not
/// count, since the databases sort texts differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Content {
    /// Rows.
    pub rows: u64,
    digest: [u8; 32],
}

/// Why a copy was not made, or cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// One of the stores.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backup's file is there already, or its folder cannot be written to.
    #[error("{0}")]
    File(String),
    /// There is something in it, which would be mixed up.
    #[error(
        "the store that is to be copied to is not empty (its table {0} has rows); give a new \
         database, or a schema of its own"
    )]
    NotEmpty(&'static str),
    /// Something wrote while the copy was made, or one of the databases is broken.
    #[error(
        "the copy differs: table {table} has {from} there and {to} here; stop all servers that \
         use either store, and copy again into an empty one"
    )]
    Differs {
        /// Where they differ.
        table: &'static str,
        /// What was to be copied.
        from: Content,
        /// What is there.
        to: Content,
    },
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Writes a copy into a new file as of now, while the store is used. The copy is whole and on
    /// disk when this returns.
    pub async fn back_up(&self, file: &Path) -> Result<(), CopyError> {
        let refused = |error: &dyn fmt::Display| {
            CopyError::File(format!("{} cannot be written: {error}", file.display()))
        };
        if self.database.engine == Engine::Postgres {
            return Err(CopyError::File(
                "PostgreSQL makes its own backups: pg_dump, or what your server has for it"
                    .to_owned(),
            ));
        }
        if file.exists() {
            let message = format!("{} is there already; give a new name", file.display());
            return Err(CopyError::File(message));
        }
        let name = file
            .to_str()
            .ok_or_else(|| refused(&"its name is no text"))?;
        sqlx::query("VACUUM INTO $1")
            .bind(name)
            .execute(&self.database.writer)
            .await?;
        let written = tokio::fs::File::open(file).await;
        let written = written.map_err(|error| refused(&error))?;
        written.sync_all().await.map_err(|error| refused(&error))
    }

    /// Copies all of it into an empty store and compares; `told` hears of each table.
    pub async fn copy_to(
        &self,
        other: &Self,
        mut told: impl FnMut(&'static str, Content),
    ) -> Result<(), CopyError> {
        for table in TABLES.iter().filter(|table| table.name != "installations") {
            if content(other, table).await?.rows > 0 {
                return Err(CopyError::NotEmpty(table.name));
            }
        }
        for table in TABLES {
            copy_table(self, other, table).await?;
            let (from, to) = (content(self, table).await?, content(other, table).await?);
            if from != to {
                let table = table.name;
                return Err(CopyError::Differs { table, from, to });
            }
            told(table.name, to);
        }
        if other.database.engine == Engine::Postgres {
            sqlx::query(
                "SELECT setval(pg_get_serial_sequence('deliveries', 'seq'), MAX(seq))
                 FROM deliveries HAVING MAX(seq) IS NOT NULL",
            )
            .execute(&other.database.writer)
            .await?;
        }
        Ok(())
    }
}

async fn copy_table(from: &Store, to: &Store, table: &Table) -> Result<(), CopyError> {
    let select = select(table);
    let mut rows = sqlx::query(AssertSqlSafe(select)).fetch(&from.database.readers);
    let mut transaction = to.database.begin().await?;
    let mut waiting = Vec::with_capacity(AT_ONCE);
    while let Some(row) = rows.try_next().await? {
        waiting.push(row);
        if waiting.len() == AT_ONCE {
            insert(to.database.engine, &mut transaction, table, &waiting).await?;
            waiting.clear();
        }
    }
    if !waiting.is_empty() {
        insert(to.database.engine, &mut transaction, table, &waiting).await?;
    }
    transaction.commit().await?;
    Ok(())
}

fn select(table: &Table) -> String {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    format!("SELECT {} FROM {}", columns.join(", "), table.name)
}

async fn insert(
    engine: Engine,
    connection: &mut AnyConnection,
    table: &Table,
    rows: &[AnyRow],
) -> Result<(), CopyError> {
    let columns: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let mut statement = Statement::new(&format!(
        "INSERT INTO {} ({}) {} VALUES ",
        table.name,
        columns.join(", "),
        match engine {
            Engine::Sqlite => "",
            Engine::Postgres => "OVERRIDING SYSTEM VALUE",
        }
    ));
    let mut failed = None;
    statement.rows(rows, |into, row| {
        for (name, kind) in table.columns {
            let bound = match kind {
                Number => row.try_get::<Option<i64>, _>(*name).map(|it| {
                    into.bind(it);
                }),
                Text => row.try_get::<Option<String>, _>(*name).map(|it| {
                    into.bind(it);
                }),
                Bytes => row.try_get::<Option<Vec<u8>>, _>(*name).map(|it| {
                    into.bind(it);
                }),
            };
            failed = failed.take().or(bound.err());
        }
    });
    if let Some(error) = failed {
        return Err(error.into());
    }
    statement.build().execute(connection).await?;
    Ok(())
}

/// Reads a table through.
async fn content(store: &Store, table: &Table) -> Result<Content, StoreError> {
    let statement = select(table);
    let mut rows = sqlx::query(AssertSqlSafe(statement)).fetch(&store.database.readers);
    let mut content = Content {
        rows: 0,
        digest: [0; 32],
    };
    while let Some(row) = rows.try_next().await? {
        content.rows += 1;
        let mut hash = Sha256::new();
        for (name, kind) in table.columns {
            let value = match kind {
                Number => row
                    .try_get::<Option<i64>, _>(*name)?
                    .map(|number| number.to_be_bytes().to_vec()),
                Text => row
                    .try_get::<Option<String>, _>(*name)?
                    .map(String::into_bytes),
                Bytes => row.try_get(*name)?,
            };
            // Length first, so that no two rows are written alike; nothing is shorter than empty.
            let length = value.as_ref().map_or(-1, |bytes| bytes.len() as i128);
            hash.update(length.to_be_bytes());
            hash.update(value.unwrap_or_default());
        }
        for (all, byte) in content.digest.iter_mut().zip(hash.finalize()) {
            *all ^= byte;
        }
    }
    Ok(content)
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = if self.rows == 1 { "row" } else { "rows" };
        write!(
            f,
            "{} {rows} ({})",
            self.rows,
            hex::encode(&self.digest[..4])
        )
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
