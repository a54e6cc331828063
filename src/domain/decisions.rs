//! The decision log: everything that was decided in a repository, also what does not count any
//! more and what was decided on items that are deleted by now.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::fact::ItemAt;
use super::ids::ItemNumber;
use super::item::{Decision, Findings, Item, Superseded};
use super::similar::all_stems;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged<'a> {
    /// On which item.
    pub number: ItemNumber,
    /// Its title.
    pub title: &'a str,
    /// The item was deleted since.
    pub deleted: bool,
    /// What was decided, by whom, when and why.
    pub decision: &'a Decision,
    /// The issue that was opened for it.
    pub opened: Option<&'a ItemAt>,
    /// Why it does not count any more.
    pub superseded: Option<Superseded>,
    /// What was learned on that item.
    pub findings: &'a [Findings],
}

/// Words that are looked for in the log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted(BTreeSet<String>);

impl Wanted {
    /// The words of a question, by their stems: `boosted trees` finds `boosting a tree`.
    pub fn of(question: &str) -> Self {
        Self(all_stems(question))
    }

    /// Whether all of the words stand in a line: in the item's title or number, its findings, the
    /// reason, the verdict, or the login of who decided.
    pub fn are_in(&self, logged: &Logged<'_>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let Decision {
            by,
            verdict,
            reason,
            ..
        } = logged.decision;
        let number = logged.number.to_string();
        let mut texts = vec![
            logged.title,
            reason,
            by.login.as_str(),
            verdict.word(),
            &number,
        ];
        texts.extend(logged.findings.iter().map(|it| it.text.as_str()));
        let mut missing = self.0.clone();
        for text in texts {
            let stems = all_stems(text);
            missing.retain(|word| !stems.contains(word));
        }
        missing.is_empty()
    }
}

/// The decisions on these items, newest first. An item that moved elsewhere has taken its own
/// along.
pub fn log(items: &[Item]) -> Vec<Logged<'_>> {
    let mut log: Vec<Logged<'_>> = items
        .iter()
        .filter(|item| item.moved_to.is_none())
        .flat_map(of)
        .collect();
    // Of several at one instant the later on an item comes first; `of` has them in that order.
    log.sort_by_key(|logged| (Reverse(logged.decision.at), logged.number));
    log
}

fn of(item: &Item) -> impl Iterator<Item = Logged<'_>> {
    // One that was kept before the reason was has been reopened: there was no other way.
    let earlier = item.earlier_decisions.iter().rev().map(|decision| {
        let why = decision.superseded.unwrap_or(Superseded::Reopened);
        (decision, Some(why))
    });
    let standing = item.decision.iter().map(|it| (it, it.superseded));
    standing
        .chain(earlier)
        .map(|(decision, superseded)| Logged {
            number: item.number,
            title: &item.title,
            deleted: item.gone,
            decision,
            opened: item.follow_up(decision),
            superseded,
            findings: &item.findings,
        })
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::domain::actor::User;
    use crate::domain::ids::{Login, UserId};
    use crate::domain::kind::Verdict;

    fn decided(day: i64, verdict: Verdict) -> Decision {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day);
        Decision {
            at,
            by: User {
                id: UserId(1),
                login: Login::new("lena"),
            },
            verdict,
            reason: "because".to_owned(),
            elsewhere: None,
            asked_at: at,
            superseded: None,
        }
    }

    fn item(number: u64, decision: Option<Decision>) -> Item {
        Item {
            decision,
            ..Item::unseen(ItemNumber(number))
        }
    }

    fn told(items: &[Item]) -> Vec<(u64, Verdict, Option<Superseded>)> {
        let line = |it: Logged<'_>| (it.number.0, it.decision.verdict, it.superseded);
        log(items).into_iter().map(line).collect()
    }

    #[test]
    fn the_newest_comes_first_and_what_was_superseded_stays() {
        let mut revised = item(4, Some(decided(9, Verdict::Abandon)));
        revised.earlier_decisions = vec![
            decided(1, Verdict::MoreResearch),
            Decision {
                superseded: Some(Superseded::Revised),
                ..decided(9, Verdict::Productionize)
            },
        ];
        let other = item(2, Some(decided(5, Verdict::Productionize)));
        assert_eq!(
            told(&[other, revised, item(3, None)]),
            [
                (4, Verdict::Abandon, None),
                (4, Verdict::Productionize, Some(Superseded::Revised)),
                (2, Verdict::Productionize, None),
                (4, Verdict::MoreResearch, Some(Superseded::Reopened)),
            ]
        );
    }

    #[test]
    fn deleted_items_keep_their_decisions_and_moved_ones_take_them_along() {
        let mut deleted = item(1, Some(decided(1, Verdict::Abandon)));
        deleted.gone = true;
        let mut moved = item(2, Some(decided(2, Verdict::Abandon)));
        moved.moved_to = Some(ItemAt {
            repo: None,
            number: ItemNumber(9),
        });
        let items = [deleted, moved];
        let log = log(&items);
        assert_eq!(log.len(), 1);
        assert!(log[0].deleted);
    }

    #[test]
    fn each_decision_knows_what_it_opened() {
        let mut twice = item(1, Some(decided(2, Verdict::MoreResearch)));
        twice.earlier_decisions = vec![decided(1, Verdict::Productionize)];
        let opened = ItemAt {
            repo: None,
            number: ItemNumber(7),
        };
        let first = twice.earlier_decisions[0].asked_at;
        twice.follow_ups.insert(first, opened.clone());
        let items = [twice];
        let log = log(&items);
        assert_eq!(log[0].opened, None);
        assert_eq!(log[1].opened, Some(&opened));
    }
}
