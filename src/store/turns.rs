//! Turns to write, of which several processes of one installation must not take the same.

use jiff::Timestamp;
use sqlx::Row;

use super::error::StoreError;
use super::{Store, int, time};
use crate::domain::ids::InstallationId;

/// When an installation's turns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// The next write.
    pub next: Timestamp,
    /// When the creations so far are used up, at the rate that is allowed.
    pub creations: Timestamp,
}

impl Default for Turns {
    /// Nothing was written yet.
    fn default() -> Self {
        Self {
            next: Timestamp::UNIX_EPOCH,
            creations: Timestamp::UNIX_EPOCH,
        }
    }
}

impl Store {
    /// Takes a turn of an installation: `take` says what the turns are after that, and when it is.
    pub async fn take_turn(
        &self,
        installation: InstallationId,
        take: impl FnOnce(Turns) -> (Turns, Timestamp) + Send,
    ) -> Result<Timestamp, StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query(
            "INSERT INTO installations (installation, not_before) VALUES ($1, 0)
             ON CONFLICT (installation) DO NOTHING",
        )
        .bind(int(installation.0))
        .execute(&mut *transaction)
        .await?;
        let lock = self.database.engine.for_update();
        let statement = format!(
            "SELECT next_turn, creations FROM installations WHERE installation = $1 {lock}"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(int(installation.0))
            .fetch_one(&mut *transaction)
            .await?;
        let turns = Turns {
            next: time(row.try_get("next_turn")?)?,
            creations: time(row.try_get("creations")?)?,
        };
        let (after, mine) = take(turns);
        sqlx::query(
            "UPDATE installations SET next_turn = $2, creations = $3 WHERE installation = $1",
        )
        .bind(int(installation.0))
        .bind(after.next.as_microsecond())
        .bind(after.creations.as_microsecond())
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(mine)
    }
}
