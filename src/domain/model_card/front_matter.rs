//! The YAML above a card's text: a first line `---`, and all up to the next `---` or `...`.
//!
//! A rule across the page is written the same way. So what is no map of keys is Markdown, and what
//! is no YAML either counts as front matter only if it begins right below the dashes (pandoc's
//! rule for metadata blocks).
//!
//! The metrics are where the Hub's `model-index` has them (huggingface/hub-docs, `modelcard.md`):
//! `model-index[].results[].metrics[]`, with task and dataset beside `metrics`.

use super::{CardMetric, CardProblem, Lack, Topic, line_number, short};
use crate::domain::markdown::Source;
use crate::domain::yaml::{self, Malformed, Node, Value, Written};

/// More figures than any reader of a version's record wants.
const MOST_METRICS: usize = 100;
/// Names, tasks and values are cut there, in characters.
const MOST_CHARS: usize = 100;
/// A parser's complaint is cut there, in characters.
const MOST_MESSAGE_CHARS: usize = 200;

/// What the front matter says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    /// How many lines of the file it takes, with those of the dashes.
    pub(super) lines: usize,
    /// The first mistake in it.
    pub(super) problem: Option<CardProblem>,
    pub(super) metrics: Vec<CardMetric>,
    pub(super) name: Option<String>,
}

/// Reads the front matter, if the file begins with some.
pub(super) fn read(file: &Source) -> FrontMatter {
    let Some(end) = end(file) else {
        return FrontMatter::default();
    };
    // A line break instead of the first dashes: so the reader's lines are the file's.
    let text = format!("\n{}", file.visible(file.span(2, end - 1), &[]));
    match yaml::read(&text, Written::ForOthers) {
        Ok((Some(node), doubled)) => match &node.value {
            Value::Map(_) => FrontMatter {
                lines: end,
                ..stated(&node, doubled)
            },
            Value::Nothing | Value::Word(_) | Value::List(_) => FrontMatter::default(),
        },
        Ok((None, _)) => FrontMatter::default(),
        Err(_) if file.line(2).trim().is_empty() => FrontMatter::default(),
        Err(malformed) => FrontMatter {
            lines: end,
            problem: Some(problem(&malformed)),
            ..FrontMatter::default()
        },
    }
}

/// The line that ends the front matter.
fn end(file: &Source) -> Option<usize> {
    let is = |line: usize, what: &str| file.line(line).trim_end() == what;
    if !is(1, "---") {
        return None;
    }
    (2..=file.last_line()).find(|line| is(*line, "---") || is(*line, "..."))
}

fn problem(malformed: &Malformed) -> CardProblem {
    CardProblem {
        topic: Topic::FrontMatter,
        line: line_number(malformed.at.line),
        what: Lack::Malformed {
            message: short(&malformed.message, MOST_MESSAGE_CHARS),
        },
    }
}

fn stated(node: &Node, doubled: Vec<Malformed>) -> FrontMatter {
    let mut reading = Reading {
        mistakes: doubled,
        metrics: Vec::new(),
    };
    let index = child(node, "model-index");
    let models = index.map_or(&[][..], |index| reading.list("model-index", index));
    for model in models {
        reading.model(model);
    }
    let name = models
        .first()
        .and_then(|model| word(model, "name"))
        .or_else(|| word(node, "model_name"));
    let first = reading
        .mistakes
        .into_iter()
        .min_by_key(|mistake| mistake.at);
    FrontMatter {
        lines: 0,
        problem: first.as_ref().map(problem),
        metrics: reading.metrics,
        name,
    }
}

struct Reading {
    mistakes: Vec<Malformed>,
    metrics: Vec<CardMetric>,
}

impl Reading {
    fn model(&mut self, model: &Node) {
        let Some(results) = child(model, "results") else {
            return;
        };
        for result in self.list("results", results) {
            let task = named(result, "task");
            let dataset = named(result, "dataset");
            let Some(metrics) = child(result, "metrics") else {
                continue;
            };
            for metric in self.list("metrics", metrics) {
                if self.metrics.len() == MOST_METRICS {
                    return;
                }
                self.metrics
                    .extend(figure(metric, task.as_ref(), dataset.as_ref()));
            }
        }
    }

    /// What is listed under a key; a mistake is noted where it is no list.
    fn list<'n>(&mut self, key: &str, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Value::List(nodes) => nodes,
            Value::Nothing => &[],
            Value::Word(_) | Value::Map(_) => {
                self.mistakes.push(Malformed {
                    at: node.at,
                    message: format!("`{key}` has to be a list, each entry after a dash"),
                });
                &[]
            }
        }
    }
}

