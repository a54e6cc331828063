//! People at work in a repository, in their words.

use jiff::Timestamp;

use super::acts::{CheckPatch, Due, IssueEdit, MilestoneEdit};
use super::state::RepoIx;
use super::state::{Actor, StateReason};
use super::{Sim, done};
use crate::domain::ids::{CommentId, ItemNumber};

/// Somebody at work in one repository. What they do happens: their rights are not asked for here.
#[derive(Clone)]
pub struct Person {
    pub(super) gh: Sim,
    pub(super) repo: RepoIx,
    pub(super) actor: Actor,
}

impl Person {
    pub(super) fn new(gh: Sim, repo: RepoIx, account: u64) -> Self {
        let via_app = false;
        Self {
            gh,
            repo,
            actor: Actor { account, via_app },
        }
    }

    /// Writes a comment.
    #[track_caller]
    pub fn comment(&self, number: ItemNumber, body: &str) -> CommentId {
        let mut world = self.gh.world();
        CommentId(done(
            world.write_comment(self.repo, self.actor, number.0, body),
        ))
    }

    /// Edits a comment, one's own or another's.
    #[track_caller]
    pub fn edit_comment(&self, comment: CommentId, body: &str) {
        let mut world = self.gh.world();
        done(world.edit_comment(self.repo, self.actor, comment.0, body));
    }

    /// Deletes a comment.
    #[track_caller]
    pub fn delete_comment(&self, comment: CommentId) {
        let mut world = self.gh.world();
        done(world.delete_comment(self.repo, self.actor, comment.0));
    }

    /// Ticks the box that names `slug` as code, as GitHub's page does.
    #[track_caller]
    pub fn tick(&self, comment: CommentId, slug: &str) {
        let mut world = self.gh.world();
        done(world.toggle_box(self.repo, self.actor, comment.0, slug, true));
    }

    /// Unticks it.
    #[track_caller]
    pub fn untick(&self, comment: CommentId, slug: &str) {
        let mut world = self.gh.world();
        done(world.toggle_box(self.repo, self.actor, comment.0, slug, false));
    }

    /// Reacts to a comment; no webhook tells of it.
    #[track_caller]
    pub fn react(&self, comment: CommentId, content: &str) {
        let mut world = self.gh.world();
        let (number, _) = done(world.comment(self.repo, comment.0));
        done(world.react(self.repo, self.actor, number, Some(comment.0), content));
    }

    /// Puts a label on, which is defined if it is new.
    #[track_caller]
    pub fn label(&self, number: ItemNumber, name: &str) {
        let mut world = self.gh.world();
        done(world.add_labels(self.repo, self.actor, number.0, &[name.to_owned()]));
    }

    /// Takes a label off.
    #[track_caller]
    pub fn unlabel(&self, number: ItemNumber, name: &str) {
        let mut world = self.gh.world();
        done(world.remove_label(self.repo, self.actor, number.0, name));
    }

    /// Closes an issue as completed, or a pull request without merging it.
    #[track_caller]
    pub fn close(&self, number: ItemNumber) {
        self.close_as(number, StateReason::Completed);
    }

    /// Closes an issue for a reason.
    #[track_caller]
    pub fn close_as(&self, number: ItemNumber, reason: StateReason) {
        let mut world = self.gh.world();
        done(world.close_issue(self.repo, self.actor, number.0, reason));
    }

    /// Opens it again.
    #[track_caller]
    pub fn reopen(&self, number: ItemNumber) {
        let mut world = self.gh.world();
        done(world.reopen_issue(self.repo, self.actor, number.0));
    }

    /// Assigns somebody.
    #[track_caller]
    pub fn assign(&self, number: ItemNumber, login: &str) {
        let mut world = self.gh.world();
        done(world.assign(self.repo, self.actor, number.0, login));
    }

    /// Takes an assignment back.
    #[track_caller]
    pub fn unassign(&self, number: ItemNumber, login: &str) {
        let mut world = self.gh.world();
        done(world.unassign(self.repo, self.actor, number.0, login));
    }

    /// Changes the title.
    #[track_caller]
    pub fn rename(&self, number: ItemNumber, title: &str) {
        let edit = IssueEdit {
            title: Some(title.to_owned()),
            body: None,
        };
        let mut world = self.gh.world();
        done(world.edit_issue(self.repo, self.actor, number.0, edit));
    }

    /// Changes the text.
    #[track_caller]
    pub fn edit_text(&self, number: ItemNumber, body: &str) {
        let edit = IssueEdit {
            title: None,
            body: Some(body.to_owned()),
        };
        let mut world = self.gh.world();
        done(world.edit_issue(self.repo, self.actor, number.0, edit));
    }

    /// Puts it into a milestone, by its number.
    #[track_caller]
    pub fn set_milestone(&self, number: ItemNumber, milestone: u64) {
        let mut world = self.gh.world();
        done(world.set_milestone(self.repo, self.actor, number.0, Some(milestone)));
    }

