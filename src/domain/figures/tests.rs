//! A handful of items for each figure.

use super::*;
use crate::domain::actor::User;
use crate::domain::fact::{CloseReason, ItemAt};
use crate::domain::ids::{ItemNumber, Login, UserId};
use crate::domain::item::{Blocked, Classified, Closed, Decision, Findings, Move, Reported};
use crate::domain::kind::KindSource;
use crate::domain::metric::Report;
use crate::domain::worktime::Span;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a test's own timestamp")
}

fn mira() -> User {
    User {
        id: UserId(1),
        login: Login::new("mira"),
    }
}

/// Taken up on Monday, 23 November 2026, at nine.
fn item(number: u64, kind: Kind) -> Item {
    let mut item = Item::unseen(ItemNumber(number));
    let source = KindSource::Stated;
    item.kind = Some(Classified { kind, source });
    item.stage = Stage::track(kind)[0];
    item.taken_up_at = Some(at("2026-11-23T09:00:00Z"));
    item
}

fn moved(mut item: Item, to: Stage, when: &str) -> Item {
    item.moves.push(Move {
        at: at(when),
        to,
        by: None,
    });
    item.was_active |= matches!(to, Stage::Active | Stage::InProgress | Stage::InReview);
    item.stage = to;
    item
}

fn closed(mut item: Item, how: CloseReason, when: &str) -> Item {
    item.closed = Some(Closed { how, at: at(when) });
    item
}

/// Done, in the last stage of its track.
fn done(item: Item, when: &str) -> Item {
    let last = Stage::track(item.kind.expect("it has a kind").kind)[3];
    closed(moved(item, last, when), CloseReason::Completed, when)
}

fn learned(mut item: Item) -> Item {
    item.findings.push(Findings {
        at: at("2026-11-24T09:00:00Z"),
        by: mira(),
        text: "it works".to_owned(),
    });
    item
}

/// A box that stopped after so many hours of work from Monday at nine.
fn stopped(length: &str, preset: Option<&str>, hours: u32) -> TimeBox {
    let calendar = Calendar::default();
    let start = at("2026-11-23T09:00:00Z");
    let span = Span::parse(length).expect("a test's own span");
    let mut timebox = TimeBox::start(&calendar, span, 80, start);
    timebox.preset = preset.map(str::to_owned);
    timebox.stop(calendar.end_after(start, WorkTime::from_hours(hours)));
    timebox
}

fn figures(items: &[Item]) -> Figures {
    Figures::of(items, &Calendar::default(), at("2026-12-31T12:00:00Z"))
}

fn hours(spread: Spread) -> (usize, i64) {
    (spread.count, spread.median.seconds() / 3600)
}

/// An experiment that was active for a day, analysed for half a day, and decided.
fn experiment(number: u64) -> Item {
    let active = moved(
        item(number, Kind::Experiment),
        Stage::Active,
        "2026-11-24T09:00:00Z",
    );
    let analysed = moved(active, Stage::Analysis, "2026-11-25T09:00:00Z");
    done(analysed, "2026-11-25T13:00:00Z")
}

#[test]
fn without_items_there_is_nothing_to_tell() {
    let none = figures(&[]);
    assert_eq!(
        (none.boxes, none.cycle),
        (Boxes::default(), Spread::default())
    );
    assert_eq!(
        (none.explored, none.learned, none.blocked),
        (0, 0, WorkTime::ZERO)
    );
    assert!(none.stages.is_empty() && none.outcomes.is_empty() && none.decisions.is_empty());
}

