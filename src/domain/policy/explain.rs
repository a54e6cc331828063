//! Where each key of a policy comes from: the repository's file, the organisation's, or the default.

use std::collections::BTreeMap;

use super::{Layer, PolicyError, parse};
use crate::domain::yaml::{self, Node, Value, Written};

/// Every key with its default, as a policy file.
const DEFAULTS: &str = include_str!("../../../config/policy.example.yml");

/// A key that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// `calendar.timezone`
    pub key: String,
    /// As it was written.
    pub value: String,
    /// The file and the line that say so; `None`: it is the default.
    pub from: Option<(String, usize)>,
}

/// The keys of these files together, the organisation's first, in the order of the documentation and
/// then of the files.
///
/// # Errors
/// All that is wrong with the files.
pub fn explain(layers: &[Layer<'_>]) -> Result<Vec<InForce>, Vec<PolicyError>> {
    parse(layers)?;
    let mut keys: Vec<String> = Vec::new();
    let mut defaults: BTreeMap<String, InForce> = BTreeMap::new();
    for (key, value, _) in leaves(DEFAULTS) {
        let in_force = InForce {
            key: key.clone(),
            value: value.unwrap_or_else(|| "~".to_owned()),
            from: None,
        };
        defaults.insert(key.clone(), in_force);
        keys.push(key);
    }
    let mut known = defaults.clone();
    for layer in layers {
        for (key, value, line) in leaves(layer.text) {
            // `~` is the default again, of the key and of all below it.
            let Some(value) = value else {
                let below = format!("{key}.");
                known.retain(|other, _| *other != key && !other.starts_with(&below));
                let again = defaults.iter();
                let again = again.filter(|(it, _)| **it == key || it.starts_with(&below));
                known.extend(again.map(|(it, default)| (it.clone(), default.clone())));
                continue;
            };
            if !keys.contains(&key) {
                keys.push(key.clone());
            }
            // A whole list or map where there was another, or none.
            let below = format!("{key}.");
            known.retain(|other, _| !other.starts_with(&below));
            let above: Vec<String> = known
                .iter()
                .filter(|(it, _)| key.starts_with(&format!("{it}.")))
                .map(|(it, _)| it.clone())
                .collect();
            for it in above {
                known.remove(&it);
            }
            let from = Some((layer.origin.to_owned(), line));
            known.insert(key.clone(), InForce { key, value, from });
        }
    }
    Ok(keys.iter().filter_map(|key| known.remove(key)).collect())
}

/// Each key that has a value of its own, with the line of the value; none for `~`.
fn leaves(text: &str) -> Vec<(String, Option<String>, usize)> {
    let mut found = Vec::new();
    if let Ok((Some(root), _)) = yaml::read(text, Written::ForUs) {
        descend("", &root, &mut found);
    }
    found
}

fn descend(path: &str, node: &Node, found: &mut Vec<(String, Option<String>, usize)>) {
    match &node.value {
        Value::Map(pairs) if !pairs.is_empty() => {
            for pair in pairs {
                let key = if path.is_empty() {
                    pair.key.clone()
                } else {
                    format!("{path}.{}", pair.key)
                };
                descend(&key, &pair.node, found);
            }
        }
        Value::Nothing => found.push((path.to_owned(), None, node.at.line)),
        Value::Map(_) | Value::Word(_) | Value::List(_) => {
            found.push((path.to_owned(), Some(written(node)), node.at.line));
        }
    }
}

/// A value on one line.
fn written(node: &Node) -> String {
    match &node.value {
        Value::Nothing => "~".to_owned(),
        Value::Word(word) => yaml::printable(word),
        Value::List(nodes) => {
            let parts: Vec<String> = nodes.iter().map(written).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Map(pairs) => {
            let parts = pairs
                .iter()
                .map(|it| format!("{}: {}", it.key, written(&it.node)));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(layers: &[(&str, &str)]) -> Vec<String> {
        let layers: Vec<Layer<'_>> = layers
            .iter()
            .map(|(origin, text)| Layer { origin, text })
            .collect();
        let line = |it: InForce| match it.from {
            Some((origin, line)) => format!("{} = {} ({origin}:{line})", it.key, it.value),
            None => format!("{} = {}", it.key, it.value),
        };
        explain(&layers).unwrap().into_iter().map(line).collect()
    }

    #[test]
    fn without_files_everything_is_the_default() {
        let all = told(&[]);
        assert!(all.contains(&"calendar.timezone = UTC".to_owned()));
        assert!(all.contains(&"sprint.split.committed = 60".to_owned()));
        assert!(all.iter().all(|line| !line.contains('(')), "{all:?}");
    }

    #[test]
    fn the_later_file_counts_and_a_tilde_is_the_default_again() {
        let organisation = "calendar:\n  timezone: Europe/Berlin\n  days: [mon, tue]\nlabels: { kind/research: research }\n";
        let own = "calendar:\n  timezone: ~\nlabels: { kind/experiment: trial }\nguards:\n  one-active-box: off\n";
        let all = told(&[("org", organisation), ("own", own)]);
        for line in [
            "calendar.timezone = UTC",
            "calendar.days = [mon, tue] (org:3)",
            "labels.kind/research = research (org:4)",
            "labels.kind/experiment = trial (own:3)",
            "guards.one-active-box = off (own:5)",
        ] {
            assert!(all.contains(&line.to_owned()), "{line} in {all:#?}");
        }
        assert!(
            !all.iter().any(|line| line.starts_with("labels = ")),
            "{all:#?}"
        );
    }

    #[test]
    fn a_bad_file_is_told_of_like_everywhere() {
        let layer = Layer {
            origin: "own",
            text: "enabld: true",
        };
        let errors = explain(&[layer]).unwrap_err();
        assert_eq!(errors.len(), 1);
    }
}
