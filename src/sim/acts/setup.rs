//! Repositories, people and installations: what has to be there before anything can happen.

use serde_json::json;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{AccountKind, Actor, Covered, Installation, Repo, Role, Team};
use super::super::world::World;

impl World {
    /// Creates a repository with one commit on `main`. An owner that is not there yet is an organisation.
    pub fn create_repo(&mut self, owner: &str, name: &str, private: bool) -> RepoIx {
        let owner = self.account_named(owner, AccountKind::Organization);
        let (id, now) = (self.id(), self.now());
        let repo = self.add_repo(Repo {
            id,
            owner,
            name: name.to_owned(),
            private,
            default_branch: "main".to_owned(),
            collaborators: std::collections::BTreeMap::new(),
            labels: Vec::new(),
            milestones: Vec::new(),
            issues: std::collections::BTreeMap::new(),
            gone: std::collections::HashSet::new(),
            moved: std::collections::HashMap::new(),
            commits: std::collections::HashMap::new(),
            branches: std::collections::BTreeMap::new(),
            tags: std::collections::BTreeMap::new(),
            releases: Vec::new(),
            checks: Vec::new(),
            statuses: Vec::new(),
            next_number: 1,
            next_milestone: 1,
            hooked: false,
            created_at: now,
            updated_at: now,
            pushed_at: now,
        });
        let actor = Actor {
            account: owner,
            via_app: false,
        };
        let readme = ("README.md".to_owned(), Some(format!("# {name}\n")));
        self.commit(repo, actor, "main", "main", &[readme], "Initial commit");
        repo
    }

    /// Gives somebody a role in a repository.
    pub fn set_role(&mut self, repo: RepoIx, account: u64, role: Role) {
        let before = self[repo].collaborators.insert(account, role);
        let owner = Actor {
            account: self[repo].owner,
            via_app: false,
        };
        let action = if before.is_none() { "added" } else { "edited" };
        let word = super::super::api::role_words(role).0;
        let more = json!({
            "member": self.user_json(account),
            "changes": { "permission": { "from": "read", "to": word } }
        });
        self.announce(repo, owner, "member", Some(action), more);
    }

    /// Makes these the members of a team, which is created if it is new.
    pub fn set_team(&mut self, org: u64, slug: &str, members: &[u64]) {
        let id = self.id();
        let known = self
            .teams
            .iter()
            .position(|team| team.org == org && team.slug == slug);
        let before = if let Some(at) = known {
            std::mem::replace(&mut self.teams[at].members, members.to_vec())
        } else {
            self.teams.push(Team {
                id,
                org,
                slug: slug.to_owned(),
                members: members.to_vec(),
            });
            Vec::new()
        };
        let added = members.iter().filter(|m| !before.contains(m));
        let removed = before.iter().filter(|m| !members.contains(m));
        let events: Vec<(u64, &str)> = added
            .map(|m| (*m, "added"))
            .chain(removed.map(|m| (*m, "removed")))
            .collect();
        let Some(installation) = self.installations.iter().find(|i| i.account == org) else {
            return;
        };
        let installation = installation.id;
        let owner = Actor {
            account: org,
            via_app: false,
        };
        for (member, action) in events {
            let Some(team) = self.teams.iter().find(|t| t.org == org && t.slug == slug) else {
                return;
            };
            let more = json!({
                "scope": "team",
                "member": self.user_json(member),
                "team": self.team_json(team),
                "organization": self.organization_json(org)
            });
            self.announce_to_installation(installation, owner, "membership", action, more);
        }
    }

    /// A team as payloads show it.
    fn team_json(&self, team: &Team) -> serde_json::Value {
        let org = self.login(team.org);
        let api = format!("{}/organizations/{}/team/{}", self.base, team.org, team.id);
        json!({
            "name": team.slug,
            "id": team.id,
            "node_id": super::super::json::node_id("T", team.id),
            "slug": team.slug,
            "description": null,
            "privacy": "closed",
            "notification_setting": "notifications_enabled",
            "url": api,
            "html_url": format!("{}/orgs/{org}/teams/{}", self.web, team.slug),
            "members_url": format!("{api}/members{{/member}}"),
            "repositories_url": format!("{api}/repos"),
            "permission": "pull",
            "parent": null
        })
    }

