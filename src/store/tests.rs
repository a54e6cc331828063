//! One test for each promise, on a database file.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::*;
use crate::domain::ids::{InstallationId, ItemNumber, RepoId, RepoName};

mod copies;
mod health;
mod network;
mod retention;
#[path = "../../tests/support/database.rs"]
mod support;
mod texts;
#[path = "../../tests/support/wire.rs"]
mod wire;

use support::Database as TestDatabase;

const INSTALLATION: InstallationId = InstallationId(7);
const REPO: RepoId = RepoId(70);
const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + seconds).unwrap()
}

fn key(number: u64) -> Key {
    Key::item(INSTALLATION, REPO, ItemNumber(number))
}

/// A store of the kind that this run is about. The database has to outlive it.
async fn store() -> (TestDatabase, Store) {
    let database = TestDatabase::new().await;
    let store = Store::open(database.url()).await.unwrap();
    (database, store)
}

/// A store in a file, for what is SQLite's alone.
async fn file() -> (TempDir, Store) {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&url(&folder)).await.unwrap();
    (folder, store)
}

fn url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("labhand.db").display())
}

fn inbox(store: &Store) -> Inbox {
    Inbox::start(store.clone(), Arc::new(Notify::new()))
}

fn delivery(number: u64, guid: &str, body: &str) -> NewDelivery {
    NewDelivery {
        key: key(number),
        guid: guid.to_owned(),
        event: "issues".to_owned(),
        hook_target: "integration/1".to_owned(),
        digest: Sha256::digest(body).into(),
        body: body.as_bytes().to_vec(),
        received_at: at(0),
        trace: None,
    }
}

/// Due at the given time, by nothing but a wake-up.
async fn woken(store: &Store, number: u64, due: Timestamp) {
    store.wake(vec![(key(number), due)]).await.unwrap();
}

async fn leased(store: &Store, now: Timestamp) -> Lease {
    next(store, now).await.unwrap()
}

/// What is leased next, if anything is.
async fn next(store: &Store, now: Timestamp) -> Option<Lease> {
    for installation in store.due_installations(now).await.unwrap() {
        if let Some(lease) = store.lease(installation, now, LEASE).await.unwrap() {
            return Some(lease);
        }
    }
    None
}

#[tokio::test]
async fn what_was_accepted_is_there_after_a_restart() {
    let (folder, store) = store().await;
    let accepted = inbox(&store).accept(delivery(41, "g1", "{\"a\":1}")).await;
    assert_eq!(accepted, Ok(Accepted::New));
    store.close().await;

    let store = Store::open(folder.url()).await.unwrap();
    let found = store.unhandled(key(41)).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].event, "issues");
    assert_eq!(found[0].guid, "g1");
    assert_eq!(found[0].received_at, at(0));
    assert_eq!(found[0].body, b"{\"a\":1}");
    assert_eq!(leased(&store, at(0)).await.key, key(41));
}

#[tokio::test]
async fn deliveries_that_arrive_together_share_their_transactions() {
    let (_folder, store) = store().await;
    let inbox = inbox(&store);
    let mut senders = JoinSet::new();
    for n in 0..100 {
        let inbox = inbox.clone();
        senders.spawn(async move {
            let body = format!("{{\"n\":{n}}}");
            inbox
                .accept(delivery(n % 5 + 1, &format!("g{n}"), &body))
                .await
        });
    }
    for accepted in senders.join_all().await {
        assert_eq!(accepted, Ok(Accepted::New));
    }
    assert!(inbox.commits() < 20, "{} transactions", inbox.commits());
    let figures = store.figures().await.unwrap();
    assert_eq!((figures.unhandled, figures.scheduled), (100, 5));
    assert_eq!(figures.oldest_unhandled, Some(at(0)));
}

#[tokio::test]
async fn a_redelivery_is_not_stored_again() {
    let (_folder, store) = store().await;
    let inbox = inbox(&store);
    let (first, second) = tokio::join!(
        inbox.accept(delivery(41, "g1", "{}")),
        inbox.accept(delivery(41, "g1", "{}"))
    );
    assert_eq!(
        [first.unwrap(), second.unwrap()],
        [Accepted::New, Accepted::SeenBefore]
    );
    let third = inbox.accept(delivery(41, "g1", "{}")).await;
    assert_eq!(third, Ok(Accepted::SeenBefore));
    assert_eq!(store.unhandled(key(41)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_replay_under_another_guid_takes_no_effect_but_makes_the_key_look_again() {
    let (_folder, store) = store().await;
    let inbox = inbox(&store);
    inbox.accept(delivery(41, "g1", "{}")).await.unwrap();
    let lease = leased(&store, at(0)).await;
    let seq = store.unhandled(key(41)).await.unwrap()[0].seq;
    let mut step = Step::new(&lease, at(0));
    step.handled.push((seq, "done".to_owned()));
    store.apply(step).await.unwrap();
    store.finish(&lease, None).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), None);

    let replayed = inbox.accept(delivery(41, "g2", "{}")).await;
    assert_eq!(replayed, Ok(Accepted::SeenBefore));
    assert!(store.unhandled(key(41)).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), Some(at(0)));
}

