//! What the text of an issue or pull request says about it: the sections that GitHub's issue forms
//! write, and plain lines.
//!
//! ```text
//! ### Hypothesis                        Hypothesis: BERT routes tickets better
//!                                       **Metric:** f1 >= 0.85 baseline 0.80
//! BERT routes tickets better            Timebox: 2d
//!                                       Builds-on: #12, #13
//! ### Time box                          Part-of: #9
//!                                       Model: fraud-detector v2.3.0
//! spike
//! ```
//!
//! A section reaches to the next heading of its level or above, or to the next heading that names a
//! field. Lines count wherever an ordinary paragraph holds them, since a form's author can write
//! `Builds-on: #12` only below some heading. Of several statements of one field the first counts;
//! numbers of items are collected. What is not filled in (`_No response_`, a template's HTML
//! comment) is not said.

use std::ops::{Range, RangeInclusive};

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use super::ids::ItemNumber;
use super::markdown::{Piece, Source, Task, Underlines, plain};
use super::order::BoxLength;

/// GitHub writes this into a form's text for a field that was left empty.
const NO_RESPONSE: &str = "_No response_";

/// GitHub's numbers are 32-bit integers (GraphQL `Int`).
const LARGEST_NUMBER: u64 = i32::MAX as u64;

/// Everything that a text states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextFields {
    /// What an experiment tests.
    pub hypothesis: Option<String>,
    /// How success is measured, as written.
    pub metric: Option<String>,
    /// What is known today.
    pub baseline: Option<String>,
    /// What research asks.
    pub question: Option<String>,
    /// The time box asked for.
    pub timebox: Option<BoxLength>,
    /// Done or not, and what: the task list under its heading, or else all top-level boxes.
    pub deliverables: Vec<(bool, String)>,
    /// Items of the same repository that it builds on.
    pub builds_on: Vec<ItemNumber>,
    /// Items of the same repository that it is part of.
    pub part_of: Vec<ItemNumber>,
    /// A model's name and version, as written.
    pub model: Option<(String, String)>,
}

/// What a heading or a line can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Hypothesis,
    Metric,
    Baseline,
    Question,
    Timebox,
    Deliverables,
    BuildsOn,
    PartOf,
    Model,
}

impl Field {
    /// Reads a heading's or a line's name, without regard to case and hyphens.
    fn named(text: &str) -> Option<Self> {
        let words = text
            .trim()
            .trim_end_matches(':')
            .to_lowercase()
            .replace('-', " ");
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(match words.as_str() {
            "hypothesis" => Self::Hypothesis,
            "metric" | "success metric" | "success metrics" | "metrics" => Self::Metric,
            "baseline" => Self::Baseline,
            "question" | "research question" => Self::Question,
            "timebox" | "time box" => Self::Timebox,
            "deliverables" | "acceptance criteria" => Self::Deliverables,
            "builds on" => Self::BuildsOn,
            "part of" => Self::PartOf,
            "model" => Self::Model,
            _ => return None,
        })
    }

    /// Sentences may be wrapped over the lines of a paragraph; everything else is one line.
    fn runs_on(self) -> bool {
        match self {
            Self::Hypothesis | Self::Question => true,
            Self::Metric
            | Self::Baseline
            | Self::Timebox
            | Self::Deliverables
            | Self::BuildsOn
            | Self::PartOf
            | Self::Model => false,
        }
    }
}

/// A section under a heading that names a field.
struct Section {
    field: Field,
    level: u8,
    lines: RangeInclusive<usize>,
}

/// A `Key: value` line, with the lines of its paragraph over which it runs.
struct KeyLine {
    field: Field,
    /// Where the value begins in the first line, in bytes.
    value_at: usize,
    lines: RangeInclusive<usize>,
}

/// Reads a text.
pub fn read(body: &str) -> TextFields {
    let source = Source::new(body);
    let arena = Arena::new();
    let root = source.parse(&arena, Underlines::AreHeadings);

    let mut sections: Vec<Section> = Vec::new();
    let mut open = false;
    let mut key_lines = Vec::new();
    let comments = source.comments(root);
    let tasks = source.tasks(root, &comments);
    let mut cut = comments.clone();
    for block in root.children() {
        let ast = block.data();
        match &ast.value {
            NodeValue::Heading(heading) => {
                let named = Field::named(&plain(block));
                if open
                    && let Some(last) = sections.last_mut()
                    && (named.is_some() || heading.level <= last.level)
                {
                    last.lines = *last.lines.start()..=ast.sourcepos.start.line - 1;
                    open = false;
                }
                if let Some(field) = named {
                    let lines = ast.sourcepos.end.line + 1..=source.last_line();
                    let level = heading.level;
                    sections.push(Section {
                        field,
                        level,
                        lines,
                    });
                    open = true;
                }
            }
            NodeValue::Paragraph => {
                let (keys, commands) = read_paragraph(&source, block);
                cut.extend(keys.iter().map(|key| span(&source, &key.lines)));
                cut.extend(commands.iter().map(|line| source.span(*line, *line)));
                key_lines.extend(keys);
            }
            _ => {}
        }
    }
    cut.sort_by_key(|range| range.start);

    let mut fields = TextFields::default();
    for section in &sections {
        fields.take(
            section.field,
            &source.visible(span(&source, &section.lines), &cut),
        );
    }
    for key in &key_lines {
        let mut range = span(&source, &key.lines);
        range.start += key.value_at;
        fields.take(key.field, &source.visible(range, &comments));
    }
    fields.deliverables = deliverables(&sections, tasks);
    fields
}

