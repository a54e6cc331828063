//! The page of a release, with its files.

use std::fmt::Write as _;

use axum::extract::{Path, State};
use axum::response::Response;

use super::super::Shared;
use super::markdown::escape;
use super::{bubble, nothing, page};

/// `/{owner}/{repo}/releases/tag/{tag}`
pub(super) async fn release(
    State(shared): State<Shared>,
    Path((owner, name, tag)): Path<(String, String, String)>,
) -> Response {
    let world = shared.world();
    let Some(repo) = world.repo_named(&owner, &name) else {
        return nothing();
    };
    let mut releases = world[repo].releases.iter();
    let Some(release) = releases.find(|it| !it.draft && it.tag == tag) else {
        return nothing();
    };
    let full_name = escape(&world.full_name(repo));
    let title = release.name.as_deref().unwrap_or(&release.tag);
    let mut body = format!(
        "<p><a href=\"/\">Repositories</a> / <a href=\"/{full_name}\">{full_name}</a></p>\
         <h1>{}</h1><p><small>{} · {}</small></p>",
        escape(title),
        escape(&release.tag),
        escape(release.target.get(..7).unwrap_or(&release.target)),
    );
    let at = release.published_at.unwrap_or(release.created_at);
    let text = release.body.as_deref().unwrap_or_default();
    body.push_str(&bubble(world.login(release.author), "", at, text, &[]));
    for asset in &release.assets {
        let _ = write!(
            body,
            "<details><summary><b>{}</b> <small>{} bytes</small></summary><pre>{}</pre></details>",
            escape(&asset.name),
            asset.content.len(),
            escape(&asset.content)
        );
    }
    page(title, &body)
}
