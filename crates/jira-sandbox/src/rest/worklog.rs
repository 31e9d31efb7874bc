//! Worklogs, and what they do to the remaining estimate.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::{
    comment,
    values::{InvalidValue, MAX_SECONDS, document, moment, seconds},
};
use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Id, Issue, Permission, Visibility, Worklog},
};

const BODY_MEMBERS: [&str; 13] = [
    "self",
    "id",
    "issueId",
    "author",
    "updateAuthor",
    "comment",
    "created",
    "updated",
    "visibility",
    "started",
    "timeSpent",
    "timeSpentSeconds",
    "properties",
];

/// A worklog to be added.
pub(super) struct NewWorklog {
    started: Timestamp,
    seconds: i64,
    comment: Option<Json>,
    visibility: Option<Visibility>,
}

impl NewWorklog {
    /// Reads the JSON of a worklog.
    pub(super) fn read(json: &Json, call: &Call<'_>) -> Result<Self, InvalidValue> {
        let spent = spent(json)?.ok_or("Worklog must not be null.")?;
        let started = started(json)?.unwrap_or_else(|| call.world.clock.now());
        let comment = note(json)?;
        let project = call.world.project_of(call.issue().map_err(InvalidValue::Request)?);
        let visibility = comment::visibility(json.get("visibility"), call, project)?;
        Ok(Self { started, seconds: spent, comment, visibility })
    }

    /// Adds it, which lowers what remains.
    pub(super) fn put(self, call: &mut Call<'_>, me: &str, issue: Id) -> Id {
        let remaining = call.world.issues.get(&issue).and_then(|i| i.seconds("timeestimate"));
        let remaining = remaining.map(|r| (r - self.seconds).max(0));
        self.put_with(call, me, issue, remaining)
    }

    fn put_with(self, call: &mut Call<'_>, me: &str, issue: Id, remaining: Option<i64>) -> Id {
        call.world.put_worklog(
            me,
            issue,
            (self.started, self.seconds),
            self.comment,
            self.visibility,
            remaining,
        )
    }
}

/// `timeSpent` or `timeSpentSeconds`.
fn spent(json: &Json) -> Result<Option<i64>, InvalidValue> {
    let spent = match (json.get("timeSpent"), json.get("timeSpentSeconds")) {
        (Some(_), Some(_)) => {
            return Err("Only one of 'timeSpent' and 'timeSpentSeconds' can be given.".into());
        }
        (Some(Json::String(text)), None) => {
            Some(seconds(text).ok_or_else(|| format!("Invalid time duration entered: '{text}'."))?)
        }
        (None, Some(number)) => Some(number.as_i64().ok_or("Operation value must be a number")?),
        (Some(_), None) => return Err("Operation value must be a string".into()),
        (None, None) => None,
    };
    if spent.is_some_and(|s| !(60..=MAX_SECONDS).contains(&s)) {
        return Err("The time spent must be at least one minute, and not longer than a working life.".into());
    }
    Ok(spent)
}

/// Worklogs take one form of date, with milliseconds and an offset without a colon.
fn started(json: &Json) -> Result<Option<Timestamp>, InvalidValue> {
    let Some(value) = json.get("started").filter(|v| !v.is_null()) else { return Ok(None) };
    let text = value.as_str().ok_or("Operation value must be a string")?;
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    if !matches!(shape.as_str(), "0000-00-00T00:00:00.000+0000" | "0000-00-00T00:00:00.000-0000") {
        return Err(InvalidValue::Request(Reply::bad_payload()));
    }
    moment(text).map(Some)
}

fn note(json: &Json) -> Result<Option<Json>, InvalidValue> {
    match json.get("comment") {
        None | Some(Json::Null) => Ok(None),
        Some(comment) => document(comment).map(Some),
    }
}

fn refused(bad: InvalidValue) -> Reply {
    match bad {
        InvalidValue::Field(message) => Reply::field_error("worklog", message),
        InvalidValue::Request(reply) => reply,
    }
}

/// The estimate that remains after `spent` more seconds (fewer when negative), as `adjustEstimate` says.
fn remaining(
    call: &Call<'_>,
    issue: &Issue,
    spent: i64,
    by_hand: &'static str,
) -> Result<Option<i64>, Reply> {
    let old = issue.seconds("timeestimate");
    let given = |name: &'static str| {
        call.query(name).and_then(seconds).ok_or_else(|| {
            Reply::error(400, format!("A valid '{name}' is required for this way to adjust the estimate."))
        })
    };
    match call.query("adjustEstimate").unwrap_or("auto") {
        "leave" => Ok(old),
        "new" => given("newEstimate").map(Some),
        "manual" => {
            let by = given(by_hand)?;
            let by = if by_hand == "reduceBy" { -by } else { by };
            Ok(Some((old.unwrap_or(0) + by).max(0)))
        }
        "auto" => Ok(old.map(|old| (old - spent).max(0))),
        other => Err(Reply::error(400, format!("Invalid value '{other}' for parameter 'adjustEstimate'."))),
    }
}

