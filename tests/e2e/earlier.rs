//! What was tried before: nobody repeats a failed experiment unknowingly (product §2, looks).

use labhand::domain::ids::ItemNumber;
use labhand::sim::Selection;

use crate::lab::{Lab, REPO};

/// An experiment that ended with this verdict and result.
async fn ended(lab: &Lab, title: &str, verdict: &str, f1: &str) -> ItemNumber {
    let mira = lab.person("mira");
    let issue = mira
        .open_issue(title)
        .body("Hypothesis: it gets better\n\nMetric: f1 >= 0.85\n\nTimebox: 1d")
        .send();
    lab.settle().await;
    mira.comment(
        issue,
        &format!(
            "/activate\n/result f1={f1}\n/findings See the notebook.\n/decide {verdict} so it is"
        ),
    );
    lab.settle().await;
    lab.whatever_was_said(issue);
    issue
}

#[tokio::test]
async fn earlier_items_show_with_how_they_ended() {
    let lab = Lab::new().await;
    let old = ended(&lab, "Test LSTM for ticket routing", "abandon", "0.71").await;
    ended(&lab, "Test gradient boosting for churn", "abandon", "0.9").await;
    let new = lab
        .person("jonas")
        .open_issue("Test BERT for ticket routing")
        .send();
    lab.settle().await;
    let status = lab.status(new);
    let tried = status.lines().find(|line| line.contains("🔎"));
    assert_eq!(
        tried.unwrap(),
        format!(
            "<sub>🔎 Tried before: [#{old}](https://redirect.github.com/acme/fraud/issues/{old}) *Test LSTM for ticket routing* → abandoned, `f1` 0.71 · `/help` for commands</sub>"
        )
    );
}

#[tokio::test]
async fn at_most_three_are_shown_and_none_that_are_about_something_else() {
    let lab = Lab::new().await;
    for model in ["LSTM", "CNN", "GRU", "SVM"] {
        ended(
            &lab,
            &format!("Test {model} for ticket routing"),
            "abandon",
            "0.7",
        )
        .await;
    }
    let jonas = lab.person("jonas");
    let similar = jonas.open_issue("Test BERT for ticket routing").send();
    let other = jonas.open_issue("Test BERT for image search").send();
    lab.settle().await;
    assert_eq!(lab.status(similar).matches("→ abandoned").count(), 3);
    assert!(!lab.status(other).contains("🔎"), "{}", lab.status(other));
}

#[tokio::test]
async fn they_are_looked_for_again_when_the_hypothesis_comes_by_command() {
    let lab = Lab::new().await;
    let old = ended(&lab, "Test LSTM for ticket routing", "abandon", "0.71").await;
    let jonas = lab.person("jonas");
    let new = jonas.open_issue("Test the new idea").send();
    lab.settle().await;
    assert!(!lab.status(new).contains("🔎"), "{}", lab.status(new));
    jonas.comment(new, "/hypothesis An LSTM is enough for ticket routing");
    lab.settle().await;
    let status = lab.status(new);
    assert!(
        status.contains(&format!("🔎 Tried before: [#{old}]")),
        "{status}"
    );
}

#[tokio::test]
async fn how_an_earlier_one_ends_later_shows_with_the_next_drawing() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let first = mira.open_issue("Explore graph features for fraud").send();
    lab.settle().await;
    let second = mira
        .open_issue("Explore graph features against fraud")
        .send();
    lab.settle().await;
    assert!(
        lab.status(second).contains("→ an idea so far"),
        "{}",
        lab.status(second)
    );
    lab.person("lee")
        .close_as(first, labhand::sim::StateReason::NotPlanned);
    lab.settle().await;
    mira.comment(second, "/timebox 2d");
    lab.settle().await;
    assert!(
        lab.status(second).contains("→ not done"),
        "{}",
        lab.status(second)
    );
    lab.whatever_was_said(first);
}

#[tokio::test]
async fn other_repositories_never_leak() {
    let lab = Lab::new().await;
    lab.gh.repo("acme/secret");
    lab.gh.collaborator("acme/secret", "mira", "write");
    lab.gh
        .install("acme", Selection::Only(&[REPO, "acme/secret"]));
    lab.settle().await;
    lab.wait_hours(1).await;
    let secret = lab.gh.as_user("acme/secret", "mira");
    secret.open_issue("Test LSTM for ticket routing").send();
    lab.settle().await;
    let new = lab
        .person("mira")
        .open_issue("Test LSTM for ticket routing")
        .send();
    lab.settle().await;
    assert!(!lab.status(new).contains("🔎"), "{}", lab.status(new));
}

#[tokio::test]
async fn what_is_shown_does_not_depend_on_who_was_heard_of_first() {
    for backwards in [false, true] {
        let lab = Lab::new().await;
        let mira = lab.person("mira");
        let titles = ["Test LSTM", "Test GRU", "Test BERT"];
        let issues = titles.map(|model| {
            lab.clock.advance(jiff::SignedDuration::from_secs(5));
            mira.open_issue(&format!("{model} for ticket routing"))
                .send()
        });
        let mut sent = lab.gh.take_deliveries();
        if backwards {
            sent.reverse();
        }
        for delivery in &sent {
            lab.gh.replay(delivery);
            lab.at_once().await;
        }
        lab.settle().await;
        let tried = issues.map(|issue| lab.status(issue).matches("→ an idea so far").count());
        assert_eq!(tried, [0, 1, 2], "backwards: {backwards}");
    }
}

#[tokio::test]
async fn what_was_deleted_is_no_example_any_more() {
    let lab = Lab::new().await;
    let old = ended(&lab, "Test LSTM for ticket routing", "abandon", "0.71").await;
    let jonas = lab.person("jonas");
    let new = jonas.open_issue("Test BERT for ticket routing").send();
    lab.settle().await;
    assert!(lab.status(new).contains("🔎"));
    lab.wait_hours(1).await;
    lab.person("lena").delete_issue(old);
    lab.settle().await;
    assert!(!lab.status(new).contains("🔎"), "{}", lab.status(new));
}
