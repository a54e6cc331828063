//! A time box: an amount of working time that runs, pauses and ends (product §3).
//!
//! It knows nothing of stages and blocking; the fold tells it when to run. Facts come with
//! GitHub's clock and now and then twice, so every change may be repeated, and one that lies before the last
//! change counts from that one. The calendar and the terms in force when it starts stay with it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::actor::User;
use super::calendar::Calendar;
use super::policy::Extensions;
use super::worktime::{Span, WorkTime};

/// A box that has started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBox {
    /// The calendar in force when it started.
    pub calendar: Calendar,
    /// Its length as asked for.
    pub span: Span,
    /// The policy's name for that length, such as `spike`, if it was asked for by name.
    #[serde(default)]
    pub preset: Option<String>,
    /// Its length in working time, extensions included.
    pub length: WorkTime,
    /// Per cent at which the first reminder is due.
    pub remind_at: u8,
    /// How it may be extended.
    #[serde(default)]
    pub terms: Extensions,
    /// By what it was extended, in order.
    #[serde(default)]
    pub extensions: Vec<Extension>,
    /// The stretches during which it ran, in order; the last one has no end while it runs. A box
    /// that was stopped during a pause ends with a stretch of no length, which says when.
    pub runs: Vec<(Timestamp, Option<Timestamp>)>,
    /// It stopped for good: findings, a decision, closing, or another kind.
    pub stopped: bool,
    /// When it had stopped and went on nevertheless, in order.
    #[serde(default)]
    pub reopened: Vec<(Timestamp, Timestamp)>,
}

/// More time for a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When it was granted.
    pub at: Timestamp,
    /// By whom.
    pub by: User,
    /// How much, as asked for.
    pub span: Span,
    /// Why.
    pub reason: String,
    /// What the box had used by then, in working time.
    pub used: WorkTime,
}

/// Why a box gets no more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoExtension {
    /// It has been extended as often as its terms allow, which is so many times.
    Spent(u32),
    /// More than its terms allow, which is this much.
    TooLong(WorkTime),
}

/// Steps of the meter that readers see.
pub const METER_STEPS: u32 = 10;

/// Per cent of the box in one step of the meter.
const STEP: u32 = 100 / METER_STEPS;

/// A box that has been pending for so many times its length is reviewed (product §3).
const REVIEWED_AFTER: i64 = 2;

impl TimeBox {
    /// A box that runs from then on, under the usual terms.
    pub fn start(calendar: &Calendar, span: Span, remind_at: u8, at: Timestamp) -> Self {
        Self {
            calendar: calendar.clone(),
            span,
            preset: None,
            length: calendar.work(span),
            remind_at,
            terms: Extensions::default(),
            extensions: Vec::new(),
            runs: vec![(at, None)],
            stopped: false,
            reopened: Vec::new(),
        }
    }

    /// When it started.
    pub fn started_at(&self) -> Option<Timestamp> {
        self.runs.first().map(|(start, _)| *start)
    }

