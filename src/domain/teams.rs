//! GitHub teams that a policy names, and why one cannot be read. Whoever is in a team that cannot be
//! read signs nothing as its member, so nothing passes unsigned for it.

use serde::{Deserialize, Serialize};

/// Why nobody can be known to be in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TeamProblem {
    /// There is no such team, or it is a secret one that labhand does not see.
    NoSuchTeam,
    /// The App lacks the organisation permission `members: read`.
    MembersHidden,
    /// The repository belongs to a person, and people have no teams.
    PersonalRepository,
    /// It has no members.
    Empty,
}
