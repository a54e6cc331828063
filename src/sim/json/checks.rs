//! Check runs and commit statuses.

use serde_json::{Value, json};

use super::super::state::RepoIx;
use super::super::state::{CheckRun, Status};
use super::super::world::World;
use super::{maybe_time, node_id, time, with};

impl World {
    /// A check run.
    pub fn check_json(&self, repo: RepoIx, check: &CheckRun) -> Value {
        let id = check.id;
        let api = format!("{}/check-runs/{id}", self.repo_url(repo));
        let page = format!("{}/runs/{id}", self.repo_page(repo));
        json!({
            "id": id,
            "name": check.name,
            "node_id": node_id("CR", id),
            "head_sha": check.sha,
            "external_id": check.external_id.as_deref().unwrap_or(""),
            "url": api,
            "html_url": page,
            "details_url": check.details_url.as_ref().unwrap_or(&page),
            "status": check.status,
            "conclusion": check.conclusion,
            "started_at": maybe_time(check.started_at),
            "completed_at": maybe_time(check.completed_at),
            "output": {
                "title": check.title,
                "summary": check.summary,
                "text": check.text,
                "annotations_count": check.annotations,
                "annotations_url": format!("{api}/annotations")
            },
            "check_suite": { "id": check.suite },
            "app": self.app_json(),
            "pull_requests": self.pulls_of_commit_json(repo, &check.sha)
        })
    }

    /// The open pull requests that have this commit as their head, in short. Those of forks are left
    /// out, as GitHub does.
    pub fn pulls_of_commit_json(&self, repo: RepoIx, sha: &str) -> Value {
        let here = json!({
            "id": self[repo].id,
            "url": self.repo_url(repo),
            "name": self[repo].name
        });
        self[repo]
            .issues
            .values()
            .filter(|issue| issue.open)
            .filter_map(|issue| Some((issue, issue.pull.as_ref()?)))
            .filter(|(_, pull)| pull.head == sha && !pull.is_from_fork())
            .map(|(issue, pull)| {
                json!({
                    "url": format!("{}/pulls/{}", self.repo_url(repo), issue.number),
                    "id": pull.id,
                    "number": issue.number,
                    "head": { "ref": pull.branch, "sha": pull.head, "repo": here },
                    "base": { "ref": pull.base, "sha": pull.base_sha, "repo": here }
                })
            })
            .collect()
    }

    /// A commit status in the combined view.
    pub fn simple_status_json(&self, repo: RepoIx, status: &Status) -> Value {
        json!({
            "url": format!("{}/statuses/{}", self.repo_url(repo), status.sha),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{}?v=4", status.creator),
            "id": status.id,
            "node_id": node_id("SC", status.id),
            "state": status.state,
            "description": status.description,
            "target_url": status.target_url,
            "context": status.context,
            "created_at": time(status.created_at),
            "updated_at": time(status.created_at)
        })
    }

    /// A commit status with its creator.
    pub fn status_json(&self, repo: RepoIx, status: &Status) -> Value {
        with(
            self.simple_status_json(repo, status),
            json!({ "creator": self.user_json(status.creator) }),
        )
    }
}
