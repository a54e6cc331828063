//! Answers to commands: reactions for all of them, words only for what failed or asked for words.

use std::fmt::Write as _;

use crate::command;
use crate::domain::actor::Needs;
use crate::domain::fact::Place;
use crate::domain::ids::CommentId;
use crate::domain::item::{Answered, Item, Outcome, Refusal};
use crate::domain::order::Order;
use crate::forge::Reaction;

use super::wanted::Wanted;
use super::{Context, refusals, slots, status, text};

/// Failed commands that one reply lists.
const MOST_FAILURES: usize = 20;

/// Adds what answers the commands of each comment, and of the text.
pub fn add(item: &Item, ctx: &Context<'_>, wanted: &mut Wanted) {
    for answers in item.answers.values() {
        let Some(place) = answers.first().map(|answer| answer.place) else {
            continue;
        };
        let failed: Vec<(&Answered, &Refusal)> = answers
            .iter()
            .filter_map(|answer| match &answer.outcome {
                Outcome::Refused(refusal) => Some((answer, refusal)),
                Outcome::Done | Outcome::Asked(_) => None,
            })
            .collect();
        let outcome = if failed.is_empty() {
            Reaction::Rocket
        } else {
            Reaction::Confused
        };
        let reactions = wanted.reactions.entry(key(place)).or_default();
        reactions.extend([Reaction::Eyes, outcome]);
        if !failed.is_empty() {
            wanted.say(slots::reply(place), failures(&failed, item, ctx));
        }
        for answer in answers {
            if let Some(words) = asked_words(answer, item, ctx) {
                wanted.say_once(slots::answer(place, answer.index), words);
            }
        }
    }
}

/// Reactions are kept by the comment's id, 0 for the text itself.
fn key(place: Place) -> u64 {
    match place {
        Place::Text => 0,
        Place::Comment(CommentId(id)) => id,
    }
}

fn failures(failed: &[(&Answered, &Refusal)], item: &Item, ctx: &Context<'_>) -> String {
    let said = |(answer, refusal): &(&Answered, &Refusal)| {
        let command = text::code(&answer.text, 120);
        format!("{command}: {}", refusals::sentence(refusal, item, ctx))
    };
    let mut lines: Vec<String> = failed.iter().take(MOST_FAILURES).map(said).collect();
    if failed.len() > MOST_FAILURES {
        lines.push(format!("… and {} more", failed.len() - MOST_FAILURES));
    }
    let text = match lines.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|line| format!("- {line}\n")).collect(),
    };
    text::bounded(text.trim_end().to_owned(), text::BODY_LIMIT)
}

/// What somebody asked to read.
fn asked_words(answer: &Answered, item: &Item, ctx: &Context<'_>) -> Option<String> {
    let Outcome::Asked(order) = &answer.outcome else {
        return None;
    };
    match order {
        Order::Help { topic } => Some(help(topic.as_deref())),
        Order::Status => Some(status::text(item, ctx)),
        Order::Board => ctx
            .board
            .map(|board| text::bounded(board.to_owned(), text::BODY_LIMIT)),
        Order::Sync
        | Order::Kind(_)
        | Order::Bucket(_)
        | Order::Phase(_)
        | Order::Stage(_)
        | Order::Block { .. }
        | Order::Unblock
        | Order::Timebox(_)
        | Order::Points(_)
        | Order::Hypothesis { .. }
        | Order::Metric { .. }
        | Order::BuildsOn(_)
        | Order::Amend { .. }
        | Order::Findings { .. }
        | Order::Decide { .. }
        | Order::Handoff { .. }
        | Order::HandoffOff { .. }
        | Order::Sign { .. }
        | Order::Unsign { .. }
        | Order::NotApplicable { .. } => None,
    }
}

/// Every command in a table, or one command at length.
fn help(topic: Option<&str>) -> String {
    let lines = command::help(topic);
    match (lines.as_slice(), topic) {
        ([], topic) => format!(
            "There is no command {}. `/help` lists them all.",
            text::code(&format!("/{}", topic.unwrap_or_default()), 60)
        ),
        ([one], _) => format!(
            "{}\n\n{}\n\nFor example `{}` · for {}",
            code(one.usage),
            one.explanation,
            one.example,
            people(one.needs)
        ),
        (several, _) => {
            let mut table = "| Command | | Who |\n|:--|:--|:--|".to_owned();
            for line in several {
                // Writing to a string cannot fail.
                let _ = write!(
                    table,
                    "\n| {} | {} | {} |",
                    in_cell(&code(line.usage)),
                    in_cell(line.explanation),
                    people(line.needs)
                );
            }
            format!("{table}\n\n<sub>`/help timebox` explains one of them.</sub>")
        }
    }
}

fn code(usage: &str) -> String {
    if usage.contains('`') {
        usage.to_owned()
    } else {
        format!("`{usage}`")
    }
}

/// Our own words within a table: a bar would end the cell, even in code.
fn in_cell(words: &str) -> String {
    words.replace('|', "\\|")
}

fn people(needs: Needs) -> &'static str {
    match needs {
        Needs::Anyone => "anyone",
        Needs::AuthorAssigneeTriage => "author, assignee, triage",
        Needs::Triage => "triage",
        Needs::Write => "write",
        Needs::Lead => "lead",
    }
}
