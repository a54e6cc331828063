//! What holds for every item, however odd: the difference vanishes once it is made, nothing
//! exceeds GitHub's sizes, nobody is mentioned who need not act, and a view rests between the
//! instants that it names.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::samples::{Sample, at, no_sprints, sight, user};
use super::wanted::KnownLabels;
use super::*;
use crate::domain::fact::{CloseReason, Place};
use crate::domain::fields::model_version;
use crate::domain::handoff::{Handoff, Mark, Side, SignRefusal, Signature, Slug};
use crate::domain::ids::{CommentId, ItemNumber};
use crate::domain::item::{
    Amendment, Answered, Blocked, BoxEnd, Classified, Closed, Decision, Findings, FrozenFields,
    Notice, NoticeKind, Outcome, Pull, Refusal,
};
use crate::domain::kind::{Bucket, Kind, KindSource, Points, Stage, Verdict};
use crate::domain::order::{Frozen, Misread, Order};
use crate::domain::policy::Rule;
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::Span;
use crate::forge::{
    Call, CheckShown, CommentMade, CommentShown, Done, LabelShown, LabelSpec, Shown, Slot,
};

fn one_of<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

/// Short, hostile or very long text.
fn typed() -> impl Strategy<Value = String> {
    let hostile = "@mira #12 <b>|</b> <!-- labhand:status --> [x](y) `c` \n- [x] `serving`\n\n";
    prop_oneof![
        ".{0,40}",
        Just(hostile.to_owned()),
        (1usize..900).prop_map(move |times| hostile.repeat(times)),
        Just("é".repeat(70_000)),
    ]
}

fn instant() -> impl Strategy<Value = Timestamp> {
    let from = at("2026-11-16T00:00:00Z").as_second();
    (from..from + 30 * 86_400).prop_map(|second| Timestamp::from_second(second).unwrap())
}

fn timebox() -> impl Strategy<Value = TimeBox> {
    let changes = prop::collection::vec((0i64..200_000, 0u8..3), 0..4);
    (instant(), 1u32..9, 0u32..9, changes).prop_map(|(start, days, hours, changes)| {
        let span = Span {
            days,
            hours,
            ..Span::default()
        };
        let mut timebox = TimeBox::start(&Sample::default().policy.calendar, span, 80, start);
        let mut when = start;
        for (later, change) in changes {
            when = when
                .saturating_add(SignedDuration::from_secs(later))
                .unwrap();
            match change {
                0 => timebox.pause(when),
                1 => timebox.resume(when),
                _ => timebox.stop(when),
            }
        }
        timebox
    })
}

fn handoff() -> impl Strategy<Value = Handoff> {
    let slug = one_of(&["artifact", "serving", "docs", "performance", "ab-testing"]);
    let marks = prop::collection::vec((slug, any::<[bool; 4]>(), typed()), 0..6);
    let model = prop::option::of(Just("fraud-detector v2.3.0"));
    (marks, model, any::<bool>()).prop_map(|(marks, model, ended)| {
        let since = at("2026-11-23T08:00:00Z");
        let mut handoff = Handoff::begun(since, model.and_then(model_version));
        handoff.ended = ended;
        for (slug, [science, engineering, waived, both], text) in marks {
            let mark: &mut Mark = handoff.marks.entry(Slug::new(slug)).or_default();
            for (side, signs) in [
                (Side::DataScience, science),
                (Side::Engineering, engineering),
            ] {
                if signs {
                    let signature = Signature {
                        by: user(7, &text),
                        at: since,
                        head: Some(sight(false).head),
                        evidence: Some(text.clone()),
                        object: None,
                        carried: None,
                    };
                    mark.signed.insert(side, signature);
                }
                if waived && (both || side == Side::Engineering) {
                    mark.waived.insert(side, (user(8, "ana"), text.clone()));
                    handoff
                        .off
                        .insert(Side::Engineering, (user(8, "ana"), text.clone()));
                }
            }
        }
        handoff
    })
}

