//! Moving issues through their workflow.

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::jira::platform::{comment, issue, transition};
use crate::jira::{Audience, FieldChanges, IssueRef, ScreenField, Target, Transition};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::issue_fields::add_named_fields;
use crate::tools::shared::operations::{FIELD_VALUES, RICH_TEXT};

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-2"}))]
struct ListTransitions {
    /// Key, id or URL.
    issue: IssueRef,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TransitionList {
    /// Where the issue can go now, for you.
    transitions: Vec<TransitionRow>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TransitionRow {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// The status that it leads to.
    to: String,
    /// Fields that it requires, with their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    required: Vec<String>,
    /// Fields that it can set besides, with their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    optional: Vec<String>,
}

impl From<&Transition> for TransitionRow {
    fn from(transition: &Transition) -> Self {
        let of = |required: bool| {
            let fields = transition.fields.0.iter().filter(|field| field.required == required);
            fields.map(ScreenField::with_values).collect()
        };
        Self {
            id: transition.id.clone(),
            name: transition.name.clone(),
            to: transition.to.name.clone(),
            required: of(true),
            optional: of(false),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-2", "to": "To Do"}))]
struct TransitionIssue {
    /// Key, id or URL.
    issue: IssueRef,
    /// Target status, or the transition's name or id.
    to: String,
    /// Fields of its screen by name, such as {"Resolution": "Done"}.
    #[serde(default)]
    fields: Map<String, Value>,
    /// Markdown.
    comment: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct IssueTransitioned {
    /// Key or id, as it was named.
    issue: String,
    /// The issue's status now.
    status: String,
    /// The transition that was made.
    transition: String,
    /// Fields that were set with it, by display name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    set: Map<String, Value>,
    /// Whether the comment was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    /// What probably is not as it was meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[tool_router(router = transition_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List where an issue can go from its status, with the fields that each way requires.
    #[tool(meta = uses(&[&transition::LIST], &[]))]
    async fn list_transitions(
        &self,
        call: Call,
        Parameters(input): Parameters<ListTransitions>,
    ) -> Result<Json<TransitionList>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let transitions = jira.transitions(&issue).await?;
        Ok(Json(TransitionList { transitions: transitions.iter().map(TransitionRow::from).collect() }))
    }

    /// Move an issue to another status.
    #[tool(meta = uses(&[&transition::LIST, &issue::TRANSITION], &[FIELD_VALUES, RICH_TEXT, &[&transition::LIST_STATUSES, &comment::ADD]]))]
    async fn transition_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<TransitionIssue>,
    ) -> Result<Json<IssueTransitioned>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let transition = jira.transition_to(&issue, &input.to).await?;
        let mut changes = FieldChanges::default();
        add_named_fields(&mut changes, input.fields)?;
        let mut write =
            jira.resolve_write(&Target::Move(issue.clone(), transition.clone()), &changes).await?;
        let mut warnings = std::mem::take(&mut write.warnings);
        let text = match input.comment.as_deref().filter(|text| !text.trim().is_empty()) {
            Some(text) => Some(jira.rich_text(Some(&issue), text).await?),
            None => None,
        };
        warnings.extend(text.iter().flat_map(|text| text.warnings.clone()));
        let comment = text.as_ref().map(|draft| &draft.text);
        let formatter = jira.formatter().await?;
        let with_screen = comment.filter(|_| transition.has_screen);
        jira.transition_issue(&issue, &transition, &write, with_screen)
            .await
            .map_err(|error| error.check_with(format!("get_issue {} for its status", issue.as_str())))?;
        // A transition without a screen takes no comment; the issue has moved already by then.
        let commented = match comment {
            Some(comment) if !transition.has_screen => {
                match jira.add_comment(&issue, comment, &Audience::default()).await {
                    Ok(_) => Some("added".to_owned()),
                    Err(error) => Some(format!("not added: {error}")),
                }
            }
            Some(_) => Some("added".to_owned()),
            None => None,
        };
        warnings.extend(jira.overwritten(&issue, &write, None, &formatter).await);
        let set = write.sent(&formatter);
        Ok(Json(IssueTransitioned {
            issue: issue.as_str().to_owned(),
            status: transition.to.name,
            transition: transition.name,
            set,
            comment: commented,
            warnings,
        }))
    }
}
