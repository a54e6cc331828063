//! Installations take turns, so that none of them starves the others: one that was flooded gets one
//! look, and then everybody else who has something due gets one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::ids::InstallationId;

/// Looks at one installation's keys that go on at once. Its writes are spaced anyway, so that more
/// would mostly wait for each other.
const OF_ONE: usize = 4;

/// Whose turn it is.
#[derive(Debug, Default)]
pub(super) struct Turns {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Those that have not had their turn in this round.
    waiting: VecDeque<InstallationId>,
    looks: HashMap<InstallationId, usize>,
}

/// A look at an installation's key that goes on.
#[derive(Debug)]
pub(super) struct Looking {
    turns: Arc<Turns>,
    installation: InstallationId,
}

impl Turns {
    /// The next one of this round that is not looked at enough already.
    pub(super) fn next(&self) -> Option<InstallationId> {
        let mut state = self.state();
        while let Some(next) = state.waiting.pop_front() {
            if state.looks.get(&next).is_none_or(|&looks| looks < OF_ONE) {
                return Some(next);
            }
        }
        None
    }

    /// A new round.
    pub(super) fn refill(&self, waiting: Vec<InstallationId>) {
        self.state().waiting = waiting.into();
    }

    /// A look begins; it ends when what this returns is dropped.
    pub(super) fn looking(self: &Arc<Self>, installation: InstallationId) -> Looking {
        *self.state().looks.entry(installation).or_default() += 1;
        Looking {
            turns: Arc::clone(self),
            installation,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        let mut state = self.turns.state();
        if let Some(looks) = state.looks.get_mut(&self.installation) {
            *looks -= 1;
            if *looks == 0 {
                state.looks.remove(&self.installation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: InstallationId = InstallationId(1);
    const QUIET: InstallationId = InstallationId(2);

    #[test]
    fn one_that_is_looked_at_enough_is_passed_over_until_a_look_ends() {
        let turns = Arc::new(Turns::default());
        let mut looks: Vec<Looking> = (0..OF_ONE).map(|_| turns.looking(BUSY)).collect();
        turns.refill(vec![BUSY, QUIET]);
        assert_eq!(turns.next(), Some(QUIET));
        assert_eq!(turns.next(), None);

        looks.pop();
        turns.refill(vec![BUSY, QUIET]);
        assert_eq!(turns.next(), Some(BUSY));
    }
}
