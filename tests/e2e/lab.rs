//! The laboratory of the end-to-end tests: the real router on a real port, the real store on disk,
//! the stand-in for GitHub, and a clock that the test moves. Nothing sleeps.
//!
//! A comment of the bot's that no assertion has read fails the test: what is said to people is
//! said on purpose.

#![allow(
    dead_code,
    reason = "each test binary uses its own part of the laboratory"
)]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use crate::database::Database;
use jiff::{SignedDuration, Timestamp};
use labhand::cli::bot::Bot;
use labhand::cli::rehearsal::Rehearsal;
use labhand::clock::Clock;
use labhand::domain::ids::{CommentId, ItemNumber};
use labhand::forge::github::{Called, GitHub, OnCall};
use labhand::metrics::Metrics;
use labhand::sim::{CheckView, CommentView, IssueView, Person, Selection, Sim, SimOptions};
use labhand::store::Store;
use tokio_util::sync::CancellationToken;

pub const REPO: &str = "acme/fraud";
pub const SECRET: &str = "a secret of the tests";

/// Monday, 23 November 2026, 09:00 in Europe/Berlin.
pub const MONDAY_MORNING: &str = "2026-11-23T08:00:00Z";

/// How the laboratory differs from the usual one.
pub struct Setup {
    pub policy: Option<&'static str>,
    pub public: bool,
    pub token: bool,
    pub selection_all: bool,
    pub starts_at: &'static str,
    /// Between two writes. As the clock stands still while the bot works, it is zero, or long enough
    /// for the work to be put off.
    pub write_spacing: std::time::Duration,
    /// Is told of each call that the bot has made.
    pub on_call: OnCall,
    /// What there was before the installation.
    pub before: Option<fn(&Sim)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            policy: None,
            public: false,
            token: false,
            selection_all: false,
            starts_at: MONDAY_MORNING,
            write_spacing: std::time::Duration::ZERO,
            on_call: Arc::new(|_| {}),
            before: None,
        }
    }
}

/// A bot, a GitHub and a clock.
pub struct Lab {
    pub gh: Sim,
    pub clock: Clock,
    /// The bot's: the same, until it is set wrong.
    pub bots_clock: Clock,
    pub store: Store,
    pub bot: Bot<GitHub>,
    pub metrics: Arc<Metrics>,
    pub address: String,
    stop: CancellationToken,
    database: Arc<Database>,
    token: bool,
    read: Mutex<BTreeSet<CommentId>>,
    checked: Mutex<bool>,
}

impl Lab {
    /// A private repository `acme/fraud` with the App on it, and its people: mira (data science,
    /// write), jonas (data science, write), ana (engineering, write), lee (triage), lena
    /// (maintain), otto (an outsider who may read).
    pub async fn new() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn policy(policy: &'static str) -> Self {
        Self::with(Setup {
            policy: Some(policy),
            ..Setup::default()
        })
        .await
    }

    pub async fn with(setup: Setup) -> Self {
        // `RUST_LOG=labhand=debug cargo test …` shows what the bot does.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let _already = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_test_writer()
            .try_init();
        let clock = Clock::manual(setup.starts_at.parse().unwrap());
        let told = clock.clone();
        let gh = Sim::start(SimOptions {
            webhook_secret: SECRET.to_owned(),
            clock: Box::new(move || told.now()),
            ..SimOptions::default()
        })
        .await
        .unwrap();
        gh.org("acme");
        for login in ["mira", "jonas", "ana", "lee", "lena", "otto"] {
            gh.user(login);
        }
        gh.team("acme/data-science", &["mira", "jonas"]);
        gh.team("acme/ml-platform", &["ana"]);
        if setup.public {
            gh.public_repo(REPO);
        } else {
            gh.repo(REPO);
        }
        for (login, role) in [
            ("mira", "write"),
            ("jonas", "write"),
            ("ana", "write"),
            ("lee", "triage"),
            ("lena", "maintain"),
            ("otto", "read"),
        ] {
            gh.collaborator(REPO, login, role);
        }
        if let Some(policy) = setup.policy {
            gh.as_user(REPO, "lena")
                .write_file(".github/labhand.yml", policy);
        }
        if let Some(before) = setup.before {
            before(&gh);
            clock.advance(SignedDuration::from_secs(60));
        }
        let database = Arc::new(Database::new().await);
        let how = (setup.token, setup.write_spacing);
        let lab = Self::start(gh, clock, database, how, setup.on_call).await;
        if setup.token {
            lab.gh.collaborator(REPO, "labhand-machine", "write");
            lab.gh.repository_hook(REPO);
        } else if setup.selection_all {
            lab.gh.install("acme", Selection::All);
        } else {
            lab.gh.install("acme", Selection::Only(&[REPO]));
        }
        lab.settle().await;
        // What follows happens after the installation.
        lab.clock.advance(SignedDuration::from_secs(60));
        lab.gh.forget_calls();
        lab
    }

