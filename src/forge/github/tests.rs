//! The whole of this room against a server that says what a test wants it to say.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::body::{Body, to_bytes};
use axum::response::Response;
use axum::routing::any;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::domain::fact::CloseReason;
use crate::domain::ids::{CommitSha, InstallationId, Login, RepoId, UserId};
use crate::forge::{Check, CommentMade, Conclusion, Reaction, Slot};

use super::*;

const TOKEN: &str = "ghp_somebodysSecret";

/// A request that the server saw.
#[derive(Debug, Clone)]
struct Seen {
    /// `GET /repos/acme/fraud/labels?per_page=100`
    line: String,
    authorization: String,
    body: Value,
}

/// A server, and everything that it saw.
struct Server {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    /// Answers each request as `answer` says.
    async fn start(answer: impl Fn(&Seen) -> Response + Clone + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let handler = any(move |request: axum::extract::Request| async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, 1 << 20).await.expect("a body");
            let header = |name| {
                parts
                    .headers
                    .get(name)
                    .and_then(|value| value.to_str().ok())
            };
            let seen = Seen {
                line: format!("{} {}", parts.method, parts.uri),
                authorization: header("authorization").unwrap_or_default().to_owned(),
                body: serde_json::from_slice(&body).unwrap_or(Value::Null),
            };
            log.lock().expect("a log").push(seen.clone());
            answer(&seen)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = axum::Router::new().fallback_service(handler);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().expect("a log");
        seen.iter().map(|seen| seen.line.clone()).collect()
    }

    fn last(&self) -> Seen {
        let seen = self.seen.lock().expect("a log");
        seen.last().expect("a request").clone()
    }
}

fn with_token(url: &str) -> GitHub {
    GitHub::token(url, &SecretString::from(TOKEN), Arc::new(|_| ())).expect("a token")
}

fn answer(status: u16, body: &Value) -> Response {
    answer_with(status, &[], body)
}

fn answer_with(status: u16, headers: &[(&str, &str)], body: &Value) -> Response {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response
        .body(Body::from(body.to_string()))
        .expect("a response")
}

fn repo() -> RepoRef {
    RepoRef {
        installation: InstallationId(31),
        id: RepoId(7001),
        name: "acme/fraud".parse().expect("a name"),
    }
}

fn mira() -> User {
    User {
        id: UserId(501),
        login: Login::new("mira"),
    }
}

fn create_comment() -> Call {
    let slot = Slot("status".to_owned());
    Call::CreateComment {
        number: ItemNumber(48),
        body: format!("### 🧪 Experiment\n{}", slot.marker()),
        slot,
    }
}

fn edit_comment() -> Call {
    Call::EditComment {
        comment: CommentId(9),
        body: "text".to_owned(),
    }
}

fn write_check(existing: Option<u64>) -> Call {
    Call::WriteCheck {
        existing,
        check: Check {
            name: "labhand/handoff".to_owned(),
            sha: CommitSha::new(&"a".repeat(40)),
            number: ItemNumber(62),
            conclusion: Conclusion::Neutral,
            title: "ö".repeat(300),
            summary: "ö".repeat(40_000),
            annotations: Vec::new(),
            buttons: Vec::new(),
            comment: None,
        },
    }
}

fn made(comment: u64) -> Done {
    Done::Comment(CommentMade {
        id: CommentId(comment),
        node: String::new(),
    })
}

