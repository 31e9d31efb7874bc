//! Reading one issue.

mod sections;

use std::collections::BTreeSet;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{InvalidArgument, Result, TextProblem};
use crate::jira::platform::{bulk_fetch, comment, field, issue, search, worklog};
use crate::jira::{Field, Fields, IssueDetail, IssueRef, RichText, ValueFormatter};
use crate::render;
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::input::Format;
use sections::{IssueSection, Sections};

/// Tokens of a text at least, however much it is cut.
const MIN_TEXT_TOKENS: usize = 100;

/// System fields that are shown as members of their own, with the name they have there.
const SYSTEM_FIELDS: [(&str, &str); 17] = [
    ("summary", "summary"),
    ("issuetype", "type"),
    ("status", "status"),
    ("resolution", "resolution"),
    ("priority", "priority"),
    ("assignee", "assignee"),
    ("reporter", "reporter"),
    ("parent", "parent"),
    ("labels", "labels"),
    ("components", "components"),
    ("fixVersions", "fix_versions"),
    ("versions", "affected_versions"),
    ("duedate", "due_date"),
    ("timetracking", "time"),
    ("created", "created"),
    ("updated", "updated"),
    ("resolutiondate", "resolved"),
];

/// System fields that are shown only where asked for by name, as they say nothing which others do not.
const FIELDS_ON_REQUEST: [&str; 22] = [
    "project",
    "creator",
    "votes",
    "watches",
    "workratio",
    "lastViewed",
    "statusCategory",
    "statuscategorychangedate",
    "progress",
    "aggregateprogress",
    "timespent",
    "timeestimate",
    "timeoriginalestimate",
    "aggregatetimespent",
    "aggregatetimeestimate",
    "aggregatetimeoriginalestimate",
    "thumbnail",
    "issuerestriction",
    "issuekey",
    "rankBeforeIssue",
    "rankAfterIssue",
    "description",
];

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-31", "include": ["comments", "links", "subtasks", "attachments", "history", "transitions", "worklogs"]}))]
struct GetIssue {
    /// Key, id or URL.
    issue: IssueRef,
    /// Sections to add.
    #[serde(default)]
    include: BTreeSet<IssueSection>,
    /// Only these fields, by name or id; default: all with a value.
    #[serde(default)]
    fields: Vec<String>,
    /// Read on in a description that was cut, from its `next_offset`.
    offset: Option<u64>,
    /// `adf` gives rich text as raw ADF.
    #[serde(default)]
    format: Format,
}

/// An issue. Members without a value are left out.
#[derive(Debug, Serialize, JsonSchema)]
struct IssueView {
    /// Present key.
    key: String,
    /// Address for people.
    url: String,
    /// Fields of the system by short name, custom fields under `fields`.
    #[serde(flatten)]
    system_fields: Map<String, Value>,
    /// Custom fields by display name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    fields: Map<String, Value>,
    /// Markdown; an object where raw ADF was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Value>,
    /// Version of the description, for update_issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The description goes on: call again with this as `offset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u64>,
    #[serde(flatten)]
    sections: Sections,
}

#[tool_router(router = get_issue_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// Read one issue: fields, description, and the sections in `include`.
    #[tool(meta = uses(&[&issue::GET, &field::LIST], &[&[&comment::LIST, &worklog::LIST, &search::SEARCH, &search::COUNT, &bulk_fetch::BULK_FETCH]]))]
    async fn get_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<GetIssue>,
    ) -> Result<Json<IssueView>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let fields = jira.fields().await?;
        let ids = field_ids(&input, &fields)?;
        let mut expand = BTreeSet::new();
        if input.include.contains(&IssueSection::History) {
            expand.insert("changelog");
        }
        if input.include.contains(&IssueSection::Transitions) {
            expand.insert("transitions");
        }
        let mut detail = jira.issue(&issue, &ids, &expand).await?;
        let formatter = jira.formatter().await?.with_raw_text(input.format.is_raw());
        let room = call.max_tokens();
        let system_fields = system_fields(&detail, &formatter);
        let other_fields = other_fields(&input, &detail, &fields, &formatter, room / 2);
        let spent = cost(&(&system_fields, &other_fields));
        let for_sections = room.saturating_sub(spent) / 2;
        let mut view = IssueView {
            url: jira.browse(&detail.issue.key).await?,
            key: detail.issue.key.clone(),
            system_fields,
            fields: other_fields,
            description: None,
            version: None,
            next_offset: None,
            sections: sections::read(jira, &issue, &input.include, &detail, &formatter, for_sections).await?,
        };
        let description: RichText =
            detail.issue.fields.remove("description").map(RichText::from).unwrap_or_default();
        if !description.is_null() {
            let stored = description.source();
            view.version = description.version();
            match input.format {
                Format::Adf if cost(&(&view, stored)) > room => {
                    let problem = TextProblem::TooLargeAsAdf { tokens: cost(stored) };
                    return Err(InvalidArgument::field("The description", problem).into());
                }
                Format::Adf => view.description = Some(stored.clone()),
                Format::Markdown => {
                    let text = description.markdown().unwrap_or_default();
                    view.describe(text, input.offset.unwrap_or(0), room);
                }
            }
        }
        Ok(Json(view))
    }
}

