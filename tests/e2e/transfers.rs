//! Issues that are moved between repositories, and deleted ones (product §2).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;
use labhand::sim::{CommentView, Delivery, Selection};

use crate::experiments::{active, analysed};
use crate::lab::{Lab, REPO};

pub const TICKETS: &str = "acme/tickets";

/// acme/tickets with the same people, and labhand there as well or not.
pub async fn tickets(lab: &Lab, installed: bool) {
    lab.gh.repo(TICKETS);
    for (login, role) in [
        ("mira", "write"),
        ("jonas", "write"),
        ("lee", "triage"),
        ("lena", "maintain"),
    ] {
        lab.gh.collaborator(TICKETS, login, role);
    }
    if installed {
        lab.gh.install("acme", Selection::Only(&[REPO, TICKETS]));
    }
    lab.settle().await;
    lab.wait_hours(1).await;
}

fn own(lab: &Lab, number: ItemNumber) -> Vec<CommentView> {
    let mut comments = lab.gh.issue(TICKETS, number).comments;
    comments.retain(|comment| comment.author == "labhand[bot]");
    comments
}

#[track_caller]
fn status(lab: &Lab, number: ItemNumber) -> String {
    let own = own(lab, number);
    let mut all = own
        .iter()
        .filter(|it| it.body.contains("<!-- labhand:status -->"));
    let status = all.next().expect("a status comment").body.clone();
    assert_eq!(all.count(), 0, "it stands there twice");
    status
}

fn labels(lab: &Lab, number: ItemNumber) -> Vec<String> {
    let mut labels = lab.gh.issue(TICKETS, number).labels;
    labels.sort();
    labels
}

fn soon(lab: &Lab) {
    lab.clock.advance(SignedDuration::from_secs(5));
}