#[tokio::test]
async fn every_write_is_one_request() {
    let server = Server::start(|_| answer(200, &json!({"id": 5, "number": 6}))).await;
    let github = with_token(&server.url);
    let number = ItemNumber(48);
    let comment = Some(CommentId(9));
    let label = "stage/active".to_owned();
    let reaction = Reaction::Eyes;
    let how = CloseReason::NotPlanned;
    let slot = Slot("board".to_owned());
    let nothing = Done::Nothing;
    let at = "/repos/acme/fraud";
    let expected = [
        (
            Call::AddLabels {
                number,
                labels: vec![label.clone()],
            },
            format!("POST {at}/issues/48/labels"),
            json!({"labels": ["stage/active"]}),
            nothing.clone(),
        ),
        (
            Call::RemoveLabel { number, label },
            format!("DELETE {at}/issues/48/labels/stage%2Factive"),
            Value::Null,
            nothing.clone(),
        ),
        (
            create_comment(),
            format!("POST {at}/issues/48/comments"),
            json!({"body": "### 🧪 Experiment\n<!-- labhand:status -->"}),
            made(5),
        ),
        (
            edit_comment(),
            format!("PATCH {at}/issues/comments/9"),
            json!({"body": "text"}),
            nothing.clone(),
        ),
        (
            Call::React {
                number,
                comment,
                reaction,
            },
            format!("POST {at}/issues/comments/9/reactions"),
            json!({"content": "eyes"}),
            nothing.clone(),
        ),
        (
            Call::React {
                number,
                comment: None,
                reaction,
            },
            format!("POST {at}/issues/48/reactions"),
            json!({"content": "eyes"}),
            nothing.clone(),
        ),
        (
            Call::Close { number, how },
            format!("PATCH {at}/issues/48"),
            json!({"state": "closed", "state_reason": "not_planned"}),
            nothing.clone(),
        ),
        (
            Call::Reopen { number },
            format!("PATCH {at}/issues/48"),
            json!({"state": "open"}),
            nothing.clone(),
        ),
        (
            Call::CreateIssue {
                slot,
                title: "Board".to_owned(),
                body: "text".to_owned(),
                labels: vec!["labhand/board".to_owned()],
            },
            format!("POST {at}/issues"),
            json!({"title": "Board", "body": "text", "labels": ["labhand/board"]}),
            Done::Issue(ItemNumber(6)),
        ),
        (
            Call::EditIssue {
                number,
                body: "text".to_owned(),
            },
            format!("PATCH {at}/issues/48"),
            json!({"body": "text"}),
            nothing,
        ),
    ];
    for (call, line, body, done) in expected {
        assert_eq!(github.perform(&repo(), &call).await, Ok(done), "{call:?}");
        let seen = server.last();
        assert_eq!((seen.line, seen.body), (line, body));
        assert_eq!(seen.authorization, format!("Bearer {TOKEN}"));
    }
    assert_eq!(server.lines().len(), 10);
}

#[tokio::test]
async fn what_is_already_as_wanted_is_no_error() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /repos/acme/fraud/labels/kind%2Fresearch" => {
            answer(200, &json!({"id": 77, "name": "kind/research"}))
        }
        line if line.starts_with("POST") => answer(
            422,
            &json!({"message": "Validation Failed", "errors": [{"code": "already_exists"}]}),
        ),
        _ => answer(404, &json!({"message": "Label does not exist"})),
    })
    .await;
    let github = with_token(&server.url);
    let create = Call::CreateLabel(LabelSpec {
        name: "kind/research".to_owned(),
        color: "5319e7".to_owned(),
        description: String::new(),
    });
    assert_eq!(github.perform(&repo(), &create).await, Ok(Done::Label(77)));
    let remove = Call::RemoveLabel {
        number: ItemNumber(48),
        label: "stage/active".to_owned(),
    };
    assert_eq!(github.perform(&repo(), &remove).await, Ok(Done::Nothing));
}

#[tokio::test]
async fn a_token_writes_commit_statuses_that_fit() {
    let server = Server::start(|_| answer(201, &json!({"id": 5}))).await;
    let github = with_token(&server.url);
    let done = github.perform(&repo(), &write_check(None)).await;
    assert_eq!(done, Ok(Done::Check(0)));
    let Seen { line, body, .. } = server.last();
    assert_eq!(
        line,
        format!("POST /repos/acme/fraud/statuses/{}", "a".repeat(40))
    );
    assert_eq!(
        (&body["context"], &body["state"]),
        (&json!("labhand/handoff"), &json!("success"))
    );
    assert_eq!(
        body["target_url"],
        format!("{}/acme/fraud/pull/62", server.url)
    );
    assert_eq!(
        body["description"].as_str().map(|it| it.chars().count()),
        Some(140)
    );
}

