//! Creating issues.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::Result;
use crate::jira::{Applied, Target, Wishes};
use crate::server::Call;
use crate::server::JiraServer;
use crate::tools::shared::issue_fields::{Written, wish};

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
    #[tool(
        title = "Create issue",
        annotations(
            read_only_hint = false,
            destructive_hint = false,
            idempotent_hint = false,
            open_world_hint = true
        )
    )]
    async fn create_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<CreateIssue>,
    ) -> Result<Json<Written>> {
        let jira = call.jira()?;
        let project = jira.project_key(&input.project).await?;
        let kind = jira.issue_type(&project, &input.kind).await?;
        let mut wishes = Wishes::default();
        wishes.set("summary", input.summary.as_str());
        wishes.set_some("description", input.description);
        wishes.set_some("parent", input.parent);
        wishes.set_some("assignee", input.assignee);
        wishes.set_some("priority", input.priority);
        wishes.set_some("labels", input.labels);
        wishes.set_some("components", input.components);
        wishes.set_some("fixVersions", input.fix_versions);
        wishes.set_some("duedate", input.due_date);
        wish(&mut wishes, input.fields)?;
        let prepared = jira.prepare(&Target::Create { project: project.clone(), kind }, &wishes).await?;
        let created =
            jira.create_issue(&prepared).await.map_err(|error| error.check_with(created_lately(&project)))?;
        let mut warnings = prepared.warnings.clone();
        // The issue is there: what fails from here on must not look as if it were not.
        let applied = match jira.read_back(&created, &prepared).await {
            Ok(detail) => prepared.applied(&detail.issue.fields, &jira.reader().await?),
            Err(error) => {
                warnings.push(format!("The issue was created, and reading it back failed: {error}"));
                Applied::default()
            }
        };
        Written::new(jira, created.key, applied, warnings).await
    }
}

/// The read that tells whether an issue was created.
pub(in crate::tools) fn created_lately(project: &str) -> String {
    format!(
        "search_issues `project = {project} AND creator = currentUser() AND created >= -10m ORDER BY created DESC`"
    )
}
