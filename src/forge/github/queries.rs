//! Asking by GraphQL, and what only it knows: which issues a pull request closes, by its text or by links made in
//! the sidebar, and who edited a comment. The queries stand in files of their own, which are held
//! against GitHub's schema.

use http::Method;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::actor::User;
use crate::domain::ids::{CommentId, ItemNumber, Login, RepoId, UserId};
use crate::forge::{CallError, PullLinks, RepoRef};

use super::answer::harmless;
use super::request::Request;
use super::{GitHub, on_behalf_of};

const PULL_LINKS: &str = include_str!("pull_links.graphql");
const CAME_FROM: &str = include_str!("came_from.graphql");
const EDITORS: &str = include_str!("editors.graphql");

/// More pages than a pull request closes issues or a commit has checks: ends a list that goes in circles.
pub(super) const MAX_PAGES: usize = 100;

#[derive(Serialize)]
struct Query<'a, V> {
    query: &'a str,
    variables: V,
}

/// GraphQL answers with status 200 whatever happens.
#[derive(Deserialize)]
struct Reply<T> {
    data: Option<T>,
    #[serde(default)]
    errors: Vec<Complaint>,
}

/// What came back: an answer may be one in part.
struct Answered<T> {
    data: Option<T>,
    complaints: Vec<CallError>,
}

impl<T> Answered<T> {
    /// What was answered, unless there is a complaint that is so.
    fn unless(self, is_grave: impl FnMut(&CallError) -> bool) -> Result<T, CallError> {
        if let Some(complaint) = self.complaints.into_iter().find(is_grave) {
            return Err(complaint);
        }
        let empty = || CallError::Unreadable("a reply without data".to_owned());
        self.data.ok_or_else(empty)
    }
}

#[derive(Deserialize)]
struct Complaint {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: String,
}

#[derive(Serialize)]
struct PullVariables<'a> {
    owner: &'a str,
    name: &'a str,
    number: u64,
    after: Option<String>,
}

