//! HTML within a card, as far as a reader sees it: text, headings, the cells of tables, and the
//! texts that stand for images. Comments, scripts and the captions of what folds say nothing, and
//! a "tag" that no browser knows, such as `<your text here>`, is text.

use super::filler::{Said, judge};
use super::part::{Heading, Leaf, Part};

/// Elements within a line: the text goes on.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time",
    "tt", "u", "var", "wbr",
];

/// Elements that begin and end a text of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "audio",
    "blockquote",
    "body",
    "button",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "input",
    "li",
    "link",
    "main",
    "meta",
    "nav",
    "ol",
    "p",
    "picture",
    "pre",
    "section",
    "source",
    "svg",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "video",
];

/// Elements whose text is no content: names of columns, captions of what folds, and what a
/// browser does not show.
const SILENT: &[&str] = &["script", "style", "summary", "template", "th", "title"];

/// No tag is longer; it bounds the search for the end of what only looks like one.
const MOST_TAG_CHARS: usize = 2_000;

/// A block's headings and texts. `line` is where it begins.
pub(super) fn parts(html: &str, line: usize) -> Vec<Part> {
    let mut page = Page {
        line,
        ..Page::default()
    };
    for token in (Tokens { rest: html }) {
        page.take(&token);
        page.line += token.source().matches('\n').count();
    }
    page.end_row();
    page.parts
}

/// What HTML within a paragraph adds to its text.
pub(super) fn inline(html: &str) -> String {
    let seen = Tokens { rest: html }.map(|token| match token {
        Token::Comment(_) => String::new(),
        Token::Text(text) => text.to_owned(),
        Token::Tag(tag) => match tag.element() {
            Element::Break => "\n".to_owned(),
            Element::Image => alternative(tag.source),
            Element::Unknown => tag.source.to_owned(),
            Element::Inline
            | Element::Block
            | Element::Heading(_)
            | Element::Silent
            | Element::Cell
            | Element::Row => String::new(),
        },
    });
    seen.collect()
}

/// What has been read of a block.
#[derive(Default)]
struct Page {
    parts: Vec<Part>,
    line: usize,
    text: String,
    within: Within,
    /// What the cells of a table's row come to.
    row: Vec<Said>,
}

/// What the text that is being read belongs to.
#[derive(Debug, Clone, Copy, Default)]
enum Within {
    #[default]
    Block,
    Heading {
        level: u8,
        line: usize,
    },
    Silence,
    Cell,
}

impl Page {
    fn take(&mut self, token: &Token<'_>) {
        let tag = match token {
            Token::Comment(_) => return,
            Token::Text(text) => {
                self.text.push_str(&without_entities(text));
                return;
            }
            Token::Tag(tag) => tag,
        };
        match (tag.element(), tag.closing) {
            (Element::Inline, _) => {}
            (Element::Break, _) => self.text.push('\n'),
            (Element::Image, _) => self.text.push_str(&alternative(tag.source)),
            (Element::Unknown, _) => self.text.push_str(tag.source),
            (Element::Heading(level), false) => {
                let line = self.line;
                self.begin(Within::Heading { level, line });
            }
            (Element::Silent, false) => self.begin(Within::Silence),
            (Element::Cell, false) => self.begin(Within::Cell),
            (Element::Row, _) => self.end_row(),
            (Element::Block, _) | (Element::Heading(_) | Element::Silent | Element::Cell, true) => {
                self.begin(Within::Block);
            }
        }
    }

    /// Judges the text that ends here, and begins another.
    fn begin(&mut self, next: Within) {
        let text = std::mem::take(&mut self.text);
        match std::mem::replace(&mut self.within, next) {
            Within::Block => self.parts.push(Part::Leaf(Leaf::of(&text))),
            Within::Heading { level, line } => {
                let heading = Heading::new(line, level, &text);
                self.parts.push(Part::Heading(heading));
            }
            Within::Silence => {}
            Within::Cell => self.row.push(judge(&text)),
        }
    }

    fn end_row(&mut self) {
        self.begin(Within::Block);
        let several = self.row.len() > 1;
        for (column, said) in self.row.drain(..).enumerate() {
            let label = several && column == 0;
            self.parts.push(Part::Leaf(Leaf { said, label }));
        }
    }
}

/// What a tag is to a reader.
#[derive(Debug, Clone, Copy)]
enum Element {
    Inline,
    Block,
    Break,
    Image,
    Heading(u8),
    Silent,
    Cell,
    Row,
    Unknown,
}

