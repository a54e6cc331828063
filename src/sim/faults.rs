//! What goes wrong on request. A fault matches calls by method and path, lets some pass, strikes a
//! number of times, and is gone.

/// What happens to a call that a fault strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This status is answered and nothing is done.
    Status {
        /// The status.
        code: u16,
        /// Headers beside the usual ones, which they replace.
        headers: Vec<(String, String)>,
        /// The body; empty for GitHub's usual JSON with a message.
        body: String,
        /// Whether GitHub's rate limit headers are left out, as they are on Enterprise Server.
        bare: bool,
    },
    /// The call is carried out, and the connection is dropped before a byte of the answer.
    LostAnswer,
    /// The call is carried out, and no answer ever comes, nor does the connection end: so a test can
    /// stop the bot at that moment.
    NeverAnswered,
    /// The call is carried out, and 502 is answered, as GitHub's front does when what is behind it is slow.
    BadGatewayAfterActing,
    /// The connection is dropped and nothing is done.
    DropBefore,
    /// GitHub's 404.
    NotFound,
}

impl Answer {
    /// A bare status with GitHub's usual headers.
    pub fn status(code: u16) -> Self {
        Self::Status {
            code,
            headers: Vec::new(),
            body: String::new(),
            bare: false,
        }
    }

    /// Adds a header to a status.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Self::Status { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Leaves GitHub's rate limit headers out.
    #[must_use]
    pub fn without_rate_headers(mut self) -> Self {
        if let Self::Status { bare, .. } = &mut self {
            *bare = true;
        }
        self
    }

    /// 403 for being too fast, with or without `Retry-After` (seconds).
    pub fn secondary_limit(retry_after: Option<u64>) -> Self {
        let answer = Self::Status {
            code: 403,
            headers: Vec::new(),
            body: r#"{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}"#
                .to_owned(),
            bare: false,
        };
        match retry_after {
            Some(seconds) => answer.header("retry-after", &seconds.to_string()),
            None => answer,
        }
    }
}

/// Something that goes wrong on request.
#[derive(Debug, Clone)]
pub struct Fault {
    method: Option<String>,
    path: Option<String>,
    path_end: Option<String>,
    after: usize,
    times: usize,
    answer: Answer,
}

impl Default for Fault {
    fn default() -> Self {
        Self::new()
    }
}

impl Fault {
    /// Every call, once, gets 500.
    pub fn new() -> Self {
        Self {
            method: None,
            path: None,
            path_end: None,
            after: 0,
            times: 1,
            answer: Answer::status(500),
        }
    }

    /// Only calls of this method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// Only calls whose path contains this.
    #[must_use]
    pub fn path_contains(mut self, part: &str) -> Self {
        self.path = Some(part.to_owned());
        self
    }

    /// Only calls whose path ends with this: `/fraud/issues` opens an issue there, and writes no
    /// comment.
    #[must_use]
    pub fn path_ends_with(mut self, end: &str) -> Self {
        self.path_end = Some(end.to_owned());
        self
    }

    /// Lets that many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.after = calls;
        self
    }

    /// Strikes so often (once, unless told).
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// What happens.
    #[must_use]
    pub fn answer(mut self, answer: Answer) -> Self {
        self.answer = answer;
        self
    }

    fn matches(&self, method: &str, path: &str) -> bool {
        self.times > 0
            && self.method.as_deref().is_none_or(|m| m == method)
            && self.path.as_deref().is_none_or(|p| path.contains(p))
            && self.path_end.as_deref().is_none_or(|p| path.ends_with(p))
    }
}

/// The answer of the first fault that strikes this call; counts it down.
pub(super) fn strike(faults: &mut Vec<Fault>, method: &str, path: &str) -> Option<Answer> {
    let fault = faults
        .iter_mut()
        .find(|fault| fault.matches(method, path))?;
    if fault.after > 0 {
        fault.after -= 1;
        return None;
    }
    fault.times -= 1;
    let answer = fault.answer.clone();
    faults.retain(|fault| fault.times > 0);
    Some(answer)
}
