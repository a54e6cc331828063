//! What labhand needs of a forge: words for what can be heard from it, asked of it and told it.
//! [`github`] is the one that speaks to GitHub; tests and benches bring a double that records.

use std::future::Future;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::actor::{Permission, User};
use crate::domain::evidence::{TextAt, ThingAt};
use crate::domain::fact::{CloseReason, Milestone, PullSight, Snapshot};
use crate::domain::ids::{CommentId, CommitSha, InstallationId, ItemNumber, RepoId, RepoName};

mod allowance;
mod check;
pub mod github;
mod heard;
mod hook;
mod links;
mod listed;
mod release;
mod shown;

pub use allowance::Allowance;
pub use check::{
    Annotation, Button, CHECK_AGAIN, Check, Conclusion, DOES_NOT_APPLY, StatusNow,
    annotations_digest, item_of_check,
};
pub use heard::{Deployed, Happening, Heard, ReleaseHeard, ReleaseNews, RepoHappening};
pub use hook::HookDelivery;
pub use links::PullLinks;
pub use listed::{
    CommentMade, EventKind, IssueEvent, ListFrom, ListPage, ListedComment, ListedIssue,
};
pub use release::{NewRelease, ReleaseCall, ReleaseMade, TagCall};
pub use shown::{BoardShown, CheckShown, CommentShown, LabelShown, Picture, ReleaseShown, Shown};

/// A repository as calls need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoRef {
    /// Whose token is used.
    pub installation: InstallationId,
    /// Survives renaming.
    pub id: RepoId,
    /// Its name now.
    pub name: RepoName,
}

/// A comment, issue, check or reply of labhand's own, by its purpose: `status`, `checklist`,
/// `board`, `reply:123`, `notice:box-expired:1795514400`. Unique within the issue that it stands in.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(pub String);

impl Slot {
    /// The hidden marker by which it is found again when the answer to its creation was lost.
    pub fn marker(&self) -> String {
        format!("<!-- labhand:{} -->", self.0)
    }
}

/// A label's definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelSpec {
    /// As it is called on GitHub; at most 50 characters.
    pub name: String,
    /// Six hexadecimal digits.
    pub color: String,
    /// At most 100 characters.
    pub description: String,
}

/// The reactions that labhand uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// 👀: a comment with commands is taken.
    Eyes,
    /// 🚀: all of them were carried out.
    Rocket,
    /// 😕: at least one was not.
    Confused,
}

/// One write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// Defines a label; one that exists already is as good.
    CreateLabel(LabelSpec),
    /// Adds labels, by their names on GitHub.
    AddLabels {
        /// To which issue or pull request.
        number: ItemNumber,
        /// Names on GitHub.
        labels: Vec<String>,
    },
    /// Takes a label off; one that is not there is as good.
    RemoveLabel {
        /// Of which issue or pull request.
        number: ItemNumber,
        /// Name on GitHub.
        label: String,
    },
    /// Creates a comment.
    CreateComment {
        /// Where.
        number: ItemNumber,
        /// For what; its marker is in the body.
        slot: Slot,
        /// Markdown, at most 65,536 characters.
        body: String,
    },
    /// Edits a comment of our own.
    EditComment {
        /// Which.
        comment: CommentId,
        /// Markdown, at most 65,536 characters.
        body: String,
    },
    /// Adds a reaction; one that is there is as good.
    React {
        /// To which issue…
        number: ItemNumber,
        /// …or to which of its comments.
        comment: Option<CommentId>,
        /// Which one.
        reaction: Reaction,
    },
    /// Closes an issue.
    Close {
        /// Which.
        number: ItemNumber,
        /// Why.
        how: CloseReason,
    },
    /// Opens an issue again.
    Reopen {
        /// Which.
        number: ItemNumber,
    },
    /// Writes a check for the first time, or anew (`existing`).
    WriteCheck {
        /// GitHub's id of the check run to be changed.
        existing: Option<u64>,
        /// What it says.
        check: Check,
    },
    /// Creates an issue.
    CreateIssue {
        /// For what; its marker is in the body.
        slot: Slot,
        /// Its title.
        title: String,
        /// Markdown, at most 65,536 characters.
        body: String,
        /// Names on GitHub.
        labels: Vec<String>,
    },
    /// Changes the text of an issue of our own.
    EditIssue {
        /// Which.
        number: ItemNumber,
        /// Markdown, at most 65,536 characters.
        body: String,
    },
    /// Writes to a release.
    Release(ReleaseCall),
    /// Makes a tag.
    Tag(TagCall),
}

/// What a write yielded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Nothing to remember.
    Nothing,
    /// A label and its id.
    Label(u64),
    /// A comment.
    Comment(CommentMade),
    /// A check run.
    Check(u64),
    /// An issue.
    Issue(ItemNumber),
    /// A release.
    Release(ReleaseMade),
}

