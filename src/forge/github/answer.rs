//! What an answer means. GitHub says "too fast" with 403 or 429, with or without headers that say
//! how long to wait; all other refusals are final, and a failing server is neither.

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::forge::{Allowance, CallError};

use super::request::Twice;

/// How long to wait where GitHub does not say: its documentation asks for "at least one minute".
const LIMITED_SECONDS: u64 = 60;

/// The longest wait that is believed, in seconds: GitHub's own windows are an hour.
const LONGEST_WAIT_SECONDS: u64 = 24 * 60 * 60;

/// GitHub's name for the requests of REST, of which an Enterprise Server may say nothing.
const CORE: &str = "core";

/// How much of GitHub's words goes into an error, in characters.
const MESSAGE_CHARS: usize = 300;

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// GitHub's form of an error.
#[derive(Deserialize, Default)]
struct Refusal {
    message: Option<String>,
    errors: Option<Vec<Detail>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Detail {
    Words(String),
    Coded {
        field: Option<String>,
        code: Option<String>,
        message: Option<String>,
    },
    Other(IgnoredAny),
}

impl Detail {
    fn words(&self) -> Option<String> {
        match self {
            Self::Words(words) => Some(words.clone()),
            Self::Coded {
                field,
                code,
                message,
            } => {
                let parts = [field, code, message];
                let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
                Some(parts.join(" "))
            }
            Self::Other(_) => None,
        }
    }

    fn is(&self, wanted: &str) -> bool {
        match self {
            Self::Coded { code, .. } => code.as_deref() == Some(wanted),
            Self::Words(_) | Self::Other(_) => false,
        }
    }
}

impl Answer {
    /// The answer itself if it is a success, else what it means.
    pub(super) fn accepted(self, twice: Twice) -> Result<Self, CallError> {
        if self.status.is_success() {
            return Ok(self);
        }
        let message = self.message();
        Err(match self.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => CallError::Missing(message),
            StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => match self.wait() {
                Some(seconds) => CallError::Limited { seconds },
                None => self.refused(message),
            },
            StatusCode::UNAUTHORIZED => locked_out(self.status, message),
            status if status.is_server_error() => failed(twice, format!("{status}: {message}")),
            _ => self.refused(message),
        })
    }

    /// Reads the body. What was created but cannot be read is as good as a lost answer.
    pub(super) fn json<T: DeserializeOwned>(&self, twice: Twice) -> Result<T, CallError> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // Without serde's own words, which may quote what they are about.
            let place = format!("JSON at line {}, column {}", error.line(), error.column());
            match twice {
                Twice::Harmless => CallError::Unreadable(place),
                Twice::Creates => CallError::Lost(place),
            }
        })
    }

    /// Whether a refusal has this code among its reasons, such as `already_exists`.
    pub(super) fn is_refused_as(&self, code: &str) -> bool {
        let details = self.refusal().errors.unwrap_or_default();
        self.status == StatusCode::UNPROCESSABLE_ENTITY && details.iter().any(|it| it.is(code))
    }

    /// What this says of the requests that are left in this hour; those of GraphQL are counted apart.
    pub(super) fn allowance(&self) -> Option<Allowance> {
        let number = |name: &str| self.header(name)?.parse::<u64>().ok();
        let counted = self.header("x-ratelimit-resource").unwrap_or(CORE);
        let resets_at = i64::try_from(number("x-ratelimit-reset")?).ok()?;
        (counted == CORE).then_some(Allowance {
            remaining: number("x-ratelimit-remaining")?,
            limit: number("x-ratelimit-limit")?,
            resets_at: Timestamp::from_second(resets_at).ok()?,
        })
    }

    /// When it was given, by GitHub's clock.
    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = self.header(header::DATE)?;
        Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp())
    }

    /// A header's text.
    pub(super) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn refused(&self, message: String) -> CallError {
        CallError::Refused {
            status: self.status.as_u16(),
            message,
        }
    }

    fn refusal(&self) -> Refusal {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// GitHub's words. An answer in another form is not GitHub's and is not repeated.
    fn message(&self) -> String {
        let Refusal { message, errors } = self.refusal();
        let canonical = self.status.canonical_reason().unwrap_or("unknown status");
        let mut words = vec![message.unwrap_or_else(|| canonical.to_owned())];
        words.extend(errors.iter().flatten().filter_map(Detail::words));
        harmless(&words.join("; "))
    }

    /// How many seconds to wait, if this says that we were too fast.
    fn wait(&self) -> Option<u64> {
        wait(self.status, &self.headers, &self.message())
    }

    /// What GraphQL's words for "too fast" mean, which come with status 200.
    pub(super) fn limited(&self) -> CallError {
        let seconds = wait(StatusCode::TOO_MANY_REQUESTS, &self.headers, "");
        CallError::Limited {
            seconds: seconds.unwrap_or(LIMITED_SECONDS),
        }
    }
}

