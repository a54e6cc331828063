//! What a card is made of to its reader: headings, and texts below them.

use super::filler::{Said, judge, quoted};
use super::topic::{self, Names};

/// Lines in bold rank below the headings of Markdown, whose levels are 1 to 6.
pub(super) const BOLD: u8 = 7;

/// A heading or a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Heading(Heading),
    Leaf(Leaf),
}

/// A heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// From 1.
    pub(super) line: usize,
    /// 1 is the highest.
    pub(super) rank: u8,
    pub(super) names: Names,
    /// It begins a paragraph that goes on.
    pub(super) run_in: bool,
}

/// A text: a paragraph, a table's cell, a block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) said: Said,
    /// It stands in the first of a table's columns and says what the others are about.
    pub(super) label: bool,
}

impl Heading {
    pub(super) fn new(line: usize, rank: u8, text: &str) -> Self {
        Self {
            line,
            rank,
            names: topic::names(text),
            run_in: false,
        }
    }
}

impl Leaf {
    pub(super) fn of(text: &str) -> Self {
        Self {
            said: judge(text),
            label: false,
        }
    }

    /// What is only announced, unless it is nothing at all.
    pub(super) fn to_do(text: &str) -> Self {
        let said = match judge(text) {
            Said::Content => Said::Placeholder(quoted(&format!("[ ] {text}"))),
            said @ (Said::Nothing | Said::Placeholder(_) | Said::Denial(_)) => said,
        };
        Self { said, label: false }
    }
}
