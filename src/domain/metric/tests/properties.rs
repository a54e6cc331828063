//! What holds for every text and every number.

use proptest::prelude::*;

use super::*;

/// Texts made of what the grammar is made of, in any order.
fn fragments() -> impl Strategy<Value = String> {
    let pieces = [
        "f1",
        "é",
        "x",
        "s",
        "ms",
        "%",
        ">=",
        "<",
        "=",
        "!=",
        "≥",
        ":",
        ";",
        ",",
        "\n",
        "\r\n",
        " ",
        " ",
        "(",
        ")",
        "baseline",
        "0.85",
        "1,000",
        "1_000",
        ".5",
        "1e-3",
        "1e99",
        "-",
        "−",
        "- ",
        "*",
        "`",
        "_",
        ".",
        "supported",
        "did not finish",
        "🙂",
        "\u{7}",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|pieces| pieces.concat())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["(?s).{0,60}", "\\PC{0,60}", fragments(), fragments()]
}

/// Every decimal there is.
fn any_decimal() -> impl Strategy<Value = Decimal> {
    const MOST: i128 = (1 << 96) - 1;
    let digits = prop_oneof![-MOST..=MOST, -1000_i128..=1000, Just(MOST), Just(-MOST)];
    (digits, 0_u32..=28).prop_map(|(digits, scale)| {
        Decimal::try_from_i128_with_scale(digits, scale).expect("in range")
    })
}

fn any_unit() -> impl Strategy<Value = Unit> {
    prop_oneof![
        Just(Unit::Plain),
        Just(Unit::Percent),
        Just(Unit::Millisecond),
        Just(Unit::Second)
    ]
}

fn any_quantity() -> impl Strategy<Value = Quantity> {
    (any_decimal(), any_unit()).prop_map(|(value, unit)| Quantity { value, unit })
}

/// A quantity as it can be written.
fn written_quantity() -> impl Strategy<Value = Quantity> {
    const END: i128 = 10_i128.pow(28);
    let digits = prop_oneof![-999_i128..1000, 1 - END..END];
    (digits, 0_u32..=28, any_unit()).prop_map(|(digits, scale, unit)| Quantity {
        value: Decimal::try_from_i128_with_scale(digits, scale).expect("in range"),
        unit,
    })
}

fn any_comparator() -> impl Strategy<Value = Comparator> {
    prop::sample::select(Comparator::ALL.to_vec())
}

fn any_criterion() -> impl Strategy<Value = Criterion> {
    let name = "[a-zA-Zéµ精][a-z0-9é_.@/+-]{0,20}";
    let baseline = prop::option::of(written_quantity());
    (name, any_comparator(), written_quantity(), baseline).prop_map(
        |(name, comparator, target, baseline)| Criterion {
            name,
            comparator,
            target,
            baseline: baseline.map(|baseline| Quantity {
                unit: target.unit,
                ..baseline
            }),
        },
    )
}

/// What holds of every problem.
fn is_well_told(misformed: &Misformed, text: &str) -> bool {
    let problem = &misformed.problem;
    let placed = (1..=text.chars().count() + 1).contains(&misformed.at);
    let closed = problem.matches('`').count().is_multiple_of(2);
    let plain = !problem.contains(char::is_control) && !problem.ends_with('.');
    placed && closed && plain && problem.chars().count() <= 160
}