#[test]
fn the_cycle_is_from_leaving_the_first_stage_to_the_end_in_working_time() {
    let quick = done(
        moved(
            item(2, Kind::Development),
            Stage::InProgress,
            "2026-11-27T16:00:00Z",
        ),
        "2026-11-30T10:00:00Z",
    );
    let idea = item(3, Kind::Research);
    let dropped = closed(
        moved(
            item(4, Kind::Research),
            Stage::Active,
            "2026-11-24T09:00:00Z",
        ),
        CloseReason::NotPlanned,
        "2026-12-24T09:00:00Z",
    );
    // Ticked off a list: nobody can say how long it took.
    let ticked_off = done(item(5, Kind::Development), "2026-11-25T13:00:00Z");
    let all = figures(&[experiment(1), quick, idea, dropped, ticked_off]);
    // Twelve hours and two; of two the lower.
    assert_eq!(hours(all.cycle), (2, 2));
    assert_eq!(hours(figures(&[experiment(1)]).cycle), (1, 12));
}

#[test]
fn work_that_came_with_its_pull_request_ready_has_begun() {
    let reviewed = moved(
        item(1, Kind::Development),
        Stage::InReview,
        "2026-11-24T09:00:00Z",
    );
    let all = figures(&[done(reviewed, "2026-11-24T15:00:00Z")]);
    assert_eq!(hours(all.cycle), (1, 6));
    assert_eq!(hours(all.stages[&Stage::InReview]), (1, 6));
}

#[test]
fn a_cycle_over_a_change_of_the_clocks_is_neither_shorter_nor_longer() {
    let berlin = Calendar {
        timezone: "Europe/Berlin".to_owned(),
        ..Calendar::default()
    };
    // From Friday to Monday, each at three in the afternoon in Berlin.
    for (friday, monday) in [
        ("2026-03-27T14:00:00Z", "2026-03-30T13:00:00Z"),
        ("2026-10-23T13:00:00Z", "2026-10-26T14:00:00Z"),
    ] {
        let item = done(
            moved(item(1, Kind::Maintenance), Stage::InProgress, friday),
            monday,
        );
        let all = Figures::of(&[item], &berlin, at("2026-12-31T12:00:00Z"));
        assert_eq!(hours(all.cycle), (1, 8), "{friday}");
    }
}

#[test]
fn stages_take_the_time_between_moves_and_the_last_one_is_the_end() {
    let all = figures(&[experiment(1)]);
    let stages: Vec<_> = all
        .stages
        .iter()
        .map(|(stage, spread)| (*stage, hours(*spread)))
        .collect();
    let expected = [
        (Stage::Ideation, (1, 8)),
        (Stage::Active, (1, 8)),
        (Stage::Analysis, (1, 4)),
    ];
    assert_eq!(stages, expected);
}

#[test]
fn a_stage_that_is_entered_twice_counts_once_with_both_times_and_what_was_closed_between_does_not()
{
    // Decided, and opened again three days later for another half day of analysis.
    let mut again = experiment(1);
    again = moved(again, Stage::Analysis, "2026-11-30T09:00:00Z");
    let again = done(again, "2026-11-30T13:00:00Z");
    let stages = figures(&[again]).stages;
    assert_eq!(hours(stages[&Stage::Analysis]), (1, 8));
    assert_eq!(stages.get(&Stage::Decision), None);
}

#[test]
fn boxes_tell_how_they_held_and_what_was_used_of_them() {
    let with = |number, timebox| {
        let mut item = item(number, Kind::Research);
        item.timebox = Some(timebox);
        item
    };
    let calendar = Calendar::default();
    let span = Span::parse("4h").expect("a span");
    let running = TimeBox::start(&calendar, span, 80, at("2026-11-23T09:00:00Z"));
    let mut extended = stopped("4h", Some("spike"), 6);
    extended.stopped = false;
    extended
        .extend(
            Span::parse("2h").expect("a span"),
            &mira(),
            "more",
            at("2026-11-23T15:00:00Z"),
        )
        .expect("half of it");
    extended.stopped = true;
    // Research that became production work leaves its box on record.
    let mut now_development = item(5, Kind::Development);
    now_development
        .earlier_boxes
        .push(stopped("3d", Some("standard"), 12));
    let boxes = figures(&[
        with(1, stopped("4h", Some("spike"), 2)),
        with(2, stopped("4h", Some("spike"), 4)),
        with(3, extended),
        with(4, running),
        now_development,
        with(6, stopped("10h", None, 20)),
    ])
    .boxes;
    assert_eq!((boxes.finished, boxes.held, boxes.extended), (5, 3, 1));
    let used: Vec<_> = boxes
        .use_by_preset
        .iter()
        .map(|(preset, used)| (preset.as_str(), used.count, used.median))
        .collect();
    assert_eq!(used, [("", 1, 200), ("spike", 3, 100), ("standard", 1, 50)]);
}

