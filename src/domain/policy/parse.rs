//! Reading policy files: the organisation's, then the repository's, each over what came before.
//!
//! A key that a file leaves out stays as it was, a `~` is labhand's default again, lists replace, and maps of free
//! keys (`labels`, `guards`, `presets`, `entries`, `gates`) are merged key by key. Each section is
//! a table of its keys, so that a key cannot be read without being known to the suggestions.

use serde_json::json;

use super::draft::Draft;
use super::error::PolicyError;
use super::handoff::{self, HANDOFF};
use super::reader::{Key, Reader, key, part, section};
use super::rules::{self, LIFECYCLE};
use super::shape::{Shape, any_of, list_of, named, one, text, words};
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
pub(super) const POLICY: &[Key<Draft>] = &[
    key(
        "enabled",
        || {
            named("flag")
                .says("Whether labhand acts in this repository at all.")
                .usually(|it| it.enabled)
        },
        |to, node, reader| {
            reader.set(&mut to.policy.enabled, node, to.defaults.enabled, flag);
        },
    ),
    part!("classify", CLASSIFY),
    key("labels", rules::labels_shape, rules::renames),
    part!(
        "calendar",
        CALENDAR,
        "Working time, on which time boxes run."
    ),
    part!("timeboxes", TIMEBOXES),
    key("guards", rules::guards_shape, rules::guards),
    key("sprint", time::sprint_shape, time::sprint),
    part!(
        "teams",
        TEAMS,
        "Who signs for which side of a hand-off; both empty: self-signed."
    ),
    part!("roles", ROLES),
    part!("handoff", HANDOFF),
    part!("checklists", CHECKLISTS),
    part!("lifecycle", LIFECYCLE),
    part!("models", MODELS),
    part!("board", BOARD),
    part!("commands", COMMANDS),
];

const CLASSIFY: &[Key<Draft>] = &[key(
    "infer",
    || {
        named("flag")
            .says("Whether a title's opening verb may make an issue an item.")
            .usually(|it| it.infer)
    },
    |to, node, reader| {
        reader.set(&mut to.policy.infer, node, to.defaults.infer, flag);
    },
)];

const TEAMS: &[Key<Draft>] = &[
    key("data_science", members, |to, node, reader| {
        reader.set(
            &mut to.policy.teams.data_science,
            node,
            Vec::new(),
            |node, reader| list(node, reader, "[acme/data-science, mira]", member),
        );
    }),
    key("engineering", members, |to, node, reader| {
        reader.set(
            &mut to.policy.teams.engineering,
            node,
            Vec::new(),
            |node, reader| list(node, reader, "[acme/ml-platform, ana]", member),
        );
    }),
];

const ROLES: &[Key<Draft>] = &[key(
    "leads",
    || {
        members().says("Who may extend boxes and decide; empty: those who may maintain or administer the repository.")
    },
    |to, node, reader| {
        reader.set(&mut to.policy.leads, node, Vec::new(), |node, reader| {
            list(node, reader, "[mira, acme/leads]", member)
        });
    },
)];

const CHECKLISTS: &[Key<Draft>] = &[key(
    "require_description",
    || {
        named("flag")
            .says("Whether the task list in a pull request's description has to be complete.")
            .usually(|it| it.require_description)
    },
    |to, node, reader| {
        let default = to.defaults.require_description;
        reader.set(&mut to.policy.require_description, node, default, flag);
    },
)];

const MODELS: &[Key<Draft>] = &[
    key(
        "release",
        || {
            words(Release::ALL.iter().map(|one| one.word()))
                .says("Whether a GitHub release is made for a registered version.")
                .usually(|it| it.release.word())
        },
        |to, node, reader| {
            let default = to.defaults.release;
            reader.set(&mut to.policy.release, node, default, |node, reader| {
                const WHAT: &str = "`off`, `draft` or `publish`";
                if is_off(node) {
                    return Some(Release::Off);
                }
                let found = Release::from_word(word(node, reader, WHAT)?);
                found.or_else(|| {
                    reader.none_of(node, WHAT, Release::ALL.iter().map(|one| one.word()))
                })
            });
        },
    ),
    key(
        "tags",
        || {
            words(TagForm::ALL.iter().map(|one| one.word())).says("How a registered version is tagged: model@v1.2.0, or that and stages as GTO writes them.").usually(|it| it.tags.word())
        },
        |to, node, reader| {
            let default = to.defaults.tags;
            reader.set(&mut to.policy.tags, node, default, |node, reader| {
                const WHAT: &str = "`semver` or `gto`";
                let found = TagForm::from_word(word(node, reader, WHAT)?);
                found.or_else(|| {
                    reader.none_of(node, WHAT, TagForm::ALL.iter().map(|one| one.word()))
                })
            });
        },
    ),
    key(
        "stages",
        || {
            list_of(named("slug"))
                .says("Where a version can be promoted to.")
                .with("minItems", json!(1))
                .with("uniqueItems", json!(true))
                .usually(|it| it.model_stages.clone())
        },
        |to, node, reader| {
            let default = to.defaults.model_stages.clone();
            reader.set(&mut to.policy.model_stages, node, default, model_stages);
        },
    ),
];

const BOARD: &[Key<Draft>] = &[
    key(
        "issue",
        || {
            any_of([
                one(json!({ "const": "auto" })),
                one(json!({ "type": "integer", "minimum": 1 })),
            ])
            .says("The issue that shows the board; auto: labhand opens one.")
            .with("default", json!("auto"))
        },
        |to, node, reader| {
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
        },
    ),
    key(
        "digest",
        || {
            any_of([named("off"), text("^[A-Za-z]+\\s+[0-9]{1,2}:[0-9]{2}$")])
                .says("When the board is also posted as a comment, in the calendar's time zone.")
                .with("default", json!("off"))
                .such_as(json!("Mon 09:00"))
        },
        |to, node, reader| {
            reader.set(&mut to.policy.digest, node, None, |node, reader| {
                if is_off(node) {
                    Some(None)
                } else {
                    digest(node, reader).map(Some)
                }
            });
        },
    ),
];

const COMMANDS: &[Key<Draft>] = &[
    key(
        "prefix",
        || {
            any_of([
                named("off"),
                text("^/?[A-Za-z0-9-]{1,40}$").with("not", json!({ "$ref": "#/$defs/off" })),
            ])
            .says("With labhand, every command is /labhand NAME.")
            .usually(|it| it.prefix.clone())
        },
        |to, node, reader| {
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
        },
    ),
    key(
        "bots",
        || {
            list_of(one(json!({ "type": "string" })))
                .says("Bots that may give /result and /drift.")
                .usually(|it| it.bots.clone())
                .such_as(json!(["github-actions[bot]"]))
        },
        |to, node, reader| {
            reader.set(&mut to.policy.bots, node, Vec::new(), |node, reader| {
                list(node, reader, "[\"github-actions[bot]\"]", login)
            });
        },
    ),
];

/// Of a list of people and teams.
fn members() -> Shape {
    list_of(named("member"))
        .with("default", json!([]))
        .such_as(json!(["acme/data-science", "mira"]))
}

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
