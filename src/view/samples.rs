//! Realistic items for the tests of this room.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Context;
use super::sprint::Plan;
use crate::domain::actor::User;
use crate::domain::calendar::Calendar;
use crate::domain::fact::{Milestone, PullSight};
use crate::domain::fields::model_version;
use crate::domain::handoff::{Handoff, Mark, Side, Signature, Slug};
use crate::domain::ids::{CommitSha, ItemNumber, Login, RepoId, RepoName, UserId};
use crate::domain::item::{Classified, FrozenFields, Item, Pull};
use crate::domain::kind::{Kind, KindSource, Stage};
use crate::domain::policy::{Member, Policy};
use crate::domain::registry::Registry;
use crate::domain::sprint::Ledger;
use crate::domain::teams::TeamProblem;
use crate::domain::timebox::TimeBox;
use crate::domain::worktime::Span;

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn user(id: u64, login: &str) -> User {
    User {
        id: UserId(id),
        login: Login::new(login),
    }
}

/// A repository without sprints.
pub(super) fn no_sprints() -> Plan<'static> {
    static LEDGER: Ledger = Ledger(BTreeMap::new());
    static TOLD_FROM: BTreeMap<u64, Timestamp> = BTreeMap::new();
    Plan {
        sprints: &[],
        ledger: &LEDGER,
        known_since: Timestamp::UNIX_EPOCH,
        told_from: &TOLD_FROM,
        digest_since: Timestamp::UNIX_EPOCH,
    }
}

/// No model is known.
static NO_MODELS: Registry = Registry::empty();

/// All teams can be read.
static NO_PROBLEMS: BTreeMap<String, TeamProblem> = BTreeMap::new();

/// acme/fraud in Berlin, on Tuesday, 24 November 2026, 16:30 there.
pub(super) struct Sample {
    pub(super) policy: Policy,
    pub(super) repo: RepoName,
    pub(super) linked: Vec<Item>,
}

impl Default for Sample {
    fn default() -> Self {
        let mut policy = Policy::default();
        policy.calendar.timezone = "Europe/Berlin".to_owned();
        policy.teams.data_science = vec![
            Member::Team("acme/data-science".to_owned()),
            Member::Login("mira".to_owned()),
        ];
        policy.teams.engineering = vec![Member::Team("acme/ml-platform".to_owned())];
        Self {
            policy,
            repo: "acme/fraud".parse().unwrap(),
            linked: Vec::new(),
        }
    }
}

