//! Answers that are lost, late, elsewhere or wrong.

use super::*;

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
