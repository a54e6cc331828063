//! Text of users made harmless, and everything kept within GitHub's sizes.
//!
//! Whatever somebody typed goes through [`escape`], [`escape_lines`] or [`code`] before it stands
//! in a comment of ours. They take the length that is allowed *in the output*, so that a view
//! that adds up its parts knows how long it can become, whatever was typed.

use crate::domain::ids::Login;

/// GitHub takes 65,536 characters in a comment or an issue's text; the marker has to fit as well.
pub const BODY_LIMIT: usize = 65_000;

/// GitHub takes 65,535 bytes in a check run's summary.
pub const SUMMARY_LIMIT: usize = 65_000;

/// A commit status has 140 characters for its description.
pub const TITLE_LIMIT: usize = 140;

/// A zero-width space. GitHub looks for mentions and references in the text that is left after
/// rendering, where a backslash or an entity for the character itself is gone; only something
/// between the character and what follows it helps.
const GAP: &str = "&#8203;";

/// Makes one line of somebody's text harmless: no mention, reference, link, image, markup, HTML or
/// hidden comment, and always one cell of a table. At most `most` characters of Markdown.
pub fn escape(text: &str, most: usize) -> String {
    let mut out = Bounded::new(most);
    let mut seen = Seen::default();
    let mut chars = text.chars().filter(|c| !is_deceptive(*c)).peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() || c.is_control() {
            if chars.peek().is_some() && seen.last().is_some_and(|last| last != ' ') {
                seen.push(' ');
                if !out.push(" ") {
                    break;
                }
            }
            continue;
        }
        let piece = harmless(c, &seen, chars.peek().copied());
        seen.push(c);
        if !out.push(&piece) {
            break;
        }
    }
    out.finish()
}

/// Like [`escape`], with the line breaks kept as `<br>`; several blank lines become one.
pub fn escape_lines(text: &str, most: usize) -> String {
    const BREAK: &str = "<br>";
    let mut lines: Vec<String> = Vec::new();
    let mut left = most;
    for line in text.trim().lines() {
        let blank = line.trim().is_empty();
        if blank && lines.last().is_none_or(String::is_empty) {
            continue;
        }
        let gap = if lines.is_empty() { 0 } else { BREAK.len() };
        if left <= gap {
            break;
        }
        let line = escape(line, left - gap);
        left -= gap + line.chars().count();
        lines.push(line);
    }
    lines.join(BREAK)
}

/// Somebody's text as code, on one line. At most `most` characters between the backticks. GitHub
/// finds neither mentions nor references in code; a hidden comment is broken, since our own
/// comments are found by theirs.
pub fn code(text: &str, most: usize) -> String {
    let flat = plain(text, most).replace('`', "'");
    if flat.is_empty() {
        return "` `".to_owned();
    }
    format!("`{}`", flat.replace("<!", "<\u{2060}!"))
}

/// A sentence that quotes its parts in backticks: those as code, the rest as text.
pub fn escape_quoting(text: &str, most: usize) -> String {
    let part = |(index, part): (usize, &str)| match (index % 2, part.trim()) {
        (_, "") => part.to_owned(),
        (1, _) => code(part, most),
        (_, trimmed) => {
            let before = if part.starts_with(' ') { " " } else { "" };
            let after = if part.ends_with(' ') { " " } else { "" };
            format!("{before}{}{after}", escape(trimmed, most))
        }
    };
    let text = plain(text, most);
    text.split('`').enumerate().map(part).collect()
}

/// One line without any markup, for places that GitHub does not render.
pub fn plain(text: &str, most: usize) -> String {
    let mut out = Bounded::new(most);
    let visible: String = text
        .chars()
        .filter(|c| !is_deceptive(*c))
        .take(most.saturating_mul(2))
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    for (index, word) in visible.split_whitespace().enumerate() {
        if index > 0 && !out.push(" ") {
            break;
        }
        if !word.chars().all(|c| out.push(c.encode_utf8(&mut [0; 4]))) {
            break;
        }
    }
    out.finish()
}

/// A mention, which notifies: only for who has to act.
pub fn mention(login: &Login) -> String {
    let safe: String = login
        .as_str()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        .collect();
    format!("@{safe}")
}

/// A login without a mention.
pub fn name(login: &Login) -> String {
    escape(login.as_str(), 80)
}

/// A login where GitHub reads HTML, such as in a summary that folds.
pub fn name_in_html(login: &Login) -> String {
    name(login).replace('\\', "")
}

