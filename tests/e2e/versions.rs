//! Versions of models: which pull request is which version, what is registered, and what runs where
//! (product §6).

use labhand::domain::ids::ItemNumber;
use serde_json::{Value, json};

use crate::handoff::CARD;
use crate::lab::Lab;

/// Two entries, one for each side: mira signs the card, ana the serving.
pub const TWO: &str = "\
calendar: { timezone: Europe/Berlin }
teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
handoff:
  entries:
    artifact: off
    features: off
    io-format: off
    benchmarks: off
    feature-pipeline: off
    monitoring: off
    ab-testing: off
    scaling: off
    integration-tests: off
    performance: off
    incidents: off
    docs: off
";

/// A hand-off of mira's that names a version.
pub async fn hand_over(lab: &Lab, version: &str) -> ItemNumber {
    let pull = lab
        .person("mira")
        .open_pull("Serve the fraud detector")
        .branch(&format!("serve-{version}"))
        .body(&format!("Model: fraud-detector {version}"))
        .files(&[("docs/model_card.md", CARD)])
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    pull
}

pub async fn sign(lab: &Lab, pull: ItemNumber) {
    lab.says(pull, "mira", "/sign model-card docs/model_card.md")
        .await;
    lab.says(pull, "ana", "/sign serving").await;
}