/// An App whose tokens are `ghs_1`, `ghs_2`, … in the order of being asked for.
async fn app(
    answers: impl Fn(&Seen) -> Response + Clone + Send + Sync + 'static,
) -> (GitHub, Server) {
    let minted = Arc::new(Mutex::new(0));
    let server = Server::start(move |seen| {
        if seen.line != "POST /app/installations/31/access_tokens" {
            return answers(seen);
        }
        let mut minted = minted.lock().expect("a number");
        *minted += 1;
        let token = format!("ghs_{minted}");
        answer(
            201,
            &json!({"token": token, "permissions": {}, "expires_at": "2999-01-01T00:00:00Z"}),
        )
    })
    .await;
    let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let der = AsDer::<Pkcs8V1Der>::as_der(&key).expect("its form");
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64.encode(der.as_ref())
    );
    let pem = SecretString::from(pem);
    let github = GitHub::app(&server.url, 9, &pem, Arc::new(|_| ())).expect("a key");
    (github, server)
}

#[tokio::test]
async fn an_installation_keeps_its_token_until_it_is_refused() {
    let (github, server) = app(|seen| match seen.authorization.as_str() {
        "Bearer ghs_1" if seen.line.ends_with("/2") => {
            answer(401, &json!({"message": "Bad credentials"}))
        }
        _ => answer(200, &json!({"id": 1})),
    })
    .await;
    for comment in [1, 1, 2] {
        let call = Call::EditComment {
            comment: CommentId(comment),
            body: String::new(),
        };
        assert_eq!(github.perform(&repo(), &call).await, Ok(Done::Nothing));
    }
    let minted = "POST /app/installations/31/access_tokens";
    let edit = |comment: u64| format!("PATCH /repos/acme/fraud/issues/comments/{comment}");
    assert_eq!(
        server.lines(),
        [minted, &edit(1), &edit(1), &edit(2), minted, &edit(2)]
    );
}

#[tokio::test]
async fn an_app_writes_check_runs_that_fit_and_finds_them_again() {
    let (github, server) = app(|seen| {
        if seen.line.starts_with("GET") {
            let marker = "<!-- labhand:check:labhand/handoff:62 -->";
            let others =
                json!({"id": 1, "external_id": "<!-- labhand:check:labhand/handoff:63 -->"});
            answer(
                200,
                &json!({"check_runs": [others, {"id": 2, "external_id": marker}]}),
            )
        } else {
            answer(201, &json!({"id": 8}))
        }
    })
    .await;
    let create = write_check(None);
    assert_eq!(github.perform(&repo(), &create).await, Ok(Done::Check(8)));
    let Seen { line, body, .. } = server.last();
    assert_eq!(line, "POST /repos/acme/fraud/check-runs");
    assert_eq!(body["head_sha"], "a".repeat(40));
    assert_eq!(
        (&body["status"], &body["conclusion"]),
        (&json!("completed"), &json!("neutral"))
    );
    assert_eq!(
        body["output"]["summary"].as_str().map(str::len),
        Some(65_534)
    );
    assert_eq!(
        body["output"]["title"]
            .as_str()
            .map(|it| it.chars().count()),
        Some(255)
    );

    assert_eq!(
        github.perform(&repo(), &write_check(Some(8))).await,
        Ok(Done::Check(8))
    );
    let Seen { line, body, .. } = server.last();
    assert_eq!(line, "PATCH /repos/acme/fraud/check-runs/8");
    assert_eq!(body.get("head_sha"), None);

    assert_eq!(
        github.find(&repo(), &create).await,
        Ok(Some(Done::Check(2)))
    );
    assert!(
        server
            .last()
            .line
            .contains("check_name=labhand%2Fhandoff&app_id=9")
    );
}

