//! The board issue: what everybody is at, what is late, what was decided. Each section has its
//! own budget of characters and is built line by line until that is spent, so that a repository
//! with thousands of items gets a board that GitHub takes, at a cost that grows with the items
//! only once.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::fact::CloseReason;
use crate::domain::figures::Figures;
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Decision, Item};
use crate::domain::kind::{Kind, Stage};
use crate::domain::sprint::Sprint;
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::WorkTime;
use crate::forge::Slot;

use super::sprint::{self, Plan};
use super::wanted::WantedBoard;
use super::{Context, pictures, slots, text, when};

mod columns;
mod digest;
mod figures;
mod models;
mod production;
mod sections;
mod sheet;

pub use sheet::sheet;

/// How long something decided or done stays on the board.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What a section may have of GitHub's 65,536 characters, counted in bytes to be safe.
const COLUMNS: usize = 23_000;
const PRODUCTION: usize = 14_000;
const SECTION: usize = 6_000;

/// Around what changes with every drawing, and so is left out of the comparison.
const DRAWN: &str = "<!--at-->";
const DRAWN_END: &str = "<!--/at-->";

/// The board of a repository's items and sprints.
pub fn board(items: &[Item], plan: &Plan<'_>, ctx: &Context<'_>) -> WantedBoard {
    let shown = Board::of(items, plan, ctx);
    let figures = Figures::of(items, &ctx.policy.calendar, ctx.now);
    let parts = [
        Some(head(&shown)),
        sections::policy_problem(ctx),
        columns::table(&shown),
        sections::time_boxes(&shown),
        timeline(&shown),
        sprint::section(items, plan, ctx),
        production::table(&shown),
        models::table(items, ctx),
        sections::handoffs(items, ctx),
        sections::decisions(&shown),
        figures::table(&figures, &shown),
        shown.is_empty().then(|| {
            "Nothing here yet. An issue becomes an item by a label such as `kind/experiment`, or by the command `/kind experiment`.".to_owned()
        }),
        Some(sections::foot(&figures, &shown)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let text = text::bounded(parts.join("\n\n"), text::BODY_LIMIT);
    WantedBoard {
        issue: ctx.policy.board_issue.map(ItemNumber),
        title: "📋 Board".to_owned(),
        compared: compared(&text),
        comments: comments(&text, items, plan, ctx),
        text,
        next_change: shown.next_change(),
    }
}

/// `## acme/fraud · Sprint 12 · day 6 of 10`.
fn head(board: &Board<'_>) -> String {
    let ctx = board.ctx;
    match board.sprint {
        Some(sprint) => {
            let (day, days) = sprint.day(ctx.now, ctx.policy);
            let title = text::escape(&sprint.title, 100);
            format!("## {} · {title} · day {day} of {days}", ctx.repo)
        }
        None => format!("## {}", ctx.repo),
    }
}

/// The boxes that run, as a picture.
fn timeline(board: &Board<'_>) -> Option<String> {
    let exploring: Vec<&Item> = board.exploration.iter().map(|(item, _)| *item).collect();
    let picture = pictures::boxes(&exploring, board.ctx.policy)?;
    Some(text::details("<b>Time boxes as a timeline</b>", &picture))
}

/// What is said once beside the board: how each sprint came out, and the board itself, if the policy says when.
fn comments(
    board: &str,
    items: &[Item],
    plan: &Plan<'_>,
    ctx: &Context<'_>,
) -> BTreeMap<Slot, String> {
    let ended = plan.ledger.0.values();
    let ended = ended.filter(|record| plan.is_told(record, ctx));
    let mut comments: BTreeMap<Slot, String> = ended
        .filter_map(|record| {
            let text = sprint::summary(record, items, plan.ledger, ctx)?;
            Some((slots::sprint(record.sprint.number), text))
        })
        .collect();
    if let Some(at) = digest::last_due(ctx).filter(|at| *at >= plan.digest_since) {
        comments.insert(slots::digest_of_board(at), board.to_owned());
    }
    comments
}

/// A board's text without the time at which it was drawn.
pub fn compared(text: &str) -> String {
    let Some((before, rest)) = text.split_once(DRAWN) else {
        return text.to_owned();
    };
    match rest.split_once(DRAWN_END) {
        Some((_, after)) => format!("{before}{after}"),
        None => before.to_owned(),
    }
}

/// The items that the board shows, by section.
struct Board<'a> {
    ctx: &'a Context<'a>,
    /// Research and experiments, open or lately finished.
    exploration: Vec<(&'a Item, Kind)>,
    /// Development and maintenance, open or lately finished.
    production: Vec<(&'a Item, Kind)>,
    /// What was decided in the sprint that is on, or else lately, newest first. One whose issue was
    /// deleted stays in the log.
    decided: Vec<(&'a Item, &'a Decision)>,
    /// The sprint that is on.
    sprint: Option<&'a Sprint>,
    /// When something of the sprints changes next.
    sprints_change: Option<Timestamp>,
    /// When the next hand-off that was merged unsigned is not shown any more.
    handoff_forgotten: Option<Timestamp>,
}

impl<'a> Board<'a> {
    fn of(items: &'a [Item], plan: &Plan<'a>, ctx: &'a Context<'a>) -> Self {
        let by_number: BTreeMap<ItemNumber, &Item> =
            items.iter().map(|item| (item.number, item)).collect();
        let mut board = Self {
            ctx,
            exploration: Vec::new(),
            production: Vec::new(),
            decided: decided(items, plan.current(ctx), ctx),
            sprint: plan.current(ctx),
            sprints_change: plan.next_change(ctx),
            handoff_forgotten: None,
        };
        let handed_over = items.iter().filter(|item| item.handoff.is_some());
        let forgotten = handed_over.filter_map(forgotten_at);
        board.handoff_forgotten = forgotten.filter(|at| *at > ctx.now).min();
        for item in items {
            let Some(kind) = board_kind(item, &by_number) else {
                continue;
            };
            if forgotten_at(item).is_some_and(|at| at <= ctx.now) {
                continue;
            }
            if kind.is_exploration() {
                board.exploration.push((item, kind));
            } else {
                board.production.push((item, kind));
            }
        }
        board
    }

    fn is_empty(&self) -> bool {
        self.exploration.is_empty() && self.production.is_empty()
    }

    /// The earliest instant at which something here looks different.
    fn next_change(&self) -> Option<Timestamp> {
        let all = self.exploration.iter().chain(&self.production);
        let days = self
            .sprint
            .and_then(|_| self.ctx.policy.calendar.next_morning(self.ctx.now));
        let forgotten = self.decided.iter().filter(|_| self.sprint.is_none());
        let forgotten = forgotten
            .filter_map(|(_, decision)| decision.at.saturating_add(REMEMBERED).ok())
            .min();
        let others = [
            self.sprints_change,
            self.handoff_forgotten,
            days,
            digest::next(self.ctx),
            forgotten,
        ];
        let changes = all.filter_map(|(item, _)| match item.closed {
            Some(_) => forgotten_at(item),
            None => item
                .timebox
                .as_ref()
                .and_then(|timebox| self.next_step(timebox)),
        });
        changes.chain(others.into_iter().flatten()).min()
    }

    /// The next step of a box's meter, or the next whole day that it is over.
    fn next_step(&self, timebox: &TimeBox) -> Option<Timestamp> {
        if !timebox.is_running() {
            return None;
        }
        timebox.next_step(self.ctx.now).or_else(|| {
            let day = timebox.calendar.day_length().seconds();
            let days = when::days_over(timebox, self.ctx.now) + 1;
            let mut longer = timebox.clone();
            longer.length = timebox.length.plus(WorkTime(day.saturating_mul(days)));
            longer.ends_at()
        })
    }
}

fn decided<'a>(
    items: &'a [Item],
    sprint: Option<&Sprint>,
    ctx: &Context<'_>,
) -> Vec<(&'a Item, &'a Decision)> {
    let counts = |decision: &Decision| match sprint {
        Some(sprint) => decision.at >= sprint.start,
        None => decision
            .at
            .saturating_add(REMEMBERED)
            .is_ok_and(|until| until > ctx.now),
    };
    let mut decided: Vec<(&Item, &Decision)> = items
        .iter()
        .filter(|item| item.moved_to.is_none())
        .filter_map(|item| Some((item, item.decision.as_ref()?)))
        .filter(|(_, decision)| counts(decision))
        .collect();
    decided.sort_by_key(|(item, decision)| (Reverse(decision.at), item.number));
    decided
}

/// When a finished item leaves the board; `None` for one that is not finished.
fn forgotten_at(item: &Item) -> Option<Timestamp> {
    let finished = item.closed.as_ref()?.at;
    // At the end of time it stays.
    Some(
        finished
            .saturating_add(REMEMBERED)
            .unwrap_or(Timestamp::MAX),
    )
}

/// The kind of what stands on the board: a pull request that inherits its kind is shown with its item.
fn board_kind(item: &Item, by_number: &BTreeMap<ItemNumber, &Item>) -> Option<Kind> {
    let kind = item.kind?.kind;
    let is_item = |number: &ItemNumber| {
        by_number
            .get(number)
            .is_some_and(|item| item.kind.is_some())
    };
    let inherits = item.inherits_kind(|number| is_item(&number));
    let unfinished_end = item
        .closed
        .as_ref()
        .is_some_and(|closed| closed.how != CloseReason::Completed && item.decision.is_none());
    let elsewhere = item.gone || item.moved_to.is_some();
    (!inherits && !unfinished_end && !elsewhere && !item.opted_out).then_some(kind)
}

/// The column of research or an experiment: whatever is finished stands under decision.
fn column(item: &Item) -> Stage {
    if item.closed.is_some() {
        Stage::Decision
    } else {
        item.stage
    }
}

/// Lines until the budget is spent, and how many were left out.
fn fitting(lines: impl ExactSizeIterator<Item = String>, budget: usize) -> (Vec<String>, usize) {
    let mut left = budget;
    let mut kept = Vec::new();
    let all = lines.len();
    for line in lines {
        let Some(rest) = left.checked_sub(line.len() + 1) else {
            break;
        };
        left = rest;
        kept.push(line);
    }
    let more = all - kept.len();
    (kept, more)
}

/// `… and 12 more`.
fn and_more(more: usize) -> Option<String> {
    (more > 0).then(|| format!("… and {more} more"))
}

#[cfg(test)]
mod tests;
