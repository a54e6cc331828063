//! The schema's versions. Each is a file that is never changed once it was released.
//!
//! Several processes may start at once: the migrator takes an advisory lock in PostgreSQL, and the
//! file's in SQLite, so that each version is applied once. While replicas are replaced one by one, the
//! older ones work on with the newer schema; so a version only adds what they can do without, and
//! what nobody uses any more goes with a later one.

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{Database, Pool, SqlSafeStr};

use super::error::StoreError;

/// Number, name, statements.
pub(super) type Version = (i64, &'static str, &'static str);

/// SQLite's.
pub(super) const SQLITE: &[Version] = &[
    (1, "first", include_str!("migrations/sqlite/0001_first.sql")),
    (
        2,
        "search",
        include_str!("migrations/sqlite/0002_search.sql"),
    ),
    (3, "queue", include_str!("migrations/sqlite/0003_queue.sql")),
    (4, "turns", include_str!("migrations/sqlite/0004_turns.sql")),
    (
        5,
        "probes",
        include_str!("migrations/sqlite/0005_probes.sql"),
    ),
    (
        6,
        "traces",
        include_str!("migrations/sqlite/0006_traces.sql"),
    ),
    (
        7,
        "waiting",
        include_str!("migrations/sqlite/0007_waiting.sql"),
    ),
];

/// PostgreSQL's.
pub(super) const POSTGRES: &[Version] = &[
    (
        1,
        "first",
        include_str!("migrations/postgres/0001_first.sql"),
    ),
    (
        2,
        "turns",
        include_str!("migrations/postgres/0002_turns.sql"),
    ),
    (
        3,
        "probes",
        include_str!("migrations/postgres/0003_probes.sql"),
    ),
    (
        4,
        "traces",
        include_str!("migrations/postgres/0004_traces.sql"),
    ),
    (
        5,
        "waiting",
        include_str!("migrations/postgres/0005_waiting.sql"),
    ),
];

/// Brings the schema up to the last of these versions.
pub(super) async fn migrate<DB>(pool: &Pool<DB>, versions: &[Version]) -> Result<(), StoreError>
where
    DB: Database,
    DB::Connection: Migrate,
{
    let migrations = versions.iter().map(|&(version, name, sql)| {
        let up = MigrationType::Simple;
        Migration::new(version, name.into(), up, sql.into_sql_str(), false)
    });
    let known = versions.last().map_or(0, |&(version, ..)| version);
    Migrator::with_migrations(migrations.collect())
        .run(pool)
        .await
        .map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
                StoreError::Newer { found, known }
            }
            other => StoreError::Corrupt(other.to_string()),
        })
}