proptest! {
    #[test]
    fn reading_never_panics_and_tells_problems_well(text in any_text()) {
        if let Err(misformed) = read(&text) {
            prop_assert!(is_well_told(&misformed, &text), "{misformed:?}");
        }
        if let Err(misformed) = read_report(&text) {
            prop_assert!(is_well_told(&misformed, &text), "{misformed:?}");
        }
        let _ = with_baseline(criteria("f1 >= 0.85; x < 50 ms"), &text);
        let _ = with_baseline(criteria("f1 >= 85%"), &text);
    }

    #[test]
    fn what_is_read_comes_to_rest(text in fragments()) {
        if let Ok(Metric::Criteria(once)) = read(&text) {
            let written: Vec<String> = once.iter().map(ToString::to_string).collect();
            prop_assert_eq!(read(&written.join("\n")), Ok(Metric::Criteria(once)));
        }
    }

    #[test]
    fn what_is_written_is_read_again(criterion in any_criterion()) {
        let written = criterion.to_string();
        let read = criteria(&written).remove(0);
        prop_assert_eq!(&read, &criterion);
        prop_assert_eq!(read.to_string(), written);
        let name = &criterion.name;
        let report = format!("{name}={}", criterion.target);
        prop_assert_eq!(measured(&report)(name), Some(criterion.target));
    }

    #[test]
    fn fitting_and_differences_never_panic(
        value in any_quantity(),
        target in any_quantity(),
        baseline in prop::option::of(any_quantity()),
        comparator in any_comparator(),
    ) {
        let criterion = Criterion { name: "x".to_owned(), comparator, target, baseline };
        match fit(value, &criterion) {
            Ok(fitted) => prop_assert_eq!(fitted.unit, target.unit),
            Err(unfit) => prop_assert!(unfit.to_string().contains("`x`")),
        }
        for row in rows(&[criterion], |_| Some(value)) {
            let _ = row.difference.map(signed);
        }
    }

    #[test]
    fn fitting_there_and_back_changes_nothing(value in -999_999_i64..1_000_000, scale in 0_u32..9) {
        for (from, to) in [("ms", "s"), ("s", "ms")] {
            let there = &criteria(&format!("x = 1{to}"))[0];
            let back = &criteria(&format!("x = 1{from}"))[0];
            let value = Quantity { value: Decimal::new(value, scale), unit: back.target.unit };
            prop_assert_eq!(fit(value, there).and_then(|fitted| fit(fitted, back)), Ok(value));
        }
    }

    #[test]
    fn differences_are_exact(value in -999_999_i64..1_000_000, gain in -999_999_i64..1_000_000, scale in 0_u32..9) {
        let plain = |digits| Quantity { value: Decimal::new(digits, scale), unit: Unit::Plain };
        let mut criterion = criteria("x > 1").remove(0);
        criterion.baseline = Some(plain(value));
        let criteria = [criterion];
        let rows = rows(&criteria, |_| Some(plain(value + gain)));
        prop_assert_eq!(rows[0].difference, Some(plain(gain)));
    }

    #[test]
    fn outcomes_follow_from_misses_then_gaps(
        standing in prop::collection::vec(prop::option::of(any::<bool>()), 1..=MOST_CRITERIA),
    ) {
        let metric: Vec<String> = (0..standing.len()).map(|at| format!("m{at} >= 1")).collect();
        let criteria = criteria(&metric.join(";"));
        let measured = |name: &str| {
            let at: usize = name[1..].parse().expect("a position");
            standing[at].map(|met| quantity(if met { "1" } else { "0.99" }))
        };
        let expected = if standing.contains(&Some(false)) {
            OutcomeLabel::Refuted
        } else if standing.contains(&None) {
            OutcomeLabel::Inconclusive
        } else {
            OutcomeLabel::Supported
        };
        prop_assert_eq!(outcome(&criteria, measured), expected);
    }

    #[test]
    fn comparing_is_exact(one in any_decimal(), other in any_decimal()) {
        let criterion = |comparator| Criterion {
            name: "x".to_owned(),
            comparator,
            target: Quantity { value: other, unit: Unit::Plain },
            baseline: None,
        };
        let value = Quantity { value: one, unit: Unit::Plain };
        let is = |comparator| met(&criterion(comparator), value);
        let three = [Comparator::Below, Comparator::Is, Comparator::Above].map(is);
        prop_assert_eq!(three.iter().filter(|met| **met).count(), 1);
        prop_assert_eq!(is(Comparator::AtMost), !is(Comparator::Above));
        prop_assert_eq!(is(Comparator::AtLeast), !is(Comparator::Below));
        prop_assert_eq!(is(Comparator::IsNot), !is(Comparator::Is));
    }
}