/// Tokens of a part of the result.
fn cost(part: &impl Serialize) -> usize {
    serde_json::to_string(part).map_or(0, |json| render::tokens(&json))
}

/// The ids to ask Jira for.
fn field_ids(input: &GetIssue, fields: &Fields) -> Result<Vec<String>> {
    if input.fields.is_empty() {
        return Ok(vec!["*all".to_owned()]);
    }
    let mut ids = Vec::new();
    for name in &input.fields {
        ids.push(fields.resolve(name)?.id.clone());
    }
    ids.extend(input.include.iter().flat_map(|section| section.fields()).map(str::to_owned));
    Ok(ids)
}

/// The system fields that have a member of their own.
fn system_fields(detail: &IssueDetail, formatter: &ValueFormatter) -> Map<String, Value> {
    let mut shown = Map::new();
    for (id, name) in SYSTEM_FIELDS {
        let Some(value) = detail.issue.fields.get(id) else { continue };
        let value = match (id, value) {
            ("created" | "updated" | "resolutiondate", Value::String(text)) => {
                Some(formatter.date_time(text).into())
            }
            _ => formatter.value(None, value),
        };
        shown.extend(value.map(|value| (name.to_owned(), value)));
    }
    shown
}

/// Every other field with a value, by display name; two of one name are told apart by their ids. A
/// text of which too much is left for `room` tokens is cut, and says so.
fn other_fields(
    input: &GetIssue,
    detail: &IssueDetail,
    fields: &Fields,
    formatter: &ValueFormatter,
    room: usize,
) -> Map<String, Value> {
    let mut others = Map::new();
    let mut left = room;
    for (id, value) in &detail.issue.fields {
        let field = fields.by_id(id);
        let hidden = SYSTEM_FIELDS.iter().any(|(named, _)| named == id)
            || sections::is_section(id)
            || id == "description"
            || (input.fields.is_empty()
                && (FIELDS_ON_REQUEST.contains(&id.as_str()) || field.is_some_and(is_internal)));
        if hidden {
            continue;
        }
        let Some(mut value) = formatter.value(field, value) else { continue };
        if let Some(short) =
            value.as_str().and_then(|text| render::shortened(text, left.max(MIN_TEXT_TOKENS)))
        {
            value = short.into();
        }
        left = left.saturating_sub(cost(&value));
        let name = field.map_or(id.as_str(), |field| &field.name);
        let name = if others.contains_key(name) { format!("{name} ({id})") } else { name.to_owned() };
        others.insert(name, value);
    }
    others
}

/// Fields that Jira keeps for itself: ranks, and what its own apps store.
fn is_internal(field: &Field) -> bool {
    let kind = field.schema.as_ref().and_then(|schema| schema.custom_kind()).unwrap_or_default();
    matches!(
        kind,
        "gh-lexo-rank"
            | "devsummarycf"
            | "devsummary"
            | "vulnerabilitycf"
            | "jsw-issue-color"
            | "gh-global-rank"
    )
}

impl IssueView {
    /// Puts as much of the description in as there is room for, cut between blocks.
    fn describe(&mut self, text: &str, offset: u64, max_tokens: usize) {
        let skipped = usize::try_from(offset).unwrap_or(usize::MAX);
        let from =
            text.char_indices().nth(skipped).map_or(if skipped == 0 { 0 } else { text.len() }, |(at, _)| at);
        let rest = &text[from..];
        let room = max_tokens.saturating_sub(cost(&self) + MIN_TEXT_TOKENS).max(MIN_TEXT_TOKENS);
        let (shown, left) = jira_adf::split(rest, render::reach(rest, room));
        self.description = (!shown.is_empty()).then(|| shown.into());
        self.next_offset = (!left.is_empty()).then(|| (skipped + shown.chars().count()) as u64);
    }
}
