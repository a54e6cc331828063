//! Rivals for a version, and policies that leave out what others take for granted (product §6).

use labhand::domain::ids::ItemNumber;
use serde_json::json;

use crate::lab::{Lab, REPO};
use crate::versions::{TWO, hand_over, history, models, registered, sign};

fn open(lab: &Lab, who: &str, branch: &str, text: &str) -> ItemNumber {
    lab.person(who)
        .open_pull("Serve the fraud detector")
        .branch(branch)
        .body(text)
        .files(&[("docs/model_card.md", crate::handoff::CARD)])
        .labels(&["handoff"])
        .send()
}

fn gate(lab: &Lab, pull: ItemNumber) -> String {
    let check = lab.check(pull, "labhand/handoff").expect("the check");
    format!("{}: {}", check.conclusion, check.title)
}

fn read_all(lab: &Lab) {
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn of_two_claims_in_one_second_the_older_pull_request_has_the_version() {
    for backwards in [false, true] {
        let lab = Lab::policy(TWO).await;
        let one = open(&lab, "mira", "one", "Model: fraud-detector v1");
        let other = open(&lab, "jonas", "other", "Model: Fraud-Detector v1.0");
        let mut told = lab.gh.take_deliveries();
        if backwards {
            told.reverse();
        }
        for delivery in &told {
            lab.gh.replay(delivery);
        }
        lab.settle().await;
        let taken =
            format!("failure: fraud-detector v1.0.0 belongs to #{one}; name another version");
        assert_eq!(gate(&lab, other), taken, "backwards: {backwards}");
        assert!(gate(&lab, one).starts_with("failure: 0 of 2 signed"));
        read_all(&lab);
    }
}

#[tokio::test]
async fn whoever_edits_the_text_lets_the_version_go() {
    let lab = Lab::policy(TWO).await;
    let first = open(&lab, "mira", "one", "Model: fraud-detector v1");
    lab.settle().await;
    let second = open(&lab, "jonas", "other", "Model: fraud-detector v1");
    lab.settle().await;
    assert!(gate(&lab, second).contains(&format!("belongs to #{first}")));
    lab.person("mira")
        .edit_text(first, "Model: fraud-detector v1.1");
    lab.settle().await;
    assert!(gate(&lab, second).starts_with("failure: 0 of 2 signed"));
    // Back again it is the second one's.
    lab.person("mira")
        .edit_text(first, "Model: fraud-detector v1");
    lab.settle().await;
    assert!(gate(&lab, first).contains(&format!("belongs to #{second}")));
    // Without a version it is a hand-off all the same, which registers nothing.
    lab.person("mira").edit_text(first, "No version at all");
    lab.settle().await;
    assert!(
        gate(&lab, first).starts_with("failure: 0 of 2 signed"),
        "{}",
        gate(&lab, first)
    );
    sign(&lab, first).await;
    lab.person("lena").merge(first);
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"], json!([]), "{told}");
    read_all(&lab);
}

#[tokio::test]
async fn a_text_full_of_versions_names_the_first() {
    let lab = Lab::policy(TWO).await;
    let mut text = "Model: fraud-detector v1.2\nModel: fraud-detector v9\n".to_owned();
    text.push_str(
        &"Model: x\u{202e}y v1\u{0}\nModel: 💥 v1\nModel: fraud-detector vNaN\n".repeat(800),
    );
    let pull = open(&lab, "mira", "one", &text);
    lab.settle().await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"].as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told["models"][0]["versions"][0]["version"], "1.2.0");
    read_all(&lab);
}

#[tokio::test]
async fn stages_without_production_have_none_to_go_back_to() {
    let policy: &'static str =
        Box::leak(format!("{TWO}models: {{ stages: [shadow, canary] }}\n").into_boxed_str());
    let lab = Lab::policy(policy).await;
    let pull = registered(&lab, "v1").await;
    let said = lab
        .refused(pull, "lena", "/promote fraud-detector v1 production")
        .await;
    assert!(
        said.contains("there is no stage `production`; there are `shadow` and `canary`"),
        "{said}"
    );
    lab.says(pull, "lena", "/promote fraud-detector v1 Canary")
        .await;
    assert_eq!(
        history(&models(&lab, "").await),
        ["canary 1.0.0 promoted lena"]
    );
    let said = lab
        .refused(pull, "lena", "/rollback fraud-detector too slow")
        .await;
    assert!(
        said.contains("no other version of `fraud-detector`"),
        "{said}"
    );
    read_all(&lab);
}

#[tokio::test]
async fn what_ran_is_told_for_days_of_23_and_25_hours() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v1").await;
    registered(&lab, "v2").await;
    // In Berlin the 28th of March 2027 has 23 hours, from 23:00Z to 22:00Z.
    lab.until("2027-03-27T22:59:00Z").await;
    lab.says(pull, "lena", "/promote fraud-detector v1 production")
        .await;
    lab.until("2027-03-28T21:59:30Z").await;
    lab.says(pull, "lena", "/promote fraud-detector v2 production")
        .await;
    // The 31st of October has 25, from 22:00Z to 23:00Z.
    lab.until("2027-10-31T22:59:30Z").await;
    lab.says(pull, "lena", "/promote fraud-detector v1 production")
        .await;
    for (day, versions) in [
        ("2027-03-27", vec!["1.0.0"]),
        ("2027-03-28", vec!["1.0.0", "2.0.0"]),
        ("2027-03-29", vec!["2.0.0"]),
        ("2027-10-30", vec!["2.0.0"]),
        ("2027-10-31", vec!["2.0.0", "1.0.0"]),
        ("2027-11-01", vec!["1.0.0"]),
    ] {
        let told = models(&lab, &format!("?on={day}")).await;
        let runs = told["models"][0]["history"].as_array().unwrap();
        let ran: Vec<&str> = runs
            .iter()
            .filter_map(|run| run["version"].as_str())
            .collect();
        assert_eq!(ran, versions, "{day}: {told}");
    }
    read_all(&lab);
}

