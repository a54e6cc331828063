//! Twelve people, and what they do when nobody tells them what.

use labhand::domain::ids::{CommentId, ItemNumber};
use labhand::sim::{IssueView, Sim};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

pub const REPO: &str = "acme/fraud";

/// Who may do what; the first four are data scientists, the next four engineers.
pub const PEOPLE: [(&str, &str); 12] = [
    ("mira", "write"),
    ("jonas", "write"),
    ("ines", "write"),
    ("tariq", "write"),
    ("ana", "write"),
    ("ben", "write"),
    ("yuki", "write"),
    ("olu", "write"),
    ("lee", "triage"),
    ("lena", "maintain"),
    ("otto", "read"),
    ("ruth", "read"),
];

const TITLES: [&str; 10] = [
    "Explore NLP approaches for sentiment (2 days)",
    "Investigate class imbalance (1 day)",
    "[Experiment] Focal loss (3 days)",
    "Test whether embeddings help (2 days)",
    "Fix the nightly export",
    "Implement the scoring service",
    "Refactor the feature store client",
    "Upgrade the data pipeline",
    "Team lunch",
    "Something about | pipes <!-- and --> @mentions",
];

const TEXTS: [&str; 4] = [
    "",
    "Hypothesis: focal loss lifts recall\nMetric: recall >= 0.8 baseline 0.7\nTime box: 2d",
    "### Question\n\nDoes it generalise?\n\n- [ ] read\n- [ ] write",
    "Builds-on: #1",
];

const COMMANDS: [&str; 30] = [
    "/activate",
    "/analyze",
    "/stage ideation",
    "/stage decision",
    "/stage in-progress",
    "/timebox 3d",
    "/timebox 4h",
    "/extend 1d it takes longer",
    "/block waiting for GPUs",
    "/unblock",
    "/findings it works, mostly",
    "/decide abandon it does not pay",
    "/decide more-research what about transformers?",
    "/decide productionize it pays",
    "/kind research",
    "/kind experiment",
    "/kind development",
    "/kind maintenance",
    "/bucket learning",
    "/phase prototype",
    "/points 3",
    "/points 5-8",
    "/hypothesis more data helps",
    "/metric auc >= 0.9 baseline 0.85",
    "/result auc=0.91",
    "/result refuted",
    "/status",
    "/board",
    "/sync",
    "/nonsense",
];

const LABELS: [&str; 14] = [
    "kind/research",
    "kind/experiment",
    "kind/maintenance",
    "stage/active",
    "stage/analysis",
    "stage/in-progress",
    "stage/done",
    "bucket/learning",
    "phase/explore",
    "points/5",
    "blocked",
    "timebox/running",
    "outcome/supported",
    "wontfix",
];

fn any<'a>(rng: &mut StdRng, of: &[&'a str]) -> &'a str {
    of.choose(rng).expect("there are some")
}

/// Somebody does something. What it was, in a few words; `None` if there was nothing to do it to.
pub fn act(gh: &Sim, rng: &mut StdRng) -> Option<String> {
    let (who, role) = *PEOPLE.choose(rng).expect("there are people");
    let person = gh.as_user(REPO, who);
    let all = gh.issues(REPO);
    let issues: Vec<&IssueView> = all.iter().collect();
    let ours = |issue: &IssueView| issue.labels.iter().any(|label| label == "labhand/board");
    let some = issues.choose(rng).filter(|issue| !ours(issue));
    let may_label = role != "read";
    let dice = rng.random_range(0..100);
    if dice < 14 || some.is_none() {
        let title = any(rng, &TITLES);
        let text = any(rng, &TEXTS);
        let draft = person.open_issue(title).body(text);
        let label = any(rng, &LABELS);
        let labelled = may_label && rng.random_bool(0.3);
        let labels = [label];
        let number = if labelled {
            draft.labels(&labels)
        } else {
            draft
        }
        .send();
        return Some(format!("{who} opens #{number}: {title}"));
    }
    let issue = *some?;
    let number = issue.number;
    let said = match dice {
        14..45 => {
            let mut words = any(rng, &COMMANDS).to_owned();
            if rng.random_bool(0.2) {
                words = format!("{words}\n{}", any(rng, &COMMANDS));
            }
            person.comment(number, &words);
            format!("comments on #{number}: {words:?}")
        }
        45..50 => {
            person.comment(number, "I think so, too.");
            format!("talks on #{number}")
        }
        50..54 => edit(gh, rng, who, number)?,
        54..57 => delete(gh, rng, who, number)?,
        57..70 if may_label => {
            let label = any(rng, &LABELS);
            if issue.labels.iter().any(|it| it == label) {
                person.unlabel(number, label);
                format!("takes {label} off #{number}")
            } else {
                person.label(number, label);
                format!("puts {label} on #{number}")
            }
        }
        70..73 if may_label => {
            let sprint = rng.random_range(1..=4);
            person.set_milestone(number, sprint);
            format!("plans #{number} for sprint {sprint}")
        }
        73..75 if may_label => {
            person.assign(number, PEOPLE.choose(rng)?.0);
            format!("assigns #{number}")
        }
        75..80 if may_label || issue.author == who => {
            let text = any(rng, &TEXTS);
            person.edit_text(number, text);
            format!("rewrites #{number}: {text:?}")
        }
        80..83 if may_label || issue.author == who => {
            let title = any(rng, &TITLES);
            person.rename(number, title);
            format!("renames #{number}: {title}")
        }
        83..90 if may_label => {
            if issue.open {
                person.close(number);
                format!("closes #{number}")
            } else if !issue.is_merged {
                person.reopen(number);
                format!("reopens #{number}")
            } else {
                return None;
            }
        }
        90..100 if role == "write" => pull(gh, rng, who, &all)?,
        _ => return None,
    };
    Some(format!("{who} {said}"))
}

