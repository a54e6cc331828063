//! Repositories, labels, milestones and commits.

use serde_json::{Value, json};

use super::super::state::RepoIx;
use super::super::state::{Commit, Label, Milestone, Role};
use super::super::world::World;
use super::{maybe_time, node_id, time, with};

/// Where in a repository's address each of its lists is.
const LISTS: [(&str, &str); 37] = [
    ("archive_url", "{archive_format}{/ref}"),
    ("assignees_url", "assignees{/user}"),
    ("blobs_url", "git/blobs{/sha}"),
    ("branches_url", "branches{/branch}"),
    ("collaborators_url", "collaborators{/collaborator}"),
    ("comments_url", "comments{/number}"),
    ("commits_url", "commits{/sha}"),
    ("compare_url", "compare/{base}...{head}"),
    ("contents_url", "contents/{+path}"),
    ("contributors_url", "contributors"),
    ("deployments_url", "deployments"),
    ("downloads_url", "downloads"),
    ("events_url", "events"),
    ("forks_url", "forks"),
    ("git_commits_url", "git/commits{/sha}"),
    ("git_refs_url", "git/refs{/sha}"),
    ("git_tags_url", "git/tags{/sha}"),
    ("hooks_url", "hooks"),
    ("issue_comment_url", "issues/comments{/number}"),
    ("issue_events_url", "issues/events{/number}"),
    ("issues_url", "issues{/number}"),
    ("keys_url", "keys{/key_id}"),
    ("labels_url", "labels{/name}"),
    ("languages_url", "languages"),
    ("merges_url", "merges"),
    ("milestones_url", "milestones{/number}"),
    (
        "notifications_url",
        "notifications{?since,all,participating}",
    ),
    ("pulls_url", "pulls{/number}"),
    ("releases_url", "releases{/id}"),
    ("stargazers_url", "stargazers"),
    ("statuses_url", "statuses/{sha}"),
    ("subscribers_url", "subscribers"),
    ("subscription_url", "subscription"),
    ("tags_url", "tags"),
    ("teams_url", "teams"),
    ("trees_url", "git/trees{/sha}"),
    ("url", ""),
];

impl World {
    /// The address of a repository in the API.
    pub fn repo_url(&self, repo: RepoIx) -> String {
        format!("{}/repos/{}", self.base, self.full_name(repo))
    }

    /// The address of a repository for people.
    pub fn repo_page(&self, repo: RepoIx) -> String {
        format!("{}/{}", self.web, self.full_name(repo))
    }

    /// A repository.
    pub fn repo_json(&self, repo: RepoIx) -> Value {
        let api = self.repo_url(repo);
        let page = self.repo_page(repo);
        let r = &self[repo];
        let full_name = self.full_name(repo);
        let open = r.issues.values().filter(|issue| issue.open).count();
        let mut out = json!({
            "id": r.id,
            "node_id": node_id("R", r.id),
            "name": r.name,
            "full_name": full_name,
            "private": r.private,
            "owner": self.user_json(r.owner),
            "html_url": page,
            "description": null,
            "fork": false,
            "created_at": time(r.created_at),
            "updated_at": time(r.updated_at),
            "pushed_at": time(r.pushed_at),
            "git_url": format!("git://github.com/{full_name}.git"),
            "ssh_url": format!("git@github.com:{full_name}.git"),
            "clone_url": format!("{page}.git"),
            "svn_url": page,
            "homepage": null,
            "default_branch": r.default_branch
        });
        let figures = json!({
            "size": 1,
            "stargazers_count": 0,
            "watchers_count": 0,
            "language": null,
            "has_issues": true,
            "has_projects": true,
            "has_downloads": true,
            "has_wiki": false,
            "has_pages": false,
            "has_discussions": false,
            "forks_count": 0,
            "mirror_url": null,
            "archived": false,
            "disabled": false,
            "open_issues_count": open,
            "license": null,
            "allow_forking": true,
            "is_template": false,
            "web_commit_signoff_required": false,
            "topics": [],
            "visibility": if r.private { "private" } else { "public" },
            "forks": 0,
            "open_issues": open,
            "watchers": 0
        });
        out = with(out, figures);
        if let Value::Object(out) = &mut out {
            for (name, path) in LISTS {
                let slash = if path.is_empty() { "" } else { "/" };
                out.insert(name.to_owned(), json!(format!("{api}{slash}{path}")));
            }
        }
        out
    }

