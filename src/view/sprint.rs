//! A sprint in words: its split, and what was done, decided, learned and carried over.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::item::{Decision, Item};
use crate::domain::sprint::{
    self, Entry, Ledger, Progress, Record, Split, Sprint, capacity, entries, point_cost,
};

use super::{Context, link, text, when, words};

mod split;

use split::{days, deviations, pie, table, tenth};

const TITLE: usize = 100;
/// Characters of a reason or of findings.
const REASON: usize = 250;
/// After this long a summary was posted, or never will be.
const TOLD_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Items that a list names.
const MOST: usize = 25;

/// What is known of a repository's sprints.
#[derive(Debug, Clone, Copy)]
pub struct Plan<'a> {
    /// The sprints, by their ends.
    pub sprints: &'a [Sprint],
    /// What was read of them.
    pub ledger: &'a Ledger,
    /// Since when labhand has been here.
    pub known_since: Timestamp,
    /// From when on the summary of each sprint that has ended is posted.
    pub told_from: &'a BTreeMap<u64, Timestamp>,
    /// Since when the policy has asked for a digest at the time at which it does.
    pub digest_since: Timestamp,
}

/// A sprint with its items and its split as of a moment.
struct Standing<'a> {
    sprint: &'a Sprint,
    entries: Vec<Entry>,
    split: Split,
    point_cost: f64,
}

impl<'a> Plan<'a> {
    /// The sprint that is on.
    pub fn current(&self, ctx: &Context<'_>) -> Option<&'a Sprint> {
        sprint::current(self.sprints, ctx.now)
    }

    /// When one of them is read next, begins, ends, or is summed up.
    pub fn next_change(&self, ctx: &Context<'_>) -> Option<Timestamp> {
        let reading = self.ledger.next(self.sprints, self.known_since, ctx.now);
        let turn = sprint::next_turn(self.sprints, ctx.now);
        let told = self.told_from.values().copied().filter(|at| *at > ctx.now);
        reading.into_iter().chain(turn).chain(told).min()
    }

    /// Whether the summary of a sprint that has ended is due; those of long ago were posted then.
    pub fn is_told(&self, record: &Record, ctx: &Context<'_>) -> bool {
        let from = self.told_from.get(&record.sprint.number);
        from.is_some_and(|from| {
            let until = from.saturating_add(TOLD_FOR).unwrap_or(Timestamp::MAX);
            *from <= ctx.now && ctx.now < until
        })
    }

    fn standing(&self, sprint: &'a Sprint, items: &[Item], ctx: &Context<'_>) -> Standing<'a> {
        let record = self.ledger.0.get(&sprint.number);
        let point_cost = match record {
            Some(record) => record.point_cost,
            None => point_cost(self.ledger, sprint.start),
        };
        let entries = entries(items, sprint, ctx.policy, point_cost, ctx.now);
        let split = if let Some(record) = record {
            record.split(ctx.policy, Some(&entries))
        } else {
            let capacity = capacity(ctx.policy, sprint, &entries);
            Split::of(ctx.policy, capacity, &entries, &entries, point_cost)
        };
        Standing {
            sprint,
            entries,
            split,
            point_cost,
        }
    }
}

