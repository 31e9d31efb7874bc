//! Work logged on an issue.

use std::collections::BTreeSet;

use rmcp::handler::server::wrapper::{Json, Parameters};
use rmcp::{tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::error::{ArgumentProblem, InvalidArgument, Result};
use crate::jira::platform::{configuration, issue, worklog};
use crate::jira::{
    AllowedIssue, Audience, Client, IssueRef, Page, RawWorklog, RemainingEstimate, TextDraft, ValueFormatter,
    WorkDuration, WorklogChange, in_hours,
};
use crate::server::Call;
use crate::server::{JiraServer, uses};
use crate::tools::shared::audience::write_for;
use crate::tools::shared::input::{Format, TextEdit};
use crate::tools::shared::operations::{AUDIENCE, RICH_TEXT};
use crate::tools::shared::paging::Paging;
use crate::tools::shared::rewrite::{Rewrite, stored_otherwise};
use crate::tools::shared::views::WorklogView;

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-31"}))]
struct ListWorklogs {
    /// Key, id or URL.
    issue: IssueRef,
    /// Started then or later: day or time.
    since: Option<String>,
    /// Started before this time, or on this day at the latest.
    until: Option<String>,
    #[serde(flatten)]
    paging: Paging<20>,
    /// `adf` gives raw ADF.
    #[serde(default)]
    format: Format,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorklogList {
    /// How many there are in all.
    total: u64,
    /// What they all took together, also those on other pages.
    spent: String,
    /// The latest start first.
    worklogs: Vec<WorklogRow>,
    /// Present where earlier ones follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorklogRow {
    #[serde(flatten)]
    worklog: WorklogView,
    /// The only people who see it: `role:NAME`, `group:NAME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_to: Option<String>,
    /// Version of your own comment, for `update_worklog`.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

impl WorklogRow {
    fn new(worklog: &RawWorklog, formatter: &ValueFormatter) -> Self {
        Self {
            worklog: WorklogView::new(worklog, formatter),
            visible_to: worklog.visible_to(),
            // Few may change those of others.
            version: formatter.is_me(&worklog.author).then(|| worklog.comment.version()).flatten(),
        }
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-1", "spent": "1h"}))]
struct AddWorklog {
    /// Key, id or URL.
    issue: IssueRef,
    /// Such as `1w 2d 3h 30m`.
    spent: WorkDuration,
    /// Day or time, such as `2026-11-20T10:15`, in your time zone; default now.
    started: Option<String>,
    /// Markdown; `@[Name]` mentions.
    comment: Option<String>,
    /// Remaining estimate: `auto` (less `spent`; default), `leave`, or a new one such as `2d`.
    #[serde(default)]
    remaining: RemainingEstimate,
    /// Restricts it: `role:NAME`, `group:NAME`.
    #[serde(default)]
    visible_to: Audience,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-6", "worklog": "10000", "spent": "5h"}))]
struct UpdateWorklog {
    /// Key, id or URL.
    issue: IssueRef,
    /// Worklog id.
    worklog: String,
    /// Such as `1w 2d 3h 30m`.
    spent: Option<WorkDuration>,
    /// As in `add_worklog`.
    started: Option<String>,
    /// Markdown, replaces all; or give `edits`.
    comment: Option<String>,
    /// Changes parts of the comment, keeps the rest.
    #[serde(default)]
    edits: Vec<TextEdit>,
    /// From `list_worklogs`: refuses if the comment has changed since.
    version: Option<String>,
    /// Remaining estimate: `auto` (by the change of `spent`; default), `leave`, or a new one such as `2d`.
    #[serde(default)]
    remaining: RemainingEstimate,
    /// As in `add_worklog`.
    #[serde(default)]
    visible_to: Audience,
}

/// The parameters that change something of a worklog, those together of which one is to be given.
const CHANGES: &[&[&str]] =
    &[&["spent"], &["started"], &["comment", "edits"], &["remaining"], &["visible_to"]];

impl UpdateWorklog {
    /// The change of the remaining estimate. Where no work is added or taken, Jira has nothing to adjust it by; it may make 0
    /// of none.
    fn estimate(&self) -> &RemainingEstimate {
        match &self.remaining {
            RemainingEstimate::Auto if self.spent.is_none() => &RemainingEstimate::Leave,
            remaining => remaining,
        }
    }

    /// The change of the comment, where there is one.
    fn rewrite(&self) -> Result<Option<Rewrite<'_>>> {
        let rewrite = Rewrite::new("comment", self.comment.as_deref(), &self.edits, self.version.as_deref())?;
        let others = self.spent.is_some()
            || self.started.is_some()
            || self.remaining != RemainingEstimate::Auto
            || self.visible_to != Audience::Everybody;
        if rewrite.is_none() && !others {
            return Err(InvalidArgument::call(ArgumentProblem::NoChange { parameters: CHANGES }).into());
        }
        Ok(rewrite)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"issue": "DEMO-6", "worklog": "10001"}))]
struct DeleteWorklog {
    /// Key, id or URL.
    issue: IssueRef,
    /// Worklog id.
    worklog: String,
    /// Remaining estimate: `auto` (more by what was spent; default), `leave`, or a new one such as `2d`.
    #[serde(default)]
    remaining: RemainingEstimate,
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorklogWritten {
    /// The issue's key.
    issue: String,
    /// The worklog's id.
    id: String,
    /// Address for people.
    url: String,
    /// How long it took.
    spent: String,
    /// When it began, with the offset of your time zone.
    started: String,
    /// The issue's remaining estimate, where this has changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<String>,
    /// The only people who see it, where not everybody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    visible_to: Option<String>,
    /// The comment that Jira stored, where that is not what was sent. Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    stored: Option<String>,
    /// What probably was not meant so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl WorklogWritten {
    async fn new(
        jira: &Client,
        issue: String,
        stored: &RawWorklog,
        sent: Option<TextDraft>,
        remaining: Option<String>,
    ) -> Result<Self> {
        Ok(Self {
            url: format!("{}?focusedWorklogId={}", jira.browse(&issue).await?, stored.id),
            issue,
            id: stored.id.clone(),
            spent: stored.time_spent.clone(),
            started: jira.formatter().await?.date_time(&stored.started),
            remaining,
            visible_to: stored.visible_to(),
            stored: sent.as_ref().and_then(|sent| stored_otherwise(&sent.text, &stored.comment)),
            warnings: sent.map(|sent| sent.warnings).unwrap_or_default(),
        })
    }
}

#[derive(Debug, Serialize, JsonSchema)]
struct WorklogDeleted {
    /// The issue's key.
    issue: String,
    /// The worklog's id.
    deleted: String,
    /// The issue's remaining estimate, where this has changed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    remaining: Option<String>,
}

/// The call that tells whether a write was done.
fn how_to_check(issue: &str) -> String {
    format!("list_worklogs {issue}")
}

/// Refuses an audience that only comments can have.
fn for_worklogs(audience: &Audience) -> Result<()> {
    match audience {
        Audience::Agents => {
            Err(InvalidArgument::parameter("visible_to", ArgumentProblem::WorklogAudience).into())
        }
        Audience::Everybody | Audience::Only(_) => Ok(()),
    }
}

/// All that the worklogs took, as Jira spells it on this site; in hours where Jira does not tell how
/// long its days are.
async fn sum(jira: &Client, worklogs: &[RawWorklog]) -> String {
    let seconds = worklogs.iter().map(|worklog| worklog.time_spent_seconds).sum();
    match jira.working_time().await {
        Ok(time) => time.spelled(seconds),
        Err(_) => in_hours(seconds),
    }
}

/// The remaining estimate after a write that has changed it; the write is done and stays so where this cannot be
/// read.
async fn remaining(jira: &Client, issue: &AllowedIssue, change: &RemainingEstimate) -> Option<String> {
    if *change == RemainingEstimate::Leave {
        return None;
    }
    let fields = ["timetracking".to_owned()];
    let detail = jira.issue(issue, &fields, &BTreeSet::new()).await.ok()?;
    let estimate = detail.issue.fields.get("timetracking")?.get("remainingEstimate")?;
    estimate.as_str().map(str::to_owned)
}

#[tool_router(router = worklog_tools, vis = "pub(in crate::tools)")]
impl JiraServer {
    /// List the work logged on an issue, latest first, and its sum.
    #[tool(meta = uses(&[&worklog::LIST, &configuration::GET], &[]))]
    async fn list_worklogs(
        &self,
        call: Call,
        Parameters(input): Parameters<ListWorklogs>,
    ) -> Result<Json<WorklogList>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let query = ("list_worklogs", input.issue.as_str(), &input.since, &input.until);
        let list = input.paging.open(&call, &query).await?;
        let all = jira.worklogs(&issue, input.since.as_deref(), input.until.as_deref()).await?;
        let (total, spent) = (all.len() as u64, sum(jira, &all).await);
        let page = Page::cut(all, list.start.clone(), list.limit);
        let formatter = jira.formatter().await?.with_raw_text(input.format.is_raw());
        let (worklogs, next_cursor) =
            list.rows(&page, |worklog| WorklogRow::new(worklog, &formatter)).await?;
        Ok(Json(WorklogList { total, spent, worklogs, next_cursor }))
    }

    /// Log work on an issue.
    #[tool(meta = uses(&[&worklog::ADD], &[RICH_TEXT, AUDIENCE]))]
    async fn add_worklog(
        &self,
        call: Call,
        Parameters(input): Parameters<AddWorklog>,
    ) -> Result<Json<WorklogWritten>> {
        for_worklogs(&input.visible_to)?;
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let text = match &input.comment {
            Some(comment) => Some(jira.rich_text(Some(&issue), comment).await?),
            None => None,
        };
        let work = WorklogChange {
            spent: Some(&input.spent),
            started: input.started.as_deref(),
            comment: text.as_ref().map(|draft| &draft.text),
        };
        let (target, estimate) = (&issue, &input.remaining);
        let send = |audience| async move { jira.add_worklog(target, work, &audience, estimate).await };
        let written = write_for(jira, &key, &input.visible_to, send).await;
        let stored = written.map_err(|error| error.check_with(how_to_check(&key)))?;
        let left = remaining(jira, &issue, estimate).await;
        Ok(Json(WorklogWritten::new(jira, key, &stored, text, left).await?))
    }

    /// Change a worklog; what is not given stays.
    #[tool(meta = uses(&[&worklog::GET, &worklog::UPDATE], &[RICH_TEXT, AUDIENCE]))]
    async fn update_worklog(
        &self,
        call: Call,
        Parameters(input): Parameters<UpdateWorklog>,
    ) -> Result<Json<WorklogWritten>> {
        for_worklogs(&input.visible_to)?;
        let rewrite = input.rewrite()?;
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let read = || jira.worklog(&issue, input.worklog.trim());
        let (old, text) = match rewrite {
            Some(rewrite) => {
                let what = "The worklog's comment";
                let (old, text) = rewrite.apply(jira, &issue, what, read, |old| &old.comment).await?;
                (old, Some(text))
            }
            None => (read().await?, None),
        };
        let work = WorklogChange {
            spent: input.spent.as_ref(),
            started: input.started.as_deref(),
            comment: text.as_ref().map(|draft| &draft.text),
        };
        let audience = input.visible_to.clone().or(old.visibility.as_ref());
        let (target, old, estimate) = (&issue, &old, input.estimate());
        let send =
            |audience| async move { jira.update_worklog(target, old, work, &audience, estimate).await };
        let written = write_for(jira, &key, &audience, send).await;
        let stored = written.map_err(|error| error.check_with(how_to_check(&key)))?;
        let left = remaining(jira, &issue, estimate).await;
        Ok(Json(WorklogWritten::new(jira, key, &stored, text, left).await?))
    }

    /// Delete a worklog for good.
    #[tool(meta = uses(&[&worklog::DELETE], &[&[&issue::GET]]))]
    async fn delete_worklog(
        &self,
        call: Call,
        Parameters(input): Parameters<DeleteWorklog>,
    ) -> Result<Json<WorklogDeleted>> {
        let jira = call.jira()?;
        let issue = jira.allowed_issue(&input.issue).await?;
        let key = jira.key_of(&issue).await?;
        let id = input.worklog.trim();
        let deleted = jira.delete_worklog(&issue, id, &input.remaining).await;
        deleted.map_err(|error| error.check_with(how_to_check(&key)))?;
        let left = remaining(jira, &issue, &input.remaining).await;
        Ok(Json(WorklogDeleted { issue: key, deleted: id.to_owned(), remaining: left }))
    }
}
