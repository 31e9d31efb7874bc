//! Moving issues: into sprints, into the backlog, below epics, up and down.

use serde_json::{Map, Value as Json, json};

use super::agile::{epic, sprint};
use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Id, Permission, RankPosition, SprintState, Value},
};

/// The issues of a body, at most 50, each of which the caller may change.
fn issues(call: &Call<'_>, body: &Map<String, Json>, permission: Permission) -> Result<Vec<Id>, Reply> {
    let Some(Json::Array(list)) = body.get("issues") else { return Err(Reply::bad_payload()) };
    if list.is_empty() || list.len() > 50 {
        return Err(Reply::error(400, "Between 1 and 50 issues can be moved at a time."));
    }
    list.iter()
        .map(|name| {
            let name = name.as_str().ok_or_else(Reply::bad_payload)?;
            let issue = call.issue_by(name)?;
            call.require(permission, issue, 403, "You do not have permission to schedule this issue.")?;
            Ok(issue.id)
        })
        .collect()
}

/// The place in the order that a body asks for.
fn rank_position(call: &Call<'_>, body: &Map<String, Json>) -> Result<Option<RankPosition>, Reply> {
    let name = |name: &str| body.get(name).and_then(Json::as_str);
    match (name("rankBeforeIssue"), name("rankAfterIssue")) {
        (Some(_), Some(_)) => {
            Err(Reply::error(400, "Only one of rankBeforeIssue and rankAfterIssue can be given."))
        }
        (Some(other), None) => Ok(Some(RankPosition::Before(call.issue_by(other)?.id))),
        (None, Some(other)) => Ok(Some(RankPosition::After(call.issue_by(other)?.id))),
        (None, None) => Ok(None),
    }
}

const MOVE_MEMBERS: [&str; 4] = ["issues", "rankAfterIssue", "rankBeforeIssue", "rankCustomFieldId"];

/// `POST /sprint/{id}/issue`.
pub(crate) fn sprint_add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&MOVE_MEMBERS)?;
    let sprint = sprint(call)?;
    if sprint.state == SprintState::Closed {
        return Err(Reply::error(400, "Issues cannot be moved to a closed sprint."));
    }
    let (sprint, rank_position) = (sprint.id, rank_position(call, &body)?);
    let issues = issues(call, &body, Permission::ScheduleIssues)?;
    call.world.move_to_sprint(&me, sprint, &issues);
    if let Some(rank_position) = rank_position {
        call.world.rank(&issues, rank_position);
    }
    Reply::no_content()
}

/// `POST /backlog/issue` and `POST /backlog/{board}/issue`.
pub(crate) fn backlog_add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&MOVE_MEMBERS)?;
    let issues = issues(call, &body, Permission::ScheduleIssues)?;
    let rank_position = rank_position(call, &body)?;
    call.world.move_to_backlog(&me, &issues);
    if let Some(rank_position) = rank_position {
        call.world.rank(&issues, rank_position);
    }
    Reply::no_content()
}

/// `PUT /issue/rank`: 207 with an entry for each issue when some could not be ranked.
pub(crate) fn rank(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&MOVE_MEMBERS)?;
    let rank_position =
        rank_position(call, &body)?.ok_or_else(|| Reply::error(400, "A place to rank to is required."))?;
    let Some(Json::Array(list)) = body.get("issues") else { return Err(Reply::bad_payload()) };
    if list.is_empty() || list.len() > 50 {
        return Err(Reply::error(400, "Between 1 and 50 issues can be ranked at a time."));
    }
    let (mut ranked, mut entries) = (Vec::new(), Vec::new());
    for name in list {
        let name = name.as_str().ok_or_else(Reply::bad_payload)?;
        let issue = call.issue_by(name).ok();
        let may = issue.filter(|i| call.world.may_on(call.who.as_deref(), Permission::ScheduleIssues, i));
        entries.push(match (issue, may) {
            (_, Some(issue)) => {
                ranked.push(issue.id);
                json!({ "issueId": issue.id, "issueKey": issue.key, "status": 200 })
            }
            (Some(issue), None) => json!({
                "issueId": issue.id,
                "issueKey": issue.key,
                "status": 403,
                "errors": ["You do not have permission to rank this issue."],
            }),
            (None, None) => json!({
                "issueKey": name,
                "status": 404,
                "errors": ["Issue does not exist or you do not have permission to see it."],
            }),
        });
    }
    call.world.rank(&ranked, rank_position);
    if ranked.len() == entries.len() {
        Reply::no_content()
    } else {
        Ok(Reply::json(207, json!({ "entries": entries })))
    }
}

/// `POST /epic/{key}/issue` and `POST /epic/none/issue`.
pub(crate) fn epic_add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let parent = if call.param("epicIdOrKey").is_empty() { None } else { Some(epic(call)?.id) };
    let body = call.object(&["issues"])?;
    for issue in issues(call, &body, Permission::EditIssues)? {
        call.world.set_field(&me, issue, "parent", parent.map(Value::Parent));
    }
    Reply::no_content()
}
