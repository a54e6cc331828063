//! The stand-in for GitHub, seen from outside: by a client that signs in as an App, and by
//! whoever receives its webhooks.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use labhand::domain::ids::ItemNumber;
use labhand::sim::{Answer, Fault, Selection, Sim, SimOptions};
use octocrab::Octocrab;
use octocrab::jsonwebtoken as jwt;
use octocrab::models::AppId;
use serde_json::{Value, json};
use sha2::Sha256;

const SECRET: &str = "a secret of the tests";

async fn github() -> Sim {
    let gh = Sim::start(SimOptions {
        webhook_secret: SECRET.to_owned(),
        clock: Box::new(|| "2026-11-23T09:00:00.5Z".parse::<Timestamp>().unwrap()),
        ..SimOptions::default()
    })
    .await
    .unwrap();
    gh.user("mira");
    gh.user("ana");
    gh.repo("acme/fraud");
    gh.collaborator("acme/fraud", "mira", "maintain");
    gh.install("acme", Selection::Only(&["acme/fraud"]));
    gh
}

/// A client of the App's installation that signs its own tokens.
async fn bot(gh: &Sim) -> Octocrab {
    let key = jwt::EncodingKey::from_rsa_pem(gh.private_key_pem().as_bytes()).unwrap();
    let app = Octocrab::builder()
        .base_uri(gh.url())
        .unwrap()
        .app(AppId(gh.app_id()), key)
        .build()
        .unwrap();
    let installation: Value = app
        .get("/repos/acme/fraud/installation", None::<&()>)
        .await
        .unwrap();
    app.installation(installation["id"].as_u64().unwrap().into())
        .unwrap()
}

/// One call with the machine account's token: status, headers, body.
async fn raw(gh: &Sim, method: &str, path: &str, body: Option<Value>) -> (u16, HeaderMap, Value) {
    let address = if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("{}{path}", gh.url())
    };
    let mut request = reqwest::Client::new()
        .request(method.parse().unwrap(), address)
        .header("user-agent", "tests")
        .header("authorization", format!("Bearer {}", gh.token()));
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    (status, headers, answer.json().await.unwrap_or(Value::Null))
}

/// What a receiver of webhooks got: event, action and payload, with the signature verified.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Vec<(String, Value)>>>);

