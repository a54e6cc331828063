//! Where raw HTML has put a paragraph. Markdown goes on inside HTML after a blank line, so that a
//! quote or a pasted log between `<details>` and `</details>` is made of ordinary paragraphs to a
//! parser. To a reader it is not what the writer says, and so nothing in it is a command.

/// Elements whose content is not what the writer says: quotes, code, lists, tables, what is folded.
const BLOCKS: [&str; 8] = [
    "blockquote",
    "details",
    "pre",
    "ul",
    "ol",
    "dl",
    "table",
    "template",
];

/// The same within a paragraph, with whose end a browser closes them too.
const INLINES: [&str; 5] = ["code", "kbd", "samp", "q", "a"];

/// The elements that are open at some place of a text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    open: Vec<&'static str>,
}

impl Folded {
    /// Nothing is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Takes note of the tags in a piece of HTML.
    pub(super) fn read(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = rest.find('<') {
            rest = rest.get(at + 1..).unwrap_or_default();
            if let Some(comment) = rest.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let (closes, tag) = match rest.strip_prefix('/') {
                Some(tag) => (true, tag),
                None => (false, rest),
            };
            let end = tag
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(tag.len());
            let name = tag.get(..end).unwrap_or_default();
            let known = BLOCKS
                .iter()
                .chain(&INLINES)
                .find(|one| one.eq_ignore_ascii_case(name));
            let Some(element) = known else { continue };
            if !closes {
                self.open.push(element);
            } else if let Some(at) = self.open.iter().rposition(|open| open == element) {
                self.open.truncate(at);
            }
        }
    }

    /// A paragraph is over.
    pub(super) fn end_paragraph(&mut self) {
        self.open.retain(|element| !INLINES.contains(element));
    }
}
