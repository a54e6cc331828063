//! All that the stand-in remembers, and looking things up in it. Nothing is ever removed but what
//! GitHub removes too, so a [`RepoIx`] stays good for ever.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::{Index, IndexMut};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::calls::CallSeen;
use super::delivery::{Attempt, Delivery};
use super::faults::Fault;
use super::state::{Account, AccountKind, Covered, Installation, Repo, RepoIx, Role, Team};

/// Ids begin beyond 32 bits, as GitHub's do by now, and are never shared between kinds of things,
/// so that a swap of two of them shows.
const FIRST_ID: u64 = 4_300_000_001;

/// Tells the time.
pub(super) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Signing in, and how the App came to be.
#[derive(Default)]
pub(super) struct Registering {
    /// Who is signed in in the browser.
    pub browser: Option<u64>,
    /// Where the App wants people to come back to.
    pub callback: Option<String>,
    pub codes: HashMap<String, u64>,
    /// Of people.
    pub tokens: HashMap<String, u64>,
    pub manifest: Option<serde_json::Value>,
    pub manifest_code: Option<String>,
}

/// The whole of it.
pub(super) struct World {
    pub base: String,
    pub web: String,
    pub secret: String,
    pub clock: Clock,
    pub app_id: u64,
    pub app_owner: u64,
    pub bot: u64,
    pub machine: u64,
    pub hook_id: u64,
    pub accounts: Vec<Account>,
    pub teams: Vec<Team>,
    pub installations: Vec<Installation>,
    pub tokens: HashMap<String, u64>,
    repos: Vec<Repo>,
    /// In small letters, as `owner/name`.
    pub former_names: HashMap<String, RepoIx>,
    next_id: u64,
    pub outbox: VecDeque<Delivery>,
    pub attempts: Vec<Attempt>,
    pub waiting: Arc<Notify>,
    /// Is told of each call that is never answered.
    pub withheld: Arc<Notify>,
    pub hook_url: Option<String>,
    pub repeat_deliveries: bool,
    pub lag_after_event: bool,
    /// The permission *contents: write* was not given.
    pub contents_are_read_only: bool,
    /// Permissions that the App has otherwise, `None` if not at all.
    pub permitted: HashMap<String, Option<String>>,
    /// Events that the App does not hear.
    pub unheard: HashSet<String>,
    pub registering: Registering,
    /// Calls that others have made in the hour that ends then.
    pub used_elsewhere: (i64, usize),
    /// So many uploads break off on their way.
    pub uploads_to_cut: usize,
    pub lagging: HashSet<String>,
    pub calls: Vec<CallSeen>,
    pub faults: Vec<Fault>,
}

impl World {
    /// An empty one with the App, its bot and the machine account.
    pub fn new(base: String, web: String, secret: String, clock: Clock) -> Self {
        let mut world = Self {
            base,
            web,
            secret,
            clock,
            app_id: 0,
            app_owner: 0,
            bot: 0,
            machine: 0,
            hook_id: 0,
            accounts: Vec::new(),
            teams: Vec::new(),
            installations: Vec::new(),
            tokens: HashMap::new(),
            repos: Vec::new(),
            former_names: HashMap::new(),
            next_id: FIRST_ID,
            outbox: VecDeque::new(),
            attempts: Vec::new(),
            waiting: Arc::new(Notify::new()),
            withheld: Arc::new(Notify::new()),
            hook_url: None,
            repeat_deliveries: false,
            lag_after_event: false,
            contents_are_read_only: false,
            permitted: HashMap::new(),
            unheard: HashSet::new(),
            registering: Registering::default(),
            used_elsewhere: (0, 0),
            uploads_to_cut: 0,
            lagging: HashSet::new(),
            calls: Vec::new(),
            faults: Vec::new(),
        };
        world.app_id = world.id();
        world.hook_id = world.id();
        world.app_owner = world.account_named("labhand-makers", AccountKind::Organization);
        world.bot = world.account_named("labhand[bot]", AccountKind::Bot);
        world.machine = world.account_named("labhand-machine", AccountKind::User);
        world
    }

    /// The time in whole seconds, as GitHub tells it.
    pub fn now(&self) -> Timestamp {
        let now = (self.clock)();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// An id that nothing else has.
    pub fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// The account of that login.
    pub fn account(&self, login: &str) -> Option<&Account> {
        self.accounts
            .iter()
            .find(|account| account.login.eq_ignore_ascii_case(login))
    }

    /// The account of that id.
    pub fn account_by_id(&self, id: u64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// The login of an account, for messages and payloads.
    pub fn login(&self, id: u64) -> &str {
        self.account_by_id(id)
            .map_or("ghost", |account| account.login.as_str())
    }

    /// The account of that login, made if there was none.
    pub fn account_named(&mut self, login: &str, kind: AccountKind) -> u64 {
        if let Some(there) = self.account(login) {
            return there.id;
        }
        let id = self.id();
        let created_at = self.now();
        self.accounts.push(Account {
            id,
            login: login.to_owned(),
            kind,
            created_at,
        });
        id
    }

    /// All repositories.
    pub fn repos(&self) -> impl Iterator<Item = (RepoIx, &Repo)> {
        self.repos
            .iter()
            .enumerate()
            .map(|(at, repo)| (RepoIx(at), repo))
    }

    /// Adds a repository.
    pub fn add_repo(&mut self, repo: Repo) -> RepoIx {
        self.repos.push(repo);
        RepoIx(self.repos.len() - 1)
    }

    /// The repository of that full name.
    pub fn repo_named(&self, owner: &str, name: &str) -> Option<RepoIx> {
        self.repos()
            .find(|(_, repo)| {
                repo.name.eq_ignore_ascii_case(name)
                    && self.login(repo.owner).eq_ignore_ascii_case(owner)
            })
            .map(|(at, _)| at)
    }

    /// `owner/name`.
    pub fn full_name(&self, repo: RepoIx) -> String {
        format!("{}/{}", self.login(self[repo].owner), self[repo].name)
    }

    /// The installation that covers a repository.
    pub fn installation_of(&self, repo: RepoIx) -> Option<&Installation> {
        self.installations
            .iter()
            .find(|installation| self.covers(installation, repo))
    }

    /// Whether an installation covers a repository.
    pub fn covers(&self, installation: &Installation, repo: RepoIx) -> bool {
        installation.account == self[repo].owner
            && match &installation.covered {
                Covered::All => true,
                Covered::Only(some) => some.contains(&repo),
            }
    }

    /// The repositories of an installation.
    pub fn covered_by(&self, installation: &Installation) -> Vec<RepoIx> {
        self.repos()
            .map(|(at, _)| at)
            .filter(|at| self.covers(installation, *at))
            .collect()
    }

    /// What an account may do in a repository.
    pub fn role(&self, repo: RepoIx, account: u64) -> Role {
        let repo = &self[repo];
        let by_visibility = if repo.private { Role::None } else { Role::Read };
        if repo.owner == account {
            return Role::Admin;
        }
        repo.collaborators
            .get(&account)
            .copied()
            .unwrap_or(by_visibility)
            .max(by_visibility)
    }
}

impl Index<RepoIx> for World {
    type Output = Repo;

    fn index(&self, at: RepoIx) -> &Repo {
        &self.repos[at.0]
    }
}

impl IndexMut<RepoIx> for World {
    fn index_mut(&mut self, at: RepoIx) -> &mut Repo {
        &mut self.repos[at.0]
    }
}
