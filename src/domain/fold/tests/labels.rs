//! Every label on every kind: those that ask act like their command, those that tell are put back.

use super::*;

/// Everything that a request can change.
fn asked_for(item: &Item) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (item.kind, item.opted_out, item.stage, item.closed.clone()),
        (item.bucket, item.phase, item.points, item.was_active),
        (
            item.blocked.is_some(),
            item.timebox.clone(),
            item.frozen.clone(),
        ),
        (item.handoff.clone(), item.moves.clone()),
    )
}

fn all_labels() -> Vec<Label> {
    let mut all = Label::all_fixed();
    all.extend(
        ["points/5", "points/5-8", "model/fraud"].map(|name| Label::parse(name).expect(name)),
    );
    all
}

/// The command that means the same; `None` for one that asks for nothing yet, or only tells.
fn command(label: &Label) -> Option<Order> {
    match label {
        Label::Kind(kind) => Some(Order::Kind(*kind)),
        Label::Stage(stage) => Some(Order::Stage(*stage)),
        Label::Bucket(bucket) => Some(Order::Bucket(*bucket)),
        Label::Phase(phase) => Some(Order::Phase(*phase)),
        Label::Points(points) => Some(Order::Points(*points)),
        Label::Blocked => Some(Order::Block {
            reason: "no GPU".to_owned(),
        }),
        Label::Handoff => Some(Order::Handoff { model: None }),
        Label::Model(_)
        | Label::Lifecycle(_)
        | Label::Timebox(_)
        | Label::Outcome(_)
        | Label::NeedsFindings
        | Label::Board => None,
    }
}

/// An item of each kind in each stage, with what an activation needs and without, and one that is closed.
fn everything() -> Vec<(String, Item)> {
    let mut all = Vec::new();
    for kind in Kind::ALL {
        for body in ["", READY] {
            for position in 0..4 {
                let mut facts = vec![
                    opened("Something", body),
                    labeled(0, &format!("kind/{kind}")),
                ];
                let steps = Stage::track(*kind).iter().skip(1).take(position);
                facts.extend(
                    (1..)
                        .zip(steps)
                        .map(|(at, stage)| labeled(at, &format!("stage/{stage}"))),
                );
                all.push((
                    format!("{kind} {position} {body:.4}"),
                    state(&facts, &Policy::default()),
                ));
            }
        }
        let facts = vec![
            opened("Something", READY),
            labeled(0, &format!("kind/{kind}")),
            closed(HOUR, CloseReason::NotPlanned),
        ];
        all.push((format!("{kind} closed"), state(&facts, &Policy::default())));
    }
    all
}

const THEN: i64 = 2 * HOUR;

/// What becomes of an item.
fn and_then(item: &Item, more: impl IntoIterator<Item = Fact>) -> Item {
    let (policy, since) = (&Policy::default(), at(-HOUR));
    let mut item = item.clone();
    for fact in more {
        fold(&mut item, &fact, &Ground { policy, since });
    }
    item
}

#[test]
fn a_label_that_asks_acts_like_its_command() {
    for (story, item) in everything() {
        for label in all_labels() {
            let Some(order) = command(&label) else {
                continue;
            };
            let with = |fact: Fact| and_then(&item, [fact]);
            let (by_label, by_command) = (
                with(labeled(THEN, &label.name())),
                with(ordered(THEN, order)),
            );
            // What is closed is blocked by nothing; but the label may be there.
            if label == Label::Blocked && by_command.closed.is_some() {
                continue;
            }
            assert_eq!(
                asked_for(&by_label),
                asked_for(&by_command),
                "{story}: {}",
                label.name()
            );
            assert!(by_label.disturbed.is_empty());
        }
    }
}

#[test]
fn what_is_refused_by_a_label_is_said_and_by_a_command_is_answered() {
    for (story, item) in everything() {
        for label in all_labels() {
            let Some(order) = command(&label) else {
                continue;
            };
            let with = |fact: Fact| and_then(&item, [fact]);
            let answered = last_outcome(&with(ordered(THEN, order)));
            let before = item.notices.len();
            let said = with(labeled(THEN, &label.name())).notices.len() > before;
            let expected = matches!(
                answered,
                Outcome::Refused(Refusal::Guards { .. } | Refusal::NotOnTrack { .. })
            );
            assert_eq!(said, expected, "{story}: {}: {answered:?}", label.name());
        }
    }
}

#[test]
fn a_label_that_tells_changes_nothing_and_is_put_back() {
    for (story, item) in everything() {
        for label in all_labels().into_iter().filter(|label| !label.asks()) {
            for on in [true, false] {
                let name = label.name();
                let what = if on {
                    What::Labeled { label: name }
                } else {
                    What::Unlabeled { label: name }
                };
                let after = and_then(&item, [fact(THEN, what)]);
                assert_eq!(asked_for(&after), asked_for(&item), "{story}");
                let counted = usize::from(label != Label::Board);
                assert_eq!(after.disturbed.len(), counted, "{story}: {}", label.name());
            }
        }
    }
}

#[test]
fn a_label_that_asks_and_is_taken_off_again_leaves_no_trace_of_its_request() {
    for (story, item) in everything() {
        for label in all_labels().into_iter().filter(Label::asks) {
            let name = label.name();
            let off = fact(
                THEN + 60,
                What::Unlabeled {
                    label: name.clone(),
                },
            );
            let item = and_then(&item, [labeled(THEN, &name), off]);
            match label {
                Label::Bucket(_) => assert_eq!(item.bucket, None, "{story}"),
                Label::Phase(_) => assert_eq!(item.phase, None, "{story}"),
                Label::Points(_) => assert_eq!(item.points, None, "{story}"),
                Label::Blocked => assert_eq!(item.blocked, None, "{story}"),
                Label::Kind(_) => assert!(item.kind.is_none() && item.opted_out, "{story}"),
                // A stage comes back by itself, and the others ask for nothing here.
                Label::Stage(_) | Label::Handoff => {
                    assert_eq!(item.handoff, None, "{story}");
                }
                Label::Model(_) => assert!(item.models.is_empty(), "{story}"),
                Label::Lifecycle(_)
                | Label::Timebox(_)
                | Label::Outcome(_)
                | Label::NeedsFindings
                | Label::Board => {}
            }
        }
    }
}

#[test]
fn in_a_family_the_latest_wins() {
    let item = state(
        &[
            opened("Implement an API", ""),
            labeled(1, "bucket/learning"),
            labeled(2, "bucket/committed"),
            labeled(3, "phase/prototype"),
            labeled(4, "phase/explore"),
            labeled(5, "points/5"),
            labeled(6, "points/8"),
            // GitHub's page takes the old one off afterwards.
            fact(
                7,
                What::Unlabeled {
                    label: "points/5".to_owned(),
                },
            ),
        ],
        &Policy::default(),
    );
    assert_eq!(item.bucket, Some(Bucket::Committed));
    assert_eq!(item.phase, Some(Phase::Explore));
    assert_eq!(item.points, Some(Points { low: 8, high: 8 }));
}
