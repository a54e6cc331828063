use jiff::Timestamp;

use super::*;
use crate::domain::item::{Blocked, Closed, Decision, Findings};
use crate::domain::kind::Verdict;
use crate::view::samples::{Sample, at, no_sprints, user};

fn decided(sample: &Sample, number: u64, title: &str, verdict: Verdict, when: Timestamp) -> Item {
    let mut item = sample.active_experiment();
    item.timebox.as_mut().unwrap().stop(when);
    Item {
        number: ItemNumber(number),
        title: title.to_owned(),
        stage: Stage::Decision,
        findings: vec![Findings {
            at: when,
            by: user(1, "mira"),
            text: "learned".to_owned(),
        }],
        decision: Some(Decision {
            at: when,
            by: user(2, "jonas"),
            verdict,
            reason: "see the findings".to_owned(),
            elsewhere: None,
            asked_at: when,
            superseded: None,
        }),
        closed: Some(Closed {
            how: CloseReason::Completed,
            at: when,
        }),
        ..item
    }
}

/// A fortnight of acme/fraud.
fn scene(sample: &Sample) -> Vec<Item> {
    let mut blocked = sample.active_experiment();
    let since = at("2026-11-23T12:00:00Z");
    blocked.timebox.as_mut().unwrap().pause(since);
    blocked.blocked = Some(Blocked {
        since,
        reason: Some("GPU quota".to_owned()),
    });
    blocked.number = ItemNumber(50);
    blocked.title = "Gradient boosting optimization".to_owned();
    let mut late = sample.active_experiment();
    late.timebox.as_mut().unwrap().runs = vec![(at("2026-11-18T08:00:00Z"), None)];
    late.number = ItemNumber(45);
    late.title = "Feature selection results".to_owned();
    late.stage = Stage::Analysis;
    let done = Item {
        number: ItemNumber(56),
        stage: Stage::Done,
        linked_pulls: BTreeMap::new(),
        closed: Some(Closed {
            how: CloseReason::Completed,
            at: at("2026-11-23T15:00:00Z"),
        }),
        ..Sample::development()
    };
    vec![
        Sample::research(),
        sample.active_experiment(),
        blocked,
        late,
        decided(
            sample,
            40,
            "Gradient boost",
            Verdict::Productionize,
            at("2026-11-24T09:00:00Z"),
        ),
        decided(
            sample,
            38,
            "RNN | approach",
            Verdict::Abandon,
            at("2026-11-23T14:00:00Z"),
        ),
        decided(
            sample,
            36,
            "Graph approach",
            Verdict::MoreResearch,
            at("2026-11-23T10:00:00Z"),
        ),
        decided(
            sample,
            9,
            "Long ago",
            Verdict::Abandon,
            at("2026-10-23T10:00:00Z"),
        ),
        Sample::development(),
        done,
        Sample::handoff(),
    ]
}