/// A version that is signed and merged.
pub async fn registered(lab: &Lab, version: &str) -> ItemNumber {
    let pull = hand_over(lab, version).await;
    sign(lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    pull
}

pub async fn models(lab: &Lab, query: &str) -> Value {
    let url = format!("{}/api/v1/repos/acme/fraud/models{query}", lab.address);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Stage, version and how it came there.
pub fn history(told: &Value) -> Vec<String> {
    let runs = told["models"][0]["history"].as_array().unwrap();
    let word = |run: &Value, name: &str| run[name].as_str().unwrap_or("-").to_owned();
    runs.iter()
        .map(|run| {
            let words = ["stage", "version", "how", "by"].map(|name| word(run, name));
            let ended = if run["until"].is_null() {
                ""
            } else {
                " (ended)"
            };
            format!("{}{ended}", words.join(" "))
        })
        .collect()
}

fn gate(lab: &Lab, pull: ItemNumber) -> String {
    let check = lab.check(pull, "labhand/handoff").expect("the check");
    format!("{}: {}", check.conclusion, check.title)
}

fn read_all(lab: &Lab) {
    for issue in lab.gh.issues(crate::lab::REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn a_signed_hand_off_that_is_merged_is_a_registered_version() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v2.3").await;
    let checklist = lab.checklist(pull).body;
    assert!(
        checklist.contains("📦 Registered as `fraud-detector v2.3.0`"),
        "{checklist}"
    );
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["name"], "fraud-detector");
    let version = &told["models"][0]["versions"][0];
    assert_eq!(version["version"], "2.3.0");
    assert_eq!(version["pull"], json!(pull.0));
    assert_eq!(version["complete"], true);
    assert_eq!(version["merged_by"], "lena");
    assert_eq!(version["card"]["path"], "docs/model_card.md");
    assert_eq!(version["signatures"][1]["by"], "ana");
    assert_eq!(version["signatures"][1]["side"], "engineering");
    assert!(version["commit"].as_str().is_some_and(|it| it.len() == 40));
    lab.at_once().await;
    let board = lab.board();
    assert!(board.contains("**Models**"), "{board}");
    assert!(
        board.contains("| `fraud-detector` |  |  |  | v2.3.0 · "),
        "{board}"
    );
    read_all(&lab);
}

#[tokio::test]
async fn the_record_names_the_experiments_that_the_version_came_out_of() {
    let lab = Lab::policy(TWO).await;
    let mira = lab.person("mira");
    let experiment = mira
        .open_issue("Test BERT vs GPT for classification")
        .body("### Hypothesis\n\nBERT is better\n\n### Success metric\n\nf1 >= 0.85\n\n### Time box\n\n3d\n")
        .assign(&["mira"])
        .send();
    lab.settle().await;
    lab.says(experiment, "mira", "/activate").await;
    lab.says(experiment, "mira", "/result f1=0.87\n/findings It is.")
        .await;
    lab.says(experiment, "lena", "/decide productionize It is worth it.")
        .await;
    let opened = lab.gh.issues(crate::lab::REPO);
    let product = opened
        .iter()
        .find(|issue| issue.title.starts_with("Productionize"))
        .expect("the development issue");
    let pull = mira
        .open_pull("Serve it")
        .branch("serve")
        .body(&format!(
            "Closes #{}\n\nModel: ticket-router v1",
            product.number
        ))
        .files(&[("docs/model_card.md", CARD)])
        .send();
    lab.settle().await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    let told = models(&lab, "").await;
    let experiments = &told["models"][0]["versions"][0]["experiments"];
    let expected = json!([{
        "number": experiment.0,
        "title": "Test BERT vs GPT for classification",
        "verdict": "productionize",
    }]);
    assert_eq!(*experiments, expected, "{told}");
    read_all(&lab);
}

#[tokio::test]
async fn the_record_has_the_metrics_of_the_cards_front_matter() {
    let lab = Lab::policy(TWO).await;
    let front = "---\nmodel-index:\n- name: fraud-detector\n  results:\n  - task: {type: text-classification}\n    metrics:\n    - {type: f1, value: 0.87, name: F1 (macro)}\n---\n";
    let card = format!("{front}{CARD}");
    let pull = lab
        .person("mira")
        .open_pull("Serve the fraud detector")
        .branch("serve")
        .body("Model: fraud-detector v2.3.0")
        .files(&[("docs/model_card.md", &card)])
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    let told = models(&lab, "").await;
    let metrics = &told["models"][0]["versions"][0]["card"]["metrics"];
    let expected = json!([{
        "name": "F1 (macro)",
        "kind": "f1",
        "value": "0.87",
        "task": "text-classification",
        "dataset": null,
    }]);
    assert_eq!(*metrics, expected, "{told}");
    read_all(&lab);
}

#[tokio::test]
async fn one_version_is_for_one_pull_request() {
    let lab = Lab::policy(TWO).await;
    let first = hand_over(&lab, "v2.3.0").await;
    let second = hand_over(&lab, "2.3").await;
    sign(&lab, second).await;
    let expected =
        format!("failure: fraud-detector v2.3.0 belongs to #{first}; name another version");
    assert_eq!(gate(&lab, second), expected);
    assert!(gate(&lab, first).starts_with("failure: 0 of 2 signed"));
    let checklist = lab.checklist(second).body;
    assert!(
        checklist.contains("`fraud-detector v2.3.0` belongs to"),
        "{checklist}"
    );

    // Naming it by command is refused as well.
    let third = lab
        .person("mira")
        .open_pull("Serve it too")
        .branch("serve-too")
        .send();
    lab.settle().await;
    let said = lab
        .refused(third, "mira", "/handoff fraud-detector v2.3.0")
        .await;
    assert!(
        said.contains("one version is for one pull request"),
        "{said}"
    );

    // Another version is free, and so is this one once the first lets go of it.
    lab.person("mira").close(first);
    lab.settle().await;
    assert_eq!(gate(&lab, second), "success: Complete: 2 of 2 signed");
    read_all(&lab);
}

#[tokio::test]
async fn a_version_that_was_merged_stays_what_it_is() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v2.3.0").await;
    let said = lab
        .refused(pull, "mira", "/handoff fraud-detector v2.4.0")
        .await;
    assert!(
        said.contains("it was merged as `fraud-detector v2.3.0`"),
        "{said}"
    );
    lab.person("mira")
        .edit_text(pull, "Model: fraud-detector v9.0.0");
    lab.settle().await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"][0]["version"], "2.3.0");
    // Nobody takes it afterwards.
    let late = hand_over(&lab, "v2.3.0").await;
    assert!(gate(&lab, late).contains(&format!("belongs to #{pull}")));
    read_all(&lab);
}

#[tokio::test]
async fn promotions_and_rollbacks_are_a_history() {
    let lab = Lab::policy(TWO).await;
    let first = registered(&lab, "v1").await;
    let second = registered(&lab, "v2").await;
    lab.says(first, "lena", "/promote fraud-detector v1 production")
        .await;
    lab.says(second, "lena", "/promote fraud-detector v2 staging")
        .await;
    lab.says(second, "lena", "/promote fraud-detector v2.0.0 Production")
        .await;
    let told = models(&lab, "").await;
    let expected = [
        "production 1.0.0 promoted lena (ended)",
        "staging 2.0.0 promoted lena",
        "production 2.0.0 promoted lena",
    ];
    assert_eq!(history(&told), expected);

    lab.says(
        second,
        "lena",
        "/rollback fraud-detector too many false alarms",
    )
    .await;
    let told = models(&lab, "").await;
    assert_eq!(history(&told)[3], "production 1.0.0 rolled-back lena");
    assert_eq!(
        told["models"][0]["history"][3]["reason"],
        "too many false alarms"
    );
    // There is nothing before the first one.
    let said = lab
        .refused(second, "lena", "/rollback fraud-detector even worse")
        .await;
    assert!(
        said.contains("no other version of `fraud-detector`"),
        "{said}"
    );
    lab.at_once().await;
    let board = lab.board();
    assert!(
        board.contains("rolled back by lena: too many false alarms"),
        "{board}"
    );
    let back = lab.checklist(first).body;
    assert!(back.contains("· in production since 23 Nov 2026"), "{back}");
    let checklist = lab.checklist(second).body;
    assert!(!checklist.contains("in production"), "{checklist}");
    assert!(
        checklist.contains("in staging since 23 Nov 2026"),
        "{checklist}"
    );

    // What is archived runs nowhere.
    lab.says(first, "lena", "/promote fraud-detector v1 archived")
        .await;
    let told = models(&lab, "").await;
    let stages = told["models"][0]["stages"].as_array().unwrap();
    let stages: Vec<&str> = stages
        .iter()
        .filter_map(|it| it["stage"].as_str())
        .collect();
    assert_eq!(stages, ["staging", "archived"]);
    read_all(&lab);
}

#[tokio::test]
async fn commands_of_one_comment_follow_each_other() {
    let lab = Lab::policy(TWO).await;
    registered(&lab, "v1").await;
    let pull = registered(&lab, "v2").await;
    lab.says(
        pull,
        "lena",
        "/promote fraud-detector v1 production\n/promote fraud-detector v2 production\n/rollback fraud-detector it was too early",
    )
    .await;
    let told = models(&lab, "").await;
    let expected = [
        "production 1.0.0 promoted lena (ended)",
        "production 2.0.0 promoted lena (ended)",
        "production 1.0.0 rolled-back lena",
    ];
    assert_eq!(history(&told), expected);
    read_all(&lab);
}

#[tokio::test]
async fn only_a_lead_promotes_and_only_what_there_is() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v2.3.0").await;
    for who in ["mira", "ana", "lee", "otto"] {
        let said = lab
            .refused(pull, who, "/promote fraud-detector v2.3.0 production")
            .await;
        assert!(said.contains("it is for a lead"), "{who}: {said}");
        let said = lab
            .refused(pull, who, "/rollback fraud-detector why not")
            .await;
        assert!(said.contains("it is for a lead"), "{who}: {said}");
    }
    for (command, answer) in [
        (
            "/promote fraud-detecter v2.3.0 production",
            "there is no model `fraud-detecter`; did you mean `fraud-detector`?",
        ),
        (
            "/promote spam v1 production",
            "there is no model `spam`; a model is known once",
        ),
        (
            "/promote fraud-detector v3 production",
            "there is no `fraud-detector v3.0.0`; registered is `v2.3.0`.",
        ),
        (
            "/promote fraud-detector v2.3.0 prod",
            "there is no stage `prod`; there are `staging`, `production` and `archived`.",
        ),
        (
            "/promote fraud-detector production",
            "is no model, version and stage",
        ),
        ("/promote", "what to promote is missing"),
        ("/rollback fraud-detector", "the reason is missing"),
        ("/rollback größe x", "is no name of a model"),
    ] {
        let said = lab.refused(pull, "lena", command).await;
        assert!(said.contains(answer), "{command}: {said}");
    }
    lab.says(pull, "lena", "/promote fraud-detector v2.3.0 production")
        .await;
    let said = lab
        .refused(pull, "lena", "/promote fraud-detector v2.3.0 PRODUCTION")
        .await;
    assert!(said.contains("is in `production` already"), "{said}");
    let told = models(&lab, "").await;
    assert_eq!(history(&told), ["production 2.3.0 promoted lena"]);
    read_all(&lab);
}

