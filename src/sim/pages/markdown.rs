//! Comments as HTML, as GitHub renders them: tables, task lists and a few harmless tags; HTML
//! comments are hidden, and all other markup of the writer's is shown as text.

use comrak::nodes::NodeValue;
use comrak::{Arena, Options, format_html, parse_document};

/// Tags that stay, without attributes but `open`.
const TAGS: [&str; 14] = [
    "details", "summary", "sub", "sup", "b", "i", "em", "strong", "br", "kbd", "p", "hr", "code",
    "ins",
];

/// Text in HTML, also within quotes.
pub(super) fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
        out
    })
}

/// Markdown as HTML.
pub(super) fn render(markdown: &str) -> String {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.tasklist = true;
    options.extension.strikethrough = true;
    options.extension.autolink = true;
    // In comments GitHub breaks a line wherever the writer did.
    options.render.hardbreaks = true;
    // What the writer wrote as HTML is made harmless below, link by link and tag by tag.
    options.render.r#unsafe = true;
    let arena = Arena::new();
    let root = parse_document(&arena, markdown, &options);
    for node in root.descendants() {
        match &mut node.data_mut().value {
            NodeValue::HtmlBlock(block) => block.literal = harmless(&block.literal),
            NodeValue::HtmlInline(html) => *html = harmless(html),
            NodeValue::Link(link) | NodeValue::Image(link) => {
                if let Some(here) = on_these_pages(&link.url) {
                    link.url = here;
                }
                let known = ["http://", "https://", "#", "/"];
                if !known.iter().any(|start| link.url.starts_with(start)) {
                    "#".clone_into(&mut link.url);
                }
            }
            // Everything else is comrak's own to escape.
            _ => {}
        }
    }
    let mut out = String::new();
    match format_html(root, &options, &mut out) {
        Ok(()) => out,
        Err(_) => escape(markdown),
    }
}

/// Where a link to an issue or pull request on GitHub leads to here.
fn on_these_pages(url: &str) -> Option<String> {
    let path = ["https://redirect.github.com/", "https://github.com/"]
        .iter()
        .find_map(|start| url.strip_prefix(start))?;
    let parts: Vec<&str> = path.split('/').collect();
    let [_, _, "issues" | "pull", _] = parts.as_slice() else {
        return None;
    };
    Some(format!("/{path}"))
}

/// Drops comments, keeps the tags that are known, and shows the rest as text.
fn harmless(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        if let Some((tag, after)) = after.split_once('>').filter(|(tag, _)| is_known(tag)) {
            out.push('<');
            out.push_str(tag);
            out.push('>');
            rest = after;
        } else {
            out.push_str("&lt;");
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn is_known(tag: &str) -> bool {
    let name = tag
        .trim_start_matches('/')
        .trim_end_matches('/')
        .trim()
        .to_ascii_lowercase();
    TAGS.contains(&name.as_str()) || name == "details open"
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn tables_boxes_and_details_show_and_comments_do_not() {
        let html = render(
            "<!-- labhand:status -->\n| a | b |\n|:--|--:|\n| 1<br>2 | 3 |\n\n- [x] `serving` done\n\n<details><summary><b>More</b></summary>\n\n*text*\n\n</details>\n",
        );
        assert!(html.contains("<table>") && html.contains("1<br>2"));
        assert!(html.contains("checkbox") && html.contains("<details><summary><b>More</b>"));
        assert!(!html.contains("labhand:status"));
    }

    #[test]
    fn lines_break_and_issues_link_to_these_pages() {
        let html =
            render("/block GPU\n/unblock [#3](https://redirect.github.com/acme/fraud/issues/3)");
        assert!(html.contains("/block GPU<br />"), "{html}");
        assert!(html.contains("href=\"/acme/fraud/issues/3\""), "{html}");
        let elsewhere = render("[x](https://github.com/acme/fraud/blob/main/x)");
        assert!(elsewhere.contains("https://github.com/acme"));
    }

    #[test]
    fn script_and_wicked_links_are_harmless() {
        let html =
            render("<script>alert(1)</script>\n\nA <img src=x onerror=y> and [x](javascript:y)");
        assert!(
            !html.contains("<script") && !html.contains("<img") && !html.contains("javascript")
        );
    }
}
