//! The grammar as people meet it.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::fields::model_version;
use crate::domain::handoff::Slug;
use crate::domain::ids::ItemNumber;
use crate::domain::kind::{Bucket, Kind, Phase, Points, Stage, Verdict};
use crate::domain::order::{BoxLength, Frozen};
use crate::domain::worktime::Span;

/// The names of what was found, for tests that are about finding.
fn found(text: &str) -> Vec<String> {
    read(text, None).into_iter().map(|one| one.normal).collect()
}

/// The one order of a text.
fn order(text: &str) -> Result<Order, Misread> {
    let mut all = read(text, None);
    assert_eq!(all.len(), 1, "{text:?} gave {all:?}");
    all.remove(0).order
}

/// Everything that an answer would say about a text.
fn answers(text: &str, prefix: Option<&str>) -> String {
    let mut said = String::new();
    for one in read(text, prefix) {
        let _ = match one.order {
            Ok(order) => writeln!(said, "{}: {order:?}", one.index),
            Err(Misread::Unknown { closest }) => {
                writeln!(said, "{}: unknown, {closest:?}", one.index)
            }
            Err(Misread::Argument { problem, example }) => {
                writeln!(said, "{}: {problem}; {example}", one.index)
            }
        };
    }
    said
}

fn slugs(names: &[&str]) -> Vec<Slug> {
    names.iter().map(|name| Slug::new(name)).collect()
}

#[test]
fn a_line_that_begins_with_a_name_is_a_command() {
    assert_eq!(found("/help"), ["/help"]);
    assert_eq!(found("Thanks!\n/timebox 2d\nSee you"), ["/timebox 2d"]);
    assert_eq!(found("/TimeBox\t 2D"), ["/timebox 2D"]);
    assert_eq!(found("   /help"), ["/help"]);
    assert_eq!(found("\u{feff}/help\r\n/status\r\n"), ["/help", "/status"]);
    assert_eq!(found("/help\r/status"), ["/help", "/status"]);
    assert_eq!(found("/activate\nbest,\n--\nMira"), ["/activate"]);
    assert_eq!(found("/activate\n---"), ["/activate"]);
    assert_eq!(
        found("# Plan\n/activate\n\n| a |\n|--|\n| b |\n\n/status"),
        ["/activate", "/status"]
    );
    assert_eq!(found("/hypothesis: BERT wins"), ["/hypothesis BERT wins"]);
}

#[test]
fn markup_does_not_hide_the_line_below_it() {
    assert_eq!(found("**see\n/status of** it"), ["/status of** it"]);
    assert_eq!(
        found("[spec]: https://x.y\n/help\n/status"),
        ["/help", "/status"]
    );
    assert_eq!(found("see [a](\nhttps://x.y) b\n/help"), ["/help"]);
    assert_eq!(found("a `b\nc` d\n/help"), ["/help"]);
    assert_eq!(found("<b>a</b>\n\n/help"), ["/help"]);
    assert_eq!(found("<details>\nlog\n</details>\n\n/help"), ["/help"]);
}