/// Why a call did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// 404 or 410: not there, not there yet, or not for us.
    #[error("GitHub has no such thing: {0}")]
    Missing(String),
    /// 401, or no token for the installation: a key has to be mended or a suspension ended, and
    /// what was asked has nothing to do with it.
    #[error("GitHub does not let us in ({status}): {message}")]
    LockedOut {
        /// The HTTP status.
        status: u16,
        /// GitHub's words, without any secret.
        message: String,
    },
    /// 403 that is no rate limit, 422 and other answers that repeating does not change.
    #[error("GitHub refused ({status}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// GitHub's words, without any secret.
        message: String,
    },
    /// 403 or 429 for being too fast; nothing at all may be sent for this installation before then.
    #[error("GitHub asks to wait {seconds} s")]
    Limited {
        /// From now.
        seconds: u64,
    },
    /// It did certainly not happen: no connection, or a 5xx to something that may be repeated.
    #[error("GitHub is not reachable: {0}")]
    Unavailable(String),
    /// It may have happened: the answer was lost, or 5xx came to something that creates.
    #[error("the answer was lost: {0}")]
    Lost(String),
    /// An answer that does not have the form that GitHub documents.
    #[error("GitHub's answer could not be read: {0}")]
    Unreadable(String),
}

/// An issue or pull request as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueNow {
    /// All of it. Label names are GitHub's, not canonical.
    pub snapshot: Snapshot,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A repository as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepoNow {
    /// Its name and owner.
    pub name: RepoName,
    /// The branch whose policy counts.
    pub default_branch: String,
    /// Not for everybody to read.
    pub private: bool,
    /// Its owner is a person, who has no teams.
    #[serde(default)]
    pub personal: bool,
}

