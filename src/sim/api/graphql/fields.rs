//! The part of GitHub's graph that a bot asks for. A field that is not here is answered like one
//! that GitHub does not have, so that a query cannot ask for something and silently get nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::super::acts::sha1_like;
use super::super::super::json::{maybe_time, node_id, of_node_id, time};
use super::super::super::state::RepoIx;
use super::super::super::state::{AccountKind, Edit};
use super::super::super::world::World;
use super::super::Caller;

/// The most entries that may be asked for at once.
const MOST: u64 = 100;

/// A thing in the graph.
#[derive(Debug, Clone)]
pub(super) enum Thing {
    Query,
    Repo(RepoIx),
    Issue(RepoIx, u64),
    Pull(RepoIx, u64),
    Comment(RepoIx, u64),
    Account(u64),
    Edit(Edit),
    /// That an issue came from another repository.
    Transferred(RepoIx),
    Commit(RepoIx, String),
    /// Checks and statuses of a commit together.
    Rollup(RepoIx, String),
    CheckRun(RepoIx, u64),
    StatusContext(RepoIx, u64),
    /// A file or a folder, by its id.
    Content {
        oid: String,
        is_folder: bool,
    },
    /// A file that a pull request changes.
    ChangedFile(String),
    Connection {
        nodes: Vec<Thing>,
        page: Page,
    },
    PageInfo(Page),
    RateLimit,
}

/// A page of a connection: where it ends, of how many.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    from: usize,
    to: usize,
    total: usize,
}

/// A text that is edited: of an issue, or of a comment.
struct Text<'a> {
    id: u64,
    author: u64,
    created_at: Timestamp,
    edits: &'a [Edit],
}

/// What a field holds.
pub(super) enum Held {
    Value(Value),
    Thing(Option<Thing>),
    Things(Vec<Option<Thing>>),
}

/// Why there is no answer: GitHub's type of error and its words.
pub(super) struct Trouble {
    pub kind: &'static str,
    pub message: String,
}

impl Trouble {
    fn not_found(message: String) -> Self {
        let kind = "NOT_FOUND";
        Self { kind, message }
    }
}

impl Thing {
    /// The names under which a fragment may mean it: its own, then those of its interfaces.
    pub fn kinds(&self, world: &World) -> &'static [&'static str] {
        match self {
            Self::Query => &["Query"],
            Self::Repo(_) => &["Repository", "Node"],
            Self::Issue(..) => &["Issue", "Node", "Comment", "Closable", "Labelable"],
            Self::Pull(..) => &["PullRequest", "Node", "Comment", "Closable", "Labelable"],
            Self::Comment(..) => &["IssueComment", "Node", "Comment"],
            Self::Account(id) => match world.account_by_id(*id).map(|account| account.kind) {
                Some(AccountKind::Bot) => &["Bot", "Actor", "Node"],
                Some(AccountKind::Organization) => &["Organization", "Actor", "Node"],
                Some(AccountKind::User) | None => &["User", "Actor", "Node"],
            },
            Self::Edit(_) => &["UserContentEdit", "Node"],
            Self::Transferred(_) => &["TransferredEvent", "Node"],
            Self::Commit(..) => &["Commit", "GitObject", "Node"],
            Self::Rollup(..) => &["StatusCheckRollup", "Node"],
            Self::CheckRun(..) => &["CheckRun", "Node"],
            Self::StatusContext(..) => &["StatusContext", "Node"],
            Self::Content { is_folder, .. } if *is_folder => &["Tree", "GitObject", "Node"],
            Self::Content { .. } => &["Blob", "GitObject", "Node"],
            Self::ChangedFile(_) => &["PullRequestChangedFile"],
            Self::Connection { .. } => &["Connection"],
            Self::PageInfo(_) => &["PageInfo"],
            Self::RateLimit => &["RateLimit"],
        }
    }
}

