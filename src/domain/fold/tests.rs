//! The fold as a whole: whatever the order and repetition of facts, the state is the same.

use jiff::Timestamp;

use super::{Ground, fold, pass};
use crate::domain::actor::{Actor, Needs, Permission, Standing, User};
use crate::domain::fact::{
    Chain, CloseReason, Fact, FactId, ItemAt, Link, Milestone, Ordered, Origin, Place, PullSight,
    Snapshot, What,
};
use crate::domain::handoff::Slug;
use crate::domain::ids::{CommentId, CommitSha, ItemNumber, Login, UserId};
use crate::domain::item::{Item, NoticeKind, Outcome, Refusal, Superseded, digest_of_fields};
use crate::domain::kind::{Bucket, Kind, Phase, Points, Stage, Verdict};
use crate::domain::labels::{Label, OutcomeLabel};
use crate::domain::metric::read_report;
use crate::domain::order::{BoxLength, Frozen, Order};
use crate::domain::policy::{ExtendedBy, Level, Member, Policy, Rule};
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::{Span, WorkTime};

mod closing;
mod decisions;
mod elsewhere;
mod extensions;
mod handoffs;
mod kinds;
mod labels;
mod lifecycle;
mod order;
mod results;
mod reviews;
mod stories;

/// Monday, 23 November 2026, 09:00 UTC: the first working second of a week.
const MONDAY: i64 = 1_795_424_400;
const HOUR: i64 = 3600;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(MONDAY + seconds).expect("in range")
}

fn person(id: u64, login: &str, permission: Permission) -> Actor {
    Actor {
        user: User {
            id: UserId(id),
            login: Login::new(login),
        },
        standing: Standing::at_least(permission),
    }
}

fn mira() -> Actor {
    person(1, "mira", Permission::Write)
}

/// A lead, who is assigned to nothing.
fn lena() -> Actor {
    person(2, "lena", Permission::Maintain)
}

/// Sorts issues, and is no lead.
fn tom() -> Actor {
    person(3, "tom", Permission::Triage)
}

fn fact(seconds: i64, what: What) -> Fact {
    fact_by(&mira(), seconds, what)
}

fn fact_by(who: &Actor, seconds: i64, what: What) -> Fact {
    let said = serde_json::to_string(&what).expect("facts are JSON");
    let login = who.user.login.as_str();
    Fact {
        id: FactId(format!("{seconds}-{login}-{said}")),
        at: at(seconds),
        by: Some(who.clone()),
        what,
    }
}

fn snapshot(title: &str, body: &str) -> Snapshot {
    Snapshot {
        title: title.to_owned(),
        body: body.to_owned(),
        author: mira().user,
        created_at: at(0),
        closed: None,
        assignees: vec![mira().user],
        labels: Vec::new(),
        milestone: None,
        issue_type: None,
        is_pull: false,
    }
}

fn opened(title: &str, body: &str) -> Fact {
    fact(0, What::Opened(Box::new(snapshot(title, body))))
}

fn seen(seconds: i64, snapshot: Snapshot) -> Fact {
    fact(seconds, What::Seen(Box::new(snapshot)))
}

fn closed(seconds: i64, how: CloseReason) -> Fact {
    fact(seconds, What::Closed { how })
}

fn ordered(seconds: i64, order: Order) -> Fact {
    ordered_by(&mira(), seconds, order)
}

fn ordered_by(who: &Actor, seconds: i64, order: Order) -> Fact {
    fact_by(
        who,
        seconds,
        What::Ordered(Box::new(Ordered {
            place: Place::Comment(CommentId(u64::try_from(seconds).expect("after the start"))),
            index: 0,
            text: "/…".to_owned(),
            order: Ok(order),
            needs: Needs::AuthorAssigneeTriage,
            found: None,
        })),
    )
}

fn labeled(seconds: i64, label: &str) -> Fact {
    fact(
        seconds,
        What::Labeled {
            label: label.to_owned(),
        },
    )
}

/// The state after these facts under this policy, in whatever order they are given.
fn state(facts: &[Fact], policy: &Policy) -> Item {
    state_under(facts, |_| policy)
}

/// The same under the policy that was in force at each fact.
fn state_under<'a>(facts: &[Fact], policy: impl Fn(Timestamp) -> &'a Policy) -> Item {
    let mut facts: Vec<&Fact> = facts.iter().collect();
    facts.sort_by(|a, b| a.order().cmp(&b.order()));
    facts.dedup_by(|a, b| a.id == b.id);
    let mut item = Item::unseen(ItemNumber(48));
    for fact in facts {
        fold(
            &mut item,
            fact,
            &Ground {
                policy: policy(fact.at),
                since: at(-HOUR),
            },
        );
    }
    item
}

fn until(mut item: Item, seconds: i64) -> Item {
    pass(&mut item, at(seconds));
    item
}

fn last_outcome(item: &Item) -> Outcome {
    let answers = item.answers.values().flatten();
    answers
        .max_by_key(|answer| answer.at)
        .expect("a command was answered")
        .outcome
        .clone()
}

const READY: &str = "Hypothesis: it is better\nSuccess metric: f1 >= 0.8\nTime box: 1d";

/// An experiment that is active from nine o'clock on Monday, with a box until five, and what else
/// happens to it, under the usual policy.
fn experiment(more: impl IntoIterator<Item = Fact>) -> Item {
    state(&active_experiment(more), &Policy::default())
}

fn active_experiment(more: impl IntoIterator<Item = Fact>) -> Vec<Fact> {
    let mut facts = vec![
        opened("Experiment: BERT", READY),
        labeled(0, "stage/active"),
    ];
    facts.extend(more);
    facts
}

fn find(seconds: i64) -> Fact {
    let text = "it works".to_owned();
    ordered(seconds, Order::Findings { text })
}

fn decide(verdict: Verdict, reason: &str) -> Order {
    Order::Decide {
        verdict,
        elsewhere: None,
        reason: reason.to_owned(),
    }
}

fn refused(item: &Item) -> Refusal {
    match last_outcome(item) {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn span(text: &str) -> Span {
    Span::parse(text).expect("a test's own span")
}

/// What was said, and how many hours after Monday at nine it fell due.
fn said(item: &Item) -> Vec<(&'static str, i64)> {
    let notices = item.notices.iter();
    notices
        .map(|it| (it.what.word(), (it.at.as_second() - MONDAY) / HOUR))
        .collect()
}
