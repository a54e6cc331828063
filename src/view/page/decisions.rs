//! The decision log, with what is looked for in it.

use super::super::json::{DecisionLine, Decisions};
use super::super::{Context, text, when, words};
use super::card;
use crate::domain::kind::Verdict;

/// Lines that a page shows.
pub(super) const MOST: usize = 50;

/// What somebody looks for, as they typed it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Words.
    pub words: String,
    /// A verdict.
    pub verdict: String,
    /// The first day.
    pub since: String,
    /// The last day.
    pub until: String,
    /// What is wrong with that.
    pub problem: Option<String>,
}

impl Asked {
    /// Whether anything is looked for.
    pub fn is_something(&self) -> bool {
        [&self.words, &self.verdict, &self.since, &self.until]
            .iter()
            .any(|it| !it.is_empty())
    }
}

/// A decision.
pub(super) struct Line {
    pub(super) number: u64,
    pub(super) url: Option<String>,
    pub(super) title: String,
    pub(super) sign: &'static str,
    pub(super) verdict: &'static str,
    pub(super) reason: String,
    pub(super) by: String,
    pub(super) when: String,
    pub(super) opened: Option<(String, String)>,
    pub(super) superseded: Option<&'static str>,
}

/// A verdict that can be chosen.
pub(super) struct Choice {
    pub(super) word: &'static str,
    pub(super) chosen: bool,
}

pub(super) fn choices(asked: &Asked) -> Vec<Choice> {
    let choice = |verdict: &Verdict| Choice {
        word: verdict.word(),
        chosen: verdict.word() == asked.verdict,
    };
    Verdict::ALL.iter().map(choice).collect()
}

pub(super) fn lines(log: &Decisions, ctx: &Context<'_>) -> Vec<Line> {
    let shown = log.decisions.iter().take(MOST);
    shown.map(|decision| line(decision, ctx)).collect()
}

fn line(decision: &DecisionLine, ctx: &Context<'_>) -> Line {
    let verdict = Verdict::from_word(decision.verdict);
    Line {
        number: decision.number,
        url: (!decision.deleted).then(|| card::url(decision.number, ctx)),
        title: text::plain(&decision.title, 200),
        sign: verdict.map_or("", words::verdict_emoji),
        verdict: verdict.map_or("", words::verdict),
        reason: text::plain(&decision.reason, 600),
        by: decision.by.clone(),
        when: when::day(decision.at, ctx.policy),
        opened: decision.opened.as_ref().map(|opened| {
            let here = opened.repo == ctx.repo.to_string();
            let repo = if here { "" } else { opened.repo.as_str() };
            (
                format!("{repo}#{}", opened.number),
                format!("{}/{}/issues/{}", ctx.web_url, opened.repo, opened.number),
            )
        }),
        superseded: decision.superseded,
    }
}
