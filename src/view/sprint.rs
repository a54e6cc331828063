//! A sprint in words: its split, and what was done, decided, learned and carried over.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::kind::Bucket;
use crate::domain::sprint::{
    self, Entry, Ledger, Progress, Record, Split, Sprint, capacity, entries, point_cost,
};

use super::meter::meter;
use super::{Context, link, status, text, when, words};

const TITLE: usize = 100;
/// Items that a list names.
const MOST: usize = 25;

/// What is known of a repository's sprints.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The sprints, by their ends.
    pub sprints: &'a [Sprint],
    /// What was read of them.
    pub ledger: &'a Ledger,
    /// Since when labhand has been here.
    pub known_since: Timestamp,
}

/// A sprint with its items and its split as of a moment.
struct Standing<'a> {
    sprint: &'a Sprint,
    entries: Vec<Entry>,
    split: Split,
    point_cost: f64,
}

impl<'a> Plan<'a> {
    /// The sprint that is on.
    pub fn current(&self, ctx: &Context<'_>) -> Option<&'a Sprint> {
        sprint::current(self.sprints, ctx.now)
    }

    /// When one of them is read next.
    pub fn next_reading(&self, ctx: &Context<'_>) -> Option<Timestamp> {
        self.ledger.next(self.sprints, self.known_since, ctx.now)
    }

    fn standing(&self, sprint: &'a Sprint, items: &[Item], ctx: &Context<'_>) -> Standing<'a> {
        let record = self.ledger.0.get(&sprint.number);
        let point_cost = match record {
            Some(record) => record.point_cost,
            None => point_cost(self.ledger, sprint.start),
        };
        let entries = entries(items, sprint, ctx.policy, point_cost, ctx.now);
        let split = if let Some(record) = record {
            record.split(ctx.policy, &entries)
        } else {
            let capacity = capacity(ctx.policy, sprint, &entries);
            Split::of(ctx.policy, capacity, &entries, &entries, point_cost)
        };
        Standing {
            sprint,
            entries,
            split,
            point_cost,
        }
    }
}

