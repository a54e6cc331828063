//! What stands at a commit: the things at its paths, the text of a file, and how it fared in
//! checks. Paths are asked for together by GraphQL, since a hand-off has many and each push asks
//! for all of them.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::domain::evidence::{TextAt, ThingAt};
use crate::domain::ids::CommitSha;
use crate::forge::{CallError, Conclusion, Forge, RepoRef, StatusNow};

use super::queries::{MAX_PAGES, Page};
use super::reads::{Content, bytes};
use super::wire::Account;
use super::writes::about;
use super::{GitHub, on_behalf_of};

const THINGS_AT: &str = include_str!("things_at.graphql");
const CHECKS_OF: &str = include_str!("checks_of.graphql");

/// How the names of our own checks begin.
const OWN_CHECKS: &str = "labhand/";

/// So many paths go into one question.
const PATHS_AT_ONCE: usize = 8;

/// Paths in git's own notation, `COMMIT:path`: whatever stands behind the first colon is the path.
#[derive(Serialize)]
struct ThingsVariables<'a> {
    owner: &'a str,
    name: &'a str,
    commit: &'a str,
    at0: String,
    at1: String,
    at2: String,
    at3: String,
    at4: String,
    at5: String,
    at6: String,
    at7: String,
}

#[derive(Deserialize)]
struct InRepository<T> {
    repository: Option<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Things {
    database_id: Option<u64>,
    commit: Option<Submodular>,
    at0: Option<Object>,
    at1: Option<Object>,
    at2: Option<Object>,
    at3: Option<Object>,
    at4: Option<Object>,
    at5: Option<Object>,
    at6: Option<Object>,
    at7: Option<Object>,
}

#[derive(Deserialize)]
struct Object {
    #[serde(rename = "__typename")]
    kind: String,
    oid: String,
}

impl Object {
    fn thing(self) -> ThingAt {
        ThingAt {
            is_folder: self.kind != "Blob",
            object: self.oid,
        }
    }
}

/// A commit; another kind of object shows as one without submodules.
#[derive(Deserialize)]
struct Submodular {
    submodules: Option<Submodules>,
}

#[derive(Deserialize)]
struct Submodules {
    nodes: Option<Vec<Option<Submodule>>>,
}

/// Its commit is in another repository, so that GitHub shows no object in its place.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Submodule {
    path: String,
    subproject_commit_oid: Option<String>,
}

#[derive(Serialize)]
struct ChecksVariables<'a> {
    owner: &'a str,
    name: &'a str,
    commit: &'a str,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Checked {
    database_id: Option<u64>,
    commit: Option<RolledUp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RolledUp {
    status_check_rollup: Option<Rollup>,
}

#[derive(Deserialize)]
struct Rollup {
    contexts: Page<CheckOrStatus>,
}

/// What a check run calls `name` and `conclusion` is a commit status' `context` and `state`.
#[derive(Deserialize)]
struct CheckOrStatus {
    #[serde(alias = "context")]
    name: Option<String>,
    #[serde(alias = "state")]
    conclusion: Option<String>,
}

impl CheckOrStatus {
    fn is_own(&self) -> bool {
        let name = self.name.as_deref().unwrap_or_default();
        name.starts_with(OWN_CHECKS)
    }

    /// One that is still running has no conclusion. GitHub counts what was skipped as passed.
    fn is_green(&self) -> bool {
        matches!(
            self.conclusion.as_deref(),
            Some("SUCCESS" | "NEUTRAL" | "SKIPPED")
        )
    }
}

/// A commit status.
#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
    description: Option<String>,
    creator: Option<Account>,
}

impl GitHub {
    pub(super) async fn query_things_at(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        paths: &[String],
    ) -> Result<Vec<Option<ThingAt>>, CallError> {
        let mut found = Vec::with_capacity(paths.len());
        for some in paths.chunks(PATHS_AT_ONCE) {
            found.extend(self.query_some_things(repo, commit, some).await?);
        }
        Ok(found)
    }

