//! What an installation may still ask of GitHub, <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>:
//! so many requests an hour, of which the last are kept for what people wait for; and creations not
//! more than 80 a minute and 500 an hour, whatever the first number says.

use jiff::{SignedDuration, Timestamp};

use crate::forge::{Allowance, Call, ReleaseCall};
use crate::store::{Key, KeyKind, Turns};

/// Between two creations in the long run: 400 an hour.
const BETWEEN_CREATIONS: SignedDuration = SignedDuration::from_secs(9);

/// So many may come at once, so that an hour has 460 at most and a minute 67.
const AT_ONCE: i32 = 60;

/// What a request is for; the later ones are the first that go without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A check: a merge may wait for it.
    Gate,
    /// An answer to somebody, or how an item stands.
    Item,
    /// The board and the sweep.
    Background,
}

impl Purpose {
    /// What a call at a key is for.
    pub(super) fn of(key: Key, call: &Call) -> Self {
        match (key.kind, call) {
            (_, Call::WriteCheck { .. }) => Self::Gate,
            (KeyKind::Board, _) => Self::Background,
            (KeyKind::Item | KeyKind::Repo | KeyKind::Installation | KeyKind::Hook, _) => {
                Self::Item
            }
        }
    }

    /// The share of an hour's requests, in percent, that is left to the others.
    fn reserve(self) -> u64 {
        match self {
            Self::Gate => 0,
            Self::Item => 5,
            Self::Background => 20,
        }
    }
}

/// Until when this has to wait, if what is left of the hour is kept for others.
pub(super) fn kept_for_others(
    allowance: Option<Allowance>,
    purpose: Purpose,
    now: Timestamp,
) -> Option<Timestamp> {
    let left = allowance.filter(|left| left.resets_at > now)?;
    let reserve = left.limit.saturating_mul(purpose.reserve()) / 100;
    // At nothing at all GitHub itself would say so; a gate need not ask to know.
    (left.remaining <= reserve).then_some(left.resets_at)
}

/// Takes the next turn for a write: the turns after that, and when it is.
pub(super) fn take(
    turns: Turns,
    creates: bool,
    spacing: SignedDuration,
    now: Timestamp,
) -> (Turns, Timestamp) {
    let later = |at: Timestamp, by: SignedDuration| at.checked_add(by).unwrap_or(Timestamp::MAX);
    let soonest = turns.next.max(now);
    let spaced = later(soonest, spacing);
    if !creates {
        let next = spaced;
        return (Turns { next, ..turns }, soonest);
    }
    let ahead = BETWEEN_CREATIONS * (AT_ONCE - 1);
    let earliest = turns.creations.checked_sub(ahead).unwrap_or(Timestamp::MIN);
    // It counts from when it is made: those that the spacing delays are no more than others.
    let mine = soonest.max(earliest);
    let creations = later(turns.creations.max(mine), BETWEEN_CREATIONS);
    // What is far away must not keep others from writing until then.
    let next = if mine == soonest { spaced } else { turns.next };
    (Turns { next, creations }, mine)
}

/// Whether a call makes something that people see and that counts as content.
pub(super) fn creates(call: &Call) -> bool {
    match call {
        Call::CreateComment { .. }
        | Call::CreateIssue { .. }
        | Call::CreateLabel(_)
        | Call::Release(ReleaseCall::Create(_) | ReleaseCall::Attach { .. })
        | Call::Tag(_) => true,
        Call::AddLabels { .. }
        | Call::RemoveLabel { .. }
        | Call::EditComment { .. }
        | Call::React { .. }
        | Call::Close { .. }
        | Call::Reopen { .. }
        | Call::WriteCheck { .. }
        | Call::EditIssue { .. }
        | Call::Release(ReleaseCall::Publish { .. }) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + seconds).unwrap()
    }

    const SECOND: SignedDuration = SignedDuration::from_secs(1);

    #[test]
    fn the_last_requests_of_an_hour_are_for_gates() {
        let left = |remaining| {
            Some(Allowance {
                remaining,
                limit: 5_000,
                resets_at: at(600),
            })
        };
        let waits = |remaining, purpose| kept_for_others(left(remaining), purpose, at(0)).is_some();
        for (remaining, gate, item, background) in [
            (4_000, false, false, false),
            (1_000, false, false, true),
            (250, false, true, true),
            (1, false, true, true),
            (0, true, true, true),
        ] {
            assert_eq!(waits(remaining, Purpose::Gate), gate, "{remaining}");
            assert_eq!(waits(remaining, Purpose::Item), item, "{remaining}");
            assert_eq!(
                waits(remaining, Purpose::Background),
                background,
                "{remaining}"
            );
        }
        assert_eq!(kept_for_others(left(0), Purpose::Background, at(600)), None);
        assert_eq!(kept_for_others(None, Purpose::Background, at(0)), None);
    }

    proptest! {
        /// However many ask at once or later, there are never more than GitHub allows.
        #[test]
        fn creations_stay_under_80_a_minute_and_500_an_hour(
            asked in proptest::collection::vec((0_i64..40, any::<bool>()), 1..1_500),
            spacing in prop_oneof![
                Just(SignedDuration::from_millis(250)),
                Just(SECOND),
                Just(SECOND * 6),
            ],
        ) {
            let mut turns = Turns::default();
            let (mut now, mut made) = (at(0), Vec::new());
            for (pause, creates) in asked {
                // Mostly at once, and sometimes after a rest.
                now += SignedDuration::from_secs(if pause == 39 { 900 } else { 0 });
                let (after, mine) = take(turns, creates, spacing, now);
                prop_assert!(mine >= now);
                turns = after;
                made.extend(creates.then_some(mine));
            }
            made.sort();
            for (span, most) in [(60, 79), (3_600, 499)] {
                let span = SignedDuration::from_secs(span);
                for (first, from) in made.iter().enumerate() {
                    let within = made[first..].iter().take_while(|at| **at < *from + span);
                    prop_assert!(within.count() <= most);
                }
            }
        }
    }

    #[test]
    fn what_creates_nothing_waits_for_the_spacing_alone() {
        let mut turns = Turns::default();
        for _ in 0..500 {
            (turns, _) = take(turns, true, SignedDuration::ZERO, at(0));
        }
        for second in 0..5 {
            let (after, mine) = take(turns, false, SECOND, at(0));
            assert_eq!(mine, at(second));
            turns = after;
        }
    }
}