#[tokio::test]
async fn what_was_merged_unsigned_is_no_candidate_for_production_until_it_is_signed() {
    let lab = Lab::policy(TWO).await;
    let pull = hand_over(&lab, "v2.3.0").await;
    lab.says(pull, "mira", "/sign model-card docs/model_card.md")
        .await;
    let said = lab
        .refused(pull, "lena", "/promote fraud-detector v2.3.0 staging")
        .await;
    assert!(said.contains("is not registered yet"), "{said}");
    lab.person("lena").merge(pull);
    lab.settle().await;
    lab.at_once().await;
    assert!(
        lab.board().contains("⚠️ **unsigned**: 1 entry"),
        "{}",
        lab.board()
    );
    lab.says(pull, "lena", "/promote fraud-detector v2.3.0 staging")
        .await;
    let said = lab
        .refused(pull, "lena", "/promote fraud-detector v2.3.0 production")
        .await;
    assert!(said.contains("production needs that"), "{said}");
    assert!(said.contains("`serving`"), "{said}");
    lab.says(pull, "ana", "/sign serving").await;
    lab.says(pull, "lena", "/promote fraud-detector v2.3.0 production")
        .await;
    let told = models(&lab, "").await;
    let version = &told["models"][0]["versions"][0];
    assert_eq!(version["open"], json!([]));
    assert_eq!(version["open_when_merged"], json!(["serving"]));
    lab.at_once().await;
    assert!(
        lab.board().contains("signed after the merge"),
        "{}",
        lab.board()
    );
    read_all(&lab);
}

