//! Where labhand acts: installations and their repositories, and what becomes of both.

use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use labhand::sim::{Delivery, Selection};
use sha2::Sha256;

use crate::lab::{Lab, REPO, SECRET, Setup};

const OTHER: &str = "acme/churn";

fn another_repository(lab: &Lab) {
    lab.gh.repo(OTHER);
    for login in ["mira", "lena"] {
        lab.gh.collaborator(OTHER, login, "maintain");
    }
}

fn labels(lab: &Lab, repo: &str, number: labhand::domain::ids::ItemNumber) -> Vec<String> {
    let mut labels = lab.gh.issue(repo, number).labels;
    labels.sort();
    labels
}

fn soon(lab: &Lab) {
    lab.clock.advance(SignedDuration::from_secs(5));
}

#[tokio::test]
async fn installed_on_everything_it_acts_where_a_policy_is() {
    let lab = Lab::with(Setup {
        selection_all: true,
        ..Setup::default()
    })
    .await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
    soon(&lab);
    lena.write_file(".github/labhand.yml", "");
    lab.settle().await;
    soon(&lab);
    let issue = mira.open_issue("Fix another pipeline").send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/todo"]);
}

#[tokio::test]
async fn an_installation_that_was_never_heard_of_is_asked_about() {
    let lab = Lab::new().await;
    for (owner, selection) in [
        ("everywhere", Selection::All),
        ("somewhere", Selection::Only(&["somewhere/fraud"])),
    ] {
        let repo = format!("{owner}/fraud");
        lab.gh.repo(&repo);
        lab.gh.collaborator(&repo, "mira", "write");
        lab.gh.install(owner, selection);
        lab.gh.drop_deliveries();
        soon(&lab);
        let mira = lab.gh.as_user(&repo, "mira");
        let issue = mira.open_issue("Fix data pipeline timeout issue").send();
        lab.settle().await;
        let acts = !labels(&lab, &repo, issue).is_empty();
        assert_eq!(acts, owner == "somewhere", "{owner}");
    }
}

#[tokio::test]
async fn a_repository_that_is_added_later_counts_from_then() {
    let lab = Lab::new().await;
    another_repository(&lab);
    let mira = lab.gh.as_user(OTHER, "mira");
    let old = mira.open_issue("Fix data pipeline timeout issue").send();
    soon(&lab);
    lab.gh.install("acme", Selection::Only(&[REPO, OTHER]));
    lab.settle().await;
    soon(&lab);
    mira.comment(old, "Any news?");
    let new = mira.open_issue("Fix another pipeline").send();
    lab.settle().await;
    assert_eq!(labels(&lab, OTHER, old), Vec::<String>::new());
    assert_eq!(labels(&lab, OTHER, new), ["kind/maintenance", "stage/todo"]);
}

#[tokio::test]
async fn a_repository_that_is_taken_away_falls_silent_until_it_comes_back() {
    let lab = Lab::new().await;
    another_repository(&lab);
    lab.gh.install("acme", Selection::Only(&[REPO, OTHER]));
    lab.settle().await;
    soon(&lab);
    let mira = lab.gh.as_user(OTHER, "mira");
    let issue = mira.open_issue("Explore graph features (1 day)").send();
    mira.comment(issue, "/activate");
    lab.settle().await;
    lab.gh.install("acme", Selection::Only(&[REPO]));
    lab.settle().await;
    lab.gh.forget_calls();
    lab.wait(SignedDuration::from_hours(72)).await;
    assert_eq!(lab.gh.calls(), []);

    let lena = lab.gh.as_user(OTHER, "lena");
    lena.write_file(
        ".github/labhand.yml",
        "timeboxes: { presets: { spike: 6h } }",
    );
    lab.gh.install("acme", Selection::Only(&[REPO, OTHER]));
    lab.settle().await;
    let now = labels(&lab, OTHER, issue);
    assert!(now.contains(&"timebox/expired".to_owned()), "{now:?}");
    soon(&lab);
    let new = mira.open_issue("Explore MLOps").send();
    mira.comment(new, "/timebox spike\n/activate");
    lab.settle().await;
    let said = lab.gh.issue(OTHER, new).comments;
    assert!(
        said.iter().any(|comment| comment.body.contains("6 h")),
        "{said:#?}"
    );
}

#[tokio::test]
async fn after_the_app_was_taken_off_nothing_more_is_asked_or_said() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (1 day)").send();
    mira.comment(issue, "/activate");
    lab.settle().await;
    lab.whatever_was_said(issue);
    mira.comment(issue, "/timebox 3d");
    lab.gh.uninstall("acme");
    lab.settle().await;
    lab.gh.forget_calls();
    lab.wait(SignedDuration::from_hours(24 * 7)).await;
    let calls = lab.gh.calls().len();
    assert!(calls <= 24, "{calls} calls for an account that is gone");
    assert_eq!(lab.gh.writes(), []);
}

