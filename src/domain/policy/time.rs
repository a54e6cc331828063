//! `calendar:`, `timeboxes:` and `sprint:`.

use super::ExtendedBy;
use super::draft::Draft;
use super::reader::{Key, Reader};
use super::values::{
    amount, dates, flag, glob, hours, is_off, percent, span, weekdays, whole, word, zone,
};
use crate::domain::yaml::{self, Node};

pub(super) const CALENDAR: &[Key<Draft>] = &[
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

pub(super) const TIMEBOXES: &[Key<Draft>] = &[
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

pub(super) const EXTENSIONS: &[Key<Draft>] = &[
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

pub(super) const SPRINT: &[Key<Draft>] = &[
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

pub(super) const SPLIT: &[Key<Draft>] = &[
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
