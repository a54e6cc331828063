//! What there is on GitHub: accounts, repositories and all that is in them. Pure data; the whole
//! of it is [`super::world`], what may happen to it is in [`super::acts`], how it looks on the wire
//! in [`super::json`].

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountKind {
    User,
    Organization,
    Bot,
}

/// A user, an organisation or an App's bot.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub id: u64,
    pub login: String,
    pub kind: AccountKind,
    pub created_at: Timestamp,
}

/// Who does something, and whether by way of the App.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Actor {
    pub account: u64,
    pub via_app: bool,
}

/// What somebody may do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Nothing at all.
    None,
    /// Read.
    Read,
    /// Label, assign, close.
    Triage,
    /// Push.
    Write,
    /// Most settings.
    Maintain,
    /// Everything.
    Admin,
}

/// A team of an organisation.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub id: u64,
    pub org: u64,
    pub slug: String,
    pub members: Vec<u64>,
}

/// A repository's place in the world, which hands it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RepoIx(pub usize);

/// Which repositories an installation covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Covered {
    All,
    Only(Vec<RepoIx>),
}

/// The App on an account.
#[derive(Debug, Clone)]
pub(super) struct Installation {
    pub id: u64,
    pub account: u64,
    pub covered: Covered,
    pub created_at: Timestamp,
}

/// A label's definition.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub id: u64,
    pub name: String,
    pub color: String,
    pub description: Option<String>,
}

/// A milestone.
#[derive(Debug, Clone)]
pub(super) struct Milestone {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    pub due_on: Option<Timestamp>,
    pub creator: u64,
    pub open: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

/// A reaction.
#[derive(Debug, Clone)]
pub(super) struct Reaction {
    pub id: u64,
    pub account: u64,
    pub content: String,
    pub created_at: Timestamp,
}

/// One edit of a text, as its edit history shows it.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub id: u64,
    pub editor: u64,
    pub at: Timestamp,
}

/// A comment of an issue or pull request.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub id: u64,
    pub author: Actor,
    pub body: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub edits: Vec<Edit>,
    pub reactions: Vec<Reaction>,
}

/// What the page of an issue tells of it: who did what, and when.
#[derive(Debug, Clone)]
pub(super) struct IssueEvent {
    pub id: u64,
    pub actor: Actor,
    /// GitHub's word for it.
    pub event: String,
    pub at: Timestamp,
    /// Name and colour of the label that was put on or taken off.
    pub label: Option<(String, String)>,
    /// Why it was closed.
    pub reason: Option<StateReason>,
    /// The title before, and the one from then on.
    pub rename: Option<(String, String)>,
    /// Where it was before it was moved here.
    pub from: Option<RepoIx>,
}

/// Why an issue was closed, or that it was reopened, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateReason {
    /// Done.
    Completed,
    /// Won't be done.
    NotPlanned,
    /// Is another one.
    Duplicate,
    /// Open again.
    Reopened,
}

impl StateReason {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
            Self::Reopened => "reopened",
        }
    }

    /// The reason of that word.
    pub(super) fn of(word: &str) -> Option<Self> {
        [
            Self::Completed,
            Self::NotPlanned,
            Self::Duplicate,
            Self::Reopened,
        ]
        .into_iter()
        .find(|reason| reason.word() == word)
    }
}

/// What a pull request has beside what an issue has.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    pub id: u64,
    /// Of a fork with its owner before it, `otto:patch`: its commits are here, its branch is not.
    pub branch: String,
    pub base: String,
    pub head: String,
    pub base_sha: String,
    pub draft: bool,
    pub merged: Option<Merge>,
    pub sidebar_links: Vec<u64>,
    pub commits: usize,
}

impl Pull {
    /// Whether it comes from a fork.
    pub fn is_from_fork(&self) -> bool {
        is_of_fork(&self.branch)
    }

    /// Its branch with the owner before it, given the owner of the repository that it stands in.
    pub fn label(&self, owner: &str) -> String {
        if self.is_from_fork() {
            self.branch.clone()
        } else {
            format!("{owner}:{}", self.branch)
        }
    }
}

