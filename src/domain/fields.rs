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
use serde::{Deserialize, Serialize};

use super::ids::ItemNumber;
use super::markdown::{Piece, Source, Task, Underlines, plain};
use super::order::BoxLength;
use super::version::{ModelName, ModelVersion, Version};

/// GitHub writes this into a form's text for a field that was left empty.
const NO_RESPONSE: &str = "_No response_";

/// GitHub's numbers are 32-bit integers (GraphQL `Int`).
const LARGEST_NUMBER: u64 = i32::MAX as u64;

/// So many open boxes are remembered by what they say.
const MOST_OPEN: usize = 20;

/// The boxes of a text's task lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Boxes {
    /// How many there are.
    pub all: usize,
    /// How many are not ticked.
    pub open: usize,
    /// What the first of those say.
    pub first_open: Vec<String>,
}

impl Boxes {
    fn of(tasks: &[Task]) -> Self {
        // GitHub shows no box where nothing follows.
        let boxes = || tasks.iter().filter(|task| !task.text.is_empty());
        let open = || boxes().filter(|task| !task.done);
        Self {
            all: boxes().count(),
            open: open().count(),
            first_open: open().take(MOST_OPEN).map(|it| it.text.clone()).collect(),
        }
    }
}

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
    /// All its boxes, those below other list items too.
    pub boxes: Boxes,
    /// Items of the same repository that it builds on.
    pub builds_on: Vec<ItemNumber>,
    /// Items of the same repository that it is part of.
    pub part_of: Vec<ItemNumber>,
    /// A model's name and version, as written.
    pub model: Option<ModelVersion>,
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
    fields.boxes = Boxes::of(&tasks);
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
    for piece in source.pieces(paragraph) {
        let Piece::Line(line) = piece else { continue };
        let text = source.line(line);
        if let Some((field, value_at)) = split_key(text) {
            end_before(line, keys.last_mut());
            let end = if field.runs_on() { last } else { line };
            keys.push(KeyLine {
                field,
                value_at,
                lines: line..=end,
            });
        } else if is_for_a_bot(text) {
            end_before(line, keys.last_mut());
            commands.push(line);
        }
    }
    (keys, commands)
}

