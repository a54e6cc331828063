//! Disks that are full, read-only or broken. They are about files, on whatever store the others run.

use super::*;

#[tokio::test]
async fn a_full_disk_refuses_and_says_so() {
    let (_folder, store) = file().await;
    sqlx::query("PRAGMA max_page_count = 1")
        .execute(&store.database.writer)
        .await
        .unwrap();
    // What is random cannot be compressed into the free space of existing pages.
    let body: String = (0..4_000)
        .map(|n| hex::encode(Sha256::digest(format!("{n}"))))
        .collect();
    let refused = inbox(&store).accept(delivery(41, "g1", &body)).await;
    assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
    // The row is there and is only changed, so that it takes a disk without any room at all.
    store.probe().await.unwrap();
    sqlx::query("PRAGMA max_page_count = 1000000")
        .execute(&store.database.writer)
        .await
        .unwrap();
    let accepted = inbox(&store).accept(delivery(41, "g1", &body)).await;
    assert_eq!(accepted, Ok(Accepted::New));
}

#[tokio::test]
async fn a_disk_that_became_read_only_is_found_before_a_delivery_is() {
    let (_folder, store) = file().await;
    store.probe().await.unwrap();
    let switch = async |to: &str| {
        let pragma = sqlx::AssertSqlSafe(format!("PRAGMA query_only = {to}"));
        sqlx::query(pragma)
            .execute(&store.database.writer)
            .await
            .unwrap();
    };
    switch("on").await;
    let found = store.probe().await;
    assert!(matches!(found, Err(StoreError::Full(_))), "{found:?}");
    let refused = inbox(&store).accept(delivery(41, "g1", "{}")).await;
    assert!(matches!(refused, Err(StoreError::Full(_))), "{refused:?}");
    switch("off").await;
    store.probe().await.unwrap();
    let accepted = inbox(&store).accept(delivery(41, "g1", "{}")).await;
    assert_eq!(accepted, Ok(Accepted::New));
}

#[tokio::test]
async fn a_damaged_database_takes_nothing_more() {
    let (folder, store) = file().await;
    inbox(&store)
        .accept(delivery(41, "g1", "{}"))
        .await
        .unwrap();
    let root: i64 =
        sqlx::query_scalar("SELECT rootpage FROM sqlite_master WHERE name = 'deliveries'")
            .fetch_one(&store.database.readers)
            .await
            .unwrap();
    let page: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&store.database.readers)
        .await
        .unwrap();
    store.close().await;
    let path = folder.path().join("labhand.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let page = usize::try_from(page).unwrap();
    let begin = page * (usize::try_from(root).unwrap() - 1);
    bytes[begin..begin + page].fill(0xff);
    std::fs::write(&path, bytes).unwrap();

    let store = Store::open(&url(&folder)).await.unwrap();
    // The page that is asked is whole…
    store.probe().await.unwrap();
    let refused = inbox(&store).accept(delivery(41, "g2", "{\"a\":1}")).await;
    assert!(
        matches!(refused, Err(StoreError::Damaged(_))),
        "{refused:?}"
    );
    // …and yet nobody believes the rest.
    let found = store.probe().await.unwrap_err().to_string();
    assert!(found.contains("restore a backup"), "{found}");
}

#[tokio::test]
async fn what_is_no_database_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("labhand.db");
    let text = "a letter that somebody has put here ".repeat(40);
    std::fs::write(&path, &text).unwrap();
    let opened = Store::open(&url(&folder)).await;
    assert!(matches!(opened, Err(StoreError::Damaged(_))), "{opened:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}