impl Sample {
    pub(super) fn ctx(&self) -> Context<'_> {
        Context {
            policy: &self.policy,
            now: at("2026-11-24T15:30:00Z"),
            repo: &self.repo,
            repo_id: RepoId(7),
            web_url: "https://github.com",
            as_app: true,
            linked: &self.linked,
            same_head: &[],
            policy_problem: None,
            team_problems: &NO_PROBLEMS,
            registry: &NO_MODELS,
            checklist: None,
            board: None,
            sprint: None,
        }
    }

    fn calendar(&self) -> Calendar {
        self.policy.calendar.clone()
    }

    /// Inferred from its title, and nothing else known.
    pub(super) fn research() -> Item {
        Item {
            title: "Explore NLP approaches for sentiment".to_owned(),
            author: Some(user(1, "mira")),
            created_at: Some(at("2026-11-23T07:30:00Z")),
            kind: Some(Classified {
                kind: Kind::Research,
                source: KindSource::Inferred,
            }),
            stage: Stage::Ideation,
            ..Item::unseen(ItemNumber(41))
        }
    }

    /// Active since Monday, with a box of three days.
    pub(super) fn active_experiment(&self) -> Item {
        let monday = at("2026-11-23T08:00:00Z");
        let days = Span {
            days: 3,
            ..Span::default()
        };
        let mut item = Item {
            title: "BERT vs GPT comparison".to_owned(),
            author: Some(user(2, "jonas")),
            created_at: Some(at("2026-11-20T07:30:00Z")),
            assignees: vec![user(1, "mira")],
            milestone: Some(Milestone {
                number: 3,
                title: "Sprint 12".to_owned(),
                due: None,
                starts: None,
                created_at: None,
                closed_at: None,
            }),
            kind: Some(Classified {
                kind: Kind::Experiment,
                source: KindSource::Stated,
            }),
            stage: Stage::Active,
            stage_since: Some(monday),
            was_active: true,
            frozen: Some(FrozenFields {
                at: monday,
                hypothesis: Some("Fine-tuned BERT routes tickets better than GPT-2".to_owned()),
                metric: Some("f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms".to_owned()),
                baseline: None,
                digest: "3f2a91c0ffee".to_owned(),
                text_digest: String::new(),
                amendments: Vec::new(),
            }),
            timebox: Some(TimeBox::start(&self.calendar(), days, 80, monday)),
            ..Item::unseen(ItemNumber(48))
        };
        item.fields.builds_on = vec![ItemNumber(41)];
        item
    }

    /// Production work, open, with a draft pull request.
    pub(super) fn development() -> Item {
        Item {
            title: "Implement recommendation API endpoint".to_owned(),
            author: Some(user(3, "ana")),
            assignees: vec![user(3, "ana")],
            kind: Some(Classified {
                kind: Kind::Development,
                source: KindSource::Prefix,
            }),
            stage: Stage::InProgress,
            was_active: true,
            linked_pulls: BTreeMap::from([(ItemNumber(63), sight(true))]),
            ..Item::unseen(ItemNumber(57))
        }
    }

    /// A hand-off on which eight of fourteen entries are signed.
    pub(super) fn handoff() -> Item {
        let mut handoff = Handoff {
            since: at("2026-11-23T08:00:00Z"),
            model: model_version("fraud-detector v2.3.0"),
            named: false,
            marks: BTreeMap::new(),
            took_side: BTreeMap::new(),
            off: BTreeMap::new(),
            ended: false,
            carried_as: None,
            card: None,
            merged: None,
        };
        let mut sign = |slug: &str, side: Side, who: User, evidence: Option<&str>| {
            let signature = Signature {
                by: who,
                at: at("2026-11-24T09:00:00Z"),
                head: Some(sight(false).head),
                evidence: evidence.map(str::to_owned),
                object: None,
                carried: None,
            };
            let mark: &mut Mark = handoff.marks.entry(Slug::new(slug)).or_default();
            mark.signed.insert(side, signature);
        };
        let (science, engineering) = (Side::DataScience, Side::Engineering);
        sign(
            "artifact",
            science,
            user(1, "mira"),
            Some("models/fraud-2.3.onnx"),
        );
        sign(
            "model-card",
            science,
            user(1, "mira"),
            Some("docs/model_card.md"),
        );
        sign("features", science, user(1, "mira"), None);
        sign("io-format", science, user(2, "jonas"), None);
        sign(
            "benchmarks",
            science,
            user(2, "jonas"),
            Some("https://reports.acme.test/fraud"),
        );
        sign("feature-pipeline", engineering, user(3, "ana"), None);
        sign("scaling", engineering, user(3, "ana"), None);
        sign("integration-tests", science, user(1, "mira"), None);
        sign("integration-tests", engineering, user(3, "ana"), None);
        sign("performance", science, user(1, "mira"), None);
        Item {
            title: "Fraud detector 2.3".to_owned(),
            author: Some(user(1, "mira")),
            is_pull: true,
            pull: Some(Pull {
                sight: sight(false),
                closes: vec![ItemNumber(57)],
                touches_handoff_paths: true,
                touches_policy: false,
            }),
            handoff: Some(handoff),
            ..Item::unseen(ItemNumber(62))
        }
    }
}

/// A pull request as it looks.
pub(super) fn sight(draft: bool) -> PullSight {
    PullSight {
        head: CommitSha::new("3f2a91c0000000000000000000000000000000ab"),
        base: "main".to_owned(),
        draft,
        open: true,
        merged: false,
        merge: None,
    }
}
