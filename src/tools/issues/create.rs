//! Creating issues.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::jira::platform::{issue, metadata, project};
use crate::jira::{Applied, FieldChanges, Target};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::issue_fields::{IssueWritten, wish};
use crate::tools::shared::operations::{FIELD_VALUES, RICH_TEXT};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
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
    /// Key of the epic, or of a subtask's parent.
    parent: Option<String>,
    /// `me`, name, e-mail or account id.
    assignee: Option<String>,
    /// Name.
    priority: Option<String>,
    /// Words without spaces.
    labels: Option<Vec<String>>,
    /// Names.
    components: Option<Vec<String>>,
    /// Names.
    fix_versions: Option<Vec<String>>,
    /// YYYY-MM-DD.
    due_date: Option<String>,
    /// Other fields by name: `{"Story Points": 5, "Region": "EMEA > Germany", "Sprint": "Sprint 7",
    /// "Original estimate": "2h 30m", "Reviewers": ["Ana Silva"]}`.
    #[serde(default)]
    fields: Map<String, Value>,
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
        changes.set_some("parent", input.parent);
        changes.set_some("assignee", input.assignee);
        changes.set_some("priority", input.priority);
        changes.set_some("labels", input.labels);
        changes.set_some("components", input.components);
        changes.set_some("fixVersions", input.fix_versions);
        changes.set_some("duedate", input.due_date);
        wish(&mut changes, input.fields)?;
        let write = jira.prepare(&Target::Create { project: project.clone(), kind }, &changes).await?;
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
