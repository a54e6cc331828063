//! Events of a repository as a whole, and of the people who work in it.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{CommitSha, ItemNumber};
use crate::forge::{
    CHECK_AGAIN, DOES_NOT_APPLY, Deployed, ReleaseHeard, ReleaseNews, RepoHappening, item_of_check,
};

use super::super::milestone::Milestone;
use super::super::wire::{self, Moment};
use super::{Setting, Told};

/// When and what.
type Happenings = Told<(Timestamp, RepoHappening)>;

/// The branches on which GitHub's merge queue tries what it is about to merge.
const QUEUE_BRANCHES: &str = "gh-readonly-queue/";

/// `label`, whose payload has no time of its own
#[derive(Deserialize)]
pub(super) struct LabelPayload {
    label: wire::Label,
}

pub(super) fn label(payload: &LabelPayload, setting: &Setting<'_>) -> Happenings {
    let id = payload.label.id;
    let spec = match setting.action {
        "created" | "edited" => Some(payload.label.clone().spec()),
        "deleted" => None,
        _ => return Told::UnknownAction,
    };
    Told::Heard(vec![(
        setting.received_at,
        RepoHappening::Label { id, spec },
    )])
}

/// `milestone`
#[derive(Deserialize)]
pub(super) struct MilestonePayload {
    milestone: Milestone,
}

pub(super) fn milestone(payload: &MilestonePayload, setting: &Setting<'_>) -> Happenings {
    let milestone = &payload.milestone;
    let (at, now) = match setting.action {
        "created" | "edited" | "opened" | "closed" => (
            milestone.changed().unwrap_or(setting.received_at),
            Some(milestone.read()),
        ),
        // Its own times are older than its end.
        "deleted" => (setting.received_at, None),
        _ => return Told::UnknownAction,
    };
    let number = milestone.number;
    Told::Heard(vec![(at, RepoHappening::Milestone { number, now })])
}

#[derive(Deserialize)]
struct RepositoryTimes {
    updated_at: Option<Moment>,
}

/// `repository`
#[derive(Deserialize)]
pub(super) struct RepositoryPayload {
    repository: RepositoryTimes,
}

pub(super) fn repository(payload: &RepositoryPayload, setting: &Setting<'_>) -> Happenings {
    let updated = payload.repository.updated_at.and_then(Moment::timestamp);
    let now = setting.repo.cloned();
    let told = match setting.action {
        "created" | "edited" | "renamed" | "transferred" | "privatized" | "publicized"
        | "archived" | "unarchived" => now.map(|now| {
            (
                updated.unwrap_or(setting.received_at),
                RepoHappening::Repository(now),
            )
        }),
        "deleted" => Some((setting.received_at, RepoHappening::Removed)),
        _ => return Told::UnknownAction,
    };
    Told::Heard(told.into_iter().collect())
}

#[derive(Deserialize)]
struct PushTimes {
    pushed_at: Option<Moment>,
}

/// `push`
#[derive(Deserialize)]
pub(super) struct PushPayload {
    #[serde(rename = "ref")]
    reference: String,
    after: Option<String>,
    #[serde(default)]
    deleted: bool,
    /// The commit at which the branch or tag is; nothing where it was deleted.
    head_commit: Option<HeadCommit>,
    repository: PushTimes,
}

#[derive(Deserialize)]
struct HeadCommit {
    id: String,
}

/// The time is that of the push. A commit's own timestamp is whatever its author's clock said, and
/// a policy must not count backwards.
pub(super) fn push(payload: &PushPayload, setting: &Setting<'_>) -> Happenings {
    let pushed = payload.repository.pushed_at.and_then(Moment::timestamp);
    let at = pushed.unwrap_or(setting.received_at);
    if let Some(tag) = payload.reference.strip_prefix("refs/tags/") {
        // `after` of an annotated tag is the tag's own object.
        let head = payload.head_commit.as_ref().filter(|_| !payload.deleted);
        let told = RepoHappening::Tag {
            name: tag.to_owned(),
            commit: head.map(|head| CommitSha::new(&head.id)),
        };
        // `pushed_at` is the time of the last push to a branch.
        return Told::Heard(vec![(setting.received_at, told)]);
    }
    let branch = payload.reference.strip_prefix("refs/heads/");
    let told = match (branch, setting.repo, &payload.after) {
        (Some(_), _, _) if payload.deleted => None,
        (Some(branch), Some(repo), _) if branch == repo.default_branch => {
            Some(RepoHappening::PolicyMayHaveChanged)
        }
        // Without an App there is no `merge_group`; the queue's branches tell the same.
        (Some(branch), _, Some(head)) if !setting.by_app => {
            queued(branch).map(|(base, pull)| RepoHappening::MergeGroup {
                head: CommitSha::new(head),
                base: base.to_owned(),
                pulls: vec![pull],
            })
        }
        (Some(_) | None, _, _) => None,
    };
    Told::Heard(told.map(|told| (at, told)).into_iter().collect())
}

