//! What no event has told: it is found by comparing with GitHub.

use jiff::SignedDuration;
use labhand::sim::{Answer, Fault, Selection};

use crate::lab::{self, Lab, Setup};

const RESEARCH: &str = "Explore NLP approaches for sentiment (2 days)";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A laboratory in which GitHub lists no failed deliveries: the sweep alone finds them.
async fn with_token() -> Lab {
    Lab::with(Setup {
        token: true,
        ..Setup::default()
    })
    .await
}

/// All that happened since is lost, and the bot is started again.
async fn after_an_outage(lab: Lab) -> Lab {
    lab.gh.drop_deliveries();
    let lab = lab.restart().await;
    lab.bot.worker().begin().await.unwrap();
    lab.wait(SignedDuration::from_mins(2)).await;
    lab
}

/// The board without the line that says since when it is so.
fn table(lab: &Lab) -> String {
    let board = lab.board();
    board.split("<sub>").next().unwrap().to_owned()
}

fn calls(lab: &Lab, part: &str) -> usize {
    let calls = lab.gh.calls().into_iter();
    calls.filter(|call| call.path.contains(part)).count()
}

#[tokio::test]
async fn what_happened_during_an_outage_is_found_within_two_minutes_of_the_start() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let known = mira.open_issue("Fix the nightly export").send();
    lab.settle().await;

    lab.wait(SignedDuration::from_mins(10)).await;
    let opened = mira.open_issue(RESEARCH).send();
    lab.wait(SignedDuration::from_mins(1)).await;
    lab.gh.drop_deliveries();
    let command = mira.comment(opened, "/activate");
    lab.wait(SignedDuration::from_mins(1)).await;
    lab.gh.drop_deliveries();
    lab.person("lee").label(known, "points/5");
    lab.person("lee").label(known, "stage/active");
    let lab = after_an_outage(lab).await;

    assert_eq!(
        lab.labels(opened).join(" "),
        "kind/research stage/active timebox/running"
    );
    assert_eq!(lab.reactions(opened, command), ["eyes", "rocket"]);
    assert!(lab.status(opened).contains("running since Mon 23 Nov"));
    let labels = lab.labels(known).join(" ");
    assert!(labels.contains("points/5"), "{labels}");
    assert!(
        !labels.contains("stage/active") && labels.contains("stage/"),
        "{labels}"
    );
    lab.whatever_was_said(known);
}

#[tokio::test]
async fn a_time_box_that_was_started_and_an_issue_that_was_closed_unheard_count_from_when_they_were()
 {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.status(issue);
    lab.until("2026-11-23T09:00:00Z").await;
    mira.comment(issue, "/activate");
    lab.gh.drop_deliveries();
    lab.until("2026-11-23T15:00:00Z").await;
    let lab = after_an_outage(lab).await;
    let status = lab.status(issue);
    assert!(
        status.contains("running since Mon 23 Nov, 09:00"),
        "{status}"
    );

    mira.close(issue);
    let lab = after_an_outage(lab).await;
    let status = lab.status(issue);
    assert!(!status.contains("running since"), "{status}");
}

#[tokio::test]
async fn a_sweep_that_finds_nothing_writes_nothing_and_costs_few_calls() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    for title in [
        RESEARCH,
        "Fix the nightly export",
        "Investigate class imbalance",
    ] {
        let issue = mira.open_issue(title).send();
        lab.settle().await;
        lab.whatever_was_said(issue);
    }
    lab.wait(SignedDuration::from_hours(2)).await;
    lab.gh.forget_calls();
    lab.bot.worker().begin().await.unwrap();
    lab.wait(SignedDuration::from_mins(2)).await;
    assert_eq!(lab.gh.writes(), []);
    let calls: Vec<String> = lab
        .gh
        .calls()
        .iter()
        .map(|call| call.path.clone())
        .collect();
    assert!((1..=10).contains(&calls.len()), "{calls:#?}");
    assert!(
        !calls.iter().any(|path| path.ends_with("/events")),
        "{calls:#?}"
    );
}

