//! What a model's home knows of the items that bear the model's label: it is told to the home as a fact,
//! so that what the bot sees of the gates follows from the home's own history.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Gate, LifecycleStage};
use crate::domain::entries::Slug;
use crate::domain::ids::ItemNumber;
use crate::domain::kind::{Kind, Verdict};
use crate::domain::version::Version;

/// An item that is tied to a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    /// Its title.
    pub title: String,
    /// What it is.
    pub kind: Option<Kind>,
    /// It is a pull request.
    pub is_pull: bool,
    /// Neither closed nor merged.
    pub open: bool,
    /// How it was decided.
    pub decided: Option<Verdict>,
    /// It was merged; whether all checks of its head commit are green, where it has any.
    pub merged: Option<Option<bool>>,
    /// The hand-off that it is.
    pub handoff: Option<TiedHandoff>,
}

/// A hand-off that is tied to a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TiedHandoff {
    /// The version that it names.
    pub version: Option<Version>,
    /// All its entries are signed or waived.
    pub complete: bool,
    /// The entries that are signed; those that do not apply are not among them.
    pub signed: BTreeSet<Slug>,
}

/// All items that are tied to a model, by number.
pub type Ties = BTreeMap<ItemNumber, Tie>;

/// How many decided experiments are several approaches.
const SEVERAL: usize = 2;

/// What shows that a gate is met; nothing, where nothing does.
pub(super) fn seen(gate: &Gate, ties: &Ties, selected: Option<ItemNumber>) -> Vec<ItemNumber> {
    match (gate.stage, gate.slug) {
        (LifecycleStage::Experimentation, "approaches") => {
            let tried: Vec<ItemNumber> = with(ties, |tie| {
                tie.kind == Some(Kind::Experiment) && tie.decided.is_some()
            });
            if tried.len() < SEVERAL {
                return Vec::new();
            }
            tried
        }
        (LifecycleStage::Experimentation, "best-performer") => selected.into_iter().collect(),
        (LifecycleStage::Development, "production-code") => {
            with(ties, |tie| tie.merged == Some(Some(true)))
        }
        (LifecycleStage::Development, "documentation") => signed(ties, "docs"),
        (LifecycleStage::Development, "validation") => signed(ties, "integration-tests"),
        (LifecycleStage::Deployment, "integration") => signed(ties, "serving"),
        (LifecycleStage::Deployment, "monitoring-setup") => signed(ties, "monitoring"),
        (LifecycleStage::Deployment, "ab-testing") => signed(ties, "ab-testing"),
        // The rest is for people to judge.
        (_, _) => Vec::new(),
    }
}

fn with(ties: &Ties, holds: impl Fn(&Tie) -> bool) -> Vec<ItemNumber> {
    let holding = ties.iter().filter(|(_, tie)| holds(tie));
    holding.map(|(number, _)| *number).collect()
}

/// The complete hand-offs in which an entry is signed.
fn signed(ties: &Ties, entry: &str) -> Vec<ItemNumber> {
    let entry = Slug::new(entry);
    with(ties, |tie| {
        let complete = tie.handoff.as_ref().filter(|handoff| handoff.complete);
        complete.is_some_and(|handoff| handoff.signed.contains(&entry))
    })
}
