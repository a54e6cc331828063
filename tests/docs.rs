//! The book and the README: what they show can be run, what they link to is there, and what they list
//! is complete.

#[path = "support/pages.rs"]
mod pages;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use clap::Parser;
use labhand::cli::Cli;
use labhand::domain::labels::Label;
use labhand::domain::policy::{Layer, parse, schema};

use pages::{pages, parts, root, typed};

#[test]
fn every_page_is_in_the_book_and_every_link_leads_somewhere() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    for (path, text) in pages() {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let outside = ["README.md", "SUMMARY.md"].contains(&name.as_str());
        assert!(
            outside || summary.contains(&format!("({name})")),
            "{name} is not in the book"
        );
        for link in parts(&text).1 {
            let file = link.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let target = path.parent().unwrap().join(file);
            assert!(
                target.exists(),
                "{name} links to {link}, which is not there"
            );
        }
    }
}

#[test]
fn every_command_that_is_shown_can_be_run() {
    let mut seen = BTreeSet::new();
    for (path, text) in pages() {
        for (language, block) in parts(&text).0 {
            if language != "console" {
                continue;
            }
            for line in typed(&block) {
                let words: Vec<&str> = line.split_whitespace().collect();
                let own = match words.as_slice() {
                    ["labhand", ..] => words.clone(),
                    ["cargo", "run", "--release", "--", rest @ ..] => [&["labhand"], rest].concat(),
                    _ => continue,
                };
                seen.insert(own[1].to_owned());
                let parsed = Cli::try_parse_from(&own);
                assert!(
                    parsed.is_ok(),
                    "{}: {line}: {}",
                    path.display(),
                    parsed.unwrap_err()
                );
            }
        }
    }
    for command in ["serve", "demo", "init", "labels", "sync", "doctor", "store"] {
        assert!(seen.contains(command), "no page shows `labhand {command}`");
    }
}

#[test]
fn every_policy_that_is_shown_is_a_good_one() {
    for (path, text) in pages() {
        for (language, block) in parts(&text).0 {
            // Prometheus has its own YAML.
            let other = block.contains("{{#include") || block.starts_with("scrape_configs:");
            if language != "yaml" || other {
                continue;
            }
            let layer = Layer {
                origin: "shown",
                text: &block,
            };
            assert!(parse(&[layer]).is_ok(), "{}: {block}", path.display());
        }
    }
}

#[test]
fn every_setting_is_listed() {
    let page = fs::read_to_string(root().join("docs/settings.md")).unwrap();
    let defaults = fs::read_to_string(root().join("config/default.toml")).unwrap();
    let mut section = "";
    for line in defaults.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|it| it.strip_suffix(']')) {
            section = name;
        }
        let line = line.trim_start_matches("# ");
        let Some((key, _)) = line.split_once(" = ") else {
            continue;
        };
        if !key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            continue;
        }
        let variable = format!("LABHAND_{}__{}", section.to_uppercase(), key.to_uppercase());
        assert!(
            page.contains(&variable),
            "{variable} is not in docs/settings.md"
        );
    }
}

/// `docs/labels.md` says what the program says; `UPDATE_DOCS=1 cargo test --test docs` writes it anew.
#[test]
fn the_page_on_labels_is_in_step() {
    let mut page = String::from(
        "# Labels\n\n\
         labhand defines a label when it first needs it; `labhand labels OWNER/REPO` defines all of \
         them. The policy (`labels:`) gives them other names, and one that is renamed on GitHub is \
         followed. Those that ask may be set by people, and are guarded; the others tell, and are \
         quietly put back.\n\n\
         This page is written from the program: `UPDATE_DOCS=1 cargo test --test docs`.\n\n\
         | Label | | What it says |\n|:--|:--|:--|\n",
    );
    for label in Label::all_fixed() {
        let role = if label.asks() { "asks" } else { "tells" };
        let (name, what) = (label.name(), label.style().description);
        writeln!(page, "| `{name}` | {role} | {what} |").unwrap();
    }
    page.push_str(
        "| `points/N`, `points/N-M` | asks | How much it takes, as a number or a rough range |\n\
         | `model/NAME` | asks | About the model of this name |\n",
    );
    in_step("docs/labels.md", &page);
}

/// So is the schema of policies.
#[test]
fn the_schema_of_policies_is_in_step() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    in_step("config/policy.schema.json", &text);
}

/// A file that is made of the program.
fn in_step(file: &str, text: &str) {
    let path = root().join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, text).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, text, "UPDATE_DOCS=1 cargo test --test docs");
}
