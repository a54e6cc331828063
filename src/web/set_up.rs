//! Before there is an App: the page on which one is made, and nothing else. It opens with a key that
//! only whoever started labhand has seen, so that nobody else makes it theirs.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use rand::Rng as _;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::access::is_loopback;
use super::pages::{asset, frame, told};
use crate::forge::CallError;
use crate::forge::github::OnCall;
use crate::forge::github::registering::{EVENTS, Manifest, NewApp, PERMISSIONS, convert};
use crate::settings::app_file::KeptApp;
use crate::view::page;

/// Opens the pages on which labhand is set up.
#[derive(Clone)]
pub struct SetUpKey(Arc<str>);

impl SetUpKey {
    /// One that nobody knows yet.
    pub fn new() -> Self {
        let key = hex::encode(rand::rng().random::<[u8; 16]>());
        Self(key.into())
    }

    /// As it stands in the page's address.
    pub fn show(&self) -> &str {
        &self.0
    }

    /// What GitHub sends back, so that nobody else can send a code.
    fn state(&self) -> String {
        hex::encode(Sha256::digest(format!("state {}", self.0)))
    }

    pub(super) fn opens(&self, given: &str) -> bool {
        Sha256::digest(given) == Sha256::digest(self.0.as_bytes())
    }
}

impl Default for SetUpKey {
    fn default() -> Self {
        Self::new()
    }
}

/// What the pages need.
#[derive(Clone)]
pub struct SetUp {
    /// Opens them.
    pub key: SetUpKey,
    /// Where GitHub's API is.
    pub api_url: String,
    /// Where people look: `https://github.com`.
    pub web_url: String,
    /// Where the App is kept.
    pub file: PathBuf,
    /// Is told of each call.
    pub on_call: OnCall,
    /// Is cancelled once the App is kept.
    pub done: CancellationToken,
    /// An App is made once.
    converting: Arc<Mutex<()>>,
}

impl SetUp {
    /// Pages that end with an App in a file.
    pub fn new(api_url: &str, web_url: &str, file: PathBuf, on_call: OnCall) -> Self {
        Self {
            key: SetUpKey::new(),
            api_url: api_url.to_owned(),
            web_url: web_url.to_owned(),
            file,
            on_call,
            done: CancellationToken::new(),
            converting: Arc::default(),
        }
    }

    /// The routes. Deliveries are refused for now: GitHub is asked for them again.
    pub fn router(self) -> Router {
        Router::new()
            .route("/-/set-up", get(make))
            .route("/-/set-up/done", get(made))
            .route("/-/assets/{name}", get(asset))
            .route("/healthz", get(async || "alive\n"))
            .route("/webhooks/github", post(async || not_yet()))
            .fallback(async || not_yet())
            .with_state(self)
    }
}

fn not_yet() -> Response {
    let sentence = "Nobody has set labhand up yet. Where that is done stands in its log.";
    told(
        StatusCode::SERVICE_UNAVAILABLE,
        "Not set up yet",
        sentence,
        &frame(None),
    )
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    key: String,
    url: Option<String>,
    #[serde(default)]
    org: String,
    releases: Option<String>,
}

