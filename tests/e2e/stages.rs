//! Stages: labels that ask and labels that tell, what pull requests and assignment do, closing and
//! reopening (product §2).

use labhand::sim::StateReason;

use crate::lab::Lab;

const QUIET: &str =
    "guards: { development-needs-points: off, development-needs-deliverables: off }\n";

#[tokio::test]
async fn research_walks_its_track_by_command() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    for (command, stage) in [
        ("/activate", "stage/active"),
        ("/analyze", "stage/analysis"),
        ("/stage decision", "stage/decision"),
        ("/stage active", "stage/active"),
    ] {
        mira.comment(issue, command);
        lab.settle().await;
        assert_eq!(
            lab.labels(issue),
            ["kind/research", stage, "timebox/running"],
            "{command}"
        );
    }
    assert!(lab.status(issue).contains("Research · Active"));
}

#[tokio::test]
async fn research_walks_its_track_by_labels() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    for stage in ["stage/active", "stage/analysis", "stage/decision"] {
        mira.label(issue, stage);
        lab.settle().await;
        assert_eq!(
            lab.labels(issue),
            ["kind/research", stage, "timebox/running"]
        );
    }
    assert!(lab.status(issue).contains("Research · Decision"));
}

#[tokio::test]
async fn of_two_stages_that_are_set_one_after_the_other_the_latest_wins() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Fix the pipeline").send();
    lab.settle().await;
    mira.label(issue, "stage/in-review");
    lab.clock.advance(jiff::SignedDuration::from_secs(2));
    mira.label(issue, "stage/in-progress");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/in-progress"]);
}

#[tokio::test]
async fn maintenance_walks_its_track_and_stage_done_closes() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    for stage in ["stage/in-progress", "stage/in-review"] {
        mira.label(issue, stage);
        lab.settle().await;
        assert_eq!(lab.labels(issue), ["kind/maintenance", stage]);
    }
    mira.label(issue, "stage/done");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/done"]);
    assert!(!lab.issue(issue).open);
    assert_eq!(lab.issue(issue).state_reason, Some(StateReason::Completed));
}

#[tokio::test]
async fn a_refused_label_is_taken_off_and_the_old_one_put_back() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    // As GitHub's page does it: the old one off, the new one on.
    mira.unlabel(issue, "stage/ideation");
    mira.label(issue, "stage/active");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    let said = lab.said(issue);
    assert_eq!(said.len(), 2, "{said:#?}");
    insta::assert_snapshot!(said[1], @"**[#1](https://redirect.github.com/acme/fraud/issues/1) stays in ideation.** Research needs a time box before it starts, for example `/timebox 3d`.");
}

#[tokio::test]
async fn a_label_of_the_other_track_is_refused_too() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features").send();
    lab.settle().await;
    mira.label(issue, "stage/in-review");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    insta::assert_snapshot!(lab.said(issue)[1], @"**[#1](https://redirect.github.com/acme/fraud/issues/1) stays in ideation.** `in-review` is not open to it now. Research moves through `ideation`, `active`, `analysis` and `decision`.");
}

#[tokio::test]
async fn a_label_that_is_refused_at_creation_is_refused_once() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features")
        .labels(&["stage/active"])
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    assert_eq!(lab.said(issue).len(), 2, "{:#?}", lab.said(issue));
}

#[tokio::test]
async fn a_stage_that_is_taken_off_comes_back_after_ten_seconds() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.unlabel(issue, "stage/ideation");
    lab.at_once().await;
    assert_eq!(lab.labels(issue), ["kind/research"]);
    lab.wait(jiff::SignedDuration::from_secs(10)).await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    mira.unlabel(issue, "stage/ideation");
    lab.at_once().await;
    lab.clock.advance(jiff::SignedDuration::from_secs(5));
    mira.label(issue, "stage/active");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    assert_eq!(lab.said(issue).len(), 1);
}

#[tokio::test]
async fn labels_that_tell_are_quietly_put_back() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    mira.unlabel(issue, "timebox/running");
    lab.settle().await;
    mira.label(issue, "timebox/expired");
    mira.label(issue, "outcome/supported");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    assert_eq!(lab.said(issue).len(), 1);
}

#[tokio::test]
async fn after_three_restorations_within_an_hour_labhand_yields_and_says_so() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    for _ in 0..3 {
        assert!(!lab.status(issue).contains("leaves them"));
        mira.unlabel(issue, "timebox/running");
        lab.settle().await;
        assert!(lab.labels(issue).contains(&"timebox/running".to_owned()));
        lab.wait(jiff::SignedDuration::from_secs(60)).await;
    }
    mira.unlabel(issue, "timebox/running");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/active"]);
    assert!(lab.status(issue).contains("leaves them as they are"));
    // An hour later it begins to count anew.
    lab.wait_hours(2).await;
    mira.comment(issue, "/bucket learning");
    lab.settle().await;
    assert!(lab.labels(issue).contains(&"timebox/running".to_owned()));
    assert!(!lab.status(issue).contains("leaves them"));
}

#[tokio::test]
async fn three_restorations_in_more_than_an_hour_are_no_quarrel() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    for _ in 0..5 {
        lab.wait(jiff::SignedDuration::from_mins(25)).await;
        mira.unlabel(issue, "timebox/running");
        lab.settle().await;
        assert!(lab.labels(issue).contains(&"timebox/running".to_owned()));
    }
    assert!(!lab.status(issue).contains("leaves them"));
}

