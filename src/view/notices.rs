//! Comments that are written once, because somebody has to act. Those about a time box are the
//! only ones that mention people.

use crate::domain::handoff::{SignRefusal, Slug};
use crate::domain::item::{BoxEnd, Item, Notice, NoticeKind};
use crate::domain::kind::{Kind, Stage};
use crate::domain::policy::Rule;
use crate::domain::timebox::TimeBox;

use super::wanted::Wanted;
use super::{Context, link, next_step, rules, signing, slots, text, when, words};

/// No more people than these are mentioned.
const MOST_MENTIONS: usize = 10;

/// Adds what has to be said.
pub fn add(item: &Item, ctx: &Context<'_>, wanted: &mut Wanted) {
    let here = |notice: &&Notice| item.arrived_at.is_none_or(|arrived| notice.at > arrived);
    for notice in item
        .notices
        .iter()
        .filter(here)
        .filter(|notice| is_news(notice, item))
    {
        let words = words(notice, item, ctx);
        wanted.say_once(
            slots::notice(notice),
            text::bounded(words, text::BODY_LIMIT),
        );
    }
}

/// A reminder that nobody has to act on is not written any more: where labhand was away while the
/// box went on, its end makes the first reminder moot, and whatever stopped it makes both so.
fn is_news(notice: &Notice, item: &Item) -> bool {
    let stopped = item.timebox.as_ref().is_none_or(|it| it.stopped);
    // What research learned was written down before the box began: nobody owes anything.
    let research = item.kind.is_some_and(|it| it.kind == Kind::Research);
    let owes_nothing = research && !item.findings.is_empty();
    let over = item.closed.is_some() || stopped || owes_nothing;
    match notice.what {
        NoticeKind::BoxExpiring(end) => {
            let ended = |other: &Notice| other.what == NoticeKind::BoxExpired(end);
            !over && is_last_end(end, item) && !item.notices.iter().any(ended)
        }
        NoticeKind::BoxExpired(end) => !over && is_last_end(end, item),
        NoticeKind::BoxReview { .. } => !over,
        NoticeKind::ModelReview => {
            let last = item
                .home
                .as_ref()
                .and_then(|home| home.last_review(notice.at));
            let later =
                |other: &Notice| other.what == NoticeKind::ModelReview && other.at > notice.at;
            item.closed.is_none() && last == Some(notice.at) && !item.notices.iter().any(later)
        }
        NoticeKind::StageRefused { .. }
        | NoticeKind::PointsRefused
        | NoticeKind::ReopenedUndecided
        | NoticeKind::WrongTick { .. } => true,
    }
}

/// What was said of an end that an extension has moved since needs no saying any more.
fn is_last_end(end: BoxEnd, item: &Item) -> bool {
    let last = item.timebox.as_ref();
    last.is_some_and(|timebox| timebox.extensions.len() == end.extended)
}

fn words(notice: &Notice, item: &Item, ctx: &Context<'_>) -> String {
    let kind = item.kind.map(|classified| classified.kind);
    match &notice.what {
        NoticeKind::BoxExpiring(_) => expiring(item, kind, ctx),
        NoticeKind::BoxExpired(_) => expired(item, kind),
        NoticeKind::BoxReview { sprint, .. } => review(item, *sprint, ctx),
        NoticeKind::StageRefused { to, missing, stays } => {
            stage_refused(item, *to, missing, *stays, ctx)
        }
        NoticeKind::ModelReview => model_review(item, ctx),
        NoticeKind::PointsRefused => format!(
            "**The points are off again.** {}",
            rules::sentence(Rule::NoPointsOnExploration, kind)
        ),
        NoticeKind::ReopenedUndecided => format!(
            "**{} is open again, in analysis.** {}",
            link::item(item.number, ctx),
            rules::sentence(Rule::DecisionBeforeClose, kind)
        ),
        NoticeKind::WrongTick { slug, by, why } => {
            wrong_tick(slug, &text::name(&by.login), why, ctx)
        }
    }
}

