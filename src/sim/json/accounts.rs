//! Accounts, the App and its installations.

use serde_json::{Map, Value, json};

use super::super::hooks::EVENTS;
use super::super::state::{AccountKind, Covered, Installation, Role};
use super::super::world::World;
use super::{node_id, time, with};

impl World {
    /// A "simple user".
    pub fn user_json(&self, id: u64) -> Value {
        let login = self.login(id);
        let kind = self
            .account_by_id(id)
            .map_or(AccountKind::User, |account| account.kind);
        let (word, prefix, path) = match kind {
            AccountKind::User => ("User", "U", login.to_owned()),
            AccountKind::Organization => ("Organization", "O", login.to_owned()),
            AccountKind::Bot => (
                "Bot",
                "BOT",
                format!("apps/{}", login.trim_end_matches("[bot]")),
            ),
        };
        let api = format!(
            "{}/users/{}",
            self.base,
            login.replace('[', "%5B").replace(']', "%5D")
        );
        json!({
            "login": login,
            "id": id,
            "node_id": node_id(prefix, id),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
            "gravatar_id": "",
            "url": api,
            "html_url": format!("{}/{path}", self.web),
            "followers_url": format!("{api}/followers"),
            "following_url": format!("{api}/following{{/other_user}}"),
            "gists_url": format!("{api}/gists{{/gist_id}}"),
            "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
            "subscriptions_url": format!("{api}/subscriptions"),
            "organizations_url": format!("{api}/orgs"),
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events{{/privacy}}"),
            "received_events_url": format!("{api}/received_events"),
            "type": word,
            "user_view_type": "public",
            "site_admin": false
        })
    }

    /// A list of users.
    pub fn users_json(&self, ids: &[u64]) -> Value {
        ids.iter().map(|id| self.user_json(*id)).collect()
    }

    /// A user, or nothing.
    pub fn maybe_user_json(&self, id: Option<u64>) -> Value {
        id.map_or(Value::Null, |id| self.user_json(id))
    }

    /// Any account, as `GET /users/{username}` tells it.
    pub fn public_user_json(&self, id: u64) -> Value {
        let created = self
            .account_by_id(id)
            .map_or(Value::Null, |account| time(account.created_at));
        with(
            self.user_json(id),
            json!({
                "name": null, "company": null, "blog": "", "location": null, "email": null,
                "hireable": null, "bio": null, "public_repos": 0, "public_gists": 0,
                "followers": 0, "following": 0, "created_at": created, "updated_at": created
            }),
        )
    }

    /// The account that a token belongs to, as `GET /user` tells it.
    pub fn private_user_json(&self, id: u64) -> Value {
        with(
            self.public_user_json(id),
            json!({
                "private_gists": 0, "total_private_repos": 0, "owned_private_repos": 0,
                "disk_usage": 0, "collaborators": 0, "two_factor_authentication": true
            }),
        )
    }

    /// An organisation as payloads show it; nothing if the account is none.
    pub fn organization_json(&self, id: u64) -> Option<Value> {
        let account = self.account_by_id(id)?;
        if account.kind != AccountKind::Organization {
            return None;
        }
        let api = format!("{}/orgs/{}", self.base, account.login);
        Some(json!({
            "login": account.login,
            "id": id,
            "node_id": node_id("O", id),
            "url": api,
            "repos_url": format!("{api}/repos"),
            "events_url": format!("{api}/events"),
            "hooks_url": format!("{api}/hooks"),
            "issues_url": format!("{api}/issues"),
            "members_url": format!("{api}/members{{/member}}"),
            "public_members_url": format!("{api}/public_members{{/member}}"),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
            "description": null
        }))
    }

    /// What a role lets somebody do, as booleans.
    pub fn permissions_json(role: Role) -> Value {
        json!({
            "pull": role >= Role::Read,
            "triage": role >= Role::Triage,
            "push": role >= Role::Write,
            "maintain": role >= Role::Maintain,
            "admin": role >= Role::Admin
        })
    }

