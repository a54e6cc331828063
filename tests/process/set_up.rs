//! The start without settings: a page, one button on GitHub, and labhand serves.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

use labhand::sim::{Selection, Sim, SimOptions};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tempfile::TempDir;

use crate::{free_address, until};

/// labhand without credentials, and where its page is.
struct Fresh {
    gh: Sim,
    child: Child,
    folder: TempDir,
    /// `http://127.0.0.1:8080`
    here: String,
    key: String,
}

fn browser() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

async fn text(answer: Response) -> String {
    answer.text().await.unwrap()
}

impl Fresh {
    async fn start() -> Self {
        let gh = Sim::start(SimOptions::default()).await.unwrap();
        gh.org("acme");
        gh.user("mira");
        gh.repo("acme/fraud");
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().await;
        let mut child = Command::new(env!("CARGO_BIN_EXE_labhand"))
            .arg("serve")
            .env_clear()
            .current_dir(folder.path())
            .env("LABHAND_GITHUB__API_URL", gh.url())
            .env("LABHAND_SERVER__BIND", address.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let page = lines.find_map(|line| {
            let line = line.unwrap();
            let (here, key) = line.trim().split_once("/-/set-up?key=")?;
            Some((here.to_owned(), key.to_owned()))
        });
        let (here, key) = page.unwrap();
        Self {
            gh,
            child,
            folder,
            here,
            key,
        }
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.here);
        browser().get(url).send().await.unwrap()
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("labhand-app.json")
    }

    /// Presses the button, and comes back from GitHub to this path.
    async fn press(&self, query: &str) -> String {
        let page = text(
            self.get(&format!("/-/set-up?key={}{query}", self.key))
                .await,
        )
        .await;
        let between = |before: &str, after: &str| {
            let rest = page.split_once(before).expect(before).1;
            unescaped(rest.split_once(after).unwrap().0)
        };
        let form = between("method=\"post\" action=\"", "\"");
        let manifest = between("name=\"manifest\" value=\"", "\"");
        let body = format!("manifest={}", encoded(&manifest));
        let sent = browser()
            .post(form)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("user-agent", "a browser")
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(sent.status(), 302);
        let back = sent.headers()["location"].to_str().unwrap().to_owned();
        back.strip_prefix(&self.here)
            .expect("back to labhand")
            .to_owned()
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unescaped(html: &str) -> String {
    [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ]
    .iter()
    .fold(html.to_owned(), |text, (code, sign)| {
        text.replace(code, sign)
    })
}

fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut url = String::new();
    for byte in text.bytes() {
        write!(url, "%{byte:02X}").unwrap();
    }
    url
}

#[tokio::test]
async fn one_button_makes_an_app_and_labhand_serves() {
    let fresh = Fresh::start().await;
    // Nobody else can set it up, and deliveries that come too early are not lost.
    for path in [
        "/",
        "/-/set-up",
        "/-/set-up?key=wrong",
        "/acme/fraud",
        "/readyz",
    ] {
        let answer = fresh.get(path).await;
        assert_eq!(answer.status(), 503, "{path}");
        assert!(!text(answer).await.contains("manifest"), "{path}");
    }
    assert_eq!(fresh.get("/healthz").await.status(), 200);

    let page = text(fresh.get(&format!("/-/set-up?key={}", fresh.key)).await).await;
    assert!(page.contains("GitHub cannot reach this address"));
    assert!(page.contains("deployment_status"));
    let back = fresh.press("&org=acme").await;
    fresh.gh.deliver().await;
    // Whoever has not seen the key cannot send a code either.
    let (path, _) = back.split_once("&state=").unwrap();
    assert_eq!(
        fresh.get(&format!("{path}&state=other")).await.status(),
        503
    );
    assert!(!fresh.file().exists());

    let made = fresh.get(&back).await;
    assert_eq!(made.status(), 303);
    let ready = made.headers()["location"].to_str().unwrap().to_owned();
    let rights = std::fs::metadata(fresh.file())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(rights & 0o777, 0o600);
    let kept: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(fresh.file()).unwrap()).unwrap();
    assert_eq!(kept["id"], fresh.gh.app_id());

    // It serves now, and asks for the ping that came too early.
    let url = format!("{}{ready}", fresh.here);
    until("GitHub reaches labhand", async || {
        fresh.gh.deliver().await;
        let Ok(answer) = browser().get(&url).send().await else {
            return false;
        };
        let page = answer.text().await.unwrap_or_default();
        page.contains("Yes: its ping has arrived.")
            && page.contains("/apps/labhand/installations/new")
    })
    .await;
    assert_eq!(fresh.get("/-/set-up/ready?key=wrong").await.status(), 404);

    fresh.gh.install("acme", Selection::All);
    until("the board lists the repository", async || {
        fresh.gh.deliver().await;
        text(fresh.get("/").await).await.contains("acme/fraud")
    })
    .await;
}

#[tokio::test]
async fn what_goes_wrong_is_said_on_the_page() {
    let fresh = Fresh::start().await;
    let page = async |query: &str| {
        let path = format!("/-/set-up?key={}{query}", fresh.key);
        text(fresh.get(&path).await).await
    };
    assert!(
        page("&url=ftp://x")
            .await
            .contains("has to begin with https://")
    );
    assert!(
        page("&org=a/b")
            .await
            .contains("letters, digits and hyphens only")
    );
    let public = page("&url=https://labhand.example.com&releases=1").await;
    let manifest = unescaped(public.split_once("name=\"manifest\" value=\"").unwrap().1);
    assert!(manifest.contains("\"url\":\"https://labhand.example.com/webhooks/github\""));
    assert!(manifest.contains("\"contents\":\"write\""));

    let back = fresh.press("").await;
    let (_, state) = back.split_once("&state=").unwrap();
    let unknown = fresh
        .get(&format!("/-/set-up/done?code=old&state={state}"))
        .await;
    assert!(
        text(unknown)
            .await
            .contains("does not know this code any more")
    );
    // A file that is there already is never written over.
    std::fs::write(fresh.file(), "mine").unwrap();
    let failed = text(fresh.get(&back).await).await;
    assert!(failed.contains("could not be written"), "{failed}");
    assert_eq!(std::fs::read_to_string(fresh.file()).unwrap(), "mine");
}