#[derive(Deserialize)]
struct Checked {
    head_sha: String,
}

/// `check_run`
#[derive(Deserialize)]
pub(super) struct CheckRunPayload {
    check_run: Run,
    requested_action: Option<RequestedAction>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    head_sha: String,
    external_id: Option<String>,
}

#[derive(Deserialize)]
struct RequestedAction {
    identifier: String,
}

/// What a button of an item's check says: the item, the check run and an entry.
pub(super) struct Pressed {
    pub(super) number: ItemNumber,
    pub(super) check: u64,
    pub(super) slug: String,
}

impl CheckRunPayload {
    /// What was pressed, if that is about an item. Anybody can make check runs of any name, and GitHub
    /// tells an App of the buttons of its own alone.
    pub(super) fn pressed(&self, action: &str) -> Option<Pressed> {
        let requested = self.requested_action.as_ref()?;
        let slug = requested.identifier.strip_prefix(DOES_NOT_APPLY)?;
        let is_slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if action != "requested_action" || slug.is_empty() || !slug.chars().all(is_slug) {
            return None;
        }
        Some(Pressed {
            number: item_of_check(self.check_run.external_id.as_deref()?)?,
            check: self.check_run.id,
            slug: slug.to_owned(),
        })
    }
}

pub(super) fn check_run(payload: &CheckRunPayload, setting: &Setting<'_>) -> Happenings {
    let requested = payload.requested_action.as_ref();
    let again = requested.is_some_and(|it| it.identifier == CHECK_AGAIN);
    match setting.action {
        "requested_action" if again => Told::Heard(vec![(
            setting.received_at,
            RepoHappening::CheckRerequested {
                head: CommitSha::new(&payload.check_run.head_sha),
            },
        )]),
        _ => rerequested(&payload.check_run.head_sha, setting),
    }
}

/// `check_suite`
#[derive(Deserialize)]
pub(super) struct CheckSuitePayload {
    check_suite: Checked,
}

pub(super) fn check_suite(payload: &CheckSuitePayload, setting: &Setting<'_>) -> Happenings {
    rerequested(&payload.check_suite.head_sha, setting)
}

/// GitHub tells an App of its own checks being asked for again, and of everybody's being done.
fn rerequested(head: &str, setting: &Setting<'_>) -> Happenings {
    match setting.action {
        "rerequested" => Told::Heard(vec![(
            setting.received_at,
            RepoHappening::CheckRerequested {
                head: CommitSha::new(head),
            },
        )]),
        "created" | "completed" | "requested" | "requested_action" => Told::Heard(Vec::new()),
        _ => Told::UnknownAction,
    }
}

#[derive(Deserialize)]
struct Group {
    head_sha: String,
    head_ref: String,
    base_ref: String,
}

/// `merge_group`
#[derive(Deserialize)]
pub(super) struct MergeGroupPayload {
    merge_group: Group,
}

pub(super) fn merge_group(payload: &MergeGroupPayload, setting: &Setting<'_>) -> Happenings {
    let group = &payload.merge_group;
    match setting.action {
        "checks_requested" => {
            let pull = queued(branch_of(&group.head_ref)).map(|(_, pull)| pull);
            Told::Heard(vec![(
                setting.received_at,
                RepoHappening::MergeGroup {
                    head: CommitSha::new(&group.head_sha),
                    base: branch_of(&group.base_ref).to_owned(),
                    pulls: pull.into_iter().collect(),
                },
            )])
        }
        "destroyed" => Told::Heard(Vec::new()),
        _ => Told::UnknownAction,
    }
}

