//! How long to wait before something is tried again: growing, and jittered so that what failed
//! together does not come back together.

use jiff::SignedDuration;

/// After so many looks in a row that failed, the deliveries of a key are put aside. With the waits
/// below that is more than a day.
pub(super) const TRIES: u32 = 12;

/// The first wait.
const FIRST: f64 = 2.0;

/// The longest wait: half an hour is long for a person and short for GitHub.
const LONGEST: f64 = 1800.0;

/// GitHub asks for at least a minute where it says nothing (its guide to rate limits).
const LEAST_WHEN_LIMITED: f64 = 60.0;

/// The wait after the given number of failures in a row.
pub(super) fn after(tries: u32) -> SignedDuration {
    let seconds = (FIRST * 3_f64.powi(tries.min(16).cast_signed())).min(LONGEST);
    SignedDuration::from_secs_f64(seconds * rand::random_range(0.75..1.25))
}

/// The wait of a whole installation that was too fast: what GitHub said, but never under a minute
/// less the clock's grain, and growing.
pub(super) fn limited(seconds: u64, tries: u32) -> SignedDuration {
    let asked = f64::from(u32::try_from(seconds).unwrap_or(3600));
    let grown = LEAST_WHEN_LIMITED * 2_f64.powi(tries.min(5).cast_signed());
    SignedDuration::from_secs_f64(asked.max(if tries == 0 { 0.0 } else { grown }).max(1.0))
}
