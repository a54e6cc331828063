//! The comment of a model's home: where the model stands, its gates as boxes, what was tried, handed
//! over and promoted, and every move. People tick its boxes, so a box and its slug must stand exactly so:
//! ``- [ ] `slug` ``.

use crate::domain::ids::ItemNumber;
use crate::domain::item::Item;
use crate::domain::kind::Kind;
use crate::domain::lifecycle::gates::LifecycleStage;
use crate::domain::lifecycle::{Drift, Gate, GateState, Home, LifecycleMove, Seen, gates};
use crate::domain::policy::{Level, Rule};
use crate::domain::registry::{Record, Run, Stages, Tie};

use super::{Context, link, meter, models, pictures, text, when, words};

/// Lengths of what users typed, in characters of Markdown.
const TITLE: usize = 150;
const REASON: usize = 250;
/// How many of each are listed.
const MOST: usize = 15;

/// The comment's text; `None` for what is no model's home.
pub fn text(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let home = item.home.as_ref()?;
    let seen = ctx.registry.seen(&home.model);
    let parts = [
        Some(head(home, &seen, ctx)),
        other_home(item, home, ctx),
        Some(format!("**Next:** {}", next(home, &seen, ctx))),
        Some(stage(home, home.stage, &seen, ctx)),
        section("Runs", &runs(home, ctx)),
        section("Versions", &versions(home, ctx)),
        section("Experiments", &experiments(home, ctx)),
        section("Hand-offs and other work", &work(home, ctx)),
        section("Drift", &drifts(item, home, ctx)),
        Some(text::details(
            "Its life as a picture",
            &pictures::life(home.stage),
        )),
        folded("Other stages", &other_stages(home, &seen, ctx)),
        folded("On record", &record(home, ctx)),
        Some(foot(ctx)),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(text::bounded(parts.join("\n\n"), text::BODY_LIMIT))
}

/// ``### 🧭 `fraud-detector` · Deployment ▰▰▰▰▰▱ · 2 of 3 gates``
fn head(home: &Home, seen: &Seen, ctx: &Context<'_>) -> String {
    format!(
        "### 🧭 {} · {}",
        text::escape(home.model.as_str(), 60),
        standing(home, seen, ctx)
    )
}

/// `Deployment ▰▰▰▰▰▱ · 2 of 3 gates`
pub fn standing(home: &Home, seen: &Seen, ctx: &Context<'_>) -> String {
    let all = gates(home.stage, ctx.policy).len();
    let open = home.open_gates(seen, ctx.policy).len();
    let (mut reached, mut stages) = (0, 0);
    for stage in LifecycleStage::ALL {
        stages += 1;
        reached += u32::from(*stage <= home.stage);
    }
    format!(
        "{} {} · {} of {all} gates",
        stage_name(home.stage),
        meter::steps(reached, stages),
        all - open
    )
}

/// `Problem definition`
pub fn stage_name(stage: LifecycleStage) -> String {
    let words = stage.word().replace('-', " ");
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => words,
    }
}

/// Another issue was its home before.
fn other_home(item: &Item, home: &Home, ctx: &Context<'_>) -> Option<String> {
    let other = ctx.registry.home(&home.model)?;
    (other != item.number).then(|| {
        format!(
            "> ⚠️ {} is the home of this model; what is about it is listed there.",
            link::item(other, ctx)
        )
    })
}

fn next(home: &Home, seen: &Seen, ctx: &Context<'_>) -> String {
    let open = home.open_gates(seen, ctx.policy);
    match (home.stage.next(), open.is_empty()) {
        (None, _) => "`/drift metric=value note` reports drift and opens an issue for retraining; `/retreat stage reason` goes back.".to_owned(),
        (Some(to), true) => format!("`/advance` takes it to {}.", to.word().replace('-', " ")),
        (Some(to), false) => {
            let slugs: Vec<String> = open.iter().map(|gate| code(&gate.slug)).collect();
            let way = match ctx.policy.level(Rule::LifecycleGates) {
                Level::Enforce => "",
                Level::Warn | Level::Off => " without them, which stays on record",
            };
            format!(
                "tick {} (or `/na gate reason`). `/advance` goes on to {}{way}.",
                words::listed(&slugs),
                to.word().replace('-', " ")
            )
        }
    }
}

