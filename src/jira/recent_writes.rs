//! The issues that were written lately, which Jira's searches may not see yet.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time for which searches may miss a write, so that they are asked to look at it.
const SEARCH_LAG: Duration = Duration::from_secs(60);
/// The number of recently written issues that searches are asked to look at.
const MAX_RECONCILED: usize = 10;

/// Issues by key or id, the latest first, with the time of the write.
#[derive(Debug, Default)]
pub(in crate::jira) struct RecentWrites(Mutex<VecDeque<(String, Instant)>>);

impl RecentWrites {
    /// Adds an issue by its id or key, as the latest.
    pub(in crate::jira) fn add(&self, issue: &str) {
        let mut recent_writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent_writes.retain(|(other, _)| other != issue);
        recent_writes.push_front((issue.to_owned(), Instant::now()));
        recent_writes.truncate(MAX_RECONCILED);
    }

    /// The issues that searches might not see yet, the latest first.
    pub(in crate::jira) fn lately(&self) -> Vec<String> {
        let mut recent_writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent_writes.retain(|(_, since)| since.elapsed() < SEARCH_LAG);
        recent_writes.iter().map(|(issue, _)| issue.clone()).collect()
    }

    /// Keeps the issue of a key by its id from now on; without one it is forgotten.
    pub(in crate::jira) fn identify(&self, key: &str, id: Option<u64>) {
        let mut recent_writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (issue, _) in recent_writes.iter_mut().filter(|(issue, _)| issue == key) {
            *issue = id.map_or_else(String::new, |id| id.to_string());
        }
        recent_writes.retain(|(issue, _)| !issue.is_empty());
    }
}