fn box_end() -> BoxEnd {
    BoxEnd {
        started: at("2026-11-23T08:00:00Z"),
        extended: 0,
    }
}

fn notice() -> impl Strategy<Value = Notice> {
    let kind = prop_oneof![
        Just(NoticeKind::BoxExpiring(box_end())),
        Just(NoticeKind::BoxExpired(box_end())),
        Just(NoticeKind::BoxReview {
            started: box_end().started,
            sprint: None
        }),
        Just(NoticeKind::PointsRefused),
        Just(NoticeKind::ReopenedUndecided),
        (
            one_of(Stage::ALL),
            prop::sample::subsequence(Rule::ALL, 0..Rule::ALL.len())
        )
            .prop_map(|(to, missing)| NoticeKind::StageRefused {
                to,
                missing,
                stays: Stage::Ideation
            }),
        typed().prop_map(|text| NoticeKind::WrongTick {
            slug: Slug::new(&text),
            by: user(9, &text),
            why: SignRefusal::NoSide,
        }),
    ];
    (instant(), kind).prop_map(|(at, what)| Notice { at, what })
}

fn answered() -> impl Strategy<Value = Answered> {
    let outcome = prop_oneof![
        Just(Outcome::Done),
        Just(Outcome::Asked(Order::Status)),
        typed().prop_map(|topic| Outcome::Asked(Order::Help { topic: Some(topic) })),
        typed().prop_map(|text| Outcome::Refused(Refusal::Misread(Misread::Argument {
            problem: text.clone(),
            example: text,
        }))),
        typed().prop_map(|text| Outcome::Refused(Refusal::NoSuchPreset {
            name: text.clone(),
            presets: vec![text; 50],
        })),
        typed().prop_map(|text| Outcome::Refused(Refusal::NoSuchEntry {
            slug: Slug::new(&text),
            closest: Some(Slug::new(&text)),
        })),
    ];
    (typed(), outcome, 0u32..100).prop_map(|(text, outcome, index)| Answered {
        place: Place::Comment(CommentId(5)),
        index,
        text,
        at: at("2026-11-24T09:00:00Z"),
        outcome,
    })
}

prop_compose! {
    fn item_with_work()(
        kind in prop::option::weighted(0.9, one_of(Kind::ALL)),
        stage in 0usize..4,
        source in one_of(&[KindSource::Stated, KindSource::Inferred]),
        timebox in prop::option::of(timebox()),
        closed in prop::option::weighted(0.3, instant()),
        texts in prop::collection::vec(typed(), 6),
        flags in any::<[bool; 6]>(),
        points in prop::option::of((1u32..9, 1u32..9)),
        bucket in prop::option::of(one_of(Bucket::ALL)),
        off_at in prop::option::of(instant()),
    ) -> Item {
        let by = || user(1, "mira");
        let mut item = Item {
            title: texts[0].clone(),
            author: Some(user(1, &texts[5])),
            kind: kind.map(|kind| Classified { kind, source }),
            stage: Stage::track(kind.unwrap_or(Kind::Research))[stage],
            timebox,
            closed: closed.map(|at| Closed { how: CloseReason::Completed, at }),
            points: points.map(|(low, high)| Points { low, high }),
            bucket,
            stage_label_off_at: off_at,
            yielded: flags[0],
            status_wanted: flags[1],
            warnings: if flags[2] { Rule::ALL.iter().copied().collect() } else { BTreeSet::new() },
            blocked: flags[3].then(|| Blocked { since: at("2026-11-20T09:00:00Z"), reason: Some(texts[1].clone()) }),
            ..Item::unseen(ItemNumber(48))
        };
        let written = at("2026-11-20T09:00:00Z");
        if flags[4] {
            let findings = Findings { at: written, by: by(), text: texts[2].clone() };
            item.findings = vec![findings; 5];
            item.decision = Some(Decision { at: written, by: by(), verdict: Verdict::Abandon, reason: texts[3].clone(), elsewhere: None, asked_at: written, superseded: None });
        }
        if flags[5] {
            let amendment = Amendment { at: written, by: by(), field: Frozen::Metric, text: texts[4].clone(), reason: texts[1].clone() };
            item.frozen = Some(FrozenFields {
                at: written,
                hypothesis: Some(texts[2].clone()),
                metric: Some(texts[3].clone()),
                baseline: None,
                digest: "3f2a91c0ffee".to_owned(),
                text_digest: String::new(),
                amendments: vec![amendment; 20],
            });
        }
        item.fields.question = Some(texts[4].clone());
        item.fields.builds_on = (1..40).map(ItemNumber).collect();
        item
    }
}

