//! The list of all commands, and who is meant by a name that is none of theirs.

use crate::domain::actor::Needs;
use crate::domain::order::{Misread, Order};

use super::args::{Args, misread, quoted};
use super::{Command, Extent, HelpLine, ask, flow, handoff, lifecycle, models, outcome, shape};

/// A [`Command`] as a value. It is made from the type alone, so none can lack its help.
pub(super) struct Entry {
    pub(super) names: &'static [&'static str],
    pub(super) needs: Needs,
    pub(super) extent: Extent,
    usage: &'static str,
    explanation: &'static str,
    example: &'static str,
    read: fn(&Args<'_>) -> Result<Order, Misread>,
}

const fn entry<C: Command>() -> Entry {
    Entry {
        names: C::NAMES,
        needs: C::NEEDS,
        extent: C::EXTENT,
        usage: C::USAGE,
        explanation: C::EXPLANATION,
        example: C::EXAMPLE,
        read: C::read,
    }
}

/// All commands, in the order in which help lists them.
pub(super) static REGISTRY: &[Entry] = &[
    entry::<ask::Help>(),
    entry::<ask::Status>(),
    entry::<ask::Board>(),
    entry::<ask::Sprint>(),
    entry::<ask::Sync>(),
    entry::<shape::SetKind>(),
    entry::<shape::SetBucket>(),
    entry::<shape::SetPhase>(),
    entry::<shape::Timebox>(),
    entry::<shape::SetPoints>(),
    entry::<shape::Hypothesis>(),
    entry::<shape::Metric>(),
    entry::<shape::BuildsOn>(),
    entry::<shape::Amend>(),
    entry::<flow::SetStage>(),
    entry::<flow::Activate>(),
    entry::<flow::Analyze>(),
    entry::<flow::Block>(),
    entry::<flow::Unblock>(),
    entry::<flow::Extend>(),
    entry::<outcome::Results>(),
    entry::<outcome::Findings>(),
    entry::<outcome::Decide>(),
    entry::<handoff::Handoff>(),
    entry::<handoff::HandoffOff>(),
    entry::<handoff::Sign>(),
    entry::<handoff::Unsign>(),
    entry::<handoff::NotApplicable>(),
    entry::<lifecycle::Track>(),
    entry::<lifecycle::Select>(),
    entry::<lifecycle::Advance>(),
    entry::<lifecycle::Retreat>(),
    entry::<lifecycle::Drift>(),
    entry::<models::Promote>(),
    entry::<models::Rollback>(),
];

impl Entry {
    /// What the command asks for. Help about a command that does not exist is no order.
    pub(super) fn read(&self, args: &Args<'_>) -> Result<Order, Misread> {
        let order = (self.read)(args)?;
        let Order::Help { topic: Some(topic) } = &order else {
            return Ok(order);
        };
        if REGISTRY.iter().any(|entry| entry.is_about(topic)) {
            return Ok(order);
        }
        Err(match closest(topic) {
            Some(name) => Misread::Unknown {
                closest: Some(format!("/help {name}")),
            },
            None => misread(format!("there is no command {}", quoted(topic)), "/help"),
        })
    }

    /// Whether help about `topic` is help about this.
    pub(super) fn is_about(&self, topic: &str) -> bool {
        self.names
            .iter()
            .any(|name| *name == topic || name.split(' ').next() == Some(topic))
    }

    pub(super) fn help(&self) -> HelpLine {
        HelpLine {
            name: self.names.first().copied().unwrap_or_default(),
            usage: self.usage,
            explanation: self.explanation,
            example: self.example,
            needs: self.needs,
        }
    }
}

/// The command that is called by these two words (in lower case), or else by the first of them,
/// and by which of its names.
pub(super) fn lookup(words: [&str; 2]) -> Option<(&'static Entry, &'static str)> {
    let find = |called: &dyn Fn(&str) -> bool| {
        REGISTRY.iter().find_map(|entry| {
            let name = entry.names.iter().copied().find(|name| called(name))?;
            Some((entry, name))
        })
    };
    find(&|name| name.split(' ').eq(words)).or_else(|| find(&|name| name == words[0]))
}

/// Whether a command as it is compared ([`Found::normal`](super::Found::normal)) is one that bots give.
pub(super) fn is_report(normal: &str) -> bool {
    let name = normal.trim_start_matches('/').split(' ').next();
    let reports = [outcome::Results::NAMES, lifecycle::Drift::NAMES];
    name.is_some_and(|name| reports.iter().any(|names| names.contains(&name)))
}

/// The name that somebody may have meant by `word` (in lower case): the first with the fewest
/// slips, at most one in three letters, or what it abbreviates.
pub(super) fn closest(word: &str) -> Option<&'static str> {
    const SHORTEST_ABBREVIATION: usize = 3;
    const LONGEST_SLIP: usize = 30;
    let length = word.chars().count();
    if length > LONGEST_SLIP {
        return None;
    }
    let allowed = (length / 3).clamp(1, 3);
    let names = || REGISTRY.iter().flat_map(|entry| entry.names).copied();
    let slips = |name: &&str| strsim::osa_distance(word, name);
    let abbreviates = |name: &&str| word.len() >= SHORTEST_ABBREVIATION && name.starts_with(word);
    names()
        .min_by_key(slips)
        .filter(|name| slips(name) <= allowed)
        .or_else(|| names().find(abbreviates))
}