/// A failure that is nobody's refusal: without effect, or perhaps with one.
pub(super) fn failed(twice: Twice, words: String) -> CallError {
    match twice {
        Twice::Harmless => CallError::Unavailable(words),
        Twice::Creates => CallError::Lost(words),
    }
}

/// What an error of octocrab's own means, which only asking for an installation's token yields.
pub(super) fn token_refused(error: &octocrab::GitHubError) -> CallError {
    let status = error.status_code;
    let message = harmless(&error.message);
    let headers = error.headers.clone().unwrap_or_default();
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => CallError::Missing(message),
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
            match wait(status, &headers, &message) {
                Some(seconds) => CallError::Limited { seconds },
                None => locked_out(status, message),
            }
        }
        status if status.is_server_error() => CallError::Unavailable(status.to_string()),
        _ => locked_out(status, message),
    }
}

fn locked_out(status: StatusCode, message: String) -> CallError {
    CallError::LockedOut {
        status: status.as_u16(),
        message,
    }
}

/// The wait that an answer asks for: `Retry-After`, else until the hourly limit is reset, else a
/// minute if its words speak of a limit. Measured by GitHub's own clock.
fn wait(status: StatusCode, headers: &HeaderMap, message: &str) -> Option<u64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    if let Some(seconds) = number("retry-after") {
        return Some(seconds.clamp(1, LONGEST_WAIT_SECONDS));
    }
    if number("x-ratelimit-remaining") == Some(0) {
        let until = number("x-ratelimit-reset").zip(seconds_now(headers));
        let wait = until.map(|(reset, now)| reset.saturating_sub(now));
        let wait = wait.unwrap_or(LIMITED_SECONDS);
        return Some(wait.clamp(1, LONGEST_WAIT_SECONDS));
    }
    let message = message.to_ascii_lowercase();
    let says_so = ["rate limit", "abuse"]
        .iter()
        .any(|it| message.contains(it));
    (status == StatusCode::TOO_MANY_REQUESTS || says_so).then_some(LIMITED_SECONDS)
}

/// GitHub's clock, in seconds since 1970.
fn seconds_now(headers: &HeaderMap) -> Option<u64> {
    let date = headers.get(header::DATE)?.to_str().ok()?;
    let now = DateTimeParser::new().parse_timestamp(date).ok()?;
    now.as_second().try_into().ok()
}

/// How secrets of GitHub's begin: tokens of its kinds, and everything that is a JWT.
const SECRETS: [&str; 6] = ["ghp_", "gho_", "ghu_", "ghs_", "github_pat_", "eyJ"];

