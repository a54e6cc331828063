//! The queue: one column, `due_at`, says when each key is looked at next, and a lease says by whom.
//!
//! Two counters make it safe. `generation` is raised by whoever wakes a key, so that a worker that
//! is done replaces `due_at` only if nobody woke the key meanwhile. `fence` is raised by each
//! lease, so that a worker whose lease ran out and was given to another can store nothing more.
//! A leased key is due when its lease ends: if the worker never comes back, the key does.
//!
//! A key that failed waits. Waking it shortens a long wait, but never ends it at once: while GitHub
//! cannot be reached, each delivery would else bring one more look that fails.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::database::Engine;
use super::error::StoreError;
use super::key::{BodyDigest, Key, REPLAYED};
use super::statement::Statement;
use super::{Store, bind_key, int, time};
use crate::domain::ids::InstallationId;

/// Deliveries of one key that are read at once, so that a key that was flooded while nobody
/// looked fits into memory.
const AT_ONCE: i64 = 256;

/// A body cannot have been longer: GitHub's limit for a payload, 25 MB.
const LONGEST_BODY: usize = 25 * 1024 * 1024;

/// How soon a key that failed and is woken is looked at again, if it would have waited longer, in
/// microseconds: a minute is short for a person who gives a command after an outage.
const WOKEN_AFTER_FAILURE: i64 = 60_000_000;

/// Keys woken by one statement, within SQLite's limit of variables.
const WOKEN_AT_ONCE: usize = 500;

/// The right to look at a key, until it ends or is given to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// At what.
    pub key: Key,
    /// The key's when it was leased.
    pub generation: u64,
    /// How often in a row looking at it failed.
    pub tries: u32,
    /// When it was leased, by our clock.
    pub leased_at: Timestamp,
    fence: i64,
}

/// A delivery out of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredDelivery {
    /// Its place in the inbox, in the order of arrival.
    pub seq: i64,
    /// `X-GitHub-Event`.
    pub event: String,
    /// `X-GitHub-Delivery`.
    pub guid: String,
    /// Of the raw body.
    pub digest: BodyDigest,
    /// When it came, by our clock.
    pub received_at: Timestamp,
    /// Its body was there before under another GUID: it is to be asked about, not believed.
    pub seen_before: bool,
    /// The raw body.
    pub body: Vec<u8>,
}

/// Makes keys due at a time, or leaves them where they are due earlier, and raises their
/// generations. One that failed is due a minute later, or when its wait ends.
pub(super) async fn wake(
    connection: &mut AnyConnection,
    keys: impl IntoIterator<Item = (Key, Timestamp)>,
) -> Result<(), StoreError> {
    // Each once, and in one order everywhere, so that no two transactions wait for each other.
    let mut soonest = BTreeMap::<Key, Timestamp>::new();
    for (key, at) in keys {
        let known = soonest.entry(key).or_insert(at);
        *known = at.min(*known);
    }
    let installations: BTreeSet<_> = soonest.keys().map(|key| key.installation).collect();
    for installation in installations {
        sqlx::query(
            "INSERT INTO installations (installation, not_before) VALUES ($1, 0)
             ON CONFLICT DO NOTHING",
        )
        .bind(int(installation.0))
        .execute(&mut *connection)
        .await?;
    }
    let keys: Vec<_> = soonest.into_iter().collect();
    for chunk in keys.chunks(WOKEN_AT_ONCE) {
        let mut statement = Statement::new(
            "INSERT INTO keys (installation, repo, kind, number, due_at, generation) VALUES ",
        );
        statement.rows(chunk, |row, (key, at)| {
            row.key(*key).bind(at.as_microsecond()).bind(1_i64);
        });
        statement
            .push(
                " ON CONFLICT (installation, repo, kind, number) DO UPDATE SET
                    generation = keys.generation + 1,
                    due_at = CASE
                        WHEN keys.due_at <= excluded.due_at + CASE
                            WHEN keys.tries > 0 AND keys.leased_until IS NULL THEN ",
            )
            .bind(WOKEN_AFTER_FAILURE)
            .push(
                " ELSE 0 END THEN keys.due_at
                        ELSE excluded.due_at + CASE
                            WHEN keys.tries > 0 AND keys.leased_until IS NULL THEN ",
            )
            .bind(WOKEN_AFTER_FAILURE)
            .push(" ELSE 0 END END");
        statement.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Keeps a key that is looked at and those that will be woken from other transactions until this one
/// ends. Two looks that wake each other's keys would else wait for each other in PostgreSQL.
pub(super) async fn lock(
    engine: Engine,
    connection: &mut AnyConnection,
    own: Key,
    wake: &[(Key, Timestamp)],
) -> Result<(), StoreError> {
    if engine == Engine::Sqlite || wake.iter().all(|(key, _)| *key == own) {
        return Ok(());
    }
    let keys: BTreeSet<Key> = wake.iter().map(|(key, _)| *key).chain([own]).collect();
    let keys: Vec<Key> = keys.into_iter().collect();
    for chunk in keys.chunks(WOKEN_AT_ONCE) {
        let mut statement =
            Statement::new("SELECT 1 FROM keys WHERE (installation, repo, kind, number) IN (");
        statement.rows(chunk, |row, key| {
            row.key(*key);
        });
        statement
            .push(") ORDER BY installation, repo, kind, number")
            .push(engine.for_update());
        statement.build().fetch_all(&mut *connection).await?;
    }
    Ok(())
}

/// Fails unless the lease is still its holder's.
pub(super) async fn still_ours(
    engine: Engine,
    connection: &mut AnyConnection,
    lease: &Lease,
) -> Result<(), StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "SELECT 1 FROM keys
         WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
           AND fence = $5 AND leased_until IS NOT NULL{}",
        engine.for_update(),
    )));
    bind_key(row, lease.key)
        .bind(lease.fence)
        .fetch_optional(connection)
        .await?
        .map(|_| ())
        .ok_or(StoreError::LeaseLost)
}