#[tokio::test]
async fn it_comes_once_a_day() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.whatever_was_said(issue);
    lab.bot.worker().begin().await.unwrap();
    lab.wait(SignedDuration::from_mins(2)).await;
    lab.gh.forget_calls();
    lab.wait(DAY * 5).await;
    let sweeps = calls(&lab, "/issues/comments");
    assert!((4..=6).contains(&sweeps), "{sweeps}");
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn comments_of_ours_that_were_deleted_or_rewritten_unheard_are_put_right() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    let other = mira.open_issue("Explore class imbalance (1 day)").send();
    lab.settle().await;
    let before = lab.status(issue);
    let said = lab.comment(issue, "status").unwrap();
    let gone = lab.comment(other, "status").unwrap();
    lab.wait(SignedDuration::from_mins(5)).await;
    lab.person("lena").edit_comment(said.id, "hello");
    lab.person("lena").delete_comment(gone.id);
    let lab = after_an_outage(lab).await;
    assert_eq!(lab.status(issue), before);
    lab.status(other);
    assert_eq!(lab.own_comments(issue).len(), 1);
    assert_eq!(lab.own_comments(other).len(), 1);
}

#[tokio::test]
async fn a_tick_that_no_event_told_counts_for_who_made_it() {
    let lab = Lab::with(Setup {
        token: true,
        policy: Some("teams:\n  data_science: [mira]\n  engineering: [ana]\n"),
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let pull = mira
        .open_pull("Model: fraud v1")
        .labels(&["handoff"])
        .files(&[("a.py", "1")])
        .send();
    lab.settle().await;
    let checklist = lab.checklist(pull);
    let slug = "artifact";
    lab.wait(SignedDuration::from_mins(5)).await;
    mira.tick(checklist.id, slug);
    let lab = after_an_outage(lab).await;
    let ticked = lab.checklist(pull).body;
    let boxes = ticked.lines().filter(|line| line.starts_with("- ["));
    let line = boxes.into_iter().find(|line| line.contains(slug)).unwrap();
    assert!(line.contains("[x]") && line.contains("mira"), "{line}");
    lab.whatever_was_said(pull);
}

#[tokio::test]
async fn a_board_that_somebody_has_written_into_is_drawn_over_at_once_and_after_an_outage() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(1)).await;
    lab.whatever_was_said(issue);
    let before = table(&lab);
    let number = lab.board_issue().number;
    mira.edit_text(number, "all of this is wrong");
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(1)).await;
    assert_eq!(table(&lab), before);

    mira.edit_text(number, "and so is this");
    let lab = after_an_outage(lab).await;
    lab.wait(SignedDuration::from_mins(1)).await;
    assert_eq!(table(&lab), before);
}

#[tokio::test]
async fn an_issue_that_was_deleted_unheard_leaves_the_board_within_a_week() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore class imbalance (1 day)").send();
    let other = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(1)).await;
    lab.whatever_was_said(issue);
    lab.whatever_was_said(other);
    assert!(lab.board().contains("class imbalance"));
    lab.person("lena").delete_issue(issue);
    lab.gh.drop_deliveries();
    lab.bot.worker().begin().await.unwrap();
    lab.wait(DAY * 8).await;
    assert!(!lab.board().contains("class imbalance"));
    lab.whatever_was_said(other);
}

#[tokio::test]
async fn an_issue_that_was_moved_unheard_keeps_its_history() {
    let lab = with_token().await;
    lab.gh.repo("acme/churn");
    lab.gh.collaborator("acme/churn", "mira", "write");
    lab.gh
        .collaborator("acme/churn", "labhand-machine", "write");
    lab.gh.repository_hook("acme/churn");
    let mira = lab.person("mira");
    let there = lab.gh.as_user("acme/churn", "mira");
    there.open_issue("Fix the export").send();
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.says(issue, "mira", "/activate").await;
    lab.status(issue);
    lab.wait(SignedDuration::from_hours(1)).await;
    let moved = mira.transfer(issue, "acme/churn");
    let lab = after_an_outage(lab).await;
    lab.wait(DAY).await;
    let labels = lab.gh.issue("acme/churn", moved).labels.join(" ");
    assert!(labels.contains("stage/active"), "{labels}");
    let said = lab.gh.issue("acme/churn", moved).comments;
    let status = said.iter().find(|it| it.body.contains("labhand:status"));
    let status = &status.expect("it is said how it stands").body;
    assert!(
        status.contains("running since Mon 23 Nov, 08:0"),
        "{status}"
    );
    assert!(!lab.board().contains("sentiment"));
}

