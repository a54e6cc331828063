//! Every row of the guards table (product §2), at `off`, `warn` and `enforce`.

use labhand::domain::ids::ItemNumber;

use crate::lab::{Lab, REPO};

const HYPOTHESIS: &str = "Hypothesis: BERT routes tickets better\n\n";
const METRIC: &str = "Metric: f1 >= 0.85\n\n";
const BOX: &str = "Timebox: 3d\n\n";

/// An experiment with these fields, and somebody's wish that it be active, as a label.
async fn asked_to_be_active(lab: &Lab, body: &str) -> ItemNumber {
    let mira = lab.person("mira");
    let issue = mira.open_issue("Test BERT vs GPT").body(body).send();
    lab.settle().await;
    mira.label(issue, "stage/active");
    lab.settle().await;
    issue
}

/// What one missing field comes to: refused at `enforce` with one comment that names it and the
/// command, shown at `warn`, nothing at `off`.
async fn missing_field(rule: &str, body: &str, names: &str, shown_once_active: bool) {
    for level in ["enforce", "warn", "off"] {
        let policy = format!("guards: {{ {rule}: {level} }}\n");
        let lab = Lab::policy(policy.leak()).await;
        let issue = asked_to_be_active(&lab, body).await;
        let (labels, status, said) = (lab.labels(issue), lab.status(issue), lab.said(issue));
        if level == "enforce" {
            assert_eq!(labels, ["kind/experiment", "stage/ideation"]);
            assert_eq!(
                said.len(),
                2,
                "one status comment and one refusal: {said:#?}"
            );
            assert!(said[1].contains("stays in ideation"), "{}", said[1]);
            assert!(said[1].contains(names), "{}", said[1]);
            continue;
        }
        assert!(
            labels.contains(&"stage/active".to_owned()),
            "{rule} {level}: {labels:?}"
        );
        assert_eq!(said.len(), 1, "{said:#?}");
        let warns = level == "warn" && shown_once_active;
        assert_eq!(status.contains("⚠️"), warns, "{rule} {level}: {status}");
        assert_eq!(status.contains(names), warns, "{rule} {level}: {status}");
    }
}

#[tokio::test]
async fn an_experiment_needs_a_hypothesis() {
    let body = format!("{METRIC}{BOX}");
    missing_field("experiment-needs-hypothesis", &body, "/hypothesis", true).await;
}

#[tokio::test]
async fn an_experiment_needs_a_metric() {
    let body = format!("{HYPOTHESIS}{BOX}");
    missing_field("experiment-needs-metric", &body, "/metric", true).await;
}

#[tokio::test]
async fn exploration_needs_a_time_box() {
    let body = format!("{HYPOTHESIS}{METRIC}");
    missing_field("exploration-needs-timebox", &body, "/timebox", true).await;
}

#[tokio::test]
async fn by_default_an_experiment_needs_all_three_and_one_comment_names_them() {
    let lab = Lab::new().await;
    let issue = asked_to_be_active(&lab, "").await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    let said = lab.said(issue);
    assert_eq!(said.len(), 2, "{said:#?}");
    insta::assert_snapshot!(said[1], @"**[#1](https://redirect.github.com/acme/fraud/issues/1) stays in ideation.** An experiment needs a hypothesis before it starts, for example `/hypothesis BERT routes tickets better than GPT-2`. An experiment needs a success metric before it starts, for example `/metric f1 >= 0.85 baseline 0.80`. An experiment needs a time box before it starts, for example `/timebox 3d`.");
}

#[tokio::test]
async fn research_needs_only_a_time_box() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    let refused = mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(lab.reactions(issue, refused), ["eyes", "confused"]);
    insta::assert_snapshot!(lab.reply(issue, refused), @"`/activate`: it stays in ideation. Research needs a time box before it starts, for example `/timebox 3d`.");
    mira.comment(issue, "/timebox spike\n/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    assert!(lab.status(issue).contains("4 h"));
}

#[tokio::test]
async fn a_preset_that_the_policy_does_not_know_is_no_time_box() {
    let lab = Lab::new().await;
    let body = format!("{HYPOTHESIS}{METRIC}Timebox: hugo\n");
    let issue = asked_to_be_active(&lab, &body).await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    let said = lab.said(issue);
    assert!(said[1].contains("/timebox 3d"), "{}", said[1]);
}