#[tokio::test]
async fn what_ran_on_a_day_is_told() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v1").await;
    registered(&lab, "v2").await;
    lab.until("2026-11-24T08:00:00Z").await;
    lab.says(pull, "lena", "/promote fraud-detector v1 production")
        .await;
    lab.until("2026-11-26T08:00:00Z").await;
    lab.says(pull, "lena", "/promote fraud-detector v2 production")
        .await;
    for (day, versions) in [
        ("2026-11-23", vec![]),
        ("2026-11-24", vec!["1.0.0"]),
        ("2026-11-25", vec!["1.0.0"]),
        ("2026-11-26", vec!["1.0.0", "2.0.0"]),
        ("2027-03-03", vec!["2.0.0"]),
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
async fn a_deployment_to_an_environment_called_like_a_stage_is_recorded() {
    let lab = Lab::policy(TWO).await;
    let first = hand_over(&lab, "v1").await;
    sign(&lab, first).await;
    let one = lab.person("lena").merge(first);
    lab.settle().await;
    let second = hand_over(&lab, "v2").await;
    sign(&lab, second).await;
    let two = lab.person("lena").merge(second);
    lab.settle().await;
    let deploys = async |environment: &str, commit: &str, state: &str| {
        lab.clock.advance(jiff::SignedDuration::from_secs(60));
        lab.person("ana").deploy(environment, commit, state);
        lab.settle().await;
    };
    lab.says(first, "lena", "/promote fraud-detector v1 production")
        .await;
    deploys("Production", &one, "in_progress").await;
    deploys("Production", &one, "failure").await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["history"][0]["deployed_at"], json!(null));
    deploys("Production", &one, "success").await;
    // What nobody has promoted runs all the same.
    deploys("production", &two, "success").await;
    // It is no stage, and it is no version.
    deploys("preview", &two, "success").await;
    lab.person("lena").write_file("src/later.py", "later\n");
    deploys("staging", "main", "success").await;
    let told = models(&lab, "").await;
    let expected = [
        "production 1.0.0 promoted lena (ended)",
        "production 2.0.0 deployed ana",
    ];
    assert_eq!(history(&told), expected, "{told}");
    let run = &told["models"][0]["history"][0];
    assert!(run["deployed_at"].is_string(), "{run}");
    assert_eq!(run["deployment_url"], "https://Production.acme.example");
    lab.at_once().await;
    let board = lab.board();
    assert!(board.contains("deployed, without a promotion"), "{board}");
    // It is rolled back like anything that runs.
    lab.says(second, "lena", "/rollback fraud-detector it was a mistake")
        .await;
    let told = models(&lab, "").await;
    let last = history(&told).pop().unwrap();
    assert_eq!(last, "production 1.0.0 rolled-back lena", "{told}");
    read_all(&lab);
}

