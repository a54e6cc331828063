//! `state = fold(state, fact, ground)`: the one way in which an item changes.
//!
//! Facts are folded in the order of [`Fact::order`], and before each one the clock runs up to it
//! ([`pass`]), so that what time alone does (the circuit breaker of a box) happens at its own
//! moment and not when somebody looks. The same set of facts ends in the same state in whatever
//! order and however often they arrived.

use jiff::{SignedDuration, Timestamp};

use super::actor::{Actor, Needs, Permission, User};
use super::entries::Slug;
use super::fact::{CloseReason, Fact, Snapshot, What};
use super::fields;
use super::guards;
use super::item::{
    BoxEnd, Closed, Decision, FieldName, Item, Notice, NoticeKind, Superseded, digest_of_fields,
};
use super::kind::{Kind, Stage};
use super::policy::{Level, Policy, Rule};
use super::sprint;

mod boxes;
mod elsewhere;
mod kinds;
mod labels;
mod lifecycle;
mod models;
mod orders;
mod outcome;
mod pulls;
mod stages;

/// What holds around an item at the time of a fact.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The policy in force at the fact's time.
    pub policy: &'a Policy,
    /// Since when new issues of this repository are taken in by their titles and types.
    pub since: Timestamp,
}

/// Folds one fact into an item. Facts must come in the order of [`Fact::order`].
pub fn fold(item: &mut Item, fact: &Fact, ground: &Ground<'_>) {
    pass(item, fact.at);
    // What a rule has said once is kept true when it has nothing to say any more. Within the second
    // of its opening an item is not complete: its labels are facts of their own.
    let complete = item.created_at.is_some_and(|created| fact.at > created);
    item.status_wanted |= complete && !item.warnings.is_empty();
    pulls::note_merge(item, fact, ground.policy);
    if let Some(home) = item.home.as_mut() {
        home.follow(ground.policy);
    }
    item.quiet &= !asks_for_something(&fact.what);
    let by = fact.by.as_ref();
    match &fact.what {
        What::Opened(snapshot) => see(item, snapshot, fact.at, Sight::Opened, ground),
        What::Seen(snapshot) => see(item, snapshot, fact.at, Sight::Passing, ground),
        What::Observed(snapshot) => observe(item, snapshot, fact.at, ground),
        What::Adopted => adopt(item),
        What::Labeled { label } => labels::put_on(item, label, by, fact.at, ground),
        What::Unlabeled { label } => labels::taken_off(item, label, fact.at),
        What::Closed { how } => close(item, *how, fact.at, ground),
        What::Reopened => reopen(item, fact.at, by),
        What::Ordered(ordered) => orders::carry_out(item, ordered, by, fact.at, ground),
        What::Ticked { slug, on } => tick(item, slug, *on, by, fact.at, ground),
        What::Pull(sight) => pulls::see(item, sight, fact.at, ground),
        What::PullRead {
            closes,
            touches_handoff_paths,
            touches_policy,
        } => {
            let touches = (*touches_handoff_paths, *touches_policy);
            pulls::read(item, closes, touches, fact.at);
        }
        What::PolicyTried { head, trial } => {
            item.policy_trial = Some((head.clone(), (**trial).clone()));
        }
        What::EvidenceAt {
            commit,
            path,
            thing,
        } => item.evidence.learn(commit, path, thing.clone()),
        What::CardRead { object, card } => item.evidence.learn_card(object, (**card).clone()),
        What::LinkedPull { number, sight } => {
            pulls::linked(item, *number, sight, fact.at, ground);
        }
        What::UnlinkedPull { number } => pulls::unlinked(item, *number, fact.at, ground),
        What::Foundation {
            number,
            kind,
            decided,
            chain,
        } => {
            let stands = super::item::Foundation {
                kind: *kind,
                decided: *decided,
                chain: chain.clone(),
            };
            item.foundations.insert(*number, stands);
        }
        What::OtherBox { number, people } => {
            if people.is_empty() {
                item.other_boxes.remove(number);
            } else {
                item.other_boxes.insert(*number, people.clone());
            }
        }
        What::BuiltOnBy { number } => {
            item.built_on_by.insert(*number);
        }
        What::ClosesProduct { number } => pulls::closes_product(item, *number, fact.at),
        What::CarriedOver(carried) => pulls::carry_over(item, carried, ground.policy),
        What::MilestoneIs { number, now } => {
            if item
                .milestone
                .as_ref()
                .is_some_and(|it| it.number == *number)
            {
                item.milestone.clone_from(now);
                plan(item, ground.policy);
            }
        }
        What::FollowsUp(origin) => elsewhere::follows_up(item, origin),
        What::FollowedBy { asked_at, item: to } => {
            item.follow_ups.insert(*asked_at, to.clone());
        }
        What::Tried { numbers } => item.tried.clone_from(numbers),
        What::Arrived { .. } => elsewhere::arrive(item, fact.at),
        What::Moved { to } => item.moved_to = Some(to.clone()),
        What::Gone => item.gone = true,
    }
    pulls::note_merge(item, fact, ground.policy);
    stages::try_again(item, fact.at, ground.policy);
    item.warnings = guards::warnings(item, ground.policy);
}