#[tokio::test]
async fn exploration_bears_no_points() {
    for (level, labels) in [
        ("enforce", "kind/research stage/ideation"),
        ("warn", "kind/research points/5 stage/ideation"),
        ("off", "kind/research points/5 stage/ideation"),
    ] {
        let policy = format!("guards: {{ no-points-on-exploration: {level} }}\n");
        let lab = Lab::policy(policy.leak()).await;
        let mira = lab.person("mira");
        let issue = mira.open_issue("Explore graph features").send();
        lab.settle().await;
        mira.label(issue, "points/5");
        lab.settle().await;
        assert_eq!(lab.labels(issue).join(" "), labels, "{level}");
        let (status, said) = (lab.status(issue), lab.said(issue));
        assert_eq!(status.contains("⚠️"), level == "warn", "{status}");
        assert_eq!(
            said.len(),
            if level == "enforce" { 2 } else { 1 },
            "{said:#?}"
        );
        assert!(
            level != "enforce" || said[1].contains("/timebox 3d"),
            "{said:#?}"
        );
    }
}

#[tokio::test]
async fn points_by_command_or_at_creation_are_refused_on_exploration() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Test BERT vs GPT")
        .labels(&["points/8"])
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/ideation"]);
    assert_eq!(lab.said(issue).len(), 2);
    let refused = mira.comment(issue, "/points 5");
    lab.settle().await;
    assert!(lab.reply(issue, refused).contains("`/timebox 3d`"));
}

/// `- [ ] endpoint` is missing, or points are, when somebody asks for in-progress.
async fn development_missing(rule: &str, other: &str, body: &str, points: &[&str], names: &str) {
    for level in ["enforce", "warn", "off"] {
        let policy = format!("guards: {{ {rule}: {level}, {other}: off }}\n");
        let lab = Lab::policy(policy.leak()).await;
        let mira = lab.person("mira");
        let issue = mira
            .open_issue("Implement the API")
            .body(body)
            .labels(points)
            .send();
        lab.settle().await;
        mira.label(issue, "stage/in-progress");
        lab.settle().await;
        let (labels, said) = (lab.labels(issue), lab.said(issue));
        let stage = if level == "enforce" {
            "stage/todo"
        } else {
            "stage/in-progress"
        };
        assert!(
            labels.contains(&stage.to_owned()),
            "{rule} {level}: {labels:?}"
        );
        assert_eq!(said.is_empty(), level == "off", "{rule} {level}: {said:#?}");
        assert!(
            level == "off" || said[0].contains(names),
            "{rule} {level}: {said:#?}"
        );
    }
}

#[tokio::test]
async fn development_needs_points() {
    development_missing(
        "development-needs-points",
        "development-needs-deliverables",
        "",
        &[],
        "`/points 5`",
    )
    .await;
}

#[tokio::test]
async fn development_needs_deliverables() {
    development_missing(
        "development-needs-deliverables",
        "development-needs-points",
        "",
        &["points/5"],
        "`- [ ] endpoint deployed`",
    )
    .await;
}

#[tokio::test]
async fn development_with_points_and_deliverables_hears_nothing() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Implement the API")
        .body("- [ ] endpoint deployed")
        .labels(&["points/5"])
        .assign(&["ana"])
        .send();
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/development", "points/5", "stage/in-progress"]
    );
    assert_eq!(lab.said(issue), Vec::<String>::new());
}

#[tokio::test]
async fn an_enforced_rule_holds_development_back_whoever_moves_it_and_says_why() {
    let lab = Lab::policy("guards: { development-needs-points: enforce }\n").await;
    let mira = lab.person("mira");
    let opened = mira.open_issue("Implement the API").assign(&["ana"]).send();
    let later = mira.open_issue("Implement the client").send();
    lab.settle().await;
    mira.assign(later, "ana");
    lab.settle().await;
    for issue in [opened, later] {
        assert_eq!(lab.labels(issue), ["kind/development", "stage/todo"]);
        let status = lab.status(issue);
        assert!(status.contains("`/points 5`"), "{status}");
    }
    mira.comment(later, "/points 5");
    lab.settle().await;
    assert_eq!(
        lab.labels(later),
        ["kind/development", "points/5", "stage/in-progress"]
    );
}