/// A field of a thing.
pub(super) fn field(
    world: &World,
    caller: Caller,
    thing: &Thing,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<Held, Trouble> {
    if name == "__typename" {
        return Ok(Held::Value(json!(thing.kinds(world)[0])));
    }
    let found = match thing {
        Thing::Query => return query_field(world, caller, name, arguments),
        Thing::Repo(repo) => repo_field(world, *repo, name, arguments),
        Thing::Pull(repo, number) if name == "closingIssuesReferences" => {
            let issues = world
                .closing_references(*repo, *number)
                .unwrap_or_default()
                .into_iter()
                .map(|(place, number)| Thing::Issue(place, number))
                .collect();
            return connection(issues, name, arguments);
        }
        Thing::Pull(repo, number) if name == "files" => {
            let changes = match world.pull(*repo, *number) {
                Ok(pull) => world.changes(*repo, pull),
                Err(_) => Vec::new(),
            };
            let paths = changes
                .into_iter()
                .map(|change| Thing::ChangedFile(change.path));
            return connection(paths.collect(), name, arguments);
        }
        Thing::ChangedFile(path) => (name == "path").then(|| Held::Value(json!(path))),
        Thing::Issue(..) | Thing::Pull(..) | Thing::Comment(..)
            if let Some(list) = list_of(world, thing, name) =>
        {
            return connection(list, name, arguments);
        }
        Thing::Transferred(from) => match name {
            "fromRepository" => {
                let visible = caller.must_see(world, *from).is_ok();
                Some(Held::Thing(visible.then_some(Thing::Repo(*from))))
            }
            _ => None,
        },
        Thing::Issue(repo, number) | Thing::Pull(repo, number) => {
            issue_field(world, *repo, *number, name)
        }
        Thing::Comment(repo, id) => comment_field(world, *repo, *id, name),
        Thing::Account(id) => account_field(world, *id, name),
        Thing::Edit(edit) => edit_field(edit, name),
        Thing::Commit(repo, oid) => match name {
            "oid" => value(oid),
            "submodules" => return connection(Vec::new(), name, arguments),
            "statusCheckRollup" => {
                let any = !contexts(world, *repo, oid).is_empty();
                Some(Held::Thing(any.then(|| Thing::Rollup(*repo, oid.clone()))))
            }
            _ => None,
        },
        Thing::Rollup(repo, oid) => match name {
            "contexts" => return connection(contexts(world, *repo, oid), name, arguments),
            _ => None,
        },
        Thing::CheckRun(repo, id) => {
            let check = world[*repo].checks.iter().find(|check| check.id == *id);
            check.and_then(|check| match name {
                "name" => value(&check.name),
                "conclusion" => value(check.conclusion.as_deref().map(str::to_uppercase)),
                _ => None,
            })
        }
        Thing::StatusContext(repo, id) => {
            let status = world[*repo].statuses.iter().find(|status| status.id == *id);
            status.and_then(|status| match name {
                "context" => value(&status.context),
                "state" => value(status.state.to_uppercase()),
                _ => None,
            })
        }
        Thing::Content { oid, .. } => match name {
            "oid" => value(oid),
            _ => None,
        },
        Thing::Connection { nodes, page } => match name {
            "nodes" => Some(Held::Things(nodes.iter().cloned().map(Some).collect())),
            "totalCount" => Some(Held::Value(json!(page.total))),
            "pageInfo" => Some(Held::Thing(Some(Thing::PageInfo(*page)))),
            _ => None,
        },
        Thing::PageInfo(page) => page_field(page, name),
        Thing::RateLimit => match name {
            "limit" | "remaining" => Some(Held::Value(json!(5_000))),
            "cost" => Some(Held::Value(json!(1))),
            "used" => Some(Held::Value(json!(0))),
            "resetAt" => Some(Held::Value(time(world.now()))),
            _ => None,
        },
    };
    found.ok_or_else(|| Trouble {
        kind: "undefinedField",
        message: format!(
            "Field '{name}' doesn't exist on type '{}'",
            thing.kinds(world)[0]
        ),
    })
}

/// What an issue or a comment has many of.
fn list_of(world: &World, thing: &Thing, name: &str) -> Option<Vec<Thing>> {
    match (thing, name) {
        (Thing::Comment(repo, id), "userContentEdits") => {
            let text = world.comment(*repo, *id).ok().map(|(_, it)| Text {
                id: it.id,
                author: it.author.account,
                created_at: it.created_at,
                edits: &it.edits,
            });
            Some(edits(text))
        }
        (Thing::Issue(repo, number) | Thing::Pull(repo, number), "userContentEdits") => {
            let text = world.issue(*repo, *number).ok().map(|it| Text {
                id: it.id,
                author: it.author.account,
                created_at: it.created_at,
                edits: &it.edits,
            });
            Some(edits(text))
        }
        // Of all that happens on an issue's page only this is known here.
        (Thing::Issue(repo, number), "timelineItems") => {
            let events = world.issue(*repo, *number).map(|it| it.events.clone());
            let moved = events.unwrap_or_default().into_iter();
            let moved = moved.filter_map(|event| event.from);
            Some(moved.map(Thing::Transferred).collect())
        }
        _ => None,
    }
}

fn query_field(
    world: &World,
    caller: Caller,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<Held, Trouble> {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or("");
    match name {
        "repository" => {
            let (owner, name) = (text("owner"), text("name"));
            let repo = world
                .repo_named(owner, name)
                .filter(|repo| caller.must_see(world, *repo).is_ok());
            repo.map(|repo| Held::Thing(Some(Thing::Repo(repo))))
                .ok_or_else(|| {
                    Trouble::not_found(format!(
                        "Could not resolve to a Repository with the name '{owner}/{name}'."
                    ))
                })
        }
        "node" => {
            let id = text("id");
            node(world, caller, id)
                .map(|thing| Held::Thing(Some(thing)))
                .ok_or_else(|| no_node(id))
        }
        "nodes" => {
            let ids = arguments.get("ids").and_then(Value::as_array);
            let ids = ids.map(Vec::as_slice).unwrap_or_default();
            if ids.len() > 100 {
                return Err(Trouble {
                    kind: "ARGUMENT_LIMIT",
                    message: "You may not provide more than 100 node ids.".to_owned(),
                });
            }
            let things = ids
                .iter()
                .map(|id| node(world, caller, id.as_str().unwrap_or("")));
            Ok(Held::Things(things.collect()))
        }
        "viewer" => {
            let account = match caller {
                Caller::Machine => world.machine,
                Caller::User(account) => account,
                Caller::App | Caller::Installation(_) | Caller::Nobody => world.bot,
            };
            Ok(Held::Thing(Some(Thing::Account(account))))
        }
        "rateLimit" => Ok(Held::Thing(Some(Thing::RateLimit))),
        _ => Err(Trouble {
            kind: "undefinedField",
            message: format!("Field '{name}' doesn't exist on type 'Query'"),
        }),
    }
}

pub(super) fn no_node(id: &str) -> Trouble {
    Trouble::not_found(format!(
        "Could not resolve to a node with the global id of '{id}'."
    ))
}

/// The thing of a node id, if the caller may see it.
fn node(world: &World, caller: Caller, id: &str) -> Option<Thing> {
    let (kind, number) = of_node_id(id)?;
    let visible = |repo: &RepoIx| caller.must_see(world, *repo).is_ok();
    let mut repos = world.repos().filter(|(repo, _)| visible(repo));
    match kind {
        "R" => repos
            .find(|(_, r)| r.id == number)
            .map(|(at, _)| Thing::Repo(at)),
        "I" | "PR" => repos.find_map(|(at, r)| {
            let issue = r.issues.values().find(|issue| issue.id == number)?;
            Some(if issue.pull.is_some() {
                Thing::Pull(at, issue.number)
            } else {
                Thing::Issue(at, issue.number)
            })
        }),
        "IC" => repos
            .map(|(at, _)| at)
            .find(|at| world.comment(*at, number).is_ok())
            .map(|at| Thing::Comment(at, number)),
        "U" | "O" | "BOT" => world
            .account_by_id(number)
            .map(|account| Thing::Account(account.id)),
        _ => None,
    }
}

/// A field that holds a value.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it stands among fields that may not exist"
)]
fn value(value: impl serde::Serialize) -> Option<Held> {
    Some(Held::Value(json!(value)))
}

