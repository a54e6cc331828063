//! Any text, and any command in it.

use super::*;

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
