//! Work logged on an issue.

use std::cmp::Reverse;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::{ArgumentProblem, Error, Expected, Given, InvalidArgument, Result};
use crate::jira::transport::operation::{Api, Operation, READ_WORK, WRITE_WORK, operations};
use crate::jira::transport::page::AllRows;
use crate::jira::transport::request::Request;
use crate::jira::values::duration::DURATION_FORM;
use crate::jira::values::time::{self, TimeInput};
use crate::jira::{AllowedIssue, Audience, Client, RichText, Visibility, WorkDuration};

operations! {
    /// Worklogs of an issue, paged.
    LIST = Operation::get(Api::Platform, "issue/{issue}/worklog")
        .scopes(READ_WORK, "read:group:jira read:issue-worklog:jira read:issue-worklog.property:jira read:project-role:jira read:user:jira read:avatar:jira");
    /// One worklog.
    GET = Operation::get(Api::Platform, "issue/{issue}/worklog/{worklog}")
        .scopes(READ_WORK, "read:comment:jira read:group:jira read:issue-worklog:jira read:issue-worklog.property:jira read:project-role:jira read:user:jira read:avatar:jira");
    /// Logs work.
    ADD = Operation::post(Api::Platform, "issue/{issue}/worklog")
        .scopes(WRITE_WORK, "write:issue-worklog:jira write:issue-worklog.property:jira read:avatar:jira read:group:jira read:issue-worklog:jira read:project-role:jira read:user:jira read:issue-worklog.property:jira");
    /// Changes a worklog.
    UPDATE = Operation::put(Api::Platform, "issue/{issue}/worklog/{worklog}")
        .scopes(WRITE_WORK, "read:comment:jira read:group:jira read:issue-worklog:jira read:issue-worklog.property:jira read:project-role:jira read:user:jira write:comment:jira write:issue-worklog:jira write:issue-worklog.property:jira read:avatar:jira");
    /// Deletes a worklog.
    DELETE = Operation::delete(Api::Platform, "issue/{issue}/worklog/{worklog}")
        .scopes(WRITE_WORK, "delete:issue-worklog:jira delete:issue-worklog.property:jira write:issue.time-tracking:jira");
}

/// Worklogs of one request: as many as most issues ever have.
const PAGE_SIZE: usize = 1000;

/// A worklog as Jira sends it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RawWorklog {
    /// Numeric id.
    pub id: String,
    /// Numeric id of the issue.
    #[serde(default)]
    issue_id: Option<String>,
    /// The author, of any shape; null for a deleted account.
    #[serde(default)]
    pub author: Value,
    /// The comment.
    #[serde(default)]
    pub comment: RichText,
    /// The time at which the work began.
    #[serde(default)]
    pub started: String,
    /// The time spent, as Jira spells it: `1d 2h`.
    #[serde(default)]
    pub time_spent: String,
    /// The time spent, in seconds.
    #[serde(default)]
    pub time_spent_seconds: u64,
    /// The role or group that it is restricted to.
    #[serde(default)]
    pub visibility: Option<Visibility>,
}

impl RawWorklog {
    /// The restriction of the worklog: `role:NAME`, `group:NAME`; `None` where everybody who sees the issue sees it.
    #[must_use]
    pub fn visible_to(&self) -> Option<String> {
        self.visibility.as_ref().map(Visibility::words)
    }

    fn began(&self) -> Option<Timestamp> {
        time::parse(&self.started)
    }
}

/// The content of a worklog to be added or changed. Where something is left out, a new one does without it, and an
/// old one keeps what it has.
#[derive(Debug, Clone, Copy)]
pub struct WorklogChange<'a> {
    /// The time spent.
    pub spent: Option<&'a WorkDuration>,
    /// The time at which the work began, as a person writes it: a day alone is its noon; a time without an offset is
    /// one of the account's zone. A new worklog without it began now.
    pub started: Option<&'a str>,
    /// The comment.
    pub comment: Option<&'a RichText>,
}

