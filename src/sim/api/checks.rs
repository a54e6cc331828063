//! Check runs, which only an App may write, and commit statuses.

use serde_json::{Value, json};

use super::super::acts::CheckPatch;
use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{CheckRun, Status};
use super::super::world::World;
use super::lists::{counted, page};
use super::{Ask, Reply};

fn patch(ask: &Ask) -> CheckPatch {
    let text = |name: &str| ask.text(name).map(str::to_owned);
    let output = |name: &str| {
        ask.body
            .get("output")
            .and_then(|output| output.get(name))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    CheckPatch {
        name: text("name"),
        status: text("status"),
        conclusion: text("conclusion"),
        details_url: text("details_url"),
        external_id: text("external_id"),
        title: output("title"),
        summary: output("summary"),
        text: output("text"),
        annotations: ask
            .body
            .pointer("/output/annotations")
            .and_then(Value::as_array)
            .map_or(0, Vec::len),
        buttons: ask
            .body
            .get("actions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|button| {
                let part = |name: &str| button[name].as_str().unwrap_or("").to_owned();
                (part("label"), part("description"), part("identifier"))
            })
            .collect(),
    }
}

pub(super) fn create(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_installation()?;
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let sha = ask.needed("head_sha")?;
    let id = world.create_check(repo, actor, sha, patch(ask))?;
    Ok(Reply::created(
        world.check_json(repo, world.check_run(repo, id)?),
    ))
}

pub(super) fn edit(world: &mut World, ask: &Ask) -> Did<Reply> {
    ask.caller.must_be_installation()?;
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let id = ask.number("check_run_id")?;
    world.edit_check(repo, actor, id, patch(ask))?;
    Ok(Reply::ok(
        world.check_json(repo, world.check_run(repo, id)?),
    ))
}

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let check = world.check_run(repo, ask.number("check_run_id")?)?;
    Ok(Reply::ok(world.check_json(repo, check)))
}

fn sha(world: &World, ask: &Ask, repo: RepoIx) -> Did<String> {
    let reference = ask.param("ref")?;
    world[repo]
        .commit(reference)
        .map(|commit| commit.sha.clone())
        .ok_or_else(|| Refusal::new(422, &format!("No commit found for SHA: {reference}")))
}

/// The check runs of a commit: with the usual `filter=latest` one for each name, the newest first.
pub(super) fn list(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let sha = sha(world, ask, repo)?;
    let all_of_them = ask.query.get("filter").is_some_and(|word| word == "all");
    let mut found: Vec<&CheckRun> = Vec::new();
    for check in world[repo].checks.iter().rev() {
        let asked_for = check.sha == sha
            && ask.query.get("check_name").is_none_or(|n| *n == check.name)
            && ask.query.get("status").is_none_or(|s| *s == check.status)
            && ask
                .query
                .get("app_id")
                .is_none_or(|id| *id == world.app_id.to_string());
        if asked_for && (all_of_them || !found.iter().any(|other| other.name == check.name)) {
            found.push(check);
        }
    }
    let all = found
        .into_iter()
        .map(|check| world.check_json(repo, check))
        .collect();
    Ok(counted(world, ask, "check_runs", all))
}

pub(super) fn create_status(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let status = world.create_status(
        repo,
        actor,
        ask.param("sha")?,
        ask.needed("state")?,
        ask.text("context").unwrap_or("default"),
        (ask.text("description"), ask.text("target_url")),
    )?;
    Ok(Reply::created(world.status_json(repo, &status)))
}

/// The newest first, each of them.
fn of_commit<'a>(world: &'a World, repo: RepoIx, sha: &str) -> Vec<&'a Status> {
    world[repo]
        .statuses
        .iter()
        .rev()
        .filter(|status| status.sha == sha)
        .collect()
}

pub(super) fn statuses(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let sha = sha(world, ask, repo)?;
    let all = of_commit(world, repo, &sha)
        .into_iter()
        .map(|status| world.status_json(repo, status))
        .collect();
    Ok(page(world, ask, all))
}

/// The latest of each context, and what they come to.
pub(super) fn combined_status(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let sha = sha(world, ask, repo)?;
    let mut latest: Vec<&Status> = Vec::new();
    for status in of_commit(world, repo, &sha) {
        if !latest.iter().any(|other| other.context == status.context) {
            latest.push(status);
        }
    }
    let any = |states: &[&str]| latest.iter().any(|s| states.contains(&s.state.as_str()));
    let state = if any(&["error", "failure"]) {
        "failure"
    } else if latest.is_empty() || any(&["pending"]) {
        "pending"
    } else {
        "success"
    };
    let url = format!("{}/commits/{sha}", world.repo_url(repo));
    let statuses: Vec<Value> = latest
        .iter()
        .map(|status| world.simple_status_json(repo, status))
        .collect();
    Ok(Reply::ok(json!({
        "state": state,
        "sha": sha,
        "total_count": statuses.len(),
        "statuses": statuses,
        "repository": world.repo_json(repo),
        "commit_url": url,
        "url": format!("{url}/status")
    })))
}
