//! Creating issues.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::error::Result;
use crate::jira::platform::{issue, metadata, project};
use crate::jira::{Applied, FieldChanges, Target};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::issue_fields::{IssueWritten, NewIssueFields};
use crate::tools::shared::operations::{FIELD_VALUES, RICH_TEXT};

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"project": "DEMO", "type": "Task", "summary": "Sweep the floor"}))]
struct CreateIssue {
    /// Key.
    project: String,
    /// Issue type, such as Bug.
    #[serde(rename = "type")]
    kind: String,
    /// One line.
    summary: String,
    /// Markdown; @[Name] mentions, `> [!NOTE]` panel, `- [ ]` task, `<details>`,
    /// `<status green>DONE</status>`.
    description: Option<String>,
    #[serde(flatten)]
    fields: NewIssueFields,
}

#[tool_router(router = create_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// Create an issue (work item). An error names missing required fields with their values.
    #[tool(meta = uses(&[&project::GET, &metadata::LIST_CREATE_TYPES, &metadata::LIST_CREATE_FIELDS, &issue::CREATE, &issue::GET], &[FIELD_VALUES, RICH_TEXT, &[&project::SEARCH]]))]
    async fn create_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<CreateIssue>,
    ) -> Result<Json<IssueWritten>> {
        let jira = call.jira()?;
        let project = jira.project_named(&input.project).await?;
        let kind = jira.issue_type(&project, &input.kind).await?;
        let mut changes = FieldChanges::default();
        changes.set("summary", input.summary.as_str());
        changes.set_some("description", input.description);
        input.fields.add_to(&mut changes)?;
        let write = jira.resolve_write(&Target::Create { project: project.clone(), kind }, &changes).await?;
        let created = jira
            .create_issue(&write)
            .await
            .map_err(|error| error.check_with(created_lately(project.as_str())))?;
        let mut warnings = write.warnings.clone();
        // The issue is there: what fails from here on must not look as if it were not.
        let applied = match jira.read_back(&created, &write).await {
            Ok(detail) => write.applied(&detail.issue.fields, &jira.formatter().await?),
            Err(error) => {
                warnings.push(format!("The issue was created, and reading it back failed: {error}"));
                Applied::default()
            }
        };
        IssueWritten::new(jira, created.key, applied, warnings).await
    }
}

/// The read that tells whether an issue was created.
pub(in crate::tools) fn created_lately(project: &str) -> String {
    format!(
        "search_issues `project = {project} AND creator = currentUser() AND created >= -10m ORDER BY created DESC`"
    )
}