/// The last check run of each name and the last status of each context.
fn contexts(world: &World, repo: RepoIx, oid: &str) -> Vec<Thing> {
    let checks = world[repo].checks.iter().filter(|check| check.sha == oid);
    let checks: BTreeMap<&str, u64> = checks.map(|it| (it.name.as_str(), it.id)).collect();
    let statuses = world[repo].statuses.iter().filter(|it| it.sha == oid);
    let statuses: BTreeMap<&str, u64> = statuses.map(|it| (it.context.as_str(), it.id)).collect();
    let checks = checks.into_values().map(|id| Thing::CheckRun(repo, id));
    let statuses = statuses
        .into_values()
        .map(|id| Thing::StatusContext(repo, id));
    checks.chain(statuses).collect()
}

/// What an id, or an expression such as `COMMIT:path`, names.
fn object(world: &World, repo: RepoIx, arguments: &Map<String, Value>) -> Option<Thing> {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str);
    if let Some(oid) = text("oid") {
        let commit = world[repo].commits.get(oid)?;
        return Some(Thing::Commit(repo, commit.sha.clone()));
    }
    let (commit, path) = text("expression")?.split_once(':')?;
    let tree = &world[repo].commit(commit)?.tree;
    if let Some(file) = tree.get(path) {
        let oid = sha1_like(&["blob", file]);
        let is_folder = false;
        return Some(Thing::Content { oid, is_folder });
    }
    let folder = format!("{}/", path.trim_end_matches('/'));
    let inside: Vec<&str> = tree
        .iter()
        .filter(|(path, _)| path.starts_with(&folder))
        .flat_map(|(path, text)| [path.as_str(), text.as_str()])
        .collect();
    (!inside.is_empty()).then(|| Thing::Content {
        oid: sha1_like(&inside),
        is_folder: true,
    })
}

