//! The board as data: the same items, in the same order, as the issue shows them.

use crate::domain::handoff::{Handoff, Side};
use crate::domain::item::Item;
use crate::domain::kind::{Kind, Stage};

use super::super::json::{self, BoardSheet, Column, HandoffLine, SprintDay};
use super::super::sprint::Plan;
use super::super::{Context, checklist};
use super::{Board, columns, production, sections};

/// The board of a repository's items and sprints.
pub fn sheet(items: &[Item], plan: &Plan<'_>, ctx: &Context<'_>) -> BoardSheet {
    let board = Board::of(items, plan, ctx);
    let line = |item: &Item| json::line(item, ctx.policy, ctx.now);
    let column = |stage: &Stage| Column {
        stage: stage.word(),
        items: columns::members(&board, *stage)
            .into_iter()
            .filter_map(line)
            .collect(),
    };
    BoardSheet {
        repo: ctx.repo.to_string(),
        as_of: ctx.now,
        sprint: board.sprint.map(|sprint| {
            let (day, days) = sprint.day(ctx.now, ctx.policy);
            SprintDay {
                title: sprint.title.clone(),
                day,
                days,
            }
        }),
        policy_problem: ctx.policy_problem.map(str::to_owned),
        columns: Stage::track(Kind::Experiment).iter().map(column).collect(),
        production: production::ordered(&board)
            .into_iter()
            .filter_map(|(item, _)| line(item))
            .collect(),
        handoffs: sections::pending(items, ctx)
            .into_iter()
            .map(|(item, handoff)| handoff_line(item, handoff, ctx))
            .collect(),
    }
}

fn handoff_line(item: &Item, handoff: &Handoff, ctx: &Context<'_>) -> HandoffLine {
    let (signed, entries) = checklist::count(handoff, ctx.policy);
    let merged_open = handoff
        .merged
        .as_ref()
        .map(|merged| !merged.open.is_empty());
    HandoffLine {
        number: item.number.0,
        title: item.title.clone(),
        model: handoff.model.as_ref().map(|it| it.model.to_string()),
        version: handoff.model.as_ref().map(|it| it.version.to_string()),
        signed,
        entries,
        waiting_for: sections::waits_for(handoff, ctx)
            .into_iter()
            .map(Side::word)
            .collect(),
        merged_unsigned: merged_open.unwrap_or(false),
    }
}
