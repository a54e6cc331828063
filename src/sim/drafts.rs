//! Issues and pull requests while they are being written.

use super::acts::{NewIssue, NewPull};
use super::done;
use super::people::{Person, owned};
use crate::domain::ids::ItemNumber;

impl Person {
    /// Begins to write an issue.
    pub fn open_issue(&self, title: &str) -> IssueDraft<'_> {
        IssueDraft {
            by: self,
            new: NewIssue {
                title: title.to_owned(),
                ..NewIssue::default()
            },
        }
    }

    /// Begins to write a pull request, from a branch of its own with one file unless told.
    pub fn open_pull(&self, title: &str) -> PullDraft<'_> {
        PullDraft {
            by: self,
            new: NewPull {
                issue: NewIssue {
                    title: title.to_owned(),
                    ..NewIssue::default()
                },
                ..NewPull::default()
            },
            fork: false,
        }
    }
}

/// An issue that is being written.
#[must_use = "an issue is opened by `send`"]
pub struct IssueDraft<'a> {
    pub(super) by: &'a Person,
    pub(super) new: NewIssue,
}

impl IssueDraft<'_> {
    /// Its text.
    pub fn body(mut self, body: &str) -> Self {
        self.new.body = Some(body.to_owned());
        self
    }

    /// Its labels.
    pub fn labels(mut self, names: &[&str]) -> Self {
        self.new.labels = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Who is assigned.
    pub fn assign(mut self, logins: &[&str]) -> Self {
        self.new.assignees = logins.iter().map(|login| (*login).to_owned()).collect();
        self
    }

    /// Its milestone, by number.
    pub fn milestone(mut self, number: u64) -> Self {
        self.new.milestone = Some(number);
        self
    }

    /// Its issue type.
    pub fn issue_type(mut self, name: &str) -> Self {
        self.new.issue_type = Some(name.to_owned());
        self
    }

    /// Opens it; its number.
    #[track_caller]
    pub fn send(self) -> ItemNumber {
        let mut world = self.by.gh.world();
        ItemNumber(done(world.open_issue(
            self.by.repo,
            self.by.actor,
            &self.new,
        )))
    }
}

/// A pull request that is being written.
#[must_use = "a pull request is opened by `send`"]
pub struct PullDraft<'a> {
    pub(super) by: &'a Person,
    pub(super) new: NewPull,
    fork: bool,
}

impl PullDraft<'_> {
    /// Its text.
    pub fn body(mut self, body: &str) -> Self {
        self.new.issue.body = Some(body.to_owned());
        self
    }

    /// Its labels.
    pub fn labels(mut self, names: &[&str]) -> Self {
        self.new.issue.labels = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Who is assigned.
    pub fn assign(mut self, logins: &[&str]) -> Self {
        self.new.issue.assignees = logins.iter().map(|login| (*login).to_owned()).collect();
        self
    }

    /// Its milestone, by number.
    pub fn milestone(mut self, number: u64) -> Self {
        self.new.issue.milestone = Some(number);
        self
    }

    /// Its branch; one that is there is taken as it is, unless files are added.
    pub fn branch(mut self, name: &str) -> Self {
        name.clone_into(&mut self.new.branch);
        self
    }

    /// It comes from a fork of the author's, which is gone already.
    pub fn from_fork(mut self) -> Self {
        self.fork = true;
        self
    }

    /// The branch that it would be merged into; the default branch unless told.
    pub fn base(mut self, name: &str) -> Self {
        self.new.base = Some(name.to_owned());
        self
    }

    /// What it changes: path and text.
    pub fn files(mut self, files: &[(&str, &str)]) -> Self {
        self.new.files = owned(files);
        self
    }

    /// Not ready for review.
    pub fn draft(mut self) -> Self {
        self.new.draft = true;
        self
    }

    /// Opens it; its number.
    #[track_caller]
    pub fn send(mut self) -> ItemNumber {
        let mut world = self.by.gh.world();
        if self.new.branch.is_empty() {
            let number = world[self.by.repo].next_number;
            self.new.branch = format!("{}-{number}", world.login(self.by.actor.account));
        }
        if self.fork {
            let owner = world.login(self.by.actor.account);
            self.new.branch = format!("{owner}:{}", self.new.branch);
        }
        let there = world[self.by.repo].branches.contains_key(&self.new.branch);
        if self.new.files.is_empty() && !there {
            let path = format!("src/{}.txt", self.new.branch);
            self.new.files = owned(&[(&path, "changed\n")]);
        }
        ItemNumber(done(world.open_pull(self.by.repo, self.by.actor, self.new)))
    }
}