/// A monitored model is looked at from time to time.
fn model_review(item: &Item, ctx: &Context<'_>) -> String {
    let model = item.home.as_ref().map(|home| home.model.as_str());
    let since = item
        .home
        .as_ref()
        .map(|home| when::day(home.stage_since, ctx.policy));
    format!(
        "{}{} has been monitored since {}: is it still as good as it was? `/drift metric=value note` opens an issue for retraining; if all is well, there is nothing to do.",
        addressed(item),
        text::code(model.unwrap_or_default(), 60),
        since.unwrap_or_default()
    )
}

/// `@mira, `: the assignees, or who opened it.
fn addressed(item: &Item) -> String {
    let mut people: Vec<String> = item
        .assignees
        .iter()
        .take(MOST_MENTIONS)
        .map(|user| text::mention(&user.login))
        .collect();
    if people.is_empty() {
        people.extend(item.author.iter().map(|user| text::mention(&user.login)));
    }
    if people.is_empty() {
        return String::new();
    }
    format!("{}, ", people.join(" "))
}

fn box_length(item: &Item) -> String {
    let started = item.timebox.as_ref().map(|timebox| timebox.span.human());
    let extensions = item.timebox.iter().flat_map(|timebox| &timebox.extensions);
    let more: Vec<String> = extensions.map(|it| it.span.human()).collect();
    match started.or_else(|| next_step::length(item)) {
        Some(length) if more.is_empty() => format!("the time box of {length}"),
        Some(length) => format!(
            "the time box of {length}, extended by {},",
            words::listed(&more)
        ),
        None => "the time box".to_owned(),
    }
}

fn expiring(item: &Item, kind: Option<Kind>, ctx: &Context<'_>) -> String {
    let share = item
        .timebox
        .as_ref()
        .map_or(ctx.policy.timeboxes.remind_at, |timebox| timebox.remind_at);
    let end = item.timebox.as_ref().and_then(TimeBox::ends_at);
    let end = end.map_or(String::new(), |end| {
        format!(" It ends **{}**.", when::moment(end, ctx.policy))
    });
    format!(
        "{}{share} % of {} is used.{end} {}",
        addressed(item),
        box_length(item),
        finish(kind, !item.findings.is_empty())
    )
}

fn expired(item: &Item, kind: Option<Kind>) -> String {
    format!(
        "{}{} is over. {} Nothing is closed.",
        addressed(item),
        box_length(item),
        finish(kind, !item.findings.is_empty())
    )
}

/// A box that nobody ends is looked at together, even if it is paused.
fn review(item: &Item, ended: Option<u64>, ctx: &Context<'_>) -> String {
    let why = match (ended, &item.milestone) {
        (Some(number), Some(milestone)) if milestone.number == number => format!(
            "{} has ended, and {} is still open.",
            text::escape(&milestone.title, 100),
            box_length(item)
        ),
        // It was moved to another one since.
        (Some(_), _) => format!(
            "its sprint has ended, and {} is still open.",
            box_length(item)
        ),
        (None, _) => format!("{} has been open for twice its length.", box_length(item)),
    };
    let paused = item.timebox.as_ref().is_some_and(TimeBox::is_paused);
    let waits = match (&item.blocked, paused) {
        (Some(blocked), _) => match &blocked.reason {
            Some(reason) => format!(" It waits: *{}*.", text::escape(reason, 200)),
            None => " It is blocked.".to_owned(),
        },
        (None, true) => " It is paused.".to_owned(),
        (None, false) => String::new(),
    };
    let may_grow = item.timebox.as_ref().is_some_and(|timebox| {
        let granted = u32::try_from(timebox.extensions.len()).unwrap_or(u32::MAX);
        granted < timebox.terms.count
    });
    let ways = match (may_grow, words::leads(ctx.policy)) {
        (true, Some(leads)) => format!("decide, or ask {leads} for `/extend`"),
        (true, None) => "decide, or ask a lead for `/extend`".to_owned(),
        (false, _) => "and decide".to_owned(),
    };
    let gap = if may_grow { "," } else { "" };
    format!(
        "{}{why}{waits} Please review it: write what is known with `/findings …`{gap} {ways}. Nothing is closed.",
        addressed(item)
    )
}