    /// At least one path and at most eight; the places of those that are missing repeat the first.
    async fn query_some_things(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        paths: &[String],
    ) -> Result<Vec<Option<ThingAt>>, CallError> {
        let at = |index: usize| {
            let path = paths.get(index).or(paths.first());
            format!("{commit}:{}", path.map_or("", String::as_str))
        };
        let variables = ThingsVariables {
            owner: repo.name.owner(),
            name: repo.name.name(),
            commit: commit.as_str(),
            at0: at(0),
            at1: at(1),
            at2: at(2),
            at3: at(3),
            at4: at(4),
            at5: at(5),
            at6: at(6),
            at7: at(7),
        };
        let found: InRepository<Things> = self.query(repo, THINGS_AT, variables).await?;
        let here = |things: &Things| things.database_id == Some(repo.id.0);
        let things = found.repository.filter(here).ok_or_else(|| moved(repo))?;
        let commit = things.commit.ok_or_else(|| no_commit(commit))?;
        let submodules = commit.submodules.and_then(|submodules| submodules.nodes);
        let submodules: Vec<Submodule> = submodules.into_iter().flatten().flatten().collect();
        let objects = [
            things.at0, things.at1, things.at2, things.at3, things.at4, things.at5, things.at6,
            things.at7,
        ];
        let things = paths.iter().zip(objects);
        let things = things.map(|(path, object)| match object {
            Some(object) => Some(object.thing()),
            None => submodule_at(path, &submodules),
        });
        Ok(things.collect())
    }

    /// What GitHub does not hand out is no error: it is there, and cannot be read.
    pub(super) async fn read_text_at(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        path: &str,
    ) -> Result<TextAt, CallError> {
        let route = "/repos/{owner}/{repo}/contents/{path}";
        let request = about(repo, Method::GET, route, &[path]).query("ref", commit.as_str());
        let content = match self.connection.json(on_behalf_of(repo), &request).await {
            Ok(content) => content,
            // A path that git does not know either, such as one with `..` in it, is 422.
            Err(CallError::Missing(_) | CallError::Refused { status: 422, .. }) => {
                return Ok(TextAt::Nothing);
            }
            // Over 100 MB; what is smaller comes without its content.
            Err(CallError::Refused {
                status: 403,
                message,
            }) if message.contains("too_large") => return Ok(TextAt::TooLarge),
            Err(error) => return Err(error),
        };
        Ok(match content {
            Content::File { encoding, content } if encoding == "base64" => {
                match bytes(&content).map(String::from_utf8) {
                    Some(Ok(text)) => TextAt::Text(text),
                    Some(Err(_)) => TextAt::NotText,
                    None => return Err(CallError::Unreadable("a file's base64".to_owned())),
                }
            }
            Content::File { .. } => TextAt::TooLarge,
            Content::Other(_) => TextAt::Nothing,
        })
    }

    pub(super) async fn query_checks_are_green(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
    ) -> Result<Option<bool>, CallError> {
        let mut green = None;
        let mut after = None;
        for _ in 0..MAX_PAGES {
            let variables = ChecksVariables {
                owner: repo.name.owner(),
                name: repo.name.name(),
                commit: commit.as_str(),
                after,
            };
            let found: InRepository<Checked> = self.query(repo, CHECKS_OF, variables).await?;
            let here = |found: &Checked| found.database_id == Some(repo.id.0);
            let found = found.repository.filter(here).ok_or_else(|| moved(repo))?;
            let commit = found.commit.ok_or_else(|| no_commit(commit))?;
            let Some(rollup) = commit.status_check_rollup else {
                break;
            };
            let nodes = rollup.contexts.nodes.into_iter().flatten().flatten();
            for check in nodes.filter(|check| !check.is_own()) {
                green = Some(green.unwrap_or(true) && check.is_green());
            }
            after = rollup.contexts.page_info.end_cursor;
            if !rollup.contexts.page_info.has_next_page || after.is_none() {
                break;
            }
        }
        Ok(green)
    }

    /// GitHub lists the latest first, and names the writer only in this list. It compares contexts
    /// without regard to case.
    pub(super) async fn read_status(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        context: &str,
    ) -> Result<Option<StatusNow>, CallError> {
        let own = self.own_account().await?;
        let route = "/repos/{owner}/{repo}/commits/{ref}/statuses";
        let request = about(repo, Method::GET, route, &[commit.as_str()]);
        let pages: Vec<Vec<Status>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let mut statuses = pages.into_iter().flatten();
        let latest = statuses.find(|status| status.context.eq_ignore_ascii_case(context));
        Ok(latest.map(|status| StatusNow {
            conclusion: if status.state == "success" {
                Conclusion::Success
            } else {
                Conclusion::Failure
            },
            title: status.description.unwrap_or_default(),
            by_us: status.creator.is_some_and(|it| it.id == own.id.0),
        }))
    }
}

fn submodule_at(path: &str, submodules: &[Submodule]) -> Option<ThingAt> {
    let there = submodules.iter().find(|submodule| submodule.path == path)?;
    Some(ThingAt {
        object: there.subproject_commit_oid.clone()?,
        is_folder: true,
    })
}

fn no_commit(commit: &CommitSha) -> CallError {
    CallError::Missing(format!("commit {}", commit.short()))
}

/// Another repository may have taken the name of one that was renamed or deleted.
fn moved(repo: &RepoRef) -> CallError {
    CallError::Missing(format!("repository {}", repo.name))
}
