//! GitHub for the commands beside the server.

use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::domain::ids::RepoName;
use crate::forge::github::GitHub;
use crate::forge::{CallError, RepoRef};
use crate::settings::{Credentials, Settings};

/// GitHub with the server's credentials.
pub(super) fn github(settings: &Settings) -> anyhow::Result<GitHub> {
    let Some(known) = &settings.github else {
        return Err(anyhow!(
            "nobody has set labhand up yet: `labhand serve` shows where, or set \
             LABHAND_GITHUB__APP_ID and LABHAND_GITHUB__PRIVATE_KEY_PATH, or LABHAND_GITHUB__TOKEN"
        ));
    };
    let quietly: crate::forge::github::OnCall = Arc::new(|_| {});
    let github = match &known.credentials {
        Credentials::App { id, private_key } => {
            GitHub::app(&settings.api_url, *id, private_key, quietly)
        }
        Credentials::Token(token) => GitHub::token(&settings.api_url, token, quietly),
    };
    github.context("GitHub cannot be spoken to with these settings")
}

/// A repository that labhand may act in.
pub(super) async fn repository(github: &GitHub, name: &RepoName) -> anyhow::Result<RepoRef> {
    github
        .repository_named(name)
        .await
        .map_err(|error| match error {
            CallError::Missing(_) => anyhow!(
                "{name}: there is no such repository, or labhand is not installed on it; `labhand \
             doctor` shows where it is"
            ),
            error => anyhow!(error).context(format!("{name} cannot be read")),
        })
}
