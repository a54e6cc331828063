//! What is written where content belongs, and is none: placeholders, the template's own
//! instructions, and denials without a reason. One sentence that is neither makes a text content,
//! however short: "F1 0.87 on Q3 data."
//!
//! The sentences of the template are those of `huggingface/huggingface_hub`,
//! `templates/modelcard_template.md`, and of its annotated version in huggingface/hub-docs, as far
//! as they stand in sections on our topics.

use super::{short, words};

/// What a text comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing that can be seen, or only the name of something that does not follow.
    Nothing,
    /// What stands for content to come, as written, shortened.
    Placeholder(String),
    /// That there is nothing to say, as written, shortened.
    Denial(String),
    /// Something.
    Content,
}

/// What is quoted of a placeholder, in characters.
const MOST_QUOTED: usize = 60;

/// Placeholders in full, as [`words`] reads them.
const PLACEHOLDERS: &[&str] = &[
    "asdf",
    "blah",
    "blah blah",
    "coming later",
    "coming soon",
    "details to follow",
    "example text",
    "fill in",
    "fill me in",
    "fill out",
    "info needed",
    "information needed",
    "insert here",
    "insert text",
    "later",
    "missing",
    "more details soon",
    "more info needed",
    "more information soon",
    "more to come",
    "needs more info",
    "needs more information",
    "no response",
    "not available yet",
    "not evaluated yet",
    "not measured yet",
    "not tested yet",
    "not yet",
    "not yet available",
    "not yet evaluated",
    "not yet measured",
    "not yet tested",
    "optional",
    "pending",
    "placeholder",
    "sample text",
    "some text",
    "soon",
    "t b d",
    "text here",
    "to come",
    "to do",
    "to follow",
    "under construction",
    "work in progress",
    "your text",
    "your text here",
];

/// What is still to be done, whatever follows.
const OPENINGS: &[&str] = &[
    "fill in",
    "fixme",
    "lorem ipsum",
    "more info needed",
    "more information needed",
    "please add",
    "please fill",
    "tba",
    "tbc",
    "tbd",
    "to be added",
    "to be announced",
    "to be completed",
    "to be confirmed",
    "to be defined",
    "to be determined",
    "to be done",
    "to be filled",
    "to be provided",
    "to be written",
    "todo",
    "wip",
];

/// The same at the end of a few words: `Results TBD`, `Numbers will follow`.
const ENDINGS: &[&str] = &[
    "coming soon",
    "tba",
    "tbc",
    "tbd",
    "to be added",
    "to follow",
    "todo",
    "will be added",
    "will be added soon",
    "will follow",
];
const MOST_WORDS_WITH_ENDING: usize = 7;

/// `Describe the results here`
const ASKING: &[&str] = &[
    "add", "describe", "enter", "explain", "insert", "list", "provide", "put", "write", "your",
];
const MOST_WORDS_ASKING: usize = 10;

/// There is nothing to say, and no reason is given.
const DENIALS: &[&str] = &[
    "does not apply",
    "n a",
    "na",
    "nil",
    "no bias",
    "no issues",
    "no known bias",
    "no known biases",
    "no known issues",
    "no known limitations",
    "no known risks",
    "no limitations",
    "no limitations known",
    "no limitations so far",
    "no risks",
    "none",
    "none at the moment",
    "none at this time",
    "none currently",
    "none identified",
    "none known",
    "none so far",
    "none that we know of",
    "none yet",
    "not applicable",
    "not known",
    "nothing",
    "nothing known",
    "null",
    "there are no known limitations",
    "there are no limitations",
    "there are none",
    "unknown",
    "we know of no limitations",
    "we know of none",
];

/// Sentences of the template that stand in every card; who goes on with one says something.
const TEMPLATE_SENTENCES: &[&str] = &[
    "more information needed for further recommendations",
    "users both direct and downstream should be made aware of the risks biases and limitations of the model",
    "users both direct and downstream should be made aware of the risks biases and technical limitations of the model",
    "what do the results say",
    "what are the known or foreseeable issues stemming from this model",
];

