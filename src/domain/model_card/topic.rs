//! What a heading is about, by its words: numbering, emoji and markup play no part.

use super::words;

/// Words that name performance wherever they stand in a heading.
const PERFORMANCE: &[&str] = &[
    "benchmark",
    "benchmarking",
    "benchmarks",
    "eval",
    "evals",
    "evaluation",
    "evaluations",
    "how good",
    "how well",
    "metric",
    "metrics",
    "performance",
    "result",
    "results",
];

/// Words that name it only where the heading says nothing else: `Testing` is an evaluation,
/// `Testing the installation` is none.
const PERFORMANCE_ALONE: &[&str] = &["accuracy", "scores", "testing", "tests", "validation"];

/// Words and phrases that name limitations wherever they stand.
const LIMITATIONS: &[&str] = &[
    "bias",
    "biases",
    "caveat",
    "caveats",
    "drawbacks",
    "ethical",
    "ethics",
    "failure cases",
    "failure modes",
    "it fails",
    "known issues",
    "known problems",
    "limitation",
    "limitations",
    "limits",
    "misuse",
    "not intended",
    "out of scope",
    "risks",
    "shortcomings",
    "weaknesses",
];

/// As above: a credit risk model has a heading on risk in each section.
const LIMITATIONS_ALONE: &[&str] = &["restrictions", "risk", "warnings"];

/// What a heading may say beside its topic without being about something else.
const BESIDE: &[&str] = &[
    "a",
    "and",
    "considerations",
    "data",
    "factors",
    "for",
    "in",
    "its",
    "known",
    "model",
    "of",
    "on",
    "optional",
    "or",
    "our",
    "overall",
    "quantitative",
    "recommendations",
    "set",
    "summary",
    "technical",
    "test",
    "the",
    "this",
    "to",
    "use",
    "uses",
    "where",
    "with",
];

/// No heading comes to its topic later than that.
const MOST_WORDS: usize = 40;

/// What a heading names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Names {
    pub(super) performance: bool,
    pub(super) limitations: bool,
    /// It says nothing beside that, as `3. Evaluation results` and unlike `Performance at night`.
    pub(super) alone: bool,
}

impl Names {
    /// It names no topic.
    pub(super) fn nothing(self) -> bool {
        !self.performance && !self.limitations
    }
}

/// What a heading's text names.
pub(super) fn names(heading: &str) -> Names {
    let mut left: Vec<String> = words(heading).take(MOST_WORDS).collect();
    let performance = take(&mut left, PERFORMANCE);
    let limitations = take(&mut left, LIMITATIONS);
    let performance_alone = take(&mut left, PERFORMANCE_ALONE);
    let limitations_alone = take(&mut left, LIMITATIONS_ALONE);
    let alone = left.iter().all(|word| is_beside(word));
    Names {
        performance: performance || alone && performance_alone,
        limitations: limitations || alone && limitations_alone,
        alone,
    }
}

/// Takes all of the phrases out of the words; whether there was any.
fn take(words: &mut Vec<String>, phrases: &[&str]) -> bool {
    let before = words.len();
    for phrase in phrases {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        while let Some(at) = words
            .windows(phrase.len())
            .position(|window| window == phrase)
        {
            words.drain(at..at + phrase.len());
        }
    }
    words.len() < before
}

/// A word that changes nothing: a number, a letter of an enumeration, or one of the list.
fn is_beside(word: &str) -> bool {
    BESIDE.contains(&word) || word.chars().count() == 1 || word.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `P` and `L` for the topics, `!` where the heading says nothing else.
    fn seen(heading: &str) -> String {
        let names = names(heading);
        let signs = [
            (names.performance, "P"),
            (names.limitations, "L"),
            (names.alone && !names.nothing(), "!"),
        ];
        let seen: String = signs
            .iter()
            .filter_map(|(seen, sign)| seen.then_some(*sign))
            .collect();
        format!("{seen:3} {heading}")
    }

    #[test]
    fn headings_are_told_by_their_words() {
        let headings = [
            "Evaluation",
            "📈 3. EVALUATION results",
            "Testing Data, Factors & Metrics",
            "Quantitative analyses: results",
            "Performance at night",
            "Benchmarks on our hold-out set",
            "How well it works",
            "Testing",
            "Validation",
            "Testing the installation",
            "Input validation",
            "Bias, Risks, and Limitations",
            "Out-of-Scope Use",
            "out of scope",
            "IV. Known issues",
            "Caveats and Recommendations",
            "Ethical considerations [optional]",
            "Where it fails",
            "Failure modes",
            "Risk",
            "Credit risk",
            "Machine failure prediction",
            "Results and limitations",
            "Limitations of the evaluation",
            "Training data",
            "Uses",
            "Revaluation",
        ];
        insta::assert_snapshot!(headings.map(seen).join("\n"), @"
        P!  Evaluation
        P!  📈 3. EVALUATION results
        P!  Testing Data, Factors & Metrics
        P   Quantitative analyses: results
        P   Performance at night
        P   Benchmarks on our hold-out set
        P   How well it works
        P!  Testing
        P!  Validation
            Testing the installation
            Input validation
        L!  Bias, Risks, and Limitations
        L!  Out-of-Scope Use
        L!  out of scope
        L   IV. Known issues
        L!  Caveats and Recommendations
        L!  Ethical considerations [optional]
        L!  Where it fails
        L!  Failure modes
        L!  Risk
            Credit risk
            Machine failure prediction
        PL! Results and limitations
        PL! Limitations of the evaluation
            Training data
            Uses
            Revaluation
        ");
    }

    #[test]
    fn a_long_heading_is_read_in_bounds() {
        assert!(names("").nothing());
        assert!(names(&"out of ".repeat(50_000)).nothing());
        assert!(names(&"results ".repeat(50_000)).performance);
    }
}
