//! How results are judged, and what is shown of them.

use super::*;

#[test]
fn values_are_brought_to_the_criterions_unit() {
    for (value, target, means) in [
        ("0.87", "0.85", "0.87"),
        ("87%", "0.85", "0.87"),
        ("87.0 %", "0.85", "0.870"),
        ("0.87", "85%", "87 %"),
        ("0.870", "85%", "87.0 %"),
        ("1", "85%", "100 %"),
        ("-1", "85%", "-100 %"),
        ("1.5%", "85%", "1.5 %"),
        ("0.041s", "50ms", "41 ms"),
        ("2s", "50ms", "2000 ms"),
        ("41ms", "1s", "0.041 s"),
        ("41", "50ms", "41 ms"),
        ("41", "50s", "41 s"),
        (
            "87",
            "85%",
            "`87` for `x` may be a percentage or a ratio; write `x=87%` or `x=0.87`",
        ),
        (
            "-1.5",
            "85%",
            "`-1.5` for `x` may be a percentage or a ratio; write `x=-1.5%` or `x=-0.015`",
        ),
        (
            "1.000000000000000000000000001",
            "85%",
            "`1.000000000000000000000000001` for `x` may be a percentage or a ratio; write \
             `x=1.000000000000000000000000001%`",
        ),
        (
            "5ms",
            "0.85",
            "`x` is measured in plain numbers, which `5 ms` is not",
        ),
        (
            "5s",
            "85%",
            "`x` is measured in per cent, which `5 s` is not",
        ),
        (
            "5%",
            "50ms",
            "`x` is measured in milliseconds, which `5 %` is not",
        ),
        ("5%", "5s", "`x` is measured in seconds, which `5 %` is not"),
        (
            "9999999999999999999999999999s",
            "5ms",
            "`9999999999999999999999999999 s` for `x` has too many digits to be converted exactly",
        ),
    ] {
        let fitted = fit(quantity(value), &criteria(&format!("x = {target}"))[0]);
        let shown = fitted.map_or_else(|unfit| unfit.to_string(), |value| value.to_string());
        assert_eq!(shown, means, "{value} for {target}");
    }
}

#[test]
fn a_target_that_is_reached_exactly_is_reached() {
    for (metric, meeting, missing) in [
        ("x >= 0.87", "x=0.870", "x=0.8699999999999999999999"),
        ("x > 0.87", "x=87.1%", "x=87%"),
        ("x <= 50ms", "x=0.05s", "x=50.1"),
        ("x < 50ms", "x=0.0499s", "x=0.05s"),
        ("x = 1", "x=100%", "x=1.01"),
        ("x != 0.3", "x=0.30000000000000004", "x=0.30"),
    ] {
        let criteria = criteria(metric);
        assert_eq!(
            outcome(&criteria, measured(meeting)),
            OutcomeLabel::Supported,
            "{metric} {meeting}"
        );
        assert_eq!(
            outcome(&criteria, measured(missing)),
            OutcomeLabel::Refuted,
            "{metric} {missing}"
        );
    }
}

#[test]
fn one_miss_refutes_and_one_gap_leaves_it_open() {
    let criteria = criteria("f1 >= 0.85; latency_p95 < 50 ms");
    for (result, says) in [
        ("F1=0.87 latency_p95=41ms", OutcomeLabel::Supported),
        ("f1=0.87", OutcomeLabel::Inconclusive),
        ("f1=0.87 latency_p95=41%", OutcomeLabel::Inconclusive),
        ("f1=0.84", OutcomeLabel::Refuted),
        ("f1=0.84 latency_p95=41%", OutcomeLabel::Refuted),
        ("auc=0.9", OutcomeLabel::Inconclusive),
    ] {
        assert_eq!(outcome(&criteria, measured(result)), says, "{result}");
    }
    assert_eq!(outcome(&[], |_| None), OutcomeLabel::Inconclusive);
}

