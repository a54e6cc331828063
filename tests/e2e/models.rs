//! The life of a model, on the issue that is its home (product §6).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;

use crate::handoff::CARD;
use crate::lab::{Lab, REPO, Setup};
use crate::transfers::{TICKETS, tickets};

/// An issue that is the home of a model.
async fn home(lab: &Lab) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue("Fraud detector")
        .assign(&["mira"])
        .send();
    lab.settle().await;
    lab.says(issue, "lee", "/model track fraud-detector").await;
    issue
}

/// What stands in the home's comment.
fn shown(lab: &Lab, home: ItemNumber) -> String {
    lab.checklist(home).body
}

#[track_caller]
fn has(text: &str, part: &str) {
    assert!(text.contains(part), "{part:?} is not in {text}");
}

async fn tick(lab: &Lab, home: ItemNumber, who: &str, gate: &str) {
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person(who).tick(lab.checklist(home).id, gate);
    lab.settle().await;
}

/// A decided experiment with the model.
async fn experiment(lab: &Lab, title: &str) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue(title)
        .body("### Hypothesis\n\nIt is better\n\n### Success metric\n\nf1 >= 0.85\n\n### Time box\n\n3d\n")
        .labels(&["model/fraud-detector"])
        .assign(&["mira"])
        .send();
    lab.settle().await;
    lab.says(issue, "mira", "/activate").await;
    lab.says(issue, "mira", "/findings It is.").await;
    lab.says(issue, "lee", "/decide abandon It costs too much.")
        .await;
    issue
}

fn read_all(lab: &Lab) {
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn an_issue_becomes_the_home_of_a_model() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    let labels = lab.labels(issue);
    assert!(
        labels.contains(&"model/fraud-detector".to_owned()),
        "{labels:?}"
    );
    assert!(
        labels.contains(&"lifecycle/problem-definition".to_owned()),
        "{labels:?}"
    );
    insta::assert_snapshot!(shown(&lab, issue), @"
    ### 🧭 fraud-detector · Problem definition `▰▱▱▱▱▱` · 0 of 3 gates

    **Next:** tick `problem`, `success-metrics` and `data-availability` (or `/na gate reason`). `/advance` goes on to data exploration without them, which stays on record.

    **Problem definition**
    - [ ] `problem` Business problem clear
    - [ ] `success-metrics` Success metrics defined
    - [ ] `data-availability` Data availability confirmed

    <details><summary>Its life as a picture</summary>

    ```mermaid
    flowchart LR
        s0[Problem definition] --> s1[Data exploration] --> s2[Experimentation] --> s3[Development] --> s4[Deployment] --> s5[Monitoring]
        classDef passed fill:#1a7f37,color:#fff,stroke:#1a7f37
        classDef here fill:#0969da,color:#fff,stroke:#0969da
        class s0 here
    ```

    </details>

    <details><summary>Other stages</summary>

    **Data exploration**
    - [ ] `data-quality` Data quality understood
    - [ ] `features` Features identified
    - [ ] `baseline` Baseline established

    **Experimentation**
    - [ ] `approaches` Several approaches tried
    - [ ] `tracking` Experiments tracked systematically
    - [ ] `best-performer` Best performer selected

    **Development**
    - [ ] `production-code` Production-ready code
    - [ ] `validation` Testing and validation
    - [ ] `documentation` Documentation

    **Deployment**
    - [ ] `integration` API or batch integration
    - [ ] `monitoring-setup` Monitoring set up
    - [ ] `ab-testing` A/B testing, if applicable

    **Monitoring**
    - [ ] `performance` Performance tracked
    - [ ] `drift` Drift detection in place
    - [ ] `retraining` Retraining planned

    </details>

    <sub>Issues and pull requests with the label of the model belong to it; what labhand sees there, it ticks itself. `/select #n` names the best performer.</sub>

    <!-- labhand:checklist -->
    ");
    read_all(&lab);
}

#[tokio::test]
async fn gates_are_ticked_with_write_access_and_waived_with_triage() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    tick(&lab, issue, "mira", "problem").await;
    has(
        &shown(&lab, issue),
        "- [x] `problem` Business problem clear · mira",
    );
    has(&shown(&lab, issue), "1 of 3 gates");
    // lee has triage, otto may read: neither ticks, and each is told once.
    for who in ["lee", "otto"] {
        for _ in 0..2 {
            tick(&lab, issue, who, "success-metrics").await;
            has(&shown(&lab, issue), "- [ ] `success-metrics`");
        }
    }
    let told = lab.said(issue);
    let told: Vec<_> = told.iter().filter(|it| it.contains("write")).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    // What somebody may not untick is ticked again without a word.
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("otto")
        .untick(lab.checklist(issue).id, "problem");
    lab.settle().await;
    has(&shown(&lab, issue), "- [x] `problem`");
    // Triage waives.
    let said = lab
        .refused(issue, "otto", "/na data-availability it is our own")
        .await;
    has(&said, "it needs triage permission");
    lab.says(issue, "lee", "/na data-availability it is our own")
        .await;
    has(
        &shown(&lab, issue),
        "- [x] `data-availability` ~~Data availability confirmed~~ not applicable: it is our own · lee",
    );
    let said = lab.refused(issue, "lee", "/na data-avalability why").await;
    has(&said, "did you mean `data-availability`?");
    read_all(&lab);
}

