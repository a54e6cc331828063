//! Whose turn it is, and when there will be something to do: asked for again and again, and so of
//! indexes alone, however much is kept.

use jiff::Timestamp;
use sqlx::Row;

use super::error::StoreError;
use super::{Store, time};
use crate::domain::ids::InstallationId;

/// Installations that are found at once to take turns.
const TURNS: u8 = 64;

/// Due keys that are looked at to find them. To ask each of some thousand installations takes a
/// hundred times as long.
const GLANCE: i64 = 1_000;

impl Store {
    /// The installations that have a key which is due and nobody's, and that need not wait: those
    /// whose keys have been due for longest first, at most 64.
    pub async fn due_installations(
        &self,
        now: Timestamp,
    ) -> Result<Vec<InstallationId>, StoreError> {
        let rows = sqlx::query(
            "WITH first AS (
                 SELECT installation, due_at FROM keys
                 WHERE due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
                 ORDER BY due_at LIMIT $2)
             SELECT f.installation, MIN(f.due_at) AS due, COUNT(*) AS keys,
                    MIN(i.not_before) AS not_before
             FROM first f JOIN installations i ON i.installation = f.installation
             GROUP BY f.installation ORDER BY due, f.installation",
        )
        .bind(now.as_microsecond())
        .bind(GLANCE)
        .fetch_all(&self.database.readers)
        .await?;
        let (mut seen, mut due) = (0, Vec::new());
        for row in rows {
            seen += row.try_get::<i64, _>("keys")?;
            if row.try_get::<i64, _>("not_before")? <= now.as_microsecond() {
                let id: i64 = row.try_get("installation")?;
                due.push(InstallationId(id.cast_unsigned()));
            }
        }
        if seen < GLANCE {
            due.truncate(TURNS.into());
            return Ok(due);
        }
        self.due_among_all(now).await
    }

    /// The same where so much is due that one installation may hide the others.
    async fn due_among_all(&self, now: Timestamp) -> Result<Vec<InstallationId>, StoreError> {
        let found: Vec<i64> = sqlx::query_scalar(
            "SELECT installation FROM (
                 SELECT i.installation, (
                     SELECT MIN(k.due_at) FROM keys k
                     WHERE k.installation = i.installation AND k.due_at <= $1
                       AND (k.leased_until IS NULL OR k.leased_until <= $1)) AS due
                 FROM installations i WHERE i.not_before <= $1) AS waiting
             WHERE due IS NOT NULL ORDER BY due, installation LIMIT $2",
        )
        .bind(now.as_microsecond())
        .bind(i64::from(TURNS))
        .fetch_all(&self.database.readers)
        .await?;
        let ids = found.into_iter().map(i64::cast_unsigned);
        Ok(ids.map(InstallationId).collect())
    }

    /// When [`Self::lease`] will next find something, if nothing else happens; in the past if it
    /// would now.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        // The first free key, all leased ones (few), and of each installation that was ever told to
        // wait (few) the first key: each an indexed look, never a walk through the whole queue.
        let rows = sqlx::query(
            "SELECT * FROM (
                 SELECT k.due_at, k.leased_until, CAST(NULL AS BIGINT) AS not_before FROM keys k
                 WHERE k.due_at IS NOT NULL AND k.leased_until IS NULL
                   AND NOT EXISTS (SELECT 1 FROM installations i
                                   WHERE i.installation = k.installation AND i.not_before > k.due_at)
                 ORDER BY k.due_at LIMIT 1) AS free
             UNION ALL
             SELECT k.due_at, k.leased_until, i.not_before FROM keys k
             LEFT JOIN installations i ON i.installation = k.installation
             WHERE k.leased_until IS NOT NULL AND k.due_at IS NOT NULL
             UNION ALL
             SELECT i.not_before, CAST(NULL AS BIGINT), i.not_before FROM installations i
             WHERE i.not_before > 0 AND EXISTS (SELECT 1 FROM keys k
                           WHERE k.installation = i.installation AND k.leased_until IS NULL
                             AND k.due_at < i.not_before)",
        )
        .fetch_all(&self.database.readers)
        .await?;
        let mut next = None;
        for row in rows {
            let due: i64 = row.try_get("due_at")?;
            let leased: Option<i64> = row.try_get("leased_until")?;
            let not_before: Option<i64> = row.try_get("not_before")?;
            let at = due
                .max(leased.unwrap_or(due))
                .max(not_before.unwrap_or(due));
            next = Some(next.map_or(at, |next: i64| next.min(at)));
        }
        next.map(time).transpose()
    }
}
