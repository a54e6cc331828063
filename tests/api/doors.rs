//! Who is told: one door for each access.

use labhand::web::Access;
use reqwest::Client;
use serde_json::json;

use crate::scene::{self, policy};
use crate::server::{Server, told};

const LOG: &str = "/api/v1/repos/acme/fraud/decisions";

const PATHS: [&str; 5] = [
    "/api/v1/repos",
    LOG,
    "/api/v1/repos/acme/fraud/sprints",
    "/api/v1/repos/acme/fraud/figures",
    "/api/v1/nowhere",
];

#[tokio::test]
async fn local_is_for_who_asks_directly() {
    let server = Server::start(Access::Local).await;
    scene::fraud(&server, true).await;
    assert_eq!(server.get(LOG).await.status, 200);
    for path in PATHS {
        for (header, value) in [
            ("x-forwarded-for", "127.0.0.1"),
            ("forwarded", "for=127.0.0.1"),
            ("via", "1.1 proxy"),
            ("host", "evil.example"),
        ] {
            let answer = told(server.request(path).header(header, value)).await;
            assert_eq!(answer.status, 403, "{path} {header}");
        }
    }
    let proxied = told(server.request(LOG).header("x-real-ip", "127.0.0.1")).await;
    insta::assert_snapshot!(proxied.error().1, @"this is only for programs on labhand's own machine that ask it directly; to let in others, set web.access (LABHAND_WEB__ACCESS) to token, github or public");
}

#[tokio::test]
async fn the_token_is_asked_for_before_anything_is_told() {
    let server = Server::start(Access::token("correct-horse-battery")).await;
    scene::fraud(&server, true).await;
    for path in PATHS {
        for sent in ["", "Bearer", "Bearer wrong", "Basic correct-horse-battery"] {
            let answer = told(server.request(path).header("authorization", sent)).await;
            assert_eq!(answer.status, 401, "{path} {sent}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
            assert!(answer.error().1.contains("LABHAND_WEB__TOKEN"));
        }
        assert_eq!(server.get(path).await.status, 401, "{path}");
    }
    let right = server
        .request(LOG)
        .bearer_auth("correct-horse-battery")
        .header("x-forwarded-for", "192.0.2.7");
    let answer = told(right).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["repo"], "acme/fraud");
}

#[tokio::test]
async fn in_public_private_repositories_do_not_exist() {
    let server = Server::start(Access::Public).await;
    scene::fraud(&server, true).await;
    let unknown = server.get("/api/v1/repos/acme/nowhere/decisions").await;
    for path in [
        "decisions",
        "sprints",
        "figures",
        "decisions?verdict=abandon",
    ] {
        let private = server
            .get(&format!("/api/v1/repos/acme/fraud/{path}"))
            .await;
        assert_eq!((private.status, &private.text), (404, &unknown.text));
    }
    let listed = server.get("/api/v1/repos").await.json();
    assert_eq!(listed, json!({"repos": []}));
}

#[tokio::test]
async fn in_public_everybody_reads_what_is_public() {
    let server = Server::start(Access::Public).await;
    scene::fraud(&server, false).await;
    let anybody = server.request(LOG).header("x-forwarded-for", "192.0.2.7");
    let log = told(anybody).await.json();
    // What was opened in a repository that may not be seen is not told.
    let earlier = &log["decisions"][2];
    assert_eq!(earlier["verdict"], "more-research");
    assert_eq!(earlier["opened"], json!(null));
    let lab = json!({"now": {"name": "acme/lab", "private": false}});
    server.repo(71, "acme/lab", &policy(), lab).await;
    let log = server.get(LOG).await.json();
    assert_eq!(
        log["decisions"][2]["opened"],
        json!({"repo": "acme/lab", "number": 3})
    );
}

#[tokio::test]
async fn in_public_only_what_github_has_called_public_is() {
    let server = Server::start(Access::Public).await;
    let public = json!({"name": "acme/x", "private": false});
    // Its name is all that is known: it was never read.
    let unread = json!({"now": public, "labels": null});
    server.repo(1, "acme/x", &policy(), unread).await;
    assert_eq!(server.get("/api/v1/repos/acme/x/figures").await.status, 404);
    // Nobody tells any more when it becomes private.
    let removed = json!({"now": public, "removed": true});
    server.repo(1, "acme/x", &policy(), removed).await;
    assert_eq!(server.get("/api/v1/repos/acme/x/figures").await.status, 404);
    assert_eq!(server.get("/api/v1/repos").await.json()["repos"], json!([]));
    server
        .repo(1, "acme/x", &policy(), json!({"now": public}))
        .await;
    assert_eq!(server.get("/api/v1/repos/acme/x/figures").await.status, 200);
    // The name went to another repository, which is private.
    server.repo(2, "acme/X", &policy(), json!({})).await;
    assert_eq!(server.get("/api/v1/repos/acme/x/figures").await.status, 404);
    assert_eq!(server.get("/api/v1/repos").await.json()["repos"], json!([]));
}

#[tokio::test]
async fn the_other_routes_have_no_such_door() {
    for access in [Access::Local, Access::token("correct-horse-battery")] {
        let server = Server::start(access).await;
        for path in ["/healthz", "/readyz", "/metrics"] {
            let request = server.request(path).header("x-forwarded-for", "192.0.2.7");
            assert_eq!(told(request).await.status, 200, "{path}");
        }
        let url = format!("http://{}/webhooks/github", server.address);
        let unsigned = Client::new().post(url).header("host", "labhand.example");
        assert_eq!(told(unsigned).await.status, 415);
    }
}
