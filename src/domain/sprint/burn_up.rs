//! How the work of a sprint adds up from day to day.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Sprint, entries};
use crate::domain::item::Item;
use crate::domain::policy::Policy;

/// More days than a sprint has that anybody would draw.
const MOST_DAYS: usize = 90;

/// What was done of a sprint by the end of one of its working days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnDay {
    /// The day.
    pub day: Date,
    /// Person-days that boxes took and points done cost until then; none on a day that is to come.
    pub done: Option<f64>,
}

/// The working days of a sprint, in order, at most 90 of them. What was done on the day that is on
/// counts until now.
pub fn burn_up(
    items: &[Item],
    sprint: &Sprint,
    policy: &Policy,
    point_cost: f64,
    now: Timestamp,
) -> Vec<BurnDay> {
    let calendar = &policy.calendar;
    let planned = |item: &&Item| {
        let milestone = item.milestone.as_ref();
        milestone.is_some_and(|milestone| milestone.number == sprint.number)
    };
    // An entry inherits its kind from others, which may be in no sprint.
    let in_sprint: Vec<Item> = items.iter().filter(planned).cloned().collect();
    let done_by = |at: Timestamp| -> f64 {
        let then: Vec<Item> = in_sprint.iter().map(|item| as_of(item, at)).collect();
        entries(&then, sprint, policy, point_cost, at)
            .iter()
            .map(|entry| entry.took(point_cost))
            .fold(0.0, |sum, days| sum + days)
    };
    let mut days = Vec::new();
    let mut day = calendar.date_of(sprint.start);
    while calendar.start_of(day) < sprint.end && days.len() < MOST_DAYS {
        let Ok(next) = day.tomorrow() else {
            break;
        };
        if calendar.is_working(day) {
            let (begins, ends) = (calendar.start_of(day), calendar.start_of(next));
            let until = ends.min(sprint.end).min(now);
            days.push(BurnDay {
                day,
                done: (begins <= now).then(|| done_by(until)),
            });
        }
        day = next;
    }
    days
}

/// An item that was closed later was open then.
fn as_of(item: &Item, at: Timestamp) -> Item {
    let mut item = item.clone();
    item.closed = item.closed.filter(|closed| closed.at <= at);
    item
}
