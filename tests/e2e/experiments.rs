//! An experiment from idea to decision: freezing, findings, the three verdicts, and the ways to an
//! end without one (product §2).

use labhand::domain::ids::ItemNumber;
use labhand::sim::StateReason;

use crate::lab::{Lab, REPO};

pub const READY: &str = "### Hypothesis\n\nBERT routes tickets better than GPT-2\n\n\
    ### Success metric\n\nf1 >= 0.85 baseline 0.80\n\n\
    ### Time box\n\n3d\n";

pub async fn ready(lab: &Lab) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue("Test BERT vs GPT for classification")
        .body(READY)
        .assign(&["mira"])
        .send();
    lab.settle().await;
    issue
}

pub async fn active(lab: &Lab) -> ItemNumber {
    let issue = ready(lab).await;
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/active", "timebox/running"]
    );
    issue
}

pub async fn analysed(lab: &Lab) -> ItemNumber {
    let issue = active(lab).await;
    lab.person("mira")
        .comment(issue, "/findings BERT is better by 4 points.");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/analysis"]);
    issue
}

#[tokio::test]
async fn activation_freezes_hypothesis_and_metric() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    lab.wait_hours(1).await;
    let mira = lab.person("mira");
    mira.edit_text(
        issue,
        &READY
            .replace("BERT routes", "GPT-2 routes")
            .replace("0.85", "0.50"),
    );
    lab.settle().await;
    insta::assert_snapshot!(lab.status(issue), @"
    ### 🧪 Experiment · Active
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Next:** report `/result f1=…`, write what you found with `/findings …`, then `/decide productionize | abandon | more-research` and the reason — the box ends **Wed 25 Nov, 17:00 UTC**.

    | Hypothesis 🔒 | BERT routes tickets better than GPT-2 |
    |:--|:--|
    | **Time box** | `▱▱▱▱▱▱▱▱▱▱` 0 h of 24 h · running since Mon 23 Nov, 08:01 · ends Wed 25 Nov, 17:00 UTC |

    | Metric 🔒 | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.85 | 0.80 | – | not measured |

    - ✏️ The issue's text was edited after the start. What counts is what was fixed on 23 Nov 2026, shown here; `/amend metric … because …` adds a change beside it.

    <sub>🔒 fixed 23 Nov 2026, `5b8329639b6c` · `/help` for commands</sub>
    ");
}

#[tokio::test]
async fn what_is_frozen_is_refused_with_the_way_out_and_amended_beside_the_original() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    let mira = lab.person("mira");
    let refused = mira.comment(issue, "/hypothesis Both are equal\n/metric f1 >= 0.5");
    lab.settle().await;
    assert_eq!(lab.reactions(issue, refused), ["eyes", "confused"]);
    insta::assert_snapshot!(lab.reply(issue, refused), @r"
    - `/hypothesis Both are equal`: the hypothesis is fixed since it started; `/amend hypothesis … because …` adds to it.
    - `/metric f1 >= 0.5`: the metric is fixed since it started; `/amend metric … because …` adds to it.
    ");
    mira.comment(
        issue,
        "/amend metric f1 >= 0.82 because the labels are noisier than we thought",
    );
    lab.settle().await;
    let status = lab.status(issue);
    assert!(status.contains("f1 &gt;= 0.85 baseline 0.80"), "{status}");
    assert!(
        status.contains("**Metric**, 23 Nov 2026: f1 &gt;= 0.82<br>because the labels are noisier than we thought · mira"),
        "{status}"
    );
}

#[tokio::test]
async fn what_is_not_frozen_yet_is_simply_set() {
    let lab = Lab::new().await;
    let issue = ready(&lab).await;
    let mira = lab.person("mira");
    let early = mira.comment(issue, "/amend metric f1 >= 0.82 because of noise");
    mira.comment(issue, "/metric f1 >= 0.9");
    lab.settle().await;
    assert!(
        lab.reply(issue, early)
            .contains("`/metric …` simply sets it")
    );
    let status = lab.status(issue);
    assert!(
        status.contains("| `f1` | ≥ 0.9 |") && !status.contains("0.85"),
        "{status}"
    );
}

#[tokio::test]
async fn each_verdict_is_recorded_with_who_and_when_and_closes_as_completed() {
    let lab = Lab::new().await;
    for (verdict, shown) in [
        ("productionize", "✅ productionize"),
        ("abandon", "⛔ abandoned"),
        ("more-research", "🔁 more research"),
    ] {
        let issue = analysed(&lab).await;
        let decided = lab
            .person("jonas")
            .comment(issue, &format!("/decide {verdict} the evidence says so"));
        lab.settle().await;
        assert_eq!(lab.reactions(issue, decided), ["eyes", "rocket"]);
        let now = lab.issue(issue);
        assert!(!now.open);
        assert_eq!(now.state_reason, Some(StateReason::Completed), "{verdict}");
        assert_eq!(lab.labels(issue), ["kind/experiment", "stage/decision"]);
        let status = lab.status(issue);
        assert!(
            status.contains(&format!(
                "**Decided:** {shown} · jonas, 23 Nov 2026\n> the evidence says so"
            )),
            "{status}"
        );
    }
    // What was opened for two of them is another story.
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn a_decision_needs_analysis_findings_and_a_verdict() {
    let lab = Lab::new().await;
    let issue = ready(&lab).await;
    let jonas = lab.person("jonas");
    let in_ideation = jonas.comment(issue, "/decide abandon no time");
    lab.settle().await;
    assert!(
        lab.reply(issue, in_ideation)
            .contains("`/activate` starts it")
    );
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    let in_active = jonas.comment(issue, "/decide abandon no time");
    lab.settle().await;
    assert!(
        lab.reply(issue, in_active)
            .contains("`/findings …` takes it to analysis")
    );
    jonas.comment(issue, "/analyze");
    lab.settle().await;
    let without_findings = jonas.comment(issue, "/decide abandon no time");
    lab.settle().await;
    assert!(lab.reply(issue, without_findings).contains("`/findings …`"));
    assert!(lab.issue(issue).open);
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/analysis", "timebox/running"]
    );
    assert!(lab.status(issue).contains("Analysis"));
}

