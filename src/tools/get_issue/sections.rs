//! What belongs to an issue beside its fields: the sections of `include`.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::history::ChangeView;
use crate::error::Result;
use crate::jira::{Client, Detail, Reader};

/// Rows of one section; its own tool pages through the rest.
const ROWS: usize = 10;

/// A section that a caller can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Section {
    Comments,
    Links,
    Subtasks,
    Attachments,
    History,
    Transitions,
    Worklogs,
}

/// The sections that come as a field of the issue.
const FIELDS: [(Section, &str, &str); 5] = [
    (Section::Comments, "comment", "comments"),
    (Section::Links, "issuelinks", "links"),
    (Section::Subtasks, "subtasks", "subtasks"),
    (Section::Attachments, "attachment", "attachments"),
    (Section::Worklogs, "worklog", "worklogs"),
];

impl Section {
    /// The issue's own field that holds it, where there is one.
    pub(super) fn field(self) -> Option<&'static str> {
        FIELDS.iter().find(|(section, ..)| *section == self).map(|(_, id, _)| *id)
    }
}

/// True for a field that is shown as a section.
pub(super) fn is_section(id: &str) -> bool {
    FIELDS.iter().any(|(_, field, _)| *field == id)
}

/// The sections as they are shown.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Sections {
    /// Sections that were not asked for, with how many they hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    more: Option<String>,
    /// Subtasks, or the children of an epic.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtasks: Option<Vec<ChildView>>,
    /// Attachments.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Vec<AttachmentView>>,
    /// Where it can go from here: `name → status`.
    #[serde(skip_serializing_if = "Option::is_none")]
    transitions: Option<Vec<String>>,
    /// Work logged, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    worklogs: Option<Vec<WorklogView>>,
    /// The latest changes, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<Vec<ChangeView>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ChildView {
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Value>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct AttachmentView {
    id: String,
    name: String,
    /// Media type.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// Bytes.
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    created: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorklogView {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    started: String,
    /// Such as `2h 30m`.
    spent: String,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// Reads the sections that were asked for out of the issue, and counts the others.
pub(super) async fn read(
    jira: &Client,
    include: &BTreeSet<Section>,
    detail: &Detail,
    reader: &Reader,
) -> Result<Sections> {
    let mut sections = Sections { more: more(include, detail), ..Sections::default() };
    for section in include {
        match section {
            Section::Comments | Section::Links => {}
            Section::Subtasks => sections.subtasks = Some(children(jira, rows(detail, "subtasks"), reader)),
            Section::Attachments => {
                sections.attachments = Some(attachments(rows(detail, "attachment"), reader))
            }
            Section::Worklogs => sections.worklogs = Some(worklogs(rows(detail, "worklog"), reader)),
            Section::Transitions => {
                sections.transitions = Some(detail.transitions.iter().map(transition).collect())
            }
            Section::History => {
                let mut changes =
                    detail.changelog.as_ref().map(|log| log.histories.clone()).unwrap_or_default();
                changes.sort_by(|a, b| b.created.cmp(&a.created));
                sections.history =
                    Some(changes.iter().take(ROWS).map(|change| ChangeView::new(change, reader)).collect());
            }
        }
    }
    Ok(sections)
}

/// The rows of a section's field: a list itself, or an object that holds one beside its total.
fn rows<'a>(detail: &'a Detail, id: &str) -> &'a [Value] {
    match detail.issue.fields.get(id) {
        Some(Value::Array(rows)) => rows,
        Some(Value::Object(paged)) => paged.values().find_map(Value::as_array).map_or(&[], Vec::as_slice),
        _ => &[],
    }
}

fn total(detail: &Detail, id: &str) -> u64 {
    let paged = detail.issue.fields.get(id).and_then(|value| value.get("total")).and_then(Value::as_u64);
    paged.unwrap_or_else(|| rows(detail, id).len() as u64)
}

/// `comments 12, links 2`: what `include` would add.
fn more(include: &BTreeSet<Section>, detail: &Detail) -> Option<String> {
    let counts: Vec<String> = FIELDS
        .iter()
        .filter(|(section, ..)| !include.contains(section))
        .map(|(_, id, name)| (total(detail, id), name))
        .filter(|(total, _)| *total > 0)
        .map(|(total, name)| format!("{name} {total}"))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn children(jira: &Client, rows: &[Value], reader: &Reader) -> Vec<ChildView> {
    let read = |row: &Value, id: &str| row.get("fields")?.get(id).and_then(|value| reader.read(None, value));
    rows.iter()
        .filter_map(|row| Some((text(row, "key")?, row)))
        .filter(|(key, _)| jira.sees_issue(key))
        .map(|(key, row)| ChildView { status: read(row, "status"), summary: read(row, "summary"), key })
        .collect()
}

fn attachments(rows: &[Value], reader: &Reader) -> Vec<AttachmentView> {
    rows.iter()
        .map(|row| AttachmentView {
            id: text(row, "id").unwrap_or_default(),
            name: text(row, "filename").unwrap_or_default(),
            kind: text(row, "mimeType"),
            size: row.get("size").and_then(Value::as_u64).unwrap_or_default(),
            author: row.get("author").and_then(|author| reader.person(author)),
            created: text(row, "created").map(|at| reader.moment(&at)).unwrap_or_default(),
        })
        .collect()
}

fn worklogs(rows: &[Value], reader: &Reader) -> Vec<WorklogView> {
    let mut rows: Vec<&Value> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(text(row, "started")));
    rows.into_iter()
        .take(ROWS)
        .map(|row| WorklogView {
            id: text(row, "id").unwrap_or_default(),
            author: row.get("author").and_then(|author| reader.person(author)),
            started: text(row, "started").map(|at| reader.moment(&at)).unwrap_or_default(),
            spent: text(row, "timeSpent").unwrap_or_default(),
            comment: row.get("comment").and_then(crate::jira::markdown),
        })
        .collect()
}

fn transition(row: &Value) -> String {
    let name = text(row, "name").unwrap_or_default();
    match row.get("to").and_then(|to| text(to, "name")) {
        Some(to) if to != name => format!("{name} → {to}"),
        _ => name,
    }
}
