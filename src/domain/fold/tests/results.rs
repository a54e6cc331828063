//! What is tested, and what came out.

use super::*;
use OutcomeLabel::{DidNotFinish, Inconclusive, Refuted, Supported};

const TWO: &str =
    "Hypothesis: it is better\nSuccess metric: f1 >= 0.8; latency_p95 < 50 ms\nTime box: 1d";

fn testing(metric_body: &str, more: impl IntoIterator<Item = Fact>) -> Item {
    let mut facts = vec![
        opened("Experiment: BERT", metric_body),
        labeled(0, "stage/active"),
    ];
    facts.extend(more);
    state(&facts, &Policy::default())
}

fn result(seconds: i64, text: &str) -> Fact {
    ordered(
        seconds,
        Order::Result(read_report(text).expect("a test's own result")),
    )
}

fn outcome_of(results: &[&str]) -> Option<OutcomeLabel> {
    let facts: Vec<Fact> = (60..)
        .zip(results)
        .map(|(at, text)| result(at, text))
        .collect();
    testing(TWO, facts).outcome()
}

#[test]
fn nothing_is_measured_before_the_experiment_is_active() {
    let idea = state(
        &[opened("Experiment: BERT", TWO), result(60, "f1=0.9")],
        &Policy::default(),
    );
    let stage = Stage::Ideation;
    assert_eq!(refused(&idea), Refusal::WrongStage { stage });
    assert_eq!((idea.results.len(), idea.outcome()), (0, None));
}

#[test]
fn only_an_open_experiment_has_results() {
    let closed = testing(
        TWO,
        [closed(60, CloseReason::NotPlanned), result(120, "f1=0.9")],
    );
    assert_eq!(refused(&closed), Refusal::Closed);
    let facts = [
        opened("Explore graphs (1 day)", ""),
        labeled(0, "stage/active"),
        result(60, "f1=0.9"),
    ];
    let kind = Kind::Research;
    assert_eq!(
        refused(&state(&facts, &Policy::default())),
        Refusal::WrongKind { kind }
    );
}

#[test]
fn a_result_is_kept_with_who_and_when_and_the_last_of_each_name_counts() {
    let by_tom = {
        let report = read_report("F1=0.7 recall=0.5").expect("a result");
        ordered_by(&tom(), 120, Order::Result(report))
    };
    let item = testing(TWO, [result(60, "f1=0.9 latency_p95=41ms"), by_tom]);
    let kept: Vec<_> = item
        .results
        .iter()
        .map(|it| (it.at, it.by.clone()))
        .collect();
    assert_eq!(kept, [(at(60), mira().user), (at(120), tom().user)]);
    let last = |name: &str| item.measured(name).map(|value| value.to_string());
    assert_eq!(last("f1").as_deref(), Some("0.7"));
    assert_eq!(last("latency_p95").as_deref(), Some("41 ms"));
    assert_eq!(last("recall").as_deref(), Some("0.5"));
    assert_eq!(item.outcome(), Some(Refuted));
}

#[test]
fn any_miss_refutes_and_what_was_not_measured_tells_nothing() {
    assert_eq!(outcome_of(&[]), None);
    assert_eq!(outcome_of(&["f1=0.8 latency_p95=49ms"]), Some(Supported));
    assert_eq!(outcome_of(&["f1=0.8"]), Some(Inconclusive));
    assert_eq!(outcome_of(&["f1=0.79"]), Some(Refuted));
    assert_eq!(outcome_of(&["latency_p95=50ms"]), Some(Refuted));
    assert_eq!(
        outcome_of(&["f1=0.79", "f1=0.85", "latency_p95=0.04s"]),
        Some(Supported)
    );
}

#[test]
fn what_is_measured_people_do_not_judge_but_they_know_that_it_did_not_finish() {
    for judgement in ["supported", "refuted"] {
        let item = testing(TWO, [result(60, judgement)]);
        let known = vec!["f1".to_owned(), "latency_p95".to_owned()];
        assert_eq!(refused(&item), Refusal::Measured { known });
        assert_eq!(item.outcome(), None);
    }
    assert_eq!(outcome_of(&["did-not-finish"]), Some(DidNotFinish));
    assert_eq!(outcome_of(&["inconclusive"]), Some(Inconclusive));
    assert_eq!(
        outcome_of(&["f1=0.9", "did not finish"]),
        Some(DidNotFinish)
    );
    // It was run again.
    assert_eq!(
        outcome_of(&["did-not-finish", "f1=0.9"]),
        Some(Inconclusive)
    );
}

#[test]
fn a_metric_in_prose_is_judged_by_people_whatever_else_is_measured() {
    let prose = READY.replace("f1 >= 0.8", "the raters prefer it");
    let outcome = |results: &[&str]| {
        let facts: Vec<Fact> = (60..)
            .zip(results)
            .map(|(at, text)| result(at, text))
            .collect();
        testing(&prose, facts).outcome()
    };
    for word in OutcomeLabel::ALL {
        assert_eq!(outcome(&[word.word()]), Some(*word));
    }
    assert_eq!(outcome(&["raters=12"]), None);
    assert_eq!(outcome(&["refuted", "raters=12"]), Some(Refuted));
    assert_eq!(outcome(&["refuted", "supported"]), Some(Supported));
}

#[test]
fn a_report_that_misses_every_criterion_is_a_slip() {
    let item = testing(TWO, [result(60, "f2=0.9 recall=0.5")]);
    let expected = Refusal::NoSuchMetric {
        names: vec!["f2".to_owned(), "recall".to_owned()],
        known: vec!["f1".to_owned(), "latency_p95".to_owned()],
    };
    assert_eq!(refused(&item), expected);
    assert!(item.results.is_empty());
}