fn code(slug: &crate::domain::entries::Slug) -> String {
    text::code(slug.as_str(), 60)
}

fn stage(home: &Home, stage: LifecycleStage, seen: &Seen, ctx: &Context<'_>) -> String {
    let lines: Vec<String> = gates(stage, ctx.policy)
        .iter()
        .map(|gate| line(home, gate, seen, ctx))
        .collect();
    format!("**{}**\n{}", stage_name(stage), lines.join("\n"))
}

fn line(home: &Home, gate: &Gate, seen: &Seen, ctx: &Context<'_>) -> String {
    let (slug, title) = (code(&gate.slug), text::escape(&gate.title, TITLE));
    match home.gate(&gate.slug, seen) {
        GateState::Open => format!("- [ ] {slug} {title}"),
        GateState::Ticked(by) => format!("- [x] {slug} {title} · {}", text::name(&by.login)),
        GateState::Seen(at) => format!("- [x] {slug} {title} · {}", link::item(at, ctx)),
        GateState::Waived(by, reason) => format!(
            "- [x] {slug} ~~{title}~~ not applicable: {} · {}",
            text::escape(reason, REASON),
            text::name(&by.login)
        ),
    }
}

fn other_stages(home: &Home, seen: &Seen, ctx: &Context<'_>) -> Vec<String> {
    let others = LifecycleStage::ALL.iter().filter(|it| **it != home.stage);
    others.map(|it| stage(home, *it, seen, ctx)).collect()
}

/// ``- `production` v2.3.0 since 3 Dec 2026``
fn runs(home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let stages = ctx.registry.stages(&home.model);
    let runs = stages.into_iter().flat_map(Stages::current);
    let line = |run: &Run| {
        format!(
            "- {} v{} since {}",
            text::code(&run.stage, 40),
            text::escape(&run.version.to_string(), 60),
            when::day(run.from, ctx.policy)
        )
    };
    runs.map(line).collect()
}

fn versions(home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let line = |record: &&Record| {
        let mut said = vec![
            format!("- v{}", text::escape(&record.of.version.to_string(), 60)),
            models::origin(record, ctx),
            when::day(record.merged_at, ctx.policy),
        ];
        said.extend(models::state(record, ctx));
        said.join(" · ")
    };
    let records = ctx.registry.records(&home.model);
    some(records.iter().map(line).collect())
}

fn experiments(home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let best = home.selected.as_ref().map(|(number, ..)| *number);
    let line = |(number, tie): &(ItemNumber, &Tie)| {
        let state = match tie.decided {
            Some(verdict) => format!(
                "{} {}",
                words::verdict_emoji(verdict),
                words::verdict(verdict)
            ),
            None if tie.open => "under way".to_owned(),
            None => "closed".to_owned(),
        };
        let best = if best == Some(*number) {
            " · **best performer**"
        } else {
            ""
        };
        format!("- {} · {state}{best}", titled(*number, tie, ctx))
    };
    let ties = ctx.registry.tied(&home.model);
    let explores = |(_, tie): &&(ItemNumber, &Tie)| tie.kind.is_some_and(Kind::is_exploration);
    some(ties.iter().filter(explores).map(line).collect())
}

fn work(home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let line = |(number, tie): &(ItemNumber, &Tie)| {
        let state = match (tie.handed_over.is_empty(), tie.open) {
            (false, _) => "handed over",
            (true, true) => "open",
            (true, false) => "closed",
        };
        format!("- {} · {state}", titled(*number, tie, ctx))
    };
    let ties = ctx.registry.tied(&home.model);
    let works = |(_, tie): &&(ItemNumber, &Tie)| !tie.kind.is_some_and(Kind::is_exploration);
    some(ties.iter().filter(works).map(line).collect())
}

