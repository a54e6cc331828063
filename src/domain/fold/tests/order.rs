//! Whatever the order and repetition of facts, the state is the same, and it makes sense.

use proptest::prelude::*;

use super::*;

fn any_label() -> impl Strategy<Value = String> {
    let mut all: Vec<String> = Label::all_fixed().iter().map(Label::name).collect();
    all.extend(["points/5", "points/5-8", "model/fraud"].map(str::to_owned));
    // Those that matter most come up most.
    all.extend(["stage/active", "stage/active", "stage/analysis", "blocked"].map(str::to_owned));
    prop::sample::select(all)
}

fn any_order() -> impl Strategy<Value = Order> {
    let span = |text: &str| span(text);
    let text = |text: &str| text.to_owned();
    let reports = [
        "f1=0.9",
        "f1=0.7 recall=3",
        "did-not-finish",
        "supported",
        "f1=3ms",
    ];
    let result = |text: &str| Order::Result(read_report(text).expect("a test's own result"));
    let decisions = Verdict::ALL.iter().flat_map(|verdict| {
        [None, Some("acme/api")].map(|elsewhere| Order::Decide {
            verdict: *verdict,
            elsewhere: elsewhere.map(|name| name.parse().expect("a name")),
            reason: "so".to_owned(),
        })
    });
    let amend = |field, said: &str| Order::Amend {
        field,
        text: text(said),
        reason: text("a slip"),
    };
    let mut all = vec![
        Order::Stage(Stage::Active),
        Order::Stage(Stage::Active),
        Order::Stage(Stage::Ideation),
        Order::Block {
            reason: text("GPU"),
        },
        Order::Unblock,
        Order::Findings {
            text: text("learned"),
        },
        Order::Timebox(BoxLength::Preset(text("spike"))),
        Order::Timebox(BoxLength::Span(span("1w"))),
        Order::Extend {
            span: span("4h"),
            reason: text("nearly"),
        },
        Order::Extend {
            span: span("1h"),
            reason: text("nearly"),
        },
        Order::Hypothesis {
            text: text("it is quick"),
        },
        Order::Metric {
            text: text("f1 >= 0.5"),
        },
        amend(Frozen::Metric, "f1 >= 0.6"),
        amend(Frozen::Hypothesis, "it is quicker"),
        Order::BuildsOn(vec![ItemNumber(3), ItemNumber(4)]),
        Order::Points(Points { low: 3, high: 3 }),
        Order::Phase(Phase::Prototype),
        Order::Kind(Kind::Research),
        Order::Sign {
            slugs: vec![Slug::new("docs")],
            evidence: None,
        },
        Order::Handoff { model: None },
        Order::Sync,
    ];
    all.extend(decisions);
    all.extend(reports.map(result));
    prop::sample::select(all)
}

fn any_milestone() -> impl Strategy<Value = Milestone> {
    (7u64..9, 22i8..30, prop::option::of(0..200 * HOUR)).prop_map(|(number, due, closed)| {
        Milestone {
            number,
            title: "Sprint".to_owned(),
            due: Some(jiff::civil::date(2026, 11, due)),
            starts: None,
            created_at: None,
            closed_at: closed.map(at),
        }
    })
}

fn any_snapshot() -> impl Strategy<Value = Box<Snapshot>> {
    let bodies = prop::sample::select(vec!["", READY, "- [ ] one\n\nBuilds-on: #3"]);
    let labels = prop::collection::vec(any_label(), 0..3);
    let closed = prop::option::of(Just(CloseReason::Completed));
    (
        bodies,
        prop::option::of(any_milestone()),
        any::<bool>(),
        labels,
        closed,
    )
        .prop_map(|(body, milestone, assigned, labels, closed)| {
            let mut picture = snapshot("Test a vs b (2 days)", body);
            picture.milestone = milestone;
            if !assigned {
                picture.assignees.clear();
            }
            (picture.labels, picture.closed) = (labels, closed);
            Box::new(picture)
        })
}

/// What other items, pull requests, milestones and repositories bring.
fn any_news() -> impl Strategy<Value = What> {
    let here = |number| ItemAt {
        repo: None,
        number: ItemNumber(number),
    };
    let chain = move |links: u64| {
        let link = |number| Link {
            item: here(number),
            spent: WorkTime::from_hours(3),
        };
        Chain((1..=links).map(link).collect())
    };
    let sight = |draft, open| PullSight {
        head: CommitSha::new("3f2a91c"),
        base: "main".to_owned(),
        draft,
        open,
        merged: !open,
        merge: None,
    };
    prop_oneof![
        (
            prop::option::of(prop::sample::select(Verdict::ALL)),
            0u64..3
        )
            .prop_map(move |(decided, links)| {
                let (number, kind) = (ItemNumber(3), Some(Kind::Experiment));
                What::Foundation {
                    number,
                    kind,
                    decided,
                    chain: chain(links),
                }
            }),
        prop::collection::btree_set((1u64..4).prop_map(UserId), 0..2).prop_map(|people| {
            What::OtherBox {
                number: ItemNumber(5),
                people,
            }
        }),
        Just(What::BuiltOnBy {
            number: ItemNumber(6)
        }),
        (7u64..9, prop::option::of(any_milestone())).prop_map(|(number, now)| {
            let now = now.map(|now| Milestone { number, ..now });
            What::MilestoneIs { number, now }
        }),
        (prop::sample::select(Verdict::ALL), 1u64..3).prop_map(move |(verdict, links)| {
            What::FollowsUp(Box::new(Origin {
                item: here(links),
                title: "The first".to_owned(),
                verdict,
                decided_at: at(-HOUR),
                chain: chain(links),
                question: None,
            }))
        }),
        (0..200 * HOUR).prop_map(move |asked| What::FollowedBy {
            asked_at: at(asked),
            item: here(9)
        }),
        Just(What::Tried {
            numbers: vec![ItemNumber(2)]
        }),
        Just(What::Arrived { formerly: None }),
        Just(What::Moved { to: here(9) }),
        (any::<bool>(), any::<bool>()).prop_map(move |(draft, open)| {
            What::LinkedPull {
                number: ItemNumber(63),
                sight: sight(draft, open),
            }
        }),
        Just(What::UnlinkedPull {
            number: ItemNumber(63)
        }),
        (any::<bool>(), any::<bool>())
            .prop_map(move |(draft, open)| What::Pull(sight(draft, open))),
    ]
}

