//! What it promises (product §10): every delivery takes effect once, whatever happens to it and to
//! the answers of GitHub, and no call is made for nothing.
//!
//! One story is told undisturbed and disturbed, and GitHub must look the same after both.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use labhand::domain::ids::ItemNumber;
use labhand::forge::github::Called;
use labhand::sim::{Answer, CallSeen, Delivery, Fault, Selection};
use rand::SeedableRng;
use rand::seq::SliceRandom;

use crate::handoff::CARD;
use crate::lab::{Lab, REPO, Setup};

const TEAMS: &str = "\
teams:
  data_science: [acme/data-science]
  engineering: [acme/ml-platform]
";

/// How the deliveries of one scene reach the bot.
#[derive(Debug, Clone, Copy)]
enum Carried {
    InOrder,
    /// Each twice under its GUID.
    Twice,
    /// All at once, in another order.
    Shuffled(u64),
    /// In another order, and the bot works after each one.
    Straggling(u64),
    /// Each again under another GUID, once all is done.
    Replayed,
}

impl Carried {
    async fn carry(self, lab: &Lab) {
        match self {
            Self::InOrder => {}
            Self::Twice => lab.gh.repeat_deliveries(true),
            Self::Shuffled(seed) => {
                lab.gh.deliver_shuffled(seed).await;
            }
            Self::Straggling(seed) => {
                let mut waiting = lab.gh.take_deliveries();
                waiting.shuffle(&mut rand::rngs::StdRng::seed_from_u64(seed));
                for delivery in waiting {
                    lab.gh.replay(&delivery);
                    now(lab).await;
                }
            }
            Self::Replayed => {
                let waiting = lab.gh.take_deliveries();
                for delivery in &waiting {
                    lab.gh.replay(delivery);
                }
                now(lab).await;
                for delivery in &waiting {
                    lab.gh.replay_under_new_guid(delivery);
                }
            }
        }
        // Whatever has to be tried again is.
        lab.wait(SignedDuration::from_mins(20)).await;
    }
}

/// Delivers and works while the clock stands still.
async fn now(lab: &Lab) {
    lab.gh.deliver().await;
    lab.bot.worker().drain().await.unwrap();
}

/// A research, an experiment with all its troubles, and a hand-off with a wrong tick. Acts of one
/// scene are seconds apart, and the bot hears of them together.
async fn story(lab: &Lab, carried: Carried) {
    let [mira, jonas, ana, lee] = ["mira", "jonas", "ana", "lee"].map(|login| lab.person(login));
    let soon = || lab.clock.advance(SignedDuration::from_secs(2));

    let experiment = mira
        .open_issue("Compare BERT vs GPT-2 for classification (3 days)")
        .assign(&["mira"])
        .send();
    soon();
    let research = jonas.open_issue("Explore graph features (2 days)").send();
    soon();
    mira.comment(experiment, "/activate");
    carried.carry(lab).await;

    mira.comment(experiment, "/hypothesis BERT routes tickets better");
    soon();
    mira.comment(experiment, "/metric f1 >= 0.85 baseline 0.80\n/timebx 2d");
    soon();
    mira.comment(experiment, "/activate");
    soon();
    lee.label(research, "stage/active");
    soon();
    mira.rename(research, "Explore graph features, again (2 days)");
    carried.carry(lab).await;

    mira.comment(experiment, "/block waiting for the GPU quota");
    soon();
    let work = ana
        .open_issue("Implement recommendation API endpoint")
        .labels(&["points/5"])
        .send();
    soon();
    lee.label(research, "timebox/expired");
    soon();
    let pull = ana
        .open_pull("The endpoint")
        .body(&format!("Closes #{work}"))
        .labels(&["handoff"])
        .files(&[("docs/card.md", CARD)])
        .send();
    carried.carry(lab).await;

    let checklist = lab.checklist(pull).id;
    jonas.tick(checklist, "artifact");
    soon();
    jonas.tick(checklist, "serving");
    soon();
    mira.comment(pull, "/sign model-card docs/card.md");
    soon();
    ana.comment(pull, "/sign features\n/sign serving");
    soon();
    mira.comment(experiment, "/unblock");
    carried.carry(lab).await;

    // Until after the end of the experiment's box.
    lab.wait(SignedDuration::from_hours(24 * 5)).await;
    mira.comment(experiment, "/findings Both are good enough");
    soon();
    lee.comment(experiment, "/decide abandon it costs too much");
    soon();
    ana.push(pull, &[("src/api.rs", "fn main() {}\n")]);
    soon();
    lee.close(research);
    soon();
    lee.reopen(research);
    carried.carry(lab).await;
}

