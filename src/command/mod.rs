//! The grammar of comments: what people ask labhand for, in the words of product §7.
//!
//! A command is a line that starts with `/name` in an ordinary paragraph. Each command is a type
//! that declares its name, what it demands of the person, how help explains it, and how its
//! arguments become an [`Order`]; the `registry` lists them all, and nothing else knows any name.
//! What an order does is the domain's affair.

mod args;
mod ask;
mod flow;
mod folded;
mod handoff;
mod lifecycle;
mod models;
mod outcome;
mod paragraphs;
mod registry;
mod shape;
pub mod ticks;

use crate::domain::actor::Needs;
use crate::domain::order::{Misread, Order};

use args::Args;
use paragraphs::Address;
use registry::{Entry, REGISTRY};

/// How many lines a command's arguments take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The rest of its line; what follows is conversation.
    Line,
    /// Everything up to the next command or the end, lists and code included.
    Text,
}

/// A command that can be given in a comment.
trait Command {
    /// Its name and other names for it, in lower case, without the slash; one word, or two as in
    /// `handoff off`.
    const NAMES: &'static [&'static str];
    /// What it demands of the person.
    const NEEDS: Needs;
    /// How far its arguments reach.
    const EXTENT: Extent;
    /// How it is written, optional parts in brackets.
    const USAGE: &'static str;
    /// What it does, in one line.
    const EXPLANATION: &'static str;
    /// One that is right.
    const EXAMPLE: &'static str;

    /// Reads what follows the name.
    fn read(args: &Args<'_>) -> Result<Order, Misread>;
}

/// A command found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its position among the commands of the text, from 0.
    pub index: u32,
    /// All of it as written, arguments included.
    pub text: String,
    /// What makes it the same command after an edit: short form, name in lower case, white space
    /// collapsed.
    pub normal: String,
    /// What it asks for, or why it could not be read.
    pub order: Result<Order, Misread>,
    /// What it demands of the person; nothing, where there is no such command.
    pub needs: Needs,
}

/// What help says about a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HelpLine {
    /// Its name, without the slash.
    pub name: &'static str,
    /// How it is written.
    pub usage: &'static str,
    /// What it does, in one line.
    pub explanation: &'static str,
    /// One that is right.
    pub example: &'static str,
    /// What it demands of the person.
    pub needs: Needs,
}

/// Finds and reads the commands of a comment, or of a new issue's text. With `prefix`
/// (`commands.prefix` of the policy) only the long form `/prefix name` is a command, and short
/// forms are other bots' affair; `/labhand name` always works.
pub fn read(text: &str, prefix: Option<&str>) -> Vec<Found> {
    paragraphs::find(text, &Address::new(prefix))
}

/// Whether it reports results or drift: the one thing that a bot may do, even where it cannot be read.
pub fn is_report(found: &Found) -> bool {
    match &found.order {
        Ok(order) => matches!(order, Order::Result(_) | Order::Drift { .. }),
        Err(_) => registry::is_report(&found.normal),
    }
}

/// What there is to say about all commands, or about those that are called `topic`; nothing, if
/// none is.
pub fn help(topic: Option<&str>) -> Vec<HelpLine> {
    let topic = topic.map(|topic| topic.trim().trim_start_matches('/').to_lowercase());
    REGISTRY
        .iter()
        .filter(|entry| topic.as_deref().is_none_or(|topic| entry.is_about(topic)))
        .map(Entry::help)
        .collect()
}

#[cfg(test)]
mod tests;
