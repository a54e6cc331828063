//! The values of a policy: each is read by one function, which says what would be right where
//! something is wrong.

use std::ops::RangeInclusive;
use std::str::FromStr;

use globset::Glob;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::reader::Reader;
use super::{Digest, Member};
use crate::domain::worktime::Span;
use crate::domain::yaml::{Node, Value};

/// A list longer than this is no policy any more; holidays of many years stay below it.
pub(super) const MOST_ITEMS: usize = 1000;

/// GitHub's limit for the length of a login.
const MOST_LOGIN_CHARS: usize = 39;

/// A title stands in one line of a checklist.
pub(super) const MOST_TITLE_CHARS: usize = 200;

/// A text in one line, trimmed.
pub(super) fn word<'n>(node: &'n Node, reader: &mut Reader<'_>, what: &str) -> Option<&'n str> {
    match &node.value {
        Value::Word(text) if !text.trim().is_empty() && !text.trim().contains(['\n', '\r']) => {
            Some(text.trim())
        }
        Value::Word(_) | Value::Nothing | Value::List(_) | Value::Map(_) => {
            reader.expected(node, what)
        }
    }
}

/// A text in one line of so many characters.
pub(super) fn short_text(node: &Node, reader: &mut Reader<'_>, most: usize) -> Option<String> {
    let what = format!("a text of at most {most} characters in one line");
    let text = word(node, reader, &what)?;
    if text.chars().count() > most {
        return reader.expected(node, &what);
    }
    Some(text.to_owned())
}

/// These are one, in any case.
pub(super) const OFF: [&str; 3] = ["off", "false", "no"];

/// And so are these.
pub(super) const ON: [&str; 3] = ["on", "true", "yes"];

/// Whether it is one of [`OFF`].
pub(super) fn is_off(node: &Node) -> bool {
    matches!(&node.value, Value::Word(text)
        if OFF.iter().any(|off| text.trim().eq_ignore_ascii_case(off)))
}

/// `true` or `false`.
pub(super) fn flag(node: &Node, reader: &mut Reader<'_>) -> Option<bool> {
    if is_off(node) {
        return Some(false);
    }
    match word(node, reader, "`true` or `false`")? {
        text if ON.iter().any(|on| text.eq_ignore_ascii_case(on)) => Some(true),
        _ => reader.none_of(node, "`true` or `false`", ["true", "false"]),
    }
}

/// A whole number.
pub(super) fn whole(
    node: &Node,
    reader: &mut Reader<'_>,
    range: RangeInclusive<u32>,
) -> Option<u32> {
    let what = format!("a whole number from {} to {}", range.start(), range.end());
    let text = word(node, reader, &what)?;
    match digits(text).filter(|number| range.contains(number)) {
        Some(number) => Some(number),
        None => reader.expected(node, &what),
    }
}

/// `80%`, or `80`.
pub(super) fn percent(
    node: &Node,
    reader: &mut Reader<'_>,
    range: RangeInclusive<u32>,
) -> Option<u32> {
    let what = format!("a percentage from {}% to {}%", range.start(), range.end());
    let text = word(node, reader, &what)?;
    let number = text.strip_suffix('%').unwrap_or(text).trim_end();
    match digits(number).filter(|number| range.contains(number)) {
        Some(number) => Some(number),
        None => reader.expected(node, &what),
    }
}

