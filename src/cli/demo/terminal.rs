//! Markdown as a terminal shows it: wrapped, tables aligned, no markup left. It reads comments as
//! GitHub does, with their tables, task lists and the few tags that labhand writes.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};

use super::line::{Line, Look, Run, wrapped};
use super::table;

/// A comment as lines of at most this width, as far as its words allow.
pub(super) fn render(markdown: &str, width: usize) -> Vec<Line> {
    let arena = Arena::new();
    blocks(parse_document(&arena, markdown, &options()), width)
}

/// What a comment says in sentences: headings, paragraphs and plain lists, a line each. Tables,
/// task lists, small print and what is folded away are left out.
pub(super) fn sentences(markdown: &str) -> Vec<String> {
    let arena = Arena::new();
    let mut said = Vec::new();
    let mut folds = 0;
    for block in parse_document(&arena, markdown, &options()).children() {
        if let NodeValue::HtmlBlock(html) = &block.data().value {
            folds = after_tags(folds, &html.literal);
        } else if folds == 0 {
            speak(block, &mut said);
        }
    }
    said
}

fn speak<'a>(block: &'a AstNode<'a>, said: &mut Vec<String>) {
    let value = &block.data().value;
    match value {
        NodeValue::Paragraph | NodeValue::Heading(_) => {
            let mut words = inlines(block, Look::Plain);
            words.retain(|run| run.look != Look::Dim);
            let text: String = words.iter().map(|run| run.text.as_str()).collect();
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            said.extend(lines.map(str::to_owned));
        }
        NodeValue::List(_) | NodeValue::Item(_) | NodeValue::BlockQuote => {
            block.children().for_each(|child| speak(child, said));
        }
        // Tables, task lists, code and HTML are no sentences.
        _ => {}
    }
}

fn options() -> Options<'static> {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    options
}

/// The children of a block, with a blank line between them.
fn blocks<'a>(parent: &'a AstNode<'a>, width: usize) -> Vec<Line> {
    let mut out: Vec<Line> = Vec::new();
    let mut folds = 0;
    for child in parent.children() {
        let indent = 2 * folds;
        let room = width.saturating_sub(indent);
        let lines = match &child.data().value {
            NodeValue::HtmlBlock(html) => {
                folds = after_tags(folds, &html.literal);
                html_block(&html.literal, room)
            }
            _ => block(child, room),
        };
        if lines.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push(Line::default());
        }
        out.extend(
            lines
                .into_iter()
                .map(|line| line.after(&" ".repeat(indent))),
        );
    }
    out
}

/// How deep in folded sections the text is after this HTML.
fn after_tags(folds: usize, html: &str) -> usize {
    let opened = html.matches("<details").count();
    (folds + opened).saturating_sub(html.matches("</details").count())
}

fn block<'a>(node: &'a AstNode<'a>, width: usize) -> Vec<Line> {
    match &node.data().value {
        NodeValue::Heading(_) => wrapped(&inlines(node, Look::Bold), width),
        NodeValue::List(_) => node
            .children()
            .flat_map(|item| list_item(item, width))
            .collect(),
        NodeValue::BlockQuote => blocks(node, width.saturating_sub(2))
            .into_iter()
            .map(|line| line.after("│ "))
            .collect(),
        NodeValue::CodeBlock(code) if code.info == "mermaid" => {
            vec![Line::of("(a picture, which GitHub draws)", Look::Dim).after("    ")]
        }
        NodeValue::CodeBlock(code) => code
            .literal
            .lines()
            .map(|line| Line::of(line, Look::Code).after("    "))
            .collect(),
        NodeValue::ThematicBreak => vec![Line::of(&"─".repeat(width), Look::Dim)],
        NodeValue::Table(shape) => {
            let rows: Vec<Vec<Vec<Run>>> = node
                .children()
                .map(|row| {
                    let is_head = matches!(row.data().value, NodeValue::TableRow(true));
                    let look = if is_head { Look::Bold } else { Look::Plain };
                    row.children().map(|cell| inlines(cell, look)).collect()
                })
                .collect();
            table::draw(&rows, &shape.alignments, width)
        }
        _ => wrapped(&inlines(node, Look::Plain), width),
    }
}

fn list_item<'a>(item: &'a AstNode<'a>, width: usize) -> Vec<Line> {
    let mark = match &item.data().value {
        NodeValue::TaskItem(task) if task.symbol.is_some() => "☑ ",
        NodeValue::TaskItem(_) => "☐ ",
        _ => "• ",
    };
    let mut lines = Vec::new();
    for child in item.children() {
        lines.extend(block(child, width.saturating_sub(2)));
    }
    let lines = lines.into_iter().enumerate();
    lines
        .map(|(at, line)| line.after(if at == 0 { mark } else { "  " }))
        .collect()
}

/// A block of HTML: labhand writes comments, which nobody sees, and folded sections.
fn html_block(html: &str, width: usize) -> Vec<Line> {
    let text = without_tags(html);
    if text.trim().is_empty() {
        return Vec::new();
    }
    let mark = if html.contains("<summary") {
        "▾ "
    } else {
        ""
    };
    // What is left may hold entities, which are read like any other text.
    render(text.trim(), width.saturating_sub(2))
        .into_iter()
        .map(|line| line.all(Look::Bold).after(mark))
        .collect()
}

fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        rest = after.split_once(end).map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// The words within a block, with how each looks; a line break is `\n`. In comments GitHub breaks
/// a line wherever the writer did.
fn inlines<'a>(block: &'a AstNode<'a>, look: Look) -> Vec<Run> {
    let mut words = Words {
        runs: Vec::new(),
        tags: Vec::new(),
    };
    block.children().for_each(|child| words.take(child, look));
    words.runs
}

struct Words {
    runs: Vec<Run>,
    /// Tags that are open, and how what is in them looks.
    tags: Vec<(String, Look)>,
}

impl Words {
    fn take<'a>(&mut self, node: &'a AstNode<'a>, look: Look) {
        match &node.data().value {
            NodeValue::Text(text) => self.put(text, look),
            NodeValue::Code(code) => self.put(&code.literal, Look::Code),
            NodeValue::SoftBreak | NodeValue::LineBreak => self.put("\n", look),
            NodeValue::HtmlInline(html) => self.tag(html),
            NodeValue::Strong => self.take_all(node, Look::Bold),
            NodeValue::Emph => self.take_all(node, Look::Slanted),
            _ => self.take_all(node, look),
        }
    }

    fn take_all<'a>(&mut self, node: &'a AstNode<'a>, look: Look) {
        node.children().for_each(|child| self.take(child, look));
    }

    fn put(&mut self, text: &str, look: Look) {
        let look = match (look, self.tags.last()) {
            (_, Some((_, Look::Dim))) => Look::Dim,
            (Look::Plain, Some((_, within))) => *within,
            (Look::Plain | Look::Bold | Look::Dim | Look::Code | Look::Slanted, _) => look,
        };
        self.runs.push(Run {
            text: text.to_owned(),
            look,
        });
    }

    fn tag(&mut self, html: &str) {
        let inner = html.trim_start_matches('<').trim_end_matches('>');
        if let Some(name) = inner.strip_prefix('/') {
            if self.tags.last().is_some_and(|(open, _)| open == name) {
                self.tags.pop();
            }
            return;
        }
        let look = match inner.trim_end_matches('/').trim() {
            "br" => return self.put("\n", Look::Plain),
            "sub" | "sup" => Look::Dim,
            "b" | "strong" => Look::Bold,
            "i" | "em" => Look::Slanted,
            // Comments and tags that labhand does not write show nothing.
            _ => return,
        };
        self.tags.push((inner.to_owned(), look));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(markdown: &str, width: usize) -> String {
        let lines = render(markdown, width);
        let lines: Vec<String> = lines.iter().map(|line| line.painted(false)).collect();
        lines.join("\n")
    }

    #[test]
    fn a_status_comment_shows_no_markup() {
        let text = "### 🧪 Experiment · Active\n<sub>inferred</sub>\n\n**Next:** `/findings …` for [#41](https://x.test)\n\n| Hypothesis 🔒 | BERT is *better* |\n|:--|:--|\n| **Time box** | `▰▰▱` 14 h<br>of 24 h |\n\n<!-- labhand:status -->";
        insta::assert_snapshot!(shown(text, 60), @"
        🧪 Experiment · Active

        inferred

        Next: /findings … for #41

        Hypothesis 🔒 │ BERT is better
        ──────────────┼───────────────
        Time box      │ ▰▰▱ 14 h
                      │ of 24 h
        ");
    }

    #[test]
    fn boxes_quotes_and_folded_parts() {
        let text = "> because\n> it is so\n\n- [x] `serving` Model &amp; serving\n- [ ] `docs` Documentation\n\n<details><summary><b>Production</b> · 3</summary>\n\n1 < 2\n\n</details>\n\nAfter.";
        insta::assert_snapshot!(shown(text, 60), @"
        │ because
        │ it is so

        ☑ serving Model & serving
        ☐ docs Documentation

        ▾ Production · 3

          1 < 2

        After.
        ");
    }

    #[test]
    fn a_table_too_wide_is_wrapped_within_its_columns() {
        let text = "| Ideation | Active |\n|:--|--:|\n| #52 Clustering approaches for everything<br>mira | 2 |\n| #53 Graphs | 13 |";
        insta::assert_snapshot!(shown(text, 30), @"
        Ideation              │ Active
        ──────────────────────┼───────
        #52 Clustering        │      2
        approaches for        │
        everything            │
        mira                  │
        ──────────────────────┼───────
        #53 Graphs            │     13
        ");
    }

    #[test]
    fn sentences_leave_tables_and_small_print_out() {
        let text = "### Head\n<sub>small</sub>\n\n**Next:** `go`\n\n| a |\n|---|\n| b |\n\n- one\n- two\n\n- [ ] box\n\n<!-- labhand:x -->";
        assert_eq!(sentences(text), ["Head", "Next: go", "one", "two"]);
    }
}
