//! Searching issues by JQL.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::jira::allow_list::jql;
use crate::jira::platform::autocomplete::Suggestion;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::transport::page::{Page, Position};
use crate::jira::transport::reply::Reply;
use crate::jira::transport::request::Request;
use crate::jira::{Client, RawIssue};

operations! {
    /// Issues that fit a query, paged by tokens.
    SEARCH = Operation::query(Api::Platform, "search/jql")
        .scopes(READ_WORK, "read:issue-details:jira read:field.default-value:jira read:field.option:jira read:field:jira read:group:jira");
    /// The approximate number of issues that fit a query.
    COUNT = Operation::query(Api::Platform, "search/approximate-count")
        .scopes(READ_WORK, "read:issue-details:jira read:field.default-value:jira read:field.option:jira read:field:jira read:group:jira");
}

/// The number of Jira's pages that one page of ours looks at, where they hold nothing to show.
const MAX_LOOKED_AT: usize = 5;

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
    issues: Vec<RawIssue>,
    #[serde(default)]
    next_page_token: Option<String>,
    #[serde(default)]
    is_last: Option<bool>,
}

/// A field or value that a query names and Jira does not know.
#[derive(Debug, PartialEq, Eq)]
enum Unknown<'a> {
    Field(&'a str),
    Value { field: &'a str, value: &'a str },
}

impl<'a> Unknown<'a> {
    /// Reads the field or value from Jira's message, which is in English only.
    fn in_message(message: &'a str) -> Option<Self> {
        let field = message
            .strip_prefix("Field '")
            .and_then(|rest| rest.split_once("' does not exist"))
            .or_else(|| message.strip_prefix("Not able to sort using field '")?.split_once('\''));
        if let Some((field, _)) = field {
            return Some(Self::Field(field));
        }
        let rest =
            message.strip_prefix("The value '").or_else(|| message.strip_prefix("A value with ID '"))?;
        let (value, rest) = rest.split_once("' does not exist for the field '")?;
        Some(Self::Value { field: rest.split_once('\'')?.0, value })
    }
}

impl Client {
    /// One page of the issues that fit `jql`, with these fields (ids), from `start` on. A page may
    /// be shorter than `limit`, even empty, though more follow.
    ///
    /// # Errors
    /// [`Error::Invalid`] for JQL that Jira refuses, with what to write instead.
    pub async fn search(
        &self,
        jql: &str,
        fields: &[String],
        limit: u64,
        start: Option<Position>,
    ) -> Result<Page<RawIssue>> {
        let within_allowed = self.within_allowed(jql)?;
        let mut start = match start {
            Some(start) => start,
            None => Position { reconcile: self.recent_writes().await, ..Position::default() },
        };
        let mut looks = 0;
        loop {
            looks += 1;
            let body = SearchRequest {
                jql: &within_allowed,
                // The page of which a part was shown, and more only where all of that was.
                max_results: if start.skip < limit { limit } else { start.skip + limit },
                fields,
                next_page_token: start.token.as_deref(),
                reconcile_issues: &start.reconcile,
            };
            let request = SEARCH.request([]).json(&body)?;
            let reply: SearchReply = self.answer(request).await?.json()?;
            let mut rows = reply.issues;
            rows.truncate(usize::try_from(body.max_results).unwrap_or(usize::MAX));
            rows.retain(|issue| self.allows_issue(&issue.key));
            let passed = rows.len().min(usize::try_from(start.skip).unwrap_or(usize::MAX));
            rows.drain(..passed);
            let next = reply.next_page_token.filter(|_| reply.is_last != Some(true)).map(|token| Position {
                token: Some(token),
                // A page may come shorter than before: what it lacks was shown, too.
                skip: start.skip - passed as u64,
                reconcile: start.reconcile.clone(),
            });
            match next {
                Some(next) if rows.is_empty() && looks < MAX_LOOKED_AT => {
                    self.listener.tell(|| format!("Looking for issues to show on page {}", looks + 1));
                    start = next;
                }
                next => return Ok(Page::new(rows, start, next)),
            }
        }
    }

    /// The first children of an issue, at most `limit`, how many there are, and how many more lie
    /// outside the allowed projects.
    ///
    /// # Errors
    /// As [`Client::search`].
    pub async fn children(
        &self,
        parent: &str,
        fields: &[String],
        limit: u64,
    ) -> Result<(Vec<RawIssue>, u64, u64)> {
        let jql = format!("parent = \"{parent}\" ORDER BY key ASC");
        let page = self.search(&jql, fields, limit, None).await?;
        let shown = page.rows.len() as u64;
        let total = if page.next.is_some() { self.count(&jql).await?.max(shown) } else { shown };
        let outside = match self.projects() {
            Some(_) => self.counted(&jql).await?.saturating_sub(total),
            None => 0,
        };
        Ok((page.rows, total, outside))
    }