impl Ear {
    async fn listen(gh: &Sim) -> Self {
        let ear = Self::default();
        let heard = ear.clone();
        let router = Router::new().route(
            "/hook",
            post(move |headers: HeaderMap, body: String| async move {
                let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.update(body.as_bytes());
                let expected = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
                assert_eq!(headers["x-hub-signature-256"], expected.as_str());
                let event = headers["x-github-event"].to_str().unwrap().to_owned();
                heard
                    .0
                    .lock()
                    .unwrap()
                    .push((event, serde_json::from_str(&body).unwrap()));
                axum::http::StatusCode::ACCEPTED
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        gh.hook_to(&format!("http://{}/hook", listener.local_addr().unwrap()));
        tokio::spawn(async move { axum::serve(listener, router).await });
        ear
    }

    fn take(&self) -> Vec<(String, Value)> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// `event.action` of what came since the last time.
    fn names(&self) -> Vec<String> {
        self.take()
            .iter()
            .map(|(event, payload)| match payload["action"].as_str() {
                Some(action) => format!("{event}.{action}"),
                None => event.clone(),
            })
            .collect()
    }
}

#[tokio::test]
async fn an_issue_with_labels_sends_opened_and_then_each_label() {
    let gh = github().await;
    let ear = Ear::listen(&gh).await;
    let mira = gh.as_user("acme/fraud", "mira");
    mira.open_issue("Test BERT vs GPT")
        .body("Hypothesis: it works")
        .labels(&["kind/experiment", "stage/ideation"])
        .assign(&["mira"])
        .send();
    assert!(gh.deliver().await.iter().all(|status| *status == 202));
    let heard = ear.take();
    let names: Vec<String> = heard
        .iter()
        .map(|(event, p)| format!("{event}.{}", p["action"].as_str().unwrap()))
        .collect();
    assert_eq!(
        names,
        [
            "installation.created",
            "label.created",
            "label.created",
            "issues.opened",
            "issues.labeled",
            "issues.labeled",
            "issues.assigned"
        ]
    );
    let opened = &heard[3].1;
    assert_eq!(opened["sender"]["login"], "mira");
    assert_eq!(opened["issue"]["created_at"], "2026-11-23T09:00:00Z");
    assert!(opened["installation"]["id"].is_u64());
    assert_eq!(opened["organization"]["login"], "acme");
}

#[tokio::test]
async fn the_bots_own_writes_come_back_as_events_of_its_own_account() {
    let gh = github().await;
    let mira = gh.as_user("acme/fraud", "mira");
    let n = mira.open_issue("Something").send();
    gh.take_deliveries();
    let ear = Ear::listen(&gh).await;
    let bot = bot(&gh).await;
    let comment: Value = bot
        .post(
            format!("/repos/acme/fraud/issues/{n}/comments"),
            Some(&json!({ "body": "- [ ] `serving` Serving" })),
        )
        .await
        .unwrap();
    assert_eq!(comment["user"]["login"], "labhand[bot]");
    assert_eq!(comment["user"]["type"], "Bot");
    assert_eq!(comment["performed_via_github_app"]["slug"], "labhand");

    let view = gh.issue("acme/fraud", n);
    mira.tick(view.comments[0].id, "serving");
    gh.deliver().await;
    let heard = ear.take();
    assert_eq!(heard[0].1["sender"]["login"], "labhand[bot]");
    assert_eq!(heard[1].1["action"], "edited");
    assert_eq!(heard[1].1["sender"]["login"], "mira");
    assert_eq!(
        heard[1].1["changes"]["body"]["from"],
        "- [ ] `serving` Serving"
    );
    let view = gh.issue("acme/fraud", n);
    assert_eq!(view.comments[0].body, "- [x] `serving` Serving");
    assert_eq!(view.comments[0].edited_times, 1);
    assert_eq!(gh.writes().len(), 1);
}

#[tokio::test]
async fn an_app_sees_only_what_it_is_installed_on() {
    let gh = github().await;
    gh.repo("acme/other");
    let bot = bot(&gh).await;
    let list: Value = bot
        .get("/installation/repositories", None::<&()>)
        .await
        .unwrap();
    assert_eq!(list["total_count"], 1);
    let error = bot
        .get::<Value, _, ()>("/repos/acme/other", None::<&()>)
        .await
        .unwrap_err();
    let octocrab::Error::GitHub { source, .. } = error else {
        panic!("not GitHub's error: {error}")
    };
    assert_eq!(source.status_code.as_u16(), 404);
}

#[tokio::test]
async fn lists_come_in_pages_with_links() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    for number in 0..65 {
        mira.create_label(&format!("label {number}"));
    }
    let (status, headers, first) = raw(&gh, "GET", "/repos/acme/fraud/labels", None).await;
    assert_eq!(status, 200);
    assert_eq!(first.as_array().unwrap().len(), 30);
    let link = headers["link"].to_str().unwrap();
    let next = link.split(['<', '>']).nth(1).unwrap();
    assert!(link.contains("rel=\"last\""));
    let (_, _, second) = raw(&gh, "GET", next, None).await;
    assert_eq!(second[0]["name"], "label 30");
    let (_, headers, last) = raw(
        &gh,
        "GET",
        "/repos/acme/fraud/labels?per_page=60&page=2",
        None,
    )
    .await;
    assert_eq!(last.as_array().unwrap().len(), 5);
    assert!(!headers["link"].to_str().unwrap().contains("next"));
}

#[tokio::test]
async fn what_is_too_long_or_double_is_refused() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    let n = mira.open_issue("Something").send();
    let comments = format!("/repos/acme/fraud/issues/{n}/comments");
    let longest = "ä".repeat(65_536);
    let (status, ..) = raw(&gh, "POST", &comments, Some(json!({ "body": longest }))).await;
    assert_eq!(status, 201);
    let too_long = format!("{longest}.");
    let (status, ..) = raw(&gh, "POST", &comments, Some(json!({ "body": too_long }))).await;
    assert_eq!(status, 422);
    let labels = "/repos/acme/fraud/labels";
    let label = json!({ "name": "kind/research", "color": "5319e7", "description": "x" });
    let (status, ..) = raw(&gh, "POST", labels, Some(label.clone())).await;
    assert_eq!(status, 201);
    let (status, _, error) = raw(&gh, "POST", labels, Some(label)).await;
    assert_eq!(status, 422);
    assert_eq!(error["errors"][0]["code"], "already_exists");
    let label = json!({ "name": "a", "color": "5319e7", "description": "d".repeat(101) });
    let (status, ..) = raw(&gh, "POST", labels, Some(label)).await;
    assert_eq!(status, 422);
    let (status, _, on) = raw(
        &gh,
        "POST",
        &format!("/repos/acme/fraud/issues/{n}/labels"),
        Some(json!({ "labels": ["kind/research", "brand new"] })),
    )
    .await;
    assert_eq!((status, &on[1]["color"]), (200, &json!("ededed")));
    let (status, _, rest) = raw(
        &gh,
        "DELETE",
        &format!("/repos/acme/fraud/issues/{n}/labels/kind%2Fresearch"),
        None,
    )
    .await;
    assert_eq!((status, rest.as_array().unwrap().len()), (200, 1));
    let (status, ..) = raw(
        &gh,
        "DELETE",
        &format!("/repos/acme/fraud/issues/{n}/labels/kind%2Fresearch"),
        None,
    )
    .await;
    assert_eq!(status, 404);
    let (status, ..) = raw(
        &gh,
        "POST",
        "/repos/acme/fraud/check-runs",
        Some(json!({ "name": "x", "head_sha": "y" })),
    )
    .await;
    assert_eq!(status, 403, "check runs are for Apps");
}

#[tokio::test]
async fn an_issue_is_created_with_labels_that_nobody_defined_but_not_with_a_long_title() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let issues = "/repos/acme/fraud/issues";
    let new = json!({ "title": "t".repeat(256), "labels": ["labhand/sprint"] });
    let (status, _, created) = raw(&gh, "POST", issues, Some(new)).await;
    assert_eq!(
        (status, &created["labels"][0]["color"]),
        (201, &json!("ededed"))
    );
    assert_eq!(gh.labels("acme/fraud")[0].name, "labhand/sprint");
    let new = json!({ "title": "t".repeat(257) });
    let (status, _, error) = raw(&gh, "POST", issues, Some(new)).await;
    assert_eq!(
        (status, &error["errors"][0]["field"]),
        (422, &json!("title"))
    );
    assert_eq!(gh.issues("acme/fraud").len(), 1);
}

