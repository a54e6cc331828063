//! The grammar as people meet it.

mod catalog;
mod finding;
mod properties;
mod reading;

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::fields::model_version;
use crate::domain::handoff::Slug;
use crate::domain::ids::ItemNumber;
use crate::domain::kind::{Bucket, Kind, Phase, Points, Stage, Verdict};
use crate::domain::order::{BoxLength, Frozen};
use crate::domain::worktime::Span;

/// The names of what was found, for tests that are about finding.
fn found(text: &str) -> Vec<String> {
    read(text, None).into_iter().map(|one| one.normal).collect()
}

/// The one order of a text.
fn order(text: &str) -> Result<Order, Misread> {
    let mut all = read(text, None);
    assert_eq!(all.len(), 1, "{text:?} gave {all:?}");
    all.remove(0).order
}

/// Everything that an answer would say about a text.
fn answers(text: &str, prefix: Option<&str>) -> String {
    let mut said = String::new();
    for one in read(text, prefix) {
        let _ = match one.order {
            Ok(order) => writeln!(said, "{}: {order:?}", one.index),
            Err(Misread::Unknown { closest }) => {
                writeln!(said, "{}: unknown, {closest:?}", one.index)
            }
            Err(Misread::Argument { problem, example }) => {
                writeln!(said, "{}: {problem}; {example}", one.index)
            }
        };
    }
    said
}

fn slugs(names: &[&str]) -> Vec<Slug> {
    names.iter().map(|name| Slug::new(name)).collect()
}