/// The page with the button.
async fn make(
    State(set_up): State<SetUp>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Response {
    if !set_up.key.opens(&asked.key) {
        return not_yet();
    }
    set_up.page(&asked, &headers, None)
}

impl SetUp {
    fn page(&self, asked: &Asked, headers: &HeaderMap, problem: Option<&str>) -> Response {
        let here = here(headers);
        let given = asked.url.as_deref().map(str::trim).unwrap_or_default();
        let (url, wrong) = match public_url(given) {
            Some(url) => (url, None),
            None if given.is_empty() => (here, None),
            None => (
                here,
                Some("The address has to begin with https:// or http://, and has no path."),
            ),
        };
        let org = asked.org.trim();
        let is_login = org.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let (org, no_org) = if is_login {
            (org, None)
        } else {
            (
                "",
                Some("An organisation's name has letters, digits and hyphens only."),
            )
        };
        let unwritable = KeptApp::may_write(&self.file).err().map(|error| {
            format!(
                "labhand cannot write {} ({error}); set github.app_file (LABHAND_GITHUB__APP_FILE) \
                 to a place where it can, and start it again.",
                self.file.display()
            )
        });
        let manifest = Manifest {
            url: &url,
            organisation: (!org.is_empty()).then_some(org),
            releases: asked.releases.is_some(),
        };
        let html = page::set_up(
            &page::SetUp {
                key: self.key.show(),
                url: &url,
                local: is_of_this_machine(&url),
                org,
                releases: manifest.releases,
                address: &manifest.form_address(&self.web_url, &self.key.state()),
                manifest: &manifest.json(),
                file: &self.file.display().to_string(),
                permissions: &PERMISSIONS,
                events: &EVENTS,
                problem: problem.or(unwritable.as_deref()).or(wrong).or(no_org),
            },
            &frame(None),
        );
        self.dressed(Html(html).into_response())
    }

    /// The form goes to GitHub, and nowhere else.
    fn dressed(&self, mut response: Response) -> Response {
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {}; \
             base-uri 'none'; frame-ancestors 'none'",
            self.web_url
        );
        let headers = response.headers_mut();
        if let Ok(policy) = HeaderValue::try_from(policy) {
            headers.insert(CONTENT_SECURITY_POLICY, policy);
        }
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // The address has the key in it.
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

#[derive(Debug, Deserialize)]
struct Returned {
    code: Option<String>,
    #[serde(default)]
    state: String,
}

/// Whoever made the App comes back with a code for its credentials.
async fn made(
    State(set_up): State<SetUp>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Response {
    if returned.state != set_up.key.state() {
        return not_yet();
    }
    let again = |problem: &str| set_up.page(&Asked::default(), &headers, Some(problem));
    let Some(code) = returned.code else {
        return again("GitHub has made no App. Try again.");
    };
    // Somebody may load the page twice.
    let _alone = set_up.converting.lock().await;
    if !set_up.done.is_cancelled() {
        match convert(&set_up.api_url, &code, Arc::clone(&set_up.on_call)).await {
            Ok(app) => {
                let kept = kept(app);
                if let Err(error) = kept.write(&set_up.file) {
                    tracing::error!(%error, "the new App could not be kept");
                    return again(&format!(
                        "The App was made, but {} could not be written ({error}), and GitHub gives \
                         its key away only once. Delete {} and try again.",
                        set_up.file.display(),
                        kept.html_url
                    ));
                }
                tracing::info!(app = kept.id, slug = kept.slug, "an App was made");
                set_up.done.cancel();
            }
            Err(CallError::Missing(_)) => {
                return again("GitHub does not know this code any more. Make the App once more.");
            }
            Err(error) => {
                tracing::warn!(%error, "GitHub does not give the new App's credentials away");
                return again(
                    "GitHub does not answer. Load this page again within an hour: the App is made.",
                );
            }
        }
    }
    let to = format!("/-/set-up/ready?key={}", set_up.key.show());
    set_up.dressed(Redirect::to(&to).into_response())
}

fn kept(app: NewApp) -> KeptApp {
    KeptApp {
        id: app.id,
        slug: app.slug,
        html_url: app.html_url,
        client_id: app.client_id,
        client_secret: app.client_secret,
        webhook_secret: app.webhook_secret,
        pem: app.pem,
    }
}

/// Where this request found labhand.
fn here(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").filter(|it| *it == "https");
    let host = text("x-forwarded-host").or(text(HOST.as_str()));
    let url = format!(
        "{}://{}",
        scheme.unwrap_or("http"),
        host.unwrap_or("localhost")
    );
    public_url(&url).unwrap_or_else(|| "http://localhost".to_owned())
}

/// An address without path, as GitHub is to call it.
fn public_url(text: &str) -> Option<String> {
    let url: Uri = text.parse().ok()?;
    let scheme = url
        .scheme_str()
        .filter(|it| matches!(*it, "http" | "https"))?;
    let authority = url.authority()?.as_str();
    let bare = url.query().is_none() && matches!(url.path(), "" | "/") && !authority.contains('@');
    bare.then(|| format!("{scheme}://{authority}"))
}

fn is_of_this_machine(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    is_loopback(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_bare() {
        let same = |text: &str| public_url(text).as_deref() == Some(text);
        assert!(same("https://labhand.example.com") && same("http://10.0.0.1:8080"));
        assert_eq!(
            public_url("https://x.example/").unwrap(),
            "https://x.example"
        );
        for wrong in [
            "",
            "labhand.example.com",
            "ftp://x.example",
            "https://x.example/path",
            "https://x.example?q",
            "https://user@x.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(public_url(wrong), None, "{wrong}");
        }
        for local in [
            "http://localhost:8080",
            "http://127.0.0.1",
            "http://[::1]:80",
        ] {
            assert!(is_of_this_machine(local), "{local}");
        }
        assert!(!is_of_this_machine("https://labhand.example.com"));
    }
}
