//! Sprints by the calendar, what belongs to them, and what a point costs.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::domain::actor::User;
use crate::domain::fact::CloseReason;
use crate::domain::ids::{ItemNumber, Login, UserId};
use crate::domain::item::{Classified, Closed, Findings, Item};
use crate::domain::kind::{Bucket, Kind, KindSource, Phase, Points};
use crate::domain::order::BoxLength;
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::Span;

mod cost;
mod days;
mod readings;
mod sizes;

fn at(text: &str) -> Timestamp {
    text.parse().expect("a test's own timestamp")
}

fn day(text: &str) -> Date {
    text.parse().expect("a test's own date")
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a test's own span")
}

/// Long before any of these sprints.
fn always() -> Timestamp {
    at("2020-01-01T00:00:00Z")
}

fn milestone(number: u64, due: &str) -> Milestone {
    Milestone {
        number,
        title: format!("Sprint {number}"),
        due: Some(day(due)),
        starts: None,
        created_at: None,
        closed_at: None,
    }
}

fn zone(timezone: &str) -> Policy {
    let mut policy = Policy::default();
    policy.calendar.timezone = timezone.to_owned();
    policy
}

fn line(milestones: &[Milestone], policy: &Policy) -> Vec<Sprint> {
    timeline(milestones.iter(), always(), policy)
}

/// Sprint 7 of two weeks, Monday 16 to Sunday 29 November 2026.
fn seven() -> Sprint {
    let [sprint] = line(&[milestone(7, "2026-11-29")], &Policy::default())
        .try_into()
        .expect("one sprint");
    sprint
}

fn people(ids: &[u64]) -> Vec<User> {
    ids.iter()
        .map(|id| User {
            id: UserId(*id),
            login: Login::new(&format!("user-{id}")),
        })
        .collect()
}

/// An open item of that kind in a sprint, assigned to these people.
fn item(number: u64, kind: Kind, sprint: u64, assignees: &[u64]) -> Item {
    let mut item = Item::unseen(ItemNumber(number));
    let source = KindSource::Stated;
    item.kind = Some(Classified { kind, source });
    item.milestone = Some(milestone(sprint, "2026-11-29"));
    item.assignees = people(assignees);
    item
}

fn sized(mut item: Item, low: u32, high: u32) -> Item {
    item.points = Some(Points { low, high });
    item
}

fn boxed(mut item: Item, length: &str) -> Item {
    item.box_length = Some(BoxLength::Span(span(length)));
    item
}

/// With a box that started then.
fn begun(item: Item, length: &str, start: &str) -> Item {
    let calendar = Policy::default().calendar;
    let mut item = boxed(item, length);
    item.timebox = Some(TimeBox::start(&calendar, span(length), 80, at(start)));
    item
}

fn closed(mut item: Item, how: CloseReason, when: &str) -> Item {
    item.closed = Some(Closed { how, at: at(when) });
    if let Some(timebox) = item.timebox.as_mut() {
        timebox.stop(at(when));
    }
    item
}

fn done(item: Item, when: &str) -> Item {
    closed(item, CloseReason::Completed, when)
}

fn read(items: &[Item], sprint: &Sprint, when: &str) -> Vec<Entry> {
    entries(items, sprint, &Policy::default(), 1.0, at(when))
}

fn near(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}
