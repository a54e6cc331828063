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

    /// Whether it stopped within the length that it was given at first.
    pub fn held(&self) -> bool {
        self.stopped && self.extensions.is_empty() && self.used(Timestamp::MAX) <= self.length
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

    /// When it has been pending for twice its length, its pauses included; `None` once it stopped.
    pub fn review_at(&self) -> Option<Timestamp> {
        let start = self.started_at().filter(|_| !self.stopped)?;
        let twice = WorkTime(self.length.seconds().saturating_mul(REVIEWED_AFTER));
        Some(self.calendar.end_after(start, twice))
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
    /// running box rests between its steps: a step of the meter, or a whole day by which it is over.
    pub fn last_step(&self, now: Timestamp) -> Timestamp {
        if !self.is_running() {
            return now;
        }
        let day = self.calendar.day_length().seconds();
        let amount = if self.share(now) < 100 || day == 0 {
            self.length.percent(self.meter(now) * STEP)
        } else {
            let whole_days = self.overrun(now).seconds() / day;
            self.length.plus(WorkTime(whole_days * day))
        };
        self.has_used(amount).map_or(now, |step| step.min(now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a test's own timestamp")
    }

    /// A box of three days that starts on a Monday morning.
    fn three_days() -> TimeBox {
        let span = Span::parse("3d").expect("a span");
        TimeBox::start(&Calendar::default(), span, 80, at("2026-11-23T09:00:00Z"))
    }

    #[test]
    fn it_fills_in_working_time_and_goes_on_over_its_end() {
        let running = three_days();
        assert_eq!(running.ends_at(), Some(at("2026-11-25T17:00:00Z")));
        let tuesday = at("2026-11-24T15:00:00Z");
        assert_eq!(running.used(tuesday), WorkTime::from_hours(14));
        assert_eq!(running.left(tuesday), WorkTime::from_hours(10));
        assert_eq!((running.share(tuesday), running.meter(tuesday)), (58, 5));
        let friday = at("2026-11-27T09:00:00Z");
        assert_eq!(running.overrun(friday), WorkTime::from_hours(8));
        assert_eq!((running.share(friday), running.meter(friday)), (133, 10));
        assert!(running.is_running() && !running.is_paused());
    }

    #[test]
    fn a_pause_moves_the_end() {
        let mut blocked = three_days();
        blocked.pause(at("2026-11-23T11:00:00Z"));
        assert!(blocked.is_paused() && !blocked.is_running());
        assert_eq!(blocked.ends_at(), None);
        assert_eq!(blocked.reached(5), Some(at("2026-11-23T10:12:00Z")));
        assert_eq!(blocked.next_step(at("2026-11-23T12:00:00Z")), None);
        blocked.resume(at("2026-11-24T09:00:00Z"));
        assert_eq!(blocked.ends_at(), Some(at("2026-11-26T15:00:00Z")));
        assert_eq!(
            blocked.paused_for(at("2026-11-25T09:00:00Z")),
            WorkTime::from_hours(6)
        );
    }

    #[test]
    fn what_is_said_twice_or_late_does_no_harm() {
        let mut odd = three_days();
        odd.resume(at("2026-11-23T10:00:00Z"));
        odd.pause(at("2026-11-23T11:00:00Z"));
        let paused = odd.clone();
        odd.pause(at("2026-11-23T12:00:00Z"));
        odd.pause(at("2026-11-23T08:00:00Z"));
        assert_eq!(odd, paused);
        odd.resume(at("2026-11-23T09:30:00Z"));
        assert_eq!(
            odd.used(at("2026-11-23T12:00:00Z")),
            WorkTime::from_hours(3)
        );
        odd.stop(at("2026-11-23T12:00:00Z"));
        let stopped = odd.clone();
        odd.stop(at("2026-11-24T12:00:00Z"));
        odd.resume(at("2026-11-24T12:00:00Z"));
        odd.pause(at("2026-11-24T12:00:00Z"));
        assert_eq!(odd, stopped);
        assert!(!odd.is_running() && !odd.is_paused());
    }

    #[test]
    fn a_box_that_is_stopped_in_a_pause_remembers_how_long_the_pause_was() {
        let mut stopped = three_days();
        stopped.pause(at("2026-11-23T11:00:00Z"));
        stopped.stop(at("2026-11-23T13:00:00Z"));
        let later = at("2026-12-23T11:00:00Z");
        assert_eq!(stopped.paused_for(later), WorkTime::from_hours(2));
        assert_eq!(stopped.used(later), WorkTime::from_hours(2));
        assert_eq!(stopped.reached(100), None);
    }

    #[test]
    fn it_steps_by_tenths_and_at_the_reminder_and_at_the_end() {
        let span = Span::parse("100m").expect("a span");
        let start = at("2026-11-23T09:00:00Z");
        let running = TimeBox::start(&Calendar::default(), span, 75, start);
        let mut now = start;
        let mut steps = Vec::new();
        while let Some(next) = running.next_step(now) {
            now = next;
            steps.push(running.share(now));
        }
        assert_eq!(steps, [10, 20, 30, 40, 50, 60, 70, 75, 80, 90, 100]);
    }

    #[test]
    fn a_week_of_a_calendar_without_days_is_over_at_once() {
        let never = Calendar {
            days: Vec::new(),
            ..Calendar::default()
        };
        let now = at("2026-11-23T09:00:00Z");
        let over = TimeBox::start(&never, Span::parse("1w").expect("a span"), 80, now);
        assert_eq!((over.share(now), over.ends_at()), (100, Some(now)));
        assert_eq!(over.next_step(now), None);
    }

    /// What can be done to a box, some seconds after (or before) the last thing that was done.
    #[derive(Debug, Clone, Copy)]
    enum Done {
        Pause,
        Resume,
        Stop,
    }

    prop_compose! {
        fn any_history()(
            minutes in 1u32..2000,
            done in proptest::collection::vec(
                (prop_oneof![4 => Just(Done::Pause), 4 => Just(Done::Resume), 1 => Just(Done::Stop)], -20_000i64..200_000),
                0..12,
            ),
        ) -> TimeBox {
            let span = Span { minutes, ..Span::default() };
            let start = at("2026-03-20T09:00:00Z");
            let calendar = Calendar { timezone: "Europe/Berlin".to_owned(), ..Calendar::default() };
            let mut timebox = TimeBox::start(&calendar, span, 80, start);
            let mut now = start.as_second();
            for (what, later) in done {
                now += later;
                let at = Timestamp::from_second(now).expect("in range");
                match what {
                    Done::Pause => timebox.pause(at),
                    Done::Resume => timebox.resume(at),
                    Done::Stop => timebox.stop(at),
                }
            }
            timebox
        }
    }

    proptest! {
        #[test]
        fn what_is_used_never_falls_and_never_exceeds_the_clock(
            timebox in any_history(),
            mut moments in proptest::collection::vec(0i64..2_000_000, 2..10),
        ) {
            let start = timebox.runs[0].0;
            moments.sort_unstable();
            let mut before = WorkTime::ZERO;
            for later in moments {
                let now = Timestamp::from_second(start.as_second() + later).expect("in range");
                let used = timebox.used(now);
                let elapsed = timebox.calendar.between(start, now);
                prop_assert!(used >= before);
                prop_assert!(used.plus(timebox.paused_for(now)) <= elapsed);
                if !timebox.stopped {
                    prop_assert_eq!(used.plus(timebox.paused_for(now)), elapsed);
                }
                before = used;
            }
        }

        #[test]
        fn a_share_is_reached_when_it_is_used_and_not_a_second_before(
            timebox in any_history(),
            percent in 1u32..150,
        ) {
            let long_after = at("2030-01-01T00:00:00Z");
            match timebox.reached(percent) {
                Some(reached) => {
                    let before = Timestamp::from_second(reached.as_second() - 1).expect("in range");
                    prop_assert!(timebox.share(reached) >= percent);
                    prop_assert!(timebox.share(before) < percent);
                }
                None => prop_assert!(timebox.share(long_after) < percent),
            }
        }

        #[test]
        fn between_two_steps_nothing_that_is_shown_changes(
            timebox in any_history(),
            later in 0i64..2_000_000,
        ) {
            let now = Timestamp::from_second(timebox.runs[0].0.as_second() + later).expect("in range");
            let last_change = timebox.runs.last().map_or(now, |(start, end)| end.unwrap_or(*start));
            prop_assume!(now >= last_change);
            let shown = |at| (timebox.meter(at), timebox.share(at) >= 80, timebox.share(at) >= 100);
            let quiet_until = match timebox.next_step(now) {
                Some(next) => {
                    prop_assert!(next > now);
                    prop_assert_ne!(shown(now), shown(next));
                    Timestamp::from_second(next.as_second() - 1).expect("in range")
                }
                None => at("2040-01-01T00:00:00Z"),
            };
            prop_assert_eq!(shown(now), shown(quiet_until));
        }
    }
}
