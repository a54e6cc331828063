//! What a sender of webhooks is answered, and what is on disk then; over TCP, on the real router
//! and the real store.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use labhand::clock::Clock;
use labhand::domain::ids::{InstallationId, ItemNumber, RepoId};
use labhand::forge::github::payload;
use labhand::metrics::Metrics;
use labhand::store::{Inbox, Key, Store};
use labhand::web::{self, Access, Front, WebState, WebhookSecrets};
use reqwest::{Client, RequestBuilder, Response};
use secrecy::SecretString;
use sha2::Sha256;
use sqlx::{AnyConnection, Connection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

#[path = "support/database.rs"]
mod database;

use database::Database;

const SECRET: &str = "It's a Secret to Everybody";
const OLD_SECRET: &str = "the one before";
const ISSUE: &str =
    r#"{"action":"opened","installation":{"id":7},"repository":{"id":70},"issue":{"number":41}}"#;

/// A running server.
struct Server {
    address: SocketAddr,
    store: Store,
    clock: Clock,
    shutdown: CancellationToken,
    served: tokio::task::JoinHandle<()>,
    database: Database,
}

impl Server {
    async fn start() -> Self {
        let database = Database::new().await;
        let store = Store::open(database.url()).await.unwrap();
        let inbox = Inbox::start(store.clone(), Arc::new(Notify::new()));
        let clock = Clock::manual("2026-11-23T09:00:00Z".parse().unwrap());
        let secrets = [SecretString::from(SECRET), SecretString::from(OLD_SECRET)];
        let state = WebState::new(
            store.clone(),
            inbox,
            Front {
                secrets: WebhookSecrets::new(&secrets),
                access: Access::Local,
                web_url: "https://github.com".to_owned(),
                welcome: None,
            },
            Arc::new(Metrics::new()),
            clock.clone(),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(web::serve(listener, web::router(state), shutdown.clone()));
        Self {
            address,
            store,
            clock,
            shutdown,
            served,
            database,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A delivery as GitHub sends it, to be changed by the test.
    fn delivery(&self, event: &str, body: &str) -> RequestBuilder {
        Client::new()
            .post(self.url("/webhooks/github"))
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-github-delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
            .header("x-hub-signature-256", signature(SECRET, body))
            .body(body.to_owned())
    }

    async fn get(&self, path: &str) -> (u16, String) {
        told(Client::new().get(self.url(path)).send().await.unwrap()).await
    }

    async fn stored(&self) -> u64 {
        self.store.figures().await.unwrap().unhandled
    }
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

async fn told(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    (status, response.text().await.unwrap().trim_end().to_owned())
}

async fn sent(request: RequestBuilder) -> (u16, String) {
    told(request.send().await.unwrap()).await
}

/// Puts headers in the place of those that a request has.
fn with(request: RequestBuilder, name: &'static str, value: &str) -> RequestBuilder {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert(name, value.parse().unwrap());
    request.headers(headers)
}

#[tokio::test]
async fn a_signed_delivery_is_on_disk_when_it_is_accepted() {
    let server = Server::start().await;
    let answer = sent(server.delivery("issues", ISSUE)).await;
    assert_eq!(answer, (202, "accepted".to_owned()));
    let key = Key::item(InstallationId(7), RepoId(70), ItemNumber(41));
    let stored = server.store.unhandled(key).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].body, ISSUE.as_bytes());
    assert_eq!(
        server.store.next_due().await.unwrap(),
        Some(stored[0].received_at)
    );
}

#[tokio::test]
async fn a_redelivery_is_accepted_and_stored_once() {
    let server = Server::start().await;
    sent(server.delivery("issues", ISSUE)).await;
    let again = sent(server.delivery("issues", ISSUE)).await;
    assert_eq!(again, (202, "accepted: it was here before".to_owned()));
    let replayed = with(
        server.delivery("issues", ISSUE),
        "x-github-delivery",
        "another",
    );
    assert_eq!(sent(replayed).await.0, 202);
    assert_eq!(server.stored().await, 1);
}

#[tokio::test]
async fn each_of_several_secrets_will_do() {
    let server = Server::start().await;
    let old = with(
        server.delivery("issues", ISSUE),
        "x-hub-signature-256",
        &signature(OLD_SECRET, ISSUE),
    );
    assert_eq!(sent(old).await.0, 202);
}

#[tokio::test]
async fn a_wrong_signature_leaves_no_trace_but_a_count() {
    let server = Server::start().await;
    for wrong in [
        signature("guessed", ISSUE),
        "sha256=".into(),
        "sha1=00".into(),
        "x".into(),
    ] {
        let forged = with(
            server.delivery("issues", ISSUE),
            "x-hub-signature-256",
            &wrong,
        );
        let answer = sent(forged).await;
        assert_eq!(answer.0, 401, "{wrong}");
    }
    let unsigned = Client::new()
        .post(server.url("/webhooks/github"))
        .header("content-type", "application/json")
        .body(ISSUE);
    insta::assert_snapshot!(sent(unsigned).await.1, @"the header X-Hub-Signature-256 is missing; set a secret in the webhook's settings");
    assert_eq!(server.stored().await, 0);
    let metrics = server.get("/metrics").await.1;
    assert!(metrics.contains("labhand_deliveries_refused_total{reason=\"signature\"} 4"));
    assert!(metrics.contains("labhand_deliveries_refused_total{reason=\"unsigned\"} 1"));
}

#[tokio::test]
async fn githubs_own_example_of_a_signature_is_right() {
    let server = Server::start().await;
    let example = with(
        server.delivery("issues", "Hello, World!"),
        "x-hub-signature-256",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    );
    // Well signed, though no JSON.
    assert_eq!(sent(example).await.0, 400);
}

#[tokio::test]
async fn what_is_signed_and_no_json_is_malformed() {
    let server = Server::start().await;
    for body in [
        "",
        "{",
        "payload=%7B%7D",
        "\"text\"",
        "[[[[",
        r#"{"issue":{"number":"x"}}"#,
    ] {
        let answer = sent(server.delivery("issues", body)).await;
        assert_eq!(
            answer,
            (400, "the body is not the JSON of a GitHub event".into()),
            "{body}"
        );
    }
    assert_eq!(server.stored().await, 0);
}

#[tokio::test]
async fn without_event_or_guid_it_is_malformed() {
    let server = Server::start().await;
    for (header, name) in [("x-github-event", "event"), ("x-github-delivery", "guid")] {
        let empty = with(server.delivery("issues", ISSUE), header, "");
        assert_eq!(
            sent(empty).await,
            (400, format!("the header {header} is missing or malformed")),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_form_is_told_which_setting_to_change() {
    let server = Server::start().await;
    let form = with(
        server.delivery("issues", "payload=%7B%7D"),
        "content-type",
        "application/x-www-form-urlencoded",
    );
    let (status, text) = sent(form).await;
    assert_eq!(status, 415);
    insta::assert_snapshot!(text, @r#"this webhook sends forms; set "Content type" to application/json in the webhook's settings"#);
    let other = with(
        server.delivery("issues", ISSUE),
        "content-type",
        "text/plain",
    );
    assert_eq!(sent(other).await.0, 415);
    let charset = with(
        server.delivery("issues", ISSUE),
        "content-type",
        "application/json; charset=utf-8",
    );
    assert_eq!(sent(charset).await.0, 202);
}

#[tokio::test]
async fn an_event_that_labhand_does_not_know_is_ignored() {
    let server = Server::start().await;
    let (status, text) = sent(server.delivery("star", ISSUE)).await;
    assert_eq!(
        (status, text.as_str()),
        (202, "ignored: labhand does not know this event")
    );
    assert_eq!(server.stored().await, 0);
    assert!(
        server
            .get("/metrics")
            .await
            .1
            .contains("labhand_deliveries_ignored_total 1")
    );
}

/// What the server answers to raw bytes.
async fn answered(stream: &mut TcpStream) -> String {
    let mut answer = vec![0; 4096];
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut answer));
    let length = read.await.expect("an answer in time").unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

fn head(more: &str) -> String {
    format!(
        "POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         x-hub-signature-256: {}\r\n{more}\r\n\r\n",
        signature(SECRET, "")
    )
}

#[tokio::test]
async fn a_body_that_is_declared_too_long_is_refused_before_it_is_read() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let declared = head(&format!("content-length: {}", 25 * 1024 * 1024 + 1));
    stream.write_all(declared.as_bytes()).await.unwrap();
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn a_body_that_grows_too_long_is_refused_while_it_streams() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let streamed = head("transfer-encoding: chunked");
    stream.write_all(streamed.as_bytes()).await.unwrap();
    let mut chunk = b"100000\r\n".to_vec();
    chunk.resize(chunk.len() + 0x10_0000, b' ');
    chunk.extend_from_slice(b"\r\n");
    for _ in 0..26 {
        stream.write_all(&chunk).await.unwrap();
    }
    stream.write_all(b"0\r\n\r\n").await.unwrap();
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 413 "));
    assert_eq!(server.stored().await, 0);
}

#[tokio::test]
async fn a_body_that_ends_too_early_is_not_stored() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let cut = format!("{}{}", head("content-length: 500"), &ISSUE[..20]);
    stream.write_all(cut.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    // Whether it still gets an answer is up to the server's library; 202 it is not.
    let _ = stream.read_to_string(&mut answer).await;
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 400 "),
        "{answer}"
    );
    // A body that is cut and says so has another signature.
    let delivery = server
        .delivery("issues", ISSUE)
        .body(ISSUE[..20].to_owned());
    assert_eq!(sent(delivery).await.0, 401);
    assert_eq!(server.stored().await, 0);
}

#[tokio::test]
async fn a_flood_of_headers_is_refused() {
    let server = Server::start().await;
    let many: Vec<String> = (0..200).map(|n| format!("x-{n}: y")).collect();
    let large = format!("x-large: {}", "y".repeat(1024 * 1024));
    for flood in [many.join("\r\n"), large] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // It may hang up before all of it is there.
        let _ = stream.write_all(head(&flood).as_bytes()).await;
        let answer = answered(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert_eq!(server.get("/healthz").await.0, 200);
}

#[tokio::test]
async fn who_sends_slowly_is_not_waited_for() {
    let server = Server::start().await;
    let begun = head("content-length: 500");
    let half = &begun[..begun.len() / 2];
    for (slow, answers) in [
        (half, ["", "HTTP/1.1 408 "]),
        (&begun, ["HTTP/1.1 408 "; 2]),
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(slow.as_bytes()).await.unwrap();
        // From here on the runtime's time jumps whenever all wait for it.
        tokio::time::pause();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        tokio::time::resume();
        let expected = answers
            .iter()
            .any(|it| answer.starts_with(it) && it.is_empty() == answer.is_empty());
        assert!(expected, "{answer}");
    }
    assert_eq!(server.stored().await, 0);
}

#[tokio::test]
async fn deep_and_large_json_is_skipped_and_not_followed() {
    let server = Server::start().await;
    let deep = format!("{}{}", "[".repeat(4_000_000), "]".repeat(4_000_000));
    let wide = format!("[{}0]", "{\"a\":[]},".repeat(1_000_000));
    for bomb in [deep, wide] {
        let body = ISSUE.replacen('{', &format!("{{\"bomb\":{bomb},"), 1);
        assert_eq!(sent(server.delivery("issues", &body)).await.0, 202);
        // Where it is read, it is no number.
        let body = ISSUE.replace("41", &bomb);
        assert_eq!(sent(server.delivery("issues", &body)).await.0, 400);
    }
    let key = Key::item(InstallationId(7), RepoId(70), ItemNumber(41));
    let now = server.clock.now();
    for stored in server.store.unhandled(key).await.unwrap() {
        // Without the rest of an issue it is unreadable, and says so instead of overflowing.
        assert!(payload::read("issues", &stored.body, now).is_err());
    }
}

#[tokio::test]
async fn the_longest_body_of_githubs_is_accepted() {
    let server = Server::start().await;
    let text = "x".repeat(25 * 1024 * 1024 - ISSUE.len() - 20);
    let body = ISSUE.replacen('{', &format!("{{\"text\":\"{text}\","), 1);
    assert_eq!(sent(server.delivery("issues", &body)).await.0, 202);
}

#[tokio::test]
async fn when_the_store_refuses_the_sender_is_told_to_try_again() {
    let server = Server::start().await;
    server.store.close().await;
    let response = server.delivery("issues", ISSUE).send().await.unwrap();
    assert_eq!(response.headers()["retry-after"], "30");
    let (status, text) = told(response).await;
    assert_eq!(
        (status, text.as_str()),
        (503, "the delivery could not be stored; try again later")
    );

    let (status, text) = server.get("/readyz").await;
    assert_eq!(status, 503);
    assert!(
        text.starts_with("not ready: the store is not available"),
        "{text}"
    );
    assert_eq!(server.get("/healthz").await.0, 200);
    assert!(
        server
            .get("/metrics")
            .await
            .1
            .contains("labhand_store_up 0")
    );
}

#[tokio::test]
async fn while_its_clock_is_wrong_nothing_is_accepted_and_it_says_why() {
    let server = Server::start().await;
    server.clock.heard(server.clock.now());
    server
        .clock
        .set_ahead(SignedDuration::from_mins(3 * 60 + 5));
    assert_eq!(
        server.get("/readyz").await,
        (
            503,
            "not ready: this machine's clock is 3h 5m ahead of GitHub's; set it right, and let a \
             time server keep it so"
                .to_owned()
        )
    );
    let (status, text) = sent(server.delivery("issues", ISSUE)).await;
    assert_eq!(status, 503);
    assert!(
        text.starts_with("this machine's clock is 3h 5m ahead"),
        "{text}"
    );
    assert_eq!(server.stored().await, 0);
    assert_eq!(server.get("/healthz").await.0, 200);

    server.clock.set_ahead(SignedDuration::from_secs(-7200));
    let (_, text) = server.get("/readyz").await;
    assert!(text.contains("clock is 2h behind GitHub's"), "{text}");

    server.clock.set_ahead(SignedDuration::ZERO);
    assert_eq!(server.get("/readyz").await, (200, "ready".to_owned()));
    assert_eq!(sent(server.delivery("issues", ISSUE)).await.0, 202);
}

#[tokio::test]
async fn a_server_that_works_is_alive_and_ready() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await, (200, "alive".to_owned()));
    assert_eq!(server.get("/readyz").await, (200, "ready".to_owned()));
    sent(server.delivery("issues", ISSUE)).await;
    let metrics = server.get("/metrics").await.1;
    assert!(metrics.contains("labhand_deliveries_accepted_total{event=\"issues\"} 1"));
    assert!(metrics.contains("labhand_inbox_unhandled 1"));
    assert_eq!(server.get("/webhooks/github").await.0, 405);
}

#[tokio::test]
async fn many_who_ask_whether_it_is_ready_cost_one_write() {
    let server = Server::start().await;
    let begun = Instant::now();
    for _ in 0..50 {
        assert_eq!(server.get("/readyz").await.0, 200);
    }
    let seconds = begun.elapsed().as_secs();
    let mut database = AnyConnection::connect(server.database.url()).await.unwrap();
    let written: i64 = sqlx::query_scalar("SELECT times FROM probes")
        .fetch_one(&mut database)
        .await
        .unwrap();
    assert!(
        u64::try_from(written).unwrap() <= 1 + seconds,
        "{written} in {seconds} s"
    );
}

#[tokio::test]
async fn told_to_stop_it_finishes_what_is_under_way() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let begun = format!(
        "POST /webhooks/github HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         x-github-event: issues\r\nx-github-delivery: g1\r\nx-hub-signature-256: {}\r\n\
         content-length: {}\r\n\r\n{{",
        signature(SECRET, ISSUE),
        ISSUE.len()
    );
    stream.write_all(begun.as_bytes()).await.unwrap();
    // The request is under way once the server has read its beginning, which nobody can see from
    // outside; an answer on another connection comes after it.
    assert_eq!(server.get("/healthz").await.0, 200);

    server.shutdown.cancel();
    stream.write_all(&ISSUE.as_bytes()[1..]).await.unwrap();
    assert!(answered(&mut stream).await.starts_with("HTTP/1.1 202 "));
    assert_eq!(
        idle.read(&mut [0; 1]).await.unwrap(),
        0,
        "idle connections are closed"
    );
    server.served.await.unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
    assert_eq!(server.store.figures().await.unwrap().unhandled, 1);
}
