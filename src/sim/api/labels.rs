//! Labels' definitions, and the labels of issues.

use serde_json::Value;

use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::world::World;
use super::lists::page;
use super::{Ask, Reply};

pub(super) fn list(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let all = world[repo]
        .labels
        .iter()
        .map(|label| world.label_json(repo, label))
        .collect();
    Ok(page(world, ask, all))
}

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let label = world[repo]
        .label(ask.param("name")?)
        .ok_or_else(Refusal::not_found)?;
    Ok(Reply::ok(world.label_json(repo, label)))
}

pub(super) fn create(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let color = ask.text("color").unwrap_or("ededed");
    let label = world.create_label(
        repo,
        actor,
        ask.needed("name")?,
        color,
        ask.text("description"),
    )?;
    Ok(Reply::created(world.label_json(repo, &label)))
}

pub(super) fn edit(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let label = world.edit_label(
        repo,
        actor,
        ask.param("name")?,
        ask.text("new_name"),
        ask.text("color"),
        ask.text("description"),
    )?;
    Ok(Reply::ok(world.label_json(repo, &label)))
}

pub(super) fn delete(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    world.delete_label(repo, actor, ask.param("name")?)?;
    Ok(Reply::no_content())
}

fn of_issue(world: &World, repo: RepoIx, number: u64) -> Did<Value> {
    Ok(world.labels_json(repo, &world.issue(repo, number)?.labels))
}

pub(super) fn list_on_issue(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let all = of_issue(world, repo, ask.number("issue_number")?)?;
    Ok(page(
        world,
        ask,
        all.as_array().cloned().unwrap_or_default(),
    ))
}

/// The names in the body: an object with `labels`, or a bare list.
fn names(ask: &Ask) -> Did<Vec<String>> {
    if let Some(names) = ask.texts("labels") {
        return Ok(names);
    }
    let bare: Option<Vec<String>> = serde_json::from_value(ask.body.clone()).ok();
    bare.ok_or_else(|| Refusal::new(422, "Invalid request.\n\n\"labels\" wasn't supplied."))
}

pub(super) fn add(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let number = ask.number("issue_number")?;
    world.add_labels(repo, actor, number, &names(ask)?)?;
    Ok(Reply::ok(of_issue(world, repo, number)?))
}

pub(super) fn set(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let number = ask.number("issue_number")?;
    world.set_labels(repo, actor, number, &names(ask)?)?;
    Ok(Reply::ok(of_issue(world, repo, number)?))
}

pub(super) fn remove(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let number = ask.number("issue_number")?;
    world.remove_label(repo, actor, number, ask.param("name")?)?;
    Ok(Reply::ok(of_issue(world, repo, number)?))
}
