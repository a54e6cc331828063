//! Teams. What an installation on another account asks is answered 404, as by GitHub.

use serde_json::json;

use super::super::refusal::{Did, Refusal};
use super::super::state::{Team, World};
use super::lists::page;
use super::{Ask, Caller, Reply};

fn team<'a>(world: &'a World, ask: &Ask) -> Did<&'a Team> {
    let org = world
        .account(ask.param("org")?)
        .ok_or_else(Refusal::not_found)?
        .id;
    let may = match ask.caller {
        Caller::App => false,
        Caller::Installation(id) => world
            .installations
            .iter()
            .any(|installation| installation.id == id && installation.account == org),
        Caller::Machine => true,
    };
    let slug = ask.param("team_slug")?;
    world
        .teams
        .iter()
        .find(|team| may && team.org == org && team.slug.eq_ignore_ascii_case(slug))
        .ok_or_else(Refusal::not_found)
}

pub(super) fn members(world: &mut World, ask: &Ask) -> Did<Reply> {
    let all = team(world, ask)?
        .members
        .iter()
        .map(|id| world.user_json(*id))
        .collect();
    Ok(page(world, ask, all))
}

pub(super) fn membership(world: &mut World, ask: &Ask) -> Did<Reply> {
    let team = team(world, ask)?;
    let login = ask.param("username")?;
    let member = world
        .account(login)
        .filter(|account| team.members.contains(&account.id))
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(json!({
        "state": "active",
        "role": "member",
        "url": format!("{}/organizations/{}/team/{}/memberships/{}", world.base, team.org, team.id, member.login)
    })))
}
