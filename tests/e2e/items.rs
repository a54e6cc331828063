//! How an issue becomes an item (product §1).

use crate::lab::Lab;

#[tokio::test]
async fn the_eleven_titles_come_out_right() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    for (title, labels) in [
        (
            "Explore NLP approaches for sentiment (2 days)",
            "kind/research stage/ideation",
        ),
        (
            "Test BERT vs GPT for classification",
            "kind/experiment stage/ideation",
        ),
        (
            "Implement recommendation API endpoint",
            "kind/development stage/todo",
        ),
        (
            "Retrain fraud model with Q4 data",
            "kind/maintenance stage/todo",
        ),
        (
            "Compare BERT vs GPT-2 for classification (3 days)",
            "kind/experiment stage/ideation",
        ),
        (
            "Explore graph features for fraud detection (2 days)",
            "kind/research stage/ideation",
        ),
        (
            "Deploy recommendation model v2.3",
            "kind/development stage/todo",
        ),
        (
            "Document model training process",
            "kind/development stage/todo",
        ),
        (
            "Fix data pipeline timeout issue",
            "kind/maintenance stage/todo",
        ),
        (
            "Review recent papers on transformer efficiency",
            "bucket/learning kind/research stage/ideation",
        ),
        (
            "Explore new MLOps tooling",
            "bucket/learning kind/research stage/ideation",
        ),
    ] {
        let issue = mira.open_issue(title).send();
        lab.settle().await;
        assert_eq!(lab.labels(issue).join(" "), labels, "{title}");
        if labels.contains("research") || labels.contains("experiment") {
            assert!(
                lab.status(issue).contains("inferred"),
                "{}",
                lab.status(issue)
            );
        }
    }
    assert!(
        lab.board()
            .contains("Implement recommendation API endpoint")
    );
}

#[tokio::test]
async fn what_matches_nothing_is_left_alone_without_a_comment() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Hello")
        .body("Nothing to do here.")
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), Vec::<String>::new());
    assert_eq!(lab.gh.writes(), []);
}

#[tokio::test]
async fn a_classified_issue_costs_at_most_six_writes_and_a_redelivery_none() {
    let lab = Lab::new().await;
    lab.gh.repeat_deliveries(true);
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features (2 days)")
        .send();
    lab.settle().await;
    let writes: Vec<_> = lab
        .gh
        .writes()
        .into_iter()
        .map(|call| format!("{} {}", call.method, call.path))
        .collect();
    assert!(writes.len() <= 6, "{writes:#?}");
    assert!(lab.status(issue).contains("2 d"));
    lab.gh.forget_calls();
    let mira = lab.person("mira");
    mira.comment(issue, "Just talking.");
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
}
