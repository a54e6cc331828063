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
