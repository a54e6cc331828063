//! What an issue's title says it is (product §1).
//!
//! A wrong guess costs more than none: labhand would talk where nobody asked. So titles are read
//! by tables of words that leave little doubt, and what matches nothing is left alone. Order
//! matters: what a title calls itself first, then the shape that outweighs any verb (`A vs B`), then its opening
//! words, then a few telling nouns.

use super::kind::{Bucket, Kind, KindSource};
use super::worktime::Span;

mod openings;
mod title;

use title::{Title, Words};

/// What a title says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The kind.
    pub kind: Kind,
    /// [`KindSource::Prefix`] or [`KindSource::Inferred`].
    pub source: KindSource,
    /// A bucket other than the kind's own.
    pub bucket: Option<Bucket>,
    /// The length of the time box, for exploration only.
    pub timebox: Option<Span>,
}

/// Reads a title. With `infer` its opening verb and shape count, otherwise only a prefix that names
/// the kind: `[Research] …`, `Experiment: …`, `research(nlp): …`.
pub fn by_title(title: &str, infer: bool) -> Option<Guess> {
    let read = Title::read(title);
    let (kind, source) = match read.stated {
        Some(kind) => (kind, KindSource::Prefix),
        None if infer => (inferred(&read)?, KindSource::Inferred),
        None => return None,
    };
    let exploration = kind.is_exploration();
    Some(Guess {
        kind,
        source,
        bucket: (kind == Kind::Research && is_learning(&read.words)).then_some(Bucket::Learning),
        timebox: exploration.then(|| box_in_title(title)).flatten(),
    })
}

/// GitHub's issue type, if it is called like a kind.
pub fn by_issue_type(name: &str) -> Option<Kind> {
    Kind::from_word(name)
}

/// The last length in brackets: `(2 days)`, `[4h]`, `(time box: 1w 2d)`, `(2-day spike)`.
pub fn box_in_title(title: &str) -> Option<Span> {
    title::groups(title).into_iter().rev().find_map(|group| {
        let words: Vec<String> = group
            .split(|c: char| c.is_whitespace() || matches!(c, '-' | ':' | '='))
            .map(str::to_lowercase)
            .filter(|word| !word.is_empty() && !AROUND_A_BOX.contains(&word.as_str()))
            .collect();
        Span::parse(&words.join(" "))
    })
}

/// What a title is about: without the kind that it names before everything else, and without the
/// length of a box behind it.
pub fn subject(title: &str) -> &str {
    let subject = title::without_kind(title).trim();
    let open = subject.rfind(['(', '[']).unwrap_or(0);
    let (before, group) = subject.split_at(open);
    let is_box = group.ends_with([')', ']']) && box_in_title(group).is_some();
    if is_box && !before.trim().is_empty() {
        before.trim_end()
    } else {
        subject
    }
}

/// Words that may stand beside the length of a box.
const AROUND_A_BOX: &[&str] = &[
    "time",
    "box",
    "timebox",
    "timeboxed",
    "boxed",
    "spike",
    "max",
    "at",
    "most",
    "up",
    "to",
    "working",
    "research",
    "experiment",
];

fn inferred(title: &Title) -> Option<Kind> {
    title
        .tag
        .or_else(|| by_shape(&title.words))
        .or_else(|| openings::kind(&title.words))
        .or_else(|| by_nouns(&title.words))
}

/// Comparisons and claims are experiments, whatever verb opens them, unless that mends something.
fn by_shape(words: &Words) -> Option<Kind> {
    if openings::kind(words) == Some(Kind::Maintenance) {
        return None;
    }
    let compares = words.has_any(&["vs", "vs.", "versus"]);
    let claims = words.starts_with_any(&["does", "do", "can", "will", "would"])
        && words.has_any(&[
            "improve",
            "improves",
            "outperform",
            "outperforms",
            "beat",
            "beats",
            "help",
            "increase",
            "reduce",
            "better",
        ]);
    (compares || claims).then_some(Kind::Experiment)
}

/// Titles without a verb.
fn by_nouns(words: &Words) -> Option<Kind> {
    let tells = |phrases: &[&str]| phrases.iter().any(|phrase| words.has_phrase(phrase));
    if tells(&[
        "a/b test",
        "a/b testing",
        "ab test",
        "ablation",
        "ablation study",
        "hyperparameter search",
        "hyperparameter tuning",
        "hyperparameter sweep",
        "grid search",
    ]) {
        Some(Kind::Experiment)
    } else if tells(&[
        "literature review",
        "feasibility study",
        "exploratory data analysis",
        "eda",
        "state of the art",
        "deep dive",
    ]) {
        Some(Kind::Research)
    } else if tells(&[
        "retraining",
        "bug",
        "crash",
        "crashes",
        "crashing",
        "broken",
        "fails",
        "failing",
        "times out",
        "hangs",
        "memory leak",
        "hotfix",
    ]) {
        Some(Kind::Maintenance)
    } else {
        None
    }
}