#[tokio::test]
async fn a_transferred_issue_takes_along_what_is_known_there() {
    let gh = github().await;
    gh.repo("acme/other");
    gh.install("acme", Selection::All);
    gh.collaborator("acme/fraud", "ana", "write");
    gh.collaborator("acme/other", "ana", "write");
    for repo in ["acme/fraud", "acme/other"] {
        gh.collaborator(repo, "labhand-machine", "write");
    }
    let (here, there) = (
        gh.as_user("acme/fraud", "mira"),
        gh.as_user("acme/other", "ana"),
    );
    let due = "2026-12-04T12:00:00Z".parse().unwrap();
    here.milestone("Sprint 11", None);
    let sprint = here.milestone("Sprint 12", Some(due));
    there.create_label("Kind/Experiment");
    there.open_issue("Number one").send();
    there.milestone("Sprint 12", Some(due));
    let old = here
        .open_issue("Test BERT vs GPT")
        .labels(&["kind/experiment", "stage/active"])
        .assign(&["mira", "ana"])
        .milestone(sprint)
        .send();
    here.comment(old, "Who does it?");
    let bot = bot(&gh).await;
    let _: Value = bot
        .post(
            format!("/repos/acme/fraud/issues/{old}/comments"),
            Some(&json!({ "body": "### Status" })),
        )
        .await
        .unwrap();
    let before = gh.issue("acme/fraud", old);
    gh.take_deliveries();
    let ear = Ear::listen(&gh).await;
    let new = here.transfer(old, "acme/other");
    gh.deliver().await;
    let heard = ear.take();
    let of = |action: &str| {
        let mut payloads = heard.iter().map(|(_, payload)| payload);
        payloads
            .find(|payload| payload["action"] == action)
            .unwrap()
    };
    assert_eq!(heard.len(), 2);
    let changes = &of("transferred")["changes"];
    assert_eq!(of("transferred")["issue"]["number"], old.0);
    assert_eq!(changes["new_issue"]["number"], new.0);
    assert_eq!(changes["new_repository"]["full_name"], "acme/other");
    let changes = &of("opened")["changes"];
    assert_eq!(of("opened")["issue"]["number"], new.0);
    assert_eq!(changes["old_issue"]["number"], old.0);
    assert_eq!(changes["old_repository"]["full_name"], "acme/fraud");

    let moved = gh.issue("acme/other", new);
    assert_eq!(moved.labels, ["Kind/Experiment"]);
    assert_eq!(moved.assignees, ["ana"]);
    assert_eq!(moved.milestone.as_deref(), Some("Sprint 12"));
    let said = |issue: &labhand::sim::IssueView| -> Vec<(String, String)> {
        let comments = issue.comments.iter();
        comments
            .map(|it| (it.author.clone(), it.body.clone()))
            .collect()
    };
    assert_eq!(said(&moved), said(&before));
    assert_eq!(moved.comments[1].author, "labhand[bot]");
    assert!(
        moved
            .comments
            .iter()
            .all(|now| before.comments.iter().all(|was| was.id != now.id))
    );
    // A client that follows redirects is led to where it is; the old comments are nowhere.
    let path = format!("/repos/acme/fraud/issues/{old}");
    let (status, _, followed) = raw(&gh, "GET", &path, None).await;
    assert_eq!((status, &followed["number"]), (200, &json!(new.0)));
    let on_it = format!("{path}/comments");
    assert_eq!(raw(&gh, "GET", &on_it, None).await.0, 404);
}

