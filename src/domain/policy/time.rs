//! `calendar:`, `timeboxes:` and `sprint:`.

use std::collections::BTreeMap;

use jiff::civil::Time;
use serde_json::json;

use super::draft::Draft;
use super::reader::{Key, Reader, key, part, section};
use super::shape::{Shape, any_of, free_keys, list_of, named, one, text, words};
use super::values::{
    MOST_AMOUNT, MOST_ITEMS, WEEKDAYS, amount, dates, flag, glob, hours, is_off, percent, span,
    weekdays, whole, word, zone,
};
use super::{ExtendedBy, Policy};
use crate::domain::yaml::{self, Node};

pub(super) const CALENDAR: &[Key<Draft>] = &[
    key(
        "timezone",
        || {
            one(json!({ "type": ["string", "null"] }))
                .says("An IANA name.")
                .usually(|it| it.calendar.timezone.clone())
                .such_as(json!("Europe/Berlin"))
        },
        |to, node, reader| {
            let default = to.defaults.calendar.timezone.clone();
            reader.set(&mut to.policy.calendar.timezone, node, default, zone);
        },
    ),
    key(
        "days",
        || {
            list_of(words(WEEKDAYS))
                .with("minItems", json!(1))
                .usually(|it| days_in_words(&it.calendar.days))
        },
        |to, node, reader| {
            let default = to.defaults.calendar.days.clone();
            reader.set(&mut to.policy.calendar.days, node, default, weekdays);
        },
    ),
    key(
        "hours",
        || {
            any_of([text(
                r"^\s*[0-9]{1,2}:[0-9]{2}\s*[-–]\s*[0-9]{1,2}:[0-9]{2}\s*$",
            )])
            .says("From when to when people work.")
            .usually(|it| hours_in_words(it.calendar.from, it.calendar.to))
        },
        |to, node, reader| {
            let default = (to.defaults.calendar.from, to.defaults.calendar.to);
            let calendar = &mut to.policy.calendar;
            let mut read = (calendar.from, calendar.to);
            reader.set(&mut read, node, default, hours);
            (calendar.from, calendar.to) = read;
        },
    ),
    key(
        "holidays",
        || {
            list_of(text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))
                .with("maxItems", json!(MOST_ITEMS))
                .usually(|it| it.calendar.holidays.clone())
                .such_as(json!(["2026-12-25"]))
        },
        |to, node, reader| {
            reader.set(&mut to.policy.calendar.holidays, node, Vec::new(), dates);
        },
    ),
];

pub(super) const TIMEBOXES: &[Key<Draft>] = &[
    key("presets", presets_shape, presets),
    key(
        "remind_at",
        || {
            named("percent")
                .says("Share of the box at which the first reminder is written.")
                .usually(|it| format!("{}%", it.timeboxes.remind_at))
        },
        |to, node, reader| {
            let default = to.defaults.timeboxes.remind_at;
            reader.set(
                &mut to.policy.timeboxes.remind_at,
                node,
                default,
                |node, reader| {
                    percent(node, reader, 1..=100).and_then(|share| share.try_into().ok())
                },
            );
        },
    ),
    part!("extensions", EXTENSIONS),
];

const EXTENSIONS: &[Key<Draft>] = &[
    key(
        "count",
        || {
            any_of([
                one(json!({ "type": "integer", "minimum": 0, "maximum": 100 })),
                named("off"),
            ])
            .says("How many a box may get.")
            .usually(|it| it.timeboxes.extensions.count)
        },
        |to, node, reader| {
            let default = to.defaults.timeboxes.extensions.count;
            let count = &mut to.policy.timeboxes.extensions.count;
            reader.set(count, node, default, |node, reader| {
                if is_off(node) {
                    Some(0)
                } else {
                    whole(node, reader, 0..=100)
                }
            });
        },
    ),
    key(
        "at_most",
        || {
            named("percent")
                .says("All together, as a share of the original length.")
                .usually(|it| format!("{}%", it.timeboxes.extensions.at_most))
        },
        |to, node, reader| {
            let default = to.defaults.timeboxes.extensions.at_most;
            let at_most = &mut to.policy.timeboxes.extensions.at_most;
            reader.set(at_most, node, default, |node, reader| {
                percent(node, reader, 1..=1000)
            });
        },
    ),
    key(
        "by",
        || {
            words(ExtendedBy::ALL.iter().map(|by| by.word()))
                .says("Who may extend a box.")
                .usually(|it| it.timeboxes.extensions.by.word())
        },
        |to, node, reader| {
            let default = to.defaults.timeboxes.extensions.by;
            let by = &mut to.policy.timeboxes.extensions.by;
            reader.set(by, node, default, |node, reader| {
                const WHAT: &str = "`lead` or `triage`";
                let found = ExtendedBy::from_word(word(node, reader, WHAT)?);
                found.or_else(|| {
                    reader.none_of(node, WHAT, ExtendedBy::ALL.iter().map(|by| by.word()))
                })
            });
        },
    ),
    key(
        "not_by_assignee",
        || {
            named("flag")
                .says("Whether the box's own people may not.")
                .usually(|it| it.timeboxes.extensions.not_by_assignee)
        },
        |to, node, reader| {
            let default = to.defaults.timeboxes.extensions.not_by_assignee;
            let not_by_assignee = &mut to.policy.timeboxes.extensions.not_by_assignee;
            reader.set(not_by_assignee, node, default, flag);
        },
    ),
];

