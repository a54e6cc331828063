//! Webhooks as they wait and as they were sent.

use jiff::Timestamp;

/// A webhook that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `issues`, `issue_comment`, …
    pub event: String,
    /// `opened`, `edited`, …; none for `push`.
    pub action: Option<String>,
    /// The delivery's GUID, which a redelivery keeps.
    pub guid: String,
    /// The JSON body, of which the signature is.
    pub body: String,
    /// All headers, the signature among them.
    pub headers: Vec<(String, String)>,
    /// Whether it is sent again.
    pub redelivery: bool,
    pub(super) installation: Option<u64>,
    pub(super) repository: Option<u64>,
}

/// A webhook that was sent, as `GET /app/hook/deliveries` lists it.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    pub id: u64,
    pub at: Timestamp,
    pub status: u16,
    pub delivery: Delivery,
}
