//! Moving an item through its stages, and saying that it cannot move.
//!
//! ```text
//! /stage in-progress
//! /activate              the same as /stage active
//! /analyze               the same as /stage analysis
//! /block waiting for GPU quota
//! /unblock
//! /extend 1d the labels came late
//! ```

use crate::domain::actor::Needs;
use crate::domain::kind::Stage;
use crate::domain::order::{Misread, Order};
use crate::domain::worktime::Span;

use super::args::{Args, Choice, misread, quoted, required};
use super::{Command, Extent};

/// `/stage S`
pub(super) struct SetStage;

impl Command for SetStage {
    const NAMES: &'static [&'static str] = &["stage"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str =
        "/stage ideation|active|analysis|decision|todo|in-progress|in-review|done";
    const EXPLANATION: &'static str = "Moves the item to another stage of its kind.";
    const EXAMPLE: &'static str = "/stage in-progress";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let stage = args.choice(&Choice {
            noun: "stage",
            all: Stage::ALL,
            word: Stage::word,
            read: Stage::from_word,
            example: Self::EXAMPLE,
        })?;
        Ok(Order::Stage(stage))
    }
}

/// `/activate`
pub(super) struct Activate;

impl Command for Activate {
    const NAMES: &'static [&'static str] = &["activate"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/activate";
    const EXPLANATION: &'static str =
        "Begins research or an experiment: its time box runs, hypothesis and metric are frozen.";
    const EXAMPLE: &'static str = "/activate";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Stage(Stage::Active))
    }
}

/// `/analyze`
pub(super) struct Analyze;

impl Command for Analyze {
    const NAMES: &'static [&'static str] = &["analyze", "analyse"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/analyze";
    const EXPLANATION: &'static str = "Moves research or an experiment to analysis.";
    const EXAMPLE: &'static str = "/analyze";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Stage(Stage::Analysis))
    }
}

/// `/block reason`
pub(super) struct Block;

impl Command for Block {
    const NAMES: &'static [&'static str] = &["block"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/block reason";
    const EXPLANATION: &'static str = "Says why the item cannot go on; its time box pauses.";
    const EXAMPLE: &'static str = "/block waiting for GPU quota";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let reason = args.required("the reason", Self::EXAMPLE)?;
        Ok(Order::Block { reason })
    }
}

/// `/unblock`
pub(super) struct Unblock;

impl Command for Unblock {
    const NAMES: &'static [&'static str] = &["unblock"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/unblock";
    const EXPLANATION: &'static str = "Lets the item and its time box go on.";
    const EXAMPLE: &'static str = "/unblock";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Unblock)
    }
}

/// `/extend D reason`
pub(super) struct Extend;

impl Command for Extend {
    const NAMES: &'static [&'static str] = &["extend"];
    const NEEDS: Needs = Needs::Lead;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/extend 1d reason";
    const EXPLANATION: &'static str =
        "Gives a time box more time, counted from its end or from now, whichever is later.";
    const EXAMPLE: &'static str = "/extend 1d the labels came late";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        if args.text.is_empty() {
            return Err(misread("the time is missing", Self::EXAMPLE));
        }
        let (span, reason) = leading_span(args.text).ok_or_else(|| {
            let problem = format!("{} does not begin with a time", quoted(args.text));
            misread(problem, Self::EXAMPLE)
        })?;
        let reason = reason.trim_start_matches(['-', '–', '—', ':', ',', '.', ' ']);
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::Extend { span, reason })
    }
}

/// The longest span that a text begins with, `1w 2d` of `1w 2d to label more`, and what follows.
fn leading_span(text: &str) -> Option<(Span, &str)> {
    const MOST_WORDS: usize = 9;
    let ends = text
        .char_indices()
        .filter(|(_, c)| c.is_whitespace())
        .map(|(end, _)| end)
        .chain([text.len()]);
    ends.take(MOST_WORDS)
        .filter_map(|end| {
            let (span, rest) = text.split_at_checked(end)?;
            let span = span.trim_end_matches([',', ':', ';', '.']);
            Some((Span::parse(span)?, rest))
        })
        .last()
}