#[tokio::test]
async fn a_transfer_loses_a_milestone_that_is_another_one_there() {
    let gh = github().await;
    gh.repo("acme/other");
    let (here, there) = (
        gh.as_user("acme/fraud", "mira"),
        gh.as_user("acme/other", "ana"),
    );
    let due = "2026-12-04T12:00:00Z".parse().unwrap();
    let sprint = here.milestone("Sprint 12", Some(due));
    there.milestone("Sprint 12", None);
    let old = here.open_issue("Explore X").milestone(sprint).send();
    let new = here.transfer(old, "acme/other");
    assert_eq!(gh.issue("acme/other", new).milestone, None);
}

#[tokio::test]
async fn a_deleted_issue_says_so_and_answers_410() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    let n = mira.open_issue("A").send();
    gh.take_deliveries();
    let ear = Ear::listen(&gh).await;
    mira.delete_issue(n);
    gh.deliver().await;
    assert_eq!(ear.names(), ["issues.deleted"]);
    let path = format!("/repos/acme/fraud/issues/{n}");
    assert_eq!(raw(&gh, "GET", &path, None).await.0, 410);
}

#[tokio::test]
async fn milestones_are_due_at_midnight_in_pacific_time_and_tell_of_every_change() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    gh.take_deliveries();
    let ear = Ear::listen(&gh).await;
    let due = "2026-12-04T12:00:00Z".parse().unwrap();
    let later = mira.milestone("Sprint 13", Some("2026-12-18T12:00:00Z".parse().unwrap()));
    let sprint = mira.milestone("Sprint 12", Some(due));
    let n = mira.open_issue("A").milestone(sprint).send();
    mira.describe_milestone(sprint, "Starts: 2026-11-23");
    mira.close_milestone(sprint);
    mira.reopen_milestone(sprint);
    mira.close_milestone(later);
    let list = "/repos/acme/fraud/milestones";
    let (_, _, open) = raw(&gh, "GET", list, None).await;
    assert_eq!(open.as_array().unwrap().len(), 1);
    assert_eq!(open[0]["due_on"], "2026-12-04T08:00:00Z");
    assert_eq!(open[0]["closed_at"], Value::Null);
    let (_, _, all) = raw(&gh, "GET", &format!("{list}?state=all"), None).await;
    assert_eq!(
        (&all[0]["number"], &all[1]["number"]),
        (&json!(sprint), &json!(later))
    );
    mira.delete_milestone(sprint);
    gh.deliver().await;
    assert_eq!(
        ear.names(),
        [
            "milestone.created",
            "milestone.created",
            "issues.opened",
            "issues.milestoned",
            "milestone.edited",
            "milestone.closed",
            "milestone.opened",
            "milestone.closed",
            "milestone.deleted"
        ]
    );
    assert_eq!(gh.issue("acme/fraud", n).milestone, None);
    assert_eq!(
        mira.milestone("Sprint 14", None),
        3,
        "no number is used twice"
    );
}

