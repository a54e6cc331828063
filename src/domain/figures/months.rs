//! The same figures month by month, so that a team sees where it is going.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Spread, counted, cycle, is_finished, spread};
use crate::domain::calendar::Calendar;
use crate::domain::item::Item;
use crate::domain::kind::Kind;
use crate::domain::labels::OutcomeLabel;
use crate::domain::worktime::WorkTime;

/// What came to its end in a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// Boxes that stopped.
    pub boxes: usize,
    /// Those that stopped within their first length.
    pub held: usize,
    /// How long finished items took.
    pub cycle: Spread,
    /// Experiments by what their last results said.
    pub outcomes: BTreeMap<OutcomeLabel, usize>,
    /// Research and experiments that were finished.
    pub explored: usize,
    /// Those of them that wrote down what was learned.
    pub learned: usize,
}

/// The months from the first one in which something ended to the present one, at most so many of
/// the latest; one in which nothing ended is among them. Months are those of the calendar's zone.
pub fn months(items: &[Item], calendar: &Calendar, now: Timestamp, most: usize) -> Vec<Month> {
    let month_of = |at: Timestamp| calendar.date_of(at).first_of_month();
    let this_month = month_of(now);
    let mut found: BTreeMap<Date, (Month, Vec<WorkTime>)> = BTreeMap::new();
    let mut in_month = |at: Timestamp, take: &mut dyn FnMut(&mut Month, &mut Vec<WorkTime>)| {
        let first = month_of(at).min(this_month);
        let (month, cycles) = found.entry(first).or_insert_with(|| blank(first));
        take(month, cycles);
    };
    for (item, kind) in counted(items) {
        for timebox in item.earlier_boxes.iter().chain(&item.timebox) {
            if let Some(stopped) = timebox.stopped_at() {
                in_month(stopped, &mut |month, _| {
                    month.boxes += 1;
                    month.held += usize::from(timebox.held());
                });
            }
        }
        let outcome = item.outcome().filter(|_| kind == Kind::Experiment);
        if let Some((outcome, last)) = outcome.zip(item.results.last()) {
            in_month(last.at, &mut |month, _| {
                *month.outcomes.entry(outcome).or_default() += 1;
            });
        }
        if let Some(closed) = item.closed.as_ref().filter(|_| is_finished(item)) {
            in_month(closed.at, &mut |month, cycles| {
                cycles.extend(cycle(item, calendar));
                if kind.is_exploration() {
                    month.explored += 1;
                    month.learned += usize::from(!item.findings.is_empty());
                }
            });
        }
    }
    let Some(begun) = found.keys().next().copied() else {
        return Vec::new();
    };
    let mut months = Vec::new();
    let mut first = this_month;
    while first >= begun && months.len() < most {
        let (mut month, cycles) = found.remove(&first).unwrap_or_else(|| blank(first));
        month.cycle = spread(cycles);
        months.push(month);
        let Ok(before) = first.yesterday() else {
            break;
        };
        first = before.first_of_month();
    }
    months.reverse();
    months
}

fn blank(first: Date) -> (Month, Vec<WorkTime>) {
    let month = Month {
        first,
        boxes: 0,
        held: 0,
        cycle: Spread::default(),
        outcomes: BTreeMap::new(),
        explored: 0,
        learned: 0,
    };
    (month, Vec::new())
}
