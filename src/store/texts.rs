//! What research and experiments are about, so that later ones find them.
//!
//! The texts are a plain table, found by their keys; triggers keep SQLite's text index (FTS5)
//! beside it. A key therefore names one row of the index, and nothing is ever searched for to be
//! changed. The index holds all repositories, so each text bears its repository as a word, and a
//! search asks for that word too: the texts of others are then passed over within the index.

use sqlx::SqliteConnection;

use super::error::StoreError;
use super::key::Key;
use super::{Store, int};
use crate::domain::ids::{InstallationId, RepoId};

/// Words of one search. The rarest of them decide, and each costs a look into the index.
const MOST_WORDS: usize = 64;

/// What the search does, in SQLite's words. The index comes first (`CROSS JOIN` keeps that order):
/// its rows are few, and the texts are then found by their ids. A title says in few words what a
/// hypothesis says in many, so it counts four times; where a text stands counts nothing. Among
/// equals the youngest is known best.
pub(super) const SIMILAR: &str = "\
    SELECT texts.number
    FROM texts_index CROSS JOIN texts ON texts.id = texts_index.rowid
    WHERE texts_index MATCH $1
      AND texts.installation = $2 AND texts.repo = $3
      AND texts.number > 0 AND texts.number < $4
    ORDER BY bm25(texts_index, 0.0, 4.0, 1.0), texts.number DESC
    LIMIT $5";

/// What an item of exploration is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemText {
    /// As it stands on GitHub.
    pub title: String,
    /// The hypothesis or the question, as Markdown; empty if there is none.
    pub body: String,
}

/// Stores an item's text, in the key's repository, or takes it away. What is there already is not
/// written again.
pub(super) async fn save(
    connection: &mut SqliteConnection,
    key: Key,
    number: u64,
    text: Option<ItemText>,
) -> Result<(), StoreError> {
    let statement = if text.is_some() {
        sqlx::query(
            "INSERT INTO texts (installation, repo, number, title, body)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (installation, repo, number)
             DO UPDATE SET title = excluded.title, body = excluded.body
             WHERE texts.title <> excluded.title OR texts.body <> excluded.body",
        )
    } else {
        sqlx::query("DELETE FROM texts WHERE installation = $1 AND repo = $2 AND number = $3")
    };
    let mut statement = statement
        .bind(int(key.installation.0))
        .bind(int(key.repo.0))
        .bind(int(number));
    if let Some(ItemText { title, body }) = text {
        statement = statement.bind(title).bind(body);
    }
    statement.execute(connection).await?;
    Ok(())
}

impl Store {
    /// The numbers of the repository's items whose texts have most in common with these words, the
    /// best first: at most `most`, only numbers below `before`, and only items that share a word at
    /// least. Words are compared by their stems and without accents; those that are rare among all
    /// texts count for more than common ones, and those in titles for more than others. Of the
    /// words the first 64 count; of none there is nothing.
    pub async fn similar(
        &self,
        installation: InstallationId,
        repo: RepoId,
        before: u64,
        words: &[String],
        most: u32,
    ) -> Result<Vec<u64>, StoreError> {
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let numbers: Vec<i64> = sqlx::query_scalar(SIMILAR)
            .bind(asked(installation, repo, words))
            .bind(int(installation.0))
            .bind(int(repo.0))
            .bind(i64::try_from(before).unwrap_or(i64::MAX))
            .bind(most)
            .fetch_all(&self.readers)
            .await?;
        Ok(numbers.into_iter().map(i64::cast_unsigned).collect())
    }
}

/// The question in FTS5's language, <https://sqlite.org/fts5.html#full_text_query_syntax>: one of
/// the words in title or body, and the repository.
pub(super) fn asked(installation: InstallationId, repo: RepoId, words: &[String]) -> String {
    let place = format!("{}r{}", int(installation.0), int(repo.0));
    let words: Vec<String> = words.iter().take(MOST_WORDS).map(|w| quoted(w)).collect();
    let words = words.join(" OR ");
    format!("place : {} AND {{title body}} : ({words})", quoted(&place))
}

/// A word as a string, inside which nothing is syntax but the quotation mark. A zero byte would end
/// the whole question.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('"', "\"\"").replace('\0', " "))
}
