//! Pages for people, read-only and without script: the repositories, their issues, and an issue
//! with its comments much as GitHub renders them, so that the demo can be looked at.

mod markdown;
mod releases;

use std::fmt::Write as _;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Shared;
use super::state::Issue;
use super::state::RepoIx;
use super::views::check_view;
use super::world::World;
use markdown::{escape, render};

const STYLE: &str = include_str!("pages/style.css");
/// Nothing but its own style may be loaded, and no script at all.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; img-src https:");

/// `/`, `/{owner}/{repo}`, `…/issues/{number}`, `…/pull/{number}` and `…/releases/tag/{tag}`.
pub(super) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/", get(front))
        .route("/{owner}/{repo}", get(repository))
        .route("/{owner}/{repo}/issues/{number}", get(issue))
        .route("/{owner}/{repo}/pull/{number}", get(issue))
        .route("/{owner}/{repo}/releases/tag/{tag}", get(releases::release))
        .with_state(shared)
}

fn page(title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    );
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response()
}

fn nothing() -> Response {
    let body = "<h1>404</h1><p>There is nothing here. <a href=\"/\">All repositories</a></p>";
    (StatusCode::NOT_FOUND, page("404", body)).into_response()
}

async fn front(State(shared): State<Shared>) -> Response {
    let world = shared.world();
    let mut body = String::from("<h1>Repositories</h1><ul class=\"list\">");
    for (at, repo) in world.repos() {
        let name = escape(&world.full_name(at));
        let open = repo.issues.values().filter(|issue| issue.open).count();
        let _ = write!(
            body,
            "<li><a href=\"/{name}\"><b>{name}</b></a> <small>{open} open</small></li>"
        );
    }
    body.push_str("</ul>");
    page("Repositories", &body)
}

async fn repository(
    State(shared): State<Shared>,
    Path((owner, name)): Path<(String, String)>,
) -> Response {
    let world = shared.world();
    let Some(repo) = world.repo_named(&owner, &name) else {
        return nothing();
    };
    let full_name = escape(&world.full_name(repo));
    let mut body =
        format!("<p><a href=\"/\">Repositories</a></p><h1>{full_name}</h1><ul class=\"list\">");
    let mut issues: Vec<&Issue> = world[repo].issues.values().collect();
    issues.sort_by_key(|issue| (!issue.open, std::cmp::Reverse(issue.number)));
    for issue in issues {
        let _ = write!(
            body,
            "<li>{} <a href=\"{}\"><b>{}</b></a> {}<br><small>#{} by {} · {}</small></li>",
            state_chip(issue),
            address(&world, repo, issue),
            escape(&issue.title),
            label_chips(&world, repo, issue),
            issue.number,
            escape(world.login(issue.author.account)),
            match issue.comments.len() {
                1 => "1 comment".to_owned(),
                count => format!("{count} comments"),
            },
        );
    }
    body.push_str("</ul>");
    page(&full_name, &body)
}

async fn issue(
    State(shared): State<Shared>,
    Path((owner, name, number)): Path<(String, String, u64)>,
) -> Response {
    let world = shared.world();
    let Some(repo) = world.repo_named(&owner, &name) else {
        return nothing();
    };
    let Ok(issue) = world.issue(repo, number) else {
        return nothing();
    };
    let full_name = escape(&world.full_name(repo));
    let mut body = format!(
        "<p><a href=\"/\">Repositories</a> / <a href=\"/{full_name}\">{full_name}</a></p>\
         <h1>{} <span class=\"number\">#{number}</span></h1><p>{} {}</p>",
        escape(&issue.title),
        state_chip(issue),
        label_chips(&world, repo, issue),
    );
    if !issue.assignees.is_empty() {
        let who: Vec<&str> = issue.assignees.iter().map(|id| world.login(*id)).collect();
        let _ = write!(
            body,
            "<p><small>Assigned: {}</small></p>",
            escape(&who.join(", "))
        );
    }
    body.push_str(&checks(&world, repo, issue));
    let author = world.login(issue.author.account);
    let text = issue
        .body
        .as_deref()
        .filter(|text| !text.trim().is_empty())
        .unwrap_or("*No description provided.*");
    body.push_str(&bubble(
        author,
        "",
        issue.created_at,
        text,
        &issue.reactions,
    ));
    for comment in &issue.comments {
        body.push_str(&bubble(
            world.login(comment.author.account),
            &format!("issuecomment-{}", comment.id),
            comment.created_at,
            &comment.body,
            &comment.reactions,
        ));
    }
    page(&format!("{} · {full_name}#{number}", issue.title), &body)
}

