//! A stateful stand-in for GitHub: REST, GraphQL, signed webhooks and pages, on loopback. The
//! tests and `labhand demo` live on it.
//!
//! It is as nasty as GitHub: the bot's own writes come back as events, each label is an event of
//! its own, a resource can be missing right after the event that announced it, answers get lost
//! after the call was carried out, and deliveries come twice or in another order — the last four
//! on request. Nothing sleeps: webhooks are queued and go out when [`Sim::deliver`] says so.
//!
//! ```no_run
//! # async fn story() -> Result<(), labhand::sim::SimError> {
//! use labhand::sim::{Selection, Sim, SimOptions};
//!
//! let gh = Sim::start(SimOptions::default()).await?;
//! gh.user("mira");
//! gh.repo("acme/fraud");
//! gh.install("acme", Selection::All);
//! let mira = gh.as_user("acme/fraud", "mira");
//! let n = mira.open_issue("Test BERT vs GPT").labels(&["kind/experiment"]).send();
//! mira.comment(n, "/timebox 2d");
//! gh.hook_to("http://127.0.0.1:8080/webhooks/github");
//! gh.deliver().await;
//! # Ok(()) }
//! ```
//!
//! # Panics
//!
//! Whoever speaks of a repository, user or issue that isn't there has made a mistake in the test
//! or the demo, not met a state of the world: the handle panics, and says at which line.

mod acts;
mod api;
mod calls;
mod courier;
mod delivery;
mod drafts;
mod faults;
mod hooks;
mod json;
mod pages;
mod paths;
mod people;
mod refusal;
mod releasing;
mod server;
mod setting;
mod state;
mod views;
mod world;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use calls::CallSeen;
pub use delivery::Delivery;
pub use drafts::{IssueDraft, PullDraft};
pub use faults::{Answer, Fault};
pub use people::Person;
pub use releasing::ReleaseView;
pub use setting::Selection;
pub use state::{Role, StateReason};
pub use views::{CheckView, CommentView, IssueView, LabelView, StatusView};

use api::AppKey;
use courier::Courier;
use refusal::Did;
use state::RepoIx;
use world::World;

/// How a stand-in is started.
pub struct SimOptions {
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// Tells the time of the events; credentials live by the machine's own clock.
    pub clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where to listen; port 0 takes any that is free.
    pub bind: SocketAddr,
    /// What addresses in answers begin with, where the bot reaches the stand-in by way of
    /// something else, such as a proxy that checks the calls.
    pub public_url: Option<String>,
    /// Where its pages for people are said to be.
    pub web_url: String,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            webhook_secret: "It's a Secret to Everybody".to_owned(),
            clock: Box::new(Timestamp::now),
            bind: SocketAddr::from(([127, 0, 0, 1], 0)),
            public_url: None,
            web_url: "https://github.com".to_owned(),
        }
    }
}

/// The stand-in could not start.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The address is taken, or not this machine's.
    #[error("the stand-in for GitHub cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// The machine could not make an RSA key.
    #[error("the stand-in for GitHub could not make the App's key")]
    Key,
}

/// The world, shared between the handle and the server.
#[derive(Clone)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        // A test that panicked while it held the lock has failed already.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tasks behind the handles; they end with the last handle.
struct Running(Mutex<Vec<JoinHandle<()>>>);

impl Running {
    fn keep(&self, task: JoinHandle<()>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(task);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            task.abort();
        }
    }
}

/// A running stand-in. Clones are handles of the same; it ends with the last of them.
#[derive(Clone)]
pub struct Sim {
    courier: Courier,
    url: String,
    private_key: &'static str,
    running: Arc<Running>,
}

