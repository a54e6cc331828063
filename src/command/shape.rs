//! Saying what an item is and how big: kind, bucket, phase, size, and the fields of its text.
//!
//! ```text
//! /kind research                     also /research, /experiment, /development, /maintenance
//! /bucket learning
//! /phase prototype
//! /timebox 2d                        90m, 4h, 1w 2d, or a preset: spike, standard, deep
//! /points 5                          or a range: /points 5-8
//! /hypothesis BERT routes tickets better than GPT-2
//! /metric f1 >= 0.85 baseline 0.80
//! /builds-on #12 #13
//! /amend metric f1 >= 0.82 because the test set was cleaned
//! ```

use crate::domain::actor::Needs;
use crate::domain::fields::item_numbers;
use crate::domain::kind::{Bucket, Kind, Phase, Points};
use crate::domain::metric;
use crate::domain::order::{BoxLength, Frozen, Misread, Order};

use super::args::{Args, Choice, bare, misread, quoted, required};
use super::{Command, Extent};

/// The most points that one item can have; more is a slip of the finger.
const MOST_POINTS: u32 = 999;

/// `/kind K` and its short forms
pub(super) struct SetKind;

impl Command for SetKind {
    const NAMES: &'static [&'static str] = &[
        "kind",
        "research",
        "experiment",
        "development",
        "maintenance",
    ];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/kind research|experiment|development|maintenance";
    const EXPLANATION: &'static str = "Says what kind of work this is; `/research`, `/experiment`, `/development` and `/maintenance` are short for it.";
    const EXAMPLE: &'static str = "/kind experiment";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        if let Some(kind) = Kind::from_word(args.name) {
            return Ok(Order::Kind(kind));
        }
        let kind = args.choice(&Choice {
            noun: "kind",
            all: Kind::ALL,
            word: Kind::word,
            read: Kind::from_word,
            example: Self::EXAMPLE,
        })?;
        Ok(Order::Kind(kind))
    }
}

/// `/bucket B`
pub(super) struct SetBucket;

impl Command for SetBucket {
    const NAMES: &'static [&'static str] = &["bucket"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/bucket committed|experiments|learning";
    const EXPLANATION: &'static str = "Says which part of the sprint's split it counts in.";
    const EXAMPLE: &'static str = "/bucket learning";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let bucket = args.choice(&Choice {
            noun: "bucket",
            all: Bucket::ALL,
            word: Bucket::word,
            read: Bucket::from_word,
            example: Self::EXAMPLE,
        })?;
        Ok(Order::Bucket(bucket))
    }
}

/// `/phase P`
pub(super) struct SetPhase;

impl Command for SetPhase {
    const NAMES: &'static [&'static str] = &["phase"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/phase explore|prototype|productionize";
    const EXPLANATION: &'static str =
        "Says how certain the work is, and so which size is asked for.";
    const EXAMPLE: &'static str = "/phase prototype";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let phase = args.choice(&Choice {
            noun: "phase",
            all: Phase::ALL,
            word: Phase::word,
            read: Phase::from_word,
            example: Self::EXAMPLE,
        })?;
        Ok(Order::Phase(phase))
    }
}

/// `/timebox D`
pub(super) struct Timebox;

impl Command for Timebox {
    const NAMES: &'static [&'static str] = &["timebox"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/timebox 2d|4h|1w 2d|preset";
    const EXPLANATION: &'static str = "Gives research or an experiment an amount of working time; `spike`, `standard` and `deep` are presets.";
    const EXAMPLE: &'static str = "/timebox 2d";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        if args.text.is_empty() {
            return Err(misread("the length is missing", Self::EXAMPLE));
        }
        let length = BoxLength::parse(bare(args.text)).ok_or_else(|| {
            misread(
                format!("{} is no time box", quoted(args.text)),
                Self::EXAMPLE,
            )
        })?;
        Ok(Order::Timebox(length))
    }
}

/// `/points N` or `/points N-M`
pub(super) struct SetPoints;

impl Command for SetPoints {
    const NAMES: &'static [&'static str] = &["points"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/points 5|5-8";
    const EXPLANATION: &'static str =
        "Sizes development or maintenance: a range while prototyping, one number after.";
    const EXAMPLE: &'static str = "/points 5-8";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let compact: String = args.text.split_whitespace().collect();
        if compact.is_empty() {
            return Err(misread("the number is missing", Self::EXAMPLE));
        }
        let (low, high) = compact
            .split_once(['-', '–'])
            .unwrap_or((&compact, &compact));
        let (Some(low), Some(high)) = (points(low), points(high)) else {
            let problem = format!(
                "{} is no size: a whole number from 1 to {MOST_POINTS}, or a range of two",
                quoted(args.text)
            );
            return Err(misread(problem, Self::EXAMPLE));
        };
        if low > high {
            let problem = format!("{} begins with the larger number", quoted(args.text));
            return Err(misread(problem, &format!("/points {high}-{low}")));
        }
        Ok(Order::Points(Points { low, high }))
    }
}

