//! `/items` and `/items/{n}`: what people work on.

use jiff::Timestamp;
use serde::Serialize;

use super::{DecisionLine, Duration, decisions};
use crate::domain::decisions::Logged;
use crate::domain::ids::{ItemNumber, RepoName};
use crate::domain::item::{Item, Move};
use crate::domain::kind::{Bucket, Kind, Stage};
use crate::domain::labels::OutcomeLabel;
use crate::domain::metric;
use crate::domain::policy::Policy;
use crate::domain::timebox::TimeBox;

/// The items of a repository.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Items {
    /// `owner/name`.
    pub repo: String,
    /// When they were like this.
    pub as_of: Timestamp,
    /// By number.
    pub items: Vec<ItemLine>,
}

/// An item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemLine {
    /// The number of the issue or pull request.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// `research`, `experiment`, `development` or `maintenance`.
    pub kind: &'static str,
    /// `committed`, `experiments` or `learning`; none where nothing says so.
    pub bucket: Option<&'static str>,
    /// Where it stands. Research and experiments that are closed stand in `decision`, others in
    /// `done`.
    pub stage: &'static str,
    /// Since when, if it moved there.
    pub stage_since: Option<Timestamp>,
    /// It is a pull request.
    pub pull: bool,
    /// Logins of those who do it.
    pub who: Vec<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// It cannot go on, and why; the text is empty where nobody said why.
    pub blocked: Option<String>,
    /// Its time box, if one has begun.
    pub time_box: Option<BoxLine>,
    /// Its points; both are the same where one number was given.
    pub points: Option<PointRange>,
    /// Its milestone.
    pub milestone: Option<String>,
    /// The question of research.
    pub question: Option<String>,
    /// The hypothesis that counts.
    pub hypothesis: Option<String>,
    /// The success metric that counts.
    pub metric: Option<String>,
    /// What the results say: `supported`, `refuted`, `inconclusive` or `did-not-finish`.
    pub outcome: Option<&'static str>,
    /// Somebody wrote down what was learned.
    pub learned: bool,
    /// The decision that counts: `productionize`, `abandon` or `more-research`.
    pub verdict: Option<&'static str>,
}

/// A time box.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BoxLine {
    /// `running`, `paused` or `stopped`.
    pub state: &'static str,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it is over or was, if it runs on; none where it was paused or stopped before.
    pub ends_at: Option<Timestamp>,
    /// Extensions included.
    pub length: Duration,
    /// How much of it was used.
    pub used: Duration,
    /// The same in per cent of its length; over 100 once it is over.
    pub percent: u32,
    /// How often it was extended.
    pub extended: usize,
}

/// Points as they were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PointRange {
    /// At least.
    pub low: u32,
    /// At most.
    pub high: u32,
}

/// All that is told of one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemSheet {
    /// `owner/name`.
    pub repo: String,
    /// When it was like this.
    pub as_of: Timestamp,
    /// The item.
    #[serde(flatten)]
    pub line: ItemLine,
    /// What its success metric asks for, and what was measured.
    pub criteria: Vec<CriterionLine>,
    /// What was learned, the oldest first.
    pub findings: Vec<FindingsLine>,
    /// What was decided on it, the newest first.
    pub decisions: Vec<DecisionLine>,
    /// Its way through the stages.
    pub moves: Vec<MoveLine>,
    /// The items that it builds on.
    pub builds_on: Vec<u64>,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CriterionLine {
    /// What is measured.
    pub name: String,
    /// `<=`, `<`, `>=`, `>`, `=` or `!=`.
    pub comparator: &'static str,
    /// What is wanted, as it was written.
    pub target: String,
    /// What there was before.
    pub baseline: Option<String>,
    /// What came out.
    pub result: Option<String>,
    /// Whether that is what was wanted.
    pub met: Option<bool>,
}

/// What somebody learned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingsLine {
    /// When it was written.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// As it was written, in Markdown.
    pub text: String,
}

/// A step from one stage to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MoveLine {
    /// When.
    pub at: Timestamp,
    /// To which stage.
    pub to: &'static str,
    /// By whom; none where labhand moved it.
    pub by: Option<String>,
}

