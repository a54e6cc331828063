//! The checks of pull requests, and the commit statuses where the bot has a token (product §5).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;

use crate::handoff::{TEAMS, handoff};
use crate::lab::{Lab, REPO, Setup};

const SMALL: &str = "teams: { data_science: [mira], engineering: [ana] }
handoff:
  entries: { artifact: off, model-card: off, features: off, io-format: off, benchmarks: off, feature-pipeline: off, monitoring: off, ab-testing: off, scaling: off, integration-tests: off, performance: off, incidents: off }
";

#[track_caller]
fn gate(lab: &Lab, pull: ItemNumber) -> String {
    let check = lab
        .check(pull, "labhand/handoff")
        .expect("there is a check");
    format!("{}: {}", check.conclusion, check.title)
}

async fn says(lab: &Lab, pull: ItemNumber, who: &str, text: &str) {
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person(who).comment(pull, text);
    lab.settle().await;
}

#[tokio::test]
async fn a_pull_request_that_is_no_handoff_passes_at_once() {
    let lab = Lab::policy(TEAMS).await;
    let pull = lab.person("mira").open_pull("Tidy up").send();
    lab.settle().await;
    assert_eq!(gate(&lab, pull), "success: No hand-off: nothing to sign");
    let item = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(
        (item.conclusion.as_str(), item.title.as_str()),
        ("neutral", "Linked to no item")
    );
    assert_eq!(lab.own_comments(pull), []);
}

