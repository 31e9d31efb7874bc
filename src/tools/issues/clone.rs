//! Copying issues.

use std::collections::BTreeSet;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::jira::platform::{field, issue, issue_link, metadata, project};
use crate::jira::{Client, Created, FieldChanges, IssueRef, IssueWithLinks, RawIssue, Relation, Target};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::issues::create::created_lately;
use crate::tools::shared::issue_fields::add_named_fields;
use crate::tools::shared::operations::{FIELD_VALUES, RICH_TEXT};

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1"}))]
struct CloneIssue {
    /// Key, id or URL.
    issue: IssueRef,
    /// Default: as the original.
    summary: Option<String>,
    /// Key of another project for the copy.
    project: Option<String>,
    /// What shall differ, as in `create_issue`; null leaves a field empty.
    #[serde(default)]
    fields: Map<String, Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueCloned {
    /// Key of the copy.
    key: String,
    /// Address for people.
    url: String,
    /// Fields that the copy has, by display name.
    copied: Vec<String>,
    /// The link to the original.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Fields of the original that the copy does not have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_copied: Vec<String>,
    /// What probably is not as it was meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[tool_router(router = clone_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// Copy an issue's fields into a new one that is linked to it; not its comments, attachments
    /// or subtasks.
    #[tool(meta = uses(&[&issue::GET, &metadata::LIST_CREATE_TYPES, &metadata::LIST_CREATE_FIELDS, &field::LIST, &issue::CREATE, &issue_link::LIST_TYPES, &issue_link::CREATE], &[FIELD_VALUES, RICH_TEXT, &[&project::GET, &project::SEARCH]]))]
    async fn clone_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<CloneIssue>,
    ) -> Result<Json<IssueCloned>> {
        let jira = call.jira()?;
        let original = jira.allowed_issue(&input.issue).await?;
        let source = jira.issue(&original, &["*all".to_owned()], &BTreeSet::new()).await?.issue;
        let project = match &input.project {
            Some(project) => jira.project_named(project).await?,
            None => jira.project_of(&original).await?,
        };
        let kind = source.fields.get("issuetype").and_then(|kind| kind["name"].as_str()).unwrap_or_default();
        let kind = jira.issue_type(&project, kind).await?;
        let target = Target::Create { project: project.clone(), kind };

        let mut except: Vec<&str> = input.fields.keys().map(String::as_str).collect();
        except.extend(input.summary.is_some().then_some("summary"));
        let copy = jira.copy_of(&source, &target, &except).await?;
        let mut changes = FieldChanges::default();
        changes.set_some("summary", input.summary.as_deref());
        changes.extend(copy.changes);
        add_named_fields(
            &mut changes,
            input.fields.into_iter().filter(|(_, value)| !value.is_null()).collect(),
        )?;
        let write = jira.resolve_write(&target, &changes).await?;
        let created = jira
            .create_issue(&write)
            .await
            .map_err(|error| error.check_with(created_lately(project.as_str())))?;

        // The copy is there: what fails from here on must not look as if it were not.
        let mut warnings = write.warnings.clone();
        let mut not_copied = copy.left_out;
        let mut copied = Vec::new();
        match jira.read_back(&created, &write).await {
            Ok(detail) => {
                let applied = write.applied(&detail.issue.fields, &jira.formatter().await?);
                not_copied.extend(applied.not_applied);
                copied.extend(applied.set.into_iter().map(|(name, _)| name));
            }
            Err(error) => warnings.push(format!("The copy was made, and reading it back failed: {error}")),
        }
        let link = match linked(jira, &created, &source).await {
            Ok(link) => Some(link),
            Err(error) => {
                warnings.push(format!("The copy is not linked to the original: {error}"));
                None
            }
        };
        Ok(Json(IssueCloned {
            url: jira.browse(&created.key).await?,
            key: created.key,
            copied,
            link,
            not_copied,
            warnings,
        }))
    }
}

/// What Jira's own link from a copy to its original says.
const CLONES: &str = "clones";

/// Links a copy to its original as Jira itself does it.
async fn linked(jira: &Client, copy: &Created, original: &RawIssue) -> Result<String> {
    let relation = Relation::find(&jira.link_types().await?, CLONES)
        .map_err(|_| Error::NoLinkType { phrase: CLONES })?;
    let from = IssueWithLinks { id: copy.id.clone(), key: copy.key.clone(), links: Vec::new() };
    let to = jira
        .allowed_issue(
            &IssueRef::try_from(original.key.clone()).map_err(|error| Error::Internal(error.to_string()))?,
        )
        .await?;
    jira.link(&from, &relation, &to).await?;
    Ok(format!("{} {} {}", copy.key, relation.words(), original.key))
}
