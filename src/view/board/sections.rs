//! The smaller parts of the board: what is wrong with the policy, boxes at risk, open hand-offs,
//! decisions with their reasons, and figures.

use jiff::Timestamp;

use crate::domain::figures::Figures;
use crate::domain::handoff::{Handoff, Side};
use crate::domain::item::Item;
use crate::domain::timebox::TimeBox;

use super::super::{Context, checklist, link, sprint, text, when, words};
use super::columns::{over, who};
use super::{Board, DRAWN, DRAWN_END, REMEMBERED, SECTION, and_more, figures, fitting};

/// Why the policy file is not in force, in a quote that nobody overlooks.
pub(super) fn policy_problem(ctx: &Context<'_>) -> Option<String> {
    const MOST: usize = 10;
    let problems: Vec<&str> = ctx
        .policy_problem?
        .lines()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let mut lines: Vec<String> = problems
        .iter()
        .take(MOST)
        .map(|line| format!("> - {}", text::escape_quoting(line, 300)))
        .collect();
    lines.extend(and_more(problems.len().saturating_sub(MOST)).map(|more| format!("> - {more}")));
    Some(format!(
        "> ⚠️ **The policy file is not in force;** the last good policy is.\n>\n{}",
        lines.join("\n")
    ))
}

/// Boxes that are over, and those that soon will be.
pub(super) fn time_boxes(board: &Board<'_>) -> Option<String> {
    let now = board.ctx.now;
    let open = board
        .exploration
        .iter()
        .filter(|(item, _)| item.closed.is_none());
    let mut at_risk: Vec<(bool, Option<Timestamp>, &Item, &TimeBox)> = open
        .filter_map(|(item, _)| Some((*item, item.timebox.as_ref()?)))
        .filter(|(_, timebox)| !timebox.stopped)
        .filter(|(_, timebox)| timebox.share(now) >= u32::from(timebox.remind_at))
        .map(|(item, timebox)| (timebox.share(now) < 100, timebox.ends_at(), item, timebox))
        .collect();
    at_risk.sort_by_key(|(within, end, item, _)| (*within, *end, item.number));
    let lines = at_risk.iter().map(|(within, end, item, timebox)| {
        let link = link::item(item.number, board.ctx);
        match (within, end) {
            (true, Some(end)) => format!(
                "{link} ends {}",
                when::moment_without_zone(*end, board.ctx.policy)
            ),
            (true, None) => format!("{link} is paused near its end"),
            (false, _) => {
                let due = who(item).map_or(String::new(), |who| format!(" from {who}"));
                let owed = if item.findings.is_empty() {
                    "findings are"
                } else {
                    "a decision is"
                };
                let ended = match end {
                    Some(end) if when::days_over(timebox, now) == 0 => {
                        let moment = when::moment_without_zone(*end, board.ctx.policy);
                        format!("ended {moment}")
                    }
                    Some(_) | None => format!("is {}", over(timebox, board)),
                };
                format!("{link} {ended}: {owed} due{due}")
            }
        }
    });
    let (mut lines, more) = fitting(lines, SECTION);
    lines.extend(and_more(more));
    (!lines.is_empty()).then(|| format!("**Time boxes:** {}", lines.join(" · ")))
}

/// Hand-offs that are not finished.
pub(super) fn handoffs(items: &[Item], ctx: &Context<'_>) -> Option<String> {
    let open = pending(items, ctx);
    let lines = open.iter().map(|(item, handoff)| {
        format!(
            "- {} {} · {}{}{}",
            link::item(item.number, ctx),
            checklist::name(handoff),
            checklist::progress(handoff, ctx.policy),
            exceptions(handoff),
            turn(handoff, ctx)
        )
    });
    let (mut lines, more) = fitting(lines, SECTION);
    lines.extend(and_more(more).map(|more| format!("- {more}")));
    (!lines.is_empty()).then(|| format!("**Hand-offs**\n{}", lines.join("\n")))
}

