//! Repositories, who may do what in them, and their milestones.

use serde_json::json;

use super::super::json::with;
use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{AccountKind, Milestone, Role};
use super::super::world::World;
use super::lists::page;
use super::{Ask, Caller, Reply};

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    Ok(full(world, ask, repo))
}

fn full(world: &World, ask: &Ask, repo: RepoIx) -> Reply {
    let role = match ask.caller {
        Caller::Machine => world.role(repo, world.machine),
        Caller::User(account) => world.role(repo, account),
        Caller::App | Caller::Installation(_) | Caller::Nobody => Role::Write,
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

/// What a filter for permissions asks for at least; no filter asks for reading.
fn least(ask: &Ask) -> Did<Role> {
    let asked = ask.query.get("permission").map(String::as_str);
    match asked {
        None | Some("pull") => Ok(Role::Read),
        Some("triage") => Ok(Role::Triage),
        Some("push") => Ok(Role::Write),
        Some("maintain") => Ok(Role::Maintain),
        Some("admin") => Ok(Role::Admin),
        Some(_) => Err(Refusal::invalid("Repository", "permission", "invalid")),
    }
}

/// All who were given a role in the repository, and the person who owns it. They are listed for who
/// may push, and for every App.
pub(super) fn collaborators(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    if ask.caller == Caller::Machine && world.role(repo, world.machine) < Role::Write {
        return Err(Refusal::new(
            403,
            "Must have push access to view repository collaborators.",
        ));
    }
    let least = least(ask)?;
    let owner = world[repo].owner;
    let in_a_team = |id: u64| {
        let mut teams = world.teams.iter().filter(|team| team.org == owner);
        teams.any(|team| team.members.contains(&id))
    };
    let outside = ask.query.get("affiliation").map(String::as_str) == Some("outside");
    let given = world[repo].collaborators.iter();
    let given = given.filter(|(_, role)| **role > Role::None);
    let given = given.map(|(id, _)| *id).filter(|id| *id != owner);
    let person = world
        .account_by_id(owner)
        .filter(|account| account.kind == AccountKind::User && !outside);
    let all = person
        .map(|account| account.id)
        .into_iter()
        .chain(given)
        .map(|id| (id, world.role(repo, id)))
        .filter(|(id, role)| *role >= least && !(outside && in_a_team(*id)))
        .map(|(id, role)| {
            with(
                world.user_json(id),
                json!({
                    "permissions": World::permissions_json(role), "role_name": role_words(role).1
                }),
            )
        })
        .collect();
    Ok(page(world, ask, all))
}

/// Milestones, those first that are due first, unless asked otherwise.
pub(super) fn milestones(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let state = ask.query.get("state").map_or("open", String::as_str);
    let by_completeness = ask.query.get("sort").map(String::as_str) == Some("completeness");
    let mut found: Vec<&Milestone> = world[repo]
        .milestones
        .iter()
        .filter(|milestone| state == "all" || (state == "open") == milestone.open)
        .collect();
    if by_completeness {
        found.sort_by_key(|milestone| (percent_done(world, repo, milestone), milestone.number));
    } else {
        found.sort_by_key(|milestone| (milestone.due_on, milestone.number));
    }
    if ask.query.get("direction").map(String::as_str) == Some("desc") {
        found.reverse();
    }
    let all = found
        .into_iter()
        .map(|milestone| world.milestone_json(repo, milestone))
        .collect();
    Ok(page(world, ask, all))
}

/// How much of a milestone is closed, in percent.
fn percent_done(world: &World, repo: RepoIx, milestone: &Milestone) -> usize {
    let issues = world[repo].issues.values();
    let inside: Vec<bool> = issues
        .filter(|issue| issue.milestone == Some(milestone.number))
        .map(|issue| issue.open)
        .collect();
    let closed = inside.iter().filter(|open| !**open).count();
    closed * 100 / inside.len().max(1)
}
