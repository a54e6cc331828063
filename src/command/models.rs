//! What runs where: versions of models go to a stage, and back.
//!
//! ```text
//! /promote fraud-detector v2.3.0 production
//! /rollback fraud-detector too many false alarms since noon
//! ```

use crate::domain::actor::Needs;
use crate::domain::fields::model_version;
use crate::domain::order::{Misread, Order};
use crate::domain::version::ModelName;

use super::args::{Args, bare, misread, quoted, required};
use super::{Command, Extent};

/// `/promote model version stage`
pub(super) struct Promote;

impl Command for Promote {
    const NAMES: &'static [&'static str] = &["promote"];
    const NEEDS: Needs = Needs::Lead;
    const EXTENT: Extent = Extent::Line;
    const USAGE: &'static str = "/promote model version stage";
    const EXPLANATION: &'static str =
        "Puts a registered version into a stage; production needs a complete hand-off.";
    const EXAMPLE: &'static str = "/promote fraud-detector v2.3.0 production";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let text = args.required("what to promote", Self::EXAMPLE)?;
        let (of, stage) = text.rsplit_once(char::is_whitespace).unwrap_or_default();
        let of = model_version(of).ok_or_else(|| {
            let problem = format!("{} is no model, version and stage", quoted(&text));
            misread(problem, Self::EXAMPLE)
        })?;
        let stage = bare(stage).to_lowercase();
        Ok(Order::Promote { of, stage })
    }
}

/// `/rollback model reason`
pub(super) struct Rollback;

impl Command for Rollback {
    const NAMES: &'static [&'static str] = &["rollback"];
    const NEEDS: Needs = Needs::Lead;
    const EXTENT: Extent = Extent::Text;
    const USAGE: &'static str = "/rollback model reason";
    const EXPLANATION: &'static str =
        "Puts the version into production that was there before; another one goes further back.";
    const EXAMPLE: &'static str = "/rollback fraud-detector too many false alarms since noon";

    fn read(args: &Args<'_>) -> Result<Order, Misread> {
        let (model, reason) = args.split_first();
        let model = required(bare(model), "the model", Self::EXAMPLE)?;
        let model = ModelName::parse(&model).ok_or_else(|| {
            let problem = format!("{} is no name of a model", quoted(&model));
            misread(problem, Self::EXAMPLE)
        })?;
        let reason = required(reason, "the reason", Self::EXAMPLE)?;
        Ok(Order::Rollback { model, reason })
    }
}