    /// Takes it out of its milestone.
    #[track_caller]
    pub fn clear_milestone(&self, number: ItemNumber) {
        let mut world = self.gh.world();
        done(world.set_milestone(self.repo, self.actor, number.0, None));
    }

    /// Sets the issue type, or takes it off.
    #[track_caller]
    pub fn set_type(&self, number: ItemNumber, name: Option<&str>) {
        let mut world = self.gh.world();
        done(world.set_type(self.repo, self.actor, number.0, name));
    }

    /// Deletes an issue.
    #[track_caller]
    pub fn delete_issue(&self, number: ItemNumber) {
        let mut world = self.gh.world();
        done(world.delete_issue(self.repo, self.actor, number.0));
    }

    /// Moves an issue to another repository of the same owner; its number there.
    #[track_caller]
    pub fn transfer(&self, number: ItemNumber, to: &str) -> ItemNumber {
        let mut world = self.gh.world();
        let to = Sim::place(&world, to);
        ItemNumber(done(
            world.transfer_issue(self.repo, self.actor, number.0, to),
        ))
    }

    /// Defines a label.
    #[track_caller]
    pub fn create_label(&self, name: &str) {
        let mut world = self.gh.world();
        done(world.create_label(self.repo, self.actor, name, "ededed", None));
    }

    /// Renames a label.
    #[track_caller]
    pub fn rename_label(&self, name: &str, new: &str) {
        let mut world = self.gh.world();
        done(world.edit_label(self.repo, self.actor, name, Some(new), None, None));
    }

    /// Deletes a label.
    #[track_caller]
    pub fn delete_label(&self, name: &str) {
        let mut world = self.gh.world();
        done(world.delete_label(self.repo, self.actor, name));
    }

    /// Creates a milestone that is due then; its number.
    #[track_caller]
    pub fn milestone(&self, title: &str, due: Option<Timestamp>) -> u64 {
        let mut world = self.gh.world();
        done(world.create_milestone(self.repo, self.actor, title, None, due))
    }

    /// Changes a milestone's description, such as its `Starts:` line.
    #[track_caller]
    pub fn describe_milestone(&self, milestone: u64, text: &str) {
        self.edit_milestone(
            milestone,
            MilestoneEdit {
                description: Some(text.to_owned()),
                ..MilestoneEdit::default()
            },
        );
    }

    /// Moves a milestone's due date.
    #[track_caller]
    pub fn move_milestone(&self, milestone: u64, due: Option<Timestamp>) {
        self.edit_milestone(
            milestone,
            MilestoneEdit {
                due_on: Some(due.map_or(Due::Never, Due::On)),
                ..MilestoneEdit::default()
            },
        );
    }

    /// Closes a milestone.
    #[track_caller]
    pub fn close_milestone(&self, milestone: u64) {
        self.edit_milestone(
            milestone,
            MilestoneEdit {
                open: Some(false),
                ..MilestoneEdit::default()
            },
        );
    }

    /// Opens a milestone again.
    #[track_caller]
    pub fn reopen_milestone(&self, milestone: u64) {
        self.edit_milestone(
            milestone,
            MilestoneEdit {
                open: Some(true),
                ..MilestoneEdit::default()
            },
        );
    }

    /// Changes a milestone's title.
    #[track_caller]
    pub fn rename_milestone(&self, milestone: u64, title: &str) {
        self.edit_milestone(
            milestone,
            MilestoneEdit {
                title: Some(title.to_owned()),
                ..MilestoneEdit::default()
            },
        );
    }

    /// Deletes a milestone.
    #[track_caller]
    pub fn delete_milestone(&self, milestone: u64) {
        let mut world = self.gh.world();
        done(world.delete_milestone(self.repo, self.actor, milestone));
    }

    #[track_caller]
    fn edit_milestone(&self, milestone: u64, edit: MilestoneEdit) {
        let mut world = self.gh.world();
        done(world.edit_milestone(self.repo, self.actor, milestone, edit));
    }

    /// Commits a file to the default branch and pushes it; the commit.
    #[track_caller]
    pub fn write_file(&self, path: &str, text: &str) -> String {
        self.change_file(path, Some(text))
    }

    /// Deletes a file on the default branch; the commit.
    #[track_caller]
    pub fn delete_file(&self, path: &str) -> String {
        self.change_file(path, None)
    }

    #[track_caller]
    fn change_file(&self, path: &str, text: Option<&str>) -> String {
        let mut world = self.gh.world();
        let branch = world[self.repo].default_branch.clone();
        let files = [(path.to_owned(), text.map(str::to_owned))];
        let message = format!("Change {path}");
        done(world.push_files(self.repo, self.actor, &branch, &files, &message))
    }