    async fn start(
        gh: Sim,
        clock: Clock,
        database: Arc<Database>,
        (token, write_spacing): (bool, std::time::Duration),
        on_call: OnCall,
    ) -> Self {
        let store = Store::open(database.url()).await.unwrap();
        let metrics = Arc::new(Metrics::new());
        let bots_clock = clock.beside();
        let hearing = bots_clock.clone();
        let on_call: OnCall = Arc::new(move |called: &Called<'_>| {
            called.date.into_iter().for_each(|date| hearing.heard(date));
            on_call(called);
        });
        let rehearsal = Rehearsal {
            token,
            write_spacing,
            on_call,
            metrics: Arc::clone(&metrics),
            ..Rehearsal::new(SECRET)
        };
        let bot = Bot::on(&gh, store.clone(), bots_clock.clone(), rehearsal).unwrap();
        let (address, stop) = bot.hears(&gh).await.unwrap();
        let address = format!("http://{address}");
        Self {
            gh,
            clock,
            bots_clock,
            store,
            bot,
            metrics,
            address,
            stop,
            database,
            token,
            read: Mutex::default(),
            checked: Mutex::new(false),
        }
    }

    /// Stops the process's parts and starts them anew on the same database.
    pub async fn restart(self) -> Self {
        self.stop.cancel();
        self.store.close().await;
        *self.checked.lock().unwrap() = true;
        let read = std::mem::take(&mut *self.read.lock().unwrap());
        let lab = Self::start(
            self.gh.clone(),
            self.clock.clone(),
            Arc::clone(&self.database),
            (self.token, std::time::Duration::ZERO),
            Arc::new(|_| {}),
        )
        .await;
        *lab.read.lock().unwrap() = read;
        lab
    }

    pub fn person(&self, login: &str) -> Person {
        self.gh.as_user(REPO, login)
    }

    /// Lets everything that is under way come to its end: deliveries, work, and what falls due
    /// within seconds (the board gathers changes for some).
    pub async fn settle(&self) {
        loop {
            self.gh.deliver().await;
            self.bot.worker().drain().await.unwrap();
            if self.gh.pending() > 0 {
                continue;
            }
            match self.store.next_due().await.unwrap() {
                Some(due) if due <= self.clock.now() + SOON => {
                    self.clock.advance_to(due.max(self.clock.now()));
                }
                Some(_) | None => return,
            }
        }
    }

    /// Moves the clock to a time, stopping wherever something falls due.
    pub async fn until(&self, time: &str) {
        let end: Timestamp = time.parse().unwrap();
        self.settle().await;
        while let Some(due) = self
            .store
            .next_due()
            .await
            .unwrap()
            .filter(|due| *due <= end)
        {
            self.clock.advance_to(due.max(self.clock.now()));
            self.settle().await;
        }
        self.clock.advance_to(end.max(self.clock.now()));
        self.settle().await;
    }

    pub async fn wait(&self, span: SignedDuration) {
        self.until(&(self.clock.now() + span).to_string()).await;
    }

    pub async fn wait_hours(&self, hours: i64) {
        self.wait(SignedDuration::from_hours(hours)).await;
    }

    /// Somebody comments, and the bot does what follows.
    pub async fn says(&self, issue: ItemNumber, who: &str, text: &str) -> CommentId {
        let comment = self.person(who).comment(issue, text);
        self.settle().await;
        comment
    }

    /// Somebody's command is refused, with these words.
    pub async fn refused(&self, issue: ItemNumber, who: &str, command: &str) -> String {
        let comment = self.says(issue, who, command).await;
        self.reply(issue, comment)
    }

    /// Takes in what has happened, without any time passing.
    pub async fn at_once(&self) {
        self.gh.deliver().await;
        self.bot.worker().drain().await.unwrap();
    }

    pub fn issue(&self, number: ItemNumber) -> IssueView {
        self.gh.issue(REPO, number)
    }

    pub fn labels(&self, number: ItemNumber) -> Vec<String> {
        let mut labels = self.issue(number).labels;
        labels.sort();
        labels
    }

    /// The bot's comments on an issue, which count as read now. Without the hidden markers.
    pub fn said(&self, number: ItemNumber) -> Vec<String> {
        let comments = self.own_comments(number);
        self.read
            .lock()
            .unwrap()
            .extend(comments.iter().map(|comment| comment.id));
        comments
            .into_iter()
            .map(|comment| without_marker(&comment.body))
            .collect()
    }

    /// The bot's comment with this purpose, which counts as read now.
    pub fn comment(&self, number: ItemNumber, slot: &str) -> Option<CommentView> {
        let marker = format!("<!-- labhand:{slot}");
        let found = self
            .own_comments(number)
            .into_iter()
            .find(|comment| comment.body.contains(&marker));
        self.read
            .lock()
            .unwrap()
            .extend(found.iter().map(|comment| comment.id));
        found
    }

    /// The status comment's text; it counts as read now.
    #[track_caller]
    pub fn status(&self, number: ItemNumber) -> String {
        let comment = self.comment(number, "status -->");
        without_marker(&comment.expect("there is a status comment").body)
    }

    #[track_caller]
    pub fn checklist(&self, number: ItemNumber) -> CommentView {
        self.comment(number, "checklist -->")
            .expect("there is a checklist comment")
    }

    /// The one reply to a comment's commands; it counts as read now.
    #[track_caller]
    pub fn reply(&self, number: ItemNumber, to: CommentId) -> String {
        let comment = self.comment(number, &format!("reply:{to} -->"));
        without_marker(&comment.expect("the comment was answered").body)
    }

    pub fn reactions(&self, number: ItemNumber, to: CommentId) -> Vec<String> {
        let issue = self.issue(number);
        let comment = issue
            .comments
            .into_iter()
            .find(|comment| comment.id == to)
            .unwrap();
        comment
            .reactions
            .into_iter()
            .map(|(_, content)| content)
            .collect()
    }

    /// The board issue's text.
    pub fn board(&self) -> String {
        without_marker(&self.board_issue().body)
    }

    pub fn board_issue(&self) -> IssueView {
        let mut issues = self.gh.issues(REPO).into_iter();
        let board = issues.find(|issue| issue.labels.iter().any(|it| it == "labhand/board"));
        board.expect("there is a board issue")
    }

    /// A check of a pull request's head: conclusion and title.
    pub fn check(&self, pull: ItemNumber, name: &str) -> Option<CheckView> {
        let head = self.gh.head(REPO, pull);
        self.gh
            .checks(REPO, &head)
            .into_iter()
            .find(|check| check.name == name)
    }

    pub fn own_comments(&self, number: ItemNumber) -> Vec<CommentView> {
        let own = |author: &str| matches!(author, "labhand[bot]" | "labhand-machine");
        let comments = self.issue(number).comments;
        comments
            .into_iter()
            .filter(|comment| own(&comment.author))
            .collect()
    }

    /// Says that the bot's words on this item are not what the test is about.
    pub fn whatever_was_said(&self, number: ItemNumber) {
        let _read = self.said(number);
    }

    fn unread(&self) -> Vec<String> {
        let read = self.read.lock().unwrap();
        let issues = self.gh.issues(REPO);
        let comments = issues
            .iter()
            .flat_map(|issue| self.own_comments(issue.number));
        comments
            .filter(|comment| !read.contains(&comment.id))
            .map(|comment| comment.body)
            .collect()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.stop.cancel();
        if std::thread::panicking() || *self.checked.lock().unwrap() {
            return;
        }
        let unread = self.unread();
        assert!(unread.is_empty(), "nobody read: {unread:#?}");
    }
}

/// What falls due within this time belongs to what just happened.
const SOON: SignedDuration = SignedDuration::from_secs(15);

fn without_marker(body: &str) -> String {
    match body.rfind("\n\n<!-- labhand:") {
        Some(at) => body[..at].to_owned(),
        None => body.to_owned(),
    }
}
