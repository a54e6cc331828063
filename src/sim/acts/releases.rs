//! Tags and releases. A release is made as a draft or published at once; its tag is made when it is
//! published, unless it is there, and then no file comes to it any more, as in repositories whose
//! releases are immutable.

use serde_json::json;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Asset, Release, Tag};
use super::super::world::World;
use super::sha1_like;

/// The most characters of a release's text.
const BODY_LIMIT: usize = 125_000;
/// The id of the commit before a tag's.
const NOTHING: &str = "0000000000000000000000000000000000000000";

/// A release while it is being made.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct NewRelease {
    pub tag: String,
    /// A branch or a commit; `None`: the default branch.
    pub target: Option<String>,
    pub name: Option<String>,
    pub body: Option<String>,
    pub draft: bool,
    pub prerelease: bool,
}

/// What a request says of a release; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct ReleaseEdit {
    pub tag: Option<String>,
    pub name: Option<String>,
    pub body: Option<String>,
    pub draft: Option<bool>,
}

fn fits(body: Option<&String>) -> Did<()> {
    if body.is_some_and(|body| body.chars().count() > BODY_LIMIT) {
        let sentence = "body is too long (maximum is 125000 characters)";
        return Err(Refusal::unprocessable("Release", "body", sentence));
    }
    Ok(())
}

/// What git-check-ref-format(1) does not let through.
fn is_tag_name(name: &str) -> bool {
    let forbidden = |c: char| c.is_control() || " ~^:?*[\\".contains(c);
    let ends_badly = name.ends_with(['.', '/']) || name.to_ascii_lowercase().ends_with(".lock");
    !name.is_empty()
        && !name.contains(forbidden)
        && !["..", "@{", "//", "/."]
            .iter()
            .any(|part| name.contains(part))
        && !name.starts_with(['.', '/', '-'])
        && !ends_badly
}

impl World {
    /// Makes a tag at a commit; `message` makes it an annotated one.
    pub fn create_tag(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        name: &str,
        commit: &str,
        message: Option<&str>,
    ) -> Did<()> {
        if !is_tag_name(name) {
            return Err(Refusal::new(422, "Reference name is invalid"));
        }
        if self[repo].tags.contains_key(name) {
            return Err(Refusal::new(422, "Reference already exists"));
        }
        if !self[repo].commits.contains_key(commit) {
            return Err(Refusal::new(422, "Object does not exist"));
        }
        let object = message.map(|message| sha1_like(&["tag", name, commit, message]));
        let tag = Tag {
            commit: commit.to_owned(),
            object,
            message: message.unwrap_or_default().to_owned(),
        };
        self[repo].tags.insert(name.to_owned(), tag);
        self.announce_tag(repo, actor, name, true);
        Ok(())
    }

    /// Deletes a tag; a published release of it is a draft again, as on GitHub.
    pub fn delete_tag(&mut self, repo: RepoIx, actor: Actor, name: &str) -> Did<()> {
        if !self[repo].tags.contains_key(name) {
            return Err(Refusal::new(422, "Reference does not exist"));
        }
        self.announce_tag(repo, actor, name, false);
        self[repo].tags.remove(name);
        let of = |release: &&mut Release| release.tag == name && !release.draft;
        if let Some(release) = self[repo].releases.iter_mut().find(of) {
            release.draft = true;
            release.published_at = None;
            let id = release.id;
            self.announce_release(repo, actor, id, "unpublished");
        }
        Ok(())
    }

    /// `push` of a tag. Of an annotated one `after` is its own object, and `head_commit` the commit.
    fn announce_tag(&mut self, repo: RepoIx, actor: Actor, name: &str, is_new: bool) {
        let Some(tag) = self[repo].tags.get(name).cloned() else {
            return;
        };
        let head = self[repo]
            .commits
            .get(&tag.commit)
            .map(|commit| self.pushed_commit_json(repo, commit, None));
        let id = tag.object.unwrap_or(tag.commit);
        let (before, after) = if is_new {
            (NOTHING, id.as_str())
        } else {
            (id.as_str(), NOTHING)
        };
        let login = self.login(actor.account).to_owned();
        let more = json!({
            "ref": format!("refs/tags/{name}"),
            "before": before,
            "after": after,
            "base_ref": null,
            "created": is_new,
            "deleted": !is_new,
            "forced": false,
            "compare": format!("{}/compare/{name}", self.repo_page(repo)),
            "commits": [],
            "head_commit": head.filter(|_| is_new),
            "pusher": { "name": login, "email": format!("{login}@users.noreply.github.com") }
        });
        self.announce(repo, actor, "push", None, more);
    }

    /// Makes a release. Two drafts may have one tag; of what is published there is one for each.
    pub fn create_release(&mut self, repo: RepoIx, actor: Actor, new: NewRelease) -> Did<u64> {
        fits(new.body.as_ref())?;
        if !is_tag_name(&new.tag) {
            return Err(Refusal::unprocessable(
                "Release",
                "tag_name",
                "tag_name is not a valid tag",
            ));
        }
        let target = new
            .target
            .unwrap_or_else(|| self[repo].default_branch.clone());
        if self[repo].commit(&target).is_none() {
            return Err(Refusal::invalid("Release", "target_commitish", "invalid"));
        }
        if !new.draft {
            self.tag_is_free(repo, &new.tag)?;
        }
        let (id, created_at) = (self.id(), self.now());
        self[repo].releases.push(Release {
            id,
            tag: new.tag,
            target,
            name: new.name,
            body: new.body,
            draft: true,
            prerelease: new.prerelease,
            author: actor.account,
            created_at,
            published_at: None,
            assets: Vec::new(),
        });
        self.announce_release(repo, actor, id, "created");
        if !new.draft {
            self.publish_release(repo, actor, id)?;
        }
        Ok(id)
    }