fn titled(number: ItemNumber, tie: &Tie, ctx: &Context<'_>) -> String {
    format!(
        "{} {}",
        link::item(number, ctx),
        text::escape(&tie.title, TITLE)
    )
}

fn drifts(item: &Item, home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let line = |drift: &Drift| {
        let opened = item.follow_ups.get(&drift.at);
        let opened = opened.map_or(String::new(), |it| format!(" → {}", link::item_at(it, ctx)));
        let note = if drift.note.is_empty() {
            String::new()
        } else {
            format!(": {}", text::escape(&drift.note, REASON))
        };
        format!(
            "- {} · {} · {}{note}{opened}",
            when::day(drift.at, ctx.policy),
            text::name(&drift.by.login),
            text::escape(&drift.measured, REASON)
        )
    };
    some(home.drifts.iter().rev().map(line).collect())
}

fn record(home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let line = |moved: &LifecycleMove| {
        let mut said = format!(
            "- {} · {} · {} → {}",
            when::day(moved.at, ctx.policy),
            text::name(&moved.by.login),
            moved.from.word().replace('-', " "),
            moved.to.word().replace('-', " ")
        );
        if let Some(reason) = &moved.reason {
            said.push_str(": ");
            said.push_str(&text::escape(reason, REASON));
        }
        if !moved.open.is_empty() {
            let open: Vec<String> = moved.open.iter().map(code).collect();
            said.push_str(", open: ");
            said.push_str(&words::listed(&open));
        }
        said
    };
    some(home.moves.iter().rev().map(line).collect())
}

/// The first of them, and how many more there are.
fn some(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!("- … and {more} more"));
    }
    lines
}

fn section(title: &str, lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| format!("**{title}**\n{}", lines.join("\n")))
}

fn folded(title: &str, parts: &[String]) -> Option<String> {
    let gap = if title == "On record" { "\n" } else { "\n\n" };
    (!parts.is_empty()).then(|| text::details(title, &parts.join(gap)))
}

fn foot(ctx: &Context<'_>) -> String {
    let enforced = match ctx.policy.level(Rule::LifecycleGates) {
        Level::Enforce => " Gates have to be ticked or waived before it goes on.",
        Level::Warn | Level::Off => "",
    };
    format!(
        "<sub>Issues and pull requests with the label of the model belong to it; what labhand sees there, it ticks itself.{enforced} `/select #n` names the best performer.</sub>"
    )
}

/// Why a command about a model's life is not carried out, and the way out.
pub fn sentence(refusal: &crate::domain::lifecycle::LifecycleRefusal) -> String {
    use crate::domain::lifecycle::LifecycleRefusal;
    match refusal {
        LifecycleRefusal::NotAHome => {
            "this issue is no model's home; `/model track name` makes it one.".to_owned()
        }
        LifecycleRefusal::IsAPull => {
            "a model's home is an issue, and this is a pull request.".to_owned()
        }
        LifecycleRefusal::HomeOf(model) => format!(
            "this is the home of {}; each model has an issue of its own.",
            text::code(model.as_str(), 60)
        ),
        LifecycleRefusal::LastStage => {
            "there is no stage after monitoring; `/retreat stage reason` goes back.".to_owned()
        }
        LifecycleRefusal::NotEarlier { stage } => format!(
            "it is in {}, and goes back to an earlier stage only; `/advance` goes on.",
            stage.word().replace('-', " ")
        ),
        LifecycleRefusal::GatesOpen(open) => {
            let open: Vec<String> = open.iter().take(MOST).map(code).collect();
            format!(
                "open {} {}; tick them in the comment above, or `/na gate reason`.",
                if open.len() == 1 { "is" } else { "are" },
                words::listed(&open)
            )
        }
        LifecycleRefusal::NoSuchGate { slug, closest } => {
            let known = match closest {
                Some(closest) => format!("did you mean {}?", code(closest)),
                None => "the comment of the model names them.".to_owned(),
            };
            format!("there is no gate {}; {known}", code(slug))
        }
    }
}
