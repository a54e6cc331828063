//! Tags and releases, as people make them and as tests look at them.

use super::acts::NewRelease;
use super::people::Person;
use super::state::{Asset, Release};
use super::{Sim, done};

/// A release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseView {
    /// Its tag, which is not there yet for a draft.
    pub tag: String,
    /// What would be tagged.
    pub target: String,
    /// Its name.
    pub name: String,
    /// Its text.
    pub body: String,
    /// Not published.
    pub draft: bool,
    /// A version before the real one.
    pub prerelease: bool,
    /// Who made it.
    pub author: String,
    /// Its files: name, content, and whether the upload came to its end.
    pub files: Vec<(String, String, bool)>,
}

impl Person {
    /// Tags a commit, as `git tag -a` and a push do.
    #[track_caller]
    pub fn tag(&self, name: &str, commit: &str) {
        let mut world = self.gh.world();
        done(world.create_tag(self.repo, self.actor, name, commit, Some("By hand")));
    }

    /// Deletes a tag.
    #[track_caller]
    pub fn delete_tag(&self, name: &str) {
        let mut world = self.gh.world();
        done(world.delete_tag(self.repo, self.actor, name));
    }

    /// Publishes a release on GitHub's page, whose tag is made at a branch or commit if it is new.
    #[track_caller]
    pub fn publish_release(&self, tag: &str, target: &str, name: &str) {
        let new = NewRelease {
            tag: tag.to_owned(),
            target: Some(target.to_owned()),
            name: Some(name.to_owned()),
            ..NewRelease::default()
        };
        let mut world = self.gh.world();
        done(world.create_release(self.repo, self.actor, new));
    }

    /// Publishes the draft that is to have a tag.
    #[track_caller]
    pub fn publish_draft(&self, tag: &str) {
        let mut world = self.gh.world();
        done(world.publish_draft(self.repo, self.actor, tag));
    }

    /// Deletes the releases of a tag, drafts too; the tag stays.
    #[track_caller]
    pub fn delete_releases(&self, tag: &str) {
        let mut world = self.gh.world();
        let of = |release: &&Release| release.tag == tag;
        let ids: Vec<u64> = world[self.repo]
            .releases
            .iter()
            .filter(of)
            .map(|it| it.id)
            .collect();
        for id in ids {
            done(world.delete_release(self.repo, self.actor, id));
        }
    }
}

impl Sim {
    /// The releases of a repository, drafts too, in the order in which they were made.
    #[track_caller]
    pub fn releases(&self, repo: &str) -> Vec<ReleaseView> {
        let world = self.world();
        let repo = Self::place(&world, repo);
        let file = |it: &Asset| (it.name.clone(), it.content.clone(), it.uploaded);
        let view = |release: &Release| ReleaseView {
            tag: release.tag.clone(),
            target: release.target.clone(),
            name: release.name.clone().unwrap_or_default(),
            body: release.body.clone().unwrap_or_default(),
            draft: release.draft,
            prerelease: release.prerelease,
            author: world.login(release.author).to_owned(),
            files: release.assets.iter().map(file).collect(),
        };
        world[repo].releases.iter().map(view).collect()
    }

    /// The tags of a repository by name, and the commit that each is at.
    #[track_caller]
    pub fn tags(&self, repo: &str) -> Vec<(String, String)> {
        let world = self.world();
        let repo = Self::place(&world, repo);
        let tags = world[repo].tags.iter();
        tags.map(|(name, tag)| (name.clone(), tag.commit.clone()))
            .collect()
    }

    /// Gives the App the permission *contents: write*, or takes it away.
    pub fn let_write_contents(&self, lets: bool) {
        self.world().contents_are_read_only = !lets;
    }

    /// Lets the next uploads break off on their way: their names are there, and nothing behind them.
    pub fn cut_uploads(&self, times: usize) {
        self.world().uploads_to_cut = times;
    }
}
