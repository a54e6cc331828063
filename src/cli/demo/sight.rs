//! What GitHub shows, and what changed there between two looks. All that the story says of labhand
//! comes from here: whatever changed while nobody else did anything was labhand's doing.

use std::collections::{BTreeMap, BTreeSet};

use super::script::REPO;
use super::terminal::sentences;
use crate::domain::ids::{CommentId, ItemNumber};
use crate::sim::{CommentView, IssueView, ReleaseView, Sim};

/// The label of the board issue.
const BOARD: &str = "labhand/board";
/// New sentences of an edited comment that are told.
const MOST_NEWS: usize = 2;

/// How the repository looks at one moment.
pub(super) struct Sight {
    issues: BTreeMap<ItemNumber, IssueView>,
    /// By pull request and name: conclusion and title.
    checks: BTreeMap<(ItemNumber, String), (String, String)>,
    /// By tag: of which pull request, and what is attached.
    releases: BTreeMap<String, (ItemNumber, String)>,
}

/// What labhand did to one issue or pull request, in words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub number: ItemNumber,
    pub words: Vec<String>,
}

impl Sight {
    /// Looks at the repository.
    pub fn of(gh: &Sim) -> Self {
        let issues: BTreeMap<_, _> = gh
            .issues(REPO)
            .into_iter()
            .map(|issue| (issue.number, issue))
            .collect();
        let pulls = issues.values().filter(|issue| issue.is_pull);
        let checks = pulls.flat_map(|pull| {
            let runs = gh.checks(REPO, &gh.head(REPO, pull.number));
            runs.into_iter().map(|run| {
                let key = (pull.number, run.name);
                (key, (run.conclusion, run.title))
            })
        });
        let checks = checks.collect();
        let releases = gh.releases(REPO);
        let releases = releases.iter().filter_map(published).collect();
        Self {
            issues,
            checks,
            releases,
        }
    }

    /// The board issue.
    pub fn board(&self) -> Option<&IssueView> {
        self.issues.values().find(|issue| is_board(issue))
    }

    /// An issue's title.
    pub fn title(&self, number: ItemNumber) -> &str {
        let issue = self.issues.get(&number);
        issue.map_or("", |issue| issue.title.as_str())
    }

    /// What is different later.
    pub fn changes(&self, later: &Self) -> Vec<Change> {
        let numbers: BTreeSet<ItemNumber> = later.issues.keys().copied().collect();
        numbers
            .into_iter()
            .map(|number| Change {
                number,
                words: self.changed(later, number),
            })
            .filter(|change| !change.words.is_empty())
            .collect()
    }

    fn changed(&self, later: &Self, number: ItemNumber) -> Vec<String> {
        let Some(now) = later.issues.get(&number) else {
            return Vec::new();
        };
        let Some(before) = self.issues.get(&number) else {
            return vec![format!("opens #{number} “{}”", now.title)];
        };
        if is_board(now) {
            // It changes with everything; the story ends with it.
            return Vec::new();
        }
        let mut words = Vec::new();
        let first = [reactions(before, now), labels(before, now)];
        let first: Vec<String> = first.into_iter().flatten().collect();
        if !first.is_empty() {
            words.push(first.join(" · "));
        }
        for comment in &now.comments {
            let known = before.comments.iter().find(|one| one.id == comment.id);
            words.extend(said(known, comment));
        }
        words.extend(self.checked(later, number));
        let releases = later.releases.iter();
        let fresh = releases.filter(|(tag, _)| !self.releases.contains_key(*tag));
        let fresh = fresh.filter(|(_, (pull, _))| *pull == number);
        words.extend(fresh.map(|(tag, (_, files))| format!("publishes {tag}: {files}")));
        match (before.open, now.open) {
            (true, false) => words.push("closes it".to_owned()),
            (false, true) => words.push("opens it again".to_owned()),
            (true, true) | (false, false) => {}
        }
        words
    }