#[tokio::test]
async fn what_a_repository_is_told_again_is_asked_about() {
    let (_folder, store) = store().await;
    let inbox = inbox(&store);
    let told = |guid: &str| NewDelivery {
        key: Key::repo(INSTALLATION, REPO),
        ..delivery(0, guid, "{}")
    };
    inbox.accept(told("g1")).await.unwrap();
    assert_eq!(inbox.accept(told("g2")).await, Ok(Accepted::SeenBefore));
    assert_eq!(inbox.accept(told("g2")).await, Ok(Accepted::SeenBefore));
    let stored = store
        .unhandled(Key::repo(INSTALLATION, REPO))
        .await
        .unwrap();
    let seen: Vec<bool> = stored.iter().map(|one| one.seen_before).collect();
    assert_eq!(seen, [false, true]);
}

#[tokio::test]
async fn one_guid_with_two_bodies_is_two_deliveries() {
    let (_folder, store) = store().await;
    let inbox = inbox(&store);
    inbox.accept(delivery(41, "g1", "{\"a\":1}")).await.unwrap();
    inbox.accept(delivery(41, "g1", "{\"a\":2}")).await.unwrap();
    assert_eq!(store.unhandled(key(41)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_key_that_was_due_first_is_leased_first_and_to_one_only() {
    let (_folder, store) = store().await;
    woken(&store, 2, at(20)).await;
    woken(&store, 1, at(10)).await;
    woken(&store, 3, at(99)).await;
    assert_eq!(leased(&store, at(30)).await.key, key(1));
    assert_eq!(leased(&store, at(30)).await.key, key(2));
    assert_eq!(next(&store, at(30)).await, None);
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(90)),
        "when the leases end"
    );
}

#[tokio::test]
async fn whose_lease_was_given_to_another_can_store_nothing() {
    let (_folder, store) = store().await;
    woken(&store, 1, at(0)).await;
    let lost = leased(&store, at(0)).await;
    assert_eq!(next(&store, at(59)).await, None);
    let ours = leased(&store, at(60)).await;
    assert_eq!(ours.key, lost.key);

    let lost_all = [
        store.apply(Step::new(&lost, at(61))).await,
        store.begin(&lost, "status", at(61)).await,
        store.saved_shown(&lost, 1, "{}", None).await,
        store.finish(&lost, None).await,
        store.retry(&lost, at(99)).await,
    ];
    assert!(
        lost_all
            .iter()
            .all(|one| *one == Err(StoreError::LeaseLost)),
        "{lost_all:?}"
    );
    store.apply(Step::new(&ours, at(61))).await.unwrap();
    store.finish(&ours, None).await.unwrap();
    assert_eq!(
        store.finish(&ours, None).await,
        Err(StoreError::LeaseLost),
        "it was given back"
    );
}

#[tokio::test]
async fn who_wakes_a_key_during_the_work_is_not_overwritten() {
    let (_folder, store) = store().await;
    woken(&store, 1, at(0)).await;
    let lease = leased(&store, at(0)).await;
    woken(&store, 1, at(5)).await;
    store.finish(&lease, Some(at(90_000))).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)));

    let lease = leased(&store, at(5)).await;
    store.finish(&lease, Some(at(90_000))).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(90_000)));

    woken(&store, 1, at(99_999)).await;
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(90_000)),
        "the earlier one counts"
    );
}

#[tokio::test]
async fn a_key_with_deliveries_that_were_not_handled_is_due_at_once() {
    let (_folder, store) = store().await;
    inbox(&store)
        .accept(delivery(41, "g1", "{}"))
        .await
        .unwrap();
    let lease = leased(&store, at(0)).await;
    store.finish(&lease, Some(at(90_000))).await.unwrap();
    assert_eq!(leased(&store, at(0)).await.key, lease.key);
}

#[tokio::test]
async fn a_failure_counts_and_waits_and_waking_the_key_only_shortens_that() {
    let (_folder, store) = store().await;
    woken(&store, 1, at(0)).await;
    let first = leased(&store, at(0)).await;
    assert_eq!(first.tries, 0);
    store.retry(&first, at(300)).await.unwrap();
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(300)),
        "later than the lease's end"
    );

    let second = leased(&store, at(300)).await;
    assert_eq!(second.tries, 1);
    woken(&store, 1, at(310)).await;
    store.retry(&second, at(900)).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(370)));
    for second in 311..330 {
        woken(&store, 1, at(second)).await;
    }
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(370)),
        "deliveries neither hurry nor delay it"
    );

    let third = leased(&store, at(370)).await;
    assert_eq!(third.tries, 2);
    store.retry(&third, at(2_000)).await.unwrap();
    woken(&store, 1, at(400)).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(460)));

    let fourth = leased(&store, at(460)).await;
    woken(&store, 1, at(465)).await;
    store.finish(&fourth, Some(at(9_000))).await.unwrap();
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(465)),
        "it succeeded, so there is nothing to wait for"
    );
    assert_eq!(leased(&store, at(465)).await.tries, 0);
}

