//! Lists of a whole repository, and what an issue's page tells of it: what is read to find what no
//! event has told.

use std::collections::BTreeMap;

use http::{Method, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::domain::actor::User;
use crate::domain::fact::What;
use crate::domain::ids::{CommentId, ItemNumber, RepoId};
use crate::forge::{
    CallError, EventKind, IssueEvent, IssueNow, ListFrom, ListPage, ListedComment, ListedIssue,
    RepoRef,
};

use super::links::next_page;
use super::request::Request;
use super::wire::{Account, Issue, LabelOn, Moment, closed_as, user_or_ghost};
use super::writes::about;
use super::{GitHub, on_behalf_of};

const EXISTING: &str = include_str!("existing.graphql");

/// The most ids that GitHub takes in one list, and as many lists as the query has.
const IDS_IN_LIST: usize = 100;
const LISTS: usize = 10;

/// The most things that one request can be about.
pub(super) const NODES_AT_ONCE: usize = IDS_IN_LIST * LISTS;

#[derive(Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
    user: Option<Account>,
    /// Only its end is of use: the number of the issue.
    issue_url: String,
    created_at: Moment,
    updated_at: Moment,
}

#[derive(Deserialize)]
struct Event {
    id: Option<u64>,
    #[serde(rename = "event")]
    kind: Option<String>,
    actor: Option<Account>,
    created_at: Option<Moment>,
    label: Option<LabelOn>,
    state_reason: Option<String>,
    rename: Option<Rename>,
}

#[derive(Deserialize)]
struct Rename {
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Node {
    id: String,
}

impl Comment {
    fn listed(self) -> Option<ListedComment> {
        let (_, number) = self.issue_url.rsplit_once('/')?;
        Some(ListedComment {
            id: CommentId(self.id),
            number: ItemNumber(number.parse().ok()?),
            body: self.body.unwrap_or_default(),
            author: user_or_ghost(self.user.as_ref()),
            author_is_bot: self.user.as_ref().is_some_and(Account::is_bot),
            created_at: self.created_at.timestamp()?,
            updated_at: self.updated_at.timestamp()?,
        })
    }
}

impl Event {
    /// `None` for what labhand does not need; GitHub has dozens of kinds.
    fn read(self) -> Option<IssueEvent> {
        let label = self.label.and_then(LabelOn::into_name);
        let what = match self.kind.as_deref()? {
            "labeled" => EventKind::Change(What::Labeled { label: label? }),
            "unlabeled" => EventKind::Change(What::Unlabeled { label: label? }),
            "closed" => EventKind::Change(What::Closed {
                how: closed_as(self.state_reason.as_deref()),
            }),
            "reopened" => EventKind::Change(What::Reopened),
            "renamed" => {
                let Rename { from, to } = self.rename?;
                EventKind::Renamed { from, to }
            }
            "transferred" => EventKind::Transferred,
            _ => return None,
        };
        Some(IssueEvent {
            id: self.id?,
            at: self.created_at?.timestamp()?,
            by: self.actor.as_ref().map(Account::user),
            what,
        })
    }
}

impl GitHub {
    pub(super) async fn list_issues(
        &self,
        repo: &RepoRef,
        from: ListFrom,
    ) -> Result<ListPage<ListedIssue>, CallError> {
        let request = about(repo, Method::GET, "/repos/{owner}/{repo}/issues", &[]);
        let page: ListPage<Issue> = self.page(repo, request.query("state", "all"), from).await?;
        let entries = page.entries.into_iter().filter_map(|issue| {
            let updated_at = issue.changed()?;
            Some(ListedIssue {
                number: ItemNumber(issue.number),
                now: IssueNow {
                    snapshot: issue.snapshot(updated_at),
                    updated_at,
                },
            })
        });
        Ok(ListPage {
            entries: entries.collect(),
            more: page.more,
        })
    }

    pub(super) async fn list_comments(
        &self,
        repo: &RepoRef,
        from: ListFrom,
    ) -> Result<ListPage<ListedComment>, CallError> {
        let route = "/repos/{owner}/{repo}/issues/comments";
        let request = about(repo, Method::GET, route, &[]);
        let page: ListPage<Comment> = self.page(repo, request, from).await?;
        let entries = page.entries.into_iter().filter_map(Comment::listed);
        Ok(ListPage {
            entries: entries.collect(),
            more: page.more,
        })
    }

