//! The whole of it in a storm. A team of twelve works for four sprints on the stand-in, at random,
//! while deliveries are lost, doubled, delayed and reordered, calls fail, answers are lost, the bot is
//! killed, and the clock goes over the end of summer time. When the storm is over, all has to be as if
//! it had been a calm day.
//!
//! One seed decides everything, so that what fails fails again:
//! `LABHAND_SEEDS=17 cargo test --test simulation -- --nocapture`, or `LABHAND_SEEDS=0..5000` for long.

mod after;
mod bot;
#[path = "../support/database.rs"]
mod database;
mod storm;
mod team;

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use storm::Storm;

/// A few for everybody; CI takes 200.
const SEEDS: Range<u64> = 0..8;

/// Seeds that have found something, and what. Each is about the storms of its day: what they found has
/// tests of its own, too.
const FOUND: [(u64, &str); 6] = [
    (
        22,
        "a closing that was lost was not missed, since the next event showed the issue closed",
    ),
    (
        16,
        "what was told late of an issue's state was taken for what is so now",
    ),
    (
        24,
        "an item that others build on did not hear how they are called by now",
    ),
    (
        4,
        "what was tried before was shown as it stood when it was found",
    ),
    (
        106,
        "a title that only our own event had shown passed for heard of",
    ),
    (
        168,
        "a time box ended elsewhere, and what names its item went on to call it active",
    ),
];

fn seeds() -> Vec<u64> {
    let number = |text: &str| {
        let number = text.trim().parse::<u64>();
        number.expect("LABHAND_SEEDS is 17, or 0..200")
    };
    let asked = match std::env::var("LABHAND_SEEDS") {
        Ok(asked) => match asked.split_once("..") {
            Some((from, to)) => number(from)..number(to),
            None => return vec![number(&asked)],
        },
        Err(_) => SEEDS,
    };
    let found = FOUND.iter().map(|(seed, _)| *seed);
    let found = found.filter(|seed| !asked.contains(seed));
    asked.clone().chain(found).collect()
}

#[test]
fn after_the_storm_all_is_as_it_should_be() {
    let seeds = seeds();
    let next = AtomicU64::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(seed) = usize::try_from(place).ok().and_then(|it| seeds.get(it))
                    else {
                        return;
                    };
                    let weathered = std::panic::catch_unwind(|| Storm::new(*seed).weather());
                    let troubles = weathered.unwrap_or_else(|_| vec!["it panicked".to_owned()]);
                    if !troubles.is_empty() {
                        failed.lock().unwrap().push((*seed, troubles));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    for (seed, troubles) in &failed {
        eprintln!("seed {seed}:\n  {}", troubles.join("\n  "));
    }
    let numbers: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
    assert!(
        numbers.is_empty(),
        "of {} seeds these: {numbers:?}",
        seeds.len()
    );
}

#[test]
fn a_seed_decides_everything() {
    let trace = |seed| {
        let mut storm = Storm::new(seed);
        storm.weather();
        storm.trace()
    };
    // Two storms of one seed cannot be at once: the other test may be at any of the low ones.
    let (one, other) = (1_000_007, 1_000_008);
    let first = trace(one);
    assert!(first.len() > 100, "{first:#?}");
    assert_eq!(first, trace(one));
    assert_ne!(first, trace(other));
}