fn address(world: &World, repo: RepoIx, issue: &Issue) -> String {
    let kind = if issue.pull.is_some() {
        "pull"
    } else {
        "issues"
    };
    escape(&format!(
        "/{}/{kind}/{}",
        world.full_name(repo),
        issue.number
    ))
}

fn state_chip(issue: &Issue) -> String {
    let (class, word) = match &issue.pull {
        Some(pull) if pull.merged.is_some() => ("merged", "Merged"),
        Some(pull) if issue.open && pull.draft => ("draft", "Draft"),
        Some(_) if issue.open => ("open", "Open pull request"),
        None if issue.open => ("open", "Open"),
        Some(_) | None => ("closed", "Closed"),
    };
    format!("<span class=\"state {class}\">{word}</span>")
}

fn label_chips(world: &World, repo: RepoIx, issue: &Issue) -> String {
    issue
        .labels
        .iter()
        .filter_map(|id| world[repo].labels.iter().find(|label| label.id == *id))
        .fold(String::new(), |mut out, label| {
            let ink = if is_light(&label.color) { "#1f2328" } else { "#fff" };
            let _ = write!(
                out,
                "<span class=\"label\" style=\"background:#{};color:{ink}\" title=\"{}\">{}</span> ",
                escape(&label.color),
                escape(label.description.as_deref().unwrap_or("")),
                escape(&label.name)
            );
            out
        })
}

/// Whether dark text reads better on it.
fn is_light(color: &str) -> bool {
    let Ok(rgb) = u32::from_str_radix(color, 16) else {
        return true;
    };
    let (red, green, blue) = (rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
    // The usual weights of perceived brightness (ITU-R BT.601), in thousandths.
    red * 299 + green * 587 + blue * 114 > 150_000
}

fn checks(world: &World, repo: RepoIx, issue: &Issue) -> String {
    let Some(pull) = &issue.pull else {
        return String::new();
    };
    let mut lines: Vec<(String, String, String)> = Vec::new();
    for check in world[repo].checks.iter().filter(|c| c.sha == pull.head) {
        let view = check_view(check);
        lines.retain(|(name, ..)| *name != view.name);
        lines.push((view.name, view.conclusion, view.title));
    }
    for status in world[repo].statuses.iter().filter(|s| s.sha == pull.head) {
        lines.retain(|(name, ..)| *name != status.context);
        let text = status.description.clone().unwrap_or_default();
        lines.push((status.context.clone(), status.state.clone(), text));
    }
    if lines.is_empty() {
        return String::new();
    }
    let mut out = String::from("<ul class=\"checks\">");
    for (name, conclusion, title) in lines {
        let mark = match conclusion.as_str() {
            "success" => "✓",
            "failure" | "error" => "✗",
            _ => "•",
        };
        let _ = write!(
            out,
            "<li class=\"{}\">{mark} <b>{}</b> {}</li>",
            escape(&conclusion),
            escape(&name),
            escape(&title)
        );
    }
    out.push_str("</ul>");
    out
}

fn bubble(
    author: &str,
    anchor: &str,
    at: Timestamp,
    text: &str,
    reactions: &[super::state::Reaction],
) -> String {
    let faces: String = reactions
        .iter()
        .map(|reaction| match reaction.content.as_str() {
            "eyes" => "👀 ",
            "rocket" => "🚀 ",
            "confused" => "😕 ",
            "+1" => "👍 ",
            "-1" => "👎 ",
            "heart" => "❤️ ",
            "hooray" => "🎉 ",
            _ => "😄 ",
        })
        .collect();
    let faces = if faces.is_empty() {
        faces
    } else {
        format!("<footer>{faces}</footer>")
    };
    format!(
        "<article id=\"{}\"><header><b>{}</b> <time>{}</time></header>{}{faces}</article>",
        escape(anchor),
        escape(author),
        at.to_zoned_datetime(TimeZone::UTC)
            .strftime("%a %-d %b %Y, %H:%M UTC"),
        render(text)
    )
}
