//! Facts, kept for ever.

use jiff::Timestamp;
use sqlx::AnyConnection;

use super::error::StoreError;
use super::statement::Statement;
use super::{Store, int};
use crate::domain::ids::{InstallationId, RepoId};

/// Facts stored by one statement, within SQLite's limit of variables.
const FACTS_AT_ONCE: usize = 500;

/// The number under which the facts of a repository's models are kept. No item has it, and the database
/// knows it as -1.
pub const MODELS: u64 = u64::MAX;

/// A fact to be stored. One that is there already is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFact {
    /// Of the same installation as the key that is looked at.
    pub repo: RepoId,
    /// The item's, [`MODELS`], or 0 for the repository's own.
    pub number: u64,
    /// Makes a second arrival harmless.
    pub id: String,
    /// When it took effect.
    pub at: Timestamp,
    /// The fact, as JSON.
    pub doc: String,
}

impl Store {
    /// The numbers of the items of a repository one of whose facts holds `text`, which holds no `%`
    /// and no `_`.
    pub async fn items_whose_facts_mention(
        &self,
        installation: InstallationId,
        repo: RepoId,
        text: &str,
    ) -> Result<Vec<u64>, StoreError> {
        let numbers: Vec<i64> = sqlx::query_scalar(
            "SELECT DISTINCT number FROM facts
             WHERE installation = $1 AND repo = $2 AND number > 0 AND doc LIKE $3
             ORDER BY number",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .bind(format!("%{text}%"))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(numbers.into_iter().map(i64::cast_unsigned).collect())
    }

    /// How many facts of a repository's items took effect until a moment.
    pub async fn facts_until(
        &self,
        installation: InstallationId,
        repo: RepoId,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM facts
             WHERE installation = $1 AND repo = $2 AND number > 0 AND at <= $3",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .bind(at.as_microsecond())
        .fetch_one(&self.database.readers)
        .await?;
        Ok(count.cast_unsigned())
    }

    /// An item's facts, those of models as [`MODELS`], or the repository's own as number 0, as JSON, in the order of when they
    /// took effect.
    pub async fn facts(
        &self,
        installation: InstallationId,
        repo: RepoId,
        number: u64,
    ) -> Result<Vec<String>, StoreError> {
        let docs = sqlx::query_scalar(
            "SELECT doc FROM facts
             WHERE installation = $1 AND repo = $2 AND number = $3 ORDER BY at, id",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .bind(int(number));
        Ok(docs.fetch_all(&self.database.readers).await?)
    }
}

/// Stores facts; one that is there already is left as it is.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    installation: i64,
    facts: &[NewFact],
) -> Result<(), StoreError> {
    for chunk in facts.chunks(FACTS_AT_ONCE) {
        let mut statement =
            Statement::new("INSERT INTO facts (installation, repo, number, id, at, doc) VALUES ");
        statement.rows(chunk, |row, fact| {
            row.bind(installation)
                .bind(int(fact.repo.0))
                .bind(int(fact.number))
                .bind(fact.id.clone())
                .bind(fact.at.as_microsecond())
                .bind(fact.doc.clone());
        });
        statement.push(" ON CONFLICT (installation, repo, number, id) DO NOTHING");
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}
