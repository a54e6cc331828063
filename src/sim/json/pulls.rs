//! Pull requests and what they change.

use serde_json::{Value, json};

use super::super::state::RepoIx;
use super::super::state::{Issue, Pull};
use super::super::world::World;
use super::{maybe_time, node_id, time, with};

/// One file that a pull request changes.
pub(in super::super) struct Change {
    pub path: String,
    pub status: &'static str,
    pub added: usize,
    pub deleted: usize,
    pub patch: String,
}

impl World {
    /// What a pull request changes, in the order of the paths.
    pub fn changes(&self, repo: RepoIx, pull: &Pull) -> Vec<Change> {
        let empty = super::super::state::Tree::new();
        let tree = |sha: &str| self[repo].commits.get(sha).map_or(&empty, |c| &c.tree);
        let (before, after) = (tree(&pull.base_sha), tree(&pull.head));
        let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
        paths.sort();
        paths.dedup();
        paths
            .into_iter()
            .filter_map(|path| {
                let (was, is) = (before.get(path), after.get(path));
                let status = match (was, is) {
                    (None, Some(_)) => "added",
                    (Some(_), None) => "removed",
                    (Some(was), Some(is)) if was != is => "modified",
                    (Some(_), Some(_)) | (None, None) => return None,
                };
                let lines = |text: Option<&String>, sign: char| -> Vec<String> {
                    text.map_or_else(Vec::new, |text| {
                        text.lines().map(|line| format!("{sign}{line}")).collect()
                    })
                };
                let (old, new) = (lines(was, '-'), lines(is, '+'));
                Some(Change {
                    path: path.clone(),
                    status,
                    added: new.len(),
                    deleted: old.len(),
                    patch: format!(
                        "@@ -1,{} +1,{} @@\n{}",
                        old.len(),
                        new.len(),
                        [old, new].concat().join("\n")
                    ),
                })
            })
            .collect()
    }

    /// A change as `GET …/files` lists it.
    pub fn change_json(&self, repo: RepoIx, pull: &Pull, change: &Change) -> Value {
        let path = super::super::paths::encode_path(&change.path);
        let (page, sha) = (self.repo_page(repo), &pull.head);
        json!({
            "sha": super::super::acts::sha1_like(&[&change.path, &change.patch]),
            "filename": change.path,
            "status": change.status,
            "additions": change.added,
            "deletions": change.deleted,
            "changes": change.added + change.deleted,
            "blob_url": format!("{page}/blob/{sha}/{path}"),
            "raw_url": format!("{page}/raw/{sha}/{path}"),
            "contents_url": format!("{}/contents/{path}?ref={sha}", self.repo_url(repo)),
            "patch": change.patch
        })
    }

    /// A pull request as lists show it.
    pub fn pull_summary_json(&self, repo: RepoIx, issue: &Issue, pull: &Pull) -> Value {
        let number = issue.number;
        let api = format!("{}/pulls/{number}", self.repo_url(repo));
        let as_issue = format!("{}/issues/{number}", self.repo_url(repo));
        let page = self.issue_page(repo, issue);
        let statuses = format!("{}/statuses/{}", self.repo_url(repo), pull.head);
        let owner = self.login(self[repo].owner);
        let side = |branch: &str, sha: &str| {
            json!({
                "label": format!("{owner}:{branch}"),
                "ref": branch,
                "sha": sha,
                "user": self.user_json(self[repo].owner),
                "repo": self.repo_json(repo)
            })
        };
        let mut head = side(&pull.branch, &pull.head);
        if let Some((_, branch)) = pull.branch.split_once(':') {
            // A fork may be gone by now, and then GitHub says so with `null`.
            head["label"] = json!(pull.label(owner));
            head["ref"] = json!(branch);
            head["user"] = self.user_json(issue.author.account);
            head["repo"] = Value::Null;
        }
        let texts = json!({
            "url": api,
            "id": pull.id,
            "node_id": node_id("PR", issue.id),
            "html_url": page,
            "diff_url": format!("{page}.diff"),
            "patch_url": format!("{page}.patch"),
            "issue_url": as_issue,
            "number": number,
            "state": if issue.open { "open" } else { "closed" },
            "locked": false,
            "title": issue.title,
            "user": self.user_json(issue.author.account),
            "body": issue.body,
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": maybe_time(issue.closed_at),
            "merged_at": maybe_time(pull.merged.as_ref().map(|merge| merge.at)),
            "merge_commit_sha": pull.merged.as_ref().map(|merge| &merge.commit),
            "assignee": self.maybe_user_json(issue.assignees.first().copied()),
            "assignees": self.users_json(&issue.assignees),
            "requested_reviewers": [],
            "requested_teams": [],
            "labels": self.labels_json(repo, &issue.labels),
            "milestone": self.maybe_milestone_json(repo, issue.milestone),
            "draft": pull.draft,
            "author_association": self.association(repo, issue.author.account),
            "auto_merge": null,
            "active_lock_reason": null
        });
        let addresses = json!({
            "commits_url": format!("{api}/commits"),
            "review_comments_url": format!("{api}/comments"),
            "review_comment_url": format!("{}/pulls/comments{{/number}}", self.repo_url(repo)),
            "comments_url": format!("{as_issue}/comments"),
            "statuses_url": statuses,
            "head": head,
            "base": side(&pull.base, &pull.base_sha),
            "_links": {
                "self": { "href": api },
                "html": { "href": page },
                "issue": { "href": as_issue },
                "comments": { "href": format!("{as_issue}/comments") },
                "review_comments": { "href": format!("{api}/comments") },
                "review_comment": { "href": format!("{}/pulls/comments{{/number}}", self.repo_url(repo)) },
                "commits": { "href": format!("{api}/commits") },
                "statuses": { "href": statuses }
            }
        });
        with(texts, addresses)
    }

    /// A pull request as its own address and its events show it.
    pub fn pull_json(&self, repo: RepoIx, issue: &Issue, pull: &Pull) -> Value {
        let changes = self.changes(repo, pull);
        let (mergeable, state) = if issue.open {
            (json!(true), "clean")
        } else {
            (Value::Null, "unknown")
        };
        with(
            self.pull_summary_json(repo, issue, pull),
            json!({
                "merged": pull.merged.is_some(),
                "mergeable": mergeable,
                "rebaseable": mergeable,
                "mergeable_state": state,
                "merged_by": self.maybe_user_json(pull.merged.as_ref().map(|merge| merge.by)),
                "comments": issue.comments.len(),
                "review_comments": 0,
                "maintainer_can_modify": false,
                "commits": pull.commits,
                "additions": changes.iter().map(|c| c.added).sum::<usize>(),
                "deletions": changes.iter().map(|c| c.deleted).sum::<usize>(),
                "changed_files": changes.len()
            }),
        )
    }
}
