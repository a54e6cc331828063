//! What follows from a decision: the issue that it opens, once, and what a lead may revise (product
//! §2, §5, §10).

use std::collections::BTreeSet;

use jiff::SignedDuration;
use labhand::domain::ids::ItemNumber;
use labhand::sim::{Answer, Delivery, Fault, IssueView, Selection};

use crate::experiments::{READY, active, analysed, ready};
use crate::lab::{Lab, REPO};

const SERVING: &str = "acme/serving";

/// The issues that labhand has opened for decisions, the oldest first.
fn opened_in(lab: &Lab, repo: &str) -> Vec<IssueView> {
    let mut issues = lab.gh.issues(repo);
    issues.retain(|issue| issue.body.contains("<!-- labhand:follow-up:"));
    issues
}

fn opened(lab: &Lab) -> Vec<IssueView> {
    opened_in(lab, REPO)
}

#[track_caller]
fn the_one(lab: &Lab) -> IssueView {
    let mut all = opened(lab);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

fn without_marker(body: &str) -> &str {
    body.split("\n\n<!-- labhand:").next().unwrap_or_default()
}

async fn says(lab: &Lab, issue: ItemNumber, who: &str, command: &str) {
    lab.clock.advance(SignedDuration::from_mins(10));
    lab.says(issue, who, command).await;
}

/// Refused, with these words.
async fn refused(lab: &Lab, issue: ItemNumber, who: &str, command: &str) -> String {
    lab.clock.advance(SignedDuration::from_mins(10));
    lab.refused(issue, who, command).await
}

/// An experiment that was productionized, and the issue that this opened.
async fn productionized(lab: &Lab) -> (ItemNumber, ItemNumber) {
    let issue = analysed(lab).await;
    says(lab, issue, "lee", "/decide productionize the metric is met").await;
    lab.whatever_was_said(issue);
    (issue, the_one(lab).number)
}

fn all_was_said(lab: &Lab) {
    for issue in lab.gh.issues(REPO) {
        lab.whatever_was_said(issue.number);
    }
}

#[tokio::test]
async fn productionize_opens_development_that_builds_on_it() {
    let lab = Lab::new().await;
    let issue = active(&lab).await;
    says(
        &lab,
        issue,
        "mira",
        "/result f1=0.87\n/findings BERT is better by 4 points.",
    )
    .await;
    says(
        &lab,
        issue,
        "lee",
        "/decide productionize the metric is met",
    )
    .await;
    let next = the_one(&lab);
    assert_eq!(
        next.title,
        "Productionize: Test BERT vs GPT for classification"
    );
    assert_eq!(
        lab.labels(next.number),
        ["kind/development", "phase/prototype", "stage/todo"]
    );
    assert_eq!(next.author, "labhand[bot]");
    insta::assert_snapshot!(without_marker(&next.body), @"
    ✅ [#1](https://redirect.github.com/acme/fraud/issues/1) *Test BERT vs GPT for classification* was decided **productionize** by lee on 23 Nov 2026:

    > the metric is met

    ### Acceptance criteria

    - [ ] `f1` ≥ 0.85 in production (0.87 in the experiment)
    - [ ] the result can be reproduced from what is in the repository
    - [ ] its inputs and outputs are monitored

    ### What was tested

    BERT routes tickets better than GPT-2

    ### What was measured

    | Metric 🔒 | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.85 | 0.80 | **0.87** | ✓ +0.07 |

    **Outcome:** supported · mira, 23 Nov 2026

    ### What was learned

    > BERT is better by 4 points.
    >
    > — mira, 23 Nov 2026

    **Chain:** [#1](https://redirect.github.com/acme/fraud/issues/1) → this, 1 exploration so far · **time spent:** 0 min

    <sub>It begins as a prototype: `/points 5-8` sizes it roughly, one firm number moves it on.</sub>
    ");
    insta::assert_snapshot!(lab.status(issue), @"
    ### 🧪 Experiment · Decision
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Decided:** ✅ productionize · lee, 23 Nov 2026
    > the metric is met

    | Hypothesis 🔒 | BERT routes tickets better than GPT-2 |
    |:--|:--|
    | **Time box** | `▱▱▱▱▱▱▱▱▱▱` 0 h of 24 h · stopped Mon 23 Nov, 08:11 UTC |
    | **Leads to** | [#3](https://redirect.github.com/acme/fraud/issues/3) Productionize: Test BERT vs GPT for classification |

    | Metric 🔒 | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.85 | 0.80 | **0.87** | ✓ +0.07 |

    **Outcome:** supported · mira, 23 Nov 2026

    <details><summary><b>Findings</b> · mira, 23 Nov 2026</summary>

    BERT is better by 4 points.

    </details>

    <sub>🔒 fixed 23 Nov 2026, `5b8329639b6c` · `/help` for commands</sub>
    ");
    assert!(lab.board().contains(&next.title), "{}", lab.board());
}

#[tokio::test]
async fn more_research_opens_research_with_a_box_of_its_own_and_the_chain() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    says(
        &lab,
        issue,
        "lee",
        "/decide more-research is it the tokenizer?",
    )
    .await;
    let next = the_one(&lab);
    assert_eq!(
        next.title,
        "More research: Test BERT vs GPT for classification"
    );
    assert_eq!(lab.labels(next.number), ["kind/research", "stage/ideation"]);
    insta::assert_snapshot!(without_marker(&next.body), @"
    🔁 [#1](https://redirect.github.com/acme/fraud/issues/1) *Test BERT vs GPT for classification* was decided **more research** by lee on 23 Nov 2026:

    > is it the tokenizer?

    ### Question

    is it the tokenizer?

    ### Time box

    3d

    ### What was tested

    BERT routes tickets better than GPT-2

    ### What was measured

    | Metric 🔒 | Wanted | Baseline | Result | |
    |:--|--:|--:|--:|:--|
    | `f1` | ≥ 0.85 | 0.80 | – | not measured |

    ### What was learned

    > BERT is better by 4 points.
    >
    > — mira, 23 Nov 2026

    **Chain:** [#1](https://redirect.github.com/acme/fraud/issues/1) → this, 1 exploration so far · **time spent:** 0 min

    <sub>It has a box of its own and waits for a sprint; `/timebox …` changes its length, `/activate` starts it.</sub>
    ");
    insta::assert_snapshot!(lab.status(next.number), @"
    ### 🔭 Research · Ideation

    **Next:** `/activate` starts it and its time box of 3 d.

    | Question | is it the tokenizer? |
    |:--|:--|
    | **Time box** | 3 d, starts with `/activate` |
    | **Came out of** | [#1](https://redirect.github.com/acme/fraud/issues/1) Test BERT vs GPT for classification · *more research* |
    | **Chain** | [#1](https://redirect.github.com/acme/fraud/issues/1) → this · 0 min spent before |

    <sub>`/help` for commands</sub>
    ");
    says(&lab, next.number, "mira", "/activate").await;
    assert!(
        lab.labels(next.number)
            .contains(&"timebox/running".to_owned())
    );
    lab.whatever_was_said(issue);
    lab.whatever_was_said(next.number);
}

#[tokio::test]
async fn a_third_link_is_a_leads_to_ask_for() {
    let lab = Lab::new().await;
    let first = analysed(&lab).await;
    says(
        &lab,
        first,
        "lee",
        "/decide more-research is it the tokenizer?",
    )
    .await;
    let second = the_one(&lab).number;
    lab.wait_hours(24).await;
    says(&lab, second, "mira", "/activate\n/findings Not only.").await;
    let reply = refused(
        &lab,
        second,
        "lee",
        "/decide more-research is it the optimizer?",
    )
    .await;
    insta::assert_snapshot!(reply, @"`/decide more-research is it the optimizer?`: this would be link 3 of a chain of exploration, which a lead asks for; `abandon` and `productionize` are open to you.");
    says(
        &lab,
        second,
        "lena",
        "/decide more-research is it the optimizer?",
    )
    .await;
    let all = opened(&lab);
    assert_eq!(all.len(), 2);
    let third = &all[1];
    assert_eq!(
        third.title,
        "More research: Test BERT vs GPT for classification · link 3"
    );
    let chain = third
        .body
        .lines()
        .find(|line| line.starts_with("**Chain:**"));
    insta::assert_snapshot!(chain.unwrap(), @"**Chain:** [#1](https://redirect.github.com/acme/fraud/issues/1) → [#3](https://redirect.github.com/acme/fraud/issues/3) → this, 2 explorations so far · **time spent:** 0 min");
    let status = lab.status(third.number);
    assert!(status.contains("| **Chain** |"), "{status}");
    all_was_said(&lab);
}

#[tokio::test]
async fn abandoning_opens_nothing() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    says(&lab, issue, "lee", "/decide abandon it costs too much").await;
    assert!(opened(&lab).is_empty());
    assert!(lab.status(issue).contains("⛔ abandoned"));
}

#[tokio::test]
async fn a_decision_is_refused_where_it_is_too_early_with_the_way_out() {
    let lab = Lab::new().await;
    let issue = ready(&lab).await;
    let idea = refused(&lab, issue, "lee", "/decide productionize now").await;
    insta::assert_snapshot!(idea, @"`/decide productionize now`: the command is for another stage; it is in ideation. `/activate` starts it.");
    says(&lab, issue, "mira", "/activate").await;
    let early = refused(&lab, issue, "lee", "/decide productionize now").await;
    insta::assert_snapshot!(early, @"`/decide productionize now`: the command is for another stage; it is active. `/findings …` takes it to analysis.");
    says(&lab, issue, "mira", "/analyze").await;
    let unknown = refused(&lab, issue, "lee", "/decide productionize now").await;
    insta::assert_snapshot!(unknown, @"`/decide productionize now`: it stays in analysis. Findings come before the decision: `/findings …` says what was learned.");
    says(&lab, issue, "mira", "/findings It works.").await;
    let silent = refused(&lab, issue, "lee", "/decide productionize").await;
    insta::assert_snapshot!(silent, @"`/decide productionize`: the reason is missing; for example `/decide abandon GPT-2 is no better than the baseline`.");
    says(&lab, issue, "lee", "/decide productionize now").await;
    let twice = refused(&lab, issue, "lee", "/decide productionize now").await;
    insta::assert_snapshot!(twice, @"`/decide productionize now`: that was decided already, for the same reason: productionize.");
    let otherwise = refused(&lab, issue, "lee", "/decide abandon after all not").await;
    insta::assert_snapshot!(otherwise, @"`/decide abandon after all not`: it was decided already: productionize. A lead may revise that with another `/decide …`, or it is reopened.");
    the_one(&lab);
    all_was_said(&lab);
}

#[tokio::test]
async fn a_lead_revises_with_a_reason_and_the_same_verdict_opens_no_second_issue() {
    let lab = Lab::new().await;
    let (issue, first) = productionized(&lab).await;
    says(
        &lab,
        issue,
        "lena",
        "/decide abandon the platform is going away",
    )
    .await;
    let status = lab.status(issue);
    assert!(
        status.contains("**Decided:** ⛔ abandoned · lena"),
        "{status}"
    );
    let before = status.lines().find(|line| line.contains("Revised since"));
    insta::assert_snapshot!(before.unwrap(), @"<sub>Revised since: ✅ productionize · lee, 23 Nov 2026: the metric is met, which opened [#3](https://redirect.github.com/acme/fraud/issues/3)</sub>");
    assert!(!lab.issue(issue).open);
    says(
        &lab,
        issue,
        "lena",
        "/decide productionize the platform stays",
    )
    .await;
    assert_eq!(the_one(&lab).number, first);
    says(
        &lab,
        issue,
        "lena",
        "/decide more-research how long does it stay?",
    )
    .await;
    let all = opened(&lab);
    assert_eq!(all.len(), 2);
    assert!(all[1].title.starts_with("More research:"));
    let status = lab.status(issue);
    assert_eq!(status.matches("Revised since").count(), 3, "{status}");
    all_was_said(&lab);
}

#[tokio::test]
async fn doubled_redelivered_and_captured_deliveries_open_one_issue() {
    let lab = Lab::new().await;
    lab.gh.repeat_deliveries(true);
    let issue = analysed(&lab).await;
    lab.gh.deliver().await;
    lab.person("lee")
        .comment(issue, "/decide productionize the metric is met");
    let sent: Vec<Delivery> = lab.gh.take_deliveries();
    for _ in 0..2 {
        for delivery in &sent {
            lab.gh.replay(delivery);
            lab.gh.replay_under_new_guid(delivery);
        }
        lab.settle().await;
    }
    the_one(&lab);
    all_was_said(&lab);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_looked_for_and_no_second_issue_is_opened() {
    for answer in [Answer::LostAnswer, Answer::BadGatewayAfterActing] {
        let lab = Lab::new().await;
        let issue = analysed(&lab).await;
        let creation = Fault::new().method("POST").path_ends_with("/fraud/issues");
        lab.gh.fault(creation.times(3).answer(answer));
        lab.person("lee")
            .comment(issue, "/decide productionize the metric is met");
        lab.wait(SignedDuration::from_mins(20)).await;
        let next = the_one(&lab).number;
        assert!(lab.status(issue).contains(&format!("/issues/{next}")));
        assert_eq!(
            lab.labels(next),
            ["kind/development", "phase/prototype", "stage/todo"]
        );
        all_was_said(&lab);
    }
}

#[tokio::test]
async fn a_restart_between_the_creation_and_the_next_step_opens_no_second_issue() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    let creation = Fault::new().method("POST").path_ends_with("/fraud/issues");
    lab.gh.fault(creation.times(2).answer(Answer::LostAnswer));
    lab.person("lee")
        .comment(issue, "/decide productionize the metric is met");
    lab.at_once().await;
    let lab = lab.restart().await;
    lab.wait(SignedDuration::from_mins(20)).await;
    let next = the_one(&lab).number;
    assert!(lab.status(issue).contains(&format!("/issues/{next}")));
    all_was_said(&lab);
}

/// acme/serving, whose engineer is ana; lee may read it, mira may not.
fn serving(lab: &Lab) {
    lab.gh.repo(SERVING);
    lab.gh.collaborator(SERVING, "ana", "write");
    lab.gh.collaborator(SERVING, "lee", "read");
}

#[tokio::test]
async fn it_may_open_in_another_repository_of_the_owner_where_labhand_is() {
    let lab = Lab::new().await;
    serving(&lab);
    lab.gh.install("acme", Selection::Only(&[REPO, SERVING]));
    lab.settle().await;
    let issue = analysed(&lab).await;
    says(
        &lab,
        issue,
        "lee",
        "/decide productionize in acme/serving the platform lives there",
    )
    .await;
    assert!(opened(&lab).is_empty());
    let next = opened_in(&lab, SERVING);
    assert_eq!(next.len(), 1);
    let mut labels = next[0].labels.clone();
    labels.sort();
    assert_eq!(
        labels,
        ["kind/development", "phase/prototype", "stage/todo"]
    );
    let first = next[0].body.lines().next().unwrap();
    insta::assert_snapshot!(first, @"✅ [acme/fraud#1](https://redirect.github.com/acme/fraud/issues/1) *Test BERT vs GPT for classification* was decided **productionize** by lee on 23 Nov 2026:");
    let status = lab.status(issue);
    assert!(
        status.contains("[acme/serving#1](https://redirect.github.com/acme/serving/issues/1)"),
        "{status}"
    );
    let ana = lab.gh.as_user(SERVING, "ana");
    let asked = ana.comment(next[0].number, "/status");
    lab.settle().await;
    let there = lab.gh.issue(SERVING, next[0].number).comments;
    let there = there.iter().find(|it| it.id != asked).expect("the status");
    assert!(there.body.contains("acme/fraud#"), "{}", there.body);
}

#[tokio::test]
async fn where_no_issue_can_be_opened_the_decision_waits_and_says_why() {
    let lab = Lab::new().await;
    serving(&lab);
    lab.gh.repo("globex/serving");
    let issue = analysed(&lab).await;
    for (place, who) in [
        ("acme/serving", "lee"),
        ("globex/serving", "lee"),
        ("acme/nowhere", "lee"),
    ] {
        let reply = refused(
            &lab,
            issue,
            who,
            &format!("/decide productionize in {place} it fits"),
        )
        .await;
        let way = if place.starts_with("acme") {
            "does not look after"
        } else {
            "does not belong to `acme`"
        };
        assert!(reply.contains(way), "{reply}");
    }
    lab.gh.install("acme", Selection::Only(&[REPO, SERVING]));
    lab.settle().await;
    // jonas may not read it, and is told no more than of one that is not there.
    let hidden = refused(
        &lab,
        issue,
        "jonas",
        "/decide productionize in acme/serving it fits",
    )
    .await;
    let nowhere = refused(
        &lab,
        issue,
        "jonas",
        "/decide productionize in acme/nowhere it fits",
    )
    .await;
    assert_eq!(hidden.replace("serving", "nowhere"), nowhere);
    insta::assert_snapshot!(nowhere, @"`/decide productionize in acme/nowhere it fits`: labhand does not look after `acme/nowhere`; for example `/decide productionize in acme/fraud it is worth its cost`.");
    assert!(lab.issue(issue).open);
    says(
        &lab,
        issue,
        "jonas",
        "/decide productionize in acme/fraud it fits",
    )
    .await;
    the_one(&lab);
    all_was_said(&lab);
}

#[tokio::test]
async fn what_was_to_open_where_labhand_was_taken_off_opens_when_it_is_back() {
    let lab = Lab::new().await;
    serving(&lab);
    lab.gh.install("acme", Selection::Only(&[REPO, SERVING]));
    lab.settle().await;
    let issue = analysed(&lab).await;
    // The creation is refused as long as the App is not there.
    lab.gh.fault(
        Fault::new()
            .method("POST")
            .path_contains("acme/serving")
            .times(1000)
            .answer(Answer::NotFound),
    );
    says(
        &lab,
        issue,
        "lee",
        "/decide productionize in acme/serving it fits",
    )
    .await;
    assert!(!lab.issue(issue).open);
    lab.wait_hours(3).await;
    insta::assert_snapshot!(lab.status(issue).lines().take(8).collect::<Vec<_>>().join("\n"), @"
    ### 🧪 Experiment · Decision
    <sub>inferred from the title · `/kind …` corrects it</sub>

    **Decided:** ✅ productionize · lee, 23 Nov 2026
    > it fits

    ⏳ The issue that follows from it in acme/serving could not be opened yet; labhand tries again, and `/sync` makes it try at once.
    ");
    let calls = lab
        .gh
        .calls()
        .iter()
        .filter(|call| call.path.contains("acme/serving"))
        .count();
    assert!(calls < 200, "{calls}");
    lab.gh.forget_faults();
    lab.wait_hours(6).await;
    assert_eq!(opened_in(&lab, SERVING).len(), 1);
    lab.status(issue);
}

#[tokio::test]
async fn the_new_issue_lives_its_own_life() {
    let lab = Lab::new().await;
    let (_, next) = productionized(&lab).await;
    let ana = lab.person("ana");
    ana.comment(next, "/points 5-8");
    lab.settle().await;
    assert_eq!(
        lab.labels(next),
        [
            "kind/development",
            "phase/prototype",
            "points/5-8",
            "stage/todo"
        ]
    );
    says(&lab, next, "ana", "/points 5").await;
    assert_eq!(
        lab.labels(next),
        [
            "kind/development",
            "phase/productionize",
            "points/5",
            "stage/todo"
        ]
    );
    lab.person("lena").assign(next, "ana");
    lab.settle().await;
    assert!(lab.labels(next).contains(&"stage/in-progress".to_owned()));
    all_was_said(&lab);
}

#[tokio::test]
async fn the_pull_request_that_closes_it_is_a_hand_off() {
    let lab = Lab::new().await;
    let (_, next) = productionized(&lab).await;
    let ana = lab.person("ana");
    let pull = ana
        .open_pull("Serve BERT")
        .body(&format!("Closes #{next}"))
        .send();
    let part = ana
        .open_pull("Prepare")
        .body(&format!("Part-of: #{next}"))
        .send();
    lab.at_once().await;
    let check = |pull| {
        lab.check(pull, "labhand/handoff")
            .map(|check| check.conclusion)
    };
    assert_eq!(check(pull).as_deref(), Some("failure"));
    lab.settle().await;
    assert_eq!(lab.labels(pull), ["handoff"]);
    assert!(lab.checklist(pull).body.contains("`model-card`"));
    assert_eq!(check(part).as_deref(), Some("success"));
    assert_eq!(lab.labels(part), Vec::<String>::new());
    // While nobody has signed, taking the label off ends it, whatever made it one.
    lab.clock.advance(SignedDuration::from_mins(1));
    ana.unlabel(pull, "handoff");
    lab.settle().await;
    lab.clock.advance(SignedDuration::from_mins(1));
    ana.push(pull, &[("src/api.rs", "fn main() {}\n")]);
    lab.settle().await;
    assert_eq!(lab.labels(pull), Vec::<String>::new());
    assert_eq!(check(pull).as_deref(), Some("success"));
    all_was_said(&lab);
}

#[tokio::test]
async fn a_pull_request_that_closes_it_only_later_becomes_a_hand_off_then() {
    let lab = Lab::new().await;
    let (_, next) = productionized(&lab).await;
    let ana = lab.person("ana");
    let pull = ana.open_pull("Serve BERT").send();
    lab.settle().await;
    assert_eq!(lab.labels(pull), Vec::<String>::new());
    lab.clock.advance(SignedDuration::from_mins(1));
    ana.edit_text(pull, &format!("Fixes #{next}"));
    lab.settle().await;
    assert_eq!(lab.labels(pull), ["handoff"]);
    lab.checklist(pull);
    all_was_said(&lab);
}

#[tokio::test]
async fn links_leave_no_trace_in_other_timelines() {
    let lab = Lab::new().await;
    let first = analysed(&lab).await;
    says(
        &lab,
        first,
        "lee",
        "/decide more-research see acme/fraud#7, #8 and https://github.com/acme/fraud/issues/9",
    )
    .await;
    let second = the_one(&lab).number;
    says(&lab, second, "mira", "/activate\n/findings Nothing.").await;
    says(&lab, second, "lee", "/decide productionize see #1").await;
    for issue in lab.gh.issues(REPO) {
        if issue.author != "labhand[bot]" {
            continue;
        }
        let comments = lab.own_comments(issue.number).into_iter().map(|it| it.body);
        for text in comments.chain([issue.body]) {
            // Whatever GitHub would read as a reference: `#7` in plain text, or a link to an issue.
            let text = text.replace("&#8203;", "\u{200b}");
            let bare = text.replace("https://redirect.github.com", "");
            assert!(
                !bare.contains("https://github.com/acme/fraud/issues"),
                "{text}"
            );
            for (at, _) in text.match_indices('#') {
                let number = text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
                let linked = text[..at].ends_with('[') || text[..at].ends_with("[acme/fraud");
                assert!(!number || linked, "a trace in {text}");
            }
        }
    }
    all_was_said(&lab);
}

#[tokio::test]
async fn odd_and_huge_words_stay_harmless_and_within_the_limits() {
    let odd = "@lena <!-- labhand:status --> | a | b |\n|--|--|\n### Heading\n```\nnever closed 🧪";
    let lab = Lab::new().await;
    let mira = lab.person("mira");
    let title = format!(
        "Test @jonas <!-- x --> | `a` | 🧪 {}",
        "wide 🧪 ".repeat(24)
    );
    let issue = mira
        .open_issue(&title)
        .body(READY)
        .labels(&["kind/experiment"])
        .send();
    lab.settle().await;
    mira.comment(issue, "/activate");
    let huge = format!(
        "/findings {odd}\n{}",
        "🧪 very much was learned. ".repeat(2_500)
    );
    mira.comment(issue, &huge);
    lab.settle().await;
    let reason = format!("{odd}\n\n{}", "because ".repeat(7_000));
    says(
        &lab,
        issue,
        "lee",
        &format!("/decide more-research {reason}"),
    )
    .await;
    let next = the_one(&lab);
    assert!(next.title.chars().count() <= 256, "{}", next.title);
    assert!(next.body.chars().count() <= 65_536);
    for text in [
        next.body.clone(),
        lab.status(issue),
        lab.status(next.number),
    ] {
        assert!(
            !text.contains("@lena") && !text.contains("@jonas"),
            "{text}"
        );
        assert!(text.matches("<!--").count() <= 1, "{text}");
        assert!(
            !text.contains("\n### Heading") && !text.contains("\n|--|--|"),
            "{text}"
        );
        assert_eq!(text.matches("```").count() % 2, 0, "{text}");
    }
    assert_eq!(lab.labels(next.number), ["kind/research", "stage/ideation"]);
    all_was_said(&lab);
}

#[tokio::test]
async fn each_decision_stands_on_the_board() {
    let lab = Lab::new().await;
    let (_, next) = productionized(&lab).await;
    let board = lab.board();
    assert!(board.contains("→ productionize"), "{board}");
    assert!(board.contains(&format!("#{next}")), "{board}");
    let numbers: BTreeSet<_> = lab.gh.issues(REPO).iter().map(|it| it.number).collect();
    assert!(numbers.contains(&next));
    all_was_said(&lab);
}

#[tokio::test]
async fn what_a_private_repository_found_out_is_not_published() {
    let lab = Lab::new().await;
    serving(&lab);
    lab.gh.public_repo("acme/website");
    let both = &[REPO, "acme/website"];
    lab.gh.install("acme", Selection::Only(both));
    lab.settle().await;
    let issue = analysed(&lab).await;
    let words = refused(
        &lab,
        issue,
        "lee",
        "/decide productionize in acme/website everybody should know",
    )
    .await;
    assert!(
        words.contains("`acme/website` is public, and this repository is not"),
        "{words}"
    );
    assert!(opened_in(&lab, "acme/website").is_empty());
    assert!(lab.issue(issue).open);
    all_was_said(&lab);
}

#[tokio::test]
async fn a_repository_is_the_same_however_its_name_is_written() {
    let lab = Lab::new().await;
    let issue = analysed(&lab).await;
    says(
        &lab,
        issue,
        "lee",
        "/decide productionize in Acme/Fraud it is here",
    )
    .await;
    let status = lab.status(issue);
    let opened = the_one(&lab);
    let link = format!("**Leads to** | [#{0}](", opened.number);
    assert!(status.contains(&link), "{status}");
    all_was_said(&lab);
}

#[tokio::test]
async fn commands_in_the_new_issue_are_named_as_they_are_given_there() {
    let lab = Lab::policy("commands: { prefix: labhand }\n").await;
    let mira = lab.person("mira");
    let issue = mira
        .open_issue("Test BERT vs GPT for classification")
        .body(READY)
        .assign(&["mira"])
        .send();
    lab.settle().await;
    mira.comment(
        issue,
        "/labhand activate\n/labhand findings It wins.\n\n/labhand decide more-research is latency_p95 of @ops < 5 ms?",
    );
    lab.settle().await;
    let opened = the_one(&lab);
    assert!(
        opened.body.contains("`/labhand activate`"),
        "{}",
        opened.body
    );
    // The question is shown as it was meant, made harmless once.
    let status = lab.status(opened.number);
    assert!(
        status.contains(r"| Question | is latency\_p95 of @&#8203;ops &lt; 5 ms? |"),
        "{status}"
    );
    all_was_said(&lab);
}

#[tokio::test]
async fn how_an_earlier_item_ended_shows_where_it_looks_similar() {
    let lab = Lab::new().await;
    let first = analysed(&lab).await;
    let later = lab
        .person("jonas")
        .open_issue("Compare BERT with GPT for classification of tickets")
        .send();
    lab.settle().await;
    assert!(
        lab.status(later).contains("→ in analysis"),
        "{}",
        lab.status(later)
    );
    says(&lab, first, "lee", "/decide abandon too slow").await;
    assert!(
        lab.status(later).contains("→ abandoned"),
        "{}",
        lab.status(later)
    );
    all_was_said(&lab);
}