/// A metric that says what it measures and how much; others say nothing to a reader.
fn figure(metric: &Node, task: Option<&String>, dataset: Option<&String>) -> Option<CardMetric> {
    let kind = word(metric, "type");
    let name = word(metric, "name").or_else(|| kind.clone())?;
    Some(CardMetric {
        value: word(metric, "value")?,
        task: task.cloned(),
        dataset: dataset.cloned(),
        kind: kind.unwrap_or_else(|| name.clone()),
        name,
    })
}

/// A task's or dataset's name, or else its type; some cards write it as a word.
fn named(result: &Node, key: &str) -> Option<String> {
    let node = child(result, key)?;
    word(node, "name")
        .or_else(|| word(node, "type"))
        .or_else(|| text(node))
}

fn child<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    match &node.value {
        Value::Map(pairs) => {
            let pair = pairs.iter().find(|pair| pair.key == key)?;
            Some(&pair.node)
        }
        Value::Nothing | Value::Word(_) | Value::List(_) => None,
    }
}

fn word(node: &Node, key: &str) -> Option<String> {
    text(child(node, key)?)
}

fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Word(word) => {
            let word = short(word, MOST_CHARS);
            (!word.is_empty()).then_some(word)
        }
        Value::Nothing | Value::List(_) | Value::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> FrontMatter {
        read(&Source::new(text))
    }

    fn complaint(text: &str) -> Option<(u32, String)> {
        match told(text).problem? {
            CardProblem {
                line,
                what: Lack::Malformed { message },
                ..
            } => Some((line, message)),
            CardProblem { .. } => None,
        }
    }

    #[test]
    fn front_matter_is_told_from_rules_across_the_page() {
        assert_eq!(told("---\nlicense: mit\n---\n# A").lines, 3);
        assert_eq!(told("\u{feff}---  \r\nlicense: mit\r\n...\r\n# A").lines, 3);
        assert_eq!(told("---\n\nlicense: mit\n---\n").lines, 4);
        for markdown in [
            "",
            "---",
            "---\nlicense: mit",
            "# A\n---\nlicense: mit\n---",
            "---\n# A\n---\n",
            "---\nEvaluation\n---\nF1 0.9",
            "---\n- a\n- b\n---\n",
            "---\n\n# A\nF1: 0.9: good\n\n---\n",
        ] {
            assert_eq!(told(markdown), FrontMatter::default(), "{markdown:?}");
        }
    }

    #[test]
    fn mistakes_are_told_at_their_line_of_the_file() {
        assert_eq!(
            complaint("---\nlicense: mit\ntags: [a, b\n---\n# A"),
            Some((
                3,
                "this is no valid YAML: while parsing a flow sequence, expected ',' or ']'"
                    .to_owned()
            ))
        );
        assert_eq!(
            complaint("---\ntags: a\nlicense: mit\ntags: b\n---\n"),
            Some((
                4,
                "the key `tags` is given twice, first on line 2".to_owned()
            ))
        );
        assert_eq!(
            complaint("---\nmodel-index:\n  name: a\n---\n"),
            Some((
                3,
                "`model-index` has to be a list, each entry after a dash".to_owned()
            ))
        );
        assert_eq!(told("---\na: [\n---\n# A").lines, 3);
    }

    #[test]
    fn anchors_aliases_and_tags_are_passed_over() {
        let bomb = "---\na: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nlicense: !!str mit\n---\n";
        assert_eq!(complaint(bomb), None);
        let aliased = "---\nmodel-index:\n- name: &n m\n  results:\n  - task: {type: &t cls}\n    metrics:\n    - {type: f1, value: !!float 0.9}\n    - {type: auc, value: *n}\n---\n";
        assert_eq!(
            told(aliased).metrics,
            [CardMetric {
                name: "f1".to_owned(),
                value: "0.9".to_owned(),
                task: Some("cls".to_owned()),
                dataset: None,
                kind: "f1".to_owned(),
            }]
        );
        assert!(complaint("---\na: *nowhere\n---\n").is_some());
    }

    #[test]
    fn metrics_are_bounded_in_number_and_length() {
        let metric = format!("    - {{type: f1, value: {}}}\n", "9".repeat(5_000));
        let card = format!(
            "---\nmodel-index:\n- name: m\n  results:\n  - metrics:\n{}---\n",
            metric.repeat(300)
        );
        let metrics = told(&card).metrics;
        assert_eq!(metrics.len(), MOST_METRICS);
        assert_eq!(metrics[0].value.chars().count(), MOST_CHARS + 1);
    }

    #[test]
    fn a_crafted_front_matter_is_read_in_bounds() {
        const MANY: usize = 100_000;
        for crafted in [
            "[", "{", "- ", "? ", "a: ", "&a ", "!a ", "'", "\t", "#", "a:\n", "|",
        ] {
            told(&format!("---\n{}\n---\n", crafted.repeat(MANY)));
            told(&format!("---\na: {}\n---\n", crafted.repeat(MANY)));
        }
    }
}
