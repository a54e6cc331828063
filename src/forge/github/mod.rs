//! Speaks to GitHub: what it says in webhooks becomes [`super::Heard`], what is asked of
//! [`super::Forge`] becomes requests.
//!
//! octocrab is used for what is hard to get right, App authentication and connections; its own
//! payload models and retries are not, since the first reject actions that they do not know and
//! the second repeat creating calls. Requests are sent bare, so that the headers of answers
//! (limits, pages, redirects) can be read.

use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::OnceCell;

use crate::domain::actor::{Permission, User};
use crate::domain::evidence::{TextAt, ThingAt};
use crate::domain::fact::{Milestone, PullSight};
use crate::domain::ids::{CommentId, CommitSha, InstallationId, ItemNumber, RepoId, RepoName};

use super::{
    Allowance, Call, CallError, Done, Forge, HookDelivery, IssueEvent, IssueNow, LabelSpec,
    ListFrom, ListPage, ListedComment, ListedIssue, PullLinks, RepoNow, RepoRef, StatusNow,
};

pub mod admin;
mod answer;
mod connection;
mod evidence;
mod find;
mod hook;
mod links;
mod lists;
mod milestone;
mod oauth;
pub mod payload;
mod queries;
mod reads;
pub mod registering;
mod releases;
mod request;
mod setup;
mod tags;
mod transmit;
mod wire;
mod writes;

pub use connection::{Called, OnCall};
pub use oauth::OAuth;
pub use setup::SetupError;

use connection::{As, Connection};

/// GitHub, or a GitHub Enterprise Server, with the credentials of an App or of a machine account.
pub struct GitHub {
    connection: Connection,
    /// Never changes while the process runs.
    own_account: OnceCell<User>,
}

impl GitHub {
    /// As an App. `api_url` is `https://api.github.com`, or `https://HOST/api/v3` for Enterprise;
    /// `pem` is the App's private key. Has to be called within the runtime, on which the
    /// connections live.
    ///
    /// # Errors
    /// If the address or the key is malformed. Nothing is sent yet.
    pub fn app(
        api_url: &str,
        app_id: u64,
        pem: &SecretString,
        on_call: OnCall,
    ) -> Result<Self, SetupError> {
        Ok(Self::over(Connection::app(api_url, app_id, pem, on_call)?))
    }

    /// As the machine account that a token belongs to; see [`GitHub::app`].
    ///
    /// # Errors
    /// If the address or the token is malformed. Nothing is sent yet.
    pub fn token(api_url: &str, token: &SecretString, on_call: OnCall) -> Result<Self, SetupError> {
        Ok(Self::over(Connection::token(api_url, token, on_call)?))
    }

    /// Where people look: `https://github.com`, or the Enterprise host; without a slash at the end.
    pub fn web_url(&self) -> &str {
        &self.connection.html_url
    }

    fn over(connection: Connection) -> Self {
        Self {
            connection,
            own_account: OnceCell::new(),
        }
    }
}

/// Says how it is let in, and not with what.
impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitHub")
            .field("app_id", &self.connection.app_id())
            .finish_non_exhaustive()
    }
}

/// On behalf of a repository's installation.
fn on_behalf_of(repo: &RepoRef) -> As {
    As::Installation(repo.installation)
}

impl Forge for GitHub {
    async fn own_account(&self) -> Result<User, CallError> {
        let account = self.own_account.get_or_try_init(|| self.read_own_account());
        account.await.cloned()
    }

    async fn hear(&self) -> Result<(), CallError> {
        self.hear_anything().await
    }

    fn allowance(&self, installation: InstallationId) -> Option<Allowance> {
        self.connection.allowance(installation)
    }

    async fn perform(&self, repo: &RepoRef, call: &Call) -> Result<Done, CallError> {
        self.write(repo, call).await
    }

    async fn find(&self, repo: &RepoRef, call: &Call) -> Result<Option<Done>, CallError> {
        self.find_created(repo, call).await
    }

    async fn repository(&self, repo: &RepoRef) -> Result<RepoNow, CallError> {
        self.read_repository(repo).await
    }

    async fn installed_on_all(&self, installation: InstallationId) -> Result<bool, CallError> {
        self.read_installed_on_all(installation).await
    }

    async fn hook_deliveries(&self, since: Timestamp) -> Result<Vec<HookDelivery>, CallError> {
        self.read_hook_deliveries(since).await
    }

