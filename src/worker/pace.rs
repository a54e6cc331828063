//! When an installation may write: its writes are spaced (GitHub asks for a second between them),
//! its creations rationed ([`budget`]), the last requests of an hour are kept for what people wait
//! for, and after it was too fast all of them wait. Processes that share a store share the turns.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::budget::{self, Purpose};
use super::{StepError, Worker, backoff};
use crate::clock::Clock;
use crate::domain::ids::InstallationId;
use crate::forge::{Call, Forge};
use crate::store::{Key, Turns};

/// A look that would have to wait longer for its turn gives its key back meanwhile.
const PATIENCE: SignedDuration = SignedDuration::from_secs(5);

/// When each installation may write next.
pub(super) struct Pace {
    spacing: SignedDuration,
    installations: Mutex<HashMap<InstallationId, Known>>,
}

/// Nothing may be sent before then.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) until: Timestamp,
}

#[derive(Debug)]
struct Known {
    turns: Turns,
    /// Turns that are still to come, by who has them and whether they are to create something.
    granted: HashMap<(Key, bool), Timestamp>,
    /// GitHub has asked to wait until then.
    not_before: Timestamp,
    /// How often in a row it has.
    limited: u32,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            turns: Turns::default(),
            granted: HashMap::new(),
            not_before: Timestamp::MIN,
            limited: 0,
        }
    }
}

impl<F: Forge> Worker<F> {
    /// Waits for a write's turn; without a spacing, as an Enterprise Server without limits may have it,
    /// nothing is rationed. There is none while GitHub has told the installation to wait, or
    /// while what is left of its requests is kept for something more urgent.
    pub(super) async fn turn(&self, key: Key, call: &Call) -> Result<(), StepError> {
        let shared = &self.shared;
        let installation = key.installation;
        self.may_ask(installation, Purpose::of(key, call))?;
        if shared.pace.spacing.is_zero() {
            return Ok(shared.pace.check(installation, &shared.clock)?);
        }
        let creates = budget::creates(call);
        let mine = match shared.pace.granted(key, creates) {
            Some(granted) => granted,
            None => self.next_turn(installation, creates).await?,
        };
        let now = self.now();
        if mine > now + PATIENCE || creates && mine > now {
            // The turn is kept while the key goes back.
            shared.pace.grant(key, creates, mine);
            return Err(Held { until: mine }.into());
        }
        if mine > now {
            shared.clock.sleep_until(mine).await;
        }
        Ok(shared.pace.check(installation, &shared.clock)?)
    }

    async fn next_turn(
        &self,
        installation: InstallationId,
        creates: bool,
    ) -> Result<Timestamp, StepError> {
        let shared = &self.shared;
        let (now, spacing) = (self.now(), shared.pace.spacing);
        let take = |turns| budget::take(turns, creates, spacing, now);
        if shared.store.is_shared() {
            Ok(shared.store.take_turn(installation, take).await?)
        } else {
            Ok(shared.pace.take_turn(installation, take))
        }
    }

    /// Whether a request may be made for this purpose now.
    pub(super) fn may_ask(
        &self,
        installation: InstallationId,
        purpose: Purpose,
    ) -> Result<(), StepError> {
        let allowance = self.shared.forge.allowance(installation);
        if let Some(left) = allowance {
            let metrics = &self.shared.metrics;
            metrics.requests_left(installation, left, self.now());
        }
        match budget::kept_for_others(allowance, purpose, self.now()) {
            Some(until) => Err(Held { until }.into()),
            None => Ok(()),
        }
    }
}

impl Pace {
    pub(super) fn new(spacing: Duration) -> Self {
        let spacing = SignedDuration::try_from(spacing).unwrap_or(SignedDuration::ZERO);
        Self {
            spacing,
            installations: Mutex::new(HashMap::new()),
        }
    }

    fn take_turn(
        &self,
        installation: InstallationId,
        take: impl FnOnce(Turns) -> (Turns, Timestamp),
    ) -> Timestamp {
        let mut all = self.lock();
        let known = all.entry(installation).or_default();
        let (after, mine) = take(known.turns);
        known.turns = after;
        mine
    }

    /// Keeps a turn that is still to come.
    fn grant(&self, key: Key, creates: bool, at: Timestamp) {
        let mut all = self.lock();
        let known = all.entry(key.installation).or_default();
        known.granted.insert((key, creates), at);
    }

    /// The turn that was kept.
    fn granted(&self, key: Key, creates: bool) -> Option<Timestamp> {
        let mut all = self.lock();
        let known = all.get_mut(&key.installation)?;
        known.granted.remove(&(key, creates))
    }

    fn check(&self, installation: InstallationId, clock: &Clock) -> Result<(), Held> {
        let all = self.lock();
        let until = all.get(&installation).map(|known| known.not_before);
        let until = until.unwrap_or(Timestamp::MIN);
        if until > clock.now() {
            return Err(Held { until });
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
        let known = all.entry(installation).or_default();
        let again = known.not_before <= now;
        let before = known.limited.saturating_sub(u32::from(!again));
        let wait = backoff::limited(seconds, before);
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        known.limited = before.saturating_add(1);
        known.not_before = known.not_before.max(until);
        known.not_before
    }

    /// A write went through: the next wait starts small again.
    pub(super) fn went_well(&self, installation: InstallationId) {
        if let Some(known) = self.lock().get_mut(&installation) {
            known.limited = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<InstallationId, Known>> {
        self.installations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: InstallationId = InstallationId(7);

    #[test]
    fn who_is_told_to_wait_waits_longer_each_time_and_nobody_else_does() {
        let clock = Clock::manual("2026-11-23T09:00:00Z".parse().unwrap());
        let pace = Pace::new(Duration::ZERO);
        let first = pace.limited(ONE, 60, clock.now());
        assert_eq!(first, clock.now() + SignedDuration::from_secs(60));
        // The answer to a call that was under way meanwhile.
        assert_eq!(pace.limited(ONE, 60, clock.now()), first);
        assert_eq!(pace.check(ONE, &clock), Err(Held { until: first }));
        assert_eq!(pace.check(InstallationId(8), &clock), Ok(()));

        clock.advance_to(first);
        assert_eq!(pace.check(ONE, &clock), Ok(()));
        let second = pace.limited(ONE, 60, clock.now());
        assert_eq!(second, clock.now() + SignedDuration::from_secs(120));

        clock.advance_to(second);
        pace.went_well(ONE);
        let third = pace.limited(ONE, 17, clock.now());
        assert_eq!(third, clock.now() + SignedDuration::from_secs(17));
    }
}
