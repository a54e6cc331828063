//! Time boxes over working days: where each began, how far it is, and when it will be over.

use jiff::Timestamp;

use super::super::json::ItemLine;
use super::super::{Context, text, when};
use super::card;
use super::numbers::width;
use crate::domain::calendar::Calendar;
use crate::domain::worktime::WorkTime;

/// Working days that are shown before and after the present one, at most.
const BEFORE: i64 = 10;
const AFTER: i64 = 15;
/// Labels that have room beside each other.
const MOST_LABELS: usize = 14;

/// Boxes that run or wait, over the same days.
pub(super) struct Timeline {
    pub(super) days: Vec<DayMark>,
    /// Where the present is, in per cent of the width.
    pub(super) now: String,
    pub(super) rows: Vec<Row>,
}

/// Where a day begins.
pub(super) struct DayMark {
    pub(super) at: String,
    pub(super) label: Option<String>,
}

/// One box.
pub(super) struct Row {
    pub(super) number: u64,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) who: String,
    /// `running`, `paused` or `over`.
    pub(super) state: &'static str,
    /// Where the bar begins and how wide it is, in per cent.
    pub(super) from: String,
    pub(super) wide: String,
    /// How wide the part that is used is.
    pub(super) used: String,
    /// The same in words.
    pub(super) words: String,
}

/// Where an instant is on the axis: working seconds from its beginning.
struct Axis<'a> {
    calendar: &'a Calendar,
    begin: Timestamp,
    end: Timestamp,
    whole: f64,
}

impl Axis<'_> {
    fn place(&self, at: Timestamp) -> f64 {
        let at = at.clamp(self.begin, self.end);
        seconds(self.calendar.between(self.begin, at))
    }
}

/// The boxes of the items that are not over; none where none runs or waits.
pub(super) fn timeline(lines: &[&ItemLine], ctx: &Context<'_>) -> Option<Timeline> {
    let calendar = &ctx.policy.calendar;
    let pending: Vec<(&ItemLine, Timestamp, Timestamp)> = lines
        .iter()
        .filter_map(|line| {
            let one = line.time_box.as_ref().filter(|it| it.state != "stopped")?;
            let left = WorkTime((one.length.seconds - one.used.seconds).max(0));
            // A box that waits would be over then if it went on now.
            let end = one
                .ends_at
                .unwrap_or_else(|| calendar.end_after(ctx.now, left));
            Some((*line, one.started_at?, end))
        })
        .collect();
    let first = pending.iter().map(|(_, start, _)| *start).min()?;
    let last = pending.iter().map(|(_, _, end)| *end).max()?;
    let day = calendar.day_length();
    let latest = calendar.end_after(ctx.now, WorkTime(day.seconds() * AFTER));
    let begin = start_of_day(first.max(days_before(calendar, ctx.now)), calendar);
    let end = calendar.closing_after(last.max(ctx.now).min(latest));
    let whole = seconds(calendar.between(begin, end));
    if whole <= 0.0 {
        return None;
    }
    let axis = Axis {
        calendar,
        begin,
        end,
        whole,
    };
    let rows = pending
        .iter()
        .map(|(line, start, over)| row(line, *start, *over, &axis, ctx))
        .collect();
    Some(Timeline {
        days: marks(&axis),
        now: width(axis.place(ctx.now), whole),
        rows,
    })
}

fn row(
    line: &ItemLine,
    start: Timestamp,
    over: Timestamp,
    axis: &Axis<'_>,
    ctx: &Context<'_>,
) -> Row {
    let card = card::card(line, ctx);
    let meter = card.meter.as_ref();
    let state = meter.map_or("running", |meter| meter.state);
    let (from, to) = (axis.place(start), axis.place(over.max(start)));
    // Until then it was used, pauses included; what is over goes on to the present.
    let until = if state == "over" {
        axis.place(ctx.now)
    } else {
        to.min(axis.place(ctx.now))
    };
    let to = to.max(until);
    Row {
        number: card.number,
        url: card.url,
        title: text::plain(&card.title, 80),
        who: card.who,
        state,
        from: width(from, axis.whole),
        wide: width((to - from).max(axis.whole / 200.0), axis.whole),
        used: width((until - from).max(0.0), axis.whole),
        words: card.meter.map_or(String::new(), |meter| meter.words),
    }
}

fn marks(axis: &Axis<'_>) -> Vec<DayMark> {
    let calendar = axis.calendar;
    let mut marks = Vec::new();
    let mut day = calendar.date_of(axis.begin);
    while calendar.start_of(day) < axis.end {
        if calendar.is_working(day) {
            let at = width(axis.place(calendar.start_of(day)), axis.whole);
            marks.push((at, day));
        }
        let Ok(next) = day.tomorrow() else {
            break;
        };
        day = next;
    }
    let every = marks.len().div_ceil(MOST_LABELS).max(1);
    marks
        .into_iter()
        .enumerate()
        .map(|(place, (at, day))| DayMark {
            at,
            label: (place % every == 0).then(|| day.strftime("%-d %b").to_string()),
        })
        .collect()
}

/// So many days before, as a bound on what is drawn.
fn days_before(calendar: &Calendar, now: Timestamp) -> Timestamp {
    let mut day = calendar.date_of(now);
    let mut left = BEFORE;
    // Two weeks of holidays are enough.
    for _ in 0..4 * BEFORE {
        if left == 0 {
            break;
        }
        let Ok(before) = day.yesterday() else {
            break;
        };
        day = before;
        left -= i64::from(calendar.is_working(day));
    }
    calendar.start_of(day)
}

fn start_of_day(at: Timestamp, calendar: &Calendar) -> Timestamp {
    calendar.start_of(calendar.date_of(at))
}

fn seconds(time: WorkTime) -> f64 {
    let day = WorkTime(86_400);
    time.days(day)
}

/// `Mon 23 Nov`, for readers of the table.
pub(super) fn today(ctx: &Context<'_>) -> String {
    when::moment(ctx.now, ctx.policy)
}