#[tokio::test]
async fn an_app_knows_itself_by_its_bot_account() {
    let (github, server) = app(|seen| match seen.line.as_str() {
        "GET /app" => answer(200, &json!({"id": 9, "slug": "labhand"})),
        "GET /app/installations?per_page=1" => answer(200, &json!([{"id": 31}])),
        "GET /users/labhand%5Bbot%5D" if seen.authorization == "Bearer ghs_1" => answer(
            200,
            &json!({"id": 901, "login": "labhand[bot]", "type": "Bot"}),
        ),
        other => panic!("{other}"),
    })
    .await;
    for _ in 0..2 {
        let own = github.own_account().await.expect("an account");
        assert_eq!((own.id, own.login.as_str()), (UserId(901), "labhand[bot]"));
    }
    assert_eq!(server.lines().len(), 4, "asked once: {:?}", server.lines());
}

#[tokio::test]
async fn a_refused_app_is_told_so_without_its_key() {
    let (github, _server) = app(|_| {
        answer(
            401,
            &json!({"message": "A JSON web token could not be decoded"}),
        )
    })
    .await;
    let error = github.own_account().await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "GitHub does not let us in (401): A JSON web token could not be decoded"
    );
    assert_eq!(format!("{github:?}"), "GitHub { app_id: Some(9), .. }");
    assert!(matches!(
        GitHub::app(
            "https://api.github.com",
            9,
            &SecretString::from("no key"),
            Arc::new(|_| ())
        ),
        Err(SetupError::PrivateKey)
    ));
}

#[tokio::test]
async fn lists_are_read_to_their_last_page_and_no_further() {
    let server = Server::start(|seen| {
        let page = |next: &str, id: u64| {
            let link = format!("<{next}>; rel=\"next\", <http://x/>; rel=\"last\"");
            answer_with(
                200,
                &[("link", &link)],
                &json!([{"id": id, "name": format!("label {id}")}]),
            )
        };
        match seen.line.as_str() {
            "GET /repos/acme/fraud/labels?per_page=100" => {
                page("/repos/acme/fraud/labels?page=2", 1)
            }
            "GET /repos/acme/fraud/labels?page=2" => {
                answer(200, &json!([{"id": 2, "name": "label 2"}]))
            }
            "GET /repos/acme/circle/labels?per_page=100" => {
                page("/repos/acme/circle/labels?per_page=100", 1)
            }
            _ => page("https://elsewhere.example/", 1),
        }
    })
    .await;
    let github = with_token(&server.url);
    let labels = github.labels(&repo()).await.expect("labels");
    assert_eq!(labels.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);

    for (name, words) in [("acme/circle", "1000 pages"), ("acme/away", "elsewhere")] {
        let repo = RepoRef {
            name: name.parse().expect("a name"),
            ..repo()
        };
        let error = github.labels(&repo).await.expect_err("no end");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn only_our_own_comment_with_the_marker_is_found() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /user" => answer(200, &json!({"id": 77, "login": "labhand-machine"})),
        line => {
            assert_eq!(line, "GET /repos/acme/fraud/issues/48/comments?per_page=100");
            let marked = "text\n<!-- labhand:status -->";
            answer(
                200,
                &json!([
                    {"id": 1, "body": marked, "user": {"id": 501, "login": "mira"}},
                    {"id": 2, "body": marked, "user": null},
                    {"id": 3, "body": "<!-- labhand:checklist -->", "user": {"id": 77, "login": "labhand-machine"}},
                    {"id": 4, "body": marked, "user": {"id": 77, "login": "labhand-machine"}},
                ]),
            )
        }
    })
    .await;
    let github = with_token(&server.url);
    let found = github.find(&repo(), &create_comment()).await;
    assert_eq!(found, Ok(Some(made(4))));
    assert_eq!(github.find(&repo(), &edit_comment()).await, Ok(None));
}

