//! Finding issues.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::jira::platform::{bulk_fetch, search};
use crate::jira::{RawIssue, ValueFormatter};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::operations::QUERY_HELP;
use crate::tools::shared::paging::Paging;
use crate::tools::shared::views::field_text;

/// Columns that every row has, by field id.
pub(in crate::tools) const COLUMNS: [&str; 6] =
    ["issuetype", "status", "priority", "assignee", "updated", "summary"];

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"jql": "project = DEMO"}), transform = describe_paging)]
struct SearchIssues {
    /// JQL with a restriction, such as `project = DEMO AND status = "To Do" ORDER BY updated DESC`.
    jql: String,
    /// Columns to add, by field name or id.
    #[serde(default)]
    fields: Vec<String>,
    #[serde(flatten)]
    paging: Paging<20>,
}

/// The page of a search, described as one.
fn describe_paging(schema: &mut Schema) {
    let properties = &mut schema.ensure_object()["properties"];
    properties["limit"]["description"] = "Rows, at most 100; default 20.".into();
    properties["cursor"]["description"] = "`next_cursor` of the same search.".into();
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueList {
    /// The issues, in the order of the query.
    issues: Vec<IssueRow>,
    /// Present where more follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// An issue in a list: what tells issues apart.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct IssueRow {
    /// Key.
    key: String,
    /// Issue type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// Priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<String>,
    /// Assignee's name; absent when nobody is.
    #[serde(skip_serializing_if = "Option::is_none")]
    assignee: Option<String>,
    /// Day of the last change, in your time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    /// Summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
    /// Columns that were asked for, by field name.
    #[serde(flatten)]
    more: Map<String, Value>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"jql": "project = DEMO"}))]
struct CountIssues {
    /// JQL with a restriction.
    jql: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueCount {
    /// About how many issues fit; the newest changes may not be counted yet.
    count: u64,
}

#[tool_router(router = search_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// Find issues (work items) by JQL.
    #[tool(meta = uses(&[&search::SEARCH], &[QUERY_HELP, &[&bulk_fetch::BULK_FETCH]]))]
    async fn search_issues(
        &self,
        call: Call,
        Parameters(input): Parameters<SearchIssues>,
    ) -> Result<Json<IssueList>> {
        let jira = call.jira()?;
        let query = ("search_issues", &input.jql, &input.fields);
        let list = input.paging.open(&call, &query).await?;
        let metadata = if input.fields.is_empty() { None } else { Some(jira.fields().await?) };
        let mut added = Vec::new();
        for name in &input.fields {
            if let Some(fields) = &metadata {
                added.push(fields.resolve(name)?);
            }
        }
        let mut ids: Vec<String> = COLUMNS.map(str::to_owned).to_vec();
        ids.extend(added.iter().map(|field| field.id.clone()).filter(|id| !COLUMNS.contains(&id.as_str())));
        let page = jira.search(&input.jql, &ids, list.limit, list.start.clone()).await?;
        let formatter = jira.formatter().await?;
        let (issues, next_cursor) = list
            .rows(&page, |issue| {
                let mut row = IssueRow::new(issue, &formatter);
                for field in added.iter().filter(|field| !COLUMNS.contains(&field.id.as_str())) {
                    let value =
                        issue.fields.get(&field.id).and_then(|value| formatter.value(Some(field), value));
                    row.more.extend(value.map(|value| (field.name.clone(), value)));
                }
                row
            })
            .await?;
        Ok(Json(IssueList { issues, next_cursor }))
    }

    /// Count the issues that a JQL query finds.
    #[tool(meta = uses(&[&search::COUNT], &[QUERY_HELP]))]
    async fn count_issues(
        &self,
        call: Call,
        Parameters(input): Parameters<CountIssues>,
    ) -> Result<Json<IssueCount>> {
        Ok(Json(IssueCount { count: call.jira()?.count(&input.jql).await? }))
    }
}

impl IssueRow {
    /// The row of an issue that was fetched with the columns.
    pub(in crate::tools) fn new(issue: &RawIssue, formatter: &ValueFormatter) -> Self {
        let read = |id| field_text(issue, id, formatter);
        Self {
            key: issue.key.clone(),
            kind: read("issuetype"),
            status: read("status"),
            priority: read("priority"),
            assignee: read("assignee"),
            updated: issue.fields.get("updated").and_then(Value::as_str).map(|text| formatter.day(text)),
            summary: read("summary"),
            more: Map::new(),
        }
    }
}
