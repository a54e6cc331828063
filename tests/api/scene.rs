//! acme/fraud in its second sprint: what is behind the examples in `docs/api.md`.

use jiff::Timestamp;
use labhand::domain::actor::User;
use labhand::domain::entries::{Side, Slug};
use labhand::domain::fact::{CloseReason, FactId, ItemAt, Milestone};
use labhand::domain::fields::model_version;
use labhand::domain::handoff::Signature;
use labhand::domain::ids::{CommitSha, ItemNumber, Login, RepoName, UserId};
use labhand::domain::item::{Classified, Closed, Decision, Findings, Item, Move, Superseded};
use labhand::domain::kind::{Kind, KindSource, Points, Stage, Verdict};
use labhand::domain::model_card::CardMetric;
use labhand::domain::order::BoxLength;
use labhand::domain::policy::Policy;
use labhand::domain::registry::{
    CardRecord, EntryRecord, ExperimentRecord, ItemIs, ModelEvent, ModelFact, Record, Released,
    Says,
};
use labhand::domain::sprint::{self, Ledger};
use labhand::domain::timebox::TimeBox;
use labhand::domain::worktime::Span;
use serde_json::{Value, json};

use crate::server::Server;

pub const FRAUD: u64 = 70;

/// Wednesday of the second sprint, 11:00 in Berlin.
pub const NOW: &str = "2026-12-09T10:00:00Z";

/// Where labhand came, before the first sprint.
const SINCE: &str = "2026-11-01T00:00:00Z";

pub fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

pub fn policy() -> Policy {
    let mut policy = Policy::default();
    policy.calendar.timezone = "Europe/Berlin".into();
    policy.sprint.people = Some(2.0);
    policy
}

pub fn user(id: u64, login: &str) -> User {
    User {
        id: UserId(id),
        login: Login::new(login),
    }
}

pub fn item(number: u64, title: &str, kind: Kind) -> Item {
    Item {
        title: title.to_owned(),
        kind: Some(Classified {
            kind,
            source: KindSource::Stated,
        }),
        stage: Stage::track(kind)[0],
        taken_up_at: Some(at("2026-11-20T09:00:00Z")),
        ..Item::unseen(ItemNumber(number))
    }
}

pub fn decision(verdict: Verdict, time: &str, reason: &str) -> Decision {
    Decision {
        at: at(time),
        by: user(5, "lena"),
        verdict,
        reason: reason.to_owned(),
        elsewhere: None,
        asked_at: at(time),
        superseded: None,
    }
}

pub fn opened(repo: Option<&str>, number: u64) -> ItemAt {
    ItemAt {
        repo: repo.map(|name| name.parse::<RepoName>().unwrap()),
        number: ItemNumber(number),
    }
}

fn milestones() -> [Milestone; 2] {
    let milestone = |number: u64, due: &str| Milestone {
        number,
        title: format!("Sprint {number}"),
        due: Some(due.parse().unwrap()),
        starts: None,
        created_at: Some(at(SINCE)),
        closed_at: None,
    };
    [milestone(1, "2026-12-04"), milestone(2, "2026-12-18")]
}

fn done(time: &str) -> Closed {
    Closed {
        how: CloseReason::Completed,
        at: at(time),
    }
}

