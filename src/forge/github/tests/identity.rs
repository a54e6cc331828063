//! As whom labhand speaks: an App with its tokens, or a machine account.

use super::*;

#[tokio::test]
async fn an_installation_keeps_its_token_until_it_is_refused() {
    let (github, server) = app(|seen| match seen.authorization.as_str() {
        "Bearer ghs_1" if seen.line.ends_with("/2") => {
            answer(401, &json!({"message": "Bad credentials"}))
        }
        _ => answer(200, &json!({"id": 1})),
    })
    .await;
    for comment in [1, 1, 2] {
        let call = Call::EditComment {
            comment: CommentId(comment),
            body: String::new(),
        };
        assert_eq!(github.perform(&repo(), &call).await, Ok(Done::Nothing));
    }
    let minted = "POST /app/installations/31/access_tokens";
    let edit = |comment: u64| format!("PATCH /repos/acme/fraud/issues/comments/{comment}");
    assert_eq!(
        server.lines(),
        [minted, &edit(1), &edit(1), &edit(2), minted, &edit(2)]
    );
}

#[tokio::test]
async fn an_app_knows_itself_by_its_bot_account() {
    let (github, server) = app(|seen| match seen.line.as_str() {
        "GET /app" => answer(200, &json!({"id": 9, "slug": "labhand"})),
        "GET /app/installations?per_page=1" => answer(200, &json!([{"id": 31}])),
        "GET /users/labhand%5Bbot%5D" if seen.authorization == "Bearer ghs_1" => answer(
            200,
            &json!({"id": 901, "login": "labhand[bot]", "type": "Bot"}),
        ),
        other => panic!("{other}"),
    })
    .await;
    for _ in 0..2 {
        let own = github.own_account().await.expect("an account");
        assert_eq!((own.id, own.login.as_str()), (UserId(901), "labhand[bot]"));
    }
    assert_eq!(server.lines().len(), 4, "asked once: {:?}", server.lines());
}

#[tokio::test]
async fn a_refused_app_is_told_so_without_its_key() {
    let (github, _server) = app(|_| {
        answer(
            401,
            &json!({"message": "A JSON web token could not be decoded"}),
        )
    })
    .await;
    let error = github.own_account().await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "GitHub does not let us in (401): A JSON web token could not be decoded"
    );
    assert_eq!(format!("{github:?}"), "GitHub { app_id: Some(9), .. }");
    assert!(matches!(
        GitHub::app(
            "https://api.github.com",
            9,
            &SecretString::from("no key"),
            Arc::new(|_| ())
        ),
        Err(SetupError::PrivateKey)
    ));
}

#[tokio::test]
async fn a_token_with_a_line_break_is_refused_at_the_start() {
    let token = |token: &str| {
        let token = SecretString::from(token);
        GitHub::token("https://api.github.com", &token, Arc::new(|_| ()))
    };
    assert!(matches!(token("ghp_x\n"), Err(SetupError::Token)));
    assert!(matches!(token(""), Err(SetupError::Token)));
    assert!(token("ghp_x").is_ok());
}
