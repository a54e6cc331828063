//! Flow figures: a line at the foot of the board, and a table for whoever wants to know more.

use std::fmt::Write as _;

use crate::domain::figures::Figures;
use crate::domain::worktime::WorkTime;

use super::super::{text, words};
use super::Board;

/// `Boxes held: 7 of 9 · median cycle: 4.5 d · 8 of 9 finished …`; empty where nothing is finished.
pub(super) fn line(figures: &Figures, day: WorkTime) -> Vec<String> {
    let mut parts = Vec::new();
    let boxes = &figures.boxes;
    if boxes.finished > 0 {
        parts.push(format!("Boxes held: {} of {}", boxes.held, boxes.finished));
    }
    if figures.cycle.count > 0 {
        parts.push(format!("median cycle: {}", days(figures.cycle.median, day)));
    }
    if figures.explored > 0 {
        parts.push(format!(
            "{} of {} wrote down what was learned",
            figures.learned,
            words::counted(
                figures.explored,
                "finished exploration",
                "finished explorations"
            )
        ));
    }
    parts
}

/// The rest of the figures, folded; `None` where there are none.
pub(super) fn table(figures: &Figures, board: &Board<'_>) -> Option<String> {
    let day = board.ctx.policy.calendar.day_length();
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, parts: Vec<String>| {
        if !parts.is_empty() {
            rows.push((name.to_owned(), parts.join(" · ")));
        }
    };
    let uses = figures.boxes.use_by_preset.iter().map(|(preset, used)| {
        let name = if preset.is_empty() {
            "other lengths".to_owned()
        } else {
            text::escape(preset, 40)
        };
        format!("{name} {} % ({})", used.median, used.count)
    });
    row("Median use of a box", uses.collect());
    if figures.boxes.extended > 0 {
        row("Boxes extended", vec![figures.boxes.extended.to_string()]);
    }
    let stages = figures
        .stages
        .iter()
        .map(|(stage, spread)| format!("{} {}", words::stage(*stage), days(spread.median, day)));
    row("Median time by stage", stages.collect());
    if figures.blocked > WorkTime::ZERO {
        row("Time blocked", vec![figures.blocked.in_days(day)]);
    }
    let outcomes = figures.outcomes.iter();
    row(
        "Outcomes",
        outcomes
            .map(|(outcome, count)| format!("{} {count}", words::outcome(*outcome)))
            .collect(),
    );
    let decisions = figures.decisions.iter();
    row(
        "Decisions",
        decisions
            .map(|(verdict, count)| format!("{} {count}", words::verdict(*verdict)))
            .collect(),
    );
    let (first, rest) = rows.split_first()?;
    let mut table = format!("| {} | {} |\n|:--|:--|", first.0, first.1);
    for (name, value) in rest {
        // Writing to a string cannot fail.
        let _ = write!(table, "\n| **{name}** | {value} |");
    }
    Some(text::details("<b>Flow figures</b>", &table))
}

/// Working days to a tenth, or hours where it is less than one.
fn days(time: WorkTime, day: WorkTime) -> String {
    let amount = time.days(day);
    if amount < 1.0 {
        return time.to_string();
    }
    let shown = format!("{amount:.1}");
    format!("{} d", shown.strip_suffix(".0").unwrap_or(&shown))
}
