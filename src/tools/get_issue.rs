//! Reading one issue.

mod sections;

use std::collections::BTreeSet;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Call;
use crate::error::Result;
use crate::jira::{Detail, Field, Fields, IssueRef, Reader, adf, markdown, version};
use crate::render;
use crate::server::JiraServer;
use sections::{Section, Sections};

/// System fields that are shown as members of their own, with the name they have there.
const NAMED: [(&str, &str); 17] = [
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

/// System fields that tell nothing which is not told elsewhere; shown where asked for by name.
const UNASKED: [&str; 22] = [
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
#[serde(deny_unknown_fields)]
struct GetIssue {
    /// Key, id or URL.
    #[schemars(with = "String")]
    issue: IssueRef,
    /// Sections to add.
    #[serde(default)]
    include: BTreeSet<Section>,
    /// Only these fields, by name or id; default: all with a value.
    #[serde(default)]
    fields: Vec<String>,
    /// Read on in a description that was cut, from its `next_offset`.
    offset: Option<u64>,
    /// `adf` gives rich text as raw ADF.
    #[serde(default)]
    format: Format,
}

/// How rich text is given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Format {
    #[default]
    Markdown,
    Adf,
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
    known: Map<String, Value>,
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

#[tool_router(router = get_issue_tools, vis = "pub(super)")]
impl JiraServer {
    /// Read one issue: fields, description, and the sections in `include`.
    #[tool(
        title = "Get issue",
        annotations(
            read_only_hint = true,
            destructive_hint = false,
            idempotent_hint = true,
            open_world_hint = true
        )
    )]
    async fn get_issue(
        &self,
        call: Call,
        Parameters(input): Parameters<GetIssue>,
    ) -> Result<Json<IssueView>> {
        let jira = call.jira()?;
        let issue = jira.admit(&input.issue).await?;
        let fields = jira.fields().await?;
        let wanted = wanted(&input, &fields)?;
        let mut expand = BTreeSet::new();
        if input.include.contains(&Section::History) {
            expand.insert("changelog");
        }
        if input.include.contains(&Section::Transitions) {
            expand.insert("transitions");
        }
        let detail = jira.issue(&issue, &wanted, &expand).await?;
        let reader = jira.reader().await?.with_raw_text(input.format == Format::Adf);
        let mut view = IssueView {
            url: jira.browse(&detail.issue.key).await?,
            key: detail.issue.key.clone(),
            known: known(&detail, &reader),
            fields: others(&input, &detail, &fields, &reader),
            description: None,
            version: None,
            next_offset: None,
            sections: sections::read(jira, &issue, &input.include, &detail, &reader, call.max_tokens() / 2)
                .await?,
        };
        let description = detail.issue.fields.get("description").filter(|value| !value.is_null());
        if let Some(stored) = description {
            view.version = version(stored);
            match input.format {
                Format::Adf => view.description = Some(stored.clone()),
                Format::Markdown => {
                    let text = markdown(stored).unwrap_or_default();
                    view.describe(&text, input.offset.unwrap_or(0), call.max_tokens());
                }
            }
        }
        Ok(Json(view))
    }
}

/// The ids to ask Jira for.
fn wanted(input: &GetIssue, fields: &Fields) -> Result<Vec<String>> {
    if input.fields.is_empty() {
        return Ok(vec!["*all".to_owned()]);
    }
    let mut ids = Vec::new();
    for name in &input.fields {
        ids.push(fields.resolve(name)?.id.clone());
    }
    ids.extend(input.include.iter().filter_map(|section| section.field()).map(str::to_owned));
    Ok(ids)
}

/// The system fields that have a member of their own.
fn known(detail: &Detail, reader: &Reader) -> Map<String, Value> {
    let mut known = Map::new();
    for (id, name) in NAMED {
        let Some(value) = detail.issue.fields.get(id) else { continue };
        let value = match (id, value) {
            ("created" | "updated" | "resolutiondate", Value::String(text)) => {
                Some(reader.moment(text).into())
            }
            _ => reader.read(None, value),
        };
        known.extend(value.map(|value| (name.to_owned(), value)));
    }
    known
}

/// Every other field with a value, by display name; two of one name are told apart by their ids.
fn others(input: &GetIssue, detail: &Detail, fields: &Fields, reader: &Reader) -> Map<String, Value> {
    let mut others = Map::new();
    for (id, value) in &detail.issue.fields {
        let field = fields.by_id(id);
        let hidden = NAMED.iter().any(|(named, _)| named == id)
            || sections::is_section(id)
            || id == "description"
            || (input.fields.is_empty()
                && (UNASKED.contains(&id.as_str()) || field.is_some_and(is_internal)));
        if hidden {
            continue;
        }
        let Some(value) = reader.read(field, value) else { continue };
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
        let spent = serde_json::to_string(&self).map_or(0, |json| render::tokens(&json));
        let room = max_tokens.saturating_sub(spent).max(max_tokens / 4);
        let shown = cut(rest, room);
        self.description = (!shown.is_empty()).then(|| shown.into());
        self.next_offset = (shown.len() < rest.len()).then(|| (skipped + shown.chars().count()) as u64);
    }
}

/// The first blocks of a text that fit into so many tokens; at least some of it.
fn cut(text: &str, tokens: usize) -> &str {
    let (mut shown, mut room) = (text, text.chars().count());
    while render::tokens(shown) > tokens && room > 1 {
        // By the share that is too much, and a little more, as signs differ in what they cost.
        room = (room * tokens / render::tokens(shown)).min(room * 9 / 10).max(1);
        shown = adf::split(text, room).0;
    }
    shown
}
