//! The comment in a model's home: where the model stands between idea and production, which gates are
//! open, and how it came there.

use crate::domain::actor::User;
use crate::domain::entries::Slug;
use crate::domain::item::Item;
use crate::domain::lifecycle::{
    self, Gate, GateState, Home, LifecycleMove, LifecycleRefusal, LifecycleStage,
};

use super::{Context, link, text, when, words};

mod ties;

/// The longest reason that is shown, in characters of Markdown.
const LINE: usize = 200;
/// The most items that a gate names.
const MOST_LINKS: usize = 5;
/// The most moves that are listed.
const MOST_MOVES: usize = 20;

/// The comment's text.
pub fn text(item: &Item, home: &Home, ctx: &Context<'_>) -> String {
    let (met, asked) = met(home, home.stage, ctx);
    let head = format!(
        "### 📦 {} · {} · {met} of {asked} gates",
        text::escape(home.model.as_str(), LINE),
        stage(home.stage)
    );
    let mut parts = vec![head];
    parts.extend(next(item, home, ctx));
    parts.push(gates(home, home.stage, ctx));
    parts.extend(others(home, ctx));
    parts.extend(ties::experiments(item, home, ctx));
    parts.extend(ties::handoffs(item, ctx));
    parts.extend(ties::drifts(item, home, ctx));
    parts.extend(moves(home, ctx));
    parts.push(
        "<sub>Tick a gate, or write `/na gate reason` · `/help` for commands</sub>".to_owned(),
    );
    text::bounded(parts.join("\n\n"), text::BODY_LIMIT)
}

fn next(item: &Item, home: &Home, ctx: &Context<'_>) -> Option<String> {
    if item.closed.is_some() {
        return None;
    }
    let open = home.open_gates(home.stage, ctx.policy);
    let open: Vec<String> = open.iter().map(code).collect();
    Some(match (home.stage.next(), open.is_empty()) {
        (Some(to), true) => format!(
            "**Next:** `/advance` takes it to {}.",
            stage(to).to_lowercase()
        ),
        (Some(_), false) => format!("**Next:** {}, then `/advance`.", words::listed(&open)),
        (None, false) => format!("**Next:** {}.", words::listed(&open)),
        (None, true) => return None,
    })
}

/// ``Deployment · 2 of 3 gates · #41``
pub fn on_board(item: &Item, ctx: &Context<'_>) -> Option<String> {
    let home = item.home.as_ref()?;
    let (met, asked) = met(home, home.stage, ctx);
    Some(format!(
        "{} · {met} of {asked} gates · {}",
        stage(home.stage),
        link::item(item.number, ctx)
    ))
}

/// How many gates of a stage are met, and of how many.
fn met(home: &Home, stage: LifecycleStage, ctx: &Context<'_>) -> (usize, usize) {
    let asked = lifecycle::asked_in(stage, ctx.policy).count();
    (asked - home.open_gates(stage, ctx.policy).len(), asked)
}

fn gates(home: &Home, stage: LifecycleStage, ctx: &Context<'_>) -> String {
    let lines = lifecycle::asked_in(stage, ctx.policy).map(|gate| gate_line(home, gate, ctx));
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return "No gates here.".to_owned();
    }
    lines.join("\n")
}

fn gate_line(home: &Home, gate: &Gate, ctx: &Context<'_>) -> String {
    let title = text::escape(lifecycle::title(gate, ctx.policy), LINE);
    let state = home.gates.get(&gate.slug());
    let (mark, how) = match state {
        Some(GateState::Ticked { by, at }) => ('x', format!(" · {}", who(by, *at, ctx))),
        Some(GateState::Waived { by, at, reason }) => (
            'x',
            format!(
                " · does not apply: {} · {}",
                text::escape(reason, LINE),
                who(by, *at, ctx)
            ),
        ),
        Some(GateState::Seen { on }) => {
            let on: Vec<String> = on
                .iter()
                .take(MOST_LINKS)
                .map(|it| link::item(*it, ctx))
                .collect();
            ('x', format!(" · seen in {}", words::listed(&on)))
        }
        None => (' ', String::new()),
    };
    format!("- [{mark}] `{}` {title}{how}", gate.slug)
}

fn who(by: &User, at: jiff::Timestamp, ctx: &Context<'_>) -> String {
    format!("{}, {}", text::name(&by.login), when::day(at, ctx.policy))
}

/// The gates of the other stages, folded; they may be ticked early, and late.
fn others(home: &Home, ctx: &Context<'_>) -> Vec<String> {
    let others = LifecycleStage::ALL.iter().copied();
    others
        .filter(|other| *other != home.stage)
        .filter(|other| lifecycle::asked_in(*other, ctx.policy).next().is_some())
        .map(|other| {
            let (met, asked) = met(home, other, ctx);
            let summary = format!("<b>{}</b> · {met} of {asked}", stage(other));
            text::details(&summary, &gates(home, other, ctx))
        })
        .collect()
}

