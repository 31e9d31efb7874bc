//! The sections of `include`: what belongs to an issue beside its fields.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::jira::{
    AllowedIssue, Client, IssueDetail, Link, RawComment, RawIssue, RawWorklog, ValueFormatter,
};
use crate::render;
use crate::tools::issues::history::ChangeView;
use crate::tools::shared::views::{CommentView, LinkView, WorklogView, field_text};

/// Rows of one section at most; its own tool pages through the rest.
const MAX_ROWS: usize = 10;

/// Children of an epic that are shown at most.
const MAX_CHILDREN: u64 = 50;

/// A section that a caller can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum IssueSection {
    Comments,
    Links,
    Subtasks,
    Attachments,
    History,
    Transitions,
    Worklogs,
}

/// The sections that come as a field of the issue.
const SECTION_FIELDS: [(IssueSection, &str); 5] = [
    (IssueSection::Comments, "comment"),
    (IssueSection::Links, "issuelinks"),
    (IssueSection::Subtasks, "subtasks"),
    (IssueSection::Attachments, "attachment"),
    (IssueSection::Worklogs, "worklog"),
];

impl IssueSection {
    /// The issue's own fields that tell it.
    pub(super) fn fields(self) -> impl Iterator<Item = &'static str> {
        let own = SECTION_FIELDS.iter().filter(move |(section, _)| *section == self).map(|(_, id)| *id);
        // The children of an epic are not among its subtasks.
        own.chain((self == Self::Subtasks).then_some("issuetype"))
    }

    /// Its name, as callers write it.
    fn name(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Links => "links",
            Self::Subtasks => "subtasks",
            Self::Attachments => "attachments",
            Self::History => "history",
            Self::Transitions => "transitions",
            Self::Worklogs => "worklogs",
        }
    }
}

/// True for a field that is shown as a section.
pub(super) fn is_section(id: &str) -> bool {
    SECTION_FIELDS.iter().any(|(_, field)| *field == id)
}

/// The sections as they are shown.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Sections {
    /// What there is beside what is shown, by section.
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
    outside: Option<u64>,
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
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
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

/// Reads the sections that were asked for, out of the issue where they come with it, and counts what
/// is not shown. Together they take at most `room` tokens; one leaves to the next what it lacks.
pub(super) async fn read(
    jira: &Client,
    issue: &AllowedIssue,
    include: &BTreeSet<IssueSection>,
    detail: &IssueDetail,
    formatter: &ValueFormatter,
    room: usize,
) -> Result<Sections> {
    let mut sections = Sections::default();
    let mut counts = Vec::new();
    let mut outside = 0;
    let mut left = room;
    for (index, section) in include.iter().enumerate() {
        let share = left / (include.len() - index);
        let mut free = share;
        let (total, shown) = match section {
            IssueSection::Comments => {
                let rows = comments(jira, issue, detail, formatter, share).await?;
                let rows = sections.comments.insert(fitting(rows, &mut free));
                (total(detail, "comment"), rows.len())
            }
            IssueSection::Links => {
                let links = detail.issue.fields.get("issuelinks").map(Link::all).unwrap_or_default();
                let (seen, hidden) = LinkView::all(&links, jira, formatter);
                outside += hidden as u64;
                let total = seen.len() as u64;
                (total, sections.links.insert(fitting(seen, &mut free)).len())
            }
            IssueSection::Subtasks => {
                let (seen, total, hidden) = children(jira, detail, formatter).await?;
                outside += hidden;
                (total, sections.subtasks.insert(fitting(seen, &mut free)).len())
            }
            IssueSection::Attachments => {
                let rows = attachments(rows(detail, "attachment"), formatter);
                let total = rows.len() as u64;
                (total, sections.attachments.insert(fitting(rows, &mut free)).len())
            }
            IssueSection::Worklogs => {
                let rows = worklogs(jira, issue, detail, formatter).await?;
                (total(detail, "worklog"), sections.worklogs.insert(fitting(rows, &mut free)).len())
            }
            IssueSection::Transitions => {
                let rows = detail.transitions.iter().map(transition).collect();
                let rows = sections.transitions.insert(fitting(rows, &mut free));
                (detail.transitions.len() as u64, rows.len())
            }
            IssueSection::History => {
                let log = detail.changelog.as_ref();
                let mut changes = log.map(|log| log.histories.clone()).unwrap_or_default();
                changes.sort_by_key(|change| Reverse(change.created.clone()));
                let latest =
                    changes.iter().take(MAX_ROWS).map(|change| ChangeView::new(change, formatter)).collect();
                let rows = sections.history.insert(fitting(latest, &mut free));
                (log.map_or(0, |log| log.total), rows.len())
            }
        };
        if (shown as u64) < total {
            counts.push(format!("{} {total} ({shown} shown)", section.name()));
        }
        left -= share - free;
    }
    for (section, id) in SECTION_FIELDS.iter().filter(|(section, _)| !include.contains(section)) {
        let total = total(detail, id);
        if total > 0 {
            counts.push(format!("{} {total}", section.name()));
        }
    }
    sections.outside = (outside > 0).then_some(outside);
    sections.more = (!counts.is_empty()).then(|| counts.join(", "));
    Ok(sections)
}

