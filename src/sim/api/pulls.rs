//! Pull requests.

use serde_json::{Value, json};

use super::super::refusal::Did;
use super::super::state::RepoIx;
use super::super::state::{Issue, Pull};
use super::super::world::World;
use super::lists::page;
use super::{Ask, Reply};

fn all(world: &World, repo: RepoIx) -> Vec<(&Issue, &Pull)> {
    world[repo]
        .issues
        .values()
        .rev()
        .filter_map(|issue| Some((issue, issue.pull.as_ref()?)))
        .collect()
}

/// A pull request as lists show it. GitHub's description of these knows no label without a
/// description.
fn listed(world: &World, repo: RepoIx, issue: &Issue, pull: &Pull) -> Value {
    let mut listed = world.pull_summary_json(repo, issue, pull);
    for label in listed["labels"].as_array_mut().into_iter().flatten() {
        if label["description"].is_null() {
            label["description"] = json!("");
        }
    }
    listed
}

pub(super) fn list(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let state = ask.query.get("state").map_or("open", String::as_str);
    let owner = world.login(world[repo].owner);
    let head_is = |pull: &Pull| {
        ask.query
            .get("head")
            .is_none_or(|head| *head == pull.label(owner))
    };
    let found = all(world, repo)
        .into_iter()
        .filter(|(issue, _)| state == "all" || issue.open == (state == "open"))
        .filter(|(_, pull)| ask.query.get("base").is_none_or(|base| *base == pull.base))
        .filter(|(_, pull)| head_is(pull))
        .map(|(issue, pull)| listed(world, repo, issue, pull))
        .collect();
    Ok(page(world, ask, found))
}

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, number) = (ask.repo(world)?, ask.number("pull_number")?);
    let pull = world.pull(repo, number)?;
    Ok(Reply::ok(world.pull_json(
        repo,
        world.issue(repo, number)?,
        pull,
    )))
}

pub(super) fn files(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let pull = world.pull(repo, ask.number("pull_number")?)?;
    let changes = world
        .changes(repo, pull)
        .iter()
        .map(|change| world.change_json(repo, pull, change))
        .collect();
    Ok(page(world, ask, changes))
}

pub(super) fn of_commit(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let sha = ask.param("ref")?;
    let found = all(world, repo)
        .into_iter()
        .filter(|(_, pull)| pull.head == sha)
        .map(|(issue, pull)| listed(world, repo, issue, pull))
        .collect();
    Ok(page(world, ask, found))
}
