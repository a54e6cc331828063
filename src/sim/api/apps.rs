//! The App, its installations and tokens, and the deliveries that it was sent.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::acts::sha1_like;
use super::super::delivery::Attempt;
use super::super::json::time;
use super::super::refusal::{Did, Refusal};
use super::super::state::{Covered, Installation, Role};
use super::super::world::World;
use super::lists::{address, counted, page, per_page};
use super::serve::{HOURLY, rate};
use super::{Ask, Caller, Reply};

/// How long an installation's token lives.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(1);

pub(super) fn app(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_app()?;
    let mut app = world.app_json();
    app["installations_count"] = json!(world.installations.len());
    Ok(Reply::ok(app))
}

pub(super) fn installations(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_app()?;
    let all = world
        .installations
        .iter()
        .map(|installation| as_listed(world, installation))
        .collect();
    Ok(page(world, ask, all))
}

/// GitHub's description of this one list wants each account to be a user and an enterprise at
/// once, so it has an enterprise's fields as well.
fn as_listed(world: &World, installation: &Installation) -> Value {
    let mut listed = world.installation_json(installation);
    let login = world.login(installation.account).to_owned();
    for (name, value) in [
        ("name", json!(login)),
        ("slug", json!(login)),
        ("created_at", time(installation.created_at)),
        ("updated_at", time(installation.created_at)),
    ] {
        listed["account"][name] = value;
    }
    listed
}

fn by_id<'a>(world: &'a World, ask: &Ask) -> Did<&'a Installation> {
    ask.caller.must_be_app()?;
    let id = ask.number("installation_id")?;
    world
        .installations
        .iter()
        .find(|installation| installation.id == id)
        .ok_or_else(Refusal::not_found)
}

pub(super) fn installation(world: &mut World, ask: &Ask) -> Did<Reply> {
    let installation = by_id(world, ask)?;
    Ok(Reply::ok(world.installation_json(installation)))
}

pub(super) fn installation_of(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_app()?;
    let repo = world
        .repo_named(ask.param("owner")?, ask.param("repo")?)
        .ok_or_else(Refusal::not_found)?;
    let installation = world.installation_of(repo).ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(world.installation_json(installation)))
}

pub(super) fn create_token(world: &mut World, ask: &Ask) -> Did<Reply> {
    let installation = by_id(world, ask)?.clone();
    let number = world.id();
    let token = format!("ghs_{}", sha1_like(&[&number.to_string()]));
    world.tokens.insert(token.clone(), installation.id);
    let expires = Timestamp::now()
        .checked_add(TOKEN_LIFE)
        .unwrap_or(Timestamp::MAX);
    let expires = Timestamp::from_second(expires.as_second()).unwrap_or(expires);
    Ok(Reply::created(json!({
        "token": token,
        "expires_at": time(expires),
        "permissions": world.app_permissions_json(),
        "repository_selection": match installation.covered {
            Covered::All => "all",
            Covered::Only(_) => "selected",
        }
    })))
}

pub(super) fn repositories(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_installation()?;
    let Caller::Installation(id) = ask.caller else {
        return Err(Refusal::not_found());
    };
    let installation = world
        .installations
        .iter()
        .find(|installation| installation.id == id)
        .ok_or_else(Refusal::not_found)?;
    let all = world
        .covered_by(installation)
        .into_iter()
        .map(|repo| world.repo_json(repo))
        .collect();
    Ok(counted(world, ask, "repositories", all))
}

pub(super) fn user(world: &mut World, ask: &Ask) -> Did<Reply> {
    match ask.caller {
        Caller::Machine => Ok(Reply::ok(world.private_user_json(world.machine))),
        Caller::User(account) => Ok(Reply::ok(world.private_user_json(account))),
        Caller::App | Caller::Installation(_) | Caller::Nobody => {
            Err(Refusal::new(403, "Resource not accessible by integration"))
        }
    }
}

pub(super) fn user_named(world: &mut World, ask: &Ask) -> Did<Reply> {
    let account = world
        .account(ask.param("username")?)
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(world.public_user_json(account.id)))
}

pub(super) fn repositories_of_user(world: &mut World, ask: &Ask) -> Did<Reply> {
    if ask.caller != Caller::Machine {
        return Err(Refusal::new(403, "Resource not accessible by integration"));
    }
    let machine = world.machine;
    let all = world
        .repos()
        .map(|(repo, _)| repo)
        .filter(|repo| world[*repo].collaborators.contains_key(&machine))
        .filter(|repo| world.role(*repo, machine) >= Role::Read)
        .map(|repo| world.repo_json(repo))
        .collect();
    Ok(page(world, ask, all))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "all routes have the same signature"
)]
pub(super) fn rate_limit(world: &mut World, _: &Ask) -> Did<Reply> {
    let (used, reset) = rate(world);
    let core = json!({
        "limit": HOURLY, "used": used, "remaining": HOURLY.saturating_sub(used), "reset": reset
    });
    let search = json!({ "limit": 30, "used": 0, "remaining": 30, "reset": reset });
    let graphql = json!({ "limit": HOURLY, "used": 0, "remaining": HOURLY, "reset": reset });
    Ok(Reply::ok(json!({
        "resources": { "core": core, "search": search, "graphql": graphql },
        "rate": core
    })))
}

fn attempt_json(attempt: &Attempt) -> Value {
    json!({
        "id": attempt.id,
        "guid": attempt.delivery.guid,
        "delivered_at": time(attempt.at),
        "redelivery": attempt.delivery.redelivery,
        "duration": 0.03,
        "status": if (200..300).contains(&attempt.status) { "OK" } else { "failed to connect to host" },
        "status_code": attempt.status,
        "event": attempt.delivery.event,
        "action": attempt.delivery.action,
        "installation_id": attempt.delivery.installation,
        "repository_id": attempt.delivery.repository,
        "throttled_at": null
    })
}

/// The latest first, by a cursor instead of page numbers, as GitHub does it here.
pub(super) fn deliveries(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_app()?;
    let before = ask
        .query
        .get("cursor")
        .and_then(|cursor| cursor.strip_prefix("v1_"))
        .and_then(|id| id.parse().ok())
        .unwrap_or(u64::MAX);
    let failed_only = ask.query.get("status").is_some_and(|s| s == "failure");
    let mut older = world.attempts.iter().rev().filter(|attempt| {
        attempt.id < before && !(failed_only && (200..300).contains(&attempt.status))
    });
    let shown: Vec<&Attempt> = older.by_ref().take(per_page(ask)).collect();
    let more = older.next().is_some();
    let mut reply = Reply::ok(shown.iter().map(|attempt| attempt_json(attempt)).collect());
    if let (true, Some(last)) = (more, shown.last()) {
        let next = address(world, ask, "cursor", &format!("v1_{}", last.id));
        reply
            .headers
            .push(("link".to_owned(), format!("<{next}>; rel=\"next\"")));
    }
    Ok(reply)
}

pub(super) fn redeliver(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_app()?;
    let id = ask.number("delivery_id")?;
    let mut again = world
        .attempts
        .iter()
        .find(|attempt| attempt.id == id)
        .ok_or_else(Refusal::not_found)?
        .delivery
        .clone();
    again.redelivery = true;
    world.outbox.push_back(again);
    world.waiting.notify_one();
    Ok(Reply::with_status(202, json!({})))
}
