//! What can be heard from a forge.

use jiff::Timestamp;

use super::{LabelSpec, ListedComment, RepoNow};
use crate::domain::actor::User;
use crate::domain::fact::{Milestone, Snapshot, What};
use crate::domain::ids::{CommentId, CommitSha, ItemNumber, RepoId};

/// Something heard from the forge: what happened, when, by whom, and to which item.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// When, by GitHub's clock.
    pub at: Timestamp,
    /// Who did it.
    pub by: Option<User>,
    /// Whether the account that did it is a bot.
    pub by_bot: bool,
    /// What.
    pub what: Happening,
}

/// What can be heard.
#[derive(Debug, Clone, PartialEq)]
pub enum Happening {
    /// Goes into the item's history as it is. Label names are GitHub's, not canonical.
    Item(What),
    /// Somebody wrote or edited a comment, which may hold commands.
    Comment {
        /// Which.
        comment: CommentId,
        /// Its text now.
        body: String,
        /// Who wrote it (who edited it is [`Heard::by`]).
        author: User,
        /// Whether its author is a bot.
        author_is_bot: bool,
        /// Its text before, if it was edited.
        before: Option<String>,
    },
    /// A comment was deleted.
    CommentDeleted {
        /// Which.
        comment: CommentId,
    },
    /// The text of an issue or pull request is new or was edited, and may hold commands.
    Text {
        /// Its text now.
        body: String,
        /// Its text before, if it was edited.
        before: Option<String>,
    },
    /// The issue was moved here from another repository, and is new here.
    Arrived {
        /// The repository where it was, if GitHub lets us know.
        from: Option<RepoId>,
        /// Its number there.
        number: ItemNumber,
    },
    /// The issue was moved to another repository, where it goes on under another number.
    /// [`What::Gone`] comes before.
    Transferred {
        /// The other repository.
        to: RepoId,
        /// Its number there.
        number: ItemNumber,
    },
    /// A list shows it so, and no event has told. Label names are GitHub's.
    Listed(Box<Snapshot>),
    /// It does not stand in the list of all issues.
    Unlisted,
    /// A list has a comment that may hold commands which no event has told.
    CommentListed(ListedComment),
    /// A comment of our own does not read as we left it.
    OursDiffers {
        /// Which.
        comment: CommentId,
    },
    /// Somebody has pressed the button of a check run of ours by which an entry does not apply.
    Pressed {
        /// The check run.
        check: u64,
        /// The entry.
        slug: String,
    },
    /// Something about the repository itself.
    Repo(RepoHappening),
}

/// What can happen to a repository as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RepoHappening {
    /// Something was pushed to the default branch; its policy files may have changed.
    PolicyMayHaveChanged,
    /// A label of this id has this name now; `None`: it was deleted.
    Label {
        /// GitHub's id.
        id: u64,
        /// The definition now.
        spec: Option<LabelSpec>,
    },
    /// The repository has this name, branch and visibility now.
    Repository(RepoNow),
    /// labhand was installed on it, or it was added to the installation.
    Installed {
        /// The App is installed on all repositories of the account.
        on_all: bool,
    },
    /// labhand was taken off it, or it was deleted.
    Removed,
    /// Who is in which team, or may do what, has changed.
    PeopleChanged,
    /// A milestone is so now.
    Milestone {
        /// Its number within the repository.
        number: u64,
        /// The milestone now; `None`: it was deleted.
        now: Option<Milestone>,
    },
    /// A merge queue asks for checks on this commit.
    MergeGroup {
        /// The commit.
        head: CommitSha,
        /// The branch that it would be merged into.
        base: String,
        /// The pull requests that it would merge, as far as the queue's branch name tells.
        pulls: Vec<ItemNumber>,
    },
    /// A deployment has succeeded.
    Deployed(Deployed),
    /// A release was published, or is not there any more.
    Release(ReleaseHeard),
    /// A tag was pushed or deleted.
    Tag {
        /// Its name.
        name: String,
        /// What is tagged; `None`: nothing any more.
        commit: Option<CommitSha>,
    },
    /// Somebody asks for a check of ours again.
    CheckRerequested {
        /// The commit.
        head: CommitSha,
    },
}

/// What was heard of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseHeard {
    /// Its tag.
    pub tag: String,
    /// Its page.
    pub url: String,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// What became of it.
    pub news: ReleaseNews,
}

/// What became of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseNews {
    /// It is there for everybody.
    Published,
    /// It was deleted, or is a draft again.
    Withdrawn,
    /// A draft was deleted; there may be others with this tag.
    DraftDeleted,
}

/// A deployment that has succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Where to.
    pub environment: String,
    /// Which commit.
    pub commit: CommitSha,
    /// The branch, tag or commit that was asked for.
    pub reference: String,
    /// Where it can be looked at, if that was told.
    pub url: Option<String>,
}
