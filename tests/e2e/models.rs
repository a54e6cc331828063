//! The lifecycle of a model on the issue that is its home (product §6).

use labhand::domain::ids::ItemNumber;

use crate::lab::{Lab, REPO};

/// An issue without a kind that lee makes the home of the fraud detector.
async fn home(lab: &Lab) -> ItemNumber {
    let issue = lab.person("mira").open_issue("Fraud detector").send();
    lab.settle().await;
    lab.says(issue, "lee", "/model track fraud-detector").await;
    issue
}

async fn tick(lab: &Lab, issue: ItemNumber, who: &str, slug: &str) {
    lab.person(who).tick(lab.checklist(issue).id, slug);
    lab.settle().await;
}

async fn untick(lab: &Lab, issue: ItemNumber, who: &str, slug: &str) {
    lab.person(who).untick(lab.checklist(issue).id, slug);
    lab.settle().await;
}

#[track_caller]
fn shows(lab: &Lab, issue: ItemNumber, words: &str) {
    let body = lab.checklist(issue).body;
    assert!(body.contains(words), "{words} in:\n{body}");
}

#[tokio::test]
async fn a_model_begins_with_its_problem() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    assert_eq!(
        lab.labels(issue),
        ["lifecycle/problem-definition", "model/fraud-detector"]
    );
    shows(
        &lab,
        issue,
        "### 📦 fraud-detector · Problem definition · 0 of 3 gates",
    );
    shows(&lab, issue, "- [ ] `problem` Business problem clear");
    shows(
        &lab,
        issue,
        "**Next:** `problem`, `success-metrics` and `data-availability`, then `/advance`.",
    );
}

#[tokio::test]
async fn gates_are_ticked_and_waived_and_the_model_advances() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    tick(&lab, issue, "mira", "problem").await;
    tick(&lab, issue, "ana", "success-metrics").await;
    lab.says(issue, "lee", "/na data-availability the data are ours")
        .await;
    shows(&lab, issue, "- [x] `problem` Business problem clear · mira");
    shows(&lab, issue, "does not apply: the data are ours · lee");
    shows(
        &lab,
        issue,
        "**Next:** `/advance` takes it to data exploration.",
    );
    lab.says(issue, "lee", "/advance").await;
    assert_eq!(
        lab.labels(issue),
        ["lifecycle/data-exploration", "model/fraud-detector"]
    );
    shows(
        &lab,
        issue,
        "- Problem definition → data exploration · lee, 23 Nov 2026",
    );
}

#[tokio::test]
async fn a_model_that_goes_past_open_gates_says_so_and_goes_back_with_a_reason() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    tick(&lab, issue, "mira", "problem").await;
    lab.says(issue, "lee", "/advance").await;
    shows(
        &lab,
        issue,
        "⚠️ past `success-metrics` and `data-availability`",
    );
    lab.says(
        issue,
        "lee",
        "/retreat problem-definition nobody knows what success is",
    )
    .await;
    shows(&lab, issue, "nobody knows what success is");
    assert_eq!(
        lab.labels(issue),
        ["lifecycle/problem-definition", "model/fraud-detector"]
    );
    let reply = lab
        .refused(issue, "lee", "/retreat monitoring why not")
        .await;
    assert!(
        reply.contains("goes back only to a stage before that"),
        "{reply}"
    );
}

#[tokio::test]
async fn where_gates_are_enforced_an_open_one_holds_the_model() {
    let lab = Lab::policy(
        "guards: { lifecycle-gates: enforce }\nlifecycle: { gates: { problem: off } }\n",
    )
    .await;
    let issue = home(&lab).await;
    tick(&lab, issue, "mira", "success-metrics").await;
    let reply = lab.refused(issue, "lee", "/advance").await;
    assert!(
        reply.contains("it stays in problem definition: `data-availability` is open."),
        "{reply}"
    );
    tick(&lab, issue, "mira", "data-availability").await;
    lab.says(issue, "lee", "/advance").await;
    assert!(
        lab.labels(issue)
            .contains(&"lifecycle/data-exploration".to_owned())
    );
}