fn finish(kind: Option<Kind>, found: bool) -> &'static str {
    match kind {
        Some(Kind::Experiment) | None if found => {
            "Decide with `/decide productionize | abandon | more-research` and the reason."
        }
        Some(Kind::Experiment) | None => {
            "Write what you found with `/findings …`, then decide with `/decide productionize | abandon | more-research` and the reason."
        }
        Some(Kind::Research | Kind::Development | Kind::Maintenance) => {
            "Write what you found with `/findings …`, then close it, or say with `/decide …` what follows."
        }
    }
}

fn stage_refused(
    item: &Item,
    to: Stage,
    missing: &[Rule],
    stays: Stage,
    ctx: &Context<'_>,
) -> String {
    let kind = item.kind.map(|classified| classified.kind);
    let head = format!(
        "**{} stays {}.**",
        link::item(item.number, ctx),
        words::in_stage(stays)
    );
    if missing.is_empty() {
        let track = kind.map_or(String::new(), |kind| {
            let stages: Vec<String> = Stage::track(kind)
                .iter()
                .map(|stage| format!("`{stage}`"))
                .collect();
            format!(
                " {} moves through {}.",
                rules::capital(words::a_kind(kind)),
                words::listed(&stages)
            )
        });
        return format!("{head} `{to}` is not open to it now.{track}");
    }
    let sentences: Vec<String> = missing
        .iter()
        .map(|rule| rules::sentence(*rule, kind))
        .collect();
    format!("{head} {}", sentences.join(" "))
}

