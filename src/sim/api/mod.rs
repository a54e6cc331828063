//! The interface that the bot speaks to: REST at `/` (and at `/api/v3`, as on GitHub Enterprise)
//! and GraphQL. One table says what there is; everything else gets GitHub's 404.
//!
//! None of this shares code with the bot's own client, or both would share their mistakes; it is
//! held against GitHub's own description instead.

mod apps;
mod auth;
mod checks;
mod comments;
mod contents;
mod graphql;
mod issues;
mod labels;
mod lists;
mod orgs;
mod pulls;
mod refs;
mod registering;
mod releases;
mod repos;
mod routes;
mod serve;

use std::collections::HashMap;

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodFilter, on};
use serde_json::Value;

use super::Shared;
use super::refusal::{Did, Refusal};
use super::state::Actor;
use super::state::RepoIx;
use super::world::World;

pub(super) use auth::{AppKey, Caller, MACHINE_TOKEN};
pub(super) use registering::CLIENT_SECRET;
pub(super) use repos::role_words;
pub(super) use serve::{HOURLY, rate};

/// What is asked: the call without HTTP.
pub(super) struct Ask {
    pub caller: Caller,
    pub path: String,
    pub raw_query: String,
    pub params: HashMap<String, String>,
    pub query: HashMap<String, String>,
    pub body: Value,
    /// The body as it came, where it need be no JSON.
    pub raw: String,
    pub content_type: String,
    pub accept: String,
}

/// What is answered.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// The body of an answer.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Json(Value),
    Text(String),
    Empty,
}

impl Reply {
    /// 200 with this.
    pub fn ok(body: Value) -> Self {
        Self::with_status(200, body)
    }

    /// 201 with this.
    pub fn created(body: Value) -> Self {
        Self::with_status(201, body)
    }

    /// 204.
    pub fn no_content() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// A status with this.
    pub fn with_status(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Json(body),
        }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self::with_status(refusal.status, refusal.body())
    }
}

impl Ask {
    /// A part of the path by its name in the route's template.
    pub fn param(&self, name: &str) -> Did<&str> {
        self.params
            .get(name)
            .map(String::as_str)
            .ok_or_else(Refusal::not_found)
    }

    /// A part of the path that is a number.
    pub fn number(&self, name: &str) -> Did<u64> {
        self.param(name)?.parse().map_err(|_| Refusal::not_found())
    }

    /// A text in the body.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.body.get(name).and_then(Value::as_str)
    }

    /// A text that has to be in the body.
    pub fn needed(&self, name: &str) -> Did<&str> {
        self.text(name).ok_or_else(|| {
            Refusal::new(
                422,
                &format!("Invalid request.\n\n\"{name}\" wasn't supplied."),
            )
        })
    }

    /// A list of texts in the body; labels may also be objects with a name.
    pub fn texts(&self, name: &str) -> Option<Vec<String>> {
        let list = self.body.get(name)?.as_array()?;
        Some(
            list.iter()
                .filter_map(|entry| entry.as_str().or_else(|| entry.get("name")?.as_str()))
                .map(str::to_owned)
                .collect(),
        )
    }

    /// The repository in the path, if the caller may see it.
    pub fn repo(&self, world: &World) -> Did<RepoIx> {
        let repo = match self.number("id") {
            Ok(id) => world.repos().find(|(_, it)| it.id == id).map(|(at, _)| at),
            Err(_) => world.repo_named(self.param("owner")?, self.param("repo")?),
        };
        let repo = repo.ok_or_else(Refusal::not_found)?;
        self.caller.must_see(world, repo)?;
        Ok(repo)
    }

    /// The account that acts for the caller.
    pub fn actor(&self, world: &World) -> Did<Actor> {
        self.caller.actor(world)
    }
}

type Handler = fn(&mut World, &Ask) -> Did<Reply>;

/// All routes, on a server of their own.
pub(super) fn router(shared: &Shared) -> Router {
    let mut rest = Router::new();
    for (method, template, handler) in routes::routes() {
        let asked = |shared: Shared| {
            on(method, move |request: Request| {
                serve::serve(shared, template, handler, request)
            })
        };
        rest = rest.route(template, asked(shared.clone()));
        // Where it sends who knows a repository by a name that it had.
        if let Some(about) = template.strip_prefix("/repos/{owner}/{repo}") {
            let by_id = format!("/repositories/{{id}}{about}");
            rest = rest.route(&by_id, asked(shared.clone()));
        }
    }
    let ask_graphql = |shared: Shared| {
        on(MethodFilter::POST, move |request: Request| {
            serve::serve(shared, "/graphql", graphql::ask, request)
        })
    };
    let nowhere = shared.clone();
    let mut web = Router::new();
    for (method, template, handler) in routes::web() {
        let shared = shared.clone();
        let asked = move |request: Request| serve::serve(shared, template, handler, request);
        web = web.route(template, on(method, asked));
    }
    Router::new()
        .merge(web)
        .nest("/api/v3", rest.clone())
        .merge(rest)
        .route("/graphql", ask_graphql(shared.clone()))
        .route("/api/graphql", ask_graphql(shared.clone()))
        .fallback(move |request: Request| {
            serve::serve(nowhere, "", |_, _| Err(Refusal::not_found()), request)
        })
}