/// Reading and trying tools is learning; it makes no claim about the product.
fn is_learning(words: &Words) -> bool {
    words.has_any(&[
        "paper",
        "papers",
        "literature",
        "article",
        "articles",
        "book",
        "books",
        "course",
        "courses",
        "tutorial",
        "tutorials",
        "workshop",
        "conference",
        "talks",
        "tool",
        "tools",
        "tooling",
        "certification",
        "upskilling",
        "preprint",
        "preprints",
        "arxiv",
    ]) || words.starts_with_any(&["learn", "read", "attend"])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `research/learning 2d`, or `-` for what is left alone.
    fn said(title: &str) -> String {
        let Some(guess) = by_title(title, true) else {
            return "-".to_owned();
        };
        let bucket = guess.bucket.map(|bucket| format!("/{bucket}"));
        let timebox = guess.timebox.map(|span| format!(" {span}"));
        let stated = match guess.source {
            KindSource::Prefix => "!",
            KindSource::Stated | KindSource::IssueType | KindSource::Inferred => "",
        };
        format!(
            "{}{}{}{stated}",
            guess.kind,
            bucket.unwrap_or_default(),
            timebox.unwrap_or_default()
        )
    }

    #[test]
    fn a_title_is_about_what_is_left_without_kind_and_box() {
        for (title, about) in [
            ("Compare BERT vs GPT-2 (3 days)", "Compare BERT vs GPT-2"),
            ("[Experiment] BERT (2d)", "BERT"),
            ("Experiment: distilled BERT", "distilled BERT"),
            ("BERT (large) for tickets", "BERT (large) for tickets"),
            ("Test BERT (base)", "Test BERT (base)"),
            ("Experiment:", "Experiment:"),
            ("(2 days)", "(2 days)"),
            ("", ""),
        ] {
            assert_eq!(subject(title), about, "{title}");
        }
    }

    fn come_out(titles: &[(&str, &str)]) {
        let wrong: Vec<String> = titles
            .iter()
            .filter(|(title, expected)| said(title) != *expected)
            .map(|(title, expected)| format!("{title:?}: {}, not {expected}", said(title)))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn the_eleven_titles_of_the_contract_come_out_right() {
        come_out(&[
            (
                "Explore NLP approaches for sentiment (2 days)",
                "research 2d",
            ),
            ("Test BERT vs GPT for classification", "experiment"),
            ("Implement recommendation API endpoint", "development"),
            ("Retrain fraud model with Q4 data", "maintenance"),
            (
                "Compare BERT vs GPT-2 for classification (3 days)",
                "experiment 3d",
            ),
            (
                "Explore graph features for fraud detection (2 days)",
                "research 2d",
            ),
            ("Deploy recommendation model v2.3", "development"),
            ("Document model training process", "development"),
            ("Fix data pipeline timeout issue", "maintenance"),
            (
                "Review recent papers on transformer efficiency",
                "research/learning",
            ),
            ("Explore new MLOps tooling", "research/learning"),
        ]);
    }

    #[test]
    fn a_prefix_states_the_kind_also_without_inference() {
        let titles = [
            ("[Research] Clustering of users (1w)", "research 1w!"),
            ("[RESEARCH]clustering", "research!"),
            ("[Research]", "research!"),
            ("Experiment: dropout 0.3 [4h]", "experiment 4h!"),
            ("experiment:", "experiment!"),
            ("research(nlp): sentiment", "research!"),
            ("Research : sentiment", "research!"),
            ("Experiment #12: deeper trees", "experiment!"),
            ("Experiment 12: deeper trees", "experiment!"),
            ("🧪 Experiment: deeper trees", "experiment!"),
            ("**[Development]** API (2 days)", "development!"),
            ("(maintenance) rotate keys", "maintenance!"),
            ("Maintenance – rotate keys", "maintenance!"),
            ("[fraud] [Experiment] deeper trees", "experiment!"),
            ("[Development] Explore menu", "development!"),
            ("Development: Fix the API", "development!"),
            ("[Research] Recent papers on drift", "research/learning!"),
        ];
        come_out(&titles);
        for (title, _) in titles {
            assert!(by_title(title, false).is_some(), "{title}");
        }
        assert_eq!(by_title("Explore graph features", false), None);
        assert_eq!(by_title("Test BERT vs GPT", false), None);
    }

    #[test]
    fn their_like_come_out_right() {
        come_out(&[
            (
                "Investigate churn drivers in Q3 (time box: 1w 2d)",
                "research 1w 2d",
            ),
            ("Look into feature stores (2-day spike)", "research 2d"),
            ("Research transformer architectures", "research"),
            ("explore clustering approaches", "research"),
            ("EXPLORE GRAPH EMBEDDINGS (max 3d)", "research 3d"),
            ("Analyze feature importance for fraud", "research"),
            ("Understand seasonality of demand", "research"),
            ("Survey literature on RAG", "research/learning"),
            (
                "Literature review: graph neural networks",
                "research/learning",
            ),
            (
                "Read \"Attention is all you need\" paper",
                "research/learning",
            ),
            ("Learn Rust for serving", "research/learning"),
            ("Review approaches to anomaly detection", "research"),
            ("Spike: vector databases (spike 4h)", "research 4h"),
            ("Evaluate vendors for labelling", "research"),
            ("Let's explore contrastive learning", "research"),
            ("[fraud-detector] Explore graph features", "research"),
            ("Evaluate XGBoost against the baseline", "experiment"),
            ("Evaluate LightGBM versus XGBoost", "experiment"),
            ("Test LSTM for ticket routing", "experiment"),
            ("BERT vs GPT comparison", "experiment"),
            ("BERT vs. GPT", "experiment"),
            ("Try gradient boosting on churn (2d)", "experiment 2d"),
            ("Fine-tune BERT on tickets", "experiment"),
            ("Benchmark inference latency", "experiment"),
            ("Does data augmentation improve recall?", "experiment"),
            ("Can embeddings beat TF-IDF?", "experiment"),
            ("Hyperparameter search for the ranker", "experiment"),
            ("A/B test of the new ranking", "experiment"),
            (
                "Hypothesis: smaller batches generalise better",
                "experiment",
            ),
            ("Tune learning rate (90m)", "experiment 90m"),
            ("Add /predict endpoint (2 days)", "development"),
            ("Build feature store client", "development"),
            ("feat(api): batch scoring", "development"),
            ("Set up the model registry", "development"),
            ("Please add a dark mode", "development"),
            ("Write unit tests for the loader", "development"),
            ("Productionize gradient boosting", "development"),
            ("We need to expose model metrics", "development"),
            ("Set up monitoring for churn model", "maintenance"),
            ("Fix A vs B mismatch in the report", "maintenance"),
            ("fix: null in parser", "maintenance"),
            ("[Bug] Scores are NaN", "maintenance"),
            ("Bump pandas to 3.0", "maintenance"),
            ("Monthly retraining of the churn model", "maintenance"),
            ("Training job crashes on empty batch", "maintenance"),
            ("Data pipeline times out at night", "maintenance"),
            ("Monitor drift of fraud features", "maintenance"),
            ("Re-train ranker", "maintenance"),
            ("Update README", "maintenance"),
        ]);
    }

    #[test]
    fn what_leaves_doubt_is_left_alone() {
        let long = "explore".repeat(100_000);
        let titles = [
            "",
            " ",
            "?",
            "[]",
            "[ ] ( ) :",
            ":",
            "[",
            "🧪",
            "Explore",
            "Test",
            "Hello",
            "Meeting notes, 10:30",
            "Weekly sync",
            "Question: how do I install this?",
            "How do I install this?",
            "Why is it called labhand?",
            "Sprint 12 planning",
            "Roadmap 2027",
            "Logistic regression",
            "Testing",
            "Tests on Windows",
            "Test coverage of the loader",
            "Test login button",
            "Review PR of Mira",
            "Read timeout on S3",
            "Explorer window",
            "Researchers wanted",
            "Experimental",
            "Development environment",
            "Maintenance window on Friday",
            "https://example.com/research: x",
            "Expérience: données",
            "研究：グラフ",
            "исследовать графы",
            "\u{202e}hcraeser",
            "(2 days)",
            "The fixture of the year",
            long.as_str(),
        ];
        come_out(&titles.map(|title| (title, "-")));
    }

    #[test]
    fn a_box_is_read_from_brackets_only() {
        for (title, expected) in [
            ("Explore X (2 days)", Some("2d")),
            ("Explore X [4h]", Some("4h")),
            ("Explore X (v2) (timebox 1w)", Some("1w")),
            ("Explore X (1w) (draft)", Some("1w")),
            ("Explore X (up to 3 days)", Some("3d")),
            ("Explore the last 2 days", None),
            ("Explore X (2 apples)", None),
            ("Explore X (spike)", None),
            ("Explore X (2 days", None),
            ("(((2d)))", None),
            ("", None),
        ] {
            let found = box_in_title(title).map(|span| span.to_string());
            assert_eq!(found.as_deref(), expected, "{title}");
        }
    }

    #[test]
    fn an_issue_type_counts_if_it_is_called_like_a_kind() {
        assert_eq!(by_issue_type("Experiment"), Some(Kind::Experiment));
        assert_eq!(by_issue_type(" research "), Some(Kind::Research));
        assert_eq!(by_issue_type("Bug"), None);
        assert_eq!(by_issue_type("Task"), None);
    }

    proptest! {
        #[test]
        fn any_title_is_read(title in ".*", opening in "(\\[|\\(|test |fix|experiment)?[a-z :()\\[\\]-]{0,30}") {
            let _ = by_title(&title, true);
            let _ = by_title(&format!("{opening}{title}"), true);
        }
    }
}
