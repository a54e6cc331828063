//! A repository's board on one page.

use askama::Template;

use super::super::json::{BoardSheet, Column, Decisions, FigureSheet, ItemLine, Models, Sprints};
use super::super::{Context, text, words};
use super::card::{self, Card};
use super::decisions::{self, Asked, Choice, Line};
use super::figures::{self, Plot};
use super::models::{self, ModelView};
use super::sprint::{self, SprintView};
use super::timeline::{self, Timeline};
use super::{Frame, rendered};
use crate::domain::kind::Stage;

/// Cards of a column, and lines of production. More of them are no overview.
const MOST: usize = 60;

/// What a page is made of.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The board.
    pub board: &'a BoardSheet,
    /// The sprints.
    pub sprints: &'a Sprints,
    /// The models.
    pub models: &'a Models,
    /// The decisions that are looked for.
    pub decisions: &'a Decisions,
    /// The flow figures.
    pub figures: &'a FigureSheet,
}

#[derive(Template)]
#[template(path = "repository.html")]
struct Page<'a> {
    frame: &'a Frame,
    repo: String,
    url: String,
    at: String,
    zone: String,
    sprint_day: Option<String>,
    problem: Vec<String>,
    attention: Vec<Attention>,
    columns: Vec<ColumnView>,
    timeline: Option<Timeline>,
    sprint: Option<SprintView>,
    production: Vec<Card>,
    more_production: usize,
    models: Vec<ModelView>,
    handoffs: Vec<HandoffView>,
    asked: &'a Asked,
    choices: Vec<Choice>,
    decisions: Vec<Line>,
    found: usize,
    plots: Vec<Plot>,
}

/// Something that somebody has to do.
struct Attention {
    number: u64,
    url: String,
    title: String,
    what: String,
}

struct ColumnView {
    stage: &'static str,
    count: usize,
    cards: Vec<Card>,
    more: usize,
}

struct HandoffView {
    number: u64,
    url: String,
    title: String,
    of: String,
    signed: usize,
    entries: usize,
    width: String,
    turn: String,
    merged_unsigned: bool,
}

/// The page of a repository.
pub fn repository(source: Source<'_>, asked: &Asked, ctx: &Context<'_>, frame: &Frame) -> String {
    let board = source.board;
    let explored: Vec<&ItemLine> = board.columns.iter().flat_map(|it| &it.items).collect();
    let sprints = &source.sprints.sprints;
    let sprint = sprints.iter().find(|sheet| sheet.on).or(sprints.first());
    let production = board.production.iter().take(MOST);
    rendered(&Page {
        frame,
        repo: board.repo.clone(),
        url: format!("{}/{}", ctx.web_url, board.repo),
        at: timeline::today(ctx),
        zone: ctx.policy.calendar.timezone.clone(),
        sprint_day: board.sprint.as_ref().map(|sprint| {
            let title = text::plain(&sprint.title, 100);
            format!("{title} · day {} of {}", sprint.day, sprint.days)
        }),
        problem: problem(board),
        attention: attention(board, ctx),
        columns: board.columns.iter().map(|it| column(it, ctx)).collect(),
        timeline: timeline::timeline(&explored, ctx),
        sprint: sprint.map(|sheet| sprint::view(sheet, ctx)),
        production: production.map(|line| card::card(line, ctx)).collect(),
        more_production: board.production.len().saturating_sub(MOST),
        models: models::views(source.models, ctx),
        handoffs: handoffs(board, ctx),
        asked,
        choices: decisions::choices(asked),
        decisions: decisions::lines(source.decisions, ctx),
        found: source.decisions.decisions.len(),
        plots: figures::plots(source.figures),
    })
}

fn problem(board: &BoardSheet) -> Vec<String> {
    let lines = board.policy_problem.iter().flat_map(|text| text.lines());
    lines
        .filter(|line| !line.trim().is_empty())
        .take(10)
        .map(|line| text::plain(line, 300))
        .collect()
}

fn column(column: &Column, ctx: &Context<'_>) -> ColumnView {
    let items = column.items.iter().take(MOST);
    ColumnView {
        stage: Stage::from_word(column.stage).map_or("", words::stage),
        count: column.items.len(),
        cards: items.map(|line| card::card(line, ctx)).collect(),
        more: column.items.len().saturating_sub(MOST),
    }
}

/// What waits for somebody, the boxes that are over first.
fn attention(board: &BoardSheet, ctx: &Context<'_>) -> Vec<Attention> {
    const MOST: usize = 8;
    let items = || board.columns.iter().flat_map(|it| &it.items);
    let over = items().filter_map(|line| {
        let is_over = line
            .time_box
            .as_ref()
            .is_some_and(|it| it.state != "stopped" && it.percent >= 100);
        let owed = if line.learned {
            "a decision is due"
        } else {
            "findings are due"
        };
        (is_over && line.closed_at.is_none())
            .then(|| (line, format!("its time box is over: {owed}")))
    });
    let waiting = items()
        .filter(|line| line.stage == "decision" && line.closed_at.is_none())
        .filter(|line| line.verdict.is_none())
        .map(|line| (line, "it waits for a decision".to_owned()));
    let blocked = items()
        .filter(|line| line.closed_at.is_none())
        .filter_map(|line| Some((line, line.blocked.as_ref()?)))
        .map(|(line, reason)| {
            let reason = text::plain(reason, 100);
            let what = if reason.is_empty() {
                "it is blocked".to_owned()
            } else {
                format!("it is blocked: {reason}")
            };
            (line, what)
        });
    let mut seen = std::collections::BTreeSet::new();
    over.chain(waiting)
        .chain(blocked)
        .filter(|(line, _)| seen.insert(line.number))
        .take(MOST)
        .map(|(line, what)| Attention {
            number: line.number,
            url: card::url(line.number, ctx),
            title: text::plain(&line.title, 120),
            what: match line.who.as_slice() {
                [] => format!("{what} (nobody has it)"),
                who => format!("{what} ({})", who.join(", ")),
            },
        })
        .collect()
}

fn handoffs(board: &BoardSheet, ctx: &Context<'_>) -> Vec<HandoffView> {
    let side = |side: &&str| match *side {
        "data-science" => "data science".to_owned(),
        other => other.to_owned(),
    };
    let view = |line: &super::super::json::HandoffLine| {
        let sides: Vec<String> = line.waiting_for.iter().map(side).collect();
        HandoffView {
            number: line.number,
            url: card::url(line.number, ctx),
            title: text::plain(&line.title, 160),
            of: match (&line.model, &line.version) {
                (Some(model), Some(version)) => {
                    format!("{} {version}", text::plain(model, 80))
                }
                (Some(model), None) => text::plain(model, 80),
                (None, _) => String::new(),
            },
            signed: line.signed,
            entries: line.entries,
            width: super::numbers::width(
                super::numbers::count(line.signed),
                super::numbers::count(line.entries),
            ),
            turn: if sides.is_empty() {
                "complete".to_owned()
            } else {
                format!("waiting for {}", words::listed(&sides))
            },
            merged_unsigned: line.merged_unsigned,
        }
    };
    board.handoffs.iter().map(view).collect()
}
