//! Issues that were written lately. Jira's index lags behind by seconds, so searches name the issues that they must look
//! at themselves.

use serde::Deserialize;
use serde_json::json;

use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::{Client, RawIssue};

operations! {
    /// Several issues by their keys or ids.
    BULK_FETCH = Operation::query(Api::Platform, "issue/bulkfetch")
        .scopes(READ_WORK, "read:issue-meta:jira read:issue-security-level:jira read:issue.vote:jira read:issue.changelog:jira read:avatar:jira read:issue:jira read:status:jira read:user:jira read:field-configuration:jira");
}

impl Client {
    /// Remembers an issue that was just written, by id, or by key where Jira's reply has no id.
    pub(in crate::jira) fn note_write(&self, issue: &str) {
        self.site.recent_writes.add(issue);
    }

    /// The ids of issues written so lately that a search might not see it yet. Those that are known
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