/// The first rows that fit into so many tokens, which are taken from it.
fn fitting<T: Serialize>(rows: Vec<T>, room: &mut usize) -> Vec<T> {
    let fits = |row: &T| {
        let left = room.checked_sub(serde_json::to_string(row).map_or(0, |json| render::tokens(&json)));
        *room = left.unwrap_or(*room);
        left.is_some()
    };
    rows.into_iter().take_while(fits).collect()
}

/// The newest comments; Jira sends the oldest with the issue, so that more of them take a request of
/// their own. One that takes too much of `room` is cut, and says so.
async fn comments(
    jira: &Client,
    issue: &AllowedIssue,
    detail: &IssueDetail,
    formatter: &ValueFormatter,
    room: usize,
) -> Result<Vec<CommentView>> {
    let mut raw: Vec<RawComment> =
        rows(detail, "comment").iter().filter_map(|row| RawComment::deserialize(row).ok()).collect();
    if (raw.len() as u64) < total(detail, "comment") {
        raw = jira.comments(issue, MAX_ROWS as u64, None).await?.0.rows;
    }
    raw.sort_by_key(|comment| Reverse(comment.created.clone()));
    Ok(raw
        .iter()
        .take(MAX_ROWS)
        .map(|comment| CommentView::new(comment, formatter).shortened(room / 2))
        .collect())
}

/// The rows of a section's field: a list itself, or an object that holds one beside its total.
fn rows<'a>(detail: &'a IssueDetail, id: &str) -> &'a [Value] {
    match detail.issue.fields.get(id) {
        Some(Value::Array(rows)) => rows,
        Some(Value::Object(paged)) => paged.values().find_map(Value::as_array).map_or(&[], Vec::as_slice),
        _ => &[],
    }
}

fn total(detail: &IssueDetail, id: &str) -> u64 {
    let paged = detail.issue.fields.get(id).and_then(|value| value.get("total")).and_then(Value::as_u64);
    paged.unwrap_or_else(|| rows(detail, id).len() as u64)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// Subtasks come with the issue; the children of an epic do not. Also how many there are, and how
/// many more lie outside.
async fn children(
    jira: &Client,
    detail: &IssueDetail,
    formatter: &ValueFormatter,
) -> Result<(Vec<ChildView>, u64, u64)> {
    let level = detail.issue.fields.get("issuetype").and_then(|kind| kind.get("hierarchyLevel"));
    let (seen, total, outside) = if level.and_then(Value::as_i64).is_some_and(|level| level > 0) {
        let columns = ["status".to_owned(), "summary".to_owned()];
        jira.children(&detail.issue.key, &columns, MAX_CHILDREN).await?
    } else {
        let all = rows(detail, "subtasks").iter().filter_map(|row| RawIssue::deserialize(row).ok());
        let (seen, hidden): (Vec<_>, Vec<_>) =
            all.partition(|issue: &RawIssue| jira.allows_issue(&issue.key));
        let total = seen.len() as u64;
        (seen, total, hidden.len() as u64)
    };
    let view = |issue: RawIssue| {
        let read = |id| field_text(&issue, id, formatter);
        ChildView { status: read("status"), summary: read("summary"), key: issue.key.clone() }
    };
    Ok((seen.into_iter().map(view).collect(), total, outside))
}

fn attachments(rows: &[Value], formatter: &ValueFormatter) -> Vec<AttachmentView> {
    rows.iter()
        .map(|row| AttachmentView {
            id: text(row, "id").unwrap_or_default(),
            name: text(row, "filename").unwrap_or_default(),
            kind: text(row, "mimeType"),
            size: row.get("size").and_then(Value::as_u64).unwrap_or_default(),
            author: row.get("author").and_then(|author| formatter.person(author)),
            created: text(row, "created").map(|at| formatter.date_time(&at)).unwrap_or_default(),
        })
        .collect()
}

/// The newest worklogs; Jira sends the oldest with the issue.
async fn worklogs(
    jira: &Client,
    issue: &AllowedIssue,
    detail: &IssueDetail,
    formatter: &ValueFormatter,
) -> Result<Vec<WorklogView>> {
    let total = total(detail, "worklog");
    let rows = rows(detail, "worklog").iter();
    let mut raw: Vec<RawWorklog> = rows.filter_map(|row| RawWorklog::deserialize(row).ok()).collect();
    if (raw.len() as u64) < total {
        raw = jira.latest_worklogs(issue, total, MAX_ROWS as u64).await?;
    }
    raw.sort_by_key(|worklog| Reverse(worklog.started.clone()));
    Ok(raw.iter().take(MAX_ROWS).map(|worklog| WorklogView::new(worklog, formatter)).collect())
}

fn transition(row: &Value) -> String {
    let name = text(row, "name").unwrap_or_default();
    match row.get("to").and_then(|to| text(to, "name")) {
        Some(to) if to != name => format!("{name} → {to}"),
        _ => name,
    }
}