#[tokio::test]
async fn a_board_of_three_hundred_models_fits() {
    let lab = Lab::policy(TWO).await;
    let item = lab.person("mira");
    let item = item.open_issue("Roll out").labels(&["kind/development"]);
    item.send();
    let jonas = lab.person("jonas");
    let commit = jonas.write_file("models/all.onnx", "weights");
    for number in 0..300 {
        jonas.tag(
            &format!("model-with-a-rather-long-name-{number:03}@v1.0.0"),
            &commit,
        );
    }
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"].as_array().unwrap().len(), 300);
    let board = lab.board();
    assert!(board.chars().count() <= 65_536);
    assert!(
        board.contains("model-with-a-rather-long-name-000"),
        "{board}"
    );
    assert!(board.contains(" more"), "{board}");
    read_all(&lab);
}

#[tokio::test]
async fn a_registered_version_cannot_be_taken_back_by_ending_its_hand_off() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v1").await;
    for who in ["mira", "ana"] {
        let said = lab
            .refused(pull, who, "/handoff off it was a mistake")
            .await;
        assert!(
            said.contains("it was merged as `fraud-detector v1.0.0`, and stays that"),
            "{said}"
        );
    }
    // Nor is one that nobody has signed.
    let unsigned = hand_over(&lab, "v2").await;
    lab.person("lena").merge(unsigned);
    lab.settle().await;
    lab.person("mira").unlabel(unsigned, "handoff");
    lab.settle().await;
    assert!(lab.labels(unsigned).contains(&"handoff".to_owned()));
    let told = models(&lab, "").await;
    assert_eq!(
        told["models"][0]["versions"].as_array().unwrap().len(),
        2,
        "{told}"
    );
    let late = hand_over(&lab, "v1").await;
    assert!(gate(&lab, late).contains(&format!("belongs to #{pull}")));
    read_all(&lab);
}

#[tokio::test]
async fn a_default_branch_with_another_name_forgets_no_version() {
    let lab = Lab::policy(TWO).await;
    let first = registered(&lab, "v1").await;
    let second = hand_over(&lab, "v2").await;
    lab.gh.rename_default_branch(REPO, "trunk");
    lab.settle().await;
    // A reason to look at it again.
    lab.says(first, "mira", "/unsign model-card").await;
    sign(&lab, second).await;
    lab.person("lena").merge(second);
    lab.settle().await;
    let told = models(&lab, "").await;
    let versions = told["models"][0]["versions"].as_array().unwrap();
    let versions: Vec<&str> = versions
        .iter()
        .filter_map(|it| it["version"].as_str())
        .collect();
    assert_eq!(versions, ["2.0.0", "1.0.0"], "{told}");
    read_all(&lab);
}
