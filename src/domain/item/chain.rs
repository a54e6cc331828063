//! What an item came out of and what it leads to.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{Decision, Item, Superseded};
use crate::domain::fact::{Chain, ItemAt, Link};
use crate::domain::ids::ItemNumber;
use crate::domain::kind::Verdict;
use crate::domain::worktime::WorkTime;

impl Decision {
    /// Whether labhand opens another issue for it.
    pub fn has_follow_up(&self) -> bool {
        match self.verdict {
            Verdict::Productionize | Verdict::MoreResearch => true,
            Verdict::Abandon => false,
        }
    }
}

impl Item {
    /// The items that this pull request is linked to, oldest first.
    pub fn links(&self) -> BTreeSet<ItemNumber> {
        let closes = self
            .pull
            .iter()
            .flat_map(|pull| pull.closes.iter().copied());
        closes
            .chain(self.fields.builds_on.iter().copied())
            .chain(self.fields.part_of.iter().copied())
            .filter(|number| *number != self.number)
            .collect()
    }

    /// The items of this repository that it builds on: those that its text or a command names, and
    /// the one that it was opened for.
    pub fn foundation_numbers(&self) -> Vec<ItemNumber> {
        let mut numbers = self.fields.builds_on.clone();
        let origin = self.origin.as_ref().map(|origin| &origin.item);
        if let Some(ItemAt { repo: None, number }) = origin
            && !numbers.contains(number)
        {
            numbers.insert(0, *number);
        }
        numbers.retain(|number| *number != self.number);
        numbers
    }

    /// The exploration that led here: where more research was asked for, by labhand's own issue
    /// or by one that names what it builds on.
    pub fn chain_before(&self) -> Chain {
        if let Some(origin) = &self.origin {
            return origin.chain.clone();
        }
        let asked = self.fields.builds_on.iter().filter_map(|number| {
            let base = self.foundations.get(number)?;
            (base.decided == Some(Verdict::MoreResearch)).then_some(&base.chain)
        });
        asked
            .max_by_key(|chain| chain.len())
            .cloned()
            .unwrap_or_default()
    }

    /// The chain of exploration that ends with it; empty for production work.
    pub fn chain(&self, now: Timestamp) -> Chain {
        let explores = self.kind.is_some_and(|it| it.kind.is_exploration());
        if !explores {
            return Chain::default();
        }
        let mut chain = self.chain_before();
        // Items that name each other make no longer chain.
        let own = |link: &Link| link.item.repo.is_none() && link.item.number == self.number;
        chain.0.retain(|link| !own(link));
        chain.0.push(Link {
            item: ItemAt {
                repo: None,
                number: self.number,
            },
            spent: self.spent(now),
        });
        chain
    }

    /// How long its time boxes ran until then, in working time.
    pub fn spent(&self, now: Timestamp) -> WorkTime {
        let boxes = self.earlier_boxes.iter().chain(&self.timebox);
        boxes
            .map(|timebox| timebox.used(now))
            .fold(WorkTime::ZERO, WorkTime::plus)
    }

    /// The decision for which an issue has still to be opened.
    pub fn follow_up_due(&self) -> Option<&Decision> {
        let decision = self.decision.as_ref()?;
        let due = decision.has_follow_up() && self.follow_up(decision).is_none();
        due.then_some(decision)
    }

    /// It was opened for what was decided to be productionized.
    pub fn is_product(&self) -> bool {
        self.origin
            .as_ref()
            .is_some_and(|origin| origin.verdict == Verdict::Productionize)
    }

    /// What was opened for a decision, or for one that it revises and that asked for the same. Which of
    /// the two was heard of first makes no difference. What goes into production is built once, also
    /// where it was decided anew; more research is another question each time.
    pub fn follow_up(&self, decision: &Decision) -> Option<&ItemAt> {
        if !decision.has_follow_up() {
            return None;
        }
        let stands = self.decision.as_ref() == Some(decision);
        let revised = self
            .earlier_decisions
            .iter()
            .rev()
            .take_while(|earlier| {
                let anew = decision.verdict == Verdict::Productionize;
                stands && (anew || earlier.superseded == Some(Superseded::Revised))
            })
            .filter(|earlier| {
                earlier.verdict == decision.verdict && earlier.elsewhere == decision.elsewhere
            });
        std::iter::once(decision)
            .chain(revised)
            .flat_map(|one| [one.asked_at, one.at])
            .find_map(|asked_at| self.follow_ups.get(&asked_at))
    }
}