#[derive(Deserialize)]
struct InRepository {
    repository: Option<OfPull>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfPull {
    pull_request: Option<Closes>,
}

#[derive(Deserialize)]
struct ChangedPath {
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Closes {
    closing_issues_references: Option<Page<ClosedIssue>>,
    files: Option<Page<ChangedPath>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page<T> {
    pub(super) nodes: Option<Vec<Option<T>>>,
    pub(super) page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
    pub(super) end_cursor: Option<String>,
}

#[derive(Serialize)]
struct IssueVariables<'a> {
    owner: &'a str,
    name: &'a str,
    number: u64,
}

#[derive(Deserialize)]
struct Moved {
    repository: Option<OfIssue>,
}

#[derive(Deserialize)]
struct OfIssue {
    issue: Option<Timeline>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timeline {
    timeline_items: Transfers,
}

#[derive(Deserialize)]
struct Transfers {
    nodes: Option<Vec<Option<Transfer>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Transfer {
    from_repository: Option<RepositoryId>,
}

#[derive(Deserialize)]
struct ClosedIssue {
    number: u64,
    repository: RepositoryId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RepositoryId {
    database_id: Option<u64>,
}

#[derive(Serialize)]
struct NodeVariables<'a> {
    id: &'a str,
}

#[derive(Deserialize)]
struct InNode {
    node: Option<Edited>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Edited {
    user_content_edits: Option<Edits>,
}

#[derive(Deserialize)]
struct Edits {
    nodes: Option<Vec<Option<Edit>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Edit {
    edited_at: Timestamp,
    editor: Option<Editor>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Editor {
    #[serde(rename = "__typename")]
    kind: Option<String>,
    login: String,
    database_id: Option<u64>,
}

impl Edit {
    /// Who made it; `None` if that is a bot, or somebody whose account is gone.
    pub(super) fn person(self) -> Option<User> {
        let editor = self.editor?;
        if editor.is_bot() { None } else { editor.user() }
    }
}

impl Editor {
    fn is_bot(&self) -> bool {
        self.kind.as_deref() == Some("Bot")
    }

    /// GraphQL calls a bot `labhand` whom REST and everybody else call `labhand[bot]`.
    fn user(self) -> Option<User> {
        let is_bot = self.is_bot() && !self.login.ends_with("[bot]");
        let suffix = if is_bot { "[bot]" } else { "" };
        Some(User {
            id: UserId(self.database_id?),
            login: Login::new(&format!("{}{suffix}", self.login)),
        })
    }
}

impl GitHub {
    pub(super) async fn query_pull_links(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> Result<PullLinks, CallError> {
        let mut closes = Vec::new();
        let mut changes = None;
        let mut after = None;
        for _ in 0..MAX_PAGES {
            let variables = PullVariables {
                owner: repo.name.owner(),
                name: repo.name.name(),
                number: pull.0,
                after,
            };
            let found: InRepository = self.query(repo, PULL_LINKS, variables).await?;
            let found = found.repository.and_then(|it| it.pull_request);
            let missing = || CallError::Missing(format!("pull request {pull}"));
            let found = found.ok_or_else(missing)?;
            changes = found.files.map(|page| {
                let nodes = page.nodes.into_iter().flatten().flatten();
                let paths = nodes.map(|file| file.path).collect();
                (paths, page.page_info.has_next_page)
            });
            let Some(page) = found.closing_issues_references else {
                break;
            };
            let nodes = page.nodes.into_iter().flatten().flatten();
            let here = nodes.filter(|issue| issue.repository.database_id == Some(repo.id.0));
            closes.extend(here.map(|issue| ItemNumber(issue.number)));
            after = page.page_info.end_cursor;
            if !page.page_info.has_next_page || after.is_none() {
                break;
            }
        }
        let (paths, more_paths) = changes.unwrap_or_default();
        Ok(PullLinks {
            closes,
            paths,
            more_paths,
        })
    }

    /// Where an issue was before it was moved here, as far as GitHub lets us know.
    pub(super) async fn query_came_from(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Option<RepoId>, CallError> {
        let variables = IssueVariables {
            owner: repo.name.owner(),
            name: repo.name.name(),
            number: number.0,
        };
        let found: Moved = self.query(repo, CAME_FROM, variables).await?;
        let timeline = found.repository.and_then(|it| it.issue);
        let moves = timeline.and_then(|it| it.timeline_items.nodes);
        let last = moves.into_iter().flatten().flatten().next_back();
        let from = last.and_then(|it| it.from_repository);
        Ok(from.and_then(|it| it.database_id).map(RepoId))
    }

    /// The edits of a text, the newest first. Edits of one second stay in the order in which GitHub
    /// lists them.
    pub(super) async fn query_edits(
        &self,
        repo: &RepoRef,
        node: &str,
    ) -> Result<Vec<Edit>, CallError> {
        let variables = NodeVariables { id: node };
        let found: InNode = self.query(repo, EDITORS, variables).await?;
        let missing = || CallError::Missing("the text".to_owned());
        let edits = found.node.ok_or_else(missing)?.user_content_edits;
        let edits = edits.and_then(|edits| edits.nodes).unwrap_or_default();
        let mut edits: Vec<Edit> = edits.into_iter().flatten().collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.edited_at));
        Ok(edits)
    }

    pub(super) async fn query_editor_since(
        &self,
        repo: &RepoRef,
        comment: CommentId,
        own: &User,
    ) -> Result<Option<User>, CallError> {
        let comment = self.read_comment(repo, comment).await?;
        let edits = self.query_edits(repo, &comment.node_id).await?;
        let mut only: Option<User> = None;
        for edit in edits {
            let Some(editor) = edit.editor else {
                return Ok(None);
            };
            let is_bot = editor.is_bot();
            let Some(user) = editor.user() else {
                return Ok(None);
            };
            if user.id == own.id {
                break;
            }
            if is_bot || only.as_ref().is_some_and(|other| other.id != user.id) {
                return Ok(None);
            }
            only = Some(user);
        }
        Ok(only)
    }

    pub(super) async fn query<T: DeserializeOwned>(
        &self,
        repo: &RepoRef,
        query: &str,
        variables: impl Serialize,
    ) -> Result<T, CallError> {
        let answered = self.ask(repo, query, variables).await?;
        answered.unless(|_| true)
    }

    /// What is not there is no error, and stands as `null` in the answer.
    pub(super) async fn query_partly<T: DeserializeOwned>(
        &self,
        repo: &RepoRef,
        query: &str,
        variables: impl Serialize,
    ) -> Result<T, CallError> {
        let answered = self.ask(repo, query, variables).await?;
        answered.unless(|error| !matches!(error, CallError::Missing(_)))
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        repo: &RepoRef,
        query: &str,
        variables: impl Serialize,
    ) -> Result<Answered<T>, CallError> {
        let request = Request::new(Method::POST, "/graphql", &[]).json(&Query { query, variables });
        let answer = self
            .connection
            .graphql(on_behalf_of(repo), &request)
            .await?;
        let reply: Reply<T> = answer.json(request.twice)?;
        let complaints = reply.errors.iter().map(|complaint| {
            let message = harmless(&complaint.message);
            match complaint.kind.as_deref() {
                Some("NOT_FOUND") => CallError::Missing(message),
                Some("RATE_LIMITED") => answer.limited(),
                Some(_) | None => CallError::Refused {
                    status: answer.status.as_u16(),
                    message,
                },
            }
        });
        Ok(Answered {
            complaints: complaints.collect(),
            data: reply.data,
        })
    }
}