/// The split of the sprint that is on, for the board.
pub fn section(items: &[Item], plan: &Plan<'_>, ctx: &Context<'_>) -> Option<String> {
    let sprint = plan.current(ctx)?;
    let standing = plan.standing(sprint, items, ctx);
    if is_blank(&standing.split) {
        return None;
    }
    let parts = [
        Some(table(&standing.split, ctx)),
        deviations(&standing.split, false, ctx),
        pie(&standing.split),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(parts.join("\n\n"))
}

/// Nothing was planned, and nothing else was done.
fn is_blank(split: &Split) -> bool {
    let mut shares = split.shares.iter();
    split.unknown.is_empty() && shares.all(|share| share.planned <= 0.0 && share.actual <= 0.0)
}

/// The answer to `/sprint`.
pub fn text(items: &[Item], plan: &Plan<'_>, ctx: &Context<'_>) -> String {
    let Some(sprint) = plan.current(ctx) else {
        let next = plan.sprints.iter().find(|sprint| sprint.start > ctx.now);
        return match next {
            Some(next) => format!(
                "No sprint is running. {} starts {}.",
                text::escape(&next.title, TITLE),
                when::weekday(next.start, ctx.policy)
            ),
            None => "No sprint is running. A milestone with a due date is one; it starts where the one before ended, or on the day that its description names: `Starts: 2026-11-23`.".to_owned(),
        };
    };
    let standing = plan.standing(sprint, items, ctx);
    let (day, days) = sprint.day(ctx.now, ctx.policy);
    let head = format!(
        "### {} · day {day} of {days} · ends {}",
        text::escape(&sprint.title, TITLE),
        when::last_day(sprint.end, ctx.policy)
    );
    let unfinished = open(&standing.entries);
    let parts = [
        Some(head),
        Some(table(&standing.split, ctx)),
        deviations(&standing.split, false, ctx),
        done(&standing.entries, ctx),
        decided(&standing.entries, items, ctx),
        still_open(&unfinished, plan.ledger, ctx),
        Some(foot(&standing, ctx)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    text::bounded(parts.join("\n\n"), text::BODY_LIMIT)
}

/// What is said on the board issue when a sprint has ended; `None` for one that had nothing in it.
pub fn summary(
    record: &Record,
    items: &[Item],
    ledger: &Ledger,
    ctx: &Context<'_>,
) -> Option<String> {
    let end = record.end.as_ref()?;
    if end.entries.is_empty() && record.plan.entries.is_empty() {
        return None;
    }
    let split = record.split(ctx.policy, None);
    let standing = Standing {
        sprint: &record.sprint,
        entries: end.entries.clone(),
        split,
        point_cost: record.point_cost,
    };
    let carried = open(&end.entries);
    let parts = [
        Some(format!(
            "### 🏁 {} is over · {}",
            text::escape(&record.sprint.title, TITLE),
            when::last_day(end.at, ctx.policy)
        )),
        done(&end.entries, ctx),
        decided(&end.entries, items, ctx),
        learned(&end.entries, items, ctx),
        carried_over(&carried, ledger, ctx),
        Some(table(&standing.split, ctx)),
        deviations(&standing.split, true, ctx),
        boxes(&end.entries),
        Some(foot(&standing, ctx)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(text::bounded(parts.join("\n\n"), text::BODY_LIMIT))
}

fn entry_line(entry: &Entry, ctx: &Context<'_>) -> String {
    format!(
        "{} {}",
        link::item(entry.number, ctx),
        text::escape(&entry.title, TITLE)
    )
}

fn list(head: &str, lines: Vec<String>) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let all = lines.len();
    let mut shown: Vec<String> = lines
        .into_iter()
        .take(MOST)
        .map(|line| format!("- {line}"))
        .collect();
    if all > MOST {
        shown.push(format!("- … and {} more", all - MOST));
    }
    Some(format!("**{head} · {all}**\n{}", shown.join("\n")))
}

/// Production work and research that was finished; experiments are listed with their decisions.
fn done(entries: &[Entry], ctx: &Context<'_>) -> Option<String> {
    let done = entries
        .iter()
        .filter(|entry| entry.progress == Progress::Done && entry.verdict.is_none());
    list("Done", done.map(|entry| entry_line(entry, ctx)).collect())
}

fn decided(entries: &[Entry], items: &[Item], ctx: &Context<'_>) -> Option<String> {
    let lines = entries.iter().filter_map(|entry| {
        let verdict = entry.verdict?;
        let decision = item(entry, items)
            .and_then(|item| Some((item, item.decision.as_ref()?)))
            .filter(|(_, decision)| decision.verdict == verdict);
        let more = decision.map(|(item, decision)| {
            let reason = text::escape(&decision.reason, REASON);
            format!("{}: {reason}", opened(item, decision, ctx))
        });
        Some(format!(
            "{} {} → {}{}",
            words::verdict_emoji(verdict),
            entry_line(entry, ctx),
            words::verdict(verdict),
            more.unwrap_or_default()
        ))
    });
    list("Decided", lines.collect())
}

/// `, #57`: what a decision has opened.
pub(super) fn opened(item: &Item, decision: &Decision, ctx: &Context<'_>) -> String {
    item.follow_up(decision)
        .map_or(String::new(), |at| format!(", {}", link::item_at(at, ctx)))
}

fn item<'a>(entry: &Entry, items: &'a [Item]) -> Option<&'a Item> {
    items.iter().find(|item| item.number == entry.number)
}

/// The figure that matters: a success rate alone would reward safe bets.
fn learned(entries: &[Entry], items: &[Item], ctx: &Context<'_>) -> Option<String> {
    let finished = || {
        entries
            .iter()
            .filter(|entry| entry.explores && entry.progress == Progress::Done)
    };
    let all = finished().count();
    let wrote = finished().filter(|entry| entry.learned).count();
    let lines = finished().filter_map(|entry| {
        let findings = item(entry, items)?.findings.last()?;
        let number = link::item(entry.number, ctx);
        Some(format!(
            "- {number}: {}",
            text::escape(&findings.text, REASON)
        ))
    });
    (all > 0).then(|| {
        let head = format!(
            "**Learned** · {wrote} of {} wrote it down",
            words::counted(all, "finished exploration", "finished explorations")
        );
        let lines = lines.take(MOST);
        [head]
            .into_iter()
            .chain(lines)
            .collect::<Vec<_>>()
            .join("\n")
    })
}

fn open(entries: &[Entry]) -> Vec<&Entry> {
    entries
        .iter()
        .filter(|entry| entry.progress == Progress::Open)
        .collect()
}

/// What is not finished, and how often it came along from the sprint before.
fn still_open(open: &[&Entry], ledger: &Ledger, ctx: &Context<'_>) -> Option<String> {
    let lines = open.iter().map(|entry| {
        let often = match ledger.carried_over(entry.number) {
            0 => String::new(),
            times => format!(" · carried over {}", how_often(times)),
        };
        format!("{}{often}", entry_line(entry, ctx))
    });
    list("Still open", lines.collect())
}

/// What was not finished, and how often that happened to it, this time included.
fn carried_over(open: &[&Entry], ledger: &Ledger, ctx: &Context<'_>) -> Option<String> {
    let lines = open.iter().map(|entry| {
        let often = match ledger.carried_over(entry.number) {
            0 | 1 => String::new(),
            times => format!(" · {} now", how_often(times)),
        };
        format!("{}{often}", entry_line(entry, ctx))
    });
    list("Carried over", lines.collect())
}

fn how_often(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{times} times"),
    }
}

fn boxes(entries: &[Entry]) -> Option<String> {
    let over = || entries.iter().filter_map(|entry| entry.held);
    let all = over().count();
    let held = over().filter(|held| *held).count();
    (all > 0).then(|| format!("**Time boxes:** {held} of {all} held."))
}

/// What the figures rest on.
fn foot(standing: &Standing<'_>, ctx: &Context<'_>) -> String {
    let points: f64 = standing
        .entries
        .iter()
        .filter(|entry| entry.progress == Progress::Done)
        .filter_map(|entry| entry.points)
        .sum();
    let sized_by_points = standing.entries.iter().any(|entry| entry.points.is_some());
    let capacity = standing.split.capacity;
    let mut parts: Vec<String> = (capacity > 0.0)
        .then(|| format!("{} of capacity", days(capacity)))
        .into_iter()
        .collect();
    parts.push(format!(
        "since {}",
        when::day(standing.sprint.start, ctx.policy)
    ));
    if sized_by_points {
        parts.push(format!(
            "a point counts {}, {} {} done",
            days(standing.point_cost),
            tenth(points),
            if (points - 1.0).abs() < f64::EPSILON {
                "point"
            } else {
                "points"
            }
        ));
    }
    format!("<sub>{}</sub>", parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{CloseReason, Milestone};
    use crate::domain::ids::ItemNumber;
    use crate::domain::item::Closed;
    use crate::domain::sprint::Reading;
    use crate::view::samples::{Sample, at, no_sprints};

    const ODD: &str = "@acme/all \"Sprint\" | #12 <b> `x` [y](https://z.test)";

    fn sprint() -> Sprint {
        Sprint {
            number: 3,
            title: ODD.to_owned(),
            start: at("2026-11-22T23:00:00Z"),
            end: at("2026-12-04T23:00:00Z"),
            planned_at: at("2026-11-22T23:00:00Z"),
        }
    }

    fn in_sprint(item: Item, number: u64, title: &str) -> Item {
        Item {
            number: ItemNumber(number),
            title: title.to_owned(),
            milestone: Some(Milestone {
                number: 3,
                title: ODD.to_owned(),
                due: None,
                starts: None,
                created_at: None,
                closed_at: None,
            }),
            ..item
        }
    }

    fn items(sample: &Sample) -> Vec<Item> {
        let done = Item {
            closed: Some(Closed {
                how: CloseReason::Completed,
                at: at("2026-11-24T08:00:00Z"),
            }),
            points: Some(crate::domain::kind::Points { low: 5, high: 8 }),
            ..Sample::development()
        };
        vec![
            in_sprint(sample.active_experiment(), 48, ODD),
            in_sprint(done, 57, ODD),
            in_sprint(Sample::research(), 41, "Explore | and @mira"),
        ]
    }

    fn ledger(sample: &Sample, items: &[Item], ended: bool) -> Ledger {
        let mut ledger = Ledger::default();
        let sprint = sprint();
        for (at, is_end) in [(sprint.planned_at, false), (sprint.end, true)] {
            if is_end && !ended {
                continue;
            }
            let reading = Reading {
                sprint: sprint.clone(),
                at,
                is_end,
            };
            ledger.take(&reading, items, &sample.policy);
        }
        ledger
    }

    #[test]
    fn titles_are_harmless_wherever_they_stand() {
        let sample = Sample::default();
        let ctx = sample.ctx();
        let items = items(&sample);
        let (sprints, ledger) = ([sprint()], ledger(&sample, &items, false));
        let plan = Plan {
            sprints: &sprints,
            ledger: &ledger,
            ..no_sprints()
        };
        insta::assert_snapshot!(text(&items, &plan, &ctx), @r#"
        ### @&#8203;acme/all "Sprint" &#124; #&#8203;12 &lt;b&gt; \`x\` \[y\](https:&#8203;//z.test) · day 2 of 10 · ends Fri 4 Dec 2026

        | Sprint split | Target | Planned | Done | |
        |:--|--:|--:|--:|:--|
        | Committed | 60 % · 12 d | 32 % · 6.5 d | 32 % · 6.5 d | `▰▰▰▰▰▰▰▰▰▰` |
        | Experiments | 30 % · 6 d | 15 % · 3 d | 9 % · 1.8 d | `▰▰▰▰▰▰▱▱▱▱` |
        | Learning | 10 % · 2 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |
        | Unsized | | 1 item | | [#41](https://redirect.github.com/acme/fraud/issues/41) |

        ⚖️ Committed is planned at 32 % instead of 60 % · Experiments is planned at 15 % instead of 30 %.

        **Done · 1**
        - [#57](https://redirect.github.com/acme/fraud/issues/57) @&#8203;acme/all "Sprint" &#124; #&#8203;12 &lt;b&gt; \`x\` \[y\](https:&#8203;//z.test)

        **Still open · 2**
        - [#41](https://redirect.github.com/acme/fraud/issues/41) Explore &#124; and @&#8203;mira
        - [#48](https://redirect.github.com/acme/fraud/issues/48) @&#8203;acme/all "Sprint" &#124; #&#8203;12 &lt;b&gt; \`x\` \[y\](https:&#8203;//z.test)

        <sub>20 d of capacity · since 23 Nov 2026 · a point counts 1 d, 6.5 points done</sub>
        "#);
        insta::assert_snapshot!(section(&items, &plan, &ctx).unwrap_or_default(), @r#"
        | Sprint split | Target | Planned | Done | |
        |:--|--:|--:|--:|:--|
        | Committed | 60 % · 12 d | 32 % · 6.5 d | 32 % · 6.5 d | `▰▰▰▰▰▰▰▰▰▰` |
        | Experiments | 30 % · 6 d | 15 % · 3 d | 9 % · 1.8 d | `▰▰▰▰▰▰▱▱▱▱` |
        | Learning | 10 % · 2 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |
        | Unsized | | 1 item | | [#41](https://redirect.github.com/acme/fraud/issues/41) |

        ⚖️ Committed is planned at 32 % instead of 60 % · Experiments is planned at 15 % instead of 30 %.

        <details><summary><b>Split as a pie</b></summary>

        ```mermaid
        pie showData
            title Planned person-days
            "Committed" : 6.5
            "Experiments" : 3.0
        ```

        </details>
        "#);
    }

    #[test]
    fn a_summary_is_harmless_and_says_what_is_known() {
        let sample = Sample::default();
        let items = items(&sample);
        let ledger = ledger(&sample, &items, true);
        let record = &ledger.0[&3];
        insta::assert_snapshot!(summary(record, &items, &ledger, &sample.ctx()).unwrap_or_default(), @r#"
        ### 🏁 @&#8203;acme/all "Sprint" &#124; #&#8203;12 &lt;b&gt; \`x\` \[y\](https:&#8203;//z.test) is over · Fri 4 Dec 2026

        **Done · 1**
        - [#57](https://redirect.github.com/acme/fraud/issues/57) @&#8203;acme/all "Sprint" &#124; #&#8203;12 &lt;b&gt; \`x\` \[y\](https:&#8203;//z.test)

        **Carried over · 2**
        - [#41](https://redirect.github.com/acme/fraud/issues/41) Explore &#124; and @&#8203;mira
        - [#48](https://redirect.github.com/acme/fraud/issues/48) @&#8203;acme/all "Sprint" &#124; #&#8203;12 &lt;b&gt; \`x\` \[y\](https:&#8203;//z.test)

        | Sprint split | Target | Planned | Done | |
        |:--|--:|--:|--:|:--|
        | Committed | 60 % · 12 d | 32 % · 6.5 d | 32 % · 6.5 d | `▰▰▰▰▰▰▰▰▰▰` |
        | Experiments | 30 % · 6 d | 15 % · 3 d | 50 % · 10 d | `▰▰▰▰▰▰▰▰▰▰` |
        | Learning | 10 % · 2 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |
        | Unsized | | 1 item | | [#41](https://redirect.github.com/acme/fraud/issues/41) |

        ⚖️ Committed took 32 % instead of 60 % · Experiments took 50 % instead of 30 %.

        <sub>20 d of capacity · since 23 Nov 2026 · a point counts 1 d, 6.5 points done</sub>
        "#);
    }

    #[test]
    fn thousands_of_items_are_named_up_to_a_number() {
        let sample = Sample::default();
        let noise = "@mira #12 <b>|</b> ".repeat(30);
        let many: Vec<Item> = (0..3_000)
            .map(|number| in_sprint(Sample::development(), number, &noise))
            .collect();
        let ledger = ledger(&sample, &many, true);
        let summary = summary(&ledger.0[&3], &many, &ledger, &sample.ctx()).unwrap_or_default();
        assert!(summary.contains("**Carried over · 3000**"));
        assert_eq!(
            summary.matches("… and 2975 more").count(),
            2,
            "the list, and what is unsized"
        );
        assert!(summary.len() < 20_000, "{}", summary.len());
    }
}
