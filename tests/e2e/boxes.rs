//! Time boxes: how they run, pause, warn and end (product §3).

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;

use crate::lab::{Lab, Setup};

/// Thursday, 26 November 2026, 15:00 UTC.
const THURSDAY: &str = "2026-11-26T15:00:00Z";

fn research(lab: &Lab, title: &str) -> ItemNumber {
    lab.person("mira")
        .open_issue(title)
        .assign(&["mira"])
        .send()
}

/// Research with this box that is active since Thursday at 15:00.
async fn active_since_thursday(lab: &Lab, length: &str) -> ItemNumber {
    let issue = research(lab, &format!("Explore graph features ({length})"));
    lab.until(THURSDAY).await;
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    issue
}

pub fn box_label(lab: &Lab, issue: ItemNumber) -> Option<String> {
    let mut labels = lab.labels(issue).into_iter();
    labels.find(|label| label.starts_with("timebox/"))
}

#[track_caller]
pub fn ends(lab: &Lab, issue: ItemNumber, moment: &str) {
    let status = lab.status(issue);
    assert!(status.contains(&format!("ends {moment}")), "{status}");
}

#[tokio::test]
async fn two_days_that_begin_on_thursday_at_three_end_on_monday_at_three() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    ends(&lab, issue, "Mon 30 Nov, 15:00 UTC");
    lab.until("2026-11-30T14:59:00Z").await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/expiring"));
    lab.until("2026-11-30T15:00:00Z").await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/expired"));
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn presets_and_spans_are_lengths() {
    let lab = Lab::new().await;
    for (length, end) in [
        ("spike", "Mon 23 Nov, 13:00 UTC"),
        ("standard", "Wed 25 Nov, 17:00 UTC"),
        ("deep", "Fri 27 Nov, 17:00 UTC"),
        ("90m", "Mon 23 Nov, 10:30 UTC"),
        ("4h", "Mon 23 Nov, 13:00 UTC"),
        ("2d", "Tue 24 Nov, 17:00 UTC"),
        ("1w 2d", "Tue 1 Dec, 17:00 UTC"),
    ] {
        let issue = lab
            .person("mira")
            .open_issue("Explore graph features")
            .send();
        lab.settle().await;
        // Before the working day begins no time counts.
        let command = format!("/timebox {length}\n/activate");
        lab.person("mira").comment(issue, &command);
        lab.settle().await;
        ends(&lab, issue, end);
    }
}

#[tokio::test]
async fn presets_are_the_policys() {
    let lab = Lab::policy("timeboxes: { presets: { nap: 30m } }\n").await;
    let issue = research(&lab, "Explore graph features");
    lab.settle().await;
    let mira = lab.person("mira");
    mira.comment(issue, "/timebox nap\n/activate");
    let unknown = mira.comment(issue, "/timebox hugo");
    lab.settle().await;
    ends(&lab, issue, "Mon 23 Nov, 09:30 UTC");
    lab.reply(issue, unknown);
}

#[tokio::test]
async fn a_box_runs_on_the_repositorys_own_clock_and_skips_its_holidays() {
    let lab = Lab::policy(
        "calendar:\n  timezone: America/New_York\n  hours: \"08:00-14:00\"\n  days: [mon, tue, wed, thu]\n  holidays: [2026-11-30]\n",
    )
    .await;
    let issue = active_since_thursday(&lab, "1 day").await;
    // Thursday, 10:00 in New York; four hours are left of the day, two belong to the next one,
    // which is neither Friday nor the holiday on Monday.
    ends(&lab, issue, "Tue 1 Dec, 10:00 EST");
}

#[tokio::test]
async fn an_hour_that_the_clock_skips_or_repeats_changes_no_working_hour() {
    for (start, zone_before, end) in [
        // Berlin puts its clocks forward on 28 March 2027, back on 31 October 2027.
        ("2027-03-25T14:00:00Z", "CET", "Mon 29 Mar, 15:00 CEST"),
        ("2027-10-28T13:00:00Z", "CEST", "Mon 1 Nov, 15:00 CET"),
    ] {
        let lab = Lab::with(Setup {
            policy: Some("calendar: { timezone: Europe/Berlin }\n"),
            starts_at: if zone_before == "CET" {
                "2027-03-25T08:00:00Z"
            } else {
                "2027-10-28T07:00:00Z"
            },
            ..Setup::default()
        })
        .await;
        let issue = research(&lab, "Explore graph features (2 days)");
        lab.until(start).await;
        lab.person("mira").comment(issue, "/activate");
        lab.settle().await;
        ends(&lab, issue, end);
    }
}