#[test]
fn rows_show_results_in_the_criterions_unit_and_what_they_gained() {
    let criteria = criteria(
        "f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms; acc > 80% baseline 0.8; auc > 0.9; size < 9",
    );
    let rows = rows(
        &criteria,
        measured("f1=87% latency_p95=0.041s acc=0.80 auc=7ms"),
    );
    let shown: Vec<String> = rows
        .iter()
        .map(|row| {
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
            let result = or_none(row.result.map(|result| result.to_string()));
            let met = or_none(row.met.map(|met| met.to_string()));
            let difference = or_none(row.difference.map(signed));
            format!("{}: {result}, {met}, {difference}", row.criterion.name)
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r"
    f1: 0.87, true, +0.07
    latency_p95: 41 ms, true, −9 ms
    acc: 80 %, false, ±0
    auc: –, –, –
    size: –, –, –
    ");
}

#[test]
fn a_difference_that_cannot_be_counted_is_none() {
    let criteria = criteria("x > 0.0000000000000000000000000001");
    let rows = rows(&criteria, measured("x=9999999999999999999999999999"));
    assert_eq!(rows[0].met, Some(true));
    assert_eq!(rows[0].difference, None);
}

#[test]
fn a_baseline_of_its_own_fills_in_what_is_missing() {
    let two = "f1 >= 0.85; t < 50 ms";
    for (metric, text, means) in [
        ("f1 >= 0.85", "0.80", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 0.85", " **80 %**\n", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 0.85", "f1: 0.80", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 0.85", "5 ms", "f1 ≥ 0.85"),
        ("f1 >= 0.85", "0,80", "f1 ≥ 0.85"),
        ("f1 >= 0.85", "f1 1,000", "f1 ≥ 0.85"),
        ("f1 >= 0.85", "0.80 or so", "f1 ≥ 0.85"),
        ("f1 >= 0.85", "", "f1 ≥ 0.85"),
        (
            "f1 >= 0.85 baseline 0.7",
            "f1 0.8",
            "f1 ≥ 0.85 baseline 0.7",
        ),
        (
            "f1 >= 0.85 baseline 0.7; t < 9s",
            "8",
            "f1 ≥ 0.85 baseline 0.7; t < 9 s baseline 8 s",
        ),
        (two, "0.80", "f1 ≥ 0.85; t < 50 ms"),
        (
            two,
            "F1 0.80, t=60",
            "f1 ≥ 0.85 baseline 0.80; t < 50 ms baseline 60 ms",
        ),
        (
            two,
            "- f1: 0.80 in May, t: 0.06s, f1=0.81\n- auc 0.9",
            "f1 ≥ 0.85 baseline 0.81; t < 50 ms baseline 60 ms",
        ),
        (
            two,
            "t 5%; the old model; f1 = 0.8",
            "f1 ≥ 0.85 baseline 0.8; t < 50 ms",
        ),
        (
            "x >= 1; x <= 2",
            "x 1.5",
            "x ≥ 1 baseline 1.5; x ≤ 2 baseline 1.5",
        ),
    ] {
        let filled = with_baseline(criteria(metric), text);
        let filled: Vec<String> = filled.iter().map(ToString::to_string).collect();
        assert_eq!(filled.join("; "), means, "{metric} with {text}");
    }
}

#[test]
fn what_is_stored_keeps_its_precision() {
    let metric = read("f1 >= 0.80; t != 50 ms").expect("a metric");
    let stored = serde_json::to_string(&metric).expect("JSON");
    insta::assert_snapshot!(stored, @r#"{"criteria":[{"name":"f1","comparator":">=","target":{"value":"0.80","unit":"plain"},"baseline":null},{"name":"t","comparator":"!=","target":{"value":"50","unit":"millisecond"},"baseline":null}]}"#);
    let restored: Metric = serde_json::from_str(&stored).expect("the same metric");
    let Metric::Criteria(criteria) = restored else {
        panic!("prose")
    };
    assert_eq!(criteria[0].to_string(), "f1 ≥ 0.80");
}

#[test]
fn every_comparator_has_a_symbol_and_a_word() {
    for comparator in Comparator::ALL {
        for spelling in [comparator.symbol(), comparator.word()] {
            let criterion = &criteria(&format!("x {spelling} 1"))[0];
            assert_eq!(criterion.comparator, *comparator, "{spelling}");
        }
        assert!(comparator.word().is_ascii());
    }
}
