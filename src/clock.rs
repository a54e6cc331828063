//! The process's one clock. Everything that needs the time is given it, so that a test can run
//! two weeks in a second and the demo a sprint in twenty: nothing else asks the system.
//!
//! It can be wrong: set by hand, by a broken time server, or by a restored snapshot. Then time boxes
//! would end that have not, and what was accepted would be dated wrongly. So it listens to what time
//! GitHub says it is, and in between it counts the seconds itself.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// How long a sleep on the system's clock goes without looking at it again: a clock that is set,
/// or a machine that was suspended, is noticed after this time at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// How far from GitHub's the time may be. An answer is ten seconds old at most; and an App's token of
/// ten minutes, which octocrab makes for nine and from one minute ago, is refused by GitHub from here on.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(60);

/// Tells the time and waits for it. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock {
    hands: Hands,
    /// What GitHub has said last.
    heard: Arc<Mutex<Option<Heard>>>,
}

#[derive(Debug, Clone)]
enum Hands {
    System {
        started: Instant,
    },
    Manual {
        time: Arc<watch::Sender<Timestamp>>,
        /// By how many seconds this clock shows more than the time is.
        ahead: Arc<AtomicI64>,
    },
}

#[derive(Debug, Clone, Copy)]
struct Heard {
    date: Timestamp,
    /// When, on a scale that nobody sets.
    at: SignedDuration,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self::over(Hands::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands still at `start` until it is moved, for tests and the demo.
    pub fn manual(start: Timestamp) -> Self {
        Self::over(Hands::Manual {
            time: Arc::new(watch::Sender::new(start)),
            ahead: Arc::default(),
        })
    }

    fn over(hands: Hands) -> Self {
        let heard = Arc::default();
        Self { hands, heard }
    }

    /// A manual clock for which the same time passes, and which can be set on its own.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self::over(match &self.hands {
            Hands::System { started } => Hands::System { started: *started },
            Hands::Manual { time, .. } => Hands::Manual {
                time: Arc::clone(time),
                ahead: Arc::default(),
            },
        })
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match &self.hands {
            Hands::System { .. } => Timestamp::now(),
            Hands::Manual { time, ahead } => shifted(*time.borrow(), ahead),
        }
    }

    /// GitHub has just said that it is `date`.
    pub fn heard(&self, date: Timestamp) {
        let at = self.passed();
        *self.lock() = Some(Heard { date, at });
    }

    /// By how much this clock is ahead of GitHub's (negative: behind it), where that is over a
    /// minute. Nobody knows before GitHub has said something.
    ///
    /// A machine that was suspended looks the same until GitHub is heard again: it has counted no
    /// seconds meanwhile.
    pub fn wrong_by(&self) -> Option<SignedDuration> {
        let Heard { date, at } = (*self.lock())?;
        let right = date.checked_add(self.passed() - at).ok()?;
        let ahead = self.now().duration_since(right);
        (ahead.abs() > TOLERANCE).then_some(ahead)
    }

    /// On a scale that nobody sets, how late it is.
    fn passed(&self) -> SignedDuration {
        match &self.hands {
            Hands::System { started } => {
                SignedDuration::try_from(started.elapsed()).unwrap_or(SignedDuration::MAX)
            }
            Hands::Manual { time, .. } => time.borrow().duration_since(Timestamp::UNIX_EPOCH),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Heard>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns once this clock shows `at` or later, at once if it does already.
    pub async fn sleep_until(&self, at: Timestamp) {
        match &self.hands {
            Hands::System { .. } => loop {
                let left = at.duration_since(Timestamp::now());
                match Duration::try_from(left) {
                    Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(LOOK_AGAIN)).await,
                    Ok(_) | Err(_) => return,
                }
            },
            Hands::Manual { time, ahead } => {
                // The sender lives in `self`, so that waiting cannot fail while we are here.
                let passed = |now: &Timestamp| shifted(*now, ahead) >= at;
                let _ = time.subscribe().wait_for(passed).await;
            }
        }
    }

    /// Moves a manual clock on by `by` and wakes whoever waited for that; it never goes back. The
    /// system's clock takes no orders.
    pub fn advance(&self, by: SignedDuration) {
        if let Hands::Manual { time, .. } = &self.hands {
            time.send_modify(|now| {
                let later = now.checked_add(by).unwrap_or(Timestamp::MAX);
                *now = later.max(*now);
            });
        }
    }

    /// Moves a manual clock on to `at`, as [`Self::advance`] does.
    pub fn advance_to(&self, at: Timestamp) {
        if let Hands::Manual { time, .. } = &self.hands {
            time.send_modify(|now| *now = at.max(*now));
        }
    }

    /// Sets a manual clock wrong by whole seconds, as somebody might set a machine's: no time passes.
    pub fn set_ahead(&self, by: SignedDuration) {
        if let Hands::Manual { ahead, .. } = &self.hands {
            ahead.store(by.as_secs(), Ordering::Relaxed);
        }
    }
}

fn shifted(time: Timestamp, ahead: &AtomicI64) -> Timestamp {
    let ahead = SignedDuration::from_secs(ahead.load(Ordering::Relaxed));
    time.checked_add(ahead).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Timestamp {
        "2026-11-23T09:00:00Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_passes_its_time() {
        let clock = Clock::manual(start());
        let alarm = start() + SignedDuration::from_hours(2);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep_until(alarm).await;
                clock.now()
            }
        });
        clock.advance(SignedDuration::from_hours(1));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance_to(alarm);
        assert_eq!(sleeper.await.unwrap(), alarm);
    }

    #[tokio::test]
    async fn what_is_past_is_not_waited_for() {
        Clock::manual(start()).sleep_until(start()).await;
        let system = Clock::system();
        system.sleep_until(system.now()).await;
    }

    #[test]
    fn a_clock_never_goes_back() {
        let clock = Clock::manual(start());
        clock.advance(SignedDuration::from_hours(-1));
        clock.advance_to(start() - SignedDuration::from_hours(1));
        assert_eq!(clock.now(), start());
    }

    #[test]
    fn a_clock_is_wrong_from_a_minute_on_and_knows_it_only_from_github() {
        let clock = Clock::manual(start());
        let github = clock.beside();
        clock.set_ahead(SignedDuration::from_hours(3));
        assert_eq!(clock.wrong_by(), None);
        clock.heard(github.now());
        assert_eq!(clock.wrong_by(), Some(SignedDuration::from_hours(3)));
        // Time goes on for both.
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.wrong_by(), Some(SignedDuration::from_hours(3)));
        // It is set back too far, and then right, but for what nobody minds.
        clock.set_ahead(SignedDuration::from_secs(-61));
        assert_eq!(clock.wrong_by(), Some(SignedDuration::from_secs(-61)));
        clock.set_ahead(SignedDuration::from_secs(-60));
        assert_eq!(clock.wrong_by(), None);
    }

    #[test]
    fn after_a_suspension_github_tells_that_it_was_one() {
        let clock = Clock::manual(start());
        clock.heard(start());
        clock.set_ahead(SignedDuration::from_hours(8));
        assert!(clock.wrong_by().is_some());
        clock.heard(start() + SignedDuration::from_hours(8));
        assert_eq!(clock.wrong_by(), None);
    }
}