prop_compose! {
    fn any_item()(
        item in item_with_work(),
        handoff in prop::option::of(handoff()),
        notices in prop::collection::vec(notice(), 0..3),
        answers in prop::collection::vec(answered(), 0..30),
    ) -> Item {
        let mut item = item;
        if let Some(handoff) = handoff {
            item.is_pull = true;
            item.pull = Some(Pull { sight: sight(false), ..Sample::handoff().pull.unwrap() });
            item.handoff = Some(handoff);
        }
        item.notices = notices;
        item.answers = BTreeMap::from([(5, answers)]);
        item
    }
}

/// Something that GitHub may show already, right or wrong.
fn any_shown() -> impl Strategy<Value = Shown> {
    let label = one_of(&[
        "kind/research",
        "kind/development",
        "stage/active",
        "stage/done",
        "points/3",
        "points/5-8",
        "blocked",
        "handoff",
        "timebox/running",
        "needs/findings",
        "bug",
        "model/x",
        "bucket/learning",
    ]);
    let labels = prop::collection::btree_map(label.prop_map(str::to_owned), any::<bool>(), 0..8);
    let slot = one_of(&["status", "checklist", "reply:5"]);
    let comments = prop::collection::btree_map(slot, prop::option::of(1u64..4), 0..3);
    (
        labels,
        comments,
        prop::option::of(any::<bool>()),
        any::<bool>(),
    )
        .prop_map(|(labels, comments, open, checked)| {
            let since = at("2026-11-20T09:00:00Z");
            let mut shown = Shown {
                open,
                ..Shown::default()
            };
            shown.labels = labels
                .into_iter()
                .map(|(name, there)| (name, LabelShown { there, at: since }))
                .collect();
            for (index, (slot, id)) in (1u64..).zip(comments) {
                let said = CommentShown {
                    id: id.map(|id| CommentId(id * 10 + index)),
                    node: String::new(),
                    digest: "old".to_owned(),
                };
                shown.comments.insert(Slot(slot.to_owned()), said);
            }
            if checked {
                let key = format!("{}@{}", checks::HANDOFF, sight(false).head);
                shown.checks.insert(
                    key,
                    CheckShown {
                        id: 4,
                        digest: "old".to_owned(),
                        annotations: String::new(),
                    },
                );
            }
            shown
        })
}

/// GitHub's answer to a call that went well.
fn answer(call: &Call, id: u64) -> Done {
    match call {
        Call::CreateLabel(_) => Done::Label(id),
        Call::CreateComment { .. } => Done::Comment(CommentMade {
            id: CommentId(id),
            node: format!("IC_{id}"),
        }),
        Call::WriteCheck { .. } => Done::Check(id),
        Call::CreateIssue { .. } => Done::Issue(ItemNumber(id)),
        Call::AddLabels { .. }
        | Call::RemoveLabel { .. }
        | Call::EditComment { .. }
        | Call::React { .. }
        | Call::Close { .. }
        | Call::Reopen { .. }
        | Call::EditIssue { .. }
        | Call::Release(_)
        | Call::Tag(_) => Done::Nothing,
    }
}

