//! What each command means.

use super::*;

#[test]
fn kinds_buckets_phases_and_stages() {
    assert_eq!(
        order("/kind Research, please"),
        Ok(Order::Kind(Kind::Research))
    );
    assert_eq!(order("/experiment"), Ok(Order::Kind(Kind::Experiment)));
    assert_eq!(
        order("/maintenance now"),
        Ok(Order::Kind(Kind::Maintenance))
    );
    assert_eq!(
        order("/bucket learning"),
        Ok(Order::Bucket(Bucket::Learning))
    );
    assert_eq!(
        order("/phase `prototype`"),
        Ok(Order::Phase(Phase::Prototype))
    );
    assert_eq!(
        order("/stage in progress"),
        Ok(Order::Stage(Stage::InProgress))
    );
    assert_eq!(
        order("/stage In-Review."),
        Ok(Order::Stage(Stage::InReview))
    );
    assert_eq!(order("/analyse"), Ok(Order::Stage(Stage::Analysis)));
    insta::assert_snapshot!(answers("/kind\n/kind bug\n/stage `x", None), @r"
    0: a kind is missing: `research`, `experiment`, `development` or `maintenance`; /kind experiment
    1: `bug` is no kind: `research`, `experiment`, `development` or `maintenance`; /kind experiment
    2: `x` is no stage: `ideation`, `active`, `analysis`, `decision`, `todo`, `in-progress`, `in-review` or `done`; /stage in-progress
    ");
}

#[test]
fn sizes() {
    let span = |weeks, days| {
        BoxLength::Span(Span {
            weeks,
            days,
            ..Span::default()
        })
    };
    assert_eq!(order("/timebox 1w 2d"), Ok(Order::Timebox(span(1, 2))));
    assert_eq!(order("/timebox\u{a0}2d."), Ok(Order::Timebox(span(0, 2))));
    assert_eq!(
        order("/timebox Spike"),
        Ok(Order::Timebox(BoxLength::Preset("spike".to_owned())))
    );
    let points = |low, high| Ok(Order::Points(Points { low, high }));
    assert_eq!(order("/points 5"), points(5, 5));
    assert_eq!(order("/points 5-8"), points(5, 8));
    assert_eq!(order("/points 5 – 8"), points(5, 8));
    assert_eq!(order("/points 999"), points(999, 999));
    insta::assert_snapshot!(
        answers("/timebox\n/timebox 2x\n/points\n/points 0\n/points 1000\n/points 8-5\n/points +5\n/points 99999999999999999999\n/points -5", None),
        @r"
    0: the length is missing; /timebox 2d
    1: `2x` is no time box; /timebox 2d
    2: the number is missing; /points 5-8
    3: `0` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    4: `1000` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    5: `8-5` begins with the larger number; /points 5-8
    6: `+5` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    7: `99999999999999999999` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    8: `-5` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    ");
}

#[test]
fn fields() {
    let numbers = |all: &[u64]| {
        Ok(Order::BuildsOn(
            all.iter().copied().map(ItemNumber).collect(),
        ))
    };
    assert_eq!(order("/builds-on #12 #13"), numbers(&[12, 13]));
    assert_eq!(order("/builds-on 12, #13, #12"), numbers(&[12, 13]));
    assert_eq!(
        order("/metric f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms"),
        Ok(Order::Metric {
            text: "f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms".to_owned()
        })
    );
    assert_eq!(
        order("/amend Hypothesis BERT wins because of size\nbecause the set was cleaned"),
        Ok(Order::Amend {
            field: Frozen::Hypothesis,
            text: "BERT wins because of size".to_owned(),
            reason: "the set was cleaned".to_owned(),
        })
    );
    insta::assert_snapshot!(
        answers("/builds-on\n/builds-on acme/x#3\n/builds-on 0\n/hypothesis\n/metric <!-- x -->\n/amend\n/amend baseline x because y\n/amend metric f1 > 1\n/amend metric because y\n/amend metric x because", None),
        @r"
    0: the number of an issue is missing; /builds-on #12 #13
    1: `acme/x#3` is no list of issues of this repository; /builds-on #12 #13
    2: `0` is no list of issues of this repository; /builds-on #12 #13
    3: the hypothesis is missing; /hypothesis BERT routes tickets better than GPT-2
    4: the metric is missing; /metric f1 >= 0.85 baseline 0.80
    5: `hypothesis` or `metric` is missing; /amend metric f1 >= 0.82 because the test set was cleaned
    6: `baseline` is neither `hypothesis` nor `metric`; /amend metric f1 >= 0.82 because the test set was cleaned
    7: the reason is missing: `because …`; /amend metric f1 >= 0.82 because the test set was cleaned
    8: the new text is missing; /amend metric f1 >= 0.82 because the test set was cleaned
    9: the reason is missing; /amend metric f1 >= 0.82 because the test set was cleaned
    ");
}

#[test]
fn decisions() {
    let decided = |verdict, elsewhere: Option<&str>, reason: &str| {
        let elsewhere = elsewhere.map(|name| name.parse().unwrap());
        Ok(Order::Decide {
            verdict,
            elsewhere,
            reason: reason.to_owned(),
        })
    };
    assert_eq!(
        order("/decide productionize in acme/serving because the platform is there"),
        decided(
            Verdict::Productionize,
            Some("acme/serving"),
            "because the platform is there"
        )
    );
    assert_eq!(
        order("/decide Productionize: in the end it won"),
        decided(Verdict::Productionize, None, "in the end it won")
    );
    assert_eq!(
        order("/decide abandon in train/test data it leaked"),
        decided(Verdict::Abandon, None, "in train/test data it leaked")
    );
    assert_eq!(
        order("/decide more-research — latency is open"),
        decided(Verdict::MoreResearch, None, "latency is open")
    );
    insta::assert_snapshot!(answers("/decide\n/decide maybe\n/decide abandon\n/decide productionize in acme/serving", None), @r"
    0: a decision is missing: `productionize`, `abandon` or `more-research`; /decide abandon GPT-2 is no better than the baseline
    1: `maybe` is no decision: `productionize`, `abandon` or `more-research`; /decide abandon GPT-2 is no better than the baseline
    2: the reason is missing; /decide abandon GPT-2 is no better than the baseline
    3: the reason is missing; /decide abandon GPT-2 is no better than the baseline
    ");
}

#[test]
fn hand_offs() {
    assert_eq!(order("/handoff"), Ok(Order::Handoff { model: None }));
    assert_eq!(
        order("/handoff fraud-detector v2.3.0"),
        Ok(Order::Handoff {
            model: model_version("fraud-detector v2.3.0")
        })
    );
    assert_eq!(
        order("/Handoff OFF only a refactoring"),
        Ok(Order::HandoffOff {
            reason: "only a refactoring".to_owned()
        })
    );
    assert_eq!(
        order("/sign Features, `io-format` models/x.onnx"),
        Ok(Order::Sign {
            slugs: slugs(&["features", "io-format"]),
            evidence: Some("models/x.onnx".to_owned()),
        })
    );
    assert_eq!(
        order("/sign benchmarks <https://x.y/z>."),
        Ok(Order::Sign {
            slugs: slugs(&["benchmarks"]),
            evidence: Some("https://x.y/z".to_owned()),
        })
    );
    assert_eq!(
        order("/sign serving serving."),
        Ok(Order::Sign {
            slugs: slugs(&["serving"]),
            evidence: None
        })
    );
    assert_eq!(
        order("/unsign docs"),
        Ok(Order::Unsign {
            slugs: slugs(&["docs"])
        })
    );
    assert_eq!(
        order("/na ab-testing: batch only"),
        Ok(Order::NotApplicable {
            slug: Slug::new("ab-testing"),
            reason: "batch only".to_owned()
        })
    );
    insta::assert_snapshot!(
        answers("/handoff please\n/handoff fraud-detector\n/handoff off\n/sign\n/sign a/b.md\n/sign a a/b.md c\n/unsign ,\n/na\n/na serving", None),
        @r"
    0: `please` is no model and its version; /handoff fraud-detector v2.3.0
    1: `fraud-detector` is no model and its version; /handoff fraud-detector v2.3.0
    2: the reason is missing; /handoff off a refactoring only
    3: the entry is missing; /sign model-card docs/model_card.md
    4: the entry is missing; /sign model-card docs/model_card.md
    5: `c` stands after the evidence, which comes last; /sign model-card docs/model_card.md
    6: the entry is missing; /unsign serving
    7: the entry is missing; /na ab-testing batch scoring, no traffic to split
    8: the reason is missing; /na ab-testing batch scoring, no traffic to split
    ");
}