#[tokio::test]
async fn waiting_for_a_decision_needs_no_findings_yet_and_the_decision_needs_them() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    let mira = lab.person("mira");
    mira.unlabel(issue, "stage/active");
    mira.label(issue, "stage/decision");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/decision", "timebox/running"]
    );
    let early = mira.comment(issue, "/decide abandon it is slow");
    lab.settle().await;
    assert!(lab.reply(issue, early).contains("`/findings …`"));
    mira.comment(issue, "/findings It is slow.\n\n/decide abandon it is slow");
    lab.settle().await;
    assert!(!lab.issue(issue).open);
    assert!(lab.status(issue).contains("⛔ abandoned"));
}

#[tokio::test]
async fn what_is_decided_is_not_decided_again_until_it_is_reopened() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    let jonas = lab.person("jonas");
    jonas.comment(issue, "/decide abandon slow");
    lab.settle().await;
    let again = jonas.comment(issue, "/decide productionize fast after all");
    lab.settle().await;
    assert!(
        lab.reply(issue, again)
            .contains("decided already: abandoned")
    );
    jonas.reopen(issue);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/analysis"]);
    jonas.comment(issue, "/decide productionize fast after all");
    lab.settle().await;
    let status = lab.status(issue);
    assert!(status.contains("✅ productionize"), "{status}");
    assert!(
        status.contains("Decided before it was reopened: ⛔ abandoned"),
        "{status}"
    );
    assert!(!lab.issue(issue).open);
}

#[tokio::test]
async fn closing_as_not_planned_or_duplicate_ends_it_without_being_done() {
    let lab = Lab::new().await;
    for (reason, words) in [
        (StateReason::NotPlanned, "**Ended** without being done."),
        (
            StateReason::Duplicate,
            "**Ended:** another issue says the same.",
        ),
    ] {
        let issue = active(&lab).await;
        lab.person("mira").close_as(issue, reason);
        lab.settle().await;
        assert_eq!(lab.labels(issue), ["kind/experiment", "stage/active"]);
        let status = lab.status(issue);
        assert!(status.contains(words) && !status.contains("⚠️"), "{status}");
    }
}

#[tokio::test]
async fn an_idea_that_never_was_active_closes_without_a_decision() {
    let lab = Lab::policy("guards: { decision-before-close: enforce }\n").await;
    let issue = ready(&lab).await;
    lab.person("mira").close(issue);
    lab.settle().await;
    assert!(!lab.issue(issue).open);
    assert!(!lab.status(issue).contains("⚠️"));
}

#[tokio::test]
async fn reopening_gives_analysis() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    let mira = lab.person("mira");
    mira.close_as(issue, StateReason::NotPlanned);
    lab.settle().await;
    mira.reopen(issue);
    lab.settle().await;
    // Nothing was found out yet, so its box goes on.
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/analysis", "timebox/running"]
    );
    assert!(lab.status(issue).contains("Analysis"));
}

#[tokio::test]
async fn research_is_simply_closed_once_its_findings_are_there() {
    let lab = Lab::policy("guards: { decision-before-close: enforce }\n").await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    mira.comment(issue, "/findings Degree features help most.");
    lab.settle().await;
    mira.close(issue);
    lab.settle().await;
    assert!(!lab.issue(issue).open);
    assert_eq!(lab.labels(issue), ["kind/research", "stage/decision"]);
    let status = lab.status(issue);
    assert!(status.contains("Degree features help most"), "{status}");
}

#[tokio::test]
async fn a_decision_needs_triage_even_from_the_author() {
    let lab = Lab::new().await;
    let otto = lab.person("otto");
    let issue = otto
        .open_issue("Test BERT vs GPT for classification")
        .body(READY)
        .send();
    lab.settle().await;
    otto.comment(issue, "/activate\n/findings It works.");
    lab.settle().await;
    let refused = otto.comment(issue, "/decide productionize it works");
    lab.settle().await;
    assert!(lab.reply(issue, refused).contains("triage permission"));
    assert!(lab.issue(issue).open);
    assert!(lab.status(issue).contains("Analysis"));
}

#[tokio::test]
async fn a_deleted_experiment_is_left_in_peace() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    lab.whatever_was_said(issue);
    lab.person("lena").delete_issue(issue);
    lab.settle().await;
    lab.gh.forget_calls();
    lab.until("2026-12-04T12:00:00Z").await;
    let to_it = lab
        .gh
        .writes()
        .into_iter()
        .filter(|call| call.path.contains(&format!("/issues/{issue}")));
    assert_eq!(to_it.count(), 0);
}