/// The hand-offs that are not finished, by number.
pub(super) fn pending<'a>(items: &'a [Item], ctx: &Context<'_>) -> Vec<(&'a Item, &'a Handoff)> {
    let mut open: Vec<(&Item, &Handoff)> = items
        .iter()
        .filter(|item| !item.gone)
        .filter_map(|item| Some((item, item.handoff.as_ref()?)))
        .filter(|(item, handoff)| !handoff.ended && is_pending(item, handoff, ctx))
        .collect();
    open.sort_by_key(|(item, _)| item.number);
    open
}

/// The pull request is open, or was merged lately with entries that are still to be signed.
fn is_pending(item: &Item, handoff: &Handoff, ctx: &Context<'_>) -> bool {
    match &item.closed {
        None => true,
        Some(closed) => {
            let merged = item.pull.as_ref().is_some_and(|pull| pull.sight.merged);
            let recent = closed
                .at
                .saturating_add(REMEMBERED)
                .is_ok_and(|until| until > ctx.now);
            merged && recent && !handoff.is_complete(ctx.policy)
        }
    }
}

/// ` · 1 entry waived · ⚠️ merged unsigned`
fn exceptions(handoff: &Handoff) -> String {
    let mut said = String::new();
    let waived = handoff
        .marks
        .values()
        .filter(|mark| mark.is_waived())
        .count();
    if waived > 0 {
        said.push_str(" · ");
        said.push_str(&words::counted(waived, "entry", "entries"));
        said.push_str(" waived");
    }
    if handoff
        .merged
        .as_ref()
        .is_some_and(|it| !it.open.is_empty())
    {
        said.push_str(" · ⚠️ merged unsigned");
    }
    said
}

/// The sides that have entries to sign.
pub(super) fn waits_for(handoff: &Handoff, ctx: &Context<'_>) -> Vec<Side> {
    let open = handoff.open_entries(ctx.policy);
    let waits = |side: &Side| open.iter().any(|(_, missing)| missing.contains(side));
    let sides = [Side::DataScience, Side::Engineering];
    sides.into_iter().filter(waits).collect()
}

fn turn(handoff: &Handoff, ctx: &Context<'_>) -> String {
    let sides: Vec<String> = waits_for(handoff, ctx)
        .into_iter()
        .map(|side| words::side(side).to_owned())
        .collect();
    if sides.is_empty() {
        " · complete".to_owned()
    } else {
        format!(" · waiting for {}", words::listed(&sides))
    }
}

/// What was decided in the sprint that is on, or else lately, with the reasons, newest first.
pub(super) fn decisions(board: &Board<'_>) -> Option<String> {
    let decided = &board.decided;
    let lines = decided.iter().map(|(item, decision)| {
        format!(
            "- {} {} {} → {}{} · {}, {}: {}",
            words::verdict_emoji(decision.verdict),
            if item.gone {
                format!("`#{}` (deleted)", item.number)
            } else {
                link::item(item.number, board.ctx)
            },
            text::escape(&item.title, 100),
            words::verdict(decision.verdict),
            sprint::opened(item, decision, board.ctx),
            text::name(&decision.by.login),
            when::day(decision.at, board.ctx.policy),
            text::escape(&decision.reason, 250)
        )
    });
    let (mut lines, more) = fitting(lines, SECTION);
    lines.extend(and_more(more).map(|more| format!("- {more}")));
    let this_sprint = if board.sprint.is_some() {
        " this sprint"
    } else {
        ""
    };
    let summary = format!("<b>Decisions{this_sprint}</b> · {}", decided.len());
    (!lines.is_empty()).then(|| text::details(&summary, &lines.join("\n")))
}

/// Figures, and when this was drawn.
pub(super) fn foot(figures: &Figures, board: &Board<'_>) -> String {
    let day = board.ctx.policy.calendar.day_length();
    let figures = figures::line(figures, day);
    let figures = if figures.is_empty() {
        DRAWN.to_owned()
    } else {
        format!("{}{DRAWN} · ", figures.join(" · "))
    };
    let clock = when::clock(board.ctx.now, board.ctx.policy);
    format!("<sub>{figures}updated {clock}{DRAWN_END}</sub>")
}