/// Takes in what was there before labhand; what is an item already stays as it is.
fn adopt(item: &mut Item) {
    if item.kind.is_none() && !item.taken_in {
        item.taken_in = true;
        item.quiet = true;
    }
}

/// Whether somebody has done something about the item that may be answered.
fn asks_for_something(what: &What) -> bool {
    match what {
        What::Opened(_)
        | What::Labeled { .. }
        | What::Unlabeled { .. }
        | What::Closed { .. }
        | What::Reopened
        | What::Ordered(_)
        | What::Ticked { .. }
        | What::Pull(_)
        | What::LinkedPull { .. }
        | What::Arrived { .. } => true,
        What::Seen(_)
        | What::Observed(_)
        | What::Adopted
        | What::PullRead { .. }
        | What::PolicyTried { .. }
        | What::EvidenceAt { .. }
        | What::CardRead { .. }
        | What::UnlinkedPull { .. }
        | What::Foundation { .. }
        | What::OtherBox { .. }
        | What::BuiltOnBy { .. }
        | What::ClosesProduct { .. }
        | What::CarriedOver(_)
        | What::MilestoneIs { .. }
        | What::FollowsUp(_)
        | What::FollowedBy { .. }
        | What::Tried { .. }
        | What::Moved { .. }
        | What::Gone => false,
    }
}

/// Lets time pass: reminders fall due, and at the end of a box the circuit breaker trips.
/// Nothing is ever closed for being late.
pub fn pass(item: &mut Item, to: Timestamp) {
    let hour_ago = to.checked_sub(HOUR).unwrap_or(Timestamp::MIN);
    item.disturbed.retain(|at| *at > hour_ago);
    item.yielded = item.disturbed.len() > RESTORATIONS_AN_HOUR;
    if item.gone || item.closed.is_some() {
        return;
    }
    let review = item.home.as_ref().and_then(|home| home.last_review(to));
    if let Some(at) = review {
        notify_once(item, at, NoticeKind::ModelReview);
    }
    let (Some(classified), Some(timebox)) = (item.kind, item.timebox.as_ref()) else {
        return;
    };
    if timebox.stopped {
        return;
    }
    let Some(started) = timebox.started_at() else {
        return;
    };
    let end = BoxEnd {
        started,
        extended: timebox.extensions.len(),
    };
    let sprint = item.sprint_ends.filter(|(_, at)| timebox.was_pending(*at));
    let review = |sprint| NoticeKind::BoxReview { started, sprint };
    let mut due: Vec<(Timestamp, NoticeKind)> = [
        timebox
            .reminder_at()
            .map(|at| (at, NoticeKind::BoxExpiring(end))),
        timebox
            .ends_at()
            .map(|at| (at, NoticeKind::BoxExpired(end))),
        timebox.review_at().map(|at| (at, review(None))),
        sprint.map(|(number, at)| (at, review(Some(number)))),
    ]
    .into_iter()
    .flatten()
    .filter(|(at, _)| *at <= to)
    .collect();
    // In the order of the moments, so that it does not matter when somebody looks.
    due.sort_by_key(|(at, _)| *at);
    for (at, what) in due {
        let expired = matches!(what, NoticeKind::BoxExpired(_));
        if notify_once(item, at, what)
            && expired
            && classified.kind == Kind::Experiment
            && item.stage == Stage::Active
        {
            stages::enter(item, Stage::Analysis, at, None);
            item.tripped = true;
        }
    }
}