/// What becomes of the issue's remaining estimate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline)]
pub enum RemainingEstimate {
    /// The work that is logged is taken from it, and given back where it is no longer logged.
    #[default]
    Auto,
    /// It stays.
    Leave,
    /// It is this.
    New(WorkDuration),
}

impl TryFrom<String> for RemainingEstimate {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        match text.trim().to_ascii_lowercase().as_str() {
            "auto" => Ok(Self::Auto),
            "leave" => Ok(Self::Leave),
            _ => WorkDuration::try_from(text.clone()).map(Self::New).map_err(|_| {
                format!("`remaining` takes `auto`, `leave` or a new estimate such as {DURATION_FORM}, not `{text}`")
            }),
        }
    }
}

impl RemainingEstimate {
    fn apply(&self, request: Request) -> Request {
        match self {
            Self::Auto => request,
            Self::Leave => request.query("adjustEstimate", "leave"),
            Self::New(estimate) => {
                request.query("adjustEstimate", "new").query("newEstimate", estimate.as_str())
            }
        }
    }
}

#[derive(Deserialize)]
struct Listing<T> {
    worklogs: Vec<T>,
    #[serde(default)]
    total: usize,
}

impl Client {
    /// All worklogs of an issue that began within the bounds, the latest first: Jira lists them in the
    /// order in which they were logged, and has no sum of them, so that neither can be had from a
    /// page. A day alone is the whole day, also as the last one.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a bound that is no time; as every request.
    pub async fn worklogs(
        &self,
        issue: &AllowedIssue,
        since: Option<&str>,
        until: Option<&str>,
    ) -> Result<Vec<RawWorklog>> {
        let (since, until) = (moment("since", since)?, moment("until", until)?);
        let zone = self.zone().await?;
        let mut bounds = Vec::new();
        if let Some(since) = since.and_then(|since| since.start(&zone)) {
            bounds.push(("startedAfter", since.as_millisecond()));
        }
        if let Some(until) = until.and_then(|until| until.end(&zone)) {
            bounds.push(("startedBefore", until.as_millisecond()));
        }
        let mut rows = AllRows::new();
        while let Some(start) = rows.next() {
            let request = LIST.request([issue.as_str()]);
            let request = request.query("startAt", start).query("maxResults", PAGE_SIZE);
            let request = bounds.iter().fold(request, |request, (name, at)| request.query(name, at));
            let page: Listing<RawWorklog> = self.send(request).await?.json()?;
            rows.add(page.worklogs, page.total)?;
        }
        let mut rows = rows.into_rows();
        rows.sort_by_cached_key(|row| Reverse((row.began(), row.id.parse::<u64>().ok())));
        Ok(rows)
    }

    /// The latest worklogs of an issue that has `total` of them, at most `count`, the oldest first as
    /// Jira sends them.
    ///
    /// # Errors
    /// As every request.
    pub async fn latest_worklogs(
        &self,
        issue: &AllowedIssue,
        total: u64,
        count: u64,
    ) -> Result<Vec<RawWorklog>> {
        let request = LIST
            .request([issue.as_str()])
            .query("startAt", total.saturating_sub(count))
            .query("maxResults", count);
        let listing: Listing<RawWorklog> = self.send(request).await?.json()?;
        Ok(listing.worklogs)
    }

    /// One worklog.
    ///
    /// # Errors
    /// As every request.
    pub async fn worklog(&self, issue: &AllowedIssue, id: &str) -> Result<RawWorklog> {
        self.send(GET.request([issue.as_str(), id])).await?.json()
    }