#[test]
fn blocked_time_is_working_time_and_ends_when_the_item_does() {
    let blocked = |mut item: Item, since: &str| {
        item.blocked = Some(Blocked {
            since: at(since),
            reason: None,
        });
        item
    };
    let mut before = item(1, Kind::Research);
    before
        .earlier_blocks
        .push((at("2026-11-23T16:00:00Z"), at("2026-11-24T10:00:00Z")));
    assert_eq!(
        figures(std::slice::from_ref(&before)).blocked,
        WorkTime::from_hours(2)
    );
    let still = blocked(item(2, Kind::Development), "2026-12-31T09:00:00Z");
    // One that is still on counts once it is over: a figure changes with facts alone.
    assert_eq!(figures(&[before, still]).blocked, WorkTime::from_hours(2));

    let over = closed(
        blocked(item(3, Kind::Research), "2026-11-23T09:00:00Z"),
        CloseReason::NotPlanned,
        "2026-11-23T10:00:00Z",
    );
    assert_eq!(
        figures(std::slice::from_ref(&over)).blocked,
        WorkTime::from_hours(1)
    );
    // The label was tidied away a week later.
    let mut tidied = over;
    tidied.blocked = None;
    tidied
        .earlier_blocks
        .push((at("2026-11-23T09:00:00Z"), at("2026-11-30T09:00:00Z")));
    assert_eq!(figures(&[tidied]).blocked, WorkTime::from_hours(1));
}

#[test]
fn the_learning_rate_is_of_exploration_that_was_finished() {
    let closed_unlearned = done(
        moved(
            item(3, Kind::Research),
            Stage::Active,
            "2026-11-24T09:00:00Z",
        ),
        "2026-11-25T09:00:00Z",
    );
    let all = figures(&[
        learned(experiment(1)),
        experiment(2),
        closed_unlearned,
        learned(moved(
            item(4, Kind::Research),
            Stage::Active,
            "2026-11-24T09:00:00Z",
        )),
        learned(done(
            moved(
                item(5, Kind::Development),
                Stage::InProgress,
                "2026-11-24T09:00:00Z",
            ),
            "2026-11-25T09:00:00Z",
        )),
    ]);
    assert_eq!((all.explored, all.learned), (3, 1));
}

#[test]
fn outcomes_are_those_of_experiments_and_decisions_those_that_stand() {
    let judged = |mut item: Item, outcome| {
        item.results.push(Reported {
            at: at("2026-11-24T09:00:00Z"),
            by: mira(),
            report: Report::Judged(outcome),
        });
        item
    };
    let decision = |verdict| Decision {
        at: at("2026-11-25T13:00:00Z"),
        by: mira(),
        verdict,
        reason: "so".to_owned(),
        elsewhere: None,
        asked_at: at("2026-11-25T13:00:00Z"),
        superseded: None,
    };
    let mut revised = judged(experiment(1), OutcomeLabel::Refuted);
    revised.earlier_decisions.push(decision(Verdict::Abandon));
    revised.decision = Some(decision(Verdict::MoreResearch));
    let mut abandoned = judged(experiment(2), OutcomeLabel::Refuted);
    abandoned.decision = Some(decision(Verdict::Abandon));
    // An experiment once, with results of then.
    let research = judged(item(3, Kind::Research), OutcomeLabel::Supported);
    let all = figures(&[revised, abandoned, research, experiment(4)]);
    assert_eq!(all.outcomes, BTreeMap::from([(OutcomeLabel::Refuted, 2)]));
    let decisions = [(Verdict::Abandon, 1), (Verdict::MoreResearch, 1)];
    assert_eq!(all.decisions, BTreeMap::from(decisions));
}

