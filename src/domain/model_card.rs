//! What a model card says of a model's performance and limitations, and what it leaves open.
//!
//! A card is Markdown with optional YAML front matter, as on the Hugging Face Hub. It is complete
//! when a section on performance and a section on limitations hold content: something that the
//! template did not say already. Front matter that cannot be read is told, but hinders nobody,
//! since what people read is the sections.
//!
//! ```text
//! ---
//! model-index: …              metrics for the version's record
//! ---
//! # Fraud detector
//! ## 📈 3. Evaluation          a section on performance
//! | Metric | Q3 2026 |
//! |:--|--:|
//! | F1 | 0.87 |               its content
//! ## Known issues             a section on limitations
//! _TBD_                       a placeholder: no content
//! ```

use serde::{Deserialize, Serialize};

use super::markdown::Source;
use front_matter::FrontMatter;
use sections::Section;

mod filler;
mod front_matter;
mod html;
mod part;
mod parts;
mod sections;
mod topic;

/// The longest part of a card that is read, in bytes. Cards that list hundreds of benchmarks stay
/// below it.
pub const MOST_BYTES: usize = 512 * 1024;

/// What was found in a card.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelCard {
    /// What it lacks, at most one for each topic, in the order of the topics.
    #[serde(default)]
    pub problems: Vec<CardProblem>,
    /// What its `model-index` states, in its order; at most 100.
    #[serde(default)]
    pub metrics: Vec<CardMetric>,
    /// The model's name by the front matter, as written, shortened.
    #[serde(default)]
    pub name: Option<String>,
}

/// Something that a card lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardProblem {
    /// What it is about.
    pub topic: Topic,
    /// From 1: the line of the first section's heading, or of the mistake; the file's last line
    /// where there is no section.
    pub line: u32,
    /// What is lacking.
    pub what: Lack,
}

/// What a card has to speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// How well the model does.
    Performance,
    /// Where it does not do well, or should not be used.
    Limitations,
    /// The YAML above the text.
    FrontMatter,
}

/// In which way something is lacking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// No heading names the topic.
    NoSection,
    /// There is a section with nothing in it.
    Empty,
    /// Nothing but what stands for content to come, or what the template says to everybody.
    Placeholder {
        /// The first one, as written, on one line, shortened.
        written: String,
    },
    /// `N/A` or `None known.` and no reason.
    NoReason {
        /// As written, on one line, shortened.
        written: String,
    },
    /// Nothing in the part that is read, of a file that goes on.
    OutOfReach,
    /// The front matter cannot be read.
    Malformed {
        /// What is wrong, without a full stop; what is quoted from the file is in backticks.
        message: String,
    },
}

/// A figure that the front matter states, each text as written, shortened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardMetric {
    /// What readers call it, such as `F1 (macro)`; its kind where it has no name.
    pub name: String,
    /// Its value, such as `0.87`.
    pub value: String,
    /// What the model was measured at, such as `Text Classification`.
    #[serde(default)]
    pub task: Option<String>,
    /// On which data.
    #[serde(default)]
    pub dataset: Option<String>,
    /// What is measured, such as `f1`; its name where it has no type.
    pub kind: String,
}

impl ModelCard {
    /// Both sections hold content. Front matter that cannot be read does not make a card incomplete.
    pub fn is_complete(&self) -> bool {
        self.problems
            .iter()
            .all(|problem| problem.topic == Topic::FrontMatter)
    }
}

/// Reads a card, whatever text it is, in time that its first [`MOST_BYTES`] bound.
pub fn read(text: &str) -> ModelCard {
    let within = text.get(..text.floor_char_boundary(MOST_BYTES));
    let within = within.unwrap_or_default();
    let file = Source::new(within);
    let FrontMatter {
        lines,
        problem,
        metrics,
        name,
    } = front_matter::read(&file);
    let body = below(&file, lines);
    let parts = parts::of(&body);
    let end = Ending {
        last_line: last_line(&file),
        cut: within.len() < text.len(),
    };
    let problems = [Topic::Performance, Topic::Limitations]
        .into_iter()
        .filter_map(|topic| lacking(topic, sections::about(topic, &parts), end))
        .chain(problem)
        .collect();
    ModelCard {
        problems,
        metrics,
        name,
    }
}

/// Where the part that is read ends.
#[derive(Debug, Clone, Copy)]
struct Ending {
    last_line: usize,
    /// The file goes on.
    cut: bool,
}

fn lacking(topic: Topic, section: Option<Section>, end: Ending) -> Option<CardProblem> {
    let (line, what) = match section {
        Some(Section { lack: None, .. }) => return None,
        Some(Section {
            line,
            lack: Some(lack),
        }) => (line, lack),
        None => (end.last_line, Lack::NoSection),
    };
    Some(CardProblem {
        topic,
        line: line_number(line),
        what: if end.cut { Lack::OutOfReach } else { what },
    })
}

/// The text below the front matter, with its lines where they are in the file.
fn below(file: &Source, front_matter: usize) -> Source {
    let text = file.visible(file.span(front_matter + 1, file.last_line()), &[]);
    Source::new(&format!("{}{text}", "\n".repeat(front_matter)))
}

/// The last line that GitHub shows, which is not the empty one after the last line's end.
fn last_line(file: &Source) -> usize {
    let last = file.last_line();
    if file.line(last).is_empty() {
        last.saturating_sub(1).max(1)
    } else {
        last
    }
}

fn line_number(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX).max(1)
}

/// A text of the file on one line, at most `most` characters and dots.
fn short(text: &str, most: usize) -> String {
    let mut chars = text
        .split_whitespace()
        .flat_map(|word| std::iter::once(' ').chain(word.chars()))
        .skip(1)
        .filter(|c| !c.is_control());
    let mut short: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        short.truncate(short.trim_end().len());
        short.push('…');
    }
    short
}

/// The words of a text in lower case, without punctuation and markup; `don't` is one word.
fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && !is_apostrophe(c))
        .map(|word| word.replace(is_apostrophe, "").to_lowercase())
        .filter(|word| !word.is_empty())
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}