#[tokio::test]
async fn another_branch_registers_nothing() {
    let lab = Lab::policy(TWO).await;
    // A pull request comes from a branch, and here is one to go to.
    lab.person("mira")
        .open_pull("Release 1")
        .branch("release-1")
        .send();
    let pull = lab
        .person("mira")
        .open_pull("Serve the fraud detector")
        .branch("serve")
        .base("release-1")
        .body("Model: fraud-detector v2.3.0")
        .files(&[("docs/model_card.md", CARD)])
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    sign(&lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    assert_eq!(models(&lab, "").await["models"], json!([]));
    // So the version is free.
    let right = registered(&lab, "v2.3.0").await;
    let told = models(&lab, "").await;
    assert_eq!(told["models"][0]["versions"][0]["pull"], json!(right.0));
    read_all(&lab);
}

#[tokio::test]
async fn a_restart_forgets_no_model() {
    let lab = Lab::policy(TWO).await;
    let pull = registered(&lab, "v1").await;
    lab.says(pull, "lena", "/promote fraud-detector v1 production")
        .await;
    let before = models(&lab, "").await;
    let lab = lab.restart().await;
    assert_eq!(models(&lab, "").await, before);
    read_all(&lab);
}

/// Retraining inherits what engineering has signed, and the card if it is the same.
const CARRIED: &str = "\
teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
handoff:
  carry_over: [serving, model-card, docs]
  entries:
    artifact: off
    features: off
    io-format: off
    benchmarks: off
    feature-pipeline: off
    monitoring: off
    ab-testing: off
    scaling: off
    integration-tests: off
    performance: off
    incidents: off
";

async fn sign_three(lab: &Lab, pull: ItemNumber) {
    sign(lab, pull).await;
    lab.says(pull, "jonas", "/sign docs").await;
    lab.says(pull, "ana", "/sign docs docs/run.md").await;
}

async fn retrain(lab: &Lab, who: &str, version: &str, files: &[(&str, &str)]) -> ItemNumber {
    let pull = lab
        .person(who)
        .open_pull("Retrain the fraud detector")
        .branch(&format!("retrain-{version}"))
        .body(&format!("Model: fraud-detector {version}"))
        .files(files)
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    pull
}

/// The first version, whose files are on the default branch from then on.
async fn first_version(lab: &Lab) -> ItemNumber {
    let files = [("docs/model_card.md", CARD), ("docs/run.md", "# Run it\n")];
    let pull = retrain(lab, "mira", "v1", &files).await;
    sign_three(lab, pull).await;
    lab.person("lena").merge(pull);
    lab.settle().await;
    pull
}

#[tokio::test]
async fn retraining_inherits_signatures_of_the_version_before() {
    let lab = Lab::policy(CARRIED).await;
    first_version(&lab).await;
    let pull = retrain(&lab, "mira", "v1.1", &[("train.py", "again\n")]).await;
    let checklist = lab.checklist(pull).body;
    // mira is the author, and signs for herself.
    assert!(checklist.contains("- [ ] `model-card`"), "{checklist}");
    assert!(
        checklist
            .contains("- [x] `serving` Model serving platform · ana (carried over from v1.0.0)"),
        "{checklist}"
    );
    assert!(
        checklist.contains("jonas (carried over from v1.0.0) + ana (carried over from v1.0.0)"),
        "{checklist}"
    );
    lab.says(pull, "mira", "/sign model-card docs/model_card.md")
        .await;
    assert_eq!(gate(&lab, pull), "success: Complete: 3 of 3 signed");
    lab.person("lena").merge(pull);
    lab.settle().await;
    let told = models(&lab, "").await;
    let version = &told["models"][0]["versions"][0];
    assert_eq!(version["version"], "1.1.0");
    let signatures = version["signatures"].as_array().unwrap();
    let carried: Vec<&Value> = signatures
        .iter()
        .filter(|it| it["carried_from"] == "1.0.0")
        .collect();
    assert_eq!(carried.len(), 3, "{version}");
    read_all(&lab);
}

#[tokio::test]
async fn what_was_signed_of_other_content_is_not_inherited() {
    let lab = Lab::policy(CARRIED).await;
    first_version(&lab).await;
    let files = [("docs/run.md", "# Run it otherwise\n")];
    let pull = retrain(&lab, "jonas", "v1.1", &files).await;
    let checklist = lab.checklist(pull).body;
    // jonas is the author; ana had signed the page that is another one now.
    assert!(
        checklist.contains("- [ ] `docs` Documentation\n"),
        "{checklist}"
    );
    assert!(
        checklist.contains("- [x] `model-card` Model card: performance, limitations · mira (carried over from v1.0.0)"),
        "{checklist}"
    );
    // A push that changes what was inherited ends it like any other signature.
    lab.person("jonas")
        .push(pull, &[("docs/model_card.md", "# Nothing\n")]);
    lab.settle().await;
    let checklist = lab.checklist(pull).body;
    assert!(checklist.contains("- [ ] `model-card`"), "{checklist}");
    read_all(&lab);
}

#[tokio::test]
async fn what_is_inherited_is_taken_back_by_its_own_side_and_stays_with_its_version() {
    let lab = Lab::policy(CARRIED).await;
    first_version(&lab).await;
    let pull = retrain(&lab, "mira", "v1.1", &[("train.py", "again\n")]).await;
    let said = lab.refused(pull, "jonas", "/unsign serving").await;
    assert!(said.contains("serving"), "{said}");
    lab.says(pull, "ana", "/unsign serving").await;
    assert!(lab.checklist(pull).body.contains("- [ ] `serving`"));
    // What is before everything else inherits nothing.
    lab.says(pull, "mira", "/handoff fraud-detector v0.9").await;
    let checklist = lab.checklist(pull).body;
    assert!(!checklist.contains("carried over"), "{checklist}");
    assert_eq!(
        gate(&lab, pull),
        "failure: 0 of 3 signed, waiting for acme/data-science: model-card · acme/ml-platform: serving · both sides: docs"
    );
    read_all(&lab);
}
