//! All items as a table, page by page.

use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::Context;
use super::super::json::Items;
use super::card::{Card, card};
use super::{Frame, rendered};
use crate::domain::kind::Kind;

/// Items on one page.
const MOST: usize = 100;

/// Which items somebody wants to see, as they typed it.
#[derive(Debug, Clone, Default)]
pub struct ItemsAsked {
    /// Of this kind.
    pub kind: String,
    /// `open` or `closed`.
    pub state: String,
    /// With this in the title.
    pub words: String,
    /// From 1.
    pub page: usize,
}

#[derive(Template)]
#[template(path = "items.html")]
struct Page<'a> {
    frame: &'a Frame,
    repo: String,
    asked: &'a ItemsAsked,
    kinds: Vec<&'static str>,
    found: usize,
    cards: Vec<(Card, bool)>,
    first: usize,
    before: Option<String>,
    after: Option<String>,
}

/// The items of a repository.
pub fn items(items: &Items, asked: &ItemsAsked, ctx: &Context<'_>, frame: &Frame) -> String {
    let words = asked.words.to_lowercase();
    let found: Vec<_> = items
        .items
        .iter()
        .rev()
        .filter(|it| asked.kind.is_empty() || it.kind == asked.kind)
        .filter(|it| match asked.state.as_str() {
            "open" => it.closed_at.is_none(),
            "closed" => it.closed_at.is_some(),
            _ => true,
        })
        .filter(|it| it.title.to_lowercase().contains(&words))
        .collect();
    let pages = found.len().div_ceil(MOST).max(1);
    let page = asked.page.clamp(1, pages);
    let first = (page - 1) * MOST;
    let shown = found.iter().skip(first).take(MOST);
    rendered(&Page {
        frame,
        repo: ctx.repo.to_string(),
        asked,
        kinds: Kind::ALL.iter().map(|kind| kind.word()).collect(),
        found: found.len(),
        cards: shown
            .map(|line| (card(line, ctx), line.closed_at.is_some()))
            .collect(),
        first: first + 1,
        before: (page > 1).then(|| query(asked, page - 1)),
        after: (page < pages).then(|| query(asked, page + 1)),
    })
}

/// The same question for another page.
fn query(asked: &ItemsAsked, page: usize) -> String {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    format!(
        "?kind={}&state={}&q={}&page={page}",
        encoded(&asked.kind),
        encoded(&asked.state),
        encoded(&asked.words)
    )
}
