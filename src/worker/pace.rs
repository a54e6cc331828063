//! When an installation may write: its writes are spaced (GitHub asks for a second between them),
//! and after it was too fast all of them wait.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::backoff;
use crate::clock::Clock;
use crate::domain::ids::InstallationId;

/// When each installation may write next.
pub(super) struct Pace {
    spacing: SignedDuration,
    turns: Mutex<HashMap<InstallationId, Turns>>,
}

/// GitHub has told the installation to wait, so nothing was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held;

#[derive(Debug, Clone, Copy)]
struct Turns {
    /// The next free turn.
    next: Timestamp,
    /// GitHub has asked to wait until then.
    not_before: Timestamp,
    /// How often in a row it has.
    limited: u32,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            next: Timestamp::MIN,
            not_before: Timestamp::MIN,
            limited: 0,
        }
    }
}

impl Pace {
    pub(super) fn new(spacing: Duration) -> Self {
        let spacing = SignedDuration::try_from(spacing).unwrap_or(SignedDuration::ZERO);
        Self {
            spacing,
            turns: Mutex::new(HashMap::new()),
        }
    }

    /// Waits for this installation's turn. Turns are given out in the order of asking; there are
    /// none while GitHub has told it to wait.
    pub(super) async fn turn(
        &self,
        installation: InstallationId,
        clock: &Clock,
    ) -> Result<(), Held> {
        let now = clock.now();
        let mine = {
            let mut all = self.lock();
            let turns = all.entry(installation).or_default();
            let mine = turns.next.max(now);
            turns.next = mine.checked_add(self.spacing).unwrap_or(Timestamp::MAX);
            mine
        };
        if mine > now {
            clock.sleep_until(mine).await;
        }
        let not_before = self.lock().get(&installation).map(|turns| turns.not_before);
        if not_before.is_some_and(|not_before| not_before > clock.now()) {
            return Err(Held);
        }
        Ok(())
    }

    /// GitHub has said that the installation was too fast; until when it waits. The answers to
    /// what was under way at the same time do not make it longer.
    pub(super) fn limited(
        &self,
        installation: InstallationId,
        seconds: u64,
        now: Timestamp,
    ) -> Timestamp {
        let mut all = self.lock();
        let turns = all.entry(installation).or_default();
        let again = turns.not_before <= now;
        let before = turns.limited.saturating_sub(u32::from(!again));
        let wait = backoff::limited(seconds, before);
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        turns.limited = before.saturating_add(1);
        turns.not_before = turns.not_before.max(until);
        turns.not_before
    }

    /// A write went through: the next wait starts small again.
    pub(super) fn went_well(&self, installation: InstallationId) {
        if let Some(turns) = self.lock().get_mut(&installation) {
            turns.limited = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InstallationId, Turns>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: InstallationId = InstallationId(7);

    #[tokio::test]
    async fn who_is_told_to_wait_waits_longer_each_time_and_nobody_else_does() {
        let clock = Clock::manual("2026-11-23T09:00:00Z".parse().unwrap());
        let pace = Pace::new(Duration::ZERO);
        let first = pace.limited(ONE, 60, clock.now());
        assert_eq!(first, clock.now() + SignedDuration::from_secs(60));
        // The answer to a call that was under way meanwhile.
        assert_eq!(pace.limited(ONE, 60, clock.now()), first);
        assert_eq!(pace.turn(ONE, &clock).await, Err(Held));
        assert_eq!(pace.turn(InstallationId(8), &clock).await, Ok(()));

        clock.advance_to(first);
        assert_eq!(pace.turn(ONE, &clock).await, Ok(()));
        let second = pace.limited(ONE, 60, clock.now());
        assert_eq!(second, clock.now() + SignedDuration::from_secs(120));

        clock.advance_to(second);
        pace.went_well(ONE);
        let third = pace.limited(ONE, 17, clock.now());
        assert_eq!(third, clock.now() + SignedDuration::from_secs(17));
    }
}
