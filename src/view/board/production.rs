//! Development and maintenance, folded, with a summary that says how it stands.

use std::cmp::Reverse;

use crate::domain::item::Item;
use crate::domain::kind::{Kind, Stage};

use super::super::{link, text, words};
use super::columns::who;
use super::{Board, PRODUCTION, and_more, fitting};

const MOST_PULLS: usize = 3;

/// What is nearest to being done stands first.
const ORDER: [Stage; 4] = [Stage::InReview, Stage::InProgress, Stage::Todo, Stage::Done];

/// The table; `None` where there is no such work.
pub(super) fn table(board: &Board<'_>) -> Option<String> {
    if board.production.is_empty() {
        return None;
    }
    let items = ordered(board);
    let counts: Vec<String> = [Stage::InProgress, Stage::InReview, Stage::Todo, Stage::Done]
        .into_iter()
        .map(|one| {
            (
                one,
                items.iter().filter(|(item, _)| stage(item) == one).count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(one, count)| format!("{count} {}", words::in_stage(one)))
        .collect();
    let rows = items.iter().map(|(item, kind)| row(item, *kind, board));
    let (mut rows, more) = fitting(rows, PRODUCTION);
    rows.extend(and_more(more).map(|more| format!("| | {more} | | |")));
    let table = format!(
        "| | Item | Who | State |\n|:--|:--|:--|:--|\n{}",
        rows.join("\n")
    );
    let summary = format!("<b>Production</b> · {}", counts.join(", "));
    Some(text::details(&summary, &table))
}

/// Such work in the order in which it stands.
pub(super) fn ordered<'a>(board: &Board<'a>) -> Vec<(&'a Item, Kind)> {
    let mut items = board.production.clone();
    items.sort_by_key(|(item, _)| {
        let stage = stage(item);
        let place = ORDER.iter().position(|one| *one == stage);
        (
            place,
            Reverse(item.closed.as_ref().map(|closed| closed.at)),
            item.number,
        )
    });
    items
}

fn stage(item: &Item) -> Stage {
    if item.closed.is_some() {
        Stage::Done
    } else {
        item.stage
    }
}

fn row(item: &Item, kind: Kind, board: &Board<'_>) -> String {
    let mut state = match &item.blocked {
        Some(blocked) => {
            let reason = blocked.reason.as_deref().unwrap_or("blocked");
            format!("⏸ {}", text::escape(reason, 60))
        }
        None => words::in_stage(stage(item)).to_owned(),
    };
    let open = item.linked_pulls.iter().filter(|(_, pull)| pull.open);
    for (number, _) in open.take(MOST_PULLS) {
        state.push_str(", PR ");
        state.push_str(&link::item(*number, board.ctx));
    }
    format!(
        "| {} | {} {} | {} | {state} |",
        words::emoji(kind),
        link::item(item.number, board.ctx),
        text::escape(&item.title, 100),
        who(item).unwrap_or_default()
    )
}
