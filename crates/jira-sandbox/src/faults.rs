//! Failures on demand, which a client has to survive.

use serde::{Deserialize, Serialize};

/// A kind of failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Trouble {
    /// A refusal of status 429, with Jira's headers.
    RateLimited {
        /// The `Retry-After` header, in seconds; none when absent.
        #[serde(default)]
        retry_after: Option<i64>,
        /// The `RateLimit-Reason` header; `jira-burst-based` when absent.
        #[serde(default)]
        reason: Option<String>,
        /// The `X-Failure-Category` header, which the gateway sends in place of `Retry-After`.
        #[serde(default)]
        failure_category: Option<String>,
    },
    /// A reply of any status, which nothing has caused.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The body, which is JSON unless `content_type` says otherwise.
        #[serde(default)]
        body: String,
        /// The media type, such as `text/html` for the pages of a proxy.
        #[serde(default)]
        content_type: Option<String>,
        /// The `Retry-After` header, in seconds.
        #[serde(default)]
        retry_after: Option<i64>,
    },
    /// The connection is cut before anything is done.
    CutBefore,
    /// The connection is cut after the request took effect, before the reply.
    CutAfter,
    /// The reply comes later.
    Latency {
        /// The delay in milliseconds.
        ms: u64,
    },
    /// The token is taken for an expired one.
    ExpiredToken,
}

/// A failure for requests that match.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The method that a request must have to match.
    #[serde(default)]
    pub method: Option<String>,
    /// The text that a matching path contains, or its template, such as `/rest/api/3/issue/{issueIdOrKey}`.
    #[serde(default)]
    pub path: Option<String>,
    /// The number of matching requests that pass before the trouble starts.
    #[serde(default)]
    pub skip: u32,
    /// The number of requests that are hit; one when absent.
    #[serde(default = "once")]
    pub times: u32,
    /// The failure.
    pub trouble: Trouble,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// Trouble for the next request of a method to paths that contain a text or are of a template.
    #[must_use]
    pub fn new(method: &str, path: &str, trouble: Trouble) -> Self {
        Self { method: Some(method.into()), path: Some(path.into()), skip: 0, times: 1, trouble }
    }

    /// The same for so many requests.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// Failures that are still to come.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn all(&self) -> &[Fault] {
        &self.0
    }

    /// The failure that hits this request, if any; counts it.
    pub(super) fn take_match(&mut self, method: &str, path: &str, template: Option<&str>) -> Option<Trouble> {
        let hit = self.0.iter().position(|fault| {
            fault.method.as_deref().is_none_or(|m| m.eq_ignore_ascii_case(method))
                && fault.path.as_deref().is_none_or(|p| path.contains(p) || template == Some(p))
        })?;
        let fault = &mut self.0[hit];
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times = fault.times.saturating_sub(1);
        let trouble = fault.trouble.clone();
        if fault.times == 0 {
            self.0.remove(hit);
        }
        Some(trouble)
    }
}
