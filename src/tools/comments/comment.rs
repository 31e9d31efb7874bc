//! Comments of an issue.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ArgumentProblem, InvalidArgument, Result};
use crate::jira::platform::{comment, issue};
use crate::jira::{Audience, Client, IssueRef, RawComment, TextDraft};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::audience::write_for;
use crate::tools::shared::input::{Format, TextEdit};
use crate::tools::shared::operations::{AUDIENCE, RICH_TEXT};
use crate::tools::shared::paging::Paging;
use crate::tools::shared::rewrite::{Rewrite, stored_otherwise};
use crate::tools::shared::views::CommentView;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-3"}))]
struct ListComments {
    /// Key, id or URL.
    issue: IssueRef,
    #[serde(flatten)]
    paging: Paging<20>,
    /// `adf` gives raw ADF.
    #[serde(default)]
    format: Format,
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

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1", "body": "Swept."}))]
struct AddComment {
    /// Key, id or URL.
    issue: IssueRef,
    /// Markdown; `@[Name]` mentions.
    body: String,
    /// Restricts it: `role:NAME`, `group:NAME`, `internal` (service desk).
    #[serde(default)]
    visible_to: Audience,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommentWritten {
    /// The issue's key.
    issue: String,
    /// The comment's id.
    id: String,
    /// Address for people.
    url: String,
    /// The only people who see it, where not everybody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_to: Option<String>,
    /// What Jira stored, where that is not what was sent. Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<String>,
    /// What probably was not meant so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl CommentWritten {
    async fn new(jira: &Client, issue: String, sent: TextDraft, stored: &RawComment) -> Result<Self> {
        Ok(Self {
            url: format!("{}?focusedCommentId={}", jira.browse(&issue).await?, stored.id),
            issue,
            id: stored.id.clone(),
            visible_to: stored.visible_to(),
            stored: stored_otherwise(&sent.text, &stored.body),
            warnings: sent.warnings,
        })
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-3", "comment": "10009", "body": "Agreed."}))]
struct UpdateComment {
    /// Key, id or URL.
    issue: IssueRef,
    /// Comment id.
    comment: String,
    /// Markdown, replaces all; or give `edits`.
    body: Option<String>,
    /// Changes parts, keeps the rest.
    #[serde(default)]
    edits: Vec<TextEdit>,
    /// From `list_comments`: refuses if it has changed since.
    version: Option<String>,
    /// As in `add_comment`; default: as it is.
    #[serde(default)]
    visible_to: Audience,
}

impl UpdateComment {
    fn rewrite(&self) -> Result<Rewrite<'_>> {
        let rewrite = Rewrite::new("body", self.body.as_deref(), &self.edits, self.version.as_deref())?;
        let either = ArgumentProblem::EitherOr { other: "edits" };
        rewrite.ok_or_else(|| InvalidArgument::parameter("body", either).into())
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-5", "comment": "10007"}))]
struct DeleteComment {
    /// Key, id or URL.
    issue: IssueRef,
    /// Comment id.
    comment: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommentDeleted {
    /// The issue's key.
    issue: String,
    /// The comment's id.
    deleted: String,
}

/// The call that tells whether a write was done.
fn how_to_check(issue: &str) -> String {
    format!("list_comments {issue}")
}

#[tool_router(router = comment_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List an issue's comments, newest first.
    #[tool(meta = uses(&[&comment::LIST], &[]))]
    async fn list_comments(
        &self,
        call: Call,
        Parameters(input): Parameters<ListComments>,
    ) -> Result<Json<CommentList>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let query = ("list_comments", input.issue.as_str());
        let list = input.paging.open(&call, &query).await?;
        let (page, total) = jira.comments(&issue, list.limit, list.start.clone()).await?;
        let formatter = jira.formatter().await?.with_raw_text(input.format.is_raw());
        let (comments, next_cursor) =
            list.rows(&page, |comment| CommentView::new(comment, &formatter)).await?;
        Ok(Json(CommentList { total, comments, next_cursor }))
    }

    /// Comment on an issue.
    #[tool(meta = uses(&[&comment::ADD], &[RICH_TEXT, AUDIENCE]))]
    async fn add_comment(
        &self,
        call: Call,
        Parameters(input): Parameters<AddComment>,
    ) -> Result<Json<CommentWritten>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let text = jira.rich_text(Some(&issue), &input.body).await?;
        let (target, body) = (&issue, &text.text);
        let send = |audience| async move { jira.add_comment(target, body, &audience).await };
        let written = write_for(jira, &key, &input.visible_to, send).await;
        let stored = written.map_err(|error| error.check_with(how_to_check(&key)))?;
        Ok(Json(CommentWritten::new(jira, key, text, &stored).await?))
    }

    /// Change a comment.
    #[tool(meta = uses(&[&comment::GET, &comment::UPDATE], &[RICH_TEXT, AUDIENCE]))]
    async fn update_comment(
        &self,
        call: Call,
        Parameters(input): Parameters<UpdateComment>,
    ) -> Result<Json<CommentWritten>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let id = input.comment.trim();
        let rewrite = input.rewrite()?;
        let read = || jira.comment(&issue, id);
        let (old, text) = rewrite.apply(jira, &issue, "The comment", read, |old| &old.body).await?;
        let audience = input.visible_to.or(old.restriction());
        let (target, body) = (&issue, &text.text);
        let send = |audience| async move { jira.update_comment(target, id, body, &audience).await };
        let written = write_for(jira, &key, &audience, send).await;
        let stored = written.map_err(|error| error.check_with(how_to_check(&key)))?;
        Ok(Json(CommentWritten::new(jira, key, text, &stored).await?))
    }

    /// Delete a comment for good.
    #[tool(meta = uses(&[&comment::DELETE], &[&[&issue::GET]]))]
    async fn delete_comment(
        &self,
        call: Call,
        Parameters(input): Parameters<DeleteComment>,
    ) -> Result<Json<CommentDeleted>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        jira.delete_comment(&issue, input.comment.trim())
            .await
            .map_err(|error| error.check_with(how_to_check(&key)))?;
        Ok(Json(CommentDeleted { issue: key, deleted: input.comment.trim().to_owned() }))
    }
}
