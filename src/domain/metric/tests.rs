//! Metrics and results: first how they are read.

use rust_decimal::Decimal;

use super::*;

mod judging;
mod properties;

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
