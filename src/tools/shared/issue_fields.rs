//! What the tools that write issues share: their answer, and fields that other tools write.

use rmcp::handler::server::wrapper::Json;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::jira::{Applied, Client, FieldChanges};

/// What a write did.
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

/// Fields that are not written as fields, by what people call them, and what writes them.
const ELSEWHERE: [(&[&str], &str); 6] = [
    (&["status"], "transition_issue moves an issue to another status"),
    (&["comment", "comments"], "add_comment writes comments"),
    (&["issuelinks", "linkedissues", "links"], "link_issues links issues"),
    (
        &["worklog", "logwork", "worklogs", "timespent"],
        "add_worklog logs work, where the toolset `worklogs` is on",
    ),
    (&["attachment", "attachments"], "no tool here attaches files; it is done in Jira itself"),
    (&["project"], "`project` is a parameter of create_issue, and an issue stays in its project"),
];

/// The fields of an open `fields` argument, added to what named parameters wish.
///
/// # Errors
/// [`Error::Argument`] for what another tool writes.
pub(in crate::tools) fn wish(changes: &mut FieldChanges, fields: Map<String, Value>) -> Result<()> {
    for (name, value) in fields {
        let loose: String =
            name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if let Some((_, instead)) = ELSEWHERE.iter().find(|(names, _)| names.contains(&loose.as_str())) {
            return Err(Error::Argument(format!("`{name}` cannot be set in `fields`: {instead}.")));
        }
        changes.set(&name, value);
    }
    Ok(())
}
