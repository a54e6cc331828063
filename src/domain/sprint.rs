//! Sprints (product §4): a milestone with a due date is one, from where the one before ended.
//!
//! Boxes and points meet in person-days. A box counts its working time for each assignee; a point
//! counts what a point has cost this team, which [`Ledger`] knows from the sprints before. What
//! belongs to a sprint is read twice, when it starts and when it ends, from the items as they were
//! at that very moment, whenever the reading is done; so nothing that people move afterwards
//! changes what was planned or what was done.

use globset::Glob;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::fact::Milestone;
use super::policy::Policy;

mod burn_up;
mod entry;
mod ledger;
mod split;

pub use burn_up::{BurnDay, burn_up};
pub use entry::{Entry, Progress, entries};
pub use ledger::{Ledger, Reading, Record, Taken, point_cost};
pub use split::{Share, Split, capacity};

/// A milestone that is a sprint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sprint {
    /// The milestone's number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// The first instant of it.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// When it is read what was planned: at its start, or, where it was not known by then, at the
    /// end of the working day on which it became known.
    pub planned_at: Timestamp,
}

/// How long before its end a sprint starts that follows no other and does not say.
const USUAL_DAYS: i64 = 14;

/// When a milestone ends as a sprint: with its due day in the repository's time zone, or when it
/// was closed if that is earlier. `None` for one that is no sprint.
pub fn end_of(milestone: &Milestone, policy: &Policy) -> Option<Timestamp> {
    let last_day = milestone.due.filter(|_| is_named_so(milestone, policy))?;
    let end = day_after(last_day, policy);
    Some(milestone.closed_at.map_or(end, |closed| closed.min(end)))
}

fn day_after(day: Date, policy: &Policy) -> Timestamp {
    day.tomorrow()
        .map_or(Timestamp::MAX, |next| policy.calendar.start_of(next))
}

fn is_named_so(milestone: &Milestone, policy: &Policy) -> bool {
    Glob::new(&policy.sprint.milestones)
        .is_ok_and(|glob| glob.compile_matcher().is_match(&milestone.title))
}

/// The sprints among the milestones, by their ends. `known_since` is when labhand came.
pub fn timeline<'a>(
    milestones: impl Iterator<Item = &'a Milestone>,
    known_since: Timestamp,
    policy: &Policy,
) -> Vec<Sprint> {
    let mut ends: Vec<(Timestamp, &Milestone)> = milestones
        .filter_map(|milestone| Some((end_of(milestone, policy)?, milestone)))
        .collect();
    ends.sort_by_key(|(_, milestone)| (milestone.due, milestone.number));
    let mut sprints: Vec<(Option<Date>, Sprint)> = Vec::with_capacity(ends.len());
    for (end, milestone) in ends {
        let earlier = sprints.iter().filter(|(due, _)| *due < milestone.due);
        let before = earlier.map(|(_, sprint)| sprint.end).max();
        let start = match (milestone.starts, before) {
            (Some(day), _) => policy.calendar.start_of(day),
            (None, Some(before)) => before,
            (None, None) => usual_start(milestone, policy),
        };
        if start >= end {
            // It was closed before it began.
            continue;
        }
        let known = milestone
            .created_at
            .map_or(known_since, |created| created.max(known_since));
        let planned_at = if known <= start {
            start
        } else {
            policy.calendar.closing_after(known).min(end)
        };
        let sprint = Sprint {
            number: milestone.number,
            title: milestone.title.clone(),
            start,
            end,
            planned_at,
        };
        sprints.push((milestone.due, sprint));
    }
    let mut sprints: Vec<Sprint> = sprints.into_iter().map(|(_, sprint)| sprint).collect();
    sprints.sort_by_key(|sprint| (sprint.end, sprint.number));
    sprints
}

fn usual_start(milestone: &Milestone, policy: &Policy) -> Timestamp {
    let first = milestone
        .due
        .and_then(|due| due.tomorrow().ok())
        .and_then(|end| end.checked_sub(USUAL_DAYS.days()).ok());
    first.map_or(Timestamp::MIN, |day| policy.calendar.start_of(day))
}

/// The sprint that is on; of several that overlap the one that ends first.
pub fn current(sprints: &[Sprint], now: Timestamp) -> Option<&Sprint> {
    sprints
        .iter()
        .find(|sprint| sprint.start <= now && now < sprint.end)
}

/// When a sprint next begins or ends.
pub fn next_turn(sprints: &[Sprint], now: Timestamp) -> Option<Timestamp> {
    let turns = sprints.iter().flat_map(|sprint| [sprint.start, sprint.end]);
    turns.filter(|turn| *turn > now).min()
}

impl Sprint {
    /// Which of its working days an instant falls on, from 1, and how many there are. A day lasts
    /// from morning to morning.
    pub fn day(&self, now: Timestamp, policy: &Policy) -> (usize, usize) {
        let calendar = &policy.calendar;
        let first = calendar.date_of(self.start);
        let last = self
            .end
            .checked_sub(jiff::SignedDuration::from_nanos(1))
            .map_or(first, |end| calendar.date_of(end));
        let today = calendar.day_since_morning(now).min(last);
        let all = calendar.working_days(first, last);
        (
            calendar.working_days(first, today).clamp(1, all.max(1)),
            all,
        )
    }

    /// How many working days it has, counted in hours of work.
    pub fn working_days(&self, policy: &Policy) -> f64 {
        let calendar = &policy.calendar;
        calendar
            .between(self.start, self.end)
            .days(calendar.day_length())
    }
}

#[cfg(test)]
mod tests;
