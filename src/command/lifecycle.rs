//! The way of a model from a problem to monitoring, on the issue that is its home.
//!
//! ```text
//! /model track fraud-detector
//! /select #12
//! /advance
//! /retreat data-exploration the new data are biased
//! /drift psi=0.31 the amounts have shifted since May
//! ```

use crate::domain::actor::Needs;
use crate::domain::fields::item_numbers;
use crate::domain::lifecycle::LifecycleStage;
use crate::domain::order::{Misread, Order};
use crate::domain::version::ModelName;

use super::args::{Args, bare, misread, quoted, required, split_word};
use super::{Command, Extent};

/// `/model track name`
pub(super) struct Track;

impl Command for Track {
    const NAMES: &'static [&'static str] = &["model track"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/model track name";
    const EXPLANATION: &'static str =
        "Makes this issue the home of a model, whose lifecycle is kept here.";
    const EXAMPLE: &'static str = "/model track fraud-detector";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (model, _) = args.split_first();
        let model = required(bare(model), "the model's name", Self::EXAMPLE)?;
        let name = ModelName::parse(&model).ok_or_else(|| {
            let problem = format!("{} is no name of a model", quoted(&model));
            misread(problem, Self::EXAMPLE)
        })?;
        Ok(Order::Track(name))
    }
}

/// `/select #n`
pub(super) struct Select;

impl Command for Select {
    const NAMES: &'static [&'static str] = &["select"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/select #N";
    const EXPLANATION: &'static str =
        "Names the experiment that performed best, on the home of the model.";
    const EXAMPLE: &'static str = "/select #12";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        if let Some([number]) = item_numbers(args.text).as_deref() {
            return Ok(Order::Select(*number));
        }
        let problem = format!("{} is no experiment of this repository", quoted(args.text));
        Err(misread(problem, Self::EXAMPLE))
    }
}

/// `/drift metric=value… note`
pub(super) struct Drift;

impl Command for Drift {
    const NAMES: &'static [&'static str] = &["drift"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/drift metric=value… note";
    const EXPLANATION: &'static str =
        "Reports that the model drifts, which opens one issue for retraining.";
    const EXAMPLE: &'static str = "/drift psi=0.31 the amounts have shifted since May";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let is_measurement = |word: &str| {
            let pair = word.split_once('=');
            pair.is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
        };
        let mut measured = Vec::new();
        let mut note = args.text.trim();
        loop {
            let (word, rest) = split_word(note);
            if !is_measurement(bare(word)) {
                break;
            }
            measured.push(bare(word));
            note = rest;
        }
        if measured.is_empty() {
            return Err(misread("what was measured is missing", Self::EXAMPLE));
        }
        Ok(Order::Drift {
            measured: measured.join(" "),
            note: note.to_owned(),
        })
    }
}

/// `/advance`
pub(super) struct Advance;

impl Command for Advance {
    const NAMES: &'static [&'static str] = &["advance"];
    const NEEDS: Needs = Needs::Triage;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/advance";
    const EXPLANATION: &'static str = "Takes the model to the next stage of its lifecycle.";
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
    const EXPLANATION: &'static str = "Takes the model back to an earlier stage of its lifecycle.";
    const EXAMPLE: &'static str = "/retreat data-exploration the new data are biased";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (stage, reason) = args.split_first();
        let stage = required(bare(stage), "the stage", Self::EXAMPLE)?;
        let stage = LifecycleStage::from_word(&stage).ok_or_else(|| {
            let stages = LifecycleStage::ALL.iter().map(|it| format!("`{it}`"));
            let stages = stages.collect::<Vec<_>>().join(", ");
            let problem = format!("{} is no stage of the lifecycle: {stages}", quoted(&stage));
            misread(problem, Self::EXAMPLE)
        })?;
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::Retreat { stage, reason })
    }
}