/// `POST /issue/{key}/worklog`.
pub(crate) fn add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let json = Json::Object(call.object(&BODY_MEMBERS)?);
    let issue = call.issue()?;
    call.require(
        Permission::WorkOnIssues,
        issue,
        400,
        "You do not have the permission to associate a worklog to this issue.",
    )?;
    let new = NewWorklog::read(&json, call).map_err(refused)?;
    let (id, left) = (issue.id, remaining(call, issue, new.seconds, "reduceBy")?);
    let worklog = new.put_with(call, &me, id, left);
    shown(call, id, worklog, 201)
}

fn shown(call: &Call<'_>, issue: Id, id: Id, status: u16) -> Outcome {
    let found =
        call.world.issues.get(&issue).and_then(|i| Some((i, i.worklogs.iter().find(|w| w.id == id)?)));
    let (issue, worklog) = found.ok_or_else(Reply::no_issue)?;
    let out = call.view().worklog(issue, worklog);
    let place = out["self"].as_str().unwrap_or_default().to_owned();
    Ok(Reply::json(status, out).with("location", place))
}

fn find<'a>(call: &'a Call<'_>) -> Result<(&'a Issue, &'a Worklog), Reply> {
    let issue = call.issue()?;
    let wanted = call.param("id");
    let worklog = issue.worklogs.iter().find(|w| w.id.to_string() == wanted);
    let worklog = worklog.filter(|w| call.view().sees_part(issue, w.visibility.as_ref()));
    Ok((
        issue,
        worklog.ok_or_else(|| Reply::error(404, format!("Cannot find worklog with id: '{wanted}'.")))?,
    ))
}

/// `GET /issue/{key}/worklog/{id}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let (issue, worklog) = find(call)?;
    Reply::ok(call.view().worklog(issue, worklog))
}

/// `GET /issue/{key}/worklog`: `startedAfter` and `startedBefore` are in milliseconds.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let millis = |name: &'static str, default: i64| call.query(name).map_or(Ok(default), str::parse);
    let bad = |_| Reply::error(400, "The bounds have to be numbers of milliseconds.");
    let after = millis("startedAfter", i64::MIN).map_err(bad)?;
    let before = millis("startedBefore", i64::MAX).map_err(bad)?;
    let view = call.view();
    let seen = issue.worklogs.iter().filter(|w| view.sees_part(issue, w.visibility.as_ref()));
    let seen = seen.filter(|w| (after..before).contains(&w.started.as_millisecond()));
    let mut page = call.page(seen.map(|w| view.worklog(issue, w)).collect(), 5000, 5000)?;
    let worklogs = page["values"].take();
    Reply::ok(json!({
        "startAt": page["startAt"],
        "maxResults": page["maxResults"],
        "total": page["total"],
        "worklogs": worklogs,
    }))
}

fn changeable(call: &Call<'_>, verb: &str, all: Permission, own: Permission) -> Result<(Id, Id), Reply> {
    let (issue, worklog) = find(call)?;
    let me = call.me()?;
    let own = if worklog.author == me { own } else { all };
    if call.world.may_on(Some(&me), all, issue) || call.world.may_on(Some(&me), own, issue) {
        return Ok((issue.id, worklog.id));
    }
    Err(Reply::error(400, format!("You do not have permission to {verb} worklog with id: '{}'.", worklog.id)))
}

/// `PUT /issue/{key}/worklog/{id}`.
pub(crate) fn edit(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let json = Json::Object(call.object(&BODY_MEMBERS)?);
    let (issue, id) = changeable(call, "edit", Permission::EditAllWorklogs, Permission::EditOwnWorklogs)?;
    let (stored, old) = find(call)?;
    let new_spent = spent(&json).map_err(refused)?;
    let (new_started, new_note) = (started(&json).map_err(refused)?, note(&json).map_err(refused)?);
    // Without a visibility the worklog keeps the one it has.
    let visible = comment::visibility(json.get("visibility"), call, call.world.project_of(stored));
    let visible = visible.map_err(refused)?;
    let left = remaining(call, stored, new_spent.unwrap_or(old.seconds) - old.seconds, "reduceBy")?;
    let (spent_before, now) = (stored.time_spent(), call.world.clock.now());
    call.world.touch(issue, |issue| {
        let Some(worklog) = issue.worklogs.iter_mut().find(|w| w.id == id) else { return };
        worklog.seconds = new_spent.unwrap_or(worklog.seconds);
        worklog.started = new_started.unwrap_or(worklog.started);
        if new_note.is_some() {
            worklog.comment = new_note;
        }
        if visible.is_some() {
            worklog.visibility = visible;
        }
        worklog.editor.clone_from(&me);
        worklog.updated = now;
    });
    call.world.record_time(&me, issue, spent_before, left);
    shown(call, issue, id, 200)
}

/// `DELETE /issue/{key}/worklog/{id}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let (issue, id) =
        changeable(call, "delete", Permission::DeleteAllWorklogs, Permission::DeleteOwnWorklogs)?;
    let (stored, old) = find(call)?;
    let left = remaining(call, stored, -old.seconds, "increaseBy")?;
    let spent_before = stored.time_spent();
    call.world.touch(issue, |issue| issue.worklogs.retain(|w| w.id != id));
    call.world.record_time(&me, issue, spent_before, left);
    Reply::no_content()
}