#[tokio::test]
async fn a_box_covers_the_night_of_the_changed_clock() {
    let lab = Lab::with(Setup {
        policy: Some("calendar: { timezone: Europe/Berlin, days: [mon, tue, wed, thu, fri, sat, sun], hours: \"00:00-23:59\" }\n"),
        starts_at: "2027-03-27T08:00:00Z",
        ..Setup::default()
    })
    .await;
    let issue = research(&lab, "Explore graph features (24h)");
    lab.until("2027-03-27T11:00:00Z").await;
    lab.person("mira").comment(issue, "/activate");
    lab.settle().await;
    // 24 hours after Saturday noon it is one o'clock, since Sunday has 23 hours; and a minute at
    // midnight is no working time.
    ends(&lab, issue, "Sun 28 Mar, 13:01 CEST");
}

#[tokio::test]
async fn a_box_starts_with_the_label_stage_active_also_at_creation() {
    let lab = Lab::new().await;
    lab.until(THURSDAY).await;
    let mira = lab.person("mira");
    let at_creation = mira
        .open_issue("Explore graph features (2 days)")
        .labels(&["stage/active"])
        .send();
    let later = mira.open_issue("Explore text features (2 days)").send();
    lab.settle().await;
    mira.label(later, "stage/active");
    lab.settle().await;
    for issue in [at_creation, later] {
        assert_eq!(
            lab.labels(issue),
            ["kind/research", "stage/active", "timebox/running"]
        );
        ends(&lab, issue, "Mon 30 Nov, 15:00 UTC");
    }
}

#[tokio::test]
async fn a_box_pauses_while_it_is_blocked_by_command() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    let mira = lab.person("mira");
    lab.until("2026-11-26T16:00:00Z").await;
    mira.comment(issue, "/block waiting for GPU quota");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["blocked", "kind/research", "stage/active", "timebox/paused"]
    );
    let status = lab.status(issue);
    assert!(
        status.contains("waiting for GPU quota · since Thu 26 Nov, 16:00 UTC"),
        "{status}"
    );
    assert!(
        status.contains("⏸ paused since Thu 26 Nov, 16:00 UTC"),
        "{status}"
    );
    // Nothing falls due in a pause, however long it is.
    lab.until("2026-12-01T09:00:00Z").await;
    assert_eq!(lab.said(issue).len(), 1);
    mira.comment(issue, "/unblock");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/research", "stage/active", "timebox/running"]
    );
    ends(&lab, issue, "Wed 2 Dec, 16:00 UTC");
}

#[tokio::test]
async fn a_box_pauses_while_it_bears_the_label_blocked() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    let mira = lab.person("mira");
    lab.until("2026-11-26T16:00:00Z").await;
    mira.label(issue, "blocked");
    lab.settle().await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/paused"));
    lab.until("2026-11-27T16:00:00Z").await;
    mira.unlabel(issue, "blocked");
    lab.settle().await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/running"));
    ends(&lab, issue, "Tue 1 Dec, 15:00 UTC");
}

#[tokio::test]
async fn what_is_blocked_when_it_starts_starts_paused() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (2 days)")
        .labels(&["blocked"])
        .send();
    lab.until(THURSDAY).await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/paused"));
    lab.until("2026-11-27T15:00:00Z").await;
    mira.comment(issue, "/unblock");
    lab.settle().await;
    ends(&lab, issue, "Tue 1 Dec, 15:00 UTC");
}

