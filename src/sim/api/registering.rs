//! What a browser and a stranger may ask of GitHub: signing in by way of the App, and making an App
//! from a manifest (<https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>).

use std::collections::HashMap;

use axum::extract::Query;
use serde_json::{Value, json};

use super::super::refusal::{Did, Refusal};
use super::super::state::Role;
use super::super::world::World;
use super::auth::AppKey;
use super::lists::counted;
use super::{Ask, Body, Caller, Reply};

/// What the App's settings give away beside its key.
const CLIENT_ID: &str = "Iv23liStandInForGitHub";
pub(in super::super) const CLIENT_SECRET: &str = "standin-client-secret-0123456789abcdef";

fn form(text: &str) -> HashMap<String, String> {
    let uri = format!("http://here/?{text}").parse().ok();
    uri.and_then(|uri| Query::try_from_uri(&uri).ok())
        .map(|query| query.0)
        .unwrap_or_default()
}

/// Sends the browser on, with these in the query.
fn sent_to(address: &str, query: &[(&str, &str)]) -> Reply {
    let separator = if address.contains('?') { '&' } else { '?' };
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Reply {
        status: 302,
        headers: vec![(
            "location".to_owned(),
            format!("{address}{separator}{}", query.join("&")),
        )],
        body: Body::Empty,
    }
}

/// Whoever is signed in in the browser agrees at once.
pub(super) fn authorize(world: &mut World, ask: &Ask) -> Did<Reply> {
    let Some(account) = world.registering.browser else {
        return Ok(Reply::with_status(200, json!("Sign in to GitHub")));
    };
    if ask.query.get("client_id").map(String::as_str) != Some(CLIENT_ID) {
        return Err(Refusal::not_found());
    }
    let code = format!("code{}", world.id());
    world.registering.codes.insert(code.clone(), account);
    let callback = world
        .registering
        .callback
        .clone()
        .ok_or_else(Refusal::not_found)?;
    let state = ask.query.get("state").cloned().unwrap_or_default();
    Ok(sent_to(&callback, &[("code", &code), ("state", &state)]))
}

/// A code is good once. What is wrong is told with 200.
pub(super) fn access_token(world: &mut World, ask: &Ask) -> Did<Reply> {
    let wrong = |word: &str| {
        Ok(Reply::ok(json!({
            "error": word,
            "error_description": "The client or the code passed is incorrect or expired.",
            "error_uri": "https://docs.github.com/apps/"
        })))
    };
    if ask.text("client_id") != Some(CLIENT_ID) || ask.text("client_secret") != Some(CLIENT_SECRET)
    {
        return wrong("incorrect_client_credentials");
    }
    let code = ask.text("code").unwrap_or_default();
    let Some(account) = world.registering.codes.remove(code) else {
        return wrong("bad_verification_code");
    };
    let token = format!("ghu_standIn{}", world.id());
    world.registering.tokens.insert(token.clone(), account);
    Ok(Reply::ok(json!({
        "access_token": token, "expires_in": 28_800, "refresh_token": "ghr_standIn",
        "refresh_token_expires_in": 15_897_600, "scope": "", "token_type": "bearer"
    })))
}

/// The installations of accounts in which somebody may read at least one repository.
pub(super) fn installations(world: &mut World, ask: &Ask) -> Did<Reply> {
    let account = user(ask)?;
    let all = world
        .installations
        .iter()
        .filter(|it| {
            let covered = world.covered_by(it);
            covered
                .iter()
                .any(|repo| world.role(*repo, account) >= Role::Read)
        })
        .map(|installation| world.installation_json(installation))
        .collect();
    Ok(counted(world, ask, "installations", all))
}

/// The repositories of an installation that somebody may read.
pub(super) fn repositories(world: &mut World, ask: &Ask) -> Did<Reply> {
    let account = user(ask)?;
    let id = ask.number("installation_id")?;
    let installation = world.installations.iter().find(|it| it.id == id);
    let covered = world.covered_by(installation.ok_or_else(Refusal::not_found)?);
    let all: Vec<Value> = covered
        .into_iter()
        .filter(|repo| world.role(*repo, account) >= Role::Read)
        .map(|repo| world.repo_json(repo))
        .collect();
    Ok(counted(world, ask, "repositories", all))
}

fn user(ask: &Ask) -> Did<u64> {
    match ask.caller {
        Caller::User(account) => Ok(account),
        Caller::App | Caller::Installation(_) | Caller::Machine | Caller::Nobody => {
            Err(Refusal::new(
                403,
                "You must authenticate with an access token authorized to a GitHub App",
            ))
        }
    }
}

/// Makes an App of a manifest, as its form does, and sends the browser back with a code. GitHub
/// knocks at the App's webhook at once, before anybody can know its secret.
pub(super) fn new_app(world: &mut World, ask: &Ask) -> Did<Reply> {
    let refused =
        |why: &str| Refusal::new(422, &format!("Invalid GitHub App configuration: {why}"));
    let manifest = form(&ask.raw)
        .remove("manifest")
        .ok_or_else(|| refused("no manifest"))?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|_| refused("not JSON"))?;
    let text = |pointer: &str| {
        manifest
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    let name = text("/name").unwrap_or_default();
    if name.is_empty() || name.chars().count() > 34 {
        return Err(refused("Name is too long (maximum is 34 characters)"));
    }
    text("/url").ok_or_else(|| refused("url wasn't supplied"))?;
    let redirect = text("/redirect_url").ok_or_else(|| refused("no redirect_url"))?;
    let hook = text("/hook_attributes/url").ok_or_else(|| refused("no hook URL"))?;
    world.hook_url = Some(hook);
    world.registering.callback = text("/callback_urls/0");
    world.registering.manifest = Some(manifest);
    let code = format!("manifest{}", world.id());
    world.registering.manifest_code = Some(code.clone());
    world.ping();
    let state = ask.query.get("state").cloned().unwrap_or_default();
    Ok(sent_to(&redirect, &[("code", &code), ("state", &state)]))
}

/// The App's credentials, once, for the code.
pub(super) fn conversion(world: &mut World, ask: &Ask) -> Did<Reply> {
    let code = ask.param("code")?;
    if world.registering.manifest_code.as_deref() != Some(code) {
        return Err(Refusal::not_found());
    }
    world.registering.manifest_code = None;
    let key = AppKey::shared().ok_or_else(Refusal::not_found)?;
    let mut app = world.app_json();
    for (name, value) in [
        ("client_secret", json!(CLIENT_SECRET)),
        ("webhook_secret", json!(world.secret)),
        ("pem", json!(key.private_pem)),
    ] {
        app[name] = value;
    }
    Ok(Reply::created(app))
}

/// Where the App's webhook goes.
pub(super) fn hook_config(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_app()?;
    let mut config = json!({ "content_type": "json", "insecure_ssl": "0", "secret": "********" });
    if let Some(url) = &world.hook_url {
        config["url"] = json!(url);
    }
    Ok(Reply::ok(config))
}