/// How it came here, the newest first.
fn moves(home: &Home, ctx: &Context<'_>) -> Option<String> {
    let shown = home.moves.iter().rev().take(MOST_MOVES);
    let mut lines: Vec<String> = shown.map(|moved| move_line(moved, ctx)).collect();
    if home.moves.len() > MOST_MOVES {
        lines.push(format!("- … and {} before", home.moves.len() - MOST_MOVES));
    }
    (!lines.is_empty()).then(|| {
        let summary = format!(
            "<b>{}</b>",
            words::counted(home.moves.len(), "move", "moves")
        );
        text::details(&summary, &lines.join("\n"))
    })
}

fn move_line(moved: &LifecycleMove, ctx: &Context<'_>) -> String {
    let mut line = format!(
        "- {} → {} · {}",
        stage(moved.from),
        stage(moved.to).to_lowercase(),
        who(&moved.by, moved.at, ctx)
    );
    if let Some(reason) = &moved.reason {
        line.push_str(": ");
        line.push_str(&text::escape(reason, LINE));
    }
    if !moved.open.is_empty() {
        let open: Vec<String> = moved.open.iter().map(code).collect();
        line.push_str(" · ⚠️ past ");
        line.push_str(&words::listed(&open));
    }
    line
}

/// What a stage of the lifecycle is called.
pub fn stage(stage: LifecycleStage) -> &'static str {
    match stage {
        LifecycleStage::ProblemDefinition => "Problem definition",
        LifecycleStage::DataExploration => "Data exploration",
        LifecycleStage::Experimentation => "Experimentation",
        LifecycleStage::Development => "Development",
        LifecycleStage::Deployment => "Deployment",
        LifecycleStage::Monitoring => "Monitoring",
    }
}

fn code(slug: &Slug) -> String {
    text::code(slug.as_str(), 60)
}

/// Why a command about a lifecycle is not carried out, and the way out.
pub fn sentence(refusal: &LifecycleRefusal) -> String {
    match refusal {
        LifecycleRefusal::NoHome => {
            "this issue is no model's home; `/model track name` makes it one.".to_owned()
        }
        LifecycleRefusal::HomeOf(model) => format!(
            "this issue is the home of {}; another model needs another issue.",
            text::code(model.as_str(), 60)
        ),
        LifecycleRefusal::OnPull => {
            "a pull request is no model's home; write it in an issue.".to_owned()
        }
        LifecycleRefusal::AtTheEnd => {
            "monitoring is the last stage; `/retreat stage reason` goes back.".to_owned()
        }
        LifecycleRefusal::GatesOpen { stage: at, gates } => {
            let gates: Vec<String> = gates.iter().map(code).collect();
            format!(
                "it stays in {}: {} open. Tick what is met, or write `/na gate reason` for what does not apply.",
                stage(*at).to_lowercase(),
                are(&gates)
            )
        }
        LifecycleRefusal::NotTied(number) => {
            format!("#{number} is not tied to the model; the label `model/…` ties it.")
        }
        LifecycleRefusal::NotDecided(number) => {
            format!("#{number} is no experiment that was decided; `/decide …` comes first.")
        }
        LifecycleRefusal::NotBefore(at) => format!(
            "it is in {}, and goes back only to a stage before that; `/advance` goes on.",
            stage(*at).to_lowercase()
        ),
        LifecycleRefusal::NoSuchGate { slug, closest } => {
            let way = closest.as_ref().map_or_else(
                || "the comment in this issue names them.".to_owned(),
                |closest| format!("did you mean {}?", code(closest)),
            );
            format!("there is no gate {}; {way}", code(slug))
        }
    }
}

fn are(gates: &[String]) -> String {
    let verb = if gates.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", words::listed(gates))
}

/// That a model in monitoring is to be looked at.
pub fn review(item: &Item, addressed: &str, ctx: &Context<'_>) -> String {
    let Some(home) = &item.home else {
        return String::new();
    };
    format!(
        "{addressed}{} is in monitoring since {} and due for a review. `/drift metric=value note` asks for retraining, and `/retreat stage reason` takes it back. If all is well, nothing is to be done; the next reminder comes in {}.",
        text::code(home.model.as_str(), 60),
        when::day(home.since, ctx.policy),
        ctx.policy.review_every.human()
    )
}

/// A tick that was undone.
pub fn wrong_gate(slug: &Slug, by: &User) -> String {
    format!(
        "{} is for somebody with write access to tick; {} has none. The box is as it was.",
        code(slug),
        text::name(&by.login)
    )
}
