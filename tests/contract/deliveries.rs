//! Every webhook that the stand-in sends, for `.ci/webhooks.mjs` to read.

use labhand::sim::{Selection, Sim, SimOptions};
use serde_json::{Value, json};

use crate::{Caller, app_token, installation, needed};

/// Where the deliveries of the story below are written to, one JSON object a line.
const DELIVERIES: &str = "LABHAND_CONTRACT_DELIVERIES";

/// Everything that people and the App can do, once; `.ci/webhooks.mjs` reads what was sent.
#[tokio::test]
#[ignore = "writes a file for .ci/webhooks.mjs: run .ci/contract"]
async fn deliveries_are_written_down() {
    let file = needed(DELIVERIES);
    let gh = Sim::start(SimOptions::default()).await.unwrap();
    gh.user("ana");
    gh.user("mira");
    gh.repo("acme/fraud");
    gh.repo("acme/other");
    gh.install("acme", Selection::Only(&["acme/fraud"]));
    gh.install("acme", Selection::Only(&["acme/fraud", "acme/other"]));
    gh.team("acme/science", &["mira"]);
    gh.team("acme/science", &["ana"]);
    gh.collaborator("acme/fraud", "mira", "maintain");
    gh.collaborator("acme/fraud", "mira", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    let due = "2026-12-04T12:00:00Z".parse().unwrap();
    let sprint = mira.milestone("Sprint 12", Some(due));
    mira.describe_milestone(sprint, "Starts: 2026-11-23");
    mira.move_milestone(sprint, None);
    let n = mira
        .open_issue("Test BERT vs GPT")
        .labels(&["kind/experiment"])
        .assign(&["mira"])
        .milestone(sprint)
        .issue_type("Experiment")
        .send();
    mira.rename(n, "Test BERT");
    mira.edit_text(n, "text");
    mira.edit_text(n, "other text");
    mira.unassign(n, "mira");
    mira.clear_milestone(n);
    mira.set_type(n, None);
    mira.rename_label("kind/experiment", "experiment");
    mira.unlabel(n, "experiment");
    mira.label(n, "experiment");
    mira.delete_label("experiment");
    mira.close(n);
    mira.reopen(n);
    mira.close_milestone(sprint);
    mira.reopen_milestone(sprint);
    mira.rename_milestone(sprint, "Sprint 13");
    mira.delete_milestone(sprint);
    let comment = mira.comment(n, "- [ ] `serving`");
    mira.tick(comment, "serving");
    mira.delete_comment(comment);
    let pull = mira
        .open_pull("Add it")
        .body(&format!("Closes #{n}"))
        .labels(&["handoff"])
        .assign(&["mira"])
        .draft()
        .send();
    mira.ready(pull);
    mira.to_draft(pull);
    mira.push(pull, &[("a.txt", "a")]);
    mira.rename(pull, "Add it all");
    mira.retarget(pull, "release");
    mira.retarget(pull, "main");
    mira.unlabel(pull, "handoff");
    mira.unassign(pull, "mira");
    mira.comment(pull, "/sign all");
    mira.close(pull);
    mira.reopen(pull);
    mira.enqueue(pull);
    let client = Caller::new(
        gh.url(),
        &installation(&Caller::new(gh.url(), &app_token(&gh))).await,
    );
    let check = json!({
        "name": "labhand/item", "head_sha": gh.head("acme/fraud", pull),
        "conclusion": "success", "output": { "title": "fine", "summary": "fine" }
    });
    let check = client.post("/repos/acme/fraud/check-runs", check).await;
    mira.rerequest(check["id"].as_u64().unwrap());
    mira.push_renaming(pull, "a.txt", "b.txt", "a");
    mira.force_push(pull, &[("b.txt", "b")]);
    mira.other_check(pull, "tests", "success");
    mira.deploy("production", "main", "success");
    mira.merge(pull);
    let head = gh.head("acme/fraud", pull);
    mira.tag("fraud#staging#1", &head);
    mira.delete_tag("fraud#staging#1");
    mira.publish_release("fraud@v1.0.0", "main", "The first");
    mira.publish_release("fraud@v2.0.0-rc.1", "main", "Nearly the second");
    mira.delete_tag("fraud@v1.0.0");
    mira.delete_releases("fraud@v2.0.0-rc.1");
    mira.transfer(n, "acme/other");
    let gone = mira.open_issue("Gone").send();
    mira.delete_issue(gone);
    gh.rename_repo("acme/other", "another");
    gh.install("acme", Selection::Only(&["acme/fraud"]));
    gh.uninstall("acme");
    let lines: Vec<String> = gh
        .take_deliveries()
        .iter()
        .map(|sent| {
            let payload: Value = serde_json::from_str(&sent.body).unwrap();
            json!({ "event": sent.event, "action": sent.action, "payload": payload }).to_string()
        })
        .collect();
    std::fs::write(file, lines.join("\n")).unwrap();
}
