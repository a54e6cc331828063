//! What follows a command's name, and the tools by which the families of commands read it.

use crate::domain::order::Misread;

/// How much of somebody's word an answer repeats.
const LONGEST_QUOTE: usize = 40;

/// What follows a command's name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Args<'a> {
    /// The name by which the command was called, in lower case.
    pub(super) name: &'a str,
    /// The arguments, without HTML comments and surrounding white space; one line, or several
    /// where the command takes a text.
    pub(super) text: &'a str,
}

impl<'a> Args<'a> {
    /// The words, without commas and the like behind them.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a str> {
        self.text
            .split_whitespace()
            .map(bare)
            .filter(|word| !word.is_empty())
    }

    /// The first word and what follows it.
    pub(super) fn split_first(&self) -> (&'a str, &'a str) {
        split_word(self.text)
    }

    /// The whole text, which must not be empty.
    pub(super) fn required(&self, what: &str, example: &str) -> Result<String, Misread> {
        required(self.text, what, example)
    }

    /// One of a family of words, perhaps of several parts: `in-progress`, `in progress`. What
    /// follows the word is conversation.
    pub(super) fn choice<T: Copy>(&self, choice: &Choice<'_, T>) -> Result<T, Misread> {
        let parts: Vec<&str> = self.words().take(2).collect();
        let Some(first) = parts.first() else {
            let problem = format!("a {} is missing: {}", choice.noun, choice.list());
            return Err(misread(problem, choice.example));
        };
        let one = (choice.read)(&parts.join("-")).or_else(|| (choice.read)(first));
        one.ok_or_else(|| {
            let problem = format!("{} is no {}: {}", quoted(first), choice.noun, choice.list());
            misread(problem, choice.example)
        })
    }
}

/// A family of words, one of which is asked for.
pub(super) struct Choice<'a, T> {
    /// What one of them is called.
    pub(super) noun: &'a str,
    /// All of them.
    pub(super) all: &'a [T],
    /// How one is spelled.
    pub(super) word: fn(T) -> &'static str,
    /// Reads one.
    pub(super) read: fn(&str) -> Option<T>,
    /// A command that is right.
    pub(super) example: &'a str,
}

impl<T: Copy> Choice<'_, T> {
    /// "`a`, `b` or `c`"
    fn list(&self) -> String {
        let words: Vec<String> = self
            .all
            .iter()
            .map(|one| format!("`{}`", (self.word)(*one)))
            .collect();
        match words.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
            Some((last, _)) => last.clone(),
            None => String::new(),
        }
    }
}

/// A text that must not be empty.
pub(super) fn required(text: &str, what: &str, example: &str) -> Result<String, Misread> {
    let text = text.trim();
    if text.is_empty() {
        return Err(misread(format!("{what} is missing"), example));
    }
    Ok(text.to_owned())
}

/// The first word and what follows it, both trimmed.
pub(super) fn split_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.split_once(char::is_whitespace) {
        Some((first, rest)) => (first, rest.trim()),
        None => (text, ""),
    }
}

/// A word without the punctuation behind it and the backticks around it.
pub(super) fn bare(word: &str) -> &str {
    word.trim_end_matches([',', ';', ':', '.'])
        .trim_matches('`')
}

/// Somebody's word as code that cannot end early, shortened.
pub(super) fn quoted(word: &str) -> String {
    let mut safe: String = word
        .chars()
        .filter(|c| !c.is_control() && *c != '`')
        .take(LONGEST_QUOTE)
        .collect();
    if word.chars().count() > LONGEST_QUOTE {
        safe.push('…');
    }
    format!("`{safe}`")
}

/// An argument is missing or wrong.
pub(super) fn misread(problem: impl Into<String>, example: &str) -> Misread {
    Misread::Argument {
        problem: problem.into(),
        example: example.to_owned(),
    }
}
