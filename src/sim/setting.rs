//! Setting the scene: accounts, teams, repositories and installations.

use super::api::CLIENT_SECRET;
use super::people::Person;
use super::state::{AccountKind, Actor, Covered, Role};
use super::{Sim, done};

/// Which repositories of an account the App is installed on.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'a> {
    /// All, also those to come.
    All,
    /// These, by full name.
    Only(&'a [&'a str]),
}

impl Sim {
    /// Makes somebody known.
    pub fn user(&self, login: &str) {
        self.world().account_named(login, AccountKind::User);
    }

    /// Makes another bot known, `name[bot]`.
    pub fn bot(&self, login: &str) {
        self.world().account_named(login, AccountKind::Bot);
    }

    /// Makes an organisation known.
    pub fn org(&self, login: &str) {
        self.world().account_named(login, AccountKind::Organization);
    }

    /// Makes these the members of the team `org/team`; after the installation `membership` tells
    /// of who came and went.
    #[track_caller]
    pub fn team(&self, team: &str, members: &[&str]) {
        let mut world = self.world();
        let (org, slug) = parted(team);
        let org = world.account_named(org, AccountKind::Organization);
        let members: Vec<u64> = members.iter().map(|m| Self::who(&world, m)).collect();
        world.set_team(org, slug, &members);
    }

    /// Creates a private repository with one commit on `main`. An owner that nobody knows yet is
    /// an organisation.
    pub fn repo(&self, full_name: &str) {
        self.create(full_name, true);
    }

    /// The same, for everybody to read.
    pub fn public_repo(&self, full_name: &str) {
        self.create(full_name, false);
    }

    #[track_caller]
    fn create(&self, full_name: &str, private: bool) {
        let (owner, name) = parted(full_name);
        self.world().create_repo(owner, name, private);
    }

    /// Gives somebody a role: `read`, `triage`, `write`, `maintain` or `admin`.
    #[track_caller]
    pub fn collaborator(&self, repo: &str, login: &str, role: &str) {
        let role = role_named(role);
        let mut world = self.world();
        let (repo, who) = (Self::place(&world, repo), Self::who(&world, login));
        world.set_role(repo, who, role);
    }

    /// Lets a repository tell its events by a webhook of its own, where the App is not installed:
    /// so the bot hears when it runs with a token.
    #[track_caller]
    pub fn repository_hook(&self, repo: &str) {
        let mut world = self.world();
        let repo = Self::place(&world, repo);
        world[repo].hooked = true;
    }

    /// Signs somebody in to GitHub in the browser, or nobody.
    #[track_caller]
    pub fn browser_of(&self, login: Option<&str>) {
        let mut world = self.world();
        let account = login.map(|login| Self::who(&world, login));
        world.registering.browser = account;
    }

    /// Where people who signed in by way of the App come back to.
    pub fn callback_to(&self, url: &str) {
        self.world().registering.callback = Some(url.to_owned());
    }

    /// The App's client id and secret.
    pub fn client(&self) -> (&'static str, &'static str) {
        ("Iv23liStandInForGitHub", CLIENT_SECRET)
    }

    /// Takes back what people let the App do in their names: their tokens are good no more.
    pub fn revoke_tokens_of_people(&self) {
        self.world().registering.tokens.clear();
    }

    /// Gives the App another permission than it asks for: `read`, `write`, or none.
    pub fn permit(&self, permission: &str, level: Option<&str>) {
        let level = level.map(str::to_owned);
        self.world().permitted.insert(permission.to_owned(), level);
    }

    /// Does not let the App hear an event.
    pub fn deafen(&self, event: &str) {
        self.world().unheard.insert(event.to_owned());
    }

    /// Installs the App on an account (`installation.created`), or changes what it is installed on
    /// (`installation_repositories`); the installation's id.
    #[track_caller]
    pub fn install(&self, account: &str, selection: Selection<'_>) -> u64 {
        let mut world = self.world();
        let account = Self::who(&world, account);
        let covered = match selection {
            Selection::All => Covered::All,
            Selection::Only(names) => {
                Covered::Only(names.iter().map(|n| Self::place(&world, n)).collect())
            }
        };
        world.install(account, covered)
    }

    /// Takes the App off an account (`installation.deleted`).
    #[track_caller]
    pub fn uninstall(&self, account: &str) {
        let mut world = self.world();
        let account = Self::who(&world, account);
        done(world.uninstall(account));
    }

    /// Renames a repository (`repository.renamed`), within its owner.
    #[track_caller]
    pub fn rename_repo(&self, full_name: &str, name: &str) {
        let mut world = self.world();
        let repo = Self::place(&world, full_name);
        let owner = Actor {
            account: world[repo].owner,
            via_app: false,
        };
        world.rename_repo(repo, owner, name);
    }

    /// Renames the default branch of a repository (`repository.edited`).
    #[track_caller]
    pub fn rename_default_branch(&self, full_name: &str, name: &str) {
        let mut world = self.world();
        let repo = Self::place(&world, full_name);
        let owner = Actor {
            account: world[repo].owner,
            via_app: false,
        };
        world.rename_default_branch(repo, owner, name);
    }

    /// Somebody at work in a repository.
    #[track_caller]
    pub fn as_user(&self, repo: &str, login: &str) -> Person {
        let world = self.world();
        let (repo, account) = (Self::place(&world, repo), Self::who(&world, login));
        drop(world);
        Person::new(self.clone(), repo, account)
    }
}

#[track_caller]
fn parted(name: &str) -> (&str, &str) {
    name.split_once('/')
        .unwrap_or_else(|| panic!("{name} has no owner; write owner/name"))
}

#[track_caller]
fn role_named(word: &str) -> Role {
    match word {
        "none" => Role::None,
        "read" => Role::Read,
        "triage" => Role::Triage,
        "write" => Role::Write,
        "maintain" => Role::Maintain,
        "admin" => Role::Admin,
        other => panic!("there is no role {other}"),
    }
}
