//! Writes of one installation are spaced (GitHub asks for a second between them).

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::domain::ids::InstallationId;

/// When each installation may write next.
pub(super) struct Pace {
    spacing: SignedDuration,
    next: Mutex<HashMap<InstallationId, Timestamp>>,
}

impl Pace {
    pub(super) fn new(spacing: Duration) -> Self {
        let spacing = SignedDuration::try_from(spacing).unwrap_or(SignedDuration::ZERO);
        Self {
            spacing,
            next: Mutex::new(HashMap::new()),
        }
    }

    /// Waits for this installation's turn. Turns are given out in the order of asking.
    pub(super) async fn turn(&self, installation: InstallationId, clock: &Clock) {
        if self.spacing.is_zero() {
            return;
        }
        let now = clock.now();
        let mine = {
            let mut next = self
                .next
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            let mine = next.get(&installation).copied().unwrap_or(now).max(now);
            next.insert(installation, mine + self.spacing);
            mine
        };
        clock.sleep_until(mine).await;
    }
}
