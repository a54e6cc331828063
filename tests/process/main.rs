//! The program itself, as a process of its own: killed, told to stop, started with bad settings,
//! and fed with all payloads that GitHub documents. Its clock is real, so that a test waits for
//! what it can see, never for a time.

#[path = "../support/database.rs"]
mod database;
mod kills;
#[path = "../support/pages.rs"]
mod pages;
mod replicas;
mod secrets;
mod set_up;
mod shown;
mod sync;
mod traces;
#[path = "../support/wire.rs"]
mod wire;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use labhand::domain::ids::ItemNumber;
use labhand::sim::{Delivery, Selection, Sim, SimOptions};
use reqwest::Client;
use sha2::Sha256;
use tokio::net::TcpListener;

use database::Database;

const REPO: &str = "acme/fraud";
const SECRET: &str = "a secret of the tests";

/// Between two looks at another process.
const SOON: Duration = Duration::from_millis(100);

/// What takes longer than this, on however busy a machine, does not happen at all.
const NEVER: Duration = Duration::from_mins(3);

/// A GitHub, and the database of the bot.
struct World {
    gh: Sim,
    database: Database,
    address: SocketAddr,
}

impl World {
    async fn new() -> Self {
        let gh = Sim::start(SimOptions {
            webhook_secret: SECRET.to_owned(),
            ..SimOptions::default()
        })
        .await
        .unwrap();
        gh.org("acme");
        gh.user("mira");
        gh.repo(REPO);
        gh.collaborator(REPO, "mira", "write");
        let address = free_address().await;
        gh.hook_to(&format!("http://{address}/webhooks/github"));
        Self {
            gh,
            database: Database::new().await,
            address,
        }
    }

    fn command(&self) -> Command {
        self.command_at(self.address, self.database.url())
    }

    /// At another address, with another way to the database.
    fn command_at(&self, address: SocketAddr, url: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labhand"));
        command
            .arg("serve")
            .env_clear()
            .env("LABHAND_GITHUB__API_URL", self.gh.url())
            .env("LABHAND_GITHUB__WEBHOOK_SECRETS", SECRET)
            .env("LABHAND_GITHUB__APP_ID", self.gh.app_id().to_string())
            .env("LABHAND_GITHUB__PRIVATE_KEY", self.gh.private_key_pem())
            .env("LABHAND_GITHUB__WRITE_SPACING", "0s")
            .env("LABHAND_SERVER__BIND", address.to_string())
            .env("LABHAND_STORE__URL", url)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    /// Runs another command of the program in a folder, with the server's settings: what it prints, its
    /// complaints after that, and whether it ended well.
    fn labhand(&self, line: &str, folder: &Path) -> (String, bool) {
        let server = self.command();
        let mut command = Command::new(server.get_program());
        command
            .env_clear()
            .args(line.split(' '))
            .current_dir(folder);
        for (name, value) in server.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        let text = String::from_utf8([stdout, stderr].concat()).unwrap();
        (text, status.success())
    }

    /// Starts the bot and waits until it takes deliveries.
    async fn start(&self) -> Bot {
        self.start_at(self.address, self.database.url()).await
    }

    async fn start_at(&self, address: SocketAddr, url: &str) -> Bot {
        let bot = Bot {
            child: self.command_at(address, url).spawn().unwrap(),
            address,
        };
        let ready = bot.url("/readyz");
        until("the bot is ready", async || {
            let answer = Client::new().get(&ready).send().await;
            answer.is_ok_and(|answer| answer.status() == 200)
        })
        .await;
        bot
    }

    /// All that people see. No times stand in it, and ids and the order of the bot's own comments
    /// may differ.
    fn picture(&self) -> Vec<String> {
        let issues = self.gh.issues(REPO).into_iter();
        let pictures = issues.map(|issue| {
            let mut labels = issue.labels;
            labels.sort();
            let ids: Vec<_> = issue.comments.iter().map(|it| it.id.to_string()).collect();
            let mut comments: Vec<String> = Vec::new();
            for comment in issue.comments {
                let mut body = comment.body;
                for id in &ids {
                    body = body.replace(id, "<id>");
                }
                comments.push(format!(
                    "{}: {body} {:?}",
                    comment.author, comment.reactions
                ));
            }
            comments.sort();
            let body = issue.body.lines().filter(|line| !line.contains("updated"));
            let body: Vec<&str> = body.collect();
            format!(
                "{} {:?} {labels:?} {body:?} {comments:#?}",
                issue.number, issue.title
            )
        });
        pictures.collect()
    }

    /// Waits until GitHub looks like this; meanwhile what the bot's own calls send is delivered.
    async fn looks_like(&self, expected: &[String]) {
        let deadline = tokio::time::Instant::now() + NEVER;
        loop {
            self.gh.deliver().await;
            let picture = self.picture();
            if picture == expected {
                return;
            }
            if tokio::time::Instant::now() > deadline {
                let differs = picture
                    .iter()
                    .zip(expected)
                    .find(|(one, other)| one != other);
                panic!("GitHub does not get there: {differs:#?}");
            }
            tokio::time::sleep(SOON).await;
        }
    }
}

/// An address at which nobody listens, and which the system gives to nobody who asks for any: a
/// bot comes back to its own.
async fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + u16::try_from(std::process::id() % 500).unwrap() * 20;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed);
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).await.is_ok() {
            return address;
        }
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = tokio::time::Instant::now() + NEVER;
    while !holds().await {
        assert!(tokio::time::Instant::now() < deadline, "never: {what}");
        tokio::time::sleep(SOON).await;
    }
}