#[tokio::test]
async fn a_sprint_whose_end_was_moved_unheard_is_shown_as_it_is() {
    let lab = with_token().await;
    let lena = lab.person("lena");
    let due = "2026-11-27T12:00:00Z".parse().ok();
    let sprint = lena.milestone("Sprint 7", due);
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).milestone(sprint).send();
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(1)).await;
    lab.whatever_was_said(issue);
    lena.rename_milestone(sprint, "Sprint 8");
    let lab = after_an_outage(lab).await;
    lab.wait(SignedDuration::from_mins(1)).await;
    assert!(lab.board().contains("Sprint 8"), "{}", lab.board());
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_repository_that_was_renamed_unheard_goes_on_under_its_name() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.status(issue);
    lab.gh.rename_repo(lab::REPO, "swindle");
    let lab = after_an_outage(lab).await;
    let name = "acme/swindle".parse().unwrap();
    assert!(lab.store.find_repo_by_name(&name).await.unwrap().is_some());
    // The laboratory looks for its repository when it ends.
    lab.gh.rename_repo("acme/swindle", "fraud");
}

#[tokio::test]
async fn ten_thousand_unchanged_issues_cost_at_most_a_hundred_and_ten_requests() {
    let lab = Lab::with(Setup {
        token: true,
        before: Some(|gh| {
            let mira = gh.as_user(lab::REPO, "mira");
            for number in 0..9_900 {
                mira.open_issue(&format!("Task {number}")).send();
            }
        }),
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    for number in 0..100 {
        mira.open_issue(&format!("Fix the export of table {number}"))
            .send();
        lab.clock.advance(SignedDuration::from_secs(7));
    }
    lab.settle().await;
    lab.bot.worker().begin().await.unwrap();
    lab.wait(DAY * 6).await;
    let mut most = 0;
    for _ in 0..48 {
        lab.gh.forget_calls();
        lab.wait(SignedDuration::from_hours(1)).await;
        most = most.max(lab.gh.calls().len());
    }
    assert!((100..=110).contains(&most), "{most}");
}

#[tokio::test]
async fn a_pull_request_that_was_pushed_to_and_merged_unheard_is_as_it_is() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let at_head = |lab: &Lab, pull| {
        let statuses = lab.gh.statuses(lab::REPO, &lab.gh.head(lab::REPO, pull));
        statuses.iter().any(|it| it.context == "labhand/item")
    };
    let issue = mira.open_issue("Fix the nightly export").send();
    let pull = mira
        .open_pull("Repair the export")
        .body(&format!("Closes #{issue}"))
        .files(&[("a.py", "1")])
        .send();
    lab.settle().await;
    lab.whatever_was_said(issue);
    assert!(at_head(&lab, pull));
    lab.wait(SignedDuration::from_mins(5)).await;
    mira.push(pull, &[("a.py", "2")]);
    assert!(!at_head(&lab, pull));
    let lab = after_an_outage(lab).await;
    assert!(at_head(&lab, pull));

    lab.person("ana").merge(pull);
    let lab = after_an_outage(lab).await;
    assert_eq!(lab.labels(issue).join(" "), "kind/maintenance stage/done");
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn commands_in_edited_texts_count_for_who_wrote_them_and_for_nobody_else() {
    let lab = with_token().await;
    let (mira, lena) = (lab.person("mira"), lab.person("lena"));
    let issue = mira.open_issue(RESEARCH).send();
    let words = lab
        .person("otto")
        .comment(issue, "What about transformers?");
    lab.settle().await;
    lab.status(issue);
    lab.wait(SignedDuration::from_mins(5)).await;
    // Who may only read could not do this; who edits the comment may.
    lena.edit_comment(words, "What about transformers?\n\n/activate");
    let lab = after_an_outage(lab).await;
    assert!(lab.labels(issue).join(" ").contains("stage/active"));
    lab.status(issue);

    let other = mira.open_issue("Explore class imbalance (1 day)").send();
    lab.settle().await;
    lab.status(other);
    lab.wait(SignedDuration::from_mins(5)).await;
    let asked = lab.person("otto").comment(other, "/activate");
    let lab = after_an_outage(lab).await;
    assert!(!lab.labels(other).join(" ").contains("stage/active"));
    assert!(lab.reactions(other, asked).contains(&"confused".to_owned()));
    lab.reply(other, asked);
    lab.status(other);
}

#[tokio::test]
async fn what_a_command_has_done_it_does_not_do_again() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    let command = lab.says(issue, "mira", "/activate").await;
    lab.status(issue);
    lab.wait(SignedDuration::from_mins(5)).await;
    lab.says(issue, "mira", "/stage ideation").await;
    lab.status(issue);
    // The text is edited, but says the same.
    mira.edit_comment(command, "Now, then.\n\n/activate");
    let lab = after_an_outage(lab).await;
    assert!(lab.labels(issue).join(" ").contains("stage/ideation"));
    assert_eq!(lab.own_comments(issue).len(), 1);
    lab.status(issue);
}

#[tokio::test]
async fn a_repository_that_was_taken_off_and_added_again_unheard_goes_on() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.status(issue);
    lab.gh.collaborator(lab::REPO, "labhand-machine", "none");
    let lab = after_an_outage(lab).await;
    lab.wait(DAY).await;
    lab.gh.collaborator(lab::REPO, "labhand-machine", "write");
    mira.comment(issue, "/activate");
    let lab = after_an_outage(lab).await;
    assert!(lab.labels(issue).join(" ").contains("stage/active"));
    lab.status(issue);
}