/// Comments that somebody may change: their own, and those of the bot.
fn comment_of(
    gh: &Sim,
    rng: &mut StdRng,
    who: &str,
    number: ItemNumber,
) -> Option<(CommentId, String)> {
    let comments = gh.issue(REPO, number).comments;
    let may = |author: &str| author == who || author == "labhand[bot]";
    let mine: Vec<_> = comments.into_iter().filter(|it| may(&it.author)).collect();
    mine.choose(rng).map(|it| (it.id, it.body.clone()))
}

fn edit(gh: &Sim, rng: &mut StdRng, who: &str, number: ItemNumber) -> Option<String> {
    let (comment, before) = comment_of(gh, rng, who, number)?;
    let words = any(rng, &COMMANDS);
    gh.as_user(REPO, who)
        .edit_comment(comment, &format!("{before}\n{words}"));
    Some(format!("edits a comment on #{number}: {words:?}"))
}

fn delete(gh: &Sim, rng: &mut StdRng, who: &str, number: ItemNumber) -> Option<String> {
    let (comment, _) = comment_of(gh, rng, who, number)?;
    gh.as_user(REPO, who).delete_comment(comment);
    Some(format!("deletes a comment on #{number}"))
}

/// Work on pull requests: hand-offs among them.
fn pull(gh: &Sim, rng: &mut StdRng, who: &str, all: &[IssueView]) -> Option<String> {
    let person = gh.as_user(REPO, who);
    let pulls: Vec<ItemNumber> = all
        .iter()
        .filter(|issue| issue.open && issue.is_pull)
        .map(|issue| issue.number)
        .collect();
    let Some(number) = pulls.choose(rng).copied().filter(|_| rng.random_bool(0.8)) else {
        let closes = all.choose(rng)?.number;
        let draft = person
            .open_pull("Model: fraud v1")
            .body(&format!("Closes #{closes}"))
            .files(&[("model.txt", &rng.random::<u32>().to_string())]);
        let labels = ["handoff"];
        let draft = if rng.random_bool(0.6) {
            draft.labels(&labels)
        } else {
            draft
        };
        return Some(format!("opens a pull request, #{}", draft.send()));
    };
    Some(match rng.random_range(0..10) {
        0..3 => {
            person.push(number, &[("model.txt", &rng.random::<u32>().to_string())]);
            format!("pushes to #{number}")
        }
        3..8 => {
            let comments = gh.issue(REPO, number).comments;
            let checklist = comments
                .iter()
                .find(|it| it.body.contains("labhand:checklist"))?;
            let boxes = checklist.body.split("- [ ] `").skip(1);
            let slugs: Vec<&str> = boxes.filter_map(|it| Some(it.split_once('`')?.0)).collect();
            let slug = *slugs.choose(rng)?;
            person.tick(checklist.id, slug);
            format!("ticks {slug} on #{number}")
        }
        _ => {
            person.merge(number);
            format!("merges #{number}")
        }
    })
}
