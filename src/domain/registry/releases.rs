//! Tags and releases of versions: those that labhand makes of what was handed over, and those that people
//! make by hand, which register a version that no hand-off stands behind.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Record, Registry};
use crate::domain::actor::User;
use crate::domain::ids::CommitSha;
use crate::domain::version::{ModelName, ModelVersion, Version};

/// A version has a tag, or a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Which.
    pub of: ModelVersion,
    /// What is tagged, where that could be seen.
    pub commit: Option<CommitSha>,
    /// The release's page; `None`: there is a tag only.
    pub url: Option<String>,
    /// The release's title.
    pub title: Option<String>,
    /// The release is not published yet.
    pub draft: bool,
}

/// Why a release or a tag that the policy asks for is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Obstacle {
    /// The permission *contents: write* is missing.
    MayNot,
    /// The tag stands at another commit.
    TagElsewhere,
    /// GitHub refuses it, in its words.
    Refused(String),
}

/// The tag and release of a version as they are now.
#[derive(Debug, Clone, PartialEq)]
pub struct Release {
    /// The release's page; `None`: there is a tag only.
    pub url: Option<String>,
    /// Not published yet.
    pub draft: bool,
    /// What is tagged.
    pub commit: Option<CommitSha>,
    /// It was deleted since.
    gone: bool,
    /// What is known of the version if no pull request is it.
    by_hand: Record,
}

impl Release {
    fn new(told: &Released, at: Timestamp, by: Option<User>) -> Self {
        Self {
            url: None,
            draft: told.draft,
            commit: None,
            gone: false,
            by_hand: Record {
                of: told.of.clone(),
                pull: None,
                title: String::new(),
                merged_at: at,
                merged_by: by,
                commit: None,
                open_when_merged: Vec::new(),
                open: Vec::new(),
                self_signed: false,
                entries: Vec::new(),
                card: None,
                experiments: Vec::new(),
            },
        }
    }
}

impl Registry {
    pub(super) fn hear_release(&mut self, told: Released, at: Timestamp, by: Option<User>) {
        let release = self
            .releases
            .entry(told.of.clone())
            .or_insert_with(|| Release::new(&told, at, by));
        release.gone = false;
        release.draft = told.draft;
        release.url = told.url.or(release.url.take());
        release.commit = told.commit.or(release.commit.take());
        release.by_hand.commit.clone_from(&release.commit);
        if let Some(title) = told.title {
            release.by_hand.title = title;
        }
    }

    pub(super) fn hear_withdrawal(&mut self, of: &ModelVersion) {
        if let Some(release) = self.releases.get_mut(of) {
            release.gone = true;
            release.url = None;
        }
    }

    pub(super) fn hear_obstacle(&mut self, of: ModelVersion, obstacle: Option<Obstacle>) {
        match obstacle {
            Some(obstacle) => self.obstacles.insert(of, obstacle),
            None => self.obstacles.remove(&of),
        };
    }

    /// The tag and release of a version.
    pub fn release(&self, of: &ModelVersion) -> Option<&Release> {
        self.releases.get(of).filter(|release| !release.gone)
    }

    /// Why a version has no release or tag, though the policy asks for one.
    pub fn obstacle(&self, of: &ModelVersion) -> Option<&Obstacle> {
        self.obstacles.get(of)
    }

    /// The record of a version that was published by hand.
    pub(super) fn made_by_hand(&self, of: &ModelVersion) -> Option<&Record> {
        self.release(of)
            .filter(|release| !release.draft)
            .map(|release| &release.by_hand)
    }

    /// The records of all versions that were published by hand and that no pull request is.
    pub(super) fn all_by_hand(&self) -> impl Iterator<Item = &Record> {
        let merged = |of: &ModelVersion| self.merged(of).is_some();
        let versions = self.releases.keys().filter(move |of| !merged(of));
        versions.filter_map(|of| self.made_by_hand(of))
    }

    /// The version of a model that a commit is, even one whose tag was deleted since.
    pub fn version_at(&self, model: &ModelName, commit: &CommitSha) -> Option<Version> {
        let merged = self
            .items
            .values()
            .filter_map(|it| it.said.says.record.as_deref())
            .filter(|record| record.of.model == *model && self.is_owned(record))
            .find(|record| record.commit.as_ref() == Some(commit))
            .map(|record| &record.of.version);
        let mut released = self.releases.iter();
        let tagged = || {
            released
                .find(|(of, it)| of.model == *model && it.commit.as_ref() == Some(commit))
                .map(|(of, _)| &of.version)
        };
        merged.or_else(tagged).cloned()
    }
}