    /// A repository as its own address shows it, to somebody with this role.
    pub fn full_repo_json(&self, repo: RepoIx, role: Role) -> Value {
        with(
            self.repo_json(repo),
            json!({
                "network_count": 0,
                "subscribers_count": 0,
                "permissions": Self::permissions_json(role)
            }),
        )
    }

    /// A repository in lists of installations' payloads.
    pub fn repo_stub_json(&self, repo: RepoIx) -> Value {
        let r = &self[repo];
        json!({
            "id": r.id,
            "node_id": node_id("R", r.id),
            "name": r.name,
            "full_name": self.full_name(repo),
            "private": r.private
        })
    }

    /// A label.
    pub fn label_json(&self, repo: RepoIx, label: &Label) -> Value {
        json!({
            "id": label.id,
            "node_id": node_id("LA", label.id),
            "url": format!("{}/labels/{}", self.repo_url(repo), super::super::paths::encode(&label.name)),
            "name": label.name,
            "color": label.color,
            "default": false,
            "description": label.description
        })
    }

    /// The labels of these ids, in this order.
    pub fn labels_json(&self, repo: RepoIx, ids: &[u64]) -> Value {
        ids.iter()
            .filter_map(|id| self[repo].labels.iter().find(|label| label.id == *id))
            .map(|label| self.label_json(repo, label))
            .collect()
    }

    /// A milestone.
    pub fn milestone_json(&self, repo: RepoIx, milestone: &Milestone) -> Value {
        let number = milestone.number;
        let api = format!("{}/milestones/{number}", self.repo_url(repo));
        let count = |open: bool| {
            self[repo]
                .issues
                .values()
                .filter(|issue| issue.milestone == Some(number) && issue.open == open)
                .count()
        };
        json!({
            "url": api,
            "html_url": format!("{}/milestone/{number}", self.repo_page(repo)),
            "labels_url": format!("{api}/labels"),
            "id": milestone.id,
            "node_id": node_id("MI", milestone.id),
            "number": number,
            "title": milestone.title,
            "description": milestone.description,
            "creator": self.user_json(milestone.creator),
            "open_issues": count(true),
            "closed_issues": count(false),
            "state": if milestone.open { "open" } else { "closed" },
            "created_at": time(milestone.created_at),
            "updated_at": time(milestone.updated_at),
            "due_on": maybe_time(milestone.due_on),
            "closed_at": maybe_time(milestone.closed_at)
        })
    }

    /// The milestone of that number, or nothing.
    pub fn maybe_milestone_json(&self, repo: RepoIx, number: Option<u64>) -> Value {
        number
            .and_then(|number| self[repo].milestones.iter().find(|m| m.number == number))
            .map_or(Value::Null, |m| self.milestone_json(repo, m))
    }

    /// A commit as `push` shows it.
    pub fn pushed_commit_json(
        &self,
        repo: RepoIx,
        commit: &Commit,
        before: Option<&Commit>,
    ) -> Value {
        let login = self.login(commit.author);
        let person = json!({
            "name": login,
            "email": format!("{login}@users.noreply.github.com"),
            "username": login
        });
        let was = |path: &String| before.and_then(|before| before.tree.get(path));
        let added: Vec<&String> = commit.tree.keys().filter(|p| was(p).is_none()).collect();
        let modified: Vec<&String> = commit
            .tree
            .iter()
            .filter(|(path, text)| was(path).is_some_and(|was| was != *text))
            .map(|(path, _)| path)
            .collect();
        let removed: Vec<&String> = before.map_or_else(Vec::new, |before| {
            before
                .tree
                .keys()
                .filter(|path| !commit.tree.contains_key(*path))
                .collect()
        });
        json!({
            "id": commit.sha,
            "tree_id": commit.sha,
            "distinct": true,
            "message": commit.message,
            "timestamp": time(commit.at),
            "url": format!("{}/commit/{}", self.repo_page(repo), commit.sha),
            "author": person,
            "committer": person,
            "added": added,
            "removed": removed,
            "modified": modified
        })
    }
}
