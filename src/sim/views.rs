//! What tests look at: GitHub's side of things, as a person would see it on its pages.

use jiff::Timestamp;

use super::state::RepoIx;
use super::state::{CheckRun, Comment, Issue, Reaction, StateReason};
use super::world::World;
use super::{Sim, done};
use crate::domain::ids::{CommentId, ItemNumber};

/// An issue or pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a test looks at"
)]
pub struct IssueView {
    /// Its number.
    pub number: ItemNumber,
    /// Its title.
    pub title: String,
    /// Its text; empty if it has none.
    pub body: String,
    /// Who opened it.
    pub author: String,
    /// Whether it is open.
    pub open: bool,
    /// Why it was closed or reopened.
    pub state_reason: Option<StateReason>,
    /// The names of its labels, in the order in which they were put on.
    pub labels: Vec<String>,
    /// Logins.
    pub assignees: Vec<String>,
    /// Its milestone's title.
    pub milestone: Option<String>,
    /// Its issue type.
    pub issue_type: Option<String>,
    /// Its comments, the oldest first.
    pub comments: Vec<CommentView>,
    /// Reactions to its text: who, and which.
    pub reactions: Vec<(String, String)>,
    /// Whether it is a pull request.
    pub is_pull: bool,
    /// Whether it is a draft.
    pub is_draft: bool,
    /// Whether it was merged.
    pub is_merged: bool,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: String,
    /// Its text now.
    pub body: String,
    /// Who reacted, and how.
    pub reactions: Vec<(String, String)>,
    /// How often it was edited.
    pub edited_times: usize,
}

/// A label's definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelView {
    /// Its id, which survives renaming.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Six hexadecimal digits.
    pub color: String,
    /// Its description; empty if it has none.
    pub description: String,
}

/// A check run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckView {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `queued`, `in_progress`, `completed`.
    pub status: String,
    /// `success`, `failure`, `neutral`, …; empty while it is not completed.
    pub conclusion: String,
    /// Its title.
    pub title: String,
    /// Its summary, Markdown.
    pub summary: String,
    /// How many annotations it has.
    pub annotations: usize,
    /// The identifiers of its buttons.
    pub buttons: Vec<String>,
}

/// A commit status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusView {
    /// Its name.
    pub context: String,
    /// `success`, `failure`, `pending` or `error`.
    pub state: String,
    /// Its one line.
    pub description: String,
    /// Where it leads.
    pub target_url: String,
}

impl Sim {
    /// An issue or pull request as it is now.
    #[track_caller]
    pub fn issue(&self, repo: &str, number: ItemNumber) -> IssueView {
        let world = self.world();
        let repo = Self::place(&world, repo);
        let issue = done(world.issue(repo, number.0));
        issue_view(&world, repo, issue)
    }

    /// All issues and pull requests, the oldest first.
    #[track_caller]
    pub fn issues(&self, repo: &str) -> Vec<IssueView> {
        let world = self.world();
        let repo = Self::place(&world, repo);
        world[repo]
            .issues
            .values()
            .map(|issue| issue_view(&world, repo, issue))
            .collect()
    }

    /// All labels that are defined.
    #[track_caller]
    pub fn labels(&self, repo: &str) -> Vec<LabelView> {
        let world = self.world();
        let repo = Self::place(&world, repo);
        world[repo]
            .labels
            .iter()
            .map(|label| LabelView {
                id: label.id,
                name: label.name.clone(),
                color: label.color.clone(),
                description: label.description.clone().unwrap_or_default(),
            })
            .collect()
    }

    /// The head commit of a pull request.
    #[track_caller]
    pub fn head(&self, repo: &str, pull: ItemNumber) -> String {
        let world = self.world();
        let repo = Self::place(&world, repo);
        done(world.pull(repo, pull.0)).head.clone()
    }

    /// The check runs on a commit, the latest of each name.
    #[track_caller]
    pub fn checks(&self, repo: &str, sha: &str) -> Vec<CheckView> {
        let world = self.world();
        let repo = Self::place(&world, repo);
        let mut found: Vec<CheckView> = Vec::new();
        for check in world[repo].checks.iter().filter(|check| check.sha == sha) {
            found.retain(|other| other.name != check.name);
            found.push(check_view(check));
        }
        found
    }

    /// The commit statuses on a commit, the latest of each context.
    #[track_caller]
    pub fn statuses(&self, repo: &str, sha: &str) -> Vec<StatusView> {
        let world = self.world();
        let repo = Self::place(&world, repo);
        let mut found: Vec<StatusView> = Vec::new();
        for status in world[repo].statuses.iter().filter(|s| s.sha == sha) {
            found.retain(|other| other.context != status.context);
            found.push(StatusView {
                context: status.context.clone(),
                state: status.state.clone(),
                description: status.description.clone().unwrap_or_default(),
                target_url: status.target_url.clone().unwrap_or_default(),
            });
        }
        found
    }

    /// GitHub's id of a repository.
    #[track_caller]
    pub fn repo_id(&self, repo: &str) -> u64 {
        let world = self.world();
        let repo = Self::place(&world, repo);
        world[repo].id
    }

    /// GitHub's id of an account.
    #[track_caller]
    pub fn user_id(&self, login: &str) -> u64 {
        Self::who(&self.world(), login)
    }
}

pub(super) fn issue_view(world: &World, repo: RepoIx, issue: &Issue) -> IssueView {
    let login = |id: &u64| world.login(*id).to_owned();
    let pull = issue.pull.as_ref();
    IssueView {
        number: ItemNumber(issue.number),
        title: issue.title.clone(),
        body: issue.body.clone().unwrap_or_default(),
        author: login(&issue.author.account),
        open: issue.open,
        state_reason: issue.state_reason,
        labels: world.label_names(repo, issue.number).unwrap_or_default(),
        assignees: issue.assignees.iter().map(login).collect(),
        milestone: issue.milestone.and_then(|number| {
            let milestone = world[repo].milestones.iter().find(|m| m.number == number)?;
            Some(milestone.title.clone())
        }),
        issue_type: issue.type_name.clone(),
        comments: issue
            .comments
            .iter()
            .map(|comment| comment_view(world, comment))
            .collect(),
        reactions: reactions(world, &issue.reactions),
        is_pull: pull.is_some(),
        is_draft: pull.is_some_and(|pull| pull.draft),
        is_merged: pull.is_some_and(|pull| pull.merged.is_some()),
        updated_at: issue.updated_at,
    }
}

fn comment_view(world: &World, comment: &Comment) -> CommentView {
    CommentView {
        id: CommentId(comment.id),
        author: world.login(comment.author.account).to_owned(),
        body: comment.body.clone(),
        reactions: reactions(world, &comment.reactions),
        edited_times: comment.edits.len(),
    }
}

fn reactions(world: &World, reactions: &[Reaction]) -> Vec<(String, String)> {
    reactions
        .iter()
        .map(|r| (world.login(r.account).to_owned(), r.content.clone()))
        .collect()
}

pub(super) fn check_view(check: &CheckRun) -> CheckView {
    CheckView {
        id: check.id,
        name: check.name.clone(),
        status: check.status.clone(),
        conclusion: check.conclusion.clone().unwrap_or_default(),
        title: check.title.clone().unwrap_or_default(),
        summary: check.summary.clone().unwrap_or_default(),
        annotations: check.annotations,
        buttons: check.buttons.clone(),
    }
}
