//! Issue types, and the fields of create and edit screens: all that can be written.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::Result;
use crate::jira::platform::{metadata, project};
use crate::jira::{Client, IssueRef, IssueType, MAX_NAMED_VALUES, Screen, ScreenField, ValueFormatter};
use crate::server::Call;
use crate::server::{JiraServer, uses};

/// Values of one field that a search for values gives at most.
const MAX_SEARCHED_VALUES: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"project": "DEMO"}))]
struct ListIssueTypes {
    /// Key.
    project: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueTypeList {
    /// Types of issue that can be created in the project.
    issue_types: Vec<IssueTypeRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueTypeRow {
    /// Name.
    name: String,
    /// `epic` has children, `standard` may lie under an epic, `subtask` needs a parent.
    level: &'static str,
    /// What it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl From<&IssueType> for IssueTypeRow {
    fn from(kind: &IssueType) -> Self {
        Self {
            name: kind.name.clone(),
            level: match kind.hierarchy_level {
                _ if kind.subtask => "subtask",
                Some(1) => "epic",
                Some(level) if level > 1 => "above epic",
                _ => "standard",
            },
            description: kind.description.clone().filter(|text| !text.trim().is_empty()),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"project": "DEMO", "type": "Task"}))]
struct GetCreateFields {
    /// Key.
    project: String,
    /// Issue type.
    #[serde(rename = "type")]
    kind: String,
    /// Only this one, by name.
    field: Option<String>,
    /// Only values that contain this.
    query: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1"}))]
struct GetEditFields {
    /// Key, id or URL.
    issue: IssueRef,
    /// Only this one, by name.
    field: Option<String>,
    /// Only values that contain this.
    query: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FieldList {
    /// The required ones first.
    fields: Vec<FieldRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct FieldRow {
    /// Name to write it by.
    name: String,
    /// True where a value must be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    /// How a value is written.
    value: String,
    /// What Jira fills in by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<Value>,
    /// The values there are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<String>,
    /// How many more there are: `query` finds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<usize>,
}

#[tool_router(router = metadata_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List the issue types of a project.
    #[tool(meta = uses(&[&project::GET, &metadata::LIST_CREATE_TYPES], &[&[&project::SEARCH]]))]
    async fn list_issue_types(
        &self,
        call: Call,
        Parameters(input): Parameters<ListIssueTypes>,
    ) -> Result<Json<IssueTypeList>> {
        let jira = call.jira()?;
        let project = jira.project_named(&input.project).await?;
        let types = jira.issue_types(&project).await?;
        Ok(Json(IssueTypeList { issue_types: types.iter().map(IssueTypeRow::from).collect() }))
    }

    /// Fields for `create_issue`, with their allowed values.
    #[tool(meta = uses(&[&project::GET, &metadata::LIST_CREATE_TYPES, &metadata::LIST_CREATE_FIELDS], &[&[&project::SEARCH]]))]
    async fn get_create_fields(
        &self,
        call: Call,
        Parameters(input): Parameters<GetCreateFields>,
    ) -> Result<Json<FieldList>> {
        let jira = call.jira()?;
        let project = jira.project_named(&input.project).await?;
        let kind = jira.issue_type(&project, &input.kind).await?;
        let screen = jira.create_screen(&project, &kind).await?;
        field_list(jira, &screen, input.field.as_deref(), input.query.as_deref()).await.map(Json)
    }

    /// Fields of an issue for `update_issue`, with their allowed values.
    #[tool(meta = uses(&[&metadata::GET_EDIT_FIELDS], &[]))]
    async fn get_edit_fields(
        &self,
        call: Call,
        Parameters(input): Parameters<GetEditFields>,
    ) -> Result<Json<FieldList>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let screen = jira.edit_screen(&issue).await?;
        field_list(jira, &screen, input.field.as_deref(), input.query.as_deref()).await.map(Json)
    }
}

/// Fields that a screen has and other tools or parameters write.
const FIELDS_OF_OTHER_TOOLS: [&str; 6] =
    ["project", "issuetype", "issuelinks", "attachment", "comment", "worklog"];

async fn field_list(
    jira: &Client,
    screen: &Screen,
    field: Option<&str>,
    query: Option<&str>,
) -> Result<FieldList> {
    let mut fields: Vec<&ScreenField> = match field {
        Some(name) => vec![screen.resolve(name)?],
        None => screen.0.iter().filter(|field| !FIELDS_OF_OTHER_TOOLS.contains(&field.id.as_str())).collect(),
    };
    fields.sort_by_key(|field| !field.must_be_given());
    let formatter = jira.formatter().await?;
    let query = query.map(str::to_lowercase).filter(|query| !query.is_empty());
    Ok(FieldList {
        fields: fields.into_iter().map(|field| row(&formatter, field, query.as_deref())).collect(),
    })
}

fn row(formatter: &ValueFormatter, field: &ScreenField, query: Option<&str>) -> FieldRow {
    let mut values = Vec::new();
    for choice in field.choices.iter().flatten() {
        values.push(choice.name.clone());
        values.extend(choice.children.iter().map(|child| format!("{} > {}", choice.name, child.name)));
    }
    values.retain(|value| query.is_none_or(|query| value.to_lowercase().contains(query)));
    let shown = if query.is_some() { MAX_SEARCHED_VALUES } else { MAX_NAMED_VALUES };
    let more = values.len().saturating_sub(shown);
    values.truncate(shown);
    FieldRow {
        name: field.name.clone(),
        required: field.must_be_given().then_some(true),
        value: field.shape().words(),
        default: formatter.value(None, &field.default_value),
        allowed: values,
        more: (more > 0).then_some(more),
    }
}
