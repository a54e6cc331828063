//! The first full sight of what was there before labhand came, or whose opening it missed.

use super::intake::Gathered;
use super::kept::Repository;
use super::{StepError, Worker};
use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::ItemNumber;
use crate::domain::labels::Label;
use crate::forge::{Forge, RepoRef, Shown};

/// Whether all labels of the item are known from this fact.
pub(super) fn shows_labels(fact: &Fact) -> bool {
    matches!(fact.what, What::Opened(_) | What::Observed(_))
}

impl<F: Forge> Worker<F> {
    /// It becomes an item: the labels that it bears already are no less requests than those of a
    /// new one.
    pub(super) async fn first_sight(
        &self,
        repository: &Repository,
        repo: &RepoRef,
        number: ItemNumber,
        shown: &mut Shown,
        gathered: &mut Gathered,
    ) -> Result<(), StepError> {
        self.observe_item(repository, repo, number, shown, gathered)
            .await?;
        let Some(Fact {
            at,
            what: What::Observed(snapshot),
            ..
        }) = gathered.facts.last().cloned()
        else {
            return Ok(());
        };
        for label in &snapshot.labels {
            // Which kind, its own facts say, and the stage is observed.
            let counts = match Label::parse(label) {
                Some(
                    Label::Bucket(_)
                    | Label::Phase(_)
                    | Label::Points(_)
                    | Label::Model(_)
                    | Label::Blocked
                    | Label::Handoff,
                ) => true,
                Some(
                    Label::Kind(_)
                    | Label::Stage(_)
                    | Label::Lifecycle(_)
                    | Label::Timebox(_)
                    | Label::Outcome(_)
                    | Label::NeedsFindings
                    | Label::Board,
                )
                | None => false,
            };
            if counts {
                let label = label.clone();
                gathered.facts.push(Fact {
                    id: FactId(format!("borne:{}:{label}", at.as_second())),
                    at,
                    by: None,
                    what: What::Labeled { label },
                });
            }
        }
        Ok(())
    }
}