/// A running bot, killed at the latest when the test is over.
struct Bot {
    child: Child,
    address: SocketAddr,
}

impl Bot {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// `kill -9`.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn metric(&self, name: &str) -> f64 {
        let text = Client::new()
            .get(self.url("/metrics"))
            .send()
            .await
            .unwrap();
        let text = text.text().await.unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {text}"))
            .parse()
            .unwrap()
    }

    /// Posts a delivery; whether it was answered with 202.
    async fn takes(&self, client: &Client, delivery: &Delivery) -> bool {
        self.answers_202(client, &delivery.headers, delivery.body.clone())
            .await
    }

    async fn answers_202(
        &self,
        client: &Client,
        headers: &[(String, String)],
        body: String,
    ) -> bool {
        let mut request = client.post(self.url("/webhooks/github"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request.body(body).send().await;
        answer.is_ok_and(|answer| answer.status() == 202)
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// 44 issues with commands, talk and labels: 300 deliveries and the installation.
fn work(gh: &Sim) {
    gh.install("acme", Selection::Only(&[REPO]));
    let mira = gh.as_user(REPO, "mira");
    let issues: Vec<ItemNumber> = (0..44)
        .map(|place| {
            let title = match place % 4 {
                0 => format!("Explore graph features {place} (2 days)"),
                1 => format!("Test BERT {place} vs GPT for classification"),
                2 => format!("Implement endpoint {place}"),
                _ => format!("Fix data pipeline {place}"),
            };
            mira.open_issue(&title).send()
        })
        .collect();
    for round in 0..6 {
        for (place, issue) in issues.iter().enumerate() {
            let text = match (round, place % 4) {
                (0, 0 | 1) => "/timebox 3d",
                (0, _) => "/points 5",
                (1, 1) => "/activate",
                (3, _) => "/timebx 1d",
                (4, 0) => "/bucket learning",
                (5, 2) => {
                    mira.label(*issue, "phase/prototype");
                    continue;
                }
                _ => "Just talking.",
            };
            mira.comment(*issue, text);
        }
    }
}

/// How GitHub looks after this work if nothing disturbs it.
async fn undisturbed() -> Vec<String> {
    let world = World::new().await;
    work(&world.gh);
    let bot = world.start().await;
    world.gh.deliver().await;
    // At rest: nothing to be handled, and no further call in twice the time for which a board rests.
    let mut quiet = (0, tokio::time::Instant::now());
    until("the bot comes to rest", async || {
        world.gh.deliver().await;
        bot.metric("labhand_inbox_unhandled").await == 0.0
    })
    .await;
    while quiet.1.elapsed() < Duration::from_secs(20) {
        world.gh.deliver().await;
        let calls = world.gh.calls().len();
        if calls != quiet.0 {
            quiet = (calls, tokio::time::Instant::now());
        }
        tokio::time::sleep(SOON).await;
    }
    world.picture()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_again_and_again_amid_300_deliveries_it_ends_as_if_nothing_had_happened() {
    let expected = undisturbed().await;
    let world = World::new().await;
    work(&world.gh);
    let deliveries = world.gh.take_deliveries();
    assert!(deliveries.len() >= 300, "{}", deliveries.len());
    let client = Client::new();
    let mut bot = world.start().await;
    let mut lost = Vec::new();
    for (place, group) in deliveries.chunks(20).enumerate() {
        if place % 4 != 3 {
            for delivery in group {
                assert!(bot.takes(&client, delivery).await);
            }
            continue;
        }
        // In the middle of a group that arrives at once, and of the work on those before.
        let (first, rest) = group.split_at(7);
        let arriving = futures_util::future::join_all(
            rest.iter().map(|delivery| bot.takes(&client, delivery)),
        );
        let killing = async {
            for delivery in first {
                if !bot.takes(&client, delivery).await {
                    lost.push(delivery.clone());
                }
            }
            let pid = bot.child.id().to_string();
            assert!(
                Command::new("kill")
                    .args(["-9", &pid])
                    .status()
                    .unwrap()
                    .success()
            );
        };
        let (taken, ()) = tokio::join!(arriving, killing);
        let untaken = rest.iter().zip(taken).filter(|(_, taken)| !taken);
        lost.extend(untaken.map(|(delivery, _)| delivery.clone()));
        bot.kill();
        bot = world.start().await;
    }
    // GitHub is asked for what was not answered with 202, and for nothing else.
    for delivery in &lost {
        assert!(bot.takes(&client, delivery).await);
    }
    world.looks_like(&expected).await;
    assert!(bot.metric("labhand_panics_total").await == 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_takes_no_more_finishes_its_calls_and_ends_within_ten_seconds() {
    let world = World::new().await;
    work(&world.gh);
    let mut bot = world.start().await;
    let client = Client::new();
    for delivery in world.gh.take_deliveries() {
        assert!(bot.takes(&client, &delivery).await);
    }
    let pid = bot.child.id().to_string();
    let told = std::time::Instant::now();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = loop {
        if let Some(status) = bot.child.try_wait().unwrap() {
            break status;
        }
        assert!(told.elapsed() < Duration::from_secs(10), "it does not end");
        tokio::time::sleep(SOON).await;
    };
    assert!(status.success(), "{status}");
    let refused = client.get(bot.url("/healthz")).send().await;
    assert!(refused.is_err());
    // Every call that was made was answered, and the next start finishes the rest.
    let bot = world.start().await;
    until("all is handled", async || {
        world.gh.deliver().await;
        bot.metric("labhand_inbox_unhandled").await == 0.0
    })
    .await;
    let issues = || world.gh.issues(REPO);
    let is_item = |labels: &[String]| labels.iter().any(|it| it.starts_with("kind/"));
    until("every issue is an item", async || {
        world.gh.deliver().await;
        issues()
            .iter()
            .filter(|issue| is_item(&issue.labels))
            .count()
            == 44
    })
    .await;
}

fn ends(mut command: Command) -> Output {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.output().unwrap()
}

/// One message on standard error, nothing else.
#[track_caller]
fn refused(command: Command) -> String {
    let output = ends(command);
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    message
}

#[tokio::test]
async fn a_bad_setting_stops_the_start_with_one_message_that_names_it() {
    let world = World::new().await;
    let with = |name: &str, value: &str| {
        let mut command = world.command();
        command.env(name, value);
        refused(command)
    };
    for (name, value) in [
        ("LABHAND_SERVER__BIND", "everywhere"),
        ("LABHAND_STORE__URL", "mysql://x"),
        ("LABHAND_GITHUB__TOKEN", "ghp_both"),
        ("LABHAND_GITHUB__WRITE_SPACING", "soon"),
        ("LABHAND_LOG__FORMAT", "xml"),
    ] {
        let message = with(name, value);
        assert!(message.contains(name), "{message}");
        assert!(!message.contains("ghp_both"), "{message}");
    }
    assert!(with("LABHAND_SERVER__BNID", "127.0.0.1:1").contains("LABHAND_SERVER__BIND"));
    let mut without = world.command();
    without.env_remove("LABHAND_GITHUB__PRIVATE_KEY");
    assert!(refused(without).contains("LABHAND_GITHUB__PRIVATE_KEY_PATH"));
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let world = World::new().await;
    let _taken = TcpListener::bind(world.address).await.unwrap();
    let message = refused(world.command());
    assert!(
        message.contains(&world.address.to_string()) && message.contains("server.bind"),
        "{message}"
    );
}

/// The headers of a payload that our own webhook sends.
fn headers(event: &str, guid: usize, body: &str) -> Vec<(String, String)> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    [
        ("content-type", "application/json".to_owned()),
        ("x-github-event", event.to_owned()),
        ("x-github-delivery", format!("payload-{guid}")),
        ("x-hub-signature-256", signature),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// The same payload about our repository, so that it goes the whole way.
fn about_ours(body: &str, installation: u64, repo: u64) -> String {
    let mut payload: serde_json::Value = serde_json::from_str(body).unwrap();
    if let Some(repository) = payload
        .get_mut("repository")
        .and_then(|it| it.as_object_mut())
    {
        repository.insert("id".to_owned(), repo.into());
        repository.insert("full_name".to_owned(), REPO.into());
    }
    payload["installation"]["id"] = installation.into();
    payload.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_payloads_that_github_documents_go_through_the_running_server() {
    let Some(root) = std::env::var_os("LABHAND_PAYLOADS") else {
        eprintln!("not run: LABHAND_PAYLOADS is not set, see .ci/payloads");
        return;
    };
    let world = World::new().await;
    let installation = world.gh.install("acme", Selection::Only(&[REPO]));
    let repo = world.gh.repo_id(REPO);
    let bot = world.start().await;
    world.gh.deliver().await;
    let client = Client::new();
    let mut sent = 0;
    let folders = |path: &Path| -> Vec<_> {
        let entries = std::fs::read_dir(path).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    };
    for folder in folders(Path::new(&root))
        .into_iter()
        .filter(|it| it.is_dir())
    {
        let event = folder.file_name().unwrap().to_string_lossy().into_owned();
        for file in folders(&folder) {
            let body = std::fs::read_to_string(&file).unwrap();
            let ours = about_ours(&body, installation, repo);
            // What takes the App off would end it for those that follow.
            let ends = event.starts_with("installation") || event == "repository";
            for body in [Some(body), Some(ours).filter(|_| !ends)]
                .into_iter()
                .flatten()
            {
                sent += 1;
                let headers = headers(&event, sent, &body);
                let taken = bot.answers_202(&client, &headers, body).await;
                assert!(taken, "{}", file.display());
            }
        }
    }
    assert!(sent >= 329, "only {sent} payloads found");
    let handled = async || {
        world.gh.deliver().await;
        let before = (
            bot.metric("labhand_inbox_unhandled").await,
            world.gh.calls().len(),
        );
        tokio::time::sleep(SOON * 20).await;
        let after = (
            bot.metric("labhand_inbox_unhandled").await,
            world.gh.calls().len(),
        );
        before == after
    };
    until("all were looked at", handled).await;
    assert!(bot.metric("labhand_panics_total").await == 0.0);
    assert!(bot.metric("labhand_deliveries_put_aside_total").await == 0.0);
}