/// When the item's sprint ends, by the policy that is in force as it is planned.
fn plan(item: &mut Item, policy: &Policy) {
    let milestone = item.milestone.as_ref();
    item.sprint_ends = milestone
        .and_then(|milestone| Some((milestone.number, sprint::end_of(milestone, policy)?)));
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// After this many labels put back within an hour labhand yields (product §2).
const RESTORATIONS_AN_HOUR: usize = 3;

/// Adds a notice unless there is the same one already; says whether it is new. Those of a box are
/// the same whenever they fall due: what is heard late may move an instant, and says nothing new.
fn notify_once(item: &mut Item, at: Timestamp, what: NoticeKind) -> bool {
    let of_box = match what {
        NoticeKind::BoxExpiring(_) | NoticeKind::BoxExpired(_) | NoticeKind::BoxReview { .. } => {
            true
        }
        NoticeKind::StageRefused { .. }
        | NoticeKind::PointsRefused
        | NoticeKind::ReopenedUndecided
        | NoticeKind::ModelReview
        | NoticeKind::WrongTick { .. } => false,
    };
    if item
        .notices
        .iter()
        .any(|notice| notice.what == what && (of_box || notice.at == at))
    {
        return false;
    }
    item.notices.push(Notice { at, what });
    true
}

/// How an item came into sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// It was just opened.
    Opened,
    /// Something else happened to it.
    Passing,
    /// GitHub was asked for it.
    Asked,
}

/// Takes over text, people, milestone and type; an item that nobody has stated a kind of is
/// classified by them.
fn see(item: &mut Item, snapshot: &Snapshot, at: Timestamp, sight: Sight, ground: &Ground<'_>) {
    let first = item.author.is_none();
    let had_assignees = !item.assignees.is_empty();
    item.title.clone_from(&snapshot.title);
    item.author = Some(snapshot.author.clone());
    item.created_at = Some(snapshot.created_at);
    item.assignees.clone_from(&snapshot.assignees);
    item.milestone.clone_from(&snapshot.milestone);
    plan(item, ground.policy);
    item.issue_type.clone_from(&snapshot.issue_type);
    item.is_pull = snapshot.is_pull;
    if first {
        item.closed = snapshot.closed.map(|how| Closed { how, at });
    }
    item.taken_in |= sight == Sight::Opened || snapshot.created_at >= ground.since;
    read_text(item, &snapshot.body);
    // Another event's picture may show a label that labhand has just put on by inference.
    let labels: &[String] = match sight {
        Sight::Opened | Sight::Asked => &snapshot.labels,
        Sight::Passing => &[],
    };
    kinds::classify(item, labels, snapshot.issue_type.as_deref(), at, ground);
    let newly_assigned = !had_assignees && !item.assignees.is_empty();
    if newly_assigned && item.stage == Stage::Todo && item.closed.is_none() {
        stages::advance_quietly(item, Stage::InProgress, at, ground.policy);
    }
}

/// Reads the fields from the text; what a command has set stays.
fn read_text(item: &mut Item, body: &str) {
    let read = fields::read(body);
    item.text_digest = digest_of_fields([
        read.hypothesis.as_deref(),
        read.metric.as_deref(),
        read.baseline.as_deref(),
    ]);
    let by_text = |field| !item.fields.by_command.contains(&field);
    let (hypothesis, metric) = (by_text(FieldName::Hypothesis), by_text(FieldName::Metric));
    let (builds_on, timebox) = (by_text(FieldName::BuildsOn), by_text(FieldName::Timebox));
    if hypothesis {
        item.fields.hypothesis = read.hypothesis;
    }
    if metric {
        item.fields.metric = read.metric;
    }
    if builds_on {
        item.fields.builds_on = read.builds_on;
    }
    if timebox {
        // The title's, if the text names none, follows with the kind.
        item.box_length = read.timebox;
    }
    item.fields.baseline = read.baseline;
    // Until somebody writes another one, the question is the one that was asked.
    let asked = item.origin.as_ref().and_then(|it| it.question.as_ref());
    item.fields.question = match asked {
        Some(asked) if read.question.as_deref() == Some(asked.written.as_str()) => {
            Some(asked.meant.clone())
        }
        Some(_) | None => read.question,
    };
    item.fields.deliverables = read.deliverables;
    if item.is_pull {
        item.fields.boxes = read.boxes;
    }
    item.fields.part_of = read.part_of;
    if let Some(handoff) = item.handoff.as_mut() {
        handoff.named_by_text(read.model.as_ref());
    }
    item.fields.model = read.model;
}

