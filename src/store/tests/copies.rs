//! Copies have everything, and go on where the original was.

use super::*;

/// A store in which there is something of everything.
async fn filled(store: &Store) {
    let inbox = inbox(store);
    for number in 1..=450 {
        let body = format!("{{\"number\":{number}}}");
        let accepted = inbox.accept(delivery(1, &format!("g{number}"), &body));
        accepted.await.unwrap();
    }
    let lease = leased(store, at(1)).await;
    store.begin(&lease, "status", at(1)).await.unwrap();
    let mut step = Step::new(&lease, at(1));
    step.facts.push(NewFact {
        repo: REPO,
        number: 1,
        id: "f1".into(),
        at: at(0),
        doc: "{\"title\":\"Prognose f\u{fc}r \u{1f680}\"}".into(),
    });
    step.items.push(SavedItem {
        number: 1,
        doc: "{}".into(),
        shown: "{\"id\":5}".into(),
        text: Some(ItemText {
            title: "Try LSTM".into(),
            body: String::new(),
        }),
    });
    step.repos.push(SavedRepo {
        repo: REPO,
        name: "acme/fraud".parse().unwrap(),
        doc: "{}".into(),
    });
    let handled = store.unhandled(key(1)).await.unwrap();
    step.handled.push((handled[0].seq, "done".into()));
    step.wake.push((key(2), at(500)));
    store.apply(step).await.unwrap();
    store.finish(&lease, None).await.unwrap();
    let until = at(900);
    store.hold(INSTALLATION, until).await.unwrap();
}

async fn copied(from: &Store, to: &Store) -> Vec<String> {
    let mut told = Vec::new();
    let copy = from.copy_to(to, |table, content| {
        told.push(format!("{table} {}", content.rows));
    });
    copy.await.unwrap();
    told
}

#[tokio::test]
async fn there_and_back_everything_is_as_it_was() {
    let (_first, original) = file().await;
    filled(&original).await;
    let (_second, other) = store().await;
    let rows = [
        "installations 1",
        "repos 1",
        "deliveries 450",
        "keys 2",
        "facts 1",
        "items 1",
        "intents 1",
        "texts 1",
    ];
    assert_eq!(copied(&original, &other).await, rows);
    let (_third, back) = file().await;
    assert_eq!(copied(&other, &back).await, rows);

    for store in [&other, &back] {
        assert_eq!(
            store.unhandled(key(1)).await.unwrap(),
            original.unhandled(key(1)).await.unwrap()
        );
        assert_eq!(
            store.facts(INSTALLATION, REPO, 1).await,
            original.facts(INSTALLATION, REPO, 1).await
        );
        assert_eq!(store.next_due().await, original.next_due().await);
        assert_eq!(store.intents(key(1)).await, original.intents(key(1)).await);
        let found = store
            .similar(INSTALLATION, REPO, 9, &["lstm".to_owned()], 3)
            .await;
        assert_eq!(found, Ok(vec![1]));
        // What comes next is behind what was there.
        let accepted = inbox(store).accept(delivery(1, "new", "{}")).await;
        assert_eq!(accepted, Ok(Accepted::New));
        let last = store.letters(Letters::Waiting).await.unwrap();
        assert_eq!(last.last().unwrap().guid, "new");
    }
}

#[tokio::test]
async fn nothing_is_copied_into_what_is_not_empty() {
    let (_first, original) = file().await;
    let (_second, other) = store().await;
    woken(&other, 1, at(0)).await;
    let refused = original.copy_to(&other, |_, _| {}).await.unwrap_err();
    insta::assert_snapshot!(refused, @"the store that is to be copied to is not empty (its table keys has rows); give a new database, or a schema of its own");
}

#[tokio::test]
async fn a_backup_is_made_while_the_store_is_used() {
    let (folder, original) = file().await;
    let inbox = inbox(&original);
    inbox.accept(delivery(1, "g1", "{}")).await.unwrap();
    let backup = folder.path().join("backup 'one'.db");
    let mut later = Vec::new();
    let (made, ()) = tokio::join!(original.back_up(&backup), async {
        for number in 0..20 {
            let body = format!("{{\"n\":{number}}}");
            later.push(
                inbox
                    .accept(delivery(2, &format!("h{number}"), &body))
                    .await,
            );
        }
    });
    made.unwrap();
    assert!(later.iter().all(Result::is_ok));

    let url = format!("sqlite://{}", backup.display());
    let restored = Store::open(&url).await.unwrap();
    assert_eq!(restored.unhandled(key(1)).await.unwrap()[0].guid, "g1");
    assert_eq!(leased(&restored, at(0)).await.key, key(1));

    let refused = original.back_up(&backup).await.unwrap_err().to_string();
    assert!(
        refused.ends_with("is there already; give a new name"),
        "{refused}"
    );
    let nowhere = folder.path().join("none/backup.db");
    assert!(original.back_up(&nowhere).await.is_err());
}