fn branch_of(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

/// The base and the pull request that a queue's branch is named after:
/// `gh-readonly-queue/BASE/pr-NUMBER-SHA`. A group of several is named after the last one.
fn queued(branch: &str) -> Option<(&str, ItemNumber)> {
    let (base, name) = branch.strip_prefix(QUEUE_BRANCHES)?.rsplit_once('/')?;
    let (number, _) = name.strip_prefix("pr-")?.split_once('-')?;
    Some((base, ItemNumber(number.parse().ok()?)))
}

/// An event of which only the envelope is used.
#[derive(Deserialize)]
pub(super) struct EnvelopeOnly {}

#[derive(Deserialize)]
struct Release {
    tag_name: String,
    html_url: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    published_at: Option<Timestamp>,
    #[serde(default)]
    draft: bool,
}

/// `release`
#[derive(Deserialize)]
pub(super) struct ReleasePayload {
    release: Release,
}

/// A draft is nobody's business but its maker's; when it is published, that is told like any release.
pub(super) fn release(payload: &ReleasePayload, setting: &Setting<'_>) -> Happenings {
    let release = &payload.release;
    let heard = |news| ReleaseHeard {
        tag: release.tag_name.clone(),
        url: release.html_url.clone(),
        title: release.name.clone().filter(|name| !name.is_empty()),
        news,
    };
    let told = match setting.action {
        "published" => Some((
            release.published_at.unwrap_or(setting.received_at),
            heard(ReleaseNews::Published),
        )),
        "deleted" if release.draft => Some((setting.received_at, heard(ReleaseNews::DraftDeleted))),
        "unpublished" | "deleted" => Some((setting.received_at, heard(ReleaseNews::Withdrawn))),
        "created" | "edited" | "released" | "prereleased" => None,
        _ => return Told::UnknownAction,
    };
    let told = told.map(|(at, heard)| (at, RepoHappening::Release(heard)));
    Told::Heard(told.into_iter().collect())
}

#[derive(Deserialize)]
struct Deployment {
    sha: String,
    #[serde(rename = "ref")]
    reference: String,
    environment: String,
}

#[derive(Deserialize)]
struct DeploymentState {
    state: String,
    #[serde(default)]
    environment: Option<String>,
    #[serde(default)]
    environment_url: Option<String>,
    #[serde(default)]
    created_at: Option<Timestamp>,
}

/// `deployment_status`
#[derive(Deserialize)]
pub(super) struct DeploymentStatusPayload {
    deployment: Deployment,
    deployment_status: DeploymentState,
}

/// Of what becomes of a deployment only its success is news: then it runs there.
pub(super) fn deployment_status(
    payload: &DeploymentStatusPayload,
    setting: &Setting<'_>,
) -> Happenings {
    let (deployment, now) = (&payload.deployment, &payload.deployment_status);
    if now.state != "success" {
        return Told::Heard(Vec::new());
    }
    let environment = now.environment.as_ref().unwrap_or(&deployment.environment);
    let deployed = Deployed {
        environment: environment.clone(),
        commit: CommitSha::new(&deployment.sha),
        reference: deployment.reference.clone(),
        url: now.environment_url.clone().filter(|url| !url.is_empty()),
    };
    let at = now.created_at.unwrap_or(setting.received_at);
    Told::Heard(vec![(at, RepoHappening::Deployed(deployed))])
}

/// `team`, `membership`, `member`: whatever it was, who may do what is to be asked anew.
pub(super) fn people(_: &EnvelopeOnly, setting: &Setting<'_>) -> Happenings {
    Told::Heard(vec![(setting.received_at, RepoHappening::PeopleChanged)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_branch_names_its_base_and_its_last_pull_request() {
        assert_eq!(
            queued("gh-readonly-queue/release/2.x/pr-104-929f8209"),
            Some(("release/2.x", ItemNumber(104)))
        );
        for other in [
            "main",
            "gh-readonly-queue/main",
            "gh-readonly-queue/main/pr-x-1",
            "gh-readonly-queue/main/pr-5",
        ] {
            assert_eq!(queued(other), None);
        }
    }
}
