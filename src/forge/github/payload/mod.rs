//! Webhook payloads → what was heard. Reading is lenient: unknown events and actions are counted
//! and ignored, unused fields are not looked at, and deleted accounts become GitHub's ghost. It
//! never asks the clock: where a payload has no timestamp that fits, the caller's time of arrival
//! stands in.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::actor::User;
use crate::domain::ids::{InstallationId, ItemNumber, RepoId, RepoName};
use crate::forge::{Happening, Heard, RepoHappening, RepoNow};

use super::wire::Account;

mod installation;
mod items;
mod repository;

/// A webhook delivery, understood.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Delivery {
    /// GitHub's word for what happened, where the event has several.
    pub action: Option<String>,
    /// The repository that it is about; none for events of an organisation or an installation.
    pub repo: Option<RepoSeen>,
    /// The App's installation; none for hooks set up without an App.
    pub installation: Option<InstallationId>,
    /// The issue or pull request that it is about.
    pub number: Option<ItemNumber>,
    /// Who caused it.
    pub sender: Option<Sender>,
    /// What was heard of [`Self::repo`] or its [`Self::number`]. Without a repository
    /// (`membership`, `team`) it concerns all repositories of the installation.
    pub heard: Vec<Heard>,
    /// What was heard of several repositories at once, when the App is installed or taken off.
    pub elsewhere: Vec<HeardOf>,
    /// False for an event or action that labhand does not know: counted, and otherwise ignored.
    pub known: bool,
}

/// A repository as a payload shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoSeen {
    /// Survives renaming.
    pub id: RepoId,
    /// Its name, branch and visibility now.
    pub now: RepoNow,
}

/// Who caused a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The account.
    pub user: User,
    /// Whether it is a bot's.
    pub is_bot: bool,
}

/// Something heard of a repository that the delivery is not itself about.
#[derive(Debug, Clone, PartialEq)]
pub struct HeardOf {
    /// Survives renaming.
    pub id: RepoId,
    /// Its name now.
    pub name: RepoName,
    /// What was heard.
    pub heard: Heard,
}

/// A payload that is not what GitHub documents. Says where, never what: bodies stay out of logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the payload of `{event}` is {what} at line {line}, column {column}")]
pub struct Unreadable {
    /// `X-GitHub-Event`.
    pub event: String,
    /// What is wrong with it.
    pub what: Fault,
    /// From 1.
    pub line: usize,
    /// From 1, in bytes.
    pub column: usize,
}

/// What is wrong with a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No JSON at all.
    NotJson,
    /// JSON without something that GitHub always sends, or with another form.
    OtherForm,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotJson => "no JSON",
            Self::OtherForm => "not of the documented form",
        })
    }
}

/// Reads a delivery. `event` is the header `X-GitHub-Event`, `body` the raw body, and
/// `received_at` stands in where the payload has no timestamp that says when it happened.
///
/// # Errors
/// If the body is no JSON, or is not what GitHub documents for an event that labhand uses.
pub fn read(event: &str, body: &[u8], received_at: Timestamp) -> Result<Delivery, Unreadable> {
    let raw = Raw {
        event,
        body,
        received_at,
    };
    match event {
        "issues" => raw.about_item(items::issues),
        "issue_comment" => raw.about_item(items::issue_comment),
        "pull_request" => raw.about_item(items::pull_request),
        "label" => raw.about_repo(repository::label),
        "milestone" => raw.about_repo(repository::milestone),
        "repository" => raw.about_repo(repository::repository),
        "push" => raw.about_repo(repository::push),
        "check_run" => raw.about_check_run(),
        "check_suite" => raw.about_repo(repository::check_suite),
        "merge_group" => raw.about_repo(repository::merge_group),
        "release" => raw.about_repo(repository::release),
        "deployment_status" => raw.about_repo(repository::deployment_status),
        "team" | "membership" | "member" => raw.about_repo(repository::people),
        "installation" => raw.about_installation(installation::installation),
        "installation_repositories" => raw.about_installation(installation::repositories),
        "ping" => Ok(Delivery {
            known: true,
            ..raw.envelope()?.into_delivery()
        }),
        _ => {
            let action = raw.parse::<ActionOnly>()?.action;
            Ok(Delivery {
                action,
                ..Delivery::default()
            })
        }
    }
}

/// A body that is still to be read.
struct Raw<'a> {
    event: &'a str,
    body: &'a [u8],
    received_at: Timestamp,
}

impl Unreadable {
    /// What serde says of the payload of an event, without the words that may quote it.
    pub fn of(event: &str, error: &serde_json::Error) -> Self {
        Self {
            event: event.to_owned(),
            what: if error.is_data() {
                Fault::OtherForm
            } else {
                Fault::NotJson
            },
            line: error.line(),
            column: error.column(),
        }
    }
}

