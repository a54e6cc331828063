//! Reads over REST.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::Method;
use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::actor::{Permission, User};
use crate::domain::fact::{self, PullSight};
use crate::domain::ids::{CommentId, InstallationId, ItemNumber, RepoName};
use crate::forge::{CallError, IssueNow, LabelSpec, RepoNow, RepoRef};

use super::connection::As;
use super::milestone::Milestone;
use super::request::{Request, in_repo};
use super::wire::{Account, Issue, Label, Pull};
use super::writes::about;
use super::{GitHub, on_behalf_of};

/// Where GitHub lists a team's members.
const TEAM_MEMBERS: &str = "/orgs/{org}/teams/{team_slug}/members";

#[derive(Deserialize)]
struct App {
    slug: String,
}

#[derive(Deserialize)]
struct Installation {
    repository_selection: Option<String>,
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: RepoName,
    default_branch: String,
    #[serde(default)]
    private: bool,
    owner: Option<Account>,
}

/// A comment, or the text of an issue, as it is now.
#[derive(Deserialize)]
pub(super) struct Comment {
    pub(super) node_id: String,
    body: Option<String>,
    user: Option<Account>,
}

impl Comment {
    /// Who wrote it, if that was a person who is still there.
    pub(super) fn person(&self) -> Option<User> {
        let person = self.user.as_ref().filter(|user| !user.is_bot());
        person.map(Account::user)
    }

    pub(super) fn into_text(self) -> String {
        self.body.unwrap_or_default()
    }
}

/// What stands at a path: only a file has content; a folder is a list, which is no object.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Content {
    File { encoding: String, content: String },
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct CollaboratorPermission {
    permission: Option<String>,
    user: Option<Collaborator>,
}

#[derive(Deserialize)]
struct Collaborator {
    permissions: Option<Permissions>,
}

/// Somebody in the list of those who may do something in a repository.
#[derive(Deserialize)]
struct Listed {
    #[serde(flatten)]
    account: Account,
    permissions: Option<Permissions>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "GitHub's form; it becomes one word at once"
)]
struct Permissions {
    admin: bool,
    maintain: bool,
    push: bool,
    triage: bool,
    pull: bool,
}

#[derive(Deserialize)]
struct Membership {
    state: String,
}

#[derive(Deserialize)]
struct ChangedFile {
    filename: String,
    previous_filename: Option<String>,
}

impl GitHub {
    /// An App writes as `slug[bot]`, an account whose id only its profile tells.
    pub(super) async fn read_own_account(&self) -> Result<User, CallError> {
        let account: Account = if self.connection.app_id().is_some() {
            let app: App = self
                .connection
                .json(As::App, &Request::get("/app", &[]))
                .await?;
            let installation = self.connection.some_installation().await?;
            let nowhere = || CallError::Missing("the App is installed nowhere".to_owned());
            let asker = As::Installation(installation.ok_or_else(nowhere)?);
            let login = format!("{}[bot]", app.slug);
            let request = Request::get("/users/{username}", &[&login]);
            self.connection.json(asker, &request).await?
        } else {
            self.connection
                .json(As::App, &Request::get("/user", &[]))
                .await?
        };
        Ok(account.user())
    }

    /// Another repository may have taken the name of one that was renamed or deleted.
    pub(super) async fn read_repository(&self, repo: &RepoRef) -> Result<RepoNow, CallError> {
        let request = about(repo, Method::GET, "/repos/{owner}/{repo}", &[]);
        let now: Repository = self.connection.json(on_behalf_of(repo), &request).await?;
        if now.id != repo.id.0 {
            return Err(CallError::Missing(
                "another repository of that name".to_owned(),
            ));
        }
        Ok(RepoNow {
            name: now.full_name,
            default_branch: now.default_branch,
            private: now.private,
            personal: now.owner.as_ref().is_some_and(Account::is_person),
        })
    }

    /// Its event says so too, but may have been sent before anybody listened.
    pub(super) async fn hear_anything(&self) -> Result<(), CallError> {
        let who = match self.connection.app_id() {
            Some(_) => "/app",
            None => "/user",
        };
        let request = Request::get(who, &[]);
        self.connection.exchange(As::App, &request).await?;
        Ok(())
    }

    pub(super) async fn read_installed_on_all(
        &self,
        installation: InstallationId,
    ) -> Result<bool, CallError> {
        if self.connection.app_id().is_none() {
            return Ok(false);
        }
        let route = "/app/installations/{installation_id}";
        let request = Request::get(route, &[&installation.to_string()]);
        let found: Installation = self.connection.json(As::App, &request).await?;
        Ok(found.repository_selection.as_deref() == Some("all"))
    }

