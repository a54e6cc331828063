//! One request, one answer: who asks, how long to wait, how much to read, whither to be
//! redirected, and what it means when no answer comes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::uri::Authority;
use http::{Uri, header};
use jiff::Timestamp;
use octocrab::Octocrab;
use octocrab::models::{AppId, InstallationId as OctoInstallationId};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use tracing::{Instrument, field};

use crate::domain::ids::InstallationId;
use crate::forge::{Allowance, CallError};

use super::answer::{Answer, failed};
use super::links::{next_page, redirect, stays_within};
use super::request::Request;
use super::setup::{Addresses, SetupError, client};
use super::transmit::{installation_token, transmit, unsent};

/// How long one request may take from beginning to end. Under half of a key's lease of 30 s, so
/// that whoever takes a key over never looks for something that is still being created.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// More pages than any list of GitHub's has: 100,000 entries. Ends a list that goes in circles.
const MAX_PAGES: usize = 1_000;

/// A renamed repository redirects once; a chain of them is a mistake of somebody's.
const MAX_REDIRECTS: usize = 3;

/// Is told of each call.
pub type OnCall = Arc<dyn Fn(&Called<'_>) + Send + Sync>;

/// A call that was made.
#[derive(Debug, Clone, Copy)]
pub struct Called<'c> {
    /// Its method.
    pub method: &'c str,
    /// As GitHub documents it: `/app/installations/{installation_id}`.
    pub route: &'static str,
    /// Of the answer; 0 if none came that could be read.
    pub status: u16,
    /// When GitHub has answered, by its own clock.
    pub date: Option<Timestamp>,
}

/// On whose behalf something is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    /// The App itself, by its key. With a token: the token's account.
    App,
    /// An installation of the App. With a token: the token's account.
    Installation(InstallationId),
}

/// What labhand shows to be let in.
enum Access {
    App {
        id: u64,
        app: Arc<Octocrab>,
        /// Kept, since each keeps its token until it expires.
        installations: Mutex<BTreeMap<InstallationId, Arc<Octocrab>>>,
    },
    /// One client for all: that of a token, or one without credentials.
    One(Arc<Octocrab>),
}

/// A connection to one GitHub, with credentials.
pub(super) struct Connection {
    access: Access,
    /// GitHub Enterprise has REST under `/api/v3` and GraphQL under `/api/graphql`, and octocrab
    /// knows one base. In App mode this one has no credentials of its own.
    graphql: Arc<Octocrab>,
    /// The same for the files of releases, which go to another host still.
    uploads: Arc<Octocrab>,
    uploads_authority: Option<Authority>,
    authority: Authority,
    /// Where people look: `https://github.com`.
    pub(super) html_url: String,
    on_call: OnCall,
    allowances: Mutex<HashMap<InstallationId, Allowance>>,
    pub(super) call_timeout: Duration,
}

impl Connection {
    /// With an App's id and private key.
    pub(super) fn app(
        api_url: &str,
        app_id: u64,
        pem: &SecretString,
        on_call: OnCall,
    ) -> Result<Self, SetupError> {
        let addresses = Addresses::new(api_url)?;
        let app = client(&addresses.rest, |builder| {
            builder
                .app_from_rsa_pem(AppId(app_id), pem.expose_secret())
                .map_err(|_| SetupError::PrivateKey)
        })?;
        let graphql = if addresses.graphql == addresses.rest {
            Arc::clone(&app)
        } else {
            client(&addresses.graphql, Ok)?
        };
        let uploads = if addresses.uploads == addresses.rest {
            Arc::clone(&app)
        } else {
            client(&addresses.uploads, Ok)?
        };
        let access = Access::App {
            id: app_id,
            app,
            installations: Mutex::default(),
        };
        Ok(Self::new(access, [graphql, uploads], addresses, on_call))
    }