#[tokio::test]
async fn a_model_advances_and_goes_back_on_record() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    tick(&lab, issue, "mira", "problem").await;
    lab.says(issue, "lee", "/advance").await;
    let text = shown(&lab, issue);
    has(
        &text,
        "### 🧭 fraud-detector · Data exploration `▰▰▱▱▱▱` · 0 of 3 gates",
    );
    has(
        &text,
        "problem definition → data exploration, open: `success-metrics` and `data-availability`",
    );
    let labels = lab.labels(issue);
    assert!(
        labels.contains(&"lifecycle/data-exploration".to_owned()),
        "{labels:?}"
    );
    assert!(!labels.contains(&"lifecycle/problem-definition".to_owned()));
    lab.says(
        issue,
        "lee",
        "/retreat problem-definition nobody agrees on it",
    )
    .await;
    has(
        &shown(&lab, issue),
        "lee · data exploration → problem definition: nobody agrees on it",
    );
    for (who, command, answer) in [
        (
            "lee",
            "/retreat deployment x",
            "goes back to an earlier stage only",
        ),
        (
            "lee",
            "/retreat problem-definition",
            "the reason is missing",
        ),
        ("lee", "/retreat nowhere x", "is no stage of a model's life"),
        ("otto", "/advance", "it needs triage permission"),
        (
            "otto",
            "/retreat problem-definition x",
            "it needs triage permission",
        ),
    ] {
        let said = lab.refused(issue, who, command).await;
        has(&said, answer);
    }
    for _ in 0..5 {
        lab.says(issue, "lee", "/advance").await;
    }
    let said = lab.refused(issue, "lee", "/advance").await;
    has(&said, "there is no stage after monitoring");
    read_all(&lab);
}

#[tokio::test]
async fn where_gates_are_enforced_they_come_first() {
    let lab = Lab::policy(
        "guards: { lifecycle-gates: enforce }\nlifecycle: { gates: { success-metrics: off, problem: \"The problem is ours\" } }\n",
    )
    .await;
    let issue = home(&lab).await;
    has(&shown(&lab, issue), "`problem` The problem is ours");
    assert!(!shown(&lab, issue).contains("success-metrics"));
    let said = lab.refused(issue, "lee", "/advance").await;
    has(&said, "open are `problem` and `data-availability`");
    tick(&lab, issue, "ana", "problem").await;
    lab.says(issue, "lee", "/na data-availability it is public\n/advance")
        .await;
    has(&shown(&lab, issue), "Data exploration");
    read_all(&lab);
}

#[tokio::test]
async fn labhand_ticks_what_it_sees_with_a_link() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    for _ in 0..2 {
        lab.says(issue, "lee", "/advance").await;
    }
    let first = experiment(&lab, "Test BERT for fraud").await;
    has(&shown(&lab, issue), "- [ ] `approaches`");
    let second = experiment(&lab, "Test GPT for fraud").await;
    let text = shown(&lab, issue);
    has(
        &text,
        &format!("- [x] `approaches` Several approaches tried · [#{second}]"),
    );
    has(&text, "Test BERT for fraud · ⛔ abandoned");
    lab.says(issue, "lee", &format!("/select #{first}")).await;
    let text = shown(&lab, issue);
    has(
        &text,
        &format!("- [x] `best-performer` Best performer selected · [#{first}]"),
    );
    has(&text, "abandoned · **best performer**");
    // What somebody unticks stays so.
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira")
        .untick(lab.checklist(issue).id, "approaches");
    lab.settle().await;
    has(&shown(&lab, issue), "- [ ] `approaches`");
    // Only an experiment with the model is its best.
    let other = lab.person("mira").open_issue("Fix the pipeline").send();
    lab.settle().await;
    let said = lab
        .refused(issue, "lee", &format!("/select #{other}"))
        .await;
    has(&said, "the label `model/fraud-detector` ties one to it");
    let said = lab.refused(issue, "lee", "/select the first").await;
    has(&said, "is not the number of one issue");
    // A label that is taken off ties no more.
    lab.person("mira").unlabel(first, "model/fraud-detector");
    lab.settle().await;
    assert!(!shown(&lab, issue).contains("Test BERT for fraud"));
    read_all(&lab);
}

