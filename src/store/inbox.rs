//! The inbox: a delivery is on disk before it is answered.
//!
//! What costs time is the disk's "it is written", not the writing. So one task takes all
//! deliveries that wait, writes them in one transaction, and answers all of them after its one
//! fsync; while it waits for the disk, the next group gathers. Nobody waits for company: a single
//! delivery is written at once.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use tokio::sync::{Notify, mpsc, oneshot};

use super::error::StoreError;
use super::key::{BodyDigest, Key, KeyKind, REPLAYED};
use super::statement::Statement;
use super::{Store, arrivals, int, queue, within};

/// How long a group may take. GitHub hangs up after ten seconds, and an answer that says
/// that nothing is stored is better than none.
const PATIENCE: Duration = Duration::from_secs(8);

/// Deliveries in one transaction. More would not make the fsync cheaper.
const GROUP: usize = 64;

/// Deliveries that may wait for the writer; who comes later waits for a place, which slows the
/// sender down instead of filling memory.
const WAITING: usize = 256;

/// From this size on a body is compressed aside, since the runtime's threads must not be held up:
/// LZ4 takes about 1 ms for it.
const COMPRESSED_ASIDE: usize = 512 * 1024;

/// A delivery whose signature was verified.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// What it is about.
    pub key: Key,
    /// `X-GitHub-Delivery`; a redelivery keeps it.
    pub guid: String,
    /// `X-GitHub-Event`.
    pub event: String,
    /// `X-GitHub-Hook-Installation-Target-Type` and `-ID`.
    pub hook_target: String,
    /// Of the raw body.
    pub digest: BodyDigest,
    /// As it came.
    pub body: Vec<u8>,
    /// When it came, by our clock.
    pub received_at: Timestamp,
    /// Where in its trace it was accepted, while traces are recorded.
    pub trace: Option<String>,
}

/// What became of a delivery. Either way it is on disk, and its key is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// It will be handled.
    New,
    /// Its body was there before, under this GUID or another; it takes no effect again.
    SeenBefore,
}

