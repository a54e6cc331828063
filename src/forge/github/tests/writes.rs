//! Each write as GitHub gets it, by an App and with a token.

use super::*;

#[tokio::test]
async fn every_write_is_one_request() {
    let server = Server::start(|_| answer(200, &json!({"id": 5, "number": 6}))).await;
    let github = with_token(&server.url);
    let number = ItemNumber(48);
    let comment = Some(CommentId(9));
    let label = "stage/active".to_owned();
    let reaction = Reaction::Eyes;
    let how = CloseReason::NotPlanned;
    let slot = Slot("board".to_owned());
    let nothing = Done::Nothing;
    let at = "/repos/acme/fraud";
    let expected = [
        (
            Call::AddLabels {
                number,
                labels: vec![label.clone()],
            },
            format!("POST {at}/issues/48/labels"),
            json!({"labels": ["stage/active"]}),
            nothing.clone(),
        ),
        (
            Call::RemoveLabel { number, label },
            format!("DELETE {at}/issues/48/labels/stage%2Factive"),
            Value::Null,
            nothing.clone(),
        ),
        (
            create_comment(),
            format!("POST {at}/issues/48/comments"),
            json!({"body": "### 🧪 Experiment\n<!-- labhand:status -->"}),
            made(5),
        ),
        (
            edit_comment(),
            format!("PATCH {at}/issues/comments/9"),
            json!({"body": "text"}),
            nothing.clone(),
        ),
        (
            Call::React {
                number,
                comment,
                reaction,
            },
            format!("POST {at}/issues/comments/9/reactions"),
            json!({"content": "eyes"}),
            nothing.clone(),
        ),
        (
            Call::React {
                number,
                comment: None,
                reaction,
            },
            format!("POST {at}/issues/48/reactions"),
            json!({"content": "eyes"}),
            nothing.clone(),
        ),
        (
            Call::Close { number, how },
            format!("PATCH {at}/issues/48"),
            json!({"state": "closed", "state_reason": "not_planned"}),
            nothing.clone(),
        ),
        (
            Call::Reopen { number },
            format!("PATCH {at}/issues/48"),
            json!({"state": "open"}),
            nothing.clone(),
        ),
        (
            Call::CreateIssue {
                slot,
                title: "Board".to_owned(),
                body: "text".to_owned(),
                labels: vec!["labhand/board".to_owned()],
            },
            format!("POST {at}/issues"),
            json!({"title": "Board", "body": "text", "labels": ["labhand/board"]}),
            Done::Issue(ItemNumber(6)),
        ),
        (
            Call::EditIssue {
                number,
                body: "text".to_owned(),
            },
            format!("PATCH {at}/issues/48"),
            json!({"body": "text"}),
            nothing,
        ),
    ];
    for (call, line, body, done) in expected {
        assert_eq!(github.perform(&repo(), &call).await, Ok(done), "{call:?}");
        let seen = server.last();
        assert_eq!((seen.line, seen.body), (line, body));
        assert_eq!(seen.authorization, format!("Bearer {TOKEN}"));
    }
    assert_eq!(server.lines().len(), 10);
}

#[tokio::test]
async fn what_is_already_as_wanted_is_no_error() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /repos/acme/fraud/labels/kind%2Fresearch" => {
            answer(200, &json!({"id": 77, "name": "kind/research"}))
        }
        line if line.starts_with("POST") => answer(
            422,
            &json!({"message": "Validation Failed", "errors": [{"code": "already_exists"}]}),
        ),
        _ => answer(404, &json!({"message": "Label does not exist"})),
    })
    .await;
    let github = with_token(&server.url);
    let create = Call::CreateLabel(LabelSpec {
        name: "kind/research".to_owned(),
        color: "5319e7".to_owned(),
        description: String::new(),
    });
    assert_eq!(github.perform(&repo(), &create).await, Ok(Done::Label(77)));
    let remove = Call::RemoveLabel {
        number: ItemNumber(48),
        label: "stage/active".to_owned(),
    };
    assert_eq!(github.perform(&repo(), &remove).await, Ok(Done::Nothing));
}

#[tokio::test]
async fn a_token_writes_commit_statuses_that_fit() {
    let server = Server::start(|_| answer(201, &json!({"id": 5}))).await;
    let github = with_token(&server.url);
    let done = github.perform(&repo(), &write_check(None)).await;
    assert_eq!(done, Ok(Done::Check(0)));
    let Seen { line, body, .. } = server.last();
    assert_eq!(
        line,
        format!("POST /repos/acme/fraud/statuses/{}", "a".repeat(40))
    );
    assert_eq!(
        (&body["context"], &body["state"]),
        (&json!("labhand/handoff"), &json!("success"))
    );
    assert_eq!(
        body["target_url"],
        format!("{}/acme/fraud/pull/62", server.url)
    );
    assert_eq!(
        body["description"].as_str().map(|it| it.chars().count()),
        Some(140)
    );
}

#[tokio::test]
async fn an_app_writes_check_runs_that_fit_and_finds_them_again() {
    let (github, server) = app(|seen| {
        if seen.line.starts_with("GET") {
            let marker = "<!-- labhand:check:labhand/handoff:62 -->";
            let others =
                json!({"id": 1, "external_id": "<!-- labhand:check:labhand/handoff:63 -->"});
            answer(
                200,
                &json!({"check_runs": [others, {"id": 2, "external_id": marker}]}),
            )
        } else {
            answer(201, &json!({"id": 8}))
        }
    })
    .await;
    let create = write_check(None);
    assert_eq!(github.perform(&repo(), &create).await, Ok(Done::Check(8)));
    let Seen { line, body, .. } = server.last();
    assert_eq!(line, "POST /repos/acme/fraud/check-runs");
    assert_eq!(body["head_sha"], "a".repeat(40));
    assert_eq!(
        (&body["status"], &body["conclusion"]),
        (&json!("completed"), &json!("neutral"))
    );
    assert_eq!(
        body["output"]["summary"].as_str().map(str::len),
        Some(65_534)
    );
    assert_eq!(
        body["output"]["title"]
            .as_str()
            .map(|it| it.chars().count()),
        Some(255)
    );

    assert_eq!(
        github.perform(&repo(), &write_check(Some(8))).await,
        Ok(Done::Check(8))
    );
    let Seen { line, body, .. } = server.last();
    assert_eq!(line, "PATCH /repos/acme/fraud/check-runs/8");
    assert_eq!(body.get("head_sha"), None);

    assert_eq!(
        github.find(&repo(), &create).await,
        Ok(Some(Done::Check(2)))
    );
    assert!(
        server
            .last()
            .line
            .contains("check_name=labhand%2Fhandoff&app_id=9")
    );
}
