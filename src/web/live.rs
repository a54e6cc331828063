//! News for pages that are open: that something about a repository has changed, and no more.

use std::time::Duration;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::WebState;
use super::access::Visitor;
use super::read;
use super::server::Closing;
use crate::domain::ids::{InstallationId, RepoId};

/// Pages that are kept up to date at once.
pub(super) const AT_ONCE: usize = 300;

/// Between two looks into the store.
const LOOK: Duration = Duration::from_secs(1);

/// Then the page asks again, and has to be let in again.
const WHOLE: Duration = Duration::from_mins(10);

/// A page that listens.
struct Listener {
    state: WebState,
    repo: (InstallationId, RepoId),
    seen: Option<String>,
    looks: tokio::time::Interval,
    until: Instant,
    closing: Closing,
    _place: OwnedSemaphorePermit,
}

/// `changed` each time that labhand has looked at something of a repository.
pub(super) async fn changes(
    State(state): State<WebState>,
    Extension(visitor): Extension<Visitor>,
    Extension(closing): Extension<Closing>,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let found = async {
        let name = read::name(named)?;
        read::place_of(&state, &visitor.sees, &name).await
    };
    let repo = match found.await {
        Ok(Some(repo)) => repo,
        Ok(None) | Err(read::Failed::Unknown) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return error.told().0.into_response(),
    };
    let places = std::sync::Arc::clone(&state.listening);
    let Ok(place) = places.try_acquire_owned() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let listener = Listener {
        state,
        repo,
        seen: None,
        looks,
        until: Instant::now() + WHOLE,
        closing,
        _place: place,
    };
    let news = stream::unfold(listener, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok::<_, std::convert::Infallible>(event), listener))
    });
    Sse::new(news)
        .keep_alive(KeepAlive::default())
        .into_response()
}

impl Listener {
    /// Waits for a change; `None` ends the listening.
    async fn next(&mut self) -> Option<Event> {
        loop {
            tokio::select! {
                () = self.closing.0.cancelled() => return None,
                _ = self.looks.tick() => {}
            }
            if Instant::now() >= self.until {
                return None;
            }
            let (installation, repo) = self.repo;
            let now = match self.state.store.traces_of(installation, repo).await {
                Ok(now) => now,
                Err(error) => {
                    tracing::debug!(%error, "a page cannot be told of changes");
                    return None;
                }
            };
            let before = self.seen.replace(now.clone());
            if before.is_some_and(|before| before != now) {
                return Some(Event::default().event("changed").data("repository"));
            }
        }
    }
}
