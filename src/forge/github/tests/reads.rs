//! What is read: lists to their last page, files, teams, and who edited.

use super::*;

#[tokio::test]
async fn lists_are_read_to_their_last_page_and_no_further() {
    let server = Server::start(|seen| {
        let page = |next: &str, id: u64| {
            let link = format!("<{next}>; rel=\"next\", <http://x/>; rel=\"last\"");
            answer_with(
                200,
                &[("link", &link)],
                &json!([{"id": id, "name": format!("label {id}")}]),
            )
        };
        match seen.line.as_str() {
            "GET /repos/acme/fraud/labels?per_page=100" => {
                page("/repos/acme/fraud/labels?page=2", 1)
            }
            "GET /repos/acme/fraud/labels?page=2" => {
                answer(200, &json!([{"id": 2, "name": "label 2"}]))
            }
            "GET /repos/acme/circle/labels?per_page=100" => {
                page("/repos/acme/circle/labels?per_page=100", 1)
            }
            _ => page("https://elsewhere.example/", 1),
        }
    })
    .await;
    let github = with_token(&server.url);
    let labels = github.labels(&repo()).await.expect("labels");
    assert_eq!(labels.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [1, 2]);

    for (name, words) in [("acme/circle", "1000 pages"), ("acme/away", "elsewhere")] {
        let repo = RepoRef {
            name: name.parse().expect("a name"),
            ..repo()
        };
        let error = github.labels(&repo).await.expect_err("no end");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn only_our_own_comment_with_the_marker_is_found() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /user" => answer(200, &json!({"id": 77, "login": "labhand-machine"})),
        line => {
            assert_eq!(line, "GET /repos/acme/fraud/issues/48/comments?per_page=100");
            let marked = "text\n<!-- labhand:status -->";
            answer(
                200,
                &json!([
                    {"id": 1, "body": marked, "user": {"id": 501, "login": "mira"}},
                    {"id": 2, "body": marked, "user": null},
                    {"id": 3, "body": "<!-- labhand:checklist -->", "user": {"id": 77, "login": "labhand-machine"}},
                    {"id": 4, "body": marked, "user": {"id": 77, "login": "labhand-machine"}},
                ]),
            )
        }
    })
    .await;
    let github = with_token(&server.url);
    let found = github.find(&repo(), &create_comment()).await;
    assert_eq!(found, Ok(Some(made(4))));
    assert_eq!(github.find(&repo(), &edit_comment()).await, Ok(None));
}

#[tokio::test]
async fn a_file_is_there_or_not() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /repos/acme/.github/contents/labhand.yml" => answer(
            200,
            &json!({"type": "file", "encoding": "base64", "content": "ZW5hYmxlZDogdHJ1\nZQ==\n"}),
        ),
        "GET /repos/acme/fraud/contents/docs%2Fcards" => answer(200, &json!([{"type": "file"}])),
        _ => answer(404, &json!({"message": "Not Found"})),
    })
    .await;
    let github = with_token(&server.url);
    let organisation: RepoName = "acme/.github".parse().expect("a name");
    let file = github.file(&repo(), &organisation, "labhand.yml").await;
    assert_eq!(file, Ok(Some("enabled: true".to_owned())));
    let folder = github.file(&repo(), &repo().name, "docs/cards").await;
    assert_eq!(folder, Ok(None));
    let none = github
        .file(&repo(), &repo().name, ".github/labhand.yml")
        .await;
    assert_eq!(none, Ok(None));
}

#[tokio::test]
async fn no_member_is_told_apart_from_no_team() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /orgs/acme/teams/ml/memberships/mira" => answer(200, &json!({"state": "active"})),
        "GET /orgs/acme/teams/new/memberships/mira" => answer(200, &json!({"state": "pending"})),
        "GET /orgs/acme/teams/data/members?per_page=1" => answer(200, &json!([])),
        _ => answer(404, &json!({"message": "Not Found"})),
    })
    .await;
    let github = with_token(&server.url);
    let (repo, mira) = (repo(), mira());
    let is_in = |team| github.in_team(&repo, team, &mira);
    assert_eq!(is_in("acme/ml").await, Ok(true));
    assert_eq!(is_in("acme/new").await, Ok(false));
    assert_eq!(is_in("acme/data").await, Ok(false));
    assert!(matches!(
        is_in("acme/none").await,
        Err(CallError::Missing(_))
    ));
    assert!(matches!(
        is_in("nonsense").await,
        Err(CallError::Missing(_))
    ));
    assert_eq!(github.permission(&repo, &mira).await, Ok(Permission::None));
}

