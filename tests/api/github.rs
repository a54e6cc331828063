//! The door for users of GitHub.

use std::sync::Arc;

use labhand::forge::github::OAuth;
use labhand::sim::{Selection, Sim, SimOptions};
use labhand::web::{Access, SignIn};
use reqwest::Client;
use reqwest::redirect::Policy as Redirects;
use secrecy::SecretString;
use serde_json::json;

use crate::scene::{self, policy};
use crate::server::{Server, told};

pub struct Scene {
    pub gh: Sim,
    pub server: Server,
    /// The repository's id on GitHub.
    fraud: u64,
}

fn browser() -> Client {
    Client::builder()
        .redirect(Redirects::none())
        .build()
        .unwrap()
}

pub async fn scene() -> Scene {
    let gh = Sim::start(SimOptions::default()).await.unwrap();
    for login in ["mira", "otto"] {
        gh.user(login);
    }
    gh.org("acme");
    gh.repo("acme/fraud");
    gh.collaborator("acme/fraud", "mira", "read");
    gh.install("acme", Selection::All);
    let (id, secret) = gh.client();
    let secret = SecretString::from(secret);
    let oauth = OAuth::new(gh.url(), id, secret.clone(), Arc::new(|_| {})).unwrap();
    let server = Server::start(Access::GitHub(Arc::new(SignIn::new(oauth, &secret)))).await;
    gh.callback_to(&format!("http://{}/-/sign-in/callback", server.address));
    let fraud = gh.repo_id("acme/fraud");
    let private = json!({"now": {"name": "acme/fraud", "private": true}});
    server.repo(fraud, "acme/fraud", &policy(), private).await;
    server.items(fraud, &scene::items(), scene::board()).await;
    let public = json!({"now": {"name": "acme/open", "private": false}});
    server.repo(fraud + 1, "acme/open", &policy(), public).await;
    Scene { gh, server, fraud }
}

impl Scene {
    /// Signs somebody in; the cookie.
    async fn sign_in(&self, login: &str) -> String {
        self.gh.browser_of(Some(login));
        let start = format!(
            "http://{}/-/sign-in/github?to=/acme/fraud",
            self.server.address
        );
        let away = told(browser().get(start)).await;
        assert_eq!(away.status, 303);
        let on_the_way = cookie(&away.headers, "labhand_sign_in");
        let github = away.headers["location"].to_str().unwrap();
        assert!(github.starts_with(self.gh.url()), "{github}");
        let back = told(browser().get(github).header("user-agent", "a browser")).await;
        let back = back.headers["location"].to_str().unwrap().to_owned();
        let done = told(browser().get(back).header("cookie", on_the_way)).await;
        assert_eq!(
            (done.status, &done.headers["location"]),
            (303, &"/acme/fraud".parse().unwrap())
        );
        cookie(&done.headers, "labhand_session")
    }

    async fn status(&self, path: &str, cookie: &str) -> u16 {
        let url = format!("http://{}{path}", self.server.address);
        told(browser().get(url).header("cookie", cookie))
            .await
            .status
    }
}

fn cookie(headers: &reqwest::header::HeaderMap, name: &str) -> String {
    let all = headers.get_all("set-cookie").iter();
    let found = all.filter_map(|it| it.to_str().unwrap().split(';').next());
    let found: Vec<&str> = found.filter(|it| it.starts_with(name)).collect();
    found.concat()
}

#[tokio::test]
async fn everybody_sees_what_github_lets_them_read() {
    let scene = scene().await;
    assert_eq!(scene.status("/acme/fraud", "").await, 303);
    assert_eq!(scene.status("/api/v1/repos", "").await, 401);
    let mira = scene.sign_in("mira").await;
    let url = format!("http://{}/acme/fraud", scene.server.address);
    let page = told(browser().get(url).header("cookie", &mira)).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<span>mira</span>") && page.text.contains("Sign out"));
    assert_eq!(
        scene.status("/api/v1/repos/acme/fraud/items", &mira).await,
        200
    );

    // Otto has no right in the private repository, and is not told that it is there.
    let otto = scene.sign_in("otto").await;
    for path in ["/acme/fraud", "/acme/fraud/items", "/-/live/acme/fraud"] {
        assert_eq!(scene.status(path, &otto).await, 404, "{path}");
    }
    assert_eq!(
        scene.status("/api/v1/repos/acme/fraud/items", &otto).await,
        404
    );
    assert_eq!(scene.status("/acme/open", &otto).await, 200);
    let list = format!("http://{}/api/v1/repos", scene.server.address);
    let list = told(browser().get(list).header("cookie", &otto))
        .await
        .json();
    assert_eq!(list["repos"].as_array().unwrap().len(), 1);
    assert!(scene.fraud > 0);
}

#[tokio::test]
async fn a_sign_in_counts_once_and_in_its_own_browser() {
    let scene = scene().await;
    scene.gh.browser_of(Some("mira"));
    let start = format!(
        "http://{}/-/sign-in/github?to=//evil.example",
        scene.server.address
    );
    let away = told(browser().get(start)).await;
    let on_the_way = cookie(&away.headers, "labhand_sign_in");
    let github = away.headers["location"].to_str().unwrap();
    let back = told(browser().get(github).header("user-agent", "a browser")).await;
    let back = back.headers["location"].to_str().unwrap().to_owned();
    // Another browser has no cookie; another state is not the one that was sent.
    assert_eq!(told(browser().get(&back)).await.status, 400);
    let other = back.replace("&state=", "&state=0");
    let answer = told(browser().get(other).header("cookie", &on_the_way)).await;
    assert_eq!(answer.status, 400);
    let done = told(browser().get(&back).header("cookie", &on_the_way)).await;
    assert_eq!(
        done.headers["location"], "/",
        "nobody is led to another host"
    );
    let again = told(browser().get(&back).header("cookie", &on_the_way)).await;
    assert_eq!(again.status, 401);
    assert!(again.text.contains("GitHub did not sign you in."));
    let declined = back.replace("code=", "error=access_denied&nocode=");
    let answer = told(browser().get(declined).header("cookie", &on_the_way)).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn who_takes_the_app_its_rights_is_out() {
    let scene = scene().await;
    let mira = scene.sign_in("mira").await;
    scene.gh.revoke_tokens_of_people();
    assert_eq!(scene.status("/acme/fraud", &mira).await, 303);
    assert_eq!(scene.status("/api/v1/repos", &mira).await, 401);
}