    /// With the token of a machine account.
    pub(super) fn token(
        api_url: &str,
        token: &SecretString,
        on_call: OnCall,
    ) -> Result<Self, SetupError> {
        let addresses = Addresses::new(api_url)?;
        let text = token.expose_secret();
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SetupError::Token);
        }
        let with_token =
            |base: &Uri| client(base, |builder| Ok(builder.personal_token(token.clone())));
        let rest = with_token(&addresses.rest)?;
        let graphql = if addresses.graphql == addresses.rest {
            Arc::clone(&rest)
        } else {
            with_token(&addresses.graphql)?
        };
        let uploads = if addresses.uploads == addresses.rest {
            Arc::clone(&rest)
        } else {
            with_token(&addresses.uploads)?
        };
        let access = Access::One(rest);
        Ok(Self::new(access, [graphql, uploads], addresses, on_call))
    }

    /// To GitHub's API, without credentials.
    pub(super) fn to_anybody(api_url: &str, on_call: OnCall) -> Result<Self, SetupError> {
        let addresses = Addresses::new(api_url)?;
        let bare = client(&addresses.rest, Ok)?;
        Ok(Self::without_credentials(bare, addresses, on_call))
    }

    /// To where people look, without credentials.
    pub(super) fn to_pages(api_url: &str, on_call: OnCall) -> Result<Self, SetupError> {
        let addresses = Addresses::new(api_url)?;
        let wrong = |_| SetupError::ApiUrl(api_url.to_owned());
        let bare = client(&addresses.html_url.parse().map_err(wrong)?, Ok)?;
        Ok(Self::without_credentials(bare, addresses, on_call))
    }

    fn without_credentials(bare: Arc<Octocrab>, addresses: Addresses, on_call: OnCall) -> Self {
        let others = [Arc::clone(&bare), Arc::clone(&bare)];
        Self::new(Access::One(bare), others, addresses, on_call)
    }

    fn new(
        access: Access,
        [graphql, uploads]: [Arc<Octocrab>; 2],
        addresses: Addresses,
        on_call: OnCall,
    ) -> Self {
        Self {
            access,
            graphql,
            uploads,
            uploads_authority: addresses.uploads.authority().cloned(),
            authority: addresses.authority,
            html_url: addresses.html_url,
            on_call,
            allowances: Mutex::default(),
            call_timeout: CALL_TIMEOUT,
        }
    }

    /// What was last said of an installation's requests.
    pub(super) fn allowance(&self, installation: InstallationId) -> Option<Allowance> {
        lock(&self.allowances).get(&installation).copied()
    }

    /// The App's id; `None` with a token.
    pub(super) fn app_id(&self) -> Option<u64> {
        match &self.access {
            Access::App { id, .. } => Some(*id),
            Access::One(_) => None,
        }
    }

    /// An installation whose token can be used for what concerns none: one that was used before,
    /// or else the first that GitHub lists. `None` if the App is installed nowhere.
    pub(super) async fn some_installation(&self) -> Result<Option<InstallationId>, CallError> {
        #[derive(Deserialize)]
        struct Listed {
            id: u64,
        }
        if let Access::App { installations, .. } = &self.access {
            let used = lock(installations).keys().next().copied();
            if used.is_some() {
                return Ok(used);
            }
        }
        let request = Request::get("/app/installations", &[]).query("per_page", "1");
        let listed: Vec<Listed> = self.json(As::App, &request).await?;
        Ok(listed.first().map(|listed| InstallationId(listed.id)))
    }

    /// Sends a request and reads a successful answer as JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        asker: As,
        request: &Request,
    ) -> Result<T, CallError> {
        self.send(asker, request).await?.json(request.twice)
    }

    /// Sends a request; only success is an answer.
    pub(super) async fn send(&self, asker: As, request: &Request) -> Result<Answer, CallError> {
        self.exchange(asker, request).await?.accepted(request.twice)
    }

    /// Reads a list to its last page.
    pub(super) async fn pages<P: DeserializeOwned>(
        &self,
        asker: As,
        request: Request,
    ) -> Result<Vec<P>, CallError> {
        self.pages_until(asker, request, |_| false).await
    }

    /// Reads a list until one of its pages is the last that is wanted.
    pub(super) async fn pages_until<P: DeserializeOwned>(
        &self,
        asker: As,
        request: Request,
        enough: impl Fn(&P) -> bool + Send,
    ) -> Result<Vec<P>, CallError> {
        let mut request = request.query("per_page", "100");
        let mut pages = Vec::new();
        for _ in 0..MAX_PAGES {
            let answer = self.send(asker, &request).await?;
            let page = answer.json(request.twice)?;
            let last = enough(&page);
            pages.push(page);
            if last {
                return Ok(pages);
            }
            let Some(next) = answer.header(header::LINK).and_then(next_page) else {
                return Ok(pages);
            };
            let next = self.on_this_host(next);
            let next = next.ok_or_else(|| CallError::Unreadable("a page elsewhere".to_owned()))?;
            request = request.at(next);
        }
        Err(CallError::Unreadable(format!(
            "a list of over {MAX_PAGES} pages"
        )))
    }

    /// Sends a request and follows redirects; whatever GitHub answers is an answer.
    pub(super) async fn exchange(&self, asker: As, request: &Request) -> Result<Answer, CallError> {
        let deadline = self.deadline();
        let client = self.rest(asker)?;
        if self.is_app() && asker != As::App {
            installation_token(&client, deadline).await?;
        }
        let mut request = request.clone();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.once(asker, &client, &request, deadline).await?;
            let Some(location) = redirect(&answer) else {
                return Ok(answer);
            };
            let target = self.on_this_host(location);
            let target = target.filter(|target| stays_within(target, request.within));
            let moved = || CallError::Missing("moved to somewhere else".to_owned());
            request = request.at(target.ok_or_else(moved)?);
        }
        Err(CallError::Missing("redirected for ever".to_owned()))
    }

    /// Where an answer sends us, which is not followed; `None` if it is an answer.
    pub(super) async fn location(
        &self,
        asker: As,
        request: &Request,
    ) -> Result<Option<String>, CallError> {
        let deadline = self.deadline();
        let client = self.rest(asker)?;
        if self.is_app() && asker != As::App {
            installation_token(&client, deadline).await?;
        }
        let answer = self.once(asker, &client, request, deadline).await?;
        if let Some(location) = redirect(&answer) {
            return Ok(Some(location.to_owned()));
        }
        answer.accepted(request.twice)?;
        Ok(None)
    }

    /// Sends a GraphQL query.
    pub(super) async fn graphql(&self, asker: As, request: &Request) -> Result<Answer, CallError> {
        let deadline = self.deadline();
        let client = self.let_in(&self.graphql, asker, deadline).await?;
        let answer = self.once(asker, &client, request, deadline).await?;
        answer.accepted(request.twice)
    }

    /// Sends a file to where a release's `upload_url` points, which has to be GitHub's own host for
    /// that; whatever is answered is an answer.
    pub(super) async fn upload(
        &self,
        asker: As,
        upload_url: &str,
        request: Request,
    ) -> Result<Answer, CallError> {
        let elsewhere = || CallError::Unreadable("an upload to somewhere else".to_owned());
        let uri: Uri = upload_url.parse().map_err(|_| elsewhere())?;
        if uri.authority() != self.uploads_authority.as_ref() {
            return Err(elsewhere());
        }
        let (_, query) = request.target.split_once('?').unwrap_or_default();
        let request = request.at(format!("{}?{query}", uri.path()));
        let deadline = self.deadline();
        let client = self.let_in(&self.uploads, asker, deadline).await?;
        let answer = self.once(asker, &client, &request, deadline).await?;
        // The release tells where that is, if it is asked again.
        if redirect(&answer).is_some() {
            return Err(CallError::Missing(
                "uploads go to somewhere else".to_owned(),
            ));
        }
        Ok(answer)
    }

    /// A client for another base than that of REST, with the credentials of who asks.
    async fn let_in(
        &self,
        bare: &Octocrab,
        asker: As,
        deadline: Instant,
    ) -> Result<Octocrab, CallError> {
        if self.is_app() {
            let installation = self.rest(asker)?;
            let token = installation_token(&installation, deadline).await?;
            bare.user_access_token(token)
                .map_err(|error| unsent(&error))
        } else {
            Ok(bare.clone())
        }
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.call_timeout
    }

    fn is_app(&self) -> bool {
        self.app_id().is_some()
    }

    /// The client that asks on somebody's behalf.
    fn rest(&self, asker: As) -> Result<Arc<Octocrab>, CallError> {
        match (&self.access, asker) {
            (Access::One(client), As::App | As::Installation(_)) => Ok(Arc::clone(client)),
            (Access::App { app, .. }, As::App) => Ok(Arc::clone(app)),
            (
                Access::App {
                    app, installations, ..
                },
                As::Installation(id),
            ) => {
                let mut installations = lock(installations);
                if let Some(client) = installations.get(&id) {
                    return Ok(Arc::clone(client));
                }
                let client = app.installation(OctoInstallationId(id.0));
                let client = Arc::new(client.map_err(|error| unsent(&error))?);
                installations.insert(id, Arc::clone(&client));
                Ok(client)
            }
        }
    }

    /// One request, without following anything.
    async fn once(
        &self,
        asker: As,
        client: &Octocrab,
        request: &Request,
        deadline: Instant,
    ) -> Result<Answer, CallError> {
        let span = tracing::info_span!(
            "call",
            method = request.method.as_str(),
            route = request.route,
            status = field::Empty,
        );
        let answer = timeout_at(deadline, transmit(client, request));
        let answer = answer.instrument(span.clone()).await;
        let late = |_| Err(failed(request.twice, "no answer in time".to_owned()));
        let answer = answer.unwrap_or_else(late);
        let status = answer.as_ref().map_or(0, |answer| answer.status.as_u16());
        span.record("status", status);
        (self.on_call)(&Called {
            method: request.method.as_str(),
            route: request.route,
            status,
            date: answer.as_ref().ok().and_then(Answer::date),
        });
        if let (Ok(answer), As::Installation(installation)) = (&answer, asker)
            && let Some(left) = answer.allowance()
        {
            lock(&self.allowances).insert(installation, left);
        }
        tracing::debug!(method = %request.method, route = request.route, status, "asked GitHub");
        answer
    }

    /// The path and query of an address that GitHub gave; `None` if it is on another host, which
    /// gets no credentials of ours.
    fn on_this_host(&self, address: &str) -> Option<String> {
        let uri: Uri = address.parse().ok()?;
        let ours = |authority: &Authority| *authority == self.authority;
        let here = uri.authority().is_none_or(ours);
        let target = uri.path_and_query()?;
        here.then(|| target.as_str().to_owned())
    }
}

/// What a panic elsewhere leaves behind is still a map of clients.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
