//! What an experiment measures, what came out, and what stays fixed meanwhile (product §2).

use labhand::domain::ids::ItemNumber;

use crate::experiments::{READY, active};
use crate::lab::{Lab, REPO};

/// An active experiment of mira's with this metric.
async fn measured_by(lab: &Lab, metric: &str) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue("Test BERT vs GPT for classification")
        .body(&READY.replace("f1 >= 0.85 baseline 0.80", metric))
        .assign(&["mira"])
        .send();
    lab.settle().await;
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    issue
}

async fn says(lab: &Lab, issue: ItemNumber, who: &str, command: &str) {
    lab.wait_hours(1).await;
    lab.says(issue, who, command).await;
}

fn outcome(lab: &Lab, issue: ItemNumber) -> Vec<String> {
    let mut labels = lab.labels(issue);
    labels.retain(|label| label.starts_with("outcome/"));
    labels
}

const TWO: &str = "f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms baseline 62 ms";

#[tokio::test]
async fn several_metrics_with_units_and_baselines_are_a_table() {
    let lab = Lab::new().await;
    let issue = measured_by(&lab, TWO).await;
    says(&lab, issue, "mira", "/result f1=0.87 latency_p95=41ms").await;
    assert_eq!(outcome(&lab, issue), ["outcome/supported"]);
    insta::assert_snapshot!(lab.status(issue), @"
    ### 🧪 Experiment · Active
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Next:** write what you found with `/findings …`, then `/decide productionize | abandon | more-research` and the reason — the box ends **Wed 25 Nov, 17:00 UTC**.

    | Hypothesis 🔒 | BERT routes tickets better than GPT-2 |
    |:--|:--|
    | **Time box** | `▱▱▱▱▱▱▱▱▱▱` 0 h of 24 h · running since Mon 23 Nov, 08:01 · ends Wed 25 Nov, 17:00 UTC |

    | Metric 🔒 | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.85 | 0.80 | **0.87** | ✓ +0.07 |
    | `latency_p95` | &lt; 50 ms | 62 ms | **41 ms** | ✓ −21 ms |

    **Outcome:** supported · mira, 23 Nov 2026

    <sub>🔒 fixed 23 Nov 2026, `3e12019e2400` · `/help` for commands</sub>
    ");
}

#[tokio::test]
async fn a_miss_refutes_what_is_open_leaves_it_inconclusive_and_the_rest_supports() {
    let lab = Lab::new().await;
    let issue = measured_by(&lab, TWO).await;
    for (result, expected) in [
        ("f1=0.87", "outcome/inconclusive"),
        ("latency_p95=55ms", "outcome/refuted"),
        ("latency_p95=0.05s", "outcome/refuted"),
        ("F1=0.85 latency_p95=49.9 ms", "outcome/supported"),
        ("f1=0.849", "outcome/refuted"),
    ] {
        says(&lab, issue, "mira", &format!("/result {result}")).await;
        assert_eq!(outcome(&lab, issue), [expected], "{result}");
    }
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn results_may_be_given_again_and_each_is_kept_with_author_and_time() {
    let lab = Lab::new().await;
    let issue = measured_by(&lab, TWO).await;
    says(&lab, issue, "mira", "/result f1=0.81").await;
    says(
        &lab,
        issue,
        "jonas",
        "/result f1=0.88 latency_p95=44ms recall=0.7",
    )
    .await;
    let status = lab.status(issue);
    let after = status.find("<b>Results</b>").expect("they are listed");
    insta::assert_snapshot!(&status[after..], @"
    <b>Results</b> · reported 2 times</summary>

    - Mon 23 Nov, 10:01 UTC, jonas: `f1` 0.88, `latency_p95` 44 ms, `recall` 0.7
    - Mon 23 Nov, 09:01 UTC, mira: `f1` 0.81

    </details>

    <sub>🔒 fixed 23 Nov 2026, `3e12019e2400` · `/help` for commands</sub>
    ");
    assert!(status.contains("| **0.88** | ✓ +0.08 |"), "{status}");
}

#[tokio::test]
async fn a_metric_in_prose_is_judged_by_people() {
    let lab = Lab::new().await;
    let issue = measured_by(&lab, "Support agents prefer its answers").await;
    for judged in ["supported", "refuted", "inconclusive", "did-not-finish"] {
        says(&lab, issue, "mira", &format!("/result {judged}")).await;
        assert_eq!(outcome(&lab, issue), [format!("outcome/{judged}")]);
    }
    let status = lab.status(issue);
    assert!(
        status.contains("**Outcome:** did not finish · mira"),
        "{status}"
    );
    assert!(
        status.contains("Support agents prefer its answers"),
        "{status}"
    );
}

#[tokio::test]
async fn what_is_measured_is_not_judged_except_that_it_did_not_finish() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    let mira = lab.person("mira");
    let judged = mira.comment(issue, "/result supported");
    lab.settle().await;
    insta::assert_snapshot!(lab.reply(issue, judged), @"`/result supported`: the metric is measured, not judged: `/result f1=…`, or `/result did-not-finish`.");
    assert_eq!(outcome(&lab, issue), Vec::<String>::new());
    says(&lab, issue, "mira", "/result did not finish").await;
    assert_eq!(outcome(&lab, issue), ["outcome/did-not-finish"]);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_with_the_place_and_an_example() {
    let lab = Lab::new().await;
    let issue = measured_by(&lab, TWO).await;
    let slip = lab.person("mira").comment(
        issue,
        "/result f1=high\n/result f1=0.8.7\n/result\n/result auc=0.9\n/result latency_p95=3 %\n/result f1 0.87",
    );
    lab.settle().await;
    insta::assert_snapshot!(lab.reply(issue, slip), @"
    - `/result f1=high`: at character 4: `high` is no number; for example `/result f1=0.87 latency_p95=41ms`.
    - `/result f1=0.8.7`: at character 4: `0.8.7` is no number; for example `/result f1=0.87 latency_p95=41ms`.
    - `/result`: the result is missing; for example `/result f1=0.87 latency_p95=41ms`.
    - `/result auc=0.9`: `auc` is not measured here; the metrics are `f1` and `latency_p95`.
    - `/result latency_p95=3 %`: `latency_p95` is measured in milliseconds, which `3 %` is not.
    - `/result f1 0.87`: at character 1: `f1` is neither a measurement such as `f1=0.87` nor an outcome; for example `/result f1=0.87 latency_p95=41ms`.
    ");
    assert_eq!(outcome(&lab, issue), Vec::<String>::new());
    lab.status(issue);
}

#[tokio::test]
async fn a_metric_that_cannot_be_read_is_refused_by_command_and_explained_in_the_text() {
    let lab = Lab::new().await;
    let issue = measured_by(&lab, "f1 >= 0.85; latency < fast").await;
    insta::assert_snapshot!(lab.status(issue), @"
    ### 🧪 Experiment · Active
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Next:** judge the metric with `/result supported | refuted | inconclusive`, write what you found with `/findings …`, then `/decide productionize | abandon | more-research` and the reason — the box ends **Wed 25 Nov, 17:00 UTC**.

    | Hypothesis 🔒 | BERT routes tickets better than GPT-2 |
    |:--|:--|
    | **Metric 🔒** | f1 &gt;= 0.85; latency &lt; fast<br>⚠️ taken as words, for people to judge: at character 23: `fast` is no number |
    | **Time box** | `▱▱▱▱▱▱▱▱▱▱` 0 h of 24 h · running since Mon 23 Nov, 08:01 · ends Wed 25 Nov, 17:00 UTC |

    <sub>🔒 fixed 23 Nov 2026, `8e4e6a5c4568` · `/help` for commands</sub>
    ");
    let other = lab.person("mira").open_issue("Test CNN vs RNN").send();
    lab.settle().await;
    let slip = lab
        .person("mira")
        .comment(other, "/metric f1 >= 0.85; latency < fast");
    lab.settle().await;
    insta::assert_snapshot!(lab.reply(other, slip), @"`/metric f1 >= 0.85; latency < fast`: at character 23: `fast` is no number; for example `/metric f1 >= 0.85 baseline 0.80`.");
    lab.status(other);
}

#[tokio::test]
async fn an_outcome_label_is_output() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    let lee = lab.person("lee");
    lee.label(issue, "outcome/supported");
    lab.settle().await;
    assert_eq!(outcome(&lab, issue), Vec::<String>::new());
    says(&lab, issue, "mira", "/result f1=0.87").await;
    lee.unlabel(issue, "outcome/supported");
    lee.label(issue, "outcome/refuted");
    lab.settle().await;
    assert_eq!(outcome(&lab, issue), ["outcome/supported"]);
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_training_job_may_report_and_nothing_else() {
    let lab = Lab::policy("commands: { bots: [\"github-actions[bot]\"] }\n").await;
    lab.gh.bot("github-actions[bot]");
    lab.gh.bot("dependabot[bot]");
    let issue = active(&lab).await;
    says(&lab, issue, "dependabot[bot]", "/result f1=0.10").await;
    assert_eq!(outcome(&lab, issue), Vec::<String>::new());
    says(
        &lab,
        issue,
        "github-actions[bot]",
        "/result f1=0.87\n/findings It works.\n/timebx 2d",
    )
    .await;
    assert_eq!(outcome(&lab, issue), ["outcome/supported"]);
    let status = lab.status(issue);
    assert!(status.contains("Experiment · Active"), "{status}");
    assert!(status.contains(r"github-actions\[bot\]"), "{status}");
    let slip = lab
        .person("github-actions[bot]")
        .comment(issue, "/result f1=nan");
    lab.settle().await;
    assert!(
        lab.reply(issue, slip).contains("/result f1=0.87"),
        "{}",
        lab.reply(issue, slip)
    );
    assert_eq!(lab.said(issue).len(), 2);
}

#[tokio::test]
async fn nothing_is_measured_before_it_has_begun_or_of_what_is_no_experiment() {
    let lab = Lab::new().await;
    let idea = crate::experiments::ready(&lab).await;
    let mira = lab.person("mira");
    let early = mira.comment(idea, "/result f1=0.87");
    let research = mira.open_issue("Explore graph features (2 days)").send();
    let other = mira.comment(research, "/result f1=0.87");
    lab.settle().await;
    assert!(lab.reply(idea, early).contains("`/activate` starts it"));
    assert!(lab.reply(research, other).contains("this is research"));
    for issue in [idea, research] {
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn an_amendment_counts_and_both_stay_readable_with_dates_and_reasons() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    says(&lab, issue, "mira", "/result f1=0.83").await;
    assert_eq!(outcome(&lab, issue), ["outcome/refuted"]);
    lab.wait_hours(24).await;
    says(
        &lab,
        issue,
        "jonas",
        "/amend metric f1 >= 0.82 because the labels are noisier than we thought",
    )
    .await;
    says(
        &lab,
        issue,
        "mira",
        "/amend hypothesis BERT routes *English* tickets better because we have no others",
    )
    .await;
    assert_eq!(outcome(&lab, issue), ["outcome/supported"]);
    insta::assert_snapshot!(lab.status(issue), @r"
    ### 🧪 Experiment · Active
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Next:** write what you found with `/findings …`, then `/decide productionize | abandon | more-research` and the reason — the box ends **Wed 25 Nov, 17:00 UTC**.

    | Hypothesis 🔒 | BERT routes tickets better than GPT-2 |
    |:--|:--|
    | **Hypothesis, amended** | BERT routes \*English\* tickets better |
    | **Time box** | `▰▰▰▰▱▱▱▱▱▱` 10 h of 24 h · running since Mon 23 Nov, 08:01 · ends Wed 25 Nov, 17:00 UTC |

    | Metric 🔒 amended | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.82 | – | **0.83** | ✓ +0.01 from what is wanted |

    **Outcome:** supported · mira, 23 Nov 2026

    <details><summary><b>2 amendments</b></summary>

    - **Hypothesis**, as fixed 23 Nov 2026: BERT routes tickets better than GPT-2
    - **Metric**, as fixed 23 Nov 2026: f1 &gt;= 0.85 baseline 0.80
    - **Metric**, 24 Nov 2026, after the first result: f1 &gt;= 0.82<br>because the labels are noisier than we thought · jonas
    - **Hypothesis**, 24 Nov 2026, after the first result: BERT routes \*English\* tickets better<br>because we have no others · mira

    </details>

    <sub>🔒 fixed 23 Nov 2026, `5b8329639b6c` · `/help` for commands</sub>
    ");
}

#[tokio::test]
async fn an_edit_of_the_text_that_is_taken_back_leaves_no_note() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    let mira = lab.person("mira");
    lab.wait_hours(1).await;
    mira.edit_text(issue, &READY.replace("0.85", "0.50"));
    lab.settle().await;
    assert!(lab.status(issue).contains("was edited after the start"));
    lab.wait_hours(1).await;
    mira.edit_text(issue, READY);
    lab.settle().await;
    assert!(!lab.status(issue).contains("was edited after the start"));
    assert_eq!(lab.gh.issue(REPO, issue).body, READY);
}
