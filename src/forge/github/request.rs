//! A request to GitHub as a value: what is sent where, and what it means to send it twice.

use std::fmt::Write as _;

use http::Method;
use serde::Serialize;

use crate::domain::ids::{RepoId, RepoName};

/// Whether sending a request twice does more than sending it once. It decides what a lost answer
/// means: try again, or look first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Twice {
    /// The second one changes nothing.
    Harmless,
    /// The second one creates another comment, issue or check.
    Creates,
}

/// The form of answers that GitHub recommends to ask for.
const ACCEPT: &str = "application/vnd.github+json";

/// One request.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The path as GitHub documents it, with its placeholders: a name for counters and logs.
    pub(super) route: &'static str,
    /// The path and query.
    pub(super) target: String,
    /// JSON, or a file.
    pub(super) body: Option<String>,
    pub(super) content_type: &'static str,
    /// The form that the answer should have.
    pub(super) accept: &'static str,
    pub(super) twice: Twice,
    /// The repository that a redirect must stay in.
    pub(super) within: Option<RepoId>,
}

impl Request {
    /// A request to `route`, whose placeholders take the values in their order.
    pub(super) fn new(method: Method, route: &'static str, values: &[&str]) -> Self {
        Self {
            method,
            route,
            target: fill(route, values),
            body: None,
            content_type: "application/json",
            accept: ACCEPT,
            twice: Twice::Harmless,
            within: None,
        }
    }

    pub(super) fn get(route: &'static str, values: &[&str]) -> Self {
        Self::new(Method::GET, route, values)
    }

    /// Adds `name=value` to the query.
    #[must_use]
    pub(super) fn query(mut self, name: &str, value: &str) -> Self {
        let separator = if self.target.contains('?') { '&' } else { '?' };
        self.target.push(separator);
        self.target.push_str(name);
        self.target.push('=');
        encode(value, &mut self.target);
        self
    }

    /// With this body.
    #[must_use]
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        // Bodies are structures of strings, numbers and lists with derived serialisation; JSON can
        // fail only for maps with other keys than strings and for types that fail on purpose.
        let body = serde_json::to_string(body).expect("a plain structure");
        self.body = Some(body);
        self
    }

    /// Asks for an answer of another form.
    #[must_use]
    pub(super) fn accepting(mut self, accept: &'static str) -> Self {
        self.accept = accept;
        self
    }

    /// Sending it twice creates something twice.
    #[must_use]
    pub(super) fn creates(mut self) -> Self {
        self.twice = Twice::Creates;
        self
    }

    /// It is about a repository, and is not to be redirected to another.
    #[must_use]
    pub(super) fn within(mut self, repo: RepoId) -> Self {
        self.within = Some(repo);
        self
    }

    /// With a file for a body.
    #[must_use]
    pub(super) fn file(mut self, content: &str) -> Self {
        self.body = Some(content.to_owned());
        self.content_type = "application/octet-stream";
        self
    }

    /// The same, elsewhere: the next page, or where a redirect points.
    pub(super) fn at(&self, target: String) -> Self {
        Self {
            target,
            ..self.clone()
        }
    }
}

/// The values for a route that begins with `/repos/{owner}/{repo}`.
pub(super) fn in_repo<'a>(repo: &'a RepoName, rest: &[&'a str]) -> Vec<&'a str> {
    [&[repo.owner(), repo.name()], rest].concat()
}

/// Puts encoded values in the place of `{placeholders}`.
fn fill(route: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut target = String::with_capacity(route.len() + 32);
    for (index, part) in route.split('/').enumerate() {
        if index > 0 {
            target.push('/');
        }
        if part.starts_with('{') {
            let value = values.next();
            debug_assert!(value.is_some(), "no value for {part} of {route}");
            encode(value.copied().unwrap_or_default(), &mut target);
        } else {
            target.push_str(part);
        }
    }
    debug_assert!(values.next().is_none(), "too many values for {route}");
    target
}

/// Percent-encodes everything but the unreserved characters of RFC 3986, slashes too: GitHub takes
/// `stage%2Factive` for a label and `.github%2Flabhand.yml` for a path.
fn encode(value: &str, into: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            into.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(into, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_leave_their_place_in_the_path() {
        let request = Request::get(
            "/repos/{owner}/{repo}/labels/{name}",
            &["acme", "fraud", "stage/active?x=ö"],
        );
        assert_eq!(
            request.target,
            "/repos/acme/fraud/labels/stage%2Factive%3Fx%3D%C3%B6"
        );
    }

    #[test]
    fn a_query_is_encoded() {
        let request = Request::get("/repos/{owner}/{repo}/issues", &["acme", "fraud"])
            .query("state", "all")
            .query("creator", "labhand[bot]");
        assert_eq!(
            request.target,
            "/repos/acme/fraud/issues?state=all&creator=labhand%5Bbot%5D"
        );
    }
}
