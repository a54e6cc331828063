//! What is remembered: facts, the states folded from them, what GitHub shows, repositories, and
//! the creating calls that were begun.
//!
//! All that one look at a key changes is one [`Step`] in one transaction: either the deliveries
//! are handled and their facts, states and wake-ups are there, or nothing is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::error::StoreError;
use super::facts::{self, NewFact};
use super::inbox::parts;
use super::key::Key;
use super::queue::{self, Lease};
use super::statement::Statement;
use super::texts::{self, ItemText};
use super::{Store, bind_key, int, time};
use crate::domain::ids::{InstallationId, ItemNumber, RepoId, RepoName};

/// A state and what GitHub shows of it, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// The state, a cache of the fold over the facts; `null` if it was never saved.
    pub doc: String,
    /// What GitHub shows.
    pub shown: String,
}

/// A state to be stored, in the repository of the key that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedItem {
    /// The item's, or 0 for the board.
    pub number: u64,
    /// The state, as JSON.
    pub doc: String,
    /// What GitHub shows, as JSON.
    pub shown: String,
    /// By what later items find it. `None` for the board and for what is no exploration (any more):
    /// nothing finds it then.
    pub text: Option<ItemText>,
}

/// A repository to be stored, in the installation of the key that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedRepo {
    /// Which.
    pub repo: RepoId,
    /// Its name now, by which it is found.
    pub name: RepoName,
    /// What is known of it, as JSON.
    pub doc: String,
}

/// A repository as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoRow {
    /// Whose token is used.
    pub installation: InstallationId,
    /// Which.
    pub repo: RepoId,
    /// What is known of it, as JSON.
    pub doc: String,
}

/// A creating call that was begun and whose answer was not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// What is being created.
    pub slot: String,
    /// When it began.
    pub begun_at: Timestamp,
}

/// All that one look at a key changes.
#[derive(Debug, Clone)]
pub struct Step<'a> {
    /// Whose lease has to hold.
    pub lease: &'a Lease,
    /// When the deliveries were handled.
    pub now: Timestamp,
    /// Facts of any item of the installation.
    pub facts: Vec<NewFact>,
    /// States in the key's repository.
    pub items: Vec<SavedItem>,
    /// Repositories of the installation.
    pub repos: Vec<SavedRepo>,
    /// Deliveries that were handled, by [`seq`](super::StoredDelivery::seq), and what became of them.
    pub handled: Vec<(i64, String)>,
    /// Keys to be looked at, and when.
    pub wake: Vec<(Key, Timestamp)>,
}

impl<'a> Step<'a> {
    /// A step that changes nothing yet.
    pub fn new(lease: &'a Lease, now: Timestamp) -> Self {
        Self {
            lease,
            now,
            facts: Vec::new(),
            items: Vec::new(),
            repos: Vec::new(),
            handled: Vec::new(),
            wake: Vec::new(),
        }
    }
}

