//! Fields of issues as tools write them, and the answer of such a write.

use std::borrow::Cow;

use rmcp::handler::server::wrapper::Json;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{FieldProblem, FieldWriter, InvalidArgument, Result};
use crate::jira::{Applied, Client, FieldChanges};

/// Result of a write.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct IssueWritten {
    /// Key.
    pub(in crate::tools) key: String,
    /// Address for people.
    pub(in crate::tools) url: String,
    /// Fields that were set, by display name, with their new values.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub(in crate::tools) set: Map<String, Value>,
    /// Fields that Jira took without an error and did not set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::tools) not_applied: Vec<String>,
    /// What probably is not as it was meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::tools) warnings: Vec<String>,
}

impl IssueWritten {
    pub(in crate::tools) async fn new(
        jira: &Client,
        key: String,
        applied: Applied,
        warnings: Vec<String>,
    ) -> Result<Json<Self>> {
        let url = jira.browse(&key).await?;
        Ok(Json(Self { key, url, set: applied.set, not_applied: applied.not_applied, warnings }))
    }
}

/// Fields of a new issue.
pub(in crate::tools) type NewIssueFields = IssueFields<true>;
/// Fields of an issue that is there; what is not given stays.
pub(in crate::tools) type ChangedIssueFields = IssueFields<false>;

/// Fields that an issue is created with or changed in. Flattened into inputs.
#[derive(Debug, Deserialize)]
pub(in crate::tools) struct IssueFields<const NEW: bool> {
    parent: Option<String>,
    assignee: Option<String>,
    priority: Option<String>,
    labels: Option<Vec<String>>,
    components: Option<Vec<String>>,
    fix_versions: Option<Vec<String>>,
    due_date: Option<String>,
    #[serde(default)]
    fields: Map<String, Value>,
}

impl<const NEW: bool> IssueFields<NEW> {
    /// Adds them to what is to be written.
    ///
    /// # Errors
    /// As [`add_named_fields`].
    pub(in crate::tools) fn add_to(self, changes: &mut FieldChanges) -> Result<()> {
        changes.set_some("parent", self.parent);
        changes.set_some("assignee", self.assignee);
        changes.set_some("priority", self.priority);
        changes.set_some("labels", self.labels);
        changes.set_some("components", self.components);
        changes.set_some("fixVersions", self.fix_versions);
        changes.set_some("duedate", self.due_date);
        add_named_fields(changes, self.fields)
    }
}

impl<const NEW: bool> JsonSchema for IssueFields<NEW> {
    fn schema_name() -> Cow<'static, str> {
        "IssueFields".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let either = |new: &'static str, changed: &'static str| if NEW { new } else { changed };
        let text = |about| json!({"description": about, "type": "string"});
        let list = |about| json!({"description": about, "type": "array", "items": {"type": "string"}});
        let others = either(
            "Other fields by name: `{\"Story Points\": 5, \"Region\": \"EMEA > Germany\", \"Sprint\": \"Sprint 7\", \
             \"Original estimate\": \"2h 30m\", \"Reviewers\": [\"Ana Silva\"]}`.",
            "Other fields by name: `{\"Story Points\": 5, \"Region\": \"EMEA > Germany\", \"Sprint\": \"Sprint 7\"}`. \
             A list replaces; `{\"Labels\": {\"add\": [\"a\"], \"remove\": [\"b\"]}}` changes it.",
        );
        json_schema!({"type": "object", "properties": {
            "parent": text(either("Key of the epic, or of a subtask's parent.", "Key.")),
            "assignee": text(either(
                "`me`, name, e-mail or account id.",
                "`me`, name, e-mail, account id or `unassigned`.",
            )),
            "priority": text("Name."),
            "labels": list(either("Words without spaces.", "Replaces all.")),
            "components": list(either("Names.", "Replaces all.")),
            "fix_versions": list(either("Names.", "Replaces all.")),
            "due_date": text("YYYY-MM-DD."),
            "fields": {"description": others, "type": "object", "additionalProperties": true},
        }})
    }
}

/// Fields that are not written as fields, by what people call them, and what writes them.
const WRITTEN_BY_OTHER_TOOLS: [(&[&str], FieldWriter); 6] = [
    (&["status"], FieldWriter::TransitionIssue),
    (&["comment", "comments"], FieldWriter::AddComment),
    (&["issuelinks", "linkedissues", "links"], FieldWriter::LinkIssues),
    (&["worklog", "logwork", "worklogs", "timespent"], FieldWriter::AddWorklog),
    (&["attachment", "attachments"], FieldWriter::JiraItself),
    (&["project"], FieldWriter::CreateIssue),
];

/// Adds the fields of an open `fields` argument to what is to be written.
///
/// # Errors
/// [`InvalidArgument`] for what another tool writes.
pub(in crate::tools) fn add_named_fields(
    changes: &mut FieldChanges,
    fields: Map<String, Value>,
) -> Result<()> {
    for (name, value) in fields {
        let loose: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if let Some((_, writer)) =
            WRITTEN_BY_OTHER_TOOLS.iter().find(|(names, _)| names.contains(&loose.as_str()))
        {
            return Err(InvalidArgument::parameter(name, FieldProblem::WrittenElsewhere(*writer)).into());
        }
        changes.set(&name, value);
    }
    Ok(())
}
