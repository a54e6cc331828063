//! Where an item comes from and where it leads: other items, and pull requests.

use std::fmt::Write as _;

use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;

use super::super::{Context, link, text, words};
use super::LINE;

const MOST_LINKS: usize = 12;

/// The decision that it was opened for.
pub(super) fn origin(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let origin = item.origin.as_ref()?;
    Some(format!(
        "{} {} · *{}*",
        link::item_at(&origin.item, ctx),
        text::escape(&origin.title, LINE),
        words::verdict(origin.verdict)
    ))
}

/// How many explorations led here, and what they took.
pub(super) fn chain(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let before = item.chain_before();
    let day = ctx.policy.calendar.day_length();
    (!before.is_empty()).then(|| {
        let links = before.0.len().saturating_sub(MOST_LINKS);
        let mut shown: Vec<String> = Vec::new();
        if links > 0 {
            shown.push("…".to_owned());
        }
        let last = before.0.iter().skip(links);
        shown.extend(last.map(|link| link::item_at(&link.item, ctx)));
        format!(
            "{} → this · {} spent before",
            shown.join(" → "),
            before.spent().in_days(day)
        )
    })
}

/// What was opened for its decisions, and what builds on it.
pub(super) fn leads_to(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let opened = item.follow_ups.values();
    let elsewhere: Vec<String> = opened
        .clone()
        .filter(|item| item.repo.is_some())
        .map(|item| link::item_at(item, ctx))
        .collect();
    let here = opened
        .filter(|item| item.repo.is_none())
        .map(|item| item.number);
    let mut here: Vec<ItemNumber> = here.collect();
    here.extend(&item.built_on_by);
    here.sort_unstable();
    here.dedup();
    let here = links(here.iter(), item, ctx);
    let all: Vec<String> = here.into_iter().chain(elsewhere).collect();
    (!all.is_empty()).then(|| all.join("<br>"))
}

/// Several items, one a line.
pub(super) fn links<'a>(
    numbers: impl ExactSizeIterator<Item = &'a ItemNumber>,
    item: &Item,
    ctx: &Context<'_>,
) -> Option<String> {
    let more = numbers.len().saturating_sub(MOST_LINKS);
    let mut shown: Vec<String> = numbers
        .take(MOST_LINKS)
        .map(|number| described(*number, item, ctx))
        .collect();
    if more > 0 {
        shown.push(format!("… and {more} more"));
    }
    (!shown.is_empty()).then(|| shown.join("<br>"))
}

/// `#41 Explore NLP approaches · *more research*`, as far as it is known.
fn described(number: ItemNumber, item: &Item, ctx: &Context<'_>) -> String {
    let mut text = link::item(number, ctx);
    let other = ctx.linked(number);
    if let Some(other) = other {
        // Writing to a string cannot fail.
        let _ = write!(text, " {}", text::escape(&other.title, LINE));
    }
    let decided = match other.and_then(|other| other.decision.as_ref()) {
        Some(decision) => Some(decision.verdict),
        None => item.foundations.get(&number).and_then(|base| base.decided),
    };
    if let Some(verdict) = decided {
        let _ = write!(text, " · *{}*", words::verdict(verdict));
    }
    text
}

pub(super) fn pulls(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let mut shown: Vec<String> = item
        .linked_pulls
        .iter()
        .take(MOST_LINKS)
        .map(|(number, pull)| {
            let state = match (pull.merged, pull.open, pull.draft) {
                (true, _, _) => "merged",
                (false, false, _) => "closed",
                (false, true, true) => "draft",
                (false, true, false) => "ready for review",
            };
            format!("{} {state}", link::item(*number, ctx))
        })
        .collect();
    if item.linked_pulls.len() > MOST_LINKS {
        shown.push(format!(
            "… and {} more",
            item.linked_pulls.len() - MOST_LINKS
        ));
    }
    (!shown.is_empty()).then(|| shown.join(" · "))
}
