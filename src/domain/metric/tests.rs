use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;

/// The criteria, written back, joined with `; `.
fn shown(text: &str) -> String {
    match read(text) {
        Ok(Metric::Criteria(criteria)) => {
            let criteria: Vec<String> = criteria.iter().map(ToString::to_string).collect();
            criteria.join("; ")
        }
        Ok(Metric::Prose) => "prose".to_owned(),
        Err(misformed) => misformed.to_string(),
    }
}

/// The measurements or the outcome, written back.
fn reported(text: &str) -> String {
    match read_report(text) {
        Ok(Report::Measured(measured)) => {
            let measured: Vec<String> = measured
                .iter()
                .map(|one| format!("{}={}", one.name, one.value))
                .collect();
            measured.join(", ")
        }
        Ok(Report::Judged(outcome)) => outcome.to_string(),
        Err(misformed) => misformed.to_string(),
    }
}

fn criteria(text: &str) -> Vec<Criterion> {
    match read(text) {
        Ok(Metric::Criteria(criteria)) => criteria,
        other => panic!("{text}: {other:?}"),
    }
}

fn quantity(text: &str) -> Quantity {
    criteria(&format!("x = {text}"))[0].target
}

/// What a text measures, by name.
fn measured(text: &str) -> impl Fn(&str) -> Option<Quantity> {
    let measurements = match read_report(text) {
        Ok(Report::Measured(measurements)) => measurements,
        other => panic!("{text}: {other:?}"),
    };
    move |name| {
        let one = measurements.iter().find(|one| same_name(&one.name, name))?;
        Some(one.value)
    }
}

