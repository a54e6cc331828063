//! What the bot asked of the stand-in, for tests that count.

use jiff::Timestamp;

/// One call of the REST or GraphQL interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSeen {
    /// `GET`, `POST`, …
    pub method: String,
    /// The route's template, such as `/repos/{owner}/{repo}/issues/{number}/comments`; empty if there is none.
    pub route: String,
    /// The path as it was asked for, without the query.
    pub path: String,
    /// The query, without `?`.
    pub query: String,
    /// The body as it came.
    pub body: String,
    /// The status that was answered; 0 where the connection was dropped instead.
    pub status: u16,
    /// When, by the stand-in's clock.
    pub at: Timestamp,
}

impl CallSeen {
    /// Whether it changes something on GitHub: not for reading, asking by GraphQL and fetching tokens.
    pub fn is_write(&self) -> bool {
        self.method != "GET"
            && self.route != "/graphql"
            && self.route != "/app/installations/{installation_id}/access_tokens"
    }
}
