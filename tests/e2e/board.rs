//! The board issue (product §8).

use jiff::SignedDuration;

use crate::lab::{Lab, REPO};

#[tokio::test]
async fn the_first_item_opens_the_board_and_a_repository_without_items_has_none() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    mira.open_issue("Hello").send();
    lab.settle().await;
    assert_eq!(lab.gh.issues(REPO).len(), 1);
    let item = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    let board = lab.board();
    assert!(
        board.contains("Implement recommendation API endpoint"),
        "{board}"
    );
    let label = lab
        .gh
        .labels(REPO)
        .into_iter()
        .find(|label| label.name == "labhand/board")
        .unwrap();
    assert_ne!(label.color, "ededed");
    assert!(!label.description.is_empty());
    assert_eq!(lab.own_comments(item), []);
}

#[tokio::test]
async fn a_burst_is_drawn_once_and_a_rest_follows() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    for number in 0..20 {
        mira.open_issue(&format!("Fix data pipeline timeout issue {number}"))
            .send();
    }
    lab.settle().await;
    let drawn = |lab: &Lab| {
        let writes = lab.gh.writes();
        writes
            .iter()
            .filter(|call| call.method == "PATCH" && call.path.contains("/issues/"))
            .count()
    };
    assert!(drawn(&lab) <= 3, "{}", drawn(&lab));
    assert!(lab.board().contains("timeout issue 19"));
}

#[tokio::test]
async fn a_board_that_somebody_deleted_is_drawn_anew() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    let issues = lab.gh.issues(REPO);
    let board = issues
        .iter()
        .find(|issue| issue.labels.contains(&"labhand/board".to_owned()))
        .unwrap();
    lab.person("lena").delete_issue(board.number);
    lab.wait(SignedDuration::from_mins(2)).await;
    mira.open_issue("Retrain fraud model with Q4 data").send();
    lab.settle().await;
    assert!(lab.board().contains("Retrain fraud model"));
}
