//! The web board: what stands on its pages, and who may open them.

use std::time::Duration;

use labhand::domain::item::Item;
use labhand::domain::kind::Kind;
use labhand::web::Access;
use reqwest::redirect::Policy as Redirects;
use reqwest::{Client, RequestBuilder};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::scene::{self, item, policy};
use crate::server::{Server, Told, told};

const BOARD: &str = "/acme/fraud";
const TOKEN: &str = "correct-horse-battery";

const PAGES: [&str; 4] = ["/", BOARD, "/acme/fraud/items", "/-/live/acme/fraud"];

async fn fraud(access: Access, private: bool) -> Server {
    let server = Server::start(access).await;
    scene::fraud(&server, private).await;
    server
}

/// A request that follows nobody elsewhere.
fn plainly(server: &Server, path: &str) -> RequestBuilder {
    let client = Client::builder().redirect(Redirects::none()).build();
    client
        .unwrap()
        .get(format!("http://{}{path}", server.address))
}

async fn signed_in_with(server: &Server, token: &str, to: &str) -> Told {
    let client = Client::builder().redirect(Redirects::none()).build();
    let url = format!("http://{}/-/sign-in", server.address);
    let form = [("token", token), ("to", to)];
    let body: Vec<String> = form
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let request = client.unwrap().post(url).body(body.join("&"));
    told(request.header("content-type", "application/x-www-form-urlencoded")).await
}

#[track_caller]
fn stands(page: &Told, texts: &[&str]) {
    for text in texts {
        assert!(
            page.text.contains(text),
            "{text:?} is not on\n{}",
            page.text
        );
    }
}

