//! Writes. Each is one request, but for a label that exists already, whose id has to be asked for.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::domain::fact::CloseReason;
use crate::domain::ids::{CommentId, ItemNumber};
use crate::forge::{
    Annotation, Button, Call, CallError, Check, CommentMade, Conclusion, Done, LabelSpec, Reaction,
    RepoRef, Slot, annotations_digest,
};

use super::request::{Request, in_repo};
use super::{GitHub, on_behalf_of, wire};

/// GitHub's bound on the title of a check run, in characters.
const CHECK_TITLE_CHARS: usize = 255;

/// GitHub's bound on the summary of a check run, in bytes.
const CHECK_SUMMARY_BYTES: usize = 65_535;

/// GitHub's bound on annotations, in one request.
const CHECK_ANNOTATIONS: usize = 50;

/// GitHub's bound on the message of an annotation, in bytes.
const ANNOTATION_BYTES: usize = 64 * 1024;

/// GitHub's bound on the description of a commit status, in characters.
const STATUS_CHARS: usize = 140;

/// What a creation answers with.
#[derive(Deserialize)]
struct Created {
    id: u64,
    #[serde(default)]
    node_id: String,
}

#[derive(Deserialize)]
struct CreatedIssue {
    number: u64,
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
}

#[derive(Serialize)]
struct Labels<'a> {
    labels: &'a [String],
}

#[derive(Serialize)]
struct State {
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    state_reason: Option<&'static str>,
}

#[derive(Serialize)]
struct Reacting {
    content: &'static str,
}

#[derive(Serialize)]
struct NewIssue<'a> {
    title: &'a str,
    body: &'a str,
    labels: &'a [String],
}

#[derive(Serialize)]
struct CheckRun<'a> {
    name: &'a str,
    /// Of a new one only: a check run never moves to another commit.
    #[serde(skip_serializing_if = "Option::is_none")]
    head_sha: Option<&'a str>,
    external_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'a str>,
    status: &'static str,
    conclusion: &'static str,
    output: Output<'a>,
    /// Sent with every change, so that those that are there are these.
    actions: &'a [Button],
}

#[derive(Serialize)]
struct Output<'a> {
    title: String,
    summary: &'a str,
    /// Of a new one only: GitHub adds them to those that are there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Remark<'a>>,
}

#[derive(Serialize)]
struct Remark<'a> {
    path: &'a str,
    start_line: u32,
    end_line: u32,
    annotation_level: &'static str,
    title: String,
    message: &'a str,
}

impl<'a> Remark<'a> {
    fn of(annotation: &'a Annotation) -> Self {
        let line = annotation.line.max(1);
        Self {
            path: &annotation.path,
            start_line: line,
            end_line: line,
            annotation_level: "warning",
            title: cut_chars(&annotation.title, CHECK_TITLE_CHARS),
            message: cut_bytes(&annotation.message, ANNOTATION_BYTES),
        }
    }
}

#[derive(Serialize)]
struct CommitStatus<'a> {
    context: &'a str,
    state: &'static str,
    description: String,
    target_url: String,
}

