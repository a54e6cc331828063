//! Pages for people, read-only.

use axum::Router;

use super::Shared;

/// The pages.
pub(super) fn router(_: Shared) -> Router {
    Router::new()
}