    /// Logs work.
    ///
    /// # Errors
    /// [`Error::InvalidArgument`] for a start that is no time; as every request.
    pub async fn add_worklog(
        &self,
        issue: &AllowedIssue,
        work: WorklogChange<'_>,
        audience: &Audience,
        remaining: &RemainingEstimate,
    ) -> Result<RawWorklog> {
        let started = match work.started {
            Some(started) => self.started(started).await?,
            None => time::wire(Timestamp::now(), &self.zone().await?),
        };
        let mut worklog = json!({ "started": started });
        work.fill(&mut worklog);
        self.write_worklog(ADD.request([issue.as_str()]), worklog, audience, remaining).await
    }

    /// Changes a worklog. Atlassian does not say whether what is left out stays, so all of it is sent
    /// but for an audience of everybody.
    ///
    /// # Errors
    /// As [`Client::add_worklog`].
    pub async fn update_worklog(
        &self,
        issue: &AllowedIssue,
        old: &RawWorklog,
        work: WorklogChange<'_>,
        audience: &Audience,
        remaining: &RemainingEstimate,
    ) -> Result<RawWorklog> {
        let mut worklog = json!({ "started": old.started });
        if let Some(started) = work.started {
            worklog["started"] = self.started(started).await?.into();
        }
        if work.spent.is_none() {
            worklog["timeSpentSeconds"] = old.time_spent_seconds.into();
        }
        let comment = work.comment.unwrap_or(&old.comment);
        WorklogChange { comment: Some(comment).filter(|comment| !comment.is_null()), ..work }
            .fill(&mut worklog);
        let request = UPDATE.request([issue.as_str(), &old.id]);
        self.write_worklog(request, worklog, audience, remaining).await
    }

    /// Deletes a worklog.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_worklog(
        &self,
        issue: &AllowedIssue,
        id: &str,
        remaining: &RemainingEstimate,
    ) -> Result<()> {
        self.send(remaining.apply(DELETE.request([issue.as_str(), id]))).await?;
        self.note_write(issue.as_str());
        Ok(())
    }

    async fn write_worklog(
        &self,
        request: Request,
        mut worklog: Value,
        audience: &Audience,
        remaining: &RemainingEstimate,
    ) -> Result<RawWorklog> {
        audience.apply(&mut worklog);
        let stored: RawWorklog = self.send(remaining.apply(request).json(&worklog)?).await?.json()?;
        if let Some(issue) = &stored.issue_id {
            self.note_write(issue);
        }
        Ok(stored)
    }

    /// The time at which work began, in Jira's form.
    async fn started(&self, text: &str) -> Result<String> {
        let when = read("started", text)?;
        let zone = self.zone().await?;
        let at = when.middle(&zone).ok_or_else(|| no_time("started", text))?;
        Ok(time::wire(at, &zone))
    }
}

impl WorklogChange<'_> {
    fn fill(&self, worklog: &mut Value) {
        if let Some(spent) = self.spent {
            worklog["timeSpent"] = spent.as_str().into();
        }
        if let Some(comment) = self.comment {
            worklog["comment"] = comment.source().clone();
        }
    }
}

fn moment(name: &str, text: Option<&str>) -> Result<Option<TimeInput>> {
    text.map(|text| read(name, text)).transpose()
}

fn read(name: &str, text: &str) -> Result<TimeInput> {
    TimeInput::read(text).ok_or_else(|| no_time(name, text))
}

fn no_time(name: &str, text: &str) -> Error {
    let given = Some(Given::Text(text.to_owned()));
    InvalidArgument::parameter(name, ArgumentProblem::Takes { expected: Expected::DayOrTime, given }).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_remains_is_a_word_or_a_duration() {
        let read = |text: &str| RemainingEstimate::try_from(text.to_owned());
        assert_eq!(read("Auto"), Ok(RemainingEstimate::Auto));
        assert_eq!(read(" leave "), Ok(RemainingEstimate::Leave));
        assert_eq!(
            read("2D")
                .map(|estimate| matches!(estimate, RemainingEstimate::New(new) if new.as_str() == "2d")),
            Ok(true)
        );
        assert!(read("manual").unwrap_err().contains("`auto`, `leave` or a new estimate"));
    }
}