    /// The approximate number of issues that fit `jql`.
    ///
    /// # Errors
    /// As [`Client::search`].
    pub async fn count(&self, jql: &str) -> Result<u64> {
        self.counted(&self.within_allowed(jql)?).await
    }

    /// The number of issues outside the allowed projects that fit `jql`: all that is told of them.
    ///
    /// # Errors
    /// As [`Client::search`].
    pub async fn count_outside(&self, jql: &str) -> Result<u64> {
        match self.projects() {
            Some(_) => Ok(self.counted(jql).await?.saturating_sub(self.count(jql).await?)),
            None => Ok(0),
        }
    }

    /// True where no issue outside the allowed projects fits `condition`. A condition that Jira refuses finds none that
    /// may be told of.
    pub(in crate::jira) async fn finds_only_allowed(&self, condition: &str) -> Result<bool> {
        let Some(projects) = self.projects() else { return Ok(true) };
        let body = SearchRequest {
            jql: &format!("{condition} AND {}", jql::outside(projects)),
            max_results: 1,
            fields: &[],
            next_page_token: None,
            reconcile_issues: &[],
        };
        match self.send(SEARCH.request([]).json(&body)?).await {
            Ok(reply) => Ok(reply.json::<SearchReply>()?.issues.is_empty()),
            Err(Error::Invalid { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn counted(&self, jql: &str) -> Result<u64> {
        #[derive(Deserialize)]
        struct Count {
            count: u64,
        }
        let body = serde_json::json!({ "jql": jql });
        let request = COUNT.request([]).json(&body)?;
        let reply: Count = self.answer(request).await?.json()?;
        Ok(reply.count)
    }

    /// Sends a query; where Jira refuses it, the error has a hint of what to write instead.
    async fn answer(&self, request: Request) -> Result<Reply> {
        let error = match self.send(request).await {
            Err(Error::Invalid { messages, fields, hint: None }) => {
                let mut hint = None;
                for message in &messages {
                    hint = hint.or(self.instead(message).await);
                }
                Error::Invalid { messages, fields, hint }
            }
            other => return other,
        };
        Err(error)
    }

    /// The hint for an error with this message of Jira: what to write in place of what it refuses.
    async fn instead(&self, message: &str) -> Option<String> {
        if message.contains("Unbounded JQL") {
            return Some(
                "Add a condition that narrows it down, such as `project = KEY` or `updated >= -30d`; ORDER BY alone \
                 does not."
                    .into(),
            );
        }
        match Unknown::in_message(message)? {
            Unknown::Field(field) => {
                let fields = self.fields().await.ok()?;
                let near = crate::nearest::names(field, fields.names());
                (!near.is_empty()).then(|| format!("Nearest fields: {}.", near.join(", ")))
            }
            Unknown::Value { field, value } => {
                let values = match self.projects() {
                    Some(projects) if field == "project" => projects.to_vec(),
                    _ => self.values(field, value).await.ok()?,
                };
                (!values.is_empty()).then(|| format!("`{field}` takes {}.", values.join("; ")))
            }
        }
    }

    /// Values that a field takes: those like `typed`, or else the first ones.
    async fn values(&self, field: &str, typed: &str) -> Result<Vec<String>> {
        for typed in [typed, ""] {
            let found = self.jql_values(field, typed).await?;
            if !found.is_empty() {
                return Ok(found.iter().map(Suggestion::shown).collect());
            }
        }
        Ok(vec![])
    }

    fn within_allowed(&self, jql: &str) -> Result<String> {
        match self.projects() {
            Some(projects) => jql::within(jql, projects),
            None => Ok(jql.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unknown;

    #[test]
    fn what_is_unknown_is_read_from_jiras_words() {
        for (message, unknown) in [
            (
                "Field 'stauts' does not exist or you do not have permission to view it.",
                Some(Unknown::Field("stauts")),
            ),
            ("Not able to sort using field 'foo'.", Some(Unknown::Field("foo"))),
            (
                "The value 'Won't fix' does not exist for the field 'resolution'.",
                Some(Unknown::Value { field: "resolution", value: "Won't fix" }),
            ),
            ("Expecting operator but got 'DEMO'.", None),
        ] {
            assert_eq!(Unknown::in_message(message), unknown, "{message}");
        }
    }
}
