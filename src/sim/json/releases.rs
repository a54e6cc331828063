//! Releases, their files, and tags.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::super::paths::encode;
use super::super::state::RepoIx;
use super::super::state::{Asset, Release, Tag};
use super::super::world::World;
use super::{maybe_time, node_id, time};

impl World {
    /// A release.
    pub fn release_json(&self, repo: RepoIx, release: &Release) -> Value {
        let id = release.id;
        let api = format!("{}/releases/{id}", self.repo_url(repo));
        let tag = encode(&release.tag);
        // A draft's page has a name that its tag does not tell.
        let page = if release.draft {
            format!("untagged-{id:x}")
        } else {
            tag.clone()
        };
        let assets: Vec<Value> = release
            .assets
            .iter()
            .map(|asset| self.asset_json(repo, release, asset))
            .collect();
        json!({
            "url": api,
            "assets_url": format!("{api}/assets"),
            "upload_url": format!("{api}/assets{{?name,label}}"),
            "html_url": format!("{}/releases/tag/{page}", self.repo_page(repo)),
            "id": id,
            "node_id": node_id("RE", id),
            "author": self.user_json(release.author),
            "tag_name": release.tag,
            "target_commitish": release.target,
            "name": release.name,
            "draft": release.draft,
            "immutable": !release.draft,
            "prerelease": release.prerelease,
            "created_at": time(release.created_at),
            "updated_at": time(release.published_at.unwrap_or(release.created_at)),
            "published_at": maybe_time(release.published_at),
            "assets": assets,
            "tarball_url": format!("{}/tarball/{tag}", self.repo_url(repo)),
            "zipball_url": format!("{}/zipball/{tag}", self.repo_url(repo)),
            "body": release.body
        })
    }

    /// A file at a release.
    pub fn asset_json(&self, repo: RepoIx, release: &Release, asset: &Asset) -> Value {
        let id = asset.id;
        let digest = hex::encode(Sha256::digest(asset.content.as_bytes()));
        let page = self.repo_page(repo);
        let (tag, name) = (encode(&release.tag), encode(&asset.name));
        json!({
            "url": format!("{}/releases/assets/{id}", self.repo_url(repo)),
            "id": id,
            "node_id": node_id("RA", id),
            "name": asset.name,
            "label": "",
            "uploader": self.user_json(asset.uploader),
            "content_type": asset.content_type,
            "state": if asset.uploaded { "uploaded" } else { "starter" },
            "size": asset.content.len(),
            "digest": asset.uploaded.then(|| format!("sha256:{digest}")),
            "download_count": 0,
            "created_at": time(asset.created_at),
            "updated_at": time(asset.created_at),
            "browser_download_url": format!("{page}/releases/download/{tag}/{name}")
        })
    }

    /// A tag as git sees it: a name for a commit, or for an object of its own.
    pub fn tag_json(&self, repo: RepoIx, name: &str, tag: &Tag) -> Value {
        let (kind, path, sha) = match &tag.object {
            Some(object) => ("tag", "tags", object),
            None => ("commit", "commits", &tag.commit),
        };
        let git = format!("{}/git", self.repo_url(repo));
        json!({
            "ref": format!("refs/tags/{name}"),
            "node_id": node_id("REF", self[repo].id),
            "url": format!("{git}/refs/tags/{}", encode(name)),
            "object": { "type": kind, "sha": sha, "url": format!("{git}/{path}/{sha}") }
        })
    }

    /// The object of an annotated tag.
    pub fn tag_object_json(&self, repo: RepoIx, name: &str, tag: &Tag, object: &str) -> Value {
        let git = format!("{}/git", self.repo_url(repo));
        let owner = self.login(self[repo].owner);
        json!({
            "node_id": node_id("TA", self[repo].id),
            "tag": name,
            "sha": object,
            "url": format!("{git}/tags/{object}"),
            "message": tag.message,
            "tagger": {
                "date": time(self[repo].created_at),
                "email": format!("{owner}@users.noreply.github.com"),
                "name": owner
            },
            "object": {
                "sha": tag.commit, "type": "commit", "url": format!("{git}/commits/{}", tag.commit)
            }
        })
    }
}
