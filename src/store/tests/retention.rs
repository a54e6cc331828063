//! What is forgotten, and what is not.

use super::*;

#[tokio::test]
async fn old_bodies_go_and_their_digests_stay() {
    let (_database, store) = store().await;
    let inbox = inbox(&store);
    for (number, guid) in [(1, "handled"), (1, "dead"), (1, "young"), (2, "waiting")] {
        let body = format!("{{\"guid\":\"{guid}\"}}");
        inbox.accept(delivery(number, guid, &body)).await.unwrap();
    }
    let handle = async |now: Timestamp, handled: Vec<(i64, String)>| {
        let lease = store.lease_key(key(1), now, LEASE).await.unwrap().unwrap();
        let mut step = Step::new(&lease, now);
        step.handled = handled;
        store.apply(step).await.unwrap();
        store.finish(&lease, None).await.unwrap();
    };
    let seqs: Vec<i64> = store
        .unhandled(key(1))
        .await
        .unwrap()
        .iter()
        .map(|one| one.seq)
        .collect();
    let old = vec![(seqs[0], "done".to_owned()), (seqs[1], DEAD.to_owned())];
    handle(at(10), old).await;
    handle(at(100), vec![(seqs[2], "done".to_owned())]).await;

    assert_eq!(store.forget_bodies(at(50)).await, Ok(1));
    assert_eq!(store.forget_bodies(at(50)).await, Ok(0));
    let body = async |seq| store.letter(seq).await.unwrap().unwrap().1;
    assert_eq!(body(seqs[0]).await, None);
    for seq in &seqs[1..] {
        assert!(body(*seq).await.is_some());
    }
    assert_eq!(store.unhandled(key(2)).await.unwrap().len(), 1);

    // Sent again after all that time, under its GUID or another.
    for guid in ["handled", "another"] {
        let again = inbox
            .accept(delivery(1, guid, "{\"guid\":\"handled\"}"))
            .await;
        assert_eq!(again, Ok(Accepted::SeenBefore));
    }
    // It cannot be repeated any more.
    let (letter, _) = store.letter(seqs[0]).await.unwrap().unwrap();
    store.drop_letter(&letter, at(200)).await.unwrap();
    assert_eq!(store.retry_letter(&letter, at(200)).await, Ok(false));
}

#[tokio::test]
async fn a_file_gets_smaller_and_its_size_is_known() {
    let (_folder, store) = file().await;
    let inbox = inbox(&store);
    for number in 0..50 {
        let noise: String = (0..200)
            .map(|n| hex::encode(Sha256::digest(format!("{number}-{n}"))))
            .collect();
        let guid = format!("g{number}");
        inbox.accept(delivery(1, &guid, &noise)).await.unwrap();
    }
    let lease = leased(&store, at(0)).await;
    let mut step = Step::new(&lease, at(1));
    let waiting = store.unhandled(key(1)).await.unwrap();
    step.handled = waiting.iter().map(|one| (one.seq, "done".into())).collect();
    store.apply(step).await.unwrap();
    let before = store.size().await.unwrap();
    assert_eq!(store.forget_bodies(at(2)).await, Ok(50));
    let after = store.size().await.unwrap();
    assert!(after < before / 2, "{before} → {after}");
}