    fn tag_is_free(&self, repo: RepoIx, tag: &str) -> Did<()> {
        let mut published = self[repo].releases.iter().filter(|it| !it.draft);
        if published.any(|release| release.tag == tag) {
            return Err(Refusal::invalid("Release", "tag_name", "already_exists"));
        }
        Ok(())
    }

    /// A tag that is there stays where it is, whatever the release's target.
    fn publish_release(&mut self, repo: RepoIx, actor: Actor, id: u64) -> Did<()> {
        let release = self.release(repo, id)?.clone();
        self.tag_is_free(repo, &release.tag)?;
        if !self[repo].tags.contains_key(&release.tag) {
            let commit = self[repo].commit(&release.target).map(|it| it.sha.clone());
            let commit =
                commit.ok_or_else(|| Refusal::invalid("Release", "target_commitish", "invalid"))?;
            self.create_tag(repo, actor, &release.tag, &commit, None)?;
        }
        let now = self.now();
        let release = self.release_mut(repo, id)?;
        release.draft = false;
        release.published_at = Some(now);
        let kind = if release.prerelease {
            "prereleased"
        } else {
            "released"
        };
        self.announce_release(repo, actor, id, "published");
        self.announce_release(repo, actor, id, kind);
        Ok(())
    }

    /// Changes a release, or publishes it.
    pub fn edit_release(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        id: u64,
        edit: ReleaseEdit,
    ) -> Did<()> {
        fits(edit.body.as_ref())?;
        let release = self.release_mut(repo, id)?;
        let moves = edit.tag.as_ref().is_some_and(|tag| *tag != release.tag);
        if moves && !release.draft {
            return Err(Refusal::unprocessable(
                "Release",
                "tag_name",
                "tag_name cannot be changed when release is immutable",
            ));
        }
        release.tag = edit.tag.unwrap_or_else(|| release.tag.clone());
        release.name = edit.name.or(release.name.take());
        release.body = edit.body.or(release.body.take());
        let was_draft = release.draft;
        match edit.draft {
            Some(false) if was_draft => self.publish_release(repo, actor, id)?,
            Some(true) if !was_draft => {
                release.draft = true;
                release.published_at = None;
                self.announce_release(repo, actor, id, "unpublished");
            }
            Some(_) | None => self.announce_release(repo, actor, id, "edited"),
        }
        Ok(())
    }

    /// Publishes the draft that is to have a tag.
    pub fn publish_draft(&mut self, repo: RepoIx, actor: Actor, tag: &str) -> Did<()> {
        let mut releases = self[repo].releases.iter();
        let draft = releases.find(|it| it.draft && it.tag == tag);
        let id = draft.map(|it| it.id).ok_or_else(Refusal::not_found)?;
        self.publish_release(repo, actor, id)
    }

    /// Deletes a release; its tag stays.
    pub fn delete_release(&mut self, repo: RepoIx, actor: Actor, id: u64) -> Did<()> {
        self.release(repo, id)?;
        self.announce_release(repo, actor, id, "deleted");
        self[repo].releases.retain(|release| release.id != id);
        Ok(())
    }

    /// Attaches a file; only one that broke off has no content.
    pub fn attach(
        &mut self,
        repo: RepoIx,
        actor: Actor,
        id: u64,
        file: (&str, &str, &str),
    ) -> Did<u64> {
        let (name, content_type, content) = file;
        let (asset, created_at) = (self.id(), self.now());
        let breaks_off = self.uploads_to_cut > 0;
        self.uploads_to_cut = self.uploads_to_cut.saturating_sub(1);
        let release = self.release_mut(repo, id)?;
        if !release.draft {
            let words = "Cannot upload assets to an immutable release.";
            return Err(Refusal::new(422, words));
        }
        if release.assets.iter().any(|asset| asset.name == name) {
            return Err(Refusal::invalid("ReleaseAsset", "name", "already_exists"));
        }
        release.assets.push(Asset {
            id: asset,
            name: name.to_owned(),
            content_type: content_type.to_owned(),
            content: if breaks_off { "" } else { content }.to_owned(),
            uploaded: !breaks_off,
            uploader: actor.account,
            created_at,
        });
        if breaks_off {
            return Err(Refusal::new(502, "Server Error"));
        }
        Ok(asset)
    }

    /// Takes a file off again.
    pub fn detach(&mut self, repo: RepoIx, asset: u64) -> Did<()> {
        let has = |release: &&mut Release| release.assets.iter().any(|it| it.id == asset);
        let release = self[repo].releases.iter_mut().find(has);
        let release = release.ok_or_else(Refusal::not_found)?;
        release.assets.retain(|it| it.id != asset);
        Ok(())
    }

    /// The release of that id.
    pub fn release(&self, repo: RepoIx, id: u64) -> Did<&Release> {
        let mut releases = self[repo].releases.iter();
        releases
            .find(|it| it.id == id)
            .ok_or_else(Refusal::not_found)
    }

    fn release_mut(&mut self, repo: RepoIx, id: u64) -> Did<&mut Release> {
        let mut releases = self[repo].releases.iter_mut();
        releases
            .find(|it| it.id == id)
            .ok_or_else(Refusal::not_found)
    }

    fn announce_release(&mut self, repo: RepoIx, actor: Actor, id: u64, action: &str) {
        if let Ok(release) = self.release(repo, id) {
            let release = self.release_json(repo, release);
            let more = json!({ "release": release });
            self.announce(repo, actor, "release", Some(action), more);
        }
    }
}