    /// Installs the App on an account, or changes which repositories it covers.
    pub fn install(&mut self, account: u64, covered: Covered) -> u64 {
        let owner = Actor {
            account,
            via_app: false,
        };
        if let Some(there) = self.installations.iter().position(|i| i.account == account) {
            return self.change_installation(there, owner, covered);
        }
        let installation = Installation {
            id: self.id(),
            account,
            covered,
            created_at: self.now(),
        };
        let id = installation.id;
        self.installations.push(installation.clone());
        let repositories: Vec<_> = self
            .covered_by(&installation)
            .into_iter()
            .map(|repo| self.repo_stub_json(repo))
            .collect();
        let more = json!({
            "installation": self.installation_json(&installation),
            "repositories": repositories,
            "requester": null
        });
        self.announce_to_installation(id, owner, "installation", "created", more);
        id
    }

    fn change_installation(&mut self, at: usize, owner: Actor, covered: Covered) -> u64 {
        let before = self.covered_by(&self.installations[at]);
        self.installations[at].covered = covered;
        let installation = self.installations[at].clone();
        let after = self.covered_by(&installation);
        let of = |world: &Self, some: &[RepoIx], without: &[RepoIx]| -> Vec<serde_json::Value> {
            some.iter()
                .filter(|repo| !without.contains(repo))
                .map(|repo| world.repo_stub_json(*repo))
                .collect()
        };
        let (added, removed) = (of(self, &after, &before), of(self, &before, &after));
        for (action, is_empty) in [("added", added.is_empty()), ("removed", removed.is_empty())] {
            if is_empty {
                continue;
            }
            let none = Vec::new();
            let (plus, minus) = if action == "added" {
                (&added, &none)
            } else {
                (&none, &removed)
            };
            let installed = self.installation_json(&installation);
            let more = json!({
                "repository_selection": installed["repository_selection"],
                "installation": installed,
                "repositories_added": plus,
                "repositories_removed": minus,
                "requester": null
            });
            let event = "installation_repositories";
            self.announce_to_installation(installation.id, owner, event, action, more);
        }
        installation.id
    }

    /// Takes the App off an account.
    pub fn uninstall(&mut self, account: u64) -> Did<()> {
        let at = self
            .installations
            .iter()
            .position(|i| i.account == account)
            .ok_or_else(Refusal::not_found)?;
        let installation = self.installations[at].clone();
        let repositories: Vec<_> = self
            .covered_by(&installation)
            .into_iter()
            .map(|repo| self.repo_stub_json(repo))
            .collect();
        let more = json!({
            "installation": self.installation_json(&installation),
            "repositories": repositories,
            "requester": null
        });
        self.installations.remove(at);
        self.tokens.retain(|_, id| *id != installation.id);
        let owner = Actor {
            account,
            via_app: false,
        };
        self.announce_to_installation(installation.id, owner, "installation", "deleted", more);
        Ok(())
    }

    /// Renames the default branch; open pull requests follow, what was merged keeps the old name.
    pub fn rename_default_branch(&mut self, repo: RepoIx, actor: Actor, name: &str) {
        let from = std::mem::replace(&mut self[repo].default_branch, name.to_owned());
        if let Some(head) = self[repo].branches.remove(&from) {
            self[repo].branches.insert(name.to_owned(), head);
        }
        let open = self[repo].issues.values_mut().filter(|issue| issue.open);
        for pull in open.filter_map(|issue| issue.pull.as_mut()) {
            if pull.base == from {
                name.clone_into(&mut pull.base);
            }
        }
        let more = json!({ "changes": { "default_branch": { "from": from } } });
        self.announce(repo, actor, "repository", Some("edited"), more);
    }

    /// Renames a repository.
    pub fn rename_repo(&mut self, repo: RepoIx, actor: Actor, name: &str) {
        let before = self.full_name(repo).to_ascii_lowercase();
        self.former_names.insert(before, repo);
        let from = std::mem::replace(&mut self[repo].name, name.to_owned());
        let more = json!({ "changes": { "repository": { "name": { "from": from } } } });
        self.announce(repo, actor, "repository", Some("renamed"), more);
    }
}
