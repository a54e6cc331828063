//! Pages of lists, with GitHub's `Link` header.

use serde_json::{Value, json};

use super::super::world::World;
use super::{Ask, Reply};

/// Entries on a page, unless the caller says otherwise.
const USUAL: usize = 30;
/// The most entries on a page.
const MOST: usize = 100;

/// One page of a list.
pub(super) fn page(world: &World, ask: &Ask, all: Vec<Value>) -> Reply {
    let (entries, link) = cut(world, ask, all);
    with_link(Reply::ok(Value::Array(entries)), link)
}

/// One page of a list of which only what is on it is written down.
pub(super) fn page_of<T>(
    world: &World,
    ask: &Ask,
    all: Vec<T>,
    write: impl FnMut(T) -> Value,
) -> Reply {
    let (entries, link) = cut(world, ask, all);
    let entries = entries.into_iter().map(write).collect();
    with_link(Reply::ok(Value::Array(entries)), link)
}

/// One page of a list that stands in an object beside its total.
pub(super) fn counted(world: &World, ask: &Ask, name: &str, all: Vec<Value>) -> Reply {
    let total = all.len();
    let (entries, link) = cut(world, ask, all);
    with_link(
        Reply::ok(json!({ "total_count": total, name: entries })),
        link,
    )
}

fn with_link(mut reply: Reply, link: Option<String>) -> Reply {
    reply
        .headers
        .extend(link.map(|link| ("link".to_owned(), link)));
    reply
}

/// The number that a query names, within bounds.
pub(super) fn per_page(ask: &Ask) -> usize {
    ask.query
        .get("per_page")
        .and_then(|text| text.parse().ok())
        .unwrap_or(USUAL)
        .clamp(1, MOST)
}

fn cut<T>(world: &World, ask: &Ask, all: Vec<T>) -> (Vec<T>, Option<String>) {
    let size = per_page(ask);
    let page: usize = ask
        .query
        .get("page")
        .and_then(|text| text.parse().ok())
        .unwrap_or(1)
        .max(1);
    let last = all.len().div_ceil(size).max(1);
    let entries = all.into_iter().skip((page - 1) * size).take(size).collect();
    let mut links = Vec::new();
    if page > 1 {
        links.push((page - 1, "prev"));
    }
    if page < last {
        links.push((page + 1, "next"));
        links.push((last, "last"));
    }
    if page > 1 {
        links.push((1, "first"));
    }
    let link = links
        .iter()
        .map(|(page, relation)| {
            format!(
                "<{}>; rel=\"{relation}\"",
                address(world, ask, "page", &page.to_string())
            )
        })
        .collect::<Vec<_>>()
        .join(", ");
    (entries, (!link.is_empty()).then_some(link))
}

/// The same question with another value for one part of the query.
pub(super) fn address(world: &World, ask: &Ask, name: &str, value: &str) -> String {
    let prefix = format!("{name}=");
    let rest: Vec<&str> = ask
        .raw_query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with(&prefix))
        .collect();
    let and = if rest.is_empty() { "" } else { "&" };
    format!(
        "{}{}?{}{and}{name}={value}",
        world.base,
        ask.path,
        rest.join("&")
    )
}