fn read_lease(row: &AnyRow, leased_at: Timestamp) -> Result<Lease, StoreError> {
    Ok(Lease {
        key: Key::read(row)?,
        generation: row.try_get::<i64, _>("generation")?.cast_unsigned(),
        tries: u32::try_from(row.try_get::<i64, _>("tries")?).unwrap_or(u32::MAX),
        leased_at,
        fence: row.try_get("fence")?,
    })
}

impl Store {
    /// Leases the installation's key that has been due for longest, unless it has to wait; `None`
    /// if none is due.
    pub async fn lease(
        &self,
        installation: InstallationId,
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Option<Lease>, StoreError> {
        let until = now.checked_add(lease_for).unwrap_or(Timestamp::MAX);
        let row = sqlx::query(AssertSqlSafe(format!(
            "UPDATE keys SET leased_until = $3, due_at = $3, fence = fence + 1
             WHERE installation = $1 AND (repo, kind, number) = (
                 SELECT repo, kind, number FROM keys
                 WHERE installation = $1 AND due_at <= $2
                   AND (leased_until IS NULL OR leased_until <= $2)
                   AND NOT EXISTS (SELECT 1 FROM installations
                                   WHERE installation = $1 AND not_before > $2)
                 ORDER BY due_at, repo, kind, number LIMIT 1{})
             RETURNING installation, repo, kind, number, generation, fence, tries",
            self.database.engine.skip_locked(),
        )))
        .bind(int(installation.0))
        .bind(now.as_microsecond())
        .bind(until.as_microsecond())
        .fetch_optional(&self.database.writer)
        .await?;
        row.as_ref().map(|row| read_lease(row, now)).transpose()
    }

    /// Leases this very key, due or not, known or not; `None` while somebody else has it.
    pub async fn lease_key(
        &self,
        key: Key,
        now: Timestamp,
        lease_for: SignedDuration,
    ) -> Result<Option<Lease>, StoreError> {
        let until = now.checked_add(lease_for).unwrap_or(Timestamp::MAX);
        let statement = sqlx::query(
            "INSERT INTO keys (installation, repo, kind, number, leased_until, due_at, generation, fence)
             VALUES ($1, $2, $3, $4, $5, $5, 1, 1)
             ON CONFLICT (installation, repo, kind, number) DO UPDATE SET
                leased_until = $5, fence = keys.fence + 1,
                due_at = CASE WHEN keys.due_at < $5 THEN keys.due_at ELSE $5 END
             WHERE keys.leased_until IS NULL OR keys.leased_until <= $6
             RETURNING installation, repo, kind, number, generation, fence, tries",
        );
        let row = bind_key(statement, key)
            .bind(until.as_microsecond())
            .bind(now.as_microsecond())
            .fetch_optional(&self.database.writer)
            .await?;
        row.as_ref().map(|row| read_lease(row, now)).transpose()
    }

    /// The key's deliveries that are not handled yet, in the order of arrival; at most 256, so ask
    /// again once these are.
    pub async fn unhandled(&self, key: Key) -> Result<Vec<StoredDelivery>, StoreError> {
        let statement = sqlx::query(
            "SELECT seq, event, guid, digest, received_at, outcome, body FROM deliveries
             WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
               AND handled_at IS NULL
             ORDER BY seq LIMIT $5",
        );
        let rows = bind_key(statement, key)
            .bind(AT_ONCE)
            .fetch_all(&self.database.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let digest: Vec<u8> = row.try_get("digest")?;
                Ok(StoredDelivery {
                    seq: row.try_get("seq")?,
                    event: row.try_get("event")?,
                    guid: row.try_get("guid")?,
                    digest: digest
                        .as_slice()
                        .try_into()
                        .map_err(|_| StoreError::Corrupt("a digest of the wrong length".into()))?,
                    received_at: time(row.try_get("received_at")?)?,
                    seen_before: row.try_get::<Option<&str>, _>("outcome")? == Some(REPLAYED),
                    body: unpack(&row.try_get::<Vec<u8>, _>("body")?)?,
                })
            })
            .collect()
    }