#[tokio::test]
async fn the_page_of_a_repository_has_all_that_is_known_of_it() {
    let server = fraud(Access::Local, true).await;
    let page = server.get(BOARD).await;
    assert_eq!(page.status, 200);
    stands(
        &page,
        &[
            "<title>acme/fraud · labhand</title>",
            "Sprint 2 · day 3 of 10",
            // The columns, with who and how the box did.
            "https://github.com/acme/fraud/issues/55",
            "Explore graph features for fraud detection",
            "12 h of 24 h used",
            "✅ productionize",
            // The sprint.
            "116 % · 23.1 d",
            "off target",
            "Burn-up",
            "Nobody has said how much these take",
            "Fix data pipeline timeout issue</a> (once)",
            // Production work, models, decisions, figures.
            "Put the BERT classifier into production",
            "v2.2.0 since 4 Dec 2026",
            "rolled back: too many false alarms since noon",
            "Zero-shot is neither accurate nor cheap enough.",
            "does not count any more: reopened",
            "https://github.com/acme/lab/issues/3",
            "1 of 1 time boxes held their first length.",
        ],
    );
    assert!(!page.text.contains("Test a moved idea"));
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
    assert_eq!(page.headers["cache-control"], "no-store");
    // Under such a policy an inline style would do nothing.
    for inline in [" style=", "<style", " onclick=", "javascript:"] {
        assert!(!page.text.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn what_people_wrote_is_text_and_nothing_else() {
    let server = fraud(Access::Local, true).await;
    let nasty = "</title><script>alert(1)</script>\" onmouseover=\"x' {{ 1 }} \u{202e}<b>";
    let mut bad = Item {
        assignees: vec![scene::user(9, "<img src=x>")],
        ..item(60, nasty, Kind::Experiment)
    };
    bad.fields.hypothesis = Some(nasty.to_owned());
    bad.decision = Some(scene::decision(
        labhand::domain::kind::Verdict::Abandon,
        "2026-12-08T10:00:00Z",
        nasty,
    ));
    server.items(scene::FRAUD, &[bad], json!(null)).await;
    for path in [
        BOARD,
        "/acme/fraud/items",
        "/acme/fraud?q=%22%3E%3Cscript%3E",
    ] {
        let page = server.get(path).await;
        assert_eq!(page.status, 200);
        assert!(!page.text.contains("<script>alert"), "{path}");
        assert!(!page.text.contains("\" onmouseover"), "{path}");
        assert!(!page.text.contains("<img"), "{path}");
        assert!(!page.text.contains('\u{202e}'), "{path}");
    }
}

#[tokio::test]
async fn decisions_are_found_by_their_words() {
    let server = fraud(Access::Local, true).await;
    let found = async |query: &str| {
        let page = server.get(&format!("{BOARD}?{query}")).await;
        let log = page.text.split_once("id=\"decisions\"").unwrap().1;
        let log = log.split_once("</section>").unwrap().0;
        (log.matches("class=\"reason\"").count(), log.to_owned())
    };
    assert_eq!(found("").await.0, 3);
    assert_eq!(found("q=accurate+labels&verdict=&since=&until=").await.0, 1);
    assert_eq!(found("q=comparing&verdict=productionize").await.0, 1);
    // What was learned is found as well.
    assert_eq!(found("q=reaches").await.0, 2);
    assert!(
        found("q=nothing+like+that")
            .await
            .1
            .contains("No decision like that.")
    );
    let wrong = found("since=yesterday").await;
    assert_eq!(wrong.0, 0);
    assert!(
        wrong.1.contains("since: it has to be a date"),
        "{}",
        wrong.1
    );
    let log = "/api/v1/repos/acme/fraud/decisions";
    let same = server.get(&format!("{log}?q=accurate+labels")).await.json();
    assert_eq!(same["decisions"][0]["number"], 41);
}

#[tokio::test]
async fn thousands_of_items_are_listed_page_by_page() {
    let server = fraud(Access::Local, true).await;
    let many: Vec<Item> = (1_000..4_000)
        .map(|number| item(number, &format!("Idea {number}"), Kind::Research))
        .collect();
    server.items(scene::FRAUD, &many, scene::board()).await;
    let board = server.get(BOARD).await;
    stands(&board, &["… and 2941 more"]);
    assert!(board.text.len() < 200_000, "{}", board.text.len());
    let first = server
        .get("/acme/fraud/items?q=idea&kind=research&state=open")
        .await;
    stands(
        &first,
        &["1 to 100 of 3000, the newest first", "Idea 3999", "page=2"],
    );
    let last = server.get("/acme/fraud/items?q=idea&page=999").await;
    stands(&last, &["2901 to 3000 of 3000", "Idea 1000", "Newer"]);
    let none = server.get("/acme/fraud/items?q=nothing").await;
    stands(&none, &["No item like that."]);
}

#[tokio::test]
async fn each_table_comes_as_csv() {
    let server = fraud(Access::Local, true).await;
    for (sheet, head, line) in [
        ("items", "number,title,kind", "48,Compare BERT"),
        (
            "sprints",
            "milestone,title,start",
            "2,Sprint 2,2026-12-04T23:00:00Z",
        ),
        (
            "decisions",
            "number,title,deleted",
            "41,Explore zero-shot labels (2 days),yes,abandon",
        ),
        (
            "models",
            "model,stage,version",
            "fraud-detector,production,2.3.0",
        ),
        ("figures", "month,boxes,held", "2026-11,1,1,1,2.81"),
    ] {
        let csv = server
            .get(&format!("/api/v1/repos/acme/fraud/{sheet}.csv"))
            .await;
        assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
        assert!(csv.text.starts_with(head), "{}", csv.text);
        assert!(csv.text.contains(line), "{}", csv.text);
    }
    let repos = server.get("/api/v1/repos.csv").await;
    assert_eq!(repos.text, "name,private,acts\nacme/fraud,yes,yes\n");
    for nothing in ["board.csv", "nothing.csv", "nothing", ".csv"] {
        let path = format!("/api/v1/repos/acme/fraud/{nothing}");
        assert_eq!(server.get(&path).await.status, 404, "{nothing}");
    }
}

#[tokio::test]
async fn local_pages_are_for_who_asks_directly() {
    let server = fraud(Access::Local, true).await;
    for path in PAGES {
        let request = server.request(path).header("x-forwarded-for", "127.0.0.1");
        let answer = told(request).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(!answer.text.contains("fraud"), "{path}");
        stands(&answer, &["LABHAND_WEB__ACCESS"]);
    }
}

#[tokio::test]
async fn the_token_opens_the_pages_for_eight_hours() {
    let server = fraud(Access::token(TOKEN), true).await;
    for path in PAGES {
        let answer = told(plainly(&server, path)).await;
        assert_eq!(answer.status, 303, "{path}");
        let to = answer.headers["location"].to_str().unwrap();
        assert_eq!(to, format!("/-/sign-in?to={path}"));
        assert!(answer.text.is_empty());
    }
    let form = server.get("/-/sign-in?to=/acme/fraud").await;
    stands(&form, &["type=\"password\"", "value=\"/acme/fraud\""]);

    let wrong = signed_in_with(&server, "wrong", BOARD).await;
    assert_eq!(wrong.status, 401);
    stands(&wrong, &["This is not the token.", "value=\"/acme/fraud\""]);
    assert!(!wrong.headers.contains_key("set-cookie"));

    let right = signed_in_with(&server, TOKEN, BOARD).await;
    assert_eq!(
        (right.status, &right.headers["location"]),
        (303, &BOARD.parse().unwrap())
    );
    let cookie = right.headers["set-cookie"].to_str().unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Secure"), "this is plain HTTP: {cookie}");
    assert!(!cookie.contains(TOKEN));
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let with_cookie = |path: &str, cookie: &str| plainly(&server, path).header("cookie", cookie);
    stands(
        &told(with_cookie(BOARD, &cookie)).await,
        &["Sign out", "Zero-shot"],
    );
    // It also opens the JSON, and only as it was sealed.
    let log = "/api/v1/repos/acme/fraud/decisions";
    assert_eq!(told(with_cookie(log, &cookie)).await.status, 200);
    let forged = format!("{}A", &cookie[..cookie.len() - 1]);
    for wrong in [
        forged.as_str(),
        "labhand_session=signed-in",
        "labhand_session=",
    ] {
        assert_eq!(told(with_cookie(log, wrong)).await.status, 401, "{wrong}");
        assert_eq!(told(with_cookie(BOARD, wrong)).await.status, 303, "{wrong}");
    }
    // Another token makes other cookies.
    let other = fraud(Access::token("another-horse-battery"), true).await;
    let elsewhere = plainly(&other, BOARD).header("cookie", &cookie);
    assert_eq!(told(elsewhere).await.status, 303);

    server.clock.advance_to(scene::at("2026-12-09T17:59:00Z"));
    assert_eq!(told(with_cookie(BOARD, &cookie)).await.status, 200);
    server.clock.advance_to(scene::at("2026-12-09T18:01:00Z"));
    assert_eq!(told(with_cookie(BOARD, &cookie)).await.status, 303);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_for_tls_alone_and_nobody_is_led_away() {
    let server = fraud(Access::token(TOKEN), true).await;
    let client = Client::builder()
        .redirect(Redirects::none())
        .build()
        .unwrap();
    let url = format!("http://{}/-/sign-in", server.address);
    let request = client
        .post(url)
        .header("x-forwarded-proto", "https")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("token={TOKEN}&to=//evil.example"));
    let answer = told(request).await;
    assert!(
        answer.headers["set-cookie"]
            .to_str()
            .unwrap()
            .contains("; Secure")
    );
    assert_eq!(answer.headers["location"], "/");
    let session = answer.headers["set-cookie"].to_str().unwrap();
    let session = session.split(';').next().unwrap();
    let out = client.post(format!("http://{}/-/sign-out", server.address));
    let out = told(out.header("cookie", session)).await;
    let cookie = out.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("labhand_session=;") && cookie.contains("Max-Age=0"),
        "{cookie}"
    );
    let broken = client
        .post(format!("http://{}/-/sign-in", server.address))
        .body("{}");
    assert_eq!(told(broken).await.status, 400);
}

#[tokio::test]
async fn in_public_private_pages_are_not_there() {
    let server = fraud(Access::Public, true).await;
    let unknown = server.get("/acme/nowhere").await;
    for path in [BOARD, "/acme/fraud/items"] {
        let private = server.get(path).await;
        assert_eq!(
            (private.status, &private.text),
            (404, &unknown.text),
            "{path}"
        );
    }
    assert_eq!(server.get("/-/live/acme/fraud").await.status, 404);
    stands(&server.get("/").await, &["No repository yet."]);
    let server = fraud(Access::Public, false).await;
    assert_eq!(server.get(BOARD).await.status, 200);
    stands(&server.get("/").await, &["href=\"/acme/fraud\""]);
}

#[tokio::test]
async fn odd_paths_are_not_there_and_break_nothing() {
    let server = fraud(Access::Local, true).await;
    for path in [
        "/acme",
        "/acme/fraud/",
        "/acme/fraud/items/48",
        "/%ff/x",
        "/a%2Fb/c",
        "/-/nothing",
        "/-/assets/../board.css",
        "/-/assets/nothing",
        "/-/live/acme/nowhere",
    ] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
    let shouted = server.get("/ACME/Fraud?q=%00%ff&page=-1").await;
    assert_eq!(shouted.status, 200);
}

#[tokio::test]
async fn assets_are_kept_for_as_long_as_they_are_the_same() {
    let server = fraud(Access::token(TOKEN), true).await;
    let page = server.get("/-/sign-in").await;
    let sheet = page
        .text
        .split_once("href=\"/-/assets/board.css?")
        .unwrap()
        .1;
    let version = sheet.split('"').next().unwrap();
    let kept = server.get(&format!("/-/assets/board.css?{version}")).await;
    assert_eq!(kept.headers["content-type"], "text/css; charset=utf-8");
    assert!(
        kept.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("immutable")
    );
    let other = server.get("/-/assets/board.js?other").await;
    assert_eq!(other.headers["cache-control"], "no-cache");
    assert_eq!(server.get("/-/assets/icon.svg").await.status, 200);
}

#[tokio::test]
async fn a_page_hears_of_changes_until_the_server_stops() {
    let server = fraud(Access::Local, true).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let request = "GET /-/live/acme/fraud HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut heard = String::new();
    read_until(&mut stream, &mut heard, "text/event-stream").await;
    // It does not tell of what was there already, so whatever it tells is of this. The first look
    // may come after a change, hence more than one.
    let mut changed = false;
    for round in 0..50 {
        let title = format!("Idea {round}");
        let items = [item(80, &title, Kind::Research)];
        server.items(scene::FRAUD, &items, json!(null)).await;
        let mut bytes = [0; 1_024];
        let read = stream.read(&mut bytes);
        if let Ok(read) = tokio::time::timeout(Duration::from_millis(400), read).await {
            heard.push_str(&String::from_utf8_lossy(&bytes[..read.unwrap()]));
        }
        if heard.contains("event: changed") {
            changed = true;
            break;
        }
    }
    assert!(changed, "{heard}");
    drop(server);
    let mut rest = Vec::new();
    let ended = stream.read_to_end(&mut rest);
    tokio::time::timeout(Duration::from_secs(4), ended)
        .await
        .expect("it ends before the server would cut it off")
        .unwrap();
}

async fn read_until(stream: &mut TcpStream, heard: &mut String, text: &str) {
    while !heard.contains(text) {
        let mut bytes = [0; 1_024];
        let read = stream.read(&mut bytes).await.unwrap();
        assert!(read > 0, "{heard}");
        heard.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
}

#[tokio::test]
async fn a_repository_without_anything_says_what_to_do() {
    let server = Server::start(Access::Local).await;
    server.repo(1, "acme/new", &policy(), json!({})).await;
    let page = server.get("/acme/new").await;
    stands(
        &page,
        &[
            "nothing here",
            "No time box runs.",
            "A milestone with a due date is one.",
            "Nothing was decided yet.",
            "Nothing was finished yet.",
        ],
    );
    let problem = json!({"policy_problem": "sprint.tolerance, line 3: <b>no</b>\n\n"});
    server.repo(1, "acme/new", &policy(), problem).await;
    let page = server.get("/acme/new").await;
    stands(
        &page,
        &["The policy file is not in force", "line 3: &#60;b&#62;no"],
    );
}
