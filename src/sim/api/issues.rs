//! Issues: one, many, new and changed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::acts::{IssueEdit, NewIssue};
use super::super::refusal::{Did, Refusal};
use super::super::state::RepoIx;
use super::super::state::{Actor, Issue, StateReason};
use super::super::world::World;
use super::lists::{page, page_of};
use super::{Ask, Reply};

pub(super) fn get(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    shown(world, ask, repo)
}

/// What happened to an issue, the oldest first.
pub(super) fn events(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let issue = world.issue(repo, ask.number("issue_number")?)?;
    let all = issue
        .events
        .iter()
        .map(|event| world.issue_event_json(repo, event))
        .collect();
    Ok(page(world, ask, all))
}

fn shown(world: &World, ask: &Ask, repo: RepoIx) -> Did<Reply> {
    let number = ask.number("issue_number")?;
    if let Some(elsewhere) = moved(world, ask, repo, number) {
        return Ok(elsewhere);
    }
    Ok(Reply::ok(
        world.issue_json(repo, world.issue(repo, number)?),
    ))
}

/// An issue that was moved is a redirect for who sees where it went, and 404 for others. What
/// hangs on it, such as its comments, is 404 for all.
fn moved(world: &World, ask: &Ask, repo: RepoIx, number: u64) -> Option<Reply> {
    let (to, new_number) = *world[repo].moved.get(&number)?;
    ask.caller.must_see(world, to).ok()?;
    let address = format!(
        "{}/repositories/{}/issues/{new_number}",
        world.base, world[to].id
    );
    let body = json!({
        "message": "Moved Permanently",
        "url": address,
        "documentation_url": "https://docs.github.com/rest"
    });
    let mut reply = Reply::with_status(301, body);
    reply.headers.push(("location".to_owned(), address));
    Some(reply)
}

/// The instant that `since` names; what is no instant is 422.
pub(super) fn since(ask: &Ask) -> Did<Timestamp> {
    match ask.query.get("since") {
        None => Ok(Timestamp::MIN),
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::invalid("Search", "since", "invalid")),
    }
}

/// Issues and pull requests, by GitHub's filters.
pub(super) fn list(world: &mut World, ask: &Ask) -> Did<Reply> {
    let repo = ask.repo(world)?;
    let since = since(ask)?;
    let asked = |name: &str, usual: &'static str| {
        ask.query.get(name).map_or(usual.to_owned(), String::clone)
    };
    let (state, creator, order) = (
        asked("state", "open"),
        asked("creator", ""),
        asked("sort", "created"),
    );
    let wanted_labels: Vec<u64> = asked("labels", "")
        .split(',')
        .filter(|name| !name.is_empty())
        // A label that is not there is borne by nobody.
        .map(|name| world[repo].label(name).map_or(0, |label| label.id))
        .collect();
    let mut found: Vec<&Issue> = world[repo]
        .issues
        .values()
        .filter(|issue| state == "all" || issue.open == (state == "open"))
        .filter(|issue| issue.updated_at >= since)
        .filter(|issue| creator.is_empty() || made_by(world, issue, &creator))
        .filter(|issue| wanted_labels.iter().all(|id| issue.labels.contains(id)))
        .collect();
    match order.as_str() {
        "updated" => found.sort_by_key(|issue| (issue.updated_at, issue.number)),
        "comments" => found.sort_by_key(|issue| (issue.comments.len(), issue.number)),
        _ => found.sort_by_key(|issue| (issue.created_at, issue.number)),
    }
    if asked("direction", "desc") == "desc" {
        found.reverse();
    }
    Ok(page_of(world, ask, found, |issue| {
        world.issue_json(repo, issue)
    }))
}

/// Whether this creator is meant; an App's bot is also found as `app/labhand`.
fn made_by(world: &World, issue: &Issue, creator: &str) -> bool {
    let login = world.login(issue.author.account);
    login.eq_ignore_ascii_case(creator)
        || creator
            .strip_prefix("app/")
            .is_some_and(|slug| login.eq_ignore_ascii_case(&format!("{slug}[bot]")))
}

fn milestone(body: &Value) -> Did<Option<u64>> {
    match body.get("milestone") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(number.as_u64()),
        Some(Value::String(text)) => text
            .parse()
            .map(Some)
            .map_err(|_| Refusal::invalid("Issue", "milestone", "invalid")),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            Err(Refusal::invalid("Issue", "milestone", "invalid"))
        }
    }
}

pub(super) fn create(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let new = NewIssue {
        title: ask.needed("title")?.to_owned(),
        body: ask.text("body").map(str::to_owned),
        labels: ask.texts("labels").unwrap_or_default(),
        assignees: ask.texts("assignees").unwrap_or_default(),
        milestone: milestone(&ask.body)?,
        issue_type: ask.text("type").map(str::to_owned),
    };
    let number = world.open_issue(repo, actor, &new)?;
    Ok(Reply::created(
        world.issue_json(repo, world.issue(repo, number)?),
    ))
}

pub(super) fn edit(world: &mut World, ask: &Ask) -> Did<Reply> {
    let (repo, actor) = (ask.repo(world)?, ask.actor(world)?);
    let number = ask.number("issue_number")?;
    if let Some(elsewhere) = moved(world, ask, repo, number) {
        return Ok(elsewhere);
    }
    world.issue(repo, number)?;
    let texts = IssueEdit {
        title: ask.text("title").map(str::to_owned),
        body: ask.text("body").map(str::to_owned),
    };
    world.edit_issue(repo, actor, number, texts)?;
    if let Some(names) = ask.texts("labels") {
        world.set_labels(repo, actor, number, &names)?;
    }
    if let Some(logins) = ask.texts("assignees") {
        set_assignees(world, repo, actor, number, &logins)?;
    }
    if ask.body.get("milestone").is_some() {
        world.set_milestone(repo, actor, number, milestone(&ask.body)?)?;
    }
    match ask.text("state") {
        None => {}
        Some("open") => world.reopen_issue(repo, actor, number)?,
        Some("closed") => {
            let why = ask.text("state_reason").unwrap_or("completed");
            let reason = StateReason::of(why)
                .ok_or_else(|| Refusal::invalid("Issue", "state_reason", "invalid"))?;
            world.close_issue(repo, actor, number, reason)?;
        }
        Some(_) => return Err(Refusal::invalid("Issue", "state", "invalid")),
    }
    Ok(Reply::ok(
        world.issue_json(repo, world.issue(repo, number)?),
    ))
}

fn set_assignees(
    world: &mut World,
    repo: RepoIx,
    actor: Actor,
    number: u64,
    logins: &[String],
) -> Did<()> {
    let there: Vec<String> = world
        .issue(repo, number)?
        .assignees
        .iter()
        .map(|id| world.login(*id).to_owned())
        .collect();
    for login in there.iter().filter(|login| !logins.contains(login)) {
        world.unassign(repo, actor, number, login)?;
    }
    for login in logins {
        world.assign(repo, actor, number, login)?;
    }
    Ok(())
}
