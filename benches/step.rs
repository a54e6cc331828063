//! Fact to calls, without disk and network: how long the pure half of one look takes. An
//! experiment with thirty facts gets another; a board of 300 items is drawn.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use labhand::command;
use labhand::domain::actor::{Actor, Permission, Standing, User};
use labhand::domain::fact::{Fact, FactId, Ordered, Place, Snapshot, What};
use labhand::domain::fold::{self, Ground};
use labhand::domain::ids::{CommentId, ItemNumber, Login, RepoId, RepoName, UserId};
use labhand::domain::item::Item;
use labhand::domain::policy::Policy;
use labhand::domain::registry::Registry;
use labhand::domain::sprint::Ledger;
use labhand::domain::teams::TeamProblem;
use labhand::forge::{Done, Shown};
use labhand::view::sprint::Plan;
use labhand::view::wanted::{KnownLabels, Wanted};
use labhand::view::{self, Context};

/// Monday, 23 November 2026, 09:00 UTC.
const MONDAY: &str = "2026-11-23T09:00:00Z";

/// Titles of all kinds, in the proportion of a usual sprint.
const TITLES: [&str; 6] = [
    "Compare BERT vs GPT-2 for classification (3 days)",
    "Explore graph features for fraud detection (2 days)",
    "Implement recommendation API endpoint",
    "Retrain fraud model with Q4 data",
    "Deploy recommendation model v2.3",
    "Review recent papers on transformer efficiency",
];

const TEXT: &str = "### Hypothesis\n\nFine-tuned BERT routes tickets better than GPT-2.\n\n\
    ### Success metric\n\nf1 >= 0.85 baseline 0.80; latency_p95 < 50 ms\n\n\
    ### Deliverables\n\n- [x] the training code\n- [ ] a report\n";

/// What people write to an experiment in a week, one comment each.
const COMMENTS: [&str; 9] = [
    "/activate",
    "/block waiting for GPU quota",
    "/unblock",
    "/status",
    "/timebox 5d",
    "/hypothesis something else",
    "/amend metric f1 >= 0.82 because the test set was cleaned",
    "/bucket learning",
    "/bucket experiments",
];

fn start() -> Timestamp {
    MONDAY.parse().expect("a time")
}

fn mira() -> Actor {
    Actor {
        user: User {
            id: UserId(501),
            login: Login::new("mira"),
        },
        standing: Standing::at_least(Permission::Write),
    }
}

fn fact(minute: i64, what: What) -> Fact {
    Fact {
        id: FactId(format!("fact-{minute}")),
        at: start() + SignedDuration::from_mins(minute),
        by: Some(mira()),
        what,
    }
}

fn opened(title: &str) -> Fact {
    fact(
        0,
        What::Opened(Box::new(Snapshot {
            title: title.to_owned(),
            body: TEXT.to_owned(),
            author: mira().user,
            created_at: start(),
            closed: None,
            assignees: vec![mira().user],
            labels: Vec::new(),
            milestone: None,
            issue_type: None,
            is_pull: false,
        })),
    )
}

fn ordered(minute: i64, comment: &str) -> Fact {
    let mut found = command::read(comment, None);
    let found = found.pop().expect("a command");
    let place = Place::Comment(CommentId(minute.unsigned_abs()));
    let ordered = Ordered {
        place,
        index: found.index,
        text: found.text,
        order: found.order,
        found: None,
        needs: found.needs,
    };
    fact(minute, What::Ordered(Box::new(ordered)))
}

/// An experiment's first thirty facts: opened, commented on and labelled.
fn history() -> Vec<Fact> {
    let mut facts = vec![opened(TITLES[0])];
    let comments = COMMENTS.iter().cycle().take(20);
    facts.extend((1..).zip(comments).map(|(n, text)| ordered(n * 60, text)));
    facts.extend((0..9).map(|n| {
        let label = "their own label".to_owned();
        let what = if n % 2 == 0 {
            What::Labeled { label }
        } else {
            What::Unlabeled { label }
        };
        fact(1_300 + n, what)
    }));
    facts
}

fn folded(facts: &[Fact], policy: &Policy) -> Item {
    let ground = Ground {
        policy,
        since: start(),
    };
    let mut item = Item::unseen(ItemNumber(48));
    for fact in facts {
        fold::fold(&mut item, fact, &ground);
    }
    item
}

/// No model is known.
static NO_MODELS: Registry = Registry::empty();

/// All teams can be read.
static NO_PROBLEMS: BTreeMap<String, TeamProblem> = BTreeMap::new();

fn context<'a>(policy: &'a Policy, repo: &'a RepoName, now: Timestamp) -> Context<'a> {
    Context {
        policy,
        now,
        repo,
        repo_id: RepoId(7),
        web_url: "https://github.com",
        as_app: true,
        linked: &[],
        same_head: &[],
        policy_problem: None,
        team_problems: &NO_PROBLEMS,
        checklist: None,
        registry: &NO_MODELS,
        board: None,
        sprint: None,
    }
}

/// What GitHub shows once everything that is wanted was done.
fn shown(wanted: &Wanted, at: Timestamp) -> Shown {
    let mut shown = Shown::default();
    let (known, renames) = (KnownLabels::new(), BTreeMap::new());
    for call in view::diff(&shown, wanted, ItemNumber(48), &known, &renames) {
        view::done(&mut shown, &call, &Done::Nothing, at, &known, &renames);
    }
    shown
}

fn step(criterion: &mut Criterion) {
    let policy = Policy::default();
    let repo: RepoName = "acme/fraud".parse().expect("a name");
    let now = start() + SignedDuration::from_hours(30);
    let context = context(&policy, &repo, now);
    let (known, renames) = (KnownLabels::new(), BTreeMap::new());

    let mut facts = history();
    assert_eq!(facts.len(), 30);
    let before = shown(&view::item(&folded(&facts, &policy), &context), now);
    facts.push(ordered(1_700, "/block the cluster is down"));
    criterion.bench_function("fact-to-calls/thirty facts and one", |bencher| {
        bencher.iter(|| {
            let mut item = folded(black_box(&facts), &policy);
            fold::pass(&mut item, now);
            let wanted = view::item(&item, &context);
            let calls = view::diff(&before, &wanted, item.number, &known, &renames);
            assert!(!calls.is_empty());
            calls
        });
    });

    for count in [300, 3_000] {
        board(criterion, count, &policy, &context);
    }
}

/// Draws a board of so many items, a third of which are active.
fn board(criterion: &mut Criterion, count: usize, policy: &Policy, context: &Context<'_>) {
    let (known, renames) = (KnownLabels::new(), BTreeMap::new());
    let items: Vec<Item> = (1..=count)
        .map(|number| {
            let title = TITLES[number % TITLES.len()];
            let mut facts = vec![opened(title)];
            if number % 3 == 0 {
                facts.push(ordered(60, "/activate"));
            }
            let item = folded(&facts, policy);
            Item {
                number: ItemNumber(number as u64),
                ..item
            }
        })
        .collect();
    let ledger = Ledger::default();
    let plan = Plan {
        sprints: &[],
        ledger: &ledger,
        known_since: start(),
        digest_since: start(),
        told_from: &BTreeMap::new(),
    };
    criterion.bench_function(&format!("board/{count} items"), |bencher| {
        bencher.iter(|| {
            let wanted = view::board(black_box(&items), &plan, context);
            let calls = view::diff_board(&Shown::default(), &wanted, &known, &renames);
            assert!(!calls.is_empty());
            calls
        });
    });
}

criterion_group!(benches, step);
criterion_main!(benches);
