//! What programs read is what happened (product §9, routes): the worker's own documents, read by
//! the web.

use serde_json::{Value, json};

use crate::lab::Lab;

async fn read(lab: &Lab, path: &str) -> Value {
    let url = format!("{}/api/v1/repos{path}", lab.address);
    let text = reqwest::get(url).await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn what_was_decided_is_told_to_programs() {
    let lab = Lab::new().await;
    let listed = json!({"repos": [{"name": "acme/fraud", "private": true, "acts": true}]});
    assert_eq!(read(&lab, "").await, listed);

    let issue = lab
        .person("mira")
        .open_issue("Test BERT vs GPT for classification")
        .body(
            "### Hypothesis\n\nBERT routes tickets better\n\n\
             ### Success metric\n\nf1 >= 0.85\n\n### Time box\n\n3d\n",
        )
        .assign(&["mira"])
        .send();
    lab.settle().await;
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    lab.until("2026-11-24T08:00:00Z").await;
    lab.person("mira")
        .comment(issue, "/findings GPT is as good.");
    lab.settle().await;
    lab.person("lee")
        .comment(issue, "/decide abandon It costs too much.");
    lab.settle().await;
    lab.whatever_was_said(issue);

    let log = read(&lab, "/acme/fraud/decisions?since=2026-11-24").await;
    let decision = &log["decisions"][0];
    assert_eq!(decision["number"], json!(issue.0));
    assert_eq!(decision["title"], "Test BERT vs GPT for classification");
    assert_eq!(decision["verdict"], "abandon");
    assert_eq!(decision["reason"], "It costs too much.");
    assert_eq!(decision["by"], "lee");
    let figures = read(&lab, "/acme/fraud/figures").await;
    assert_eq!(figures["learned"], 1);
    assert_eq!(
        figures["stages"]["active"]["median"]["seconds"],
        8 * 60 * 60
    );
    let sprints = read(&lab, "/acme/fraud/sprints").await;
    assert_eq!(sprints["sprints"], json!([]));

    lab.person("mira").delete_issue(issue);
    lab.settle().await;
    let log = read(&lab, "/acme/fraud/decisions").await;
    assert_eq!(log["decisions"][0]["deleted"], true);
}

#[tokio::test]
async fn sprints_are_told_from_what_the_board_has_read() {
    let lab = Lab::policy("sprint: { capacity: 40 }\n").await;
    let mira = lab.person("mira");
    let sprint = mira.milestone("Sprint 12", Some("2026-12-04T12:00:00Z".parse().unwrap()));
    let slip = mira.milestone("Sprint 99", Some("2026-12-03T12:00:00Z".parse().unwrap()));
    mira.delete_milestone(slip);
    let issue = mira
        .open_issue("Fix the nightly load")
        .labels(&["points/4"])
        .milestone(sprint)
        .send();
    lab.until("2026-11-24T09:00:00Z").await;
    let told = read(&lab, "/acme/fraud/sprints").await;
    assert_eq!(told["sprints"].as_array().map(Vec::len), Some(1));
    let now = &told["sprints"][0];
    assert_eq!(now["title"], "Sprint 12");
    assert_eq!(now["capacity"], 40.0);
    assert_eq!(now["point_cost"], 1.0);

    mira.close(issue);
    lab.until("2026-12-07T09:00:00Z").await;
    let told = read(&lab, "/acme/fraud/sprints").await;
    let committed = &told["sprints"][0]["buckets"][0];
    assert_eq!(committed["bucket"], "committed", "{told}");
    assert_eq!(committed["planned"]["person_days"], 4.0, "{told}");
    assert_eq!(committed["actual"]["percent"], 10.0, "{told}");
    for issue in lab.gh.issues(crate::lab::REPO) {
        lab.whatever_was_said(issue.number);
    }
}