impl Raw<'_> {
    fn parse<T: DeserializeOwned>(&self) -> Result<T, Unreadable> {
        serde_json::from_slice(self.body).map_err(|error| Unreadable::of(self.event, &error))
    }

    fn envelope(&self) -> Result<Envelope, Unreadable> {
        self.parse()
    }

    fn about_item<T: DeserializeOwned>(
        &self,
        understand: impl FnOnce(T, &Setting<'_>) -> (ItemNumber, Told<(Timestamp, Happening)>),
    ) -> Result<Delivery, Unreadable> {
        let mut delivery = self.envelope()?.into_delivery();
        let (number, happenings) = understand(self.parse()?, &self.setting(&delivery));
        delivery.number = Some(number);
        delivery.take(happenings);
        Ok(delivery)
    }

    /// A button that is about an item comes to that item, all else to the repository.
    fn about_check_run(&self) -> Result<Delivery, Unreadable> {
        let mut delivery = self.envelope()?.into_delivery();
        let payload: repository::CheckRunPayload = self.parse()?;
        let action = delivery.action.as_deref().unwrap_or_default();
        let Some(pressed) = payload.pressed(action) else {
            return self.about_repo(repository::check_run);
        };
        let (check, slug) = (pressed.check, pressed.slug);
        let happening = Happening::Pressed { check, slug };
        delivery.number = Some(pressed.number);
        delivery.take(Told::Heard(vec![(self.received_at, happening)]));
        Ok(delivery)
    }

    fn about_repo<T: DeserializeOwned>(
        &self,
        understand: impl FnOnce(&T, &Setting<'_>) -> Told<(Timestamp, RepoHappening)>,
    ) -> Result<Delivery, Unreadable> {
        let mut delivery = self.envelope()?.into_delivery();
        let told = understand(&self.parse()?, &self.setting(&delivery));
        delivery.take(match told {
            Told::Heard(told) => Told::Heard(
                told.into_iter()
                    .map(|(at, what)| (at, Happening::Repo(what)))
                    .collect(),
            ),
            Told::UnknownAction => Told::UnknownAction,
        });
        Ok(delivery)
    }

    fn about_installation<T: DeserializeOwned>(
        &self,
        understand: impl FnOnce(T, &Setting<'_>) -> Told<installation::Changed>,
    ) -> Result<Delivery, Unreadable> {
        let mut delivery = self.envelope()?.into_delivery();
        if let Told::Heard(changes) = understand(self.parse()?, &self.setting(&delivery)) {
            delivery.known = true;
            delivery.elsewhere = changes
                .into_iter()
                .map(|changed| HeardOf {
                    id: changed.id,
                    name: changed.name,
                    heard: delivery.heard(changed.at, Happening::Repo(changed.what)),
                })
                .collect();
        }
        Ok(delivery)
    }

    fn setting<'a>(&self, delivery: &'a Delivery) -> Setting<'a> {
        Setting {
            action: delivery.action.as_deref().unwrap_or_default(),
            repo: delivery.repo.as_ref().map(|repo| &repo.now),
            by_app: delivery.installation.is_some(),
            received_at: self.received_at,
        }
    }
}

/// What every part of a payload is read against.
struct Setting<'a> {
    /// Empty for events without actions.
    action: &'a str,
    repo: Option<&'a RepoNow>,
    /// Sent to an App rather than to a hook of a repository or an organisation.
    by_app: bool,
    received_at: Timestamp,
}

/// What the reading of an event's own part yields.
enum Told<T> {
    /// All that there is to say, which may be nothing.
    Heard(Vec<T>),
    /// The action is not known.
    UnknownAction,
}

#[derive(Deserialize)]
struct ActionOnly {
    action: Option<String>,
}

/// What all payloads have in common.
#[derive(Deserialize)]
struct Envelope {
    action: Option<String>,
    repository: Option<Repository>,
    installation: Option<InstallationRef>,
    sender: Option<Account>,
}

#[derive(Deserialize)]
struct Repository {
    id: u64,
    full_name: RepoName,
    #[serde(default)]
    private: bool,
    default_branch: String,
    owner: Option<Account>,
}

#[derive(Deserialize)]
struct InstallationRef {
    id: u64,
}

impl Envelope {
    fn into_delivery(self) -> Delivery {
        Delivery {
            action: self.action,
            repo: self.repository.map(|repo| RepoSeen {
                id: RepoId(repo.id),
                now: RepoNow {
                    name: repo.full_name,
                    default_branch: repo.default_branch,
                    private: repo.private,
                    personal: repo.owner.as_ref().is_some_and(Account::is_person),
                },
            }),
            installation: self.installation.map(|it| InstallationId(it.id)),
            sender: self.sender.map(|sender| Sender {
                user: sender.user(),
                is_bot: sender.is_bot(),
            }),
            ..Delivery::default()
        }
    }
}

impl Delivery {
    fn take(&mut self, told: Told<(Timestamp, Happening)>) {
        if let Told::Heard(told) = told {
            self.known = true;
            self.heard = told
                .into_iter()
                .map(|(at, what)| self.heard(at, what))
                .collect();
        }
    }

    fn heard(&self, at: Timestamp, what: Happening) -> Heard {
        Heard {
            at,
            by: self.sender.as_ref().map(|sender| sender.user.clone()),
            by_bot: self.sender.as_ref().is_some_and(|sender| sender.is_bot),
            what,
        }
    }
}

#[cfg(test)]
mod tests;
