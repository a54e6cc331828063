//! Each of the fixtures says one thing; here is how it is understood.

use jiff::civil::date;

use crate::domain::fact::{CloseReason, Milestone, Snapshot, What};
use crate::domain::ids::{CommentId, CommitSha, UserId};
use crate::forge::{LabelSpec, ReleaseNews};

use super::*;

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/payloads/",
            $name,
            ".json"
        ))
    };
}

// Below the macro that they use.
mod comments;
mod issues;
mod releases;
mod repository;

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// When the deliveries arrive: later than everything that they tell.
fn received() -> Timestamp {
    instant("2026-11-30T12:00:00Z")
}

fn understood(event: &str, body: &[u8]) -> Delivery {
    let delivery = read(event, body, received()).expect("a readable payload");
    assert!(delivery.known, "{event}.{:?}", delivery.action);
    delivery
}

/// A fixture with other text in some place.
fn changed(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(body).expect("UTF-8");
    assert!(text.contains(from), "{from} is not in the fixture");
    text.replace(from, to).into_bytes()
}

fn whats(delivery: &Delivery) -> Vec<&Happening> {
    delivery.heard.iter().map(|heard| &heard.what).collect()
}

fn snapshot(happening: &Happening) -> &Snapshot {
    match happening {
        Happening::Item(What::Opened(snapshot) | What::Seen(snapshot)) => snapshot,
        other => panic!("no snapshot: {other:?}"),
    }
}
