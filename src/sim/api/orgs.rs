//! Teams. What an installation on another account asks is answered 404, as by GitHub.

use serde_json::{Value, json};

use super::super::json::{node_id, time, with};
use super::super::refusal::{Did, Refusal};
use super::super::state::Team;
use super::super::world::World;
use super::lists::page;
use super::{Ask, Caller, Reply};

fn team<'a>(world: &'a World, ask: &Ask) -> Did<&'a Team> {
    let org = world
        .account(ask.param("org")?)
        .ok_or_else(Refusal::not_found)?
        .id;
    let may = match ask.caller {
        Caller::App | Caller::User(_) | Caller::Nobody => false,
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

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let team = team(world, ask)?;
    let organization = world
        .organization_json(team.org)
        .ok_or_else(Refusal::not_found)?;
    let login = world.login(team.org);
    let api = format!("{}/organizations/{}/team/{}", world.base, team.org, team.id);
    let created = world
        .account_by_id(team.org)
        .map_or(Value::Null, |org| time(org.created_at));
    Ok(Reply::ok(json!({
        "id": team.id,
        "node_id": node_id("T", team.id),
        "url": api,
        "html_url": format!("{}/orgs/{login}/teams/{}", world.web, team.slug),
        "name": team.slug,
        "slug": team.slug,
        "description": "",
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": format!("{api}/members{{/member}}"),
        "repositories_url": format!("{api}/repos"),
        "parent": null,
        "members_count": team.members.len(),
        "repos_count": 0,
        "created_at": created,
        "updated_at": created,
        "organization": with(organization, json!({
            "html_url": format!("{}/{login}", world.web),
            "type": "Organization",
            "has_organization_projects": true,
            "has_repository_projects": true,
            "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
            "created_at": created, "updated_at": created, "archived_at": null
        }))
    })))
}

pub(super) fn members(world: &mut World, ask: &Ask) -> Did<Reply> {
    let maintainers_only = ask.query.get("role").map(String::as_str) == Some("maintainer");
    let all = team(world, ask)?
        .members
        .iter()
        // Nobody is more than a member here.
        .filter(|_| !maintainers_only)
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
