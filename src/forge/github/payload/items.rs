//! Events of one issue or pull request. Each shows the whole of it ([`What::Seen`]) and, where it
//! is more than that, says what was asked: a label, closing, a comment.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::fact::{CloseReason, Snapshot, What};
use crate::domain::ids::{CommentId, ItemNumber, RepoId};
use crate::forge::Happening;

use super::super::wire::{Account, Issue, LabelOn, Moment, Pull, merged_or_not, user_or_ghost};
use super::{Setting, Told};

/// When and what.
type Happenings = Told<(Timestamp, Happening)>;

/// What an edit changed, or where a transfer came from and went to.
#[derive(Deserialize)]
struct Changes {
    body: Option<From>,
    old_issue: Option<OtherIssue>,
    old_repository: Option<OtherRepository>,
    new_issue: Option<OtherIssue>,
    new_repository: Option<OtherRepository>,
}

#[derive(Deserialize)]
struct OtherIssue {
    number: u64,
    updated_at: Option<Moment>,
}

#[derive(Deserialize)]
struct OtherRepository {
    id: u64,
}

/// `from: null` is an empty text.
#[derive(Deserialize)]
struct From {
    from: Option<String>,
}

/// The text before an edit; `None` if the edit was not of the text.
fn text_before(changes: Option<Changes>) -> Option<String> {
    let body = changes?.body?;
    Some(body.from.unwrap_or_default())
}

/// Where an issue was moved to.
fn destination(changes: Option<Changes>) -> Option<Happening> {
    let Changes {
        new_issue,
        new_repository,
        ..
    } = changes?;
    Some(Happening::Transferred {
        to: RepoId(new_repository?.id),
        number: ItemNumber(new_issue?.number),
    })
}

/// Where an issue came from that was moved here. GitHub may leave out the repository, where the
/// receiver may not know of it.
fn provenance(changes: Changes) -> Option<Happening> {
    let number = ItemNumber(changes.old_issue?.number);
    Some(Happening::Arrived {
        from: changes.old_repository.map(|repo| RepoId(repo.id)),
        number,
    })
}

/// `issues`
#[derive(Deserialize)]
pub(super) struct IssuesPayload {
    issue: Issue,
    label: Option<LabelOn>,
    changes: Option<Changes>,
}

pub(super) fn issues(payload: IssuesPayload, setting: &Setting<'_>) -> (ItemNumber, Happenings) {
    let IssuesPayload {
        issue,
        label,
        changes,
    } = payload;
    let number = ItemNumber(issue.number);
    let mut at = issue.changed().unwrap_or(setting.received_at);
    let body = issue.body.clone().unwrap_or_default();
    let how = issue.closed().unwrap_or(CloseReason::Completed);
    let whats = match setting.action {
        "opened" => {
            // One that was transferred here is new here, but nobody writes its commands now.
            let text = Happening::Text { body, before: None };
            let first = changes.and_then(provenance).unwrap_or(text);
            vec![opened(issue.snapshot(at)), first]
        }
        "edited" => {
            let mut happenings = vec![seen(issue.snapshot(at))];
            happenings.extend(text_before(changes).map(|before| Happening::Text {
                body,
                before: Some(before),
            }));
            happenings
        }
        "labeled" => labelled(issue.snapshot(at), label, |label| What::Labeled { label }),
        "unlabeled" => labelled(issue.snapshot(at), label, |label| What::Unlabeled { label }),
        "closed" => vec![
            seen(issue.snapshot(at)),
            Happening::Item(What::Closed { how }),
        ],
        "reopened" => vec![seen(issue.snapshot(at)), Happening::Item(What::Reopened)],
        "deleted" => vec![Happening::Item(What::Gone)],
        "transferred" => {
            // The issue is shown as it was before; only where it went it has changed since.
            let there = changes.as_ref().and_then(|it| it.new_issue.as_ref());
            let moved = there.and_then(|issue| issue.updated_at?.timestamp());
            at = moved.map_or(at, |moved| moved.max(at));
            let mut happenings = vec![Happening::Item(What::Gone)];
            happenings.extend(destination(changes));
            happenings
        }
        "assigned" | "unassigned" | "milestoned" | "demilestoned" | "typed" | "untyped"
        | "locked" | "unlocked" | "pinned" | "unpinned" => vec![seen(issue.snapshot(at))],
        _ => return (number, Told::UnknownAction),
    };
    (number, all_at(at, whats))
}

/// `pull_request`
#[derive(Deserialize)]
pub(super) struct PullRequestPayload {
    pull_request: Pull,
    label: Option<LabelOn>,
    changes: Option<Changes>,
}