/// The last guard: cuts at the end of a line, so that nothing exceeds GitHub's limit.
pub fn bounded(text: String, most: usize) -> String {
    const MORE: &str = "\n\n… and more";
    if text.len() <= most {
        return text;
    }
    let room = most.saturating_sub(MORE.len());
    let mut end = room.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let (kept, _) = text.split_at(end);
    let kept = kept.rsplit_once('\n').map_or(kept, |(whole, _)| whole);
    format!("{kept}{MORE}")
}

/// A part that folds. GitHub reads no Markdown in the summary.
pub fn details(summary: &str, content: &str) -> String {
    format!("<details><summary>{summary}</summary>\n\n{content}\n\n</details>")
}

/// Characters that make text look like something else: they turn its direction around.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\0')
}

/// What came before the character that is looked at.
#[derive(Default)]
struct Seen {
    /// The last three, oldest first.
    recent: [Option<char>; 3],
    /// So far there were digits only, so that `1.` would begin a list.
    other_than_digits: bool,
}

impl Seen {
    fn push(&mut self, c: char) {
        self.recent.rotate_left(1);
        self.recent[2] = Some(c);
        self.other_than_digits |= !c.is_ascii_digit();
    }

    fn last(&self) -> Option<char> {
        self.recent[2]
    }

    fn ends_with(&self, word: &str) -> bool {
        let recent = self.recent.iter().rev().map(|c| c.unwrap_or(' '));
        word.chars()
            .rev()
            .zip(recent)
            .all(|(wanted, c)| wanted.eq_ignore_ascii_case(&c))
    }
}

/// One character as Markdown that shows just this character.
fn harmless(c: char, seen: &Seen, next: Option<char>) -> String {
    let starts = seen.last().is_none();
    let before_digit = next.is_some_and(|next| next.is_ascii_digit());
    let ends_word = next.is_none_or(char::is_whitespace);
    match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        // A backslash before a bar means one thing in a table and another outside.
        '|' => "&#124;".to_owned(),
        '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '$' => format!("\\{c}"),
        '@' => format!("@{GAP}"),
        '#' if next.is_some_and(char::is_alphanumeric) => format!("#{GAP}"),
        '#' => "\\#".to_owned(),
        // Links that are recognised without any markup: schemes, `www.` and `GH-12`.
        ':' if next == Some('/') => format!(":{GAP}"),
        '.' if seen.ends_with("www") => format!("{GAP}."),
        '-' if seen.ends_with("gh") && before_digit => format!("-{GAP}"),
        // What would begin a list, or make a heading of the line above.
        '-' | '+' | '=' if starts => format!("\\{c}"),
        '.' | ')' if !starts && !seen.other_than_digits && ends_word => format!("\\{c}"),
        _ => c.to_string(),
    }
}

/// Text that does not grow beyond its bound.
struct Bounded {
    text: String,
    chars: usize,
    most: usize,
}

impl Bounded {
    fn new(most: usize) -> Self {
        Self {
            text: String::new(),
            chars: 0,
            most,
        }
    }

