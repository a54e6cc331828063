//! What is told. The examples of `docs/api.md` are these answers.

use labhand::domain::ids::ItemNumber;
use labhand::domain::item::Item;
use labhand::web::Access;
use reqwest::Client;
use serde_json::{Value, json};

use crate::scene::{self, policy};
use crate::server::{Server, told, told_of_path};

const DOCS: &str = include_str!("../../docs/api.md");

/// The example that stands in the documentation under this heading.
fn documented(route: &str) -> Value {
    let heading = format!("## `GET /api/v1/repos{route}`");
    let section = DOCS.split_once(&heading).expect("a heading").1;
    let example = section.split_once("```json").expect("an example").1;
    serde_json::from_str(example.split_once("```").unwrap().0).unwrap()
}

async fn fraud() -> Server {
    let server = Server::start(Access::Local).await;
    scene::fraud(&server, true).await;
    server
}

/// The numbers and verdicts of the decisions that a query finds.
async fn found(server: &Server, query: &str) -> Vec<(u64, String)> {
    let path = format!("/api/v1/repos/acme/fraud/decisions{query}");
    let log = server.get(&path).await.json();
    let line = |line: &Value| {
        let verdict = line["verdict"].as_str().unwrap().to_owned();
        (line["number"].as_u64().unwrap(), verdict)
    };
    log["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(line)
        .collect()
}

#[tokio::test]
async fn the_answers_are_those_of_the_documentation() {
    let server = fraud().await;
    let removed = json!({"now": {"name": "acme/Attic", "private": false}, "removed": true});
    server.repo(60, "acme/Attic", &policy(), removed).await;
    for route in [
        "",
        "/{owner}/{repo}/board",
        "/{owner}/{repo}/items",
        "/{owner}/{repo}/items/{n}",
        "/{owner}/{repo}/decisions",
        "/{owner}/{repo}/sprints",
        "/{owner}/{repo}/figures",
        "/{owner}/{repo}/models",
    ] {
        let path = route.replace("{owner}/{repo}", "acme/fraud");
        let path = path.replace("{n}", "48");
        let answer = server.get(&format!("/api/v1/repos{path}")).await;
        assert_eq!(answer.status, 200, "{route}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        assert_eq!(answer.json(), documented(route), "{}", answer.text);
    }
}

#[tokio::test]
async fn decisions_are_found_by_verdict_and_by_day_in_the_repositorys_zone() {
    let server = fraud().await;
    let all = found(&server, "").await;
    let number = |all: &[(u64, String)]| all.iter().map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(number(&all), [41, 48, 48]);
    assert_eq!(
        number(&found(&server, "?verdict=productionize").await),
        [48]
    );
    // 23:30 in UTC is half past midnight in Berlin.
    assert_eq!(number(&found(&server, "?since=2026-12-01").await), [41]);
    assert_eq!(number(&found(&server, "?until=2026-11-30").await), [48, 48]);
    let one_day = "?since=2026-11-26&until=2026-11-26&verdict=PRODUCTIONIZE";
    assert_eq!(number(&found(&server, one_day).await), [48]);
    assert!(
        found(&server, "?verdict=abandon&until=2026-11-30")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_bad_parameter_is_named_with_an_example() {
    let server = fraud().await;
    let refused = async |query: &str| {
        let path = format!("/api/v1/repos/acme/fraud/decisions?{query}");
        server.get(&path).await.error()
    };
    assert_eq!(
        refused("since=yesterday").await,
        (
            400,
            "since: it has to be a date; for example since=2026-11-01".into()
        )
    );
    assert_eq!(refused("verdict=maybe").await.0, 400);
    assert_eq!(refused("until=2026-02-30").await.0, 400);
    assert_eq!(refused("form=2026-11-01").await.0, 400);
    assert_eq!(refused("%ff%fe").await.0, 400);
}

#[tokio::test]
async fn names_are_found_without_regard_to_case_and_odd_ones_not_at_all() {
    let server = fraud().await;
    let log = |name: &str| format!("/api/v1/repos/{name}/decisions");
    let shouted = server.get(&log("ACME/Fraud")).await;
    assert_eq!(shouted.json()["repo"], "acme/fraud");
    let (status, unknown) = told_of_path(&server, &log("acme/nowhere")).await;
    assert_eq!(status, 404);
    insta::assert_snapshot!(unknown, @r#"{"error":"there is nothing here, or nothing that you may see"}"#);
    let endless = format!("acme/{}", "x".repeat(5_000));
    for odd in [
        "acme/%2e%2e",
        "acme/..",
        "%2e%2e/%2e%2e",
        "acme%2ffraud/x",
        "acme/fr%00ud",
        "acme/%ff",
        "acme/fraud%25",
        "acme/'%20OR%201=1",
        "acme/frau_",
        "//",
        &endless,
        "a/b/c",
        "acme",
    ] {
        let answer = told_of_path(&server, &log(odd)).await;
        assert_eq!(answer, (404, unknown.clone()), "{odd}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_in_json() {
    let server = fraud().await;
    for path in ["/api/v1/repos/", "/api/v1/repos/acme/fraud/secrets"] {
        assert_eq!(server.get(path).await.error().0, 404, "{path}");
    }
    let url = format!("http://{}/api/v1/repos", server.address);
    assert_eq!(told(Client::new().post(url)).await.error().0, 405);
}

#[tokio::test]
async fn a_repository_without_items_and_sprints_has_empty_answers() {
    let server = Server::start(Access::Local).await;
    // As it was kept before there were milestones, and a board before there was a ledger.
    server.repo(1, "acme/new", &policy(), json!({})).await;
    let empty = async |what: &str| {
        let path = format!("/api/v1/repos/acme/new/{what}");
        server.get(&path).await.json()
    };
    assert_eq!(empty("decisions").await["decisions"], json!([]));
    assert_eq!(empty("sprints").await["sprints"], json!([]));
    assert_eq!(
        empty("figures").await["cycle"],
        json!({"count": 0, "median": null})
    );
    for board in [
        json!(null),
        json!({"written_at": null}),
        json!({"sprints": null}),
    ] {
        server.items(1, &[], board).await;
        assert_eq!(empty("sprints").await["sprints"], json!([]));
    }
}

#[tokio::test]
async fn the_sprint_that_is_on_is_told_before_its_plan_was_read() {
    let server = Server::start(Access::Local).await;
    let milestones = json!({"milestones": scene::known_milestones()});
    server.repo(1, "acme/fraud", &policy(), milestones).await;
    server.items(1, &scene::items(), json!(null)).await;
    let told = server.get("/api/v1/repos/acme/fraud/sprints").await.json();
    let sprints = told["sprints"].as_array().unwrap();
    assert_eq!(sprints.len(), 1);
    let sprint = &sprints[0];
    assert_eq!(
        (&sprint["title"], &sprint["on"]),
        (&json!("Sprint 2"), &json!(true))
    );
    assert_eq!(sprint["planned_at"], json!(null));
    assert_eq!(sprint["buckets"][0]["planned"], json!(null));
    assert_eq!(sprint["unknown"], json!([54]));
    assert_eq!(sprint["deviates"], json!(false));
}

#[tokio::test]
async fn thousands_of_items_are_told_while_others_are_answered() {
    let server = fraud().await;
    let many: Vec<Item> = (1_000..3_000)
        .map(|number| Item {
            number: ItemNumber(number),
            ..scene::items().swap_remove(1)
        })
        .collect();
    server.items(scene::FRAUD, &many, scene::board()).await;
    let log = "/api/v1/repos/acme/fraud/decisions";
    let asked = std::array::from_fn::<_, 4, _>(|_| server.get(log));
    let [first, second, third, fourth] = asked;
    let (log, others, alive) = tokio::join!(
        first,
        async { tokio::join!(second, third, fourth) },
        server.get("/healthz"),
    );
    assert_eq!(alive.status, 200);
    assert_eq!(others.2.text, log.text);
    assert_eq!(log.json()["decisions"].as_array().unwrap().len(), 4_003);
}

#[tokio::test]
async fn what_cannot_be_read_is_said_and_not_left_out() {
    let server = fraud().await;
    server.store.close().await;
    let answer = server.get("/api/v1/repos").await.error();
    assert_eq!(
        answer,
        (
            503,
            "the store cannot be read now; try again later".to_owned()
        )
    );
    let log = server.get("/api/v1/repos/acme/fraud/decisions").await;
    assert_eq!(log.status, 503);
}
