//! The issue that labhand opens for a decision: whoever takes it up finds there what was decided
//! and why, what was measured and learned, and what has to be true when it is done.
//!
//! Its form is that of our issue forms, so that it is read like any other issue; only its links
//! are such as leave no trace, and its origin is known by its marker and by a fact of its own.

use std::fmt::Write as _;

use crate::domain::classify;
use crate::domain::fact::{Chain, ItemAt};
use crate::domain::item::{Decision, Findings, Item};
use crate::domain::kind::{Kind, Phase, Verdict};
use crate::domain::labels::Label;
use crate::domain::metric::{Criterion, Metric};

use super::wanted::WantedIssue;
use super::{Context, drawn_at, link, results, slots, text, when, words};

/// GitHub takes 256 characters in a title.
const TITLE: usize = 250;
/// Lengths of what users typed, in characters of Markdown.
const FIELD: usize = 1_500;
const LONG: usize = 8_000;
const MOST_FINDINGS: usize = 3;
const MOST_LINKS: usize = 12;
/// A box for more research where the first one had none.
const USUAL_BOX: &str = "3d";

/// The issue that a decision asks for and that was not opened yet.
pub fn wanted(item: &Item, ctx: &Context<'_>) -> Option<WantedIssue> {
    let decision = item.follow_up_due()?;
    let kind = match decision.verdict {
        Verdict::Productionize => Kind::Development,
        Verdict::MoreResearch => Kind::Research,
        Verdict::Abandon => return None,
    };
    let mut labels = vec![Label::Kind(kind)];
    if kind == Kind::Development {
        labels.push(Label::Phase(Phase::Prototype));
    }
    let chain = item.chain(drawn_at(item, ctx.now));
    let chain = match decision.elsewhere {
        Some(_) => chain.seen_from_outside(ctx.repo),
        None => chain,
    };
    Some(WantedIssue {
        slot: slots::follow_up(ctx.repo_id, item.number, decision.asked_at),
        asked_at: decision.asked_at,
        repo: decision.elsewhere.clone(),
        title: title(item, decision.verdict, chain.len()),
        body: body(item, decision, kind, &chain, ctx),
        labels: labels.iter().map(Label::name).collect(),
    })
}

/// What was said of the origin before is not said twice: `Productionize: BERT vs GPT`.
fn title(item: &Item, verdict: Verdict, links: usize) -> String {
    let mut subject = item.title.trim();
    for prefix in ["Productionize:", "More research:"] {
        subject = subject.strip_prefix(prefix).unwrap_or(subject).trim_start();
    }
    let prefix = match verdict {
        Verdict::Productionize => "Productionize:",
        Verdict::MoreResearch | Verdict::Abandon => "More research:",
    };
    let suffix = if verdict == Verdict::MoreResearch && links > 1 {
        format!(" · {}", ordinal(links + 1))
    } else {
        String::new()
    };
    let subject = classify::subject(strip_round(subject));
    let room = TITLE - prefix.len() - suffix.chars().count() - 1;
    format!("{prefix} {}{suffix}", text::plain(subject, room))
}

/// `BERT · link 3` is about `BERT`.
fn strip_round(title: &str) -> &str {
    match title.rsplit_once(" · ") {
        Some((subject, round)) if round.starts_with("link ") => subject,
        Some(_) | None => title,
    }
}

fn ordinal(links: usize) -> String {
    format!("link {links}")
}

