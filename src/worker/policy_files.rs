//! The files that a repository's policy comes from: its own, and its organisation's.

use crate::domain::policy::{self, Layer, Policy};
use crate::forge::{CallError, Forge, RepoRef};

/// The policy of a repository, on its default branch.
pub const POLICY_FILE: &str = ".github/labhand.yml";

/// The repository with an organisation's defaults.
pub const ORGANISATION: &str = ".github";

/// The defaults of an organisation, in its `.github` repository.
const ORGANISATION_FILE: &str = "labhand.yml";

/// Both files as they were read, or why one cannot be: that is for people to see, and must not stop
/// the repository.
pub struct PolicyFiles {
    own: Result<Option<String>, String>,
    shared: Result<Option<String>, String>,
    /// What the organisation's file is called where a mistake in it is told of.
    origin: String,
}

impl PolicyFiles {
    /// Reads both.
    ///
    /// # Errors
    /// Whatever hinders a call, so that it is worth trying again.
    pub async fn of(forge: &impl Forge, repo: &RepoRef) -> Result<Self, CallError> {
        let own = forge.file(repo, &repo.name, POLICY_FILE).await;
        Self::with_own(forge, repo, readable(POLICY_FILE, own)?).await
    }

    /// Reads the organisation's, beside what somebody proposes for the repository's own.
    ///
    /// # Errors
    /// As with [`PolicyFiles::of`].
    pub async fn with_own(
        forge: &impl Forge,
        repo: &RepoRef,
        own: Result<Option<String>, String>,
    ) -> Result<Self, CallError> {
        let origin = format!("{}/{ORGANISATION}/{ORGANISATION_FILE}", repo.name.owner());
        let shared = match format!("{}/{ORGANISATION}", repo.name.owner()).parse() {
            Ok(organisation) => forge.file(repo, &organisation, ORGANISATION_FILE).await,
            Err(_) => Ok(None),
        };
        Ok(Self {
            own,
            shared: readable(&origin, shared)?,
            origin,
        })
    }

    /// Whether the repository has one of its own, however it reads.
    pub fn has_own(&self) -> bool {
        !matches!(self.own, Ok(None))
    }

    /// The layers of the policy, the later ones outranking the earlier; or why there are none.
    pub fn layers(&self) -> Result<Vec<Layer<'_>>, &str> {
        let own = self.own.as_ref().map_err(String::as_str)?;
        let shared = self.shared.as_ref().map_err(String::as_str)?;
        let all = [(self.origin.as_str(), shared), (POLICY_FILE, own)];
        let there = all.into_iter().filter_map(|(origin, text)| {
            let text = text.as_deref()?;
            Some(Layer { origin, text })
        });
        Ok(there.collect())
    }
}

fn readable(
    origin: &str,
    file: Result<Option<String>, CallError>,
) -> Result<Result<Option<String>, String>, CallError> {
    match file {
        Ok(file) => Ok(Ok(file)),
        Err(error @ (CallError::Unreadable(_) | CallError::Refused { .. })) => {
            Ok(Err(format!("{origin}: {error}")))
        }
        Err(error) => Err(error),
    }
}

/// The policy that is in force in a repository, or what is wrong with its files.
///
/// # Errors
/// Whatever hinders a call.
pub async fn policy_of(
    forge: &impl Forge,
    repo: &RepoRef,
) -> Result<Result<Policy, String>, CallError> {
    let files = PolicyFiles::of(forge, repo).await?;
    let layers = match files.layers() {
        Ok(layers) => layers,
        Err(problem) => return Ok(Err(problem.to_owned())),
    };
    Ok(policy::parse(&layers).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }))
}