/// Somebody's words, shortened, with whatever looks like a secret left out. GitHub repeats none,
/// but between it and us there may be a proxy that does.
pub(super) fn harmless(words: &str) -> String {
    let words: Vec<&str> = words
        .split_whitespace()
        .map(|word| {
            if SECRETS.iter().any(|secret| word.contains(secret)) {
                "…"
            } else {
                word
            }
        })
        .collect();
    words.join(" ").chars().take(MESSAGE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What an answer to a harmless request means.
    fn means(status: u16, headers: &[(&'static str, &str)], body: &str) -> CallError {
        answer(status, headers, body)
            .accepted(Twice::Harmless)
            .expect_err("no success")
    }

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let headers = headers.iter().map(|(name, value)| {
            let name = header::HeaderName::from_static(name);
            (name, value.parse().expect("a header"))
        });
        Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn limited(seconds: u64) -> CallError {
        CallError::Limited { seconds }
    }

    #[test]
    fn github_says_in_many_ways_that_we_are_too_fast() {
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        for status in [403, 429] {
            assert_eq!(means(status, &[("retry-after", "17")], ""), limited(17));
            assert_eq!(means(status, &[], secondary), limited(60));
            let reset = [
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "1795514400"),
                ("date", "Tue, 24 Nov 2026 09:48:20 GMT"),
            ];
            assert_eq!(means(status, &reset, ""), limited(700));
            assert_eq!(means(status, &reset[..1], ""), limited(60));
        }
        let abuse = r#"{"message":"You have triggered an abuse detection mechanism."}"#;
        assert_eq!(means(403, &[], abuse), limited(60));
        assert_eq!(means(429, &[], ""), limited(60));
        assert_eq!(means(429, &[("retry-after", "soon")], ""), limited(60));
        assert_eq!(
            means(429, &[("retry-after", "99999999999999")], ""),
            limited(LONGEST_WAIT_SECONDS)
        );
    }

    #[test]
    fn other_refusals_are_final_and_in_githubs_words() {
        let integration = r#"{"message":"Resource not accessible by integration"}"#;
        assert_eq!(
            means(403, &[("x-ratelimit-remaining", "4999")], integration).to_string(),
            "GitHub refused (403): Resource not accessible by integration"
        );
        assert_eq!(
            means(401, &[], r#"{"message":"Bad credentials"}"#).to_string(),
            "GitHub does not let us in (401): Bad credentials"
        );
        let invalid = r#"{"message":"Validation Failed","errors":[
            {"resource":"Label","code":"already_exists","field":"name"},"and so on",[7]]}"#;
        assert_eq!(
            means(422, &[], invalid).to_string(),
            "GitHub refused (422): Validation Failed; name already_exists; and so on"
        );
        assert!(answer(422, &[], invalid).is_refused_as("already_exists"));
        assert!(!answer(422, &[], invalid).is_refused_as("custom"));
        for status in [404, 410] {
            assert!(matches!(means(status, &[], ""), CallError::Missing(_)));
        }
    }

    #[test]
    fn a_failing_server_may_have_created_what_it_was_asked_to() {
        for status in [500, 502, 503, 504] {
            let answers = |twice| answer(status, &[], "<html>").accepted(twice).map(|_| ());
            assert!(matches!(
                answers(Twice::Harmless),
                Err(CallError::Unavailable(_))
            ));
            assert!(matches!(answers(Twice::Creates), Err(CallError::Lost(_))));
        }
        let unreadable = |twice| answer(201, &[], "{").json::<String>(twice);
        assert!(matches!(
            unreadable(Twice::Harmless),
            Err(CallError::Unreadable(_))
        ));
        assert!(matches!(
            unreadable(Twice::Creates),
            Err(CallError::Lost(_))
        ));
    }

    #[test]
    fn nothing_that_looks_like_a_secret_gets_into_an_error() {
        let echo = r#"{"message":"no: Bearer ghs_16C7e42F292c6912E7710c838347Ae178B4a"}"#;
        assert_eq!(
            means(400, &[], echo).to_string(),
            "GitHub refused (400): no: Bearer …"
        );
        // What is not GitHub's form is not repeated at all.
        assert_eq!(
            means(400, &[], "<p>Authorization: Bearer hunter2</p>").to_string(),
            "GitHub refused (400): Bad Request"
        );
        let typed = answer(200, &[], r#"{"id":"hunter2"}"#).json::<Vec<u8>>(Twice::Harmless);
        assert!(!format!("{typed:?}").contains("hunter2"));
    }
}
