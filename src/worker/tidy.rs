//! What is done about the store itself, now and then.

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::Worker;
use crate::forge::Forge;
use crate::store::StoreError;

/// Between two rounds.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

impl<F: Forge> Worker<F> {
    /// Tidies up every hour, until told to stop.
    pub async fn keep_tidy(&self, stop: CancellationToken) {
        loop {
            match self.tidy().await {
                Ok(0) => {}
                Ok(forgotten) => tracing::info!(forgotten, "old payloads were removed"),
                Err(error) => tracing::error!(%error, "old payloads could not be removed"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.shared.clock.sleep_until(self.now() + EVERY) => {}
            }
        }
    }

    /// Removes the payloads that were kept for long enough. How many.
    ///
    /// # Errors
    /// The rest is for the next time.
    pub async fn tidy(&self) -> Result<u64, StoreError> {
        let kept_from = self.now() - self.shared.options.keep_deliveries;
        self.shared.store.forget_bodies(kept_from).await
    }
}
