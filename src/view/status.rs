//! The status comment: where an item stands, and first of all what to do next.

use std::fmt::Write as _;

use crate::domain::fact::CloseReason;
use crate::domain::ids::ItemNumber;
use crate::domain::item::{Decision, Findings, Item};
use crate::domain::kind::{Kind, KindSource};
use crate::domain::order::Frozen;
use crate::domain::timebox::TimeBox;

use super::meter::meter;
use super::{Context, drawn_at, link, next_step, rules, text, when, words};

/// Lengths of what users typed, in characters of Markdown. Together with the counts below they
/// keep the whole comment within GitHub's 65,536 characters.
const LINE: usize = 200;
const FIELD: usize = 1_500;
const LONG: usize = 8_000;
const MOST_FINDINGS: usize = 3;
const MOST_AMENDMENTS: usize = 6;
const MOST_LINKS: usize = 12;

/// Exploration always has one; production work only if a command or a rule asks for it.
pub fn is_due(item: &Item, kind: Kind) -> bool {
    kind.is_exploration() || item.status_wanted || !item.warnings.is_empty()
}

/// The comment's text.
pub fn text(item: &Item, ctx: &Context<'_>) -> String {
    let Some(classified) = item.kind else {
        return "labhand does not look after this one: it has no kind. `/kind research | experiment | development | maintenance` gives it one.".to_owned();
    };
    let kind = classified.kind;
    let parts = [
        Some(head(item, kind, classified.source)),
        item.decision
            .as_ref()
            .map(|decision| decided(decision, ctx)),
        ended(item, kind),
        next_step::sentence(item, kind, ctx).map(|sentence| format!("**Next:** {sentence}")),
        table(item, kind, ctx),
        amendments(item, ctx),
        findings(&item.findings, ctx),
        warnings(item, kind),
        Some("<sub>`/help` for commands</sub>".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    text::bounded(parts.join("\n\n"), text::BODY_LIMIT)
}

/// The first line: kind, stage and milestone.
fn head(item: &Item, kind: Kind, source: KindSource) -> String {
    let mut head = format!(
        "### {} {} · {}",
        words::emoji(kind),
        words::kind(kind),
        words::stage(item.stage)
    );
    if let Some(milestone) = &item.milestone {
        // Writing to a string cannot fail.
        let _ = write!(head, " · {}", text::escape(&milestone.title, LINE));
    }
    match source {
        KindSource::Inferred => {
            head.push_str("\n<sub>inferred from the title · `/kind …` corrects it</sub>");
        }
        KindSource::Stated | KindSource::IssueType | KindSource::Prefix => {}
    }
    head
}

fn decided(decision: &Decision, ctx: &Context<'_>) -> String {
    format!(
        "**Decided:** {} {} · {}, {}\n> {}",
        words::verdict_emoji(decision.verdict),
        words::verdict(decision.verdict),
        text::name(&decision.by.login),
        when::day(decision.at, ctx.policy),
        text::escape_lines(&decision.reason, FIELD),
    )
}

/// How it was closed, where the decision does not say it.
fn ended(item: &Item, kind: Kind) -> Option<String> {
    let closed = item.closed.as_ref()?;
    let how = match closed.how {
        CloseReason::NotPlanned => "**Ended** without being done.",
        CloseReason::Duplicate => "**Ended:** another issue says the same.",
        CloseReason::Completed if item.decision.is_some() => return None,
        CloseReason::Completed if kind.is_exploration() && item.findings.is_empty() => {
            "**Closed** without findings."
        }
        CloseReason::Completed => "**Done.**",
    };
    Some(how.to_owned())
}

/// Name and value of each known field; the first one becomes the table's head.
fn table(item: &Item, kind: Kind, ctx: &Context<'_>) -> Option<String> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, value: Option<String>| {
        rows.extend(value.map(|value| (name.to_owned(), value)));
    };
    let frozen = item.frozen.as_ref();
    let field = |text: &Option<String>| text.as_deref().map(|text| text::escape_lines(text, FIELD));
    match kind {
        Kind::Research => row("Question", field(&item.fields.question)),
        Kind::Experiment => {
            let lock = if frozen.is_some() { " 🔒" } else { "" };
            let (hypothesis, metric) = frozen
                .map_or((&item.fields.hypothesis, &item.fields.metric), |frozen| {
                    (&frozen.hypothesis, &frozen.metric)
                });
            row(&format!("Hypothesis{lock}"), field(hypothesis));
            row(&format!("Metric{lock}"), field(metric));
            row("Baseline", field(&item.fields.baseline));
        }
        Kind::Development | Kind::Maintenance => {
            row("Points", item.points.map(|points| points.to_string()));
            row("Deliverables", deliverables(item));
        }
    }
    if kind.is_exploration() {
        row("Time box", time_box(item, ctx));
    }
    row("Blocked", blocked(item, ctx));
    row("Builds on", links(&item.fields.builds_on, ctx));
    row("Part of", links(&item.fields.part_of, ctx));
    row("Pull requests", pulls(item, ctx));
    row(
        "Bucket",
        item.bucket.map(|bucket| words::bucket(bucket).to_owned()),
    );
    row("Phase", item.phase.map(|phase| phase.to_string()));
    let (first, rest) = rows.split_first()?;
    let mut table = format!("| {} | {} |\n|:--|:--|", first.0, first.1);
    for (name, value) in rest {
        // Writing to a string cannot fail.
        let _ = write!(table, "\n| **{name}** | {value} |");
    }
    Some(table)
}

fn deliverables(item: &Item) -> Option<String> {
    let all = item.fields.deliverables.len();
    let done = item
        .fields
        .deliverables
        .iter()
        .filter(|(done, _)| *done)
        .count();
    (all > 0).then(|| format!("{done} of {all} done"))
}

/// The box that runs, or the length of the one that will.
fn time_box(item: &Item, ctx: &Context<'_>) -> Option<String> {
    match &item.timebox {
        Some(timebox) => Some(running_box(timebox, item, ctx)),
        None => next_step::length(item).map(|length| format!("{length}, starts with `/activate`")),
    }
}

fn running_box(timebox: &TimeBox, item: &Item, ctx: &Context<'_>) -> String {
    let now = drawn_at(item, ctx.now);
    let mut parts = vec![format!(
        "{} {}",
        meter(timebox.meter(now)),
        when::used_of(timebox, now)
    )];
    let over = timebox.share(now) >= 100;
    if let (true, Some(end)) = (over, timebox.ends_at()) {
        parts.push(format!("⏱ over since {}", when::moment(end, ctx.policy)));
    }
    let began = timebox.runs.first().map(|(start, _)| *start);
    let last_stop = timebox.runs.last().and_then(|(_, end)| *end);
    match (began, last_stop) {
        (_, Some(stop)) if timebox.stopped => {
            parts.push(format!("stopped {}", when::moment(stop, ctx.policy)));
        }
        (_, Some(stop)) => parts.push(format!("⏸ paused since {}", when::moment(stop, ctx.policy))),
        (Some(began), None) => {
            parts.push(format!(
                "running since {}",
                when::moment_without_zone(began, ctx.policy)
            ));
            if let (false, Some(end)) = (over, timebox.ends_at()) {
                parts.push(format!("ends {}", when::moment(end, ctx.policy)));
            }
        }
        (None, None) => {}
    }
    // A pause that goes on would count up with every look.
    let paused = timebox.paused_for(now);
    if !timebox.is_paused() && paused.seconds() >= 60 {
        parts.push(format!(
            "paused for {}",
            paused.in_days(timebox.calendar.day_length())
        ));
    }
    parts.join(" · ")
}

fn blocked(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let blocked = item.blocked.as_ref()?;
    let since = when::moment(blocked.since, ctx.policy);
    Some(match &blocked.reason {
        Some(reason) => format!("{} · since {since}", text::escape(reason, FIELD)),
        None => format!("since {since}"),
    })
}

fn links(numbers: &[ItemNumber], ctx: &Context<'_>) -> Option<String> {
    let mut shown: Vec<String> = numbers
        .iter()
        .take(MOST_LINKS)
        .map(|number| match ctx.linked(*number) {
            Some(other) => described(other, ctx),
            None => link::item(*number, ctx),
        })
        .collect();
    if numbers.len() > MOST_LINKS {
        shown.push(format!("… and {} more", numbers.len() - MOST_LINKS));
    }
    (!shown.is_empty()).then(|| shown.join("<br>"))
}

/// `#41 Explore NLP approaches · *more research*`
fn described(other: &Item, ctx: &Context<'_>) -> String {
    let mut text = format!(
        "{} {}",
        link::item(other.number, ctx),
        text::escape(&other.title, LINE)
    );
    if let Some(decision) = &other.decision {
        // Writing to a string cannot fail.
        let _ = write!(text, " · *{}*", words::verdict(decision.verdict));
    }
    text
}

fn pulls(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let mut shown: Vec<String> = item
        .linked_pulls
        .iter()
        .take(MOST_LINKS)
        .map(|(number, pull)| {
            let state = match (pull.merged, pull.open, pull.draft) {
                (true, _, _) => "merged",
                (false, false, _) => "closed",
                (false, true, true) => "draft",
                (false, true, false) => "ready for review",
            };
            format!("{} {state}", link::item(*number, ctx))
        })
        .collect();
    if item.linked_pulls.len() > MOST_LINKS {
        shown.push(format!(
            "… and {} more",
            item.linked_pulls.len() - MOST_LINKS
        ));
    }
    (!shown.is_empty()).then(|| shown.join(" · "))
}

fn amendments(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let all = &item.frozen.as_ref()?.amendments;
    let mut lines: Vec<String> = all
        .iter()
        .rev()
        .take(MOST_AMENDMENTS)
        .map(|amendment| {
            let field = match amendment.field {
                Frozen::Hypothesis => "Hypothesis",
                Frozen::Metric => "Metric",
            };
            format!(
                "- **{field}**, {}: {}<br>because {} · {}",
                when::day(amendment.at, ctx.policy),
                text::escape_lines(&amendment.text, FIELD),
                text::escape_lines(&amendment.reason, FIELD),
                text::name(&amendment.by.login),
            )
        })
        .collect();
    if all.len() > MOST_AMENDMENTS {
        lines.push(format!("- … and {} more", all.len() - MOST_AMENDMENTS));
    }
    (!lines.is_empty()).then(|| {
        let count = words::counted(all.len(), "amendment", "amendments");
        details(&format!("<b>{count}</b>"), &lines.join("\n"))
    })
}

/// What was learned, newest first, folded.
fn findings(all: &[Findings], ctx: &Context<'_>) -> Option<String> {
    let newest = all.last()?;
    let shown: Vec<String> = all
        .iter()
        .rev()
        .take(MOST_FINDINGS)
        .enumerate()
        .map(|(index, findings)| {
            let text = text::escape_lines(&findings.text, LONG);
            if index == 0 {
                text
            } else {
                format!(
                    "<sub>before, {}:</sub><br>{text}",
                    when::day(findings.at, ctx.policy)
                )
            }
        })
        .collect();
    let summary = format!(
        "<b>Findings</b> · {}, {}",
        text::name_in_html(&newest.by.login),
        when::day(newest.at, ctx.policy)
    );
    Some(details(&summary, &shown.join("\n\n")))
}

fn warnings(item: &Item, kind: Kind) -> Option<String> {
    let mut lines: Vec<String> = item
        .warnings
        .iter()
        .map(|rule| format!("- ⚠️ {}", rules::sentence(*rule, Some(kind))))
        .collect();
    if item.yielded {
        lines.push("- 🏷️ Labels that labhand keeps were changed three times within an hour; it leaves them as they are now.".to_owned());
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// A part that folds. GitHub reads no Markdown in the summary.
pub fn details(summary: &str, content: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{content}\n\n</details>")
}
