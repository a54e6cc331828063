//! Flow figures on the board (product §8), and the board of a lively sprint as a whole.

use labhand::domain::ids::ItemNumber;
use labhand::sim::StateReason;

use crate::lab::{Lab, Setup};
use crate::sprints::{plain, whatever_was_said_everywhere};

const BODY: &str = "Hypothesis: it is better\n\nMetric: f1 >= 0.85";

/// What the board says from the line that holds this to the next one that is a closing tag, or the end.
fn part(lab: &Lab, from: &str) -> String {
    let board = plain(&lab.board());
    let lines = board.lines().skip_while(|line| !line.contains(from));
    let lines: Vec<&str> = lines.take_while(|line| *line != "</details>").collect();
    lines.join("\n")
}

/// Four experiments and one piece of research that are over, with a piece of work that is done.
async fn a_fortnight(lab: &Lab) {
    let (mira, jonas, ana) = (lab.person("mira"), lab.person("jonas"), lab.person("ana"));
    let explore = |title: &str| -> ItemNumber {
        let issue = mira.open_issue(title).body(BODY).assign(&["mira"]);
        issue.send()
    };
    let spike = explore("Test boosting (spike)");
    let standard = explore("Test RNN (standard)");
    let blocked = explore("Test graphs (2 days)");
    let silent = explore("Explore text features (1 day)");
    let work = ana
        .open_issue("Implement the API")
        .labels(&["points/3"])
        .send();
    lab.until("2026-11-23T09:00:00Z").await;
    mira.comment(spike, "/timebox spike");
    mira.comment(standard, "/timebox standard");
    lab.wait_hours(1).await;
    for issue in [spike, standard, blocked, silent] {
        mira.comment(issue, "/activate");
    }
    ana.assign(work, "ana");
    lab.until("2026-11-23T12:00:00Z").await;
    mira.comment(spike, "/result f1=0.9\n/findings It works.");
    mira.comment(blocked, "/block no GPU");
    lab.until("2026-11-23T16:00:00Z").await;
    jonas.comment(spike, "/decide abandon nobody needs it");
    mira.comment(blocked, "/unblock");
    lab.until("2026-11-25T12:00:00Z").await;
    jonas.close(silent);
    ana.close(work);
    lab.until("2026-11-26T16:00:00Z").await;
    mira.comment(standard, "/result f1=0.5\n/findings It never converged.");
    jonas.comment(standard, "/decide abandon too slow");
    mira.close_as(blocked, StateReason::NotPlanned);
    lab.until("2026-11-27T12:00:00Z").await;
}