/// All that people see, with comments numbered in the order in which people wrote them: ids and
/// the order of the bot's own comments may differ.
fn picture(lab: &Lab) -> String {
    let issues = lab.gh.issues(REPO);
    let people = issues.iter().flat_map(|issue| &issue.comments);
    let mut people: Vec<u64> = people
        .filter(|comment| !comment.author.contains("labhand"))
        .map(|comment| comment.id.0)
        .collect();
    people.sort_unstable();
    let named: BTreeMap<u64, usize> = people.into_iter().zip(1..).collect();
    let mut picture = String::new();
    for issue in issues {
        lab.whatever_was_said(issue.number);
        let (title, open, labels) = (&issue.title, issue.open, lab.labels(issue.number));
        writeln!(picture, "# {} {title} open={open} {labels:?}", issue.number).unwrap();
        writeln!(picture, "{}", issue.body).unwrap();
        let mut comments: Vec<String> = Vec::new();
        for comment in &issue.comments {
            let mut body = comment.body.clone();
            for (id, place) in &named {
                body = body.replace(&id.to_string(), &format!("<{place}>"));
            }
            let mut reactions = comment.reactions.clone();
            reactions.sort();
            comments.push(format!("{}: {body} {reactions:?}", comment.author));
        }
        comments.sort();
        writeln!(picture, "{}", comments.join("\n")).unwrap();
        if issue.is_pull {
            for name in ["labhand/item", "labhand/handoff"] {
                let check = lab.check(issue.number, name);
                let check = check.map(|check| (check.conclusion, check.title, check.summary));
                writeln!(picture, "{name}: {check:?}").unwrap();
            }
        }
    }
    // When the board was drawn depends on what had to be tried again.
    let drawn = |line: &&str| !line.contains("updated");
    picture.lines().filter(drawn).collect::<Vec<_>>().join("\n")
}

/// No purpose has two comments, no commit two checks of one name, and there is one board.
fn assert_nothing_twice(lab: &Lab) {
    let issues = lab.gh.issues(REPO);
    for issue in &issues {
        let mut seen = BTreeMap::<String, usize>::new();
        for comment in lab.own_comments(issue.number) {
            let marker = comment.body.rsplit("<!-- ").next().unwrap_or_default();
            *seen.entry(marker.to_owned()).or_default() += 1;
        }
        assert!(seen.values().all(|times| *times == 1), "{seen:#?}");
    }
    let boards = |label: &String| label == "labhand/board";
    let boards = issues.iter().filter(|it| it.labels.iter().any(boards));
    assert_eq!(boards.count(), 1);
    let mut runs = BTreeMap::<String, usize>::new();
    for call in lab.gh.writes() {
        if call.path.ends_with("/check-runs") && call.status != 0 && call.status < 300 {
            *runs.entry(call.body.clone()).or_default() += 1;
        }
    }
    assert!(runs.values().all(|times| *times == 1), "{runs:#?}");
}

async fn undisturbed() -> String {
    let lab = Lab::policy(TEAMS).await;
    story(&lab, Carried::InOrder).await;
    assert_nothing_twice(&lab);
    picture(&lab)
}

async fn disturbed(carried: Carried, disturb: impl FnOnce(&Lab)) -> String {
    let lab = Lab::policy(TEAMS).await;
    disturb(&lab);
    story(&lab, carried).await;
    assert_nothing_twice(&lab);
    picture(&lab)
}

#[track_caller]
fn assert_same(told: &str, undisturbed: &str) {
    if told != undisturbed {
        let mut differing = String::new();
        for diff in undisturbed
            .lines()
            .filter(|line| !told.lines().any(|it| it == *line))
        {
            writeln!(differing, "- {diff}").unwrap();
        }
        for diff in told
            .lines()
            .filter(|line| !undisturbed.lines().any(|it| it == *line))
        {
            writeln!(differing, "+ {diff}").unwrap();
        }
        panic!("it ended otherwise:\n{differing}");
    }
}