fn points(digits: &str) -> Option<u32> {
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| all_digits)?;
    (1..=MOST_POINTS).contains(&number).then_some(number)
}

/// `/hypothesis T`
pub(super) struct Hypothesis;

impl Command for Hypothesis {
    const NAMES: &'static [&'static str] = &["hypothesis"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/hypothesis text";
    const EXPLANATION: &'static str = "Says what the experiment tests, before it becomes active.";
    const EXAMPLE: &'static str = "/hypothesis BERT routes tickets better than GPT-2";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let text = args.required("the hypothesis", Self::EXAMPLE)?;
        Ok(Order::Hypothesis { text })
    }
}

/// `/metric M`
pub(super) struct Metric;

impl Command for Metric {
    const NAMES: &'static [&'static str] = &["metric"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/metric name >= value [baseline value][; …]";
    const EXPLANATION: &'static str = "Says how success is measured, before it becomes active.";
    const EXAMPLE: &'static str = "/metric f1 >= 0.85 baseline 0.80";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let text = args.required("the metric", Self::EXAMPLE)?;
        readable(&text, Self::EXAMPLE)?;
        Ok(Order::Metric { text })
    }
}

/// A metric is plain prose, or all of it can be measured.
fn readable(text: &str, example: &str) -> Result<(), Misread> {
    if !text.contains(char::is_alphanumeric) {
        return Err(misread(format!("{} says nothing", quoted(text)), example));
    }
    match metric::read(text) {
        Ok(_) => Ok(()),
        Err(misformed) => Err(misread(misformed.to_string(), example)),
    }
}

/// `/builds-on #N…`
pub(super) struct BuildsOn;

impl Command for BuildsOn {
    const NAMES: &'static [&'static str] = &["builds-on"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/builds-on #N…";
    const EXPLANATION: &'static str = "Says which items of this repository it builds on.";
    const EXAMPLE: &'static str = "/builds-on #12 #13";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        if args.text.is_empty() {
            return Err(misread("the number of an issue is missing", Self::EXAMPLE));
        }
        let numbers = item_numbers(args.text).ok_or_else(|| {
            let problem = format!(
                "{} is no list of issues of this repository",
                quoted(args.text)
            );
            misread(problem, Self::EXAMPLE)
        })?;
        Ok(Order::BuildsOn(numbers))
    }
}

/// `/amend field T because R`
pub(super) struct Amend;

impl Command for Amend {
    const NAMES: &'static [&'static str] = &["amend"];
    const NEEDS: Needs = Needs::AuthorAssigneeTriage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/amend hypothesis|metric new text because reason";
    const EXPLANATION: &'static str =
        "Adds a dated change beside a frozen hypothesis or metric, with its reason.";
    const EXAMPLE: &'static str = "/amend metric f1 >= 0.82 because the test set was cleaned";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (first, rest) = args.split_first();
        let field = match bare(first).to_lowercase().as_str() {
            "hypothesis" => Frozen::Hypothesis,
            "metric" => Frozen::Metric,
            "" => {
                return Err(misread(
                    "`hypothesis` or `metric` is missing",
                    Self::EXAMPLE,
                ));
            }
            _ => {
                let problem = format!("{} is neither `hypothesis` nor `metric`", quoted(first));
                return Err(misread(problem, Self::EXAMPLE));
            }
        };
        let (text, reason) = split_because(rest)
            .ok_or_else(|| misread("the reason is missing: `because …`", Self::EXAMPLE))?;
        let text = required(text, "the new text", Self::EXAMPLE)?;
        if field == Frozen::Metric {
            readable(&text, Self::EXAMPLE)?;
        }
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::Amend {
            field,
            text,
            reason,
        })
    }
}

/// Splits at the last word `because`, since the new text may well give causes itself.
fn split_because(text: &str) -> Option<(&str, &str)> {
    const WORD: &str = "because";
    let lower = text.to_ascii_lowercase(); // of the same length, byte by byte
    lower.rmatch_indices(WORD).find_map(|(start, _)| {
        let (before, after) = (text.get(..start)?, text.get(start + WORD.len()..)?);
        let stands_alone = (before.is_empty() || before.ends_with(char::is_whitespace))
            && (after.is_empty() || after.starts_with(char::is_whitespace));
        stands_alone.then_some((before, after))
    })
}
