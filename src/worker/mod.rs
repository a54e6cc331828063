//! The loop: a key falls due, its deliveries become facts, the facts a state, the state a view,
//! and what GitHub does not show yet becomes calls.
//!
//! One worker at a time looks at a key. All that was learned is stored in one transaction before
//! any call is made, and no transaction is open during one; what a call yields is stored at once.
//! So a crash at any point leaves either deliveries that are still to be handled, or a difference
//! between what is wanted and what is shown, and both are found by the next look at the key.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::clock::Clock;
use crate::domain::ids::InstallationId;
use crate::forge::{CallError, Forge};
use crate::metrics::Metrics;
use crate::store::{DEAD, Key, KeyKind, Lease, Step, Store, StoreError};
use crate::traces;

mod backoff;
mod board;
mod boxes;
mod budget;
mod catching_up;
mod comparing;
mod earlier;
mod echo;
mod elsewhere;
mod evidence;
mod follow_ups;
mod installation;
mod intake;
mod item;
mod items;
mod kept;
mod models;
mod noted;
mod orders;
mod pace;
mod people;
mod policy_files;
mod policy_trial;
mod redelivery;
mod releases;
mod repository;
mod show;
mod sight;
mod sprints;
mod sweep;
mod swept;
mod tags;
mod taking_up;
mod teams;
mod tidy;
mod ties;
mod transfer;
mod turns;

pub use policy_files::{POLICY_FILE, PolicyFiles, policy_of};
pub use sweep::next as list_on;
pub use swept::adoption;

use pace::Pace;
use people::People;
use turns::Turns;

/// How long a key is one worker's. A call times out in under half of this, and a look at a key
/// makes no new call after [`LOOK`], so an expired lease means that no call is under way.
const LEASE: SignedDuration = SignedDuration::from_secs(30);

/// After this a look at a key stops making calls and comes back for the rest.
const LOOK: SignedDuration = SignedDuration::from_secs(10);

/// A look that takes longer is stuck, for example on a network that swallows everything. It ends as
/// if the process had been killed, at a point where that is harmless like at any other.
const LONGEST: Duration = Duration::from_mins(5);

/// Looks at different keys that go on at once; of one installation fewer, see [`turns`].
const AT_ONCE: usize = 16;

/// How long nobody looks for due keys at most, since another process's wake-up may have got lost.
const ALONE: SignedDuration = SignedDuration::from_secs(60);
const AMONG_OTHERS: SignedDuration = SignedDuration::from_secs(5);

/// How often GitHub is asked for the time while our clock seems wrong.
const UNTIL_SET_RIGHT: Duration = Duration::from_secs(10);

/// How the worker behaves; the process decides it once.
#[derive(Debug, Clone)]
pub struct Options {
    /// The least time between two writes of one installation; zero: they are not rationed at all.
    pub write_spacing: Duration,
    /// An App writes check runs; a token writes commit statuses.
    pub as_app: bool,
    /// How long the payloads of handled deliveries are kept.
    pub keep_deliveries: SignedDuration,
    /// Where people read issues: `https://github.com` or an Enterprise host.
    pub web_url: String,
}

/// Why a look at a key did not come to its end.
#[derive(Debug, thiserror::Error)]
enum StepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("nothing may be sent for this before {until}")]
    Held { until: Timestamp },
    #[error("another worker has been taking the repository up for too long")]
    TakenUpElsewhere,
    #[error("it took over five minutes")]
    Stuck,
    #[error("what was stored could not be read: {0}")]
    Kept(#[from] serde_json::Error),
}

impl StepError {
    /// Whether time mends it. An outage may take days, and nothing is lost in it.
    fn passes(&self) -> bool {
        match self {
            Self::Store(_) | Self::Held { .. } | Self::TakenUpElsewhere | Self::Stuck => true,
            Self::Kept(_) => false,
            Self::Call(error) => match error {
                CallError::Limited { .. }
                | CallError::LockedOut { .. }
                | CallError::Unavailable(_)
                | CallError::Lost(_) => true,
                CallError::Missing(_) | CallError::Refused { .. } | CallError::Unreadable(_) => {
                    false
                }
            },
        }
    }
}

impl From<pace::Held> for StepError {
    fn from(pace::Held { until }: pace::Held) -> Self {
        Self::Held { until }
    }
}

/// Looks at keys when they are due. Clones share everything.
pub struct Worker<F> {
    shared: Arc<Shared<F>>,
}

impl<F> Clone for Worker<F> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

struct Shared<F> {
    store: Store,
    forge: F,
    clock: Clock,
    metrics: Arc<Metrics>,
    options: Options,
    people: People,
    pace: Pace,
    turns: Arc<Turns>,
    /// When this process has begun to compare repositories with GitHub.
    sweeps_since: OnceLock<Timestamp>,
    /// Looks make no new call, and leave the rest to the next start.
    stopping: AtomicBool,
}

