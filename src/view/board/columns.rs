//! The four columns of exploration as a table.

use std::cmp::Reverse;

use jiff::Timestamp;

use crate::domain::item::Item;
use crate::domain::kind::{Kind, Stage};
use crate::domain::timebox::TimeBox;

use super::super::meter::meter;
use super::super::{link, sprint, text, when, words};
use super::{Board, COLUMNS, and_more, column};

const TITLE: usize = 100;

/// The table; `None` where nobody explores.
pub(super) fn table(board: &Board<'_>) -> Option<String> {
    if board.exploration.is_empty() {
        return None;
    }
    let columns: Vec<(Stage, Vec<&Item>)> = Stage::track(Kind::Experiment)
        .iter()
        .map(|stage| (*stage, members(board, *stage)))
        .collect();
    let heads: Vec<String> = columns
        .iter()
        .map(|(stage, items)| format!("{} · {}", words::stage(*stage), items.len()))
        .collect();
    let mut table = format!(
        "| {} |\n|{}",
        heads.join(" | "),
        ":--|".repeat(columns.len())
    );
    let longest = columns
        .iter()
        .map(|(_, items)| items.len())
        .max()
        .unwrap_or(0);
    for row in 0..longest {
        let cell = |items: &Vec<&Item>| {
            items
                .get(row)
                .map_or(String::new(), |item| cell(item, board))
        };
        let cells: Vec<String> = columns.iter().map(|(_, items)| cell(items)).collect();
        let line = format!("\n| {} |", cells.join(" | "));
        if table.len() + line.len() > COLUMNS {
            let rest =
                |items: &Vec<&Item>| and_more(items.len().saturating_sub(row)).unwrap_or_default();
            let cells: Vec<String> = columns.iter().map(|(_, items)| rest(items)).collect();
            table.push_str("\n| ");
            table.push_str(&cells.join(" | "));
            table.push_str(" |");
            break;
        }
        table.push_str(&line);
    }
    Some(table)
}

/// A column from top to bottom: by number, and what was finished last first.
pub(super) fn members<'a>(board: &Board<'a>, stage: Stage) -> Vec<&'a Item> {
    let all = board.exploration.iter().map(|(item, _)| *item);
    let mut items: Vec<&Item> = all.filter(|item| column(item) == stage).collect();
    items.sort_by_key(|item| (Reverse(finished_at(item)), item.number));
    items
}

fn finished_at(item: &Item) -> Option<Timestamp> {
    item.closed.as_ref().map(|closed| closed.at)
}

fn cell(item: &Item, board: &Board<'_>) -> String {
    let link = link::item(item.number, board.ctx);
    let title = text::escape(&item.title, TITLE);
    match column(item) {
        Stage::Decision => decision(item, &link, &title, board),
        Stage::Active | Stage::Analysis => {
            let below = [who(item), standing(item, board)];
            let below: Vec<String> = below.into_iter().flatten().collect();
            if below.is_empty() {
                format!("{link} **{title}**")
            } else {
                format!("{link} **{title}**<br>{}", below.join(" · "))
            }
        }
        Stage::Ideation | Stage::Todo | Stage::InProgress | Stage::InReview | Stage::Done => {
            format!("{link} {title}")
        }
    }
}

fn decision(item: &Item, link: &str, title: &str, board: &Board<'_>) -> String {
    match &item.decision {
        Some(decision) => format!(
            "{} {link} {title} → {}{}",
            words::verdict_emoji(decision.verdict),
            words::verdict(decision.verdict),
            sprint::opened(item, decision, board.ctx)
        ),
        None if item.closed.is_none() => format!("⏳ {link} {title} · waiting for a decision"),
        None if item.findings.is_empty() => format!("▫️ {link} {title} → closed without findings"),
        None => format!("📝 {link} {title} → findings"),
    }
}

/// The assignees, without mentioning them.
pub(super) fn who(item: &Item) -> Option<String> {
    const MOST: usize = 3;
    let mut names: Vec<String> = item
        .assignees
        .iter()
        .take(MOST)
        .map(|user| text::name(&user.login))
        .collect();
    if item.assignees.len() > MOST {
        names.push(format!("{} more", item.assignees.len() - MOST));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// What its clock says, or what it waits for.
fn standing(item: &Item, board: &Board<'_>) -> Option<String> {
    if let Some(blocked) = &item.blocked {
        let reason = blocked.reason.as_deref().unwrap_or("blocked");
        return Some(format!("⏸ {}", text::escape(reason, 60)));
    }
    let timebox = item.timebox.as_ref()?;
    if timebox.stopped {
        return (!item.findings.is_empty()).then(|| "📝 findings are there".to_owned());
    }
    if timebox.share(board.ctx.now) >= 100 {
        return Some(format!("⏱ {}", over(timebox, board)));
    }
    let bar = meter(timebox.meter(board.ctx.now));
    Some(match timebox.ends_at() {
        Some(end) => format!(
            "{bar} ends {}",
            when::moment_without_zone(end, board.ctx.policy)
        ),
        None => format!("{bar} paused"),
    })
}

/// `1 d over`, or since when on the first day.
pub(super) fn over(timebox: &TimeBox, board: &Board<'_>) -> String {
    match (when::days_over(timebox, board.ctx.now), timebox.ends_at()) {
        (0, Some(end)) => format!(
            "over since {}",
            when::moment_without_zone(end, board.ctx.policy)
        ),
        (0, None) => "over".to_owned(),
        (days, _) => format!("{days} d over"),
    }
}