fn repo_field(
    world: &World,
    repo: RepoIx,
    name: &str,
    arguments: &Map<String, Value>,
) -> Option<Held> {
    let number = arguments.get("number").and_then(Value::as_u64);
    let there = |is_pull: bool| {
        number.filter(|number| {
            world
                .issue(repo, *number)
                .is_ok_and(|issue| issue.pull.is_some() == is_pull)
        })
    };
    match name {
        "id" => value(node_id("R", world[repo].id)),
        "databaseId" => value(world[repo].id),
        "name" => value(&world[repo].name),
        "nameWithOwner" => value(world.full_name(repo)),
        "isPrivate" => value(world[repo].private),
        "owner" => Some(Held::Thing(Some(Thing::Account(world[repo].owner)))),
        "issue" => Some(Held::Thing(there(false).map(|n| Thing::Issue(repo, n)))),
        "object" => Some(Held::Thing(object(world, repo, arguments))),
        "pullRequest" => Some(Held::Thing(there(true).map(|n| Thing::Pull(repo, n)))),
        _ => None,
    }
}

fn issue_field(world: &World, repo: RepoIx, number: u64, name: &str) -> Option<Held> {
    let issue = world.issue(repo, number).ok()?;
    let state = match (&issue.pull, issue.open) {
        (Some(pull), false) if pull.merged.is_some() => "MERGED",
        (_, true) => "OPEN",
        (_, false) => "CLOSED",
    };
    match name {
        "id" => value(node_id(
            if issue.pull.is_some() { "PR" } else { "I" },
            issue.id,
        )),
        "databaseId" => value(issue.id),
        "number" => value(number),
        "title" => value(&issue.title),
        "body" => value(issue.body.as_deref().unwrap_or("")),
        "state" => value(state),
        "url" => value(world.issue_page(repo, issue)),
        "createdAt" => value(time(issue.created_at)),
        "updatedAt" => value(time(issue.updated_at)),
        "repository" => Some(Held::Thing(Some(Thing::Repo(repo)))),
        "author" => Some(Held::Thing(Some(Thing::Account(issue.author.account)))),
        _ => None,
    }
}