#[tokio::test]
async fn the_gate_fails_until_all_is_signed_and_says_whose_turn_it_is() {
    let lab = Lab::policy(SMALL).await;
    let pull = handoff(&lab).await;
    assert_eq!(
        gate(&lab, pull),
        "failure: 0 of 2 signed, waiting for ana: serving · both sides: docs"
    );
    says(&lab, pull, "mira", "/sign docs").await;
    assert_eq!(
        gate(&lab, pull),
        "failure: 0 of 2 signed, waiting for ana: serving, docs"
    );
    says(&lab, pull, "ana", "/sign docs serving").await;
    assert_eq!(gate(&lab, pull), "success: Complete: 2 of 2 signed");
    says(&lab, pull, "ana", "/unsign serving").await;
    assert_eq!(
        gate(&lab, pull),
        "failure: 1 of 2 signed, waiting for ana: serving"
    );
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn the_check_tells_more_below_its_title() {
    let lab = Lab::policy(TEAMS).await;
    let pull = handoff(&lab).await;
    insta::assert_snapshot!(lab.check(pull, "labhand/handoff").unwrap().summary, @"
    **Hand-off** · 0 of 14 signed

    Waiting for acme/data-science: `artifact`, `model-card`, `features`, `io-format`, `benchmarks` · acme/ml-platform: `feature-pipeline`, `serving`, `monitoring`, `ab-testing`, `scaling` · **both sides**: `integration-tests`, `performance`, `incidents`, `docs`

    Tick the boxes of the checklist comment, or write `/sign slug [path or link]`.
    ");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn where_the_rule_only_warns_the_check_is_neutral() {
    for level in ["warn", "off"] {
        let policy: &'static str = format!("guards: {{ handoff-complete: {level} }}").leak();
        let lab = Lab::policy(policy).await;
        let pull = handoff(&lab).await;
        assert!(
            gate(&lab, pull).starts_with("neutral: 0 of 14 self-signed"),
            "{}",
            gate(&lab, pull)
        );
        lab.whatever_was_said(pull);
    }
}

#[tokio::test]
async fn a_new_head_gets_its_checks() {
    let lab = Lab::policy(SMALL).await;
    let pull = handoff(&lab).await;
    says(&lab, pull, "ana", "/sign serving").await;
    let head = lab
        .person("mira")
        .push(pull, &[("src/serve.py", "serve\n")]);
    lab.settle().await;
    assert_eq!(lab.gh.head(REPO, pull), head);
    assert_eq!(
        gate(&lab, pull),
        "failure: 1 of 2 signed, waiting for both sides: docs"
    );
    assert!(lab.check(pull, "labhand/item").is_some());
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn entries_that_a_policy_adds_are_open_again() {
    let lab = Lab::policy("handoff: { entries: { docs: off } }").await;
    let pull = handoff(&lab).await;
    let all = "/sign artifact features io-format benchmarks feature-pipeline serving monitoring ab-testing scaling integration-tests performance incidents\n/sign model-card docs/model_card.md";
    says(&lab, pull, "mira", all).await;
    assert_eq!(gate(&lab, pull), "success: Complete: 13 of 13 self-signed");
    lab.clock.advance(SignedDuration::from_secs(60));
    lab.person("lena").delete_file(".github/labhand.yml");
    lab.settle().await;
    assert_eq!(
        gate(&lab, pull),
        "failure: 13 of 14 self-signed, waiting for anyone with write access: docs"
    );
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn the_merge_queue_is_answered() {
    let lab = Lab::policy(SMALL).await;
    let mira = lab.person("mira");
    let open = handoff(&lab).await;
    let plain = mira.open_pull("Tidy up").send();
    lab.settle().await;
    for (pull, conclusion) in [(open, "failure"), (plain, "success")] {
        let commit = mira.enqueue(pull);
        lab.settle().await;
        let checks = lab.gh.checks(REPO, &commit);
        let gate = checks
            .iter()
            .find(|check| check.name == "labhand/handoff")
            .unwrap();
        assert_eq!(gate.conclusion, conclusion);
        assert!(checks.iter().any(|check| check.name == "labhand/item"));
    }
    lab.whatever_was_said(open);
}

#[tokio::test]
async fn a_check_that_is_asked_for_again_is_written_again() {
    let lab = Lab::policy(SMALL).await;
    let pull = handoff(&lab).await;
    let check = lab.check(pull, "labhand/handoff").unwrap();
    lab.gh.forget_calls();
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira").rerequest(check.id);
    lab.settle().await;
    let writes: Vec<String> = lab.gh.writes().into_iter().map(|call| call.path).collect();
    assert!(
        writes
            .iter()
            .any(|path| path.ends_with(&format!("/check-runs/{}", check.id))),
        "{writes:?}"
    );
    assert!(gate(&lab, pull).starts_with("failure: 0 of 2 signed"));
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_pull_request_from_a_fork_is_a_hand_off_like_any_other() {
    let lab = Lab::policy(SMALL).await;
    let otto = lab.person("otto");
    let pull = otto.open_pull("Serve it").from_fork().send();
    lab.settle().await;
    assert!(
        gate(&lab, pull).starts_with("success"),
        "{}",
        gate(&lab, pull)
    );
    lab.person("lena").label(pull, "handoff");
    lab.settle().await;
    assert!(gate(&lab, pull).starts_with("failure: 0 of 2 signed"));
    let check = lab.check(pull, "labhand/handoff").unwrap();

    // Of a fork's push only the pull request tells, and its checks name no pull request.
    otto.push(pull, &[("src/serve.py", "serve()\n")]);
    let heard = lab.gh.take_deliveries();
    assert!(heard.iter().all(|delivery| delivery.event != "push"));
    for delivery in &heard {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    let again = lab.check(pull, "labhand/handoff").unwrap();
    assert_ne!(check.id, again.id, "it belongs to the new head");
    assert!(gate(&lab, pull).starts_with("failure: 0 of 2 signed"));
    lab.gh.forget_calls();
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("mira").rerequest(again.id);
    let asked = lab.gh.take_deliveries();
    for delivery in &asked {
        let payload: serde_json::Value = serde_json::from_str(&delivery.body).unwrap();
        let pulls = &payload["check_run"]["pull_requests"];
        assert_eq!(*pulls, serde_json::json!([]), "{}", delivery.event);
        lab.gh.replay(delivery);
    }
    assert!(!asked.is_empty());
    lab.settle().await;
    let path = format!("/check-runs/{}", again.id);
    let writes = lab.gh.writes();
    assert!(writes.iter().any(|call| call.path.ends_with(&path)));

    says(&lab, pull, "mira", "/sign docs").await;
    says(&lab, pull, "ana", "/sign docs serving").await;
    assert_eq!(gate(&lab, pull), "success: Complete: 2 of 2 signed");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn with_a_token_commit_statuses_say_the_same_in_140_characters() {
    let setup = Setup {
        policy: Some("teams: { data_science: [mira, jonas], engineering: [ana, lena] }"),
        token: true,
        ..Setup::default()
    };
    let lab = Lab::with(setup).await;
    let pull = handoff(&lab).await;
    let status = |name: &str| {
        let statuses = lab.gh.statuses(REPO, &lab.gh.head(REPO, pull));
        let found = statuses.into_iter().find(|status| status.context == name);
        found.expect("there is a commit status")
    };
    let gate = status("labhand/handoff");
    assert_eq!(gate.state, "failure");
    assert!(
        gate.description
            .starts_with("0 of 14 signed, waiting for mira, jonas: artifact"),
        "{}",
        gate.description
    );
    assert!(gate.description.chars().count() <= 140);
    let checklist = format!("#issuecomment-{}", lab.checklist(pull).id);
    assert!(
        gate.target_url.ends_with(&checklist),
        "all of it is said there, not at {}",
        gate.target_url
    );
    assert_eq!(status("labhand/item").state, "success");
    assert_eq!(lab.gh.checks(REPO, &lab.gh.head(REPO, pull)), []);

    says(&lab, pull, "mira", "/handoff off no model").await;
    says(&lab, pull, "ana", "/handoff off no model").await;
    assert_eq!(status("labhand/handoff").state, "success");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn with_a_token_the_merge_queue_is_answered_too() {
    let lab = Lab::with(Setup {
        token: true,
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let pull = mira.open_pull("Tidy up").send();
    lab.settle().await;
    let commit = mira.enqueue(pull);
    lab.settle().await;
    let statuses = lab.gh.statuses(REPO, &commit);
    assert!(
        statuses
            .iter()
            .any(|status| status.context == "labhand/handoff" && status.state == "success"),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn a_second_pull_request_of_the_same_commit_cannot_turn_the_gate_green() {
    let lab = Lab::policy(SMALL).await;
    let mira = lab.person("mira");
    let pull = mira
        .open_pull("Serve it")
        .branch("serve")
        .labels(&["handoff"])
        .send();
    lab.settle().await;
    lab.clock.advance(SignedDuration::from_secs(60));
    mira.retarget(pull, "release");
    let second = mira.open_pull("The same elsewhere").branch("serve").send();
    lab.settle().await;
    assert_eq!(lab.gh.head(REPO, pull), lab.gh.head(REPO, second));
    assert!(
        gate(&lab, second).starts_with("failure: "),
        "{}",
        gate(&lab, second)
    );
    says(&lab, pull, "mira", "/sign docs").await;
    says(&lab, pull, "ana", "/sign docs serving").await;
    assert!(
        gate(&lab, pull).starts_with("success: "),
        "{}",
        gate(&lab, pull)
    );
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_pull_request_from_before_the_installation_gets_its_checks_with_its_next_event() {
    let lab = Lab::policy(SMALL).await;
    let mira = lab.person("mira");
    let pull = mira.open_pull("Older than labhand").send();
    lab.gh.drop_deliveries();
    lab.clock.advance(SignedDuration::from_secs(600));
    mira.label(pull, "handoff");
    lab.settle().await;
    assert!(gate(&lab, pull).starts_with("failure: 0 of 2 signed"));
    assert!(lab.checklist(pull).body.contains("0 of 2 signed"));
}

#[tokio::test]
async fn the_item_check_shows_the_linked_item_and_its_rules() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    let pull = mira
        .open_pull("The endpoint")
        .body(&format!("Closes #{issue}"))
        .send();
    lab.settle().await;
    let check = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(check.title, format!("#{issue} · Development · In review"));
    assert_eq!(check.conclusion, "neutral");
    assert!(
        check.summary.contains("sized by points"),
        "{}",
        check.summary
    );
    says(&lab, issue, "mira", "/points 5").await;
    assert!(
        !lab.check(pull, "labhand/item")
            .unwrap()
            .summary
            .contains("sized by points")
    );
    lab.whatever_was_said(issue);
}

const DESCRIBED: &str = "checklists: { require_description: true }\n";

/// Real boxes, and what only looks like some.
const BOXES: &str = "\
- [x] Tests
- Rollout
  - [ ] Runbook
  - [ ] Alert *on* <!-- not yet --> latency @otto
- [ ]

> - [ ] quoted

```
- [ ] code
```

<!--
- [ ] hidden
-->

1. [x] Numbered
";

#[tokio::test]
async fn where_the_policy_says_so_the_boxes_of_a_description_count() {
    let lab = Lab::policy(DESCRIBED).await;
    let mira = lab.person("mira");
    let pull = mira.open_pull("The endpoint").body(BOXES).send();
    lab.settle().await;
    let check = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(check.conclusion, "failure");
    assert_eq!(
        check.title,
        "2 of 4 boxes open in the description · Linked to no item"
    );
    assert!(
        check.summary.starts_with(
            "Open in the description:\n- Runbook\n- Alert \\*on\\* latency @&#8203;otto\n"
        ),
        "{:?}",
        check.summary
    );

    // Ticked on the page, which edits the text.
    mira.edit_text(pull, &BOXES.replace("[ ] Runbook", "[x] Runbook"));
    lab.settle().await;
    let check = lab.check(pull, "labhand/item").unwrap();
    assert!(
        check.title.starts_with("1 of 4 boxes open"),
        "{}",
        check.title
    );
    mira.edit_text(pull, &BOXES.replace("[ ] ", "[x] "));
    lab.settle().await;
    let check = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(
        (check.conclusion.as_str(), check.title.as_str()),
        ("neutral", "Linked to no item")
    );

    // Boxes in comments are nobody's description.
    lab.says(pull, "jonas", "- [ ] One more thing").await;
    assert_eq!(
        lab.check(pull, "labhand/item").unwrap().conclusion,
        "neutral"
    );
}

#[tokio::test]
async fn an_open_box_stays_in_sight_of_all_pull_requests_of_its_commit() {
    let lab = Lab::policy(DESCRIBED).await;
    let mira = lab.person("mira");
    let pull = mira
        .open_pull("Serve it")
        .branch("serve")
        .body("- [ ] Runbook")
        .send();
    lab.settle().await;
    lab.clock.advance(SignedDuration::from_secs(60));
    mira.retarget(pull, "release");
    let second = mira.open_pull("The same elsewhere").branch("serve").send();
    lab.settle().await;
    let check = lab.check(second, "labhand/item").unwrap();
    assert_eq!(check.conclusion, "failure");
    assert!(
        check
            .title
            .starts_with(&format!("#{pull}: 1 of 1 box open")),
        "{}",
        check.title
    );
    // Whoever finishes the one, finishes the other.
    mira.edit_text(pull, "- [x] Runbook");
    lab.settle().await;
    let check = lab.check(second, "labhand/item").unwrap();
    assert_eq!(check.conclusion, "neutral", "{}", check.title);
}

#[tokio::test]
async fn without_the_policys_word_boxes_of_a_description_are_the_authors_own() {
    let lab = Lab::new().await;
    let pull = lab
        .person("mira")
        .open_pull("The endpoint")
        .body(BOXES)
        .send();
    lab.settle().await;
    let check = lab.check(pull, "labhand/item").unwrap();
    assert_eq!(
        (check.conclusion.as_str(), check.title.as_str()),
        ("neutral", "Linked to no item")
    );
}

#[tokio::test]
async fn the_gate_has_buttons_to_look_again_and_to_waive() {
    let lab = Lab::policy(SMALL).await;
    let pull = handoff(&lab).await;
    let check = lab.check(pull, "labhand/handoff").unwrap();
    assert_eq!(check.buttons, ["recheck", "na:serving", "na:docs"]);

    // One side alone says half of it, as with the command.
    lab.person("mira").press(check.id, "na:serving");
    lab.settle().await;
    assert!(gate(&lab, pull).starts_with("failure: 0 of 2 signed"));
    let half = "mira says not applicable: mira pressed the check's button, without a reason";
    assert!(lab.checklist(pull).body.contains(half));
    // Who may not is told so.
    lab.person("lee").press(check.id, "na:docs");
    lab.settle().await;
    let said = lab.own_comments(pull);
    let reply = said.last().unwrap();
    assert!(
        reply
            .body
            .starts_with("`/labhand na docs lee pressed the check's button, without a reason`:"),
        "{}",
        reply.body
    );
    lab.whatever_was_said(pull);

    lab.clock.advance(SignedDuration::from_secs(5));
    lab.person("ana").press(check.id, "na:serving");
    lab.settle().await;
    assert_eq!(
        gate(&lab, pull),
        "failure: 0 of 1 signed, waiting for both sides: docs"
    );
    // Twice is once.
    let before = lab.gh.writes().len();
    lab.gh.deliver().await;
    lab.settle().await;
    assert_eq!(lab.gh.writes().len(), before);

    let check = lab.check(pull, "labhand/handoff").unwrap();
    assert_eq!(check.buttons, ["recheck", "na:docs"]);
    lab.gh.forget_calls();
    lab.person("lee").press(check.id, "recheck");
    lab.settle().await;
    let written = lab.gh.writes();
    assert!(
        written.iter().any(|call| call.path.contains("/check-runs")),
        "{written:?}"
    );
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn with_a_token_and_once_all_is_signed_there_are_no_buttons() {
    let lab = Lab::policy(SMALL).await;
    let pull = handoff(&lab).await;
    says(&lab, pull, "mira", "/sign docs").await;
    says(&lab, pull, "ana", "/sign docs serving").await;
    let check = lab.check(pull, "labhand/handoff").unwrap();
    assert_eq!(
        (check.conclusion.as_str(), check.buttons.len()),
        ("success", 0)
    );
    lab.whatever_was_said(pull);
}
