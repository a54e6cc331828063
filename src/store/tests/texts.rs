//! What later items find, and what they don't.

use super::*;

const OTHER: RepoId = RepoId(71);

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

/// Stores items of one repository with their titles and hypotheses, as one step.
async fn saved(store: &Store, repo: RepoId, items: &[(u64, Option<(&str, &str)>)]) {
    let key = Key::item(INSTALLATION, repo, ItemNumber(items[0].0));
    store.wake(vec![(key, at(0))]).await.unwrap();
    let lease = leased(store, at(0)).await;
    let mut step = Step::new(&lease, at(0));
    step.items = items
        .iter()
        .map(|&(number, text)| SavedItem {
            number,
            doc: "{}".into(),
            shown: "{}".into(),
            text: text.map(|(title, body)| ItemText {
                title: title.into(),
                body: body.into(),
            }),
        })
        .collect();
    store.apply(step).await.unwrap();
    store.finish(&lease, None).await.unwrap();
}

async fn similar(store: &Store, before: u64, asked: &[&str]) -> Vec<u64> {
    store
        .similar(INSTALLATION, REPO, before, &words(asked), 3)
        .await
        .unwrap()
}

/// Entries of the index itself, whatever the table says.
async fn indexed(store: &Store, word: &str) -> i64 {
    sqlx::query_scalar("SELECT COUNT(*) FROM texts_index WHERE texts_index MATCH $1")
        .bind(word)
        .fetch_one(&store.database.readers)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_best_come_first_and_only_earlier_ones() {
    let (_folder, store) = store().await;
    saved(
        &store,
        REPO,
        &[
            (
                1,
                Some(("Forecast demand", "Holidays drive the demand of tickets")),
            ),
            (
                2,
                Some(("Compare BERT vs GPT-2", "BERT routes tickets better")),
            ),
            (3, Some(("Routing of tickets by rules", ""))),
            (4, Some(("Explore Médoc résumés", ""))),
            (5, Some(("Ticket routing with an LSTM", ""))),
        ],
    )
    .await;
    assert_eq!(
        similar(&store, 5, &["lstm", "ticket", "routing"]).await,
        [3, 2, 1]
    );
    assert_eq!(
        similar(&store, 6, &["lstm", "ticket", "routing"]).await[0],
        5
    );
    assert_eq!(similar(&store, u64::MAX, &["resume"]).await, [4]);
    assert_eq!(similar(&store, 3, &["ROUTED"]).await, [2]);
    assert_eq!(similar(&store, 3, &["gpt-2"]).await, [2]);
    assert_eq!(similar(&store, 9, &["images"]).await, [0; 0]);
    let best = store
        .similar(INSTALLATION, REPO, 9, &words(&["ticket"]), 1)
        .await;
    assert_eq!(best.unwrap().len(), 1);
}

#[tokio::test]
async fn a_text_that_changes_or_goes_is_not_found_any_more() {
    let (_folder, store) = file().await;
    saved(&store, REPO, &[(1, Some(("Try LSTM", "It routes")))]).await;
    saved(&store, REPO, &[(1, Some(("Try LSTM", "It sorts")))]).await;
    saved(&store, REPO, &[(1, Some(("Try LSTM", "It sorts")))]).await;
    assert_eq!(similar(&store, 9, &["routes"]).await, [0; 0]);
    assert_eq!(similar(&store, 9, &["sorts"]).await, [1]);
    assert_eq!(indexed(&store, "lstm").await, 1);

    saved(&store, REPO, &[(1, None), (2, None)]).await;
    assert_eq!(similar(&store, 9, &["lstm"]).await, [0; 0]);
    assert_eq!(indexed(&store, "lstm").await, 0);
    sqlx::query("INSERT INTO texts_index (texts_index, rank) VALUES ('integrity-check', 1)")
        .execute(&store.database.writer)
        .await
        .unwrap();
}

#[tokio::test]
async fn repositories_and_installations_do_not_see_each_other() {
    let (_folder, store) = store().await;
    saved(&store, REPO, &[(1, Some(("Try LSTM", "")))]).await;
    saved(&store, OTHER, &[(2, Some(("Try LSTM", "")))]).await;
    assert_eq!(similar(&store, 9, &["lstm"]).await, [1]);
    let elsewhere = InstallationId(INSTALLATION.0 + 1);
    let found = store
        .similar(elsewhere, REPO, 9, &words(&["lstm"]), 3)
        .await;
    assert_eq!(found, Ok(vec![]));
    // The word that names the repository in the index is not part of any text.
    assert_eq!(similar(&store, 9, &["7r70"]).await, [0; 0]);
}

#[tokio::test]
async fn repositories_whose_ids_are_huge_are_told_apart() {
    let (_folder, store) = store().await;
    let huge = RepoId(u64::MAX - 1);
    saved(&store, huge, &[(1, Some(("Try LSTM", "")))]).await;
    let asked = words(&["lstm"]);
    let found = store.similar(INSTALLATION, huge, 9, &asked, 3).await;
    assert_eq!(found, Ok(vec![1]));
    // As a word -2 is 2.
    let found = store.similar(INSTALLATION, RepoId(2), 9, &asked, 3).await;
    assert_eq!(found, Ok(vec![]));
}

#[tokio::test]
async fn nothing_that_a_user_writes_is_syntax() {
    let (_folder, store) = store().await;
    saved(
        &store,
        REPO,
        &[
            (1, Some(("Try LSTM near 🦀", ""))),
            (2, Some(("Other", ""))),
        ],
    )
    .await;
    let long = "x".repeat(10_000);
    let strange = [
        "\"",
        "\"\"\"",
        "*",
        "lst*",
        "NEAR",
        "NEAR(",
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "^",
        "+",
        ":",
        "-",
        "{title}",
        "title:other",
        "🦀",
        "\0",
        "other\0",
        "",
        "\u{301}",
        "' --",
        &long,
    ];
    for word in strange {
        let found = similar(&store, 9, &[word]).await;
        let expected: &[u64] = match word {
            // Characters that are younger than SQLite's tables are letters to it.
            "NEAR" | "NEAR(" | "🦀" => &[1],
            "other\0" => &[2],
            _ => &[],
        };
        assert_eq!(found, expected, "{word:.20}");
        let found = similar(&store, 9, &[word, "lstm", word]).await;
        assert!(found.contains(&1), "{word:.20}");
    }
    assert_eq!(similar(&store, 9, &[]).await, [0; 0]);
    let many = vec![long; 1_000];
    let found = store.similar(INSTALLATION, REPO, 9, &many, 3).await;
    assert_eq!(found, Ok(vec![]));
}

#[tokio::test]
async fn ten_thousand_texts_that_match_are_ranked() {
    let (_folder, store) = store().await;
    let mut writing = store.database.begin().await.unwrap();
    for repo in [70, 71, 72] {
        sqlx::query(
            "WITH RECURSIVE n (number) AS (
                 SELECT 1 UNION ALL SELECT number + 1 FROM n WHERE number < 10000
             )
             INSERT INTO texts (installation, repo, number, title, body)
             SELECT 7, $1, number, 'Model w' || (number % 50) || ' for x' || (number % 7),
                    'Model y' || (number % 900) || ' beats z' || (number % 11)
             FROM n",
        )
        .bind(repo)
        .execute(&mut *writing)
        .await
        .unwrap();
    }
    writing.commit().await.unwrap();
    let asked = words(&["model", "w7", "x3", "y17", "z5"]);
    let begun = std::time::Instant::now();
    let found = store.similar(INSTALLATION, REPO, 10_001, &asked, 3).await;
    println!("{:?} for 10,000 texts that all match", begun.elapsed());
    assert_eq!(found.unwrap().len(), 3);
}