#[test]
fn metrics_are_read_as_people_write_them() {
    for (text, means) in [
        (
            "f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms",
            "f1 ≥ 0.85 baseline 0.80; latency_p95 < 50 ms",
        ),
        ("f1>=.85", "f1 ≥ 0.85"),
        ("f1 >= 0.80", "f1 ≥ 0.80"),
        ("f1 ≥ 85%", "f1 ≥ 85 %"),
        ("f1 => 85 %", "f1 ≥ 85 %"),
        ("t <= 50ms", "t ≤ 50 ms"),
        ("t =< 50 MS", "t ≤ 50 ms"),
        ("t ≤ 1.5S", "t ≤ 1.5 s"),
        ("x > -3", "x > -3"),
        ("x > −3", "x > -3"),
        ("x < +3", "x < 3"),
        ("x < 1e-3", "x < 0.001"),
        ("x < 1.50E+2ms", "x < 150 ms"),
        ("x = 1_000", "x = 1000"),
        ("x == 1", "x = 1"),
        ("x != 1", "x ≠ 1"),
        ("x ≠ -0.0", "x ≠ 0.0"),
        ("f1 >= 0.85 baseline: 0.80", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 0.85 Baseline=0.80", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 0.85 (baseline 0.80)", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 0.85, baseline 0.80", "f1 ≥ 0.85 baseline 0.80"),
        ("f1 >= 85% (baseline = 0.80)", "f1 ≥ 85 % baseline 80 %"),
        ("t < 50 ms baseline 0.06 s", "t < 50 ms baseline 60 ms"),
        ("t < 50 ms baseline 60", "t < 50 ms baseline 60 ms"),
        ("**f1** >= 0.85", "f1 ≥ 0.85"),
        ("`f1 >= 0.85`", "f1 ≥ 0.85"),
        ("```\nf1 >= 0.85\n```", "f1 ≥ 0.85"),
        ("**f1 >= 0.85; t < 1 s**", "f1 ≥ 0.85; t < 1 s"),
        (
            "- `f1` >= **0.85** baseline `0.80`\r\n* t < 1 s\r\n",
            "f1 ≥ 0.85 baseline 0.80; t < 1 s",
        ),
        (";; f1 >= 0.85 ;\n;", "f1 ≥ 0.85"),
        (
            "recall@10 > 0.5; a/b.c-d+e_f = 1",
            "recall@10 > 0.5; a/b.c-d+e_f = 1",
        ),
        (
            "précision >= 0.9; µ_σ < 2; 精度 > 90%",
            "précision ≥ 0.9; µ_σ < 2; 精度 > 90 %",
        ),
        ("f1 >= 0.8; F1 <= 0.9", "f1 ≥ 0.8; F1 ≤ 0.9"),
        ("x != 1; x > 0", "x ≠ 1; x > 0"),
        (
            "x = 9999999999999999999999999999",
            "x = 9999999999999999999999999999",
        ),
        (
            "x = 0.0000000000000000000000000001",
            "x = 0.0000000000000000000000000001",
        ),
        ("x = 0e999", "x = 0"),
    ] {
        assert_eq!(shown(text), means, "{text}");
    }
}

#[test]
fn what_compares_nothing_is_prose() {
    for text in [
        "",
        " \n; ",
        "- ",
        "users like it more",
        "latency is < 50 ms for most users",
        "- better answers\n- fewer complaints",
        "0.85 >= f1",
        "wow! great",
        "f1: 0.85",
        "https://example.org/a?b=c",
        "> f1",
    ] {
        assert_eq!(shown(text), "prose", "{text}");
    }
}

#[test]
fn what_is_no_value_is_said_with_its_place() {
    for (text, problem) in [
        ("f1 >= abc", "at character 7: `abc` is no number"),
        ("µé >= abc", "at character 7: `abc` is no number"),
        ("f1 >=", "at character 6: a value is missing"),
        ("f1 >= ; t < 1", "at character 6: a value is missing"),
        ("f1 >= nan", "at character 7: `nan` is no number"),
        ("f1 >= -inf", "at character 7: `-inf` is no number"),
        ("f1 >= 0.8.5", "at character 7: `0.8.5` is no number"),
        ("f1 >= 1__0", "at character 7: `1__0` is no number"),
        ("f1 >= %", "at character 7: `%` is no number"),
        ("f1 >= ８", "at character 7: `８` is no number"),
        (
            "f1 >= 0,85",
            "at character 7: `0,85` has a comma; numbers are written with a point, such as `0.85`",
        ),
        (
            "x > 1,000.5 ms",
            "at character 5: `1,000.5` has a comma; numbers are written with a point, such as `0.85`",
        ),
        ("x > 1e29", "at character 5: `1e29` has more than 28 digits"),
        ("x > 1e28", "at character 5: `1e28` has more than 28 digits"),
        (
            "x > 1e-29",
            "at character 5: `1e-29` has more than 28 digits",
        ),
        (
            "x > 1e99999999999999999999",
            "at character 5: `1e99999999999999999999` has more than 28 digits",
        ),
        (
            "x > 10000000000000000000000000000",
            "at character 5: `10000000000000000000000000000` has more than 28 digits",
        ),
    ] {
        assert_eq!(shown(text), problem, "{text}");
    }
}

#[test]
fn what_is_wrong_around_a_value_is_said_with_its_place() {
    let long = "x".repeat(61);
    let many = "a > 1; b > 1; c > 1; d > 1; e > 1; f > 1; g > 1; h > 1; i > 1; j > 1; k > 1; \
        l > 1; m > 1; n > 1; o > 1; p > 1; q > 1; r > 1; s > 1; t > 1; u > 1";
    for (text, problem) in [
        (
            "精度 ≥ 0.9;\n🙂🙂 ok",
            "at character 11: `🙂🙂` is no name; names begin with a letter",
        ),
        (
            "t < 5min",
            "at character 6: `min` is none of the units `%`, `ms` and `s`",
        ),
        (
            "t < 5 min",
            "at character 7: `min` is neither a unit (`%`, `ms`, `s`) nor a baseline",
        ),
        (
            "f1 > 0.8, t < 5",
            "at character 9: criteria are separated by `;` or line breaks, not by `,`",
        ),
        (
            "f1 > 0.8; é is better",
            "at character 11: `é` is not followed by a comparator such as `>=`",
        ),
        ("f1 >== 0.8", "at character 4: `>==` is no comparator"),
        ("f1 <> 0.8", "at character 4: `<>` is no comparator"),
        ("f1 > 0.8 baseline", "at character 18: a value is missing"),
        (
            "f1 > 0.8 baseline abc",
            "at character 19: `abc` is no number",
        ),
        (
            "f1 > 0.8 (baseline 0.7",
            "at character 10: `(` is not closed behind the baseline",
        ),
        (
            "f1 > 0.8 baseline 0.7)",
            "at character 22: `)` is neither a unit (`%`, `ms`, `s`) nor a baseline",
        ),
        (
            "f1 > 0.8 baseline 9 ms",
            "at character 19: `f1` is measured in plain numbers, which `9 ms` is not",
        ),
        (
            "t < 1 ms baseline 2e25 s",
            "at character 19: `20000000000000000000000000 s` for `t` has too many digits to be converted exactly",
        ),
        (
            "f1 > 80% baseline 70",
            "at character 19: `70` may be a percentage or a ratio; write `baseline 70%` or `baseline 0.70`",
        ),
        (
            "é > 1; É >= 2",
            "at character 8: `É` is bounded twice from the same side",
        ),
        (
            "x = 1; x = 2",
            "at character 8: `x` is bounded twice from the same side",
        ),
        (many, "at character 141: a metric has at most 20 criteria"),
        (
            &format!("{long} > 1"),
            "at character 1: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…` is longer than 60 characters",
        ),
        ("f1 > a\u{7}b`c", "at character 6: `ab` is no number"),
        ("f1 > \u{7}", "at character 6: this is no number"),
    ] {
        assert_eq!(shown(text), problem, "{text}");
    }
}

#[test]
fn results_are_read_as_people_write_them() {
    for (text, means) in [
        ("f1=0.87 latency_p95=41ms", "f1=0.87, latency_p95=41 ms"),
        (
            "f1 = 0.87, latency_p95: 41 ms; auc=0.9",
            "f1=0.87, latency_p95=41 ms, auc=0.9",
        ),
        ("- f1: 87%\n- **auc**: `0.90`\n\n", "f1=87 %, auc=0.90"),
        ("f1=0.87,auc=0.9", "f1=0.87, auc=0.9"),
        ("loss=1 s=2 ms: 3 % x=4 s", "loss=1, s=2, ms=3 %, x=4 s"),
        ("t=41ms s=2", "t=41 ms, s=2"),
        ("Supported", "supported"),
        ("**refuted**.", "refuted"),
        ("inconclusive :-/ ", "inconclusive"),
        ("did not finish!", "did-not-finish"),
        ("Did-Not-Finish", "did-not-finish"),
        ("did  NOT finish\n", "did-not-finish"),
        ("supported=0.5", "supported=0.5"),
        ("refuted: 3 %", "refuted=3 %"),
    ] {
        assert_eq!(reported(text), means, "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_result_is_said_with_its_place() {
    let many: Vec<String> = (1..=51).map(|n| format!("x{n}=1")).collect();
    for (text, problem) in [
        ("", "at character 1: a result is missing"),
        (" ,; ", "at character 1: a result is missing"),
        (
            "it went great",
            "at character 1: `it` is neither a measurement such as `f1=0.87` nor an outcome",
        ),
        (
            "did not work",
            "at character 1: `did` is neither a measurement such as `f1=0.87` nor an outcome",
        ),
        ("f1=", "at character 4: a value is missing"),
        ("f1=é", "at character 4: `é` is no number"),
        (
            "é=1, 5",
            "at character 6: `5` is no name; names begin with a letter",
        ),
        (
            "f1=0,87",
            "at character 4: `0,87` has a comma; numbers are written with a point, such as `0.85`",
        ),
        (
            "é=41 min",
            "at character 6: `min` is neither a unit (`%`, `ms`, `s`) nor followed by `=` and a value",
        ),
        (
            "f1=0.87auc=0.9",
            "at character 4: `0.87auc=0.9` is no number",
        ),
        ("f1=87%x", "at character 7: `x` is not part of a value"),
        (
            "f1 >= 0.87",
            "at character 4: a result is written with `=`, not with `>=`",
        ),
        (
            "précision=1 PRÉCISION=2",
            "at character 13: `PRÉCISION` is given twice",
        ),
        (
            "supported, because f1 rose",
            "at character 12: `because` follows `supported`, which stands alone",
        ),
        (
            "refuted.\nf1=0.87",
            "at character 10: `f1=0.87` follows `refuted`, which stands alone",
        ),
        (
            "supported: yes",
            "at character 12: `yes` follows `supported`, which stands alone",
        ),
        (
            &many.join(" "),
            "at character 292: a result has at most 50 measurements",
        ),
    ] {
        assert_eq!(reported(text), problem, "{text}");
    }
}

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
