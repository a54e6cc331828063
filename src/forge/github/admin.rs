//! What an administrator asks: which App this is, what it may, and where it is installed.

use std::collections::BTreeMap;

use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::connection::As;
use super::request::Request;
use super::wire::Account;
use super::writes::about;
use super::{GitHub, on_behalf_of};
use crate::domain::ids::{InstallationId, RepoId, RepoName};
use crate::forge::{CallError, LabelSpec, RepoRef};

/// The App as GitHub knows it.
#[derive(Debug, Clone, Deserialize)]
pub struct AppNow {
    /// Its name in addresses.
    pub slug: String,
    /// Its public page.
    pub html_url: String,
    /// Whose it is.
    owner: Option<Owner>,
    /// What it asks for, by permission.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// What it listens to.
    #[serde(default)]
    pub events: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Owner {
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

/// An installation of the App.
#[derive(Debug, Clone, Deserialize)]
pub struct InstallationNow {
    /// Its id.
    pub id: u64,
    /// Where it is changed, and where new permissions are accepted.
    pub html_url: String,
    account: Option<Owner>,
    /// What it was granted.
    #[serde(default)]
    pub permissions: BTreeMap<String, String>,
    /// What it tells of.
    #[serde(default)]
    pub events: Vec<String>,
    /// It rests since then.
    pub suspended_at: Option<Timestamp>,
}

impl InstallationNow {
    /// The account that it is on.
    pub fn account(&self) -> &str {
        self.account
            .as_ref()
            .map_or("an enterprise", |it| it.login.as_str())
    }
}

impl AppNow {
    /// The page of its settings, of which `part` is one: `permissions`, or empty.
    pub fn settings(&self, web_url: &str, part: &str) -> String {
        let of = match &self.owner {
            Some(owner) if owner.kind == "Organization" => {
                format!("organizations/{}/", owner.login)
            }
            Some(_) | None => String::new(),
        };
        let slash = if part.is_empty() { "" } else { "/" };
        format!("{web_url}/{of}settings/apps/{}{slash}{part}", self.slug)
    }
}

#[derive(Deserialize)]
struct HookConfig {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

#[derive(Deserialize)]
struct Named {
    id: u64,
    full_name: String,
}

#[derive(Serialize)]
struct NewLabel<'a> {
    new_name: &'a str,
    color: &'a str,
    description: &'a str,
}

impl GitHub {
    /// The App itself.
    ///
    /// # Errors
    /// Whatever hinders the call.
    pub async fn app_now(&self) -> Result<AppNow, CallError> {
        self.connection
            .json(As::App, &Request::get("/app", &[]))
            .await
    }

    /// Where its webhook goes; `None` if nowhere.
    ///
    /// # Errors
    /// Whatever hinders the call.
    pub async fn webhook_url(&self) -> Result<Option<String>, CallError> {
        let request = Request::get("/app/hook/config", &[]);
        let config: HookConfig = self.connection.json(As::App, &request).await?;
        Ok(config.url.filter(|url| !url.is_empty()))
    }

    /// Everywhere it is installed.
    ///
    /// # Errors
    /// Whatever hinders the calls.
    pub async fn installations_now(&self) -> Result<Vec<InstallationNow>, CallError> {
        let request = Request::get("/app/installations", &[]);
        let pages: Vec<Vec<InstallationNow>> = self.connection.pages(As::App, request).await?;
        Ok(pages.into_iter().flatten().collect())
    }

    /// The login of a token's account.
    ///
    /// # Errors
    /// Whatever hinders the call.
    pub async fn token_owner(&self) -> Result<String, CallError> {
        let request = Request::get("/user", &[]);
        let account: Account = self.connection.json(As::App, &request).await?;
        Ok(account.user().login.to_string())
    }

    /// A repository by its name.
    ///
    /// # Errors
    /// [`CallError::Missing`] where labhand is not installed on it, or there is none.
    pub async fn repository_named(&self, name: &RepoName) -> Result<RepoRef, CallError> {
        let path = [name.owner(), name.name()];
        let installation = if self.connection.app_id().is_some() {
            let request = Request::get("/repos/{owner}/{repo}/installation", &path);
            let found: Numbered = self.connection.json(As::App, &request).await?;
            InstallationId(found.id)
        } else {
            InstallationId(0)
        };
        let asker = As::Installation(installation);
        let request = Request::get("/repos/{owner}/{repo}", &path);
        let found: Named = self.connection.json(asker, &request).await?;
        let unreadable = |_| CallError::Unreadable("a repository without a name".to_owned());
        Ok(RepoRef {
            installation,
            id: RepoId(found.id),
            name: found.full_name.parse().map_err(unreadable)?,
        })
    }

    /// Renames a label on all issues that bear it, and gives it its look.
    ///
    /// # Errors
    /// Whatever hinders the call.
    pub async fn rename_label(
        &self,
        repo: &RepoRef,
        from: &str,
        to: &LabelSpec,
    ) -> Result<(), CallError> {
        let route = "/repos/{owner}/{repo}/labels/{name}";
        let label = NewLabel {
            new_name: &to.name,
            color: &to.color,
            description: &to.description,
        };
        let request = about(repo, Method::PATCH, route, &[from]).json(&label);
        self.connection.send(on_behalf_of(repo), &request).await?;
        Ok(())
    }
}