impl GitHub {
    pub(super) async fn write(&self, repo: &RepoRef, call: &Call) -> Result<Done, CallError> {
        match call {
            Call::CreateLabel(spec) => self.create_label(repo, spec).await,
            Call::AddLabels { number, labels } => {
                let route = "/repos/{owner}/{repo}/issues/{issue_number}/labels";
                let request = about(repo, Method::POST, route, &[&number.to_string()]);
                self.quietly(repo, request.json(&Labels { labels })).await
            }
            Call::RemoveLabel { number, label } => self.remove_label(repo, *number, label).await,
            Call::CreateComment {
                number,
                slot: _,
                body,
            } => {
                let route = "/repos/{owner}/{repo}/issues/{issue_number}/comments";
                let request = about(repo, Method::POST, route, &[&number.to_string()]);
                let request = request.json(&Text { body }).creates();
                let created: Created = self.connection.json(on_behalf_of(repo), &request).await?;
                Ok(Done::Comment(CommentMade {
                    id: CommentId(created.id),
                    node: created.node_id,
                }))
            }
            Call::EditComment { comment, body } => {
                let route = "/repos/{owner}/{repo}/issues/comments/{comment_id}";
                let request = about(repo, Method::PATCH, route, &[&comment.to_string()]);
                self.quietly(repo, request.json(&Text { body })).await
            }
            Call::React {
                number,
                comment,
                reaction,
            } => {
                let request = react(repo, *number, *comment);
                let content = content(*reaction);
                self.quietly(repo, request.json(&Reacting { content }))
                    .await
            }
            Call::Close { number, how } => {
                let state = State {
                    state: "closed",
                    state_reason: Some(reason(*how)),
                };
                self.quietly(repo, edit_issue(repo, *number).json(&state))
                    .await
            }
            Call::Reopen { number } => {
                let state = State {
                    state: "open",
                    state_reason: None,
                };
                self.quietly(repo, edit_issue(repo, *number).json(&state))
                    .await
            }
            Call::WriteCheck { existing, check } => match self.connection.app_id() {
                Some(_) => self.write_check_run(repo, *existing, check).await,
                None => self.write_status(repo, check).await,
            },
            Call::CreateIssue {
                slot: _,
                title,
                body,
                labels,
            } => {
                let request = about(repo, Method::POST, "/repos/{owner}/{repo}/issues", &[]);
                let issue = NewIssue {
                    title,
                    body,
                    labels,
                };
                let request = request.json(&issue).creates();
                let created: CreatedIssue =
                    self.connection.json(on_behalf_of(repo), &request).await?;
                Ok(Done::Issue(ItemNumber(created.number)))
            }
            Call::EditIssue { number, body } => {
                self.quietly(repo, edit_issue(repo, *number).json(&Text { body }))
                    .await
            }
            Call::Release(call) => self.write_release(repo, call).await,
            Call::Tag(tag) => self.write_tag(repo, tag).await,
        }
    }

    /// A write of which nothing has to be remembered.
    async fn quietly(&self, repo: &RepoRef, request: Request) -> Result<Done, CallError> {
        self.connection.send(on_behalf_of(repo), &request).await?;
        Ok(Done::Nothing)
    }

    /// A label of that name that exists is as good, however it looks; its id is asked for.
    async fn create_label(&self, repo: &RepoRef, spec: &LabelSpec) -> Result<Done, CallError> {
        let request = about(repo, Method::POST, "/repos/{owner}/{repo}/labels", &[]).json(spec);
        let answer = self
            .connection
            .exchange(on_behalf_of(repo), &request)
            .await?;
        let label: wire::Label = if answer.is_refused_as("already_exists") {
            let route = "/repos/{owner}/{repo}/labels/{name}";
            let request = about(repo, Method::GET, route, &[&spec.name]);
            self.connection.json(on_behalf_of(repo), &request).await?
        } else {
            answer.accepted(request.twice)?.json(request.twice)?
        };
        Ok(Done::Label(label.id))
    }

    async fn remove_label(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
        label: &str,
    ) -> Result<Done, CallError> {
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/labels/{name}";
        let request = about(repo, Method::DELETE, route, &[&number.to_string(), label]);
        match self.quietly(repo, request).await {
            Err(CallError::Missing(_)) => Ok(Done::Nothing),
            done => done,
        }
    }

    /// An id of 0 stands for a commit status, which is no check run that could be changed.
    async fn write_check_run(
        &self,
        repo: &RepoRef,
        existing: Option<u64>,
        check: &Check,
    ) -> Result<Done, CallError> {
        let details_url = check.comment.map(|_| self.page_of(repo, check));
        let marker = check_marker(check);
        let run = |head_sha, annotations| CheckRun {
            name: &check.name,
            head_sha,
            external_id: &marker,
            details_url: details_url.as_deref(),
            status: "completed",
            conclusion: conclusion(check.conclusion),
            output: Output {
                title: cut_chars(&check.title, CHECK_TITLE_CHARS),
                summary: cut_bytes(&check.summary, CHECK_SUMMARY_BYTES),
                annotations,
            },
            actions: &check.buttons,
        };
        let request = if let Some(id) = existing.filter(|id| *id != 0) {
            let route = "/repos/{owner}/{repo}/check-runs/{check_run_id}";
            about(repo, Method::PATCH, route, &[&id.to_string()]).json(&run(None, Vec::new()))
        } else {
            let head = Some(check.sha.as_str());
            let remarks = check.annotations.iter().take(CHECK_ANNOTATIONS);
            about(repo, Method::POST, "/repos/{owner}/{repo}/check-runs", &[])
                .json(&run(head, remarks.map(Remark::of).collect()))
                .creates()
        };
        let created: Created = self.connection.json(on_behalf_of(repo), &request).await?;
        Ok(Done::Check(created.id))
    }

