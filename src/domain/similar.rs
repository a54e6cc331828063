//! Which texts are about the same, so that nobody repeats an experiment that failed unknowingly.
//!
//! What counts is the *stems* of *significant words*: `routes` and `routing` are one stem, and
//! `test`, `the` or `(3 days)` stand in every other title and say nothing about what is explored.
//! Two items are similar if a text of the one (its title, or title and hypothesis together) is
//! like a text of the other, that is
//!
//! * both have the same stems, or
//! * they share at least two, which are at least half of those of the shorter text, and not just
//!   `data` and `model`.
//!
//! Titles alone are compared too, since a long hypothesis would drown them; a hypothesis is never
//! compared without its title, since two of those often share only their way of saying that
//! something gets better. So what shares one word of several is not similar: `Test BERT for
//! sentiment` and `Test BERT for images` try one method on two problems. A text of one stem is
//! like nothing but a text of that stem alone.

use std::collections::BTreeSet;

use frostem::{Algorithm, Stemmer};

use super::worktime::Span;

/// Words that count, of title and hypothesis together: as many as a title and two sentences have.
/// What comes later explains, and would make long texts similar to everything.
const MOST_WORDS: usize = 24;

/// Characters of a word that count; longer ones are no words, but addresses or keys.
const MOST_CHARS: usize = 40;

/// Words that are looked at to find significant ones; a hypothesis of this length is a paper.
const MOST_READ: usize = 1_000;