#[tokio::test]
async fn a_wrong_hand_moves_nothing() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    for command in [
        "/advance",
        "/retreat problem-definition because",
        "/na problem it is obvious",
    ] {
        let reply = lab.refused(issue, "otto", command).await;
        assert!(reply.contains("triage permission"), "{reply}");
    }
    tick(&lab, issue, "mira", "problem").await;
    // Triage waives, and only who may write ticks.
    tick(&lab, issue, "lee", "success-metrics").await;
    untick(&lab, issue, "lee", "problem").await;
    shows(&lab, issue, "- [x] `problem` Business problem clear · mira");
    shows(&lab, issue, "- [ ] `success-metrics`");
    let said = lab.said(issue);
    let told = said.iter().filter(|text| text.contains("write access"));
    assert_eq!(told.count(), 2, "{said:#?}");
    untick(&lab, issue, "ana", "problem").await;
    shows(&lab, issue, "- [ ] `problem` Business problem clear");
}

#[tokio::test]
async fn a_model_has_one_home() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    let other = lab.person("mira").open_issue("Another one").send();
    lab.settle().await;
    let reply = lab
        .refused(other, "lee", "/model track fraud-detector")
        .await;
    assert!(reply.contains("has its home in"), "{reply}");
    let reply = lab.refused(issue, "lee", "/model track churn").await;
    assert!(reply.contains("the home of `fraud-detector`"), "{reply}");
    let reply = lab.refused(other, "lee", "/advance").await;
    assert!(
        reply.contains("`/model track name` makes it one"),
        "{reply}"
    );
    let pull = lab.person("mira").open_pull("A pull request").send();
    lab.settle().await;
    let reply = lab.refused(pull, "lee", "/model track churn").await;
    assert!(
        reply.contains("a pull request is no model's home"),
        "{reply}"
    );
    lab.checklist(issue);
}

#[tokio::test]
async fn labels_of_the_lifecycle_are_put_back_and_a_closed_home_rests() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    lab.person("mira")
        .unlabel(issue, "lifecycle/problem-definition");
    lab.settle().await;
    assert!(
        lab.labels(issue)
            .contains(&"lifecycle/problem-definition".to_owned())
    );
    lab.person("mira").close(issue);
    lab.settle().await;
    let reply = lab.refused(issue, "lee", "/advance").await;
    assert!(reply.contains("it is closed"), "{reply}");
    lab.person("mira").reopen(issue);
    lab.settle().await;
    let lab = lab.restart().await;
    lab.says(issue, "lee", "/advance").await;
    shows(&lab, issue, "Data exploration · 0 of 3 gates");
    assert_eq!(
        lab.gh
            .issues(REPO)
            .iter()
            .filter(|it| it.number == issue)
            .count(),
        1
    );
}

/// An experiment that bears the model's label and is decided.
async fn decided(lab: &Lab, title: &str, verdict: &str) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue(title)
        .labels(&["kind/experiment", "model/fraud-detector"])
        .send();
    lab.settle().await;
    lab.says(
        issue,
        "mira",
        "/timebox 2d\n/hypothesis it is better\n/metric f1 >= 0.8\n/activate",
    )
    .await;
    lab.says(issue, "mira", "/result f1=0.9\n/findings it is better")
        .await;
    lab.says(issue, "mira", &format!("/decide {verdict} as measured"))
        .await;
    lab.whatever_was_said(issue);
    issue
}

#[tokio::test]
async fn what_the_bot_sees_it_ticks_with_a_link() {
    let lab = Lab::new().await;
    let first = decided(&lab, "Gradient boosting", "abandon").await;
    let issue = home(&lab).await;
    // What was tied before the model had a home is known to it.
    shows(&lab, issue, "Gradient boosting | ⛔ abandon");
    shows(&lab, issue, "- [ ] `approaches` Several approaches tried");
    let reply = lab.refused(issue, "lee", "/select #99").await;
    assert!(reply.contains("is not tied to the model"), "{reply}");
    let second = decided(&lab, "Graph features", "abandon").await;
    let body = lab.checklist(issue).body;
    let line = body.lines().find(|line| line.contains("`approaches`"));
    let line = line.unwrap();
    assert!(line.starts_with("- [x]"), "{line}");
    assert!(
        line.contains(&format!("#{first}")) && line.contains(&format!("#{second}")),
        "{line}"
    );
    lab.says(issue, "lee", &format!("/select #{second}")).await;
    shows(
        &lab,
        issue,
        "- [x] `best-performer` Best performer selected · seen in",
    );
    shows(&lab, issue, "🏆 best performer");
    // What a person opens stays open.
    untick(&lab, issue, "mira", "approaches").await;
    decided(&lab, "Transformers", "abandon").await;
    shows(&lab, issue, "- [ ] `approaches` Several approaches tried");
    // Without the label it is no experiment of the model's.
    lab.person("mira").unlabel(first, "model/fraud-detector");
    lab.settle().await;
    let body = lab.checklist(issue).body;
    assert!(!body.contains("Gradient boosting"), "{body}");
}

