//! Releases and the files at them.

use serde_json::Value;

use super::super::acts::{NewRelease, ReleaseEdit};
use super::super::refusal::{Did, Refusal};
use super::super::state::{RepoIx, Role};
use super::super::world::World;
use super::lists::page;
use super::{Ask, Caller, Reply};

/// Whether the caller may write what is in the repository; only who may sees drafts.
fn writes(world: &World, ask: &Ask, repo: RepoIx) -> bool {
    match ask.caller {
        Caller::Machine => world.role(repo, world.machine) >= Role::Write,
        Caller::User(account) => world.role(repo, account) >= Role::Write,
        Caller::Nobody => false,
        Caller::App | Caller::Installation(_) => !world.contents_are_read_only,
    }
}

/// The repository, for callers that may write what is in it.
pub(super) fn must_write(world: &World, ask: &Ask) -> Did<RepoIx> {
    let repo = ask.repo(world)?;
    if writes(world, ask, repo) {
        return Ok(repo);
    }
    Err(match ask.caller {
        Caller::Machine => Refusal::not_found(),
        Caller::App | Caller::Installation(_) | Caller::User(_) | Caller::Nobody => {
            Refusal::new(403, "Resource not accessible by integration")
        }
    })
}

fn flag(ask: &Ask, name: &str) -> Option<bool> {
    ask.body.get(name).and_then(Value::as_bool)
}

fn shown(world: &World, repo: RepoIx, id: u64) -> Did<Value> {
    Ok(world.release_json(repo, world.release(repo, id)?))
}

/// The newest first.
pub(super) fn list(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let sees_drafts = writes(world, ask, repo);
    let releases = world[repo].releases.iter().rev();
    let all = releases
        .filter(|release| sees_drafts || !release.draft)
        .map(|release| world.release_json(repo, release))
        .collect();
    Ok(page(world, ask, all))
}

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let id = ask.number("release_id")?;
    if world.release(repo, id)?.draft && !writes(world, ask, repo) {
        return Err(Refusal::not_found());
    }
    Ok(Reply::ok(shown(world, repo, id)?))
}

/// Drafts are not found by their tag.
pub(super) fn get_by_tag(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let tag = ask.param("tag")?;
    let mut releases = world[repo].releases.iter();
    let release = releases
        .find(|release| !release.draft && release.tag == tag)
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(world.release_json(repo, release)))
}

pub(super) fn create(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (must_write(world, ask)?, ask.actor(world)?);
    let text = |name| ask.text(name).map(str::to_owned);
    let new = NewRelease {
        tag: ask.needed("tag_name")?.to_owned(),
        target: text("target_commitish"),
        name: text("name"),
        body: text("body"),
        draft: flag(ask, "draft").unwrap_or(false),
        prerelease: flag(ask, "prerelease").unwrap_or(false),
    };
    let id = world.create_release(repo, actor, new)?;
    Ok(Reply::created(shown(world, repo, id)?))
}

pub(super) fn edit(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (must_write(world, ask)?, ask.actor(world)?);
    let id = ask.number("release_id")?;
    let text = |name| ask.text(name).map(str::to_owned);
    let edit = ReleaseEdit {
        tag: text("tag_name"),
        name: text("name"),
        body: text("body"),
        draft: flag(ask, "draft"),
    };
    world.edit_release(repo, actor, id, edit)?;
    Ok(Reply::ok(shown(world, repo, id)?))
}

pub(super) fn delete(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (must_write(world, ask)?, ask.actor(world)?);
    world.delete_release(repo, actor, ask.number("release_id")?)?;
    Ok(Reply::no_content())
}

pub(super) fn assets(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let release = world.release(repo, ask.number("release_id")?)?;
    let all = release
        .assets
        .iter()
        .map(|asset| world.asset_json(repo, release, asset))
        .collect();
    Ok(page(world, ask, all))
}

/// GitHub has this at a host of its own, which the release's `upload_url` names.
pub(super) fn upload(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (must_write(world, ask)?, ask.actor(world)?);
    let id = ask.number("release_id")?;
    let bad = |words| Refusal::new(400, words);
    let name = ask.query.get("name").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| bad("Bad name"))?;
    let content = Some(ask.raw.as_str()).filter(|content| !content.is_empty());
    let content = content.ok_or_else(|| bad("Bad Content-Length"))?;
    let file = (name.as_str(), ask.content_type.as_str(), content);
    let asset = world.attach(repo, actor, id, file)?;
    let release = world.release(repo, id)?;
    let mut assets = release.assets.iter();
    let asset = assets
        .find(|it| it.id == asset)
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(world.asset_json(repo, release, asset)))
}

pub(super) fn delete_asset(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = must_write(world, ask)?;
    world.detach(repo, ask.number("asset_id")?)?;
    Ok(Reply::no_content())
}