/// How the template's instructions to the author begin.
const TEMPLATE_OPENINGS: &[&str] = &[
    "evaluation is ideally constructed with factors",
    "evaluation should ideally be disaggregated",
    "ideally this links to a data card",
    "ideally this links to a dataset card",
    "it also provides information on warnings and potential mitigations",
    "list how the model may foreseeably be misused",
    "results should be based on the factors and metrics",
    "target fairness metrics should be decided based on",
    "these are the evaluation metrics being used",
    "these are the things the evaluation is disaggregating by",
    "this can function as a kind of tl dr",
    "this can include everything from downsample your image",
    "this includes domain and context as well as population",
    "this section addresses misuse malicious use",
    "this section describes the evaluation protocols",
    "this section identifies foreseeable harms and misunderstandings",
    "this section is meant to convey",
    "this should link to a data card",
    "this should link to a dataset card",
    "what are recommendations with respect to the foreseeable issues",
    "what are the foreseeable characteristics that will influence",
    "what metrics will be used for evaluation",
];

/// Signs that say something without a word, as in a table of what is supported.
const SPEAKING_SIGNS: [char; 8] = ['✓', '✔', '✅', '✗', '✘', '❌', '☑', '☒'];

/// What a text with its line breaks comes to.
pub(super) fn judge(text: &str) -> Said {
    let (text, variable) = without_variables(text);
    let said = match judge_sentences(&text) {
        // `F1: TBD`, and `AUC: TBD` on the next line, read like one sentence.
        Said::Content if text.contains('\n') => worth_most(text.lines().map(judge_sentences)),
        said => said,
    };
    match (said, variable) {
        (Said::Nothing, Some(variable)) => Said::Placeholder(quoted(&variable)),
        (said, _) => said,
    }
}

/// Content if any is, else the first that is not nothing.
pub(super) fn worth_most(all: impl IntoIterator<Item = Said>) -> Said {
    let mut most = Said::Nothing;
    for said in all {
        match (&most, &said) {
            (_, Said::Content) => return said,
            (Said::Nothing, Said::Placeholder(_) | Said::Denial(_)) => most = said,
            (_, Said::Nothing | Said::Placeholder(_) | Said::Denial(_)) => {}
        }
    }
    most
}

/// The text without a template's `{{ variables }}` and `{% statements %}`, and the first of them.
fn without_variables(text: &str) -> (String, Option<String>) {
    let mut left = String::with_capacity(text.len());
    let mut first = None;
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        left.push_str(before);
        let close = match from.get(..2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            _ => "",
        };
        match from.find(close).filter(|_| !close.is_empty()) {
            Some(end) => {
                let (variable, after) = from.split_at(end + close.len());
                first.get_or_insert_with(|| variable.to_owned());
                rest = after;
            }
            None if close.is_empty() => {
                left.push('{');
                rest = from.strip_prefix('{').unwrap_or_default();
            }
            // Nothing closes it, nor any that follows.
            None => {
                left.push_str(from);
                return (left, first);
            }
        }
    }
    left.push_str(rest);
    (left, first)
}

fn judge_sentences(text: &str) -> Said {
    worth_most(sentences(text).map(judge_sentence))
}

/// A text cut after full stops, semicolons and the like that a space or the end follows.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut ended = false;
        let end = rest.char_indices().find(|(_, c)| {
            let here = ended && c.is_whitespace();
            ended = matches!(c, '.' | '!' | '?' | '…' | ';');
            here
        });
        let (sentence, after) = rest.split_at(end.map_or(rest.len(), |(at, _)| at));
        rest = after.trim_start();
        (!sentence.is_empty()).then_some(sentence)
    })
}

fn judge_sentence(sentence: &str) -> Said {
    let sentence = without_alert(sentence.trim());
    match judge_phrase(sentence) {
        Said::Content => judge_labelled(sentence),
        said => said,
    }
}