#[tokio::test]
async fn drift_opens_one_issue_for_retraining() {
    let lab = Lab::policy("commands: { bots: [\"trainer\"] }\n").await;
    let issue = home(&lab).await;
    let reply = lab.refused(issue, "otto", "/drift psi=0.3").await;
    assert!(reply.contains("triage permission"), "{reply}");
    let reply = lab.refused(issue, "lee", "/drift it looks odd").await;
    assert!(reply.contains("what was measured is missing"), "{reply}");
    lab.says(
        issue,
        "lee",
        "/drift psi=0.31 the amounts @ana have shifted",
    )
    .await;
    let retraining: Vec<_> = lab
        .gh
        .issues(REPO)
        .into_iter()
        .filter(|it| it.title.starts_with("Retrain fraud-detector: psi=0.31"))
        .collect();
    let [retraining] = retraining.as_slice() else {
        panic!("{retraining:#?}");
    };
    let labels = lab.labels(retraining.number);
    for label in ["kind/maintenance", "model/fraud-detector"] {
        assert!(labels.contains(&label.to_owned()), "{labels:?}");
    }
    let count = |lab: &Lab| {
        let issues = lab.gh.issues(REPO);
        issues
            .iter()
            .filter(|it| it.title.starts_with("Retrain"))
            .count()
    };
    lab.says(issue, "lee", "/drift psi=0.4 still").await;
    assert_eq!(count(&lab), 1);
    shows(&lab, issue, "`psi=0.4`");
    let lab = lab.restart().await;
    lab.person("mira").close(retraining.number);
    lab.settle().await;
    lab.says(issue, "lee", "/drift psi=0.5 again").await;
    assert_eq!(count(&lab), 2);
    lab.whatever_was_said(retraining.number);
}

#[tokio::test]
async fn a_model_in_monitoring_is_reviewed_every_four_weeks() {
    let lab = Lab::new().await;
    let issue = home(&lab).await;
    lab.person("mira").assign(issue, "ana");
    lab.settle().await;
    for _ in 0..5 {
        lab.says(issue, "lee", "/advance").await;
    }
    shows(&lab, issue, "fraud-detector · Monitoring");
    let reply = lab.refused(issue, "lee", "/advance").await;
    assert!(reply.contains("monitoring is the last stage"), "{reply}");
    let reminders = |lab: &Lab| {
        let said = lab.said(issue);
        let due = said.iter().filter(|text| text.contains("due for a review"));
        due.cloned().collect::<Vec<_>>()
    };
    lab.wait_hours(4 * 7 * 24 - 1).await;
    assert_eq!(reminders(&lab).len(), 0);
    lab.wait_hours(2).await;
    let said = reminders(&lab);
    assert_eq!(said.len(), 1);
    assert!(
        said[0].starts_with("@ana, `fraud-detector` is in monitoring since"),
        "{said:?}"
    );
    // A report of drift is a review; the next one is four weeks after that.
    lab.wait_hours(14 * 24).await;
    lab.says(issue, "lee", "/drift psi=0.3").await;
    lab.wait_hours(20 * 24).await;
    assert_eq!(reminders(&lab).len(), 1);
    lab.wait_hours(9 * 24).await;
    assert_eq!(reminders(&lab).len(), 2);
    lab.says(issue, "lee", "/retreat experimentation another approach")
        .await;
    lab.wait_hours(60 * 24).await;
    assert_eq!(reminders(&lab).len(), 2);
    for it in lab.gh.issues(REPO) {
        lab.whatever_was_said(it.number);
    }
}
