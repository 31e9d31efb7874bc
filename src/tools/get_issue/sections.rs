//! What belongs to an issue beside its fields: the sections of `include`.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::history::ChangeView;
use super::super::view::{CommentView, LinkView};
use crate::error::Result;
use crate::jira::{Admitted, Client, Detail, Link, RawComment, RawIssue, Reader};
use crate::render;

/// Rows of one section; its own tool pages through the rest.
const ROWS: usize = 10;

/// Children of an epic that are shown.
const CHILDREN: u64 = 50;

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
    /// The latest comments, newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentView>>,
    /// Links: this issue, relation, other issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Vec<LinkView>>,
    /// How many linked or child issues lie outside the projects that this server may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    outside: Option<usize>,
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
    #[schemars(with = "Option<String>")]
    status: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
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
    /// Markdown; an object where raw ADF was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<Value>,
}

/// Reads the sections that were asked for, out of the issue where they come with it; what is not
/// shown is counted. `room` is what the comments may take, in tokens.
pub(super) async fn read(
    jira: &Client,
    issue: &Admitted,
    include: &BTreeSet<Section>,
    detail: &Detail,
    reader: &Reader,
    room: usize,
) -> Result<Sections> {
    let mut sections = Sections::default();
    let mut outside = 0;
    for section in include {
        match section {
            Section::Comments => sections.comments = Some(comments(jira, issue, detail, reader, room).await?),
            Section::Links => {
                let links = detail.issue.fields.get("issuelinks").map(Link::all).unwrap_or_default();
                let (seen, hidden) = LinkView::all(&links, jira, reader);
                sections.links = Some(seen);
                outside += hidden;
            }
            Section::Subtasks => {
                let (seen, hidden) = children(jira, detail, reader).await?;
                sections.subtasks = Some(seen);
                outside += hidden;
            }
            Section::Attachments => {
                sections.attachments = Some(attachments(rows(detail, "attachment"), reader));
            }
            Section::Worklogs => sections.worklogs = Some(worklogs(rows(detail, "worklog"), reader)),
            Section::Transitions => {
                sections.transitions = Some(detail.transitions.iter().map(transition).collect());
            }
            Section::History => {
                let mut changes =
                    detail.changelog.as_ref().map(|log| log.histories.clone()).unwrap_or_default();
                changes.sort_by_key(|change| Reverse(change.created.clone()));
                let latest = changes.iter().take(ROWS).map(|change| ChangeView::new(change, reader));
                sections.history = Some(latest.collect());
            }
        }
    }
    sections.outside = (outside > 0).then_some(outside);
    sections.more = sections.more(include, detail);
    Ok(sections)
}

impl Sections {
    /// `comments 12, links 2, history 40 (10 shown)`: what there is beside what is shown.
    fn more(&self, include: &BTreeSet<Section>, detail: &Detail) -> Option<String> {
        let shown = |section| match section {
            Section::Comments => self.comments.as_ref().map(Vec::len),
            Section::Attachments => self.attachments.as_ref().map(Vec::len),
            Section::Worklogs => self.worklogs.as_ref().map(Vec::len),
            _ => None,
        };
        let mut counts = Vec::new();
        for (section, id, name) in FIELDS {
            let total = total(detail, id);
            match shown(section) {
                None if !include.contains(&section) && total > 0 => counts.push(format!("{name} {total}")),
                Some(shown) if (shown as u64) < total => {
                    counts.push(format!("{name} {total} ({shown} shown)"));
                }
                _ => {}
            }
        }
        if let (Some(history), Some(log)) = (&self.history, &detail.changelog)
            && log.total > history.len() as u64
        {
            counts.push(format!("history {} ({} shown)", log.total, history.len()));
        }
        (!counts.is_empty()).then(|| counts.join(", "))
    }
}

/// The newest comments that fit; Jira sends the oldest with the issue, so that more of them take a
/// request of their own.
async fn comments(
    jira: &Client,
    issue: &Admitted,
    detail: &Detail,
    reader: &Reader,
    room: usize,
) -> Result<Vec<CommentView>> {
    let mut raw: Vec<RawComment> =
        rows(detail, "comment").iter().filter_map(|row| RawComment::deserialize(row).ok()).collect();
    if (raw.len() as u64) < total(detail, "comment") {
        raw = jira.comments(issue, ROWS as u64, None).await?.0.rows;
    }
    raw.sort_by_key(|comment| Reverse(comment.created.clone()));
    let mut left = room;
    let views = raw.iter().take(ROWS).map(|comment| CommentView::new(comment, reader)).take_while(|view| {
        let cost = serde_json::to_string(view).map_or(0, |json| render::tokens(&json));
        let fits = cost <= left;
        left = left.saturating_sub(cost);
        fits
    });
    Ok(views.collect())
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

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Subtasks come with the issue; the children of an epic do not. Also how many lie outside.
async fn children(jira: &Client, detail: &Detail, reader: &Reader) -> Result<(Vec<ChildView>, usize)> {
    let level = detail.issue.fields.get("issuetype").and_then(|kind| kind.get("hierarchyLevel"));
    let raw: Vec<RawIssue> = if level.and_then(Value::as_i64).is_some_and(|level| level > 0) {
        let jql = format!("parent = {} ORDER BY key ASC", detail.issue.key);
        let columns = ["status".to_owned(), "summary".to_owned()];
        jira.search(&jql, &columns, CHILDREN, None).await?.rows
    } else {
        rows(detail, "subtasks").iter().filter_map(|row| RawIssue::deserialize(row).ok()).collect()
    };
    let (seen, hidden): (Vec<_>, Vec<_>) = raw.into_iter().partition(|issue| jira.sees_issue(&issue.key));
    let view = |issue: RawIssue| {
        let read = |id: &str| issue.fields.get(id).and_then(|value| reader.read(None, value));
        ChildView { status: read("status"), summary: read("summary"), key: issue.key.clone() }
    };
    Ok((seen.into_iter().map(view).collect(), hidden.len()))
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
    rows.sort_by_key(|row| Reverse(text(row, "started")));
    rows.into_iter()
        .take(ROWS)
        .map(|row| WorklogView {
            id: text(row, "id").unwrap_or_default(),
            author: row.get("author").and_then(|author| reader.person(author)),
            started: text(row, "started").map(|at| reader.moment(&at)).unwrap_or_default(),
            spent: text(row, "timeSpent").unwrap_or_default(),
            comment: row.get("comment").and_then(|comment| reader.rich(comment)),
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