    /// Check runs are for Apps; with a token it is a commit status, of which the latest counts.
    async fn write_status(&self, repo: &RepoRef, check: &Check) -> Result<Done, CallError> {
        let status = CommitStatus {
            context: &check.name,
            state: match check.conclusion {
                Conclusion::Success | Conclusion::Neutral => "success",
                Conclusion::Failure => "failure",
            },
            description: cut_chars(&check.title, STATUS_CHARS),
            target_url: self.page_of(repo, check),
        };
        let route = "/repos/{owner}/{repo}/statuses/{sha}";
        let request = about(repo, Method::POST, route, &[check.sha.as_str()]).json(&status);
        self.connection.send(on_behalf_of(repo), &request).await?;
        Ok(Done::Check(0))
    }

    /// Where a check leads: to a comment of its pull request, or to the pull request.
    fn page_of(&self, repo: &RepoRef, check: &Check) -> String {
        let (web, number) = (&self.connection.html_url, check.number);
        let pull = format!("{web}/{}/pull/{number}", repo.name);
        match check.comment {
            Some(comment) => format!("{pull}#issuecomment-{comment}"),
            None => pull,
        }
    }
}

/// A request about a repository; the values are those after its owner and name.
pub(super) fn about(
    repo: &RepoRef,
    method: Method,
    route: &'static str,
    values: &[&str],
) -> Request {
    Request::new(method, route, &in_repo(&repo.name, values)).within(repo.id)
}

fn edit_issue(repo: &RepoRef, number: ItemNumber) -> Request {
    let route = "/repos/{owner}/{repo}/issues/{issue_number}";
    about(repo, Method::PATCH, route, &[&number.to_string()])
}

fn react(repo: &RepoRef, number: ItemNumber, comment: Option<CommentId>) -> Request {
    if let Some(comment) = comment {
        let route = "/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
        about(repo, Method::POST, route, &[&comment.to_string()])
    } else {
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/reactions";
        about(repo, Method::POST, route, &[&number.to_string()])
    }
}

/// A check's `external_id`. Pull requests may share a commit, so the number belongs to it; and so
/// do annotations, since a check run with others is another one.
pub(super) fn check_marker(check: &Check) -> String {
    let annotations = annotations_digest(&check.annotations);
    let colon = if annotations.is_empty() { "" } else { ":" };
    let (name, number) = (&check.name, check.number);
    Slot(format!("check:{name}:{number}{colon}{annotations}")).marker()
}

/// Whether a check run is of this check, whatever its annotations are.
pub(super) fn is_marked_for(external_id: &str, check: &Check) -> bool {
    let slot = Slot(format!("check:{}:{}", check.name, check.number)).marker();
    let stem = slot.trim_end_matches(" -->");
    let rest = external_id.strip_prefix(stem);
    rest.is_some_and(|rest| rest.starts_with([' ', ':']))
}

fn content(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::Eyes => "eyes",
        Reaction::Rocket => "rocket",
        Reaction::Confused => "confused",
    }
}

fn reason(how: CloseReason) -> &'static str {
    match how {
        CloseReason::Completed => "completed",
        CloseReason::NotPlanned => "not_planned",
        CloseReason::Duplicate => "duplicate",
    }
}

fn conclusion(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::Success => "success",
        Conclusion::Failure => "failure",
        Conclusion::Neutral => "neutral",
    }
}

/// At most so many characters; a text that was cut ends in an ellipsis.
fn cut_chars(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit - 1).chain(['…']).collect(),
    }
}

/// At most so many bytes, and no part of a character.
fn cut_bytes(text: &str, limit: usize) -> &str {
    text.get(..text.floor_char_boundary(limit)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut_chars("neun Zeichen", 12), "neun Zeichen");
        assert_eq!(cut_chars("größer", 4), "grö…");
        assert_eq!(cut_bytes("größer", 3), "gr");
        assert_eq!(cut_bytes("größer", 99), "größer");
    }
}