fn any_what() -> impl Strategy<Value = What> {
    prop_oneof![
        3 => any_label().prop_map(|label| What::Labeled { label }),
        1 => any_label().prop_map(|label| What::Unlabeled { label }),
        1 => prop::sample::select(vec![
            CloseReason::Completed,
            CloseReason::NotPlanned,
            CloseReason::Duplicate,
        ]).prop_map(|how| What::Closed { how }),
        1 => Just(What::Reopened),
        1 => any_snapshot().prop_map(What::Seen),
        1 => any_snapshot().prop_map(What::Observed),
        5 => any_order().prop_map(|order| ordered(1, order).what),
        3 => any_news(),
    ]
}

fn any_history() -> impl Strategy<Value = Vec<Fact>> {
    let who = prop::sample::select(vec![mira(), lena(), tom()]);
    let begun = prop::option::weighted(
        0.8,
        prop::sample::select(vec![
            "Test a vs b (2 days)",
            "Explore graph features (1 day)",
            "Implement an API",
        ]),
    );
    let facts = prop::collection::vec((0..200 * HOUR, any_what(), who), 0..24);
    (begun, facts).prop_map(|(begun, facts)| {
        let opened = begun.map(|title| opened(title, READY));
        let facts = facts
            .into_iter()
            .map(|(seconds, what, who)| fact_by(&who, seconds, what));
        opened.into_iter().chain(facts).collect()
    })
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_facts_ends_in_the_same_state(
        (history, shuffled) in any_history().prop_flat_map(|history| {
            let twice: Vec<Fact> = history.iter().chain(&history).cloned().collect();
            (Just(history), Just(twice).prop_shuffle())
        })
    ) {
        let policy = Policy::default();
        prop_assert_eq!(state(&history, &policy), state(&shuffled, &policy));
    }

    #[test]
    fn looking_in_between_changes_nothing(history in any_history(), look in 0..200 * HOUR) {
        let policy = Policy::default();
        let ground = Ground { policy: &policy, since: at(-HOUR) };
        let mut sorted = history.clone();
        sorted.sort_by(|a, b| a.order().cmp(&b.order()));
        sorted.dedup_by(|a, b| a.id == b.id);
        let (earlier, later): (Vec<Fact>, Vec<Fact>) =
            sorted.into_iter().partition(|fact| fact.at <= at(look));
        let mut item = Item::unseen(ItemNumber(48));
        for fact in &earlier {
            fold(&mut item, fact, &ground);
        }
        pass(&mut item, at(look));
        for fact in &later {
            fold(&mut item, fact, &ground);
        }
        let end = 300 * HOUR;
        prop_assert_eq!(until(item, end), until(state(&history, &policy), end));
    }

    #[test]
    fn a_pass_of_time_is_idempotent(history in any_history(), to in 0..300 * HOUR) {
        let once = until(state(&history, &Policy::default()), to);
        prop_assert_eq!(until(once.clone(), to), once);
    }

    #[test]
    fn a_state_makes_sense_at_any_time(history in any_history(), to in 0..300 * HOUR) {
        let item = until(state(&history, &Policy::default()), to.max(200 * HOUR));
        let kind = item.kind.map(|classified| classified.kind);
        if let Some(kind) = kind {
            prop_assert!(Stage::track(kind).contains(&item.stage));
            prop_assert!(!kind.is_exploration() || item.points.is_none());
            prop_assert!(kind.is_exploration() || item.timebox.is_none());
        }
        if let Some(timebox) = &item.timebox {
            prop_assert!(item.closed.is_none() || timebox.stopped, "closed, and its box runs");
            prop_assert!(item.blocked.is_none() || !timebox.is_running(), "blocked, and its box runs");
            prop_assert!(u32::try_from(timebox.extensions.len()).expect("few") <= timebox.terms.count);
        }
        prop_assert!(item.earlier_boxes.iter().all(|timebox| timebox.stopped));
        prop_assert!(!item.tripped || item.stage == Stage::Analysis);
        prop_assert!(item.decision.is_none() || item.closed.is_some(), "decided, and open");
        prop_assert!(item.earlier_decisions.iter().all(|decision| decision.superseded.is_some()));
        prop_assert!(item.moves.is_sorted_by_key(|step| step.at));
        prop_assert!(item.frozen.is_none() || item.was_active);
        for (place, notice) in item.notices.iter().enumerate() {
            let again = item.notices.iter().skip(place + 1).filter(|other| *other == notice);
            prop_assert_eq!(again.count(), 0, "said twice: {:?}", notice);
        }
        // None of them fails on anything that can come about.
        let now = at(to);
        let (_, _) = (item.outcome(), item.criteria());
        let explores = kind.is_some_and(Kind::is_exploration);
        let spent = item.chain(now).spent();
        prop_assert!(!explores || spent >= item.chain_before().spent());
        let figures = crate::domain::figures::Figures::of(&[item], &Policy::default().calendar, now);
        prop_assert!(figures.learned <= figures.explored && figures.boxes.held <= figures.boxes.finished);
    }
}