#[tokio::test]
async fn collaborators_are_told_by_what_they_may_do_to_who_may_push() {
    let gh = github().await;
    gh.public_repo("acme/open");
    gh.collaborator("acme/open", "mira", "maintain");
    gh.collaborator("acme/open", "ana", "triage");
    gh.team("acme/science", &["mira"]);
    let path = "/repos/acme/open/collaborators";
    assert_eq!(raw(&gh, "GET", path, None).await.0, 403);
    gh.collaborator("acme/open", "labhand-machine", "admin");
    let logins = async |query: &str| {
        let (status, _, list) = raw(&gh, "GET", &format!("{path}{query}"), None).await;
        assert_eq!(status, 200, "{list}");
        let list = list.as_array().unwrap().clone();
        let logins = list
            .iter()
            .map(|it| it["login"].as_str().unwrap().to_owned());
        let mut logins: Vec<String> = logins.collect();
        logins.sort();
        logins
    };
    assert_eq!(logins("").await, ["ana", "labhand-machine", "mira"]);
    assert_eq!(
        logins("?permission=maintain").await,
        ["labhand-machine", "mira"]
    );
    assert_eq!(logins("?permission=admin").await, ["labhand-machine"]);
    assert_eq!(
        logins("?affiliation=outside").await,
        ["ana", "labhand-machine"]
    );
    let (_, headers, mira) = raw(&gh, "GET", &format!("{path}?per_page=1&page=2"), None).await;
    assert!(headers["link"].to_str().unwrap().contains("rel=\"next\""));
    assert_eq!(mira.as_array().unwrap().len(), 1);
    let (_, _, list) = raw(&gh, "GET", &format!("{path}?permission=maintain"), None).await;
    let mira = list
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["login"] == "mira")
        .unwrap();
    assert_eq!(mira["role_name"], "maintain");
    assert_eq!(mira["permissions"]["maintain"], true);
    assert_eq!(mira["permissions"]["admin"], false);
}

#[tokio::test]
async fn faults_strike_as_told() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let n = gh.as_user("acme/fraud", "mira").open_issue("A").send();
    let comments = format!("/repos/acme/fraud/issues/{n}/comments");
    let post = Fault::new().method("POST").path_contains("/comments");
    let count = || gh.issue("acme/fraud", n).comments.len();
    let send = async || {
        reqwest::Client::new()
            .post(format!("{}{comments}", gh.url()))
            .header("user-agent", "tests")
            .header("authorization", format!("token {}", gh.token()))
            .json(&json!({ "body": "hello" }))
            .send()
            .await
    };

    gh.fault(post.clone().answer(Answer::LostAnswer));
    assert!(send().await.is_err(), "the connection is dropped");
    assert_eq!(count(), 1, "after having acted");

    gh.fault(post.clone().answer(Answer::DropBefore));
    assert!(send().await.is_err());
    assert_eq!(count(), 1, "without acting");

    gh.fault(
        post.clone()
            .answer(Answer::secondary_limit(Some(7)))
            .times(2),
    );
    for _ in 0..2 {
        let limited = send().await.unwrap();
        assert_eq!(limited.status(), 403);
        assert_eq!(limited.headers()["retry-after"], "7");
    }
    assert_eq!(send().await.unwrap().status(), 201);
    assert_eq!(count(), 2);
    let statuses: Vec<u16> = gh.writes().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [0, 0, 403, 403, 201]);
}