/// A page with another one behind it.
fn page(body: &Value, next: &str) -> Response {
    answer_with(200, &[("link", &format!("<{next}>; rel=\"next\""))], body)
}

#[tokio::test]
async fn milestones_are_read_open_and_closed_to_the_last_page() {
    let shown = |number: u64, state: &str| {
        json!([{
            "number": number, "title": format!("Sprint {number}"), "state": state,
            "description": "Starts: 2026-11-23", "due_on": "2026-12-04T08:00:00Z",
            "created_at": "2026-11-19T09:00:00Z", "updated_at": "2026-11-20T09:00:00Z",
            "closed_at": "2026-12-04T17:00:00Z"
        }])
    };
    let server = Server::start(move |seen| match seen.line.as_str() {
        "GET /repos/acme/fraud/milestones?state=all&per_page=100" => page(
            &shown(12, "open"),
            "/repositories/7001/milestones?state=all&per_page=100&page=2",
        ),
        "GET /repositories/7001/milestones?state=all&per_page=100&page=2" => {
            answer(200, &shown(11, "closed"))
        }
        "GET /repos/acme/timeless/milestones?state=all&per_page=100" => {
            answer(200, &json!([{"number": 1, "title": "Sprint 1"}]))
        }
        other => panic!("{other}"),
    })
    .await;
    let github = with_token(&server.url);
    let milestones = github.milestones(&repo()).await.expect("milestones");
    let instant = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let told: Vec<_> = milestones
        .iter()
        .map(|(milestone, changed)| (milestone.number, milestone.closed_at, *changed))
        .collect();
    let changed = instant("2026-11-20T09:00:00Z");
    let closed = instant("2026-12-04T17:00:00Z");
    assert_eq!(told, [(12, None, changed), (11, Some(closed), changed)]);

    let timeless = RepoRef {
        name: "acme/timeless".parse().expect("a name"),
        ..repo()
    };
    let error = github.milestones(&timeless).await.expect_err("no time");
    assert!(matches!(error, CallError::Unreadable(_)), "{error:?}");
}

#[tokio::test]
async fn maintainers_are_people_who_may_maintain_whatever_their_role_is_called() {
    let listed = |id: u64, login: &str, kind: &str, may: &str| {
        let (maintain, admin) = (may != "push", may == "admin");
        json!({
            "id": id, "login": login, "type": kind, "role_name": "lead scientist",
            "permissions": {"pull": true, "push": true, "maintain": maintain, "admin": admin}
        })
    };
    let next = "/repositories/7001/collaborators?permission=maintain&per_page=100&page=2";
    let server = Server::start(move |seen| {
        let mira = listed(501, "mira", "User", "maintain");
        let robot = listed(77, "robot[bot]", "Bot", "admin");
        let pusher = listed(503, "pusher", "User", "push");
        let lena = listed(504, "lena", "User", "admin");
        match seen.line.as_str() {
            "GET /repos/acme/fraud/collaborators?permission=maintain&per_page=100" => {
                page(&json!([robot, pusher]), next)
            }
            line if line.strip_prefix("GET ") == Some(next) => answer(200, &json!([mira])),
            "GET /repos/acme/fraud/collaborators?permission=admin&per_page=100" => {
                let unsaid = json!({"id": 505, "login": "unsaid", "type": "User"});
                answer(200, &json!([lena, mira, unsaid]))
            }
            other => panic!("{other}"),
        }
    })
    .await;
    let maintainers = with_token(&server.url).maintainers(&repo()).await;
    let maintainers = maintainers.expect("maintainers");
    let logins: Vec<_> = maintainers.iter().map(|it| it.login.as_str()).collect();
    assert_eq!(logins, ["mira", "lena"]);
}