fn body(item: &Item, decision: &Decision, kind: Kind, chain: &Chain, ctx: &Context<'_>) -> String {
    let parts = [
        Some(opening(item, decision, ctx)),
        (kind == Kind::Research).then(|| format!("### Question\n\n{}", question(decision))),
        (kind == Kind::Research).then(|| format!("### Time box\n\n{}", fresh_box(item))),
        (kind == Kind::Development).then(|| acceptance(item)),
        item.hypothesis().map(|hypothesis| {
            format!(
                "### What was tested\n\n{}",
                text::escape_lines(hypothesis, FIELD)
            )
        }),
        measured(item, ctx),
        learned(&item.findings, ctx),
        chain_of(chain, ctx),
        Some(next(kind)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    text::bounded(parts.join("\n\n"), text::BODY_LIMIT)
}

fn opening(item: &Item, decision: &Decision, ctx: &Context<'_>) -> String {
    format!(
        "{} {} *{}* was decided **{}** by {} on {}:\n\n> {}",
        words::verdict_emoji(decision.verdict),
        origin(item, decision, ctx),
        text::escape(&item.title, 200),
        words::verdict(decision.verdict),
        text::name(&decision.by.login),
        when::day(decision.at, ctx.policy),
        text::escape_lines(&decision.reason, FIELD),
    )
}

/// What more research asks, as it stands in the text.
pub fn question(decision: &Decision) -> String {
    text::escape_lines(&decision.reason, FIELD)
}

/// The decided item, by its full name where the reader is in another repository.
fn origin(item: &Item, decision: &Decision, ctx: &Context<'_>) -> String {
    let at = ItemAt {
        repo: decision.elsewhere.as_ref().map(|_| ctx.repo.clone()),
        number: item.number,
    };
    link::item_full(&at, ctx)
}

/// A box of its own, as long as the first one was meant to be.
fn fresh_box(item: &Item) -> String {
    let started = item.timebox.as_ref().or(item.earlier_boxes.last());
    started.map_or(USUAL_BOX.to_owned(), |timebox| timebox.span.to_string())
}

/// What has to be true when it is done: each criterion, with what the experiment reached.
fn acceptance(item: &Item) -> String {
    let mut list = "### Acceptance criteria\n".to_owned();
    let criteria = item.criteria().ok().flatten().unwrap_or_default();
    for criterion in &criteria {
        // Writing to a string cannot fail.
        let _ = write!(
            list,
            "\n- [ ] {} in production{}",
            wanted_value(criterion),
            reached(item, criterion)
        );
    }
    if criteria.is_empty()
        && let Some(metric) = item.metric()
    {
        let _ = write!(
            list,
            "\n- [ ] {}, in production",
            text::escape(metric, FIELD)
        );
    }
    list.push_str("\n- [ ] the result can be reproduced from what is in the repository");
    list.push_str("\n- [ ] its inputs and outputs are monitored");
    list
}

fn wanted_value(criterion: &Criterion) -> String {
    format!(
        "{} {} {}",
        text::code(&criterion.name, 80),
        criterion
            .comparator
            .symbol()
            .replace('<', "&lt;")
            .replace('>', "&gt;"),
        criterion.target
    )
}

fn reached(item: &Item, criterion: &Criterion) -> String {
    item.measured(&criterion.name)
        .map_or(String::new(), |value| {
            format!(" ({value} in the experiment)")
        })
}

fn measured(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let outcome = results::outcome(item, ctx);
    let table = results::table(item).or_else(|| {
        let prose = item
            .metric()
            .filter(|text| !matches!(crate::domain::metric::read(text), Ok(Metric::Criteria(_))))?;
        Some(text::escape_lines(prose, FIELD))
    });
    let parts: Vec<String> = table.into_iter().chain(outcome).collect();
    (!parts.is_empty()).then(|| format!("### What was measured\n\n{}", parts.join("\n\n")))
}

fn learned(findings: &[Findings], ctx: &Context<'_>) -> Option<String> {
    let shown: Vec<String> = findings
        .iter()
        .rev()
        .take(MOST_FINDINGS)
        .map(|findings| {
            format!(
                "> {}\n>\n> — {}, {}",
                text::escape_lines(&findings.text, LONG),
                text::name(&findings.by.login),
                when::day(findings.at, ctx.policy)
            )
        })
        .collect();
    (!shown.is_empty()).then(|| format!("### What was learned\n\n{}", shown.join("\n\n")))
}

/// An endless spike shows: how many explorations led here, and the working time they took.
fn chain_of(chain: &Chain, ctx: &Context<'_>) -> Option<String> {
    if chain.is_empty() {
        return None;
    }
    let hidden = chain.len().saturating_sub(MOST_LINKS);
    let mut shown: Vec<String> = Vec::new();
    if hidden > 0 {
        shown.push("…".to_owned());
    }
    shown.extend(
        chain
            .0
            .iter()
            .skip(hidden)
            .map(|link| link::item_at(&link.item, ctx)),
    );
    Some(format!(
        "**Chain:** {} → this, {} so far · **time spent:** {}",
        shown.join(" → "),
        words::counted(chain.len(), "exploration", "explorations"),
        chain.spent().in_days(ctx.policy.calendar.day_length())
    ))
}

fn next(kind: Kind) -> String {
    match kind {
        Kind::Development => "<sub>It begins as a prototype: `/points 5-8` sizes it roughly, one firm number moves it on.</sub>".to_owned(),
        Kind::Research | Kind::Experiment | Kind::Maintenance => "<sub>It has a box of its own and waits for a sprint; `/timebox …` changes its length, `/activate` starts it.</sub>".to_owned(),
    }
}
