//! The process's one clock. Everything that needs the time is given it, so that a test can run
//! two weeks in a second and the demo a sprint in twenty: nothing else asks the system.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// How long a sleep on the system's clock goes without looking at it again: a clock that is set,
/// or a machine that was suspended, is noticed after this time at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Tells the time and waits for it. Clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock(Hands);

#[derive(Debug, Clone)]
enum Hands {
    System,
    Manual(Arc<watch::Sender<Timestamp>>),
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Hands::System)
    }

    /// A clock that stands still at `start` until it is moved, for tests and the demo.
    pub fn manual(start: Timestamp) -> Self {
        Self(Hands::Manual(Arc::new(watch::Sender::new(start))))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Hands::System => Timestamp::now(),
            Hands::Manual(time) => *time.borrow(),
        }
    }

    /// Returns once this clock shows `at` or later, at once if it does already.
    pub async fn sleep_until(&self, at: Timestamp) {
        match &self.0 {
            Hands::System => loop {
                let left = at.duration_since(Timestamp::now());
                match Duration::try_from(left) {
                    Ok(left) if !left.is_zero() => tokio::time::sleep(left.min(LOOK_AGAIN)).await,
                    Ok(_) | Err(_) => return,
                }
            },
            Hands::Manual(time) => {
                // The sender lives in `self`, so that waiting cannot fail while we are here.
                let _ = time.subscribe().wait_for(|now| *now >= at).await;
            }
        }
    }

    /// Moves a manual clock on by `by` and wakes whoever waited for that; it never goes back. The
    /// system's clock takes no orders.
    pub fn advance(&self, by: SignedDuration) {
        if let Hands::Manual(time) = &self.0 {
            time.send_modify(|now| {
                let later = now.checked_add(by).unwrap_or(Timestamp::MAX);
                *now = later.max(*now);
            });
        }
    }

    /// Moves a manual clock on to `at`, as [`Self::advance`] does.
    pub fn advance_to(&self, at: Timestamp) {
        if let Hands::Manual(time) = &self.0 {
            time.send_modify(|now| *now = at.max(*now));
        }
    }
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
}
