//! `labhand inbox`, as the person runs it who looks after the bot.

#[path = "support/database.rs"]
mod database;

use std::process::Command;
use std::sync::Arc;

use database::Database;
use jiff::{SignedDuration, Timestamp};
use labhand::domain::ids::{InstallationId, ItemNumber, RepoId, RepoName};
use labhand::store::{DEAD, Inbox, Key, NewDelivery, SavedRepo, Step, Store};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

const NOW: &str = "2026-11-23T09:00:00Z";

fn key() -> Key {
    Key::item(InstallationId(7), RepoId(70), ItemNumber(41))
}

/// Three deliveries: one that was put aside, one that was handled, one that waits.
async fn scene(database: &Database) -> Store {
    let store = Store::open(database.url()).await.unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let inbox = Inbox::start(store.clone(), Arc::new(Notify::new()));
    for (guid, body) in [
        ("g1", "{\"action\":\"opened\",\"title\":\"\\u001b[31m\"}"),
        ("g2", "{\"action\":\"edited\"}"),
        ("g3", "{\"action\":\"closed\"}"),
    ] {
        let delivery = NewDelivery {
            key: key(),
            guid: guid.to_owned(),
            event: "issues".to_owned(),
            hook_target: "integration/1".to_owned(),
            digest: Sha256::digest(body).into(),
            body: body.as_bytes().to_vec(),
            received_at: now,
        };
        inbox.accept(delivery).await.unwrap();
    }
    let span = SignedDuration::from_secs(30);
    let lease = store.lease_key(key(), now, span).await.unwrap().unwrap();
    let mut step = Step::new(&lease, now);
    step.repos.push(SavedRepo {
        repo: RepoId(70),
        name: "acme/fraud".parse::<RepoName>().unwrap(),
        doc: "{}".to_owned(),
    });
    step.handled = vec![(1, DEAD.to_owned()), (2, "done".to_owned())];
    store.apply(step).await.unwrap();
    store.finish(&lease, None).await.unwrap();
    store
}

/// What it prints, or `!` and what it complains of.
fn inbox(url: &str, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_labhand"))
        .arg("inbox")
        .args(arguments.split(' '))
        .env_clear()
        .env("LABHAND_STORE__URL", url)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    if output.status.success() {
        return told;
    }
    format!("{told}!{}", String::from_utf8(output.stderr).unwrap())
}

#[tokio::test]
async fn what_was_put_aside_is_listed_shown_and_handled_again() {
    let database = Database::new().await;
    let store = scene(&database).await;
    let inbox = |arguments: &str| inbox(database.url(), arguments);
    insta::assert_snapshot!(inbox("list"), @r"
    number  received              event   tries  about
    1       2026-11-23 09:00:00Z  issues  0      acme/fraud#41
    ");
    insta::assert_snapshot!(inbox("list --waiting"), @r"
    number  received              event   tries  about
    3       2026-11-23 09:00:00Z  issues  0      acme/fraud#41
    ");
    // Nothing in a payload can speak to the terminal.
    insta::assert_snapshot!(inbox("show 1"), @r#"
    number    1
    about     acme/fraud#41
    event     issues
    GUID      g1
    received  2026-11-23 09:00:00Z
    outcome   put aside at 2026-11-23 09:00:00Z

    {
      "action": "opened",
      "title": "\u001b[31m"
    }
    "#);
    assert_eq!(store.figures().await.unwrap().dead, 1);

    insta::assert_snapshot!(inbox("retry --all"), @"1 will be handled again.");
    insta::assert_snapshot!(inbox("retry --all"), @"Nothing was put aside.");
    insta::assert_snapshot!(inbox("retry 2"), @"2 was neither put aside nor dropped; there is nothing to repeat.");
    let waiting = store.unhandled(key()).await.unwrap();
    let waiting: Vec<i64> = waiting.iter().map(|one| one.seq).collect();
    assert_eq!(waiting, [1, 3]);
    assert!(store.next_due().await.unwrap().is_some());
    assert_eq!(store.figures().await.unwrap().dead, 0);
}

#[tokio::test]
async fn one_that_is_given_up_can_be_taken_back() {
    let database = Database::new().await;
    let store = scene(&database).await;
    let inbox = |arguments: &str| inbox(database.url(), arguments);
    insta::assert_snapshot!(inbox("drop 1 2 3"), @r"
    1 is given up; `labhand inbox retry 1` takes it back.
    2 was handled already; there is nothing to give up.
    3 is given up; `labhand inbox retry 3` takes it back.
    ");
    assert_eq!(store.unhandled(key()).await.unwrap().len(), 0);
    insta::assert_snapshot!(inbox("retry 3"), @"3 will be handled again.");
    assert_eq!(store.unhandled(key()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let database = Database::new().await;
    let _store = scene(&database).await;
    let said = |arguments: &str| inbox(database.url(), arguments);
    // Nothing happens to the one that is there.
    insta::assert_snapshot!(said("drop 1 99"), @"!labhand: there is no delivery 99; `labhand inbox list` tells which there are");
    assert!(said("list").contains("acme/fraud#41"));

    let folder = tempfile::TempDir::new().unwrap();
    let missing = folder.path().join("typo.db");
    let said = inbox(&format!("sqlite://{}", missing.display()), "list");
    assert!(said.contains("there is no file"), "{said}");
    assert!(!missing.exists());
}