fn comment_field(world: &World, repo: RepoIx, id: u64, name: &str) -> Option<Held> {
    let (number, comment) = world.comment(repo, id).ok()?;
    let last = comment.edits.last();
    match name {
        "id" => value(node_id("IC", id)),
        "databaseId" | "fullDatabaseId" => value(id),
        "body" => value(&comment.body),
        "createdAt" => value(time(comment.created_at)),
        "updatedAt" => value(time(comment.updated_at)),
        "lastEditedAt" => value(maybe_time(last.map(|edit| edit.at))),
        "editor" => Some(Held::Thing(last.map(|edit| Thing::Account(edit.editor)))),
        "author" => Some(Held::Thing(Some(Thing::Account(comment.author.account)))),
        "issue" => Some(Held::Thing(Some(Thing::Issue(repo, number)))),
        _ => None,
    }
}

/// The edits of a comment, the latest first. Once there is one, the text as it was written at
/// first counts as the oldest, as on GitHub.
fn edits(text: Option<Text<'_>>) -> Vec<Thing> {
    let Some(text) = text else {
        return Vec::new();
    };
    let mut edits: Vec<Thing> = text.edits.iter().rev().cloned().map(Thing::Edit).collect();
    if !edits.is_empty() {
        edits.push(Thing::Edit(Edit {
            id: text.id,
            editor: text.author,
            at: text.created_at,
        }));
    }
    edits
}

fn edit_field(edit: &Edit, name: &str) -> Option<Held> {
    match name {
        "id" => value(node_id("UCE", edit.id)),
        "editedAt" | "createdAt" | "updatedAt" => value(time(edit.at)),
        "deletedAt" => value(Value::Null),
        "editor" => Some(Held::Thing(Some(Thing::Account(edit.editor)))),
        _ => None,
    }
}

/// A bot's login has no `[bot]` here, unlike in REST.
fn account_field(world: &World, id: u64, name: &str) -> Option<Held> {
    let account = world.account_by_id(id)?;
    let prefix = match account.kind {
        AccountKind::User => "U",
        AccountKind::Organization => "O",
        AccountKind::Bot => "BOT",
    };
    match name {
        "login" => value(account.login.trim_end_matches("[bot]")),
        "databaseId" => value(id),
        "id" => value(node_id(prefix, id)),
        _ => None,
    }
}

fn page_field(page: &Page, name: &str) -> Option<Held> {
    let cursor = |at: usize| format!("Y3Vyc29yOnYyOpH{at:05}");
    match name {
        "hasNextPage" => value(page.to < page.total),
        "hasPreviousPage" => value(page.from > 0),
        "startCursor" => value((page.from < page.to).then(|| cursor(page.from + 1))),
        "endCursor" => value((page.from < page.to).then(|| cursor(page.to))),
        _ => None,
    }
}

/// A page of a list, by `first` and `after`.
fn connection(
    all: Vec<Thing>,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<Held, Trouble> {
    let Some(first) = arguments.get("first").and_then(Value::as_u64) else {
        return Err(Trouble {
            kind: "MISSING_PAGINATION_BOUNDARIES",
            message: format!(
                "You must provide a `first` or `last` value to properly paginate the `{name}` connection."
            ),
        });
    };
    if first > MOST {
        return Err(Trouble {
            kind: "EXCESSIVE_PAGINATION",
            message: format!(
                "Requesting {first} records on the `{name}` connection exceeds the `first` limit of 100 records."
            ),
        });
    }
    let from: usize = arguments
        .get("after")
        .and_then(Value::as_str)
        .and_then(|cursor| cursor.rsplit('H').next())
        .and_then(|at| at.parse().ok())
        .unwrap_or(0);
    let total = all.len();
    let nodes: Vec<Thing> = all
        .into_iter()
        .skip(from)
        .take(usize::try_from(first).unwrap_or(usize::MAX))
        .collect();
    let page = Page {
        from,
        to: from + nodes.len(),
        total,
    };
    Ok(Held::Thing(Some(Thing::Connection { nodes, page })))
}
