//! Whether the store takes what is written. That it can be read says nothing about a disk that is
//! full or was made read-only.

use std::time::Duration;

use super::{Store, StoreError, within};

/// How long the question may take.
const PATIENCE: Duration = Duration::from_secs(3);

impl Store {
    /// Writes something, which is on disk when this returns.
    ///
    /// # Errors
    /// What hinders the store from taking a delivery now.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.is_whole()?;
        let statement = sqlx::query(
            "INSERT INTO probes (installation, times) VALUES (0, 1)
             ON CONFLICT (installation) DO UPDATE SET times = probes.times + 1",
        );
        let writing = statement.execute(&self.database.writer);
        let written = within(PATIENCE, async { Ok(writing.await?) }).await;
        written.map(|_| ()).inspect_err(|error| self.notice(error))
    }

    /// A database that was found damaged takes nothing more: what is written there may be lost, and
    /// GitHub sends again what it was told to.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if it was.
    pub(super) fn is_whole(&self) -> Result<(), StoreError> {
        let damage = self.damage.get().cloned();
        damage.map_or(Ok(()), |found| Err(StoreError::Damaged(found)))
    }

    /// Remembers that the database is damaged until labhand is started anew, on a backup.
    pub fn notice(&self, error: &StoreError) {
        if let StoreError::Damaged(found) = error
            && self.damage.set(found.clone()).is_ok()
        {
            tracing::error!(found, "the store is damaged; nothing more is accepted");
        }
    }
}
