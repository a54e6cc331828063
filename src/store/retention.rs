//! What is not kept for ever: the bodies of deliveries. Their digests stay, so that nothing takes
//! effect twice however late it is sent again.

use jiff::Timestamp;

use super::Store;
use super::database::Engine;
use super::error::StoreError;

/// Bodies removed by one transaction, so that no arrival waits long for it.
const AT_ONCE: i64 = 200;

/// Pages of a file given back by one transaction.
const PAGES: &str = "PRAGMA incremental_vacuum(1000)";

impl Store {
    /// Removes the bodies of deliveries that were handled before a time, but for those that were put
    /// aside: somebody may want them repeated. How many.
    ///
    /// # Errors
    /// What was removed until then stays so.
    pub async fn forget_bodies(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut all = 0;
        loop {
            let done = sqlx::query(
                "UPDATE deliveries SET body = $1 WHERE (installation, seq) IN (
                     SELECT installation, seq FROM deliveries
                     WHERE handled_at IS NOT NULL AND handled_at < $2 AND outcome <> 'dead'
                       AND length(body) > 0
                     LIMIT $3)",
            )
            .bind(Vec::<u8>::new())
            .bind(before.as_microsecond())
            .bind(AT_ONCE)
            .execute(&self.database.writer)
            .await?;
            all += done.rows_affected();
            if done.rows_affected() < AT_ONCE.cast_unsigned() {
                break;
            }
        }
        if all > 0 && self.database.engine == Engine::Sqlite {
            sqlx::query(PAGES).fetch_all(&self.database.writer).await?;
        }
        Ok(all)
    }

    /// How large it is on the disk, in bytes.
    pub async fn size(&self) -> Result<u64, StoreError> {
        let size: i64 = sqlx::query_scalar(match self.database.engine {
            Engine::Sqlite => {
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            }
            Engine::Postgres => {
                "SELECT SUM(pg_total_relation_size(oid))::BIGINT FROM pg_class
                 WHERE relkind = 'r' AND relnamespace = current_schema()::REGNAMESPACE"
            }
        })
        .fetch_one(&self.database.readers)
        .await?;
        Ok(size.cast_unsigned())
    }
}
