//! A place in a text that somebody wrote, and what is wrong there.

/// Longer words are cut, so that a problem stays one line.
const LONGEST_QUOTE: usize = 40;

/// Why a metric or a result could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {problem}")]
pub struct Misformed {
    /// Where, in characters of the text that was given, from 1; one more than there are, if
    /// something is missing at its end.
    pub at: usize,
    /// One sentence without a full stop.
    pub problem: String,
}

/// A place in a text, and the end of the part that is being read. A copy looks ahead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    /// The text that was given, in which positions count.
    whole: &'a str,
    /// The part of it that is still to be read.
    rest: &'a str,
    /// Where that part begins, in bytes.
    at: usize,
}

impl<'a> Cursor<'a> {
    /// At the beginning of a text.
    pub(super) fn new(whole: &'a str) -> Self {
        Self {
            whole,
            rest: whole,
            at: 0,
        }
    }

    /// The parts between semicolons and line breaks in which there is something, each without its
    /// bullet.
    pub(super) fn segments(whole: &'a str) -> impl Iterator<Item = Self> {
        let mut next = 0;
        whole
            .split([';', '\n', '\r'])
            .map(move |part| {
                let at = next;
                next += part.len() + 1;
                let rest = part.trim_end_matches(is_gap);
                Self { whole, rest, at }.without_bullet()
            })
            .filter(|segment| !segment.is_done())
    }

    fn without_bullet(mut self) -> Self {
        self.skip_gap();
        let mut after = self;
        if after.eat(&['-']) && (after.is_done() || after.rest.starts_with(is_gap)) {
            after.skip_gap();
            return after;
        }
        self
    }

    /// At the same place, with everything up to the text's end still to be read.
    pub(super) fn to_the_end(self) -> Self {
        let rest = &self.whole[self.at..];
        Self { rest, ..self }
    }

    /// What is still to be read.
    pub(super) fn rest(self) -> &'a str {
        self.rest
    }

    /// Whether there is nothing more to be read.
    pub(super) fn is_done(self) -> bool {
        self.rest.is_empty()
    }

    /// Goes on by so many bytes, which must end with a character.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
        self.at += bytes;
    }

    /// Goes on to the first character that is none of these; what was passed.
    pub(super) fn take_while(&mut self, passes: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !passes(c)).unwrap_or(self.rest.len());
        let taken = &self.rest[..end];
        self.advance(end);
        taken
    }

    /// Goes on past blanks, and past the marks of emphasis and code, which mean nothing here.
    pub(super) fn skip_gap(&mut self) {
        self.take_while(is_gap);
    }

    /// Goes on past one of these characters, if it comes next.
    pub(super) fn eat(&mut self, any: &[char]) -> bool {
        let next = self.rest.chars().next().filter(|c| any.contains(c));
        self.advance(next.map_or(0, char::len_utf8));
        next.is_some()
    }

    /// The word that comes next, for a message or to be read as a number: up to a blank, a mark or
    /// a separator, or such a separator alone.
    pub(super) fn word(self) -> &'a str {
        let ends = |c: char| is_gap(c) || matches!(c, ';' | ',' | '(' | ')' | '%');
        let first = self.rest.chars().next().map_or(0, char::len_utf8);
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        &self.rest[..end.max(first)]
    }

    /// Something is wrong here.
    pub(super) fn misformed(self, problem: impl Into<String>) -> Misformed {
        Misformed {
            at: self.whole[..self.at].chars().count() + 1,
            problem: problem.into(),
        }
    }
}

/// Blanks and the marks of emphasis and code.
pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '`' | '*')
}

/// Somebody's word as code that cannot end early, shortened.
pub(super) fn quoted(word: &str) -> String {
    let harmless = || word.chars().filter(|c| !c.is_control() && *c != '`');
    let mut safe: String = harmless().take(LONGEST_QUOTE).collect();
    if safe.is_empty() {
        return "this".to_owned();
    }
    if harmless().count() > LONGEST_QUOTE {
        safe.pop();
        safe.push('…');
    }
    format!("`{safe}`")
}