fn span(source: &Source, lines: &RangeInclusive<usize>) -> Range<usize> {
    source.span(*lines.start(), *lines.end())
}

/// The `Key: value` lines of a paragraph, and those lines that are addressed to a bot.
fn read_paragraph(source: &Source, paragraph: Node<'_>) -> (Vec<KeyLine>, Vec<usize>) {
    let last = paragraph.data().sourcepos.end.line;
    let mut keys: Vec<KeyLine> = Vec::new();
    let mut commands = Vec::new();
    let end_previous = |keys: &mut Vec<KeyLine>, before: usize| {
        if let Some(key) = keys.last_mut()
            && key.field.runs_on()
            && *key.lines.end() >= before
        {
            key.lines = *key.lines.start()..=before - 1;
        }
    };
    for piece in source.pieces(paragraph) {
        let Piece::Line(line) = piece else { continue };
        let text = source.line(line);
        if let Some((field, value_at)) = split_key(text) {
            end_previous(&mut keys, line);
            let end = if field.runs_on() { last } else { line };
            keys.push(KeyLine {
                field,
                value_at,
                lines: line..=end,
            });
        } else if is_for_a_bot(text) {
            end_previous(&mut keys, line);
            commands.push(line);
        }
    }
    (keys, commands)
}

/// `**Metric:** f1 > 0.8` → the field, and where its value begins, in bytes.
fn split_key(line: &str) -> Option<(Field, usize)> {
    const EMPHASIS: [char; 2] = ['*', '_'];
    let (key, value) = line.split_once(':')?;
    let field = Field::named(key.trim().trim_matches(EMPHASIS))?;
    let emphasised = key.trim_start().starts_with(EMPHASIS);
    let value = if emphasised {
        value.trim_start_matches(EMPHASIS)
    } else {
        value
    };
    Some((field, line.len() - value.len()))
}

/// `/timebox 2d` in a section is an order, not part of what the section says.
fn is_for_a_bot(line: &str) -> bool {
    let name = line.trim_start().strip_prefix('/');
    name.is_some_and(|name| name.starts_with(|first: char| first.is_ascii_alphabetic()))
}

impl TextFields {
    fn take(&mut self, field: Field, text: &str) {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case(NO_RESPONSE) {
            return;
        }
        let first_of = |known: &mut Option<String>| {
            known.get_or_insert_with(|| text.to_owned());
        };
        match field {
            Field::Hypothesis => first_of(&mut self.hypothesis),
            Field::Metric => first_of(&mut self.metric),
            Field::Baseline => first_of(&mut self.baseline),
            Field::Question => first_of(&mut self.question),
            Field::Timebox => self.timebox = self.timebox.take().or_else(|| stated_box(text)),
            Field::Deliverables => {} // boxes, not words
            Field::BuildsOn => add_numbers(&mut self.builds_on, text),
            Field::PartOf => add_numbers(&mut self.part_of, text),
            Field::Model => self.model = self.model.take().or_else(|| model_version(text)),
        }
    }
}

/// A form's drop-down may explain itself: `spike (4 h)`.
fn stated_box(text: &str) -> Option<BoxLength> {
    let before_bracket = text.split('(').next().unwrap_or(text);
    BoxLength::parse(text).or_else(|| BoxLength::parse(before_bracket))
}

fn deliverables(sections: &[Section], tasks: Vec<Task>) -> Vec<(bool, String)> {
    let under_heading: Vec<_> = sections
        .iter()
        .filter(|section| section.field == Field::Deliverables)
        .collect();
    tasks
        .into_iter()
        .filter(|task| !task.text.is_empty())
        .filter(|task| match under_heading.as_slice() {
            [] => task.top_level,
            headed => headed
                .iter()
                .any(|section| section.lines.contains(&task.line)),
        })
        .map(|task| (task.done, task.text))
        .collect()
}

/// All of `#12 #13`, `#12, #13` or `12`, each once; `None` if anything else is among it.
pub fn item_numbers(text: &str) -> Option<Vec<ItemNumber>> {
    let mut numbers = Vec::new();
    for word in words(text) {
        let number = item_number(word.strip_prefix('#').unwrap_or(word))?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// In prose only what is marked as a number of an item is one.
fn add_numbers(known: &mut Vec<ItemNumber>, text: &str) {
    let stated = item_numbers(text).unwrap_or_else(|| {
        let marked = words(text).filter_map(|word| word.strip_prefix('#'));
        marked.filter_map(item_number).collect()
    });
    for number in stated {
        if !known.contains(&number) {
            known.push(number);
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.is_empty())
}

fn item_number(digits: &str) -> Option<ItemNumber> {
    let all_digits = digits.bytes().all(|digit| digit.is_ascii_digit());
    let number = digits.parse().ok().filter(|_| all_digits)?;
    (1..=LARGEST_NUMBER)
        .contains(&number)
        .then_some(ItemNumber(number))
}

/// A model's name and its version, as written, from `fraud-detector v2.3.0`. The version begins
/// with a digit, or with `v` and a digit.
pub fn model_version(text: &str) -> Option<(String, String)> {
    let mut words = text.split_whitespace().map(|word| word.trim_matches('`'));
    let (name, version, None) = (words.next()?, words.next()?, words.next()) else {
        return None;
    };
    let number = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let is_version = number.starts_with(|first: char| first.is_ascii_digit());
    let is_name = name
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
    (is_version && is_name && !name.is_empty()).then(|| (name.to_owned(), version.to_owned()))
}