#[tokio::test]
async fn sqlite_asks_its_indexes() {
    let (_folder, store) = file().await;
    for (statement, plan) in [
        (
            super::super::texts::SIMILAR,
            &[
                "SCAN texts_index VIRTUAL TABLE INDEX 0:M3",
                "SEARCH texts USING INTEGER PRIMARY KEY (rowid=?)",
                "USE TEMP B-TREE FOR ORDER BY",
            ][..],
        ),
        (
            "DELETE FROM texts WHERE installation = 7 AND repo = 70 AND number = 1",
            &["SEARCH texts USING INDEX sqlite_autoindex_texts_1 \
               (installation=? AND repo=? AND number=?)"],
        ),
    ] {
        let explained = format!("EXPLAIN QUERY PLAN {statement}");
        let steps: Vec<String> = sqlx::query(sqlx::AssertSqlSafe(explained))
            .fetch_all(&store.database.readers)
            .await
            .unwrap()
            .iter()
            .map(|row| row.get("detail"))
            .collect();
        assert_eq!(steps, plan);
    }
}

#[tokio::test]
async fn a_store_of_the_first_version_is_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    let made = format!("{}?mode=rwc", url(&folder));
    let old = sqlx::SqlitePool::connect(&made).await.unwrap();
    schema::migrate(&old, &schema::SQLITE[..1]).await.unwrap();
    sqlx::query(
        "INSERT INTO items (installation, repo, number, doc, shown) VALUES (7, 70, 1, 'old', '{}')",
    )
    .execute(&old)
    .await
    .unwrap();
    old.close().await;

    let store = Store::open(&url(&folder)).await.unwrap();
    let kept = store.load_item(INSTALLATION, REPO, 1).await.unwrap();
    assert_eq!(kept.unwrap().doc, "old");
    assert_eq!(similar(&store, 9, &["lstm"]).await, [0; 0]);
    saved(&store, REPO, &[(2, Some(("Try LSTM", "")))]).await;
    assert_eq!(similar(&store, 9, &["lstm"]).await, [2]);
}
