//! Keys: what work is addressed by. One worker at a time looks at a key.

use std::fmt;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::error::StoreError;
use crate::domain::ids::{InstallationId, ItemNumber, RepoId};

/// The outcome of a delivery whose body was seen before under another GUID: whoever has captured
/// a delivery can send it again under any GUID, since the signature covers the body alone.
///
/// For an item that ends the matter, since its payloads bear the time. Those of repositories and
/// installations do not (adding, removing and adding a repository sends the same body twice), so
/// there it is left to the worker, who asks GitHub instead of believing it.
pub(super) const REPLAYED: &str = "replayed";

/// A digest of a raw body, SHA-256.
pub type BodyDigest = [u8; 32];

/// What is looked at as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Whose token and whose limits.
    pub installation: InstallationId,
    /// The repository, 0 for [`KeyKind::Installation`] and [`KeyKind::Hook`].
    pub repo: RepoId,
    /// What of it.
    pub kind: KeyKind,
    /// The number of the issue or pull request, 0 unless it is a [`KeyKind::Item`].
    pub number: u64,
}

impl Key {
    /// An issue or pull request.
    pub fn item(installation: InstallationId, repo: RepoId, number: ItemNumber) -> Self {
        Self {
            installation,
            repo,
            kind: KeyKind::Item,
            number: number.0,
        }
    }

    /// A repository's board.
    pub fn board(installation: InstallationId, repo: RepoId) -> Self {
        Self {
            installation,
            repo,
            kind: KeyKind::Board,
            number: 0,
        }
    }

    /// A repository itself: its policy, labels, people.
    pub fn repo(installation: InstallationId, repo: RepoId) -> Self {
        Self {
            installation,
            repo,
            kind: KeyKind::Repo,
            number: 0,
        }
    }

    /// An installation: which repositories it has.
    pub fn installation(installation: InstallationId) -> Self {
        Self {
            installation,
            repo: RepoId(0),
            kind: KeyKind::Installation,
            number: 0,
        }
    }

    /// The App's webhook, of which there is one for all installations.
    pub fn hook() -> Self {
        Self {
            installation: InstallationId(0),
            repo: RepoId(0),
            kind: KeyKind::Hook,
            number: 0,
        }
    }

    pub(super) fn read(row: &AnyRow) -> Result<Self, StoreError> {
        let kind: &str = row.try_get("kind")?;
        Ok(Self {
            installation: InstallationId(row.try_get::<i64, _>("installation")?.cast_unsigned()),
            repo: RepoId(row.try_get::<i64, _>("repo")?.cast_unsigned()),
            kind: KeyKind::from_word(kind)
                .ok_or_else(|| StoreError::Corrupt(format!("there is no kind of key `{kind}`")))?,
            number: row.try_get::<i64, _>("number")?.cast_unsigned(),
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            installation,
            repo,
            kind,
            number,
        } = self;
        write!(f, "{installation}/{repo}/{}/{number}", kind.word())
    }
}

/// The kinds of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyKind {
    /// An issue or pull request.
    Item,
    /// A repository's board.
    Board,
    /// A repository itself.
    Repo,
    /// An installation.
    Installation,
    /// The App's webhook.
    Hook,
}

impl KeyKind {
    const ALL: [Self; 5] = [
        Self::Item,
        Self::Board,
        Self::Repo,
        Self::Installation,
        Self::Hook,
    ];

    /// As it stands in the database and in logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Board => "board",
            Self::Repo => "repo",
            Self::Installation => "installation",
            Self::Hook => "hook",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
