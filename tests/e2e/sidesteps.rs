//! What people do that nobody planned for: each of these is what a user would expect (product
//! §2–§4), in an order or at a moment that is not the usual one.

use labhand::domain::ids::ItemNumber;

use crate::experiments::{active, analysed};
use crate::lab::{Lab, REPO, Setup};

async fn research(lab: &Lab) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features for fraud detection (1 day)")
        .assign(&["mira"])
        .send();
    lab.settle().await;
    issue
}

fn listen(lab: &Lab) {
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn a_change_of_kind_does_not_let_an_experiment_run_without_what_is_fixed() {
    let lab = Lab::new().await;
    let issue = research(&lab).await;
    lab.says(issue, "mira", "/activate").await;
    lab.says(issue, "mira", "/kind experiment").await;
    let status = lab.status(issue);
    listen(&lab);
    assert!(
        !lab.labels(issue).contains(&"stage/active".to_owned()) || status.contains("/hypothesis"),
        "it runs, and nobody is told that hypothesis and metric are missing:\n{status}"
    );
}

#[tokio::test]
async fn what_is_added_to_a_running_experiment_is_fixed_before_the_result() {
    let lab = Lab::new().await;
    let issue = research(&lab).await;
    lab.says(issue, "mira", "/activate").await;
    lab.says(issue, "mira", "/kind experiment").await;
    lab.says(issue, "mira", "/hypothesis H\n/metric f1 >= 0.9")
        .await;
    lab.says(issue, "mira", "/result f1=0.2").await;
    lab.says(issue, "mira", "/metric f1 >= 0.1").await;
    let labels = lab.labels(issue);
    listen(&lab);
    assert!(
        !labels.contains(&"outcome/supported".to_owned()),
        "the metric was lowered after the result: {labels:?}"
    );
}

#[tokio::test]
async fn a_kind_there_and_back_gives_no_new_box() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    lab.until("2026-11-26T16:00:00Z").await;
    assert!(lab.labels(issue).contains(&"timebox/expired".to_owned()));
    lab.says(issue, "mira", "/kind development").await;
    lab.says(issue, "mira", "/kind experiment").await;
    lab.says(issue, "mira", "/activate").await;
    let (labels, status) = (lab.labels(issue), lab.status(issue));
    listen(&lab);
    assert!(
        !labels.contains(&"timebox/running".to_owned()),
        "more time without a lead:\n{status}"
    );
}

#[tokio::test]
async fn whoever_wrote_findings_before_the_start_is_not_asked_for_them() {
    let lab = Lab::new().await;
    let issue = research(&lab).await;
    lab.says(issue, "mira", "/findings Two hops are enough.")
        .await;
    lab.says(issue, "mira", "/activate").await;
    lab.until("2026-11-26T08:00:00Z").await;
    let asked = lab.said(issue);
    let asked: Vec<_> = asked.iter().filter(|it| it.contains("@mira")).collect();
    assert!(asked.is_empty(), "{asked:#?}");
}

#[tokio::test]
async fn a_comment_is_answered_with_few_comments_however_often_it_asks() {
    let lab = Lab::with(Setup {
        public: true,
        ..Setup::default()
    })
    .await;
    let issue = research(&lab).await;
    lab.says(issue, "otto", &"/status\n".repeat(100)).await;
    let answers = lab.said(issue).len();
    assert!(answers <= 3, "{answers} comments for one of an outsider's");
}

#[tokio::test]
async fn what_is_done_is_closed_also_after_a_change_of_kind() {
    let lab = Lab::new().await;
    let issue = research(&lab).await;
    lab.says(issue, "mira", "/activate").await;
    lab.person("mira").label(issue, "stage/decision");
    lab.settle().await;
    lab.says(issue, "mira", "/kind maintenance").await;
    listen(&lab);
    let done = lab.labels(issue).contains(&"stage/done".to_owned());
    assert!(!done || !lab.issue(issue).open, "it is done and open");
}

#[tokio::test]
async fn a_review_names_no_way_that_is_closed() {
    let lab = Lab::new().await;
    let issue = research(&lab).await;
    lab.says(issue, "mira", "/activate").await;
    lab.says(issue, "lena", "/extend 2h the labels came late")
        .await;
    lab.until("2026-12-01T08:00:00Z").await;
    let said = lab.said(issue);
    let review = said.iter().find(|it| it.contains("Please review it"));
    let review = review.expect("a review is asked for");
    assert!(
        !review.contains("/extend"),
        "no more is granted here: {review}"
    );
}

#[tokio::test]
async fn a_sprint_that_goes_on_after_its_end_loses_nothing() {
    let lab = Lab::policy("sprint: { capacity: 20 }\n").await;
    let mira = lab.person("mira");
    let due = |day: &str| Some(format!("2026-{day}T12:00:00Z").parse().unwrap());
    let sprint = mira.milestone("Sprint 1", due("11-27"));
    let [first, second] = ["Fix the loader", "Fix the writer"].map(|title| {
        let issue = mira.open_issue(title).labels(&["points/5"]);
        issue.milestone(sprint).send()
    });
    lab.until("2026-11-28T08:00:00Z").await;
    mira.move_milestone(sprint, due("12-04"));
    lab.settle().await;
    mira.close(first);
    lab.settle().await;
    lab.says(second, "lee", "/sprint").await;
    let during = lab.said(second).join("\n");
    lab.until("2026-12-07T08:00:00Z").await;
    let url = format!("{}/api/v1/repos/acme/fraud/sprints", lab.address);
    let told = reqwest::get(url).await.unwrap().text().await.unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    listen(&lab);
    assert!(
        !during.contains("carried over once"),
        "it is still in its first sprint:\n{during}"
    );
    assert_eq!(
        told["sprints"][0]["buckets"][0]["actual"]["person_days"], 5.0,
        "{told}"
    );
}

#[tokio::test]
async fn productionize_after_reopening_takes_the_issue_that_is_there() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    lab.says(issue, "lee", "/decide productionize It is good.")
        .await;
    lab.person("mira").reopen(issue);
    lab.settle().await;
    lab.says(issue, "lee", "/decide productionize It is good still.")
        .await;
    listen(&lab);
    let issues = lab.gh.issues(REPO);
    let opened = issues
        .iter()
        .filter(|it| it.title.starts_with("Productionize:") && it.open);
    assert_eq!(opened.count(), 1);
}

#[tokio::test]
async fn output_labels_of_an_issue_template_are_put_back() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features (1 day)")
        .labels(&["outcome/supported", "needs/findings"])
        .send();
    lab.settle().await;
    listen(&lab);
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
}
