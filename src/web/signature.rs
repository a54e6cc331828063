//! Webhook signatures: HMAC-SHA256 over the raw body, in `X-Hub-Signature-256`
//! (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>).
//!
//! They are computed while the body arrives, so that a large one holds up nothing at its end.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::store::BodyDigest;

/// The webhook's secrets: several while one replaces another.
#[derive(Clone)]
pub struct WebhookSecrets(Vec<Hmac<Sha256>>);

impl WebhookSecrets {
    /// Takes the secrets as they stand in the webhook's settings.
    pub fn new(secrets: &[SecretString]) -> Self {
        let keyed = secrets.iter().filter_map(|secret| {
            // HMAC takes keys of any length, so that none is left out.
            Hmac::new_from_slice(secret.expose_secret().as_bytes()).ok()
        });
        Self(keyed.collect())
    }

    /// Whether `header` is the signature of `body` by one of the secrets.
    pub fn verify(&self, header: &[u8], body: &[u8]) -> bool {
        let mut reader = self.reader();
        reader.update(body);
        Claimed::read(header).is_some_and(|claimed| reader.verify(claimed).is_some())
    }

    /// Begins to read a body.
    pub(super) fn reader(&self) -> BodyReader {
        BodyReader {
            macs: self.0.clone(),
            digest: Sha256::new(),
        }
    }
}

impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookSecrets({})", self.0.len())
    }
}

/// A signature as the header gives it, not verified.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claimed([u8; 32]);

impl Claimed {
    /// Reads `sha256=` and 64 hexadecimal digits; `None` for anything else.
    pub(super) fn read(header: &[u8]) -> Option<Self> {
        let mut signature = [0; 32];
        hex::decode_to_slice(header.strip_prefix(b"sha256=")?, &mut signature).ok()?;
        Some(Self(signature))
    }
}

/// What is computed over a body.
pub(super) struct BodyReader {
    macs: Vec<Hmac<Sha256>>,
    digest: Sha256,
}

impl BodyReader {
    pub(super) fn update(&mut self, chunk: &[u8]) {
        self.digest.update(chunk);
        for mac in &mut self.macs {
            mac.update(chunk);
        }
    }

    /// The digest of the whole body if it was signed with one of the secrets. Each comparison
    /// takes the same time wherever the first difference is.
    pub(super) fn verify(self, claimed: Claimed) -> Option<BodyDigest> {
        let signed = self
            .macs
            .into_iter()
            .any(|mac| mac.verify_slice(&claimed.0).is_ok());
        signed.then(|| self.digest.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair in GitHub's documentation.
    const SECRET: &str = "It's a Secret to Everybody";
    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn verified(secrets: &[&str], body: &[u8], header: &str) -> bool {
        let secrets: Vec<_> = secrets.iter().map(|&one| SecretString::from(one)).collect();
        let mut reader = WebhookSecrets::new(&secrets).reader();
        let (first, rest) = body.split_at(body.len() / 2);
        reader.update(first);
        reader.update(rest);
        Claimed::read(header.as_bytes()).is_some_and(|claimed| reader.verify(claimed).is_some())
    }

    #[test]
    fn githubs_own_example_is_verified() {
        assert!(verified(&[SECRET], b"Hello, World!", SIGNATURE));
        assert!(verified(&["new", SECRET], b"Hello, World!", SIGNATURE));
        assert!(verified(&[SECRET, "new"], b"Hello, World!", SIGNATURE));
    }

    #[test]
    fn another_secret_body_or_form_is_not() {
        assert!(!verified(&["other"], b"Hello, World!", SIGNATURE));
        assert!(!verified(&[], b"Hello, World!", SIGNATURE));
        assert!(!verified(&[SECRET], b"Hello, World?", SIGNATURE));
        for malformed in [
            "",
            "sha256=",
            "sha256=7571",
            "sha1=757107ea",
            &SIGNATURE[7..],
        ] {
            assert!(Claimed::read(malformed.as_bytes()).is_none(), "{malformed}");
        }
        assert!(Claimed::read(format!("{SIGNATURE}0").as_bytes()).is_none());
        assert!(Claimed::read(format!("sha256={}", "é".repeat(32)).as_bytes()).is_none());
    }
}