/// The items of a repository that are told of: what has a kind of its own and was not deleted, moved
/// to another repository or opted out.
pub fn items(repo: &RepoName, all: &[Item], policy: &Policy, now: Timestamp) -> Items {
    let kinds: std::collections::BTreeSet<ItemNumber> = all
        .iter()
        .filter(|item| item.kind.is_some())
        .map(|item| item.number)
        .collect();
    let told = all
        .iter()
        .filter(|item| !item.gone && !item.opted_out && item.moved_to.is_none())
        .filter(|item| !item.inherits_kind(|number| kinds.contains(&number)));
    let mut items: Vec<ItemLine> = told.filter_map(|item| line(item, policy, now)).collect();
    items.sort_by_key(|line| line.number);
    Items {
        repo: repo.to_string(),
        as_of: now,
        items,
    }
}

/// An item of which people have said what kind it is.
pub fn line(item: &Item, policy: &Policy, now: Timestamp) -> Option<ItemLine> {
    let kind = item.kind?.kind;
    Some(ItemLine {
        number: item.number.0,
        title: item.title.clone(),
        kind: kind.word(),
        bucket: item.effective_bucket().map(Bucket::word),
        stage: stage(item, kind).word(),
        stage_since: item.stage_since,
        pull: item.is_pull,
        who: item
            .assignees
            .iter()
            .map(|it| it.login.to_string())
            .collect(),
        closed_at: item.closed.as_ref().map(|closed| closed.at),
        blocked: item
            .blocked
            .as_ref()
            .map(|blocked| blocked.reason.clone().unwrap_or_default()),
        time_box: item.timebox.as_ref().map(|it| time_box(it, policy, now)),
        points: item.points.map(|points| PointRange {
            low: points.low,
            high: points.high,
        }),
        milestone: item.milestone.as_ref().map(|it| it.title.clone()),
        question: item.fields.question.clone(),
        hypothesis: item.hypothesis().map(str::to_owned),
        metric: item.metric().map(str::to_owned),
        outcome: item.outcome().map(OutcomeLabel::word),
        learned: !item.findings.is_empty(),
        verdict: item.decision.as_ref().map(|it| it.verdict.word()),
    })
}

/// What is closed is at the end of its track, however it got there.
fn stage(item: &Item, kind: Kind) -> Stage {
    let [.., last] = Stage::track(kind);
    if item.closed.is_some() {
        *last
    } else {
        item.stage
    }
}

fn time_box(timebox: &TimeBox, policy: &Policy, now: Timestamp) -> BoxLine {
    let day = policy.calendar.day_length();
    BoxLine {
        state: match (timebox.stopped, timebox.is_running()) {
            (true, _) => "stopped",
            (false, true) => "running",
            (false, false) => "paused",
        },
        started_at: timebox.started_at(),
        ends_at: timebox.ends_at(),
        length: Duration::of(timebox.length, day),
        used: Duration::of(timebox.used(now), day),
        percent: timebox.share(now),
        extended: timebox.extensions.len(),
    }
}

/// All of one item; `None` for what is none. Of what was opened elsewhere is told where `shows`
/// says so.
pub fn item(
    repo: &RepoName,
    item: &Item,
    policy: &Policy,
    now: Timestamp,
    shows: impl Fn(&RepoName) -> bool,
) -> Option<ItemSheet> {
    let line = line(item, policy, now)?;
    let criteria = item.criteria().ok().flatten().unwrap_or_default();
    let rows = metric::rows(&criteria, |name| item.measured(name));
    let criteria = rows.iter().map(|row| CriterionLine {
        name: row.criterion.name.clone(),
        comparator: row.criterion.comparator.word(),
        target: row.criterion.target.to_string(),
        baseline: row.criterion.baseline.map(|it| it.to_string()),
        result: row.result.map(|it| it.to_string()),
        met: row.met,
    });
    let log: Vec<Logged<'_>> = crate::domain::decisions::log(std::slice::from_ref(item));
    let step = |step: &Move| MoveLine {
        at: step.at,
        to: step.to.word(),
        by: step.by.as_ref().map(|by| by.login.to_string()),
    };
    Some(ItemSheet {
        repo: repo.to_string(),
        as_of: now,
        line,
        criteria: criteria.collect(),
        findings: item
            .findings
            .iter()
            .map(|it| FindingsLine {
                at: it.at,
                by: it.by.login.to_string(),
                text: it.text.clone(),
            })
            .collect(),
        decisions: decisions(repo, &log, shows).decisions,
        moves: item.moves.iter().map(step).collect(),
        builds_on: item.foundation_numbers().iter().map(|it| it.0).collect(),
    })
}