#[tokio::test]
async fn what_is_delivered_twice_takes_effect_once() {
    let (once, twice) = tokio::join!(undisturbed(), disturbed(Carried::Twice, |_| {}));
    assert_same(&twice, &once);
}

#[tokio::test]
async fn what_somebody_captured_and_sends_again_takes_no_effect() {
    let (once, again) = tokio::join!(undisturbed(), disturbed(Carried::Replayed, |_| {}));
    assert_same(&again, &once);
}

#[tokio::test]
async fn deliveries_may_come_in_any_order() {
    let ordered = undisturbed().await;
    for seed in 1..=4 {
        assert_same(&disturbed(Carried::Shuffled(seed), |_| {}).await, &ordered);
    }
}

/// What was said on the way may differ, since it is never taken back; where it ends may not.
#[tokio::test]
async fn a_delivery_that_comes_late_is_put_where_it_belongs() {
    let state = |picture: &str| -> Vec<String> {
        let lines = picture.lines();
        let lines = lines.filter(|line| {
            line.starts_with("# ") || line.starts_with("labhand/") || line.contains("**Time box**")
        });
        lines.map(str::to_owned).collect()
    };
    let ordered = undisturbed().await;
    for seed in 1..=3 {
        let straggling = disturbed(Carried::Straggling(seed), |_| {}).await;
        assert_eq!(state(&straggling), state(&ordered), "seed {seed}");
    }
}

#[tokio::test]
async fn what_was_made_and_whose_answer_was_lost_is_made_once() {
    let ordered = undisturbed().await;
    for answer in [Answer::LostAnswer, Answer::BadGatewayAfterActing] {
        for (after, times) in [(0, 9), (9, 9)] {
            let lost = |lab: &Lab| {
                let posts = Fault::new().method("POST").path_contains("/repos/");
                lab.gh
                    .fault(posts.after(after).times(times).answer(answer.clone()));
            };
            assert_same(&disturbed(Carried::InOrder, lost).await, &ordered);
        }
    }
}

#[tokio::test]
async fn every_kind_of_creation_is_looked_for_before_it_is_repeated() {
    let ordered = undisturbed().await;
    let lost = |lab: &Lab| {
        for path in ["/comments", "/check-runs", "/fraud/issues", "/fraud/labels"] {
            let posts = Fault::new().method("POST").path_contains(path);
            lab.gh.fault(posts.answer(Answer::LostAnswer));
        }
    };
    assert_same(&disturbed(Carried::InOrder, lost).await, &ordered);
}

#[tokio::test]
async fn calls_that_did_not_get_through_are_made_later() {
    let ordered = undisturbed().await;
    for answer in [Answer::DropBefore, Answer::status(500)] {
        let broken = |lab: &Lab| {
            lab.gh.fault(Fault::new().times(5).answer(answer.clone()));
            lab.gh
                .fault(Fault::new().after(40).times(5).answer(answer.clone()));
        };
        assert_same(&disturbed(Carried::InOrder, broken).await, &ordered);
    }
}

#[tokio::test]
async fn what_github_does_not_have_yet_is_asked_for_again() {
    let (ordered, lagging) = tokio::join!(
        undisturbed(),
        disturbed(Carried::InOrder, |lab| lab.gh.lag_after_event(true))
    );
    assert_same(&lagging, &ordered);
}

#[tokio::test]
async fn a_lost_comment_that_should_say_something_else_by_now_does() {
    let lab = Lab::new().await;
    let lost = Fault::new().method("POST").path_contains("/comments");
    lab.gh.fault(lost.answer(Answer::LostAnswer));
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    now(&lab).await;
    assert_eq!(lab.own_comments(issue).len(), 1);
    mira.comment(issue, "/timebox 1d");
    lab.settle().await;
    let status = lab.status(issue);
    assert!(
        status.contains("1 d") && !status.contains("2 d"),
        "{status}"
    );
    assert_eq!(lab.own_comments(issue).len(), 1);
}