#[tokio::test]
async fn a_completed_hand_off_opens_gates_and_is_listed() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    for _ in 0..4 {
        lab.says(issue, "lee", "/advance").await;
    }
    let pull = lab
        .person("mira")
        .open_pull("Serve the fraud detector")
        .branch("serve")
        .body("Model: fraud-detector v2.3.0")
        .files(&[("docs/model_card.md", CARD)])
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    has(&shown(&lab, issue), "- [ ] `integration`");
    lab.says(
        pull,
        "mira",
        "/sign artifact features io-format benchmarks feature-pipeline serving monitoring scaling integration-tests performance incidents docs\n/sign model-card docs/model_card.md\n/na ab-testing batch scoring",
    )
    .await;
    let text = shown(&lab, issue);
    has(
        &text,
        &format!("- [x] `integration` API or batch integration · [#{pull}]"),
    );
    has(&text, "- [x] `monitoring-setup`");
    // It does not apply there, which is not that it was done.
    has(&text, "- [ ] `ab-testing`");
    lab.person("lena").merge(pull);
    lab.settle().await;
    lab.says(pull, "lena", "/promote fraud-detector v2.3.0 production")
        .await;
    let text = shown(&lab, issue);
    has(&text, "**Runs**\n- `production` v2.3.0 since 23 Nov 2026");
    has(&text, "**Versions**\n- v2.3.0 · ");
    has(&text, "Serve the fraud detector · handed over");
    lab.at_once().await;
    has(
        &lab.board(),
        "| `fraud-detector` | Deployment `▰▰▰▰▰▱` · 2 of 3 gates · ",
    );
    read_all(&lab);
}

#[tokio::test]
async fn code_is_ready_for_production_when_it_was_merged_with_green_checks() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    for _ in 0..3 {
        lab.says(issue, "lee", "/advance").await;
    }
    for (branch, conclusion) in [("red", "failure"), ("none", ""), ("green", "success")] {
        let mira = lab.person("mira");
        let pull = mira
            .open_pull(&format!("Code, {branch}"))
            .branch(branch)
            .files(&[("src/model.py", branch)])
            .labels(&["model/fraud-detector"])
            .send();
        lab.settle().await;
        if !conclusion.is_empty() {
            mira.other_check(pull, "tests", conclusion);
        }
        lab.clock.advance(SignedDuration::from_secs(60));
        lab.person("lena").merge(pull);
        lab.settle().await;
        let text = shown(&lab, issue);
        has(&text, &format!("Code, {branch} · closed"));
        if conclusion == "success" {
            has(
                &text,
                &format!("- [x] `production-code` Production-ready code · [#{pull}]"),
            );
        } else {
            has(&text, "- [ ] `production-code`");
        }
    }
    read_all(&lab);
}

#[tokio::test]
async fn a_model_has_one_home_and_an_issue_one_model() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    let said = lab.refused(issue, "lee", "/model track spam-filter").await;
    has(&said, "this is the home of `fraud-detector`");
    let other = lab
        .person("mira")
        .open_issue("Another fraud detector")
        .send();
    lab.settle().await;
    let said = lab
        .refused(other, "lee", "/model track Fraud-Detector")
        .await;
    has(&said, "is the home of `fraud-detector` already");
    let pull = lab.person("mira").open_pull("Code").branch("code").send();
    lab.settle().await;
    for (on, command, answer) in [
        (pull, "/model track spam", "a model's home is an issue"),
        (other, "/advance", "this issue is no model's home"),
        (other, "/drift f1=0.5", "this issue is no model's home"),
        (other, "/select #1", "this issue is no model's home"),
        (other, "/model track a b", "is no name of a model"),
        (other, "/model track", "the name of the model is missing"),
    ] {
        let said = lab.refused(on, "lee", command).await;
        has(&said, answer);
    }
    let said = lab.refused(other, "otto", "/model track spam").await;
    has(&said, "it needs triage permission");
    read_all(&lab);
}

