//! The hand-off of a model, on its pull request.
//!
//! ```text
//! /handoff                               this pull request is one
//! /handoff fraud-detector v2.3.0         …of this version
//! /handoff off a refactoring only        it is none
//! /sign features io-format
//! /sign model-card docs/model_card.md    with evidence: a path or a link, last
//! /unsign serving
//! /na ab-testing batch scoring, no traffic to split
//! ```

use crate::domain::actor::Needs;
use crate::domain::fields::model_version;
use crate::domain::handoff::Slug;
use crate::domain::order::{Misread, Order};

use super::args::{Args, bare, misread, quoted, required};
use super::{Command, Extent};

/// `/handoff [model version]`
pub(super) struct Handoff;

impl Command for Handoff {
    const NAMES: &'static [&'static str] = &["handoff"];
    const NEEDS: Needs = Needs::Write;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/handoff [model version]";
    const EXPLANATION: &'static str =
        "Makes this pull request the hand-off of a model, with its checklist.";
    const EXAMPLE: &'static str = "/handoff fraud-detector v2.3.0";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        if args.text.is_empty() {
            return Ok(Order::Handoff { model: None });
        }
        let model = model_version(args.text).ok_or_else(|| {
            let problem = format!("{} is no model and its version", quoted(args.text));
            misread(problem, Self::EXAMPLE)
        })?;
        Ok(Order::Handoff { model: Some(model) })
    }
}

/// `/handoff off reason`
pub(super) struct HandoffOff;

impl Command for HandoffOff {
    const NAMES: &'static [&'static str] = &["handoff off"];
    const NEEDS: Needs = Needs::Write;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/handoff off reason";
    const EXPLANATION: &'static str =
        "Ends a hand-off that is none; both sides have to ask for it.";
    const EXAMPLE: &'static str = "/handoff off a refactoring only";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let reason = args.required("the reason", Self::EXAMPLE)?;
        Ok(Order::HandoffOff { reason })
    }
}

/// `/sign slug… [evidence]`
pub(super) struct Sign;

impl Command for Sign {
    const NAMES: &'static [&'static str] = &["sign"];
    const NEEDS: Needs = Needs::Write;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/sign entry… [path or link]";
    const EXPLANATION: &'static str =
        "Signs entries of the checklist for your side, with a path or link as evidence.";
    const EXAMPLE: &'static str = "/sign model-card docs/model_card.md";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let mut slugs = Vec::new();
        let mut evidence = None;
        for word in args.words() {
            if evidence.is_some() {
                let problem = format!(
                    "{} stands after the evidence, which comes last",
                    quoted(word)
                );
                return Err(misread(problem, Self::EXAMPLE));
            }
            if is_evidence(word) {
                evidence = Some(word.trim_matches(['<', '>']).to_owned());
            } else {
                slugs.push(Slug::new(word));
            }
        }
        let slugs = some_entries(slugs, Self::EXAMPLE)?;
        Ok(Order::Sign { slugs, evidence })
    }
}

/// Entries have neither slashes nor dots; paths and links have.
fn is_evidence(word: &str) -> bool {
    word.contains(['/', '.']) || word.starts_with("http")
}

/// `/unsign slug…`
pub(super) struct Unsign;

impl Command for Unsign {
    const NAMES: &'static [&'static str] = &["unsign"];
    const NEEDS: Needs = Needs::Write;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/unsign entry…";
    const EXPLANATION: &'static str = "Takes your side's signatures back.";
    const EXAMPLE: &'static str = "/unsign serving";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let slugs = some_entries(args.words().map(Slug::new).collect(), Self::EXAMPLE)?;
        Ok(Order::Unsign { slugs })
    }
}

/// `/na slug reason`
pub(super) struct NotApplicable;

impl Command for NotApplicable {
    const NAMES: &'static [&'static str] = &["na"];
    const NEEDS: Needs = Needs::Write;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/na entry reason";
    const EXPLANATION: &'static str = "Says that an entry does not apply; both sides have to say so. At a model's home, triage waives a gate.";
    const EXAMPLE: &'static str = "/na ab-testing batch scoring, no traffic to split";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (entry, reason) = args.split_first();
        let entry = required(bare(entry), "the entry", Self::EXAMPLE)?;
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::NotApplicable {
            slug: Slug::new(&entry),
            reason,
        })
    }
}

/// At least one entry, each once, in the order in which they were named.
fn some_entries(named: Vec<Slug>, example: &str) -> Result<Vec<Slug>, Misread> {
    let mut slugs: Vec<Slug> = Vec::with_capacity(named.len());
    for slug in named {
        if !slugs.contains(&slug) {
            slugs.push(slug);
        }
    }
    if slugs.is_empty() {
        return Err(misread("the entry is missing", example));
    }
    Ok(slugs)
}
