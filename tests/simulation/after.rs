//! What has to hold when the storm is over.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use labhand::domain::ids::{InstallationId, ItemNumber, RepoId};
use labhand::forge::{Shown, digest};
use labhand::sim::{Answer, Fault, IssueView};
use labhand::store::{ItemRow, Key, Store};
use serde_json::Value;

use crate::bot::Process;
use crate::storm::Storm;
use crate::team::REPO;

/// Looks everywhere; what is not as it should be.
pub fn look(storm: &mut Storm) -> Vec<String> {
    let mut troubles = Vec::new();
    nothing_twice(storm, &mut troubles);
    everything_rests(storm, &mut troubles);
    github_shows_what_is_known(storm, &mut troubles);
    the_board_has_everything_once(storm, &mut troubles);
    as_on_a_calm_day(storm, &mut troubles);
    troubles
}

fn is_ours(author: &str) -> bool {
    author == "labhand[bot]"
}

fn markers(text: &str) -> Vec<String> {
    let parts = text.split("<!-- labhand:").skip(1);
    parts
        .filter_map(|it| Some(it.split_once(" -->")?.0.to_owned()))
        .collect()
}

/// No comment, follow-up issue or reminder exists twice.
fn nothing_twice(storm: &Storm, troubles: &mut Vec<String>) {
    let issues = storm.gh.issues(REPO);
    let mut opened = BTreeSet::new();
    for issue in &issues {
        let mut said = BTreeSet::new();
        for comment in issue.comments.iter().filter(|it| is_ours(&it.author)) {
            for marker in markers(&comment.body) {
                if !said.insert(marker.clone()) {
                    troubles.push(format!("#{} says {marker} twice", issue.number));
                }
            }
        }
        if is_ours(&issue.author) {
            for marker in markers(&issue.body) {
                if !opened.insert(marker.clone()) {
                    troubles.push(format!(
                        "{marker} was opened twice, as #{} too",
                        issue.number
                    ));
                }
            }
        }
    }
}

fn place(storm: &Storm) -> (InstallationId, RepoId) {
    let process = storm.process();
    let rows = process.ask(process.store.all_repos()).unwrap();
    let row = rows.first().expect("the repository is known");
    (row.installation, row.repo)
}

fn items(process: &Process, store: &Store, at: (InstallationId, RepoId)) -> BTreeMap<u64, ItemRow> {
    process
        .ask(store.load_items(at.0, at.1))
        .unwrap()
        .into_iter()
        .collect()
}

/// Whoever looks at everything again finds nothing to do, unless something is learned by looking:
/// which items are similar by now.
fn everything_rests(storm: &mut Storm, troubles: &mut Vec<String>) {
    let at = place(storm);
    let numbers = items(storm.process(), &storm.process().store, at);
    let texts = storm.texts();
    let known = |storm: &Storm| {
        let process = storm.process();
        process.ask(process.store.figures()).unwrap().facts
    };
    for _ in 0..3 {
        let before = known(storm);
        let now = storm.clock.now();
        let item = |number: &u64| Key::item(at.0, at.1, ItemNumber(*number));
        let keys = numbers.keys().map(|number| (item(number), now));
        let board = (Key::board(at.0, at.1), now);
        storm.gh.forget_calls();
        let process = storm.process();
        process
            .ask(process.store.wake(keys.chain([board]).collect()))
            .unwrap();
        storm.work();
        if known(storm) == before {
            for call in storm.gh.writes() {
                let body: String = call.body.chars().take(6_000).collect();
                let (method, path) = (call.method, call.path);
                troubles.push(format!("still to be written: {method} {path} {body}"));
                let text = texts
                    .iter()
                    .find(|(there, _)| path.ends_with(there.as_str()));
                troubles.extend(text.map(|(_, text)| format!("  instead of {text:?}")));
            }
            return;
        }
    }
    troubles.push("each look learns something".to_owned());
}

/// The labels, the state and the texts of our comments are what the bot believes them to be.
fn github_shows_what_is_known(storm: &Storm, troubles: &mut Vec<String>) {
    let at = place(storm);
    let rows = items(storm.process(), &storm.process().store, at);
    let issues = storm.gh.issues(REPO);
    for issue in &issues {
        let Some(row) = rows.get(&issue.number.0) else {
            if !is_ours(&issue.author) {
                troubles.push(format!("nothing is known of #{}", issue.number));
            }
            continue;
        };
        let shown: Shown = serde_json::from_str(&row.shown).unwrap();
        let there: BTreeSet<&str> = issue.labels.iter().map(String::as_str).collect();
        for (label, known) in &shown.labels {
            if known.there != there.contains(label.as_str()) {
                troubles.push(format!(
                    "#{}: {label} is thought there: {}",
                    issue.number, known.there
                ));
            }
        }
        if shown.open.is_some_and(|open| open != issue.open) {
            troubles.push(format!(
                "#{} is thought open: {:?}",
                issue.number, shown.open
            ));
        }
        for (slot, said) in &shown.comments {
            // What was said once stays as people have left it; these two are kept true.
            let kept_true = matches!(slot.0.as_str(), "status" | "checklist");
            let Some(id) = said.id.filter(|_| kept_true) else {
                continue;
            };
            match issue.comments.iter().find(|it| it.id == id) {
                Some(comment) if digest(&comment.body) == said.digest => {}
                Some(comment) => troubles.push(format!(
                    "#{}: {slot:?} reads {:?}",
                    issue.number, comment.body
                )),
                None => troubles.push(format!("#{}: {slot:?} is not there", issue.number)),
            }
        }
    }
}

