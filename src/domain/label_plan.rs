//! What a repository's labels lack of labhand's, and which of a team's own labels mean the same.

use std::collections::BTreeMap;

use super::kind::Kind;
use super::labels::{Label, canonical, on_github, same_name};

/// What is to be done about one of labhand's labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelStep {
    /// It is not there.
    Create {
        /// Which.
        label: Label,
        /// As the policy calls it.
        name: String,
    },
    /// It is there under another name.
    Rename {
        /// Which.
        label: Label,
        /// As it is called on GitHub.
        from: String,
        /// As the policy calls it.
        to: String,
    },
    /// It is there.
    Leave {
        /// As it is called on GitHub.
        name: String,
    },
}

/// A label of a team's own that says what one of labhand's says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alike {
    /// As it is called on GitHub.
    pub name: String,
    /// Which one of labhand's.
    pub label: Label,
}

/// What is to be done, label by label in labhand's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LabelPlan {
    /// For each of labhand's labels.
    pub steps: Vec<LabelStep>,
    /// What stays as it is, and may mean the same as a label that is to be created.
    pub alike: Vec<Alike>,
}

/// Words of teams for the kinds, beside the kinds' own.
const WORDS: [(Kind, &[&str]); 4] = [
    (Kind::Research, &["exploration", "investigation", "spike"]),
    (Kind::Experiment, &["ab test", "hypothesis", "trial"]),
    (Kind::Development, &["enhancement", "feature", "story"]),
    (
        Kind::Maintenance,
        &["bug", "chore", "data pipeline", "defect", "tech debt"],
    ),
];

/// What stands before the word in `type: bug`, `kind/bug` and `T-Bug`.
const FAMILIES: [&str; 6] = ["category", "cat", "kind", "type", "t", "work"];

/// The plan for a repository that has these labels. Where `rename` says so, what means the same
/// becomes labhand's label, on all issues that bear it; of several the first by name.
pub fn plan(existing: &[String], renames: &BTreeMap<String, String>, rename: bool) -> LabelPlan {
    let mut plan = LabelPlan::default();
    for label in Label::all_fixed() {
        let ours = label.name();
        let name = on_github(&ours, renames);
        let exact = existing.iter().find(|it| same_name(it, &name));
        // Under labhand's own name, from before the policy gave it another.
        let former = existing
            .iter()
            .find(|it| same_name(it, &ours) && canonical(it, renames) == ours);
        let mut alike: Vec<&String> = existing
            .iter()
            .filter(|it| kind_of(it).map(Label::Kind) == Some(label.clone()))
            .filter(|it| !renames.values().any(|taken| same_name(taken, it)))
            .collect();
        alike.sort();
        let step = match (exact, former, alike.split_first()) {
            (Some(there), _, _) => LabelStep::Leave {
                name: there.clone(),
            },
            (None, Some(former), _) => LabelStep::Rename {
                label,
                from: former.clone(),
                to: name,
            },
            (None, None, Some((first, _))) if rename => LabelStep::Rename {
                label,
                from: (*first).clone(),
                to: name,
            },
            (None, None, alike) => {
                let rest = alike
                    .into_iter()
                    .flat_map(|(first, rest)| std::iter::once(first).chain(rest));
                plan.alike.extend(rest.map(|name| Alike {
                    name: (*name).clone(),
                    label: label.clone(),
                }));
                LabelStep::Create { label, name }
            }
        };
        plan.steps.push(step);
    }
    plan
}

/// The kind that a team's own label stands for, if it does for one.
fn kind_of(name: &str) -> Option<Kind> {
    if Label::parse(name).is_some() {
        return None;
    }
    let mut words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if words.len() > 1 && FAMILIES.contains(&words[0].as_str()) {
        words.remove(0);
    }
    let said = words.join(" ");
    let singular = said.strip_suffix('s').unwrap_or(&said);
    let is = |word: &str| word == said || word == singular;
    Kind::ALL
        .iter()
        .copied()
        .find(|kind| is(kind.word()))
        .or_else(|| {
            let known = WORDS
                .iter()
                .find(|(_, words)| words.iter().any(|it| is(it)));
            known.map(|(kind, _)| *kind)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|it| (*it).to_owned()).collect()
    }

    fn step(plan: &LabelPlan, ours: &str) -> String {
        let of = |step: &&LabelStep| match step {
            LabelStep::Create { label, .. } | LabelStep::Rename { label, .. } => {
                label.name() == ours
            }
            LabelStep::Leave { name } => name.eq_ignore_ascii_case(ours),
        };
        match plan.steps.iter().find(of) {
            Some(LabelStep::Create { name, .. }) => format!("create {name}"),
            Some(LabelStep::Rename { from, to, .. }) => format!("{from} → {to}"),
            Some(LabelStep::Leave { name }) => format!("leave {name}"),
            None => "nothing".to_owned(),
        }
    }

    #[test]
    fn what_is_there_is_left_and_the_rest_is_created() {
        let all = plan(&[], &BTreeMap::new(), false);
        assert_eq!(all.steps.len(), Label::all_fixed().len());
        assert!(all.alike.is_empty());
        let some = plan(
            &names(&["Kind/Research", "wontfix"]),
            &BTreeMap::new(),
            true,
        );
        assert_eq!(step(&some, "kind/research"), "leave Kind/Research");
        assert_eq!(step(&some, "kind/experiment"), "create kind/experiment");
    }

    #[test]
    fn words_of_teams_are_known_and_renamed_only_if_asked() {
        for (name, kind) in [
            ("research", Kind::Research),
            ("Type: Bug", Kind::Maintenance),
            ("type/spike", Kind::Research),
            ("kind: experiments", Kind::Experiment),
            ("T-Feature", Kind::Development),
            ("tech debt", Kind::Maintenance),
        ] {
            assert_eq!(kind_of(name), Some(kind), "{name}");
        }
        for name in [
            "good first issue",
            "researchers wanted",
            "bug: ui",
            "kind/research",
            "",
            "::",
        ] {
            assert_eq!(kind_of(name), None, "{name}");
        }
        let existing = names(&["type: bug", "chore", "research"]);
        let shy = plan(&existing, &BTreeMap::new(), false);
        assert_eq!(step(&shy, "kind/maintenance"), "create kind/maintenance");
        let alike: Vec<&str> = shy.alike.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(alike, ["research", "chore", "type: bug"]);
        let bold = plan(&existing, &BTreeMap::new(), true);
        assert_eq!(step(&bold, "kind/maintenance"), "chore → kind/maintenance");
        assert_eq!(step(&bold, "kind/research"), "research → kind/research");
        assert!(bold.alike.is_empty());
    }

    #[test]
    fn the_policys_names_count() {
        let renames: BTreeMap<String, String> =
            [("kind/research".to_owned(), "research".to_owned())].into();
        let there = plan(&names(&["Research"]), &renames, true);
        assert_eq!(step(&there, "research"), "leave Research");
        let former = plan(&names(&["kind/research"]), &renames, false);
        assert_eq!(step(&former, "kind/research"), "kind/research → research");
        let none = plan(&[], &renames, false);
        assert_eq!(step(&none, "kind/research"), "create research");
    }
}
