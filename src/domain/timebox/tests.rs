mod extending;
mod properties;
mod reviewing;
mod running;

use proptest::prelude::*;

use super::*;
use crate::domain::ids::{Login, UserId};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a test's own timestamp")
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a test's own span")
}

fn lead() -> User {
    User {
        id: UserId(7),
        login: Login::new("lena"),
    }
}

/// A box of three days that starts on a Monday morning.
fn three_days() -> TimeBox {
    let span = Span::parse("3d").expect("a span");
    TimeBox::start(&Calendar::default(), span, 80, at("2026-11-23T09:00:00Z"))
}

/// Extends a box, which its terms have to allow.
fn extend(timebox: &mut TimeBox, by: &str, when: &str) {
    timebox
        .extend(span(by), &lead(), "one more run", at(when))
        .expect("the terms allow it");
}

/// Three days under terms that allow that many extensions, each of as much again.
fn generous(count: u32) -> TimeBox {
    let mut timebox = three_days();
    timebox.terms.count = count;
    timebox.terms.at_most = 100;
    timebox
}