#[tokio::test]
async fn drift_opens_one_issue_for_retraining() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    lab.says(issue, "lee", "/drift recall=0.71 since the new cards came")
        .await;
    let opened = lab.gh.issues(REPO);
    let retraining: Vec<_> = opened
        .iter()
        .filter(|it| it.title == "Retrain fraud-detector")
        .collect();
    assert_eq!(retraining.len(), 1);
    let number = retraining[0].number;
    has(&retraining[0].body, "**recall=0.71**");
    has(&retraining[0].body, "> since the new cards came");
    let labels = lab.labels(number);
    for label in ["kind/maintenance", "model/fraud-detector"] {
        assert!(labels.contains(&label.to_owned()), "{labels:?}");
    }
    has(
        &shown(&lab, issue),
        "recall=0.71: since the new cards came → ",
    );
    // While it is open, more drift is noted and opens nothing.
    lab.says(issue, "lee", "/drift recall=0.65").await;
    has(&shown(&lab, issue), "recall=0.65");
    let count = |lab: &Lab| {
        let issues = lab.gh.issues(REPO);
        issues
            .iter()
            .filter(|it| it.title.starts_with("Retrain"))
            .count()
    };
    assert_eq!(count(&lab), 1);
    lab.person("lee").close(number);
    lab.settle().await;
    lab.says(issue, "lee", "/drift recall=0.60 again").await;
    assert_eq!(count(&lab), 2);
    let said = lab.refused(issue, "lee", "/drift it is bad").await;
    has(&said, "is no measurement");
    read_all(&lab);
}

#[tokio::test]
async fn a_training_job_may_report_drift() {
    let lab = Lab::policy("commands: { bots: [\"watch[bot]\"] }\n").await;
    let issue = home(&lab).await;
    lab.gh.bot("watch[bot]");
    lab.says(issue, "watch[bot]", "/drift psi=0.31").await;
    has(&shown(&lab, issue), "psi=0.31");
    lab.says(issue, "watch[bot]", "/advance").await;
    has(&shown(&lab, issue), "Problem definition");
    read_all(&lab);
}

#[tokio::test]
async fn a_monitored_model_is_looked_at_every_four_weeks() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    for _ in 0..5 {
        lab.says(issue, "lee", "/advance").await;
    }
    let reminders = |lab: &Lab| {
        let said = lab.said(issue);
        said.iter()
            .filter(|it| it.contains("has been monitored since"))
            .count()
    };
    lab.wait(SignedDuration::from_hours(24 * 27)).await;
    assert_eq!(reminders(&lab), 0);
    lab.wait(SignedDuration::from_hours(24 * 2)).await;
    assert_eq!(reminders(&lab), 1);
    let said = lab.said(issue);
    assert!(
        said.iter()
            .any(|it| it.starts_with("@mira, `fraud-detector`")),
        "{said:?}"
    );
    lab.wait(SignedDuration::from_hours(24 * 28)).await;
    assert_eq!(reminders(&lab), 2);
    // One that is not monitored any more is not looked at.
    lab.says(issue, "lee", "/retreat deployment it is replaced")
        .await;
    lab.wait(SignedDuration::from_hours(24 * 60)).await;
    assert_eq!(reminders(&lab), 2);
    read_all(&lab);
}

#[tokio::test]
async fn the_labels_of_a_home_are_put_back_and_a_restart_changes_nothing() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    lab.says(issue, "lee", "/advance").await;
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("lee")
        .unlabel(issue, "lifecycle/data-exploration");
    lab.settle().await;
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("lee").label(issue, "lifecycle/monitoring");
    lab.settle().await;
    let labels = lab.labels(issue);
    assert!(
        labels.contains(&"lifecycle/data-exploration".to_owned()),
        "{labels:?}"
    );
    assert!(
        !labels.contains(&"lifecycle/monitoring".to_owned()),
        "{labels:?}"
    );
    let before = shown(&lab, issue);
    let lab = lab.restart().await;
    tick(&lab, issue, "mira", "data-quality").await;
    let after = shown(&lab, issue);
    assert_ne!(before, after);
    has(&after, "- [x] `data-quality`");
    read_all(&lab);
}

#[tokio::test]
async fn what_was_tied_before_is_known_to_a_home_that_is_tracked_later() {
    let lab = Lab::with(Setup::default()).await;
    let first = experiment(&lab, "Test BERT for fraud").await;
    let issue = home(&lab).await;
    has(&shown(&lab, issue), &format!("[#{first}]"));
    read_all(&lab);
}