#[tokio::test]
async fn history_box_and_results_go_along_and_nothing_is_written_twice() {
    let lab = Lab::new().await;
    tickets(&lab, true).await;
    let issue = active(&lab).await;
    let mira = lab.person("mira");
    soon(&lab);
    mira.comment(issue, "/result f1=0.87\n/timebx 3d");
    lab.settle().await;
    lab.whatever_was_said(issue);
    let before = lab.own_comments(issue).len();
    lab.wait_hours(2).await;
    let there = mira.transfer(issue, TICKETS);
    lab.settle().await;
    assert_eq!(
        labels(&lab, there),
        [
            "kind/experiment",
            "outcome/supported",
            "stage/active",
            "timebox/running"
        ]
    );
    assert_eq!(own(&lab, there).len(), before);
    insta::assert_snapshot!(status(&lab, there), @"
    ### 🧪 Experiment · Active
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Next:** write what you found with `/findings …`, then `/decide productionize | abandon | more-research` and the reason — the box ends **Thu 26 Nov, 09:01 UTC**.

    | Hypothesis 🔒 | BERT routes tickets better than GPT-2 |
    |:--|:--|
    | **Time box** | `▱▱▱▱▱▱▱▱▱▱` 0 h of 24 h · running since Mon 23 Nov, 09:01 · ends Thu 26 Nov, 09:01 UTC |

    | Metric 🔒 | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.85 | 0.80 | **0.87** | ✓ +0.07 |

    **Outcome:** supported · mira, 23 Nov 2026

    <sub>🔒 fixed 23 Nov 2026, `5b8329639b6c` · `/help` for commands</sub>

    <!-- labhand:status -->
    ");
    // And it lives on there.
    soon(&lab);
    lab.gh
        .as_user(TICKETS, "mira")
        .comment(there, "/findings It works.");
    lab.settle().await;
    soon(&lab);
    lab.gh
        .as_user(TICKETS, "lee")
        .comment(there, "/decide abandon too slow");
    lab.settle().await;
    assert!(status(&lab, there).contains("⛔ abandoned"));
    assert_eq!(own(&lab, there).len(), before);
}

#[tokio::test]
async fn a_decision_goes_along_and_its_links_still_lead_where_they_led() {
    let lab = Lab::new().await;
    tickets(&lab, true).await;
    let issue = analysed(&lab).await;
    lab.person("lee")
        .comment(issue, "/decide more-research which tokenizer?");
    lab.settle().await;
    lab.whatever_was_said(issue);
    let issues = lab.gh.issues(REPO);
    let next = issues
        .iter()
        .find(|it| it.title.starts_with("More research"))
        .unwrap()
        .number;
    lab.whatever_was_said(next);
    lab.wait_hours(1).await;
    let moved = lab.person("mira").transfer(issue, TICKETS);
    let moved_next = lab.person("mira").transfer(next, TICKETS);
    lab.settle().await;
    let decided = status(&lab, moved);
    assert!(decided.contains("🔁 more research · lee"), "{decided}");
    assert!(
        decided.contains(&format!(
            "[acme/fraud#{next}](https://redirect.github.com/acme/fraud/issues/{next})"
        )),
        "{decided}"
    );
    let follow_up = status(&lab, moved_next);
    assert!(
        follow_up.contains(&format!(
            "[acme/fraud#{issue}](https://redirect.github.com/acme/fraud/issues/{issue})"
        )),
        "{follow_up}"
    );
    let opened = lab.gh.issues(TICKETS).len() + lab.gh.issues(REPO).len();
    // Both, and a board in each.
    assert_eq!(opened, 4);
}

#[tokio::test]
async fn what_held_where_it_was_stays_with_it() {
    let lab = Lab::policy(
        "calendar: { timezone: Europe/Berlin }\ntimeboxes: { presets: { nap: 30h } }\n",
    )
    .await;
    tickets(&lab, true).await;
    lab.gh.as_user(TICKETS, "lena").write_file(
        ".github/labhand.yml",
        "calendar: { hours: \"10:00-12:00\" }\nguards: { exploration-needs-timebox: off }\n",
    );
    lab.settle().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    mira.comment(issue, "/timebox nap\n/activate");
    lab.settle().await;
    let before = lab.status(issue);
    let (_, end) = before.split_once("ends ").expect("an end");
    let end = end.split(" C").next().unwrap().trim_matches('*');
    assert!(end.contains("26 Nov, 16:01"), "{before}");
    lab.wait_hours(1).await;
    let there = mira.transfer(issue, TICKETS);
    lab.settle().await;
    let after = status(&lab, there);
    assert!(
        after.contains("30 h") && after.contains("26 Nov, 15:01 UTC"),
        "{after}"
    );
}

#[tokio::test]
async fn deliveries_may_come_in_either_order_doubled_or_late() {
    let mut pictures = Vec::new();
    for order in [
        "as sent",
        "reversed",
        "old one late",
        "new one late",
        "doubled",
    ] {
        let lab = Lab::new().await;
        tickets(&lab, true).await;
        let issue = active(&lab).await;
        lab.whatever_was_said(issue);
        lab.wait_hours(1).await;
        lab.person("mira").comment(issue, "/result f1=0.87");
        soon(&lab);
        let there = lab.person("mira").transfer(issue, TICKETS);
        let sent: Vec<Delivery> = lab.gh.take_deliveries();
        let is_new = |delivery: &&Delivery| {
            let payload: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
            payload["repository"]["full_name"] == TICKETS
        };
        let (new, old): (Vec<&Delivery>, Vec<&Delivery>) = sent.iter().partition(is_new);
        let carry = |deliveries: &[&Delivery]| {
            for delivery in deliveries {
                lab.gh.replay(delivery);
            }
        };
        match order {
            "as sent" => carry(&sent.iter().collect::<Vec<_>>()),
            "reversed" => carry(&sent.iter().rev().collect::<Vec<_>>()),
            "old one late" => {
                carry(&new);
                lab.wait_hours(1).await;
                carry(&old);
            }
            "new one late" => {
                carry(&old);
                lab.wait_hours(1).await;
                carry(&new);
            }
            _ => {
                carry(&new);
                carry(&old);
                lab.settle().await;
                carry(&new);
                carry(&old);
            }
        }
        lab.wait_hours(2).await;
        assert_eq!(own(&lab, there).len(), 1, "{order}");
        pictures.push((labels(&lab, there), status(&lab, there).replace("▰", "▱")));
        let last = pictures.len() - 1;
        assert_eq!(pictures[last].0, pictures[0].0, "{order}");
        let outcome = pictures[last].1.contains("**0.87** | ✓\u{a0}+0.07");
        assert!(outcome, "{order}: {}", pictures[last].1);
    }
}

#[tokio::test]
async fn where_labhand_is_not_the_item_ends_here_and_its_decision_stays_on_record() {
    let lab = Lab::new().await;
    tickets(&lab, false).await;
    let issue = analysed(&lab).await;
    lab.person("lee")
        .comment(issue, "/decide abandon it costs too much");
    lab.settle().await;
    lab.whatever_was_said(issue);
    lab.wait_hours(1).await;
    let there = lab.person("mira").transfer(issue, TICKETS);
    lab.gh.forget_calls();
    lab.wait_hours(100).await;
    let touched = lab
        .gh
        .writes()
        .into_iter()
        .filter(|call| call.path.contains("tickets"));
    assert_eq!(touched.count(), 0);
    assert_eq!(own(&lab, there).len(), 1);
    assert!(lab.board().contains("Test BERT vs GPT"), "{}", lab.board());
}

#[tokio::test]
async fn where_labhand_was_not_before_it_is_taken_up_as_it_comes() {
    let lab = Lab::new().await;
    tickets(&lab, false).await;
    lab.wait_hours(1).await;
    let mira = lab.gh.as_user(TICKETS, "mira");
    let issue = mira
        .open_issue("Explore graph features (2 days)")
        .body("/activate")
        .send();
    lab.settle().await;
    lab.wait_hours(1).await;
    // The other repository is a stranger's to labhand.
    let here = mira.transfer(issue, REPO);
    lab.settle().await;
    assert!(
        lab.labels(here).contains(&"kind/research".to_owned()),
        "{:?}",
        lab.labels(here)
    );
    assert_eq!(lab.said(here).len(), 1, "{:#?}", lab.said(here));
}

#[tokio::test]
async fn a_deleted_issue_leaves_its_decision_in_the_log() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    lab.person("lee")
        .comment(issue, "/decide abandon it costs too much");
    lab.settle().await;
    lab.whatever_was_said(issue);
    assert!(lab.board().contains("abandoned"), "{}", lab.board());
    lab.wait_hours(1).await;
    lab.person("lena").delete_issue(issue);
    lab.settle().await;
    lab.wait_hours(1).await;
    let board = lab.board();
    assert!(
        board.contains("abandoned") && board.contains("Test BERT vs GPT"),
        "{board}"
    );
}
