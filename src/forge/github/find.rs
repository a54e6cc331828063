//! Looks for what a creation made whose answer was lost. Only what our own account made counts:
//! anybody can copy a hidden marker into a comment.

use http::Method;
use serde::Deserialize;

use crate::domain::actor::User;
use crate::domain::ids::{CommentId, ItemNumber};
use crate::forge::{Call, CallError, Check, CommentMade, Done, Forge, ReleaseCall, RepoRef, Slot};

use super::wire::{Account, Issue};
use super::writes::{about, check_marker, is_marked_for};
use super::{GitHub, on_behalf_of};

#[derive(Deserialize)]
struct Listed {
    id: u64,
    #[serde(default)]
    node_id: String,
    body: Option<String>,
    user: Option<Account>,
}

#[derive(Deserialize)]
struct CheckRuns {
    check_runs: Vec<CheckRun>,
}

#[derive(Deserialize)]
struct CheckRun {
    id: u64,
    external_id: Option<String>,
}

impl CheckRun {
    fn external_id(&self) -> &str {
        self.external_id.as_deref().unwrap_or_default()
    }
}

impl GitHub {
    /// Writes that may be repeated need no looking for, so nothing is found of them.
    pub(super) async fn find_created(
        &self,
        repo: &RepoRef,
        call: &Call,
    ) -> Result<Option<Done>, CallError> {
        match call {
            Call::CreateComment { number, slot, .. } => {
                self.find_comment(repo, *number, slot).await
            }
            Call::CreateIssue { slot, .. } => self.find_issue(repo, slot).await,
            Call::WriteCheck {
                existing: None,
                check,
            } => self.find_check_run(repo, check).await,
            Call::Release(ReleaseCall::Create(new)) => self.find_release(repo, new).await,
            Call::Tag(tag) => self.find_tag(repo, tag).await,
            Call::WriteCheck {
                existing: Some(_), ..
            }
            | Call::Release(ReleaseCall::Attach { .. } | ReleaseCall::Publish { .. })
            | Call::CreateLabel(_)
            | Call::AddLabels { .. }
            | Call::RemoveLabel { .. }
            | Call::EditComment { .. }
            | Call::React { .. }
            | Call::Close { .. }
            | Call::Reopen { .. }
            | Call::EditIssue { .. } => Ok(None),
        }
    }

    async fn find_comment(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
        slot: &Slot,
    ) -> Result<Option<Done>, CallError> {
        let own = self.own_account().await?;
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
        let request = about(repo, Method::GET, route, &[&number.to_string()]);
        let pages: Vec<Vec<Listed>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let marker = slot.marker();
        let found = pages.iter().flatten().find(|comment| {
            is_own(comment.user.as_ref(), &own) && bears(comment.body.as_deref(), &marker)
        });
        let found = found.map(|comment| CommentMade {
            id: CommentId(comment.id),
            node: comment.node_id.clone(),
        });
        Ok(found.map(Done::Comment))
    }

    async fn find_issue(&self, repo: &RepoRef, slot: &Slot) -> Result<Option<Done>, CallError> {
        let own = self.own_account().await?;
        let request = about(repo, Method::GET, "/repos/{owner}/{repo}/issues", &[])
            .query("state", "all")
            .query("creator", own.login.as_str());
        let pages: Vec<Vec<Issue>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let marker = slot.marker();
        let found = pages.iter().flatten().find(|issue| {
            is_own(issue.user.as_ref(), &own) && bears(issue.body.as_deref(), &marker)
        });
        Ok(found.map(|issue| Done::Issue(ItemNumber(issue.number))))
    }

    /// A commit status can be repeated, so with a token there is nothing to look for. Of several
    /// check runs only the latest counts, so that one which it has replaced is not found.
    async fn find_check_run(
        &self,
        repo: &RepoRef,
        check: &Check,
    ) -> Result<Option<Done>, CallError> {
        let Some(app_id) = self.connection.app_id() else {
            return Ok(None);
        };
        let route = "/repos/{owner}/{repo}/commits/{ref}/check-runs";
        let request = about(repo, Method::GET, route, &[check.sha.as_str()])
            .query("check_name", &check.name)
            .query("app_id", &app_id.to_string())
            .query("filter", "all");
        let pages: Vec<CheckRuns> = self.connection.pages(on_behalf_of(repo), request).await?;
        let marker = check_marker(check);
        let runs = pages.iter().flat_map(|page| &page.check_runs);
        let latest = runs
            .filter(|run| is_marked_for(run.external_id(), check))
            .max_by_key(|run| run.id);
        let found = latest.filter(|run| run.external_id() == marker);
        Ok(found.map(|run| Done::Check(run.id)))
    }
}

fn is_own(account: Option<&Account>, own: &User) -> bool {
    account.is_some_and(|account| account.id == own.id.0)
}

fn bears(body: Option<&str>, marker: &str) -> bool {
    body.is_some_and(|body| body.contains(marker))
}