#[tokio::test]
async fn a_lost_answer_is_lost_only_to_what_creates() {
    // Reads a request and hangs up without an answer.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let _ = stream.shutdown().await;
        }
    });
    let github = with_token(&url);
    let lost = github.perform(&repo(), &create_comment()).await;
    assert!(matches!(lost, Err(CallError::Lost(_))), "{lost:?}");
    let harmless = github.perform(&repo(), &edit_comment()).await;
    assert!(
        matches!(harmless, Err(CallError::Unavailable(_))),
        "{harmless:?}"
    );
    server.abort();
}

#[tokio::test]
async fn without_a_connection_certainly_nothing_happened() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let refused = with_token(&url).perform(&repo(), &create_comment()).await;
    assert!(
        matches!(refused, Err(CallError::Unavailable(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_lost_or_asked_for_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut github = with_token(&url);
    github.connection.call_timeout = Duration::from_millis(20);
    let lost = github.perform(&repo(), &create_comment()).await;
    assert_eq!(lost, Err(CallError::Lost("no answer in time".to_owned())));
    let harmless = github.perform(&repo(), &edit_comment()).await;
    assert_eq!(
        harmless,
        Err(CallError::Unavailable("no answer in time".to_owned()))
    );
    drop(listener);
}

#[tokio::test]
async fn a_renamed_repository_is_followed_and_a_transferred_issue_is_not() {
    let server = Server::start(|seen| {
        let to = |location: &str| answer_with(301, &[("location", location)], &json!({}));
        match seen.line.as_str() {
            "PATCH /repos/acme/fraud/issues/comments/9" => {
                to("/repositories/7001/issues/comments/9")
            }
            "PATCH /repositories/7001/issues/comments/9" => answer(200, &json!({"id": 9})),
            "GET /repos/acme/fraud/issues/48" => to("/repositories/7002/issues/3"),
            "GET /repos/acme/fraud" => to("https://elsewhere.example/repositories/7001"),
            other => panic!("{other}"),
        }
    })
    .await;
    let github = with_token(&server.url);
    assert_eq!(
        github.perform(&repo(), &edit_comment()).await,
        Ok(Done::Nothing)
    );
    assert_eq!(server.last().body, json!({"body": "text"}));
    let moved = github.issue(&repo(), ItemNumber(48)).await;
    assert!(matches!(moved, Err(CallError::Missing(_))), "{moved:?}");
    let away = github.repository(&repo()).await;
    assert!(matches!(away, Err(CallError::Missing(_))), "{away:?}");
}

#[tokio::test]
async fn a_name_that_another_repository_took_is_not_ours() {
    let server = Server::start(|_| {
        answer(
            200,
            &json!({"id": 8, "full_name": "acme/fraud", "default_branch": "main"}),
        )
    })
    .await;
    let found = with_token(&server.url).repository(&repo()).await;
    assert!(matches!(found, Err(CallError::Missing(_))), "{found:?}");
}

#[tokio::test]
async fn a_file_is_there_or_not() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /repos/acme/.github/contents/labhand.yml" => answer(
            200,
            &json!({"type": "file", "encoding": "base64", "content": "ZW5hYmxlZDogdHJ1\nZQ==\n"}),
        ),
        "GET /repos/acme/fraud/contents/docs%2Fcards" => answer(200, &json!([{"type": "file"}])),
        _ => answer(404, &json!({"message": "Not Found"})),
    })
    .await;
    let github = with_token(&server.url);
    let organisation: RepoName = "acme/.github".parse().expect("a name");
    let file = github.file(&repo(), &organisation, "labhand.yml").await;
    assert_eq!(file, Ok(Some("enabled: true".to_owned())));
    let folder = github.file(&repo(), &repo().name, "docs/cards").await;
    assert_eq!(folder, Ok(None));
    let none = github
        .file(&repo(), &repo().name, ".github/labhand.yml")
        .await;
    assert_eq!(none, Ok(None));
}

