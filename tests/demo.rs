//! `labhand demo` as people start it: the program itself, without settings and without network.

use std::net::TcpListener;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_labhand"));
    command.arg("demo").args(arguments).env_clear();
    command
}

fn words(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[track_caller]
fn in_order(story: &str, lines: &[&str]) {
    let mut rest = story;
    for line in lines {
        let Some(at) = rest.find(line) else {
            panic!("{line:?} is missing, or too early, in:\n{story}");
        };
        rest = &rest[at + line.len()..];
    }
}

#[test]
fn it_tells_a_sprint_in_twenty_seconds_and_ends() {
    let started = Instant::now();
    let Output {
        status,
        stdout,
        stderr,
    } = demo(&["--exit"]).output().unwrap();
    let (story, complaints) = (words(&stdout), words(&stderr));
    assert!(status.success(), "{complaints}");
    assert_eq!(complaints, "");
    // What is promised is twenty; the rest is for a machine that is busy with other tests.
    assert!(started.elapsed() < Duration::from_mins(1));
    assert!(!story.contains('\x1b'), "no colours into a pipe");
    in_order(
        &story,
        &[
            "lena     installs labhand on acme/fraud",
            "“Explore NLP approaches for sentiment (2 days)”",
            "+kind/research · +stage/ideation",
            "“Compare BERT vs GPT-2 for classification (3 days)”",
            "+kind/experiment · +stage/ideation",
            "“Explore new MLOps tooling”",
            "+bucket/learning · +kind/research",
            // Activated without a hypothesis.
            "mira     puts the label stage/active on #6",
            "−stage/active",
            "stays in ideation. An experiment needs a hypothesis",
            "stage/ideation → stage/active · +timebox/running",
            "Thu 26 Nov, 09:44 CET",
            "/pionts 8: no such command; did you mean /points 8?",
            // Blocked for half a day: the box ends half a day later.
            "/block waiting for GPU quota",
            "timebox/running → timebox/paused",
            "@noor, 80 % of the time box of 1 d is used.",
            "stage/active → stage/analysis · timebox/expiring → timebox/expired",
            "the time box of 1 d is over",
            "/unblock",
            "Thu 26 Nov, 13:44 CET",
            "Decided: ⛔ abandoned",
            "Decided: ✅ productionize",
            "closes it",
            "labhand  opens #15 “Productionize: Compare BERT vs GPT-2 for classification”",
            "Decided: 🔁 more research",
            "labhand  opens #17 “More research: distilled BERT for sentiment”",
            // More time is for a lead to grant.
            "“/extend 1d the second ring of accounts came late: it is for a lead",
            "timebox/expired → timebox/running · −needs/findings",
            // The hand-off, with one wrong tick; meanwhile a lead revises a decision.
            "check labhand/handoff ✗ 0 of 14 signed",
            "section on limitations (line 7) holds only a placeholder, TBD.",
            "mira     pushes docs/model_card.md to #19",
            "mira     ticks serving",
            "“serving is engineering's to sign",
            "Decided: ⛔ abandoned · lena, 2 Dec 2026",
            // The card is changed after it was signed.
            "mira     pushes docs/model_card.md to #19",
            "check labhand/handoff ✗ 8 of 13 signed",
            "check labhand/handoff ✓ Complete",
            "lena     merges #19",
            "stage/in-review → stage/done",
            "checklist: 📦 Registered as recommender v2.3.0",
            "/promote recommender v2.3.0 production",
            // The home of the model.
            "+lifecycle/problem-definition · +model/recommender",
            "lifecycle/problem-definition → lifecycle/data-exploration",
            // The next version inherits what the policy carries over, runs, and is rolled back.
            "🤝 Hand-off of recommender 2.3.1 · 6 of 14 signed",
            "/promote recommender v2.3.1 production",
            "/rollback recommender the new tokenizer drops accents",
            "📦 Registered as recommender v2.3.0 · in production since 4",
            "opens #23 “Retrain recommender”",
            // The board and the comments at the end.
            "📋 Board",
            "Sprint 12 · day 10 of 10",
            "Ideation · 1",
            "Sprint split │",
            "Committed    │ 60 % · 24 d │ 55 % · 22 d │ 35 % · 14 d",
            "▾ Production",
            "recommender │ Data exploration       │ v2.3.0 since 4 Dec",
            "rolled back by lena: the new tokenizer drops accents",
            "Outcomes             │ supported 1 · refuted 2",
            "Boxes held: 4 of 6",
            // The night after the sprint.
            "Sprint 12 has ended, and the time box of 2 d is still open.",
            "🏁 Sprint 12 is over",
            "Carried over · 6",
            "☐ f1 ≥ 0.85 in production (0.87 in the experiment)",
            "Hypothesis 🔒",
            "✓\u{a0}+0.07",
            "🔎 Tried before: #3 Test BERT vs GPT for classification → abandoned, f1 0.61",
            "☑ artifact Trained model artifact · mira",
            "☑ serving Model serving platform · ana (carried over from v2.3.0)",
        ],
    );
    let (_, end) = story.split_once("📋 Board").unwrap();
    let (_, end) = end.split_once("📋 Board").unwrap();
    for markup in ["**", "<br", "<sub", "<details", "<!--", "](", "| :", "&#"] {
        assert!(!end.contains(markup), "{markup} in:\n{end}");
    }
    assert!(story.lines().all(|line| line.chars().count() <= 100));
}

#[test]
fn a_busy_port_is_one_clear_error_before_the_story_begins() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = demo(&["--port", &port.to_string()]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(words(&output.stdout), "");
    assert_eq!(
        words(&output.stderr),
        format!(
            "labhand: port {port} of this machine is in use; take another one: labhand demo --port {}\n",
            port + 1
        )
    );
}

#[test]
fn whoever_stops_reading_causes_no_panic() {
    let mut child = demo(&["--exit"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(words(&output.stderr), "");
    assert!(output.status.success());
}