#[tokio::test]
async fn a_renamed_label_is_followed() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    lab.person("lena").rename_label("stage/ideation", "idea 💡");
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    lab.person("lena").rename_label("stage/active", "doing");
    lab.settle().await;
    mira.label(issue, "idea 💡");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["idea 💡", "kind/research", "timebox/running"]
    );
    mira.label(issue, "doing");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["doing", "kind/research", "timebox/running"]
    );
    assert!(lab.status(issue).contains("Research · Active"));
}

#[tokio::test]
async fn a_policy_may_call_labels_otherwise() {
    let lab =
        Lab::policy("labels: { \"kind/research\": research, \"stage/active\": doing }\n").await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Graph features (2 days)")
        .labels(&["research"])
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["research", "stage/ideation"]);
    mira.label(issue, "doing");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["doing", "research", "timebox/running"]);
    assert!(lab.status(issue).contains("Research · Active"));
}

#[tokio::test]
async fn a_label_that_a_new_policy_renames_is_exchanged_with_the_next_change() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    lab.wait_hours(1).await;
    lab.person("lena").write_file(
        ".github/labhand.yml",
        "labels: { \"stage/active\": doing }\n",
    );
    lab.settle().await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["doing", "kind/research", "timebox/running"]
    );
    assert!(lab.status(issue).contains("Research · Active"));
}

#[tokio::test]
async fn assignment_begins_production_work_and_a_pull_request_takes_it_through_review_to_done() {
    let lab = Lab::policy(QUIET).await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    mira.assign(issue, "ana");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    let ana = lab.person("ana");
    let pull = ana
        .open_pull("Endpoint")
        .body(&format!("Closes #{issue}"))
        .draft()
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    ana.ready(pull);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-review"]);
    ana.to_draft(pull);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    ana.ready(pull);
    ana.merge(pull);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/done"]);
    assert!(!lab.issue(issue).open);
}

#[tokio::test]
async fn a_draft_begins_production_work_by_itself() {
    let lab = Lab::policy(QUIET).await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    ana.open_pull("Endpoint")
        .body(&format!("Fixes #{issue}"))
        .draft()
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
}

#[tokio::test]
async fn it_is_in_review_when_every_open_linked_pull_request_is_ready() {
    let lab = Lab::policy(QUIET).await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    let first = ana
        .open_pull("Endpoint")
        .body(&format!("Part-of: #{issue}"))
        .send();
    let second = ana
        .open_pull("Client")
        .body(&format!("Part-of: #{issue}"))
        .draft()
        .send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    ana.ready(second);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-review"]);
    ana.to_draft(second);
    lab.settle().await;
    ana.close(second);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-review"]);
    ana.merge(first);
    lab.settle().await;
    assert!(lab.issue(issue).open, "a part does not close the whole");
    ana.close(issue);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/done"]);
}

#[tokio::test]
async fn a_pull_request_that_is_no_longer_linked_moves_nothing() {
    let lab = Lab::policy(QUIET).await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    let pull = ana
        .open_pull("Endpoint")
        .body(&format!("Closes #{issue}"))
        .draft()
        .send();
    lab.settle().await;
    ana.edit_text(pull, "Something else.");
    lab.settle().await;
    ana.ready(pull);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
}

#[tokio::test]
async fn a_stage_set_by_hand_stays_until_the_pull_request_changes() {
    let lab = Lab::policy(QUIET).await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    let pull = ana
        .open_pull("Endpoint")
        .body(&format!("Closes #{issue}"))
        .send();
    lab.settle().await;
    ana.comment(issue, "/stage in-progress");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    ana.to_draft(pull);
    lab.settle().await;
    ana.ready(pull);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-review"]);
}

#[tokio::test]
async fn production_work_that_is_closed_as_not_planned_is_not_done_and_goes_on_when_reopened() {
    let lab = Lab::policy(QUIET).await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    ana.close_as(issue, StateReason::NotPlanned);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/todo"]);
    ana.reopen(issue);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
    ana.close(issue);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/done"]);
    ana.reopen(issue);
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/development", "stage/in-progress"]);
}

#[tokio::test]
async fn a_phase_is_asked_for_and_one_firm_number_ends_the_prototype() {
    let lab = Lab::policy(QUIET).await;
    let ana = lab.person("ana");
    let issue = ana
        .open_issue("Implement recommendation API endpoint")
        .send();
    lab.settle().await;
    ana.comment(issue, "/phase prototype\n/points 5-8");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        [
            "kind/development",
            "phase/prototype",
            "points/5-8",
            "stage/todo"
        ]
    );
    ana.comment(issue, "/points 5");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        [
            "kind/development",
            "phase/productionize",
            "points/5",
            "stage/todo"
        ]
    );
    ana.label(issue, "points/8");
    lab.settle().await;
    ana.label(issue, "phase/prototype");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        [
            "kind/development",
            "phase/prototype",
            "points/8",
            "stage/todo"
        ]
    );
}

#[tokio::test]
async fn a_stranger_in_a_public_repository_moves_nothing_even_on_their_own_issue() {
    let lab = Lab::with(crate::lab::Setup {
        public: true,
        ..crate::lab::Setup::default()
    })
    .await;
    let otto = lab.person("otto");
    let issue = otto.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    let refused = otto.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    assert!(lab.reply(issue, refused).contains("triage"));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn deliveries_in_another_order_and_twice_end_the_same() {
    let lab = Lab::new().await;
    lab.gh.repeat_deliveries(true);
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    for command in ["/activate", "/block no data", "/unblock", "/analyze"] {
        lab.clock.advance(jiff::SignedDuration::from_mins(30));
        mira.comment(issue, command);
    }
    for delivery in lab.gh.take_deliveries().iter().rev() {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/analysis", "timebox/running"]
    );
    let status = lab.status(issue);
    assert_eq!(lab.said(issue).len(), 1);
    assert!(status.contains("Analysis"), "{status}");
}
