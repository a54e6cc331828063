//! Every route that the bot may use, by way of the proxy.

use labhand::domain::ids::ItemNumber;
use labhand::forge::github::registering::Manifest;
use labhand::sim::{Selection, Sim, SimOptions};
use reqwest::Method;
use serde_json::json;

use crate::{Caller, PROXY, UPSTREAM, app_token, installation, needed};

/// A world in which every list has something to show.
fn furnish(gh: &Sim) -> ItemNumber {
    gh.user("mira");
    gh.repo("acme/fraud");
    gh.collaborator("acme/fraud", "mira", "maintain");
    gh.collaborator("acme/fraud", "labhand-machine", "write");
    gh.team("acme/science", &["mira"]);
    gh.install("acme", Selection::All);
    let mira = gh.as_user("acme/fraud", "mira");
    let due = "2026-12-04T12:00:00Z".parse().unwrap();
    let sprint = mira.milestone("Sprint 12", Some(due));
    let over = "2026-11-20T12:00:00Z".parse().unwrap();
    let before = mira.milestone("Sprint 11", Some(over));
    mira.close_milestone(before);
    gh.user("lena");
    gh.collaborator("acme/fraud", "lena", "admin");
    let issue = mira
        .open_issue("Test BERT vs GPT")
        .body("Hypothesis: it works")
        .labels(&["kind/experiment"])
        .assign(&["mira"])
        .milestone(sprint)
        .issue_type("Experiment")
        .send();
    mira.comment(issue, "/timebox 2d");
    let done = mira.open_issue("Done").send();
    mira.close(done);
    let pull = mira
        .open_pull("Add the model")
        .body(&format!("Closes #{issue}"))
        .files(&[("models/a.onnx", "1\n2\n"), ("README.md", "changed\n")])
        .labels(&["handoff"])
        .assign(&["mira"])
        .milestone(sprint)
        .send();
    let merged = mira.open_pull("Merged").send();
    mira.merge(merged);
    mira.write_file(".github/labhand.yml", "enabled: true\n");
    gh.drop_deliveries();
    pull
}

#[tokio::test]
#[ignore = "needs the proxy: run .ci/contract"]
async fn all_calls_are_as_github_describes_them() {
    let (proxy, upstream) = (needed(PROXY), needed(UPSTREAM));
    let gh = Sim::start(SimOptions {
        bind: upstream.parse().unwrap(),
        public_url: Some(proxy.clone()),
        ..SimOptions::default()
    })
    .await
    .unwrap();
    let pull = furnish(&gh);
    let app = Caller::new(&proxy, &app_token(&gh));
    let bot = Caller::new(&proxy, &installation(&app).await);
    repository(&bot, &gh).await;
    labels(&bot).await;
    issues(&bot).await;
    comments(&bot).await;
    pulls_and_checks(&bot, pull.0).await;
    releases(&bot, &gh, pull).await;
    machine(&Caller::new(&proxy, gh.token()), pull.0).await;
    redelivery(&app).await;
    people(&proxy, &upstream, &gh).await;
    registering(&app, &upstream).await;
}

/// Where a browser is sent that asks this.
async fn sent(request: reqwest::RequestBuilder) -> String {
    let answer = request
        .header("user-agent", "a browser")
        .send()
        .await
        .unwrap();
    let location = &answer.headers()["location"];
    location.to_str().unwrap().to_owned()
}

fn browser() -> reqwest::Client {
    let redirects = reqwest::redirect::Policy::none();
    reqwest::Client::builder()
        .redirect(redirects)
        .build()
        .unwrap()
}

fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    let mut encoded = String::new();
    for byte in text.bytes() {
        write!(encoded, "%{byte:02X}").unwrap();
    }
    encoded
}

