//! Feeds one of labhand's readers with bytes that libFuzzer makes up, guided by what they reach.
//! `LABHAND_FUZZ` says which; `fuzz/run` builds it and runs all.
//!
//! Each reader takes what anybody may send. None may panic or hang, whatever it is; what else must
//! hold stands with each.
#![no_main]

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use labhand::command;
use labhand::domain::metric::{self, Metric};
use labhand::domain::policy::{self, Layer, PolicyError};
use labhand::domain::{fields, model_card};
use labhand::forge::github::payload;
use labhand::web::WebhookSecrets;
use secrecy::SecretString;
use sha2::Sha256;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 7] = [
    ("signature", signature),
    ("payload", payload),
    ("command", command),
    ("fields", fields),
    ("metric", metric),
    ("policy", policy),
    ("card", card),
];

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    let wanted = std::env::var("LABHAND_FUZZ").unwrap_or_default();
    let found = TARGETS.iter().find(|(name, _)| *name == wanted);
    let (_, target) = found.unwrap_or_else(|| panic!("LABHAND_FUZZ is one of {names:?}"));
    *target
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| TARGET(data));

/// The first line is the header, the rest the body. Only the one right signature is one.
fn signature(data: &[u8]) {
    const SECRET: &str = "It's a Secret to Everybody";
    let end = data.iter().position(|byte| *byte == b'\n');
    let (header, body) = data.split_at(end.unwrap_or(data.len()));
    let secrets = WebhookSecrets::new(&[SecretString::from(SECRET)]);
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(body);
    let right = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    let is_right = header.eq_ignore_ascii_case(right.as_bytes()) && header.starts_with(b"sha256=");
    assert_eq!(secrets.verify(header, body), is_right);
    assert!(secrets.verify(right.as_bytes(), body));
}

/// As whatever event it comes.
fn payload(data: &[u8]) {
    const EVENTS: [&str; 14] = [
        "issues",
        "issue_comment",
        "pull_request",
        "push",
        "label",
        "milestone",
        "installation",
        "installation_repositories",
        "repository",
        "membership",
        "check_run",
        "release",
        "deployment_status",
        "merge_group",
    ];
    for event in EVENTS {
        let _ = payload::read(event, data, Timestamp::UNIX_EPOCH);
    }
}

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// What is found is counted in order, and is found again.
fn command(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let found = command::read(text, None);
    for (one, index) in found.iter().zip(0..) {
        assert_eq!(one.index, index, "{text:?}");
        assert!(one.text.starts_with('/'), "{text:?}");
    }
    assert_eq!(found, command::read(text, None));
    let _ = command::read(text, Some("lab"));
}

fn fields(data: &[u8]) {
    let Some(text) = text(data) else { return };
    assert_eq!(fields::read(text), fields::read(text));
}

/// What is understood is understood again as it is written back.
fn metric(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Ok(Metric::Criteria(read)) = metric::read(text) {
        let written: Vec<String> = read.iter().map(ToString::to_string).collect();
        let again = metric::read(&written.join("\n"));
        assert_eq!(again, Ok(Metric::Criteria(read)), "{text:?}");
    }
    let _ = metric::read_report(text);
}

/// Each complaint has a place in the text.
fn policy(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let layer = Layer {
        origin: "labhand.yml",
        text,
    };
    let lines = text.split(['\n', '\r']).count();
    if let Err(errors) = policy::parse(&[layer]) {
        let placed = |error: &PolicyError| (1..=lines).contains(&error.line);
        assert!(
            !errors.is_empty() && errors.iter().all(placed),
            "{errors:?}"
        );
    }
}

/// A card that is complete has text.
fn card(data: &[u8]) {
    let Some(text) = text(data) else { return };
    let card = model_card::read(text);
    assert!(!card.is_complete() || !text.trim().is_empty());
}
