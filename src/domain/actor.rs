//! Who did something, and what they were allowed to do at that moment.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ids::{Login, UserId};
use super::policy::Member;

/// An account: remembered by its id, shown by its login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Survives a renaming.
    pub id: UserId,
    /// As GitHub last showed it.
    pub login: Login,
}

/// What GitHub lets a person do in a repository, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// May not even read it (or reads it only because it is public).
    None,
    /// May read.
    Read,
    /// May label, assign and close.
    Triage,
    /// May push.
    Write,
    /// May change most settings.
    Maintain,
    /// May do everything.
    Admin,
}

/// What an account was allowed when it acted. Kept with the fact, so that a later change of a
/// team does not rewrite history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// In the repository.
    pub permission: Permission,
    /// Those GitHub teams named in the policy (`org/team`, lower case) that the account is in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<String>,
    /// Those that could not be read, so that nobody knows whether the account is in them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unread: BTreeSet<String>,
    /// Nobody else could have granted what only leads grant; looked up where that matters.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_lead: bool,
}

impl Standing {
    /// Somebody who must at least have had this permission, since GitHub let them act.
    pub fn at_least(permission: Permission) -> Self {
        Self {
            permission,
            teams: BTreeSet::new(),
            unread: BTreeSet::new(),
            only_lead: false,
        }
    }
}

/// Somebody who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub user: User,
    /// What it was allowed then.
    pub standing: Standing,
}

impl Actor {
    /// Whether this is the login, or in the team, that the policy names.
    pub fn is(&self, member: &Member) -> bool {
        match member {
            Member::Login(login) => self.user.login.as_str().eq_ignore_ascii_case(login),
            Member::Team(team) => self.standing.teams.contains(team),
        }
    }

    /// Whether this is a lead by the policy; where it names none, maintainers are (product §7).
    pub fn is_lead(&self, leads: &[Member]) -> bool {
        if leads.is_empty() {
            self.standing.permission >= Permission::Maintain
        } else {
            leads.iter().any(|lead| self.is(lead))
        }
    }
}

/// What a command demands of the person who gives it (product §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Needs {
    /// May comment.
    Anyone,
    /// Author, assignee or triage; in a public repository triage alone.
    AuthorAssigneeTriage,
    /// Triage permission.
    Triage,
    /// Write permission; which entry may be signed is the hand-off's rule.
    Write,
    /// A lead by policy; maintain or admin where it names none.
    Lead,
}
