//! The pages in a real browser, which `.ci/browser/run` brings along.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;

use jiff::Timestamp;
use labhand::domain::ids::ItemNumber;
use labhand::domain::item::{Blocked, Item};
use labhand::domain::kind::{Kind, Stage};
use labhand::domain::timebox::TimeBox;
use labhand::domain::worktime::Span;
use labhand::sim::{Sim, SimOptions};
use labhand::web::{self, Access, SetUp};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::scene::{self, at, item, policy, user};
use crate::server::Server;

/// Starts a scenario; whoever waits for it sees what it found.
fn begin(scenario: &str, arguments: &[&str]) -> Child {
    let check = std::env::var("LABHAND_BROWSER_CHECK").expect("`.ci/browser/run` runs this");
    let mut command = Command::new("node");
    command.arg(check).arg(scenario).args(arguments);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

async fn end(child: Child) {
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let output = output.await.unwrap();
    let found = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{found}");
}

async fn check(scenario: &str, arguments: &[&str]) {
    end(begin(scenario, arguments)).await;
}

fn running(number: u64, title: &str, since: &str, days: u32) -> Item {
    let span = Span {
        days,
        ..Span::default()
    };
    let since: Timestamp = at(since);
    Item {
        stage: Stage::Active,
        was_active: true,
        assignees: vec![user(1, "mira"), user(2, "jonas")],
        timebox: Some(TimeBox::start(&policy().calendar, span, 80, since)),
        ..item(number, title, Kind::Experiment)
    }
}

/// The scene with boxes that run, wait and are over.
async fn lively(access: Access) -> Server {
    let server = Server::start(access).await;
    scene::fraud(&server, true).await;
    let mut items = scene::items();
    items.push(running(
        61,
        "Test gradient boosting",
        "2026-12-08T08:00:00Z",
        3,
    ));
    items.push(running(
        62,
        "Test a recommender of graphs with a very long title that wraps",
        "2026-12-02T08:00:00Z",
        2,
    ));
    let mut blocked = running(63, "Compare embeddings", "2026-12-07T08:00:00Z", 5);
    let since = at("2026-12-08T12:00:00Z");
    blocked.blocked = Some(Blocked {
        since,
        reason: Some("GPU quota".to_owned()),
    });
    blocked.timebox.as_mut().unwrap().pause(since);
    items.push(blocked);
    server.items(scene::FRAUD, &items, scene::board()).await;
    server
}

fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.address)
}

/// The demo, until this is dropped. What it prints is kept open: it ends when nobody listens any more.
struct Demo {
    child: Child,
    told: Option<BufReader<ChildStdout>>,
}

impl Demo {
    /// Starts it and waits for its story; yields it and the address of the repository on the stand-in.
    fn told() -> (Self, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labhand"));
        command.args(["demo", "--port", "0"]).stdout(Stdio::piped());
        let child = command.spawn().unwrap();
        let mut demo = Self { child, told: None };
        let mut told = BufReader::new(demo.child.stdout.take().unwrap());
        let mut last = String::new();
        for line in told.by_ref().lines().map(Result::unwrap) {
            let found = line.split_whitespace().find(|it| it.starts_with("http://"));
            last = found.map_or(last, |url| url.trim_end_matches(',').to_owned());
            if line.contains("until Ctrl-C") {
                demo.told = Some(told);
                return (demo, last);
            }
        }
        panic!("the demo ended");
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: .ci/browser/run"]
async fn comments_read_well_as_github_shows_them() {
    let (_demo, github) = tokio::task::spawn_blocking(Demo::told).await.unwrap();
    let issues: Vec<String> = [1, 2, 3, 4, 6, 14, 15, 17, 19, 21, 22]
        .iter()
        .map(|number| format!("{github}/issues/{number}"))
        .collect();
    let mut arguments = vec![""];
    arguments.extend(issues.iter().map(String::as_str));
    check("comments", &arguments).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: .ci/browser/run"]
async fn every_page_is_for_everybody() {
    let server = lively(Access::Local).await;
    let empty = json!({"policy_problem": "labhand.yml:3:1: unknown key `gurads`"});
    server.repo(1, "acme/new", &policy(), empty).await;
    let pages = [
        "/",
        "/acme/fraud",
        "/acme/fraud?q=bert&verdict=productionize",
        "/acme/fraud?since=x",
        "/acme/fraud/items",
        "/acme/new",
    ];
    let pages: Vec<String> = pages.iter().map(|path| url(&server, path)).collect();
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    check("pages", &pages).await;
    check("keyboard", &[pages[1]]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: .ci/browser/run"]
async fn what_changes_appears_without_a_reload() {
    let server = lively(Access::Local).await;
    let page = url(&server, "/acme/fraud");
    let mut child = begin("live", &[&page, "Explore what is new"]);
    let out = child.stdout.take().unwrap();
    let ready = tokio::task::spawn_blocking(move || BufReader::new(out).lines().next());
    assert_eq!(ready.await.unwrap().unwrap().unwrap(), "ready");
    let mut items = scene::items();
    items.push(Item {
        number: ItemNumber(90),
        ..item(90, "Explore what is new", Kind::Research)
    });
    server.items(scene::FRAUD, &items, scene::board()).await;
    end(child).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: .ci/browser/run"]
async fn the_token_is_asked_for_on_a_page() {
    let server = lively(Access::token("correct-horse-battery")).await;
    check(
        "sign_in",
        &[&url(&server, "/acme/fraud"), "correct-horse-battery"],
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: .ci/browser/run"]
async fn github_signs_people_in() {
    let scene = crate::github::scene().await;
    scene.gh.browser_of(Some("mira"));
    let page = url(&scene.server, "/acme/fraud");
    check("sign_in_with_github", &[&page, scene.gh.url()]).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Chromium: .ci/browser/run"]
async fn one_button_makes_the_app() {
    let gh = Sim::start(SimOptions::default()).await.unwrap();
    gh.org("acme");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("labhand-app.json");
    let set_up = SetUp::new(gh.url(), gh.url(), file.clone(), Arc::new(|_| {}));
    let key = set_up.key.show().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(web::serve(listener, set_up.router(), stop.clone()));
    let page = format!("http://{address}/-/set-up?key={key}");
    check("set_up", &[&page, gh.url()]).await;
    assert!(file.exists());
    stop.cancel();
}
