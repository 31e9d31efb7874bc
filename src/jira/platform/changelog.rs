//! The changelog of an issue: who changed what, and when.

use serde::Deserialize;
use serde_json::Value;

use crate::error::Result;
use crate::jira::transport::operation::{Api, Operation, READ_WORK, operations};
use crate::jira::transport::page::{Page, Position};
use crate::jira::{AllowedIssue, Client};

operations! {
    /// Changes of an issue, the oldest first, paged.
    LIST = Operation::get(Api::Platform, "issue/{issue}/changelog")
        .scopes(READ_WORK, "read:issue-meta:jira read:avatar:jira read:issue.changelog:jira");
}

/// The changelog of an issue, as Jira sends it with the issue.
#[derive(Debug, Default, Deserialize)]
pub struct Changelog {
    /// The changes; Jira does not promise an order.
    #[serde(default)]
    pub histories: Vec<ChangelogEntry>,
    /// The number of changes in all.
    #[serde(default)]
    pub total: u64,
}

/// One change: its author, its time and the fields that changed.
#[derive(Debug, Clone, Deserialize)]
pub struct ChangelogEntry {
    /// Numeric id.
    #[serde(default)]
    pub id: String,
    /// The time of the change.
    #[serde(default)]
    pub created: String,
    /// The author, in Jira's form; absent for some automation.
    #[serde(default)]
    pub author: Value,
    /// The fields that changed.
    #[serde(default)]
    pub items: Vec<ChangelogItem>,
}

/// A field's values before and after, as text.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangelogItem {
    /// Name of the field.
    #[serde(default)]
    pub field: String,
    /// Id of the field, where Jira tells it.
    #[serde(default)]
    pub field_id: Option<String>,
    /// The value before; null where there was none.
    #[serde(default)]
    pub from_string: Option<String>,
    /// The value after; null where there is none.
    #[serde(default)]
    pub to_string: Option<String>,
}

impl Client {
    /// A page of an issue's changes, the newest first.
    ///
    /// # Errors
    /// As every request.
    pub async fn changes(
        &self,
        issue: &AllowedIssue,
        limit: u64,
        start: Option<Position>,
    ) -> Result<Page<ChangelogEntry>> {
        #[derive(Deserialize)]
        struct Reply {
            values: Vec<ChangelogEntry>,
            #[serde(default)]
            total: u64,
        }
        let page = async |from: u64, count: u64| -> Result<Reply> {
            self.send(LIST.request([issue.as_str()]).query("startAt", from).query("maxResults", count))
                .await?
                .json()
        };
        let start = start.unwrap_or_default();
        // Jira lists the oldest first; where the newest are is known from the total only.
        let first = page(0, limit).await?;
        let end = first.total.saturating_sub(start.skip);
        let from = end.saturating_sub(limit);
        let mut rows = if from == 0 && first.values.len() as u64 >= end {
            first.values.into_iter().take(usize::try_from(end).unwrap_or(usize::MAX)).collect()
        } else {
            page(from, end - from).await?.values
        };
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows.reverse();
        let next = (from > 0).then(|| Position { skip: first.total - from, ..Position::default() });
        Ok(Page::new(rows, start, next))
    }
}