#[tokio::test]
async fn commands_from_before_labhand_came_are_not_carried_out() {
    const OTHER: &str = "acme/churn";
    let lab = Lab::new().await;
    lab.gh.repo(OTHER);
    lab.gh.collaborator(OTHER, "mira", "write");
    let mira = lab.gh.as_user(OTHER, "mira");
    let old = mira.open_issue("What about the long tail?").send();
    mira.comment(old, "/kind research");
    lab.gh.drop_deliveries();
    lab.clock.advance(SignedDuration::from_secs(5));
    lab.gh.install("acme", Selection::Only(&[lab::REPO, OTHER]));
    lab.clock.advance(SignedDuration::from_secs(5));
    mira.open_issue("Fix the nightly export").send();
    lab.settle().await;
    let lab = after_an_outage(lab).await;
    let swept = calls(&lab, "/repos/acme/churn/issues/comments");
    assert!(swept > 0, "{:?}", lab.gh.calls());
    let issue = lab.gh.issue(OTHER, old);
    assert_eq!(issue.comments.len(), 1, "{:?}", issue.comments);
    assert!(issue.comments[0].reactions.is_empty(), "{issue:?}");
}

#[tokio::test]
async fn versions_that_were_tagged_all_at_once_are_registered() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let home = mira.open_issue("Fraud detector in production").send();
    lab.settle().await;
    lab.says(home, "mira", "/model track fraud-detector").await;
    lab.whatever_was_said(home);
    let commit = mira.write_file("model.txt", "1");
    lab.settle().await;
    for version in ["1.0.0", "1.1.0", "1.2.0", "2.0.0"] {
        mira.tag(&format!("fraud-detector@v{version}"), &commit);
    }
    let lab = after_an_outage(lab).await;
    lab.wait(SignedDuration::from_mins(1)).await;
    assert!(lab.board().contains("2.0.0"), "{}", lab.board());
    lab.whatever_was_said(home);
}

#[tokio::test]
async fn a_sweep_that_is_cut_anywhere_is_taken_up_and_finds_everything_once() {
    let lab = with_token().await;
    let mira = lab.person("mira");
    let known = mira.open_issue("Fix the nightly export").send();
    lab.settle().await;
    lab.whatever_was_said(known);
    let mut issues = Vec::new();
    for number in 0..5 {
        let issue = mira
            .open_issue(&format!("Explore corner {number} (1 day)"))
            .send();
        issues.push((issue, mira.comment(issue, "/activate")));
    }
    lab.gh.drop_deliveries();
    lab.bot.worker().begin().await.unwrap();
    for path in [
        "/issues",
        "/issues/comments",
        "/labels",
        "/milestones",
        "/events",
    ] {
        let fault = Fault::new().method("GET").path_ends_with(path);
        lab.gh.fault(fault.answer(Answer::status(502)));
    }
    let fault = Fault::new().path_ends_with("/graphql");
    lab.gh.fault(fault.answer(Answer::status(502)));
    lab.wait(SignedDuration::from_hours(2)).await;
    for (issue, command) in issues {
        assert!(lab.labels(issue).join(" ").contains("stage/active"));
        assert_eq!(lab.reactions(issue, command), ["eyes", "rocket"]);
        assert_eq!(lab.own_comments(issue).len(), 1);
        lab.status(issue);
    }
}
