//! The inbox as the person sees it who looks after it: what waits, what was put aside, and what to do
//! about it.

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::key::Key;
use super::{DEAD, DROPPED, Store, int, queue, time, unpack};
use crate::domain::ids::{InstallationId, RepoId};

/// Deliveries that are listed at once.
const MOST: i64 = 1_000;

/// Which deliveries are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letters {
    /// Not handled yet.
    Waiting,
    /// Put aside after too many tries.
    Dead,
}

/// A delivery, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its place in the inbox.
    pub seq: i64,
    /// What it is about.
    pub key: Key,
    /// The repository's name, if it is known.
    pub repo: Option<String>,
    /// `X-GitHub-Delivery`.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// When it came, by our clock.
    pub received_at: Timestamp,
    /// When it was handled, if it was.
    pub handled_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: Option<String>,
    /// How often in a row looking at its key has failed.
    pub tries: u64,
}

const COLUMNS: &str = "\
    SELECT d.seq, d.installation, d.repo, d.kind, d.number, d.guid, d.event, d.received_at,
           d.handled_at, d.outcome, d.body, r.name, COALESCE(k.tries, 0) AS tries
    FROM deliveries d
    LEFT JOIN repos r ON r.installation = d.installation AND r.repo = d.repo
    LEFT JOIN keys k ON k.installation = d.installation AND k.repo = d.repo
                    AND k.kind = d.kind AND k.number = d.number";

impl Store {
    /// The oldest of these deliveries, at most 1,000.
    pub async fn letters(&self, which: Letters) -> Result<Vec<Letter>, StoreError> {
        let condition = match which {
            Letters::Waiting => "d.handled_at IS NULL",
            Letters::Dead => "d.outcome = 'dead'",
        };
        let statement = format!("{COLUMNS} WHERE {condition} ORDER BY d.seq LIMIT $1");
        let rows = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(MOST)
            .fetch_all(&self.database.readers)
            .await?;
        rows.iter().map(read).collect()
    }

    /// How many deliveries of a repository wait.
    pub async fn waiting_of(
        &self,
        installation: InstallationId,
        repo: RepoId,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM deliveries
             WHERE installation = $1 AND repo = $2 AND handled_at IS NULL",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .fetch_one(&self.database.readers)
        .await?;
        Ok(count.cast_unsigned())
    }

    /// One delivery and its raw body, if that is still kept.
    pub async fn letter(&self, seq: i64) -> Result<Option<(Letter, Option<Vec<u8>>)>, StoreError> {
        let statement = format!("{COLUMNS} WHERE d.seq = $1");
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(seq)
            .fetch_optional(&self.database.readers)
            .await?;
        row.map(|row| {
            let body: Vec<u8> = row.try_get("body")?;
            let body = (!body.is_empty()).then(|| unpack(&body)).transpose()?;
            Ok((read(&row)?, body))
        })
        .transpose()
    }

    /// Lets a delivery that was put aside or dropped be handled again, at once; whether there was
    /// anything to do.
    pub async fn retry_letter(&self, letter: &Letter, now: Timestamp) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let changed = sqlx::query(
            "UPDATE deliveries SET handled_at = NULL, outcome = NULL
             WHERE installation = $1 AND seq = $2 AND outcome IN ($3, $4) AND length(body) > 0",
        )
        .bind(int(letter.key.installation.0))
        .bind(letter.seq)
        .bind(DEAD)
        .bind(DROPPED)
        .execute(&mut *transaction)
        .await?;
        queue::wake(&mut transaction, [(letter.key, now)]).await?;
        transaction.commit().await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Gives a delivery up that waits or was put aside; whether there was anything to do.
    pub async fn drop_letter(&self, letter: &Letter, now: Timestamp) -> Result<bool, StoreError> {
        let changed = sqlx::query(
            "UPDATE deliveries SET handled_at = $3, outcome = $4
             WHERE installation = $1 AND seq = $2 AND (handled_at IS NULL OR outcome = $5)",
        )
        .bind(int(letter.key.installation.0))
        .bind(letter.seq)
        .bind(now.as_microsecond())
        .bind(DROPPED)
        .bind(DEAD)
        .execute(&self.database.writer)
        .await?;
        Ok(changed.rows_affected() > 0)
    }
}

fn read(row: &AnyRow) -> Result<Letter, StoreError> {
    Ok(Letter {
        seq: row.try_get("seq")?,
        key: Key::read(row)?,
        repo: row.try_get("name")?,
        guid: row.try_get("guid")?,
        event: row.try_get("event")?,
        received_at: time(row.try_get("received_at")?)?,
        handled_at: row
            .try_get::<Option<i64>, _>("handled_at")?
            .map(time)
            .transpose()?,
        outcome: row.try_get("outcome")?,
        tries: row.try_get::<i64, _>("tries")?.cast_unsigned(),
    })
}
