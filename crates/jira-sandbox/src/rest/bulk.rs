//! Changing many issues at once: a task is handed in, and asked about later. Here it is done when it is handed in.

use serde_json::{Map, Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{BulkTask, Id, Permission, Value},
};

/// Bulk operations have a form of error of their own.
fn refused(message: impl Into<String>) -> Reply {
    Reply::json(400, json!({ "errors": [{ "message": message.into() }] }))
}

/// One mapping of a move: what is moved, and where to.
struct Target {
    project: Id,
    issue_type: Id,
    parent: Option<Id>,
    issues: Vec<String>,
}

impl Target {
    /// Reads `PROJECT,TYPE[,PARENT]` and what belongs to it.
    fn read(call: &Call<'_>, name: &str, mapping: &Json) -> Result<Self, Reply> {
        let mut parts = name.split(',').map(str::trim);
        let project = parts.next().and_then(|key| call.visible_project(key));
        let project = project.ok_or_else(|| refused("The destination project does not exist."))?;
        if !call.world.may_in(call.who.as_deref(), Permission::CreateIssues, project, None) {
            return Err(refused("You do not have permission to create issues in the destination project."));
        }
        let issue_type = parts.next().and_then(|id| id.parse().ok()).and_then(|id| project.type_of(id));
        let issue_type = issue_type.ok_or_else(|| refused("The destination issue type does not exist."))?.id;
        let parent = parts.next().map(|key| call.issue_by(key)).transpose();
        let parent = parent.map_err(|_| refused("The destination parent does not exist."))?.map(|i| i.id);
        let subtask = call.world.issue_types.get(&issue_type).is_some_and(|t| t.level < 0);
        if subtask && parent.is_none() {
            return Err(refused("The destination parent is required for a sub-task."));
        }
        let issues = mapping.get("issueIdsOrKeys").and_then(Json::as_array).ok_or_else(Reply::bad_payload)?;
        let issues: Vec<String> = issues.iter().filter_map(|i| i.as_str().map(Into::into)).collect();
        Ok(Self { project: project.id, issue_type, parent, issues })
    }
}

/// `POST /bulk/issues/move`.
pub(crate) fn move_issues(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&["sendBulkNotification", "targetToSourcesMapping"])?;
    if !call.world.may(Some(&me), Permission::BulkChange) {
        return Err(refused("You do not have the permission to make bulk changes."));
    }
    let nothing = Map::new();
    let mappings = body.get("targetToSourcesMapping").and_then(Json::as_object).unwrap_or(&nothing);
    let targets = mappings.iter().map(|(name, mapping)| Target::read(call, name, mapping));
    let targets = targets.collect::<Result<Vec<_>, _>>()?;
    let total: usize = targets.iter().map(|t| t.issues.len()).sum();
    if total == 0 || total > 1000 {
        return Err(refused("Between 1 and 1000 issues can be moved at a time."));
    }
    let mut task = BulkTask {
        by: me.clone(),
        at: call.world.clock.now(),
        done: Vec::new(),
        failed: Vec::new(),
        invisible: 0,
    };
    for target in targets {
        for name in target.issues {
            let Ok(issue) = call.issue_by(&name) else {
                task.invisible += 1;
                continue;
            };
            let id = issue.id;
            if !call.world.may_on(Some(&me), Permission::MoveIssues, issue) {
                task.failed.push((id, "You do not have permission to move this issue.".into()));
                continue;
            }
            call.world.move_issue_as(&me, id, target.project, target.issue_type);
            if target.parent.is_some() {
                call.world.set_field(&me, id, "parent", target.parent.map(Value::Parent));
            }
            task.done.push(id);
        }
    }
    let id = call.world.add_bulk_task(task);
    Ok(Reply::json(201, json!({ "taskId": id.to_string() })))
}

/// `GET /bulk/queue/{taskId}`.
pub(crate) fn progress(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let wanted = call.param("taskId");
    let task = wanted.parse().ok().and_then(|id: Id| call.world.bulk_tasks.get(&id));
    let task = task.filter(|t| t.by == me || call.world.may(Some(&me), Permission::Administer));
    let task = task.ok_or_else(|| refused(format!("The task {wanted} was not found.")))?;
    let at = call.view().moment(task.at);
    let failed: Map<_, _> = task.failed.iter().map(|(id, why)| (id.to_string(), json!([why]))).collect();
    Reply::ok(json!({
        "taskId": wanted,
        "status": "COMPLETE",
        "progressPercent": 100,
        "submittedBy": { "accountId": task.by },
        "created": at,
        "started": at,
        "updated": at,
        "processedAccessibleIssues": task.done,
        "failedAccessibleIssues": failed,
        "invalidOrInaccessibleIssueCount": task.invisible,
        "totalIssueCount": task.done.len() + task.failed.len() + task.invisible,
    }))
}