impl Store {
    /// What differs once labhand has looked at anything of a repository: it says nothing else.
    pub async fn traces_of(
        &self,
        installation: InstallationId,
        repo: RepoId,
    ) -> Result<String, StoreError> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(fence), 0) AS BIGINT) AS looks,
                    COUNT(leased_until) AS under_way
             FROM keys WHERE installation = $1 AND repo = $2",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .fetch_one(&self.database.readers)
        .await?;
        let looks: i64 = row.try_get("looks")?;
        let under_way: i64 = row.try_get("under_way")?;
        Ok(format!("{looks} {under_way}"))
    }

    /// Stores a step, all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if the key is another worker's by now.
    pub async fn apply(&self, step: Step<'_>) -> Result<(), StoreError> {
        let Step {
            lease,
            now,
            facts,
            items,
            repos,
            handled,
            wake,
        } = step;
        let installation = int(lease.key.installation.0);
        let mut transaction = self.database.begin().await?;
        let engine = self.database.engine;
        queue::lock(engine, &mut transaction, lease.key, &wake).await?;
        queue::still_ours(engine, &mut transaction, lease).await?;
        facts::insert(&mut transaction, installation, &facts).await?;
        for item in items {
            sqlx::query(
                "INSERT INTO items (installation, repo, number, doc, shown)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (installation, repo, number)
                 DO UPDATE SET doc = excluded.doc, shown = excluded.shown",
            )
            .bind(installation)
            .bind(int(lease.key.repo.0))
            .bind(int(item.number))
            .bind(item.doc)
            .bind(item.shown)
            .execute(&mut *transaction)
            .await?;
            texts::save(&mut transaction, lease.key, item.number, item.text).await?;
        }
        for repo in repos {
            sqlx::query(
                "INSERT INTO repos (installation, repo, name, doc) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (installation, repo)
                 DO UPDATE SET name = excluded.name, doc = excluded.doc",
            )
            .bind(installation)
            .bind(int(repo.repo.0))
            .bind(lookup_name(&repo.name))
            .bind(repo.doc)
            .execute(&mut *transaction)
            .await?;
        }
        for (seq, outcome) in handled {
            sqlx::query(
                "UPDATE deliveries SET handled_at = $3, outcome = $4
                 WHERE installation = $1 AND seq = $2",
            )
            .bind(installation)
            .bind(seq)
            .bind(now.as_microsecond())
            .bind(outcome)
            .execute(&mut *transaction)
            .await?;
        }
        queue::wake(&mut transaction, wake).await?;
        Ok(transaction.commit().await?)
    }

    /// An item, or the board as number 0.
    pub async fn load_item(
        &self,
        installation: InstallationId,
        repo: RepoId,
        number: u64,
    ) -> Result<Option<ItemRow>, StoreError> {
        let row = sqlx::query(
            "SELECT doc, shown FROM items
             WHERE installation = $1 AND repo = $2 AND number = $3",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .bind(int(number))
        .fetch_optional(&self.database.readers)
        .await?;
        row.as_ref().map(item_row).transpose()
    }

    /// All items of a repository by their numbers, without the board.
    pub async fn load_items(
        &self,
        installation: InstallationId,
        repo: RepoId,
    ) -> Result<Vec<(u64, ItemRow)>, StoreError> {
        let rows = sqlx::query(
            "SELECT number, doc, shown FROM items
             WHERE installation = $1 AND repo = $2 AND number > 0 ORDER BY number",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .fetch_all(&self.database.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let number = row.try_get::<i64, _>("number")?.cast_unsigned();
                Ok((number, item_row(row)?))
            })
            .collect()
    }

    /// Those of these items that are known.
    pub async fn items_numbered(
        &self,
        installation: InstallationId,
        repo: RepoId,
        numbers: &[ItemNumber],
    ) -> Result<BTreeMap<ItemNumber, ItemRow>, StoreError> {
        let mut found = BTreeMap::new();
        for some in parts(numbers) {
            let mut statement =
                Statement::new("SELECT number, doc, shown FROM items WHERE installation = ");
            statement.bind(int(installation.0)).push(" AND repo = ");
            statement.bind(int(repo.0)).push(" AND number IN (");
            for (place, number) in some.iter().enumerate() {
                statement.push(if place == 0 { "" } else { ", " });
                statement.bind(int(number.0));
            }
            statement.push(")");
            let rows = statement.build().fetch_all(&self.database.readers).await?;
            for row in &rows {
                let number = row.try_get::<i64, _>("number")?.cast_unsigned();
                found.insert(ItemNumber(number), item_row(row)?);
            }
        }
        Ok(found)
    }

    /// The items of a repository in whose documents `text` stands, which holds no `%`.
    pub async fn items_mentioning(
        &self,
        installation: InstallationId,
        repo: RepoId,
        text: &str,
    ) -> Result<Vec<ItemRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT doc, shown FROM items
             WHERE installation = $1 AND repo = $2 AND number > 0 AND doc LIKE $3
             ORDER BY number",
        )
        .bind(int(installation.0))
        .bind(int(repo.0))
        .bind(format!("%{text}%"))
        .fetch_all(&self.database.readers)
        .await?;
        rows.iter().map(item_row).collect()
    }

    /// What is known of a repository.
    pub async fn load_repo(
        &self,
        installation: InstallationId,
        repo: RepoId,
    ) -> Result<Option<String>, StoreError> {
        let doc = sqlx::query_scalar("SELECT doc FROM repos WHERE installation = $1 AND repo = $2")
            .bind(int(installation.0))
            .bind(int(repo.0));
        Ok(doc.fetch_optional(&self.database.readers).await?)
    }

    /// The repository that has this name; the younger one where an older had it before.
    pub async fn find_repo_by_name(&self, name: &RepoName) -> Result<Option<RepoRow>, StoreError> {
        let row = sqlx::query(
            "SELECT installation, repo, doc FROM repos WHERE name = $1
             ORDER BY repo DESC, installation DESC LIMIT 1",
        )
        .bind(lookup_name(name))
        .fetch_optional(&self.database.readers)
        .await?;
        row.as_ref().map(repo_row).transpose()
    }

    /// The repositories of an installation.
    pub async fn repos_of(&self, installation: InstallationId) -> Result<Vec<RepoRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT installation, repo, doc FROM repos WHERE installation = $1 ORDER BY repo",
        )
        .bind(int(installation.0))
        .fetch_all(&self.database.readers)
        .await?;
        rows.iter().map(repo_row).collect()
    }

    /// The repositories of all installations.
    pub async fn all_repos(&self) -> Result<Vec<RepoRow>, StoreError> {
        let rows = sqlx::query("SELECT installation, repo, doc FROM repos ORDER BY name, repo")
            .fetch_all(&self.database.readers)
            .await?;
        rows.iter().map(repo_row).collect()
    }

    /// Remembers that a creating call is about to be made; on disk when it returns. One that was
    /// begun before keeps its time.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if the key is another worker's by now: then don't call.
    pub async fn begin(&self, lease: &Lease, slot: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        queue::still_ours(self.database.engine, &mut transaction, lease).await?;
        let statement = sqlx::query(
            "INSERT INTO intents (installation, repo, kind, number, slot, begun_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        );
        bind_key(statement, lease.key)
            .bind(slot)
            .bind(now.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// The creating calls of a key that were begun and whose answers were not stored, the oldest
    /// first.
    pub async fn intents(&self, key: Key) -> Result<Vec<Intent>, StoreError> {
        let statement = sqlx::query(
            "SELECT slot, begun_at FROM intents
             WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
             ORDER BY begun_at, slot",
        );
        let rows = bind_key(statement, key)
            .fetch_all(&self.database.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Intent {
                    slot: row.try_get("slot")?,
                    begun_at: time(row.try_get("begun_at")?)?,
                })
            })
            .collect()
    }

    /// Stores what a call yielded, and that the creating call `finished` needs no looking for any
    /// more, in one. The state stays as it is, `null` if there is none.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`] if the key is another worker's by now, who will look for what was
    /// created.
    pub async fn saved_shown(
        &self,
        lease: &Lease,
        number: u64,
        shown: &str,
        finished: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        queue::still_ours(self.database.engine, &mut transaction, lease).await?;
        sqlx::query(
            "INSERT INTO items (installation, repo, number, doc, shown)
             VALUES ($1, $2, $3, 'null', $4)
             ON CONFLICT (installation, repo, number) DO UPDATE SET shown = excluded.shown",
        )
        .bind(int(lease.key.installation.0))
        .bind(int(lease.key.repo.0))
        .bind(int(number))
        .bind(shown)
        .execute(&mut *transaction)
        .await?;
        if let Some(slot) = finished {
            let statement = sqlx::query(
                "DELETE FROM intents
                 WHERE installation = $1 AND repo = $2 AND kind = $3 AND number = $4
                   AND slot = $5",
            );
            bind_key(statement, lease.key)
                .bind(slot)
                .execute(&mut *transaction)
                .await?;
        }
        Ok(transaction.commit().await?)
    }
}

/// GitHub compares names without regard to case; its names are ASCII.
fn lookup_name(name: &RepoName) -> String {
    name.to_string().to_ascii_lowercase()
}

fn item_row(row: &AnyRow) -> Result<ItemRow, StoreError> {
    Ok(ItemRow {
        doc: row.try_get("doc")?,
        shown: row.try_get("shown")?,
    })
}

fn repo_row(row: &AnyRow) -> Result<RepoRow, StoreError> {
    Ok(RepoRow {
        installation: InstallationId(row.try_get::<i64, _>("installation")?.cast_unsigned()),
        repo: RepoId(row.try_get::<i64, _>("repo")?.cast_unsigned()),
        doc: row.try_get("doc")?,
    })
}
