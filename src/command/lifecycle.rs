//! The way of a model from a problem to monitoring, on the issue that is its home.
//!
//! ```text
//! /model track fraud-detector
//! /advance
//! /retreat data-exploration the new data are biased
//! ```

use crate::domain::actor::Needs;
use crate::domain::lifecycle::LifecycleStage;
use crate::domain::order::{Misread, Order};
use crate::domain::version::ModelName;

use super::args::{Args, bare, misread, quoted, required};
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
