//! People who sign in with GitHub, by way of the App
//! (<https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>).

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::connection::{As, Connection, OnCall};
use super::request::Request;
use super::setup::SetupError;
use super::wire::Account;
use crate::domain::actor::User;
use crate::domain::ids::RepoId;
use crate::forge::CallError;

/// The App, as people meet it.
pub struct OAuth {
    api_url: String,
    client_id: String,
    client_secret: SecretString,
    /// To where people look, without credentials.
    web: Connection,
    on_call: OnCall,
}

#[derive(Serialize)]
struct Exchange<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    code: &'a str,
}

/// A refusal comes with 200, too.
#[derive(Deserialize)]
struct Exchanged {
    access_token: Option<SecretString>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Installations {
    installations: Vec<Listed>,
}

#[derive(Deserialize)]
struct Repositories {
    repositories: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    id: u64,
}

impl OAuth {
    /// With the App's client id and secret. Nothing is sent yet.
    ///
    /// # Errors
    /// If the address is malformed.
    pub fn new(
        api_url: &str,
        client_id: &str,
        client_secret: SecretString,
        on_call: OnCall,
    ) -> Result<Self, SetupError> {
        Ok(Self {
            api_url: api_url.to_owned(),
            client_id: client_id.to_owned(),
            client_secret,
            web: Connection::to_pages(api_url, Arc::clone(&on_call))?,
            on_call,
        })
    }

    /// Where somebody says who they are; `state` comes back with the answer.
    pub fn address(&self, state: &str) -> String {
        let path = Request::get("/login/oauth/authorize", &[])
            .query("client_id", &self.client_id)
            .query("state", state)
            .target;
        format!("{}{path}", self.web.html_url)
    }

    /// The token of somebody who came back with this code.
    ///
    /// # Errors
    /// [`CallError::Refused`] for a code that is none, was used or has expired, and whatever else
    /// hinders the call.
    pub async fn token(&self, code: &str) -> Result<SecretString, CallError> {
        let exchange = Exchange {
            client_id: &self.client_id,
            client_secret: self.client_secret.expose_secret(),
            code,
        };
        let request = Request::new(Method::POST, "/login/oauth/access_token", &[])
            .json(&exchange)
            .accepting("application/json");
        let answer: Exchanged = self.web.json(As::App, &request).await?;
        answer.access_token.ok_or_else(|| CallError::Refused {
            status: 200,
            message: answer.error.unwrap_or_else(|| "no token".to_owned()),
        })
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// Whatever hinders the call.
    pub async fn user(&self, token: &SecretString) -> Result<User, CallError> {
        let request = Request::get("/user", &[]);
        let account: Account = self.on_behalf_of(token)?.json(As::App, &request).await?;
        Ok(account.user())
    }

    /// The repositories on which the App is installed and that the token's owner may read.
    ///
    /// # Errors
    /// Whatever hinders one of the calls.
    pub async fn readable(&self, token: &SecretString) -> Result<BTreeSet<RepoId>, CallError> {
        let connection = self.on_behalf_of(token)?;
        let request = Request::get("/user/installations", &[]);
        let installations: Vec<Installations> = connection.pages(As::App, request).await?;
        let mut readable = BTreeSet::new();
        for installation in installations.iter().flat_map(|page| &page.installations) {
            let id = installation.id.to_string();
            let route = "/user/installations/{installation_id}/repositories";
            let request = Request::get(route, &[&id]);
            let pages: Vec<Repositories> = connection.pages(As::App, request).await?;
            let repositories = pages.iter().flat_map(|page| &page.repositories);
            readable.extend(repositories.map(|repository| RepoId(repository.id)));
        }
        Ok(readable)
    }

    fn on_behalf_of(&self, token: &SecretString) -> Result<Connection, CallError> {
        let connection = Connection::token(&self.api_url, token, Arc::clone(&self.on_call));
        connection.map_err(|error| CallError::Unreadable(error.to_string()))
    }
}