/// What runs on ends where something else begins.
fn end_before(line: usize, previous: Option<&mut KeyLine>) {
    if let Some(key) = previous.filter(|key| key.lines.contains(&line)) {
        key.lines = *key.lines.start()..=line - 1;
    }
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
    let word = line.split_whitespace().next();
    word.and_then(|word| word.strip_prefix('/'))
        .is_some_and(|name| {
            name.starts_with(|first: char| first.is_ascii_alphabetic())
                && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
        })
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
    for word in words(text).take(MOST_NUMBERS) {
        let number = item_number(word.strip_prefix('#').unwrap_or(word))?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    (!numbers.is_empty()).then_some(numbers)
}

/// An item builds on a few others; each is looked up and told, so a text cannot name thousands.
const MOST_NUMBERS: usize = 20;

/// In prose only what is marked as a number of an item is one.
fn add_numbers(known: &mut Vec<ItemNumber>, text: &str) {
    let stated = item_numbers(text).unwrap_or_else(|| {
        let marked = words(text).filter_map(|word| word.strip_prefix('#'));
        marked.filter_map(item_number).collect()
    });
    for number in stated {
        if !known.contains(&number) && known.len() < MOST_NUMBERS {
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

/// A model and its version, from `fraud-detector v2.3.0`.
pub fn model_version(text: &str) -> Option<ModelVersion> {
    let mut words = text.split_whitespace().map(|word| word.trim_matches('`'));
    let (model, version, None) = (words.next()?, words.next()?, words.next()) else {
        return None;
    };
    let (model, version) = (ModelName::parse(model)?, Version::parse(version)?);
    Some(ModelVersion { model, version })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::worktime::Span;

    const FORM: &str = "### Hypothesis\r\n\r\nBERT routes tickets\r\nbetter than GPT-2\r\n\r\n\
        ### Success metric\r\n\r\nf1 >= 0.85 baseline 0.80\r\n\r\n\
        ### Baseline\r\n\r\n_No response_\r\n\r\n\
        ### Time box\r\n\r\nspike (4 h)\r\n\r\n\
        ### Deliverables\r\n\r\n- [ ] notebook <!-- link it -->\r\n- [x] **report**\r\n    - [ ] summary\r\n\
        > - [ ] quoted\r\n\r\n\
        ### Anything else\r\n\r\n- [ ] coffee\r\n\r\nBuilds-on: #12, #13 and #12\r\nPart-of: #9\r\n";

    #[test]
    fn an_issue_form() {
        assert_eq!(
            read(FORM),
            TextFields {
                hypothesis: Some("BERT routes tickets\nbetter than GPT-2".to_owned()),
                metric: Some("f1 >= 0.85 baseline 0.80".to_owned()),
                timebox: Some(BoxLength::Preset("spike".to_owned())),
                deliverables: vec![
                    (false, "notebook".to_owned()),
                    (true, "**report**".to_owned()),
                    (false, "summary".to_owned()),
                ],
                boxes: Boxes {
                    all: 4,
                    open: 3,
                    first_open: ["notebook", "summary", "coffee"]
                        .map(str::to_owned)
                        .to_vec(),
                },
                builds_on: vec![ItemNumber(12), ItemNumber(13)],
                part_of: vec![ItemNumber(9)],
                ..TextFields::default()
            }
        );
    }

    #[test]
    fn plain_lines() {
        let fields = read(
            "Let us try this.\nHypothesis: BERT wins\non long texts\n**Metric:** f1 >= 0.85 <!-- or so -->\n\
             and more\n__Baseline__: 0.80\nquestion: why?\nTimebox: 1w 2d\n/activate\n\
             Model: fraud-detector v2.3.0\nBuilds on: #3\n\n- [ ] code\n  - [ ] part of it\n",
        );
        let span = Span {
            weeks: 1,
            days: 2,
            ..Span::default()
        };
        assert_eq!(
            fields,
            TextFields {
                hypothesis: Some("BERT wins\non long texts".to_owned()),
                metric: Some("f1 >= 0.85".to_owned()),
                baseline: Some("0.80".to_owned()),
                question: Some("why?".to_owned()),
                timebox: Some(BoxLength::Span(span)),
                deliverables: vec![(false, "code".to_owned())],
                boxes: Boxes {
                    all: 2,
                    open: 2,
                    first_open: vec!["code".to_owned(), "part of it".to_owned()],
                },
                builds_on: vec![ItemNumber(3)],
                part_of: vec![],
                model: model_version("fraud-detector v2.3.0"),
            }
        );
    }

    #[test]
    fn sections_end_where_the_next_field_begins() {
        let fields = read(
            "# Hypothesis\nA\n\n## Details\n`B`\n\n/timebox 2d\n\nBaseline: 0.8\n\nC\n\n\
             ## SUCCESS METRIC:\n<!-- e.g. f1 -->\nf1 > 1\n# Other\nD\nMetric: later\n",
        );
        assert_eq!(
            fields.hypothesis,
            Some("A\n\n## Details\n`B`\n\n\n\n\n\nC".to_owned())
        );
        assert_eq!(fields.metric, Some("f1 > 1".to_owned()));
        assert_eq!(fields.baseline, Some("0.8".to_owned()));
    }

    #[test]
    fn what_is_not_said_is_no_field() {
        for text in [
            "",
            "### Hypothesis",
            "### Hypothesis\n\n_no response_",
            "### Hypothesis\n<!-- What do you expect? -->",
            "### Hypothesis\n<!--\nWhat\n\ndo you expect?\n-->\n",
            "> Hypothesis: x",
            "```\nHypothesis: x\nModel: a 1\n- [ ] b\n```",
            "`a\nHypothesis: x\nb`",
            "<!-- Hypothesis: x -->",
            "<!--\n- [ ] b\n-->",
            "> - [ ] b",
            "- [ ] <!-- b -->",
            "Model: a modern one",
            "Builds-on: 3 papers",
            "Time box: when it is done, 2d at most",
            "The hypothesis: x",
        ] {
            assert_eq!(read(text), TextFields::default(), "{text:?}");
        }
    }

    #[test]
    fn numbers_of_items() {
        let numbers =
            |text| item_numbers(text).map(|all| all.iter().map(|one| one.0).collect::<Vec<_>>());
        assert_eq!(numbers("#12, 13,#12"), Some(vec![12, 13]));
        for text in ["", "#", "#0", "#-1", "+3", "#2147483648", "#12 and", "a#12"] {
            assert_eq!(numbers(text), None, "{text:?}");
        }
        assert_eq!(read("Builds-on: #4 (see #5)").builds_on, [ItemNumber(4)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn any_text_can_be_read(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "### ", "Hypothesis", "Metric", ": ", "**", "\n", "\r\n", "\n\n", "- [ ] ", "- [x]", "> ", "`",
                "```\n", "<!--", "-->", "é", "🧪", "\0", "\u{feff}", "Deliverables", "Time box", "2d", "#12 ",
                "/help", "[a]: b\n", "[a](\n", "---\n", "    ", "\t", "_No response_", "Builds-on: ", "=\n", "|--|\n",
            ]), 0..40),
            other in any::<String>(),
        ) {
            read(&pieces.concat());
            read(&other);
        }

        #[test]
        fn a_form_says_what_was_filled_in(hypothesis in "[a-zA-Zé🧪][a-zA-Zé🧪 ]{0,30}[a-z]", done in any::<bool>()) {
            let mark = if done { 'x' } else { ' ' };
            let fields = read(&format!("### Hypothesis\n\n{hypothesis}\n\n### Deliverables\n\n- [{mark}] a\n"));
            prop_assert_eq!(fields.hypothesis, Some(hypothesis));
            prop_assert_eq!(fields.deliverables, vec![(done, "a".to_owned())]);
        }
    }
}
