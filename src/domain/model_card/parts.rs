//! A card as a sequence of headings and of texts, each judged for itself.
//!
//! Only headings of the document's own level count: one in a quote or a list is part of what is
//! quoted. A line in bold that stands alone is a heading to its readers, below all others; so is
//! `**Limitations:** fails at night`, if it names a topic.

use comrak::Arena;
use comrak::nodes::{Node, NodeValue};

use super::filler::{Said, judge};
use super::part::{BOLD, Heading, Leaf, Part};
use super::{html, words};
use crate::domain::markdown::{Source, Underlines, plain};

/// All headings and texts of a card, in their order.
pub(super) fn of(source: &Source) -> Vec<Part> {
    let arena = Arena::new();
    let root = source.parse(&arena, Underlines::AreHeadings);
    let mut parts = Vec::new();
    for node in root.children() {
        let at = node.data().sourcepos.start.line;
        match &node.data().value {
            NodeValue::Heading(heading) => {
                let text = plain(node);
                let line = if heading.setext {
                    line_of_words(source, node, &text)
                } else {
                    at
                };
                parts.push(Part::Heading(Heading::new(line, heading.level, &text)));
            }
            NodeValue::Paragraph => paragraph(node, at, &mut parts),
            NodeValue::HtmlBlock(block) => parts.extend(html::parts(&block.literal, at)),
            // The parser has moved it to the end, away from its section.
            NodeValue::FootnoteDefinition(_) => {}
            _ => parts.extend(leaves(node)),
        }
    }
    parts
}

/// The parser has an underlined heading begin with the link definitions above it.
fn line_of_words(source: &Source, heading: Node<'_>, text: &str) -> usize {
    let at = heading.data().sourcepos;
    let first_word = words(text).next().unwrap_or_default();
    let is_it = |line: &usize| {
        let line = source.line(*line);
        !line.trim_start().starts_with('[') && words(line).any(|word| word == first_word)
    };
    (at.start.line..=at.end.line)
        .find(is_it)
        .unwrap_or(at.start.line)
}

fn paragraph(node: Node<'_>, line: usize, parts: &mut Vec<Part>) {
    let all = seen(node.descendants());
    let Some((bold, rest)) = bold_beginning(node) else {
        parts.push(Part::Leaf(Leaf::of(&all)));
        return;
    };
    let heading = Heading::new(line, BOLD, &bold);
    if rest.trim_matches([' ', '\n', ':']).is_empty() {
        if heading.names.nothing() && is_statement(&bold) {
            parts.push(Part::Leaf(Leaf::of(&all)));
        } else {
            parts.push(Part::Heading(heading));
        }
        return;
    }
    let separated =
        bold.trim_end().ends_with(':') || rest.trim_start_matches(' ').starts_with([':', '\n']);
    if heading.names.nothing() || !separated {
        parts.push(Part::Leaf(Leaf::of(&all)));
    } else {
        let run_in = true;
        parts.push(Part::Heading(Heading { run_in, ..heading }));
        let rest = rest.trim_start().trim_start_matches(':');
        parts.push(Part::Leaf(Leaf::of(rest)));
    }
}

/// A paragraph's beginning in bold, and the text after it.
fn bold_beginning(paragraph: Node<'_>) -> Option<(String, String)> {
    let first = paragraph.first_child()?;
    let is_bold = |node: Node<'_>| matches!(node.data().value, NodeValue::Strong);
    let only_child = first
        .first_child()
        .filter(|child| child.next_sibling().is_none());
    let bold = is_bold(first)
        || matches!(first.data().value, NodeValue::Emph) && only_child.is_some_and(is_bold);
    if !bold {
        return None;
    }
    let rest = first.following_siblings().skip(1);
    let rest = rest.flat_map(comrak::arena_tree::Node::descendants);
    Some((seen(first.descendants()), seen(rest)))
}

/// `**Accuracy 0.93 on Q3.**` is something that is said, `**Model details**` a heading.
fn is_statement(bold: &str) -> bool {
    const MOST_WORDS: usize = 8;
    let unnumbered = bold.trim_start_matches(|c: char| c.is_ascii_digit() || ". )".contains(c));
    let ends_sentence = bold.trim_end().ends_with(['.', '!', '?']);
    match judge(bold) {
        Said::Placeholder(_) | Said::Denial(_) => true,
        Said::Nothing => false,
        Said::Content => {
            ends_sentence
                || unnumbered.contains(|c: char| c.is_ascii_digit())
                || words(bold).count() > MOST_WORDS
        }
    }
}

/// The texts of a list, a quote, a table or a block of code.
fn leaves(block: Node<'_>) -> Vec<Part> {
    let mut leaves = Vec::new();
    for node in block.descendants() {
        match &node.data().value {
            NodeValue::Paragraph => {
                let text = seen(node.descendants());
                leaves.push(Part::Leaf(if is_open_task(node) {
                    Leaf::to_do(&text)
                } else {
                    Leaf::of(&text)
                }));
            }
            NodeValue::CodeBlock(code) => leaves.push(Part::Leaf(Leaf::of(&code.literal))),
            NodeValue::HtmlBlock(html) => {
                let within = html::parts(&html.literal, 0);
                leaves.extend(
                    within
                        .into_iter()
                        .filter(|part| matches!(part, Part::Leaf(_))),
                );
            }
            NodeValue::TableCell if !is_in_header(node) => {
                leaves.push(Part::Leaf(Leaf {
                    said: judge(&seen(node.descendants())),
                    label: node.previous_sibling().is_none() && node.next_sibling().is_some(),
                }));
            }
            _ => {}
        }
    }
    leaves
}

/// What a box that is not ticked names is still to be done.
fn is_open_task(paragraph: Node<'_>) -> bool {
    paragraph.parent().is_some_and(
        |item| matches!(&item.data().value, NodeValue::TaskItem(task) if task.symbol.is_none()),
    )
}

fn is_in_header(cell: Node<'_>) -> bool {
    cell.parent()
        .is_some_and(|row| matches!(row.data().value, NodeValue::TableRow(true)))
}

/// The text of these nodes, with its line breaks and the texts that stand for images.
fn seen<'a>(nodes: impl Iterator<Item = Node<'a>>) -> String {
    let mut text = String::new();
    for node in nodes {
        match &node.data().value {
            NodeValue::Text(piece) => text.push_str(piece),
            NodeValue::Code(code) => text.push_str(&code.literal),
            NodeValue::SoftBreak | NodeValue::LineBreak => text.push('\n'),
            NodeValue::HtmlInline(html) => text.push_str(&html::inline(html)),
            _ => {}
        }
    }
    text
}