impl Sim {
    /// Starts one.
    pub async fn start(options: SimOptions) -> Result<Self, SimError> {
        let cannot = |error| SimError::Bind(options.bind, error);
        let listener = TcpListener::bind(options.bind).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let url = options
            .public_url
            .unwrap_or_else(|| format!("http://{address}"));
        let private_key = &AppKey::shared().ok_or(SimError::Key)?.private_pem;
        let shared = Shared(Arc::new(Mutex::new(World::new(
            url.clone(),
            options.web_url,
            options.webhook_secret,
            options.clock.into(),
        ))));
        let service =
            api::router(&shared).into_make_service_with_connect_info::<server::Connection>();
        let serving = tokio::spawn(async move {
            // It serves until the task is aborted; `axum::serve` has no other end.
            let _ = axum::serve(server::Door(listener), service).await;
        });
        Ok(Self {
            courier: Courier {
                shared,
                client: reqwest::Client::new(),
            },
            url,
            private_key,
            running: Arc::new(Running(Mutex::new(vec![serving]))),
        })
    }

    /// Where its API is: REST at `/`, GraphQL at `/graphql`, both also under `/api`, as on
    /// GitHub Enterprise.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The App's id.
    pub fn app_id(&self) -> u64 {
        self.world().app_id
    }

    /// The App's private key, PEM.
    pub fn private_key_pem(&self) -> &str {
        self.private_key
    }

    /// The token of the machine account `labhand-machine`, for running without an App. The account
    /// sees private repositories only as their collaborator.
    pub fn token(&self) -> &str {
        api::MACHINE_TOKEN
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.courier.shared.world()
    }

    /// The time by the stand-in's clock, in whole seconds.
    pub fn now(&self) -> Timestamp {
        self.world().now()
    }

    /// Everything that the bot asked, in order.
    pub fn calls(&self) -> Vec<CallSeen> {
        self.world().calls.clone()
    }

    /// What the bot wrote, in order; refused attempts count too.
    pub fn writes(&self) -> Vec<CallSeen> {
        let mut calls = self.calls();
        calls.retain(CallSeen::is_write);
        calls
    }

    /// GitHub allows so many more calls in this hour: others have made the rest. What it says of them
    /// stands in its headers.
    pub fn leave(&self, calls: usize) {
        let mut world = self.world();
        let (used, reset) = api::rate(&world);
        let elsewhere = api::HOURLY.saturating_sub(used + calls);
        world.used_elsewhere = (reset, elsewhere);
    }

    /// Returns once a call has been struck by [`Answer::NeverAnswered`]: the moment to stop the bot.
    pub async fn call_is_withheld(&self) {
        let withheld = Arc::clone(&self.world().withheld);
        withheld.notified().await;
    }

    /// Counts from zero again.
    pub fn forget_calls(&self) {
        self.world().calls.clear();
    }

    /// Lets something go wrong.
    pub fn fault(&self, fault: Fault) {
        self.world().faults.push(fault);
    }

    /// Lets nothing go wrong any more.
    pub fn forget_faults(&self) {
        self.world().faults.clear();
    }

    /// Answers 404 once for each issue, pull request or comment right after the event that
    /// announced it.
    pub fn lag_after_event(&self, lags: bool) {
        self.world().lag_after_event = lags;
    }

    /// A router with pages for people, read-only: the repositories, their issues and comments as
    /// GitHub shows them.
    pub fn pages(&self) -> axum::Router {
        pages::router(self.courier.shared.clone())
    }

    #[track_caller]
    fn place(world: &World, full_name: &str) -> RepoIx {
        full_name
            .split_once('/')
            .and_then(|(owner, name)| world.repo_named(owner, name))
            .unwrap_or_else(|| panic!("there is no repository {full_name} here"))
    }

    #[track_caller]
    fn who(world: &World, login: &str) -> u64 {
        world
            .account(login)
            .unwrap_or_else(|| panic!("nobody is called {login} here"))
            .id
    }
}

/// What an act yielded; where GitHub would refuse it, the caller is wrong.
#[track_caller]
fn done<T>(did: Did<T>) -> T {
    did.unwrap_or_else(|refusal| {
        panic!(
            "GitHub refuses this ({}): {} {:?}",
            refusal.status, refusal.message, refusal.errors
        )
    })
}
