//! The whole of this room against a server that says what a test wants it to say.

mod identity;
mod reads;
mod trouble;
mod writes;

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
