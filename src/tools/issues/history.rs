//! The history of an issue: its changes, when and by whom.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::Result;
use crate::jira::platform::changelog;
use crate::jira::{ChangelogEntry, IssueRef, ValueFormatter};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::paging::Paging;

/// Characters that are shown of a value at most.
const MAX_VALUE_CHARACTERS: usize = 120;

/// Fields whose history is what people wrote, as they wrote it.
const TEXT_FIELDS: [&str; 4] = ["summary", "description", "environment", "Comment"];

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-31"}))]
struct ListChanges {
    /// Key, id or URL.
    issue: IssueRef,
    #[serde(flatten)]
    paging: Paging<20>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChangeList {
    /// The newest first.
    changes: Vec<ChangeView>,
    /// Present where older ones follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// One change of one or more fields.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct ChangeView {
    /// When, with the offset of your time zone.
    at: String,
    /// Who; absent for some automation.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// `field: before → after`.
    changed: Vec<String>,
}

impl ChangeView {
    /// The view of a change; what lies outside the allow-list is not named.
    pub(in crate::tools) fn new(change: &ChangelogEntry, formatter: &ValueFormatter) -> Self {
        let changed = change.items.iter().map(|item| {
            let people_wrote = TEXT_FIELDS.contains(&item.field.as_str());
            let shown = |value: &Option<String>| match value.as_deref().map(str::trim) {
                None | Some("") => "none".to_owned(),
                Some(text) if people_wrote => shortened(text),
                Some(_) if item.field == "project" && formatter.has_allow_list() => "(a project)".to_owned(),
                Some(text) => duration(&item.field, text)
                    .unwrap_or_else(|| shortened(&formatter.without_hidden_issues(text))),
            };
            format!("{}: {} → {}", name(&item.field), shown(&item.from_string), shown(&item.to_string))
        });
        Self {
            at: formatter.date_time(&change.created),
            by: formatter.person(&change.author),
            changed: changed.collect(),
        }
    }
}

/// The name of a field on the screen, where history has an older one.
fn name(field: &str) -> &str {
    match field {
        "duedate" => "Due date",
        "timeoriginalestimate" => "Original estimate",
        "timeestimate" => "Remaining estimate",
        "timespent" => "Time spent",
        name => name,
    }
}

/// Jira's history has estimates in bare seconds: `66600` is shown as `18h 30m`.
fn duration(field: &str, text: &str) -> Option<String> {
    if !matches!(field, "timeestimate" | "timeoriginalestimate" | "timespent") {
        return None;
    }
    let minutes = text.parse::<u64>().ok()? / 60;
    Some(match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    })
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_VALUE_CHARACTERS) {
        Some((at, _)) => format!("{}… ({} characters)", &line[..at], text.chars().count()),
        None => line,
    }
}

#[tool_router(router = history_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List what was changed in an issue, newest first.
    #[tool(meta = uses(&[&changelog::LIST], &[]))]
    async fn list_changes(
        &self,
        call: Call,
        Parameters(input): Parameters<ListChanges>,
    ) -> Result<Json<ChangeList>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let query = ("list_changes", input.issue.as_str());
        let list = input.paging.open(&call, &query).await?;
        let page = jira.changes(&issue, list.limit, list.start.clone()).await?;
        let formatter = jira.formatter().await?;
        let (changes, next_cursor) = list.rows(&page, |change| ChangeView::new(change, &formatter)).await?;
        Ok(Json(ChangeList { changes, next_cursor }))
    }
}
