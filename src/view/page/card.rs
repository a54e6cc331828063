//! An item as a card, or as a line of a table.

use super::super::json::{BoxLine, ItemLine};
use super::super::{Context, text, when, words};
use crate::domain::kind::{Bucket, Kind, Stage, Verdict};
use crate::domain::labels::OutcomeLabel;
use crate::domain::worktime::WorkTime;

/// Lengths of what users typed, in characters.
const TITLE: usize = 200;
const IDEA: usize = 240;
const REASON: usize = 120;

/// An item.
pub(super) struct Card {
    pub(super) number: u64,
    pub(super) url: String,
    pub(super) title: String,
    pub(super) emoji: &'static str,
    pub(super) kind: &'static str,
    pub(super) stage: &'static str,
    pub(super) bucket: &'static str,
    pub(super) sprint: String,
    pub(super) who: String,
    /// The hypothesis or the question.
    pub(super) idea: String,
    pub(super) meter: Option<Meter>,
    /// What stands out: it is blocked, decided, or findings are there.
    pub(super) note: Option<String>,
    /// What the results say.
    pub(super) outcome: Option<&'static str>,
}

/// How much of a box is used.
pub(super) struct Meter {
    /// From 0 to 100.
    pub(super) percent: u32,
    /// `running`, `paused`, `over` or `stopped`, which gives its colour.
    pub(super) state: &'static str,
    /// The same in words.
    pub(super) words: String,
}

/// Where an item is to be read on GitHub.
pub(super) fn url(number: u64, ctx: &Context<'_>) -> String {
    format!("{}/{}/issues/{number}", ctx.web_url, ctx.repo)
}

pub(super) fn card(line: &ItemLine, ctx: &Context<'_>) -> Card {
    let kind = Kind::from_word(line.kind);
    let stage = Stage::from_word(line.stage);
    let bucket = line.bucket.and_then(Bucket::from_word);
    let idea = line.hypothesis.as_ref().or(line.question.as_ref());
    Card {
        number: line.number,
        url: url(line.number, ctx),
        title: text::plain(&line.title, TITLE),
        emoji: kind.map_or("", words::emoji),
        kind: kind.map_or("", words::kind),
        stage: stage.map_or("", words::stage),
        bucket: bucket.map_or("", words::bucket),
        sprint: text::plain(line.milestone.as_deref().unwrap_or_default(), 60),
        who: who(line),
        idea: idea.map_or(String::new(), |idea| text::plain(idea, IDEA)),
        meter: line.time_box.as_ref().map(|it| meter(it, ctx)),
        note: note(line),
        outcome: line
            .outcome
            .and_then(OutcomeLabel::from_word)
            .map(words::outcome),
    }
}

fn who(line: &ItemLine) -> String {
    const MOST: usize = 3;
    let mut names: Vec<String> = line.who.iter().take(MOST).cloned().collect();
    if line.who.len() > MOST {
        names.push(format!("{} more", line.who.len() - MOST));
    }
    names.join(", ")
}

fn note(line: &ItemLine) -> Option<String> {
    if let Some(reason) = &line.blocked {
        let reason = text::plain(reason, REASON);
        return Some(match reason.as_str() {
            "" => "⏸ blocked".to_owned(),
            reason => format!("⏸ {reason}"),
        });
    }
    if let Some(verdict) = line.verdict.and_then(Verdict::from_word) {
        let (sign, word) = (words::verdict_emoji(verdict), words::verdict(verdict));
        return Some(format!("{sign} {word}"));
    }
    let explores = matches!(line.kind, "research" | "experiment");
    match (line.stage, line.learned) {
        ("decision", _) if line.closed_at.is_none() => Some("⏳ waiting for a decision".to_owned()),
        ("decision", false) => Some("closed without findings".to_owned()),
        (_, true) => Some("📝 findings are there".to_owned()),
        (_, false) if explores && line.stage == "ideation" && line.metric.is_none() => {
            (line.kind == "experiment").then(|| "no success metric yet".to_owned())
        }
        (_, false) => None,
    }
}

fn meter(line: &BoxLine, ctx: &Context<'_>) -> Meter {
    let day = ctx.policy.calendar.day_length();
    let (used, length) = (WorkTime(line.used.seconds), WorkTime(line.length.seconds));
    let state = match line.state {
        "running" | "paused" if line.percent >= 100 => "over",
        state => state,
    };
    let amount = |time| when::amount(time, length, day);
    let used_of = format!("{} of {}", amount(used), amount(length));
    let end = line
        .ends_at
        .map(|at| when::moment_without_zone(at, ctx.policy));
    let words = match (state, end) {
        ("running", Some(end)) => format!("{used_of} · ends {end}"),
        ("over", Some(end)) => format!("{used_of} · over since {end}"),
        ("over", None) => format!("{used_of} · over"),
        ("paused", _) => format!("{used_of} · paused"),
        (_, _) => format!("{used_of} used"),
    };
    Meter {
        percent: line.percent.min(100),
        state,
        words,
    }
}