/// An experiment that ran for a day and a half of its three days, was decided, and decided again.
fn compared() -> Item {
    let policy = policy();
    let days = Span {
        days: 3,
        ..Span::default()
    };
    let began = at("2026-11-24T08:00:00Z");
    let mut timebox = TimeBox::start(&policy.calendar, days, 80, began);
    timebox.preset = Some("standard".to_owned());
    timebox.stop(at("2026-11-25T12:00:00Z"));
    let more = decision(
        Verdict::MoreResearch,
        "2026-11-25T12:30:00Z",
        "Not on the long documents yet.",
    );
    let ship = decision(
        Verdict::Productionize,
        "2026-11-26T14:30:00Z",
        "BERT is worth its cost.",
    );
    let moved = |time: &str, to: Stage| Move {
        at: at(time),
        to,
        by: Some(user(1, "mira")),
    };
    Item {
        stage: Stage::Decision,
        was_active: true,
        assignees: vec![user(1, "mira")],
        milestone: Some(milestones()[0].clone()),
        moves: vec![
            moved("2026-11-24T08:00:00Z", Stage::Active),
            moved("2026-11-25T08:00:00Z", Stage::Analysis),
            moved("2026-11-26T14:30:00Z", Stage::Decision),
        ],
        timebox: Some(timebox),
        findings: vec![Findings {
            at: at("2026-11-25T12:00:00Z"),
            by: user(1, "mira"),
            text: "BERT reaches 0.87".to_owned(),
        }],
        closed: Some(done("2026-11-26T14:30:00Z")),
        follow_ups: [
            (more.asked_at, opened(Some("acme/lab"), 3)),
            (ship.asked_at, opened(None, 52)),
        ]
        .into(),
        earlier_decisions: vec![Decision {
            superseded: Some(Superseded::Reopened),
            ..more
        }],
        decision: Some(ship),
        ..item(
            48,
            "Compare BERT vs GPT-2 for classification (3 days)",
            Kind::Experiment,
        )
    }
}

pub fn items() -> Vec<Item> {
    let [first, second] = milestones();
    let sized = |points: u32| {
        Some(Points {
            low: points,
            high: points,
        })
    };
    vec![
        Item {
            gone: true,
            decision: Some(decision(
                Verdict::Abandon,
                "2026-11-30T23:30:00Z",
                "Zero-shot is neither accurate nor cheap enough.",
            )),
            ..item(41, "Explore zero-shot labels (2 days)", Kind::Research)
        },
        compared(),
        Item {
            moved_to: Some(opened(Some("acme/lab"), 8)),
            decision: Some(decision(Verdict::Abandon, "2026-11-27T09:00:00Z", "moved")),
            ..item(50, "Test a moved idea", Kind::Experiment)
        },
        Item {
            milestone: Some(second.clone()),
            points: sized(5),
            ..item(
                52,
                "Put the BERT classifier into production",
                Kind::Development,
            )
        },
        Item {
            milestone: Some(first),
            points: sized(4),
            was_active: true,
            stage: Stage::Done,
            closed: Some(done("2026-12-02T10:00:00Z")),
            ..item(53, "Retrain fraud model with Q4 data", Kind::Maintenance)
        },
        Item {
            milestone: Some(second.clone()),
            ..item(54, "Fix data pipeline timeout issue", Kind::Maintenance)
        },
        Item {
            milestone: Some(second),
            box_length: Some(BoxLength::Preset("deep".to_owned())),
            ..item(
                55,
                "Explore graph features for fraud detection",
                Kind::Research,
            )
        },
    ]
}

/// What was read of the first sprint, and the plan of the second.
fn ledger() -> Ledger {
    let policy = policy();
    let timeline = sprint::timeline(milestones().iter(), at(SINCE), &policy);
    let mut in_first = items();
    for item in &mut in_first {
        // It was in the first sprint then, and was moved on.
        if item.number == ItemNumber(54) {
            item.milestone = Some(milestones()[0].clone());
        }
    }
    let mut ledger = Ledger::default();
    while let Some(reading) = ledger.due(&timeline, at(SINCE), at(NOW)) {
        let then = if reading.sprint.number == 1 {
            &in_first
        } else {
            &items()
        };
        ledger.take(&reading, then, &policy);
    }
    ledger
}

pub fn board() -> Value {
    json!({"written_at": NOW, "sprints": {"ledger": ledger()}})
}

pub fn known_milestones() -> Value {
    let [first, second] = milestones();
    json!({
        "1": {"milestone": first, "as_of": SINCE},
        "2": {"milestone": second, "as_of": SINCE},
    })
}

/// Puts acme/fraud into a store, private or not.
pub async fn fraud(server: &Server, private: bool) {
    let different = json!({
        "now": {"name": "acme/fraud", "default_branch": "main", "private": private},
        "milestones": known_milestones(),
    });
    server.repo(FRAUD, "acme/fraud", &policy(), different).await;
    server.items(FRAUD, &items(), board()).await;
    server.models(FRAUD, &models()).await;
}

