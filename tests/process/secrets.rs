//! What the process says, wherever it says it, has no secret in it.

use std::process::Stdio;
use std::sync::Arc;

use labhand::sim::{Answer, Fault};

use super::*;

/// What somebody writes, which is nobody's business who reads logs.
const CONFIDENTIAL: &str = "Customer 4711 is called Grete";

#[tokio::test(flavor = "multi_thread")]
async fn logs_metrics_and_errors_tell_no_secret_and_nothing_that_people_wrote() {
    let world = World::new().await;
    world.gh.install("acme", Selection::Only(&[REPO]));
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut command = world.command();
    command
        .env("RUST_LOG", "trace")
        .stderr(Stdio::from(log.reopen().unwrap()));
    let bot = Bot {
        child: command.spawn().unwrap(),
        address: world.address,
    };
    let ready = bot.url("/readyz");
    let client = Client::new();
    until("the bot is ready", async || {
        let answer = client.get(&ready).send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;

    // A day of work, with a refusal by GitHub and deliveries that are forged or broken.
    let mira = world.gh.as_user(REPO, "mira");
    let issue = mira.open_issue(CONFIDENTIAL).send();
    mira.comment(issue, &format!("/research\n/block {CONFIDENTIAL}"));
    let fails = Fault::new().method("POST").answer(Answer::status(500));
    world.gh.fault(fails);
    let body =
        format!("{{\"action\":\"{CONFIDENTIAL}\",\"issue\":{{\"number\":\"{CONFIDENTIAL}\"}}}}");
    for signed in [true, false] {
        let mut headers = headers("issues", 7, &body);
        if !signed {
            headers.retain(|(name, _)| name != "x-hub-signature-256");
        }
        let mut request = client.post(bot.url("/webhooks/github")).body(body.clone());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap();
    }
    until("the work is done", async || {
        world.gh.deliver().await;
        let issue = world.gh.issues(REPO).into_iter().next().unwrap();
        issue.labels.contains(&"blocked".to_owned())
    })
    .await;
    let mut said = client
        .get(bot.url("/metrics"))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    drop(bot);
    said.push_str(&std::fs::read_to_string(log.path()).unwrap());
    assert!(said.contains("asked GitHub"), "nothing was logged");

    let key = world.gh.private_key_pem();
    let mut secrets: Vec<Arc<str>> = key.lines().map(Arc::from).collect();
    secrets.extend([SECRET, "ghs_", "eyJ", CONFIDENTIAL, "Customer"].map(Arc::from));
    for secret in secrets {
        let line = said.lines().find(|line| line.contains(&*secret));
        assert_eq!(line, None, "{secret}");
    }
}