#[tokio::test]
async fn what_was_begun_before_a_crash_is_found_after_it() {
    let lab = Lab::new().await;
    let lost = Fault::new().method("POST").path_contains("/comments");
    lab.gh.fault(lost.answer(Answer::LostAnswer));
    let issue = lab
        .person("mira")
        .open_issue("Explore graph features (2 days)")
        .send();
    now(&lab).await;
    let lab = lab.restart().await;
    lab.settle().await;
    assert_eq!(lab.said(issue).len(), 1);
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
}

/// The seconds between each refusal for being too fast and the next call of any kind.
fn waits(calls: &[CallSeen]) -> Vec<i64> {
    let limited = |call: &CallSeen| matches!(call.status, 403 | 429);
    calls
        .windows(2)
        .filter(|pair| limited(&pair[0]))
        .map(|pair| pair[1].at.duration_since(pair[0].at).as_secs())
        .collect()
}

#[tokio::test]
async fn who_is_told_to_wait_waits_as_long_as_told_and_at_least_a_minute() {
    let reset = |lab: &Lab| (lab.clock.now() + SignedDuration::from_secs(700)).as_second();
    for (answer, least) in [
        (Answer::secondary_limit(Some(130)), 130),
        (Answer::secondary_limit(None), 60),
        (Answer::status(429).header("retry-after", "95"), 95),
        (Answer::status(429), 60),
        (Answer::status(429).without_rate_headers(), 60),
        (
            Answer::status(403).header("x-ratelimit-remaining", "0"),
            690,
        ),
    ] {
        let lab = Lab::new().await;
        let answer = match least {
            690 => answer.header("x-ratelimit-reset", &reset(&lab).to_string()),
            _ => answer,
        };
        let strikes = Fault::new().method("POST").path_contains("/labels");
        lab.gh.fault(strikes.answer(answer.clone()));
        let issue = lab
            .person("mira")
            .open_issue("Fix data pipeline timeout issue")
            .send();
        lab.wait(SignedDuration::from_mins(30)).await;
        let waits = waits(&lab.gh.calls());
        assert!(
            waits.len() == 1 && waits[0] >= least,
            "{answer:?}: {waits:?}"
        );
        assert!(waits[0] <= least + 60, "{answer:?}: {waits:?}");
        assert_eq!(lab.labels(issue), ["kind/maintenance", "stage/todo"]);
    }
}

#[tokio::test]
async fn who_is_too_fast_again_waits_longer_and_so_does_the_whole_installation() {
    let lab = Lab::new().await;
    lab.gh.repo("acme/churn");
    lab.gh.collaborator("acme/churn", "mira", "write");
    lab.gh
        .install("acme", Selection::Only(&[REPO, "acme/churn"]));
    lab.settle().await;
    lab.gh.forget_calls();
    let strikes = Fault::new().method("POST").path_contains("/labels");
    lab.gh
        .fault(strikes.times(3).answer(Answer::secondary_limit(None)));
    let fraud = lab.person("mira").open_issue("Fix the pipeline").send();
    let churn = lab.gh.as_user("acme/churn", "mira");
    let other = churn.open_issue("Fix the other pipeline").send();
    lab.wait(SignedDuration::from_mins(30)).await;
    let waits = waits(&lab.gh.calls());
    assert!(
        waits.len() == 3 && waits[0] >= 60 && waits[1] >= 120 && waits[2] >= 240,
        "{waits:?}"
    );
    assert_eq!(lab.labels(fraud), ["kind/maintenance", "stage/todo"]);
    let mut labels = lab.gh.issue("acme/churn", other).labels;
    labels.sort();
    assert_eq!(labels, ["kind/maintenance", "stage/todo"]);
}

#[tokio::test]
async fn a_comment_that_github_refuses_stops_nothing_else() {
    let lab = Lab::new().await;
    let refused = Fault::new().method("POST").path_contains("/comments");
    lab.gh.fault(refused.answer(Answer::status(422)));
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    assert_eq!(lab.labels(issue), ["kind/research", "stage/ideation"]);
    assert!(lab.board().contains("Explore graph features"));
    assert_eq!(lab.own_comments(issue), []);
    // It is not tried again with everything that happens, but some time later it is.
    lab.gh.forget_calls();
    mira.comment(issue, "Just talking.");
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
    lab.wait(SignedDuration::from_hours(1)).await;
    mira.comment(issue, "Still talking.");
    lab.settle().await;
    assert!(lab.status(issue).contains("2 d"));
}