#[tokio::test]
async fn a_renamed_repository_goes_on_under_its_new_name() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    lab.whatever_was_said(issue);
    // What happened before the bot hears of the renaming is redirected.
    lab.gh.rename_repo(REPO, "fraud-detection");
    let renamed = lab.gh.take_deliveries();
    soon(&lab);
    mira.comment(issue, "/timebox 3d");
    lab.settle().await;
    for delivery in &renamed {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    lab.gh.forget_calls();
    mira.comment(issue, "/timebox 4d");
    lab.settle().await;
    let here = "acme/fraud-detection";
    let said = lab.gh.issue(here, issue).comments;
    assert!(said.iter().any(|it| it.body.contains("4 d")), "{said:#?}");
    let writes = lab.gh.writes();
    assert!(!writes.is_empty() && writes.iter().all(|call| call.path.contains(here)));
    // The laboratory looks for its repository when it ends.
    lab.gh.rename_repo(here, "fraud");
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn deleted_and_transferred_issues_fall_silent() {
    let lab = Lab::new().await;
    another_repository(&lab);
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let deleted = mira.open_issue("Explore graph features (1 day)").send();
    let moved = mira.open_issue("Explore MLOps (1 day)").send();
    soon(&lab);
    mira.comment(deleted, "/activate");
    mira.comment(moved, "/activate");
    lab.settle().await;
    soon(&lab);
    mira.comment(deleted, "/timebox 3d");
    lena.delete_issue(deleted);
    lena.transfer(moved, OTHER);
    lab.settle().await;
    assert!(!lab.board().contains("Explore"), "{}", lab.board());
    lab.gh.forget_calls();
    lab.wait(SignedDuration::from_hours(72)).await;
    assert_eq!(lab.gh.writes(), []);
}

#[tokio::test]
async fn a_label_that_somebody_deletes_is_made_again() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    let before = lab.labels(issue);
    soon(&lab);
    for label in ["kind/research", "stage/ideation"] {
        lena.delete_label(label);
    }
    lab.settle().await;
    assert_eq!(lab.labels(issue), before);
    let defined = lab.gh.labels(REPO);
    let kind = defined.iter().find(|label| label.name == "kind/research");
    assert!(kind.is_some_and(|label| label.color != "ededed" && !label.description.is_empty()));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn two_repositories_do_not_mix() {
    let lab = Lab::new().await;
    another_repository(&lab);
    lab.gh.install("acme", Selection::Only(&[REPO, OTHER]));
    lab.settle().await;
    soon(&lab);
    let (fraud, churn) = (lab.person("mira"), lab.gh.as_user(OTHER, "mira"));
    let one = fraud.open_issue("Fix the pipeline").send();
    let other = churn.open_issue("Explore graph features (2 days)").send();
    assert_eq!(one, other);
    soon(&lab);
    churn.comment(other, "/activate");
    lab.settle().await;
    assert_eq!(lab.labels(one), ["kind/maintenance", "stage/todo"]);
    assert_eq!(
        labels(&lab, OTHER, other),
        ["kind/research", "stage/active", "timebox/running"]
    );
    assert!(!lab.board().contains("Explore graph features"));
    assert_eq!(lab.own_comments(one), []);
}

/// The same delivery with another body, signed with the right secret.
async fn send_changed(lab: &Lab, delivery: &Delivery, from: &str, to: &str) -> u16 {
    let body = delivery.body.replace(from, to);
    assert_ne!(body, delivery.body);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let mut request = reqwest::Client::new().post(format!("{}/webhooks/github", lab.address));
    for (name, value) in &delivery.headers {
        if !name.eq_ignore_ascii_case("x-hub-signature-256") {
            request = request.header(name, value);
        }
    }
    let request = request.header("x-hub-signature-256", signature);
    request.body(body).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn an_installation_of_another_account_has_no_say_here() {
    let lab = Lab::new().await;
    lab.gh.repo("umbrella/corp");
    let stranger = lab.gh.install("umbrella", Selection::All);
    lab.settle().await;
    let issue = lab
        .person("mira")
        .open_issue("Fix data pipeline timeout issue")
        .send();
    let deliveries = lab.gh.take_deliveries();
    let own: serde_json::Value = serde_json::from_str(&deliveries[0].body).unwrap();
    let own = own["installation"]["id"].to_string();
    for to in [stranger, 99_999_999] {
        let (from, to) = (format!("\"id\":{own}"), format!("\"id\":{to}"));
        assert_eq!(send_changed(&lab, &deliveries[0], &from, &to).await, 202);
    }
    lab.gh.forget_calls();
    lab.wait(SignedDuration::from_hours(24)).await;
    assert_eq!(lab.labels(issue), Vec::<String>::new());
    assert_eq!(lab.gh.writes(), []);
    let calls = lab.gh.calls().len();
    assert!(calls <= 60, "{calls} calls");
}

#[tokio::test]
async fn with_a_token_it_acts_where_it_hears_of_something() {
    let lab = Lab::with(Setup {
        token: true,
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    soon(&lab);
    mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    assert!(lab.status(issue).contains("0 h of 16 h"));
    assert!(lab.board().contains("Explore graph features"));
}

#[tokio::test]
async fn a_webhook_of_the_repository_beside_the_app_changes_nothing() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Fix data pipeline timeout issue")
        .send();
    let deliveries = lab.gh.take_deliveries();
    let body: serde_json::Value = serde_json::from_str(&deliveries[0].body).unwrap();
    let installation = serde_json::to_string(&body["installation"]).unwrap();
    assert_eq!(
        send_changed(&lab, &deliveries[0], &installation, "null").await,
        202
    );
    lab.wait(SignedDuration::from_hours(24)).await;
    assert_eq!(lab.gh.calls(), []);
    for delivery in &deliveries {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/todo"]);
}

#[tokio::test]
async fn a_label_that_is_renamed_to_and_fro_is_followed() {
    let lab = Lab::new().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    // GitHub's payloads of labels bear no time: the first and the third are alike.
    for (from, to) in [
        ("kind/maintenance", "upkeep"),
        ("upkeep", "kind/maintenance"),
        ("kind/maintenance", "upkeep"),
    ] {
        soon(&lab);
        lena.rename_label(from, to);
        lab.settle().await;
    }
    soon(&lab);
    let issue = mira.open_issue("Fix another pipeline").send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["stage/todo", "upkeep"]);
}