/// Takes over how GitHub says it is now, where two facts had tied.
fn observe(item: &mut Item, snapshot: &Snapshot, at: Timestamp, ground: &Ground<'_>) {
    see(item, snapshot, at, Sight::Asked, ground);
    match (snapshot.closed, item.closed.is_some()) {
        (Some(how), false) => close(item, how, at, ground),
        (None, true) => reopen(item, at, None),
        (Some(_), true) | (None, false) => {}
    }
    labels::observe(item, &snapshot.labels, at, ground);
}

/// A box of the comment that has boxes: of a model's gates at its home, else of the hand-off.
fn tick(
    item: &mut Item,
    slug: &Slug,
    on: bool,
    by: Option<&Actor>,
    at: Timestamp,
    ground: &Ground<'_>,
) {
    match by.filter(|_| item.home.is_some()) {
        Some(actor) => lifecycle::tick(item, slug, on, actor, at, ground.policy),
        None => pulls::tick(item, slug, on, by, at, ground),
    }
}

/// Closing as completed means done; in another way it ends without being done (product §2).
fn close(item: &mut Item, how: CloseReason, at: Timestamp, ground: &Ground<'_>) {
    if item.closed.is_some() {
        return;
    }
    let Some(classified) = item.kind else {
        item.closed = Some(Closed { how, at });
        // It may have one from before somebody took its kind off.
        if let Some(timebox) = item.timebox.as_mut() {
            timebox.stop(at);
        }
        return;
    };
    let undecided = how.is_done() && guards::is_undecided(item);
    // Who closes it again and again, another bot perhaps, is not fought for ever.
    let hour_ago = at.checked_sub(HOUR).unwrap_or(Timestamp::MIN);
    let reopened = item
        .notices
        .iter()
        .filter(|notice| notice.what == NoticeKind::ReopenedUndecided && notice.at > hour_ago);
    let insists = reopened.count() < RESTORATIONS_AN_HOUR;
    if undecided && insists && ground.policy.level(Rule::DecisionBeforeClose) == Level::Enforce {
        notify_once(item, at, NoticeKind::ReopenedUndecided);
        stages::enter(item, Stage::Analysis, at, None);
        return;
    }
    item.closed = Some(Closed { how, at });
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.stop(at);
    }
    if how.is_done() {
        let last = Stage::track(classified.kind)[3];
        if item.was_active || !classified.kind.is_exploration() {
            stages::enter(item, last, at, None);
        }
    }
}

/// Reopening gives in-progress, or analysis; what never was active is an idea again. A decision
/// stays on record and makes way for another.
fn reopen(item: &mut Item, at: Timestamp, by: Option<&Actor>) {
    if item.closed.take().is_none() {
        return;
    }
    let decided = item.decision.take().map(|decision| Decision {
        superseded: Some(Superseded::Reopened),
        ..decision
    });
    item.earlier_decisions.extend(decided);
    // What closing had stopped goes on; what was found out already needs no more time.
    if item.findings.is_empty()
        && let Some(timebox) = item.timebox.as_mut()
    {
        timebox.go_on(at);
        if item.blocked.is_some() {
            timebox.pause(at);
        }
    }
    let Some(classified) = item.kind else { return };
    let user = by.map(|actor| actor.user.clone());
    if !classified.kind.is_exploration() {
        stages::enter(item, Stage::InProgress, at, user);
    } else if item.was_active {
        stages::enter(item, Stage::Analysis, at, user);
    }
}

/// Whether somebody may do what demands this (product §7, last paragraph).
fn may(actor: &Actor, needs: Needs, item: &Item, ground: &Ground<'_>) -> bool {
    let permission = actor.standing.permission;
    match needs {
        Needs::Anyone => true,
        Needs::Triage => permission >= Permission::Triage,
        Needs::Write => permission >= Permission::Write,
        Needs::AuthorAssigneeTriage => {
            let is_one = |user: &User| user.id == actor.user.id;
            let involved = item.author.iter().chain(&item.assignees).any(is_one);
            permission >= Permission::Triage || involved
        }
        Needs::Lead => actor.is_lead(&ground.policy.leads),
    }
}

#[cfg(test)]
mod tests;