#[tokio::test]
async fn right_after_an_event_a_resource_may_be_missing_once() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    gh.lag_after_event(true);
    let n = gh.as_user("acme/fraud", "mira").open_issue("A").send();
    let path = format!("/repos/acme/fraud/issues/{n}");
    assert_eq!(raw(&gh, "GET", &path, None).await.0, 404);
    assert_eq!(raw(&gh, "GET", &path, None).await.0, 200);
}

#[tokio::test]
async fn a_merge_closes_the_issues_that_it_names() {
    let gh = github().await;
    let mira = gh.as_user("acme/fraud", "mira");
    let named = mira.open_issue("Named").send();
    let linked = mira.open_issue("Linked in the sidebar").send();
    let code = mira.open_issue("Only in code").send();
    let pull = mira
        .open_pull("Do it")
        .body(&format!("Closes #{named}, `fixes #{code}`"))
        .files(&[("models/a.onnx", "1")])
        .draft()
        .send();
    mira.link_in_sidebar(pull, linked);
    gh.take_deliveries();
    let ear = Ear::listen(&gh).await;
    let head = gh.head("acme/fraud", pull);
    mira.ready(pull);
    let new_head = mira.push(pull, &[("models/a.onnx", "2")]);
    assert_ne!(head, new_head);
    mira.merge(pull);
    gh.deliver().await;
    assert_eq!(
        ear.names(),
        [
            "pull_request.ready_for_review",
            "push",
            "pull_request.synchronize",
            "pull_request.closed",
            "push",
            "issues.closed",
            "issues.closed"
        ]
    );
    assert!(gh.issue("acme/fraud", pull).is_merged);
    assert!(!gh.issue("acme/fraud", linked).open);
    assert!(gh.issue("acme/fraud", code).open);
}

#[tokio::test]
async fn a_deleted_label_is_taken_off_namelessly() {
    let gh = github().await;
    let mira = gh.as_user("acme/fraud", "mira");
    let n = mira.open_issue("A").labels(&["kind/research"]).send();
    gh.take_deliveries();
    let ear = Ear::listen(&gh).await;
    mira.rename_label("kind/research", "research");
    mira.delete_label("research");
    gh.deliver().await;
    let heard = ear.take();
    assert_eq!(heard[0].1["changes"]["name"]["from"], "kind/research");
    assert_eq!(heard[1].1["action"], "unlabeled");
    assert!(heard[1].1.get("label").is_none());
    assert_eq!(heard[2].0, "label");
    assert!(gh.issue("acme/fraud", n).labels.is_empty());
}

#[tokio::test]
async fn a_lost_delivery_can_be_asked_for_again_under_its_guid() {
    let gh = github().await;
    gh.as_user("acme/fraud", "mira").open_issue("A").send();
    assert_eq!(gh.drop_deliveries(), 2);
    let ear = Ear::listen(&gh).await;
    let key = jwt::EncodingKey::from_rsa_pem(gh.private_key_pem().as_bytes()).unwrap();
    let app = Octocrab::builder()
        .base_uri(gh.url())
        .unwrap()
        .app(AppId(gh.app_id()), key)
        .build()
        .unwrap();
    let failed: Value = app
        .get("/app/hook/deliveries?per_page=1", None::<&()>)
        .await
        .unwrap();
    assert_eq!(failed.as_array().unwrap().len(), 1);
    assert_eq!(failed[0]["status_code"], 502);
    let path = format!("/app/hook/deliveries/{}/attempts", failed[0]["id"]);
    let _: Value = app.post(path, None::<&()>).await.unwrap();
    assert_eq!(gh.pending(), 1);
    gh.deliver().await;
    assert_eq!(ear.names(), ["issues.opened"]);
    let again: Value = app
        .get("/app/hook/deliveries?per_page=1", None::<&()>)
        .await
        .unwrap();
    assert_eq!(again[0]["guid"], failed[0]["guid"]);
    assert_eq!(again[0]["redelivery"], true);
}

