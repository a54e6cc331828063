//! What was missed while the bot was down, or while GitHub could not reach it.

use jiff::SignedDuration;

use crate::lab::{self, Lab, Setup};

const RESEARCH: &str = "Explore NLP approaches for sentiment (2 days)";

fn asked_again(lab: &Lab) -> usize {
    let calls = lab.gh.writes().into_iter();
    calls.filter(|call| call.path.contains("/attempts")).count()
}

#[tokio::test]
async fn what_github_could_not_hand_over_is_asked_for_after_the_start() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    let other = mira.open_issue("Fix the nightly export").send();
    // Down for the evening; GitHub notes what failed and does not repeat it.
    assert!(lab.gh.drop_deliveries() >= 2);
    lab.wait(SignedDuration::from_hours(12)).await;
    assert_eq!(lab.labels(issue), [""; 0]);

    let lab = lab.restart().await;
    lab.bot.worker().begin().await.unwrap();
    lab.settle().await;
    assert_eq!(lab.labels(issue).join(" "), "kind/research stage/ideation");
    assert!(lab.labels(other).join(" ").contains("kind/maintenance"));
    assert!(lab.status(issue).contains("inferred"));
}

#[tokio::test]
async fn a_command_that_was_lost_on_the_way_takes_effect_within_minutes() {
    let lab = Lab::new().await;
    lab.bot.worker().begin().await.unwrap();
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.status(issue);
    lab.gh.forget_calls();

    mira.comment(issue, "/activate");
    lab.gh.drop_deliveries();
    lab.wait(SignedDuration::from_mins(6)).await;
    assert!(lab.labels(issue).join(" ").contains("stage/active"));
    lab.status(issue);
    let asked = asked_again(&lab);
    assert!(asked >= 1);

    // It arrived, so that nobody asks any more.
    lab.wait(SignedDuration::from_hours(3)).await;
    assert_eq!(asked_again(&lab), asked);
}

#[tokio::test]
async fn one_that_fails_again_is_asked_for_ever_more_rarely_and_given_up_in_the_end() {
    // Else the sweep finds the issue, and what is written then fails to arrive as well.
    let lab = Lab::policy("enabled: false\n").await;
    lab.bot.worker().begin().await.unwrap();
    let mira = lab.person("mira");
    mira.open_issue(RESEARCH).send();
    let mut hours = Vec::new();
    for minute in 0..72 * 12 {
        let before = asked_again(&lab);
        lab.gh.drop_deliveries();
        lab.bot.worker().drain().await.unwrap();
        if asked_again(&lab) > before {
            hours.push(minute / 12);
        }
        lab.clock.advance(SignedDuration::from_mins(5));
    }
    assert!((8..=9).contains(&hours.len()), "{hours:?}");
    assert!(hours[hours.len() - 1] - hours[0] >= 24, "{hours:?}");
}

#[tokio::test]
async fn with_a_token_there_is_no_list_to_ask_for() {
    let lab = Lab::with(Setup {
        token: true,
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.gh.drop_deliveries();
    lab.gh.forget_calls();
    lab.bot.worker().begin().await.unwrap();
    lab.settle().await;
    assert_eq!(lab.labels(issue), [""; 0]);
    assert_eq!(lab.gh.writes().len(), 0);
}

#[tokio::test]
async fn what_was_handled_long_ago_is_forgotten_but_takes_no_effect_again() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    lab.settle().await;
    lab.status(issue);
    mira.comment(issue, "/activate");
    let command = lab.gh.take_deliveries();
    for delivery in &command {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    lab.status(issue);
    lab.wait(SignedDuration::from_hours(29 * 24)).await;
    assert_eq!(lab.bot.worker().tidy().await, Ok(0));
    lab.whatever_was_said(issue);
    lab.wait(SignedDuration::from_hours(2 * 24)).await;
    assert!(lab.bot.worker().tidy().await.unwrap() >= 2);
    lab.whatever_was_said(issue);

    let before = lab.gh.issue(lab::REPO, issue);
    lab.gh.forget_calls();
    for delivery in &command {
        lab.gh.replay(delivery);
        lab.gh.replay_under_new_guid(delivery);
    }
    lab.settle().await;
    assert_eq!(lab.gh.issue(lab::REPO, issue).comments, before.comments);
    assert_eq!(lab.gh.writes().len(), 0);
}
