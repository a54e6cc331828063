//! More time for a box, and what else happens to boxes: other people, other stages, other kinds,
//! weekends, holidays and clocks that change (product §3).

use labhand::domain::ids::ItemNumber;
use labhand::sim::StateReason;

use crate::boxes::{box_label, ends};
use crate::lab::{Lab, Setup};

/// Research of mira's with a box of two days that began on Monday at 09:00 UTC.
async fn running(lab: &Lab) -> ItemNumber {
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features (2 days)")
        .assign(&["mira"])
        .send();
    lab.until("2026-11-23T09:00:00Z").await;
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    issue
}

#[tokio::test]
async fn a_lead_grants_at_most_half_of_it_once_and_the_reason_shows() {
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    let too_long = lab
        .refused(issue, "lena", "/extend 1d 1h the cluster was down")
        .await;
    let no_lead = lab
        .refused(issue, "jonas", "/extend 1d the cluster was down")
        .await;
    let silent = lab.refused(issue, "lena", "/extend 1d").await;
    lab.says(issue, "lena", "/extend 1d the cluster was down")
        .await;
    ends(&lab, issue, "Wed 25 Nov, 17:00 UTC");
    let again = lab.refused(issue, "lena", "/extend 1h more").await;
    insta::assert_snapshot!([too_long, no_lead, silent, again].join("\n"), @"
    `/extend 1d 1h the cluster was down`: at most 1 d here (50 % of the box).
    `/extend 1d the cluster was down`: it is for a lead: somebody with maintain or admin permission.
    `/extend 1d`: the reason is missing; for example `/extend 1d the labels came late`.
    `/extend 1h more`: it was extended once already, and no more is granted here; findings or a decision end it.
    ");
    let status = lab.status(issue);
    let row = status
        .lines()
        .find(|line| line.contains("Time box") || line.contains("▱"));
    insta::assert_snapshot!(row.unwrap(), @"| Time box | `▱▱▱▱▱▱▱▱▱▱` 0 h of 24 h · running since Mon 23 Nov, 09:00 · ends Wed 25 Nov, 17:00 UTC · extended by 1 d (lena: the cluster was down) |");
}

#[tokio::test]
async fn before_the_end_it_counts_from_the_old_end_and_later_from_now() {
    let lab = Lab::new().await;
    let early = running(&lab).await;
    lab.says(early, "lena", "/extend 4h the cluster was down")
        .await;
    ends(&lab, early, "Wed 25 Nov, 13:00 UTC");

    let lab = Lab::new().await;
    let late = running(&lab).await;
    lab.until("2026-11-26T10:00:00Z").await;
    assert_eq!(box_label(&lab, late).as_deref(), Some("timebox/expired"));
    lab.says(late, "lena", "/extend 4h the cluster was down")
        .await;
    ends(&lab, late, "Thu 26 Nov, 14:00 UTC");
    assert_eq!(
        lab.labels(late),
        ["kind/research", "stage/active", "timebox/expiring"]
    );
    lab.whatever_was_said(late);
}

#[tokio::test]
async fn each_reminder_is_armed_once_more_for_the_new_end() {
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    lab.until("2026-11-24T17:00:00Z").await;
    assert_eq!(lab.said(issue).len(), 3);
    lab.until("2026-11-25T09:00:00Z").await;
    lab.says(issue, "lena", "/extend 1d the cluster was down")
        .await;
    lab.until("2026-12-31T09:00:00Z").await;
    let said = lab.said(issue);
    insta::assert_snapshot!(said[3..].join("\n"), @"
    @mira, 80 % of the time box of 2 d, extended by 1 d, is used. It ends **Wed 25 Nov, 17:00 UTC**. Write what you found with `/findings …`, then close it, or say with `/decide …` what follows.
    @mira, the time box of 2 d, extended by 1 d, is over. Write what you found with `/findings …`, then close it, or say with `/decide …` what follows. Nothing is closed.
    @mira, the time box of 2 d, extended by 1 d, has been open for twice its length. Please review it: write what is known with `/findings …` and decide. Nothing is closed.
    ");
}

#[tokio::test]
async fn an_extension_before_any_reminder_moves_both() {
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    lab.says(issue, "lena", "/extend 1d the cluster was down")
        .await;
    lab.until("2026-11-25T12:11:00Z").await;
    assert_eq!(lab.said(issue).len(), 1);
    lab.until("2026-11-25T12:12:00Z").await;
    assert_eq!(lab.said(issue).len(), 2);
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/expiring"));
    lab.until("2026-11-25T17:00:00Z").await;
    assert_eq!(lab.said(issue).len(), 3);
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/expired"));
}

#[tokio::test]
async fn an_experiment_that_the_end_had_moved_is_active_again() {
    let lab = Lab::new().await;
    let moved = crate::experiments::active(&lab).await;
    lab.until("2026-11-26T10:00:00Z").await;
    assert_eq!(
        lab.labels(moved),
        ["kind/experiment", "stage/analysis", "timebox/expired"]
    );
    lab.says(moved, "lena", "/extend 1d one run is left").await;
    assert_eq!(
        lab.labels(moved),
        ["kind/experiment", "stage/active", "timebox/running"]
    );
    assert!(
        lab.status(moved).contains("Experiment · Active"),
        "{}",
        lab.status(moved)
    );
    // And the new end moves it again.
    lab.until("2026-11-27T10:00:00Z").await;
    assert_eq!(
        lab.labels(moved),
        ["kind/experiment", "stage/analysis", "timebox/expired"]
    );
    lab.whatever_was_said(moved);
}

#[tokio::test]
async fn an_experiment_that_somebody_has_moved_stays_in_analysis() {
    let lab = Lab::new().await;
    let issue = crate::experiments::active(&lab).await;
    lab.says(issue, "mira", "/analyze").await;
    lab.until("2026-11-26T10:00:00Z").await;
    lab.says(issue, "lena", "/extend 1d the analysis takes longer")
        .await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/analysis", "timebox/running"]
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_lead_who_is_assigned_asks_another_lead_unless_there_is_none() {
    // By permission: lena is the only one with maintain.
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    lab.person("mira").assign(issue, "lena");
    lab.says(issue, "lena", "/extend 4h there is nobody else")
        .await;
    ends(&lab, issue, "Wed 25 Nov, 13:00 UTC");
    let lab = Lab::new().await;
    lab.gh.user("olga");
    lab.gh.collaborator(crate::lab::REPO, "olga", "admin");
    let issue = running(&lab).await;
    lab.person("mira").assign(issue, "lena");
    let own = lab.refused(issue, "lena", "/extend 4h it is mine").await;
    insta::assert_snapshot!(own, @"`/extend 4h it is mine`: a lead other than the assignee grants more time.");
    lab.says(issue, "olga", "/extend 4h it is hers").await;
    ends(&lab, issue, "Wed 25 Nov, 13:00 UTC");

    // By name.
    for (leads, granted) in [
        ("[mira]", true),
        ("[mira, jonas]", false),
        ("[acme/solo]", true),
        ("[acme/data-science]", false),
        ("[acme/solo, acme/nobody]", true),
        ("[lena]", false),
    ] {
        let policy: &'static str = format!("roles: {{ leads: {leads} }}\n").leak();
        let lab = Lab::with(Setup {
            policy: Some(policy),
            before: Some(|gh| {
                gh.team("acme/solo", &["mira"]);
                gh.team("acme/nobody", &[]);
            }),
            ..Setup::default()
        })
        .await;
        let issue = running(&lab).await;
        let asked = lab.person("mira").comment(issue, "/extend 4h it is mine");
        lab.settle().await;
        let done = lab.reactions(issue, asked) == ["eyes", "rocket"];
        assert_eq!(done, granted, "{leads}: {:?}", lab.said(issue));
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn who_and_how_often_is_policy_and_the_policy_at_the_start_counts() {
    let lab = Lab::policy(
        "timeboxes: { extensions: { count: 2, at_most: 25%, by: triage, not_by_assignee: false } }\n",
    )
    .await;
    let issue = running(&lab).await;
    let outsider = lab.refused(issue, "otto", "/extend 2h please").await;
    let long = lab.refused(issue, "mira", "/extend 5h please").await;
    lab.wait_hours(1).await;
    lab.person("lena").write_file(
        ".github/labhand.yml",
        "timeboxes: { extensions: { count: 0 } }\ncalendar: { holidays: [2026-11-24] }\n",
    );
    lab.settle().await;
    lab.says(issue, "mira", "/extend 4h please").await;
    lab.says(issue, "lee", "/extend 4h please").await;
    ends(&lab, issue, "Wed 25 Nov, 17:00 UTC");
    let spent = lab.refused(issue, "lee", "/extend 1h please").await;
    let new = lab
        .person("jonas")
        .open_issue("Explore text features (1 day)")
        .labels(&["stage/active"])
        .send();
    lab.settle().await;
    let never = lab.refused(new, "lena", "/extend 1h please").await;
    insta::assert_snapshot!([outsider, long, spent, never].join("\n"), @"
    `/extend 2h please`: it needs triage permission.
    `/extend 5h please`: at most 4 h here (25 % of the box).
    `/extend 1h please`: it was extended twice already, and no more is granted here; findings or a decision end it.
    `/extend 1h please`: time boxes are not extended here: findings or a decision end them.
    ");
    lab.status(new);
}

#[tokio::test]
async fn there_is_nothing_to_extend_before_the_start_or_after_the_findings() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features (2 days)")
        .send();
    lab.settle().await;
    let early = lab.refused(issue, "lena", "/extend 4h please").await;
    lab.says(issue, "mira", "/activate\n/findings Degree helps.")
        .await;
    let late = lab.refused(issue, "lena", "/extend 4h please").await;
    let work = lab.person("mira").open_issue("Fix data pipeline").send();
    lab.settle().await;
    let other = lab.refused(work, "lena", "/extend 4h please").await;
    insta::assert_snapshot!([early, late, other].join("\n"), @"
    `/extend 4h please`: no time box has started here; `/timebox 3d` sets its length, and `/activate` starts it.
    `/extend 4h please`: the time box has done its work: findings, a decision or closing ended it.
    `/extend 4h please`: this is maintenance, and the command is for other kinds; `/kind …` changes the kind.
    ");
    lab.status(issue);
}

#[tokio::test]
async fn a_paused_box_asks_for_a_review_at_twice_its_length() {
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    lab.until("2026-11-23T11:00:00Z").await;
    lab.says(issue, "mira", "/block waiting for GPU quota")
        .await;
    // Four working days after Monday at nine.
    lab.until("2026-11-26T16:59:00Z").await;
    assert_eq!(lab.said(issue).len(), 1);
    lab.until("2026-11-26T17:00:00Z").await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/paused"));
    let said = lab.said(issue);
    assert_eq!(said.len(), 2);
    insta::assert_snapshot!(said[1], @"@mira, the time box of 2 d has been open for twice its length. It waits: *waiting for GPU quota*. Please review it: write what is known with `/findings …`, decide, or ask a lead for `/extend`. Nothing is closed.");
    lab.until("2027-01-26T17:00:00Z").await;
    assert_eq!(lab.said(issue).len(), 2);
}

#[tokio::test]
async fn reminders_go_to_who_is_assigned_when_they_fall_due() {
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    lab.wait_hours(1).await;
    let mira = lab.person("mira");
    mira.unassign(issue, "mira");
    mira.assign(issue, "jonas");
    lab.until("2026-11-24T17:00:00Z").await;
    let said = lab.said(issue);
    assert!(
        said[1..]
            .iter()
            .all(|it| it.contains("@jonas") && !it.contains("@mira")),
        "{said:#?}"
    );
    assert_eq!(said.len(), 3);
}

#[tokio::test]
async fn who_takes_over_a_second_box_is_told() {
    let lab = Lab::new().await;
    let first = running(&lab).await;
    let second = lab
        .person("jonas")
        .open_issue("Explore text features (2 days)")
        .assign(&["jonas"])
        .labels(&["stage/active"])
        .send();
    lab.settle().await;
    assert!(!lab.status(second).contains("⚠️"));
    lab.wait_hours(1).await;
    lab.person("jonas").assign(first, "jonas");
    lab.settle().await;
    assert!(lab.status(first).contains("⚠️"), "{}", lab.status(first));
    lab.wait_hours(1).await;
    lab.person("jonas").unassign(first, "jonas");
    lab.settle().await;
    assert!(!lab.status(first).contains("⚠️"), "{}", lab.status(first));
    lab.status(second);
}

#[tokio::test]
async fn back_to_ideation_and_forward_again_the_clock_goes_on() {
    let lab = Lab::new().await;
    let issue = running(&lab).await;
    lab.until("2026-11-23T12:00:00Z").await;
    lab.says(issue, "mira", "/stage ideation").await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/ideation", "timebox/running"]
    );
    lab.until("2026-11-24T09:00:00Z").await;
    lab.says(issue, "mira", "/activate").await;
    ends(&lab, issue, "Tue 24 Nov, 17:00 UTC");
}

#[tokio::test]
async fn weekends_holidays_and_changed_clocks_are_no_working_time_and_ends_are_local() {
    for (zone, start, end) in [
        // Clocks go forward …
        (
            "Europe/Berlin",
            "2027-03-26T14:00:00Z",
            "Mon 29 Mar, 15:00 CEST",
        ),
        (
            "America/New_York",
            "2027-03-12T20:00:00Z",
            "Mon 15 Mar, 15:00 EDT",
        ),
        (
            "Australia/Sydney",
            "2027-10-01T05:00:00Z",
            "Mon 4 Oct, 15:00 GMT+11",
        ),
        // … and back.
        (
            "Europe/Berlin",
            "2027-10-29T13:00:00Z",
            "Mon 1 Nov, 15:00 CET",
        ),
        (
            "America/New_York",
            "2027-11-05T19:00:00Z",
            "Mon 8 Nov, 15:00 EST",
        ),
        (
            "Australia/Sydney",
            "2027-04-02T04:00:00Z",
            "Mon 5 Apr, 15:00 GMT+10",
        ),
    ] {
        let policy: &'static str = format!("calendar: {{ timezone: {zone} }}\n").leak();
        let lab = Lab::with(Setup {
            policy: Some(policy),
            starts_at: "2027-03-01T00:00:00Z",
            ..Setup::default()
        })
        .await;
        lab.until(start).await;
        // One working day from Friday at three.
        let issue = lab
            .person("mira")
            .open_issue("Explore graph features (1 day)")
            .labels(&["stage/active"])
            .send();
        lab.settle().await;
        let status = lab.status(issue);
        let (_, rest) = status.split_once("ends ").expect("an end");
        let shown = rest.split(['|', '\n']).next().unwrap_or_default().trim();
        let wanted = end.rsplit_once(' ').expect("a zone").0;
        assert!(
            shown.trim_matches('*').starts_with(wanted),
            "{zone}: {shown}, not {end}"
        );
        println!("{zone}: {shown}");
        lab.until(start).await;
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn a_holiday_within_a_box_is_skipped() {
    let lab = Lab::policy("calendar: { holidays: [2026-11-24] }\n").await;
    let issue = running(&lab).await;
    ends(&lab, issue, "Wed 25 Nov, 17:00 UTC");
}

/// What becomes of an item whose kind changes midway.
#[tokio::test]
async fn a_kind_that_changes_midway_maps_the_stage_and_stops_the_box() {
    for (before, after, expected) in [
        (
            "/activate",
            "/development",
            vec!["kind/development", "stage/in-progress"],
        ),
        (
            "/activate",
            "/maintenance",
            vec!["kind/maintenance", "stage/in-progress"],
        ),
        (
            "/activate",
            "/experiment",
            vec!["kind/experiment", "stage/active"],
        ),
        (
            "/activate\n/analyze",
            "/development",
            vec!["kind/development", "stage/in-review"],
        ),
        (
            "/activate\n/findings It helps.",
            "/experiment",
            vec!["kind/experiment", "stage/analysis"],
        ),
        (
            "/block no data",
            "/development",
            vec!["blocked", "kind/development", "stage/todo"],
        ),
        (
            "/activate\n/block no data",
            "/experiment",
            vec!["blocked", "kind/experiment", "stage/active"],
        ),
    ] {
        let lab = Lab::new().await;
        let issue = lab
            .person("mira")
            .open_issue("Explore graph features (2 days)")
            .send();
        lab.settle().await;
        lab.says(issue, "mira", before).await;
        lab.wait_hours(1).await;
        lab.says(issue, "mira", after).await;
        assert_eq!(lab.labels(issue), expected, "{before} then {after}");
        lab.until("2026-12-24T12:00:00Z").await;
        assert_eq!(lab.labels(issue), expected, "{before} then {after}, later");
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn an_experiment_that_was_development_for_a_while_is_activated_anew_and_keeps_what_was_fixed()
{
    let lab = Lab::new().await;
    let issue = crate::experiments::active(&lab).await;
    lab.wait_hours(1).await;
    lab.says(issue, "mira", "/development\n/points 5").await;
    assert_eq!(
        lab.labels(issue),
        ["kind/development", "points/5", "stage/in-progress"]
    );
    lab.wait_hours(1).await;
    lab.says(issue, "mira", "/experiment").await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/active"]);
    lab.wait_hours(1).await;
    lab.says(issue, "mira", "/activate").await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/active", "timebox/running"]
    );
    assert!(lab.status(issue).contains("🔒"));
}

#[tokio::test]
async fn closing_and_reopening_by_kind() {
    for (title, begin, how, closed, reopened) in [
        (
            "Explore graph features (2 days)",
            "/activate",
            StateReason::NotPlanned,
            vec!["kind/research", "stage/active"],
            vec!["kind/research", "stage/analysis", "timebox/running"],
        ),
        (
            "Explore graph features (2 days)",
            "/status",
            StateReason::Duplicate,
            vec!["kind/research", "stage/ideation"],
            vec!["kind/research", "stage/ideation"],
        ),
        (
            "Explore graph features (2 days)",
            "/activate\n/findings It helps.",
            StateReason::Completed,
            vec!["kind/research", "stage/decision"],
            vec!["kind/research", "stage/analysis"],
        ),
        (
            "Implement the endpoint",
            "/stage in-progress",
            StateReason::Completed,
            vec!["kind/development", "stage/done"],
            vec!["kind/development", "stage/in-progress"],
        ),
        (
            "Fix data pipeline",
            "/stage in-progress",
            StateReason::Duplicate,
            vec!["kind/maintenance", "stage/in-progress"],
            vec!["kind/maintenance", "stage/in-progress"],
        ),
    ] {
        let lab = Lab::new().await;
        let mira = lab.person("mira");
        let issue = mira.open_issue(title).send();
        lab.settle().await;
        lab.says(issue, "mira", begin).await;
        lab.wait_hours(1).await;
        mira.close_as(issue, how);
        lab.settle().await;
        assert_eq!(lab.labels(issue), closed, "{title}, {begin}, closed");
        lab.wait_hours(1).await;
        mira.reopen(issue);
        lab.settle().await;
        assert_eq!(lab.labels(issue), reopened, "{title}, {begin}, reopened");
        lab.whatever_was_said(issue);
    }
}
