//! How many deliveries a second labhand takes: signed ones of 12 kB, each of them new, over
//! connections that are kept open, for some seconds, and how long the answers took.
//!
//! ```console
//! $ cargo build --release
//! $ cargo run --release --example load -- --serve target/release/labhand
//! $ cargo run --release --example load -- --bare
//! $ cargo run --release --example load -- --url http://127.0.0.1:8080 --secret 'its webhook secret'
//! ```
//!
//! With `--serve` it starts a server of its own on an empty store, and also says how soon that was
//! ready and how much memory it took. That server's GitHub is a port where nobody listens, so its
//! worker fails at every key and tries again all the while: what is measured is the way in, on a
//! bad day.
//!
//! Signing must not cost the sender more than taking costs the server, so what differs stands at
//! the end of a body, and the signature of all before it is computed once for each issue.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::routing::{get, post};
use clap::Parser;
use hmac::{Hmac, KeyInit, Mac};
use labhand::sim::{Selection, Sim, SimOptions};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Drives `POST /webhooks/github`.
#[derive(Debug, Parser)]
struct Options {
    /// A labhand binary to start and to measure
    #[arg(long, value_name = "BINARY", conflicts_with = "url")]
    serve: Option<PathBuf>,
    /// Where the server that is started keeps what it takes; a new file unless told otherwise
    #[arg(long, value_name = "URL", requires = "serve")]
    store: Option<String>,
    /// Measures a server that does nothing but verify the signature and say 202
    #[arg(long, conflicts_with_all = ["url", "serve"])]
    bare: bool,
    /// Is that server
    #[arg(long, hide = true, value_name = "ADDRESS")]
    answer_on: Option<String>,
    /// A server that runs already
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Its webhook secret
    #[arg(long, default_value = "a secret of the load")]
    secret: String,
    /// Connections, each with one request at a time
    #[arg(long, default_value_t = 32)]
    connections: usize,
    /// For how long
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// On how many issues the deliveries are spread
    #[arg(long, default_value_t = 100)]
    issues: usize,
}

/// As large as a typical `issues.labeled`.
const BODY: usize = 12_000;

/// What people write into an issue.
const TEXT: &str = "### Hypothesis\n\nFine-tuned BERT routes tickets better than GPT-2, since most of \
    them are short and name the product.\n\n### Success metric\n\nf1 >= 0.85 baseline 0.80; \
    latency_p95 < 50 ms\n\n### Baseline\n\nThe rules of 2024, f1 0.80 on the test set of March.\n";

/// Fills a payload up.
const PROSE: &str = "The quick ticket about a late parcel jumps over lazy rules; pack my box with \
    five dozen labelled examples, and judge how vexing quirks of spelling fool both models. ";

/// What a server says that took a delivery.
const ACCEPTED: &[u8] = b"HTTP/1.1 202";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let Some(address) = &options.answer_on {
        return answer(address, &options.secret).await;
    }
    if options.bare {
        let server = Server::bare(&options.secret).await?;
        return drive(&server.host, &options).await;
    }
    let Some(binary) = &options.serve else {
        let host = options.url.trim_start_matches("http://");
        return drive(host.trim_end_matches('/'), &options).await;
    };
    let server = Server::labhand(binary, &options).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("resident at rest    {} MB", server.resident()?);
    drive(&server.host, &options).await?;
    println!("resident after it   {} MB", server.resident()?);
    Ok(())
}

/// As much of a webhook as there has to be: nothing is kept.
async fn answer(address: &str, secret: &str) -> anyhow::Result<()> {
    let signature = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    let take = async move |headers: HeaderMap, body: Bytes| {
        let claimed = headers
            .get("x-hub-signature-256")
            .map(HeaderValue::as_bytes);
        let claimed = claimed.and_then(|it| hex::decode(it.strip_prefix(b"sha256=")?).ok());
        let mut signature = signature.clone();
        signature.update(&body);
        match signature.verify_slice(&claimed.unwrap_or_default()) {
            Ok(()) => StatusCode::ACCEPTED,
            Err(_) => StatusCode::UNAUTHORIZED,
        }
    };
    let router = Router::new()
        .route("/webhooks/github", post(take))
        .route("/readyz", get(async || "ready"));
    let listener = TcpListener::bind(address).await?;
    Ok(axum::serve(listener, router).await?)
}

