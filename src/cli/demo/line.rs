//! Lines of a terminal: words with a look, wrapped and measured as they will stand there.

use std::fmt::Write as _;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How words look. What a terminal without colours shows is the words alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Look {
    #[default]
    Plain,
    Bold,
    Dim,
    Code,
    Slanted,
}

impl Look {
    /// The number that switches it on (ECMA-48, select graphic rendition).
    fn code(self) -> Option<u8> {
        match self {
            Self::Plain => None,
            Self::Bold => Some(1),
            Self::Dim => Some(2),
            Self::Slanted => Some(3),
            Self::Code => Some(36),
        }
    }
}

/// Words that look alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub text: String,
    pub look: Look,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line(Vec<Run>);

impl Line {
    /// A line of one look.
    pub fn of(text: &str, look: Look) -> Self {
        let mut line = Self::default();
        line.put(text, look);
        line
    }

    /// Goes on with this.
    pub fn put(&mut self, text: &str, look: Look) {
        match self.0.last_mut() {
            Some(last) if last.look == look => last.text.push_str(text),
            Some(_) | None => self.0.push(Run {
                text: text.to_owned(),
                look,
            }),
        }
    }

    /// The columns that it takes.
    pub fn width(&self) -> usize {
        self.0.iter().map(|run| run.text.width()).sum()
    }

    /// The same line after this.
    pub fn after(mut self, start: &str) -> Self {
        if !start.is_empty() {
            let start = Run {
                text: start.to_owned(),
                look: Look::Plain,
            };
            self.0.insert(0, start);
        }
        self
    }

    /// The same words, all with this look.
    pub fn all(mut self, look: Look) -> Self {
        self.0.iter_mut().for_each(|run| run.look = look);
        self
    }

    /// Goes on with another line.
    pub fn join(&mut self, other: &Self) {
        other.0.iter().for_each(|run| self.put(&run.text, run.look));
    }

    /// As it is written to a terminal, without spaces at its end.
    pub fn painted(&self, colored: bool) -> String {
        let mut out = String::new();
        for run in &self.0 {
            match run.look.code().filter(|_| colored) {
                // Writing to a string cannot fail.
                Some(code) => drop(write!(out, "\x1b[{code}m{}\x1b[0m", run.text)),
                None => out.push_str(&run.text),
            }
        }
        out.truncate(out.trim_end_matches(' ').len());
        out
    }
}

/// Words as lines of at most this width. A word that is longer is broken.
pub(super) fn wrapped(runs: &[Run], width: usize) -> Vec<Line> {
    let width = width.max(LEAST);
    let mut lines = vec![Line::default()];
    for piece in pieces(runs) {
        let Piece::Word(word) = piece else {
            lines.push(Line::default());
            continue;
        };
        for part in broken(word, width) {
            let Some(line) = lines.last_mut() else {
                continue;
            };
            let used = line.width();
            if used == 0 {
                line.join(&part);
            } else if used + 1 + part.width() <= width {
                line.put(" ", Look::Plain);
                line.join(&part);
            } else {
                lines.push(part);
            }
        }
    }
    lines
}

/// Nothing is set in fewer columns.
const LEAST: usize = 4;

enum Piece {
    Word(Line),
    Break,
}

fn pieces(runs: &[Run]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut word = Line::default();
    let end = |word: &mut Line, pieces: &mut Vec<Piece>| {
        let word = std::mem::take(word);
        if !word.0.is_empty() {
            pieces.push(Piece::Word(word));
        }
    };
    for run in runs {
        for c in run.text.chars() {
            match c {
                ' ' => end(&mut word, &mut pieces),
                '\n' => {
                    end(&mut word, &mut pieces);
                    pieces.push(Piece::Break);
                }
                // Put there so that GitHub makes no link or mention of it; some terminals show it.
                '\u{200b}' => {}
                c => word.put(c.encode_utf8(&mut [0; 4]), run.look),
            }
        }
    }
    end(&mut word, &mut pieces);
    pieces
}

/// A word in parts that fit.
fn broken(word: Line, width: usize) -> Vec<Line> {
    if word.width() <= width {
        return vec![word];
    }
    let mut parts = vec![Line::default()];
    let mut used = 0;
    for run in &word.0 {
        for c in run.text.chars() {
            let columns = c.width().unwrap_or(0);
            if used + columns > width {
                parts.push(Line::default());
                used = 0;
            }
            used += columns;
            if let Some(part) = parts.last_mut() {
                part.put(c.encode_utf8(&mut [0; 4]), run.look);
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, width: usize) -> Vec<String> {
        let run = Run {
            text: text.to_owned(),
            look: Look::Plain,
        };
        let lines = wrapped(&[run], width);
        lines.iter().map(|line| line.painted(false)).collect()
    }

    #[test]
    fn words_stay_within_the_width() {
        assert_eq!(set("one two three", 7), ["one two", "three"]);
        assert_eq!(set("a\nb", 7), ["a", "b"]);
        assert_eq!(set("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(set("🧪🧪🧪", 4), ["🧪🧪", "🧪"]);
    }

    #[test]
    fn colours_are_switched_off_after_each_run() {
        let line = Line::of("go", Look::Bold);
        assert_eq!(line.painted(true), "\x1b[1mgo\x1b[0m");
        assert_eq!(line.painted(false), "go");
    }
}
