//! As much of a payload as the inbox needs: which key it belongs to. Everything else is read when
//! the delivery is handled, so that what GitHub adds or changes cannot keep one out of the inbox.

use serde::{Deserialize, Serialize};

use crate::domain::ids::{InstallationId, ItemNumber, RepoId};
use crate::domain::kind::words;
use crate::forge::{DOES_NOT_APPLY, item_of_check};
use crate::store::Key;

words!(
    /// The events that labhand listens to.
    Event {
        /// A check run was created, completed or asked for again.
        CheckRun = "check_run",
        /// Checks were asked for.
        CheckSuite = "check_suite",
        /// Something was deployed, or not.
        DeploymentStatus = "deployment_status",
        /// The App was installed or taken off.
        Installation = "installation",
        /// Repositories were added to an installation or taken from it.
        InstallationRepositories = "installation_repositories",
        /// A comment was written, edited or deleted.
        IssueComment = "issue_comment",
        /// An issue was opened, edited, labelled, closed…
        Issues = "issues",
        /// A label's definition changed.
        Label = "label",
        /// A collaborator came, went or may do something else.
        Member = "member",
        /// Somebody joined or left a team.
        Membership = "membership",
        /// A merge queue asks for checks.
        MergeGroup = "merge_group",
        /// A milestone changed.
        Milestone = "milestone",
        /// The webhook was set up.
        Ping = "ping",
        /// A pull request was opened, edited, labelled, merged…
        PullRequest = "pull_request",
        /// Commits were pushed.
        Push = "push",
        /// A release was published, edited…
        Release = "release",
        /// A repository was renamed, transferred, archived…
        Repository = "repository",
        /// A team changed.
        Team = "team",
    }
);

/// What of an event's payload is worth looking at as one.
enum About {
    Issue,
    PullRequest,
    Repository,
    Installation,
}

impl Event {
    fn about(self) -> About {
        match self {
            Self::Issues | Self::IssueComment => About::Issue,
            Self::PullRequest => About::PullRequest,
            Self::CheckRun
            | Self::CheckSuite
            | Self::DeploymentStatus
            | Self::Label
            | Self::Member
            | Self::MergeGroup
            | Self::Milestone
            | Self::Push
            | Self::Release
            | Self::Repository => About::Repository,
            Self::Installation
            | Self::InstallationRepositories
            | Self::Membership
            | Self::Ping
            | Self::Team => About::Installation,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Envelope {
    installation: Option<Id>,
    repository: Option<Id>,
    issue: Option<Number>,
    pull_request: Option<Number>,
}

/// What of a check run tells of a button.
#[derive(Debug, Deserialize)]
struct CheckRun {
    check_run: Marked,
    requested_action: Button,
}

#[derive(Debug, Deserialize)]
struct Marked {
    external_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Button {
    identifier: String,
}

/// The item whose check has a button that was pressed, if that is about the item.
fn pressed(text: &str) -> Option<Number> {
    let run: CheckRun = serde_json::from_str(text).ok()?;
    let button = run.requested_action.identifier;
    let item = item_of_check(run.check_run.external_id.as_deref()?)?;
    let number = item.0;
    button
        .starts_with(DOES_NOT_APPLY)
        .then_some(Number { number })
}

#[derive(Debug, Deserialize)]
struct Id {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Number {
    number: u64,
}

/// The key that a payload belongs to; the installation is 0 where the webhook is a repository's
/// own. What names no issue belongs to its repository, and what names none to its installation.
///
/// # Errors
/// The body is no JSON, or its ids are no ids.
pub(super) fn key(event: Event, body: &[u8]) -> Result<Key, serde_json::Error> {
    // JSON is UTF-8 also where nobody reads it, in the parts that are skipped here.
    let text = std::str::from_utf8(body).map_err(serde::de::Error::custom)?;
    let envelope: Envelope = serde_json::from_str(text)?;
    let installation = InstallationId(envelope.installation.map_or(0, |one| one.id));
    let Some(Id { id: repo }) = envelope.repository else {
        return Ok(Key::installation(installation));
    };
    let repo = RepoId(repo);
    let number = match event.about() {
        About::Issue => envelope.issue,
        About::PullRequest => envelope.pull_request,
        About::Repository if event == Event::CheckRun => pressed(text),
        About::Repository => None,
        About::Installation => return Ok(Key::installation(installation)),
    };
    Ok(match number {
        Some(Number { number }) => Key::item(installation, repo, ItemNumber(number)),
        None => Key::repo(installation, repo),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(event: Event, body: &str) -> String {
        key(event, body.as_bytes()).map_or_else(|error| error.to_string(), |key| key.to_string())
    }

    #[test]
    fn a_payload_is_put_where_it_belongs() {
        let body = r#"{"action":"x","installation":{"id":7},"repository":{"id":70,"name":"fraud"},
            "issue":{"number":41},"pull_request":{"number":42},"new":[1]}"#;
        assert_eq!(found(Event::Issues, body), "7/70/item/41");
        assert_eq!(found(Event::IssueComment, body), "7/70/item/41");
        assert_eq!(found(Event::PullRequest, body), "7/70/item/42");
        assert_eq!(found(Event::Push, body), "7/70/repo/0");
        let check = |button: &str| {
            format!(
                r#"{{"repository":{{"id":70}},"requested_action":{{"identifier":"{button}"}},
                "check_run":{{"external_id":"<!-- labhand:check:labhand/handoff:62:ab -->"}}}}"#
            )
        };
        assert_eq!(found(Event::CheckRun, &check("na:serving")), "0/70/item/62");
        assert_eq!(found(Event::CheckRun, &check("recheck")), "0/70/repo/0");
        assert_eq!(
            found(Event::CheckSuite, &check("na:serving")),
            "0/70/repo/0"
        );
        assert_eq!(found(Event::Ping, body), "7/0/installation/0");
        assert_eq!(
            found(Event::Push, r#"{"repository":{"id":70}}"#),
            "0/70/repo/0"
        );
        assert_eq!(
            found(Event::Issues, r#"{"repository":{"id":70}}"#),
            "0/70/repo/0"
        );
        assert_eq!(
            found(Event::Team, r#"{"installation":{"id":7}}"#),
            "7/0/installation/0"
        );
        assert_eq!(
            found(Event::Label, r#"{"installation":null,"repository":null}"#),
            "0/0/installation/0"
        );
    }

    #[test]
    fn what_is_no_payload_is_an_error() {
        for body in [
            "",
            "[]x",
            "\"text\"",
            r#"{"repository":{"id":"x"}}"#,
            "\u{0}",
        ] {
            assert!(key(Event::Issues, body.as_bytes()).is_err(), "{body}");
        }
        assert!(key(Event::Issues, b"{\"action\":\"opened\",\"a\":\"\xff\"}").is_err());
        let deep = "[".repeat(100_000);
        assert!(key(Event::Issues, format!("{{\"x\":{deep}").as_bytes()).is_err());
    }
}
