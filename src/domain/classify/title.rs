//! A title taken apart: what it calls itself, what tags it bears, and its words.

use crate::domain::kind::Kind;

/// A title taken apart.
pub(super) struct Title {
    /// The kind that it names before everything else.
    pub(super) stated: Option<Kind>,
    /// The kind that a conventional tag such as `fix:` or `[bug]` implies.
    pub(super) tag: Option<Kind>,
    /// The words after tags and after words of politeness.
    pub(super) words: Words,
}

/// GitHub's titles have at most 256 characters; whatever is longer did not come from there.
const MOST_CHARS: usize = 256;

/// A title has few tags; more are text.
const MOST_TAGS: usize = 4;

impl Title {
    pub(super) fn read(title: &str) -> Self {
        let title: String = title.chars().take(MOST_CHARS).collect();
        let mut rest = without_ornament(&title);
        let (mut stated, mut tag) = (None, None);
        for _ in 0..MOST_TAGS {
            let Some((name, after)) = bracketed(rest).or_else(|| labelled(rest)) else {
                break;
            };
            stated = stated.or_else(|| Kind::from_word(name));
            tag = tag.or_else(|| implied(name));
            rest = without_ornament(after);
        }
        Self {
            stated,
            tag,
            words: Words::of(rest),
        }
    }
}

/// The title behind the tags that name a kind; all of it where nothing else is left.
pub(super) fn without_kind(title: &str) -> &str {
    let mut rest = title;
    for _ in 0..MOST_TAGS {
        let start = without_ornament(rest);
        match bracketed(start).or_else(|| labelled(start)) {
            Some((name, after)) if Kind::from_word(name).is_some() => rest = after,
            Some(_) | None => break,
        }
    }
    if rest.trim().is_empty() { title } else { rest }
}

/// Emoji, stars, numbers' dots and the like before the first word.
fn without_ornament(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '[' | '('))
}

/// `[name] rest`
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let (open, close) = match text.chars().next()? {
        '[' => ('[', ']'),
        '(' => ('(', ')'),
        _ => return None,
    };
    let (name, rest) = text.strip_prefix(open)?.split_once(close)?;
    Some((name.trim(), rest))
}

/// `name: rest`, `name(scope): rest`, `name 3: rest`, `name - rest`, with one word as name.
fn labelled(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_alphanumeric())
        .unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    let spaced = [" - ", " – ", " — ", " | "]
        .iter()
        .find_map(|dash| after.strip_prefix(dash));
    if let Some(rest) = spaced {
        // A dash also joins what is no tag: "Explore - then decide".
        return (Kind::from_word(name).is_some()).then_some((name, rest));
    }
    let (between, rest) = after.split_once(':')?;
    let between = between.trim().trim_end_matches('!');
    let scope = between.is_empty()
        || (between.starts_with('(') && between.ends_with(')'))
        || between
            .trim_start_matches('#')
            .bytes()
            .all(|b| b.is_ascii_digit());
    // In "10:30" and "http://x" the colon does not end a tag.
    let ends_a_tag = rest.is_empty() || rest.starts_with(char::is_whitespace);
    (scope && ends_a_tag).then_some((name, rest))
}

/// What the types of conventional commits and usual tags of trackers imply.
fn implied(tag: &str) -> Option<Kind> {
    match tag.to_lowercase().as_str() {
        "spike" => Some(Kind::Research),
        "hypothesis" | "ablation" | "a/b" | "exp" => Some(Kind::Experiment),
        "feat" | "feature" | "feature request" | "enhancement" | "docs" | "doc" => {
            Some(Kind::Development)
        }
        "fix" | "bug" | "bugfix" | "hotfix" | "chore" | "refactor" | "perf" | "ci" | "build"
        | "retrain" | "retraining" | "incident" | "regression" => Some(Kind::Maintenance),
        _ => None,
    }
}

/// The texts in brackets, in their order, without those inside others.
pub(super) fn groups(title: &str) -> Vec<&str> {
    let mut groups = Vec::new();
    let mut rest = title;
    while let Some((_, after)) = rest.split_once(['(', '[']) {
        let Some((group, after)) = after.split_once([')', ']']) else {
            break;
        };
        groups.push(group);
        rest = after;
    }
    groups
}

/// Words in lower case, without punctuation around them.
pub(super) struct Words(Vec<String>);

impl Words {
    fn of(text: &str) -> Self {
        let words = text
            .split_whitespace()
            .map(|word| {
                word.trim_matches(|c: char| !c.is_alphanumeric())
                    .to_lowercase()
                    .replace('’', "'")
            })
            .filter(|word| !word.is_empty())
            .collect();
        let mut words = Self(words);
        while let Some(polite) = POLITE.iter().find(|phrase| words.begins_with(phrase)) {
            words.0.drain(..polite.split(' ').count());
        }
        words
    }

    /// Opens with one of these words.
    pub(super) fn starts_with_any(&self, openings: &[&str]) -> bool {
        self.0
            .first()
            .is_some_and(|first| openings.contains(&first.as_str()))
    }

    /// Has one of these words.
    pub(super) fn has_any(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    /// Has these words in a row; they are separated by one space.
    pub(super) fn has_phrase(&self, phrase: &str) -> bool {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        self.0.windows(phrase.len()).any(|words| words == phrase)
    }

    /// Opens with these words; they are separated by one space.
    pub(super) fn begins_with(&self, phrase: &str) -> bool {
        let mut words = self.0.iter();
        phrase
            .split(' ')
            .all(|wanted| words.next().is_some_and(|word| word == wanted))
    }

    /// There is something after so many words.
    pub(super) fn goes_on_after(&self, phrase: &str) -> bool {
        self.0.len() > phrase.split(' ').count()
    }
}

/// What people write before the verb.
const POLITE: &[&str] = &[
    "please",
    "let's",
    "lets",
    "let us",
    "we should",
    "we need to",
    "we want to",
    "we could",
    "need to",
    "needs to",
    "want to",
    "should we",
    "try to",
    "to",
];
