//! Finding commands: the lines of ordinary paragraphs that begin with `/name`, and how far the
//! arguments of each reach.
//!
//! A word looks like a command if it is at least two letters or hyphens and nothing else, so that
//! `/path/to/file is broken` and `/s` are conversation. What looks like one and is none is
//! answered, since silence is what people cannot understand. A line under `--`, as signatures
//! have it, is still a line, not a heading.

use std::ops::Range;

use comrak::Arena;
use comrak::nodes::NodeValue;

use crate::domain::actor::Needs;
use crate::domain::markdown::{Piece, Source, Underlines};
use crate::domain::order::Misread;

use super::args::{Args, bare};
use super::folded::Folded;
use super::registry::{self, Entry};
use super::{Extent, Found};

/// The long form that always works.
const OWN_NAME: &str = "labhand";

/// A line that is indented further is code, or looks like it.
const WIDEST_INDENT: usize = 3;

/// `/s` and the like mean something else on the net.
const SHORTEST_NAME: usize = 2;

/// `/labhand` alone.
const ALONE: &str = "help";

/// How labhand is spoken to in a repository.
pub(super) struct Address {
    prefix: Option<String>,
}

/// A command's first line.
struct Head {
    line: usize,
    /// Where the arguments begin in the line, in bytes.
    args_at: usize,
    called: Called,
}

enum Called {
    Known {
        entry: &'static Entry,
        name: &'static str,
    },
    Unknown {
        /// Where the word stands in the line, in bytes.
        word: Range<usize>,
    },
}

/// The commands of a text, in order.
pub(super) fn find(text: &str, address: &Address) -> Vec<Found> {
    let source = Source::new(text);
    let arena = Arena::new();
    let root = source.parse(&arena, Underlines::AreText);
    let mut folded = Folded::default();
    let mut heads = Vec::new();
    for block in root.children() {
        match &block.data().value {
            NodeValue::HtmlBlock(html) => folded.read(&html.literal),
            NodeValue::Paragraph => {
                for piece in source.pieces(block) {
                    match piece {
                        Piece::Html(html) => folded.read(&html),
                        Piece::Line(line) if folded.is_empty() => {
                            heads.extend(address.head(line, source.line(line)));
                        }
                        Piece::Line(_) => {}
                    }
                }
                folded.end_paragraph();
            }
            _ => {}
        }
    }
    if heads.is_empty() {
        return Vec::new();
    }
    let hidden = source.comments(root);
    let ends = heads
        .iter()
        .skip(1)
        .map(|next| next.line.saturating_sub(1))
        .chain([source.last_line()]);
    heads
        .iter()
        .zip(ends)
        .zip(0..)
        .map(|((head, end), index)| {
            let found = head.read(&source, end, &hidden, index);
            Found {
                order: found.order.map_err(|misread| address.respell(misread)),
                ..found
            }
        })
        .collect()
}

impl Address {
    /// `prefix`: the policy's word, with or without a slash.
    pub(super) fn new(prefix: Option<&str>) -> Self {
        let word = prefix.map(|word| word.trim().trim_start_matches('/').to_lowercase());
        Self {
            prefix: word.filter(|word| !word.is_empty()),
        }
    }

    fn is_long_form(&self, word: &str) -> bool {
        let word = word.to_lowercase();
        word == OWN_NAME || self.prefix.as_ref() == Some(&word)
    }

    /// Reads a line that begins in text as the first line of a command.
    fn head(&self, number: usize, line: &str) -> Option<Head> {
        let unindented = line.trim_start_matches(' ');
        if line.len() - unindented.len() > WIDEST_INDENT {
            return None;
        }
        let (mut word, mut rest) = cut_word(unindented.strip_prefix('/')?);
        let long_form = self.is_long_form(word);
        if long_form {
            let name = rest.trim_start();
            (word, rest) = cut_word(name.strip_prefix('/').unwrap_or(name));
        } else if self.prefix.is_some() {
            return None;
        }
        let name_end = line.len() - rest.len();
        let (second, after_second) = cut_word(rest.trim_start());
        let spoken = [
            word.strip_suffix(':').unwrap_or(word).to_lowercase(),
            bare(second).to_lowercase(),
        ];
        let spoken = if long_form && word.is_empty() {
            [ALONE.to_owned(), String::new()]
        } else {
            spoken
        };
        let (called, args_at) = match registry::lookup([&spoken[0], &spoken[1]]) {
            Some((entry, name)) if name.contains(' ') => (
                Called::Known { entry, name },
                line.len() - after_second.len(),
            ),
            Some((entry, name)) => (Called::Known { entry, name }, name_end),
            None if long_form || looks_like_a_name(word) => {
                let word = name_end - word.len()..name_end;
                (Called::Unknown { word }, name_end)
            }
            None => return None,
        };
        Some(Head {
            line: number,
            args_at,
            called,
        })
    }

    /// Gives what an answer proposes the form that works here.
    fn respell(&self, misread: Misread) -> Misread {
        let Some(prefix) = &self.prefix else {
            return misread;
        };
        let respell = |command: String| {
            let first = command.strip_prefix('/').map(|rest| cut_word(rest).0);
            match first {
                Some(word) if !self.is_long_form(word) => {
                    command.replacen('/', &format!("/{prefix} "), 1)
                }
                Some(_) | None => command,
            }
        };
        match misread {
            Misread::Unknown { closest } => Misread::Unknown {
                closest: closest.map(respell),
            },
            Misread::Argument { problem, example } => Misread::Argument {
                problem,
                example: respell(example),
            },
        }
    }
}

impl Head {
    /// Reads the command, whose text may reach to the line `end`.
    fn read(&self, source: &Source, end: usize, hidden: &[Range<usize>], index: u32) -> Found {
        let end = match &self.called {
            Called::Known { entry, .. } if entry.extent == Extent::Text => end,
            Called::Known { .. } | Called::Unknown { .. } => self.line,
        };
        let mut range = source.span(self.line, end.max(self.line));
        let text = source.visible(range.clone(), &[]).trim().to_owned();
        range.start += self.args_at;
        let args = source.visible(range, hidden);
        match &self.called {
            Called::Known { entry, name } => Found {
                index,
                text,
                normal: normal(name, &args),
                order: entry.read(&Args {
                    name,
                    text: args.trim(),
                }),
                needs: entry.needs,
            },
            Called::Unknown { word } => {
                let line = source.line(self.line);
                let spoken = line.get(word.clone()).unwrap_or_default();
                Found {
                    index,
                    text,
                    normal: normal(&spoken.to_lowercase(), &args),
                    order: Err(Misread::Unknown {
                        closest: corrected(line, word),
                    }),
                    needs: Needs::Anyone,
                }
            }
        }
    }
}

/// What makes it the same command, however it is spaced and addressed.
fn normal(name: &str, args: &str) -> String {
    let words = args.split_whitespace();
    std::iter::once(format!("/{name}").as_str())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

/// The line with the closest command in place of the unknown word.
fn corrected(line: &str, word: &Range<usize>) -> Option<String> {
    let spoken = line.get(word.clone())?;
    let name = registry::closest(&spoken.to_lowercase())?;
    let (before, after) = (line.get(..word.start)?, line.get(word.end..)?);
    Some(format!("{before}{name}{after}").trim().to_owned())
}

/// What stands before the first white space, and the rest, white space included.
fn cut_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

fn looks_like_a_name(word: &str) -> bool {
    word.len() >= SHORTEST_NAME
        && word.starts_with(|first: char| first.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')
}
