//! Searching issues by JQL.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::page::{Page, Position};
use super::request::{Path, Request};
use super::{Client, jql};
use crate::error::{Error, Result};

/// An issue as Jira sends it: fields by id, of any shape.
#[derive(Debug, Clone, Deserialize)]
pub struct RawIssue {
    /// Numeric id.
    #[serde(default)]
    pub id: String,
    /// Present key.
    #[serde(default)]
    pub key: String,
    /// Values by field id.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SearchRequest<'a> {
    jql: &'a str,
    max_results: u64,
    fields: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<&'a str>,
    #[serde(skip_serializing_if = "<[u64]>::is_empty")]
    reconcile_issues: &'a [u64],
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SearchReply {
    #[serde(default)]
    issues: Vec<RawIssue>,
    #[serde(default)]
    next_page_token: Option<String>,
}

impl Client {
    /// One page of the issues that fit `jql`, with these fields (ids), from `start` on. A page may
    /// be shorter than `limit` though more follow.
    ///
    /// # Errors
    /// [`Error::Invalid`] for JQL that Jira refuses, with what to do about unbounded JQL.
    pub async fn search(
        &self,
        jql: &str,
        fields: &[String],
        limit: u64,
        start: Option<Position>,
    ) -> Result<Page<RawIssue>> {
        let walled = self.walled(jql)?;
        let start =
            start.unwrap_or_else(|| Position { reconcile: self.lately_written(), ..Position::default() });
        let body = SearchRequest {
            jql: &walled,
            max_results: limit + start.skip,
            fields,
            next_page_token: start.token.as_deref(),
            reconcile_issues: &start.reconcile,
        };
        let request = Request::ask(Path::api("search/jql")).json(&body)?;
        let reply: SearchReply = self.send(request).await.map_err(explained)?.json()?;
        let mut rows = reply.issues;
        rows.retain(|issue| self.sees_issue(&issue.key));
        rows.drain(..rows.len().min(usize::try_from(start.skip).unwrap_or(usize::MAX)));
        let next = reply.next_page_token.map(|token| Position {
            token: Some(token),
            skip: 0,
            reconcile: start.reconcile.clone(),
        });
        Ok(Page { rows, start, next })
    }

    /// About how many issues fit `jql`.
    ///
    /// # Errors
    /// As [`Client::search`].
    pub async fn count(&self, jql: &str) -> Result<u64> {
        #[derive(Deserialize)]
        struct Count {
            count: u64,
        }
        let body = serde_json::json!({ "jql": self.walled(jql)? });
        let request = Request::ask(Path::api("search/approximate-count")).json(&body)?;
        let reply: Count = self.send(request).await.map_err(explained)?.json()?;
        Ok(reply.count)
    }

    fn walled(&self, jql: &str) -> Result<String> {
        match self.projects() {
            Some(projects) => jql::within(jql, projects),
            None => Ok(jql.to_owned()),
        }
    }
}

/// Says what to do where Jira's words do not.
fn explained(error: Error) -> Error {
    let Error::Invalid { messages, fields, hint: None } = error else { return error };
    let unbounded = messages.iter().any(|message| message.contains("Unbounded JQL"));
    let hint = unbounded.then(|| {
        "Add a condition that narrows it down, such as `project = KEY` or `updated >= -30d`; ORDER BY alone does not."
            .to_owned()
    });
    Error::Invalid { messages, fields, hint }
}
