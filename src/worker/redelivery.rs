//! Deliveries that GitHub could not hand over are asked for again. GitHub never sends one again by
//! itself, and keeps a list of all of them for three days (Enterprise Server: seven),
//! <https://docs.github.com/en/webhooks/using-webhooks/handling-failed-webhook-deliveries>.
//!
//! What is remembered is how far the list was read, and which deliveries of it failed and have not
//! arrived since. Forgetting it costs a longer list, and deliveries that arrive twice, which is
//! harmless: a redelivery keeps its GUID.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{StepError, Worker};
use crate::forge::{Forge, HookDelivery};
use crate::store::{Key, Lease, SavedItem, Step, StoreError};

/// Between two looks at the list.
const EVERY: SignedDuration = SignedDuration::from_mins(5);

/// As long as github.com lets a delivery be asked for.
const KEPT: SignedDuration = SignedDuration::from_hours(72);

/// What came shortly before the list was read last may not have stood in it yet.
const OVERLAP: SignedDuration = SignedDuration::from_mins(2);

/// Tries of one delivery, the first one too; they then span two days.
const MOST_TRIES: usize = 10;

/// What is known of the list.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Missed {
    read_until: Option<Timestamp>,
    /// By GUID.
    failed: BTreeMap<String, Failed>,
}

/// A delivery that has not arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Failed {
    /// Its attempts, by GitHub's ids.
    attempts: BTreeSet<u64>,
    last: Timestamp,
    /// How many attempts there were when it was asked for last.
    asked_after: usize,
}

impl Missed {
    /// From when on the list is to be read.
    fn since(&self, now: Timestamp) -> Timestamp {
        let oldest = now - KEPT;
        self.read_until
            .map_or(oldest, |read| oldest.max(read - OVERLAP))
    }

    /// Takes in the list as it was read at a time, in any order.
    fn learn(&mut self, mut listed: Vec<HookDelivery>, now: Timestamp) {
        listed.sort_by_key(|one| (one.at, one.id));
        for one in listed {
            if one.arrived() {
                self.failed.remove(&one.guid);
                continue;
            }
            let known = self.failed.entry(one.guid.clone()).or_insert(Failed {
                attempts: BTreeSet::new(),
                last: one.at,
                asked_after: 0,
            });
            known.attempts.insert(one.id);
            known.last = known.last.max(one.at);
            if one.is_refused_for_good() {
                known.asked_after = MOST_TRIES;
            }
        }
        self.failed.retain(|_, failed| now - KEPT < failed.last);
        self.read_until = Some(now);
    }

    /// The GUIDs to ask for now, each with the attempt to be repeated. One that failed again waits
    /// twice as long as before.
    fn due(&self, now: Timestamp) -> Vec<(String, u64)> {
        let due = self.failed.iter().filter(|(_, failed)| {
            let tries = failed.attempts.len();
            let wait = EVERY * (1 << tries.saturating_sub(1).min(MOST_TRIES));
            let first = tries == 1;
            failed.asked_after < tries && tries < MOST_TRIES && (first || failed.last + wait <= now)
        });
        due.filter_map(|(guid, failed)| Some((guid.clone(), *failed.attempts.last()?)))
            .collect()
    }

    fn asked(&mut self, guid: &str) {
        if let Some(failed) = self.failed.get_mut(guid) {
            failed.asked_after = failed.attempts.len();
        }
    }
}

impl<F: Forge> Worker<F> {
    /// Begins what goes on as long as the process does. With a token there is no list of deliveries to
    /// read.
    pub async fn begin(&self) -> Result<(), StoreError> {
        self.begin_sweeps().await?;
        if self.shared.options.as_app {
            let key = (Key::hook(), self.now());
            self.shared.store.wake(vec![key]).await?;
        }
        Ok(())
    }

    /// One look at the list of the App's deliveries.
    pub(super) async fn step_hook(&self, lease: &Lease) -> Result<Option<Timestamp>, StepError> {
        let key = lease.key;
        let kept = self.shared.store.load_item(key.installation, key.repo, 0);
        let mut missed: Missed = match kept.await? {
            Some(row) => serde_json::from_str(&row.doc)?,
            None => Missed::default(),
        };
        let now = self.now();
        let listed = self.shared.forge.hook_deliveries(missed.since(now)).await?;
        missed.learn(listed, now);
        let mut left = false;
        for (guid, attempt) in missed.due(now) {
            left = self.enough(now);
            if left {
                break;
            }
            self.shared.forge.redeliver(attempt).await?;
            self.shared.metrics.asked_again();
            missed.asked(&guid);
        }
        let mut step = Step::new(lease, now);
        step.items.push(SavedItem {
            number: 0,
            doc: serde_json::to_string(&missed)?,
            shown: "{}".to_owned(),
            text: None,
        });
        self.shared.store.apply(step).await?;
        Ok(Some(if left { now } else { now + EVERY }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + 60 * minute).unwrap()
    }

    fn attempt(id: u64, guid: &str, minute: i64, status: u16) -> HookDelivery {
        HookDelivery {
            id,
            event: "issues".to_owned(),
            guid: guid.to_owned(),
            at: at(minute),
            status,
        }
    }

    fn due(missed: &Missed, minute: i64) -> Vec<u64> {
        let due = missed.due(at(minute)).into_iter();
        due.map(|(_, attempt)| attempt).collect()
    }

    #[test]
    fn what_arrived_after_all_is_not_asked_for() {
        let mut missed = Missed::default();
        // The list has the latest first.
        let listed = vec![
            attempt(4, "b", 3, 502),
            attempt(3, "a", 2, 202),
            attempt(2, "c", 1, 0),
            attempt(1, "a", 0, 500),
        ];
        missed.learn(listed, at(4));
        assert_eq!(due(&missed, 4), [4, 2]);
    }

    #[test]
    fn it_is_asked_for_once_for_each_time_that_it_failed_and_ever_more_rarely() {
        let mut missed = Missed::default();
        missed.learn(vec![attempt(1, "a", 0, 502)], at(1));
        missed.asked("a");
        // The same entry is in the overlap of the next list.
        missed.learn(vec![attempt(1, "a", 0, 502)], at(2));
        assert_eq!(due(&missed, 1_000), [0; 0]);

        missed.learn(vec![attempt(2, "a", 3, 502)], at(4));
        assert_eq!(due(&missed, 12), [0; 0]);
        assert_eq!(due(&missed, 13), [2]);
        for tries in 3..=12 {
            missed.learn(vec![attempt(tries, "a", 4, 502)], at(5));
        }
        assert_eq!(due(&missed, 4_000), [0; 0], "ten tries are enough");
    }

    #[test]
    fn what_is_malformed_stays_so_but_a_wrong_secret_may_be_mended() {
        let mut missed = Missed::default();
        let listed = [(1, "a", 413), (2, "b", 401), (3, "c", 415), (4, "d", 404)];
        let listed = listed.map(|(id, guid, status)| attempt(id, guid, 0, status));
        missed.learn(listed.to_vec(), at(1));
        assert_eq!(due(&missed, 1), [2, 4]);
    }

    #[test]
    fn the_list_is_read_from_where_it_was_read_last_and_for_three_days_at_most() {
        let mut missed = Missed::default();
        assert_eq!(missed.since(at(0)), at(-72 * 60));
        missed.learn(vec![attempt(1, "a", 0, 502)], at(10));
        assert_eq!(missed.since(at(15)), at(8));
        assert_eq!(missed.since(at(100 * 60)), at(28 * 60));
        missed.learn(vec![], at(73 * 60));
        assert_eq!(missed.failed.len(), 0, "GitHub has forgotten it");
    }
}