    /// Adds a piece whole, or, where it does not fit any more, dots; `false` ends it.
    fn push(&mut self, piece: &str) -> bool {
        let count = piece.chars().count();
        // One character is kept for the dots.
        let fits = self.chars + count < self.most;
        if fits {
            self.text.push_str(piece);
            self.chars += count;
        } else {
            self.text.truncate(self.text.trim_end().len());
            self.text.push('…');
        }
        fits
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use comrak::{Options, markdown_to_html};
    use proptest::prelude::*;

    /// As GitHub renders it, as far as comrak goes.
    fn render(markdown: &str) -> String {
        let mut options = Options::default();
        options.extension.table = true;
        options.extension.autolink = true;
        options.extension.strikethrough = true;
        options.extension.tasklist = true;
        options.extension.footnotes = true;
        options.render.r#unsafe = true;
        markdown_to_html(markdown, &options)
    }

    fn mentions(html: &str) -> bool {
        html.split('@')
            .skip(1)
            .any(|after| after.starts_with(|c: char| c.is_ascii_alphanumeric()))
    }

    fn references(html: &str) -> bool {
        html.replace("&#", "")
            .split('#')
            .skip(1)
            .any(|after| after.starts_with(|c: char| c.is_ascii_digit()))
    }

    #[test]
    fn markup_of_users_shows_as_they_typed_it() {
        let typed = "**bold** <b>x</b> [a](http://b.c) ![i](j) `c` | d\nwww.e.f @mira #12 GH-7 <!-- labhand:status -->";
        let escaped = escape(typed, 1_000);
        insta::assert_snapshot!(escaped, @r"\*\*bold\*\* &lt;b&gt;x&lt;/b&gt; \[a\](http:&#8203;//b.c) !\[i\](j) \`c\` &#124; d www&#8203;.e.f @&#8203;mira #&#8203;12 GH-&#8203;7 &lt;!-- labhand:status --&gt;");
        let shown = render(&escaped).replace('\u{200B}', "");
        assert!(shown.contains("**bold** &lt;b&gt;x&lt;/b&gt; [a](http://b.c) ![i](j) `c` | d"));
    }

    #[test]
    fn long_text_ends_in_dots_within_its_bound() {
        assert_eq!(escape("äöü äöü", 5), "äöü…");
        assert_eq!(escape("abc", 3), "ab…");
        assert_eq!(escape("@@@@", 12), "@&#8203;…");
        assert_eq!(escape_lines("a\n\n\n\nb\nc", 100), "a<br><br>b<br>c");
        assert_eq!(code("a `b` <!-- x", 100), "`a 'b' <\u{2060}!-- x`");
        assert_eq!(plain("a\n  b", 10), "a b");
    }

    #[test]
    fn a_quoting_sentence_keeps_its_code() {
        assert_eq!(
            escape_quoting("`2x` is no *time box*", 100),
            "`2x` is no \\*time box\\*"
        );
        assert_eq!(escape_quoting("`@mira", 100), "`@mira`");
    }

    #[test]
    fn what_is_too_long_is_cut_at_a_line() {
        let text = "zeile ä\n".repeat(20);
        let cut = bounded(text, 60);
        assert!(cut.len() <= 60 && cut.ends_with("zeile ä\n\n… and more"));
    }

    fn nasty() -> impl Strategy<Value = String> {
        let words = prop::sample::select(vec![
            "@mira",
            "#12",
            "GH-3",
            "gh-4",
            "acme/x#5",
            "http://a.b",
            "https://github.com/a/b/issues/1",
            "www.x.y",
            "a@b.co",
            "<img src=x>",
            "<!-- labhand:status -->",
            "![x](y)",
            "[x](y)",
            "[x]: y",
            "|",
            "\\|",
            "\\",
            "`",
            "```",
            "~~~",
            "***",
            "---",
            "===",
            "# h",
            "- [ ] x",
            "1. x",
            "> q",
            "\n",
            "\n\n",
            "\r\n",
            "\t",
            "    ",
            "&lt;b&gt;",
            "&#64;mira",
            "<a href='x'>",
            "</details>",
            "mailto:a@b.c",
            "[^1]",
            "[^1]: x",
            "$x$",
            "xmpp:a@b.c/x",
            "\u{202E}",
            "é",
            "🧪",
        ]);
        prop::collection::vec(
            prop_oneof![words.prop_map(str::to_owned), any::<String>()],
            0..12,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn nothing_of_a_users_text_acts(text in nasty(), most in 1usize..400) {
            let escaped = escape(&text, most);
            prop_assert!(escaped.chars().count() <= most);
            prop_assert!(!escaped.contains("<!--") && !escaped.contains('\n'));
            for html in [render(&escaped), render(&format!("word {escaped} word")), render(&format!("- {escaped}"))] {
                for element in ["<a", "<img", "<code", "<em", "<strong", "<h1", "<input", "<table", "<del", "<hr", "<pre", "<blockquote", "<!--", "<b>", "<sup"] {
                    prop_assert!(!html.contains(element), "{element} in {html}");
                }
                prop_assert!(!mentions(&html) && !references(&html), "{html}");
            }
        }

        #[test]
        fn a_users_text_stays_in_its_cell(text in nasty()) {
            let html = render(&format!("| a | b |\n|:--|:--|\n| {} | x |\n", escape(&text, 300)));
            prop_assert_eq!(html.matches("<td").count(), 2, "{}", html);
            prop_assert!(html.contains(">x</td>"), "{}", html);
        }

        #[test]
        fn code_stays_code(text in nasty()) {
            let html = render(&format!("say {} now", code(&text, 200)));
            prop_assert_eq!(html.matches("<code>").count(), 1, "{}", html);
            prop_assert!(html.contains("</code> now") && !html.contains("<!--"), "{}", html);
        }

        #[test]
        fn lines_hold_no_html_but_their_breaks(text in nasty(), most in 1usize..300) {
            let lines = escape_lines(&text, most);
            prop_assert!(lines.chars().count() <= most);
            prop_assert!(!lines.replace("<br>", "").contains('<'));
        }
    }
}