#[tokio::test]
async fn no_member_is_told_apart_from_no_team() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /orgs/acme/teams/ml/memberships/mira" => answer(200, &json!({"state": "active"})),
        "GET /orgs/acme/teams/new/memberships/mira" => answer(200, &json!({"state": "pending"})),
        "GET /orgs/acme/teams/data/members?per_page=1" => answer(200, &json!([])),
        _ => answer(404, &json!({"message": "Not Found"})),
    })
    .await;
    let github = with_token(&server.url);
    let (repo, mira) = (repo(), mira());
    let is_in = |team| github.in_team(&repo, team, &mira);
    assert_eq!(is_in("acme/ml").await, Ok(true));
    assert_eq!(is_in("acme/new").await, Ok(false));
    assert_eq!(is_in("acme/data").await, Ok(false));
    assert!(matches!(
        is_in("acme/none").await,
        Err(CallError::Missing(_))
    ));
    assert!(matches!(
        is_in("nonsense").await,
        Err(CallError::Missing(_))
    ));
    assert_eq!(github.permission(&repo, &mira).await, Ok(Permission::None));
}

/// A page with another one behind it.
fn page(body: &Value, next: &str) -> Response {
    answer_with(200, &[("link", &format!("<{next}>; rel=\"next\""))], body)
}

#[tokio::test]
async fn milestones_are_read_open_and_closed_to_the_last_page() {
    let shown = |number: u64, state: &str| {
        json!([{
            "number": number, "title": format!("Sprint {number}"), "state": state,
            "description": "Starts: 2026-11-23", "due_on": "2026-12-04T08:00:00Z",
            "created_at": "2026-11-19T09:00:00Z", "updated_at": "2026-11-20T09:00:00Z",
            "closed_at": "2026-12-04T17:00:00Z"
        }])
    };
    let server = Server::start(move |seen| match seen.line.as_str() {
        "GET /repos/acme/fraud/milestones?state=all&per_page=100" => page(
            &shown(12, "open"),
            "/repositories/7001/milestones?state=all&per_page=100&page=2",
        ),
        "GET /repositories/7001/milestones?state=all&per_page=100&page=2" => {
            answer(200, &shown(11, "closed"))
        }
        "GET /repos/acme/timeless/milestones?state=all&per_page=100" => {
            answer(200, &json!([{"number": 1, "title": "Sprint 1"}]))
        }
        other => panic!("{other}"),
    })
    .await;
    let github = with_token(&server.url);
    let milestones = github.milestones(&repo()).await.expect("milestones");
    let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let told: Vec<_> = milestones
        .iter()
        .map(|(milestone, changed)| (milestone.number, milestone.closed_at, *changed))
        .collect();
    let changed = instant("2026-11-20T09:00:00Z");
    let closed = instant("2026-12-04T17:00:00Z");
    assert_eq!(told, [(12, None, changed), (11, Some(closed), changed)]);

    let timeless = RepoRef {
        name: "acme/timeless".parse().expect("a name"),
        ..repo()
    };
    let error = github.milestones(&timeless).await.expect_err("no time");
    assert!(matches!(error, CallError::Unreadable(_)), "{error:?}");
}

#[tokio::test]
async fn maintainers_are_people_who_may_maintain_whatever_their_role_is_called() {
    let listed = |id: u64, login: &str, kind: &str, may: &str| {
        let (maintain, admin) = (may != "push", may == "admin");
        json!({
            "id": id, "login": login, "type": kind, "role_name": "lead scientist",
            "permissions": {"pull": true, "push": true, "maintain": maintain, "admin": admin}
        })
    };
    let next = "/repositories/7001/collaborators?permission=maintain&per_page=100&page=2";
    let server = Server::start(move |seen| {
        let mira = listed(501, "mira", "User", "maintain");
        let robot = listed(77, "robot[bot]", "Bot", "admin");
        let pusher = listed(503, "pusher", "User", "push");
        let lena = listed(504, "lena", "User", "admin");
        match seen.line.as_str() {
            "GET /repos/acme/fraud/collaborators?permission=maintain&per_page=100" => {
                page(&json!([robot, pusher]), next)
            }
            line if line.strip_prefix("GET ") == Some(next) => answer(200, &json!([mira])),
            "GET /repos/acme/fraud/collaborators?permission=admin&per_page=100" => {
                let unsaid = json!({"id": 505, "login": "unsaid", "type": "User"});
                answer(200, &json!([lena, mira, unsaid]))
            }
            other => panic!("{other}"),
        }
    })
    .await;
    let maintainers = with_token(&server.url).maintainers(&repo()).await;
    let maintainers = maintainers.expect("maintainers");
    let logins: Vec<_> = maintainers.iter().map(|it| it.login.as_str()).collect();
    assert_eq!(logins, ["mira", "lena"]);
}

