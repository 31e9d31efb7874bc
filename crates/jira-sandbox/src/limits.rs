//! Jira's limits on writing to one issue, and the headers of a refusal.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};

use super::{reply::Reply, world::Id};

/// The limits: writes, and the seconds in which they may come.
const WINDOWS: [(usize, i64); 2] = [(20, 2), (100, 30)];

/// The times at which each issue was written.
#[derive(Debug, Default)]
pub(super) struct WriteLimits {
    writes: HashMap<Id, VecDeque<Timestamp>>,
}

impl WriteLimits {
    /// Counts a write, or refuses it.
    pub(super) fn count_write(&mut self, issue: Id, now: Timestamp) -> Result<(), Reply> {
        let writes = self.writes.entry(issue).or_default();
        writes.retain(|at| now.duration_since(*at) < SignedDuration::from_secs(30));
        for (limit, seconds) in WINDOWS {
            let window = SignedDuration::from_secs(seconds);
            let recent = writes.iter().filter(|at| now.duration_since(**at) < window);
            if recent.clone().count() >= limit {
                let first = recent.min().copied().unwrap_or(now);
                let wait = (window - now.duration_since(first)).as_secs().max(0) + 1;
                return Err(rate_limited("jira-per-issue-on-write", limit, wait, now));
            }
        }
        writes.push_back(now);
        Ok(())
    }
}

/// 429 with the documented headers.
pub(super) fn rate_limited(reason: &str, limit: usize, retry_after: i64, now: Timestamp) -> Reply {
    let reset = now.checked_add(SignedDuration::from_secs(retry_after)).unwrap_or(now);
    let body = serde_json::json!({
        "errorMessages": ["The request has been rate-limited. Please try again later."],
        "errors": {},
        "status": 429,
    });
    Reply::json(429, body)
        .with("retry-after", retry_after.to_string())
        .with("x-ratelimit-limit", limit.to_string())
        .with("x-ratelimit-remaining", "0")
        .with("x-ratelimit-reset", reset.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .with("x-ratelimit-nearlimit", "true")
        .with("ratelimit-reason", reason)
}