#[tokio::test]
async fn it_reminds_at_eighty_and_at_a_hundred_per_cent_once_each_and_nothing_is_closed() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    // 80 % of 16 h are 12 h 48 min: two on Thursday, eight on Friday.
    lab.until("2026-11-30T11:47:00Z").await;
    assert_eq!(lab.said(issue).len(), 1);
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/running"));
    lab.until("2026-11-30T11:48:00Z").await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/expiring"));
    insta::assert_snapshot!(lab.said(issue)[1], @"@mira, 80 % of the time box of 2 d is used. It ends **Mon 30 Nov, 15:00 UTC**. Write what you found with `/findings …`, then close it, or say with `/decide …` what follows.");
    lab.until("2026-11-30T15:00:00Z").await;
    assert_eq!(
        lab.labels(issue),
        [
            "kind/research",
            "needs/findings",
            "stage/active",
            "timebox/expired"
        ]
    );
    let said = lab.said(issue);
    insta::assert_snapshot!(said[2], @"@mira, the time box of 2 d is over. Write what you found with `/findings …`, then close it, or say with `/decide …` what follows. Nothing is closed.");
    // Four working days after the start it has been open for twice its length.
    lab.until("2026-12-02T14:59:00Z").await;
    assert_eq!(lab.said(issue).len(), 3);
    lab.until("2026-12-24T12:00:00Z").await;
    let said = lab.said(issue);
    assert_eq!(said.len(), 4);
    insta::assert_snapshot!(said[3], @"@mira, the time box of 2 d has been open for twice its length. Please review it: write what is known with `/findings …`, decide, or ask a lead for `/extend`. Nothing is closed.");
    assert!(lab.issue(issue).open);
    assert!(
        lab.status(issue)
            .contains("over since Mon 30 Nov, 15:00 UTC")
    );
}

#[tokio::test]
async fn reminders_mention_all_who_are_assigned_and_otherwise_who_opened_it() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let shared = mira
        .open_issue("Explore graph features (4h)")
        .assign(&["mira", "jonas"])
        .labels(&["stage/active"])
        .send();
    let alone = lab
        .person("jonas")
        .open_issue("Explore text features (4h)")
        .labels(&["stage/active"])
        .send();
    lab.until("2026-11-23T13:00:00Z").await;
    assert!(
        lab.said(shared)[1..]
            .iter()
            .all(|said| said.contains("@mira") && said.contains("@jonas"))
    );
    assert!(
        lab.said(alone)[1..]
            .iter()
            .all(|said| said.contains("@jonas") && !said.contains("@mira"))
    );
    assert_eq!((lab.said(shared).len(), lab.said(alone).len()), (3, 3));
}

#[tokio::test]
async fn the_circuit_breaker_moves_an_experiment_to_analysis() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Test BERT vs GPT (4h)")
        .body("Hypothesis: BERT is better\n\nMetric: f1 >= 0.85\n")
        .labels(&["stage/active"])
        .send();
    lab.until("2026-11-23T12:59:00Z").await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/active", "timebox/expiring"]
    );
    lab.until("2026-11-23T13:00:00Z").await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/analysis", "timebox/expired"]
    );
    assert!(lab.issue(issue).open);
    assert_eq!(lab.said(issue).len(), 3);
}

#[tokio::test]
async fn a_box_runs_on_through_analysis_until_findings() {
    let lab = Lab::new().await;
    let issue = lab
        .person("mira")
        .open_issue("Test BERT vs GPT (4h)")
        .body("Hypothesis: BERT is better\n\nMetric: f1 >= 0.85\n")
        .labels(&["stage/active"])
        .send();
    lab.until("2026-11-23T10:00:00Z").await;
    let mira = lab.person("mira");
    mira.comment(issue, "/analyze");
    lab.settle().await;
    assert_eq!(
        lab.labels(issue),
        ["kind/experiment", "stage/analysis", "timebox/running"]
    );
    lab.until("2026-11-23T12:30:00Z").await;
    assert_eq!(box_label(&lab, issue).as_deref(), Some("timebox/expiring"));
    assert_eq!(lab.said(issue).len(), 2);
    mira.comment(issue, "/findings BERT is better.");
    lab.until("2026-11-27T12:30:00Z").await;
    assert_eq!(lab.labels(issue), ["kind/experiment", "stage/analysis"]);
    assert_eq!(lab.said(issue).len(), 2);
    assert!(
        lab.status(issue).contains("stopped Mon 23 Nov, 12:30 UTC"),
        "{}",
        lab.status(issue)
    );
}

#[tokio::test]
async fn closing_stops_a_box() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    lab.until("2026-11-27T12:00:00Z").await;
    lab.person("mira").close(issue);
    lab.until("2026-12-24T12:00:00Z").await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/decision"]);
    assert_eq!(lab.said(issue).len(), 1);
}

#[tokio::test]
async fn the_length_of_a_box_that_has_started_stays() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    let mira = lab.person("mira");
    let refused = mira.comment(issue, "/timebox 4d");
    mira.edit_text(issue, "Timebox: 4d");
    mira.rename(issue, "Explore graph features (4 days)");
    lab.settle().await;
    assert!(lab.reply(issue, refused).contains("has started"));
    ends(&lab, issue, "Mon 30 Nov, 15:00 UTC");
}

