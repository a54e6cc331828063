//! GitHub's closing keywords, in the text of a pull request. They count in ordinary text only, so
//! the text is read as Markdown; the words are those of GitHub's documentation, "Linking a pull
//! request to an issue".

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};

/// The words that close.
const WORDS: [&str; 9] = [
    "close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved",
];

/// An issue that a keyword names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// Owner and name, where it is in another repository.
    pub repo: Option<(String, String)>,
    /// Its number.
    pub number: u64,
}

/// All issues that closing keywords name in a text.
pub(super) fn closing_keywords(text: &str) -> Vec<Reference> {
    let arena = Arena::new();
    let root = parse_document(&arena, text, &Options::default());
    let mut plain = String::new();
    for node in root.descendants() {
        match &node.data().value {
            NodeValue::Text(text) => plain.push_str(text),
            NodeValue::Code(_) | NodeValue::HtmlInline(_) => plain.push_str(" \u{0} "),
            NodeValue::SoftBreak | NodeValue::LineBreak | NodeValue::Paragraph => plain.push(' '),
            // All other nodes hold text nodes or are no text.
            _ => {}
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    words
        .windows(2)
        .filter(|pair| {
            let word = pair[0].trim_end_matches(':').to_ascii_lowercase();
            WORDS.contains(&word.trim_start_matches(['(', '*']))
        })
        .filter_map(|pair| reference(pair[1]))
        .collect()
}

fn reference(word: &str) -> Option<Reference> {
    let word = word.trim_end_matches(|c: char| !c.is_ascii_digit());
    let word = word
        .split_once("://")
        .and_then(|(_, rest)| rest.split_once('/'))
        .map_or_else(
            || word.to_owned(),
            |(_, path)| path.replace("/issues/", "#"),
        );
    let (repo, number) = word.split_once('#')?;
    let number = number.parse().ok()?;
    let repo = match repo.split_once('/') {
        Some((owner, name)) => Some((owner.to_owned(), name.to_owned())),
        None if repo.is_empty() => None,
        None => return None,
    };
    Some(Reference { repo, number })
}

#[cfg(test)]
mod tests {
    use super::closing_keywords;

    fn numbers(text: &str) -> Vec<u64> {
        closing_keywords(text).iter().map(|r| r.number).collect()
    }

    #[test]
    fn keywords_close_and_plain_mentions_do_not() {
        assert_eq!(numbers("Closes #12, fixes: #13.\n\nSee #14"), [12, 13]);
        assert_eq!(
            numbers("Resolves https://github.com/acme/fraud/issues/7"),
            [7]
        );
        assert_eq!(numbers("it closes nothing, `fixes #3`"), [0_u64; 0]);
        assert_eq!(numbers("```\nFixes #3\n```"), [0_u64; 0]);
    }

    #[test]
    fn another_repository_is_named() {
        let found = closing_keywords("fix acme/infra#9");
        assert_eq!(found[0].repo, Some(("acme".into(), "infra".into())));
    }
}