/// One version was merged and promoted, went wrong, and was rolled back to the one before.
fn models() -> Vec<ModelFact> {
    let fact = |id: &str, when: &str, what: ModelEvent| ModelFact {
        id: FactId(id.to_owned()),
        at: at(when),
        by: Some(user(5, "lena")),
        what,
    };
    let promoted = |version: &str| ModelEvent::Promoted {
        of: model_version(&format!("fraud-detector {version}")).unwrap(),
        stage: "production".to_owned(),
    };
    let mut facts = vec![
        fact("pull:30", "2026-11-20T09:00:00Z", merged(plain_record())),
        fact("pull:57", "2026-12-03T10:30:00Z", merged(record())),
        fact("move:1", "2026-11-20T10:00:00Z", promoted("v2.2.0")),
        fact("move:2", "2026-12-03T12:00:00Z", promoted("v2.3.0")),
    ];
    let back = ModelEvent::RolledBack {
        to: model_version("fraud-detector v2.2.0").unwrap(),
        reason: "too many false alarms since noon".to_owned(),
    };
    facts.push(fact("move:3", "2026-12-04T08:00:00Z", back));
    let published = ModelEvent::Released(Box::new(Released {
        of: model_version("fraud-detector v2.3.0").unwrap(),
        commit: None,
        url: Some("https://github.com/acme/fraud/releases/tag/fraud-detector%40v2.3.0".to_owned()),
        title: None,
        draft: false,
    }));
    facts.push(fact("release", "2026-12-03T10:31:00Z", published));
    facts
}

fn merged(record: Record) -> ModelEvent {
    ModelEvent::ItemIs(Box::new(ItemIs {
        item: record.pull.expect("its pull request"),
        turn: 0,
        says: Says {
            claim: Some(record.of.clone()),
            record: Some(Box::new(record)),
            home: None,
            tie: None,
        },
    }))
}

/// From before there were sides.
fn plain_record() -> Record {
    Record {
        of: model_version("fraud-detector v2.2.0").unwrap(),
        pull: Some(ItemNumber(30)),
        merged_at: at("2026-11-20T09:00:00Z"),
        self_signed: true,
        entries: Vec::new(),
        card: None,
        experiments: Vec::new(),
        ..record()
    }
}

fn record() -> Record {
    let head = CommitSha::new("3f2a91c04de1b7a86c5d2e90f8b13a47c6d5e8f1");
    let signed = |slug: &str, side: Side, user: User, evidence: Option<&str>| EntryRecord {
        slug: Slug::new(slug),
        signed: vec![(
            side,
            Signature {
                by: user,
                at: at("2026-12-02T14:00:00Z"),
                head: Some(head.clone()),
                evidence: evidence.map(str::to_owned),
                object: None,
                carried: None,
            },
        )],
        waived: Vec::new(),
    };
    let card = "docs/model_card.md";
    let mut entries = vec![
        signed("model-card", Side::DataScience, user(2, "mira"), Some(card)),
        signed("serving", Side::Engineering, user(4, "ana"), None),
    ];
    entries.push(EntryRecord {
        slug: Slug::new("ab-testing"),
        signed: Vec::new(),
        waived: vec![
            (
                Side::DataScience,
                user(2, "mira"),
                "it runs once a night".to_owned(),
            ),
            (
                Side::Engineering,
                user(4, "ana"),
                "batch scoring, no traffic to split".to_owned(),
            ),
        ],
    });
    Record {
        of: model_version("fraud-detector v2.3.0").unwrap(),
        pull: Some(ItemNumber(57)),
        title: "Hand over the fraud detector".to_owned(),
        merged_at: at("2026-12-03T10:30:00Z"),
        merged_by: Some(user(5, "lena")),
        commit: Some(head),
        open_when_merged: Vec::new(),
        open: Vec::new(),
        self_signed: false,
        entries,
        card: Some(CardRecord {
            path: card.to_owned(),
            metrics: vec![CardMetric {
                name: "F1 (macro)".to_owned(),
                value: "0.87".to_owned(),
                task: Some("Text Classification".to_owned()),
                dataset: None,
                kind: "f1".to_owned(),
            }],
        }),
        experiments: vec![ExperimentRecord {
            number: ItemNumber(48),
            title: "Compare BERT vs GPT-2 for classification (3 days)".to_owned(),
            decided: Some(Verdict::Productionize),
        }],
    }
}