/// Whether a branch is one of a fork: no ref of git's has a colon in its name.
pub(super) fn is_of_fork(branch: &str) -> bool {
    branch.contains(':')
}

/// How a pull request was merged.
#[derive(Debug, Clone)]
pub(super) struct Merge {
    pub by: u64,
    pub at: Timestamp,
    pub commit: String,
}

/// An issue, or a pull request.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: Actor,
    pub open: bool,
    pub state_reason: Option<StateReason>,
    pub labels: Vec<u64>,
    pub assignees: Vec<u64>,
    pub milestone: Option<u64>,
    pub type_name: Option<String>,
    pub comments: Vec<Comment>,
    pub reactions: Vec<Reaction>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<u64>,
    pub pull: Option<Pull>,
    pub events: Vec<IssueEvent>,
    pub edits: Vec<Edit>,
}

/// Files by path.
pub(super) type Tree = BTreeMap<String, String>;

/// A commit with all its files.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub sha: String,
    pub tree: Tree,
    pub message: String,
    pub author: u64,
    pub at: Timestamp,
}

/// A check run.
#[derive(Debug, Clone)]
pub(super) struct CheckRun {
    pub id: u64,
    pub suite: u64,
    pub name: String,
    pub sha: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub details_url: Option<String>,
    pub external_id: Option<String>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    pub annotations: usize,
    /// The identifiers of its buttons.
    pub buttons: Vec<String>,
}

/// A commit status. A later one of the same context replaces an earlier one in the combined view.
#[derive(Debug, Clone)]
pub(super) struct Status {
    pub id: u64,
    pub sha: String,
    pub context: String,
    pub state: String,
    pub description: Option<String>,
    pub target_url: Option<String>,
    pub creator: u64,
    pub created_at: Timestamp,
}

/// A tag of git's.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub commit: String,
    /// The id of its own object, if it is an annotated one.
    pub object: Option<String>,
    pub message: String,
}

/// A release, which has no tag of its own until it is published.
#[derive(Debug, Clone)]
pub(super) struct Release {
    pub id: u64,
    pub tag: String,
    pub target: String,
    pub name: Option<String>,
    pub body: Option<String>,
    pub draft: bool,
    pub prerelease: bool,
    pub author: u64,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub assets: Vec<Asset>,
}

/// A file at a release.
#[derive(Debug, Clone)]
pub(super) struct Asset {
    pub id: u64,
    pub name: String,
    pub content_type: String,
    pub content: String,
    /// Of an upload that broke off only its name is there.
    pub uploaded: bool,
    pub uploader: u64,
    pub created_at: Timestamp,
}

/// A repository.
#[derive(Debug, Clone)]
pub(super) struct Repo {
    pub id: u64,
    pub owner: u64,
    pub name: String,
    pub private: bool,
    pub default_branch: String,
    pub collaborators: BTreeMap<u64, Role>,
    pub labels: Vec<Label>,
    pub milestones: Vec<Milestone>,
    pub issues: BTreeMap<u64, Issue>,
    /// Numbers of issues that were deleted.
    pub gone: HashSet<u64>,
    /// Where issues went that were moved to another repository.
    pub moved: HashMap<u64, (RepoIx, u64)>,
    pub commits: HashMap<String, Commit>,
    pub branches: BTreeMap<String, String>,
    pub tags: BTreeMap<String, Tag>,
    pub releases: Vec<Release>,
    pub checks: Vec<CheckRun>,
    pub statuses: Vec<Status>,
    pub next_number: u64,
    pub next_milestone: u64,
    pub hooked: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub pushed_at: Timestamp,
}

impl Repo {
    /// The label of that name; names are compared without regard to case, as GitHub does.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels
            .iter()
            .find(|label| label.name.eq_ignore_ascii_case(name))
    }

    /// The commit that a branch, a tag, a pull request's head or a full id names.
    pub fn commit(&self, reference: &str) -> Option<&Commit> {
        let name = reference.trim_start_matches("refs/");
        let branch = self.branches.get(name.trim_start_matches("heads/"));
        let tag = self.tags.get(name.trim_start_matches("tags/"));
        let sha = branch.or(tag.map(|tag| &tag.commit));
        self.commits.get(sha.map_or(reference, String::as_str))
    }
}