fn renamed() -> (KnownLabels, BTreeMap<String, String>) {
    let spec = LabelSpec {
        name: "Forschung".to_owned(),
        color: "ededed".to_owned(),
        description: String::new(),
    };
    (
        BTreeMap::from([("kind/research".to_owned(), spec)]),
        BTreeMap::from([
            ("kind/research".to_owned(), "forschung".to_owned()),
            ("stage/active".to_owned(), "doing".to_owned()),
        ]),
    )
}

fn mentions(text: &str) -> bool {
    text.split('@')
        .skip(1)
        .any(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric()))
}

/// What GitHub would look for mentions in: the text outside of code.
fn outside_code(text: &str) -> String {
    text.split('`').step_by(2).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_was_done_need_not_be_done_again(item in any_item(), shown in any_shown(), now in instant()) {
        let sample = Sample::default();
        let wanted = super::item(&item, &Context { now, ..sample.ctx() });
        let (known, renames) = renamed();
        let mut shown = shown;
        let calls = diff(&shown, &wanted, item.number, &known, &renames);
        for (id, call) in (100..).zip(&calls) {
            done(&mut shown, call, &answer(call, id), now, &known, &renames);
        }
        let rest = diff(&shown, &wanted, item.number, &known, &renames);
        prop_assert!(rest.is_empty(), "{rest:?}");
    }

    #[test]
    fn nothing_exceeds_what_github_takes(item in any_item(), now in instant()) {
        let sample = Sample::default();
        let ctx = Context { now, board: Some("board"), ..sample.ctx() };
        let wanted = super::item(&item, &ctx);
        for call in diff(&Shown::default(), &wanted, item.number, &KnownLabels::new(), &BTreeMap::new()) {
            match call {
                Call::CreateComment { slot, body, .. } => {
                    prop_assert!(body.chars().count() <= 65_536);
                    prop_assert_eq!(body.matches("<!-- labhand:").count(), 1);
                    prop_assert!(body.ends_with(&slot.marker()));
                    if !slot.0.starts_with("notice:box") {
                        prop_assert!(!mentions(&outside_code(&body)), "{}", body);
                    }
                }
                Call::WriteCheck { check, .. } => {
                    prop_assert!(check.title.chars().count() <= 140 && check.summary.len() <= 65_535);
                    prop_assert!(!check.title.is_empty());
                }
                Call::CreateLabel(spec) => {
                    prop_assert!(spec.name.chars().count() <= 50 && spec.description.chars().count() <= 100);
                }
                Call::AddLabels { .. } | Call::RemoveLabel { .. } | Call::EditComment { .. } | Call::React { .. }
                | Call::Close { .. } | Call::Reopen { .. } | Call::CreateIssue { .. } | Call::EditIssue { .. }
                | Call::Release(_) | Call::Tag(_) => {}
            }
        }
    }

    #[test]
    fn a_view_rests_until_it_says_that_it_changes(item in any_item(), now in instant(), later in 1i64..100_000) {
        let sample = Sample::default();
        // A state knows nothing of the future.
        let changes = item.timebox.iter().flat_map(|timebox| timebox.runs.iter());
        let last = changes.map(|(start, end)| end.unwrap_or(*start)).max();
        let now = last.map_or(now, |last| last.max(now));
        let here = super::item(&item, &Context { now, ..sample.ctx() });
        let then = now.saturating_add(SignedDuration::from_secs(later)).unwrap();
        prop_assert!(here.next_change.is_none_or(|change| change > now));
        if here.next_change.is_none_or(|change| change > then) {
            let there = super::item(&item, &Context { now: then, ..sample.ctx() });
            prop_assert_eq!(here, there);
        }
    }

    #[test]
    fn a_board_takes_any_items(items in prop::collection::vec(any_item(), 0..6), now in instant()) {
        let sample = Sample::default();
        let board = super::board(&items, &no_sprints(), &Context { now, policy_problem: Some("x\n@mira"), ..sample.ctx() });
        prop_assert!(board.text.chars().count() <= text::BODY_LIMIT);
        prop_assert!(!mentions(&outside_code(&board.text)));
        prop_assert!(!board.compared.contains("updated"));
    }
}