/// What can be asked of a forge and told it. Every list is read to its last page.
pub trait Forge: Send + Sync + 'static {
    /// The account that writes: whose events are our own.
    fn own_account(&self) -> impl Future<Output = Result<User, CallError>> + Send;
    /// Asks for something small, so that an answer comes, and with it the time; a refusal is one too.
    fn hear(&self) -> impl Future<Output = Result<(), CallError>> + Send;
    /// How many requests an installation has left, as far as GitHub has said so; an Enterprise Server
    /// may have no limit.
    fn allowance(&self, installation: InstallationId) -> Option<Allowance>;
    /// Makes one write.
    fn perform(
        &self,
        repo: &RepoRef,
        call: &Call,
    ) -> impl Future<Output = Result<Done, CallError>> + Send;
    /// Looks for what a lost creation may have made: `Some` only for something by our own account
    /// with the call's marker.
    fn find(
        &self,
        repo: &RepoRef,
        call: &Call,
    ) -> impl Future<Output = Result<Option<Done>, CallError>> + Send;
    /// The repository.
    fn repository(&self, repo: &RepoRef)
    -> impl Future<Output = Result<RepoNow, CallError>> + Send;
    /// Whether the installation covers all repositories of its account; never without an App.
    fn installed_on_all(
        &self,
        installation: InstallationId,
    ) -> impl Future<Output = Result<bool, CallError>> + Send;
    /// The attempts to hand the App's deliveries over since a time, the latest first.
    fn hook_deliveries(
        &self,
        since: Timestamp,
    ) -> impl Future<Output = Result<Vec<HookDelivery>, CallError>> + Send;
    /// Asks for an attempt to be repeated; nothing happens if it is known no more.
    fn redeliver(&self, attempt: u64) -> impl Future<Output = Result<(), CallError>> + Send;
    /// An issue or pull request.
    fn issue(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> impl Future<Output = Result<IssueNow, CallError>> + Send;
    /// A page of all issues and pull requests, open and closed, that changed since then.
    fn issues(
        &self,
        repo: &RepoRef,
        from: ListFrom,
    ) -> impl Future<Output = Result<ListPage<ListedIssue>, CallError>> + Send;
    /// A page of all comments of issues and pull requests that were written or edited since then.
    fn comments(
        &self,
        repo: &RepoRef,
        from: ListFrom,
    ) -> impl Future<Output = Result<ListPage<ListedComment>, CallError>> + Send;
    /// What the page of an issue or pull request tells of its labels and its state, the oldest first.
    fn events(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> impl Future<Output = Result<Vec<IssueEvent>, CallError>> + Send;
    /// Where an issue is that was moved to another repository; `None`: it is here. `Missing` if it
    /// was deleted, or moved to where we see nothing.
    fn whereabouts(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> impl Future<Output = Result<Option<(RepoId, ItemNumber)>, CallError>> + Send;
    /// Where an issue was before it was moved here, as far as GitHub lets us know.
    fn came_from(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> impl Future<Output = Result<Option<RepoId>, CallError>> + Send;
    /// Which of these comments, by their ids in GraphQL, are not there any more.
    fn missing(
        &self,
        repo: &RepoRef,
        nodes: &[String],
    ) -> impl Future<Output = Result<Vec<String>, CallError>> + Send;
    /// The person who has edited the text of an issue, or one of its comments, last, or wrote it if
    /// nobody has; `None` if that was a bot, or somebody whose account is gone.
    fn last_editor(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
        comment: Option<CommentId>,
    ) -> impl Future<Output = Result<Option<User>, CallError>> + Send;
    /// The names of all tags that begin so.
    fn tags(
        &self,
        repo: &RepoRef,
        prefix: &str,
    ) -> impl Future<Output = Result<Vec<String>, CallError>> + Send;
    /// A comment's text; `Missing` if it was deleted.
    fn comment(
        &self,
        repo: &RepoRef,
        comment: CommentId,
    ) -> impl Future<Output = Result<String, CallError>> + Send;
    /// The one person who edited a comment of our own since we did, by its edit history; `None`
    /// if that was nobody, several, a bot, or somebody whose account is gone.
    fn editor_since_ours(
        &self,
        repo: &RepoRef,
        comment: CommentId,
    ) -> impl Future<Output = Result<Option<User>, CallError>> + Send;
    /// All labels: id and definition.
    fn labels(
        &self,
        repo: &RepoRef,
    ) -> impl Future<Output = Result<Vec<(u64, LabelSpec)>, CallError>> + Send;
    /// A file's text on the default branch of a repository; `None` if there is none, or no such repository.
    fn file(
        &self,
        repo: &RepoRef,
        of: &RepoName,
        path: &str,
    ) -> impl Future<Output = Result<Option<String>, CallError>> + Send;
    /// All milestones, open or closed, and when each last changed.
    fn milestones(
        &self,
        repo: &RepoRef,
    ) -> impl Future<Output = Result<Vec<(Milestone, Timestamp)>, CallError>> + Send;
    /// What somebody may do in the repository.
    fn permission(
        &self,
        repo: &RepoRef,
        user: &User,
    ) -> impl Future<Output = Result<Permission, CallError>> + Send;
    /// The people who may maintain or administer the repository, however they came by it; no bots.
    fn maintainers(
        &self,
        repo: &RepoRef,
    ) -> impl Future<Output = Result<Vec<User>, CallError>> + Send;
    /// Whether somebody is an active member of the team `org/team`; `Missing` if there is no such team for us.
    fn in_team(
        &self,
        repo: &RepoRef,
        team: &str,
        user: &User,
    ) -> impl Future<Output = Result<bool, CallError>> + Send;
    /// The members of the team `org/team`; `Missing` if there is no such team for us.
    fn team_members(
        &self,
        repo: &RepoRef,
        team: &str,
    ) -> impl Future<Output = Result<Vec<User>, CallError>> + Send;
    /// A pull request's branches and state.
    fn pull(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> impl Future<Output = Result<PullSight, CallError>> + Send;
    /// The issues of the same repository that merging the pull request would close.
    fn pull_links(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> impl Future<Output = Result<PullLinks, CallError>> + Send;
    /// The paths that a pull request changes.
    fn changed_paths(
        &self,
        repo: &RepoRef,
        pull: ItemNumber,
    ) -> impl Future<Output = Result<Vec<String>, CallError>> + Send;
    /// What stands at each of these paths at a commit, in their order; `None`: nothing. `Missing`
    /// if there is no such commit (yet).
    fn things_at(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        paths: &[String],
    ) -> impl Future<Output = Result<Vec<Option<ThingAt>>, CallError>> + Send;
    /// The text of a file at a commit.
    fn text_at(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        path: &str,
    ) -> impl Future<Output = Result<TextAt, CallError>> + Send;
    /// Whether all checks and statuses of a commit are green, our own apart, since a gate must not
    /// wait for itself; `None`: it has none. `Missing` if there is no such commit (yet).
    fn checks_are_green(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
    ) -> impl Future<Output = Result<Option<bool>, CallError>> + Send;
    /// The commit that a tag is at; `None`: there is no such tag.
    fn tag(
        &self,
        repo: &RepoRef,
        name: &str,
    ) -> impl Future<Output = Result<Option<CommitSha>, CallError>> + Send;
    /// The commit status that counts in a context: the latest, which anybody with write access may
    /// have written over ours; `None`: there is none.
    fn status(
        &self,
        repo: &RepoRef,
        commit: &CommitSha,
        context: &str,
    ) -> impl Future<Output = Result<Option<StatusNow>, CallError>> + Send;
}

/// A short digest of a text, enough to tell whether it is as wanted.
pub fn digest(text: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(&Sha256::digest(text.as_bytes())[..12])
}
