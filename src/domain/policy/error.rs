//! What is wrong with a policy file, in words that can stand alone: in a check's annotation, on
//! the board issue, in a terminal.

use std::fmt;

/// One mistake in a policy file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// The file, as its layer was called.
    pub origin: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// What is wrong and what would be right, without a full stop.
    pub message: String,
    /// The valid word that is closest to what was written.
    pub nearest: Option<String>,
}

impl PolicyError {
    /// The message with the closest valid word, without the position.
    pub fn sentence(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("{}; did you mean `{nearest}`?", self.message),
            None => self.message.clone(),
        }
    }
}

/// `.github/labhand.yml:3:5: unknown key `calender`; did you mean `calendar`?`
impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            origin,
            line,
            column,
            ..
        } = self;
        write!(f, "{origin}:{line}:{column}: {}", self.sentence())
    }
}

/// No word that somebody misspells is longer; it also bounds the work for what is no word at all.
const MOST_WORD_CHARS: usize = 64;

/// The candidate that differs from a word by the fewest slips, if those are few for its length.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let length = word.chars().count();
    if length > MOST_WORD_CHARS {
        return None;
    }
    let most_slips = 1 + length / 4;
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            let slips = strsim::damerau_levenshtein(&word, &candidate.to_lowercase());
            (slips, candidate)
        })
        .filter(|(slips, _)| *slips <= most_slips)
        .min()
        .map(|(_, candidate)| candidate.to_owned())
}
