//! What comes from other repositories.

use super::*;

const MOVED: i64 = 10 * HOUR;

/// Active, half past its box, with commands and links; transferred at seven in the evening.
fn transferred(more: impl IntoIterator<Item = Fact>) -> Item {
    let mut facts = active_experiment([
        ordered(60, Order::BuildsOn(vec![ItemNumber(40)])),
        fact(
            61,
            What::Foundation {
                number: ItemNumber(40),
                kind: Some(Kind::Experiment),
                decided: None,
                chain: Chain::default(),
            },
        ),
        fact(
            62,
            What::BuiltOnBy {
                number: ItemNumber(41),
            },
        ),
        fact(
            63,
            What::Tried {
                numbers: vec![ItemNumber(42)],
            },
        ),
        fact(MOVED, What::Arrived { formerly: None }),
    ]);
    facts.extend(more);
    state(&facts, &Policy::default())
}

#[test]
fn an_item_that_arrives_brings_its_history_and_leaves_numbers_and_answers_behind() {
    let item = transferred([]);
    assert_eq!(item.arrived_at, Some(at(MOVED)));
    assert!(item.answers.is_empty() && item.foundations.is_empty() && item.tried.is_empty());
    assert!(item.built_on_by.is_empty() && item.fields.builds_on.is_empty());
    let stayed = experiment([]);
    assert_eq!((item.frozen, item.timebox), (stayed.frozen, stayed.timebox));
    assert_eq!((item.stage, item.moves.len()), (Stage::Analysis, 2));
}

#[test]
fn what_was_said_before_is_not_said_again_and_what_comes_is() {
    let item = until(transferred([]), 40 * HOUR);
    let expected = [("box-expiring", 6), ("box-expired", 8), ("box-review", 32)];
    assert_eq!(said(&item), expected);
    let unsaid = item
        .notices
        .iter()
        .filter(|notice| Some(notice.at) > item.arrived_at);
    assert_eq!(unsaid.count(), 1);
}

#[test]
fn the_text_says_what_it_builds_on_here() {
    let body = format!("{READY}\nBuilds-on: #3");
    let item = transferred([seen(MOVED + 60, snapshot("Experiment: BERT", &body))]);
    assert_eq!(item.fields.builds_on, [ItemNumber(3)]);
}

#[test]
fn what_was_moved_away_says_where_it_is() {
    let to = ItemAt {
        repo: Some("acme/api".parse().expect("a name")),
        number: ItemNumber(5),
    };
    let moved = fact(MOVED, What::Moved { to: to.clone() });
    let item = experiment([moved, fact(MOVED, What::Gone)]);
    assert_eq!((item.moved_to, item.gone), (Some(to), true));
}
