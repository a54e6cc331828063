//! What the stand-in remembers: accounts, repositories and all that is in them. Pure data with
//! look-ups; what may happen to it is in [`super::acts`], how it looks on the wire in [`super::json`].
//!
//! Nothing is ever removed but what GitHub removes too, so a [`RepoIx`] stays good for ever.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::ops::{Index, IndexMut};
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Notify;

use super::calls::CallSeen;
use super::faults::Fault;
use super::hooks::{Attempt, Delivery};

/// Ids begin beyond 32 bits, as GitHub's do by now, and are never shared between kinds of things,
/// so that a swap of two of them shows.
const FIRST_ID: u64 = 4_300_000_001;

/// Tells the time.
pub(super) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A repository's place in [`World::repos`]; only [`World`] makes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RepoIx(usize);

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccountKind {
    User,
    Organization,
    Bot,
}

/// A user, an organisation or an App's bot.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub id: u64,
    pub login: String,
    pub kind: AccountKind,
    pub created_at: Timestamp,
}

/// Who does something, and whether by way of the App.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Actor {
    pub account: u64,
    pub via_app: bool,
}

/// What somebody may do in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Nothing at all.
    None,
    /// Read.
    Read,
    /// Label, assign, close.
    Triage,
    /// Push.
    Write,
    /// Most settings.
    Maintain,
    /// Everything.
    Admin,
}

/// A team of an organisation.
#[derive(Debug, Clone)]
pub(super) struct Team {
    pub id: u64,
    pub org: u64,
    pub slug: String,
    pub members: Vec<u64>,
}

/// Which repositories an installation covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Covered {
    All,
    Only(Vec<RepoIx>),
}

/// The App on an account.
#[derive(Debug, Clone)]
pub(super) struct Installation {
    pub id: u64,
    pub account: u64,
    pub covered: Covered,
    pub created_at: Timestamp,
}

/// A label's definition.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub id: u64,
    pub name: String,
    pub color: String,
    pub description: Option<String>,
}

/// A milestone.
#[derive(Debug, Clone)]
pub(super) struct Milestone {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub description: Option<String>,
    pub due_on: Option<Timestamp>,
    pub creator: u64,
    pub open: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
}

/// A reaction.
#[derive(Debug, Clone)]
pub(super) struct Reaction {
    pub id: u64,
    pub account: u64,
    pub content: String,
    pub created_at: Timestamp,
}

/// One edit of a comment, as its edit history shows it.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub id: u64,
    pub editor: u64,
    pub at: Timestamp,
}

/// A comment of an issue or pull request.
#[derive(Debug, Clone)]
pub(super) struct Comment {
    pub id: u64,
    pub author: Actor,
    pub body: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub edits: Vec<Edit>,
    pub reactions: Vec<Reaction>,
}

/// Why an issue was closed, or that it was reopened, in GitHub's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateReason {
    /// Done.
    Completed,
    /// Won't be done.
    NotPlanned,
    /// Is another one.
    Duplicate,
    /// Open again.
    Reopened,
}

impl StateReason {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::NotPlanned => "not_planned",
            Self::Duplicate => "duplicate",
            Self::Reopened => "reopened",
        }
    }

    /// The reason of that word.
    pub(super) fn of(word: &str) -> Option<Self> {
        [
            Self::Completed,
            Self::NotPlanned,
            Self::Duplicate,
            Self::Reopened,
        ]
        .into_iter()
        .find(|reason| reason.word() == word)
    }
}

/// What a pull request has beside what an issue has.
#[derive(Debug, Clone)]
pub(super) struct Pull {
    pub id: u64,
    pub branch: String,
    pub base: String,
    pub head: String,
    pub base_sha: String,
    pub draft: bool,
    pub merged: Option<Merge>,
    pub sidebar_links: Vec<u64>,
    pub commits: usize,
}

/// How a pull request was merged.
#[derive(Debug, Clone)]
pub(super) struct Merge {
    pub by: u64,
    pub at: Timestamp,
    pub commit: String,
}

/// An issue, or a pull request.
#[derive(Debug, Clone)]
pub(super) struct Issue {
    pub id: u64,
    pub number: u64,
    pub title: String,
    pub body: Option<String>,
    pub author: Actor,
    pub open: bool,
    pub state_reason: Option<StateReason>,
    pub labels: Vec<u64>,
    pub assignees: Vec<u64>,
    pub milestone: Option<u64>,
    pub issue_type: Option<String>,
    pub comments: Vec<Comment>,
    pub reactions: Vec<Reaction>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    pub closed_by: Option<u64>,
    pub pull: Option<Pull>,
}

/// Files by path.
pub(super) type Tree = BTreeMap<String, String>;

/// A commit with all its files.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub sha: String,
    pub tree: Tree,
    pub message: String,
    pub author: u64,
    pub at: Timestamp,
}

/// A check run.
#[derive(Debug, Clone)]
pub(super) struct CheckRun {
    pub id: u64,
    pub suite: u64,
    pub name: String,
    pub sha: String,
    pub status: String,
    pub conclusion: Option<String>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub details_url: Option<String>,
    pub external_id: Option<String>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    pub annotations: usize,
}

/// A commit status. A later one of the same context replaces an earlier one in the combined view.
#[derive(Debug, Clone)]
pub(super) struct Status {
    pub id: u64,
    pub sha: String,
    pub context: String,
    pub state: String,
    pub description: Option<String>,
    pub target_url: Option<String>,
    pub creator: u64,
    pub created_at: Timestamp,
}

/// A repository.
#[derive(Debug, Clone)]
pub(super) struct Repo {
    pub id: u64,
    pub owner: u64,
    pub name: String,
    pub private: bool,
    pub default_branch: String,
    pub collaborators: BTreeMap<u64, Role>,
    pub labels: Vec<Label>,
    pub milestones: Vec<Milestone>,
    pub issues: BTreeMap<u64, Issue>,
    pub gone: HashSet<u64>,
    pub commits: HashMap<String, Commit>,
    pub branches: BTreeMap<String, String>,
    pub checks: Vec<CheckRun>,
    pub statuses: Vec<Status>,
    pub next_number: u64,
    pub hooked: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub pushed_at: Timestamp,
}

impl Repo {
    /// The label of that name; names are compared without regard to case, as GitHub does.
    pub fn label(&self, name: &str) -> Option<&Label> {
        self.labels
            .iter()
            .find(|label| label.name.eq_ignore_ascii_case(name))
    }

    /// The commit that a branch, a pull request's head or a full id names.
    pub fn commit(&self, reference: &str) -> Option<&Commit> {
        let branch = reference
            .trim_start_matches("refs/")
            .trim_start_matches("heads/");
        let sha = self.branches.get(branch).map_or(reference, String::as_str);
        self.commits.get(sha)
    }
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
    next_id: u64,
    pub outbox: VecDeque<Delivery>,
    pub attempts: Vec<Attempt>,
    pub waiting: Arc<Notify>,
    pub hook_url: Option<String>,
    pub repeat_deliveries: bool,
    pub lag_after_event: bool,
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
            next_id: FIRST_ID,
            outbox: VecDeque::new(),
            attempts: Vec::new(),
            waiting: Arc::new(Notify::new()),
            hook_url: None,
            repeat_deliveries: false,
            lag_after_event: false,
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