impl<F: Forge> Worker<F> {
    /// A worker over a store and a forge.
    pub fn new(
        store: Store,
        forge: F,
        clock: Clock,
        metrics: Arc<Metrics>,
        options: Options,
    ) -> Self {
        let pace = Pace::new(options.write_spacing);
        let people = People::default();
        let shared = Shared {
            store,
            forge,
            clock,
            metrics,
            options,
            people,
            pace,
            turns: Arc::default(),
            sweeps_since: OnceLock::new(),
            stopping: AtomicBool::new(false),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Works until told to stop; calls that are under way come to their end first. `arrivals` is
    /// notified when a delivery was stored.
    pub async fn run(&self, arrivals: Arc<Notify>, stop: CancellationToken) {
        // What time it is, before anything is over because of it.
        if let Err(error) = self.shared.forge.hear().await {
            tracing::warn!(%error, "GitHub does not answer");
        }
        if let Err(error) = self.begin().await {
            tracing::error!(%error, "what was missed is not asked for yet");
        }
        let mut looks = tokio::task::JoinSet::new();
        while !stop.is_cancelled() {
            while looks.try_join_next().is_some() {}
            let arrived = arrivals.notified();
            if looks.len() < AT_ONCE {
                match self.lease().await {
                    Ok(Some(lease)) => {
                        let worker = self.clone();
                        let looking = worker.shared.turns.looking(lease.key.installation);
                        looks.spawn(async move {
                            worker.look(lease).await;
                            drop(looking);
                        });
                        continue;
                    }
                    Ok(None) => {}
                    Err(error) => tracing::error!(%error, "the next due key could not be found"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = arrived => {}
                Some(_) = looks.join_next() => {}
                () = self.next_due() => {}
            }
        }
        self.shared.stopping.store(true, Ordering::Relaxed);
        while looks.join_next().await.is_some() {}
    }

    /// Looks at all that is due now, one key after the other, until nothing is. For tests and the
    /// demo, whose clock stands still meanwhile.
    pub async fn drain(&self) -> Result<(), StoreError> {
        while let Some(lease) = self.lease().await? {
            self.look(lease).await;
        }
        Ok(())
    }

    async fn lease(&self) -> Result<Option<Lease>, StoreError> {
        let Shared { store, turns, .. } = &*self.shared;
        if self.clock_is_wrong().await {
            return Ok(None);
        }
        let mut asked = false;
        loop {
            match turns.next() {
                Some(installation) => {
                    if let Some(lease) = store.lease(installation, self.now(), LEASE).await? {
                        return Ok(Some(lease));
                    }
                }
                None if asked => return Ok(None),
                None => {
                    turns.refill(store.due_installations(self.now()).await?);
                    asked = true;
                }
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// By a wrong clock, time boxes would end that have not, and reminders come that nobody is due.
    async fn clock_is_wrong(&self) -> bool {
        let Shared { clock, forge, .. } = &*self.shared;
        if clock.wrong_by().is_none() {
            return false;
        }
        // A machine that was suspended only seems to have one.
        if let Err(error) = forge.hear().await {
            tracing::warn!(%error, "GitHub does not say what time it is");
        }
        let Some(ahead) = clock.wrong_by() else {
            return false;
        };
        tracing::error!(
            seconds = ahead.as_secs(),
            "the clock is ahead of GitHub's (negative: behind); nothing is done meanwhile"
        );
        true
    }

    /// Waits until the next key is due, or a while where that cannot be known.
    async fn next_due(&self) {
        if self.shared.clock.wrong_by().is_some() {
            return tokio::time::sleep(UNTIL_SET_RIGHT).await;
        }
        let shared = self.shared.store.is_shared();
        let longest = self.now() + if shared { AMONG_OTHERS } else { ALONE };
        let due = match self.shared.store.next_due().await {
            Ok(due) => due.unwrap_or(longest).min(longest),
            Err(_) => self.now() + SignedDuration::from_secs(1),
        };
        // A key that is due but leased elsewhere must not make this a busy loop.
        let soonest = self.now() + SignedDuration::from_millis(50);
        self.shared.clock.sleep_until(due.max(soonest)).await;
    }

    /// One look at one key. A panic is this key's alone.
    async fn look(&self, lease: Lease) {
        let started = self.now();
        let worker = self.clone();
        let span = self.span(&lease).await;
        let task = {
            let lease = lease.clone();
            let looking = async move {
                let step = tokio::time::timeout(LONGEST, worker.step(&lease));
                step.await.unwrap_or(Err(StepError::Stuck))
            };
            tokio::spawn(looking.instrument(span))
        };
        let key = lease.key;
        let ended = match task.await {
            Ok(Ok(next_due)) => self.shared.store.finish(&lease, next_due).await,
            Ok(Err(error)) => self.failed(&lease, &error).await,
            Err(panic) => {
                tracing::error!(%key, %panic, "a look at a key panicked");
                self.shared.metrics.panic();
                self.again(&lease, false).await
            }
        };
        match ended {
            Ok(()) => {
                let ms = self.now().duration_since(started).as_millis();
                tracing::debug!(%key, ms, "looked");
            }
            Err(StoreError::LeaseLost) => tracing::info!(%key, "another worker took over"),
            Err(error) => {
                self.shared.store.notice(&error);
                tracing::error!(%key, %error, "the outcome could not be stored");
            }
        }
    }

    /// Under what it handles; on its own where nothing has come.
    async fn span(&self, lease: &Lease) -> Span {
        let span = tracing::info_span!("look", key = %lease.key, tries = lease.tries);
        if !span.is_disabled() {
            let traces = self.shared.store.traces(lease.key).await;
            traces::put_under(&span, &traces.unwrap_or_default());
        }
        span
    }

    async fn step(&self, lease: &Lease) -> Result<Option<Timestamp>, StepError> {
        let of_nobody = self.shared.options.as_app && lease.key.installation == InstallationId(0);
        match lease.key.kind {
            KeyKind::Hook => self.step_hook(lease).await,
            KeyKind::Item | KeyKind::Board | KeyKind::Repo | KeyKind::Installation if of_nobody => {
                self.belongs_to_nobody(lease).await
            }
            KeyKind::Item => self.step_item(lease).await,
            KeyKind::Board => self.step_board(lease).await,
            KeyKind::Repo => self.step_repository(lease).await,
            KeyKind::Installation => self.step_installation(lease).await,
        }
    }

    /// What a repository's own webhook sends to an App names no installation, so that nothing could
    /// be done about it; the App is told of the same by its own webhook.
    async fn belongs_to_nobody(&self, lease: &Lease) -> Result<Option<Timestamp>, StepError> {
        let stored = self.shared.store.unhandled(lease.key).await?;
        let mut step = Step::new(lease, self.now());
        step.handled = stored
            .into_iter()
            .map(|one| (one.seq, "ignored".to_owned()))
            .collect();
        self.shared.store.apply(step).await?;
        Ok(None)
    }

    async fn failed(&self, lease: &Lease, error: &StepError) -> Result<(), StoreError> {
        let key = lease.key;
        if let StepError::Held { until } = error {
            tracing::debug!(%key, %until, "a look at a key has to wait");
            let store = &self.shared.store;
            let due = (self.now() + SignedDuration::from_secs(1)).max(*until);
            // What comes meanwhile is taken in at once; what this look has not taken in waits too.
            return if store.unhandled(key).await?.is_empty() {
                store.finish(lease, Some(due)).await
            } else {
                store.retry(lease, due).await
            };
        }
        tracing::warn!(%key, tries = lease.tries, %error, "a look at a key failed");
        if let StepError::Store(error) = error {
            self.shared.store.notice(error);
        }
        if let StepError::Call(CallError::Limited { seconds }) = error {
            let pace = &self.shared.pace;
            let until = pace.limited(key.installation, *seconds, self.now());
            self.shared.store.hold(key.installation, until).await?;
        }
        self.again(lease, error.passes()).await
    }

    /// Repeats the look later; what failed too often and does not pass is put aside, so that it
    /// stops nothing else.
    async fn again(&self, lease: &Lease, passes: bool) -> Result<(), StoreError> {
        self.shared.metrics.retry();
        if !passes && lease.tries + 1 >= backoff::TRIES {
            return self.put_aside(lease).await;
        }
        let wait = backoff::after(lease.tries, lease.key);
        self.shared.store.retry(lease, self.now() + wait).await
    }

    async fn put_aside(&self, lease: &Lease) -> Result<(), StoreError> {
        let stored = self.shared.store.unhandled(lease.key).await?;
        tracing::error!(key = %lease.key, deliveries = stored.len(), "put aside after too many tries");
        self.shared.metrics.put_aside(stored.len() as u64);
        let mut step = Step::new(lease, self.now());
        step.handled = stored
            .into_iter()
            .map(|one| (one.seq, DEAD.to_owned()))
            .collect();
        self.shared.store.apply(step).await?;
        let later = self.now() + backoff::PUT_ASIDE;
        self.shared.store.finish(lease, Some(later)).await
    }

    /// Whether a look that began at this time should make no further call.
    fn enough(&self, started: Timestamp) -> bool {
        let stopping = self.shared.stopping.load(Ordering::Relaxed);
        stopping || self.now().duration_since(started) > LOOK
    }

    fn board_of(key: Key) -> Key {
        Key::board(key.installation, key.repo)
    }
}
