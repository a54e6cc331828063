//! Reading policy files: the organisation's, then the repository's, each over what came before.
//!
//! A key that a file leaves out stays as it was, a `~` is labhand's default again, lists replace, and maps of free
//! keys (`labels`, `guards`, `presets`, `entries`, `gates`) are merged key by key. Each section is
//! a table of its keys, so that a key cannot be read without being known to the suggestions.

use super::draft::Draft;
use super::error::PolicyError;
use super::handoff::{self, HANDOFF};
use super::reader::{Key, Reader};
use super::rules::{self, LIFECYCLE};
use super::time::{self, CALENDAR, TIMEBOXES};
use super::values::{digest, digits, flag, is_off, list, login, member, slug, slug_in, word};
use super::{Policy, Release, TagForm};
use crate::domain::yaml::{self, Malformed, Node, Place, Written};

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
    let errors: Vec<PolicyError> = layers
        .iter()
        .flat_map(|layer| read(&mut draft, *layer))
        .collect();
    if errors.is_empty() {
        handoff::finish(&mut draft.policy.handoff);
        Ok(draft.policy)
    } else {
        Err(errors)
    }
}

/// Reads a file over what there is; yields its mistakes.
fn read(draft: &mut Draft, layer: Layer<'_>) -> Vec<PolicyError> {
    let mut reader = Reader::new(layer.origin);
    if layer.text.len() > MOST_BYTES {
        let at = Place { line: 1, column: 1 };
        let message = format!("the file has more than {} KiB", MOST_BYTES / 1024);
        reader.wrong::<()>(at, message, None);
        return reader.into_errors();
    }
    match yaml::read(layer.text, Written::ForUs) {
        Ok((content, doubled)) => {
            for Malformed { at, message } in doubled {
                reader.wrong::<()>(at, message, None);
            }
            if let Some(content) = content {
                reader.section(draft, &content, POLICY);
            }
            handoff::check_carried_over(draft, &mut reader);
        }
        Err(Malformed { at, message }) => {
            reader.wrong::<()>(at, message, None);
        }
    }
    reader.into_errors()
}

/// The keys of a file.
const POLICY: &[Key<Draft>] = &[
    ("enabled", |to, node, reader| {
        reader.set(&mut to.policy.enabled, node, to.defaults.enabled, flag);
    }),
    ("classify", |to, node, reader| {
        reader.section(to, node, CLASSIFY);
    }),
    ("labels", rules::renames),
    ("calendar", |to, node, reader| {
        reader.section(to, node, CALENDAR);
    }),
    ("timeboxes", |to, node, reader| {
        reader.section(to, node, TIMEBOXES);
    }),
    ("guards", rules::guards),
    ("sprint", time::sprint),
    ("teams", |to, node, reader| reader.section(to, node, TEAMS)),
    ("roles", |to, node, reader| reader.section(to, node, ROLES)),
    ("handoff", |to, node, reader| {
        reader.section(to, node, HANDOFF);
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

/// `models.stages:`
fn model_stages(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<String>> {
    const WHAT: &str = "a stage such as `staging`, of letters, digits and hyphens";
    let stages = list(
        node,
        reader,
        "[staging, production, archived]",
        |stage, reader| slug(stage, reader, WHAT),
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
