//! How long to wait before something is tried again: growing, and jittered so that what failed
//! together does not come back together.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::SignedDuration;

use crate::store::Key;

/// After so many looks in a row that failed for a reason that time does not mend, the deliveries of
/// a key are put aside. With the waits below that is some three hours.
pub(super) const TRIES: u32 = 12;

/// A key that was put aside is looked at again after this: its box goes on, and what failed may
/// have been mended.
pub(super) const PUT_ASIDE: SignedDuration = SignedDuration::from_hours(24);

/// What GitHub says is not there may only be late. After so many looks it is believed.
pub(super) const PATIENCE: u32 = 2;

/// The first wait.
const FIRST: f64 = 2.0;

/// The longest wait: half an hour is long for a person and short for GitHub.
const LONGEST: f64 = 1800.0;

/// GitHub asks for at least a minute where it says nothing (its guide to rate limits).
const LEAST_WHEN_LIMITED: f64 = 60.0;

/// The wait of a key after the given number of failures in a row. What makes it differ from that of
/// others is the key, so that the same happens again where the same fails again.
pub(super) fn after(tries: u32, key: Key) -> SignedDuration {
    let seconds = (FIRST * 3_f64.powi(tries.min(16).cast_signed())).min(LONGEST);
    let mut hasher = DefaultHasher::new();
    (key, tries).hash(&mut hasher);
    let share = f64::from(u16::try_from(hasher.finish() >> 48).unwrap_or_default());
    SignedDuration::from_secs_f64(seconds * (0.75 + 0.5 * share / f64::from(u16::MAX)))
}

/// The wait of a whole installation that was too fast: what GitHub said, but never under a minute
/// less the clock's grain, and growing with how often it was told so in a row before.
pub(super) fn limited(seconds: u64, before: u32) -> SignedDuration {
    let asked = f64::from(u32::try_from(seconds).unwrap_or(3600));
    let grown = LEAST_WHEN_LIMITED * 2_f64.powi(before.min(5).cast_signed());
    SignedDuration::from_secs_f64(asked.max(if before == 0 { 0.0 } else { grown }).max(1.0))
}
