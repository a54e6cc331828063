//! Reading policy files: the organisation's, then the repository's, each over what came before.
//!
//! A key that a file leaves out stays as it was, a `~` is labhand's default again, lists replace, and maps of free
//! keys (`labels`, `guards`, `presets`, `entries`, `gates`) are merged key by key. Each section is
//! a table of its keys, so that a key cannot be read without being known to the suggestions.

use std::collections::BTreeMap;

use super::error::PolicyError;
use super::handoff::{self, CarriedOver};
use super::reader::{Key, Reader};
use super::values::{
    amount, dates, digest, digits, flag, glob, hours, is_off, list, login, member, percent,
    short_text, slug_in, span, weekdays, whole, word, zone,
};
use super::yaml::{self, Malformed, Node, Place};
use super::{ExtendedBy, GateChange, Level, Policy, Release, Rule, TagForm};
use crate::domain::entries::Slug;
use crate::domain::labels::{self, Label};

/// One policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer<'a> {
    /// What the file is called in messages, such as `.github/labhand.yml`.
    pub origin: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// The largest policy file that is read, in bytes; a thousand holidays fit in a tenth of it.
pub const MOST_BYTES: usize = 256 * 1024;

/// The policy that these files make together, the organisation's first. No file at all, or empty ones, make
/// the default policy. What is wrong is told all at once, for each file in the order of the lines.
pub fn parse(layers: &[Layer<'_>]) -> Result<Policy, Vec<PolicyError>> {
    let mut draft = Draft::new();
    let errors: Vec<PolicyError> = layers.iter().flat_map(|layer| draft.read(*layer)).collect();
    if errors.is_empty() {
        Ok(draft.finished())
    } else {
        Err(errors)
    }
}

/// The policy as far as it is read.
pub(super) struct Draft {
    pub(super) policy: Policy,
    pub(super) defaults: Policy,
    /// Slugs of `handoff.carry_over` in the layer that is being read.
    pub(super) carried_over: Vec<CarriedOver>,
    /// Slugs of entries that some layer knew, so that an organisation may carry over what a repository dropped.
    pub(super) known_entries: Vec<Slug>,
}

impl Draft {
    fn new() -> Self {
        let policy = Policy::default();
        Self {
            known_entries: handoff::slugs(&policy.handoff.entries),
            carried_over: Vec::new(),
            defaults: policy.clone(),
            policy,
        }
    }

    /// Reads a file over what there is; yields its mistakes.
    fn read(&mut self, layer: Layer<'_>) -> Vec<PolicyError> {
        let mut reader = Reader::new(layer.origin);
        if layer.text.len() > MOST_BYTES {
            let at = Place { line: 1, column: 1 };
            let message = format!("the file has more than {} KiB", MOST_BYTES / 1024);
            reader.wrong::<()>(at, message, None);
            return reader.into_errors();
        }
        match yaml::read(layer.text) {
            Ok((content, doubled)) => {
                for Malformed { at, message } in doubled {
                    reader.wrong::<()>(at, message, None);
                }
                if let Some(content) = content {
                    reader.section(self, &content, POLICY);
                }
                handoff::check_carried_over(self, &mut reader);
            }
            Err(Malformed { at, message }) => {
                reader.wrong::<()>(at, message, None);
            }
        }
        reader.into_errors()
    }

    fn finished(mut self) -> Policy {
        handoff::finish(&mut self.policy.handoff);
        self.policy
    }
}

/// The keys of a file.
pub(super) const POLICY: &[Key<Draft>] = &[
    ("enabled", |to, node, reader| {
        reader.set(&mut to.policy.enabled, node, to.defaults.enabled, flag);
    }),
    ("classify", |to, node, reader| {
        reader.section(to, node, CLASSIFY);
    }),
    ("labels", renames),
    ("calendar", |to, node, reader| {
        reader.section(to, node, CALENDAR);
    }),
    ("timeboxes", |to, node, reader| {
        reader.section(to, node, TIMEBOXES);
    }),
    ("guards", guards),
    ("sprint", sprint),
    ("teams", |to, node, reader| reader.section(to, node, TEAMS)),
    ("roles", |to, node, reader| reader.section(to, node, ROLES)),
    ("handoff", |to, node, reader| {
        reader.section(to, node, handoff::HANDOFF);
    }),
    ("checklists", |to, node, reader| {
        reader.section(to, node, CHECKLISTS);
    }),
    ("lifecycle", |to, node, reader| {
        reader.section(to, node, LIFECYCLE);
    }),
    ("models", |to, node, reader| {
        reader.section(to, node, MODELS);
    }),
    ("board", |to, node, reader| reader.section(to, node, BOARD)),
    ("commands", |to, node, reader| {
        reader.section(to, node, COMMANDS);
    }),
];

const CLASSIFY: &[Key<Draft>] = &[("infer", |to, node, reader| {
    reader.set(&mut to.policy.infer, node, to.defaults.infer, flag);
})];

const CALENDAR: &[Key<Draft>] = &[
    ("timezone", |to, node, reader| {
        let default = to.defaults.calendar.timezone.clone();
        reader.set(&mut to.policy.calendar.timezone, node, default, zone);
    }),
    ("days", |to, node, reader| {
        let default = to.defaults.calendar.days.clone();
        reader.set(&mut to.policy.calendar.days, node, default, weekdays);
    }),
    ("hours", |to, node, reader| {
        let default = (to.defaults.calendar.from, to.defaults.calendar.to);
        let calendar = &mut to.policy.calendar;
        let mut read = (calendar.from, calendar.to);
        reader.set(&mut read, node, default, hours);
        (calendar.from, calendar.to) = read;
    }),
    ("holidays", |to, node, reader| {
        reader.set(&mut to.policy.calendar.holidays, node, Vec::new(), dates);
    }),
];

const TIMEBOXES: &[Key<Draft>] = &[
    ("presets", presets),
    ("remind_at", |to, node, reader| {
        let default = to.defaults.timeboxes.remind_at;
        reader.set(
            &mut to.policy.timeboxes.remind_at,
            node,
            default,
            |node, reader| percent(node, reader, 1..=100).and_then(|share| share.try_into().ok()),
        );
    }),
    ("extensions", |to, node, reader| {
        reader.section(to, node, EXTENSIONS);
    }),
];

const EXTENSIONS: &[Key<Draft>] = &[
    ("count", |to, node, reader| {
        let default = to.defaults.timeboxes.extensions.count;
        let count = &mut to.policy.timeboxes.extensions.count;
        reader.set(count, node, default, |node, reader| {
            if is_off(node) {
                Some(0)
            } else {
                whole(node, reader, 0..=100)
            }
        });
    }),
    ("at_most", |to, node, reader| {
        let default = to.defaults.timeboxes.extensions.at_most;
        let at_most = &mut to.policy.timeboxes.extensions.at_most;
        reader.set(at_most, node, default, |node, reader| {
            percent(node, reader, 1..=1000)
        });
    }),
    ("by", |to, node, reader| {
        let default = to.defaults.timeboxes.extensions.by;
        let by = &mut to.policy.timeboxes.extensions.by;
        reader.set(by, node, default, |node, reader| {
            const WHAT: &str = "`lead` or `triage`";
            let found = ExtendedBy::from_word(word(node, reader, WHAT)?);
            found.or_else(|| reader.none_of(node, WHAT, ExtendedBy::ALL.iter().map(|by| by.word())))
        });
    }),
    ("not_by_assignee", |to, node, reader| {
        let default = to.defaults.timeboxes.extensions.not_by_assignee;
        let not_by_assignee = &mut to.policy.timeboxes.extensions.not_by_assignee;
        reader.set(not_by_assignee, node, default, flag);
    }),
];

const SPRINT: &[Key<Draft>] = &[
    ("split", split),
    ("tolerance", |to, node, reader| {
        let default = to.defaults.sprint.tolerance;
        reader.set(
            &mut to.policy.sprint.tolerance,
            node,
            default,
            |node, reader| percent(node, reader, 0..=100),
        );
    }),
    ("milestones", |to, node, reader| {
        let default = to.defaults.sprint.milestones.clone();
        reader.set(&mut to.policy.sprint.milestones, node, default, glob);
    }),
    ("capacity", capacity),
    ("people", people),
];

const SPLIT: &[Key<Draft>] = &[
    ("committed", |to, node, reader| {
        let default = to.defaults.sprint.split.0;
        share(&mut to.policy.sprint.split.0, node, default, reader);
    }),
    ("experiments", |to, node, reader| {
        let default = to.defaults.sprint.split.1;
        share(&mut to.policy.sprint.split.1, node, default, reader);
    }),
    ("learning", |to, node, reader| {
        let default = to.defaults.sprint.split.2;
        share(&mut to.policy.sprint.split.2, node, default, reader);
    }),
];

const TEAMS: &[Key<Draft>] = &[
    ("data_science", |to, node, reader| {
        reader.set(
            &mut to.policy.teams.data_science,
            node,
            Vec::new(),
            |node, reader| list(node, reader, "[acme/data-science, mira]", member),
        );
    }),
    ("engineering", |to, node, reader| {
        reader.set(
            &mut to.policy.teams.engineering,
            node,
            Vec::new(),
            |node, reader| list(node, reader, "[acme/ml-platform, ana]", member),
        );
    }),
];

const ROLES: &[Key<Draft>] = &[("leads", |to, node, reader| {
    reader.set(&mut to.policy.leads, node, Vec::new(), |node, reader| {
        list(node, reader, "[mira, acme/leads]", member)
    });
})];

const CHECKLISTS: &[Key<Draft>] = &[("require_description", |to, node, reader| {
    let default = to.defaults.require_description;
    reader.set(&mut to.policy.require_description, node, default, flag);
})];

const LIFECYCLE: &[Key<Draft>] = &[
    ("review_every", |to, node, reader| {
        let default = to.defaults.review_every;
        reader.set(&mut to.policy.review_every, node, default, span);
    }),
    ("gates", gates),
];

const MODELS: &[Key<Draft>] = &[
    ("release", |to, node, reader| {
        let default = to.defaults.release;
        reader.set(&mut to.policy.release, node, default, |node, reader| {
            const WHAT: &str = "`off`, `draft` or `publish`";
            if is_off(node) {
                return Some(Release::Off);
            }
            let found = Release::from_word(word(node, reader, WHAT)?);
            found.or_else(|| reader.none_of(node, WHAT, Release::ALL.iter().map(|one| one.word())))
        });
    }),
    ("tags", |to, node, reader| {
        let default = to.defaults.tags;
        reader.set(&mut to.policy.tags, node, default, |node, reader| {
            const WHAT: &str = "`semver` or `gto`";
            let found = TagForm::from_word(word(node, reader, WHAT)?);
            found.or_else(|| reader.none_of(node, WHAT, TagForm::ALL.iter().map(|one| one.word())))
        });
    }),
    ("stages", |to, node, reader| {
        let default = to.defaults.model_stages.clone();
        reader.set(&mut to.policy.model_stages, node, default, model_stages);
    }),
];

const BOARD: &[Key<Draft>] = &[
    ("issue", |to, node, reader| {
        reader.set(&mut to.policy.board_issue, node, None, |node, reader| {
            const WHAT: &str = "`auto` or the number of an issue";
            let text = word(node, reader, WHAT)?;
            if text.eq_ignore_ascii_case("auto") {
                return Some(None);
            }
            match digits(text).filter(|number| *number > 0) {
                Some(number) => Some(Some(number)),
                None => reader.expected(node, WHAT),
            }
        });
    }),
    ("digest", |to, node, reader| {
        reader.set(&mut to.policy.digest, node, None, |node, reader| {
            if is_off(node) {
                Some(None)
            } else {
                digest(node, reader).map(Some)
            }
        });
    }),
];

const COMMANDS: &[Key<Draft>] = &[
    ("prefix", |to, node, reader| {
        reader.set(&mut to.policy.prefix, node, None, |node, reader| {
            const WHAT: &str = "a word such as `labhand`, of letters, digits and hyphens";
            if is_off(node) {
                return Some(None);
            }
            let text = word(node, reader, WHAT)?;
            match slug_in(text.strip_prefix('/').unwrap_or(text)) {
                Some(prefix) => Some(Some(prefix)),
                None => reader.expected(node, WHAT),
            }
        });
    }),
    ("bots", |to, node, reader| {
        reader.set(&mut to.policy.bots, node, Vec::new(), |node, reader| {
            list(node, reader, "[\"github-actions[bot]\"]", login)
        });
    }),
];

/// `labels:`
fn renames(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
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
    let renamed = renames
        .iter()
        .find(|(other, theirs)| *other != canonical && labels::same_name(theirs, &name))
        .map(|(other, _)| other.clone());
    renamed.or_else(|| {
        Label::parse(&name)
            .map(|label| label.name())
            .filter(|other| other != canonical && !renames.contains_key(other))
    })
}

/// `guards:`
fn guards(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    const WHAT: &str = "`off`, `warn` or `enforce`";
    for pair in reader.pairs(
        node,
        "a section such as `{ experiment-needs-metric: warn }`",
    ) {
        let Some(rule) = Rule::from_word(&pair.key) else {
            reader.unknown_key(pair, "rule", Rule::ALL.iter().map(|rule| rule.word()));
            continue;
        };
        let mut level = None;
        reader.set(&mut level, &pair.node, None, |node, reader| {
            if is_off(node) {
                return Some(Some(Level::Off));
            }
            let found = Level::from_word(word(node, reader, WHAT)?);
            let levels = Level::ALL.iter().map(|level| level.word());
            found
                .map(Some)
                .or_else(|| reader.none_of(node, WHAT, levels))
        });
        match level {
            Some(level) => to.policy.guards.insert(rule, level),
            None => to.policy.guards.remove(&rule),
        };
    }
}

/// `timeboxes.presets:`
fn presets(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    for pair in reader.pairs(node, "a section such as `{ spike: 4h }`") {
        // `/timebox 2d` and `/timebox spike` are told apart by that.
        let is_name = !pair.key.is_empty() && pair.key.bytes().all(|b| b.is_ascii_alphabetic());
        if !is_name || pair.key.len() > 20 {
            let message = "a preset's name is at most 20 letters, such as `spike`";
            reader.wrong::<()>(pair.key_at, message, None);
            continue;
        }
        let name = pair.key.to_ascii_lowercase();
        let mut length = to.defaults.timeboxes.presets.get(&name).copied();
        if is_off(&pair.node) {
            length = None;
        } else {
            let default = length;
            reader.set(&mut length, &pair.node, default, |node, reader| {
                span(node, reader).map(Some)
            });
        }
        match length {
            Some(length) => to.policy.timeboxes.presets.insert(name, length),
            None => to.policy.timeboxes.presets.remove(&name),
        };
    }
}

/// `sprint:`
fn sprint(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    reader.section(to, node, SPRINT);
    let pairs = match &node.value {
        yaml::Value::Map(pairs) => pairs.as_slice(),
        yaml::Value::Nothing | yaml::Value::Word(_) | yaml::Value::List(_) => &[],
    };
    let states = |key: &str| {
        pairs
            .iter()
            .any(|pair| pair.key == key && pair.node.value != yaml::Value::Nothing)
    };
    if states("capacity") && states("people") {
        let message = "a sprint has a `capacity` or a number of `people`, not both";
        reader.wrong::<()>(node.at, message, None);
    }
}

/// Whoever states a capacity takes back the number of people that a file before stated, and conversely.
fn capacity(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    let sprint = &mut to.policy.sprint;
    reader.set(&mut sprint.capacity, node, None, |node, reader| {
        amount(node, reader).map(Some)
    });
    sprint.people = sprint.people.filter(|_| sprint.capacity.is_none());
}

fn people(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    let sprint = &mut to.policy.sprint;
    reader.set(&mut sprint.people, node, None, |node, reader| {
        amount(node, reader).map(Some)
    });
    sprint.capacity = sprint.capacity.filter(|_| sprint.people.is_none());
}

/// `sprint.split:`
fn split(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    reader.section(to, node, SPLIT);
    let (committed, experiments, learning) = to.policy.sprint.split;
    let sum = committed + experiments + learning;
    if sum != 100 {
        let message = format!(
            "the split has to make 100 %, but {committed} + {experiments} + {learning} make {sum}"
        );
        reader.wrong::<()>(node.at, message, None);
    }
}

fn share(target: &mut u32, node: &Node, default: u32, reader: &mut Reader<'_>) {
    reader.set(target, node, default, |node, reader| {
        percent(node, reader, 0..=100)
    });
}

/// The gates of a model's lifecycle (product §6).
const GATES: [&str; 18] = [
    "problem",
    "success-metrics",
    "data-availability",
    "data-quality",
    "features",
    "baseline",
    "approaches",
    "tracking",
    "best-performer",
    "production-code",
    "validation",
    "documentation",
    "integration",
    "monitoring-setup",
    "ab-testing",
    "performance",
    "drift",
    "retraining",
];

/// `lifecycle.gates:`
fn gates(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
    for pair in reader.pairs(node, "a section such as `{ ab-testing: off }`") {
        let slug = pair.key.to_ascii_lowercase();
        if !GATES.contains(&slug.as_str()) {
            reader.unknown_key(pair, "gate", GATES);
            continue;
        }
        let mut change = None;
        reader.set(&mut change, &pair.node, None, |node, reader| {
            if is_off(node) {
                return Some(Some(GateChange::Off));
            }
            let title = short_text(node, reader, handoff::MOST_TITLE_CHARS)?;
            Some(Some(GateChange::Title(title)))
        });
        match change {
            Some(change) => to.policy.lifecycle_gates.insert(slug, change),
            None => to.policy.lifecycle_gates.remove(&slug),
        };
    }
}

/// `models.stages:`
fn model_stages(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    const WHAT: &str = "a stage such as `staging`, of letters, digits and hyphens";
    let stages = list(
        node,
        reader,
        "[staging, production, archived]",
        |stage, reader| super::values::slug(stage, reader, WHAT),
    )?;
    let once: std::collections::BTreeSet<&String> = stages.iter().collect();
    if node.value == yaml::Value::List(Vec::new()) || once.len() != stages.len() {
        let message = "here belongs at least one stage, and each once";
        return reader.wrong(node.at, message, None);
    }
    Some(stages)
}

#[cfg(test)]
mod tests;
