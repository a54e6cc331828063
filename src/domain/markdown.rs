//! Markdown as GitHub reads it. What people write is parsed, never searched with patterns, since
//! only a parser knows that a box in a quote is no box and a command in code is no command. The
//! tree says *where* something is; the words themselves are taken from the source, as written.
//!
//! The parser counts columns in bytes and miscounts lines after link definitions and after links
//! that span lines, so a position is a hint to be checked against the source, never an index.

use std::borrow::Cow;
use std::ops::Range;

use comrak::nodes::{LineColumn, Node, NodeValue};
use comrak::{Arena, Options};

/// How many lines the parser's count may be behind after link definitions and links over several
/// lines: more than anybody writes into one paragraph, and few enough to look at for each line.
const LOOK_AHEAD: usize = 50;

/// Whether a line of `---` or `===` makes a heading of the line above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Underlines {
    /// As GitHub shows it.
    AreHeadings,
    /// Where a signature's `--` under the last line must not swallow that line.
    AreText,
}

/// A text with its lines.
#[derive(Debug)]
pub struct Source {
    text: String,
    /// Where each line begins, in bytes; the first is 0.
    starts: Vec<usize>,
}

/// A box of a task list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its line, from 1.
    pub line: usize,
    /// Ticked.
    pub done: bool,
    /// Not below another list item.
    pub top_level: bool,
    /// What it says, as written, on one line, without HTML comments.
    pub text: String,
    /// The code that it begins with, such as `serving` in `` `serving` Model serving ``.
    pub leading_code: Option<String>,
}

/// A part of a paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A line that begins in text, counted from 1.
    Line(usize),
    /// Raw HTML within the line before.
    Html(String),
}

impl Source {
    /// Takes a text as GitHub sent it: Windows line ends, a byte order mark and NUL (which
    /// `CommonMark` 2.3 has replaced) are gone afterwards.
    pub fn new(text: &str) -> Self {
        let text = text
            .strip_prefix('\u{feff}')
            .unwrap_or(text)
            .replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\0', "\u{fffd}");
        let starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self { text, starts }
    }

    /// Parses it with GitHub's extensions.
    pub fn parse<'a>(&self, arena: &'a Arena<'a>, underlines: Underlines) -> Node<'a> {
        let mut options = Options::default();
        options.extension.autolink = true;
        options.extension.footnotes = true;
        options.extension.strikethrough = true;
        options.extension.table = true;
        options.extension.tasklist = true;
        options.parse.escaped_char_spans = true; // `\/help` is no `/help`
        options.parse.ignore_setext = underlines == Underlines::AreText;
        comrak::parse_document(arena, &self.text, &options)
    }

    /// How many lines there are.
    pub fn last_line(&self) -> usize {
        self.starts.len()
    }

    /// The bytes of the lines `first..=last`, counted from 1, without the last one's line end.
    pub fn span(&self, first: usize, last: usize) -> Range<usize> {
        let start = self.start_of(first);
        let end = self.start_of(last.saturating_add(1));
        let without_line_end = if last < self.starts.len() {
            end.saturating_sub(1)
        } else {
            end
        };
        start..without_line_end.max(start)
    }

    /// A line, counted from 1, without its line end; empty beyond the end.
    pub fn line(&self, number: usize) -> &str {
        self.text.get(self.span(number, number)).unwrap_or_default()
    }

    fn start_of(&self, line: usize) -> usize {
        let index = line.saturating_sub(1);
        self.starts.get(index).copied().unwrap_or(self.text.len())
    }

    fn offset(&self, at: LineColumn) -> usize {
        self.start_of(at.line) + at.column.saturating_sub(1)
    }