/// Digits and nothing else, of a number that fits; `parse` alone would take a `+`.
pub(super) fn digits<T: FromStr>(text: &str) -> Option<T> {
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// The greatest amount.
pub(super) const MOST_AMOUNT: f64 = 10_000.0;

/// A number above zero, such as `12.5`.
pub(super) fn amount(node: &Node, reader: &mut Reader<'_>) -> Option<f64> {
    const WHAT: &str = "a number above 0 and at most 10000, such as `12.5`";
    let text = word(node, reader, WHAT)?;
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match text.parse::<f64>() {
        Ok(number) if plain && number > 0.0 && number <= MOST_AMOUNT => Some(number),
        Ok(_) | Err(_) => reader.expected(node, WHAT),
    }
}

/// `4h`, `3d`, `1w 2d`.
pub(super) fn span(node: &Node, reader: &mut Reader<'_>) -> Option<Span> {
    const WHAT: &str = "a length such as `90m`, `4h`, `2d` or `1w 2d`, at most 52w";
    let text = word(node, reader, WHAT)?;
    match Span::parse(text) {
        Some(length) => Some(length),
        None => reader.expected(node, WHAT),
    }
}

/// A list, each of whose items is read alike; what is wrong is left out and noted.
pub(super) fn list<T>(
    node: &Node,
    reader: &mut Reader<'_>,
    example: &str,
    item: impl Fn(&Node, &mut Reader<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let Value::List(items) = &node.value else {
        return reader.expected(node, &format!("a list such as `{example}`"));
    };
    if items.len() > MOST_ITEMS {
        let message = format!(
            "a list may have {MOST_ITEMS} entries, this one has {}",
            items.len()
        );
        return reader.wrong(node.at, message, None);
    }
    Some(items.iter().filter_map(|one| item(one, reader)).collect())
}

/// The IANA name of a time zone, in its usual spelling.
pub(super) fn zone(node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    const WHAT: &str = "a time zone's IANA name, such as `Europe/Berlin`";
    let text = word(node, reader, WHAT)?;
    let zone = TimeZone::get(text).ok().and_then(|zone| {
        let name = zone.iana_name()?.to_owned();
        (!is_no_place(&name)).then_some(name)
    });
    if zone.is_some() {
        return zone;
    }
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| !is_no_place(name))
        .collect();
    reader.none_of(node, WHAT, names.iter().map(String::as_str))
}

/// Names that mean something else on each machine, or nothing.
fn is_no_place(name: &str) -> bool {
    ["localtime", "posixrules", "Etc/Unknown"]
        .iter()
        .any(|none| name.eq_ignore_ascii_case(none))
}

/// The days of the week, Monday first.
pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// 1 for `mon` or `Monday`, 7 for `sun`.
fn weekday_number(text: &str) -> Option<i8> {
    const WHOLE: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    (1i8..)
        .zip(WEEKDAYS.iter().zip(WHOLE))
        .find(|(_, (short, whole))| {
            text.eq_ignore_ascii_case(short) || text.eq_ignore_ascii_case(whole)
        })
        .map(|(number, _)| number)
}

/// Working days, at least one, ascending.
pub(super) fn weekdays(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<i8>> {
    let mut days =
        list(
            node,
            reader,
            "[mon, tue, wed, thu, fri]",
            |day, reader| match weekday_number(word(day, reader, "a day of the week")?) {
                Some(number) => Some(number),
                None => reader.none_of(day, "a day of the week", WEEKDAYS),
            },
        )?;
    if node.value == Value::List(Vec::new()) {
        return reader.wrong(node.at, "a week has to have at least one working day", None);
    }
    days.sort_unstable();
    days.dedup();
    Some(days)
}

/// `09:00` or `9:00`.
fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let sized = (1..=2).contains(&hour.len()) && minute.len() == 2;
    sized.then(|| Time::new(digits(hour)?, digits(minute)?, 0, 0).ok())?
}

/// `"09:00-17:00"`
pub(super) fn hours(node: &Node, reader: &mut Reader<'_>) -> Option<(Time, Time)> {
    const WHAT: &str = "working hours such as `09:00-17:00`, the end later than the beginning";
    let text = word(node, reader, WHAT)?;
    let hours = text
        .split_once(['-', '–'])
        .and_then(|(from, to)| Some((time(from)?, time(to)?)));
    match hours {
        Some((from, to)) if from < to => Some((from, to)),
        Some(_) | None => reader.expected(node, WHAT),
    }
}

/// Days as `2026-12-25`, ascending.
pub(super) fn dates(node: &Node, reader: &mut Reader<'_>) -> Option<Vec<Date>> {
    const WHAT: &str = "a date such as `2026-12-25`";
    let mut dates = list(node, reader, "[2026-12-25]", |date, reader| {
        let text = word(date, reader, WHAT)?;
        // The library also reads dates with a time behind them.
        match text
            .parse::<Date>()
            .ok()
            .filter(|date| date.to_string() == text)
        {
            Some(date) => Some(date),
            None => reader.expected(date, WHAT),
        }
    })?;
    dates.sort_unstable();
    dates.dedup();
    Some(dates)
}

/// `Mon 09:00`
pub(super) fn digest(node: &Node, reader: &mut Reader<'_>) -> Option<Digest> {
    const WHAT: &str = "`off`, or a day and a time such as `Mon 09:00`";
    let text = word(node, reader, WHAT)?;
    let digest = text.split_once(char::is_whitespace).and_then(|(day, at)| {
        Some(Digest {
            weekday: weekday_number(day)?,
            time: time(at)?,
        })
    });
    match digest {
        Some(digest) => Some(digest),
        None => reader.expected(node, WHAT),
    }
}

/// A glob such as `models/**`, as it was written.
pub(super) fn glob(node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    let text = word(node, reader, "a glob such as `models/**`")?;
    match Glob::new(text) {
        Ok(_) => Some(text.to_owned()),
        Err(error) => {
            let message = format!("this is no valid glob: {}", error.kind());
            reader.wrong(node.at, message, None)
        }
    }
}

/// A login such as `mira`, `@mira` or `github-actions[bot]`, in lower case.
pub(super) fn login(node: &Node, reader: &mut Reader<'_>) -> Option<String> {
    const WHAT: &str = "a login such as `mira`";
    let text = word(node, reader, WHAT)?;
    match login_in(text) {
        Some(login) => Some(login),
        None => reader.expected(node, WHAT),
    }
}

fn login_in(text: &str) -> Option<String> {
    let login = text.strip_prefix('@').unwrap_or(text).to_ascii_lowercase();
    let name = login.strip_suffix("[bot]").unwrap_or(&login);
    is_name(name, MOST_LOGIN_CHARS, "-_").then_some(login)
}

/// A login, or a team such as `acme/data-science`.
pub(super) fn member(node: &Node, reader: &mut Reader<'_>) -> Option<Member> {
    const WHAT: &str = "a login such as `mira` or a team such as `acme/data-science`";
    let text = word(node, reader, WHAT)?;
    let member = match text.split_once('/') {
        None => login_in(text).map(Member::Login),
        Some((organisation, team)) => login_in(organisation)
            .filter(|_| is_name(team, 100, "-_."))
            .map(|organisation| {
                Member::Team(format!("{organisation}/{}", team.to_ascii_lowercase()))
            }),
    };
    match member {
        Some(member) => Some(member),
        None => reader.expected(node, WHAT),
    }
}

/// A short name such as `model-card`, in lower case.
pub(super) fn slug(node: &Node, reader: &mut Reader<'_>, what: &str) -> Option<String> {
    let text = word(node, reader, what)?;
    match slug_in(text) {
        Some(slug) => Some(slug),
        None => reader.expected(node, what),
    }
}

/// Letters, digits and hyphens; commands tell it from a path by that.
pub(super) fn slug_in(text: &str) -> Option<String> {
    is_name(text, 40, "-").then(|| text.to_ascii_lowercase())
}

fn is_name(text: &str, most: usize, also: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || also.contains(c);
    (1..=most).contains(&text.len()) && text.chars().all(allowed)
}