/// The first line of GitHub's alerts, `> [!NOTE]`, says nothing.
fn without_alert(sentence: &str) -> &str {
    let alert = sentence
        .strip_prefix("[!")
        .and_then(|rest| rest.split_once(']'));
    match alert {
        Some((kind, rest)) if kind.chars().all(|c| c.is_ascii_alphabetic()) => rest.trim_start(),
        _ => sentence,
    }
}

/// `F1: TBD` says as little as `TBD`, and `The results are:` nothing without what follows.
fn judge_labelled(sentence: &str) -> Said {
    let dash = sentence.rsplit_once(" - ");
    let split = sentence.rsplit_once([':', '=', '–', '—']).or(dash);
    let Some((label, value)) = split else {
        return Said::Content;
    };
    match judge_phrase(value) {
        Said::Content => Said::Content,
        Said::Nothing if label.trim().is_empty() => Said::Content,
        Said::Nothing => Said::Nothing,
        Said::Placeholder(_) => Said::Placeholder(quoted(sentence)),
        Said::Denial(_) => Said::Denial(quoted(sentence)),
    }
}

fn judge_phrase(phrase: &str) -> Said {
    let phrase = phrase.trim();
    let placeholder = || Said::Placeholder(quoted(phrase));
    if !phrase.contains(char::is_alphanumeric) {
        let seen = phrase.trim_matches(is_unseen);
        return if seen.is_empty() {
            Said::Nothing
        } else if seen.contains(SPEAKING_SIGNS) {
            Said::Content
        } else {
            placeholder()
        };
    }
    let words: Vec<String> = words(phrase).collect();
    let text = words.join(" ");
    let is_text = |known: &&str| **known == text;
    let begins = |opening: &&str| {
        let rest = text.strip_prefix(*opening);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let ends = |ending: &&str| {
        let before = text.strip_suffix(*ending);
        before.is_some_and(|before| before.ends_with(' '))
    };
    if DENIALS.iter().any(is_text) {
        return Said::Denial(quoted(phrase));
    }
    let few = |most: usize| words.len() <= most;
    let asks = || {
        few(MOST_WORDS_ASKING)
            && words.last().is_some_and(|last| last == "here")
            && words
                .first()
                .is_some_and(|first| ASKING.contains(&&**first))
    };
    let is_placeholder = PLACEHOLDERS.iter().any(is_text)
        || OPENINGS.iter().any(begins)
        || few(MOST_WORDS_WITH_ENDING) && ENDINGS.iter().any(ends)
        || TEMPLATE_SENTENCES.iter().any(is_text)
        || TEMPLATE_OPENINGS.iter().any(begins)
        || asks()
        || is_crossed_out(&words)
        || is_bracketed(phrase);
    if is_placeholder {
        placeholder()
    } else {
        Said::Content
    }
}

/// `xxx`, `0.XX`
fn is_crossed_out(words: &[String]) -> bool {
    let is_exes = |word: &String| word.len() > 1 && word.bytes().all(|b| b == b'x');
    let is_digits = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    words.iter().any(is_exes) && words.iter().all(|word| is_exes(word) || is_digits(word))
}

/// `<your text here>`, `[Describe the results]`; an interval such as `[0.85, 0.88]` is content.
fn is_bracketed(phrase: &str) -> bool {
    const AROUND: [char; 6] = ['*', '_', '"', '\'', '`', '.'];
    let inner = phrase.trim_matches(AROUND);
    let in_angles = inner.starts_with('<') && inner.ends_with('>');
    let in_braces = inner.starts_with('{') && inner.ends_with('}');
    let in_brackets = inner.starts_with('[') && inner.ends_with(']');
    in_angles || (in_brackets || in_braces) && !inner.contains(|c: char| c.is_ascii_digit())
}

/// Spaces of all kinds, and what has no width.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{fe0e}' | '\u{fe0f}' | '\u{feff}'
        )
}