#[test]
fn a_value_that_measures_something_else_spoils_the_whole_report() {
    for text in ["f1=0.9 latency_p95=4%", "f1=9ms latency_p95=41ms"] {
        let item = testing(TWO, [result(60, text)]);
        assert!(matches!(refused(&item), Refusal::Unfit(_)), "{text}");
        assert!(item.results.is_empty(), "{text}");
    }
}

#[test]
fn the_digest_of_what_was_frozen_is_the_same_for_ever() {
    let item = experiment([]);
    let frozen = item.frozen.as_ref().expect("it is active");
    // printf 'it is better\n\0f1 >= 0.8\n\0\n\0' | sha256sum
    assert_eq!(frozen.digest, "1eabbc5ff117");
    assert_eq!(frozen.at, at(0));
    // Text that moves from one field to the next is another text.
    assert_ne!(
        digest_of_fields([Some("a"), Some("b"), None]),
        digest_of_fields([Some("ab"), None, None])
    );
}

#[test]
fn an_edit_of_the_text_is_noticed_and_changes_nothing_else() {
    let edited = |seconds, body: &str| seen(seconds, snapshot("Experiment: BERT", body));
    let worse = READY.replace("better", "worse").replace("0.8", "0.1");
    let before = experiment([]);
    assert!(!before.text_was_edited());
    let after = experiment([edited(HOUR, &worse)]);
    assert!(after.text_was_edited());
    assert_eq!(after.frozen, before.frozen);
    assert_eq!(
        (after.hypothesis(), after.metric()),
        (before.hypothesis(), before.metric())
    );
    assert_eq!(
        (after.timebox, after.stage, after.notices),
        (before.timebox, before.stage, before.notices)
    );
    let back = experiment([edited(HOUR, &worse), edited(2 * HOUR, READY)]);
    assert!(!back.text_was_edited());
    // What is not frozen may be edited.
    let more = experiment([edited(HOUR, &format!("{READY}\n\nWith more words."))]);
    assert!(!more.text_was_edited());
    // The baseline is.
    let baseline = experiment([edited(HOUR, &format!("{READY}\nBaseline: 0.7"))]);
    assert!(baseline.text_was_edited());
}

#[test]
fn a_hypothesis_by_command_outranks_the_text_and_is_what_is_frozen() {
    let text = "it is much better".to_owned();
    let facts = [
        opened("Experiment: BERT", READY),
        ordered(10, Order::Hypothesis { text }),
        seen(
            20,
            snapshot("Experiment: BERT", &READY.replace("better", "odd")),
        ),
        labeled(60, "stage/active"),
    ];
    let item = state(&facts, &Policy::default());
    assert_eq!(item.hypothesis(), Some("it is much better"));
    assert!(!item.text_was_edited());
    let digest = digest_of_fields([Some("it is much better"), Some("f1 >= 0.8"), None]);
    assert_eq!(item.frozen.expect("it is active").digest, digest);
}

#[test]
fn what_is_frozen_is_amended_with_a_reason_beside_the_original() {
    let say = |field, text: &str| match field {
        Frozen::Hypothesis => Order::Hypothesis {
            text: text.to_owned(),
        },
        Frozen::Metric => Order::Metric {
            text: text.to_owned(),
        },
    };
    let amend = |field, text: &str| Order::Amend {
        field,
        text: text.to_owned(),
        reason: "the labels were wrong".to_owned(),
    };
    for field in [Frozen::Hypothesis, Frozen::Metric] {
        let frozen = experiment([ordered(60, say(field, "anything"))]);
        assert_eq!(refused(&frozen), Refusal::Frozen(field));
        let facts = [
            opened("Experiment: BERT", READY),
            ordered(60, amend(field, "anything")),
        ];
        assert_eq!(
            refused(&state(&facts, &Policy::default())),
            Refusal::NotFrozen(field)
        );
    }
    let item = experiment([
        result(30, "f1=0.75"),
        ordered(60, amend(Frozen::Metric, "f1 >= 0.9")),
        ordered(90, amend(Frozen::Metric, "f1 >= 0.7")),
    ]);
    assert_eq!(item.metric(), Some("f1 >= 0.7"));
    assert_eq!(item.outcome(), Some(Supported));
    let frozen = item.frozen.as_ref().expect("it is active");
    assert_eq!(frozen.metric.as_deref(), Some("f1 >= 0.8"));
    assert_eq!(
        frozen.digest,
        experiment([]).frozen.expect("it is active").digest
    );
    let dates: Vec<_> = frozen.amendments.iter().map(|it| it.at).collect();
    assert_eq!(dates, [at(60), at(90)]);
    assert_eq!(item.hypothesis(), Some("it is better"));
}

#[test]
fn going_back_to_the_idea_and_forward_again_freezes_nothing_anew_and_the_clock_goes_on() {
    let item = experiment([
        labeled(HOUR, "stage/ideation"),
        seen(
            2 * HOUR,
            snapshot("Experiment: BERT", &READY.replace("better", "worse")),
        ),
        labeled(3 * HOUR, "stage/active"),
    ]);
    assert_eq!(item.stage, Stage::Active);
    assert_eq!(item.hypothesis(), Some("it is better"));
    let timebox = item.timebox.as_ref().expect("it runs");
    assert_eq!(timebox.used(at(3 * HOUR)), WorkTime::from_hours(3));
    assert!(item.earlier_boxes.is_empty());
    // Its end comes in time, also for an idea, which is not moved by it.
    let idea = until(experiment([labeled(HOUR, "stage/ideation")]), 20 * HOUR);
    assert_eq!(said(&idea), [("box-expiring", 6), ("box-expired", 8)]);
    assert_eq!(idea.stage, Stage::Ideation);
}
