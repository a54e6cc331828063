//! A milestone as GitHub shows it, alone or on an issue. GitHub has no field for the day on which
//! one starts, so that a line of its description says it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Deserialize;

use crate::domain::fact;

use super::wire::Moment;

/// What stands before the day in the line of the description that names it.
const STARTS: &str = "starts";
/// The characters of `2026-11-23`.
const DAY_CHARS: usize = 10;

/// A milestone.
#[derive(Debug, Deserialize)]
pub(super) struct Milestone {
    pub(super) number: u64,
    title: String,
    description: Option<String>,
    state: Option<String>,
    due_on: Option<Moment>,
    created_at: Option<Moment>,
    updated_at: Option<Moment>,
    closed_at: Option<Moment>,
}

impl Milestone {
    /// The last change by GitHub's clock.
    pub(super) fn changed(&self) -> Option<Timestamp> {
        self.updated_at.and_then(Moment::timestamp)
    }

    pub(super) fn read(&self) -> fact::Milestone {
        let closed_at = self
            .closed_at
            .filter(|_| self.state.as_deref() != Some("open"));
        fact::Milestone {
            number: self.number,
            title: self.title.clone(),
            due: self.due_on.and_then(due_date),
            starts: self.description.as_deref().and_then(start_date),
            created_at: self.created_at.and_then(Moment::timestamp),
            closed_at: closed_at.and_then(Moment::timestamp),
        }
    }
}

/// GitHub keeps a due date as midnight in Pacific time, which is 07:00 or 08:00 UTC of that day.
fn due_date(due: Moment) -> Option<Date> {
    Some(Offset::UTC.to_datetime(due.timestamp()?).date())
}

/// The day of the first line that reads `Starts: 2026-11-23`, perhaps as an entry of a list or in
/// bold type; `None` if that is no day.
fn start_date(description: &str) -> Option<Date> {
    let mut values = description.lines().filter_map(|line| {
        let line = line.replace("**", "");
        let line = line.trim().trim_start_matches('-');
        let (key, value) = line.split_once(':')?;
        let is_it = key.trim().eq_ignore_ascii_case(STARTS);
        is_it.then(|| value.trim().to_owned())
    });
    day(&values.next()?)
}

/// A day in the form `2026-11-23` and no other, of which a parser of dates takes several.
fn day(text: &str) -> Option<Date> {
    let shape = text.len() == DAY_CHARS
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if shape { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

    fn milestone(rest: &str) -> fact::Milestone {
        let text = format!(r#"{{"number":3,"title":"Sprint 12"{rest}}}"#);
        let milestone: Milestone = serde_json::from_str(&text).expect("a readable milestone");
        milestone.read()
    }

    fn described(text: &str) -> Option<Date> {
        let text = serde_json::to_string(text).expect("a string");
        milestone(&format!(r#","description":{text}"#)).starts
    }

    #[test]
    fn what_is_left_out_is_nothing() {
        let bare = milestone("");
        assert_eq!((bare.number, bare.title.as_str()), (3, "Sprint 12"));
        assert_eq!((bare.due, bare.starts), (None, None));
        assert_eq!((bare.created_at, bare.closed_at), (None, None));
    }

    #[test]
    fn a_due_date_is_the_day_that_was_chosen_summer_and_winter() {
        for (due_on, day) in [
            ("2026-07-03T07:00:00Z", date(2026, 7, 3)),
            ("2026-12-04T08:00:00Z", date(2026, 12, 4)),
        ] {
            let due = milestone(&format!(r#","due_on":"{due_on}""#)).due;
            assert_eq!(due, Some(day));
        }
    }

    #[test]
    fn midnight_in_pacific_time_is_the_same_day_in_utc_all_year() {
        let pacific = TimeZone::get("America/Los_Angeles").expect("a zone");
        for chosen in date(2026, 1, 1).series(1.day()).take(2 * 365) {
            let midnight = chosen
                .to_zoned_datetime(pacific.clone())
                .expect("a midnight");
            let due = due_date(Moment::Text(midnight.timestamp()));
            assert_eq!(due, Some(chosen));
        }
    }

    #[test]
    fn a_line_of_the_description_says_when_it_starts() {
        for text in [
            "Starts: 2026-11-23",
            "starts:2026-11-23",
            "Ship the classifier.\r\n\r\n  STARTS : 2026-11-23  \r\nEnds with a demo.",
            "- Starts: 2026-11-23",
            "**Starts:** 2026-11-23",
            "- **Starts**: 2026-11-23",
            "**Starts: 2026-11-23**",
        ] {
            assert_eq!(described(text), Some(date(2026, 11, 23)), "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_none() {
        for text in [
            "",
            "It starts: 2026-11-23",
            "Starts 2026-11-23",
            "Starts: tomorrow",
            "Starts: 2026-02-30",
            "Starts: 23.11.2026",
            "Starts: 20261123",
            "Starts: 2026-11-23T09:00",
            "Starts: 2026-11-23 at nine",
            "Starts: ２０２６-11-23",
            "Starts: 2026-02-30\nStarts: 2026-11-23",
        ] {
            assert_eq!(described(text), None, "{text}");
        }
    }

    #[test]
    fn an_open_milestone_was_not_closed() {
        let times = r#","created_at":"2026-11-19T09:00:00Z","closed_at":"2026-12-04T17:00:00Z""#;
        let closed = milestone(&format!(r#","state":"closed"{times}"#));
        let instant = |text: &str| text.parse().ok();
        assert_eq!(closed.created_at, instant("2026-11-19T09:00:00Z"));
        assert_eq!(closed.closed_at, instant("2026-12-04T17:00:00Z"));
        let opened_again = milestone(&format!(r#","state":"open"{times}"#));
        assert_eq!(opened_again.closed_at, None);
    }
}
