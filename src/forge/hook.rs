//! The App's webhook, as its forge sees it.

use jiff::Timestamp;

/// One attempt to hand a delivery over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookDelivery {
    /// GitHub's id of the attempt.
    pub id: u64,
    /// The delivery's GUID, which all its attempts share.
    pub guid: String,
    /// What it tells of, such as `ping`.
    pub event: String,
    /// When it was made.
    pub at: Timestamp,
    /// What the receiver answered, 0 if nothing.
    pub status: u16,
}

impl HookDelivery {
    /// Whether it was taken.
    pub fn arrived(&self) -> bool {
        (200..400).contains(&self.status)
    }

    /// Whether another attempt would be answered alike: it was malformed, too large, or of the wrong
    /// content type. A wrong secret (401) or path (404) may be mended meanwhile.
    pub fn is_refused_for_good(&self) -> bool {
        matches!(self.status, 400 | 413 | 415)
    }
}
