//! `handoff:`, whose entries a team may add, drop or rename.

use serde_json::json;

use super::HandoffPolicy;
use super::draft::{CarriedOver, Draft};
use super::error::nearest;
use super::reader::{Key, Reader, key, section};
use super::shape::{Shape, any_of, free_keys, list_of, named, one, words};
use super::values::{MOST_TITLE_CHARS, flag, glob, is_off, list, short_text, slug, slug_in, word};
use crate::domain::entries::{Entry, Owner, Slug, standard_entries};
use crate::domain::yaml::{Node, Pair, Value, shown};

/// A checklist is one comment, which GitHub bounds.
const MOST_ENTRIES: usize = 60;

/// The keys of the section.
pub(super) const HANDOFF: &[Key<Draft>] = &[
    key(
        "paths",
        || {
            list_of(one(json!({ "type": "string" })))
                .says("A pull request that touches one of these globs is a hand-off.")
                .usually(|it| it.handoff.paths.clone())
                .such_as(json!(["models/**"]))
        },
        |to, node, reader| {
            reader.set(
                &mut to.policy.handoff.paths,
                node,
                Vec::new(),
                |node, reader| list(node, reader, "[\"models/**\"]", glob),
            );
        },
    ),
    key(
        "strict",
        || {
            named("flag")
                .says("Every entry needs evidence, and every push voids what has none.")
                .usually(|it| it.handoff.strict)
        },
        |to, node, reader| {
            let default = to.defaults.handoff.strict;
            reader.set(&mut to.policy.handoff.strict, node, default, flag);
        },
    ),
    key(
        "carry_over",
        || {
            list_of(named("slug"))
                .says("Entries that inherit the previous version's signatures.")
                .usually(|it| it.handoff.carry_over.clone())
                .such_as(json!(["serving", "monitoring", "scaling"]))
        },
        carry_over,
    ),
    key("entries", entries_shape, entries),
];

fn entries_shape() -> Shape {
    free_keys(
        "^[A-Za-z0-9-]{1,40}$",
        any_of([named("off"), named("title"), section(ENTRY)]),
    )
    .says("Entries that are added, dropped (off) or retitled.")
    .such_as(
        json!({ "ab-testing": "off", "privacy": { "side": "both", "title": "Privacy review" } }),
    )
}

/// The slugs of entries.
fn slugs(entries: &[Entry]) -> Vec<Slug> {
    entries.iter().map(|entry| entry.slug.clone()).collect()
}

/// Only noted here, since `entries` may stand below and add what is carried over.
fn carry_over(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    let mut carried = Vec::new();
    reader.set(&mut carried, node, Vec::new(), |node, reader| {
        list(node, reader, "[serving, monitoring]", |item, reader| {
            let name = slug(item, reader, "the slug of an entry, such as `serving`")?;
            Some(CarriedOver {
                slug: Slug::new(&name),
                at: item.at,
            })
        })
    });
    to.policy.handoff.carry_over = carried
        .iter()
        .map(|carried| carried.slug.as_str().to_owned())
        .collect();
    to.carried_over = carried;
}

/// After a file is read: does it carry over what there is?
pub(super) fn check_carried_over(to: &mut Draft, reader: &mut Reader<'_>) {
    for CarriedOver { slug, at } in std::mem::take(&mut to.carried_over) {
        if !to.known_entries.contains(&slug) {
            let message = format!("there is no entry {}", shown(slug.as_str()));
            let known = to.known_entries.iter().map(Slug::as_str);
            reader.wrong::<()>(at, message, nearest(slug.as_str(), known));
        }
    }
}

/// After all files are read: the standard entries stand in their order, then those that were added; and what
/// was dropped is not carried over.
pub(super) fn finish(handoff: &mut HandoffPolicy) {
    let standard = slugs(&standard_entries());
    let place = |slug: &Slug| standard.iter().position(|one| one == slug);
    handoff
        .entries
        .sort_by_key(|entry| place(&entry.slug).unwrap_or(standard.len()));
    let left = slugs(&handoff.entries);
    handoff
        .carry_over
        .retain(|slug| left.contains(&Slug::new(slug)));
}

