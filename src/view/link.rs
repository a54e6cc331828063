//! Links that leave no trace. GitHub writes "mentioned" into the timeline of every issue that a
//! comment links to, unless the link goes through `redirect.github.com`, which only github.com
//! has; elsewhere a number stands as code.

use std::fmt::Write as _;

use crate::domain::fact::ItemAt;
use crate::domain::ids::{CommitSha, ItemNumber};

use super::Context;
use super::text;

const GITHUB: &str = "https://github.com";
const TRACELESS: &str = "https://redirect.github.com";

/// `#41` as a link to the issue or pull request.
pub fn item(number: ItemNumber, ctx: &Context<'_>) -> String {
    if ctx.web_url == GITHUB {
        format!("[#{number}]({TRACELESS}/{}/issues/{number})", ctx.repo)
    } else {
        format!("`#{number}`")
    }
}

/// An item of this repository, or of another one as `acme/serving#57`.
pub fn item_at(at: &ItemAt, ctx: &Context<'_>) -> String {
    if at.repo.as_ref() == Some(ctx.repo) {
        return item(at.number, ctx);
    }
    item_full(at, ctx)
}

/// The same for a reader in another repository, where one of this has its full name too.
pub fn item_full(at: &ItemAt, ctx: &Context<'_>) -> String {
    let Some(repo) = at.repo.as_ref() else {
        return item(at.number, ctx);
    };
    if ctx.web_url == GITHUB {
        format!("[{repo}#{0}]({TRACELESS}/{repo}/issues/{0})", at.number)
    } else {
        format!("`{repo}#{}`", at.number)
    }
}

/// Somebody's evidence: an `https` link, or a path at a commit. At most about 700 characters.
pub fn evidence(evidence: &str, head: Option<&CommitSha>, ctx: &Context<'_>) -> String {
    const MOST: usize = 300;
    let too_long = evidence.chars().count() > MOST;
    let shown = text::escape(evidence.trim_start_matches("https://"), 80);
    if too_long || evidence.chars().any(char::is_control) {
        return shown;
    }
    if evidence.starts_with("https://") {
        let on_forge = evidence
            .strip_prefix(ctx.web_url)
            .filter(|rest| rest.starts_with('/'));
        return match on_forge {
            Some(rest) if ctx.web_url == GITHUB => {
                format!("[{shown}]({TRACELESS}{})", in_url(rest))
            }
            Some(_) => text::code(evidence, MOST),
            None => format!("[{shown}]({})", in_url(evidence)),
        };
    }
    match head {
        Some(head) => {
            let path = in_url(
                &evidence
                    .replace('%', "%25")
                    .replace('?', "%3F")
                    .replace('#', "%23"),
            );
            format!("[{shown}]({}/{}/blob/{head}/{path})", ctx.web_url, ctx.repo)
        }
        None => text::code(evidence, MOST),
    }
}

/// Percent-encodes what would end a link's target or stand for markup.
fn in_url(target: &str) -> String {
    let mut url = String::with_capacity(target.len());
    for byte in target.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => url.push(char::from(byte)),
            b'/' | b':' | b'-' | b'.' | b'_' | b'~' | b'%' | b'?' | b'#' | b'=' | b'&' | b'+'
            | b',' | b';' | b'@' => {
                url.push(char::from(byte));
            }
            // Writing to a string cannot fail.
            _ => drop(write!(url, "%{byte:02X}")),
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples::Sample;

    #[test]
    fn links_leave_no_trace() {
        let sample = Sample::default();
        let ctx = sample.ctx();
        assert_eq!(
            item(ItemNumber(41), &ctx),
            "[#41](https://redirect.github.com/acme/fraud/issues/41)"
        );
        let enterprise = Context {
            web_url: "https://git.acme.test",
            ..ctx
        };
        assert_eq!(item(ItemNumber(41), &enterprise), "`#41`");
        assert_eq!(
            evidence("https://github.com/acme/fraud/issues/3", None, &ctx),
            "[github.com/acme/fraud/issues/3](https://redirect.github.com/acme/fraud/issues/3)"
        );
        assert_eq!(
            evidence("https://git.acme.test/a/b/issues/3", None, &enterprise),
            "`https://git.acme.test/a/b/issues/3`"
        );
    }

    #[test]
    fn evidence_cannot_leave_its_link() {
        let sample = Sample::default();
        let ctx = sample.ctx();
        let head = CommitSha::new("3f2a91c0000000000000000000000000000000ab");
        assert_eq!(
            evidence("models/a b)(#1.onnx", Some(&head), &ctx),
            "[models/a b)(#&#8203;1.onnx](https://github.com/acme/fraud/blob/3f2a91c0000000000000000000000000000000ab/models/a%20b%29%28%231.onnx)"
        );
        assert_eq!(
            evidence("javascript:alert(1)", None, &ctx),
            "`javascript:alert(1)`"
        );
    }
}