#[test]
fn the_board_shows_everybody_where_things_stand() {
    let sample = Sample::default();
    let problem = ".github/labhand.yml:3:5: unknown key `calender`; did you mean `calendar`?";
    let ctx = Context {
        policy_problem: Some(problem),
        ..sample.ctx()
    };
    let board = board(&scene(&sample), &no_sprints(), &ctx);
    insta::assert_snapshot!(board.text, @"
    ## acme/fraud

    > ⚠️ **The policy file is not in force;** the last good policy is.
    >
    > - .github/labhand.yml:3:5: unknown key `calender`; did you mean `calendar`?

    | Ideation · 1 | Active · 2 | Analysis · 1 | Decision · 3 |
    |:--|:--|:--|:--|
    | [#41](https://redirect.github.com/acme/fraud/issues/41) Explore NLP approaches for sentiment | [#48](https://redirect.github.com/acme/fraud/issues/48) **BERT vs GPT comparison**<br>mira · `▰▰▰▰▰▰▱▱▱▱` ends Wed 25 Nov, 17:00 | [#45](https://redirect.github.com/acme/fraud/issues/45) **Feature selection results**<br>mira · ⏱ 1 d over | ✅ [#40](https://redirect.github.com/acme/fraud/issues/40) Gradient boost → productionize |
    |  | [#50](https://redirect.github.com/acme/fraud/issues/50) **Gradient boosting optimization**<br>mira · ⏸ GPU quota |  | ⛔ [#38](https://redirect.github.com/acme/fraud/issues/38) RNN &#124; approach → abandoned |
    |  |  |  | 🔁 [#36](https://redirect.github.com/acme/fraud/issues/36) Graph approach → more research |

    **Time boxes:** [#45](https://redirect.github.com/acme/fraud/issues/45) is 1 d over: findings are due from mira

    <details><summary><b>Time boxes as a timeline</b></summary>

    ```mermaid
    gantt
        dateFormat YYYY-MM-DD HH.mm
        axisFormat %d %b
        45 Feature selection results :active, 2026-11-18 09.00, 2026-11-20 17.00
        50 Gradient boosting optimization (waits) :done, 2026-11-23 09.00, 2026-11-23 13.00
        48 BERT vs GPT comparison :active, 2026-11-23 09.00, 2026-11-25 17.00
    ```

    </details>

    <details><summary><b>Production</b> · 1 in progress, 1 done</summary>

    | | Item | Who | State |
    |:--|:--|:--|:--|
    | ⚙️ | [#57](https://redirect.github.com/acme/fraud/issues/57) Implement recommendation API endpoint | ana | in progress, PR [#63](https://redirect.github.com/acme/fraud/issues/63) |
    | ⚙️ | [#56](https://redirect.github.com/acme/fraud/issues/56) Implement recommendation API endpoint | ana | done |

    </details>

    **Hand-offs**
    - [#62](https://redirect.github.com/acme/fraud/issues/62) Hand-off of fraud-detector 2.3.0 · 8 of 14 signed · waiting for data science and engineering

    <details><summary><b>Decisions</b> · 3</summary>

    - ✅ [#40](https://redirect.github.com/acme/fraud/issues/40) Gradient boost → productionize · jonas, 24 Nov 2026: see the findings
    - ⛔ [#38](https://redirect.github.com/acme/fraud/issues/38) RNN &#124; approach → abandoned · jonas, 23 Nov 2026: see the findings
    - 🔁 [#36](https://redirect.github.com/acme/fraud/issues/36) Graph approach → more research · jonas, 23 Nov 2026: see the findings

    </details>

    <details><summary><b>Flow figures</b></summary>

    | Median use of a box | other lengths 8 % (4) |
    |:--|:--|
    | **Decisions** | productionize 1 · abandoned 2 · more research 1 |

    </details>

    <sub>Boxes held: 4 of 4 · 4 of 4 finished explorations wrote down what was learned<!--at--> · updated 16:30 CET<!--/at--></sub>
    ");
    assert_eq!(
        board.compared,
        board
            .text
            .replace("<!--at--> · updated 16:30 CET<!--/at-->", "")
    );
}

#[test]
fn an_empty_board_says_how_to_begin() {
    let sample = Sample::default();
    insta::assert_snapshot!(board(&[], &no_sprints(), &sample.ctx()).text, @"
    ## acme/fraud

    Nothing here yet. An issue becomes an item by a label such as `kind/experiment`, or by the command `/kind experiment`.

    <sub><!--at-->updated 16:30 CET<!--/at--></sub>
    ");
}

/// The sprint that the samples are in: ten working days from Monday on.
fn sprint_12(title: &str) -> Sprint {
    let start = at("2026-11-22T23:00:00Z");
    Sprint {
        number: 3,
        title: title.to_owned(),
        start,
        end: at("2026-12-04T23:00:00Z"),
        planned_at: start,
    }
}

#[test]
fn it_changes_with_time_only_when_it_says_so() {
    let sample = Sample::default();
    let items = scene(&sample);
    let sprints = [sprint_12("Sprint 12")];
    let in_sprint = Plan {
        sprints: &sprints,
        ..no_sprints()
    };
    for plan in [no_sprints(), in_sprint] {
        let mut now = sample.ctx().now;
        for _ in 0..60 {
            let drawn = |now| {
                let ctx = sample.ctx();
                board(&items, &plan, &Context { now, ..ctx })
            };
            let here = drawn(now);
            let Some(next) = here.next_change else { break };
            assert!(next > now);
            let before = next.saturating_sub(SignedDuration::from_secs(1)).unwrap();
            assert_eq!(drawn(before.max(now)).compared, here.compared, "{now}");
            now = next;
        }
    }
}

#[test]
fn thousands_of_items_fit_on_one_page() {
    let repo = format!("{}/{}", "o".repeat(39), "r".repeat(100));
    let sample = Sample {
        repo: repo.parse().unwrap(),
        ..Sample::default()
    };
    let noise = "@mira #12 <b>|</b> ".repeat(30);
    let many: Vec<Item> = (0..3_000u64)
        .map(|number| {
            let (stage, base) = match number % 6 {
                0 => (Stage::Ideation, Sample::research()),
                1 => (Stage::Active, sample.active_experiment()),
                2 => (Stage::InReview, Sample::development()),
                3 => (
                    Stage::Decision,
                    decided(
                        &sample,
                        1,
                        "x",
                        Verdict::Abandon,
                        at("2026-11-24T09:00:00Z"),
                    ),
                ),
                4 => (Stage::Ideation, Sample::handoff()),
                _ => (Stage::Analysis, sample.active_experiment()),
            };
            Item {
                number: ItemNumber(number),
                title: noise.clone(),
                stage,
                milestone: sample.active_experiment().milestone,
                ..base
            }
        })
        .collect();
    let late = Context {
        now: at("2026-11-27T12:00:00Z"),
        ..sample.ctx()
    };
    let sprints = [sprint_12(&noise)];
    let plan = Plan {
        sprints: &sprints,
        ..no_sprints()
    };
    let board = board(&many, &plan, &late);
    assert!(
        board.text.chars().count() < 62_000,
        "{}",
        board.text.chars().count()
    );
    assert_eq!(
        board.text.matches("… and ").count(),
        9,
        "one for each column and section, and for what is unsized"
    );
    assert!(board.text.ends_with("</sub>"));
}