/// `handoff.entries:`
fn entries(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    let what = "a section such as `{ ab-testing: off, serving: \"New title\" }`";
    for pair in reader.pairs(node, what) {
        let Some(name) = slug_in(&pair.key) else {
            let message = "an entry's name is at most 40 letters, digits and hyphens";
            reader.wrong::<()>(pair.key_at, message, None);
            continue;
        };
        entry(to, &Slug::new(&name), pair, reader);
    }
    if to.policy.handoff.entries.len() > MOST_ENTRIES {
        let message = format!("a checklist may have {MOST_ENTRIES} entries");
        reader.wrong::<()>(node.at, message, None);
    }
}

/// One of them: dropped, as it was at first, changed, or new.
fn entry(to: &mut Draft, slug: &Slug, pair: &Pair, reader: &mut Reader<'_>) {
    let known = to.known_entries.contains(slug);
    let mut standard = standard_entries();
    standard.retain(|entry| entry.slug == *slug);
    let standard = standard.pop();
    let there = &mut to.policy.handoff.entries;
    let position = there.iter().position(|entry| entry.slug == *slug);
    let entry = if known && is_off(&pair.node) {
        None
    } else if known && pair.node.value == Value::Nothing {
        standard
    } else {
        let before = position.map(|at| there[at].clone()).or(standard);
        let noted = reader.noted();
        let mut change = Change::default();
        change.read(&pair.node, reader);
        if reader.noted() > noted {
            return;
        }
        match change.applied(slug, before) {
            Some(entry) => Some(entry),
            None => return unknown(slug, pair, &to.known_entries, reader),
        }
    };
    there.retain(|entry| entry.slug != *slug);
    if let Some(entry) = entry {
        there.insert(position.unwrap_or(there.len()), entry);
        if !known {
            to.known_entries.push(slug.clone());
        }
    }
}

/// What is said about one entry.
#[derive(Default)]
struct Change {
    title: Option<String>,
    owner: Option<Owner>,
}

const ENTRY: &[Key<Change>] = &[
    key(
        "side",
        || words(OWNERS).says("Who signs it."),
        |to, node, reader| {
            reader.set(&mut to.owner, node, None, |node, reader| {
                owner(node, reader).map(Some)
            });
        },
    ),
    key(
        "title",
        || any_of([named("title")]),
        |to, node, reader| {
            reader.set(&mut to.title, node, None, |node, reader| {
                short_text(node, reader, MOST_TITLE_CHARS).map(Some)
            });
        },
    ),
];

impl Change {
    /// `off` was dealt with, so a word is a title.
    fn read(&mut self, node: &Node, reader: &mut Reader<'_>) {
        match &node.value {
            Value::Word(_) if is_off(node) => {}
            Value::Word(_) => self.title = short_text(node, reader, MOST_TITLE_CHARS),
            Value::Nothing | Value::List(_) | Value::Map(_) => reader.section(self, node, ENTRY),
        }
    }

    /// The entry after the change; `None` for a new one that does not say its side.
    fn applied(self, slug: &Slug, before: Option<Entry>) -> Option<Entry> {
        let (old_title, old_owner) = before.map(|entry| (entry.title, entry.owner)).unzip();
        Some(Entry {
            slug: slug.clone(),
            title: self
                .title
                .or(old_title)
                .unwrap_or_else(|| slug.as_str().to_owned()),
            owner: self.owner.or(old_owner)?,
        })
    }
}

/// A new entry has to say its side, which also catches a standard one that is misspelt.
fn unknown(slug: &Slug, pair: &Pair, known: &[Slug], reader: &mut Reader<'_>) {
    let message = format!(
        "there is no entry {}; a new one says its side: `{{ side: both, title: \"…\" }}`",
        shown(slug.as_str())
    );
    let nearest = nearest(slug.as_str(), known.iter().map(Slug::as_str));
    reader.wrong::<()>(pair.key_at, message, nearest);
}

/// How the sides are written.
const OWNERS: [&str; 3] = ["data-science", "engineering", "both"];

/// Whose entry it is.
fn owner(node: &Node, reader: &mut Reader<'_>) -> Option<Owner> {
    const WHAT: &str = "`data-science`, `engineering` or `both`";
    match word(node, reader, WHAT)?
        .to_ascii_lowercase()
        .replace('_', "-")
        .as_str()
    {
        "data-science" => Some(Owner::DataScience),
        "engineering" => Some(Owner::Engineering),
        "both" => Some(Owner::Both),
        _ => reader.none_of(node, WHAT, OWNERS),
    }
}
