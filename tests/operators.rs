//! `labhand inbox` and `labhand store`, as the person runs them who looks after the bot.

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
            trace: None,
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
    labhand(url, &format!("inbox {arguments}"))
}

fn labhand(url: &str, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_labhand"))
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
    insta::assert_snapshot!(inbox("retry 2"), @"2 was neither put aside nor dropped, or its payload is not kept any more; there is nothing to repeat.");
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

#[tokio::test]
async fn a_store_is_moved_to_another_database() {
    let database = Database::new().await;
    scene(&database).await.close().await;
    let folder = tempfile::TempDir::new().unwrap();
    let target = format!("sqlite://{}", folder.path().join("new.db").display());
    let copy = format!("store copy {} {target}", database.url());
    let told = labhand("", &copy);
    let rows: Vec<String> = told
        .lines()
        .map(|line| line.split(" (").next().unwrap().to_owned())
        .collect();
    let (last, rows) = rows.split_last().unwrap();
    assert_eq!(
        rows,
        [
            "installations  1 row",
            "repos          1 row",
            "deliveries     3 rows",
            "keys           1 row",
            "facts          0 rows",
            "items          0 rows",
            "intents        0 rows",
            "texts          0 rows",
        ]
    );
    assert!(
        last.starts_with(&format!("{target} has all that was in ")),
        "{last}"
    );
    assert!(inbox(&target, "list").contains("acme/fraud#41"));

    let again = labhand("", &copy);
    assert!(
        again.contains("is not empty (its table repos has rows)"),
        "{again}"
    );
}

#[tokio::test]
async fn a_backup_is_a_store() {
    let folder = tempfile::TempDir::new().unwrap();
    let url = format!("sqlite://{}", folder.path().join("labhand.db").display());
    Store::open(&url).await.unwrap().close().await;
    let backup = folder.path().join("backup.db");
    let make = format!("store backup {}", backup.display());
    let told = labhand(&url, &make);
    assert_eq!(
        told,
        format!("{} has all that was in {url}.\n", backup.display())
    );
    assert_eq!(
        inbox(&format!("sqlite://{}", backup.display()), "list"),
        "Nothing was put aside.\n"
    );
    assert!(labhand(&url, &make).contains("is there already; give a new name"));
}
