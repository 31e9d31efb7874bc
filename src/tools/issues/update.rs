//! Changing and deleting issues.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ArgumentProblem, Error, InvalidArgument, Result};
use crate::jira::platform::{field, issue, metadata};
use crate::jira::{FieldChanges, IssueRef, Target};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::input::{TextEdit, edits};
use crate::tools::shared::issue_fields::{ChangedIssueFields, IssueWritten};
use crate::tools::shared::operations::{FIELD_VALUES, RICH_TEXT};
use crate::tools::shared::rewrite::Rewrite;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1", "summary": "Sweep the floor"}))]
struct UpdateIssue {
    /// Key, id or URL.
    issue: IssueRef,
    /// One line.
    summary: Option<String>,
    /// Markdown, replaces all; mention with @[Name].
    description: Option<String>,
    /// Changes parts of the description.
    #[serde(default)]
    edits: Vec<TextEdit>,
    /// From `get_issue`: refuses if the description has changed since.
    version: Option<String>,
    #[serde(flatten)]
    fields: ChangedIssueFields,
    /// Names of fields to empty.
    #[serde(default)]
    clear: Vec<String>,
    /// false sends no mails; needs a project administrator.
    notify: Option<bool>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-10"}))]
struct DeleteIssue {
    /// Key, id or URL.
    issue: IssueRef,
    /// true deletes its subtasks too.
    #[serde(default)]
    subtasks: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueDeleted {
    /// The issue that is gone, as it was named.
    deleted: String,
}

/// Jira names its own parameter where subtasks stand in the way; ours has another name.
fn with_subtasks(error: Error) -> Error {
    match error {
        Error::Invalid { messages, fields, hint: None }
            if messages.iter().any(|message| message.contains("deleteSubtasks")) =>
        {
            let hint = Some("Set `subtasks` to true to delete them too.".to_owned());
            Error::Invalid { messages, fields, hint }
        }
        other => other,
    }
}

#[tool_router(router = update_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// Change fields of an issue (work item). For the status use `transition_issue`.
    #[tool(meta = uses(&[&field::LIST, &issue::UPDATE], &[FIELD_VALUES, RICH_TEXT, &[&metadata::GET_EDIT_FIELDS]]))]
    async fn update_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<UpdateIssue>,
    ) -> Result<Json<IssueWritten>> {
        let jira = call.jira()?;
        let mut changes = FieldChanges::default();
        changes.set_some("summary", input.summary);
        let (text, version) = (input.description.as_deref(), input.version.as_deref());
        match Rewrite::new("description", text, &input.edits, version)? {
            None => {}
            Some(Rewrite::Parts(parts)) => changes.edit("description", edits(parts)),
            Some(Rewrite::Whole { markdown, version: None }) => changes.set("description", markdown),
            Some(Rewrite::Whole { markdown, version: Some(version) }) => {
                changes.rewrite("description", markdown.to_owned(), version.to_owned());
            }
        }
        input.fields.add_to(&mut changes)?;
        input.clear.iter().for_each(|name| changes.clear(name));
        if changes.is_empty() {
            return Err(InvalidArgument::call(ArgumentProblem::NoFieldChange).into());
        }
        let issue = jira.allowed_issue(&input.issue).await?;
        let target = Target::Edit(issue.clone());
        let write = jira.resolve_write(&target, &changes).await?;
        let formatter = jira.formatter().await?;
        let stored = jira
            .update_issue(&issue, &write, input.notify.unwrap_or(true))
            .await
            .map_err(|error| error.check_with(format!("get_issue {}", issue.as_str())))?;
        let applied = write.applied(&stored.issue.fields, &formatter);
        let mut warnings = write.warnings.clone();
        warnings.extend(jira.overwritten(&issue, &write, stored.changelog.as_ref(), &formatter).await);
        IssueWritten::new(jira, stored.issue.key, applied, warnings).await
    }

    /// Delete an issue for good.
    #[tool(meta = uses(&[&issue::DELETE], &[]))]
    async fn delete_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<DeleteIssue>,
    ) -> Result<Json<IssueDeleted>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        jira.delete_issue(&issue, input.subtasks)
            .await
            .map_err(|error| with_subtasks(error).check_with(format!("get_issue {}", issue.as_str())))?;
        Ok(Json(IssueDeleted { deleted: issue.as_str().to_owned() }))
    }
}