#[test]
fn a_board_is_created_once_and_edited_only_when_it_differs() {
    let sample = Sample::default();
    let items = [sample.active_experiment()];
    let (known, renames) = renamed();
    let mut shown = Shown::default();
    let first = super::board(&items, &no_sprints(), &sample.ctx());
    let calls = diff_board(&shown, &first, &KnownLabels::new(), &renames);
    assert!(matches!(
        calls.as_slice(),
        [Call::CreateLabel(_), Call::CreateIssue { .. }]
    ));
    for (id, call) in (7..).zip(&calls) {
        done(
            &mut shown,
            call,
            &answer(call, id),
            first_at(),
            &known,
            &renames,
        );
    }
    let minutes_later = Context {
        now: at("2026-11-24T15:40:00Z"),
        ..sample.ctx()
    };
    let same = super::board(&items, &no_sprints(), &minutes_later);
    assert_ne!(same.text, first.text);
    assert!(diff_board(&shown, &same, &KnownLabels::new(), &renames).is_empty());
    let other = super::board(&[], &no_sprints(), &minutes_later);
    let calls = diff_board(&shown, &other, &KnownLabels::new(), &renames);
    assert!(matches!(
        calls.as_slice(),
        [Call::EditIssue {
            number: ItemNumber(8),
            ..
        }]
    ));
    done(
        &mut shown,
        &calls[0],
        &Done::Nothing,
        first_at(),
        &known,
        &renames,
    );
    assert!(diff_board(&shown, &other, &KnownLabels::new(), &renames).is_empty());
}

fn first_at() -> Timestamp {
    at("2026-11-24T15:30:00Z")
}

#[test]
fn a_new_item_costs_few_calls() {
    let sample = Sample::default();
    let wanted = super::item(&Sample::research(), &sample.ctx());
    let shown = Shown {
        open: Some(true),
        ..Shown::default()
    };
    let calls = diff(
        &shown,
        &wanted,
        ItemNumber(41),
        &KnownLabels::new(),
        &BTreeMap::new(),
    );
    assert_eq!(
        calls.len(),
        4,
        "two definitions, one addition, one comment: {calls:?}"
    );
}

#[test]
fn a_deleted_answer_stays_deleted_until_it_says_something_else() {
    let sample = Sample::default();
    let mut item = Sample::research();
    let failed = |text: &str| Answered {
        place: Place::Comment(CommentId(5)),
        index: 0,
        text: text.to_owned(),
        at: first_at(),
        outcome: Outcome::Refused(Refusal::NotBlocked),
    };
    item.answers.insert(5, vec![failed("/unblock")]);
    let (known, renames) = renamed();
    let mut shown = Shown::default();
    let wanted = super::item(&item, &sample.ctx());
    for (id, call) in (7..).zip(&diff(&shown, &wanted, item.number, &known, &renames)) {
        done(
            &mut shown,
            call,
            &answer(call, id),
            first_at(),
            &known,
            &renames,
        );
    }
    for said in shown.comments.values_mut() {
        said.id = None;
    }
    let again = |shown: &Shown, item: &Item| -> Vec<String> {
        let wanted = super::item(item, &sample.ctx());
        let calls = diff(shown, &wanted, item.number, &known, &renames);
        calls
            .into_iter()
            .filter_map(|call| match call {
                Call::CreateComment { slot, .. } => Some(slot.0),
                _ => None,
            })
            .collect()
    };
    assert_eq!(again(&shown, &item), ["status"]);
    item.answers.insert(5, vec![failed("/unblock now")]);
    assert_eq!(again(&shown, &item), ["reply:5", "status"]);
}
