//! Tables on a terminal. Columns are as wide as their words; where that is too much, the widest
//! give way and wrap.

use comrak::nodes::TableAlignment;
use unicode_width::UnicodeWidthStr;

use super::line::{Line, Look, Run, wrapped};

/// Between two columns.
const GAP: &str = " │ ";
/// A column does not give way below this.
const NARROWEST: usize = 6;

/// Rows of cells, the first of which is the head, as lines of at most this width.
pub(super) fn draw(rows: &[Vec<Vec<Run>>], align: &[TableAlignment], width: usize) -> Vec<Line> {
    let widths = fitting(natural(rows), width);
    let cells: Vec<Vec<Vec<Line>>> = rows
        .iter()
        .map(|row| {
            let cells = row.iter().zip(&widths);
            cells.map(|(cell, width)| wrapped(cell, *width)).collect()
        })
        .collect();
    // Rows of one line need no rule between them.
    let ruled = cells.iter().skip(1).flatten().any(|cell| cell.len() > 1);
    let mut out = Vec::new();
    for (at, row) in cells.iter().enumerate() {
        if at == 1 || (at > 1 && ruled) {
            out.push(rule(&widths));
        }
        let height = row.iter().map(Vec::len).max().unwrap_or(0);
        out.extend((0..height).map(|line| row_line(row, line, &widths, align)));
    }
    out
}

/// How wide each column would like to be.
fn natural(rows: &[Vec<Vec<Run>>]) -> Vec<usize> {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows {
        widths.resize(widths.len().max(row.len()), 0);
        for (cell, width) in row.iter().zip(&mut widths) {
            let text: String = cell.iter().map(|run| run.text.as_str()).collect();
            let longest = text.lines().map(UnicodeWidthStr::width).max();
            *width = (*width).max(longest.unwrap_or(0));
        }
    }
    widths
}

/// Takes from the widest until all have room.
fn fitting(mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    let gaps = GAP.width() * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        match widths
            .iter_mut()
            .max()
            .filter(|widest| **widest > NARROWEST)
        {
            Some(widest) => *widest -= 1,
            None => break,
        }
    }
    widths
}

fn rule(widths: &[usize]) -> Line {
    let parts: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
    Line::of(&parts.join("─┼─"), Look::Dim)
}

fn row_line(row: &[Vec<Line>], line: usize, widths: &[usize], align: &[TableAlignment]) -> Line {
    let mut out = Line::default();
    for (column, width) in widths.iter().enumerate() {
        if column > 0 {
            out.put(GAP, Look::Dim);
        }
        let empty = Line::default();
        let cell = row
            .get(column)
            .and_then(|cell| cell.get(line))
            .unwrap_or(&empty);
        let spare = width.saturating_sub(cell.width());
        let before = match align.get(column) {
            Some(TableAlignment::Right) => spare,
            Some(TableAlignment::Center) => spare / 2,
            Some(TableAlignment::Left | TableAlignment::None) | None => 0,
        };
        out.put(&" ".repeat(before), Look::Plain);
        out.join(cell);
        out.put(&" ".repeat(spare - before), Look::Plain);
    }
    out
}