/// The split of the sprint that is on, for the board.
pub fn section(items: &[Item], plan: &Plan<'_>, ctx: &Context<'_>) -> Option<String> {
    let sprint = plan.current(ctx)?;
    let standing = plan.standing(sprint, items, ctx);
    if standing.entries.is_empty() && standing.split.capacity <= 0.0 {
        return None;
    }
    let parts = [
        Some(table(&standing.split, ctx)),
        deviations(&standing.split, false, ctx),
        pie(&standing.split),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(parts.join("\n\n"))
}

/// The answer to `/sprint`.
pub fn text(items: &[Item], plan: &Plan<'_>, ctx: &Context<'_>) -> String {
    let Some(sprint) = plan.current(ctx) else {
        let next = plan.sprints.iter().find(|sprint| sprint.start > ctx.now);
        return match next {
            Some(next) => format!(
                "No sprint is on. {} starts {}.",
                text::escape(&next.title, TITLE),
                when::moment(next.start, ctx.policy)
            ),
            None => "No sprint is on. A milestone with a due date is one; it starts where the one before ended, or on a line `Starts: 2026-11-23` of its description.".to_owned(),
        };
    };
    let standing = plan.standing(sprint, items, ctx);
    let (day, days) = sprint.day(ctx.now, ctx.policy);
    let head = format!(
        "### {} · day {day} of {days} · ends {}",
        text::escape(&sprint.title, TITLE),
        when::last_day(sprint.end, ctx.policy)
    );
    let unfinished = open(&standing.entries);
    let parts = [
        Some(head),
        Some(table(&standing.split, ctx)),
        deviations(&standing.split, false, ctx),
        done(&standing.entries, ctx),
        decided(&standing.entries, ctx),
        listed("Still open", &unfinished, plan.ledger, ctx),
        Some(foot(&standing, ctx)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    text::bounded(parts.join("\n\n"), text::BODY_LIMIT)
}

/// What is said on the board issue when a sprint has ended; `None` for one that had nothing in it.
pub fn summary(record: &Record, ledger: &Ledger, ctx: &Context<'_>) -> Option<String> {
    let end = record.end.as_ref()?;
    if end.entries.is_empty() && record.plan.entries.is_empty() {
        return None;
    }
    let split = record.split(ctx.policy, &end.entries);
    let standing = Standing {
        sprint: &record.sprint,
        entries: end.entries.clone(),
        split,
        point_cost: record.point_cost,
    };
    let carried = open(&end.entries);
    let parts = [
        Some(format!(
            "### 🏁 {} is over · {}",
            text::escape(&record.sprint.title, TITLE),
            when::last_day(end.at, ctx.policy)
        )),
        done(&end.entries, ctx),
        decided(&end.entries, ctx),
        learned(&end.entries),
        listed("Carried over", &carried, ledger, ctx),
        Some(table(&standing.split, ctx)),
        deviations(&standing.split, true, ctx),
        boxes(&end.entries),
        Some(foot(&standing, ctx)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(text::bounded(parts.join("\n\n"), text::BODY_LIMIT))
}

fn table(split: &Split, ctx: &Context<'_>) -> String {
    let mut table =
        "| Sprint split | Target | Planned | Done | |\n|:--|--:|--:|--:|:--|".to_owned();
    for share in &split.shares {
        let target = f64::from(share.target);
        // Writing to a string cannot fail.
        let _ = write!(
            table,
            "\n| {} | {} % · {} | {} | {} | {} |",
            words::bucket(share.bucket),
            share.target,
            days(split.capacity * target / 100.0),
            amount(split, share.planned),
            amount(split, share.actual),
            meter(tenths(share.actual, share.planned)),
        );
    }
    if !split.unknown.is_empty() {
        let _ = write!(
            table,
            "\n| Unsized | | {} | | {} |",
            words::counted(split.unknown.len(), "item", "items"),
            numbers(&split.unknown, ctx)
        );
    }
    table
}

/// `56 % · 28 d`, or the days alone where nobody knows the capacity.
fn amount(split: &Split, amount: f64) -> String {
    match split.percent(amount) {
        // A sum of nothing is a negative zero.
        Some(percent) => format!("{:.0} % · {}", percent + 0.0, days(amount)),
        None => days(amount),
    }
}

/// Person-days to a tenth.
fn days(amount: f64) -> String {
    let shown = format!("{:.1}", amount + 0.0);
    format!("{} d", shown.strip_suffix(".0").unwrap_or(&shown))
}

/// Filled steps of a meter.
fn tenths(part: f64, whole: f64) -> u32 {
    if whole <= 0.0 {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is between 0 and 10"
    )]
    let tenths = (part / whole * 10.0).floor().clamp(0.0, 10.0) as u32;
    tenths
}

fn numbers(numbers: &[ItemNumber], ctx: &Context<'_>) -> String {
    let mut shown: Vec<String> = numbers
        .iter()
        .take(MOST)
        .map(|number| link::item(*number, ctx))
        .collect();
    if numbers.len() > MOST {
        shown.push(format!("… and {} more", numbers.len() - MOST));
    }
    shown.join(", ")
}

/// The buckets that are further from their target than the policy tolerates: of the plan, or, once
/// the sprint is over, of what was done.
fn deviations(split: &Split, is_over: bool, ctx: &Context<'_>) -> Option<String> {
    let sprint = &ctx.policy.sprint;
    let lines: Vec<String> = split
        .shares
        .iter()
        .filter_map(|share| {
            let amount = if is_over { share.actual } else { share.planned };
            let percent = split
                .percent(amount)
                .filter(|_| split.deviates(amount, share.target, sprint.tolerance))?;
            let off = percent - f64::from(share.target);
            let way = if off > 0.0 { "over" } else { "under" };
            Some(format!(
                "{} {} {percent:.0} %, {:.0} points {way} the target",
                words::bucket(share.bucket),
                if is_over { "took" } else { "is planned at" },
                off.abs()
            ))
        })
        .collect();
    (!lines.is_empty()).then(|| format!("⚖️ {}.", lines.join(" · ")))
}

/// The plan as a picture, folded.
fn pie(split: &Split) -> Option<String> {
    let slices: Vec<String> = split
        .shares
        .iter()
        .filter(|share| share.planned > 0.0)
        .map(|share| {
            format!(
                "    \"{}\" : {:.1}",
                words::bucket(share.bucket),
                share.planned
            )
        })
        .collect();
    (!slices.is_empty()).then(|| {
        let chart = format!(
            "```mermaid\npie showData\n    title Planned person-days\n{}\n```",
            slices.join("\n")
        );
        status::details("<b>Split as a pie</b>", &chart)
    })
}

fn entry_line(entry: &Entry, ctx: &Context<'_>) -> String {
    format!(
        "{} {}",
        link::item(entry.number, ctx),
        text::escape(&entry.title, TITLE)
    )
}

fn list(head: &str, lines: Vec<String>) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let all = lines.len();
    let mut shown: Vec<String> = lines
        .into_iter()
        .take(MOST)
        .map(|line| format!("- {line}"))
        .collect();
    if all > MOST {
        shown.push(format!("- … and {} more", all - MOST));
    }
    Some(format!("**{head} · {all}**\n{}", shown.join("\n")))
}

/// Production work and research that was finished; experiments are listed with their decisions.
fn done(entries: &[Entry], ctx: &Context<'_>) -> Option<String> {
    let done = entries
        .iter()
        .filter(|entry| entry.progress == Progress::Done && entry.verdict.is_none());
    list("Done", done.map(|entry| entry_line(entry, ctx)).collect())
}

fn decided(entries: &[Entry], ctx: &Context<'_>) -> Option<String> {
    let lines = entries.iter().filter_map(|entry| {
        let verdict = entry.verdict?;
        Some(format!(
            "{} {} → {}",
            words::verdict_emoji(verdict),
            entry_line(entry, ctx),
            words::verdict(verdict)
        ))
    });
    list("Decided", lines.collect())
}

/// The figure that matters: a success rate alone would reward safe bets.
fn learned(entries: &[Entry]) -> Option<String> {
    let finished = || {
        entries
            .iter()
            .filter(|entry| entry.explores && entry.progress == Progress::Done)
    };
    let all = finished().count();
    let wrote = finished().filter(|entry| entry.learned).count();
    (all > 0).then(|| {
        format!(
            "**Learned:** {wrote} of {} wrote down what was learned.",
            words::counted(all, "finished exploration", "finished explorations")
        )
    })
}

fn open(entries: &[Entry]) -> Vec<&Entry> {
    entries
        .iter()
        .filter(|entry| entry.progress == Progress::Open)
        .collect()
}

/// Unfinished items, with how often they were carried over.
fn listed(head: &str, open: &[&Entry], ledger: &Ledger, ctx: &Context<'_>) -> Option<String> {
    let lines = open.iter().map(|entry| {
        let times = ledger.carried_over(entry.number);
        let often = if times > 1 {
            format!(" · carried over {times} times")
        } else {
            String::new()
        };
        format!("{}{often}", entry_line(entry, ctx))
    });
    list(head, lines.collect())
}

fn boxes(entries: &[Entry]) -> Option<String> {
    let over = || entries.iter().filter_map(|entry| entry.held);
    let all = over().count();
    let held = over().filter(|held| *held).count();
    (all > 0).then(|| format!("**Time boxes:** {held} of {all} held."))
}

/// What the figures rest on.
fn foot(standing: &Standing<'_>, ctx: &Context<'_>) -> String {
    let points: f64 = standing
        .entries
        .iter()
        .filter(|entry| entry.progress == Progress::Done)
        .filter_map(|entry| entry.points)
        .sum();
    let committed = standing
        .split
        .shares
        .iter()
        .any(|share| share.bucket == Bucket::Committed && share.items > 0);
    let mut parts = vec![
        format!("{} of capacity", days(standing.split.capacity)),
        format!("since {}", when::day(standing.sprint.start, ctx.policy)),
    ];
    if committed {
        parts.push(format!(
            "a point counts {}, {points:.0} {} done",
            days(standing.point_cost),
            if (points - 1.0).abs() < f64::EPSILON {
                "point"
            } else {
                "points"
            }
        ));
    }
    format!("<sub>{}</sub>", parts.join(" · "))
}