#[tokio::test]
async fn members_of_a_team_are_read_to_the_last_page() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /orgs/acme/teams/ml/members?per_page=100" => page(
            &json!([{"id": 501, "login": "mira", "type": "User"}]),
            "/organizations/1/team/2/members?per_page=100&page=2",
        ),
        "GET /organizations/1/team/2/members?per_page=100&page=2" => {
            answer(200, &json!([{"id": 502, "login": "jonas", "type": "User"}]))
        }
        _ => answer(404, &json!({"message": "Not Found"})),
    })
    .await;
    let github = with_token(&server.url);
    let members = github.team_members(&repo(), "acme/ml").await;
    let members = members.expect("members");
    assert_eq!(members[0], mira());
    assert_eq!(members[1].login.as_str(), "jonas");
    for nobody in ["acme/none", "nonsense"] {
        let missing = github.team_members(&repo(), nobody).await;
        assert!(matches!(missing, Err(CallError::Missing(_))), "{missing:?}");
    }
}

#[tokio::test]
async fn closing_references_are_read_on_and_only_of_this_repository() {
    let server = Server::start(|seen| {
        let page = |nodes: Value, next: Option<&str>| {
            let info = json!({"hasNextPage": next.is_some(), "endCursor": next});
            let references = json!({"nodes": nodes, "pageInfo": info});
            answer(200, &json!({"data": {"repository": {"pullRequest": {"closingIssuesReferences": references}}}}))
        };
        let issue = |number: u64, repo: u64| json!({"number": number, "repository": {"databaseId": repo}});
        assert_eq!(seen.line, "POST /api/graphql");
        match seen.body["variables"]["after"].as_str() {
            None => page(json!([issue(57, 7001), null, issue(3, 8)]), Some("next")),
            Some(_) => page(json!([issue(58, 7001)]), None),
        }
    })
    .await;
    // Enterprise: GraphQL is beside REST, not below it.
    let github = with_token(&format!("{}/api/v3", server.url));
    let closes = github.pull_links(&repo(), ItemNumber(62)).await;
    let closes = closes.map(|links| links.closes);
    assert_eq!(closes, Ok(vec![ItemNumber(57), ItemNumber(58)]));
    assert_eq!(server.last().authorization, format!("Bearer {TOKEN}"));
}

/// Who edited since we did, where the history is this: `(time, editor)`.
async fn editor_since_ours(edits: &[(&str, Value)]) -> Option<(UserId, String)> {
    let nodes: Vec<Value> = edits
        .iter()
        .map(|(at, editor)| json!({"editedAt": at, "editor": editor}))
        .collect();
    let server = Server::start(move |seen| match seen.line.as_str() {
        "GET /user" => answer(200, &json!({"login": "labhand[bot]", "id": 901})),
        line if line.starts_with("GET") => {
            answer(200, &json!({"id": 9, "node_id": "IC_9", "body": "text"}))
        }
        _ => {
            assert_eq!(seen.body["variables"], json!({"id": "IC_9"}));
            answer(
                200,
                &json!({"data": {"node": {"userContentEdits": {"nodes": nodes}}}}),
            )
        }
    })
    .await;
    let github = with_token(&server.url);
    let editor = github.editor_since_ours(&repo(), CommentId(9)).await;
    assert_eq!(server.last().line, "POST /graphql");
    let editor = editor.expect("an answer");
    editor.map(|user| (user.id, user.login.as_str().to_owned()))
}

#[tokio::test]
async fn a_tick_belongs_to_the_one_person_who_edited_since_we_did() {
    let person =
        |login: &str, id: u64| json!({"__typename": "User", "login": login, "databaseId": id});
    let mira = || person("mira", 501);
    let own = || json!({"__typename": "Bot", "login": "labhand", "databaseId": 901});
    let other_bot = || json!({"__typename": "Bot", "login": "tidy", "databaseId": 902});
    let (early, late) = ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z");
    let found = Some((UserId(501), "mira".to_owned()));
    assert_eq!(
        editor_since_ours(&[(early, own()), (late, mira())]).await,
        found
    );
    // Of one second, the newest first.
    assert_eq!(
        editor_since_ours(&[(late, mira()), (late, own())]).await,
        found
    );
    assert_eq!(
        editor_since_ours(&[(late, own()), (early, mira())]).await,
        None
    );
    let ana = || person("ana", 502);
    assert_eq!(
        editor_since_ours(&[(late, ana()), (late, mira()), (early, own())]).await,
        None
    );
    assert_eq!(
        editor_since_ours(&[(late, Value::Null), (late, mira()), (early, own())]).await,
        None
    );
    assert_eq!(
        editor_since_ours(&[(late, other_bot()), (early, own())]).await,
        None
    );
}
