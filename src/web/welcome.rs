//! The first page after an App was made: where to install it, and whether GitHub reaches labhand.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{Html, IntoResponse, Response};
use jiff::SignedDuration;
use serde::Deserialize;

use super::WebState;
use super::pages::{frame, nothing_here};
use super::set_up::SetUpKey;
use crate::forge::github::GitHub;
use crate::forge::{CallError, Forge, HookDelivery};
use crate::view::page;

/// Deliveries of so long ago are looked at.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// Whoever has made an App is shown this, until the next start.
pub struct Welcome {
    /// Opens the page.
    pub key: SetUpKey,
    /// The App's page on GitHub.
    pub html_url: String,
    /// By which GitHub is asked what became of its deliveries.
    pub github: GitHub,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    key: String,
}

pub(super) async fn page(State(state): State<WebState>, Query(asked): Query<Asked>) -> Response {
    let welcome = state.welcome.as_ref().map(Arc::clone);
    let Some(welcome) = welcome.filter(|it| it.key.opens(&asked.key)) else {
        return nothing_here(&frame(None));
    };
    let since = state.clock.now() - RECENT;
    let heard = welcome.github.hook_deliveries(since).await;
    let (reached, told) = told(heard);
    let install = format!("{}/installations/new", welcome.html_url);
    Html(page::welcome(&install, reached, &told, &frame(None))).into_response()
}

/// Whether GitHub has reached labhand, by what it says itself.
fn told(heard: Result<Vec<HookDelivery>, CallError>) -> (bool, String) {
    let deliveries = match heard {
        Ok(deliveries) => deliveries,
        Err(error) => {
            tracing::warn!(%error, "GitHub does not say what became of its deliveries");
            let sentence = "GitHub does not say yet; this page looks again.";
            return (false, sentence.to_owned());
        }
    };
    if deliveries.iter().any(HookDelivery::arrived) {
        let ping = deliveries
            .iter()
            .any(|it| it.event == "ping" && it.arrived());
        let what = if ping { "its ping" } else { "a delivery" };
        return (true, format!("Yes: {what} has arrived."));
    }
    let newest = deliveries.iter().max_by_key(|delivery| delivery.at);
    let sentence = match newest {
        None => "It has sent nothing yet; this page looks again.".to_owned(),
        Some(HookDelivery { status: 0, .. }) => "Not yet: it could not connect to the webhook's \
            address. Is that the public address of this server? It is set on the App's page on \
            GitHub, under Webhook. labhand asks for the delivery again every five minutes."
            .to_owned(),
        Some(HookDelivery { status: 503, .. }) => {
            "Not yet: it came before the App was known. labhand asks for it again within a minute."
                .to_owned()
        }
        Some(delivery) => format!(
            "Not yet: it was answered with {}. Is something else at the webhook's address? It is set \
             on the App's page on GitHub, under Webhook.",
            delivery.status
        ),
    };
    (false, sentence)
}
