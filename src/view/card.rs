//! What a model card lacks, in words: beside the lines of the file, and in a sentence for the
//! checklist, the check and the answer to a signature.

use crate::domain::model_card::{CardProblem, Lack, MOST_BYTES, ModelCard, Topic};

use super::{text, words};

/// What is shown of a placeholder, in characters.
const PLACEHOLDER: usize = 70;
/// What is shown of a YAML parser's complaint, in characters.
const MISTAKE: usize = 250;

/// A note beside a line of the card. GitHub shows both texts as they are, without Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// From 1.
    pub line: u32,
    /// What is wrong, in a few words.
    pub title: String,
    /// What to write, in a sentence or two.
    pub message: String,
}

/// The notes on a card, in the order of its lines.
pub fn notes(card: &ModelCard) -> Vec<Note> {
    let mut notes: Vec<Note> = card.problems.iter().map(note).collect();
    notes.sort_by_key(|note| note.line);
    notes
}

fn note(problem: &CardProblem) -> Note {
    let topic = problem.topic;
    let title = match topic {
        Topic::Performance => "Model card: performance",
        Topic::Limitations => "Model card: limitations",
        Topic::FrontMatter => "Model card: front matter",
    };
    let message = match &problem.what {
        Lack::NoSection => format!(
            "No section says anything on {}. Add a heading such as “{}” with {} below it.",
            name(topic),
            heading(topic),
            wanted(topic)
        ),
        Lack::Empty => format!(
            "Nothing stands below this heading yet. Write {}.",
            wanted(topic)
        ),
        Lack::Placeholder { written } => format!(
            "“{}” is a placeholder. Write {} in its place.",
            text::plain(written, PLACEHOLDER),
            wanted(topic)
        ),
        Lack::NoReason { written } => format!(
            "“{}” needs its reason: {}.",
            text::plain(written, PLACEHOLDER),
            reason(topic)
        ),
        Lack::OutOfReach => format!(
            "Only the first {} KiB of a card are read, and they hold no section with content on {}. Move it up, or images and tables into files of their own.",
            MOST_BYTES / 1024,
            name(topic)
        ),
        Lack::Malformed { message } => format!(
            "Metrics cannot be read from here: {}. The sections below are read all the same.",
            text::plain(message, MISTAKE)
        ),
    };
    Note {
        line: problem.line,
        title: title.to_owned(),
        message,
    }
}

/// Why a card does not serve as evidence for the entry, in one line; `None` if it does.
///
/// "`model-card` needs content: no section on limitations." The entry's slug is given, since a
/// policy may rename what bears it.
pub fn needs_content(slug: &str, card: &ModelCard) -> Option<String> {
    let lacks: Vec<String> = card.problems.iter().filter_map(lack).collect();
    (!lacks.is_empty()).then(|| {
        format!(
            "{} needs content: {}.",
            text::code(slug, 60),
            words::listed(&lacks)
        )
    })
}

/// `the section on performance (line 12) holds only a placeholder, …`; `None` where it hinders nobody.
fn lack(problem: &CardProblem) -> Option<String> {
    let CardProblem { topic, line, what } = problem;
    let name = name(*topic);
    let section = format!("the section on {name} (line {line})");
    match what {
        Lack::NoSection => Some(format!("it has no section on {name}")),
        Lack::Empty => Some(format!("{section} is empty")),
        Lack::Placeholder { written } => Some(format!(
            "{section} holds only a placeholder, {}",
            text::code(written, PLACEHOLDER)
        )),
        Lack::NoReason { written } => Some(format!(
            "{section} says {} without a reason",
            text::code(written, PLACEHOLDER)
        )),
        Lack::OutOfReach => Some(format!(
            "its first {} KiB hold nothing on {name}",
            MOST_BYTES / 1024
        )),
        Lack::Malformed { .. } => None,
    }
}

fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::Performance => "performance",
        Topic::Limitations => "limitations",
        Topic::FrontMatter => "front matter",
    }
}

fn heading(topic: Topic) -> &'static str {
    match topic {
        Topic::Performance => "Evaluation",
        Topic::Limitations | Topic::FrontMatter => "Limitations",
    }
}

fn wanted(topic: Topic) -> &'static str {
    match topic {
        Topic::Performance => {
            "how well the model does, on which data and by which metric, for example “F1 0.87 on the held-out quarter”"
        }
        Topic::Limitations | Topic::FrontMatter => {
            "where the model does not do well or should not be used, for example “not tested on customers under 18”"
        }
    }
}

fn reason(topic: Topic) -> &'static str {
    match topic {
        Topic::Performance => "say why there is no evaluation, or what was looked at instead",
        Topic::Limitations | Topic::FrontMatter => {
            "say what was looked at, and where the model was not tested"
        }
    }
}
