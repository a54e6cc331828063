//! Sprints (product §4): when one begins and ends, what was planned and what came of it, and the
//! summary of its end.

use jiff::{SignedDuration, Timestamp};
use labhand::domain::ids::ItemNumber;
use labhand::sim::{Answer, Fault, Selection};

use crate::lab::{Lab, REPO, Setup};

/// Friday, 20 November 2026, before work.
const FRIDAY: &str = "2026-11-20T08:00:00Z";

/// A laboratory on the Friday before the sprint that begins on Monday, 23 November 2026.
async fn on_friday(policy: &'static str) -> Lab {
    since(FRIDAY, policy).await
}

async fn since(starts_at: &'static str, policy: &'static str) -> Lab {
    Lab::with(Setup {
        policy: Some(policy),
        starts_at,
        ..Setup::default()
    })
    .await
}

fn due(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

/// A milestone that is due on a day and says on which it starts.
fn sprint(lab: &Lab, title: &str, starts: &str, due_on: &str) -> u64 {
    let lena = lab.person("lena");
    let milestone = lena.milestone(title, Some(due(due_on)));
    lena.describe_milestone(milestone, &format!("Starts: {starts}"));
    milestone
}

/// Monday, 23 November, to Friday, 4 December 2026.
fn sprint_12(lab: &Lab) -> u64 {
    sprint(lab, "Sprint 12", "2026-11-23", "2026-12-04")
}

/// Production work of so many points.
fn work(lab: &Lab, title: &str, milestone: u64, points: u32) -> ItemNumber {
    let points = format!("points/{points}");
    lab.person("ana")
        .open_issue(title)
        .milestone(milestone)
        .labels(&["kind/maintenance", &points])
        .send()
}

fn board_issue(lab: &Lab) -> ItemNumber {
    let issues = lab.gh.issues(REPO);
    let board = issues
        .iter()
        .find(|issue| issue.labels.iter().any(|it| it == "labhand/board"));
    board.expect("there is a board issue").number
}

/// Text without the targets of links to items.
pub fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[#") {
        let (number, after) = after.split_once("](").unwrap();
        let (_, after) = after.split_once(')').unwrap();
        plain.extend([before, "#", number]);
        rest = after;
    }
    plain + rest
}

fn head(lab: &Lab) -> String {
    lab.board().lines().next().unwrap_or_default().to_owned()
}

