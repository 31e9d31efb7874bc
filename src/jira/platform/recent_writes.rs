//! What was recent_writes lately. Jira's index lags behind by seconds, so searches name the issues that
//! they must look at themselves.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::{Client, RawIssue};

operations! {
    /// Several issues by their keys or ids.
    BULK_FETCH = Operation::query(Api::Platform, "issue/bulkfetch")
        .scopes(READ_WORK, "read:issue-meta:jira read:issue-security-level:jira read:issue.vote:jira read:issue.changelog:jira read:avatar:jira read:issue:jira read:status:jira read:user:jira read:field-configuration:jira");
}

/// How long a write may stay unseen by searches, so that they are asked to look.
const SEARCH_LAG: Duration = Duration::from_secs(60);
/// How many recent_writes issues searches are asked to look at.
const MAX_RECONCILED: usize = 10;

/// Issues by key or id, the latest first, with the time of the write.
#[derive(Debug, Default)]
pub(in crate::jira) struct RecentWrites(Mutex<VecDeque<(String, Instant)>>);

impl RecentWrites {
    fn add(&self, issue: &str) {
        let mut recent_writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent_writes.retain(|(other, _)| other != issue);
        recent_writes.push_front((issue.to_owned(), Instant::now()));
        recent_writes.truncate(MAX_RECONCILED);
    }

    fn lately(&self) -> Vec<String> {
        let mut recent_writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recent_writes.retain(|(_, since)| since.elapsed() < SEARCH_LAG);
        recent_writes.iter().map(|(issue, _)| issue.clone()).collect()
    }

    /// Keeps the issue of a key by its id from now on; without one it is forgotten.
    fn identify(&self, key: &str, id: Option<u64>) {
        let mut recent_writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (issue, _) in recent_writes.iter_mut().filter(|(issue, _)| issue == key) {
            *issue = id.map_or_else(String::new, |id| id.to_string());
        }
        recent_writes.retain(|(issue, _)| !issue.is_empty());
    }
}

impl Client {
    /// Remembers an issue that was just recent_writes, by id, or by key where Jira's reply has no id.
    pub(in crate::jira) fn note_write(&self, issue: &str) {
        self.site.recent_writes.add(issue);
    }

    /// The ids of issues recent_writes so lately that a search might not see it yet. Those that are known
    /// by key only are asked for first; where that fails, the search goes without.
    pub(in crate::jira) async fn recent_writes(&self) -> Vec<u64> {
        #[derive(Deserialize)]
        struct Found {
            issues: Vec<RawIssue>,
        }
        let (ids, keys): (Vec<String>, Vec<String>) =
            self.site.recent_writes.lately().into_iter().partition(|issue| issue.parse::<u64>().is_ok());
        let mut ids: Vec<u64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        if keys.is_empty() {
            return ids;
        }
        let body = json!({ "issueIdsOrKeys": keys, "fields": ["project"] });
        let found = match BULK_FETCH.request([]).json(&body) {
            Ok(request) => self.send(request).await.and_then(|reply| reply.json::<Found>()),
            Err(error) => Err(error),
        };
        let Ok(found) = found else { return ids };
        for key in &keys {
            let id =
                found.issues.iter().find(|issue| issue.key == *key).and_then(|issue| issue.id.parse().ok());
            self.site.recent_writes.identify(key, id);
            ids.extend(id.filter(|id| !ids.contains(id)));
        }
        ids
    }
}