    /// What the App was given.
    pub fn app_permissions_json(&self) -> Value {
        let contents = if self.contents_are_read_only {
            "read"
        } else {
            "write"
        };
        let mut permissions = json!({
            "checks": "write", "contents": contents, "deployments": "read", "issues": "write",
            "members": "read", "merge_queues": "read", "metadata": "read",
            "pull_requests": "write", "statuses": "write"
        });
        if let Some(manifest) = &self.registering.manifest {
            permissions = manifest["default_permissions"].clone();
        }
        for (name, level) in &self.permitted {
            match level {
                Some(level) => permissions[name] = json!(level),
                None => drop(permissions.as_object_mut().map(|all| all.remove(name))),
            }
        }
        permissions
    }

    /// What the App hears.
    fn app_events(&self) -> Vec<String> {
        let asked = self.registering.manifest.as_ref();
        let asked = asked.and_then(|manifest| manifest["default_events"].as_array());
        let all: Vec<String> = match asked {
            Some(asked) => asked
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
            None => EVENTS.map(str::to_owned).to_vec(),
        };
        all.into_iter()
            .filter(|event| !self.unheard.contains(event))
            .collect()
    }

    /// The App.
    pub fn app_json(&self) -> Value {
        let created = self
            .account_by_id(self.app_owner)
            .map_or(Value::Null, |owner| time(owner.created_at));
        json!({
            "id": self.app_id,
            "client_id": "Iv23liStandInForGitHub",
            "slug": "labhand",
            "node_id": node_id("A", self.app_id),
            "owner": self.user_json(self.app_owner),
            "name": "labhand",
            "description": "Runs a data-science team's process",
            "external_url": "https://example.com/labhand",
            "html_url": format!("{}/apps/labhand", self.web),
            "created_at": created,
            "updated_at": created,
            "permissions": self.app_permissions_json(),
            "events": self.app_events()
        })
    }

    /// An installation of the App.
    pub fn installation_json(&self, installation: &Installation) -> Value {
        let id = installation.id;
        let owner_kind = self
            .account_by_id(installation.account)
            .map_or(AccountKind::User, |account| account.kind);
        let (target, path) = match owner_kind {
            AccountKind::Organization => (
                "Organization",
                format!(
                    "organizations/{}/settings",
                    self.login(installation.account)
                ),
            ),
            AccountKind::User | AccountKind::Bot => ("User", "settings".to_owned()),
        };
        let selection = match installation.covered {
            Covered::All => "all",
            Covered::Only(_) => "selected",
        };
        json!({
            "id": id,
            "client_id": "Iv23liStandInForGitHub",
            "account": self.user_json(installation.account),
            "repository_selection": selection,
            "access_tokens_url": format!("{}/app/installations/{id}/access_tokens", self.base),
            "repositories_url": format!("{}/installation/repositories", self.base),
            "html_url": format!("{}/{path}/installations/{id}", self.web),
            "app_id": self.app_id,
            "app_slug": "labhand",
            "target_id": installation.account,
            "target_type": target,
            "permissions": self.app_permissions_json(),
            "events": self.app_events(),
            "created_at": time(installation.created_at),
            "updated_at": time(installation.created_at),
            "single_file_name": null,
            "has_multiple_single_files": false,
            "single_file_paths": [],
            "suspended_by": null,
            "suspended_at": null
        })
    }

    /// Reactions counted, as comments and issues show them.
    pub fn reaction_counts(url: &str, reactions: &[super::super::state::Reaction]) -> Value {
        let mut counts = Map::new();
        counts.insert("url".to_owned(), json!(format!("{url}/reactions")));
        counts.insert("total_count".to_owned(), json!(reactions.len()));
        for content in REACTIONS {
            let count = reactions.iter().filter(|r| r.content == content).count();
            counts.insert(content.to_owned(), json!(count));
        }
        Value::Object(counts)
    }
}

/// All reactions that GitHub knows.
pub(in super::super) const REACTIONS: [&str; 8] = [
    "+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes",
];
