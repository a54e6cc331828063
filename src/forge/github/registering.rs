//! Making an App from a manifest
//! (<https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>).

use http::Method;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::connection::{As, Connection, OnCall};
use super::request::Request;
use super::setup::{Addresses, SetupError};
use crate::forge::CallError;

/// What labhand asks for, and what for: permission, level, and what does not work without it.
pub const PERMISSIONS: [(&str, &str, &str); 9] = [
    (
        "checks",
        "write",
        "the checks of hand-offs, items and the policy",
    ),
    ("contents", "read", "the policy, model cards and evidence"),
    ("deployments", "read", "what runs where, and since when"),
    (
        "issues",
        "write",
        "labels, comments, the board and follow-up issues",
    ),
    ("members", "read", "the teams that sign a hand-off"),
    ("merge_queues", "read", "checks in a merge queue"),
    ("metadata", "read", "the repository itself"),
    (
        "pull_requests",
        "write",
        "labels and comments of pull requests",
    ),
    (
        "statuses",
        "write",
        "checks where only statuses are required",
    ),
];

/// What labhand listens to, and what it does not notice without it.
pub const EVENTS: [(&str, &str); 15] = [
    ("issues", "new issues, labels, assignees and milestones"),
    ("issue_comment", "commands and ticked boxes"),
    ("label", "labels that are renamed or deleted"),
    ("milestone", "sprints"),
    ("pull_request", "pull requests and hand-offs"),
    ("check_run", "the buttons of its checks"),
    ("check_suite", "checks that are asked for again"),
    ("merge_group", "pull requests in a merge queue"),
    ("push", "a new policy, and signed files that change"),
    ("release", "releases that are made by hand"),
    (
        "repository",
        "repositories that are renamed, moved or made public",
    ),
    ("member", "who may do what"),
    ("membership", "who is in a team"),
    ("team", "teams that come and go"),
    ("deployment_status", "what was deployed"),
];

/// An App that is to be made.
#[derive(Debug, Clone)]
pub struct Manifest<'a> {
    /// Where labhand is reached from outside, without a slash at the end.
    pub url: &'a str,
    /// The organisation that the App is to be of; else the account of whoever makes it.
    pub organisation: Option<&'a str>,
    /// It may publish releases.
    pub releases: bool,
}

#[derive(Serialize)]
struct Sent<'a> {
    name: &'a str,
    description: &'a str,
    url: &'a str,
    public: bool,
    hook_attributes: Hook,
    redirect_url: String,
    callback_urls: [String; 1],
    default_events: Vec<&'a str>,
    default_permissions: std::collections::BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
struct Hook {
    url: String,
    active: bool,
}

impl Manifest<'_> {
    /// As GitHub wants it, in JSON.
    pub fn json(&self) -> String {
        let mut permissions: std::collections::BTreeMap<&str, &str> = PERMISSIONS
            .iter()
            .map(|(name, level, _)| (*name, *level))
            .collect();
        if self.releases {
            permissions.insert("contents", "write");
        }
        // GitHub's limit for a name is 34 characters, and it has to be nobody else's.
        let owner: String = self
            .organisation
            .unwrap_or_default()
            .chars()
            .take(24)
            .collect();
        let name = format!("labhand {owner}");
        let sent = Sent {
            name: name.trim(),
            description: "Runs a data-science team's process inside GitHub: research, experiments, \
                          time boxes, decisions, sprints and hand-offs.",
            url: self.url,
            public: false,
            hook_attributes: Hook {
                url: format!("{}/webhooks/github", self.url),
                active: true,
            },
            redirect_url: format!("{}/-/set-up/done", self.url),
            callback_urls: [format!("{}/-/sign-in/callback", self.url)],
            default_events: EVENTS.iter().map(|(event, _)| *event).collect(),
            default_permissions: permissions,
        };
        // A structure of texts.
        serde_json::to_string(&sent).unwrap_or_default()
    }

    /// Where the manifest is sent to, by a form.
    pub fn form_address(&self, web_url: &str, state: &str) -> String {
        let request = match self.organisation {
            Some(organisation) => {
                let route = "/organizations/{org}/settings/apps/new";
                Request::get(route, &[organisation])
            }
            None => Request::get("/settings/apps/new", &[]),
        };
        format!("{web_url}{}", request.query("state", state).target)
    }
}

/// What GitHub gives away for a new App, once.
#[derive(Debug, Clone, Deserialize)]
pub struct NewApp {
    /// Its id.
    pub id: u64,
    /// Its name in addresses.
    pub slug: String,
    /// Its page.
    pub html_url: String,
    /// Its client id.
    pub client_id: String,
    /// The secret that goes with it.
    pub client_secret: SecretString,
    /// With what its webhooks are signed.
    pub webhook_secret: SecretString,
    /// Its private key.
    pub pem: SecretString,
}

/// Where people look, of this API: `https://github.com`.
///
/// # Errors
/// If the address is malformed.
pub fn web_url(api_url: &str) -> Result<String, SetupError> {
    Ok(Addresses::new(api_url)?.html_url)
}

/// Asks for the App for which GitHub has given this code.
///
/// # Errors
/// [`CallError::Missing`] for a code that is none, was used or is over an hour old, and whatever
/// else hinders the call.
pub async fn convert(api_url: &str, code: &str, on_call: OnCall) -> Result<NewApp, CallError> {
    let connection = Connection::to_anybody(api_url, on_call);
    let connection = connection.map_err(|error| CallError::Unreadable(error.to_string()))?;
    let route = "/app-manifests/{code}/conversions";
    // It is never sent twice: the second answer would be 404.
    let request = Request::new(Method::POST, route, &[code]).creates();
    connection.json(As::App, &request).await
}