    async fn page<T: DeserializeOwned>(
        &self,
        repo: &RepoRef,
        request: Request,
        from: ListFrom,
    ) -> Result<ListPage<T>, CallError> {
        let mut request = request
            .query("sort", "updated")
            .query("direction", "asc")
            .query("per_page", "100")
            .query("page", &from.page.to_string());
        if let Some(since) = from.since {
            request = request.query("since", &since.to_string());
        }
        let answer = self.connection.send(on_behalf_of(repo), &request).await?;
        let more = answer.header(header::LINK).and_then(next_page).is_some();
        Ok(ListPage {
            entries: answer.json(request.twice)?,
            more,
        })
    }

    pub(super) async fn read_events(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Vec<IssueEvent>, CallError> {
        let route = "/repos/{owner}/{repo}/issues/{issue_number}/events";
        let request = about(repo, Method::GET, route, &[&number.to_string()]);
        let pages: Vec<Vec<Event>> = self.connection.pages(on_behalf_of(repo), request).await?;
        let events = pages.into_iter().flatten();
        Ok(events.filter_map(Event::read).collect())
    }

    /// GitHub sends who asks for an issue that was moved to where it is now.
    pub(super) async fn read_whereabouts(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
    ) -> Result<Option<(RepoId, ItemNumber)>, CallError> {
        let route = "/repos/{owner}/{repo}/issues/{issue_number}";
        let request = about(repo, Method::GET, route, &[&number.to_string()]);
        let location = self.connection.location(on_behalf_of(repo), &request).await;
        let there = location?.as_deref().and_then(issue_at);
        Ok(there.filter(|(other, _)| *other != repo.id))
    }

    /// Which of these are not there any more, or not for us to see.
    pub(super) async fn query_missing(
        &self,
        repo: &RepoRef,
        nodes: &[String],
    ) -> Result<Vec<String>, CallError> {
        let mut missing = Vec::new();
        for some in nodes.chunks(NODES_AT_ONCE) {
            let mut lists = some.chunks(IDS_IN_LIST);
            let variables: BTreeMap<String, &[String]> = (0..LISTS)
                .map(|place| (format!("p{place}"), lists.next().unwrap_or_default()))
                .collect();
            let found: BTreeMap<String, Option<Vec<Option<Node>>>> =
                self.query_partly(repo, EXISTING, variables).await?;
            let mut there: Vec<String> = Vec::with_capacity(some.len());
            for list in found.into_values() {
                let unreadable = || CallError::Unreadable("a list without entries".to_owned());
                let list = list.ok_or_else(unreadable)?;
                there.extend(list.into_iter().flatten().map(|node| node.id));
            }
            there.sort_unstable();
            let gone = some.iter().filter(|id| there.binary_search(id).is_err());
            missing.extend(gone.cloned());
        }
        Ok(missing)
    }

    /// Who a comment's text is by as it stands: who edited it last, else who wrote it. `None` if
    /// that is a bot, or somebody whose account is gone.
    pub(super) async fn query_last_editor(
        &self,
        repo: &RepoRef,
        number: ItemNumber,
        comment: Option<CommentId>,
    ) -> Result<Option<User>, CallError> {
        let text = match comment {
            Some(comment) => self.read_comment(repo, comment).await?,
            None => self.read_text(repo, number).await?,
        };
        let edits = self.query_edits(repo, &text.node_id).await?;
        Ok(match edits.into_iter().next() {
            Some(edit) => edit.person(),
            None => text.person(),
        })
    }
}

/// The repository and number of `…/repositories/42/issues/7`.
fn issue_at(location: &str) -> Option<(RepoId, ItemNumber)> {
    let (_, rest) = location.split_once("/repositories/")?;
    let (repo, number) = rest.split_once("/issues/")?;
    Some((RepoId(repo.parse().ok()?), ItemNumber(number.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_an_issue_went_stands_in_the_address() {
        let there = issue_at("https://api.github.com/repositories/42/issues/7");
        assert_eq!(there, Some((RepoId(42), ItemNumber(7))));
        assert_eq!(issue_at("https://api.github.com/repos/a/b/issues/7"), None);
    }

    #[test]
    fn of_the_many_events_few_are_used() {
        let read = |json: &str| serde_json::from_str::<Event>(json).unwrap().read();
        let labelled = r#"{"id": 1, "event": "labeled", "created_at": "2026-11-23T08:00:00Z",
            "actor": {"id": 5, "login": "mira"}, "label": {"name": "points/3", "color": "ededed"}}"#;
        let event = read(labelled).unwrap();
        let label = "points/3".to_owned();
        assert_eq!(event.what, EventKind::Change(What::Labeled { label }));
        assert_eq!(read(r#"{"id": 1, "event": "mentioned"}"#), None);
        assert_eq!(read("{}"), None);
    }
}