/// What somebody may read who has signed in. GitHub does not describe its pages for signing in.
async fn people(proxy: &str, upstream: &str, gh: &Sim) {
    gh.browser_of(Some("mira"));
    gh.callback_to("http://127.0.0.1:1/back");
    let (id, secret) = gh.client();
    let authorize = format!("http://{upstream}/login/oauth/authorize?client_id={id}&state=x");
    let back = sent(browser().get(authorize)).await;
    let code = back
        .split_once("code=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap();
    let login = Caller::new(&format!("http://{upstream}"), "");
    let exchange = json!({"client_id": id, "client_secret": secret, "code": code});
    let token = login
        .call(
            Method::POST,
            "/login/oauth/access_token",
            Some(exchange),
            200,
        )
        .await;
    let mira = Caller::new(proxy, token["access_token"].as_str().unwrap());
    mira.get("/user").await;
    let installations = mira.get("/user/installations?per_page=100").await;
    let installation = &installations["installations"][0]["id"];
    mira.get(&format!(
        "/user/installations/{installation}/repositories?per_page=100"
    ))
    .await;
}

/// Making an App, and what an administrator asks of it.
async fn registering(app: &Caller, upstream: &str) {
    app.get("/app/hook/config").await;
    let manifest = Manifest {
        url: "https://labhand.example.com",
        organisation: None,
        releases: false,
    };
    let form = manifest.form_address(&format!("http://{upstream}"), "x");
    let manifest = percent(&manifest.json());
    let request = browser().post(form).body(format!("manifest={manifest}"));
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let back = sent(request).await;
    let code = back
        .split_once("code=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap();
    let path = format!("/app-manifests/{code}/conversions");
    app.call(Method::POST, &path, None, 201).await;
}

async fn repository(bot: &Caller, gh: &Sim) {
    bot.get("/installation/repositories?per_page=100").await;
    bot.get("/rate_limit").await;
    let repo = bot.get("/repos/acme/fraud").await;
    assert_eq!(repo["id"], gh.repo_id("acme/fraud"));
    bot.get("/repos/acme/fraud/collaborators/mira/permission")
        .await;
    bot.get("/repos/acme/fraud/milestones").await;
    let page = bot
        .get("/repos/acme/fraud/milestones?state=all&per_page=1&page=2")
        .await;
    assert_eq!(page[0]["title"], "Sprint 12");
    bot.get("/repos/acme/fraud/collaborators?permission=maintain&per_page=100")
        .await;
    let admins = bot
        .get("/repos/acme/fraud/collaborators?permission=admin&per_page=100")
        .await;
    assert_eq!(admins[0]["role_name"], "admin");
    bot.get("/repos/acme/fraud/contents/.github%2Flabhand.yml")
        .await;
    bot.call(
        Method::GET,
        "/repos/acme/fraud/contents/missing.yml",
        None,
        404,
    )
    .await;
    bot.get("/orgs/acme/teams/science/members?per_page=100")
        .await;
    bot.get("/orgs/acme/teams/science/memberships/mira").await;
    bot.call(
        Method::GET,
        "/orgs/acme/teams/science/memberships/ana",
        None,
        404,
    )
    .await;
}

async fn releases(bot: &Caller, gh: &Sim, pull: ItemNumber) {
    let all = "/repos/acme/fraud/releases";
    let head = gh.head("acme/fraud", pull);
    let new = json!({
        "tag_name": "fraud@v1.0.0", "target_commitish": head, "name": "fraud v1.0.0",
        "body": "Its record.", "draft": true, "prerelease": false, "make_latest": "false"
    });
    let draft = bot.post(all, new.clone()).await;
    let twin = bot.post(all, new).await;
    let (one, other) = (draft["id"].as_u64(), twin["id"].as_u64());
    assert_ne!(one, other, "two drafts may have one tag");
    let (one, other) = (one.unwrap(), other.unwrap());
    bot.call(Method::DELETE, &format!("{all}/{other}"), None, 204)
        .await;
    assert_eq!(bot.get(all).await.as_array().unwrap().len(), 1);
    let by_tag = format!("{all}/tags/fraud%40v1.0.0");
    bot.call(Method::GET, &by_tag, None, 404).await;
    let upload = format!("{all}/{one}/assets?name=record.json");
    bot.upload(&upload, "{}", 201).await;
    bot.upload(&upload, "{}", 422).await;
    let files = bot.get(&format!("{all}/{one}/assets")).await;
    assert_eq!(files[0]["state"], "uploaded");
    let file = files[0]["id"].as_u64().unwrap();
    let file = format!("{all}/assets/{file}");
    bot.call(Method::DELETE, &file, None, 204).await;
    bot.upload(&upload, "{}", 201).await;
    let publish = json!({ "draft": false, "make_latest": "false" });
    bot.patch(&format!("{all}/{one}"), publish).await;
    bot.get(&by_tag).await;
    bot.get(&format!("{all}/{one}")).await;
    let refs = "/repos/acme/fraud/git/refs";
    let stage = json!({ "ref": "refs/tags/fraud#production#1", "sha": head });
    bot.post(refs, stage.clone()).await;
    bot.call(Method::POST, refs, Some(stage), 422).await;
    gh.as_user("acme/fraud", "mira")
        .tag("fraud#production#2", &head);
    let tags = bot
        .get("/repos/acme/fraud/git/matching-refs/tags%2Ffraud%23production%23?per_page=100")
        .await;
    assert_eq!(tags[0]["object"]["type"], "commit");
    assert_eq!(tags[1]["object"]["type"], "tag");
    let object = tags[1]["object"]["sha"].as_str().unwrap();
    let object = bot
        .get(&format!("/repos/acme/fraud/git/tags/{object}"))
        .await;
    assert_eq!(object["object"]["sha"], head.as_str());
}

async fn labels(bot: &Caller) {
    let label = json!({ "name": "stage/active", "color": "1d76db", "description": "At work" });
    bot.post("/repos/acme/fraud/labels", label.clone()).await;
    bot.call(Method::POST, "/repos/acme/fraud/labels", Some(label), 422)
        .await;
    bot.get("/repos/acme/fraud/labels?per_page=1").await;
    bot.get("/repos/acme/fraud/labels/stage%2Factive").await;
    let change = json!({ "new_name": "stage/doing", "color": "ffffff" });
    bot.patch("/repos/acme/fraud/labels/stage%2Factive", change)
        .await;
    bot.call(Method::GET, "/repos/acme/fraud/labels/none", None, 404)
        .await;
    let on = "/repos/acme/fraud/issues/1/labels";
    let add = json!({ "labels": ["stage/doing", "unheard of"] });
    bot.call(Method::POST, on, Some(add), 200).await;
    bot.get(on).await;
    let set = json!({ "labels": ["kind/experiment", "stage/doing"] });
    bot.call(Method::PUT, on, Some(set), 200).await;
    let one = format!("{on}/stage%2Fdoing");
    bot.call(Method::DELETE, &one, None, 200).await;
    bot.call(Method::DELETE, &one, None, 404).await;
    bot.call(
        Method::DELETE,
        "/repos/acme/fraud/labels/stage%2Fdoing",
        None,
        204,
    )
    .await;
}

async fn issues(bot: &Caller) {
    let new = json!({ "title": "Board", "body": "text", "labels": ["labhand/board"] });
    let issue = bot.post("/repos/acme/fraud/issues", new).await;
    assert_eq!(issue["user"]["login"], "labhand[bot]");
    let path = format!("/repos/acme/fraud/issues/{}", issue["number"]);
    bot.get(&path).await;
    bot.patch(&path, json!({ "body": "other text" })).await;
    let close = json!({ "state": "closed", "state_reason": "not_planned" });
    bot.patch(&path, close).await;
    bot.patch(&path, json!({ "state": "open" })).await;
    bot.get("/repos/acme/fraud/issues?state=all&sort=updated&direction=asc&since=2020-01-01T00:00:00Z&per_page=2")
        .await;
    bot.get("/repos/acme/fraud/issues?labels=labhand%2Fboard&creator=app%2Flabhand")
        .await;
    bot.call(Method::GET, "/repos/acme/fraud/issues/999", None, 404)
        .await;
    let too_long = json!({ "title": "t".repeat(257) });
    bot.call(
        Method::POST,
        "/repos/acme/fraud/issues",
        Some(too_long),
        422,
    )
    .await;
    bot.post(&format!("{path}/reactions"), json!({ "content": "eyes" }))
        .await;
    bot.get(&format!("{path}/reactions")).await;
}

async fn comments(bot: &Caller) {
    let on = "/repos/acme/fraud/issues/1/comments";
    let comment = bot.post(on, json!({ "body": "- [ ] `serving`" })).await;
    let path = format!("/repos/acme/fraud/issues/comments/{}", comment["id"]);
    bot.get(&path).await;
    bot.patch(&path, json!({ "body": "- [x] `serving`" })).await;
    bot.get(&format!("{on}?since=2020-01-01T00:00:00Z&per_page=100"))
        .await;
    bot.get(
        "/repos/acme/fraud/issues/comments?sort=updated&direction=asc&since=2020-01-01T00:00:00Z",
    )
    .await;
    let reactions = format!("{path}/reactions");
    bot.post(&reactions, json!({ "content": "rocket" })).await;
    bot.call(
        Method::POST,
        &reactions,
        Some(json!({ "content": "rocket" })),
        200,
    )
    .await;
    bot.get(&reactions).await;
    let too_long = json!({ "body": "x".repeat(65_537) });
    bot.call(Method::POST, on, Some(too_long), 422).await;
    bot.call(Method::DELETE, &path, None, 204).await;
    bot.call(Method::GET, &path, None, 404).await;
}

async fn pulls_and_checks(bot: &Caller, pull: u64) {
    bot.get("/repos/acme/fraud/pulls?state=all").await;
    let shown = bot.get(&format!("/repos/acme/fraud/pulls/{pull}")).await;
    assert_eq!(shown["changed_files"], 2);
    bot.get(&format!("/repos/acme/fraud/issues/{pull}")).await;
    bot.get(&format!("/repos/acme/fraud/pulls/{pull}/files"))
        .await;
    bot.get(&format!("/repos/acme/fraud/pulls/{}", pull + 1))
        .await;
    let sha = shown["head"]["sha"].as_str().unwrap();
    let output = json!({ "title": "8 of 14 signed", "summary": "Waiting for `serving`" });
    let check = json!({
        "name": "labhand/handoff", "head_sha": sha, "status": "completed",
        "conclusion": "failure", "output": output
    });
    let check = bot.post("/repos/acme/fraud/check-runs", check).await;
    let path = format!("/repos/acme/fraud/check-runs/{}", check["id"]);
    bot.patch(&path, json!({ "conclusion": "success", "output": output }))
        .await;
    bot.get(&path).await;
    bot.get(&format!("/repos/acme/fraud/commits/{sha}/pulls"))
        .await;
    bot.get(&format!(
        "/repos/acme/fraud/commits/{sha}/check-runs?check_name=labhand%2Fhandoff&filter=latest"
    ))
    .await;
}

async fn machine(machine: &Caller, pull: u64) {
    machine.get("/user").await;
    machine.get("/user/repos?per_page=100").await;
    let shown = machine
        .get(&format!("/repos/acme/fraud/pulls/{pull}"))
        .await;
    let sha = shown["head"]["sha"].as_str().unwrap();
    let status = json!({
        "state": "success", "context": "labhand/item", "description": "fine",
        "target_url": "https://example.com/"
    });
    machine
        .post(&format!("/repos/acme/fraud/statuses/{sha}"), status)
        .await;
    machine
        .get(&format!("/repos/acme/fraud/commits/{sha}/statuses"))
        .await;
    machine
        .get(&format!("/repos/acme/fraud/commits/{sha}/status"))
        .await;
}

async fn redelivery(app: &Caller) {
    let list = app.get("/app/hook/deliveries?per_page=2").await;
    let path = format!("/app/hook/deliveries/{}/attempts", list[0]["id"]);
    app.call(Method::POST, &path, None, 202).await;
}
