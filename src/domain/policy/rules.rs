//! `labels:`, `guards:` and `lifecycle:`, whose keys are names from elsewhere: of labels, rules and gates.

use std::collections::BTreeMap;

use serde_json::json;

use super::draft::Draft;
use super::reader::{Key, Reader, key};
use super::shape::{Shape, any_of, free_keys, keys, named, one, words};
use super::values::{MOST_TITLE_CHARS, is_off, short_text, span, word};
use super::{GateChange, Level, Rule};
use crate::domain::labels::{self, Label};
use crate::domain::lifecycle::gates::GATES;
use crate::domain::yaml::{Node, Place};

pub(super) const LIFECYCLE: &[Key<Draft>] = &[
    key(
        "review_every",
        || {
            any_of([named("span")])
                .says("How often a model in monitoring is reviewed.")
                .usually(|it| it.review_every.to_string())
        },
        |to, node, reader| {
            let default = to.defaults.review_every;
            reader.set(&mut to.policy.review_every, node, default, span);
        },
    ),
    key("gates", gates_shape, gates),
];

pub(super) fn labels_shape() -> Shape {
    let fixed: Vec<String> = Label::all_fixed().iter().map(Label::name).collect();
    let pattern = format!(
        "^({}|points/[0-9]+(-[0-9]+)?|model/[A-Za-z0-9._-]+)$",
        fixed.join("|")
    );
    let theirs = json!({ "type": "string", "minLength": 1, "maxLength": labels::MOST_NAME_CHARS });
    free_keys(&pattern, any_of([one(theirs)]))
        .says("The team's own names for labels, by labhand's names.")
        .such_as(json!({ "kind/research": "research", "stage/active": "doing" }))
}

pub(super) fn guards_shape() -> Shape {
    let levels = || words(Level::ALL.iter().map(|level| level.word()));
    let rules = Rule::ALL.iter();
    keys(rules.map(|rule| (rule.word(), levels().usually(|it| it.level(*rule).word()))))
        .says("Rules at another level than their default.")
}

fn gates_shape() -> Shape {
    let change = || any_of([named("off"), named("title")]);
    keys(GATES.map(|(_, slug, title)| (slug, change().says(title))))
        .says("Gates that are dropped (off) or retitled.")
}

/// `labels:`
pub(super) fn renames(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    let fixed: Vec<String> = Label::all_fixed().iter().map(Label::name).collect();
    let mut places: Vec<(String, Place)> = Vec::new();
    for pair in reader.pairs(
        node,
        "a section such as `{ \"kind/research\": \"research\" }`",
    ) {
        let Some(canonical) = Label::parse(&pair.key).map(|label| label.name()) else {
            reader.unknown_key(pair, "label", fixed.iter().map(String::as_str));
            continue;
        };
        let mut theirs = None;
        reader.set(&mut theirs, &pair.node, None, |node, reader| {
            short_text(node, reader, labels::MOST_NAME_CHARS).map(Some)
        });
        match theirs.filter(|theirs| *theirs != canonical) {
            Some(theirs) => {
                to.policy.labels.insert(canonical.clone(), theirs);
                places.push((canonical, pair.node.at));
            }
            None => {
                to.policy.labels.remove(&canonical);
            }
        }
    }
    for (canonical, at) in places {
        if let Some(other) = same_on_github(&to.policy.labels, &canonical) {
            let message =
                format!("`{other}` would be called so too; each label needs a name of its own");
            reader.wrong::<()>(at, message, None);
        }
    }
}

/// Another label that the renames would give the same name as this one.
fn same_on_github(renames: &BTreeMap<String, String>, canonical: &str) -> Option<String> {
    let name = labels::on_github(canonical, renames);
    let by_a_rename = renames
        .iter()
        .find(|(other, theirs)| *other != canonical && labels::same_name(theirs, &name))
        .map(|(other, _)| other.clone());
    by_a_rename.or_else(|| {
        Label::parse(&name)
            .map(|label| label.name())
            .filter(|other| other != canonical && !renames.contains_key(other))
    })
}

/// `guards:`
pub(super) fn guards(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    const WHAT: &str = "`off`, `warn` or `enforce`";
    for pair in reader.pairs(
        node,
        "a section such as `{ experiment-needs-metric: warn }`",
    ) {
        let Some(rule) = Rule::from_word(&pair.key) else {
            reader.unknown_key(pair, "rule", Rule::ALL.iter().map(|rule| rule.word()));
            continue;
        };
        let mut wanted = None;
        reader.set(&mut wanted, &pair.node, None, |node, reader| {
            if is_off(node) {
                return Some(Some(Level::Off));
            }
            let found = Level::from_word(word(node, reader, WHAT)?);
            let levels = Level::ALL.iter().map(|level| level.word());
            found
                .map(Some)
                .or_else(|| reader.none_of(node, WHAT, levels))
        });
        match wanted {
            Some(level) => to.policy.guards.insert(rule, level),
            None => to.policy.guards.remove(&rule),
        };
    }
}

/// `lifecycle.gates:`
fn gates(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    for pair in reader.pairs(node, "a section such as `{ ab-testing: off }`") {
        let slug = pair.key.to_ascii_lowercase();
        let known = GATES.map(|(_, known, _)| known);
        if !known.contains(&slug.as_str()) {
            reader.unknown_key(pair, "gate", known);
            continue;
        }
        let mut change = None;
        reader.set(&mut change, &pair.node, None, |node, reader| {
            if is_off(node) {
                return Some(Some(GateChange::Off));
            }
            let title = short_text(node, reader, MOST_TITLE_CHARS)?;
            Some(Some(GateChange::Title(title)))
        });
        match change {
            Some(change) => to.policy.lifecycle_gates.insert(slug, change),
            None => to.policy.lifecycle_gates.remove(&slug),
        };
    }
}