fn wrong_tick(slug: &Slug, who: &str, why: &SignRefusal, ctx: &Context<'_>) -> String {
    let sentence = signing::sentence(slug, &format!("{who} is"), why, ctx.policy);
    let now = match why {
        SignRefusal::NothingToTakeBack | SignRefusal::AlreadySigned => "The box is as it was.",
        SignRefusal::NoWrite
        | SignRefusal::NoSide
        | SignRefusal::TeamUnread { .. }
        | SignRefusal::OtherSide { .. }
        | SignRefusal::NeedsPath
        | SignRefusal::NeedsEvidence
        | SignRefusal::BadEvidence
        | SignRefusal::NothingThere { .. }
        | SignRefusal::CardIsFolder
        | SignRefusal::CardLacks(_)
        | SignRefusal::Unread => "The box is open again.",
    };
    format!("{sentence} {now}")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::domain::handoff::Side;
    use crate::view::samples::{Sample, at, user};

    /// The end of the sample's box, which started on Monday at 09:00 in Berlin.
    const END: BoxEnd = BoxEnd {
        started: Timestamp::constant(1_795_420_800, 0),
        extended: 0,
    };

    fn said(what: NoticeKind, item: Item) -> String {
        let sample = Sample::default();
        let notice = Notice {
            at: at("2026-11-26T10:00:00Z"),
            what,
        };
        let item = Item {
            notices: vec![notice],
            ..item
        };
        let wanted = crate::view::item(&item, &sample.ctx());
        let notices = wanted
            .comments
            .iter()
            .filter(|(slot, _)| slot.0.starts_with("notice:"));
        let lines: Vec<String> = notices
            .map(|(slot, said)| format!("{} once={}\n{}", slot.0, said.once, said.text))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn boxes_call_for_whoever_has_to_act() {
        let sample = Sample::default();
        insta::assert_snapshot!(said(NoticeKind::BoxExpiring(END), sample.active_experiment()), @"
        notice:box-expiring:1795420800 once=true
        @mira, 80 % of the time box of 3 d is used. It ends **Wed 25 Nov, 17:00 CET**. Write what you found with `/findings …`, then decide with `/decide productionize | abandon | more-research` and the reason.
        ");
        insta::assert_snapshot!(said(NoticeKind::BoxExpired(END), sample.active_experiment()), @"
        notice:box-expired:1795420800 once=true
        @mira, the time box of 3 d is over. Write what you found with `/findings …`, then decide with `/decide productionize | abandon | more-research` and the reason. Nothing is closed.
        ");
        let research = Item {
            timebox: sample.active_experiment().timebox,
            ..Sample::research()
        };
        insta::assert_snapshot!(said(NoticeKind::BoxExpired(END), research), @"
        notice:box-expired:1795420800 once=true
        @mira, the time box of 3 d is over. Write what you found with `/findings …`, then close it, or say with `/decide …` what follows. Nothing is closed.
        ");
    }

    #[test]
    fn refusals_name_the_way_out_and_mention_nobody() {
        let sample = Sample::default();
        let refused = NoticeKind::StageRefused {
            to: Stage::Active,
            missing: vec![Rule::ExperimentNeedsMetric, Rule::ExplorationNeedsTimebox],
            stays: Stage::Ideation,
        };
        insta::assert_snapshot!(said(refused, sample.active_experiment()), @"
    notice:stage-refused:1795687200 once=true
    **[#48](https://redirect.github.com/acme/fraud/issues/48) stays in ideation.** An experiment needs a success metric before it starts, for example `/metric f1 >= 0.85 baseline 0.80`. An experiment needs a time box before it starts, for example `/timebox 3d`.
    ");
        let off_track = NoticeKind::StageRefused {
            to: Stage::Todo,
            missing: Vec::new(),
            stays: Stage::Active,
        };
        insta::assert_snapshot!(said(off_track, sample.active_experiment()), @"
    notice:stage-refused:1795687200 once=true
    **[#48](https://redirect.github.com/acme/fraud/issues/48) stays active.** `todo` is not open to it now. An experiment moves through `ideation`, `active`, `analysis` and `decision`.
    ");
        insta::assert_snapshot!(said(NoticeKind::PointsRefused, Sample::research()), @"
    notice:points-refused:1795687200 once=true
    **The points are off again.** Research is sized by a time box, never by points; `/timebox 3d` sets one.
    ");
        insta::assert_snapshot!(said(NoticeKind::ReopenedUndecided, sample.active_experiment()), @"
    notice:reopened-undecided:1795687200 once=true
    **[#48](https://redirect.github.com/acme/fraud/issues/48) is open again, in analysis.** An experiment ends with a decision: `/decide productionize | abandon | more-research`, with the reason.
    ");
    }

    #[test]
    fn a_wrong_tick_is_explained() {
        let tick = |why| NoticeKind::WrongTick {
            slug: Slug::new("serving"),
            by: user(1, "mira"),
            why,
        };
        insta::assert_snapshot!(said(tick(SignRefusal::OtherSide { theirs: Side::DataScience }), Sample::handoff()), @"
    notice:wrong-tick:serving:1 once=true
    `serving` is engineering's to sign (acme/ml-platform); mira is in data science. The box is open again.
    ");
        insta::assert_snapshot!(said(tick(SignRefusal::NoSide), Sample::handoff()), @"
    notice:wrong-tick:serving:1 once=true
    `serving` is signed by acme/data-science, mira and acme/ml-platform; mira is on neither side. The box is open again.
    ");
        insta::assert_snapshot!(said(tick(SignRefusal::NothingToTakeBack), Sample::handoff()), @"
    notice:wrong-tick:serving:1 once=true
    `serving` bears no signature of this side to take back. The box is as it was.
    ");
    }
}
