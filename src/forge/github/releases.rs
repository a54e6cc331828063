//! Releases. One is made as a draft, gets its files, and is published last: in repositories whose
//! releases are immutable no file comes to it afterwards.

use http::Method;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::domain::actor::User;
use crate::forge::{CallError, Done, Forge, NewRelease, ReleaseCall, ReleaseMade, RepoRef};

use super::wire::Account;
use super::writes::about;
use super::{GitHub, on_behalf_of};

/// A model's release never becomes the repository's "latest", which tools that install the
/// repository's own software go by.
const NEVER_LATEST: &str = "false";

#[derive(Deserialize)]
struct Release {
    id: u64,
    html_url: String,
    upload_url: String,
    tag_name: String,
    body: Option<String>,
    author: Option<Account>,
}

impl Release {
    fn made(&self) -> ReleaseMade {
        // `…/assets{?name,label}`, a URI template (RFC 6570).
        let upload_url = match self.upload_url.split_once('{') {
            Some((address, _)) => address,
            None => &self.upload_url,
        };
        ReleaseMade {
            id: self.id,
            url: self.html_url.clone(),
            upload_url: upload_url.to_owned(),
        }
    }
}

#[derive(Deserialize)]
struct Asset {
    id: u64,
    name: String,
    state: String,
    size: u64,
    #[serde(default)]
    digest: Option<String>,
    uploader: Option<Account>,
}

impl Asset {
    /// Whether it is this file, or one that somebody else wants to stand in its place.
    fn stands(&self, content: &str, own: &User) -> bool {
        let is_ours = self.uploader.as_ref().is_some_and(|it| it.id == own.id.0);
        let digest = format!("sha256:{}", hex::encode(Sha256::digest(content.as_bytes())));
        let is_same = u64::try_from(content.len()) == Ok(self.size)
            && self.digest.as_ref().is_none_or(|there| *there == digest);
        self.state == "uploaded" && (is_same || !is_ours)
    }
}

#[derive(Serialize)]
struct Creation<'a> {
    tag_name: &'a str,
    target_commitish: &'a str,
    name: &'a str,
    body: &'a str,
    draft: bool,
    prerelease: bool,
    make_latest: &'static str,
}

#[derive(Serialize)]
struct Published {
    draft: bool,
    make_latest: &'static str,
}

impl GitHub {
    pub(super) async fn write_release(
        &self,
        repo: &RepoRef,
        call: &ReleaseCall,
    ) -> Result<Done, CallError> {
        match call {
            ReleaseCall::Create(new) => {
                let creation = Creation {
                    tag_name: &new.tag,
                    target_commitish: new.commit.as_str(),
                    name: &new.title,
                    body: &new.body,
                    draft: true,
                    prerelease: new.prerelease,
                    make_latest: NEVER_LATEST,
                };
                let request = about(repo, Method::POST, "/repos/{owner}/{repo}/releases", &[]);
                let request = request.json(&creation).creates();
                let made: Release = self.connection.json(on_behalf_of(repo), &request).await?;
                Ok(Done::Release(made.made()))
            }
            ReleaseCall::Attach {
                release,
                name,
                content,
            } => self.attach(repo, release, name, content).await,
            ReleaseCall::Publish { release } => {
                let published = Published {
                    draft: false,
                    make_latest: NEVER_LATEST,
                };
                let route = "/repos/{owner}/{repo}/releases/{release_id}";
                let request = about(repo, Method::PATCH, route, &[&release.id.to_string()]);
                let request = request.json(&published);
                let made: Release = self.connection.json(on_behalf_of(repo), &request).await?;
                Ok(Done::Release(made.made()))
            }
        }
    }

    /// An upload that broke off leaves its name behind, which has to be freed first.
    async fn attach(
        &self,
        repo: &RepoRef,
        release: &ReleaseMade,
        name: &str,
        content: &str,
    ) -> Result<Done, CallError> {
        let route = "/repos/{owner}/{repo}/releases/{release_id}/assets";
        let id = release.id.to_string();
        let upload = about(repo, Method::POST, route, &[&id])
            .query("name", name)
            .file(content);
        let (asker, to) = (on_behalf_of(repo), &release.upload_url);
        let twice = upload.twice;
        let answer = self.connection.upload(asker, to, upload.clone()).await?;
        if !answer.is_refused_as("already_exists") {
            answer.accepted(twice)?;
            return Ok(Done::Nothing);
        }
        let request = about(repo, Method::GET, route, &[&id]);
        let pages: Vec<Vec<Asset>> = self.connection.pages(asker, request).await?;
        let there = pages.iter().flatten().find(|asset| asset.name == name);
        let own = self.own_account().await?;
        if there.is_some_and(|asset| asset.stands(content, &own)) {
            return Ok(Done::Nothing);
        }
        if let Some(asset) = there {
            let route = "/repos/{owner}/{repo}/releases/assets/{asset_id}";
            let request = about(repo, Method::DELETE, route, &[&asset.id.to_string()]);
            self.connection.send(asker, &request).await?;
        }
        let again = self.connection.upload(asker, to, upload).await?;
        again.accepted(twice)?;
        Ok(Done::Nothing)
    }

    /// A draft is not found by its tag, and two may have one tag; ours bears the marker.
    pub(super) async fn find_release(
        &self,
        repo: &RepoRef,
        new: &NewRelease,
    ) -> Result<Option<Done>, CallError> {
        let own = self.own_account().await?;
        let request = about(repo, Method::GET, "/repos/{owner}/{repo}/releases", &[]);
        let pages: Vec<Vec<Release>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let marker = new.slot.marker();
        let is_it = |release: &&Release| {
            let by_us = release.author.as_ref().is_some_and(|it| it.id == own.id.0);
            let bears = release.body.as_ref().is_some_and(|it| it.contains(&marker));
            by_us && bears && release.tag_name == new.tag
        };
        let found = pages.iter().flatten().filter(is_it).min_by_key(|it| it.id);
        Ok(found.map(|release| Done::Release(release.made())))
    }
}
