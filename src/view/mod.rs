//! Every word that users read, and what GitHub should show.
//!
//! [`item`] and [`board()`] are pure: a state, the policy and an instant give what is wanted, and
//! [`diff::diff`] compares that with what is shown. Nothing here changes merely because time has
//! passed, except at the instants that `next_change` names; so a second look at the same state
//! costs no call. What users typed goes through [`text`] before it stands anywhere.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::ids::{CommentId, RepoId, RepoName};
use crate::domain::item::Item;
use crate::domain::policy::Policy;
use crate::domain::registry::Registry;
use crate::domain::teams::TeamProblem;
use crate::domain::timebox::TimeBox;

pub mod amendments;
pub mod board;
pub mod card;
pub mod checklist;
pub mod checks;
pub mod csv;
pub mod diff;
pub mod follow_up;
pub mod home;
pub mod json;
pub mod labels;
pub mod link;
pub mod meter;
pub mod models;
pub mod next_step;
pub mod notices;
pub mod page;
pub mod pictures;
mod policy_check;
pub mod refusals;
pub mod release;
pub mod replies;
pub mod results;
pub mod retraining;
pub mod rules;
pub mod signing;
pub mod slots;
pub mod sprint;
pub mod status;
pub mod text;
pub mod wanted;
pub mod when;
pub mod words;

pub use board::board;
pub use diff::{
    ReleaseStep, board_digest, diff, diff_board, done, found, is_refused, next_for_release,
    open_issue, shown_check, shown_gate, undone, without_file,
};
use wanted::{Openness, Wanted};

/// What a view has to know beside the item itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The repository's policy.
    pub policy: &'a Policy,
    /// The present.
    pub now: Timestamp,
    /// The repository.
    pub repo: &'a RepoName,
    /// Its id, which survives renaming.
    pub repo_id: RepoId,
    /// Where people see it: `https://github.com`, or an Enterprise host; without a slash at the end.
    pub web_url: &'a str,
    /// The bot is an App and writes check runs; otherwise commit statuses, which have a title only.
    pub as_app: bool,
    /// The items that a pull request is linked to, oldest first; for an issue, those it builds on.
    pub linked: &'a [Item],
    /// Other pull requests with the same head commit, whose checks are the same ones.
    pub same_head: &'a [Item],
    /// Why the policy file is not in force, if it is not.
    pub policy_problem: Option<&'a str>,
    /// The teams of the policy whose members cannot be known, and why.
    pub team_problems: &'a BTreeMap<String, TeamProblem>,
    /// The comment of the pull request to which a commit status links.
    pub checklist: Option<CommentId>,
    /// The versions of models.
    pub registry: &'a Registry,
    /// The board's text, for `/board`; `None`: a `/board` waits until it has been drawn.
    pub board: Option<&'a str>,
    /// The sprint's summary, for `/sprint`; `None`: it waits likewise.
    pub sprint: Option<&'a str>,
}

impl Context<'_> {
    /// The item of this number among those that this one is linked to.
    fn linked(&self, number: crate::domain::ids::ItemNumber) -> Option<&Item> {
        self.linked.iter().find(|item| item.number == number)
    }
}

/// What GitHub should show of an item.
pub fn item(item: &Item, ctx: &Context<'_>) -> Wanted {
    let mut wanted = Wanted::default();
    if item.gone || !ctx.policy.enabled {
        return wanted;
    }
    replies::add(item, ctx, &mut wanted);
    checks::add(item, ctx, &mut wanted);
    labels::add_handoff(item, &mut wanted);
    labels::add_model(item, &mut wanted);
    let live = item.home.as_ref().filter(|_| item.closed.is_none());
    if let Some(review) = live.and_then(|home| home.next_review(ctx.now)) {
        wanted.changes_at(review);
    }
    if let Some(text) = home::text(item, ctx).or_else(|| checklist::text(item, ctx)) {
        wanted.say(slots::checklist(), text);
    }
    notices::add(item, ctx, &mut wanted);
    if let Some(kind) = own_kind(item, ctx) {
        labels::add(item, kind, ctx, &mut wanted);
        if status::is_due(item, kind) {
            wanted.say(slots::status(), status::text(item, ctx));
        }
        wanted.state = (!item.is_pull).then_some(match &item.closed {
            Some(closed) => Openness::Closed(closed.how),
            None => Openness::Open,
        });
        wanted.follow_up = follow_up::wanted(item, ctx);
        for change in changes_of_box(item, ctx) {
            wanted.changes_at(change);
        }
    }
    if wanted.follow_up.is_none() {
        wanted.follow_up = retraining::wanted(item, ctx);
    }
    // The comment that is there must not go on telling of a clock that nobody looks after.
    if item.kind.is_none() && item.opted_out && item.status_wanted {
        wanted.say(slots::status(), status::text(item, ctx));
    }
    if let Some(prefix) = ctx.policy.prefix.as_deref() {
        let comments = wanted.comments.values_mut().map(|said| &mut said.text);
        let checks = wanted.checks.iter_mut().map(|check| &mut check.summary);
        for text in comments.chain(checks) {
            *text = respelled(text, prefix);
        }
    }
    wanted
}

/// Where other bots use the same words, every command that is named is named in its long form.
fn respelled(text: &str, prefix: &str) -> String {
    let mut pieces = text.split("`/");
    let mut respelled = pieces.next().unwrap_or_default().to_owned();
    let long = format!("{prefix} ");
    for piece in pieces {
        respelled.push_str("`/");
        if !piece.starts_with(&long) {
            respelled.push_str(&long);
        }
        respelled.push_str(piece);
    }
    respelled
}

/// The kind of what is an item in its own right: a pull request that is linked to an item
/// inherits that one's kind, and shows it in its check alone.
fn own_kind(item: &Item, ctx: &Context<'_>) -> Option<crate::domain::kind::Kind> {
    let inherits = item.is_pull && ctx.linked.iter().any(|linked| linked.kind.is_some());
    let kind = item.kind?.kind;
    (!inherits && !item.opted_out).then_some(kind)
}

/// When the item's box next shows something else or asks for a review, even while it is paused. A
/// closed item is never redrawn by time.
fn changes_of_box(item: &Item, ctx: &Context<'_>) -> Vec<Timestamp> {
    let live = |timebox: &&TimeBox| item.closed.is_none() && !timebox.stopped;
    let Some(timebox) = item.timebox.as_ref().filter(live) else {
        return Vec::new();
    };
    let sprint = item.sprint_ends.map(|(_, ends)| ends);
    let later = |at: &Timestamp| *at > ctx.now;
    let reviews = [timebox.review_at(), sprint];
    let reviews = reviews.into_iter().flatten().filter(later);
    reviews.chain(timebox.next_step(ctx.now)).collect()
}

/// The instant for which an item is drawn: a closed one stays as it was when it was closed.
fn drawn_at(item: &Item, now: Timestamp) -> Timestamp {
    item.closed.as_ref().map_or(now, |closed| closed.at)
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
