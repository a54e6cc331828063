//! A running server, and what is in its store.

use std::net::SocketAddr;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use labhand::clock::Clock;
use labhand::domain::ids::{InstallationId, RepoId};
use labhand::domain::item::Item;
use labhand::domain::policy::Policy;
use labhand::domain::registry::ModelFact;
use labhand::metrics::Metrics;
use labhand::store::{Inbox, Key, MODELS, NewFact, SavedItem, SavedRepo, Step, Store};
use labhand::web::{self, Access, Front, WebState, WebhookSecrets};
use reqwest::{Client, RequestBuilder};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::database::Database;
use crate::scene::NOW;

const INSTALLATION: InstallationId = InstallationId(7);

pub struct Server {
    pub address: SocketAddr,
    pub store: Store,
    pub clock: Clock,
    stop: CancellationToken,
    _database: Database,
}

/// An answer.
#[derive(Debug, PartialEq)]
pub struct Told {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Told {
    pub fn json(&self) -> Value {
        assert_eq!(self.headers["content-type"], "application/json");
        assert_eq!(self.headers["cache-control"], "no-store");
        serde_json::from_str(&self.text).unwrap()
    }

    /// The sentence that says why there is no better answer.
    pub fn error(&self) -> (u16, String) {
        let error = self.json()["error"].as_str().unwrap().to_owned();
        (self.status, error)
    }
}

impl Server {
    pub async fn start(access: Access) -> Self {
        let database = Database::new().await;
        let store = Store::open(database.url()).await.unwrap();
        let clock = Clock::manual(now());
        let state = WebState::new(
            store.clone(),
            Inbox::start(store.clone(), Arc::new(Notify::new())),
            Front {
                secrets: WebhookSecrets::new(&[SecretString::from("secret")]),
                access,
                web_url: "https://github.com".to_owned(),
                welcome: None,
            },
            Arc::new(Metrics::new()),
            clock.clone(),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        tokio::spawn(web::serve(listener, web::router(state), stop.clone()));
        Self {
            address,
            store,
            clock,
            stop,
            _database: database,
        }
    }

    /// A repository as the worker keeps it, with what is different about it.
    pub async fn repo(&self, id: u64, name: &str, policy: &Policy, different: Value) {
        let mut doc = json!({
            "now": {"name": name, "default_branch": "main", "private": true},
            "since": "2026-11-01T00:00:00Z",
            "on_all": false,
            "removed": false,
            "has_policy_file": true,
            "policies": [["2026-11-01T00:00:00Z", policy]],
            "policy_problem": null,
            "labels": {},
        });
        for (field, value) in different.as_object().unwrap() {
            doc[field] = value.clone();
        }
        self.keep(id, Vec::new(), |step| {
            step.repos.push(SavedRepo {
                repo: RepoId(id),
                name: name.parse().unwrap(),
                doc: doc.to_string(),
            });
        })
        .await;
    }

    /// The items of a repository, and its board as number 0.
    pub async fn items(&self, repo: u64, items: &[Item], board: Value) {
        let saved = |number: u64, doc: String| SavedItem {
            number,
            doc,
            shown: "{}".to_owned(),
            text: None,
        };
        let mut rows = vec![saved(0, board.to_string())];
        for item in items {
            rows.push(saved(item.number.0, serde_json::to_string(item).unwrap()));
        }
        self.keep(repo, rows, |_| {}).await;
    }

    /// What happened to the models of a repository.
    pub async fn models(&self, repo: u64, facts: &[ModelFact]) {
        let stored = facts.iter().map(|fact| NewFact {
            repo: RepoId(repo),
            number: MODELS,
            id: fact.id.0.clone(),
            at: fact.at,
            doc: serde_json::to_string(fact).unwrap(),
        });
        let stored: Vec<NewFact> = stored.collect();
        self.keep(repo, Vec::new(), |step| step.facts = stored)
            .await;
    }

    async fn keep(&self, repo: u64, items: Vec<SavedItem>, more: impl FnOnce(&mut Step<'_>)) {
        let key = Key::repo(INSTALLATION, RepoId(repo));
        let lease_for = SignedDuration::from_secs(60);
        let lease = self.store.lease_key(key, now(), lease_for).await.unwrap();
        let lease = lease.unwrap();
        let mut step = Step::new(&lease, now());
        step.items = items;
        more(&mut step);
        self.store.apply(step).await.unwrap();
        self.store.finish(&lease, None).await.unwrap();
    }

    pub fn request(&self, path: &str) -> RequestBuilder {
        Client::new().get(format!("http://{}{path}", self.address))
    }

    pub async fn get(&self, path: &str) -> Told {
        told(self.request(path)).await
    }
}

/// Status and body for a path as it stands here; clients tidy paths up before they send them.
pub async fn told_of_path(server: &Server, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

pub async fn told(request: RequestBuilder) -> Told {
    let response = request.send().await.unwrap();
    Told {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}
