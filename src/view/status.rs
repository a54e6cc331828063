//! The status comment: where an item stands, and first of all what to do next.

use std::fmt::Write as _;

use crate::domain::fact::CloseReason;
use crate::domain::item::{Decision, Findings, Item, Superseded};
use crate::domain::kind::{Kind, KindSource};
use crate::domain::order::Frozen;
use crate::domain::policy::Rule;
use crate::domain::timebox::TimeBox;

use super::meter::meter;
use super::{Context, amendments, drawn_at, link, next_step, results, rules, text, when, words};

mod links;

use links::{chain, leads_to, links, origin, pulls};

/// Lengths of what users typed, in characters of Markdown. Together with the counts below they
/// keep the whole comment within GitHub's 65,536 characters.
const LINE: usize = 200;
const FIELD: usize = 1_500;
const LONG: usize = 8_000;
const MOST_FINDINGS: usize = 3;
const MOST_DECISIONS: usize = 5;

/// Exploration always has one; production work only if a command or a rule asks for it.
pub fn is_due(item: &Item, kind: Kind) -> bool {
    let rule_speaks = !item.warnings.is_empty() || item.held_back.is_some() || item.yielded;
    !item.quiet && (kind.is_exploration() || item.status_wanted || rule_speaks)
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
        decided_before(item, ctx),
        still_to_open(item),
        ended(item, kind),
        next_step::sentence(item, kind, ctx).map(|sentence| format!("**Next:** {sentence}")),
        table(item, kind, ctx),
        (kind == Kind::Experiment)
            .then(|| results::table(item))
            .flatten(),
        results::outcome(item, ctx).filter(|_| kind == Kind::Experiment),
        results::history(item, ctx),
        amendments::section(item, ctx),
        findings(&item.findings, ctx),
        warnings(item, kind, ctx),
        Some(foot(item, ctx)),
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

/// Said only where opening it did not work at once.
fn still_to_open(item: &Item) -> Option<String> {
    let decision = item.follow_up_due()?;
    let whither = decision.elsewhere.as_ref().map_or(String::new(), |repo| {
        format!(" in {}", text::escape(&repo.to_string(), LINE))
    });
    Some(format!(
        "⏳ The issue that follows from it{whither} could not be opened yet; labhand tries again, and `/sync` makes it try at once."
    ))
}

/// What was decided before, and why that does not count any more; the newest first.
fn decided_before(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let all = &item.earlier_decisions;
    let mut lines: Vec<String> = all
        .iter()
        .rev()
        .take(MOST_DECISIONS)
        .map(|decision| {
            let why = match decision.superseded {
                Some(Superseded::Revised) => "Revised since",
                Some(Superseded::Reopened) | None => "Decided before it was reopened",
            };
            let opened = item.follow_up(decision).map_or(String::new(), |opened| {
                format!(", which opened {}", link::item_at(opened, ctx))
            });
            format!(
                "<sub>{why}: {} {} · {}, {}: {}{opened}</sub>",
                words::verdict_emoji(decision.verdict),
                words::verdict(decision.verdict),
                text::name(&decision.by.login),
                when::day(decision.at, ctx.policy),
                text::escape(&decision.reason, LINE),
            )
        })
        .collect();
    if all.len() > MOST_DECISIONS {
        lines.push(format!(
            "<sub>… and {} before</sub>",
            all.len() - MOST_DECISIONS
        ));
    }
    (!lines.is_empty()).then(|| lines.join("<br>"))
}

/// How the text can be trusted, what was tried before, and where help is.
fn foot(item: &Item, ctx: &Context<'_>) -> String {
    let mut parts: Vec<String> = tried(item, ctx).into_iter().collect();
    parts.extend(amendments::seal(item, ctx));
    parts.push("`/help` for commands".to_owned());
    format!("<sub>{}</sub>", parts.join(" · "))
}

/// `🔎 Tried before: #17 *Test LSTM for ticket routing* → abandoned, f1 0.71`.
fn tried(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let shown: Vec<String> = item
        .tried
        .iter()
        .filter_map(|number| {
            // What it was found for it may not be any more.
            let other = ctx.linked(*number).filter(|other| other.explores())?;
            Some(format!(
                "{} *{}* → {}",
                link::item(*number, ctx),
                text::escape(&other.title, LINE),
                results::ending(other)
            ))
        })
        .collect();
    (!shown.is_empty()).then(|| format!("🔎 Tried before: {}", shown.join("; ")))
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
            let amended = |field| {
                let amendment = amendments::last(frozen?, field)?;
                Some(text::escape_lines(&amendment.text, FIELD))
            };
            row(&format!("Hypothesis{lock}"), field(hypothesis));
            row("Hypothesis, amended", amended(Frozen::Hypothesis));
            // What can be measured has a table of its own.
            match item.criteria() {
                Ok(Some(_)) => {}
                Ok(None) => {
                    row(&format!("Metric{lock}"), field(metric));
                    row("Metric, amended", amended(Frozen::Metric));
                    row("Baseline", field(&item.fields.baseline));
                }
                Err(misformed) => {
                    let said = field(metric).unwrap_or_default();
                    let why = text::escape_quoting(&misformed.to_string(), LINE);
                    row(
                        &format!("Metric{lock}"),
                        Some(format!(
                            "{said}<br>⚠️ taken as words, for people to judge: {why}"
                        )),
                    );
                }
            }
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
    row("Came out of", origin(item, ctx));
    row("Chain", chain(item, ctx));
    row("Builds on", links(item.fields.builds_on.iter(), item, ctx));
    row("Part of", links(item.fields.part_of.iter(), item, ctx));
    row("Leads to", leads_to(item, ctx));
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
    if let Some(extension) = timebox.extensions.last() {
        parts.push(format!(
            "extended by {} ({}: {})",
            extension.span.human(),
            text::name(&extension.by.login),
            text::escape(&extension.reason, LINE)
        ));
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
    Some(text::details(&summary, &shown.join("\n\n")))
}

fn warnings(item: &Item, kind: Kind, ctx: &Context<'_>) -> Option<String> {
    let mut lines: Vec<String> = item
        .warnings
        .iter()
        .map(|rule| {
            let too_rough = item
                .points
                .filter(|_| *rule == Rule::DevelopmentNeedsPoints);
            let sentence = too_rough.map_or_else(
                || rules::sentence(*rule, Some(kind)),
                |points| {
                    format!(
                        "What is to be deployed has one firm size instead of {points} points: `/points {}`.",
                        points.high
                    )
                },
            );
            format!("- ⚠️ {sentence}")
        })
        .collect();
    lines.extend(amendments::edited_note(item, ctx));
    if item.yielded {
        lines.push("- 🏷️ Labels that labhand keeps were changed three times within an hour; it leaves them as they are now.".to_owned());
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::{Amendment, Blocked, Closed};
    use crate::domain::kind::{Points, Stage, Verdict};
    use crate::domain::order::BoxLength;
    use crate::domain::policy::Rule;
    use crate::domain::worktime::Span;
    use crate::view::samples::{Sample, at, user};

    #[test]
    fn an_idea_shows_what_it_needs_to_start() {
        let sample = Sample::default();
        insta::assert_snapshot!(text(&Sample::research(), &sample.ctx()), @"
    ### 🔭 Research · Ideation
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Next:** add a time box (`/timebox 3d`), then `/activate`.

    <sub>`/help` for commands</sub>
    ");
    }

    #[test]
    fn an_active_experiment_shows_its_clock_and_what_is_fixed() {
        let mut sample = Sample::default();
        let decision = Decision {
            at: at("2026-11-20T09:00:00Z"),
            by: user(1, "mira"),
            verdict: Verdict::MoreResearch,
            reason: "two approaches are left".to_owned(),
            elsewhere: None,
            asked_at: at("2026-11-20T09:00:00Z"),
            superseded: None,
        };
        let base = Item {
            decision: Some(decision),
            ..Sample::research()
        };
        sample.linked.push(base);
        insta::assert_snapshot!(text(&sample.active_experiment(), &sample.ctx()), @"
        ### 🧪 Experiment · Active · Sprint 12

        **Next:** report `/result f1=…`, write what you found with `/findings …`, then `/decide productionize | abandon | more-research` and the reason — the box ends **Wed 25 Nov, 17:00 CET**.

        | Hypothesis 🔒 | Fine-tuned BERT routes tickets better than GPT-2 |
        |:--|:--|
        | **Time box** | `▰▰▰▰▰▰▱▱▱▱` 14 h of 24 h · running since Mon 23 Nov, 09:00 · ends Wed 25 Nov, 17:00 CET |
        | **Builds on** | [#41](https://redirect.github.com/acme/fraud/issues/41) Explore NLP approaches for sentiment · *more research* |

        | Metric 🔒 | Wanted | Baseline | Result | |
        |:--|--:|--:|--:|:--|
        | `f1` | ≥ 0.85 | 0.80 | – | not measured |
        | `latency_p95` | &lt; 50 ms | – | – | not measured |

        <sub>🔒 fixed 23 Nov 2026, `3f2a91c0ffee` · `/help` for commands</sub>
        ");
    }

    #[test]
    fn a_blocked_experiment_says_since_when_and_why() {
        let sample = Sample::default();
        let mut item = sample.active_experiment();
        let since = at("2026-11-23T12:00:00Z");
        item.timebox.as_mut().unwrap().pause(since);
        item.blocked = Some(Blocked {
            since,
            reason: Some("GPU quota | @ops".to_owned()),
        });
        item.warnings.insert(Rule::OneActiveBox);
        item.yielded = true;
        insta::assert_snapshot!(text(&item, &sample.ctx()), @"
        ### 🧪 Experiment · Active · Sprint 12

        **Next:** `/unblock` when *GPU quota &#124; @&#8203;ops* is out of the way.

        | Hypothesis 🔒 | Fine-tuned BERT routes tickets better than GPT-2 |
        |:--|:--|
        | **Time box** | `▰▱▱▱▱▱▱▱▱▱` 4 h of 24 h · ⏸ paused since Mon 23 Nov, 13:00 CET |
        | **Blocked** | GPU quota &#124; @&#8203;ops · since Mon 23 Nov, 13:00 CET |
        | **Builds on** | [#41](https://redirect.github.com/acme/fraud/issues/41) |

        | Metric 🔒 | Wanted | Baseline | Result | |
        |:--|--:|--:|--:|:--|
        | `f1` | ≥ 0.85 | 0.80 | – | not measured |
        | `latency_p95` | &lt; 50 ms | – | – | not measured |

        - ⚠️ An assignee has another running time box; `/block reason` on one of the two pauses it.
        - 🏷️ Labels that labhand keeps were changed three times within an hour; it leaves them as they are now.

        <sub>🔒 fixed 23 Nov 2026, `3f2a91c0ffee` · `/help` for commands</sub>
        ");
    }

    #[test]
    fn a_box_that_is_over_stays_visible() {
        let sample = Sample::default();
        let late = Context {
            now: at("2026-11-30T12:00:00Z"),
            ..sample.ctx()
        };
        let item = Item {
            stage: Stage::Analysis,
            frozen: None,
            ..sample.active_experiment()
        };
        insta::assert_snapshot!(text(&item, &late), @"
        ### 🧪 Experiment · Analysis · Sprint 12

        **Next:** add a hypothesis (`/hypothesis …`) and a success metric (`/metric f1 >= 0.85 baseline 0.80`), then `/activate`.

        | Time box | `▰▰▰▰▰▰▰▰▰▰` 24 h of 24 h · ⏱ over since Wed 25 Nov, 17:00 CET · running since Mon 23 Nov, 09:00 |
        |:--|:--|
        | **Builds on** | [#41](https://redirect.github.com/acme/fraud/issues/41) |

        <sub>`/help` for commands</sub>
        ");
    }

    #[test]
    fn a_decided_experiment_tells_its_story() {
        let sample = Sample::default();
        let mut item = sample.active_experiment();
        let (amended, found, decided) = (
            at("2026-11-24T09:00:00Z"),
            at("2026-11-25T10:00:00Z"),
            at("2026-11-25T14:00:00Z"),
        );
        let timebox = item.timebox.as_mut().unwrap();
        timebox.pause(at("2026-11-23T11:00:00Z"));
        timebox.resume(at("2026-11-23T13:00:00Z"));
        timebox.stop(found);
        item.frozen.as_mut().unwrap().amendments.push(Amendment {
            at: amended,
            by: user(1, "mira"),
            field: Frozen::Metric,
            text: "f1 >= 0.82".to_owned(),
            reason: "the labels are noisier than we thought".to_owned(),
        });
        item.findings.push(Findings {
            at: found,
            by: user(1, "mira"),
            text: "BERT is better by **4 points**.\n\n- cheap\n- slow on long tickets".to_owned(),
        });
        item.decision = Some(Decision {
            at: decided,
            by: user(2, "jonas"),
            verdict: Verdict::Productionize,
            reason: "it beats the baseline".to_owned(),
            elsewhere: None,
            asked_at: decided,
            superseded: None,
        });
        item.stage = Stage::Decision;
        item.closed = Some(Closed {
            how: CloseReason::Completed,
            at: decided,
        });
        let ctx = Context {
            now: decided,
            ..sample.ctx()
        };
        insta::assert_snapshot!(text(&item, &ctx), @r"
        ### 🧪 Experiment · Decision · Sprint 12

        **Decided:** ✅ productionize · jonas, 25 Nov 2026
        > it beats the baseline

        ⏳ The issue that follows from it could not be opened yet; labhand tries again, and `/sync` makes it try at once.

        | Hypothesis 🔒 | Fine-tuned BERT routes tickets better than GPT-2 |
        |:--|:--|
        | **Time box** | `▰▰▰▰▰▰▱▱▱▱` 16 h of 24 h · stopped Wed 25 Nov, 11:00 CET · paused for 2 h |
        | **Builds on** | [#41](https://redirect.github.com/acme/fraud/issues/41) |

        | Metric 🔒 amended | Wanted | Baseline | Result | |
        |:--|--:|--:|--:|:--|
        | `f1` | ≥ 0.82 | – | – | not measured |

        <details><summary><b>1 amendment</b></summary>

        - **Metric**, as fixed 23 Nov 2026: f1 &gt;= 0.85 baseline 0.80; latency\_p95 &lt; 50 ms
        - **Metric**, 24 Nov 2026: f1 &gt;= 0.82<br>because the labels are noisier than we thought · mira

        </details>

        <details><summary><b>Findings</b> · mira, 25 Nov 2026</summary>

        BERT is better by \*\*4 points\*\*.<br><br>\- cheap<br>\- slow on long tickets

        </details>

        <sub>🔒 fixed 23 Nov 2026, `3f2a91c0ffee` · `/help` for commands</sub>
        ");
        let years_later = Context {
            now: at("2031-01-01T00:00:00Z"),
            ..sample.ctx()
        };
        assert_eq!(text(&item, &years_later), text(&item, &ctx));
        assert_eq!(crate::view::item(&item, &years_later).next_change, None);
    }

    #[test]
    fn development_shows_its_pull_requests() {
        let sample = Sample::default();
        let mut item = Sample::development();
        item.points = Some(Points { low: 5, high: 8 });
        item.fields.deliverables = vec![
            (true, "endpoint".to_owned()),
            (false, "load test".to_owned()),
        ];
        insta::assert_snapshot!(text(&item, &sample.ctx()), @"
    ### ⚙️ Development · In progress

    **Next:** mark [#63](https://redirect.github.com/acme/fraud/issues/63) ready for review.

    | Points | 5-8 |
    |:--|:--|
    | **Deliverables** | 1 of 2 done |
    | **Pull requests** | [#63](https://redirect.github.com/acme/fraud/issues/63) draft |

    <sub>`/help` for commands</sub>
    ");
        assert!(!is_due(&item, Kind::Development));
        item.warnings.insert(Rule::DevelopmentNeedsPoints);
        assert!(is_due(&item, Kind::Development));
    }

    #[test]
    fn what_is_ready_can_start() {
        let sample = Sample::default();
        let days = Span {
            days: 2,
            ..Span::default()
        };
        let item = Item {
            box_length: Some(BoxLength::Span(days)),
            ..Sample::research()
        };
        let text = text(&item, &sample.ctx());
        assert!(
            text.contains("**Next:** `/activate` starts it and its time box of 2 d."),
            "{text}"
        );
    }
}