    async fn redeliver(&self, attempt: u64) -> Result<(), CallError> {
        self.ask_for_redelivery(attempt).await
    }

    async fn issue(&self, repo: &RepoRef, number: ItemNumber) -> Result<IssueNow, CallError> {
        self.read_issue(repo, number).await
    }

    async fn issues(
        &self,
        repo: &RepoRef,
        from: ListFrom,
    ) -> Result<ListPage<ListedIssue>, CallError> {
        self.list_issues(repo, from).await
    }

    async fn comments(
        &self,
        repo: &RepoRef,
        from: ListFrom,
    ) -> Result<ListPage<ListedComment>, CallError> {
        self.list_comments(repo, from).await
    }

    async fn events(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Vec<IssueEvent>, CallError> {
        self.read_events(repo, number).await
    }

    async fn whereabouts(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Option<(RepoId, ItemNumber)>, CallError> {
        self.read_whereabouts(repo, number).await
    }

    async fn came_from(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Option<RepoId>, CallError> {
        self.query_came_from(repo, number).await
    }

    async fn missing(&self, repo: &RepoRef, nodes: &[String]) -> Result<Vec<String>, CallError> {
        self.query_missing(repo, nodes).await
    }

    async fn last_editor(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
        comment: Option<CommentId>,
    ) -> Result<Option<User>, CallError> {
        self.query_last_editor(repo, number, comment).await
    }

    async fn tags(&self, repo: &RepoRef, prefix: &str) -> Result<Vec<String>, CallError> {
        self.read_tag_names(repo, prefix).await
    }

    async fn comment(&self, repo: &RepoRef, comment: CommentId) -> Result<String, CallError> {
        Ok(self.read_comment(repo, comment).await?.into_text())
    }

    async fn editor_since_ours(
        &self,
        repo: &RepoRef,
        comment: CommentId,
    ) -> Result<Option<User>, CallError> {
        let own = Forge::own_account(self).await?;
        self.query_editor_since(repo, comment, &own).await
    }

    async fn labels(&self, repo: &RepoRef) -> Result<Vec<(u64, LabelSpec)>, CallError> {
        self.read_labels(repo).await
    }

    async fn file(
        &self,
        repo: &RepoRef,
        of: &RepoName,
        path: &str,
    ) -> Result<Option<String>, CallError> {
        self.read_file(repo, of, path).await
    }

    async fn milestones(&self, repo: &RepoRef) -> Result<Vec<(Milestone, Timestamp)>, CallError> {
        self.read_milestones(repo).await
    }

    async fn permission(&self, repo: &RepoRef, user: &User) -> Result<Permission, CallError> {
        self.read_permission(repo, user).await
    }

    async fn maintainers(&self, repo: &RepoRef) -> Result<Vec<User>, CallError> {
        self.read_maintainers(repo).await
    }

    async fn in_team(&self, repo: &RepoRef, team: &str, user: &User) -> Result<bool, CallError> {
        self.read_membership(repo, team, user).await
    }

    async fn team_members(&self, repo: &RepoRef, team: &str) -> Result<Vec<User>, CallError> {
        self.read_team_members(repo, team).await
    }

    async fn pull(&self, repo: &RepoRef, pull: ItemNumber) -> Result<PullSight, CallError> {
        self.read_pull(repo, pull).await
    }

    async fn pull_links(&self, repo: &RepoRef, pull: ItemNumber) -> Result<PullLinks, CallError> {
        self.query_pull_links(repo, pull).await
    }

    async fn changed_paths(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> Result<Vec<String>, CallError> {
        self.read_changed_paths(repo, pull).await
    }

    async fn things_at(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        paths: &[String],
    ) -> Result<Vec<Option<ThingAt>>, CallError> {
        self.query_things_at(repo, commit, paths).await
    }

    async fn text_at(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        path: &str,
    ) -> Result<TextAt, CallError> {
        self.read_text_at(repo, commit, path).await
    }

    async fn checks_are_green(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
    ) -> Result<Option<bool>, CallError> {
        self.query_checks_are_green(repo, commit).await
    }

    async fn tag(&self, repo: &RepoRef, name: &str) -> Result<Option<CommitSha>, CallError> {
        self.read_tag(repo, name).await
    }

    async fn status(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        context: &str,
    ) -> Result<Option<StatusNow>, CallError> {
        self.read_status(repo, commit, context).await
    }
}

#[cfg(test)]
mod tests;
