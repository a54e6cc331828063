//! Commands about models that are given on an item. Whether they may is looked up in the registry
//! when they are taken in; here they are carried out, or refused.

use jiff::Timestamp;

use crate::domain::actor::User;
use crate::domain::fact::Ordered;
use crate::domain::item::{Item, ModelMove, Refusal, Towards};
use crate::domain::registry::{Found, ModelRefusal};
use crate::domain::version::{ModelName, ModelVersion};

/// `/promote model version stage`
pub(super) fn promote(
    item: &mut Item,
    of: &ModelVersion,
    stage: &str,
    ordered: &Ordered,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    if let Some(Found::Refused(why)) = &ordered.found {
        return Err(Refusal::Model(why.clone()));
    }
    if ordered.found != Some(Found::Promotion) {
        return Err(unknown(&of.model));
    }
    let towards = Towards::Stage(stage.to_owned());
    item.model_moves
        .push(moved(of.clone(), towards, ordered, by, at));
    Ok(())
}

/// `/rollback model reason`
pub(super) fn roll_back(
    item: &mut Item,
    model: &ModelName,
    reason: &str,
    ordered: &Ordered,
    by: &User,
    at: Timestamp,
) -> Result<(), Refusal> {
    if let Some(Found::Refused(why)) = &ordered.found {
        return Err(Refusal::Model(why.clone()));
    }
    let Some(Found::Rollback(to)) = &ordered.found else {
        return Err(unknown(model));
    };
    let of = ModelVersion {
        model: model.clone(),
        version: to.clone(),
    };
    let towards = Towards::BackToProduction(reason.to_owned());
    item.model_moves.push(moved(of, towards, ordered, by, at));
    Ok(())
}

fn moved(
    of: ModelVersion,
    towards: Towards,
    ordered: &Ordered,
    by: &User,
    at: Timestamp,
) -> ModelMove {
    ModelMove {
        at,
        by: by.clone(),
        place: (ordered.place.key(), ordered.index),
        of,
        towards,
    }
}

/// The registry was not asked, so it knows nothing of it.
fn unknown(model: &ModelName) -> Refusal {
    Refusal::Model(ModelRefusal::NoSuchModel {
        model: model.clone(),
        closest: None,
    })
}
