//! The schema's versions. Each is a file that is never changed once it was released.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{SqlSafeStr, SqlitePool};

use super::error::StoreError;

/// Number, name, statements.
pub(super) const VERSIONS: &[(i64, &str, &str)] = &[
    (1, "first", include_str!("migrations/sqlite/0001_first.sql")),
    (
        2,
        "search",
        include_str!("migrations/sqlite/0002_search.sql"),
    ),
];

/// Brings the schema up to the latest version.
pub(super) async fn migrate(writer: &SqlitePool) -> Result<(), StoreError> {
    migrate_to(writer, VERSIONS).await
}

/// Brings the schema up to the last of the first versions.
pub(super) async fn migrate_to(
    writer: &SqlitePool,
    versions: &[(i64, &'static str, &'static str)],
) -> Result<(), StoreError> {
    let migrations = versions.iter().map(|&(version, name, sql)| {
        let up = MigrationType::Simple;
        Migration::new(version, name.into(), up, sql.into_sql_str(), false)
    });
    let known = versions.last().map_or(0, |&(version, ..)| version);
    Migrator::with_migrations(migrations.collect())
        .run(writer)
        .await
        .map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(found) | MigrateError::VersionTooNew(found, _) => {
                StoreError::Newer { found, known }
            }
            other => StoreError::Corrupt(other.to_string()),
        })
}
