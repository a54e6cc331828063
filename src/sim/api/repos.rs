//! Repositories, who may do what in them, and their milestones.

use serde_json::json;

use super::super::json::with;
use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{AccountKind, Role};
use super::super::world::World;
use super::lists::page;
use super::{Ask, Caller, Reply};

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    Ok(full(world, ask, repo))
}

pub(super) fn get_by_id(world: &mut World, ask: &Ask) -> Did<Reply> {
    let id = ask.number("id")?;
    let repo = world
        .repos()
        .find(|(_, repo)| repo.id == id)
        .map(|(at, _)| at)
        .ok_or_else(Refusal::not_found)?;
    ask.caller.must_see(world, repo)?;
    Ok(full(world, ask, repo))
}

fn full(world: &World, ask: &Ask, repo: RepoIx) -> Reply {
    let role = match ask.caller {
        Caller::Machine => world.role(repo, world.machine),
        Caller::App | Caller::Installation(_) => Role::Write,
    };
    Reply::ok(world.full_repo_json(repo, role))
}

/// `permission`, which knows four words only, and `role_name`.
pub(in super::super) fn role_words(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::None => ("none", "none"),
        Role::Read => ("read", "read"),
        Role::Triage => ("read", "triage"),
        Role::Write => ("write", "write"),
        Role::Maintain => ("write", "maintain"),
        Role::Admin => ("admin", "admin"),
    }
}

pub(super) fn permission(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let login = ask.param("username")?;
    let account = world
        .account(login)
        .filter(|account| account.kind != AccountKind::Organization)
        .ok_or_else(|| Refusal::new(404, &format!("{login} is not a user")))?;
    let role = match account.kind {
        AccountKind::User | AccountKind::Organization => world.role(repo, account.id),
        // A bot's own rights do not show here.
        AccountKind::Bot => Role::None,
    };
    let (permission, role_name) = role_words(role);
    let user = with(
        world.user_json(account.id),
        json!({ "permissions": World::permissions_json(role), "role_name": role_name }),
    );
    Ok(Reply::ok(json!({
        "permission": permission, "user": user, "role_name": role_name
    })))
}

pub(super) fn milestones(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let state = ask.query.get("state").map_or("open", String::as_str);
    let all = world[repo]
        .milestones
        .iter()
        .filter(|milestone| state == "all" || (state == "open") == milestone.open)
        .map(|milestone| world.milestone_json(repo, milestone))
        .collect();
    Ok(page(world, ask, all))
}