#[tokio::test]
async fn repeated_and_shuffled_deliveries_are_all_there() {
    let gh = github().await;
    let mira = gh.as_user("acme/fraud", "mira");
    for number in 0..10 {
        mira.open_issue(&format!("Issue {number}")).send();
    }
    let ear = Ear::listen(&gh).await;
    gh.repeat_deliveries(true);
    assert_eq!(gh.deliver_shuffled(7).await.len(), 22);
    let numbers: Vec<u64> = ear
        .take()
        .iter()
        .filter_map(|(_, payload)| payload["issue"]["number"].as_u64())
        .collect();
    assert_eq!(numbers.len(), 20);
    assert!(!numbers.is_sorted());
}

#[tokio::test]
async fn a_wrong_token_and_a_forged_one_are_turned_away() {
    let gh = github().await;
    let status = async |token: &str| {
        reqwest::Client::new()
            .get(format!("{}/app", gh.url()))
            .header("user-agent", "tests")
            .header("authorization", format!("Bearer {token}"))
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(status("nonsense").await, 401);
    let key = jwt::EncodingKey::from_rsa_pem(gh.private_key_pem().as_bytes()).unwrap();
    let sign = |life: i64, issuer: u64| {
        let now = Timestamp::now().as_second();
        let claims = json!({ "iat": now - 60, "exp": now + life, "iss": issuer.to_string() });
        let header = jwt::Header::new(jwt::Algorithm::RS256);
        jwt::encode(&header, &claims, &key).unwrap()
    };
    assert_eq!(status(&sign(540, gh.app_id())).await, 200);
    assert_eq!(status(&sign(-1, gh.app_id())).await, 401);
    assert_eq!(status(&sign(3_600, gh.app_id())).await, 401);
    assert_eq!(status(&sign(540, 1)).await, 401);
    let mut forged = sign(540, gh.app_id());
    forged.truncate(forged.len() - 8);
    assert_eq!(status(&format!("{forged}AAAAAAAA")).await, 401);
}

#[tokio::test]
async fn roles_have_githubs_words() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "admin");
    let path = "/repos/acme/fraud/collaborators/mira/permission";
    let (_, _, mira) = raw(&gh, "GET", path, None).await;
    assert_eq!(mira["permission"], "write");
    assert_eq!(mira["role_name"], "maintain");
    assert_eq!(mira["user"]["permissions"]["maintain"], true);
    assert_eq!(mira["user"]["permissions"]["admin"], false);
    let path = "/repos/acme/fraud/collaborators/ana/permission";
    assert_eq!(raw(&gh, "GET", path, None).await.2["permission"], "none");
    assert_eq!(gh.issues("acme/fraud").len(), 0);
    assert_eq!(
        ItemNumber(1),
        gh.as_user("acme/fraud", "ana").open_issue("A").send()
    );
}

/// The machine account's answer to a query.
async fn asked(gh: &Sim, query: &str, variables: Value) -> Value {
    let body = json!({ "query": query, "variables": variables });
    raw(gh, "POST", "/graphql", Some(body)).await.2
}

