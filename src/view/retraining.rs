//! The issue that a report of drift opens: what was measured, and what has to be done.

use crate::domain::item::Item;
use crate::domain::kind::Kind;
use crate::domain::labels::Label;
use crate::domain::lifecycle::{Drift, Home};

use super::wanted::WantedIssue;
use super::{Context, link, slots, text, when};

/// Lengths of what users typed, in characters of Markdown.
const FIELD: usize = 1_500;

/// The issue that the last report asks for and that was not opened yet.
pub fn wanted(item: &Item, ctx: &Context<'_>) -> Option<WantedIssue> {
    let home = item.home.as_ref()?;
    let drift = home.asks_for_retraining()?;
    if item.follow_ups.contains_key(&drift.at) || item.closed.is_some() {
        return None;
    }
    let labels = [
        Label::Kind(Kind::Maintenance),
        Label::Model(home.model.clone()),
    ];
    Some(WantedIssue {
        slot: slots::follow_up(ctx.repo_id, item.number, drift.at),
        repo: None,
        asked_at: drift.at,
        title: text::plain(&format!("Retrain {}", home.model), 100),
        body: body(item, home, drift, ctx),
        labels: labels.iter().map(Label::name).collect(),
    })
}

fn body(item: &Item, home: &Home, drift: &Drift, ctx: &Context<'_>) -> String {
    let mut parts = vec![format!(
        "{} reported drift of {} ({}) on {}: **{}**",
        text::name(&drift.by.login),
        text::code(home.model.as_str(), 60),
        link::item(item.number, ctx),
        when::day(drift.at, ctx.policy),
        text::escape(&drift.measured, FIELD)
    )];
    if !drift.note.is_empty() {
        parts.push(format!("> {}", text::escape_lines(&drift.note, FIELD)));
    }
    parts.push("### Deliverables\n\n- [ ] the cause is known\n- [ ] a retrained version is handed over, or it is written down why none is needed".to_owned());
    parts.join("\n\n")
}
