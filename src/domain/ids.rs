//! Names and numbers that must not be swapped: each is a type of its own, normalised when it is made.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// The App's installation on an account; 0 where the bot has a token instead of an App.
    InstallationId
);
number!(
    /// GitHub's number of a repository, which survives renaming and transfer.
    RepoId
);
number!(
    /// The number of an issue or pull request within its repository, as in `#41`.
    ItemNumber
);
number!(
    /// GitHub's number of an account, which survives renaming.
    UserId
);
number!(
    /// GitHub's number of an issue comment.
    CommentId
);

/// The login of an account as GitHub shows it. Compared without regard to case, as GitHub does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Login(String);

impl Login {
    /// Takes a login as somebody wrote it; a leading `@` and surrounding space are dropped.
    pub fn new(text: &str) -> Self {
        Self(text.trim().trim_start_matches('@').to_owned())
    }

    /// The login in the case in which it was first seen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Login {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Login {}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A repository's full name, `owner/name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RepoName {
    owner: String,
    name: String,
}

impl RepoName {
    /// The account that owns the repository.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The repository's name without its owner.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for RepoName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl From<RepoName> for String {
    fn from(name: RepoName) -> Self {
        name.to_string()
    }
}

/// The text is not of the form `owner/name` that GitHub allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a repository; write `owner/name`")]
pub struct NotARepository(String);

impl FromStr for RepoName {
    type Err = NotARepository;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |part: &str| {
            !part.is_empty()
                && part.len() <= 100
                && !matches!(part, "." | "..")
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        };
        match text.trim().split_once('/') {
            Some((owner, name)) if allowed(owner) && allowed(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            Some(_) | None => Err(NotARepository(text.to_owned())),
        }
    }
}

impl TryFrom<String> for RepoName {
    type Error = NotARepository;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The full id of a commit, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitSha(String);

impl CommitSha {
    /// Takes a commit id as GitHub sent it.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_ascii_lowercase())
    }

    /// The whole id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first seven characters, as GitHub shows a commit.
    pub fn short(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommitSha {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