/// A tag with its source.
#[derive(Debug, Clone, Copy)]
struct Tag<'t> {
    source: &'t str,
    name: &'t str,
    closing: bool,
}

impl Tag<'_> {
    fn element(&self) -> Element {
        let name = self.name.to_ascii_lowercase();
        let name = name.as_str();
        let heading = match name.as_bytes() {
            [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
            _ => None,
        };
        match name {
            _ if heading.is_some() => Element::Heading(heading.unwrap_or_default()),
            "br" => Element::Break,
            "img" => Element::Image,
            "td" => Element::Cell,
            "tr" => Element::Row,
            _ if SILENT.contains(&name) => Element::Silent,
            _ if INLINE.contains(&name) => Element::Inline,
            _ if BLOCKS.contains(&name) => Element::Block,
            _ => Element::Unknown,
        }
    }
}

/// HTML in its parts.
#[derive(Debug, Clone, Copy)]
enum Token<'t> {
    Comment(&'t str),
    Tag(Tag<'t>),
    Text(&'t str),
}

impl Token<'_> {
    fn source(&self) -> &str {
        match self {
            Self::Comment(source) | Self::Text(source) => source,
            Self::Tag(tag) => tag.source,
        }
    }
}

struct Tokens<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        if self.rest.is_empty() {
            return None;
        }
        let (length, what): (usize, fn(&'t str) -> Token<'t>) =
            if self.rest.starts_with("<!") || self.rest.starts_with("<?") {
                (comment_length(self.rest), Token::Comment)
            } else if let Some(length) = tag_length(self.rest) {
                (length, |source| Token::Tag(tag(source)))
            } else {
                // A `<` that begins no tag is text.
                let next = self.rest.get(1..).and_then(|after| after.find('<'));
                let length = next.map_or(self.rest.len(), |at| at + 1);
                (length, Token::Text)
            };
        let (source, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some(what(source))
    }
}

/// A comment that nobody closed goes on to the end. `<!-->` is a whole one (`CommonMark` 0.31, 6.6).
fn comment_length(html: &str) -> usize {
    let (begins, close) = if html.starts_with("<!--") {
        ("<!".len(), "-->")
    } else {
        (0, ">")
    };
    let end = html.get(begins..).and_then(|after| after.find(close));
    end.map_or(html.len(), |at| begins + at + close.len())
}

/// The bytes of a tag that begins here; a `>` within quotes does not end it.
fn tag_length(html: &str) -> Option<usize> {
    let inner = html.strip_prefix('<')?;
    let name = inner.strip_prefix('/').unwrap_or(inner);
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    for (at, c) in html.char_indices().take(MOST_TAG_CHARS) {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some(_), _) => {}
        }
    }
    None
}

fn tag(source: &str) -> Tag<'_> {
    let inner = source.trim_matches(['<', '>']);
    let (closing, inner) = match inner.strip_prefix('/') {
        Some(name) => (true, name),
        None => (false, inner),
    };
    let ends = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    Tag {
        source,
        name: inner.get(..ends.unwrap_or(inner.len())).unwrap_or_default(),
        closing,
    }
}

/// The text that stands for an image.
fn alternative(tag: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    let value = lower
        .find("alt=")
        .filter(|at| {
            lower
                .get(..*at)
                .is_some_and(|it| it.ends_with(char::is_whitespace))
        })
        .and_then(|at| tag.get(at + "alt=".len()..));
    let Some(value) = value else {
        return String::new();
    };
    let quoted = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value.split(quote).nth(1),
        Some(_) | None => value.split(|c: char| c.is_whitespace() || c == '>').next(),
    };
    format!(" {} ", quoted.unwrap_or_default())
}

/// Entities that matter to what is seen; of the others no letter may be taken for text.
fn without_entities(text: &str) -> String {
    const LONGEST_NAME: usize = 12;
    let mut pieces = text.split('&');
    let mut seen = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let entity = piece
            .split_once(';')
            .filter(|(name, _)| name.len() <= LONGEST_NAME && is_entity(name));
        match entity {
            Some(("nbsp" | "#160", after)) => {
                seen.push(' ');
                seen.push_str(after);
            }
            Some(("lt", after)) => {
                seen.push('<');
                seen.push_str(after);
            }
            Some(("gt", after)) => {
                seen.push('>');
                seen.push_str(after);
            }
            Some((_, after)) => {
                seen.push('-');
                seen.push_str(after);
            }
            None => {
                seen.push('&');
                seen.push_str(piece);
            }
        }
    }
    seen
}

fn is_entity(name: &str) -> bool {
    let name = name.strip_prefix('#').unwrap_or(name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
}