    /// Where in their traces the key's deliveries that are not handled yet were accepted, at most 16.
    pub async fn traces(&self, key: Key) -> Result<Vec<String>, StoreError> {
        let statement = sqlx::query_scalar(
            "SELECT trace FROM deliveries
             WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
               AND handled_at IS NULL AND trace IS NOT NULL
             ORDER BY seq LIMIT 16",
        );
        let traces = statement
            .bind(int(key.installation.0))
            .bind(int(key.repo.0))
            .bind(key.kind.word())
            .bind(int(key.number))
            .fetch_all(&self.database.readers);
        Ok(traces.await?)
    }

    /// Gives the key back. It is due at `next_due` unless it was woken meanwhile; it is due at once
    /// if it has deliveries that are not handled.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if it is another worker's by now.
    pub async fn finish(
        &self,
        lease: &Lease,
        next_due: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let statement = sqlx::query(
            "UPDATE keys SET leased_until = NULL, tries = 0,
                 due_at = CASE WHEN generation <> $6 THEN due_at
                     WHEN EXISTS (
                         SELECT 1 FROM deliveries d
                         WHERE d.installation = keys.installation AND d.repo = keys.repo
                           AND d.kind = keys.kind AND d.number = keys.number
                           AND d.handled_at IS NULL) THEN 0
                     ELSE $7 END
             WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
               AND fence = $5 AND leased_until IS NOT NULL",
        );
        let done = bind_key(statement, lease.key)
            .bind(lease.fence)
            .bind(int(lease.generation))
            .bind(next_due.map(Timestamp::as_microsecond))
            .execute(&self.database.writer)
            .await?;
        given_back(done.rows_affected())
    }

    /// Gives the key back after a failure: it is due at `at`, or a minute after it was woken
    /// meanwhile if that is earlier.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if it is another worker's by now.
    pub async fn retry(&self, lease: &Lease, at: Timestamp) -> Result<(), StoreError> {
        let statement = sqlx::query(
            "UPDATE keys SET leased_until = NULL, tries = tries + 1,
                 due_at = CASE WHEN generation <> $6 AND due_at + $8 < $7 THEN due_at + $8 ELSE $7 END
             WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
               AND fence = $5 AND leased_until IS NOT NULL",
        );
        let done = bind_key(statement, lease.key)
            .bind(lease.fence)
            .bind(int(lease.generation))
            .bind(at.as_microsecond())
            .bind(WOKEN_AFTER_FAILURE)
            .execute(&self.database.writer)
            .await?;
        given_back(done.rows_affected())
    }

    /// Makes keys due, as a delivery does; for sweeps.
    pub async fn wake(&self, keys: Vec<(Key, Timestamp)>) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        wake(&mut transaction, keys).await?;
        Ok(transaction.commit().await?)
    }

    /// Lets no key of the installation be leased before `until`; an earlier time than one that is
    /// set already changes nothing.
    pub async fn hold(
        &self,
        installation: InstallationId,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO installations (installation, not_before) VALUES ($1, $2)
             ON CONFLICT (installation) DO UPDATE SET not_before = excluded.not_before
             WHERE excluded.not_before > installations.not_before",
        )
        .bind(int(installation.0))
        .bind(until.as_microsecond())
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }
}

fn given_back(rows: u64) -> Result<(), StoreError> {
    match rows {
        0 => Err(StoreError::LeaseLost),
        _ => Ok(()),
    }
}

pub(super) fn unpack(compressed: &[u8]) -> Result<Vec<u8>, StoreError> {
    let corrupt = |error: lz4_flex::block::DecompressError| StoreError::Corrupt(error.to_string());
    let (length, block) = lz4_flex::block::uncompressed_size(compressed).map_err(corrupt)?;
    if length > LONGEST_BODY {
        return Err(StoreError::Corrupt(format!("a body of {length} bytes")));
    }
    lz4_flex::decompress(block, length).map_err(corrupt)
}
