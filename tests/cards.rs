//! Model cards as people write them, from an empty file to a complete one (product §5): what each lacks, at
//! which line, and which metrics its front matter states.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use labhand::domain::model_card::{self, CardProblem};
use proptest::prelude::*;

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cards"))
}

/// All cards by name.
fn cards() -> Vec<(String, String)> {
    let entries = fs::read_dir(folder()).unwrap();
    let mut cards: Vec<(String, String)> = entries
        .map(|entry| {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    cards.sort();
    cards
}

fn problem(problem: &CardProblem) -> String {
    format!(
        "{:?} at {}: {:?}",
        problem.topic, problem.line, problem.what
    )
}

#[test]
fn each_card_is_judged_as_a_reader_would() {
    let mut told = String::new();
    for (name, text) in cards() {
        let card = model_card::read(&text);
        let verdict = if card.is_complete() {
            "complete"
        } else {
            "lacking"
        };
        writeln!(told, "{name}: {verdict}").unwrap();
        for lack in &card.problems {
            writeln!(told, "  {}", problem(lack)).unwrap();
        }
        for metric in &card.metrics {
            writeln!(
                told,
                "  {} ({}) = {}",
                metric.name, metric.kind, metric.value
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(told, @r#"
    01_empty.md: lacking
      Performance at 1: NoSection
      Limitations at 1: NoSection
    02_template_untouched.md: lacking
      Performance at 43: Placeholder { written: "[More Information Needed]" }
      Limitations at 25: Placeholder { written: "[More Information Needed]" }
    03_template_filled.md: complete
      F1 (macro) (f1) = 0.87
      recall (recall) = 0.81
    04_only_performance.md: lacking
      Limitations at 12: NoSection
    05_only_limitations.md: lacking
      Performance at 5: NoSection
    06_headings_only.md: lacking
      Performance at 3: Empty
      Limitations at 5: Empty
    07_placeholders.md: lacking
      Performance at 3: Placeholder { written: "TODO: fill in after the last run" }
      Limitations at 7: Placeholder { written: "TBD" }
    08_metrics_in_front_matter_only.md: lacking
      Performance at 13: NoSection
      accuracy (accuracy) = 0.91
    09_broken_front_matter.md: complete
      FrontMatter at 3: Malformed { message: "this is no valid YAML: illegal placement of ':' indicator" }
    10_setext_and_crlf.md: complete
    11_bom.md: complete
    12_folded.md: complete
    13_code_is_no_section.md: lacking
      Performance at 11: NoSection
      Limitations at 11: NoSection
    14_a_picture_and_a_table.md: complete
    15_denials.md: lacking
      Performance at 3: NoReason { written: "N/A" }
      Limitations at 7: NoReason { written: "None known." }
    16_denial_with_reason.md: complete
    17_emoji_and_numbers.md: complete
    18_subsections.md: complete
    19_in_comments.md: lacking
      Performance at 3: Empty
      Limitations at 7: Empty
    20_half_done.md: lacking
      Limitations at 8: Placeholder { written: "[Describe what it cannot do]" }
    21_long.md: complete
    "#);
}

#[test]
fn how_lines_end_changes_nothing() {
    for (name, text) in cards() {
        let unix = text.replace("\r\n", "\n");
        let windows = unix.replace('\n', "\r\n");
        assert_eq!(
            model_card::read(&unix),
            model_card::read(&windows),
            "{name}"
        );
    }
}

#[test]
fn what_is_lacking_is_named_at_a_line_that_there_is() {
    for (name, text) in cards() {
        let lines = u32::try_from(text.lines().count()).unwrap().max(1);
        for lack in model_card::read(&text).problems {
            assert!(
                (1..=lines).contains(&lack.line),
                "{name}: {}",
                problem(&lack)
            );
        }
    }
}

/// What says nothing, in whatever section it stands.
const FILLER: &[&str] = &[
    "TBD",
    "_TODO_",
    "[More Information Needed]",
    "<!-- to be written -->",
    "N/A",
    "...",
    "{{ results }}",
];

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(\\PC|\n|#|-|`|<!--|-->|\\||---\n){0,400}") {
        let card = model_card::read(&text);
        let lines = u32::try_from(text.lines().count()).unwrap().max(1);
        for lack in card.problems {
            prop_assert!((1..=lines).contains(&lack.line), "{}", problem(&lack));
        }
    }

    #[test]
    fn filler_completes_no_card(
        performance in prop::sample::select(FILLER),
        limitations in prop::sample::select(FILLER),
        deep in 2..5_usize,
    ) {
        let hashes = "#".repeat(deep);
        let text = format!(
            "# A model\n\n{hashes} Evaluation\n\n{performance}\n\n{hashes} Limitations\n\n{limitations}\n"
        );
        prop_assert!(!model_card::read(&text).is_complete(), "{text}");
    }

    #[test]
    fn what_says_something_completes_any_card((name, text) in prop::sample::select(cards())) {
        let whole = format!("{text}\n\n## Metrics\n\nF1 0.87\n\n## Limitations of use\n\nEnglish only.\n");
        prop_assert!(model_card::read(&whole).is_complete(), "{name}");
    }
}