#[tokio::test]
async fn development_builds_on_what_was_validated() {
    for level in ["warn", "enforce", "off"] {
        let policy = format!(
            "guards: {{ development-builds-on-validated: {level}, development-needs-points: off, development-needs-deliverables: off }}\n"
        );
        let lab = Lab::policy(policy.leak()).await;
        let mira = lab.person("mira");
        let body = format!("{HYPOTHESIS}{METRIC}{BOX}");
        let base = mira.open_issue("Test BERT vs GPT").body(&body).send();
        lab.settle().await;
        let build = mira
            .open_issue("Implement the API")
            .body(&format!("Builds-on: #{base}"))
            .send();
        lab.settle().await;
        let said = lab.said(build);
        assert_eq!(said.is_empty(), level != "warn", "{level}: {said:#?}");
        assert!(level != "warn" || said[0].contains("not decided `productionize`"));
        mira.label(build, "stage/in-progress");
        lab.settle().await;
        let held = lab.labels(build).contains(&"stage/todo".to_owned());
        assert_eq!(held, level == "enforce", "{level}");
        mira.comment(
            base,
            "/activate\n/findings It works.\n\n/decide productionize it works",
        );
        lab.settle().await;
        let warned = lab.said(build).iter().any(|said| said.contains("⚠️"));
        assert!(!warned, "{level}: {:#?}", lab.said(build));
        lab.whatever_was_said(base);
    }
}

#[tokio::test]
async fn findings_come_before_the_decision() {
    for level in ["enforce", "warn", "off"] {
        let policy = format!("guards: {{ findings-before-decision: {level} }}\n");
        let lab = Lab::policy(policy.leak()).await;
        let issue = asked_to_be_active(&lab, &format!("{HYPOTHESIS}{METRIC}{BOX}")).await;
        let mira = lab.person("mira");
        mira.comment(issue, "/analyze");
        lab.settle().await;
        let decided = mira.comment(issue, "/decide abandon it is slow");
        lab.settle().await;
        let status = lab.status(issue);
        assert_eq!(lab.issue(issue).open, level == "enforce", "{level}");
        assert_eq!(status.contains("⚠️ Findings"), level == "warn", "{status}");
        if level == "enforce" {
            assert!(lab.reply(issue, decided).contains("`/findings …`"));
        }
    }
}

#[tokio::test]
async fn a_decision_comes_before_closing() {
    for level in ["warn", "off"] {
        let policy = format!("guards: {{ decision-before-close: {level} }}\n");
        let lab = Lab::policy(policy.leak()).await;
        let issue = asked_to_be_active(&lab, &format!("{HYPOTHESIS}{METRIC}{BOX}")).await;
        lab.person("mira").close(issue);
        lab.settle().await;
        assert!(!lab.issue(issue).open);
        let status = lab.status(issue);
        assert_eq!(
            status.contains("⚠️ An experiment ends with a decision"),
            level == "warn",
            "{status}"
        );
        assert_eq!(lab.said(issue).len(), 1);
    }
}

