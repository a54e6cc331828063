//! Comments and reactions.

use serde_json::Value;

use super::super::refusal::Did;
use super::super::state::RepoIx;
use super::super::state::{Comment, Issue, Reaction};
use super::super::world::World;
use super::issues::since;
use super::lists::page;
use super::{Ask, Reply};

fn shown(world: &World, repo: RepoIx, id: u64) -> Did<Value> {
    let (number, comment) = world.comment(repo, id)?;
    Ok(world.comment_json(repo, world.issue(repo, number)?, comment))
}

pub(super) fn list(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let since = since(ask)?;
    let issue = world.issue(repo, ask.number("issue_number")?)?;
    let all = issue
        .comments
        .iter()
        .filter(|comment| comment.updated_at >= since)
        .map(|comment| world.comment_json(repo, issue, comment))
        .collect();
    Ok(page(world, ask, all))
}

/// All comments of a repository, the oldest first unless asked otherwise.
pub(super) fn list_in_repo(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let since = since(ask)?;
    let mut found: Vec<(&Issue, &Comment)> = world[repo]
        .issues
        .values()
        .flat_map(|issue| issue.comments.iter().map(move |comment| (issue, comment)))
        .filter(|(_, comment)| comment.updated_at >= since)
        .collect();
    let sort = ask.query.get("sort").map_or("created", String::as_str);
    found.sort_by_key(|(_, comment)| match sort {
        "updated" => (comment.updated_at, comment.id),
        _ => (comment.created_at, comment.id),
    });
    // GitHub looks at the direction only where it was told what to sort by.
    let turned = ask.query.contains_key("sort")
        && ask.query.get("direction").is_none_or(|word| word == "desc");
    if turned {
        found.reverse();
    }
    let all = found
        .into_iter()
        .map(|(issue, comment)| world.comment_json(repo, issue, comment))
        .collect();
    Ok(page(world, ask, all))
}

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    Ok(Reply::ok(shown(world, repo, ask.number("comment_id")?)?))
}

pub(super) fn create(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let number = ask.number("issue_number")?;
    let id = world.write_comment(repo, actor, number, ask.needed("body")?)?;
    Ok(Reply::created(shown(world, repo, id)?))
}

pub(super) fn edit(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let id = ask.number("comment_id")?;
    world.edit_comment(repo, actor, id, ask.needed("body")?)?;
    Ok(Reply::ok(shown(world, repo, id)?))
}

pub(super) fn delete(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    world.delete_comment(repo, actor, ask.number("comment_id")?)?;
    Ok(Reply::no_content())
}

fn listed(world: &World, ask: &Ask, reactions: &[Reaction]) -> Reply {
    let all = reactions
        .iter()
        .filter(|r| ask.query.get("content").is_none_or(|c| *c == r.content))
        .map(|reaction| world.reaction_json(reaction))
        .collect();
    page(world, ask, all)
}

pub(super) fn reactions_of_issue(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let issue = world.issue(repo, ask.number("issue_number")?)?;
    Ok(listed(world, ask, &issue.reactions))
}

pub(super) fn reactions(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let (_, comment) = world.comment(repo, ask.number("comment_id")?)?;
    Ok(listed(world, ask, &comment.reactions))
}

pub(super) fn react_to_issue(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, number) = (ask.repo(world)?, ask.number("issue_number")?);
    world.issue(repo, number)?;
    reacted(world, ask, repo, number, None)
}

pub(super) fn react(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, id) = (ask.repo(world)?, ask.number("comment_id")?);
    let (number, _) = world.comment(repo, id)?;
    reacted(world, ask, repo, number, Some(id))
}

/// 201 for a new reaction, 200 for one that was there.
fn reacted(
    world: &mut World,
    ask: &Ask,
    repo: RepoIx,
    number: u64,
    comment: Option<u64>,
) -> Did<Reply> {
    let actor = ask.actor(world)?;
    let (reaction, is_new) = world.react(repo, actor, number, comment, ask.needed("content")?)?;
    let body = world.reaction_json(&reaction);
    Ok(Reply::with_status(if is_new { 201 } else { 200 }, body))
}
