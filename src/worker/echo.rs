//! What one item's change tells others: facts of theirs, stored with the change itself.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::domain::fact::{Fact, FactId, What};
use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::forge::digest;
use crate::store::{Key, NewFact, Step};

/// A change of one item is a fact of others: a pull request moves the items that it is linked to,
/// a decision is told to what builds on it. The facts have ids of their own content, so a second
/// telling is none.
pub(super) fn echo(
    key: Key,
    before: Option<&Item>,
    after: &Item,
    now: Timestamp,
    step: &mut Step<'_>,
) -> Result<(), serde_json::Error> {
    // What stands at a path of a commit is a fact of no time.
    let times = step.facts.iter().map(|fact| fact.at);
    let times = times.filter(|at| *at > Timestamp::UNIX_EPOCH);
    let at = times.max().unwrap_or(now);
    tell_linked(key, before, after, (at, now), step)?;
    tell_built_on(key, before, after, (at, now), step)?;
    // What a linked pull request's check says of this item may have changed.
    let face = |item: &Item| {
        (
            item.kind,
            item.stage,
            item.title.clone(),
            item.warnings.clone(),
        )
    };
    if before.map(face) != Some(face(after)) {
        for number in after.linked_pulls.keys() {
            step.wake
                .push((Key::item(key.installation, key.repo, *number), now));
        }
    }
    Ok(())
}

/// Tells another item of the repository, and lets it be looked at. Of the times the first is the
/// fact's, the second is now.
fn tell(
    key: Key,
    number: ItemNumber,
    (id, what): (String, What),
    (at, now): (Timestamp, Timestamp),
    step: &mut Step<'_>,
) -> Result<(), serde_json::Error> {
    let fact = Fact {
        id: FactId(id),
        at,
        by: None,
        what,
    };
    step.facts.push(stored_fact(key, number, &fact)?);
    step.wake
        .push((Key::item(key.installation, key.repo, number), now));
    Ok(())
}

/// A pull request tells the items that it is linked to, and what came out of a productionize
/// decision tells the pull requests that are linked to it.
fn tell_linked(
    key: Key,
    before: Option<&Item>,
    after: &Item,
    (at, now): (Timestamp, Timestamp),
    step: &mut Step<'_>,
) -> Result<(), serde_json::Error> {
    let mut tell = |number, id, what| tell(key, number, (id, what), (at, now), step);
    let none = BTreeSet::new();
    let links = |item: &Item| {
        if item.is_pull {
            item.links()
        } else {
            none.clone()
        }
    };
    let (old_links, new_links) = (before.map(links).unwrap_or_default(), links(after));
    let sight = |item: &Item| item.pull.as_ref().map(|pull| pull.sight.clone());
    if let Some(seen) = sight(after) {
        let changed = before.and_then(sight).as_ref() != Some(&seen);
        for number in new_links
            .iter()
            .filter(|number| changed || !old_links.contains(*number))
        {
            let id = format!(
                "pull:{}:{}:{}",
                after.number,
                at.as_second(),
                digest(&serde_json::to_string(&seen)?)
            );
            tell(
                *number,
                id,
                What::LinkedPull {
                    number: after.number,
                    sight: seen.clone(),
                },
            )?;
        }
    }
    for number in old_links.difference(&new_links) {
        let id = format!("unlinked:{}:{}", after.number, at.as_second());
        tell(
            *number,
            id,
            What::UnlinkedPull {
                number: after.number,
            },
        )?;
    }
    if after.is_product() {
        let told = |pull: &ItemNumber| {
            before.is_some_and(|it| it.is_product() && it.linked_pulls.contains_key(pull))
        };
        for pull in after.linked_pulls.keys().filter(|pull| !told(pull)) {
            let fact = closes_product(after.number, at);
            tell(*pull, fact.id.0, fact.what)?;
        }
    }
    Ok(())
}

/// What builds on another item tells it so, and that one tells how it stands.
fn tell_built_on(
    key: Key,
    before: Option<&Item>,
    after: &Item,
    (at, now): (Timestamp, Timestamp),
    step: &mut Step<'_>,
) -> Result<(), serde_json::Error> {
    let mut tell = |number, id, what| tell(key, number, (id, what), (at, now), step);
    for base in after.foundations.keys() {
        if !before.is_some_and(|before| before.foundations.contains_key(base)) {
            let id = format!("built-on-by:{}", after.number);
            tell(
                *base,
                id,
                What::BuiltOnBy {
                    number: after.number,
                },
            )?;
        }
    }
    let stands = |item: &Item| {
        (
            item.kind.map(|kind| kind.kind),
            item.decision.as_ref().map(|it| it.verdict),
        )
    };
    let news = before.map(stands) != Some(stands(after));
    let newcomers =
        |number: &&ItemNumber| !before.is_some_and(|before| before.built_on_by.contains(*number));
    for number in after
        .built_on_by
        .iter()
        .filter(|number| news || newcomers(number))
    {
        let fact = foundation(Some(after), after.number, at);
        tell(*number, fact.id.0, fact.what)?;
    }
    Ok(())
}

/// That an item came out of a productionize decision, as a pull request is told.
pub(super) fn closes_product(number: ItemNumber, at: Timestamp) -> Fact {
    Fact {
        id: FactId(format!("closes-product:{number}")),
        at,
        by: None,
        what: What::ClosesProduct { number },
    }
}

/// How an item that others build on stands.
pub(super) fn foundation(base: Option<&Item>, number: ItemNumber, at: Timestamp) -> Fact {
    let kind = base
        .and_then(|base| base.kind)
        .map(|classified| classified.kind);
    let decided = base
        .and_then(|base| base.decision.as_ref())
        .map(|decision| decision.verdict);
    let words = (
        kind.map_or("none", |kind| kind.word()),
        decided.map_or("open", |verdict| verdict.word()),
    );
    Fact {
        id: FactId(format!(
            "foundation:{number}:{}:{}:{}",
            at.as_second(),
            words.0,
            words.1
        )),
        at,
        by: None,
        what: What::Foundation {
            number,
            kind,
            decided,
            chain: base.map(|base| base.chain(at)).unwrap_or_default(),
        },
    }
}

/// A fact as the store keeps it.
pub(super) fn stored_fact(
    key: Key,
    number: ItemNumber,
    fact: &Fact,
) -> Result<NewFact, serde_json::Error> {
    Ok(NewFact {
        repo: key.repo,
        number: number.0,
        id: fact.id.0.clone(),
        at: fact.at,
        doc: serde_json::to_string(fact)?,
    })
}