#[tokio::test]
async fn a_team_calibrates_itself_by_the_board() {
    let lab = Lab::new().await;
    a_fortnight(&lab).await;
    insta::assert_snapshot!(part(&lab, "<b>Flow figures</b>"), @"
    <details><summary><b>Flow figures</b></summary>

    | Median use of a box | other lengths 162 % (2) · spike 50 % (1) · standard 125 % (1) |
    |:--|:--|
    | **Median time by stage** | Ideation 1 h · Active 2.2 d · Analysis 4 h · To do 1 h · In progress 2.2 d |
    | **Time blocked** | 4 h |
    | **Outcomes** | supported 1 · refuted 1 |
    | **Decisions** | abandoned 2 |
    ");
    insta::assert_snapshot!(part(&lab, "<sub>"), @"<sub>Boxes held: 1 of 4 · median cycle: 2.2 d · 2 of 3 finished explorations wrote down what was learned<!--at--> · updated 16:00 UTC<!--/at--></sub>");
    whatever_was_said_everywhere(&lab);
}

#[tokio::test]
async fn a_deleted_and_an_inherited_item_count_as_they_should() {
    let lab = Lab::new().await;
    a_fortnight(&lab).await;
    let before = part(&lab, "<sub>");
    let ana = lab.person("ana");
    let issue = ana.open_issue("Fix the pipeline").send();
    let pull = ana
        .open_pull("Fix it")
        .body(&format!("Closes #{issue}"))
        .labels(&["kind/maintenance"])
        .send();
    lab.wait_hours(1).await;
    ana.merge(pull);
    lab.wait_hours(1).await;
    let after = part(&lab, "<sub>");
    assert_eq!(
        before.split("median").next(),
        after.split("median").next(),
        "a pull request of an item is no item of its own"
    );
    whatever_was_said_everywhere(&lab);
}

/// Sprint 12 on its fifth day.
async fn a_lively_sprint(lab: &Lab) {
    let (mira, jonas, ana, lena) = (
        lab.person("mira"),
        lab.person("jonas"),
        lab.person("ana"),
        lab.person("lena"),
    );
    let due = "2026-12-04T12:00:00Z".parse().unwrap();
    let sprint = lena.milestone("Sprint 12", Some(due));
    let explore = |title: &str, who: &str| -> ItemNumber {
        mira.open_issue(title)
            .body(BODY)
            .assign(&[who])
            .milestone(sprint)
            .send()
    };
    explore("Explore clustering approaches (3 days)", "mira");
    let running = explore("Test BERT vs GPT for routing (6 days)", "mira");
    let blocked = explore("Test gradient boosting (3 days)", "jonas");
    let late = explore("Test feature selection (1 day)", "jonas");
    let good = explore("Test a bigger context (2 days)", "mira");
    let bad = explore("Test RNN for routing (2 days)", "jonas");
    explore("Review recent papers on transformers (1 week)", "lena");
    let work = |title: &str, points: &str| -> ItemNumber {
        ana.open_issue(title)
            .labels(&[points])
            .milestone(sprint)
            .send()
    };
    let endpoint = work("Implement recommendation API endpoint", "points/13");
    let retrain = work("Retrain fraud model with Q4 data", "points/8");
    let fix = work("Fix data pipeline timeout issue", "points/5");
    ana.open_issue("Document model training process")
        .milestone(sprint)
        .send();
    lab.until("2026-11-23T08:00:00Z").await;
    for issue in [running, blocked, late, good, bad] {
        mira.comment(issue, "/activate");
    }
    ana.assign(retrain, "ana");
    ana.assign(endpoint, "ana");
    lab.until("2026-11-24T12:00:00Z").await;
    mira.comment(good, "/result f1=0.9\n/findings It works.");
    jonas.comment(good, "/decide productionize clearly better");
    mira.comment(bad, "/result f1=0.5\n/findings It never converged.");
    jonas.comment(bad, "/decide abandon too slow");
    mira.comment(blocked, "/block GPU quota");
    ana.close(fix);
    ana.open_pull("The endpoint")
        .body(&format!("Closes #{endpoint}"))
        .labels(&["handoff"])
        .send();
    lab.until("2026-11-27T12:00:00Z").await;
}

#[tokio::test]
async fn the_board_of_a_lively_sprint() {
    let lab = Lab::with(Setup {
        policy: Some("calendar: { timezone: Europe/Berlin }\nsprint: { capacity: 50 }\n"),
        starts_at: "2026-11-20T08:00:00Z",
        ..Setup::default()
    })
    .await;
    a_lively_sprint(&lab).await;
    insta::assert_snapshot!(plain(&lab.board()), @r#"
    ## acme/fraud · Sprint 12 · day 5 of 10

    | Ideation · 2 | Active · 2 | Analysis · 1 | Decision · 2 |
    |:--|:--|:--|:--|
    | #1 Explore clustering approaches (3 days) | #2 **Test BERT vs GPT for routing (6 days)**<br>mira · `▰▰▰▰▰▰▰▱▱▱` ends Mon 30 Nov, 17:00 | #4 **Test feature selection (1 day)**<br>jonas · ⏱ 3 d over | ✅ #5 Test a bigger context (2 days) → productionize, #14 |
    | #7 Review recent papers on transformers (1 week) | #3 **Test gradient boosting (3 days)**<br>jonas · ⏸ GPU quota |  | ⛔ #6 Test RNN for routing (2 days) → abandoned |

    **Time boxes:** #4 is 3 d over: findings are due from jonas

    <details><summary><b>Time boxes as a timeline</b></summary>

    ```mermaid
    gantt
        dateFormat YYYY-MM-DD HH.mm
        axisFormat %d %b
        4 Test feature selection 1 day :active, 2026-11-23 09.00, 2026-11-23 17.00
        3 Test gradient boosting 3 days (waits) :done, 2026-11-23 09.00, 2026-11-24 13.00
        2 Test BERT vs GPT for routing 6 days :active, 2026-11-23 09.00, 2026-11-30 17.00
    ```

    </details>

    | Sprint split | Target | Planned | Done | |
    |:--|--:|--:|--:|:--|
    | Committed | 60 % · 30 d | 52 % · 26 d | 10 % · 5 d | `▰▱▱▱▱▱▱▱▱▱` |
    | Experiments | 30 % · 15 d | 34 % · 17 d | 25 % · 12.7 d | `▰▰▰▰▰▰▰▱▱▱` |
    | Learning | 10 % · 5 d | 10 % · 5 d | – | `▱▱▱▱▱▱▱▱▱▱` |
    | Unsized | | 1 item | | #11 |

    <details><summary><b>Split as a pie</b></summary>

    ```mermaid
    pie showData
        title Planned person-days
        "Committed" : 26.0
        "Experiments" : 17.0
        "Learning" : 5.0
    ```

    </details>

    <details><summary><b>Production</b> · 1 in progress, 1 in review, 2 to do, 1 done</summary>

    | | Item | Who | State |
    |:--|:--|:--|:--|
    | ⚙️ | #8 Implement recommendation API endpoint | ana | in review, PR #13 |
    | 🔧 | #9 Retrain fraud model with Q4 data | ana | in progress |
    | ⚙️ | #11 Document model training process |  | to do |
    | ⚙️ | #14 Productionize: Test a bigger context |  | to do |
    | 🔧 | #10 Fix data pipeline timeout issue |  | done |

    </details>

    **Hand-offs**
    - #13 Hand-off · 0 of 14 signed · waiting for data science and engineering

    <details><summary><b>Decisions this sprint</b> · 2</summary>

    - ✅ #5 Test a bigger context (2 days) → productionize, #14 · jonas, 24 Nov 2026: clearly better
    - ⛔ #6 Test RNN for routing (2 days) → abandoned · jonas, 24 Nov 2026: too slow

    </details>

    <details><summary><b>Flow figures</b></summary>

    | Median use of a box | other lengths 75 % (2) |
    |:--|:--|
    | **Median time by stage** | Ideation 7 h 59 min · Active 1.5 d · Analysis 0 min |
    | **Outcomes** | supported 1 · refuted 1 |
    | **Decisions** | productionize 1 · abandoned 1 |

    </details>

    <sub>Boxes held: 2 of 2 · median cycle: 1.5 d · 2 of 2 finished explorations wrote down what was learned<!--at--> · updated 10:36 CET<!--/at--></sub>
    "#);
    whatever_was_said_everywhere(&lab);
}