#[tokio::test]
async fn an_installation_with_thousands_of_keys_hides_no_other() {
    let (_folder, store) = store().await;
    let of = |installation, number| {
        Key::item(InstallationId(installation), RepoId(70), ItemNumber(number))
    };
    for chunk in (1..=1_500).collect::<Vec<u64>>().chunks(500) {
        let keys = chunk.iter().map(|number| (of(7, *number), at(0)));
        store.wake(keys.collect()).await.unwrap();
    }
    store
        .wake(vec![(of(8, 1), at(5)), (of(9, 1), at(20))])
        .await
        .unwrap();
    let due = store.due_installations(at(10)).await.unwrap();
    assert_eq!(due, [InstallationId(7), InstallationId(8)]);
    // One that has to wait hides no other either.
    store.hold(InstallationId(7), at(60)).await.unwrap();
    let due = store.due_installations(at(10)).await.unwrap();
    assert_eq!(due, [InstallationId(8)]);
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)));
}

#[tokio::test]
async fn an_installation_that_has_to_wait_is_passed_over() {
    let (_folder, store) = store().await;
    let other = Key::item(InstallationId(8), REPO, ItemNumber(1));
    woken(&store, 1, at(0)).await;
    store.wake(vec![(other, at(10))]).await.unwrap();
    store.hold(INSTALLATION, at(60)).await.unwrap();
    store.hold(INSTALLATION, at(30)).await.unwrap();

    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    assert_eq!(leased(&store, at(10)).await.key, other);
    assert_eq!(next(&store, at(59)).await, None);
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(60)),
        "the longer wait counts"
    );
    assert_eq!(leased(&store, at(60)).await.key, key(1));
}

#[tokio::test]
async fn a_step_is_stored_whole_and_its_facts_once() {
    let (_folder, store) = store().await;
    inbox(&store)
        .accept(delivery(41, "g1", "{}"))
        .await
        .unwrap();
    let lease = leased(&store, at(0)).await;
    let seq = store.unhandled(key(41)).await.unwrap()[0].seq;
    let fact = |number, id: &str, second, doc: &str| NewFact {
        repo: REPO,
        number,
        id: id.to_owned(),
        at: at(second),
        doc: doc.to_owned(),
    };
    let name: RepoName = "Acme/Fraud".parse().unwrap();
    let mut step = Step::new(&lease, at(1));
    step.facts = vec![
        fact(41, "b", 20, "second"),
        fact(41, "a", 10, "first"),
        fact(41, "a", 10, "again"),
        fact(0, "p", 5, "policy"),
    ];
    step.items = vec![
        SavedItem {
            number: 41,
            doc: "{}".into(),
            shown: "{}".into(),
            text: None,
        },
        SavedItem {
            number: 0,
            doc: "null".into(),
            shown: "board".into(),
            text: None,
        },
    ];
    step.repos = vec![SavedRepo {
        repo: REPO,
        name: name.clone(),
        doc: "repo".into(),
    }];
    step.handled = vec![(seq, "2 facts".to_owned())];
    step.wake = vec![(Key::board(INSTALLATION, REPO), at(6))];
    store.apply(step.clone()).await.unwrap();
    step.facts[0].doc = "changed".into();
    store.apply(step).await.unwrap();

    assert_eq!(
        store.facts(INSTALLATION, REPO, 41).await.unwrap(),
        ["first", "second"]
    );
    assert_eq!(
        store.facts(INSTALLATION, REPO, 0).await.unwrap(),
        ["policy"]
    );
    for (until, count) in [(9, 0), (10, 1), (20, 2)] {
        let facts = store.facts_until(INSTALLATION, REPO, at(until)).await;
        assert_eq!(facts.unwrap(), count, "the repository's own do not count");
    }
    let items = store.load_items(INSTALLATION, REPO).await.unwrap();
    assert_eq!(
        items.iter().map(|(number, _)| *number).collect::<Vec<_>>(),
        [41]
    );
    let board = store
        .load_item(INSTALLATION, REPO, 0)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(board.shown, "board");
    assert!(store.unhandled(key(41)).await.unwrap().is_empty());
    let found = store
        .find_repo_by_name(&"acme/FRAUD".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.repo, found.doc.as_str()), (REPO, "repo"));
    assert_eq!(
        store
            .load_repo(INSTALLATION, REPO)
            .await
            .unwrap()
            .as_deref(),
        Some("repo")
    );
    assert_eq!(
        store.repos_of(INSTALLATION).await.unwrap(),
        store.all_repos().await.unwrap()
    );
    store.finish(&lease, None).await.unwrap();
    assert_eq!(
        leased(&store, at(6)).await.key,
        Key::board(INSTALLATION, REPO)
    );
}