/// The significant words of a text, for a search: in lower case, in their order, each once, at
/// most 24 of at most 40 characters. They are runs of letters and digits without what stands in
/// every other text: stop words, words of research (`test`, `compare`), numbers and lengths
/// (`2 days`).
pub fn words(title: &str, body: &str) -> Vec<String> {
    let mut title = significant(title);
    if title.len() > 1 && OPENINGS.contains(&title[0].as_str()) {
        title.remove(0);
    }
    let mut words: Vec<String> = Vec::new();
    for word in title.into_iter().chain(significant(body)) {
        if words.len() == MOST_WORDS {
            break;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// Whether two items, each given by its title and its hypothesis or question, are about the same;
/// the module says what that means. It is symmetric, and what has a significant word is similar to
/// itself.
pub fn is_similar(a: (&str, &str), b: (&str, &str)) -> bool {
    let texts = |(title, body)| [stems(title, ""), stems(title, body)];
    let theirs = texts(b);
    texts(a)
        .iter()
        .any(|ours| theirs.iter().any(|theirs| are_alike(ours, theirs)))
}

fn are_alike(a: &BTreeSet<String>, b: &BTreeSet<String>) -> bool {
    if a == b {
        return !a.is_empty();
    }
    let shared: Vec<&String> = a.intersection(b).collect();
    shared.len() >= 2
        && 2 * shared.len() >= a.len().min(b.len())
        && shared
            .iter()
            .any(|stem| !EVERYWHERE.contains(&stem.as_str()))
}

/// The stems of all words of a text, for whoever looks for some of them.
pub fn all_stems(text: &str) -> BTreeSet<String> {
    let stemmer = Stemmer::new(Algorithm::English);
    text.split(|c: char| !c.is_alphanumeric())
        .map(lower)
        .filter(|word| !word.is_empty())
        .map(|word| stemmer.stem(&word).into_owned())
        .collect()
}

fn stems(title: &str, body: &str) -> BTreeSet<String> {
    let stemmer = Stemmer::new(Algorithm::English);
    words(title, body)
        .iter()
        .map(|word| stemmer.stem(word).into_owned())
        .collect()
}

/// The significant words of a text in their order, repeated ones too.
fn significant(text: &str) -> Vec<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(lower)
        .filter(|word| !word.is_empty() && !STOP_WORDS.contains(&word.as_str()))
        .take(MOST_READ)
        .collect();
    let at = |place: usize| words.get(place).map_or("", String::as_str);
    words
        .iter()
        .enumerate()
        .filter(|&(place, word)| {
            let (before, after) = (at(place.wrapping_sub(1)), at(place + 1));
            says_something(word)
                && !is_length(before, word)
                && !is_time_box(before, word)
                && !is_time_box(word, after)
        })
        .map(|(_, word)| word.clone())
        .collect()
}

/// Some letters have marks of their own in lower case, which are no letters.
fn lower(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
        .take(MOST_CHARS)
        .collect()
}

/// Whether a word by itself can be what a text is about. A letter alone is the rest of something
/// (`don't`, `GPT-2`), but in Chinese it is a word.
fn says_something(word: &str) -> bool {
    let letter = word.len() == 1;
    let number = word.chars().all(char::is_numeric);
    !letter && !number && !OF_RESEARCH.contains(&word) && Span::parse(word).is_none()
}

/// `2 days`
fn is_length(number: &str, unit: &str) -> bool {
    number.bytes().all(|b| b.is_ascii_digit()) && Span::parse(&format!("{number} {unit}")).is_some()
}

fn is_time_box(time: &str, boxed: &str) -> bool {
    time == "time" && matches!(boxed, "box" | "boxed" | "boxes")
}

/// Words by which data science is told from other things, but not one of its items from another.
const EVERYWHERE: &[&str] = &["data", "model"];

/// What research and experiments are called and what they do, wherever it stands.
#[rustfmt::skip]
const OF_RESEARCH: &[&str] = &[
    "assess", "assessing", "assessment",
    "check", "checked", "checking", "checks",
    "compare", "compared", "compares", "comparing", "comparison",
    "evaluate", "evaluated", "evaluates", "evaluating", "evaluation",
    "examine", "examining",
    "experiment", "experimental", "experimenting", "experiments",
    "exploration", "explore", "explored", "explores", "exploring",
    "hypotheses", "hypothesis",
    "investigate", "investigated", "investigates", "investigating", "investigation",
    "research", "researching",
    "spike", "timebox", "timeboxed",
    "test", "tested", "testing", "tests",
    "tried", "tries", "try", "trying",
];

/// Verbs that say nothing at the beginning of a title, and much elsewhere (`reading times`, `to
/// learn`, `product review`).
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "ablate", "analyse", "analyze", "benchmark", "brainstorm", "discover", "figure", "find",
    "finetune", "learn", "look", "measure", "read", "review", "scout", "see", "study", "survey",
    "train", "tune", "understand", "validate",
];

/// English words of no content, the rests of its contractions, and the words for "this is better".
#[rustfmt::skip]
const STOP_WORDS: &[&str] = &[
    "a", "about", "above", "after", "again", "against", "all", "also", "am", "an", "and",
    "another", "any", "approach", "approaches", "are", "aren", "as", "at",
    "be", "beat", "beats", "because", "been", "before", "being", "below", "best", "better",
    "between", "both", "but", "by",
    "can", "could", "couldn", "did", "didn", "do", "does", "doesn", "doing", "don", "done",
    "down", "during", "each", "eg", "either", "else", "etc", "every",
    "few", "fine", "for", "from", "further", "get", "gets", "give", "gives",
    "had", "has", "hasn", "have", "haven", "having", "he", "help", "helps", "her", "here",
    "high", "higher", "his", "how",
    "i", "idea", "ideas", "ie", "if", "improve", "improved", "improvement", "improves",
    "improving", "in", "instead", "into", "is", "isn", "it", "its", "just",
    "least", "less", "let", "lets", "like", "ll", "low", "lower",
    "make", "makes", "may", "me", "method", "methods", "might", "more", "most", "much", "must",
    "my", "need", "needs", "new", "no", "nor", "not", "now",
    "of", "off", "on", "once", "one", "only", "onto", "or", "other", "our", "out", "outperform",
    "outperforms", "over", "per", "please", "possible", "quite",
    "re", "rather", "result", "results",
    "same", "shall", "she", "should", "shouldn", "since", "so", "some", "still", "such",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "through", "to", "too", "two", "under", "until", "up", "upon", "us", "use", "used", "uses",
    "using", "ve", "versus", "very", "via", "vs",
    "want", "wants", "was", "wasn", "way", "ways", "we", "well", "were", "weren", "what", "when",
    "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with",
    "within", "without", "won", "work", "working", "works", "worse", "would", "wouldn",
    "yet", "you", "your",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Titles without hypotheses.
    fn titles(a: &str, b: &str) -> bool {
        is_similar((a, ""), (b, ""))
    }

    #[test]
    fn what_was_tried_before_is_recognised() {
        assert!(is_similar(
            ("Test LSTM for ticket routing", ""),
            (
                "Compare BERT vs GPT-2 for classification",
                "Fine-tuned BERT routes tickets better than GPT-2",
            ),
        ));
        assert!(titles(
            "Test BERT vs GPT for classification",
            "Compare BERT vs GPT-2 for classification (3 days)",
        ));
        assert!(titles(
            "Explore graph features for fraud detection",
            "Test graph features against the fraud baseline",
        ));
        assert!(titles(
            "Test data augmentation",
            "Explore data augmentations for images",
        ));
    }

    #[test]
    fn what_is_about_something_else_is_not() {
        assert!(!titles(
            "Explore new MLOps tooling",
            "Explore NLP approaches for sentiment",
        ));
        assert!(!titles(
            "Retrain fraud model with Q4 data",
            "Explore graph features for fraud detection",
        ));
        assert!(!titles("Test BERT for sentiment", "Test BERT for images"));
        assert!(!titles(
            "Explore data for the churn model",
            "Test a data model for fraud",
        ));
        assert!(!titles(
            "Test LSTM (time box: 2 days)",
            "Test XGBoost (time box: 2 days)",
        ));
        assert!(!is_similar(
            ("Test LSTM", "We improve the results by 5 %"),
            ("Explore graphs", "We improve the results by 5 %"),
        ));
    }

    #[test]
    fn one_word_is_like_that_word_alone() {
        assert!(titles(
            "Test embeddings",
            "[Research] Explore embedding (2d)"
        ));
        assert!(!titles("Test embeddings", "Test embeddings for tickets"));
        assert!(!titles("Explore", "Explore"));
        assert!(!titles("", ""));
    }

    #[test]
    fn words_are_what_a_text_is_about() {
        let of = |title, body| words(title, body).join(" ");
        assert_eq!(
            of(
                "[Experiment] Let's try fine-tuning BERT vs GPT-2 (2 working days)",
                "BERT routes the tickets better, doesn't it?"
            ),
            "tuning bert gpt routes tickets"
        );
        assert_eq!(
            of("Look into reading times (1w2d)", "in 2024"),
            "reading times"
        );
        assert_eq!(of("Review: product reviews", ""), "product reviews");
        assert_eq!(of("Review", ""), "review");
        assert_eq!(
            of("Évaluer l'Émotion 感 in Q4", ""),
            "évaluer émotion 感 q4"
        );
        assert_eq!(of("Time series (time-boxed, 3 days)", ""), "time series");
        assert_eq!(of("\0 🦀 \"*\" -- ()", "1.5 h"), "");
        assert_eq!(of(&"x".repeat(10_000), ""), "x".repeat(40));
        let long: Vec<String> = (0..100).map(|n| format!("w{n}")).collect();
        assert_eq!(words("Test", &long.join(" ")), long[..24]);
    }

    fn text() -> impl Strategy<Value = String> {
        let word = prop_oneof![
            "\\PC{0,8}",
            "[a-zé]{1,9}(s|ed|ing|ly|ies|ness|ation|'s)?",
            Just("data model fraud graph".to_owned()),
            any::<String>(),
        ];
        prop::collection::vec(word, 0..8).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn any_text_has_clean_words(title in text(), body in text()) {
            let words = words(&title, &body);
            prop_assert!(words.len() <= MOST_WORDS);
            let distinct: BTreeSet<&String> = words.iter().collect();
            prop_assert_eq!(distinct.len(), words.len());
            for word in &words {
                prop_assert!((1..=MOST_CHARS).contains(&word.chars().count()));
                prop_assert!(word.chars().all(char::is_alphanumeric));
                prop_assert!(!STOP_WORDS.contains(&word.as_str()));
                prop_assert!(says_something(word));
            }
        }

        #[test]
        fn likeness_is_mutual_and_everything_is_like_itself(
            a in (text(), text()),
            b in (text(), text()),
        ) {
            let (a, b) = ((a.0.as_str(), a.1.as_str()), (b.0.as_str(), b.1.as_str()));
            prop_assert_eq!(is_similar(a, b), is_similar(b, a));
            prop_assert_eq!(is_similar(a, a), !words(a.0, a.1).is_empty());
        }
    }
}
