//! A change of kind at every stage.

use super::*;

const TURN: i64 = 2 * HOUR;

/// An item of a kind that walked to a stage, which its people left it in open.
fn at_stage(kind: Kind, position: usize) -> Vec<Fact> {
    let mut picture = snapshot("Something", &format!("{READY}\n\n- [ ] one"));
    picture.assignees.clear();
    let mut facts = vec![
        fact(0, What::Opened(Box::new(picture))),
        labeled(0, &format!("kind/{kind}")),
        labeled(0, "points/5"),
    ];
    let steps = Stage::track(kind).iter().skip(1).take(position);
    facts.extend(
        (1..)
            .zip(steps)
            .map(|(step, stage)| labeled(step * 60, &format!("stage/{stage}"))),
    );
    facts
}

/// The stage at the same position; but what is open and still waits for its decision is not done
/// because it is called otherwise.
fn mapped(from: Kind, to: Kind, position: usize) -> Stage {
    match Stage::track(to)[position] {
        Stage::Done if from.is_exploration() => Stage::InReview,
        stage => stage,
    }
}

#[test]
fn every_change_at_every_stage_keeps_the_position_stops_the_box_and_keeps_history() {
    for from in Kind::ALL {
        for to in Kind::ALL {
            for position in 0..4 {
                let mut facts = at_stage(*from, position);
                let before = state(&facts, &Policy::default());
                assert_eq!(before.stage, Stage::track(*from)[position]);
                facts.push(labeled(TURN, &format!("kind/{to}")));
                let after = state(&facts, &Policy::default());
                let story = format!("{from} in {} becomes {to}", before.stage);

                assert_eq!(after.stage, mapped(*from, *to, position), "{story}");
                assert_eq!(after.frozen, before.frozen, "{story}");
                assert_eq!(after.closed, before.closed, "{story}");
                assert!(after.moves.starts_with(&before.moves), "{story}");
                let changed = from != to;
                let keeps_points = !from.is_exploration() && !to.is_exploration();
                assert_eq!(after.points.is_some(), keeps_points, "{story}");
                let had_box = from.is_exploration() && position > 0;
                assert_eq!(after.timebox.is_some(), had_box && !changed, "{story}");
                let earlier: Vec<_> = after
                    .earlier_boxes
                    .iter()
                    .map(TimeBox::stopped_at)
                    .collect();
                let stopped = vec![Some(at(TURN)); usize::from(had_box && changed)];
                assert_eq!(earlier, stopped, "{story}");
                assert!(!after.tripped, "{story}");
                // And time goes on.
                assert_eq!(until(after.clone(), TURN), after, "{story}");
            }
        }
    }
}

#[test]
fn the_way_there_and_back_keeps_the_stage_but_not_the_box() {
    for from in Kind::ALL {
        for to in Kind::ALL.iter().filter(|to| *to != from) {
            for position in 0..4 {
                let mut facts = at_stage(*from, position);
                facts.push(labeled(TURN, &format!("kind/{to}")));
                facts.push(labeled(TURN + 60, &format!("kind/{from}")));
                let back = state(&facts, &Policy::default());
                let there = mapped(*from, *to, position);
                let stage = there.mapped_to(*from);
                assert_eq!(back.stage, stage, "{from} {to}");
                assert_eq!(back.timebox, None, "{from} {to}");
            }
        }
    }
}

#[test]
fn an_experiment_that_was_something_else_is_activated_by_asking_for_where_it_is() {
    let mut facts = at_stage(Kind::Development, 1);
    facts.push(labeled(TURN, "kind/experiment"));
    let item = state(&facts, &Policy::default());
    assert_eq!(
        (item.stage, item.timebox.as_ref(), item.frozen.as_ref()),
        (Stage::Active, None, None)
    );
    facts.push(labeled(TURN + 60, "stage/active"));
    let item = state(&facts, &Policy::default());
    assert!(
        item.timebox
            .is_some_and(|timebox| timebox.started_at() == Some(at(TURN + 60)))
    );
    assert!(item.frozen.is_some_and(|frozen| frozen.at == at(TURN + 60)));
}

#[test]
fn what_its_box_had_moved_to_analysis_is_there_by_its_kind_from_then_on() {
    let item = experiment([labeled(10 * HOUR, "kind/development")]);
    assert_eq!((item.stage, item.tripped), (Stage::InReview, false));
}

#[test]
fn a_decided_experiment_that_becomes_development_keeps_its_decision() {
    let item = experiment([
        find(HOUR),
        ordered(HOUR + 60, decide(Verdict::Productionize, "fast")),
        labeled(TURN, "kind/development"),
    ]);
    assert_eq!(item.stage, Stage::Done);
    assert!(item.decision.is_some() && item.closed.is_some());
}
