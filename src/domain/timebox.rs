//! A time box: an amount of working time that runs, pauses and ends (product §3).
//!
//! It knows nothing of stages and blocking; the fold tells it when to run. Facts come with
//! GitHub's clock and now and then twice, so every change may be repeated, and one that lies before the last
//! change counts from that one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::worktime::{Span, WorkTime};

/// A box that has started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBox {
    /// The calendar in force when it started.
    pub calendar: Calendar,
    /// Its length as asked for.
    pub span: Span,
    /// Its length in working time.
    pub length: WorkTime,
    /// Per cent at which the first reminder is due.
    pub remind_at: u8,
    /// The stretches during which it ran, in order; the last one has no end while it runs. A box
    /// that was stopped during a pause ends with a stretch of no length, which says when.
    pub runs: Vec<(Timestamp, Option<Timestamp>)>,
    /// It stopped for good: findings, a decision, closing, or another kind.
    pub stopped: bool,
}

/// Steps of the meter that readers see.
pub const METER_STEPS: u32 = 10;

/// Per cent of the box in one step of the meter.
const STEP: u32 = 100 / METER_STEPS;

impl TimeBox {
    /// A box that runs from then on.
    pub fn start(calendar: &Calendar, span: Span, remind_at: u8, at: Timestamp) -> Self {
        Self {
            calendar: calendar.clone(),
            span,
            length: calendar.work(span),
            remind_at,
            runs: vec![(at, None)],
            stopped: false,
        }
    }

    /// Its time does not count from then on.
    pub fn pause(&mut self, at: Timestamp) {
        if let Some((start, end @ None)) = self.runs.last_mut() {
            *end = Some(at.max(*start));
        }
    }

    /// Its time counts again from then on, unless it was stopped.
    pub fn resume(&mut self, at: Timestamp) {
        if let Some(paused_at) = self.paused_at() {
            self.runs.push((at.max(paused_at), None));
        }
    }

    /// Ends it for good.
    pub fn stop(&mut self, at: Timestamp) {
        if let Some(paused_at) = self.paused_at() {
            let at = at.max(paused_at);
            self.runs.push((at, Some(at)));
        }
        self.pause(at);
        self.stopped = true;
    }

    /// Its time counts.
    pub fn is_running(&self) -> bool {
        matches!(self.runs.last(), Some((_, None)))
    }

    /// Its time does not count, but may again.
    pub fn is_paused(&self) -> bool {
        self.paused_at().is_some()
    }

    /// When the pause began in which it is.
    fn paused_at(&self) -> Option<Timestamp> {
        match self.runs.last() {
            Some((_, end)) if !self.stopped => *end,
            Some(_) | None => None,
        }
    }

    /// Working time during which it ran until then.
    pub fn used(&self, now: Timestamp) -> WorkTime {
        self.runs
            .iter()
            .map(|(start, end)| {
                self.calendar
                    .between(*start, end.map_or(now, |end| end.min(now)))
            })
            .fold(WorkTime::ZERO, WorkTime::plus)
    }

    /// What remains; zero once it is over.
    pub fn left(&self, now: Timestamp) -> WorkTime {
        self.length.minus(self.used(now))
    }

    /// By how much it is over.
    pub fn overrun(&self, now: Timestamp) -> WorkTime {
        self.used(now).minus(self.length)
    }

    /// Per cent used, rounded down; over 100 once it is over.
    pub fn share(&self, now: Timestamp) -> u32 {
        if self.length == WorkTime::ZERO {
            return 100;
        }
        let share = i128::from(self.used(now).seconds()) * 100 / i128::from(self.length.seconds());
        u32::try_from(share).unwrap_or(u32::MAX)
    }

    /// Filled steps of the meter, 0 to [`METER_STEPS`].
    pub fn meter(&self, now: Timestamp) -> u32 {
        (self.share(now) / STEP).min(METER_STEPS)
    }

    /// When that share was used, or will be if it runs on; `None` if it was paused or stopped before.
    pub fn reached(&self, percent: u32) -> Option<Timestamp> {
        let mut missing = self.length.percent(percent);
        for (start, end) in &self.runs {
            let Some(end) = end else {
                return Some(self.calendar.end_after(*start, missing));
            };
            let ran = self.calendar.between(*start, *end);
            if ran >= missing {
                return Some(self.calendar.end_after(*start, missing));
            }
            missing = missing.minus(ran);
        }
        None
    }

    /// When it was or will be over, if it runs on.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.reached(100)
    }

    /// Working time that passed in its pauses until then.
    pub fn paused_for(&self, now: Timestamp) -> WorkTime {
        let pauses = self.runs.windows(2).filter_map(|runs| match runs {
            [(_, Some(end)), (next, _)] => Some((*end, *next)),
            _ => None,
        });
        pauses
            .chain(self.paused_at().map(|begun| (begun, now)))
            .map(|(begun, over)| self.calendar.between(begun, over.min(now)))
            .fold(WorkTime::ZERO, WorkTime::plus)
    }

    /// The next instant at which what is shown of it changes: a step of the meter, the first
    /// reminder or the end. `None` while it does not run and once it is over.
    pub fn next_step(&self, now: Timestamp) -> Option<Timestamp> {
        if !self.is_running() {
            return None;
        }
        let share = self.share(now);
        let next = [
            (share / STEP + 1).saturating_mul(STEP),
            u32::from(self.remind_at),
        ]
        .into_iter()
        .filter(|percent| *percent > share && *percent <= 100)
        .min()?;
        self.reached(next)
    }
}