#[test]
fn what_is_not_said_by_the_writer_is_no_command() {
    for text in [
        "`/help`",
        "a `b\n/help\nc` d",
        "```\n/help\n```",
        "```\n/help",
        "~~~ text\n/help\n~~~",
        "    /help",
        "\t/help",
        "text\n    /help",
        "> /help",
        "> a\n/help",
        "- /help",
        "- a\n/help",
        "- a\n\n  /help",
        "1. /help",
        "- [ ] /help",
        "| a |\n|---|\n| /help |",
        "/help\n|---|",
        "<!-- /help -->",
        "<!--\n/help\n-->",
        "<!--\n\n/help\n\n-->",
        "<!--\n/help",
        "a <!--\n/help\n--> b",
        "<pre>\n\n/help\n\n</pre>",
        "<div>\n/help\n</div>",
        "<details><summary>log</summary>\n\n/help\n\n</details>",
        "<blockquote>\n\n/help\n\n</blockquote>",
        "a <code>\n/help\n</code>",
        "[/help](https://x.y)",
        "a [b\n/help](https://x.y)",
        "[a]:\n/help",
        "\\/help",
        "&#47;help",
        "**/help**",
        "# /help",
        "a /help",
        "x[^1]\n\n[^1]: /help",
        "![a](\n/help)",
    ] {
        assert_eq!(found(text), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn conversation_is_left_alone() {
    for text in [
        "/path/to/file is broken",
        "/etc/hosts",
        "/var.log",
        "/s",
        "/",
        "/ help",
        "//help",
        "/2d",
        "/help!",
        "/help/me",
        "/über uns",
        "/labhandler/x",
        "",
        "\0",
    ] {
        assert_eq!(found(text), Vec::<String>::new(), "{text:?}");
    }
}

#[test]
fn what_looks_like_a_command_is_answered() {
    insta::assert_snapshot!(
        answers("/timebx 2d\n/frobnicate now\n/hyp BERT\n/Decid abandon it\n/help me\n/help timebx", None),
        @r#"
    0: unknown, Some("/timebox 2d")
    1: unknown, None
    2: unknown, Some("/hypothesis BERT")
    3: unknown, Some("/decide abandon it")
    4: there is no command `me`; /help
    5: unknown, Some("/help timebox")
    "#);
}

#[test]
fn a_text_runs_to_the_next_command() {
    let text = "/findings BERT wins:\n\n- 0.87\n- 41 ms\n\n```\n/help\n```\n\nThat is all.\n\n/decide abandon\ntoo slow\n/unblock\nbye";
    assert_eq!(
        read(text, None)
            .into_iter()
            .map(|one| (one.index, one.order))
            .collect::<Vec<_>>(),
        [
            (
                0,
                Ok(Order::Findings {
                    text: "BERT wins:\n\n- 0.87\n- 41 ms\n\n```\n/help\n```\n\nThat is all."
                        .to_owned(),
                })
            ),
            (
                1,
                Ok(Order::Decide {
                    verdict: Verdict::Abandon,
                    elsewhere: None,
                    reason: "too slow".to_owned(),
                })
            ),
            (2, Ok(Order::Unblock)),
        ]
    );
    assert_eq!(read(text, None)[1].text, "/decide abandon\ntoo slow");
    assert_eq!(
        order("/findings\r\n\r\n| a |\r\n|--|\r\n| 🧪 |\r\n"),
        Ok(Order::Findings {
            text: "| a |\n|--|\n| 🧪 |".to_owned()
        })
    );
}

#[test]
fn a_hidden_hint_is_no_argument() {
    let days = |days| {
        BoxLength::Span(Span {
            days,
            ..Span::default()
        })
    };
    assert_eq!(
        order("/timebox <!-- or spike --> 2d"),
        Ok(Order::Timebox(days(2)))
    );
    assert_eq!(
        order("/hypothesis BERT\n<!-- what do you expect? -->\nwins <!-- über -->"),
        Ok(Order::Hypothesis {
            text: "BERT\n\nwins".to_owned()
        })
    );
    assert_eq!(
        order("/findings see `<!-- x -->`"),
        Ok(Order::Findings {
            text: "see `<!-- x -->`".to_owned()
        })
    );
}

#[test]
fn an_edit_around_a_command_leaves_it_the_same() {
    let identity = |text| read(text, None).remove(0).normal;
    assert_eq!(
        identity("/BLOCK  waiting\nfor GPU"),
        identity("Hi\n\n /labhand block waiting for  GPU \n")
    );
    assert_ne!(identity("/block waiting"), identity("/block Waiting"));
    assert_eq!(
        identity("/timebox 2d"),
        identity("/timebox 2d\nI begin today")
    );
}

#[test]
fn the_long_form_always_works() {
    assert_eq!(
        found("/labhand timebox 2d\n/LABHAND /help"),
        ["/timebox 2d", "/help"]
    );
    assert_eq!(found("/labhand"), ["/help"]);
    assert_eq!(
        found("/labhand handoff off it is none"),
        ["/handoff off it is none"]
    );
    insta::assert_snapshot!(answers("/labhand timebx 2d\n/labhand thanks", None), @r#"
    0: unknown, Some("/labhand timebox 2d")
    1: unknown, None
    "#);
}

#[test]
fn with_a_prefix_only_the_long_form_is_ours() {
    insta::assert_snapshot!(
        answers("/help\n/lgtm\n/ds activate\n/DS timebx 2d\n/labhand timebox 2x\n/ds help foo\n/ds help boar", Some("ds")),
        @r#"
    0: Stage(Active)
    1: unknown, Some("/DS timebox 2d")
    2: `2x` is no time box; /ds timebox 2d
    3: there is no command `foo`; /ds help
    4: unknown, Some("/ds help board")
    "#);
    assert_eq!(read("/help", Some(" ")).len(), 1, "an empty prefix is none");
    assert_eq!(read("/ds help", Some("/DS")).len(), 1);
}

#[test]
fn kinds_buckets_phases_and_stages() {
    assert_eq!(
        order("/kind Research, please"),
        Ok(Order::Kind(Kind::Research))
    );
    assert_eq!(order("/experiment"), Ok(Order::Kind(Kind::Experiment)));
    assert_eq!(
        order("/maintenance now"),
        Ok(Order::Kind(Kind::Maintenance))
    );
    assert_eq!(
        order("/bucket learning"),
        Ok(Order::Bucket(Bucket::Learning))
    );
    assert_eq!(
        order("/phase `prototype`"),
        Ok(Order::Phase(Phase::Prototype))
    );
    assert_eq!(
        order("/stage in progress"),
        Ok(Order::Stage(Stage::InProgress))
    );
    assert_eq!(
        order("/stage In-Review."),
        Ok(Order::Stage(Stage::InReview))
    );
    assert_eq!(order("/analyse"), Ok(Order::Stage(Stage::Analysis)));
    insta::assert_snapshot!(answers("/kind\n/kind bug\n/stage `x", None), @r"
    0: a kind is missing: `research`, `experiment`, `development` or `maintenance`; /kind experiment
    1: `bug` is no kind: `research`, `experiment`, `development` or `maintenance`; /kind experiment
    2: `x` is no stage: `ideation`, `active`, `analysis`, `decision`, `todo`, `in-progress`, `in-review` or `done`; /stage in-progress
    ");
}

#[test]
fn sizes() {
    let span = |weeks, days| {
        BoxLength::Span(Span {
            weeks,
            days,
            ..Span::default()
        })
    };
    assert_eq!(order("/timebox 1w 2d"), Ok(Order::Timebox(span(1, 2))));
    assert_eq!(order("/timebox\u{a0}2d."), Ok(Order::Timebox(span(0, 2))));
    assert_eq!(
        order("/timebox Spike"),
        Ok(Order::Timebox(BoxLength::Preset("spike".to_owned())))
    );
    let points = |low, high| Ok(Order::Points(Points { low, high }));
    assert_eq!(order("/points 5"), points(5, 5));
    assert_eq!(order("/points 5-8"), points(5, 8));
    assert_eq!(order("/points 5 – 8"), points(5, 8));
    assert_eq!(order("/points 999"), points(999, 999));
    insta::assert_snapshot!(
        answers("/timebox\n/timebox 2x\n/points\n/points 0\n/points 1000\n/points 8-5\n/points +5\n/points 99999999999999999999\n/points -5", None),
        @r"
    0: the length is missing; /timebox 2d
    1: `2x` is no time box; /timebox 2d
    2: the number is missing; /points 5-8
    3: `0` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    4: `1000` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    5: `8-5` begins with the larger number; /points 5-8
    6: `+5` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    7: `99999999999999999999` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    8: `-5` is no size: a whole number from 1 to 999, or a range of two; /points 5-8
    ");
}

#[test]
fn fields() {
    let numbers = |all: &[u64]| {
        Ok(Order::BuildsOn(
            all.iter().copied().map(ItemNumber).collect(),
        ))
    };
    assert_eq!(order("/builds-on #12 #13"), numbers(&[12, 13]));
    assert_eq!(order("/builds-on 12, #13, #12"), numbers(&[12, 13]));
    assert_eq!(
        order("/metric f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms"),
        Ok(Order::Metric {
            text: "f1 >= 0.85 baseline 0.80; latency_p95 < 50 ms".to_owned()
        })
    );
    assert_eq!(
        order("/amend Hypothesis BERT wins because of size\nbecause the set was cleaned"),
        Ok(Order::Amend {
            field: Frozen::Hypothesis,
            text: "BERT wins because of size".to_owned(),
            reason: "the set was cleaned".to_owned(),
        })
    );
    insta::assert_snapshot!(
        answers("/builds-on\n/builds-on acme/x#3\n/builds-on 0\n/hypothesis\n/metric <!-- x -->\n/amend\n/amend baseline x because y\n/amend metric f1 > 1\n/amend metric because y\n/amend metric x because", None),
        @r"
    0: the number of an issue is missing; /builds-on #12 #13
    1: `acme/x#3` is no list of issues of this repository; /builds-on #12 #13
    2: `0` is no list of issues of this repository; /builds-on #12 #13
    3: the hypothesis is missing; /hypothesis BERT routes tickets better than GPT-2
    4: the metric is missing; /metric f1 >= 0.85 baseline 0.80
    5: `hypothesis` or `metric` is missing; /amend metric f1 >= 0.82 because the test set was cleaned
    6: `baseline` is neither `hypothesis` nor `metric`; /amend metric f1 >= 0.82 because the test set was cleaned
    7: the reason is missing: `because …`; /amend metric f1 >= 0.82 because the test set was cleaned
    8: the new text is missing; /amend metric f1 >= 0.82 because the test set was cleaned
    9: the reason is missing; /amend metric f1 >= 0.82 because the test set was cleaned
    ");
}

#[test]
fn decisions() {
    let decided = |verdict, elsewhere: Option<&str>, reason: &str| {
        let elsewhere = elsewhere.map(|name| name.parse().unwrap());
        Ok(Order::Decide {
            verdict,
            elsewhere,
            reason: reason.to_owned(),
        })
    };
    assert_eq!(
        order("/decide productionize in acme/serving because the platform is there"),
        decided(
            Verdict::Productionize,
            Some("acme/serving"),
            "because the platform is there"
        )
    );
    assert_eq!(
        order("/decide Productionize: in the end it won"),
        decided(Verdict::Productionize, None, "in the end it won")
    );
    assert_eq!(
        order("/decide abandon in train/test data it leaked"),
        decided(Verdict::Abandon, None, "in train/test data it leaked")
    );
    assert_eq!(
        order("/decide more-research — latency is open"),
        decided(Verdict::MoreResearch, None, "latency is open")
    );
    insta::assert_snapshot!(answers("/decide\n/decide maybe\n/decide abandon\n/decide productionize in acme/serving", None), @r"
    0: a decision is missing: `productionize`, `abandon` or `more-research`; /decide abandon GPT-2 is no better than the baseline
    1: `maybe` is no decision: `productionize`, `abandon` or `more-research`; /decide abandon GPT-2 is no better than the baseline
    2: the reason is missing; /decide abandon GPT-2 is no better than the baseline
    3: the reason is missing; /decide abandon GPT-2 is no better than the baseline
    ");
}

#[test]
fn hand_offs() {
    assert_eq!(order("/handoff"), Ok(Order::Handoff { model: None }));
    assert_eq!(
        order("/handoff fraud-detector v2.3.0"),
        Ok(Order::Handoff {
            model: model_version("fraud-detector v2.3.0")
        })
    );
    assert_eq!(
        order("/Handoff OFF only a refactoring"),
        Ok(Order::HandoffOff {
            reason: "only a refactoring".to_owned()
        })
    );
    assert_eq!(
        order("/sign Features, `io-format` models/x.onnx"),
        Ok(Order::Sign {
            slugs: slugs(&["features", "io-format"]),
            evidence: Some("models/x.onnx".to_owned()),
        })
    );
    assert_eq!(
        order("/sign benchmarks <https://x.y/z>."),
        Ok(Order::Sign {
            slugs: slugs(&["benchmarks"]),
            evidence: Some("https://x.y/z".to_owned()),
        })
    );
    assert_eq!(
        order("/sign serving serving."),
        Ok(Order::Sign {
            slugs: slugs(&["serving"]),
            evidence: None
        })
    );
    assert_eq!(
        order("/unsign docs"),
        Ok(Order::Unsign {
            slugs: slugs(&["docs"])
        })
    );
    assert_eq!(
        order("/na ab-testing: batch only"),
        Ok(Order::NotApplicable {
            slug: Slug::new("ab-testing"),
            reason: "batch only".to_owned()
        })
    );
    insta::assert_snapshot!(
        answers("/handoff please\n/handoff fraud-detector\n/handoff off\n/sign\n/sign a/b.md\n/sign a a/b.md c\n/unsign ,\n/na\n/na serving", None),
        @r"
    0: `please` is no model and its version; /handoff fraud-detector v2.3.0
    1: `fraud-detector` is no model and its version; /handoff fraud-detector v2.3.0
    2: the reason is missing; /handoff off a refactoring only
    3: the entry is missing; /sign model-card docs/model_card.md
    4: the entry is missing; /sign model-card docs/model_card.md
    5: `c` stands after the evidence, which comes last; /sign model-card docs/model_card.md
    6: the entry is missing; /unsign serving
    7: the entry is missing; /na ab-testing batch scoring, no traffic to split
    8: the reason is missing; /na ab-testing batch scoring, no traffic to split
    ");
}

#[test]
fn an_answer_never_repeats_markup() {
    let Err(Misread::Argument { problem, .. }) =
        order(&format!("/timebox a`@mira`\u{7}{}", "x".repeat(500)))
    else {
        panic!("that is no time box");
    };
    assert_eq!(
        problem,
        format!("`a@mira{}…` is no time box", "x".repeat(34))
    );
}

/// Which command an order comes from. A new order does not compile before it has a command here.
fn name_of(order: &Order) -> &'static str {
    match order {
        Order::Help { .. } => "help",
        Order::Status => "status",
        Order::Board => "board",
        Order::Sprint => "sprint",
        Order::Sync => "sync",
        Order::Kind(_) => "kind",
        Order::Bucket(_) => "bucket",
        Order::Phase(_) => "phase",
        Order::Stage(Stage::Active) => "activate",
        Order::Stage(Stage::Analysis) => "analyze",
        Order::Stage(_) => "stage",
        Order::Block { .. } => "block",
        Order::Unblock => "unblock",
        Order::Timebox(_) => "timebox",
        Order::Points(_) => "points",
        Order::Hypothesis { .. } => "hypothesis",
        Order::Metric { .. } => "metric",
        Order::BuildsOn(_) => "builds-on",
        Order::Amend { .. } => "amend",
        Order::Extend { .. } => "extend",
        Order::Result(_) => "result",
        Order::Findings { .. } => "findings",
        Order::Decide { .. } => "decide",
        Order::Handoff { .. } => "handoff",
        Order::HandoffOff { .. } => "handoff off",
        Order::Sign { .. } => "sign",
        Order::Unsign { .. } => "unsign",
        Order::NotApplicable { .. } => "na",
        Order::TrackModel { .. } => "model track",
        Order::Select(_) => "select",
        Order::Advance => "advance",
        Order::Retreat { .. } => "retreat",
        Order::Drift { .. } => "drift",
        Order::Promote { .. } => "promote",
        Order::Rollback { .. } => "rollback",
    }
}

#[test]
fn every_example_is_right() {
    for line in help(None) {
        let read = read(line.example, None);
        assert_eq!(read.len(), 1, "{line:?}");
        let order = read[0].order.as_ref().unwrap();
        assert_eq!(name_of(order), line.name, "{line:?}");
        assert_eq!(read[0].needs, line.needs);
        assert!(
            line.usage.starts_with(&format!("/{}", line.name)),
            "{line:?}"
        );
        assert!(line.explanation.ends_with('.'), "{line:?}");
    }
}

#[test]
fn help_finds_its_topic() {
    let names = |topic| {
        help(Some(topic))
            .iter()
            .map(|line| line.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(names("timebox"), ["timebox"]);
    assert_eq!(names("/Handoff"), ["handoff", "handoff off"]);
    assert_eq!(names("research"), ["kind"]);
    assert_eq!(names("nothing"), Vec::<&str>::new());
}

#[test]
fn no_name_is_given_twice() {
    let mut names: Vec<_> = registry::REGISTRY
        .iter()
        .flat_map(|entry| entry.names)
        .collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// `docs/commands.md` says what the registry says; `UPDATE_DOCS=1 cargo test` writes it anew.
#[test]
fn the_page_on_commands_is_in_step() {
    let mut page = String::from(
        "# Commands\n\n\
        A command is a line of a comment, or of a new issue's text, that starts with `/name` in an \
        ordinary paragraph. Case does not matter. `/labhand name …` always works; with \
        `commands.prefix` in the policy only `/prefix name …` and `/labhand name …` do.\n\n\
        This page is written from the program: `UPDATE_DOCS=1 cargo test --lib command`.\n\n\
        | Command | Who | What it does | Example |\n|:--|:--|:--|:--|\n",
    );
    for line in help(None) {
        let who = match line.needs {
            Needs::Anyone => "anyone who may comment",
            Needs::AuthorAssigneeTriage => "author, assignee, triage",
            Needs::Triage => "triage",
            Needs::Write => "write, and the entry's side",
            Needs::Lead => "lead",
        };
        let usage = line.usage.replace('|', "\\|");
        let _ = writeln!(
            page,
            "| `{usage}` | {who} | {} | `{}` |",
            line.explanation, line.example
        );
    }
    page.push_str(
        "\nIn a public repository being author or assignee is not enough: triage is needed.\n",
    );
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap_or_default(), page);
}

/// Pieces that make trouble, so that a text of some of them is likely to be a hard one.
fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "/help",
        "/findings ",
        "/timebox 2d",
        "/labhand ",
        "/decide abandon ",
        "/sign a ",
        "/points 5–8",
        "/amend metric x because ",
        "/na ",
        "/",
        "\\",
        "`",
        "```",
        "~~~",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        " ",
        "    ",
        "\t",
        "- ",
        "1. ",
        "- [x] ",
        "> ",
        "<!--",
        "-->",
        "<!-->",
        "<details>",
        "</details>",
        "<code>",
        "<",
        ">",
        "[a]: ",
        "[a](",
        "[^1]: ",
        ")",
        "]",
        "![",
        "**",
        "_",
        "~~",
        "| ",
        "|--|\n",
        "&#47;",
        "é",
        "🧪",
        "\u{202e}",
        "\u{feff}",
        "\0",
        "because ",
        "https://x.y",
        "---\n",
        "# ",
        "İ",
        "ſ",
        "K",
        "\u{a0}",
        "\u{2028}",
        "#12 ",
        "=",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat()),
        any::<String>(),
        "(/[a-z]{1,9}[ \n]){0,9}",
    ]
}

/// A command on one line, such as people write.
fn any_command() -> impl Strategy<Value = String> {
    let examples: Vec<_> = help(None)
        .iter()
        .map(|line| line.example.to_owned())
        .collect();
    (prop::sample::select(examples), "[a-zA-Zé🧪0-9 .,/#-]{0,20}")
        .prop_map(|(example, more)| format!("{example} {more}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text_can_be_read(text in any_text(), prefix in prop::option::of("[a-z]{0,3}")) {
        let found = read(&text, prefix.as_deref());
        let clean = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}");
        for (one, index) in found.iter().zip(0..) {
            prop_assert_eq!(one.index, index);
            prop_assert!(one.text.starts_with('/') && one.normal.starts_with('/'));
            prop_assert!(clean.contains(&one.text));
        }
        prop_assert_eq!(read(&text, prefix.as_deref()), found);
        ticks::boxes(&text);
    }

    #[test]
    fn a_command_is_found_where_it_is_said(command in any_command(), before in "[a-zé ,.]{0,20}") {
        for text in [command.clone(), format!("{before}\n{command}"), format!("{before}\r\n\r\n  {command}\r\n")] {
            prop_assert_eq!(read(&text, None).len(), 1, "{}", text);
        }
    }

    #[test]
    fn a_wrapped_command_is_not_found(commands in prop::collection::vec(any_command(), 1..4)) {
        let lines = |prefix: &str| {
            commands.iter().flat_map(|line| [prefix, line, "\n"]).collect::<String>()
        };
        let body = lines("");
        for text in [
            format!("```\n{body}```\n"),
            format!("~~~\n{body}"),
            format!("text `a\n{body}b` text"),
            format!("`{body}`"),
            lines("    "),
            format!("a\n\n{}", lines("\t")),
            lines("> "),
            format!("> a\n{body}"),
            format!("<!--\n{body}-->"),
            format!("<!-- {body} -->"),
            format!("a <!--\n{body}--> b"),
            format!("<!--\n\n{}\n-->\n", commands.join("\n\n")),
            format!("<pre>\n{body}</pre>"),
            format!("<blockquote>\n\n{body}\n</blockquote>"),
            format!("<details>\n\n{}\n\n</details>", commands.join("\n\n")),
            lines("- "),
            format!("* a\n{body}"),
        ] {
            prop_assert_eq!(read(&text, None), Vec::new(), "{}", text);
        }
    }
}

/// GitHub's longest comment, made of what takes long.
#[test]
fn the_longest_comment_is_read() {
    for piece in [
        "/help\n",
        "/findings x\n",
        "/frobnicate\n",
        "/a",
        ">",
        "- ",
        "[a]: b\n",
        "[a](\n",
        "because ",
        "<!-- x -->\n",
        "&#47;help\n",
        "🧪",
        "/amend metric because\n",
        "<code>",
        "*a ",
        "`",
    ] {
        let text = piece.repeat(65_536 / piece.len());
        read(&text, None);
        crate::domain::fields::read(&text);
        ticks::boxes(&text);
    }
}