/// The way in. Clones lead to the same inbox, which ends when all of them are dropped.
#[derive(Debug, Clone)]
pub struct Inbox {
    waiting: mpsc::Sender<Waiting>,
    commits: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Waiting {
    /// Its body is compressed.
    delivery: NewDelivery,
    answer: oneshot::Sender<Result<Accepted, StoreError>>,
}

impl Inbox {
    /// Starts the task that writes; `on_arrival` is told after each group.
    pub fn start(store: Store, on_arrival: Arc<Notify>) -> Self {
        let (waiting, mut arrivals) = mpsc::channel(WAITING);
        let commits = Arc::new(AtomicU64::new(0));
        let inbox = Self {
            waiting,
            commits: Arc::clone(&commits),
        };
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(GROUP);
            while arrivals.recv_many(&mut group, GROUP).await > 0 {
                // What is committed all the same is sent again, and then known.
                let deliveries: Vec<&NewDelivery> = group.iter().map(|one| &one.delivery).collect();
                let written = within(PATIENCE, store.write_group(&deliveries)).await;
                match &written {
                    Ok(_) => {
                        commits.fetch_add(1, Ordering::Relaxed);
                        on_arrival.notify_one();
                    }
                    Err(error) => store.notice(error),
                }
                for (place, one) in group.drain(..).enumerate() {
                    let answer = match &written {
                        Ok(accepted) => Ok(accepted[place]),
                        Err(error) => Err(error.clone()),
                    };
                    // A sender that went away learns of it by GitHub's list of deliveries.
                    let _ = one.answer.send(answer);
                }
            }
        });
        inbox
    }

    /// Stores a delivery and makes its key due; returns once that is on disk.
    ///
    /// # Errors
    /// The delivery is not stored, or nobody can say so; it should be sent again.
    pub async fn accept(&self, mut delivery: NewDelivery) -> Result<Accepted, StoreError> {
        let stopped = || StoreError::Unavailable("the inbox has stopped".to_owned());
        let raw = std::mem::take(&mut delivery.body);
        delivery.body = if raw.len() < COMPRESSED_ASIDE {
            lz4_flex::compress_prepend_size(&raw)
        } else {
            tokio::task::spawn_blocking(move || lz4_flex::compress_prepend_size(&raw))
                .await
                .map_err(|_| stopped())?
        };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { delivery, answer };
        self.waiting.send(waiting).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// How many groups were written.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

impl Store {
    /// Stores what labhand has found out by itself like what GitHub has sent, so that it is handled
    /// in the same way; a body that was there before takes no effect again.
    ///
    /// # Errors
    /// Some may not be stored; all should be brought again.
    pub async fn deliver(&self, mut deliveries: Vec<NewDelivery>) -> Result<(), StoreError> {
        for delivery in &mut deliveries {
            delivery.body = lz4_flex::compress_prepend_size(&delivery.body);
        }
        for group in deliveries.chunks(GROUP) {
            let group: Vec<&NewDelivery> = group.iter().collect();
            self.write_group(&group).await?;
        }
        Ok(())
    }

    /// Writes a group in one transaction and says for each, in order, what became of it.
    async fn write_group(&self, group: &[&NewDelivery]) -> Result<Vec<Accepted>, StoreError> {
        self.is_whole()?;
        let mut transaction = self.database.begin().await?;

        let mut stored = Vec::new();
        for part in parts(group) {
            let mut statement = Statement::new(
                "SELECT installation, digest, guid FROM deliveries
                 WHERE (installation, digest) IN (",
            );
            statement.rows(part, |row, one| {
                row.bind(int(one.key.installation.0))
                    .bind(one.digest.to_vec());
            });
            statement.push(")");
            stored.extend(statement.build().fetch_all(&mut *transaction).await?);
        }

        // What is there already, to which each of the group is added in turn.
        let mut bodies = HashSet::<(i64, Vec<u8>)>::new();
        let mut deliveries = HashSet::<(i64, Vec<u8>, String)>::new();
        for row in &stored {
            let installation: i64 = row.try_get("installation")?;
            let digest: Vec<u8> = row.try_get("digest")?;
            bodies.insert((installation, digest.clone()));
            deliveries.insert((installation, digest, row.try_get("guid")?));
        }
        let mut answers = Vec::with_capacity(group.len());
        let mut rows = Vec::with_capacity(group.len());
        let mut woken = BTreeMap::<Key, Timestamp>::new();
        for &delivery in group {
            let installation = int(delivery.key.installation.0);
            let digest = delivery.digest.to_vec();
            let seen_before = !bodies.insert((installation, digest.clone()));
            if deliveries.insert((installation, digest, delivery.guid.clone())) {
                rows.push((delivery, seen_before.then_some(REPLAYED)));
            }
            answers.push(if seen_before {
                Accepted::SeenBefore
            } else {
                Accepted::New
            });
            let due = woken.entry(delivery.key).or_insert(delivery.received_at);
            *due = delivery.received_at.min(*due);
        }

        for part in parts(&rows) {
            let mut statement = Statement::new(
                "INSERT INTO deliveries (installation, repo, kind, number, guid, event, \
                 hook_target, digest, received_at, body, handled_at, outcome, trace) VALUES ",
            );
            statement.rows(part, |row, (delivery, outcome)| {
                let received_at = delivery.received_at.as_microsecond();
                let is_item = delivery.key.kind == KeyKind::Item;
                row.key(delivery.key)
                    .bind(delivery.guid.clone())
                    .bind(delivery.event.clone())
                    .bind(delivery.hook_target.clone())
                    .bind(delivery.digest.to_vec())
                    .bind(received_at)
                    .bind(delivery.body.clone())
                    .bind((*outcome).filter(|_| is_item).map(|_| received_at))
                    .bind(outcome.map(str::to_owned))
                    .bind(delivery.trace.clone());
            });
            statement.push(" ON CONFLICT (installation, digest, guid) DO NOTHING");
            statement.build().execute(&mut *transaction).await?;
        }
        queue::wake(&mut transaction, woken).await?;
        arrivals::announce(self.database.engine, &mut transaction).await?;
        transaction.commit().await?;
        Ok(answers)
    }
}

/// Cuts a slice into parts whose lengths are powers of two. There are seven of those, and a
/// connection keeps the statements for all of them prepared.
pub(super) fn parts<T>(mut of: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = 1 << of.len().checked_ilog2()?.min(GROUP.ilog2());
        let (part, rest) = of.split_at(length);
        of = rest;
        Some(part)
    })
}