    fn checked(&self, later: &Self, number: ItemNumber) -> Vec<String> {
        let checks = later.checks.iter().filter(|((pull, _), _)| *pull == number);
        checks
            .filter(|(key, shown)| self.checks.get(key) != Some(shown))
            .map(|((_, name), (conclusion, title))| {
                let mark = match conclusion.as_str() {
                    "success" => "✓",
                    "failure" => "✗",
                    _ => "•",
                };
                // The checklist says whom it waits for.
                let (title, _) = title.split_once(", waiting").unwrap_or((title, ""));
                format!("check {name} {mark} {title}")
            })
            .collect()
    }
}

/// A published release, by its tag. Of which pull request it is its record says.
fn published(release: &ReleaseView) -> Option<(String, (ItemNumber, String))> {
    if release.draft {
        return None;
    }
    let names: Vec<&str> = release
        .files
        .iter()
        .map(|(name, ..)| name.as_str())
        .collect();
    let mut records = release.files.iter();
    let (_, record, _) = records.find(|(name, ..)| name == "record.json")?;
    let record: serde_json::Value = serde_json::from_str(record).ok()?;
    let pull = ItemNumber(record.get("pull")?.as_u64()?);
    Some((release.tag.clone(), (pull, names.join(", "))))
}

fn is_board(issue: &IssueView) -> bool {
    issue.labels.iter().any(|label| label == BOARD)
}

/// The faces that labhand put under a comment or the text, the latest last.
fn reactions(before: &IssueView, now: &IssueView) -> Option<String> {
    let faces = |issue: &IssueView| -> BTreeMap<CommentId, usize> {
        let comments = issue.comments.iter();
        comments
            .map(|comment| (comment.id, comment.reactions.len()))
            .collect()
    };
    let known = faces(before);
    let fresh_comments = now.comments.iter().flat_map(|comment| {
        let seen = known.get(&comment.id).copied().unwrap_or(0);
        comment.reactions.iter().skip(seen)
    });
    let fresh_text = now.reactions.iter().skip(before.reactions.len());
    let faces: Vec<&str> = fresh_text
        .chain(fresh_comments)
        .map(|(_, content)| match content.as_str() {
            "eyes" => "👀",
            "rocket" => "🚀",
            "confused" => "😕",
            other => other,
        })
        .collect();
    (!faces.is_empty()).then(|| faces.join(" "))
}

/// Labels that came and went: `stage/ideation → stage/active`, `+blocked`.
fn labels(before: &IssueView, now: &IssueView) -> Option<String> {
    let without = |these: &[String], those: &[String]| -> Vec<String> {
        let mut these = these.to_vec();
        these.retain(|label| !those.contains(label));
        these
    };
    let mut gone = without(&before.labels, &now.labels);
    let mut words: Vec<String> = Vec::new();
    for label in without(&now.labels, &before.labels) {
        let family = label.split_once('/').map(|(family, _)| family);
        let old = gone.iter().position(|old| {
            family.is_some() && old.split_once('/').map(|(family, _)| family) == family
        });
        words.push(match old {
            Some(at) => format!("{} → {label}", gone.remove(at)),
            None => format!("+{label}"),
        });
    }
    words.extend(gone.iter().map(|label| format!("−{label}")));
    (!words.is_empty()).then(|| words.join(" · "))
}

/// What a comment says that was not there before.
fn said(before: Option<&CommentView>, now: &CommentView) -> Vec<String> {
    let old: Vec<String> = before.map_or_else(Vec::new, |comment| sentences(&comment.body));
    if before.is_some_and(|comment| comment.body == now.body) {
        return Vec::new();
    }
    let news = sentences(&now.body)
        .into_iter()
        .filter(|sentence| !old.contains(sentence));
    // Comments that are kept up to date have a name; the others are said once.
    let name = match now.body.rsplit_once("<!-- labhand:") {
        Some((_, slot)) if slot.starts_with("status") => "status: ",
        Some((_, slot)) if slot.starts_with("checklist") => "checklist: ",
        Some(_) | None => "",
    };
    if name.is_empty() {
        return news.map(|sentence| format!("“{sentence}”")).collect();
    }
    news.take(MOST_NEWS)
        .enumerate()
        .map(|(at, sentence)| match at {
            0 => format!("{name}{sentence}"),
            _ => format!("{}{sentence}", " ".repeat(name.len())),
        })
        .collect()
}