const SPRINT: &[Key<Draft>] = &[
    key(
        "split",
        || section(SPLIT).says("Per cent of capacity for each bucket, 100 together."),
        split,
    ),
    key(
        "tolerance",
        || {
            named("percent")
                .says("Points of deviation that are not flagged.")
                .usually(|it| it.sprint.tolerance)
        },
        |to, node, reader| {
            let default = to.defaults.sprint.tolerance;
            reader.set(
                &mut to.policy.sprint.tolerance,
                node,
                default,
                |node, reader| percent(node, reader, 0..=100),
            );
        },
    ),
    key(
        "milestones",
        || {
            one(json!({ "type": ["string", "null"] }))
                .says("Which milestones with a due date are sprints: a glob over their titles.")
                .usually(|it| it.sprint.milestones.clone())
                .such_as(json!("Sprint *"))
        },
        |to, node, reader| {
            let default = to.defaults.sprint.milestones.clone();
            reader.set(&mut to.policy.sprint.milestones, node, default, glob);
        },
    ),
    key(
        "capacity",
        || {
            amount_shape()
                .says("Person-days of a sprint; or say people.")
                .usually(|it| it.sprint.capacity)
        },
        capacity,
    ),
    key(
        "people",
        || {
            amount_shape()
                .says("Number of people; or say capacity.")
                .usually(|it| it.sprint.people)
        },
        people,
    ),
];

const SPLIT: &[Key<Draft>] = &[
    key(
        "committed",
        || named("percent").usually(|it| it.sprint.split.0),
        |to, node, reader| {
            let default = to.defaults.sprint.split.0;
            share(&mut to.policy.sprint.split.0, node, default, reader);
        },
    ),
    key(
        "experiments",
        || named("percent").usually(|it| it.sprint.split.1),
        |to, node, reader| {
            let default = to.defaults.sprint.split.1;
            share(&mut to.policy.sprint.split.1, node, default, reader);
        },
    ),
    key(
        "learning",
        || named("percent").usually(|it| it.sprint.split.2),
        |to, node, reader| {
            let default = to.defaults.sprint.split.2;
            share(&mut to.policy.sprint.split.2, node, default, reader);
        },
    ),
];

fn days_in_words(days: &[i8]) -> Vec<&'static str> {
    let names = (1i8..).zip(WEEKDAYS);
    let kept = names.filter(|(number, _)| days.contains(number));
    kept.map(|(_, name)| name).collect()
}

fn hours_in_words(from: Time, to: Time) -> String {
    format!("{}-{}", from.strftime("%H:%M"), to.strftime("%H:%M"))
}

fn amount_shape() -> Shape {
    any_of([one(json!({
        "type": "number", "exclusiveMinimum": 0, "maximum": MOST_AMOUNT
    }))])
}

fn presets_shape() -> Shape {
    let lengths = |it: &Policy| -> BTreeMap<String, String> {
        let presets = it.timeboxes.presets.iter();
        presets
            .map(|(name, length)| (name.clone(), length.to_string()))
            .collect()
    };
    free_keys("^[A-Za-z]{1,20}$", any_of([named("span"), named("off")]))
        .says("Names for lengths, used as /timebox NAME; off drops one.")
        .usually(lengths)
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

pub(super) fn sprint_shape() -> Shape {
    section(SPRINT)
}

/// `sprint:`
pub(super) fn sprint(to: &mut Draft, node: &Node, reader: &mut Reader<'_>) {
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