#[tokio::test]
async fn an_outage_of_two_days_loses_nothing() {
    let lab = Lab::new().await;
    lab.gh.fault(Fault::new().times(100_000));
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (2 days)")
        .body("/bucket learning")
        .send();
    lab.wait(SignedDuration::from_hours(48)).await;
    assert_eq!(lab.labels(issue), Vec::<String>::new());
    lab.gh.forget_faults();
    lab.wait(SignedDuration::from_mins(40)).await;
    assert_eq!(
        lab.labels(issue),
        ["bucket/learning", "kind/research", "stage/ideation"]
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn a_panic_stops_no_other_item_and_repeats_nothing() {
    // The worst moment: the comment is there, and nothing says so yet.
    let lab = Lab::with(Setup {
        on_call: Arc::new(|called| {
            let Called { method, route, .. } = *called;
            assert!(method != "POST" || !route.ends_with("/comments"), "a bug");
        }),
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let unlucky = mira.open_issue("Explore graph features (2 days)").send();
    let other = mira.open_issue("Fix data pipeline timeout issue").send();
    now(&lab).await;
    assert_eq!(lab.labels(other), ["kind/maintenance", "stage/todo"]);
    lab.settle().await;
    assert_eq!(lab.labels(unlucky), ["kind/research", "stage/ideation"]);
    assert_eq!(lab.said(unlucky).len(), 1);
    let metrics = lab.metrics.render(None, lab.clock.now());
    assert!(metrics.contains("labhand_panics_total 1"), "{metrics}");
}

#[tokio::test]
async fn a_key_that_was_withdrawn_for_a_day_loses_nothing() {
    let lab = Lab::new().await;
    lab.gh
        .fault(Fault::new().times(100_000).answer(Answer::status(401)));
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (2 days)")
        .body("/bucket learning")
        .send();
    lab.wait(SignedDuration::from_hours(24)).await;
    lab.gh.forget_faults();
    lab.wait(SignedDuration::from_mins(40)).await;
    assert_eq!(
        lab.labels(issue),
        ["bucket/learning", "kind/research", "stage/ideation"]
    );
    lab.whatever_was_said(issue);
}

#[tokio::test]
async fn an_issue_that_vanished_without_a_word_is_given_up_quietly() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (1 day)").send();
    mira.comment(issue, "/activate");
    lab.settle().await;
    lab.whatever_was_said(issue);
    lab.person("lena").delete_issue(issue);
    lab.gh.take_deliveries();
    lab.gh.forget_calls();
    lab.wait(SignedDuration::from_hours(24 * 14)).await;
    let calls = lab.gh.calls().len();
    assert!(calls < 150, "{calls} calls for an issue that is not there");
    let other = mira.open_issue("Fix data pipeline timeout issue").send();
    lab.settle().await;
    assert_eq!(lab.labels(other), ["kind/maintenance", "stage/todo"]);
}

#[tokio::test]
async fn comments_that_somebody_deleted_are_written_anew_once() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue("Explore graph features (2 days)").send();
    lab.settle().await;
    let status = lab.own_comments(issue)[0].id;
    lab.person("lena").delete_comment(status);
    // Nobody was told.
    lab.gh.take_deliveries();
    mira.comment(issue, "/timebox 3d");
    lab.wait(SignedDuration::from_mins(5)).await;
    assert!(lab.status(issue).contains("3 d"));
    assert_eq!(lab.own_comments(issue).len(), 1);
}

#[tokio::test]
async fn a_repeated_delivery_costs_no_call_at_all() {
    let lab = Lab::policy(TEAMS).await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Explore graph features (2 days)")
        .body("/activate")
        .send();
    let pull = mira
        .open_pull("The endpoint")
        .body(&format!("Closes #{issue}"))
        .labels(&["handoff"])
        .send();
    let deliveries: Vec<Delivery> = lab.gh.take_deliveries();
    for delivery in &deliveries {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    lab.whatever_was_said(issue);
    lab.whatever_was_said(pull);
    lab.gh.forget_calls();
    for delivery in &deliveries {
        lab.gh.replay(delivery);
    }
    lab.settle().await;
    assert_eq!(lab.gh.calls(), []);
    // Who captured one can make the bot look, and that is all.
    for delivery in &deliveries {
        lab.gh.replay_under_new_guid(delivery);
    }
    lab.settle().await;
    assert_eq!(lab.gh.writes(), []);
}

#[tokio::test]
async fn a_hundred_label_changes_are_at_most_three_drawings_of_the_board() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issues: Vec<ItemNumber> = (0..12)
        .map(|place| mira.open_issue(&format!("Fix pipeline {place}")).send())
        .collect();
    lab.wait(SignedDuration::from_mins(1)).await;
    lab.gh.forget_calls();
    for round in 0..9 {
        for issue in &issues {
            let stage = ["stage/in-progress", "stage/todo"][round % 2];
            mira.label(*issue, stage);
        }
        mira.comment(issues[0], "Just talking.");
        lab.clock.advance(SignedDuration::from_millis(500));
        now(&lab).await;
    }
    lab.wait(SignedDuration::from_mins(1)).await;
    let drawn = |call: &CallSeen| call.method == "PATCH" && call.path.contains("/issues/");
    let drawn = lab.gh.writes().iter().filter(|call| drawn(call)).count();
    assert!((1..=3).contains(&drawn), "{drawn} drawings");
    assert!(lab.board().contains("Fix pipeline 9"));
}

#[tokio::test]
async fn lists_are_read_to_their_last_page() {
    let lab = Lab::with(Setup {
        policy: Some("handoff: { paths: [\"models/**\"] }"),
        ..Setup::default()
    })
    .await;
    // A repository with 250 labels, the last of which is ours.
    lab.gh.repo("acme/churn");
    lab.gh.collaborator("acme/churn", "mira", "write");
    let churn = lab.gh.as_user("acme/churn", "mira");
    for number in 0..249 {
        churn.create_label(&format!("area/{number}"));
    }
    churn.create_label("kind/maintenance");
    lab.gh
        .install("acme", Selection::Only(&[REPO, "acme/churn"]));
    lab.settle().await;
    lab.gh.forget_calls();
    churn.open_issue("Fix the pipeline").send();
    lab.settle().await;
    let defined = |call: &CallSeen| call.path == "/repos/acme/churn/labels";
    let writes = lab.gh.writes();
    let defined: Vec<_> = writes.iter().filter(|call| defined(call)).collect();
    assert!(
        defined
            .iter()
            .all(|call| !call.body.contains("kind/maintenance"))
    );

    // A pull request of 230 files, of which the last makes it a hand-off.
    let names: Vec<String> = (0..229).map(|n| format!("docs/{n:03}.md")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x")).collect();
    files.push(("models/fraud.onnx", "x"));
    let pull = lab.person("mira").open_pull("A model").files(&files).send();
    lab.settle().await;
    assert!(lab.checklist(pull).body.contains("`artifact`"));
    lab.whatever_was_said(pull);

    // A comment that was lost among 150 others.
    let mira = lab.person("mira");
    let issue = mira.open_issue("Hello").send();
    for number in 0..150 {
        mira.comment(issue, &format!("Comment {number}"));
    }
    lab.settle().await;
    let lost = Fault::new().method("POST").path_contains("/comments");
    lab.gh.fault(lost.answer(Answer::LostAnswer));
    mira.comment(issue, "/research");
    lab.wait(SignedDuration::from_mins(5)).await;
    assert_eq!(lab.said(issue).len(), 1);
}

#[tokio::test]
async fn a_person_who_looks_at_any_moment_sees_times_that_do_not_move() {
    // The same state looked at again is the same picture, without a call.
    let lab = Lab::policy(TEAMS).await;
    story(&lab, Carried::InOrder).await;
    let before = picture(&lab);
    lab.gh.forget_calls();
    let at: Timestamp = lab.clock.now();
    for issue in lab.gh.issues(REPO) {
        lab.person("mira").comment(issue.number, "Just talking.");
    }
    lab.until(&(at + SignedDuration::from_mins(10)).to_string())
        .await;
    assert_eq!(lab.gh.writes(), [], "{before}");
}