#[tokio::test]
async fn an_intent_is_there_until_its_answer_is() {
    let (_folder, store) = store().await;
    woken(&store, 1, at(0)).await;
    let lease = leased(&store, at(0)).await;
    store.begin(&lease, "status", at(1)).await.unwrap();
    store.begin(&lease, "status", at(2)).await.unwrap();
    store.begin(&lease, "reply:9", at(2)).await.unwrap();
    let begun = store.intents(key(1)).await.unwrap();
    let status = Intent {
        slot: "status".into(),
        begun_at: at(1),
    };
    let reply = Intent {
        slot: "reply:9".into(),
        begun_at: at(2),
    };
    assert_eq!(begun, [status, reply.clone()]);

    store
        .saved_shown(&lease, 1, "{\"id\":5}", Some("status"))
        .await
        .unwrap();
    assert_eq!(store.intents(key(1)).await.unwrap(), [reply]);
    let item = store
        .load_item(INSTALLATION, REPO, 1)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (item.doc.as_str(), item.shown.as_str()),
        ("null", "{\"id\":5}")
    );
}

#[tokio::test]
async fn a_schema_of_a_later_version_is_not_touched() {
    let (folder, store) = file().await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (99, 'later', TRUE, x'00', 0)",
    )
    .execute(&store.database.writer)
    .await
    .unwrap();
    store.close().await;
    let refused = Store::open(&url(&folder)).await.unwrap_err();
    assert_eq!(
        refused,
        StoreError::Newer {
            found: 99,
            known: super::schema::SQLITE.last().unwrap().0
        }
    );
    insta::assert_snapshot!(refused, @"the store has schema version 99, but this labhand knows only up to 7; start the newer version, or restore the backup from before the upgrade");
}

#[tokio::test]
async fn a_url_that_is_no_store_is_refused_without_its_password() {
    let refused = Store::open("mysql://me:secret@localhost/labhand").await;
    insta::assert_snapshot!(refused.unwrap_err(), @"`mysql:…` is no store URL that works here; write for example `sqlite://labhand.db` or `postgres://labhand@localhost/labhand`");
    assert_eq!(
        place("postgres://me:secret@db.example.com/labhand?sslmode=require"),
        "postgres://db.example.com:5432/labhand"
    );
    assert_eq!(place("sqlite://labhand.db"), "sqlite://labhand.db");
}

#[tokio::test]
async fn ids_of_any_size_come_back_as_they_went() {
    let (_folder, store) = store().await;
    let huge = Key::item(
        InstallationId(u64::MAX),
        RepoId(u64::MAX - 1),
        ItemNumber(u64::MAX - 2),
    );
    store.wake(vec![(huge, at(0))]).await.unwrap();
    assert_eq!(leased(&store, at(0)).await.key, huge);
    store.probe().await.unwrap();
}

/// A plain `cargo test` is about SQLite; this repeats what stands here on PostgreSQL, and says so
/// where there is none.
#[test]
fn all_of_it_holds_on_postgresql_too() {
    use std::io::Write as _;

    if support::is_postgres() {
        return;
    }
    let message = if support::has_postgres() {
        let ran = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["store::tests::", "--test-threads=2"])
            .env("LABHAND_TEST_STORE", "postgres")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&ran.stdout);
        assert!(ran.status.success(), "on PostgreSQL:\n{told}");
        "the store's tests ran on PostgreSQL too"
    } else {
        "PostgreSQL is not here: the store's tests did NOT run on it (Debian: apt install \
         postgresql; or name a server in LABHAND_TEST_POSTGRES_URL)"
    };
    // Not by a macro, whose output is shown for failed tests alone.
    writeln!(std::io::stderr(), "note: {message}").unwrap();
}

#[tokio::test]
async fn a_turn_is_taken_by_one_alone() {
    let (_database, store) = store().await;
    let mut asking = JoinSet::new();
    for _ in 0..24 {
        let store = store.clone();
        asking.spawn(async move {
            let take = |turns: Turns| {
                let next = turns.next + SignedDuration::from_secs(1);
                (Turns { next, ..turns }, turns.next)
            };
            store.take_turn(InstallationId(7), take).await.unwrap()
        });
    }
    let mut taken: Vec<Timestamp> = asking.join_all().await;
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 24);
}
