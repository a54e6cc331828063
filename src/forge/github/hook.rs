//! The list of the App's deliveries, and asking for one again.
//! <https://docs.github.com/en/rest/apps/webhooks>

use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use super::GitHub;
use super::connection::As;
use super::request::Request;
use crate::forge::{CallError, HookDelivery};

#[derive(Deserialize)]
struct Listed {
    id: u64,
    guid: String,
    #[serde(default)]
    event: String,
    delivered_at: Timestamp,
    #[serde(default)]
    status_code: Option<u16>,
}

impl GitHub {
    /// The attempts since a time, the latest first.
    pub(super) async fn read_hook_deliveries(
        &self,
        since: Timestamp,
    ) -> Result<Vec<HookDelivery>, CallError> {
        let request = Request::get("/app/hook/deliveries", &[]);
        let before = |page: &Vec<Listed>| page.iter().any(|one| one.delivered_at < since);
        let pages = self.connection.pages_until(As::App, request, before);
        let listed = pages.await?.into_iter().flatten();
        Ok(listed
            .filter(|one| since <= one.delivered_at)
            .map(|one| HookDelivery {
                id: one.id,
                guid: one.guid,
                event: one.event,
                at: one.delivered_at,
                status: one.status_code.unwrap_or(0),
            })
            .collect())
    }

    /// Asks for an attempt to be repeated. One that GitHub has forgotten meanwhile stays lost.
    pub(super) async fn ask_for_redelivery(&self, attempt: u64) -> Result<(), CallError> {
        let route = "/app/hook/deliveries/{delivery_id}/attempts";
        let request = Request::new(Method::POST, route, &[&attempt.to_string()]);
        match self.connection.send(As::App, &request).await {
            Ok(_) | Err(CallError::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