/// What the board says from the line that begins so to the next empty one.
fn part(lab: &Lab, begins: &str) -> String {
    let board = plain(&lab.board());
    let lines = board.lines().skip_while(|line| !line.starts_with(begins));
    let lines: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn split(lab: &Lab) -> String {
    part(lab, "| Sprint split")
}

/// What was said on the board issue.
fn summaries(lab: &Lab) -> Vec<String> {
    let said = lab.said(board_issue(lab));
    said.iter().map(|text| plain(text)).collect()
}

fn board_edits(lab: &Lab) -> usize {
    let path = format!("/issues/{}", board_issue(lab));
    let writes = lab.gh.writes();
    let edits = writes
        .iter()
        .filter(|call| call.method == "PATCH" && call.path.ends_with(&path));
    edits.count()
}

pub fn whatever_was_said_everywhere(lab: &Lab) {
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn the_boards_head_counts_working_days_and_is_edited_once_on_each() {
    let lab = on_friday("").await;
    let milestone = lab
        .person("lena")
        .milestone("Sprint 12", Some(due("2026-12-04")));
    work(&lab, "Fix the pipeline", milestone, 3);
    lab.until("2026-11-20T23:00:00Z").await;
    // It follows no other and says nothing: it starts 14 days before it is due.
    assert_eq!(head(&lab), "## acme/fraud");
    let mut days = Vec::new();
    for day in 21..=34 {
        lab.gh.forget_calls();
        let (month, day) = if day > 30 { (12, day - 30) } else { (11, day) };
        lab.until(&format!("2026-{month}-{day:02}T23:00:00Z")).await;
        days.push((day, head(&lab), board_edits(&lab)));
    }
    insta::assert_debug_snapshot!(days, @r###"
    [
        (
            21,
            "## acme/fraud · Sprint 12 · day 1 of 10",
            1,
        ),
        (
            22,
            "## acme/fraud · Sprint 12 · day 1 of 10",
            0,
        ),
        (
            23,
            "## acme/fraud · Sprint 12 · day 1 of 10",
            0,
        ),
        (
            24,
            "## acme/fraud · Sprint 12 · day 2 of 10",
            1,
        ),
        (
            25,
            "## acme/fraud · Sprint 12 · day 3 of 10",
            1,
        ),
        (
            26,
            "## acme/fraud · Sprint 12 · day 4 of 10",
            1,
        ),
        (
            27,
            "## acme/fraud · Sprint 12 · day 5 of 10",
            1,
        ),
        (
            28,
            "## acme/fraud · Sprint 12 · day 5 of 10",
            0,
        ),
        (
            29,
            "## acme/fraud · Sprint 12 · day 5 of 10",
            0,
        ),
        (
            30,
            "## acme/fraud · Sprint 12 · day 6 of 10",
            1,
        ),
        (
            1,
            "## acme/fraud · Sprint 12 · day 7 of 10",
            1,
        ),
        (
            2,
            "## acme/fraud · Sprint 12 · day 8 of 10",
            1,
        ),
        (
            3,
            "## acme/fraud · Sprint 12 · day 9 of 10",
            1,
        ),
        (
            4,
            "## acme/fraud · Sprint 12 · day 10 of 10",
            1,
        ),
    ]
    "###);
    lab.until("2026-12-05T01:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud");
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn it_ends_with_its_due_day_where_the_team_is() {
    for (zone, starts_at, first_day, begins, last_day, ends) in [
        // Daylight saving time begins in Berlin on 28 March 2027 and ends on 31 October.
        (
            "Europe/Berlin",
            "2027-03-11T08:00:00Z",
            "2027-03-15",
            "2027-03-14T23:00:00Z",
            "2027-03-28",
            "2027-03-28T22:00:00Z",
        ),
        (
            "Europe/Berlin",
            "2027-10-15T08:00:00Z",
            "2027-10-18",
            "2027-10-17T22:00:00Z",
            "2027-10-31",
            "2027-10-31T23:00:00Z",
        ),
        (
            "America/Los_Angeles",
            FRIDAY,
            "2026-11-23",
            "2026-11-23T08:00:00Z",
            "2026-12-04",
            "2026-12-05T08:00:00Z",
        ),
        (
            "Asia/Kolkata",
            FRIDAY,
            "2026-11-23",
            "2026-11-22T18:30:00Z",
            "2026-12-04",
            "2026-12-04T18:30:00Z",
        ),
        (
            "Pacific/Auckland",
            FRIDAY,
            "2026-11-23",
            "2026-11-22T11:00:00Z",
            "2026-12-04",
            "2026-12-04T11:00:00Z",
        ),
    ] {
        let policy = format!("calendar: {{ timezone: {zone} }}\n");
        let lab = since(starts_at, policy.leak()).await;
        let milestone = sprint(&lab, "Sprint 12", first_day, last_day);
        work(&lab, "Fix the pipeline", milestone, 3);
        for (turn, before, after) in [(begins, false, true), (ends, true, false)] {
            let turn: Timestamp = turn.parse().unwrap();
            let just_before = turn - SignedDuration::from_secs(60);
            lab.until(&just_before.to_string()).await;
            assert_eq!(head(&lab).contains("Sprint 12"), before, "{zone} {turn}");
            lab.until(&turn.to_string()).await;
            assert_eq!(head(&lab).contains("Sprint 12"), after, "{zone} {turn}");
        }
        lab.wait(SignedDuration::from_mins(10)).await;
        assert_eq!(summaries(&lab).len(), 1, "{zone}");
    }
}

#[tokio::test]
async fn a_sprint_starts_where_the_one_before_ended() {
    let lab = on_friday("").await;
    let twelve = sprint_12(&lab);
    let lena = lab.person("lena");
    let thirteen = lena.milestone("Sprint 13", Some(due("2026-12-18")));
    work(&lab, "Fix the pipeline", twelve, 3);
    work(&lab, "Fix the other one", thirteen, 3);
    lab.until("2026-12-02T14:59:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 8 of 10");
    // It is closed early, on Wednesday afternoon.
    lab.until("2026-12-02T15:00:00Z").await;
    lena.close_milestone(twelve);
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 13 · day 1 of 13");
    lab.wait(SignedDuration::from_mins(10)).await;
    let said = summaries(&lab);
    assert!(said[0].starts_with("### 🏁 Sprint 12 is over"), "{said:?}");
    assert_eq!(said.len(), 1);
}

#[tokio::test]
async fn what_has_no_due_date_or_another_name_is_no_sprint() {
    let lab = on_friday("sprint: { milestones: \"Sprint *\" }\n").await;
    let lena = lab.person("lena");
    let someday = lena.milestone("Sprint someday", None);
    let release = sprint(&lab, "Release 2", "2026-11-16", "2026-12-04");
    work(&lab, "Fix the pipeline", someday, 3);
    work(&lab, "Fix the other one", release, 3);
    lab.until("2026-11-24T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud");
    assert_eq!(split(&lab), "");

    // Once it is called like one, it is one; the team hears it from the board.
    lena.rename_milestone(release, "Sprint 12");
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 7 of 15");
    lena.move_milestone(release, None);
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud");
    lena.move_milestone(release, Some(due("2026-12-04")));
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 7 of 15");
    lena.delete_milestone(release);
    lab.until("2026-12-12T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud");
    assert_eq!(summaries(&lab), Vec::<String>::new());
}

#[tokio::test]
async fn the_split_meets_points_and_boxes_in_person_days() {
    let lab = since("2026-11-06T08:00:00Z", "sprint: { capacity: 50 }\n").await;
    let eleven = sprint(&lab, "Sprint 11", "2026-11-09", "2026-11-20");
    let lena = lab.person("lena");
    let twelve = lena.milestone("Sprint 12", Some(due("2026-12-04")));
    let (mira, ana) = (lab.person("mira"), lab.person("ana"));
    // Last sprint: 32 points done, and three people for six days in a box.
    let mut done = Vec::new();
    for title in ["Fix A", "Fix B", "Fix C", "Fix D"] {
        done.push(work(&lab, title, eleven, 8));
    }
    let boxed = mira
        .open_issue("Explore graph features (8 days)")
        .assign(&["mira", "jonas", "lee"])
        .milestone(eleven)
        .send();
    lab.until("2026-11-09T09:00:00Z").await;
    mira.comment(boxed, "/activate");
    lab.until("2026-11-16T17:00:00Z").await;
    mira.comment(boxed, "/findings Degree features help most.");
    lab.settle().await;
    mira.close(boxed);
    for issue in done {
        ana.close(issue);
    }
    // What is planned for the next one.
    work(&lab, "Implement the API", twelve, 20);
    work(&lab, "Retrain the model", twelve, 8);
    let experiment = mira
        .open_issue("Test BERT vs GPT for classification (3 weeks)")
        .milestone(twelve)
        .send();
    let papers = mira
        .open_issue("Review recent papers on transformer efficiency (1 week)")
        .milestone(twelve)
        .send();
    lab.until("2026-11-23T12:00:00Z").await;
    insta::assert_snapshot!(split(&lab), @"
    | Sprint split | Target | Planned | Done | |
    |:--|--:|--:|--:|:--|
    | Committed | 60 % · 30 d | 56 % · 28 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Experiments | 30 % · 15 d | 30 % · 15 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Learning | 10 % · 5 d | 10 % · 5 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    ");
    assert_eq!(part(&lab, "⚖️"), "", "nothing deviates");
    let said = summaries(&lab);
    assert_eq!(said.len(), 1);
    assert!(
        said[0].ends_with(
            "<sub>50 d of capacity · since 9 Nov 2026 · a point counts 1 d, 32 points done</sub>"
        ),
        "{}",
        said[0]
    );
    for issue in [boxed, experiment, papers] {
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn a_point_costs_what_it_has_cost_in_the_median_of_three_sprints() {
    let lab = since("2026-10-30T08:00:00Z", "sprint: { capacity: 10 }\n").await;
    let lena = lab.person("lena");
    let weeks = [
        ("Week 1", "2026-11-06", 1),
        ("Week 2", "2026-11-13", 10),
        ("Week 3", "2026-11-20", 4),
        ("Week 4", "2026-11-27", 5),
    ];
    let costs = ["1 d", "10 d", "5.5 d", "2.5 d"];
    let mut first = sprint(&lab, "Week 1", "2026-11-02", "2026-11-06");
    for ((title, last_day, points), cost) in weeks.into_iter().zip(costs) {
        let milestone = if title == "Week 1" {
            first
        } else {
            lena.milestone(title, Some(due(last_day)))
        };
        first = milestone;
        let issue = work(&lab, &format!("Fix {title}"), milestone, points);
        lab.until(&format!("{last_day}T12:00:00Z")).await;
        lab.person("ana").close(issue);
        lab.until(&format!("{last_day}T23:59:59Z")).await;
        lab.wait(SignedDuration::from_mins(10)).await;
        let said = summaries(&lab).pop().unwrap();
        assert!(said.contains(&format!("a point counts {cost},")), "{said}");
    }
    // Of 10, 1, 2.5 and 2 the last three count.
    let milestone = lena.milestone("Week 5", Some(due("2026-12-04")));
    work(&lab, "Fix it", milestone, 3);
    lab.until("2026-12-01T12:00:00Z").await;
    let table = split(&lab);
    assert!(table.contains("| 60 % · 6 d |"), "{table}");
    assert_eq!(summaries(&lab).len(), 4);
}

#[tokio::test]
async fn a_plan_that_is_off_its_target_is_flagged_and_what_is_unsized_is_unknown() {
    let lab = on_friday("sprint: { people: 2 }\ncalendar: { holidays: [2026-11-26] }\n").await;
    let milestone = sprint_12(&lab);
    let (mira, ana) = (lab.person("mira"), lab.person("ana"));
    // Two people for nine days, since one is a holiday.
    ana.open_issue("Implement the API")
        .milestone(milestone)
        .labels(&["points/4-8"])
        .send();
    ana.open_issue("Implement the other API")
        .milestone(milestone)
        .send();
    let shared = mira
        .open_issue("Explore graph features (3 days)")
        .assign(&["mira", "jonas"])
        .milestone(milestone)
        .send();
    let unsized_one = mira
        .open_issue("Explore text features")
        .milestone(milestone)
        .send();
    let learning = mira
        .open_issue("Explore clustering (1 day)")
        .labels(&["bucket/learning"])
        .milestone(milestone)
        .send();
    lab.until("2026-11-23T12:00:00Z").await;
    insta::assert_snapshot!(split(&lab), @"
    | Sprint split | Target | Planned | Done | |
    |:--|--:|--:|--:|:--|
    | Committed | 60 % · 10.8 d | 33 % · 6 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Experiments | 30 % · 5.4 d | 33 % · 6 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Learning | 10 % · 1.8 d | 6 % · 1 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Unsized | | 2 items | | #2, #4 |
    ");
    insta::assert_snapshot!(part(&lab, "⚖️"), @"⚖️ Committed is planned at 33 % instead of 60 %.");
    for issue in [shared, unsized_one, learning] {
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn what_deviates_is_the_policys_to_say() {
    let lab = on_friday(
        "sprint: { capacity: 10, tolerance: 40, split: { committed: 50, experiments: 40, learning: 10 } }\n",
    )
    .await;
    let milestone = sprint_12(&lab);
    work(&lab, "Fix the pipeline", milestone, 9);
    lab.until("2026-11-23T12:00:00Z").await;
    // 90 % instead of 50 % is 40 points over, and not more.
    assert_eq!(part(&lab, "⚖️"), "");
    work(&lab, "Fix the other one", milestone, 1);
    lab.until("2026-11-24T12:00:00Z").await;
    assert_eq!(part(&lab, "⚖️"), "", "what comes later was not planned");
}

#[tokio::test]
async fn without_a_policy_the_capacity_is_that_of_whoever_is_assigned() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    let ana = lab.person("ana");
    for (title, who) in [("Fix A", "ana"), ("Fix B", "ana"), ("Fix C", "lee")] {
        ana.open_issue(title)
            .milestone(milestone)
            .labels(&["points/5"])
            .assign(&[who])
            .send();
    }
    lab.until("2026-11-23T12:00:00Z").await;
    assert!(split(&lab).contains("75 % · 15 d"), "{}", split(&lab));
}

/// A sprint with three pieces of work, of which two change after it began.
async fn moved_about(lab: &Lab, down: bool) {
    let milestone = sprint_12(lab);
    let (ana, lena) = (lab.person("ana"), lab.person("lena"));
    let stays = work(lab, "Fix A", milestone, 3);
    let leaves = work(lab, "Fix B", milestone, 5);
    let grows = work(lab, "Fix C", milestone, 2);
    lab.until("2026-11-22T12:00:00Z").await;
    let to = |time: &'static str| async move {
        if down {
            lab.clock.advance_to(time.parse().unwrap());
        } else {
            lab.until(time).await;
        }
    };
    to("2026-11-23T10:00:00Z").await;
    let comes = ana.open_issue("Fix D").labels(&["points/8"]).send();
    ana.set_milestone(comes, milestone);
    ana.clear_milestone(leaves);
    ana.unlabel(grows, "points/2");
    ana.label(grows, "points/13");
    to("2026-12-04T12:00:00Z").await;
    ana.close(stays);
    ana.close(comes);
    to("2026-12-05T10:00:00Z").await;
    // It was not done by the end, whatever is said of it now.
    ana.close(grows);
    ana.set_milestone(leaves, milestone);
    let next = lena.milestone("Sprint 13", Some(due("2026-12-18")));
    ana.set_milestone(stays, next);
}

#[tokio::test]
async fn what_is_moved_after_the_start_and_the_end_changes_neither_plan_nor_summary() {
    let lab = on_friday("sprint: { capacity: 20 }\n").await;
    moved_about(&lab, false).await;
    lab.until("2026-12-05T12:00:00Z").await;
    let said = summaries(&lab);
    assert_eq!(said.len(), 1);
    insta::assert_snapshot!(said[0], @"
    ### 🏁 Sprint 12 is over · Fri 4 Dec 2026

    **Done · 2**
    - #1 Fix A
    - #5 Fix D

    **Carried over · 1**
    - #3 Fix C

    | Sprint split | Target | Planned | Done | |
    |:--|--:|--:|--:|:--|
    | Committed | 60 % · 12 d | 50 % · 10 d | 55 % · 11 d | `▰▰▰▰▰▰▰▰▰▰` |
    | Experiments | 30 % · 6 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Learning | 10 % · 2 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |

    ⚖️ Experiments took 0 % instead of 30 %.

    <sub>20 d of capacity · since 23 Nov 2026 · a point counts 1 d, 11 points done</sub>
    ");
}

#[tokio::test]
async fn being_down_over_both_boundaries_changes_nothing() {
    let awake = on_friday("sprint: { capacity: 20 }\n").await;
    let down = on_friday("sprint: { capacity: 20 }\n").await;
    moved_about(&awake, false).await;
    moved_about(&down, true).await;
    // What waited at GitHub reaches a bot that has just been started anew.
    let down = down.restart().await;
    for lab in [&awake, &down] {
        lab.until("2026-12-05T12:00:00Z").await;
        assert_eq!(summaries(lab).len(), 1);
    }
    assert_eq!(summaries(&awake), summaries(&down));
    assert_eq!(head(&awake), head(&down));
    assert_eq!(split(&awake), split(&down));
}

#[tokio::test]
async fn a_delivery_that_comes_late_counts_if_it_tells_of_before() {
    let lab = on_friday("sprint: { capacity: 20 }\n").await;
    let milestone = sprint_12(&lab);
    let ana = lab.person("ana");
    let issue = work(&lab, "Fix A", milestone, 4);
    lab.until("2026-11-22T23:00:00Z").await;
    ana.set_milestone(work(&lab, "Fix B", milestone, 6), milestone);
    let late = lab.gh.take_deliveries();
    lab.until("2026-11-23T12:00:00Z").await;
    assert!(split(&lab).contains("20 % · 4 d"), "{}", split(&lab));
    for delivery in &late {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert!(split(&lab).contains("50 % · 10 d"), "{}", split(&lab));

    lab.until("2026-12-04T23:59:00Z").await;
    ana.close(issue);
    let late = lab.gh.take_deliveries();
    lab.until("2026-12-05T00:01:00Z").await;
    for delivery in &late {
        lab.gh.replay(delivery);
    }
    lab.until("2026-12-05T01:00:00Z").await;
    let said = summaries(&lab);
    assert!(said[0].contains("**Done · 1**\n- #1 Fix A"), "{}", said[0]);
    assert_eq!(said.len(), 1);
}

#[tokio::test]
async fn a_summary_says_what_was_done_decided_learned_and_carried_over() {
    let lab = since("2026-11-06T08:00:00Z", "sprint: { people: 3 }\n").await;
    let lena = lab.person("lena");
    let (mira, jonas, ana) = (lab.person("mira"), lab.person("jonas"), lab.person("ana"));
    let ten = sprint(&lab, "Sprint 10", "2026-11-09", "2026-11-13");
    let eleven = lena.milestone("Sprint 11", Some(due("2026-11-20")));
    let twelve = lena.milestone("Sprint 12", Some(due("2026-12-04")));
    let stubborn = work(&lab, "Fix the flaky | pipeline", ten, 5);
    lab.until("2026-11-14T12:00:00Z").await;
    ana.set_milestone(stubborn, eleven);
    lab.until("2026-11-21T12:00:00Z").await;
    assert!(summaries(&lab)[1].contains("pipeline · twice now"));

    ana.set_milestone(stubborn, twelve);
    let endpoint = work(&lab, "Implement the endpoint for @otto", twelve, 8);
    let pipeline = work(&lab, "Retrain the fraud model", twelve, 3);
    let experiment = |title: &str| {
        let body = "Hypothesis: it is better\n\nMetric: f1 >= 0.85";
        mira.open_issue(title)
            .body(body)
            .assign(&["mira"])
            .milestone(twelve)
            .send()
    };
    let good = experiment("Test gradient boosting (2 days)");
    let bad = experiment("Test RNN for routing (1 day)");
    let papers = jonas
        .open_issue("Review recent papers on transformers (2 days)")
        .assign(&["jonas"])
        .milestone(twelve)
        .send();
    let silent = jonas
        .open_issue("Explore graph features (1 day)")
        .milestone(twelve)
        .send();
    lab.until("2026-11-23T09:00:00Z").await;
    for issue in [good, bad, papers, silent] {
        mira.comment(issue, "/activate");
    }
    lab.until("2026-11-24T12:00:00Z").await;
    mira.comment(good, "/result f1=0.9\n/findings Boosting it is.");
    jonas.comment(good, "/decide productionize clearly better");
    lab.until("2026-11-26T12:00:00Z").await;
    mira.comment(bad, "/result f1=0.7\n/findings It never converged.");
    jonas.comment(bad, "/decide abandon not worth it");
    jonas.comment(papers, "/findings Distilled models are enough.");
    lab.settle().await;
    jonas.close(papers);
    jonas.close(silent);
    ana.close(endpoint);
    lena.close_as(pipeline, labhand::sim::StateReason::NotPlanned);
    lab.until("2026-12-05T12:00:00Z").await;
    let said = summaries(&lab);
    assert_eq!(said.len(), 3);
    insta::assert_snapshot!(said[2], @"
    ### 🏁 Sprint 12 is over · Fri 4 Dec 2026

    **Done · 3**
    - #3 Implement the endpoint for @&#8203;otto
    - #7 Review recent papers on transformers (2 days)
    - #8 Explore graph features (1 day)

    **Decided · 2**
    - ✅ #5 Test gradient boosting (2 days) → productionize, #9: clearly better
    - ⛔ #6 Test RNN for routing (1 day) → abandoned: not worth it

    **Learned** · 3 of 4 finished explorations wrote it down
    - #5: Boosting it is.
    - #6: It never converged.
    - #7: Distilled models are enough.

    **Carried over · 1**
    - #1 Fix the flaky &#124; pipeline · 3 times now

    | Sprint split | Target | Planned | Done | |
    |:--|--:|--:|--:|:--|
    | Committed | 60 % · 18 d | – | 27 % · 8 d | `▰▰▰▰▰▰▰▰▰▰` |
    | Experiments | 30 % · 9 d | – | 27 % · 8.1 d | `▰▰▰▰▰▰▰▰▰▰` |
    | Learning | 10 % · 3 d | – | 11 % · 3.4 d | `▰▰▰▰▰▰▰▰▰▰` |

    ⚖️ Committed took 27 % instead of 60 %.

    **Time boxes:** 1 of 4 held.

    <sub>30 d of capacity · since 21 Nov 2026 · a point counts 1 d, 8 points done</sub>
    ");
    whatever_was_said_everywhere(&lab);
}

/// The one summary of a sprint that ends while something goes wrong.
async fn summed_up_once(lab: Lab) {
    lab.until("2026-12-07T12:00:00Z").await;
    let said = summaries(&lab);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("### 🏁 Sprint 12 is over"), "{said:?}");
}

async fn with_work() -> (Lab, u64) {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    work(&lab, "Fix A", milestone, 3);
    lab.until("2026-12-04T23:59:00Z").await;
    (lab, milestone)
}

#[tokio::test]
async fn a_summary_is_posted_once_whatever_is_restarted() {
    let (lab, _) = with_work().await;
    lab.clock
        .advance_to("2026-12-05T00:00:00Z".parse().unwrap());
    let lab = lab.restart().await;
    lab.until("2026-12-05T00:10:00Z").await;
    let lab = lab.restart().await;
    summed_up_once(lab).await;
}

#[tokio::test]
async fn a_summary_is_posted_once_whatever_is_delivered_twice() {
    let (lab, milestone) = with_work().await;
    lab.gh.repeat_deliveries(true);
    lab.person("lena").close_milestone(milestone);
    lab.until("2026-12-05T00:30:00Z").await;
    lab.person("lena").close(board_issue(&lab));
    summed_up_once(lab).await;
}

#[tokio::test]
async fn a_summary_is_posted_once_when_the_answer_is_lost() {
    for answer in [Answer::LostAnswer, Answer::BadGatewayAfterActing] {
        let (lab, _) = with_work().await;
        let fault = Fault::new().method("POST").path_contains("/comments");
        lab.gh.fault(fault.answer(answer));
        summed_up_once(lab).await;
    }
}

#[tokio::test]
async fn a_summary_is_posted_once_when_the_milestone_goes_on() {
    let (lab, milestone) = with_work().await;
    let lena = lab.person("lena");
    lab.until("2026-12-05T12:00:00Z").await;
    lena.close_milestone(milestone);
    lab.settle().await;
    lena.reopen_milestone(milestone);
    lab.settle().await;
    lena.move_milestone(milestone, Some(due("2026-12-06")));
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 10 of 10");
    lena.edit_text(board_issue(&lab), "Mine.");
    work(&lab, "Fix B", milestone, 3);
    summed_up_once(lab).await;
}

#[tokio::test]
async fn a_milestone_that_was_closed_by_mistake_has_not_ended() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    let issue = work(&lab, "Fix A", milestone, 3);
    lab.until("2026-11-25T12:00:00Z").await;
    let lena = lab.person("lena");
    lena.close_milestone(milestone);
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud");
    lab.wait(SignedDuration::from_mins(2)).await;
    lena.reopen_milestone(milestone);
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 3 of 10");
    lab.until("2026-12-03T12:00:00Z").await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
    lab.person("ana").close(issue);
    lab.until("2026-12-05T12:00:00Z").await;
    assert!(summaries(&lab)[0].contains("**Done · 1**"));
}

#[tokio::test]
async fn a_due_date_that_is_moved_before_the_end_moves_the_end() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    work(&lab, "Fix A", milestone, 3);
    lab.until("2026-12-03T12:00:00Z").await;
    lab.person("lena")
        .move_milestone(milestone, Some(due("2026-12-08")));
    lab.until("2026-12-08T23:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 12 of 12");
    assert_eq!(summaries(&lab), Vec::<String>::new());
    lab.until("2026-12-09T01:00:00Z").await;
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn a_start_that_is_moved_moves_the_plan() {
    let lab = on_friday("sprint: { capacity: 10 }\n").await;
    let milestone = sprint_12(&lab);
    work(&lab, "Fix A", milestone, 3);
    lab.until("2026-11-23T12:00:00Z").await;
    let lena = lab.person("lena");
    lena.describe_milestone(milestone, "Starts: 2026-11-25");
    work(&lab, "Fix B", milestone, 2);
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud");
    lab.until("2026-11-25T00:01:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 1 of 8");
    assert!(split(&lab).contains("50 % · 5 d"), "{}", split(&lab));
}

#[tokio::test]
async fn an_empty_sprint_says_nothing() {
    let lab = on_friday("").await;
    sprint_12(&lab);
    let elsewhere = lab.person("lena").milestone("Someday", None);
    work(&lab, "Fix A", elsewhere, 3);
    lab.until("2026-12-06T12:00:00Z").await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
}

#[tokio::test]
async fn two_sprints_that_end_in_one_night_are_summed_up_each() {
    let lab = on_friday("").await;
    let one = sprint_12(&lab);
    let other = sprint(&lab, "Platform 7", "2026-11-23", "2026-12-04");
    work(&lab, "Fix A", one, 3);
    work(&lab, "Fix B", other, 3);
    lab.until("2026-11-23T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 1 of 10");
    lab.until("2026-12-06T12:00:00Z").await;
    let said = summaries(&lab);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("Sprint 12") && said[0].contains("Fix A"));
    assert!(said[1].contains("Platform 7") && said[1].contains("Fix B"));
}

#[tokio::test]
async fn what_had_ended_before_labhand_came_is_not_summed_up() {
    let lab = Lab::with(Setup {
        before: Some(|gh| {
            let lena = gh.as_user(REPO, "lena");
            lena.milestone("Sprint 11", Some(due("2026-11-20")));
            lena.milestone("Sprint 12", Some(due("2026-12-04")));
        }),
        ..Setup::default()
    })
    .await;
    work(&lab, "Fix A", 1, 3);
    work(&lab, "Fix B", 2, 3);
    lab.until("2026-11-23T16:59:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 1 of 10");
    lab.until("2026-11-25T12:00:00Z").await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
}

#[tokio::test]
async fn the_summary_so_far_is_answered_to_whoever_may_triage() {
    let lab = on_friday("sprint: { capacity: 20 }\n").await;
    let (lee, otto) = (lab.person("lee"), lab.person("otto"));
    let lena = lab.person("lena");
    let talk = lena.milestone("Someday", None);
    let here = work(&lab, "Fix the pipeline", talk, 3);
    lab.settle().await;
    let before_any = lee.comment(here, "/sprint");
    lab.settle().await;
    assert_eq!(lab.reactions(here, before_any), ["eyes", "rocket"]);
    insta::assert_snapshot!(lab.said(here).pop().unwrap(), @"No sprint is running. A milestone with a due date is one; it starts where the one before ended, or on the day that its description names: `Starts: 2026-11-23`.");

    let milestone = sprint_12(&lab);
    lab.settle().await;
    lee.comment(here, "/sprint");
    lab.settle().await;
    insta::assert_snapshot!(lab.said(here).pop().unwrap(), @"No sprint is running. Sprint 12 starts Mon 23 Nov 2026.");

    work(&lab, "Fix A", milestone, 3);
    let done = work(&lab, "Fix B", milestone, 5);
    lab.until("2026-11-24T12:00:00Z").await;
    lab.person("ana").close(done);
    lab.settle().await;
    lee.comment(here, "/sprint");
    lab.settle().await;
    insta::assert_snapshot!(plain(&lab.said(here).pop().unwrap()), @"
    ### Sprint 12 · day 2 of 10 · ends Fri 4 Dec 2026

    | Sprint split | Target | Planned | Done | |
    |:--|--:|--:|--:|:--|
    | Committed | 60 % · 12 d | 40 % · 8 d | 25 % · 5 d | `▰▰▰▰▰▰▱▱▱▱` |
    | Experiments | 30 % · 6 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Learning | 10 % · 2 d | – | – | `▱▱▱▱▱▱▱▱▱▱` |

    ⚖️ Committed is planned at 40 % instead of 60 % · Experiments is planned at 0 % instead of 30 %.

    **Done · 1**
    - #4 Fix B

    **Still open · 1**
    - #3 Fix A

    <sub>20 d of capacity · since 23 Nov 2026 · a point counts 1 d, 5 points done</sub>
    ");

    let refused = otto.comment(here, "/sprint");
    lab.settle().await;
    assert!(lab.reply(here, refused).contains("triage"));
    assert_eq!(lab.said(here).len(), 4);

    sprint(&lab, "Sprint 13", "2026-12-09", "2026-12-18");
    lab.until("2026-12-07T12:00:00Z").await;
    lee.comment(here, "/sprint");
    lab.settle().await;
    insta::assert_snapshot!(lab.said(here).pop().unwrap(), @"No sprint is running. Sprint 13 starts Wed 9 Dec 2026.");
    assert_eq!(summaries(&lab).len(), 1);
}

/// Research of three weeks that is active since Monday.
async fn with_box(lab: &Lab, milestone: u64) -> ItemNumber {
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (3 weeks)")
        .assign(&["mira"])
        .milestone(milestone)
        .send();
    lab.until("2026-11-23T09:00:00Z").await;
    mira.comment(issue, "/activate");
    lab.settle().await;
    issue
}

fn reviews(lab: &Lab, issue: ItemNumber) -> Vec<String> {
    let said = lab.said(issue);
    said.into_iter()
        .filter(|text| text.contains("Please review"))
        .collect()
}

#[tokio::test]
async fn a_box_whose_sprint_ends_asks_for_a_review_once_even_while_it_is_paused() {
    for paused in [false, true] {
        let lab = on_friday("").await;
        let milestone = sprint_12(&lab);
        let issue = with_box(&lab, milestone).await;
        if paused {
            lab.person("mira").comment(issue, "/block no GPU");
        }
        lab.until("2026-12-04T23:59:00Z").await;
        assert_eq!(reviews(&lab, issue), Vec::<String>::new());
        lab.until("2026-12-05T00:00:10Z").await;
        let said = reviews(&lab, issue);
        assert_eq!(said.len(), 1, "{said:?}");
        assert!(
            said[0].starts_with("@mira, Sprint 12 has ended"),
            "{said:?}"
        );
        assert_eq!(said[0].contains("It waits: *no GPU*."), paused);
        lab.person("lena")
            .move_milestone(milestone, Some(due("2026-12-08")));
        lab.until("2026-12-10T12:00:00Z").await;
        assert_eq!(reviews(&lab, issue).len(), 1);
        assert_eq!(summaries(&lab).len(), 1);
    }
}

#[tokio::test]
async fn a_review_follows_the_milestone() {
    let lab = on_friday("").await;
    let lena = lab.person("lena");
    let milestone = sprint_12(&lab);
    let issue = with_box(&lab, milestone).await;
    lab.until("2026-12-03T12:00:00Z").await;
    lena.move_milestone(milestone, Some(due("2026-12-07")));
    lab.until("2026-12-07T10:00:00Z").await;
    assert_eq!(reviews(&lab, issue), Vec::<String>::new());
    lena.close_milestone(milestone);
    lab.settle().await;
    assert_eq!(reviews(&lab, issue).len(), 1);
    lab.until("2026-12-09T10:00:00Z").await;
    assert_eq!(reviews(&lab, issue).len(), 1);
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn what_is_moved_to_the_next_sprint_in_time_needs_no_review() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    let next = lab
        .person("lena")
        .milestone("Sprint 13", Some(due("2026-12-18")));
    let issue = with_box(&lab, milestone).await;
    lab.until("2026-12-04T23:59:00Z").await;
    lab.person("mira").set_milestone(issue, next);
    lab.until("2026-12-08T12:00:00Z").await;
    assert_eq!(reviews(&lab, issue), Vec::<String>::new());
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn a_review_that_comes_late_does_not_name_the_sprint_that_goes_on() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    let next = lab
        .person("lena")
        .milestone("Sprint 13", Some(due("2026-12-18")));
    let issue = with_box(&lab, milestone).await;
    lab.clock
        .advance_to("2026-12-05T09:00:00Z".parse().unwrap());
    lab.person("mira").set_milestone(issue, next);
    lab.until("2026-12-05T12:00:00Z").await;
    let said = reviews(&lab, issue);
    assert!(
        said[0].starts_with("@mira, its sprint has ended"),
        "{said:?}"
    );
    assert_eq!((said.len(), summaries(&lab).len()), (1, 1));
}

#[tokio::test]
async fn decisions_stand_on_the_board_with_their_reasons_until_the_next_sprint_starts() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    lab.person("lena")
        .milestone("Sprint 13", Some(due("2026-12-18")));
    let (mira, jonas) = (lab.person("mira"), lab.person("jonas"));
    let body = "Hypothesis: it is better\n\nMetric: f1 >= 0.85\n\nTime box: 2d";
    let mut issues = Vec::new();
    for title in ["Test boosting", "Test RNN", "Test graphs"] {
        let issue = mira.open_issue(title).body(body).milestone(milestone);
        issues.push(issue.send());
    }
    lab.until("2026-11-24T09:00:00Z").await;
    for (issue, verdict) in issues.iter().zip([
        "productionize it is | better",
        "abandon @otto says so",
        "more-research too few data",
    ]) {
        mira.comment(*issue, "/activate");
        lab.wait(SignedDuration::from_mins(1)).await;
        mira.comment(*issue, "/findings Known now.");
        lab.wait(SignedDuration::from_mins(1)).await;
        jonas.comment(*issue, &format!("/decide {verdict}"));
        lab.wait(SignedDuration::from_mins(1)).await;
    }
    insta::assert_snapshot!(part(&lab, "- "), @"
    - 🔁 #3 Test graphs → more research, #6 · jonas, 24 Nov 2026: too few data
    - ⛔ #2 Test RNN → abandoned · jonas, 24 Nov 2026: @&#8203;otto says so
    - ✅ #1 Test boosting → productionize, #5 · jonas, 24 Nov 2026: it is &#124; better
    ");
    whatever_was_said_everywhere(&lab);
    lab.person("lena").delete_issue(issues[1]);
    lab.wait(SignedDuration::from_mins(1)).await;
    let shown = part(&lab, "- ");
    assert!(
        shown.contains("⛔ `#2` (deleted) Test RNN → abandoned"),
        "{shown}"
    );
    lab.until("2026-12-05T12:00:00Z").await;
    assert_eq!(part(&lab, "- "), "");
    whatever_was_said_everywhere(&lab);
}

#[tokio::test]
async fn a_burst_in_a_sprint_is_one_edit_and_a_look_without_news_makes_no_call() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    let ana = lab.person("ana");
    let issues: Vec<ItemNumber> = (0..20)
        .map(|number| work(&lab, &format!("Fix {number}"), milestone, 3))
        .collect();
    lab.until("2026-11-24T12:00:00Z").await;
    lab.gh.forget_calls();
    for issue in &issues {
        ana.assign(*issue, "ana");
        ana.rename(*issue, &format!("Fix it, {issue}"));
        ana.close(*issue);
    }
    lab.wait(SignedDuration::from_secs(10)).await;
    assert_eq!(board_edits(&lab), 1);
    assert!(split(&lab).contains("60 d"), "{}", split(&lab));
    lab.until("2026-11-24T23:00:00Z").await;
    lab.gh.forget_calls();
    // Saturday: nothing changes, and nobody asks GitHub.
    lab.until("2026-11-28T00:00:00Z").await;
    lab.gh.forget_calls();
    lab.until("2026-11-29T23:00:00Z").await;
    assert_eq!(lab.gh.calls(), []);
}

/// A board that is posted on Mondays at nine, in Berlin.
const DIGEST: &str = "calendar: { timezone: Europe/Berlin }\nboard: { digest: \"Mon 09:00\" }\n";

#[tokio::test]
async fn the_board_is_posted_once_a_week_at_the_same_local_time() {
    // The clocks go forward on 28 March 2027.
    let lab = since("2027-03-19T08:00:00Z", DIGEST).await;
    let someday = lab.person("lena").milestone("Someday", None);
    work(&lab, "Fix A", someday, 3);
    for (before, at, posted) in [
        ("2027-03-22T07:59:00Z", "2027-03-22T08:00:00Z", 1),
        ("2027-03-29T06:59:00Z", "2027-03-29T07:00:00Z", 2),
        ("2027-04-05T06:59:00Z", "2027-04-05T07:00:00Z", 3),
    ] {
        lab.until(before).await;
        assert_eq!(summaries(&lab).len(), posted - 1, "{before}");
        lab.until(at).await;
        assert_eq!(summaries(&lab).len(), posted, "{at}");
    }
    work(&lab, "Fix B", someday, 3);
    let lab = lab.restart().await;
    lab.until("2027-04-05T12:00:00Z").await;
    let said = summaries(&lab);
    assert_eq!(said.len(), 3);
    assert!(said[2].starts_with("## acme/fraud\n") && said[2].contains("Fix A"));
}

#[tokio::test]
async fn a_digest_that_passed_long_ago_or_before_it_was_asked_for_is_not_posted() {
    let lab = since("2027-03-22T09:00:00Z", DIGEST).await;
    let someday = lab.person("lena").milestone("Someday", None);
    work(&lab, "Fix A", someday, 3);
    lab.until("2027-03-22T12:00:00Z").await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
    // Down over Monday.
    lab.clock
        .advance_to("2027-03-30T08:00:00Z".parse().unwrap());
    let lab = lab.restart().await;
    work(&lab, "Fix B", someday, 3);
    lab.settle().await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
    let later = "calendar: { timezone: Europe/Berlin }\nboard: { digest: \"Tue 09:00\" }\n";
    lab.person("lena").write_file(".github/labhand.yml", later);
    lab.until("2027-03-30T12:00:00Z").await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
    lab.until("2027-04-06T12:00:00Z").await;
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn the_status_comment_hears_of_its_milestone_before_the_issue_tells() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    let lena = lab.person("lena");
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (3 days)")
        .milestone(milestone)
        .send();
    lab.settle().await;
    let first_line = |lab: &Lab| lab.status(issue).lines().next().map(str::to_owned);
    assert!(first_line(&lab).is_some_and(|it| it.ends_with("· Sprint 12")));
    lab.clock.advance(SignedDuration::from_secs(5));
    lena.rename_milestone(milestone, "Sprint | @12");
    lab.settle().await;
    let renamed = first_line(&lab).unwrap();
    assert!(renamed.ends_with("· Sprint &#124; @&#8203;12"), "{renamed}");
    lab.clock.advance(SignedDuration::from_secs(5));
    lena.delete_milestone(milestone);
    lab.settle().await;
    let deleted = first_line(&lab).unwrap();
    assert!(!deleted.contains("Sprint"), "{deleted}");
}

#[tokio::test]
async fn a_box_is_planned_with_its_length_and_done_with_its_working_time() {
    let lab = on_friday("sprint: { capacity: 20 }\n").await;
    let milestone = sprint_12(&lab);
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (4 days)")
        .assign(&["mira", "jonas"])
        .milestone(milestone)
        .send();
    lab.until("2026-11-23T09:00:00Z").await;
    // It was four days when the sprint began, whatever it is made now.
    mira.comment(issue, "/timebox 8d\n/activate");
    lab.until("2026-11-24T17:00:00Z").await;
    let row = |lab: &Lab| part(lab, "| Experiments");
    let shown = row(&lab);
    assert!(shown.contains("| 40 % · 8 d | 16 % · 3.2 d |"), "{shown}");
    // The sprint is over in the middle of a step of the box.
    lab.person("lena").close_milestone(milestone);
    lab.wait(SignedDuration::from_mins(10)).await;
    let said = summaries(&lab);
    assert!(
        said[0].contains("| 40 % · 8 d | 20 % · 4 d |"),
        "{}",
        said[0]
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_board_that_is_drawn_anew_does_not_repeat_its_summaries() {
    let (lab, milestone) = with_work().await;
    lab.until("2026-12-05T12:00:00Z").await;
    assert_eq!(summaries(&lab).len(), 1);
    lab.person("lena").delete_issue(board_issue(&lab));
    lab.wait(SignedDuration::from_mins(2)).await;
    work(&lab, "Fix B", milestone, 3);
    lab.wait(SignedDuration::from_mins(2)).await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
}

#[tokio::test]
async fn a_board_without_items_waits_with_its_sprint_until_there_is_one() {
    let lab = on_friday("").await;
    let milestone = sprint_12(&lab);
    lab.until("2026-11-24T12:00:00Z").await;
    assert_eq!(lab.gh.issues(REPO).len(), 0);
    work(&lab, "Fix A", milestone, 3);
    lab.settle().await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 2 of 10");
    // It came after the plan was read.
    assert_eq!(split(&lab), "");
    lab.until("2026-12-05T12:00:00Z").await;
    assert!(summaries(&lab)[0].contains("**Carried over · 1**\n- #1 Fix A"));
}

#[tokio::test]
async fn a_sprint_that_is_called_off_before_it_begins_was_none() {
    let lab = on_friday("").await;
    let lena = lab.person("lena");
    let twelve = lena.milestone("Sprint 12", Some(due("2026-12-04")));
    let thirteen = lena.milestone("Sprint 13", Some(due("2026-12-18")));
    let fourteen = lena.milestone("Sprint 14", Some(due("2026-12-30")));
    for milestone in [twelve, thirteen, fourteen] {
        work(&lab, "Fix A", milestone, 3);
    }
    lab.until("2026-11-25T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 3 of 10");
    lena.close_milestone(thirteen);
    lab.until("2026-11-26T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 12 · day 4 of 10");
    assert_eq!(summaries(&lab), Vec::<String>::new());
    lab.until("2026-12-07T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Sprint 14 · day 1 of 18");
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn of_two_sprints_side_by_side_one_may_end_early() {
    let lab = on_friday("sprint: { capacity: 20 }\n").await;
    let lena = lab.person("lena");
    let one = lena.milestone("Sprint 12", Some(due("2026-12-04")));
    let other = lena.milestone("Platform 7", Some(due("2026-12-04")));
    work(&lab, "Fix A", one, 3);
    work(&lab, "Fix B", other, 4);
    lab.until("2026-12-02T12:00:00Z").await;
    lena.close_milestone(one);
    work(&lab, "Fix C", other, 5);
    lab.until("2026-12-03T12:00:00Z").await;
    assert_eq!(head(&lab), "## acme/fraud · Platform 7 · day 9 of 10");
    assert!(split(&lab).contains("| 20 % · 4 d |"), "{}", split(&lab));
    assert_eq!(summaries(&lab).len(), 1);
}

#[tokio::test]
async fn a_digest_in_the_hour_that_the_clock_skips_is_posted_all_the_same() {
    let policy = "calendar: { timezone: Europe/Berlin }\nboard: { digest: \"Sun 02:30\" }\n";
    let lab = since("2027-03-26T08:00:00Z", policy).await;
    let someday = lab.person("lena").milestone("Someday", None);
    work(&lab, "Fix A", someday, 3);
    // On 28 March 2027 it is three o'clock at once.
    lab.until("2027-03-28T01:29:00Z").await;
    assert_eq!(summaries(&lab), Vec::<String>::new());
    lab.until("2027-03-28T01:30:00Z").await;
    assert_eq!(summaries(&lab).len(), 1);
    lab.until("2027-04-04T00:30:00Z").await;
    assert_eq!(summaries(&lab).len(), 2);
    // And on 31 October it is half past two twice.
    lab.clock
        .advance_to("2027-10-30T12:00:00Z".parse().unwrap());
    lab.until("2027-10-31T12:00:00Z").await;
    assert_eq!(summaries(&lab).len(), 3);
}

#[tokio::test]
async fn a_sprint_that_ended_long_ago_while_nobody_listened_is_summed_up_later() {
    let (lab, _) = with_work().await;
    lab.clock
        .advance_to("2027-01-20T12:00:00Z".parse().unwrap());
    let lab = lab.restart().await;
    lab.until("2027-03-20T12:00:00Z").await;
    let said = summaries(&lab);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("### 🏁 Sprint 12 is over · Fri 4 Dec 2026"));
}

#[tokio::test]
async fn what_is_delivered_twice_is_planned_and_done_once() {
    let once = on_friday("sprint: { capacity: 20 }\n").await;
    let twice = on_friday("sprint: { capacity: 20 }\n").await;
    twice.gh.repeat_deliveries(true);
    for lab in [&once, &twice] {
        moved_about(lab, false).await;
        lab.until("2026-12-05T12:00:00Z").await;
    }
    assert_eq!(summaries(&twice), summaries(&once));
    assert_eq!(split(&twice), split(&once));
}

#[tokio::test]
async fn what_comes_from_another_repository_was_in_no_sprint_of_this_one() {
    const OTHER: &str = "acme/churn";
    let lab = on_friday("").await;
    lab.gh.repo(OTHER);
    for login in ["ana", "lena"] {
        lab.gh.collaborator(OTHER, login, "maintain");
    }
    lab.gh.install("acme", Selection::Only(&[REPO, OTHER]));
    lab.settle().await;
    // Both have the number 1.
    let here = sprint_12(&lab);
    let lena = lab.gh.as_user(OTHER, "lena");
    assert_eq!(here, lena.milestone("Quarter", Some(due("2026-12-31"))));
    let elsewhere = lab.gh.as_user(OTHER, "ana");
    let comes = elsewhere
        .open_issue("Fix it there")
        .milestone(here)
        .labels(&["kind/maintenance", "points/8"])
        .send();
    work(&lab, "Fix it here", here, 3);
    lab.until("2026-11-23T12:00:00Z").await;
    let planned = split(&lab);
    assert!(planned.contains("| 60 % | 3 d | – |"), "{planned}");
    let arrived = elsewhere.transfer(comes, REPO);
    lab.wait(SignedDuration::from_mins(10)).await;
    assert_eq!(split(&lab), planned);
    // Closed here, it is in no sprint still.
    lab.person("ana").close(arrived);
    lab.wait(SignedDuration::from_mins(10)).await;
    assert_eq!(split(&lab), planned);
    lab.until("2026-12-05T12:00:00Z").await;
    let said = summaries(&lab);
    assert!(!said[0].contains("there"), "{}", said[0]);
}
