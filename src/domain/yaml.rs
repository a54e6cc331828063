//! YAML as people write it into a policy or above a model card: maps, lists and words, each with its place.
//!
//! It is built from the parser's events rather than from a tree of values, because a key that is given
//! twice has to be reported, not silently dropped, and because no alias is ever followed: an alias of an
//! alias of an alias is how a small file becomes a large one.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput};

/// A place in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) line: usize,
    /// In characters.
    pub(super) column: usize,
}

impl From<Marker> for Place {
    fn from(marker: Marker) -> Self {
        Self {
            line: marker.line().max(1),
            column: marker.col() + 1,
        }
    }
}

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) value: Value,
}

/// What stands there.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing, `~` or `null`.
    Nothing,
    /// A word, number, date or any other text, quoted or not.
    Word(String),
    /// `[a, b]`, or lines with dashes.
    List(Vec<Node>),
    /// `{ a: b }`, or lines of `key: value`.
    Map(Vec<Pair>),
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) key_at: Place,
    pub(super) node: Node,
}

/// A mistake in the form of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) at: Place,
    pub(super) message: String,
}

/// How a file is meant to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// By people for labhand: anchors, aliases and tags are refused, since a policy needs none.
    ForUs,
    /// By programs for others, as the front matter of a model card: anchors and tags are passed over, and
    /// an alias stands for nothing.
    ForOthers,
}

impl Written {
    /// What goes deeper than this is a mistake or an attack.
    fn deepest(self) -> usize {
        match self {
            // The deepest key of a policy is on level 4.
            Self::ForUs => 8,
            // A metric of a model card is on level 7, and others write more than metrics.
            Self::ForOthers => 32,
        }
    }
}

/// The file's content, if it has any, and all keys that are given twice.
pub(super) fn read(
    text: &str,
    written: Written,
) -> Result<(Option<Node>, Vec<Malformed>), Malformed> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading = Reading {
        parser: Parser::new_from_str(text),
        written,
        doubled: Vec::new(),
    };
    let content = reading
        .file()
        .map_err(|malformed| within(text, malformed))?;
    Ok((content, reading.doubled))
}

/// What is missing at the end of the file is told on its last line, since GitHub shows nothing beside a
/// line that is not there.
fn within(text: &str, mut malformed: Malformed) -> Malformed {
    let lines = text.lines().count().max(1);
    if malformed.at.line > lines {
        let last = text.lines().last().unwrap_or_default();
        malformed.at = Place {
            line: lines,
            column: last.chars().count() + 1,
        };
    }
    malformed
}

struct Reading<'text> {
    parser: Parser<'text, StrInput<'text>>,
    written: Written,
    doubled: Vec<Malformed>,
}

impl<'text> Reading<'text> {
    fn next(&mut self) -> Result<(Event<'text>, Place), Malformed> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start.into())),
            Some(Err(error)) => Err(error.into()),
            None => Ok((Event::StreamEnd, Place { line: 1, column: 1 })),
        }
    }

    /// The one document of the file.
    fn file(&mut self) -> Result<Option<Node>, Malformed> {
        let mut content = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::StreamEnd => return Ok(content),
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                _ if content.is_some() => {
                    return Err(Malformed {
                        at,
                        message: "the file is one YAML document; a second one begins here"
                            .to_owned(),
                    });
                }
                _ => content = Some(self.node(event, at, 0)?),
            }
        }
    }

    fn node(&mut self, event: Event<'text>, at: Place, depth: usize) -> Result<Node, Malformed> {
        let refuse = |message: &str| {
            Err(Malformed {
                at,
                message: message.to_owned(),
            })
        };
        let strict = self.written == Written::ForUs;
        let value = match event {
            Event::Alias(_) if strict => {
                return refuse("a policy has no aliases (`*name`); write it out");
            }
            Event::Alias(_) => Value::Nothing,
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if strict && anchor != 0 =>
            {
                return refuse("a policy has no anchors (`&name`)");
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_))
                if strict =>
            {
                return refuse("a policy has no tags (`!name`); quote a text that begins with `!`");
            }
            Event::SequenceStart(..) | Event::MappingStart(..)
                if depth == self.written.deepest() =>
            {
                return refuse("this is nested too deeply");
            }
            Event::Scalar(text, style, _, _) => {
                let nothing = matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                if nothing && style == ScalarStyle::Plain {
                    Value::Nothing
                } else {
                    Value::Word(text.into_owned())
                }
            }
            Event::SequenceStart(..) => self.list(depth)?,
            Event::MappingStart(..) => self.map(depth)?,
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => return refuse("a value is missing here"),
        };
        Ok(Node { at, value })
    }

    fn list(&mut self, depth: usize) -> Result<Value, Malformed> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, at) => items.push(self.node(event, at, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Malformed> {
        let mut pairs = Vec::new();
        // Only the first of each key; keys are looked up, so a file of keys alone stays cheap.
        let mut first_lines = std::collections::HashMap::new();
        loop {
            let (event, key_at) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(Value::Map(pairs));
            }
            let key = match self.node(event, key_at, depth + 1)?.value {
                Value::Word(key) => key,
                Value::Nothing | Value::List(_) | Value::Map(_) => {
                    return Err(Malformed {
                        at: key_at,
                        message: "a key has to be a word".to_owned(),
                    });
                }
            };
            let (event, at) = self.next()?;
            let node = self.node(event, at, depth + 1)?;
            if let Some(line) = first_lines.get(&key) {
                self.doubled.push(Malformed {
                    at: key_at,
                    message: format!(
                        "the key {} is given twice, first on line {line}",
                        shown(&key)
                    ),
                });
                continue;
            }
            first_lines.insert(key.clone(), key_at.line);
            pairs.push(Pair { key, key_at, node });
        }
    }
}

impl From<ScanError> for Malformed {
    fn from(error: ScanError) -> Self {
        Self {
            at: (*error.marker()).into(),
            message: format!("this is no valid YAML: {}", printable(error.info())),
        }
    }
}

/// Longer texts of users are cut in messages.
const MOST_SHOWN_CHARS: usize = 40;

/// A user's text for a message: short, on one line, and in a code span that it cannot end.
pub(super) fn shown(text: &str) -> String {
    let mut short: String = text
        .chars()
        .take(MOST_SHOWN_CHARS)
        .map(|c| if c == '`' { '\'' } else { c })
        .collect();
    if text.chars().nth(MOST_SHOWN_CHARS).is_some() {
        short.push('…');
    }
    format!("`{}`", printable(&short))
}

/// On one line, without control characters.
pub(super) fn printable(text: &str) -> String {
    text.replace(char::is_control, " ")
}