#[tokio::test]
async fn an_enforced_decision_before_closing_reopens_it_in_analysis_and_its_box_goes_on() {
    let lab = Lab::policy("guards: { decision-before-close: enforce }\n").await;
    let issue = asked_to_be_active(&lab, &format!("{HYPOTHESIS}{METRIC}{BOX}")).await;
    lab.person("mira").close(issue);
    lab.settle().await;
    assert!(lab.issue(issue).open);
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/analysis", "timebox/running"]
    );
    let said = lab.said(issue);
    assert_eq!(said.len(), 2, "{said:#?}");
    insta::assert_snapshot!(said[1], @"**[#1](https://redirect.github.com/acme/fraud/issues/1) is open again, in analysis.** An experiment ends with a decision: `/decide productionize | abandon | more-research`, with the reason.");
    lab.until("2026-11-25T17:00:00Z").await;
    assert!(
        lab.labels(issue).contains(&"timebox/expired".to_owned())
            || lab.labels(issue).contains(&"timebox/expiring".to_owned())
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn research_without_findings_is_reopened_too_where_the_policy_says_so() {
    let lab = Lab::policy("guards: { decision-before-close: enforce }\n").await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    mira.close(issue);
    lab.settle().await;
    assert!(lab.issue(issue).open);
    let said = lab.said(issue);
    assert!(said[1].contains("`/findings …`"), "{said:#?}");
}

#[tokio::test]
async fn one_person_has_one_running_box() {
    for level in ["warn", "enforce", "off"] {
        let policy = format!("guards: {{ one-active-box: {level} }}\n");
        let lab = Lab::policy(policy.leak()).await;
        let mira = lab.person("mira");
        let open = |title: &str| mira.open_issue(title).assign(&["mira"]).send();
        let first = open("Explore graph features (2 days)");
        let second = open("Explore text features (2 days)");
        lab.settle().await;
        mira.comment(first, "/activate");
        lab.settle().await;
        let started = mira.comment(second, "/activate");
        lab.settle().await;
        let running = |issue| lab.labels(issue).contains(&"timebox/running".to_owned());
        assert!(running(first));
        assert_eq!(running(second), level != "enforce", "{level}");
        for issue in [first, second] {
            let status = lab.status(issue);
            let warned = status.contains("⚠️ An assignee has another running time box");
            assert_eq!(warned, level == "warn", "{level}: {status}");
        }
        if level == "enforce" {
            assert!(lab.reply(second, started).contains("`/block reason`"));
        }
        mira.comment(first, "/block waiting for data");
        lab.settle().await;
        for issue in [first, second] {
            assert!(!lab.status(issue).contains("⚠️"), "{}", lab.status(issue));
        }
        if level == "enforce" {
            mira.comment(second, "/activate");
            lab.settle().await;
            assert!(running(second));
        }
    }
}

#[tokio::test]
async fn two_people_may_have_a_running_box_each() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let first = mira
        .open_issue("Explore graph features (2 days)")
        .assign(&["mira"])
        .send();
    let second = mira
        .open_issue("Explore text features (2 days)")
        .assign(&["jonas"])
        .send();
    lab.settle().await;
    mira.comment(first, "/activate");
    mira.comment(second, "/activate");
    lab.settle().await;
    assert!(!lab.status(first).contains("⚠️"));
    assert!(!lab.status(second).contains("⚠️"));
    mira.assign(second, "mira");
    lab.settle().await;
    assert!(lab.status(first).contains("⚠️"));
    assert!(lab.status(second).contains("⚠️"));
}

#[tokio::test]
async fn a_new_policy_counts_from_its_push() {
    let lab = Lab::new().await;
    let first = asked_to_be_active(&lab, "").await;
    assert!(lab.labels(first).contains(&"stage/ideation".to_owned()));
    lab.wait_hours(1).await;
    lab.person("lena").write_file(
        ".github/labhand.yml",
        "guards: { experiment-needs-hypothesis: off, experiment-needs-metric: off, exploration-needs-timebox: off }\n",
    );
    lab.settle().await;
    assert!(lab.labels(first).contains(&"stage/ideation".to_owned()));
    lab.wait_hours(1).await;
    let next = asked_to_be_active(&lab, "").await;
    assert!(lab.labels(next).contains(&"stage/active".to_owned()));
    lab.whatever_was_said(first);
    lab.whatever_was_said(next);
}

#[tokio::test]
async fn what_an_enforced_rule_keeps_from_its_pull_request_goes_on_once_it_is_content() {
    let lab = Lab::policy("guards: { development-needs-deliverables: enforce }\n").await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement the API")
        .labels(&["points/5"])
        .send();
    lab.settle().await;
    assert_eq!(lab.said(issue), Vec::<String>::new());
    ana.open_pull("API")
        .body(&format!("Closes #{issue}"))
        .send();
    lab.settle().await;
    assert!(lab.labels(issue).contains(&"stage/todo".to_owned()));
    assert!(lab.status(issue).contains("a task list in the description"));
    ana.edit_text(issue, "- [ ] endpoint");
    lab.settle().await;
    assert!(lab.labels(issue).contains(&"stage/in-review".to_owned()));
    assert!(lab.status(issue).contains("0 of 1 done"));
}

#[tokio::test]
async fn a_decision_that_is_reopened_no_longer_validates() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let body = format!("{HYPOTHESIS}{METRIC}{BOX}");
    let base = mira.open_issue("Test BERT vs GPT").body(&body).send();
    let build = mira
        .open_issue("Implement the API")
        .body(&format!("Builds-on: #{base}\n\n- [ ] endpoint"))
        .labels(&["points/5"])
        .send();
    lab.settle().await;
    mira.comment(
        base,
        "/activate\n/findings It works.\n\n/decide productionize it works",
    );
    lab.settle().await;
    assert!(!lab.status(build).contains("⚠️"));
    mira.reopen(base);
    lab.settle().await;
    assert!(lab.status(build).contains("not decided `productionize`"));
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}