#[test]
fn what_is_no_item_here_does_not_count() {
    let mut elsewhere = learned(experiment(1));
    elsewhere.moved_to = Some(ItemAt {
        repo: None,
        number: ItemNumber(9),
    });
    let mut opted_out = learned(experiment(2));
    opted_out.opted_out = true;
    let mut no_item = experiment(3);
    no_item.kind = None;
    let mut linked = experiment(5);
    linked.is_pull = true;
    linked.fields.part_of = vec![ItemNumber(4)];
    // Linked to what is no item, it is one itself.
    let mut alone = experiment(6);
    alone.is_pull = true;
    alone.fields.part_of = vec![ItemNumber(3)];
    let all = figures(&[elsewhere, opted_out, no_item, experiment(4), linked, alone]);
    assert_eq!(all.explored, 2);
}

/// Research of November that taught something.
fn researched_until(end: &str) -> Item {
    let research = item(1, Kind::Research);
    learned(done(
        moved(research, Stage::Active, "2026-11-23T09:00:00Z"),
        end,
    ))
}

/// An experiment with a box that held.
fn in_september() -> Item {
    let began = at("2026-09-21T09:00:00Z");
    let days = Span {
        days: 3,
        ..Span::default()
    };
    let mut timebox = TimeBox::start(&Calendar::default(), days, 80, began);
    timebox.stop(at("2026-09-22T09:00:00Z"));
    let mut item = item(2, Kind::Experiment);
    item.timebox = Some(timebox);
    let active = moved(item, Stage::Active, "2026-09-21T09:00:00Z");
    done(active, "2026-09-23T09:00:00Z")
}

#[test]
fn months_are_those_of_the_zone_and_none_between_is_left_out() {
    let berlin = Calendar {
        timezone: "Europe/Berlin".to_owned(),
        ..Calendar::default()
    };
    let items = [
        // In Berlin it is December by then.
        researched_until("2026-11-30T23:30:00Z"),
        in_september(),
        item(3, Kind::Development),
    ];
    let now = at("2026-12-09T10:00:00Z");
    let told = months(&items, &berlin, now, 24);
    let line = |month: &Month| {
        let (month, explored, learned) = (month.first, month.explored, month.learned);
        format!("{month} {explored} {learned}")
    };
    assert_eq!(
        told.iter().map(line).collect::<Vec<_>>(),
        [
            "2026-09-01 1 0",
            "2026-10-01 0 0",
            "2026-11-01 0 0",
            "2026-12-01 1 1"
        ]
    );
    // The latest are kept.
    assert_eq!(
        months(&items, &berlin, now, 2)[0].first.to_string(),
        "2026-11-01"
    );
    assert!(months(&items[2..], &berlin, now, 24).is_empty());
}

#[test]
fn the_months_together_are_the_figures() {
    let items = [researched_until("2026-11-25T09:00:00Z"), in_september()];
    let (calendar, now) = (Calendar::default(), at("2026-12-09T10:00:00Z"));
    let all = Figures::of(&items, &calendar, now);
    let told = months(&items, &calendar, now, 24);
    let sum = |part: fn(&Month) -> usize| told.iter().map(part).sum::<usize>();
    assert_eq!(sum(|it| it.explored), all.explored);
    assert_eq!(sum(|it| it.learned), all.learned);
    assert_eq!(sum(|it| it.cycle.count), all.cycle.count);
    assert_eq!((sum(|it| it.boxes), all.boxes.finished), (1, 1));
    assert_eq!(sum(|it| it.held), all.boxes.held);
}