    /// Where the HTML comments are, in order.
    pub fn comments(&self, root: Node<'_>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for node in root.descendants() {
            let ast = node.data();
            match &ast.value {
                NodeValue::HtmlBlock(_) => {
                    let block = self.span(ast.sourcepos.start.line, ast.sourcepos.end.line);
                    self.comments_within(block, &mut found);
                }
                NodeValue::HtmlInline(html) if html.starts_with("<!--") => {
                    let start = self.offset(ast.sourcepos.start);
                    if self
                        .text
                        .get(start..)
                        .is_some_and(|rest| rest.starts_with("<!--"))
                    {
                        found.push(start..self.comment_end(start, self.text.len()));
                    }
                }
                _ => {}
            }
        }
        found.sort_by_key(|range| range.start);
        found
    }

    fn comments_within(&self, block: Range<usize>, found: &mut Vec<Range<usize>>) {
        let mut from = block.start;
        while let Some(at) = self
            .text
            .get(from..block.end)
            .and_then(|rest| rest.find("<!--"))
        {
            let start = from + at;
            from = self.comment_end(start, block.end);
            found.push(start..from);
        }
    }

    /// A comment that nobody closed goes on to the `limit`. `<!-->` is a whole one (`CommonMark` 0.31, 6.6).
    fn comment_end(&self, start: usize, limit: usize) -> usize {
        let after = start + "<!".len();
        let close = self
            .text
            .get(after..limit)
            .and_then(|rest| rest.find("-->"));
        close.map_or(limit, |at| after + at + "-->".len())
    }

    /// What is written in `range`, without what is in `hidden` (ordered by start).
    pub fn visible(&self, range: Range<usize>, hidden: &[Range<usize>]) -> String {
        let mut seen = String::new();
        let mut from = range.start;
        for comment in hidden {
            if comment.end <= from || comment.start >= range.end {
                continue;
            }
            if from < comment.start {
                seen.push_str(self.text.get(from..comment.start).unwrap_or_default());
            }
            from = comment.end;
        }
        if from < range.end {
            seen.push_str(self.text.get(from..range.end).unwrap_or_default());
        }
        seen
    }

    /// The lines of a paragraph that begin in plain text, or in emphasised text, rather than
    /// within a code span, HTML or a link that began on a line above; and the HTML among them.
    pub fn pieces(&self, paragraph: Node<'_>) -> Vec<Piece> {
        let at = paragraph.data().sourcepos;
        let mut pieces = Vec::new();
        let mut next = at.start.line;
        let begins_with_definition = self.line(next).trim_start().starts_with('[');
        let mut look_ahead = if begins_with_definition {
            LOOK_AHEAD
        } else {
            0
        };
        let mut at_line_start = true;
        let mut walk = vec![paragraph.first_child()];
        while let Some(step) = walk.pop() {
            let Some(node) = step else { continue };
            walk.push(node.next_sibling());
            let ast = node.data();
            match &ast.value {
                NodeValue::SoftBreak | NodeValue::LineBreak => at_line_start = true,
                NodeValue::Emph | NodeValue::Strong | NodeValue::Strikethrough => {
                    walk.push(node.first_child());
                }
                NodeValue::Text(text) if at_line_start => {
                    at_line_start = false;
                    let first = next.max(ast.sourcepos.start.line);
                    let last = first.saturating_add(look_ahead).min(at.end.line);
                    if let Some(line) = self.line_beginning_with(text, first, last) {
                        pieces.push(Piece::Line(line));
                        next = line + 1;
                    }
                }
                NodeValue::HtmlInline(html) => {
                    at_line_start = false;
                    pieces.push(Piece::Html(html.clone()));
                }
                NodeValue::Link(_) | NodeValue::Image(_) => {
                    at_line_start = false;
                    look_ahead = LOOK_AHEAD;
                }
                _ => at_line_start = false,
            }
        }
        pieces
    }

    /// The first line of `first..=last` that reads like `text`, or else (the source may have
    /// written a character as `&amp;`) begins with its first word.
    fn line_beginning_with(&self, text: &str, first: usize, last: usize) -> Option<usize> {
        let begins = |line: &usize, with: &str| {
            let line = self.line(*line).trim_start();
            line.starts_with(with) || line.trim_start_matches(['*', '_', '~']).starts_with(with)
        };
        let text = text.trim();
        let word = text.split_whitespace().next()?;
        (first..=last)
            .find(|line| begins(line, text))
            .or_else(|| (first..=last).find(|line| begins(line, word)))
    }

    /// The boxes of all task lists that are not in quotes or footnotes.
    pub fn tasks(&self, root: Node<'_>, hidden: &[Range<usize>]) -> Vec<Task> {
        let mut tasks = Vec::new();
        let mut walk = vec![(root.first_child(), 0_usize)];
        while let Some((step, depth)) = walk.pop() {
            let Some(node) = step else { continue };
            walk.push((node.next_sibling(), depth));
            match &node.data().value {
                NodeValue::List(_) => walk.push((node.first_child(), depth)),
                NodeValue::Item(_) => walk.push((node.first_child(), depth + 1)),
                NodeValue::TaskItem(task) => {
                    walk.push((node.first_child(), depth + 1));
                    let Some(paragraph) = node.first_child() else {
                        continue;
                    };
                    tasks.push(Task {
                        line: node.data().sourcepos.start.line,
                        done: task.symbol.is_some(),
                        top_level: depth == 0,
                        text: self.one_line(paragraph, hidden),
                        leading_code: leading_code(paragraph),
                    });
                }
                _ => {}
            }
        }
        tasks
    }

    fn one_line(&self, paragraph: Node<'_>, hidden: &[Range<usize>]) -> String {
        let at = paragraph.data().sourcepos;
        let range = self.offset(at.start)..self.span(at.start.line, at.end.line).end;
        let text = self.visible(range, hidden);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn leading_code(paragraph: Node<'_>) -> Option<String> {
    match &paragraph.first_child()?.data().value {
        NodeValue::Code(code) => Some(code.literal.clone()),
        _ => None,
    }
}

/// The words of a heading without their markup.
pub fn plain(heading: Node<'_>) -> String {
    let words = heading.descendants().map(|node| match &node.data().value {
        NodeValue::Text(text) => text.clone(),
        NodeValue::Code(code) => Cow::Owned(code.literal.clone()),
        NodeValue::SoftBreak | NodeValue::LineBreak => Cow::Borrowed(" "),
        _ => Cow::Borrowed(""),
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        let source = Source::new("\u{feff}a\r\nb\rc\0\n");
        assert_eq!(source.last_line(), 4);
        let lines: Vec<_> = (1..=5).map(|number| source.line(number)).collect();
        assert_eq!(lines, ["a", "b", "c\u{fffd}", "", ""]);
        assert_eq!(source.visible(source.span(2, 9), &[]), "b\nc\u{fffd}\n");
    }

    #[test]
    fn comments_are_found_where_github_hides_them() {
        let seen = |text: &str| {
            let source = Source::new(text);
            let arena = Arena::new();
            let root = source.parse(&arena, Underlines::AreHeadings);
            let hidden = source.comments(root);
            source.visible(source.span(1, source.last_line()), &hidden)
        };
        assert_eq!(seen("é <!-- ü --> a <!-- b\nc --> d"), "é  a  d");
        assert_eq!(seen("<!--\n\na\n\n--> b\n\nc"), " b\n\nc");
        assert_eq!(seen("<!-- a --><!-- b -->\n<div><!-- c"), "\n<div>");
        assert_eq!(seen("<!--> a <!---> b"), " a  b");
        assert_eq!(
            seen("`<!-- a -->` \\<!-- b -->"),
            "`<!-- a -->` \\<!-- b -->"
        );
    }
}