fn board(issues: &[IssueView]) -> Option<&IssueView> {
    issues
        .iter()
        .find(|issue| issue.labels.iter().any(|it| it == "labhand/board"))
}

/// Of each open item with a kind there is one cell on the board, or it is among those that are only
/// counted.
fn the_board_has_everything_once(storm: &Storm, troubles: &mut Vec<String>) {
    let issues = storm.gh.issues(REPO);
    let Some(board) = board(&issues) else {
        troubles.push("there is no board".to_owned());
        return;
    };
    let boards = issues
        .iter()
        .filter(|it| it.labels.iter().any(|it| it == "labhand/board"));
    if boards.count() > 1 {
        troubles.push("there are two boards".to_owned());
    }
    let lanes = board.body.split("<sub>").next().unwrap_or_default();
    for issue in issues.iter().filter(|it| it.open && !it.is_pull) {
        let has_kind = issue.labels.iter().any(|it| it.starts_with("kind/"));
        let cell = format!("| [#{}](", issue.number);
        let cells = lanes.matches(&cell).count();
        if has_kind && cells > 1 {
            troubles.push(format!("#{} is {cells} times on the board", issue.number));
        }
    }
}

/// What an item is, as far as it does not depend on when something was heard; ticks need the comment
/// that they stand in, which a bot that may not write does not have.
fn essence(doc: &str) -> BTreeMap<&'static str, Value> {
    const KEYS: [&str; 11] = [
        "kind",
        "stage",
        "bucket",
        "phase",
        "points",
        "closed",
        "title",
        "assignees",
        "timebox",
        "decisions",
        "findings",
    ];
    let doc: Value = serde_json::from_str(doc).unwrap_or(Value::Null);
    KEYS.into_iter()
        .map(|key| (key, doc[key].clone()))
        .collect()
}

/// When a fact was, and the beginning of it.
fn brief(doc: &str) -> (String, String) {
    let fact: Value = serde_json::from_str(doc).unwrap_or(Value::Null);
    let what: String = fact["what"].to_string().chars().take(160).collect();
    (fact["at"].to_string(), format!("{what} ({})", fact["id"]))
}

/// Where two values differ.
fn differences(path: &str, here: &Value, there: &Value, troubles: &mut Vec<String>) {
    match (here, there) {
        (Value::Object(mine), Value::Object(other)) => {
            let keys: BTreeSet<&String> = mine.keys().chain(other.keys()).collect();
            for key in keys {
                let path = format!("{path}.{key}");
                differences(&path, &here[key], &there[key], troubles);
            }
        }
        (Value::Array(mine), Value::Array(other)) if mine.len() == other.len() => {
            for (place, (one, another)) in mine.iter().zip(other).enumerate() {
                differences(&format!("{path}[{place}]"), one, another, troubles);
            }
        }
        _ if here == there => {}
        _ => troubles.push(format!("{path} is {here}, on a calm day {there}")),
    }
}

/// A bot that hears all of it, in order and once, comes to the same.
fn as_on_a_calm_day(storm: &mut Storm, troubles: &mut Vec<String>) {
    let at = place(storm);
    let stormy = items(storm.process(), &storm.process().store, at);
    // It may look, but its writes come to nothing.
    for method in ["POST", "PATCH", "PUT", "DELETE"] {
        let refused = Answer::status(403);
        let fault = Fault::new()
            .method(method)
            .path_contains("/repos/")
            .times(usize::MAX);
        storm.gh.fault(fault.answer(refused));
    }
    let database = storm.another_database();
    let calm = Process::watching(&storm.gh, &storm.clock, database.url());
    for delivery in &storm.history {
        calm.hand_over(delivery);
        calm.work(&storm.gh);
        // All of it within the hour would be more calls than GitHub allows.
        storm.clock.advance(SignedDuration::from_mins(1));
    }
    for _ in 0..48 {
        storm.clock.advance(SignedDuration::from_mins(30));
        calm.work(&storm.gh);
    }
    storm.gh.forget_faults();
    let facts = |process: &Process, number| {
        let facts = process.store.facts(at.0, at.1, number);
        let facts = process.ask(facts).unwrap();
        let mut lines: Vec<(String, String)> = facts.iter().map(|doc| brief(doc)).collect();
        lines.sort();
        lines
    };
    let quiet = items(&calm, &calm.store, at);
    for (number, row) in &stormy {
        let Some(other) = quiet.get(number) else {
            troubles.push(format!("on a calm day nothing is known of #{number}"));
            continue;
        };
        let (here, there) = (essence(&row.doc), essence(&other.doc));
        if here["kind"].is_null() && there["kind"].is_null() {
            continue;
        }
        let before = troubles.len();
        // What closes what, and how it is where two events tie, is read when that is heard.
        let linked = |process| {
            let facts = facts(process, *number);
            let now = |what: &str| what.contains("linked-pull") || what.contains("observed");
            facts.iter().any(|(_, what)| now(what))
        };
        let follows = linked(storm.process()) || linked(&calm);
        let settled = |key: &str| !follows || !matches!(key, "stage" | "timebox" | "points");
        for (key, value) in here.iter().filter(|(key, _)| settled(key)) {
            differences(&format!("#{number}: {key}"), value, &there[key], troubles);
        }
        if troubles.len() > before && std::env::var("LABHAND_SEEDS").is_ok() {
            for (name, process) in [("stormy", storm.process()), ("calm", &calm)] {
                for (at, what) in facts(process, *number) {
                    troubles.push(format!("  {name} {at} {what}"));
                }
            }
        }
    }
}
