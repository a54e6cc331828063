//! What research and experiments are about, so that later ones find them.
//!
//! The texts are a plain table, found by their keys; triggers keep SQLite's text index (FTS5)
//! beside it. A key therefore names one row of the index, and nothing is ever searched for to be
//! changed. The index holds all repositories, so each text bears its repository as a word, and a
//! search asks for that word too: the texts of others are then passed over within the index.

use sqlx::AnyConnection;

use super::database::Engine;
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

/// The same in PostgreSQL's words, whose own ranking does not know which words are rare: a word is
/// worth the logarithm of how many texts of the repository there are for each that has it.
pub(super) const SIMILAR_IN_POSTGRES: &str = "\
    WITH asked AS MATERIALIZED (
        SELECT DISTINCT plainto_tsquery('labhand', labhand_plain(word)) AS query
        FROM unnest(string_to_array($1, E'\\n')) AS word),
    hits AS MATERIALIZED (
        SELECT asked.query, t.number, ts_rank('{0, 0, 0.25, 1}', t.words, asked.query) AS weight
        FROM texts t JOIN asked ON t.words @@ asked.query
        WHERE t.installation = $2 AND t.repo = $3),
    worth AS MATERIALIZED (
        SELECT query, LN(1 + (SELECT COUNT(*) FROM texts WHERE installation = $2 AND repo = $3)
                             / COUNT(*)::DOUBLE PRECISION) AS each
        FROM hits GROUP BY query)
    SELECT hits.number FROM hits JOIN worth ON worth.query = hits.query
    WHERE hits.number > 0 AND hits.number < $4
    GROUP BY hits.number ORDER BY SUM(hits.weight * worth.each) DESC, hits.number DESC
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
    connection: &mut AnyConnection,
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
        // PostgreSQL's texts have no zero byte.
        statement = statement
            .bind(title.replace('\0', " "))
            .bind(body.replace('\0', " "));
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
        let (statement, question) = match self.database.engine {
            Engine::Sqlite => (SIMILAR, asked(installation, repo, words)),
            Engine::Postgres => (SIMILAR_IN_POSTGRES, one_a_line(words)),
        };
        let numbers: Vec<i64> = sqlx::query_scalar(statement)
            .bind(question)
            .bind(int(installation.0))
            .bind(int(repo.0))
            .bind(i64::try_from(before).unwrap_or(i64::MAX))
            .bind(i64::from(most))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(numbers.into_iter().map(i64::cast_unsigned).collect())
    }
}

/// The words for PostgreSQL, which takes them apart again.
fn one_a_line(words: &[String]) -> String {
    let words = words.iter().take(MOST_WORDS);
    let words: Vec<String> = words.map(|word| word.replace(['\n', '\0'], " ")).collect();
    words.join("\n")
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
