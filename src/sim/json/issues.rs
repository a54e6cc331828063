//! Issues, comments and reactions.

use serde_json::{Value, json};

use super::super::state::RepoIx;
use super::super::state::{
    AccountKind, Actor, Comment, Issue, IssueEvent, Reaction, Role, StateReason,
};
use super::super::world::World;
use super::{maybe_time, node_id, time};

impl World {
    /// An issue, or a pull request in the form of one.
    pub fn issue_json(&self, repo: RepoIx, issue: &Issue) -> Value {
        let number = issue.number;
        let api = format!("{}/issues/{number}", self.repo_url(repo));
        let mut out = json!({
            "url": api,
            "repository_url": self.repo_url(repo),
            "labels_url": format!("{api}/labels{{/name}}"),
            "comments_url": format!("{api}/comments"),
            "events_url": format!("{api}/events"),
            "timeline_url": format!("{api}/timeline"),
            "html_url": self.issue_page(repo, issue),
            "id": issue.id,
            "node_id": node_id(if issue.pull.is_some() { "PR" } else { "I" }, issue.id),
            "number": number,
            "title": issue.title,
            "user": self.user_json(issue.author.account),
            "labels": self.labels_json(repo, &issue.labels),
            "state": if issue.open { "open" } else { "closed" },
            "state_reason": issue.state_reason.map(StateReason::word),
            "locked": false,
            "active_lock_reason": null,
            "assignee": self.maybe_user_json(issue.assignees.first().copied()),
            "assignees": self.users_json(&issue.assignees),
            "milestone": self.maybe_milestone_json(repo, issue.milestone),
            "comments": issue.comments.len(),
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": maybe_time(issue.closed_at),
            "author_association": self.association(repo, issue.author.account),
            "body": issue.body,
            "reactions": Self::reaction_counts(&api, &issue.reactions),
            "performed_via_github_app": self.via_app(issue.author),
            "sub_issues_summary": { "total": 0, "completed": 0, "percent_completed": 0 }
        });
        if let Value::Object(out) = &mut out {
            out.insert(
                "closed_by".to_owned(),
                self.maybe_user_json(issue.closed_by),
            );
            if let Some(pull) = &issue.pull {
                let page = self.issue_page(repo, issue);
                out.insert("draft".to_owned(), json!(pull.draft));
                out.insert(
                    "pull_request".to_owned(),
                    json!({
                        "url": format!("{}/pulls/{number}", self.repo_url(repo)),
                        "html_url": page,
                        "diff_url": format!("{page}.diff"),
                        "patch_url": format!("{page}.patch"),
                        "merged_at": maybe_time(pull.merged.as_ref().map(|merge| merge.at))
                    }),
                );
            } else {
                out.insert("type".to_owned(), Self::issue_type_json(issue));
            }
        }
        out
    }

    /// The address of an issue or pull request for people.
    pub fn issue_page(&self, repo: RepoIx, issue: &Issue) -> String {
        let kind = if issue.pull.is_some() {
            "pull"
        } else {
            "issues"
        };
        format!("{}/{kind}/{}", self.repo_page(repo), issue.number)
    }

    /// An issue's type, or nothing.
    pub fn issue_type_json(issue: &Issue) -> Value {
        let created = time(issue.created_at);
        issue.type_name.as_ref().map_or(Value::Null, |name| {
            // Types belong to the organisation; their number is of no account here, only that it
            // is the same for the same name.
            let id = 4_200_000_000 + name.bytes().map(u64::from).sum::<u64>();
            json!({
                "id": id,
                "node_id": node_id("IT", id),
                "name": name,
                "description": null,
                "color": "blue",
                "created_at": created,
                "updated_at": created,
                "is_enabled": true
            })
        })
    }

    /// A comment.
    pub fn comment_json(&self, repo: RepoIx, issue: &Issue, comment: &Comment) -> Value {
        let id = comment.id;
        let api = format!("{}/issues/comments/{id}", self.repo_url(repo));
        json!({
            "url": api,
            "html_url": format!("{}#issuecomment-{id}", self.issue_page(repo, issue)),
            "issue_url": format!("{}/issues/{}", self.repo_url(repo), issue.number),
            "id": id,
            "node_id": node_id("IC", id),
            "user": self.user_json(comment.author.account),
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at),
            "body": comment.body,
            "author_association": self.association(repo, comment.author.account),
            "reactions": Self::reaction_counts(&api, &comment.reactions),
            "performed_via_github_app": self.via_app(comment.author)
        })
    }

    /// An event of an issue.
    pub fn issue_event_json(&self, repo: RepoIx, event: &IssueEvent) -> Value {
        let id = event.id;
        let mut out = json!({
            "id": id,
            "node_id": node_id("LE", id),
            "url": format!("{}/issues/events/{id}", self.repo_url(repo)),
            "actor": self.user_json(event.actor.account),
            "event": event.event,
            "commit_id": Value::Null,
            "commit_url": Value::Null,
            "created_at": time(event.at),
            "performed_via_github_app": self.via_app(event.actor)
        });
        if let Some((name, color)) = &event.label {
            out["label"] = json!({ "name": name, "color": color });
        }
        if let Some((from, to)) = &event.rename {
            out["rename"] = json!({ "from": from, "to": to });
        }
        if let Some(reason) = event.reason {
            out["state_reason"] = json!(reason.word());
        }
        out
    }

    /// A reaction.
    pub fn reaction_json(&self, reaction: &Reaction) -> Value {
        json!({
            "id": reaction.id,
            "node_id": node_id("REA", reaction.id),
            "user": self.user_json(reaction.account),
            "content": reaction.content,
            "created_at": time(reaction.created_at)
        })
    }

    fn via_app(&self, author: Actor) -> Value {
        if author.via_app {
            self.app_json()
        } else {
            Value::Null
        }
    }

    /// How somebody stands to the repository, in GitHub's words.
    pub fn association(&self, repo: RepoIx, account: u64) -> &'static str {
        let is_bot = self
            .account_by_id(account)
            .is_some_and(|account| account.kind == AccountKind::Bot);
        if is_bot {
            return "NONE";
        }
        match self.role(repo, account) {
            Role::Admin if self[repo].owner == account => "OWNER",
            Role::Admin | Role::Maintain | Role::Write | Role::Triage => "COLLABORATOR",
            Role::Read | Role::None => "NONE",
        }
    }
}
