//! A database beyond a network.

use std::time::Duration;

use super::wire::Wire;
use super::*;

/// A file has no network; what stands here is run on PostgreSQL.
#[tokio::test]
async fn a_database_that_cannot_be_reached_is_said_so_in_time_and_used_again_once_it_can() {
    if !support::is_postgres() {
        return;
    }
    let database = TestDatabase::new().await;
    let mut wire = Wire::to(database.url()).await;
    let store = Store::open(&wire.url).await.unwrap();
    let inbox = inbox(&store);
    let accepted = inbox.accept(delivery(1, "g1", "{\"n\":1}")).await;
    assert_eq!(accepted, Ok(Accepted::New));

    wire.cut.cancel();
    let (ping, refused) = tokio::join!(
        tokio::time::timeout(Duration::from_mins(1), store.probe()),
        inbox.accept(delivery(1, "g2", "{\"n\":2}")),
    );
    assert!(
        matches!(ping, Ok(Err(StoreError::Unavailable(_)))),
        "{ping:?}"
    );
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );

    wire.mend().await;
    let mut again = inbox.accept(delivery(1, "g2", "{\"n\":2}")).await;
    for _ in 0..10 {
        if again.is_ok() {
            break;
        }
        again = inbox.accept(delivery(1, "g2", "{\"n\":2}")).await;
    }
    assert!(again.is_ok(), "{again:?}");
    let guids = store.unhandled(key(1)).await.unwrap();
    let guids: Vec<&str> = guids.iter().map(|one| one.guid.as_str()).collect();
    assert_eq!(guids, ["g1", "g2"]);
}
