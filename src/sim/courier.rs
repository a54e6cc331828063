//! Sending webhooks: when told, in order or not, once or twice, or not at all.

use rand::SeedableRng;
use rand::seq::SliceRandom;

use super::delivery::Delivery;
use super::hooks::send;
use super::{Shared, Sim};

/// Carries what is queued to where the bot listens.
#[derive(Clone)]
pub(super) struct Courier {
    pub shared: Shared,
    pub client: reqwest::Client,
}

impl Courier {
    /// Sends what waits, and what is queued meanwhile.
    async fn deliver(&self) -> Vec<u16> {
        let mut statuses = Vec::new();
        loop {
            let next = self.shared.world().outbox.pop_front();
            let Some(delivery) = next else {
                return statuses;
            };
            statuses.extend(self.send(delivery).await);
        }
    }

    async fn send(&self, delivery: Delivery) -> Vec<u16> {
        let (url, times) = {
            let world = self.shared.world();
            let times = if world.repeat_deliveries { 2 } else { 1 };
            (world.hook_url.clone().unwrap_or_default(), times)
        };
        let mut statuses = Vec::new();
        for _ in 0..times {
            let status = send(&self.client, &url, &delivery).await;
            self.shared.world().note_attempt(delivery.clone(), status);
            statuses.push(status);
        }
        statuses
    }
}

impl Sim {
    /// Where webhooks go.
    pub fn hook_to(&self, url: &str) {
        self.world().hook_url = Some(url.to_owned());
    }

    /// How many webhooks wait.
    pub fn pending(&self) -> usize {
        self.world().outbox.len()
    }

    /// Sends what waits, one after the other, and what is queued meanwhile; the answers' statuses.
    /// What cannot be sent counts as 502.
    pub async fn deliver(&self) -> Vec<u16> {
        self.courier.deliver().await
    }

    /// Sends what waits now in an order that depends on the seed alone.
    pub async fn deliver_shuffled(&self, seed: u64) -> Vec<u16> {
        let mut waiting = self.take_deliveries();
        waiting.shuffle(&mut rand::rngs::StdRng::seed_from_u64(seed));
        let mut statuses = Vec::new();
        for delivery in waiting {
            statuses.extend(self.courier.send(delivery).await);
        }
        statuses
    }

    /// Sends everything twice from now on, under the same GUID.
    pub fn repeat_deliveries(&self, repeat: bool) {
        self.world().repeat_deliveries = repeat;
    }

    /// Takes what waits away, for a test that sends it itself.
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        self.world().outbox.drain(..).collect()
    }

    /// Queues a delivery again as it was.
    pub fn replay(&self, delivery: &Delivery) {
        self.world().outbox.push_back(delivery.clone());
    }

    /// Queues the same content under another GUID, rightly signed, as somebody can who captured it.
    pub fn replay_under_new_guid(&self, delivery: &Delivery) {
        let mut world = self.world();
        let replayed = world.under_new_guid(delivery);
        world.outbox.push_back(replayed);
    }

    /// Loses what waits: GitHub notes it as failed, and the bot may ask for it again. How many.
    pub fn drop_deliveries(&self) -> usize {
        let lost = self.take_deliveries();
        let count = lost.len();
        let mut world = self.world();
        for delivery in lost {
            world.note_attempt(delivery, 502);
        }
        count
    }

    /// Sends what is queued by itself from now on, as soon as it is, for a bot that runs in
    /// another process. Ends with the last handle.
    pub fn deliver_automatically(&self) {
        let courier = self.courier.clone();
        let waiting = self.world().waiting.clone();
        self.running.keep(tokio::spawn(async move {
            loop {
                courier.deliver().await;
                waiting.notified().await;
            }
        }));
    }
}
