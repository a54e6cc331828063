//! The life of a model, on the issue that is its home.
//!
//! ```text
//! /model track fraud-detector            this issue is its home
//! /select #48                            the experiment that does best
//! /advance                               to the next stage
//! /retreat experimentation the data was wrong
//! /drift recall=0.71 since the new cards came
//! ```

use crate::domain::actor::Needs;
use crate::domain::fields::item_numbers;
use crate::domain::lifecycle::gates::LifecycleStage;
use crate::domain::metric;
use crate::domain::order::{Misread, Order};
use crate::domain::version::ModelName;

use super::args::{Args, Choice, bare, misread, quoted, required, split_word};
use super::{Command, Extent};

/// `/model track name`
pub(super) struct Track;

impl Command for Track {
    const NAMES: &'static [&'static str] = &["model track"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/model track name";
    const EXPLANATION: &'static str =
        "Makes this issue the home of a model: its lifecycle, experiments, hand-offs and versions.";
    const EXAMPLE: &'static str = "/model track fraud-detector";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let name = args.required("the name of the model", Self::EXAMPLE)?;
        let model = ModelName::parse(bare(&name)).ok_or_else(|| {
            let problem = format!(
                "{} is no name of a model: letters, digits, `-`, `_` and `.`, at most 44",
                quoted(&name)
            );
            misread(problem, Self::EXAMPLE)
        })?;
        Ok(Order::TrackModel { model })
    }
}

/// `/select #n`
pub(super) struct Select;

impl Command for Select {
    const NAMES: &'static [&'static str] = &["select"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/select #experiment";
    const EXPLANATION: &'static str = "Names the experiment that does best, at a model's home.";
    const EXAMPLE: &'static str = "/select #48";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let word = args.required("the experiment", Self::EXAMPLE)?;
        let numbers = item_numbers(&word).unwrap_or_default();
        let [number] = numbers[..] else {
            let problem = format!("{} is not the number of one issue", quoted(&word));
            return Err(misread(problem, Self::EXAMPLE));
        };
        Ok(Order::Select(number))
    }
}

/// `/advance`
pub(super) struct Advance;

impl Command for Advance {
    const NAMES: &'static [&'static str] = &["advance"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/advance";
    const EXPLANATION: &'static str = "Takes a model to the next stage of its life.";
    const EXAMPLE: &'static str = "/advance";

    fn read(_: &Args<'_>) -> Result<Order, Misread> {
        Ok(Order::Advance)
    }
}

/// `/retreat stage reason`
pub(super) struct Retreat;

impl Command for Retreat {
    const NAMES: &'static [&'static str] = &["retreat"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/retreat stage reason";
    const EXPLANATION: &'static str = "Takes a model back to an earlier stage of its life.";
    const EXAMPLE: &'static str = "/retreat data-exploration the labels were wrong";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (word, reason) = args.split_first();
        let choice = Choice {
            noun: "stage of a model's life",
            all: LifecycleStage::ALL,
            word: LifecycleStage::word,
            read: LifecycleStage::from_word,
            example: Self::EXAMPLE,
        };
        let stage = Args {
            text: word,
            ..*args
        }
        .choice(&choice)?;
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::Retreat { stage, reason })
    }
}

/// `/drift metric=value… note`
pub(super) struct Drift;

impl Command for Drift {
    const NAMES: &'static [&'static str] = &["drift"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/drift metric=value… note";
    const EXPLANATION: &'static str = "Reports at a model's home that it does worse than it did, and opens one issue for retraining.";
    const EXAMPLE: &'static str = "/drift recall=0.71 since the new cards came";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let text = args.required("what was measured", Self::EXAMPLE)?;
        let (mut measured, mut rest) = (Vec::new(), text.as_str());
        loop {
            let (word, after) = split_word(rest);
            if !word.contains('=') {
                break;
            }
            measured.push(word);
            rest = after;
        }
        if measured.is_empty() {
            let problem = format!("{} is no measurement", quoted(split_word(&text).0));
            return Err(misread(problem, Self::EXAMPLE));
        }
        let measured = measured.join(" ");
        if let Err(misformed) = metric::read_report(&measured) {
            return Err(misread(misformed.to_string(), Self::EXAMPLE));
        }
        Ok(Order::Drift {
            measured,
            note: rest.to_owned(),
        })
    }
}