#[tokio::test]
async fn members_of_a_team_are_read_to_the_last_page() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /orgs/acme/teams/ml/members?per_page=100" => page(
            &json!([{"id": 501, "login": "mira", "type": "User"}]),
            "/organizations/1/team/2/members?per_page=100&page=2",
        ),
        "GET /organizations/1/team/2/members?per_page=100&page=2" => {
            answer(200, &json!([{"id": 502, "login": "jonas", "type": "User"}]))
        }
        _ => answer(404, &json!({"message": "Not Found"})),
    })
    .await;
    let github = with_token(&server.url);
    let members = github.team_members(&repo(), "acme/ml").await;
    let members = members.expect("members");
    assert_eq!(members[0], mira());
    assert_eq!(members[1].login.as_str(), "jonas");
    for nobody in ["acme/none", "nonsense"] {
        let missing = github.team_members(&repo(), nobody).await;
        assert!(matches!(missing, Err(CallError::Missing(_))), "{missing:?}");
    }
}

#[tokio::test]
async fn closing_references_are_read_on_and_only_of_this_repository() {
    let server = Server::start(|seen| {
        let page = |nodes: Value, next: Option<&str>| {
            let info = json!({"hasNextPage": next.is_some(), "endCursor": next});
            let references = json!({"nodes": nodes, "pageInfo": info});
            answer(200, &json!({"data": {"repository": {"pullRequest": {"closingIssuesReferences": references}}}}))
        };
        let issue = |number: u64, repo: u64| json!({"number": number, "repository": {"databaseId": repo}});
        assert_eq!(seen.line, "POST /api/graphql");
        match seen.body["variables"]["after"].as_str() {
            None => page(json!([issue(57, 7001), null, issue(3, 8)]), Some("next")),
            Some(_) => page(json!([issue(58, 7001)]), None),
        }
    })
    .await;
    // Enterprise: GraphQL is beside REST, not below it.
    let github = with_token(&format!("{}/api/v3", server.url));
    let closes = github.pull_links(&repo(), ItemNumber(62)).await;
    let closes = closes.map(|links| links.closes);
    assert_eq!(closes, Ok(vec![ItemNumber(57), ItemNumber(58)]));
    assert_eq!(server.last().authorization, format!("Bearer {TOKEN}"));
}

/// Who edited since we did, where the history is this: `(time, editor)`.
async fn editor_since_ours(edits: &[(&str, Value)]) -> Option<(UserId, String)> {
    let nodes: Vec<Value> = edits
        .iter()
        .map(|(at, editor)| json!({"editedAt": at, "editor": editor}))
        .collect();
    let server = Server::start(move |seen| match seen.line.as_str() {
        "GET /user" => answer(200, &json!({"login": "labhand[bot]", "id": 901})),
        line if line.starts_with("GET") => {
            answer(200, &json!({"id": 9, "node_id": "IC_9", "body": "text"}))
        }
        _ => {
            assert_eq!(seen.body["variables"], json!({"id": "IC_9"}));
            answer(
                200,
                &json!({"data": {"node": {"userContentEdits": {"nodes": nodes}}}}),
            )
        }
    })
    .await;
    let github = with_token(&server.url);
    let editor = github.editor_since_ours(&repo(), CommentId(9)).await;
    assert_eq!(server.last().line, "POST /graphql");
    let editor = editor.expect("an answer");
    editor.map(|user| (user.id, user.login.as_str().to_owned()))
}