    /// Commits files to the branch of a pull request and pushes them; the new head.
    #[track_caller]
    pub fn push(&self, pull: ItemNumber, files: &[(&str, &str)]) -> String {
        let mut world = self.gh.world();
        let branch = done(world.pull(self.repo, pull.0)).branch.clone();
        done(world.push_files(self.repo, self.actor, &branch, &owned(files), "More"))
    }

    /// Commits a renaming to the branch of a pull request and pushes it.
    #[track_caller]
    pub fn push_renaming(&self, pull: ItemNumber, from: &str, to: &str, text: &str) {
        let mut world = self.gh.world();
        let branch = done(world.pull(self.repo, pull.0)).branch.clone();
        let files = [
            (from.to_owned(), None),
            (to.to_owned(), Some(text.to_owned())),
        ];
        done(world.push_files(self.repo, self.actor, &branch, &files, "Rename"));
    }

    /// Begins the branch of a pull request anew, with these files on the default branch's.
    #[track_caller]
    pub fn force_push(&self, pull: ItemNumber, files: &[(&str, &str)]) {
        let mut world = self.gh.world();
        let branch = done(world.pull(self.repo, pull.0)).branch.clone();
        done(world.force_push(self.repo, self.actor, &branch, &owned(files)));
    }

    /// Deploys a commit to an environment, and says what became of it: `success`, `failure`, …
    #[track_caller]
    pub fn deploy(&self, environment: &str, commit: &str, state: &str) {
        let mut world = self.gh.world();
        done(world.deploy(self.repo, self.actor, (environment, commit), state));
    }

    /// Writes a commit status on the head of a pull request, which takes write access.
    #[track_caller]
    pub fn write_status(&self, pull: ItemNumber, context: &str, state: &str) {
        let mut world = self.gh.world();
        let head = done(world.pull(self.repo, pull.0)).head.clone();
        let texts = (Some("by hand"), None);
        done(world.create_status(self.repo, self.actor, &head, state, context, texts));
    }

    /// Makes a draft ready for review.
    #[track_caller]
    pub fn ready(&self, pull: ItemNumber) {
        let mut world = self.gh.world();
        done(world.set_draft(self.repo, self.actor, pull.0, false));
    }

    /// Makes it a draft again.
    #[track_caller]
    pub fn to_draft(&self, pull: ItemNumber) {
        let mut world = self.gh.world();
        done(world.set_draft(self.repo, self.actor, pull.0, true));
    }

    /// Aims a pull request at another branch, which is made if it is new.
    #[track_caller]
    pub fn retarget(&self, pull: ItemNumber, base: &str) {
        let mut world = self.gh.world();
        if world[self.repo].commit(base).is_none() {
            done(world.push_files(self.repo, self.actor, base, &[], "Branch"));
        }
        done(world.retarget(self.repo, self.actor, pull.0, base));
    }

    /// Merges; the commit. Required checks are not asked for.
    #[track_caller]
    pub fn merge(&self, pull: ItemNumber) -> String {
        let mut world = self.gh.world();
        done(world.merge_pull(self.repo, self.actor, pull.0))
    }

    /// A check run of another App's, such as that of a build, on the head of a pull request.
    #[track_caller]
    pub fn other_check(&self, pull: ItemNumber, name: &str, conclusion: &str) {
        let mut world = self.gh.world();
        let head = done(world.pull(self.repo, pull.0)).head.clone();
        let patch = CheckPatch {
            name: Some(name.to_owned()),
            status: Some("completed".to_owned()),
            conclusion: Some(conclusion.to_owned()),
            ..CheckPatch::default()
        };
        done(world.create_check(self.repo, self.actor, &head, patch));
    }

    /// Puts a pull request into the merge queue (`merge_group.checks_requested`); the queue's commit.
    #[track_caller]
    pub fn enqueue(&self, pull: ItemNumber) -> String {
        let mut world = self.gh.world();
        done(world.enqueue_pull(self.repo, self.actor, pull.0))
    }

    /// Links an issue in a pull request's sidebar, of which no webhook tells.
    #[track_caller]
    pub fn link_in_sidebar(&self, pull: ItemNumber, issue: ItemNumber) {
        let mut world = self.gh.world();
        done(world.link_in_sidebar(self.repo, pull.0, issue.0));
    }

    /// Presses a button of a check run, by its identifier.
    #[track_caller]
    pub fn press(&self, check: u64, button: &str) {
        let mut world = self.gh.world();
        done(world.press_button(self.repo, self.actor, check, button));
    }

    /// Presses "re-run" at a check run.
    #[track_caller]
    pub fn rerequest(&self, check: u64) {
        let mut world = self.gh.world();
        done(world.rerequest_check(self.repo, self.actor, check));
    }
}

/// Files that are written, as acts take them.
pub(super) fn owned(files: &[(&str, &str)]) -> Vec<(String, Option<String>)> {
    files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Some((*text).to_owned())))
        .collect()
}