#[tokio::test]
async fn findings_after_the_end_take_needs_findings_off() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    lab.until("2026-12-01T12:00:00Z").await;
    assert!(lab.labels(issue).contains(&"needs/findings".to_owned()));
    lab.person("mira")
        .comment(issue, "/findings Degree helps most.");
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/analysis"]);
    let status = lab.status(issue);
    assert!(
        status.contains("21 h of 16 h"),
        "the overrun stays visible: {status}"
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_new_policys_calendar_and_reminder_reach_only_new_boxes() {
    let lab = Lab::new().await;
    let old = active_since_thursday(&lab, "2 days").await;
    lab.until("2026-11-26T15:30:00Z").await;
    lab.person("lena").write_file(
        ".github/labhand.yml",
        "calendar: { holidays: [2026-11-27] }\ntimeboxes: { remind_at: 50% }\n",
    );
    lab.until("2026-11-26T16:00:00Z").await;
    let new = lab
        .person("jonas")
        .open_issue("Explore text features (1 day)")
        .labels(&["stage/active"])
        .send();
    lab.settle().await;
    ends(&lab, old, "Mon 30 Nov, 15:00 UTC");
    ends(&lab, new, "Mon 30 Nov, 16:00 UTC");
    lab.until("2026-11-30T11:00:00Z").await;
    assert_eq!(box_label(&lab, old).as_deref(), Some("timebox/running"));
    lab.until("2026-11-30T12:00:00Z").await;
    assert_eq!(box_label(&lab, new).as_deref(), Some("timebox/expiring"));
    lab.whatever_was_said(old);
    assert!(
        lab.said(new)[1].contains("50 % of the time box of 1 d is used"),
        "{:#?}",
        lab.said(new)
    );
}

#[tokio::test]
async fn what_passed_both_marks_while_labhand_was_away_is_told_of_the_end_alone() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    lab.clock
        .advance_to("2026-12-02T12:00:00Z".parse().unwrap());
    let lab = lab.restart().await;
    lab.settle().await;
    let said = lab.said(issue);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[1].contains("is over"), "{}", said[1]);
    assert!(lab.labels(issue).contains(&"timebox/expired".to_owned()));
}

#[tokio::test]
async fn a_clock_that_jumps_a_year_ends_no_time_box_and_loses_nothing() {
    let lab = Lab::new().await;
    lab.bot.worker().begin().await.unwrap();
    let issue = active_since_thursday(&lab, "2 days").await;
    let before = lab.status(issue);
    lab.bots_clock
        .set_ahead(SignedDuration::from_hours(365 * 24));
    lab.gh.forget_calls();
    lab.person("mira")
        .comment(issue, "/block the cluster is down");
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
    assert_eq!(lab.status(issue), before);

    // Somebody sets it right, and GitHub is asked for what was refused meanwhile.
    lab.bots_clock.set_ahead(SignedDuration::ZERO);
    lab.wait(SignedDuration::from_mins(6)).await;
    assert_eq!(
        lab.labels(issue),
        ["blocked", "kind/research", "stage/active", "timebox/paused"]
    );
    assert!(lab.status(issue).contains("the cluster is down"));
}

#[tokio::test]
async fn findings_that_were_heard_late_but_came_in_time_need_no_reminder() {
    let lab = Lab::new().await;
    let issue = active_since_thursday(&lab, "2 days").await;
    lab.clock
        .advance_to("2026-11-30T12:00:00Z".parse().unwrap());
    lab.person("mira")
        .comment(issue, "/findings Degree helps most.");
    lab.clock
        .advance_to("2026-12-02T12:00:00Z".parse().unwrap());
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/analysis"]);
    assert_eq!(lab.said(issue).len(), 1, "{:#?}", lab.said(issue));
}

#[tokio::test]
async fn what_runs_without_a_box_has_one_from_when_it_gets_one() {
    let lab = Lab::policy("guards: { exploration-needs-timebox: off }\n").await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features")
        .labels(&["stage/active"])
        .send();
    lab.until(THURSDAY).await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/active"]);
    mira.comment(issue, "/timebox 2d");
    lab.settle().await;
    ends(&lab, issue, "Mon 30 Nov, 15:00 UTC");
}
