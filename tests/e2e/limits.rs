//! GitHub's limits are kept, and few calls are spent.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::lab::{Lab, Setup};

const RESEARCH: &str = "Explore NLP approaches for sentiment (2 days)";

fn board_edits(lab: &Lab) -> Vec<Timestamp> {
    let path = format!("/issues/{}", lab.board_issue().number);
    let writes = lab.gh.writes().into_iter();
    let edits = writes.filter(|call| call.method == "PATCH" && call.path.ends_with(&path));
    edits.map(|call| call.at).collect()
}

#[tokio::test]
async fn a_burst_of_500_events_is_at_most_one_drawing_of_the_board_in_ten_seconds() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    mira.open_issue("Fix the nightly export").send();
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(2)).await;
    lab.gh.forget_calls();
    for round in 0..25 {
        for number in 0..20 {
            mira.open_issue(&format!("Fix table {round}.{number}"))
                .send();
        }
        lab.at_once().await;
        lab.clock.advance(SignedDuration::from_secs(2));
    }
    lab.wait(SignedDuration::from_mins(2)).await;
    let edits = board_edits(&lab);
    assert!(edits.len() >= 2, "{edits:?}");
    for pair in edits.windows(2) {
        assert!(pair[1].duration_since(pair[0]) >= SignedDuration::from_secs(10));
    }
    assert!(lab.board().contains("501"), "{}", lab.board());
}

#[tokio::test]
async fn events_that_change_nothing_cost_no_call() {
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    let other = mira.open_issue("Something else altogether").send();
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(2)).await;
    lab.whatever_was_said(issue);
    lab.gh.forget_calls();
    // Of two events of one second GitHub has to be asked which came last.
    let later = || lab.clock.advance(SignedDuration::from_secs(1));
    for _ in 0..10 {
        lab.person("otto")
            .comment(issue, "What about transformers?");
        lab.person("otto").comment(other, "And this?");
        mira.label(issue, "wontfix");
        mira.unlabel(issue, "wontfix");
        for text in ["More words.", "Fewer."] {
            later();
            mira.edit_text(other, text);
            later();
            mira.rename(other, &format!("Something else: {text}"));
            later();
            mira.assign(other, "jonas");
            later();
            mira.unassign(other, "jonas");
        }
        lab.settle().await;
        lab.clock.advance(SignedDuration::from_secs(11));
    }
    lab.wait(SignedDuration::from_mins(10)).await;
    let calls: Vec<String> = lab
        .gh
        .calls()
        .iter()
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert!(calls.is_empty(), "{calls:#?}");
}

#[tokio::test]
async fn five_hundred_questions_at_once_are_all_answered_and_never_too_fast() {
    let lab = Lab::with(Setup {
        write_spacing: std::time::Duration::from_secs(6),
        ..Setup::default()
    })
    .await;
    let mira = lab.person("mira");
    let mut asked = Vec::new();
    for number in 0..50 {
        let issue = mira
            .open_issue(&format!("Explore corner {number} (1 day)"))
            .send();
        for _ in 0..10 {
            asked.push((issue, mira.comment(issue, "/stage nonsense")));
        }
    }
    lab.wait(SignedDuration::from_hours(3)).await;
    let mut made: Vec<Timestamp> = Vec::new();
    for call in lab.gh.writes() {
        let creates = call.path.ends_with("/comments") || call.path.ends_with("/issues");
        if call.method == "POST" && creates && call.status == 201 {
            made.push(call.at);
        }
    }
    for (span, most) in [(60, 79), (3_600, 499)] {
        let span = SignedDuration::from_secs(span);
        for (first, from) in made.iter().enumerate() {
            let within = made[first..].iter().take_while(|at| **at < *from + span);
            let within = within.count();
            assert!(within <= most, "{within} from {from}");
        }
    }
    let mut answers: BTreeMap<_, usize> = BTreeMap::new();
    for (issue, _) in &asked {
        *answers.entry(*issue).or_default() += 1;
    }
    for issue in answers.into_keys() {
        assert!(lab.own_comments(issue).len() >= 2);
        lab.whatever_was_said(issue);
    }
}

#[tokio::test]
async fn the_last_requests_of_an_hour_are_for_checks_and_the_board_waits() {
    let lab = Lab::policy("teams:\n  data_science: [mira]\n  engineering: [ana]\n").await;
    let mira = lab.person("mira");
    let issue = mira.open_issue(RESEARCH).send();
    let pull = mira
        .open_pull("Model: fraud v1")
        .labels(&["handoff"])
        .files(&[("a.py", "1")])
        .send();
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(2)).await;
    lab.whatever_was_said(issue);
    lab.whatever_was_said(pull);
    lab.gh.leave(240);
    lab.gh.forget_calls();
    // The first answer tells how few are left.
    mira.push(pull, &[("a.py", "2")]);
    lab.person("lee").label(issue, "stage/active");
    lab.settle().await;
    lab.wait(SignedDuration::from_mins(5)).await;
    assert!(
        lab.check(pull, "labhand/handoff").is_some(),
        "at the new head"
    );
    assert_eq!(board_edits(&lab), []);
    assert!(lab.board().contains("Active · 0"));
    lab.wait(SignedDuration::from_hours(1)).await;
    assert!(lab.board().contains("Active · 1"));
    lab.whatever_was_said(issue);
    lab.whatever_was_said(pull);
}
