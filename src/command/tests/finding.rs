//! Where a command is said, and where it is not.

use super::*;

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
