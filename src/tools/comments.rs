//! Comments of an issue.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Call;
use super::input::{Format, TextEdit, edits};
use super::view::CommentView;
use crate::error::{Error, Result};
use crate::jira::{Admitted, Audience, Client, IssueRef, RawComment, RichText, is_version, markdown};
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
#[serde(deny_unknown_fields)]
struct AddComment {
    /// Key, id or URL.
    #[schemars(with = "String")]
    issue: IssueRef,
    /// Markdown; `@[Name]` mentions.
    body: String,
    /// Restricts it: `role:NAME`, `group:NAME`, `internal` (service desk).
    #[serde(default)]
    #[schemars(with = "Option<String>")]
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
    async fn new(jira: &Client, issue: String, sent: RichText, stored: &RawComment) -> Result<Self> {
        let shown = markdown(&stored.body);
        Ok(Self {
            url: format!("{}?focusedCommentId={}", jira.browse(&issue).await?, stored.id),
            issue,
            id: stored.id.clone(),
            visible_to: stored.visible_to(),
            stored: shown.filter(|shown| markdown(&sent.value).as_ref() != Some(shown)),
            warnings: sent.warnings,
        })
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UpdateComment {
    /// Key, id or URL.
    #[schemars(with = "String")]
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
    #[schemars(with = "Option<String>")]
    visible_to: Audience,
}

impl UpdateComment {
    /// What the old comment becomes.
    async fn text(&self, jira: &Client, issue: &Admitted, old: &RawComment) -> Result<RichText> {
        match (&self.body, self.edits.as_slice(), &self.version) {
            (Some(body), [], version) => {
                if let Some(version) = version {
                    is_version("The comment", &old.body, version)?;
                }
                jira.replaced_text(Some(issue), &old.body, body).await
            }
            (None, [_, ..], None) => jira.edited_text(issue, &old.body, &edits(&self.edits)).await,
            (None, [_, ..], Some(_)) => Err(Error::Argument("`version` goes with `body`.".into())),
            _ => Err(Error::Argument("Give either `body` or `edits`.".into())),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct DeleteComment {
    /// Key, id or URL.
    #[schemars(with = "String")]
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

fn check(issue: &str) -> String {
    format!("list_comments {issue}")
}

/// Writes a comment. Jira wants a role spelled exactly and does nothing where it is not: then it is
/// written for the role that was meant.
///
/// # Errors
/// [`Error::Unresolved`] with the project's roles where it has no such role.
async fn write<F>(
    jira: &Client,
    issue: &str,
    audience: &Audience,
    send: impl Fn(Audience) -> F,
) -> Result<RawComment>
where
    F: Future<Output = Result<RawComment>>,
{
    let error = match send(audience.clone()).await {
        Ok(stored) => return Ok(stored),
        Err(error) => error.check_with(check(issue)),
    };
    let (Error::Invalid { .. }, Some(role), Some((project, _))) =
        (&error, audience.role(), issue.rsplit_once('-'))
    else {
        return Err(error);
    };
    let Ok(project) = jira.project(project).await else { return Err(error) };
    match project.roles().find(|known| known.eq_ignore_ascii_case(role)) {
        Some(known) if known == role => Err(error),
        Some(known) => send(Audience::of_role(known)).await.map_err(|error| error.check_with(check(issue))),
        None => Err(Error::Unresolved {
            kind: "role",
            given: role.to_owned(),
            candidates: project.roles().map(str::to_owned).collect(),
            ambiguous: false,
        }),
    }
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
        let start = call.resume(input.cursor.as_deref(), &query).await?;
        let limit = input.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
        let (page, total) = jira.comments(&issue, limit, start).await?;
        let reader = jira.reader().await?.with_raw_text(input.format.is_raw());
        let (comments, next_cursor) =
            call.fit(&page, &query, |comment| CommentView::new(comment, &reader)).await?;
        Ok(Json(CommentList { total, comments, next_cursor }))
    }

    /// Comment on an issue.
    #[tool(
        title = "Add comment",
        annotations(
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = false,
            open_world_hint = true
        )
    )]
    async fn add_comment(
        &self,
        call: Call,
        Parameters(input): Parameters<AddComment>,
    ) -> Result<Json<CommentWritten>> {
        let jira = call.jira()?;
        let issue = jira.admit(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let text = jira.rich_text(Some(&issue), &input.body).await?;
        let (target, body) = (&issue, &text.value);
        let send = |audience| async move { jira.add_comment(target, body, &audience).await };
        let stored = write(jira, &key, &input.visible_to, send).await?;
        Ok(Json(CommentWritten::new(jira, key, text, &stored).await?))
    }

    /// Change a comment.
    #[tool(
        title = "Update comment",
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = true,
            open_world_hint = true
        )
    )]
    async fn update_comment(
        &self,
        call: Call,
        Parameters(input): Parameters<UpdateComment>,
    ) -> Result<Json<CommentWritten>> {
        let jira = call.jira()?;
        let issue = jira.admit(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let id = input.comment.trim();
        let mut old = jira.comment(&issue, id).await?;
        let mut text = input.text(jira, &issue, &old).await?;
        if text.asked {
            // To find people takes a while, and of comments Jira keeps no history that would tell.
            let now = jira.comment(&issue, id).await?;
            if now.body != old.body {
                text = input.text(jira, &issue, &now).await?;
                old = now;
            }
        }
        let audience = input.visible_to.clone().or_of(&old);
        let (target, body) = (&issue, &text.value);
        let send = |audience| async move { jira.update_comment(target, id, body, &audience).await };
        let stored = write(jira, &key, &audience, send).await?;
        Ok(Json(CommentWritten::new(jira, key, text, &stored).await?))
    }

    /// Delete a comment for good.
    #[tool(
        title = "Delete comment",
        annotations(
            read_only_hint = false,
            destructive_hint = true,
            idempotent_hint = true,
            open_world_hint = true
        )
    )]
    async fn delete_comment(
        &self,
        call: Call,
        Parameters(input): Parameters<DeleteComment>,
    ) -> Result<Json<CommentDeleted>> {
        let jira = call.jira()?;
        let issue = jira.admit(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        jira.delete_comment(&issue, input.comment.trim())
            .await
            .map_err(|error| error.check_with(check(&key)))?;
        Ok(Json(CommentDeleted { issue: key, deleted: input.comment.trim().to_owned() }))
    }
}