/// A placeholder as it is shown to people.
pub(super) fn quoted(text: &str) -> String {
    short(text, MOST_QUOTED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_something_is_content_however_short() {
        for text in [
            "F1 0.87 on Q3 data.",
            "0.87",
            "[0.85, 0.88]",
            "✅",
            "See the [report](eval.md).",
            "https://example.com/eval",
            "Fails at night.",
            "TODO: add Q4. F1 0.87 on Q3 data.",
            "None known in the EU; never tested elsewhere.",
            "No limitations were found for adults, but minors are not covered.",
            "F1: 0.87",
            "Fails at night; fix: TBD",
            "Accuracy: TBD\nF1: 0.87",
            "Über 80-Jährige fehlen in den Daten.",
            "精度 0.87",
            "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model, above all of its blindness at night.",
            "Wrong more often for names with {braces}.",
            "More of the same at 12:30",
            "Experimental",
            "Nothing is known about lorries.",
        ] {
            assert_eq!(judge(text), Said::Content, "{text:?}");
        }
    }

    #[test]
    fn placeholders_are_known_in_all_their_clothes() {
        for text in [
            "TODO",
            "todo: write this",
            "To do",
            "TBD",
            "_TBD_",
            "**TBD.**",
            "T.B.D.",
            "…",
            "...",
            "-",
            "—",
            "???",
            "🚧",
            "🚧 Work in progress 🚧",
            "xxx",
            "0.XX",
            "[More Information Needed]",
            "More information needed",
            "More\ninformation\nneeded.",
            "{{ results | default(\"[More Information Needed]\", true)}}",
            "{{ x }} {% if y %}",
            "Lorem ipsum dolor sit amet, consectetur.",
            "<your text here>",
            "[optional]",
            "Coming soon!",
            "Results will follow.",
            "Evaluation results TBD",
            "Fill in…",
            "Please fill in the blanks.",
            "Describe your results here",
            "[Describe the results]",
            "_No response_",
            "F1: TBD",
            "F1: TBD\nAccuracy: [More Information Needed]",
            "AUC = xx",
            "Recall – ?",
            "This section is meant to convey both technical and sociotechnical limitations.",
            "This section describes the evaluation protocols\nand provides the results.",
            "Section Overview: This section identifies foreseeable harms and misunderstandings, and both technical and sociotechnical limitations. It also provides information on warnings and potential mitigations.",
            "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model. More information needed for further recommendations.",
            "What are the known or foreseeable issues stemming from this model?",
            "What do the results say? This can function as a kind of tl;dr for general audiences.",
            "[!NOTE]\nTBD",
        ] {
            let said = judge(text);
            assert!(matches!(said, Said::Placeholder(_)), "{text:?}: {said:?}");
        }
    }

    #[test]
    fn a_denial_is_told_from_a_placeholder() {
        for text in [
            "N/A",
            "n.a.",
            "None",
            "None known.",
            "No known limitations.",
            "There are no known limitations!",
            "Limitations: none",
            "not applicable",
        ] {
            let said = judge(text);
            assert!(matches!(said, Said::Denial(_)), "{text:?}: {said:?}");
        }
    }

    #[test]
    fn what_cannot_be_seen_or_only_introduces_is_nothing() {
        for text in [
            "",
            " \n ",
            "\u{a0}\u{200b}",
            "The results are:",
            "F1:",
            "[!WARNING]",
        ] {
            assert_eq!(judge(text), Said::Nothing, "{text:?}");
        }
    }

    #[test]
    fn what_is_quoted_is_short_and_as_written() {
        assert_eq!(
            judge(
                "{{ bias_recommendations | default(\"Users (both direct and downstream) should\", true)}}"
            ),
            Said::Placeholder(
                "{{ bias_recommendations | default(\"Users (both direct and do…".to_owned()
            )
        );
        assert_eq!(
            judge("*F1*:\n  TBD"),
            Said::Placeholder("*F1*: TBD".to_owned())
        );
    }

    #[test]
    fn a_crafted_text_is_judged_in_bounds() {
        const MANY: usize = 100_000;
        for crafted in [
            "{", "{{", "{{}}", "{%", ". ", "a. ", ":", "a: ", "\n", "x ", "todo\n",
        ] {
            judge(&crafted.repeat(MANY));
        }
    }
}
