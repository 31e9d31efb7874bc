//! Comments of an issue.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Call;
use super::view::CommentView;
use crate::error::Result;
use crate::jira::IssueRef;
use crate::server::JiraServer;

/// Comments of one page unless asked otherwise.
const DEFAULT_LIMIT: u64 = 20;
/// Comments of one page at most.
const MAX_LIMIT: u64 = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ListComments {
    /// Key, id or URL.
    #[schemars(with = "String")]
    issue: IssueRef,
    /// At most 100; default 20.
    limit: Option<u64>,
    /// `next_cursor` of the same call.
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommentList {
    /// How many there are in all.
    total: u64,
    /// The newest first.
    comments: Vec<CommentView>,
    /// Present where older ones follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[tool_router(router = comment_tools, vis = "pub(super)")]
impl JiraServer {
    /// List an issue's comments, newest first.
    #[tool(
        title = "List comments",
        annotations(
            read_only_hint = true,
            destructive_hint = false,
            idempotent_hint = true,
            open_world_hint = true
        )
    )]
    async fn list_comments(
        &self,
        call: Call,
        Parameters(input): Parameters<ListComments>,
    ) -> Result<Json<CommentList>> {
        let jira = call.jira()?;
        let issue = jira.admit(&input.issue).await?;
        let query = ("list_comments", input.issue.as_str());
        let start = call.resume(input.cursor.as_deref(), &query)?;
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
        let (page, total) = jira.comments(&issue, limit, start).await?;
        let reader = jira.reader().await?;
        let (comments, next_cursor) =
            call.fit(&page, &query, |comment| CommentView::new(comment, &reader))?;
        Ok(Json(CommentList { total, comments, next_cursor }))
    }
}