#[tokio::test]
async fn a_tick_belongs_to_the_one_person_who_edited_since_we_did() {
    let person =
        |login: &str, id: u64| json!({"__typename": "User", "login": login, "databaseId": id});
    let mira = || person("mira", 501);
    let own = || json!({"__typename": "Bot", "login": "labhand", "databaseId": 901});
    let other_bot = || json!({"__typename": "Bot", "login": "tidy", "databaseId": 902});
    let (early, late) = ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z");
    let found = Some((UserId(501), "mira".to_owned()));
    assert_eq!(
        editor_since_ours(&[(early, own()), (late, mira())]).await,
        found
    );
    // Of one second, the newest first.
    assert_eq!(
        editor_since_ours(&[(late, mira()), (late, own())]).await,
        found
    );
    assert_eq!(
        editor_since_ours(&[(late, own()), (early, mira())]).await,
        None
    );
    let ana = || person("ana", 502);
    assert_eq!(
        editor_since_ours(&[(late, ana()), (late, mira()), (early, own())]).await,
        None
    );
    assert_eq!(
        editor_since_ours(&[(late, Value::Null), (late, mira()), (early, own())]).await,
        None
    );
    assert_eq!(
        editor_since_ours(&[(late, other_bot()), (early, own())]).await,
        None
    );
}

#[tokio::test]
async fn graphql_complains_with_status_200() {
    for (kind, expected) in [
        ("RATE_LIMITED", CallError::Limited { seconds: 60 }),
        ("NOT_FOUND", CallError::Missing("words".to_owned())),
        (
            "FORBIDDEN",
            CallError::Refused {
                status: 200,
                message: "words".to_owned(),
            },
        ),
    ] {
        let server = Server::start(move |_| {
            answer(200, &json!({"data": {"repository": null}, "errors": [{"type": kind, "message": "words"}]}))
        })
        .await;
        let closes = with_token(&server.url)
            .pull_links(&repo(), ItemNumber(62))
            .await;
        assert_eq!(closes, Err(expected));
    }
}

#[tokio::test]
async fn calls_are_counted_by_route_and_answers_are_bounded() {
    let server = Server::start(|_| {
        let huge = "x".repeat(11 * 1024 * 1024);
        answer(200, &json!({"id": 9, "node_id": "IC_9", "body": huge}))
    })
    .await;
    let counted = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&counted);
    let on_call: OnCall = Arc::new(move |called: &Called<'_>| {
        let Called {
            method,
            route,
            status,
            date: _,
        } = called;
        let line = format!("{method} {route} {status}");
        log.lock().expect("a log").push(line);
    });
    let github = GitHub::token(&server.url, &SecretString::from(TOKEN), on_call).expect("a token");
    let error = github
        .comment(&repo(), CommentId(9))
        .await
        .expect_err("too much");
    assert!(matches!(error, CallError::Unreadable(_)), "{error}");
    let label = "a".to_owned();
    let number = ItemNumber(48);
    let _ = github
        .perform(&repo(), &Call::RemoveLabel { number, label })
        .await;
    assert_eq!(
        *counted.lock().expect("a log"),
        [
            "GET /repos/{owner}/{repo}/issues/comments/{comment_id} 0",
            "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name} 0",
        ]
    );
}

#[tokio::test]
async fn a_token_with_a_line_break_is_refused_at_the_start() {
    let token = |token: &str| {
        let token = SecretString::from(token);
        GitHub::token("https://api.github.com", &token, Arc::new(|_| ()))
    };
    assert!(matches!(token("ghp_x\n"), Err(SetupError::Token)));
    assert!(matches!(token(""), Err(SetupError::Token)));
    assert!(token("ghp_x").is_ok());
}