    pub(super) async fn read_issue(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<IssueNow, CallError> {
        let route = "/repos/{owner}/{repo}/issues/{issue_number}";
        let request = about(repo, Method::GET, route, &[&number.to_string()]);
        let issue: Issue = self.connection.json(on_behalf_of(repo), &request).await?;
        let no_time = || CallError::Unreadable("an issue without `updated_at`".to_owned());
        let updated_at = issue.changed().ok_or_else(no_time)?;
        Ok(IssueNow {
            snapshot: issue.snapshot(updated_at),
            updated_at,
        })
    }

    pub(super) async fn read_comment(
        &self,
        repo: &RepoRef,
        comment: CommentId,
    ) -> Result<Comment, CallError> {
        let route = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
        let request = about(repo, Method::GET, route, &[&comment.to_string()]);
        self.connection.json(on_behalf_of(repo), &request).await
    }

    /// The text of an issue or pull request, in the form of a comment.
    pub(super) async fn read_text(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Comment, CallError> {
        let route = "/repos/{owner}/{repo}/issues/{issue_number}";
        let request = about(repo, Method::GET, route, &[&number.to_string()]);
        self.connection.json(on_behalf_of(repo), &request).await
    }

    pub(super) async fn read_labels(
        &self,
        repo: &RepoRef,
    ) -> Result<Vec<(u64, LabelSpec)>, CallError> {
        let request = about(repo, Method::GET, "/repos/{owner}/{repo}/labels", &[]);
        let pages: Vec<Vec<Label>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let labels = pages.into_iter().flatten();
        Ok(labels.map(|label| (label.id, label.spec())).collect())
    }

    pub(super) async fn read_milestones(
        &self,
        repo: &RepoRef,
    ) -> Result<Vec<(fact::Milestone, Timestamp)>, CallError> {
        let request = about(repo, Method::GET, "/repos/{owner}/{repo}/milestones", &[]);
        let request = request.query("state", "all");
        let pages: Vec<Vec<Milestone>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let no_time = || CallError::Unreadable("a milestone without `updated_at`".to_owned());
        let milestones = pages.iter().flatten();
        milestones
            .map(|milestone| Ok((milestone.read(), milestone.changed().ok_or_else(no_time)?)))
            .collect()
    }

    /// Without a `ref`, GitHub reads the default branch.
    pub(super) async fn read_file(
        &self,
        repo: &RepoRef,
        of: &RepoName,
        path: &str,
    ) -> Result<Option<String>, CallError> {
        let route = "/repos/{owner}/{repo}/contents/{path}";
        let request = Request::get(route, &in_repo(of, &[path]));
        let content = match self.connection.json(on_behalf_of(repo), &request).await {
            Ok(content) => content,
            Err(CallError::Missing(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        match content {
            Content::File { encoding, content } if encoding == "base64" => {
                decode(&content).map(Some)
            }
            // Files over 1 MB come with the encoding `none`.
            Content::File { .. } => Err(CallError::Unreadable(format!("{path} is over 1 MB"))),
            Content::Other(_) => Ok(None),
        }
    }

    pub(super) async fn read_permission(
        &self,
        repo: &RepoRef,
        user: &User,
    ) -> Result<Permission, CallError> {
        let route = "/repos/{owner}/{repo}/collaborators/{username}/permission";
        let request = about(repo, Method::GET, route, &[user.login.as_str()]);
        let found: Result<CollaboratorPermission, _> =
            self.connection.json(on_behalf_of(repo), &request).await;
        match found {
            Ok(found) => Ok(found.read()),
            Err(CallError::Missing(_)) => Ok(Permission::None),
            Err(error) => Err(error),
        }
    }

    /// GitHub's filter spares the pages of all who may only read, but whether it keeps those who may
    /// do more than it asks for is not documented: hence both questions.
    pub(super) async fn read_maintainers(&self, repo: &RepoRef) -> Result<Vec<User>, CallError> {
        let mut found: Vec<User> = Vec::new();
        for permission in ["maintain", "admin"] {
            let route = "/repos/{owner}/{repo}/collaborators";
            let request = about(repo, Method::GET, route, &[]).query("permission", permission);
            let pages: Vec<Vec<Listed>> =
                self.connection.pages(on_behalf_of(repo), request).await?;
            let maintainers = pages.into_iter().flatten().filter_map(Listed::maintainer);
            for user in maintainers {
                if found.iter().all(|other| other.id != user.id) {
                    found.push(user);
                }
            }
        }
        Ok(found)
    }

    pub(super) async fn read_team_members(
        &self,
        repo: &RepoRef,
        team: &str,
    ) -> Result<Vec<User>, CallError> {
        let (org, slug) = parted(team)?;
        let request = Request::get(TEAM_MEMBERS, &[org, slug]);
        let pages: Vec<Vec<Account>> = self.connection.pages(on_behalf_of(repo), request).await?;
        Ok(pages.iter().flatten().map(Account::user).collect())
    }

    /// GitHub answers 404 for somebody who is no member as for a team that is none.
    pub(super) async fn read_membership(
        &self,
        repo: &RepoRef,
        team: &str,
        user: &User,
    ) -> Result<bool, CallError> {
        let (org, slug) = parted(team)?;
        let route = "/orgs/{org}/teams/{team_slug}/memberships/{username}";
        let request = Request::get(route, &[org, slug, user.login.as_str()]);
        let asker = on_behalf_of(repo);
        match self.connection.json::<Membership>(asker, &request).await {
            Ok(membership) => Ok(membership.state == "active"),
            Err(CallError::Missing(_)) => {
                let request = Request::get(TEAM_MEMBERS, &[org, slug]).query("per_page", "1");
                self.connection.send(asker, &request).await?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) async fn read_pull(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> Result<PullSight, CallError> {
        let route = "/repos/{owner}/{repo}/pulls/{pull_number}";
        let request = about(repo, Method::GET, route, &[&pull.to_string()]);
        let pull: Pull = self.connection.json(on_behalf_of(repo), &request).await?;
        Ok(pull.sight())
    }

    /// A renamed file counts with both of its names.
    pub(super) async fn read_changed_paths(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> Result<Vec<String>, CallError> {
        let route = "/repos/{owner}/{repo}/pulls/{pull_number}/files";
        let request = about(repo, Method::GET, route, &[&pull.to_string()]);
        let pages: Vec<Vec<ChangedFile>> =
            self.connection.pages(on_behalf_of(repo), request).await?;
        let files = pages.into_iter().flatten();
        let paths = files.flat_map(|file| [Some(file.filename), file.previous_filename]);
        Ok(paths.flatten().collect())
    }
}

/// The organisation and the team of `org/team`.
fn parted(team: &str) -> Result<(&str, &str), CallError> {
    let no_team = || CallError::Missing(format!("team {team}"));
    team.split_once('/').ok_or_else(no_team)
}

/// A file's content; GitHub breaks its base64 into lines.
pub(super) fn bytes(content: &str) -> Option<Vec<u8>> {
    let content: String = content.split_ascii_whitespace().collect();
    BASE64.decode(content).ok()
}

fn decode(content: &str) -> Result<String, CallError> {
    let text = bytes(content).and_then(|bytes| String::from_utf8(bytes).ok());
    text.ok_or_else(|| CallError::Unreadable("a file that is no text".to_owned()))
}

impl Listed {
    /// The person, if they may maintain or administer. The role's name may be one that the
    /// organisation made up; what it lets them do shows in the booleans alone.
    fn maintainer(self) -> Option<User> {
        let may = self.permissions.unwrap_or_default();
        let is_one = (may.maintain || may.admin) && !self.account.is_bot();
        is_one.then(|| self.account.user())
    }
}

impl CollaboratorPermission {
    /// The booleans tell all five; the word calls triage `read` and maintain `write`, but is all
    /// that there is for some bots.
    fn read(self) -> Permission {
        if let Some(may) = self.user.and_then(|user| user.permissions) {
            let ladder = [
                (may.admin, Permission::Admin),
                (may.maintain, Permission::Maintain),
                (may.push, Permission::Write),
                (may.triage, Permission::Triage),
                (may.pull, Permission::Read),
            ];
            let highest = ladder.into_iter().find(|(may, _)| *may);
            if let Some((_, permission)) = highest {
                return permission;
            }
        }
        match self.permission.as_deref() {
            Some("admin") => Permission::Admin,
            Some("write") => Permission::Write,
            Some("read") => Permission::Read,
            Some(_) | None => Permission::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(json: &str) -> Permission {
        let found: CollaboratorPermission = serde_json::from_str(json).expect("GitHub's form");
        found.read()
    }

    #[test]
    fn the_booleans_know_more_than_the_word() {
        let triage = r#"{"permission":"read","role_name":"triage","user":{"permissions":
            {"pull":true,"triage":true,"push":false,"maintain":false,"admin":false}}}"#;
        assert_eq!(permission(triage), Permission::Triage);
        let maintain = r#"{"permission":"write","user":{"permissions":
            {"pull":true,"triage":true,"push":true,"maintain":true,"admin":false}}}"#;
        assert_eq!(permission(maintain), Permission::Maintain);
        assert_eq!(
            permission(r#"{"permission":"write","user":null}"#),
            Permission::Write
        );
        assert_eq!(
            permission(r#"{"permission":"none","user":{"login":"x"}}"#),
            Permission::None
        );
    }

    #[test]
    fn a_file_is_decoded_over_line_breaks() {
        assert_eq!(
            decode("ZW5hYmxl\nZDogdHJ1\nZQ==\n"),
            Ok("enabled: true".to_owned())
        );
        assert!(matches!(decode("/w=="), Err(CallError::Unreadable(_))));
    }
}