#[tokio::test]
async fn what_is_not_decided_is_not_the_best() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    let running = lab
        .person("mira")
        .open_issue("Test BERT for fraud")
        .labels(&["kind/experiment", "model/fraud-detector"])
        .send();
    lab.settle().await;
    let said = lab
        .refused(issue, "lee", &format!("/select #{running}"))
        .await;
    has(&said, "is not decided yet");
    read_all(&lab);
}

#[tokio::test]
async fn a_closed_home_takes_no_orders_until_it_is_reopened() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    lab.person("mira").close(issue);
    lab.settle().await;
    for command in [
        "/advance",
        "/na problem it is obvious",
        "/drift psi=0.3",
        "/retreat problem-definition because",
    ] {
        has(&lab.refused(issue, "lee", command).await, "it is closed");
    }
    lab.person("mira").reopen(issue);
    lab.settle().await;
    lab.says(issue, "lee", "/advance").await;
    assert!(
        lab.labels(issue)
            .contains(&"lifecycle/data-exploration".to_owned())
    );
    read_all(&lab);
}

#[tokio::test]
async fn a_waiver_is_taken_back_by_unticking() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    lab.says(issue, "lee", "/na problem it is obvious").await;
    has(&shown(&lab, issue), "- [x] `problem`");
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira")
        .untick(lab.checklist(issue).id, "problem");
    lab.settle().await;
    has(&shown(&lab, issue), "- [ ] `problem`");
    read_all(&lab);
}

#[tokio::test]
async fn a_report_of_drift_is_a_review() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    for _ in 0..5 {
        lab.says(issue, "lee", "/advance").await;
    }
    let reminders = |lab: &Lab| {
        let said = lab.said(issue);
        said.iter()
            .filter(|it| it.contains("has been monitored since"))
            .count()
    };
    lab.wait(SignedDuration::from_hours(24 * 20)).await;
    lab.says(issue, "lee", "/drift psi=0.31").await;
    lab.wait(SignedDuration::from_hours(24 * 27)).await;
    assert_eq!(reminders(&lab), 0);
    lab.wait(SignedDuration::from_hours(24 * 2)).await;
    assert_eq!(reminders(&lab), 1);
    read_all(&lab);
}

#[tokio::test]
async fn a_models_label_that_somebody_renames_still_ties_to_the_model() {
    let lab = Lab::new().await;
    let first = experiment(&lab, "Test BERT for fraud").await;
    let issue = home(&lab).await;
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("lena")
        .rename_label("model/fraud-detector", "model/fraud");
    lab.settle().await;
    for issue in [first, issue] {
        let labels = lab.labels(issue);
        assert!(labels.contains(&"model/fraud".to_owned()), "{labels:?}");
    }
    has(&shown(&lab, issue), &format!("[#{first}]"));
    let second = lab
        .person("mira")
        .open_issue("Test trees for fraud")
        .labels(&["model/fraud"])
        .send();
    lab.settle().await;
    has(&shown(&lab, issue), "### 🧭 fraud-detector");
    has(&shown(&lab, issue), &format!("[#{second}]"));
    lab.says(issue, "lee", "/advance").await;
    has(&shown(&lab, issue), "Data exploration `");
    read_all(&lab);
}

#[tokio::test]
async fn a_home_that_moves_is_a_home_there_and_leaves_its_model_without_one_here() {
    let lab = Lab::new().await;
    tickets(&lab, true).await;
    let first = experiment(&lab, "Test BERT for fraud").await;
    let issue = home(&lab).await;
    tick(&lab, issue, "mira", "problem").await;
    lab.clock.advance(SignedDuration::from_secs(60));
    let there = lab.person("mira").transfer(issue, TICKETS);
    lab.settle().await;
    let moved = || {
        let mut comments = lab.gh.issue(TICKETS, there).comments;
        comments.retain(|it| it.author == "labhand[bot]");
        assert_eq!(comments.len(), 1, "{comments:#?}");
        comments.remove(0)
    };
    has(&moved().body, "- [x] `problem`");
    lab.clock.advance(SignedDuration::from_secs(60));
    let jonas = lab.gh.as_user(TICKETS, "jonas");
    jonas.tick(moved().id, "success-metrics");
    lab.settle().await;
    has(&moved().body, "2 of 3 gates");

    let next = home(&lab).await;
    has(&shown(&lab, next), "0 of 3 gates");
    has(&shown(&lab, next), &format!("[#{first}]"));
    read_all(&lab);
}

#[tokio::test]
async fn a_model_is_reason_enough_for_a_board() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    has(&lab.board(), "| `fraud-detector` | Problem definition");
    lab.whatever_was_said(issue);
}
