//! The homes of models, and the items that are tied to a model by its label or by a hand-off.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Found, ModelRefusal, Registry};
use crate::domain::entries::Slug;
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::kind::{Kind, Verdict};
use crate::domain::lifecycle::Seen;
use crate::domain::lifecycle::gates::{APPROACHES, BY_HANDOFF, PRODUCTION_CODE};
use crate::domain::order::Order;
use crate::domain::policy::Policy;
use crate::domain::version::ModelName;

/// So many decided experiments are several approaches.
const SEVERAL: usize = 2;

/// How an item looks to the homes of the models that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tie {
    /// Which models.
    pub models: BTreeSet<ModelName>,
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: Option<Kind>,
    /// A pull request.
    pub is_pull: bool,
    /// Neither closed nor gone.
    pub open: bool,
    /// How it was decided.
    pub decided: Option<Verdict>,
    /// Whether the checks of a merged pull request were green when that was heard of; `None`: it is not
    /// merged.
    pub merged_green: Option<bool>,
    /// The entries of its hand-off that are settled, once all are.
    pub handed_over: Vec<Slug>,
}

impl Tie {
    /// How an item looks, as far as it tells by itself; `None`: it is about no model.
    pub fn of(item: &Item, policy: &Policy) -> Option<Self> {
        let handoff = item.handoff.as_ref().filter(|handoff| !handoff.ended);
        let named = handoff.and_then(|handoff| handoff.model.as_ref());
        let mut models = item.models.clone();
        models.extend(named.map(|of| of.model.clone()));
        if models.is_empty() || item.gone {
            return None;
        }
        let complete = handoff.filter(|handoff| handoff.is_complete(policy));
        let marks = complete.into_iter().flat_map(|handoff| &handoff.marks);
        let signed = marks.filter(|(_, mark)| !mark.is_waived());
        Some(Self {
            models,
            title: item.title.clone(),
            kind: item.kind.map(|it| it.kind),
            is_pull: item.is_pull,
            open: item.closed.is_none(),
            decided: item.decision.as_ref().map(|decision| decision.verdict),
            merged_green: None,
            handed_over: signed.map(|(slug, _)| slug.clone()).collect(),
        })
    }
}

impl Registry {
    /// The issue that is a model's home: the one that has been for longest.
    pub fn home(&self, model: &ModelName) -> Option<ItemNumber> {
        let homes = self.items.values();
        homes
            .filter(|it| it.said.says.home.as_ref() == Some(model))
            .min_by_key(|it| (it.home_since, it.said.item))
            .map(|it| it.said.item)
    }

    /// The items that are tied to a model, without its home, oldest first.
    pub fn tied(&self, model: &ModelName) -> Vec<(ItemNumber, &Tie)> {
        let ties = self.items.values().filter_map(|it| {
            let says = &it.said.says;
            let tie = says.tie.as_ref()?;
            let elsewhere = says.home.as_ref() != Some(model);
            (elsewhere && tie.models.contains(model)).then_some((it.said.item, tie))
        });
        ties.collect()
    }

    /// The gates of a model that labhand has seen open, and where.
    pub fn seen(&self, model: &ModelName) -> Seen {
        let ties = self.tied(model);
        let mut seen = Seen::new();
        let decided = |(_, tie): &&(ItemNumber, &Tie)| {
            tie.kind == Some(Kind::Experiment) && tie.decided.is_some()
        };
        if let Some((number, _)) = ties.iter().filter(decided).nth(SEVERAL - 1) {
            seen.insert(Slug::new(APPROACHES), *number);
        }
        if let Some((number, _)) = ties.iter().find(|(_, tie)| tie.merged_green == Some(true)) {
            seen.insert(Slug::new(PRODUCTION_CODE), *number);
        }
        for (entry, gate) in BY_HANDOFF {
            let entry = Slug::new(entry);
            let settled = ties
                .iter()
                .find(|(_, tie)| tie.handed_over.contains(&entry));
            if let Some((number, _)) = settled {
                seen.insert(Slug::new(gate), *number);
            }
        }
        seen
    }

    /// The maintenance with a model that is open, such as its retraining.
    fn maintenance(&self, model: &ModelName) -> Vec<ItemNumber> {
        let ties = self.tied(model).into_iter();
        let open =
            ties.filter(|(_, tie)| tie.open && !tie.is_pull && tie.kind == Some(Kind::Maintenance));
        open.map(|(number, _)| number).collect()
    }

    /// What a command about a model comes to that is given on this item; `None`: it is about none.
    pub fn look_up(&self, order: &Order, on: ItemNumber, policy: &Policy) -> Option<Found> {
        self.look_up_version(order, on, policy)
            .or_else(|| self.look_up_life(order, on))
    }

    fn look_up_version(&self, order: &Order, on: ItemNumber, policy: &Policy) -> Option<Found> {
        let found = |answer: Result<Found, ModelRefusal>| answer.unwrap_or_else(Found::Refused);
        if let Order::Promote { of, stage } = order {
            let may = self.promotion(of, stage, policy);
            return Some(found(may.map(|()| Found::Promotion)));
        }
        if let Order::Rollback { model, .. } = order {
            return Some(found(self.rollback(model).map(Found::Rollback)));
        }
        if let Order::Handoff { model: Some(of) } = order {
            let other = self.owner(of).filter(|owner| *owner != on);
            return Some(found(match other {
                None => Ok(Found::Free),
                Some(by) => Err(ModelRefusal::Taken { of: of.clone(), by }),
            }));
        }
        None
    }

    fn look_up_life(&self, order: &Order, on: ItemNumber) -> Option<Found> {
        if let Order::TrackModel { model } = order {
            let other = self.home(model).filter(|home| *home != on);
            return Some(match other {
                None => Found::Untracked,
                Some(at) => Found::Refused(ModelRefusal::Tracked {
                    model: model.clone(),
                    at,
                }),
            });
        }
        let model = self.said(on)?.says.home.as_ref()?;
        if let Order::Select(number) = order {
            let ties = self.tied(model);
            let experiment = ties
                .iter()
                .find(|(tied, tie)| tied == number && tie.kind == Some(Kind::Experiment));
            return Some(match experiment {
                Some((_, tie)) if tie.decided.is_none() => {
                    Found::Refused(ModelRefusal::Undecided { number: *number })
                }
                Some(_) => Found::Tied,
                None => Found::Refused(ModelRefusal::NotTied {
                    model: model.clone(),
                    number: *number,
                }),
            });
        }
        if let Order::Advance = order {
            return Some(Found::Seen(self.seen(model)));
        }
        if let Order::Drift { .. } = order {
            return Some(Found::Maintenance(self.maintenance(model)));
        }
        None
    }
}