pub(super) fn pull_request(
    payload: PullRequestPayload,
    setting: &Setting<'_>,
) -> (ItemNumber, Happenings) {
    let PullRequestPayload {
        pull_request: pull,
        label,
        changes,
    } = payload;
    let number = ItemNumber(pull.number);
    let at = pull.changed().unwrap_or(setting.received_at);
    let body = pull.body.clone().unwrap_or_default();
    let how = merged_or_not(pull.is_merged());
    let sight = Happening::Item(What::Pull(pull.sight()));
    let mut whats = match setting.action {
        "opened" => vec![
            opened(pull.snapshot(at)),
            Happening::Text { body, before: None },
        ],
        "edited" => {
            let mut happenings = vec![seen(pull.snapshot(at))];
            happenings.extend(text_before(changes).map(|before| Happening::Text {
                body,
                before: Some(before),
            }));
            happenings
        }
        "labeled" => labelled(pull.snapshot(at), label, |label| What::Labeled { label }),
        "unlabeled" => labelled(pull.snapshot(at), label, |label| What::Unlabeled { label }),
        "closed" => vec![
            seen(pull.snapshot(at)),
            Happening::Item(What::Closed { how }),
        ],
        "reopened" => vec![seen(pull.snapshot(at)), Happening::Item(What::Reopened)],
        "assigned"
        | "unassigned"
        | "milestoned"
        | "demilestoned"
        | "locked"
        | "unlocked"
        | "synchronize"
        | "ready_for_review"
        | "converted_to_draft"
        | "review_requested"
        | "review_request_removed"
        | "auto_merge_enabled"
        | "auto_merge_disabled"
        | "enqueued"
        | "dequeued" => vec![seen(pull.snapshot(at))],
        _ => return (number, Told::UnknownAction),
    };
    whats.insert(1, sight);
    (number, all_at(at, whats))
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<Account>,
    created_at: Option<Moment>,
    updated_at: Option<Moment>,
}

/// `issue_comment`, which comments on pull requests send too
#[derive(Deserialize)]
pub(super) struct IssueCommentPayload {
    issue: Issue,
    comment: Comment,
    changes: Option<Changes>,
}

pub(super) fn issue_comment(
    payload: IssueCommentPayload,
    setting: &Setting<'_>,
) -> (ItemNumber, Happenings) {
    let IssueCommentPayload {
        issue,
        comment,
        changes,
    } = payload;
    let number = ItemNumber(issue.number);
    let issue_at = issue.changed().unwrap_or(setting.received_at);
    let id = CommentId(comment.id);
    let created = comment.created_at.and_then(Moment::timestamp);
    let updated = comment.updated_at.and_then(Moment::timestamp);
    let (at, before) = match setting.action {
        "created" => (created.or(updated), None),
        "edited" => match text_before(changes) {
            Some(before) => (updated, Some(before)),
            None => {
                return (
                    number,
                    all_at(issue_at, vec![seen(issue.snapshot(issue_at))]),
                );
            }
        },
        "deleted" => {
            // The comment's own times are older than its end; the issue's may be as well.
            let at = updated.map_or(issue_at, |updated| updated.max(issue_at));
            let whats = vec![
                (issue_at, seen(issue.snapshot(issue_at))),
                (at, Happening::CommentDeleted { comment: id }),
            ];
            return (number, Told::Heard(whats));
        }
        "pinned" | "unpinned" => {
            return (
                number,
                all_at(issue_at, vec![seen(issue.snapshot(issue_at))]),
            );
        }
        _ => return (number, Told::UnknownAction),
    };
    let comment = Happening::Comment {
        comment: id,
        body: comment.body.unwrap_or_default(),
        author: user_or_ghost(comment.user.as_ref()),
        author_is_bot: comment.user.as_ref().is_some_and(Account::is_bot),
        before,
    };
    let whats = vec![
        (issue_at, seen(issue.snapshot(issue_at))),
        (at.unwrap_or(issue_at), comment),
    ];
    (number, Told::Heard(whats))
}

fn all_at(at: Timestamp, whats: Vec<Happening>) -> Happenings {
    Told::Heard(whats.into_iter().map(|what| (at, what)).collect())
}

fn opened(snapshot: Snapshot) -> Happening {
    Happening::Item(What::Opened(Box::new(snapshot)))
}

fn seen(snapshot: Snapshot) -> Happening {
    Happening::Item(What::Seen(Box::new(snapshot)))
}

/// Deleting a label from the repository sends `unlabeled` without a `label`: nobody asks for
/// anything then, and which label it was shows in those that are left.
fn labelled(
    snapshot: Snapshot,
    label: Option<LabelOn>,
    what: impl FnOnce(String) -> What,
) -> Vec<Happening> {
    match label.and_then(LabelOn::into_name) {
        Some(name) => vec![seen(snapshot), Happening::Item(what(name))],
        None => vec![Happening::Item(What::Observed(Box::new(snapshot)))],
    }
}