fn free_address() -> anyhow::Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(listener.local_addr()?.to_string())
}

/// A server of our own, which ends with us.
struct Server {
    process: Child,
    host: String,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn labhand(binary: &Path, options: &Options) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = format!("sqlite://{}", folder.path().join("labhand.db").display());
        let host = free_address()?;
        let mut command = Command::new(binary);
        command
            .arg("serve")
            .env("LABHAND_GITHUB__WEBHOOK_SECRETS", &options.secret)
            .env("LABHAND_GITHUB__TOKEN", "none")
            .env("LABHAND_GITHUB__API_URL", "http://127.0.0.1:9")
            .env("LABHAND_SERVER__BIND", &host)
            .env(
                "LABHAND_STORE__URL",
                options.store.as_ref().unwrap_or(&file),
            )
            .env("RUST_LOG", "off");
        Self::start(command, host, folder).await
    }

    async fn bare(secret: &str) -> anyhow::Result<Self> {
        let host = free_address()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--answer-on", &host, "--secret", secret]);
        Self::start(command, host, tempfile::tempdir()?).await
    }

    async fn start(
        mut command: Command,
        host: String,
        folder: tempfile::TempDir,
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        let process = command
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("{command:?} cannot be started"))?;
        let server = Self {
            process,
            host,
            _folder: folder,
        };
        while !server.is_ready().await {
            ensure!(
                begun.elapsed() < Duration::from_secs(30),
                "the server is not ready after 30 s"
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        println!("ready after         {} ms", begun.elapsed().as_millis());
        Ok(server)
    }

    async fn is_ready(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(&self.host).await else {
            return false;
        };
        let request = b"GET /readyz HTTP/1.1\r\nhost: load\r\nconnection: close\r\n\r\n";
        let mut answer = Vec::new();
        stream.write_all(request).await.is_ok()
            && stream.read_to_end(&mut answer).await.is_ok()
            && answer.starts_with(b"HTTP/1.1 200")
    }

    /// Resident memory in MB, as Linux tells it.
    fn resident(&self) -> anyhow::Result<u64> {
        let path = format!("/proc/{}/status", self.process.id());
        let status =
            std::fs::read_to_string(&path).with_context(|| format!("{path}: Linux only"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
        Ok(kib.context("no VmRSS")?.trim().parse::<u64>()? / 1024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sends for the given time and prints what came of it.
async fn drive(host: &str, options: &Options) -> anyhow::Result<()> {
    let run = std::process::id();
    let payloads = deliveries(options.issues.max(1)).await?;
    let issues = payloads
        .iter()
        .map(|payload| Template::new(payload, run, &options.secret))
        .collect::<Result<Vec<_>, _>>()?;
    let issues: &'static [Template] = issues.leak();
    let begun = Instant::now();
    let end = begun + Duration::from_secs(options.seconds);
    let mut senders = JoinSet::new();
    for sender in 0..options.connections {
        let host = host.to_owned();
        let connections = options.connections;
        senders.spawn(async move {
            let mut connection = Connection::open(host).await?;
            let mut took = Vec::new();
            let mut number = sender;
            while Instant::now() < end {
                let sent = Instant::now();
                connection
                    .deliver(&issues[number % issues.len()], number)
                    .await?;
                took.push(sent.elapsed());
                number += connections;
            }
            anyhow::Ok(took)
        });
    }
    let mut took = Vec::new();
    while let Some(sender) = senders.join_next().await {
        took.extend(sender??);
    }
    let elapsed = begun.elapsed();
    took.sort_unstable();
    let Some(slowest) = took.last() else {
        bail!("nothing was sent");
    };
    let at = |permille: usize| took[(took.len() - 1) * permille / 1000].as_secs_f64() * 1e3;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rate = took.len() as f64 / elapsed.as_secs_f64();
    println!(
        "accepted            {} in {:.1} s",
        took.len(),
        elapsed.as_secs_f64()
    );
    println!("accepted a second   {rate:.0}");
    println!(
        "answered in         p50 {:.1} ms, p99 {:.1} ms, at most {:.1} ms",
        at(500),
        at(990),
        slowest.as_secs_f64() * 1e3
    );
    Ok(())
}

/// `issues.labeled` of some issues, as the stand-in for GitHub sends them.
async fn deliveries(issues: usize) -> anyhow::Result<Vec<String>> {
    let gh = Sim::start(SimOptions::default()).await?;
    gh.org("acme");
    gh.user("mira");
    gh.repo("acme/fraud");
    gh.install("acme", Selection::Only(&["acme/fraud"]));
    let mira = gh.as_user("acme/fraud", "mira");
    for _ in 0..issues {
        let title = "Compare BERT vs GPT-2 for classification (3 days)";
        let issue = mira.open_issue(title).body(TEXT).send();
        mira.label(issue, "stage/active");
    }
    let sent = gh.take_deliveries().into_iter();
    let labeled = sent.filter(|delivery| delivery.action.as_deref() == Some("labeled"));
    Ok(labeled.map(|delivery| delivery.body).collect())
}

/// A delivery about one issue, but for its end.
struct Template {
    start: Vec<u8>,
    signature: Hmac<Sha256>,
    /// Tells one run from another on the same store.
    run: u32,
}

impl Template {
    /// Of a JSON object, which gets one more member.
    fn new(payload: &str, run: u32, secret: &str) -> anyhow::Result<Self> {
        let open = payload.trim_end().strip_suffix('}');
        let mut start = open.context("a payload is an object")?.to_owned();
        let padding = BODY.saturating_sub(start.len());
        start.push_str(r#","padding":""#);
        start.extend(PROSE.chars().cycle().take(padding));
        start.push_str(r#"","load":""#);
        // HMAC takes a key of any length, so this cannot fail.
        let mut signature = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
        signature.update(start.as_bytes());
        Ok(Self {
            start: start.into_bytes(),
            signature,
            run,
        })
    }

    /// Writes the request with this number.
    fn write(&self, number: usize, request: &mut Vec<u8>) {
        let end = format!("{}-{number}\"}}", self.run);
        let mut signature = self.signature.clone();
        signature.update(end.as_bytes());
        let head = format!(
            "POST /webhooks/github HTTP/1.1\r\nhost: load\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nuser-agent: GitHub-Hookshot/load\r\nx-github-event: issues\r\n\
             x-github-delivery: load-{}-{number}\r\n\
             x-github-hook-installation-target-type: integration\r\n\
             x-github-hook-installation-target-id: 1\r\nx-hub-signature-256: sha256={}\r\n\r\n",
            self.start.len() + end.len(),
            self.run,
            hex::encode(signature.finalize().into_bytes()),
        );
        request.clear();
        request.extend_from_slice(head.as_bytes());
        request.extend_from_slice(&self.start);
        request.extend_from_slice(end.as_bytes());
    }
}

/// A connection that is kept open. It speaks no more HTTP than labhand's short answers need.
struct Connection {
    stream: TcpStream,
    request: Vec<u8>,
    answer: Vec<u8>,
}

impl Connection {
    async fn open(host: String) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(&host)
            .await
            .with_context(|| format!("{host} does not answer"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            request: Vec::new(),
            answer: Vec::new(),
        })
    }

    async fn deliver(&mut self, issue: &Template, number: usize) -> anyhow::Result<()> {
        issue.write(number, &mut self.request);
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        while !is_whole(&self.answer) {
            let read = self.stream.read_buf(&mut self.answer).await?;
            ensure!(read > 0, "the server hung up");
        }
        ensure!(
            self.answer.starts_with(ACCEPTED),
            "refused: {}",
            String::from_utf8_lossy(&self.answer)
        );
        Ok(())
    }
}

/// Whether the headers and as much as they announce are there.
fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| body.len() >= length)
}