    /// When it stopped for good.
    pub fn stopped_at(&self) -> Option<Timestamp> {
        let (_, end) = self.runs.last()?;
        end.filter(|_| self.stopped)
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

    /// Lets one that was stopped go on, as if it had been paused meanwhile.
    pub fn go_on(&mut self, at: Timestamp) {
        if self.stopped {
            self.stopped = false;
            if let Some(stopped_at) = self.paused_at() {
                self.reopened.push((stopped_at, at.max(stopped_at)));
            }
            self.resume(at);
        }
    }

    /// Gives it more time, counted from its end or from now, whichever is later.
    ///
    /// # Errors
    /// [`NoExtension`], if its terms do not allow that.
    pub fn extend(
        &mut self,
        span: Span,
        by: &User,
        reason: &str,
        at: Timestamp,
    ) -> Result<(), NoExtension> {
        let count = self.terms.count;
        if u32::try_from(self.extensions.len()).unwrap_or(u32::MAX) >= count {
            return Err(NoExtension::Spent(count));
        }
        let more = self.calendar.work(span);
        let most = self.longest_extension();
        if more > most {
            return Err(NoExtension::TooLong(most));
        }
        let at = at.max(self.changed_at().unwrap_or(at));
        let used = self.used(at);
        self.length = self.length.max(used).plus(more);
        self.extensions.push(Extension {
            at,
            by: by.clone(),
            span,
            reason: reason.to_owned(),
            used,
        });
        Ok(())
    }

    /// The most that one extension may add.
    pub fn longest_extension(&self) -> WorkTime {
        self.original().percent(self.terms.at_most)
    }

    /// Its length without extensions.
    pub fn original(&self) -> WorkTime {
        self.calendar.work(self.span)
    }

    /// Whether it stopped within the length that it was given at first, whatever it got beside.
    pub fn held(&self) -> bool {
        self.stopped && self.used(Timestamp::MAX) <= self.original()
    }

    /// Its time counts.
    pub fn is_running(&self) -> bool {
        matches!(self.runs.last(), Some((_, None)))
    }

    /// Its time does not count, but may again.
    pub fn is_paused(&self) -> bool {
        self.paused_at().is_some()
    }

    /// When it last began or ceased to run.
    fn changed_at(&self) -> Option<Timestamp> {
        self.runs.last().map(|(start, end)| end.unwrap_or(*start))
    }

    /// When the pause began in which it is.
    pub fn paused_at(&self) -> Option<Timestamp> {
        match self.runs.last() {
            Some((_, end)) if !self.stopped => *end,
            Some(_) | None => None,
        }
    }

    /// Working time during which it ran until then.
    pub fn used(&self, now: Timestamp) -> WorkTime {
        self.used_between(Timestamp::MIN, now)
    }

    /// Working time during which it ran between two instants.
    pub fn used_between(&self, from: Timestamp, to: Timestamp) -> WorkTime {
        self.runs
            .iter()
            .map(|(start, end)| {
                let (begin, end) = (from.max(*start), end.map_or(to, |end| end.min(to)));
                self.calendar.between(begin, end)
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
        self.used(now).share_of(self.length)
    }

    /// Filled steps of the meter, 0 to [`METER_STEPS`].
    pub fn meter(&self, now: Timestamp) -> u32 {
        (self.share(now) / STEP).min(METER_STEPS)
    }

    /// When that share was used, or will be if it runs on; `None` if it was paused or stopped before.
    pub fn reached(&self, percent: u32) -> Option<Timestamp> {
        self.has_used(self.length.percent(percent))
    }

    /// When so much working time was used, or will be if it runs on.
    fn has_used(&self, amount: WorkTime) -> Option<Timestamp> {
        let mut missing = amount;
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

    /// When the first reminder of its present end was or will be due, if it runs on.
    pub fn reminder_at(&self) -> Option<Timestamp> {
        self.has_used(self.reminder_after())
    }

    /// After how much working time the first reminder is due. Where an extension leaves that behind
    /// already, it is the same share of what was left then, so that the new end is announced too.
    fn reminder_after(&self) -> WorkTime {
        let percent = u32::from(self.remind_at);
        let of_whole = self.length.percent(percent);
        match self.extensions.last() {
            Some(last) if last.used >= of_whole => last
                .used
                .plus(self.length.minus(last.used).percent(percent)),
            Some(_) | None => of_whole,
        }
    }

    /// When it has been pending for twice its length, its pauses included, but not the time during
    /// which it had stopped; `None` once it stopped.
    pub fn review_at(&self) -> Option<Timestamp> {
        let start = self.started_at().filter(|_| !self.stopped)?;
        let twice = WorkTime(self.length.seconds().saturating_mul(REVIEWED_AFTER));
        let mut due = self.calendar.end_after(start, twice);
        for (stopped, went_on) in &self.reopened {
            if due > *stopped {
                let missing = self.calendar.between(*stopped, due);
                due = self.calendar.end_after(*went_on, missing);
            }
        }
        Some(due)
    }

    /// Whether it was pending at an instant: it ran or was paused.
    pub fn was_pending(&self, at: Timestamp) -> bool {
        let begun = self.started_at().is_some_and(|start| start < at);
        let stopped = self.stopped_at().is_some_and(|stopped| stopped < at);
        let away = |(stopped, went_on): &(Timestamp, Timestamp)| *stopped < at && at <= *went_on;
        begun && !stopped && !self.reopened.iter().any(away)
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

    /// The next instant at which what is shown of it changes: a step of the meter, a reminder or
    /// the end. `None` while it does not run and once it is over.
    pub fn next_step(&self, now: Timestamp) -> Option<Timestamp> {
        if !self.is_running() {
            return None;
        }
        let used = self.used(now);
        let meter = (self.share(now) / STEP + 1).saturating_mul(STEP).min(100);
        let next = [
            self.length.percent(meter),
            self.length.percent(u32::from(self.remind_at)),
            self.reminder_after(),
        ]
        .into_iter()
        .filter(|amount| *amount > used && *amount <= self.length)
        .min()?;
        self.has_used(next)
    }

    /// The last instant until now at which what is shown of it changed, so that a figure about a
    /// running box rests between its steps: a step of the meter, a whole day by which it is over,
    /// or the end of a pause.
    pub fn last_step(&self, now: Timestamp) -> Timestamp {
        let Some((resumed, None)) = self.runs.last() else {
            return now;
        };
        let day = self.calendar.day_length().seconds();
        let amount = if self.share(now) < 100 || day == 0 {
            self.length.percent(self.meter(now) * STEP)
        } else {
            let whole_days = self.overrun(now).seconds() / day;
            self.length.plus(WorkTime(whole_days * day))
        };
        // What was used before a pause has been shown to the second.
        self.has_used(amount)
            .map_or(now, |step| step.max(*resumed).min(now))
    }
}

#[cfg(test)]
mod tests;
