//! Views that more than one tool shows.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::jira::{Client, Link, RawComment, RawIssue, RawWorklog, ValueFormatter};
use crate::render;

/// The value of an issue's field as a text; `None` where it has none.
pub(in crate::tools) fn field_text(issue: &RawIssue, id: &str, formatter: &ValueFormatter) -> Option<String> {
    let value = formatter.value(None, issue.fields.get(id)?)?;
    Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

/// A comment.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct CommentView {
    /// Id.
    id: String,
    /// Who wrote it; absent where Jira does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    /// When, with the offset of your time zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// When it was changed last, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
    /// The only people who see it: `role:NAME`, `group:NAME`, or `internal` on a service desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_to: Option<String>,
    /// Markdown; an object where raw ADF was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
    /// Version of your own comment, for `update_comment`.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

impl CommentView {
    pub(in crate::tools) fn new(comment: &RawComment, formatter: &ValueFormatter) -> Self {
        let moment = |at: &Option<String>| at.as_deref().map(|at| formatter.date_time(at));
        Self {
            id: comment.id.clone(),
            author: formatter.person(&comment.author),
            created: moment(&comment.created),
            updated: moment(&comment.updated).filter(|_| comment.updated != comment.created),
            visible_to: comment.visible_to(),
            body: formatter.rich_text(&comment.body),
            // Few may change those of others.
            version: formatter.is_me(&comment.author).then(|| comment.body.version()).flatten(),
        }
    }

    /// The comment with its body cut to so many tokens.
    pub(in crate::tools) fn shortened(mut self, tokens: usize) -> Self {
        if let Some(short) =
            self.body.as_ref().and_then(Value::as_str).and_then(|body| render::shortened(body, tokens))
        {
            self.body = Some(short.into());
            // Who has not read it all must not replace it all.
            self.version = None;
        }
        self
    }
}

// Its schema is part of another tool's, where it needs no words of its own.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct WorklogView {
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

impl WorklogView {
    pub(in crate::tools) fn new(worklog: &RawWorklog, formatter: &ValueFormatter) -> Self {
        Self {
            id: worklog.id.clone(),
            author: formatter.person(&worklog.author),
            started: formatter.date_time(&worklog.started),
            spent: worklog.time_spent.clone(),
            comment: formatter.rich_text(&worklog.comment),
        }
    }
}

/// A link as the issue that has it says it: "[this issue] blocks DEMO-2".
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::tools) struct LinkView {
    /// The words from this issue to the other: `blocks`, `is blocked by`.
    relation: String,
    /// Key of the other issue.
    issue: String,
    /// Its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    /// Its summary.
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<String>,
}

impl LinkView {
    /// The links that may be seen, and how many lead outside the allowed projects.
    pub(in crate::tools) fn all(
        links: &[Link],
        jira: &Client,
        formatter: &ValueFormatter,
    ) -> (Vec<Self>, usize) {
        let others = links.iter().filter_map(|link| Some((link.words(), link.other()?)));
        let (seen, outside): (Vec<_>, Vec<_>) = others.partition(|(_, other)| jira.allows_issue(&other.key));
        let views = seen.into_iter().map(|(words, other)| {
            let read = |id| field_text(other, id, formatter);
            Self {
                relation: words.to_owned(),
                issue: other.key.clone(),
                status: read("status"),
                summary: read("summary"),
            }
        });
        (views.collect(), outside.len())
    }
}