#[tokio::test]
async fn graphql_tells_closing_references_page_by_page() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    let first = mira.open_issue("First").send();
    let second = mira.open_issue("Second").send();
    let body = format!("fixes #{first}");
    let pull = mira.open_pull("Both").body(&body).send();
    mira.link_in_sidebar(pull, second);
    let query = "query Q($owner: String!, $name: String!, $number: Int!, $after: String) {
        repository(owner: $owner, name: $name) { pullRequest(number: $number) {
            closingIssuesReferences(first: 1, after: $after) {
                nodes { number repository { databaseId } }
                pageInfo { hasNextPage endCursor } } } } }";
    let mut variables = json!({ "owner": "acme", "name": "fraud", "number": pull.0 });
    let page = asked(&gh, query, variables.clone()).await;
    let list = &page["data"]["repository"]["pullRequest"]["closingIssuesReferences"];
    assert_eq!(list["nodes"][0]["number"], first.0);
    assert_eq!(
        list["nodes"][0]["repository"]["databaseId"],
        gh.repo_id("acme/fraud")
    );
    assert_eq!(list["pageInfo"]["hasNextPage"], true);
    variables["after"] = list["pageInfo"]["endCursor"].clone();
    let page = asked(&gh, query, variables).await;
    let list = &page["data"]["repository"]["pullRequest"]["closingIssuesReferences"];
    assert_eq!(list["nodes"][0]["number"], second.0);
    assert_eq!(list["pageInfo"]["hasNextPage"], false);

    mira.retarget(pull, "release");
    let variables = json!({ "owner": "acme", "name": "fraud", "number": pull.0 });
    let page = asked(&gh, query, variables).await;
    let list = &page["data"]["repository"]["pullRequest"]["closingIssuesReferences"];
    assert_eq!(
        list["nodes"][0]["number"], second.0,
        "keywords count on the default branch only"
    );
}

#[tokio::test]
async fn graphql_tells_who_edited_a_comment() {
    let gh = github().await;
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    let mira = gh.as_user("acme/fraud", "mira");
    let n = mira.open_issue("A").send();
    let comment = mira.comment(n, "one");
    gh.as_user("acme/fraud", "ana").edit_comment(comment, "two");
    let path = format!("/repos/acme/fraud/issues/comments/{comment}");
    let id = raw(&gh, "GET", &path, None).await.2["node_id"].clone();
    let query = "query Q($id: ID!) { node(id: $id) { ... on IssueComment { lastEditedAt
        userContentEdits(first: 100) { nodes { editedAt editor { __typename login
        ... on User { databaseId } ... on Bot { databaseId } } } } } } }";
    let answer = asked(&gh, query, json!({ "id": id })).await;
    let edits = answer["data"]["node"]["userContentEdits"]["nodes"]
        .as_array()
        .unwrap();
    assert_eq!(edits[0]["editor"]["login"], "ana");
    assert_eq!(edits[0]["editor"]["databaseId"], gh.user_id("ana"));
    assert_eq!(edits[1]["editor"]["login"], "mira");

    let several = "query Q($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { body } } }";
    let answer = asked(&gh, several, json!({ "ids": [id, "IC_kwDO000000000001"] })).await;
    assert_eq!(answer["data"]["nodes"], json!([{ "body": "two" }, null]));

    let wrong = asked(&gh, "{ viewer { nothing } }", Value::Null).await;
    assert!(wrong.get("data").is_none());
    assert!(
        wrong["errors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("nothing")
    );
}

#[tokio::test]
async fn pages_show_an_issue_as_people_see_it() {
    let gh = github().await;
    let mira = gh.as_user("acme/fraud", "mira");
    let n = mira
        .open_issue("A <title>")
        .labels(&["kind/research"])
        .send();
    mira.comment(n, "<!-- hidden -->\n| a |\n|---|\n| **b** |");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = gh.pages();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    let look = async |path: &str| {
        let answer = reqwest::get(format!("http://{address}{path}"))
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert!(look("/").await.1.contains("acme/fraud"));
    assert!(look("/acme/fraud").await.1.contains("kind/research"));
    let (status, html) = look("/acme/fraud/issues/1").await;
    assert_eq!(status, 200);
    assert!(html.contains("A &lt;title&gt;") && html.contains("<strong>b</strong>"));
    assert!(!html.contains("hidden"));
    assert_eq!(look("/acme/fraud/issues/2").await.0, 404);
}
