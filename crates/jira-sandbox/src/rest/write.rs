//! Creating, editing, moving on and deleting issues.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::{
    values::{InvalidValue, Reader, named},
    write_plan::{Screen, WritePlan, WritePlanner},
};
use crate::{
    call::Call,
    reply::{Body, Outcome, Reply},
    view::{Expand, FieldSet},
    world::{Id, Issue, Permission, Value},
};

/// Members of the body that creating, editing and transitions share.
const BODY_MEMBERS: [&str; 5] = ["fields", "update", "transition", "historyMetadata", "properties"];

/// `POST /issue`.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&BODY_MEMBERS)?;
    let id = create_one(call, &body)?;
    Ok(Reply::json(201, created(call, id)))
}

/// `POST /issue/bulk`: up to 50; what can be created is created.
pub(crate) fn create_bulk(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["issueUpdates"])?;
    let Some(Json::Array(updates)) = body.get("issueUpdates") else { return Err(Reply::bad_payload()) };
    if updates.is_empty() || updates.len() > 50 {
        return Err(Reply::error(400, "Between 1 and 50 issues can be created at a time."));
    }
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (number, update) in updates.iter().enumerate() {
        let done = match update.as_object() {
            Some(body) => create_one(call, body),
            None => Err(Reply::bad_payload()),
        };
        match done {
            Ok(id) => issues.push(created(call, id)),
            Err(reply) => {
                let Body::Json(collection) = reply.body else { return Err(reply) };
                errors.push(json!({
                    "status": reply.status,
                    "elementErrors": collection,
                    "failedElementNumber": number,
                }));
            }
        }
    }
    let status = if issues.is_empty() { 400 } else { 201 };
    Ok(Reply::json(status, json!({ "issues": issues, "errors": errors })))
}

fn created(call: &Call<'_>, id: Id) -> Json {
    let key = call.world.issues.get(&id).map(|i| i.key.as_str());
    json!({ "id": id.to_string(), "key": key, "self": call.view().link(&format!("issue/{id}")) })
}

fn create_one(call: &mut Call<'_>, body: &Map<String, Json>) -> Result<Id, Reply> {
    let me = call.me()?;
    let nothing = Json::Null;
    let field = |name: &str| body.get("fields").and_then(|f| f.get(name)).unwrap_or(&nothing);
    let bad_project = || Reply::field_error("project", "Specify a valid project ID or key");
    let (_, project) = named(field("project"), &["id", "key"]).ok_or_else(bad_project)?;
    let project = call.visible_project(&project).ok_or_else(bad_project)?;
    if !call.world.may_in(Some(&me), Permission::CreateIssues, project, None) {
        return Err(Reply::field_error(
            "project",
            "You do not have permission to create issues in this project.",
        ));
    }
    let reader = Reader { world: call.world, project, who: Some(&me) };
    let issue_type = match reader.issue_type(field("issuetype")) {
        Ok(id) => id,
        Err(InvalidValue::Field(message)) => return Err(Reply::field_error("issuetype", message)),
        Err(InvalidValue::Request(reply)) => return Err(reply),
    };
    let project_id = project.id;
    let screen = project.type_of(issue_type).map_or(&[][..], |t| &t.screen);
    let mut plan = WritePlanner { call, project, screen: Screen::Create(screen), issue: None }.read(body)?;
    check_parent(call, project_id, issue_type, plan.values.get("parent"))?;
    let properties = properties(body)?;
    let mut values = std::mem::take(&mut plan.values);
    if !values.contains_key("assignee") {
        values.insert("assignee".into(), automatic_assignee(call, project_id, &values).map(Value::User));
    }
    let values = values.iter().filter_map(|(name, value)| Some((name.as_str(), value.clone()?))).collect();
    let id = call.world.create_issue(&me, project_id, issue_type, values);
    finish(call, &me, id, plan, properties);
    if let Some((_, transition)) = body.get("transition").and_then(|t| named(t, &["id"])) {
        transition_to(call, &me, id, &transition, &Map::new())?;
    }
    Ok(id)
}

/// The assignee of an issue that is given to nobody: the lead of its first component with one, or of the project.
fn automatic_assignee(
    call: &Call<'_>,
    project: Id,
    values: &BTreeMap<String, Option<Value>>,
) -> Option<String> {
    let project = call.world.projects.get(&project)?;
    let components = match values.get("components") {
        Some(Some(Value::Components(ids))) => ids.as_slice(),
        _ => &[],
    };
    let components = components.iter().filter_map(|id| call.world.components.get(id));
    for component in components {
        match component.assignee_type.as_str() {
            "COMPONENT_LEAD" if component.lead.is_some() => return component.lead.clone(),
            "PROJECT_LEAD" => return Some(project.lead.clone()),
            "UNASSIGNED" => return None,
            _ => {}
        }
    }
    project.assign_to_lead.then(|| project.lead.clone())
}

/// An edit cannot give a type of another level, nor one whose workflow does not know the status.
fn check_type(call: &Call<'_>, issue: &Issue, wanted: Option<&Option<Value>>) -> Result<(), Reply> {
    let Some(Some(Value::Type(wanted))) = wanted else { return Ok(()) };
    let level = |id: Id| call.world.issue_types.get(&id).map(|t| t.level);
    let workflow =
        call.world.project_of(issue).type_of(*wanted).and_then(|t| call.world.workflows.get(&t.workflow));
    let fits = workflow.is_some_and(|w| w.statuses.contains(&issue.status));
    if fits && level(*wanted) == level(issue.issue_type) {
        return Ok(());
    }
    Err(Reply::field_error("issuetype", "The issue type selected is invalid."))
}

/// Properties, which creating and editing can set too.
fn properties(body: &Map<String, Json>) -> Result<Vec<(String, Json)>, Reply> {
    let list = match body.get("properties") {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(list) => list.as_array().ok_or_else(Reply::bad_payload)?,
    };
    list.iter()
        .map(|property| Some((property.get("key")?.as_str()?.to_owned(), property.get("value")?.clone())))
        .collect::<Option<_>>()
        .ok_or_else(Reply::bad_payload)
}

fn finish(call: &mut Call<'_>, me: &str, id: Id, plan: WritePlan, properties: Vec<(String, Json)>) {
    plan.add_parts(call, me, id);
    if !properties.is_empty() {
        call.world.touch(id, |issue| issue.properties.extend(properties));
    }
}

/// A parent is one level above; that of a subtask is in the same project.
fn check_parent(
    call: &Call<'_>,
    project: Id,
    issue_type: Id,
    parent: Option<&Option<Value>>,
) -> Result<(), Reply> {
    let Some(Some(Value::Parent(parent))) = parent else { return Ok(()) };
    let level = |id: Id| call.world.issue_types.get(&id).map_or(0, |t| t.level);
    let Some(parent) = call.world.issues.get(parent) else { return Ok(()) };
    let fits = level(parent.issue_type) == level(issue_type) + 1;
    if fits && (level(issue_type) >= 0 || parent.project == project) {
        return Ok(());
    }
    Err(Reply::field_error("parentId", "Given parent work item does not belong to appropriate hierarchy."))
}

/// `PUT /issue/{key}`.
pub(crate) fn edit(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&BODY_MEMBERS)?;
    let issue = call.issue()?;
    let (id, project) = (issue.id, call.world.project_of(issue));
    if !call.flag("notifyUsers", true) && call.require_admin(project, 400, "").is_err() {
        return Err(Reply::error(
            400,
            "To discard the user notification either admin or project admin permissions are required.",
        ));
    }
    if call.flag("overrideScreenSecurity", false) || call.flag("overrideEditableFlag", false) {
        return Err(Reply::error(403, "Only apps can override screen security or the editable flag."));
    }
    let screen = project.type_of(issue.issue_type).map_or(&[][..], |t| &t.screen);
    let mut plan =
        WritePlanner { call, project, screen: Screen::Edit(screen), issue: Some(issue) }.read(&body)?;
    check_type(call, issue, plan.values.get("issuetype"))?;
    check_parent(call, issue.project, issue.issue_type, plan.values.get("parent"))?;
    let properties = properties(&body)?;
    let values = std::mem::take(&mut plan.values);
    call.world.set_fields(&me, id, values.into_iter().collect());
    finish(call, &me, id, plan, properties);
    if let Some((_, transition)) = body.get("transition").and_then(|t| named(t, &["id"])) {
        transition_to(call, &me, id, &transition, &Map::new())?;
    }
    if call.flag("returnIssue", false) {
        let expand = Expand::read(call.query("expand").unwrap_or_default());
        return Reply::ok(call.view().issue(call.issue()?, &FieldSet::read([], "*all"), &expand, &[]));
    }
    Reply::no_content()
}

/// `PUT /issue/{key}/assignee`.
pub(crate) fn assign(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&[
        "accountId",
        "accountType",
        "active",
        "displayName",
        "self",
        "emailAddress",
        "timeZone",
    ])?;
    let issue = call.issue()?;
    call.require(
        Permission::AssignIssues,
        issue,
        403,
        "You do not have permission to assign issues in this project.",
    )?;
    let (id, project) = (issue.id, call.world.project_of(issue));
    let Some(account) = body.get("accountId") else {
        return Err(Reply::error(400, "The 'accountId' is required; null removes the assignee."));
    };
    let field = call.world.field("assignee").ok_or_else(Reply::bad_payload)?;
    let json = if account.is_null() { Json::Null } else { json!({ "accountId": account }) };
    let reader = Reader { world: call.world, project, who: Some(&me) };
    let value = match reader.read(field, &json) {
        Ok(value) => value,
        Err(InvalidValue::Field(message)) => return Err(Reply::field_error("assignee", message)),
        Err(InvalidValue::Request(reply)) => return Err(reply),
    };
    call.world.set_field(&me, id, "assignee", value);
    Reply::no_content()
}

/// `DELETE /issue/{key}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    call.me()?;
    let issue = call.issue()?;
    call.require(
        Permission::DeleteIssues,
        issue,
        403,
        "You do not have permission to delete issues in this project.",
    )?;
    let subtask = |i: &&Issue| call.world.issue_types.get(&i.issue_type).is_some_and(|t| t.level < 0);
    if call.world.children(issue.id).iter().any(subtask) && !call.flag("deleteSubtasks", false) {
        return Err(Reply::error(
            400,
            format!(
                "The issue '{}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue \
                 and all its subtasks.",
                issue.key
            ),
        ));
    }
    let id = issue.id;
    call.world.delete_issue(id);
    Reply::no_content()
}

/// `POST /issue/{key}/transitions`.
pub(crate) fn transition(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&BODY_MEMBERS)?;
    let id = call.issue()?.id;
    let wanted = body.get("transition").and_then(|t| named(t, &["id"]));
    let (_, wanted) = wanted.ok_or_else(|| Reply::error(400, "Missing 'transition' identifier"))?;
    transition_to(call, &me, id, &wanted, &body)?;
    Reply::no_content()
}

fn transition_to(
    call: &mut Call<'_>,
    me: &str,
    id: Id,
    wanted: &str,
    body: &Map<String, Json>,
) -> Result<(), Reply> {
    let Some(issue) = call.world.issues.get(&id) else { return Err(Reply::no_issue()) };
    let found = call.world.workflow_of(issue).transitions.iter().find(|t| t.id.to_string() == wanted);
    let found = found.filter(|t| {
        call.world.may_on(Some(me), Permission::TransitionIssues, issue) && call.view().available(issue, t)
    });
    let invalid = || Reply::error(400, format!("Transition id '{wanted}' is not valid for this issue."));
    let found = found.ok_or_else(invalid)?;
    let (transition, project) = (found.id, call.world.project_of(issue));
    let planner =
        WritePlanner { call, project, screen: Screen::Transition(&found.screen), issue: Some(issue) };
    let mut plan = planner.read(body)?;
    let properties = properties(body)?;
    let values = std::mem::take(&mut plan.values);
    call.world.transition(me, id, transition, values.into_iter().collect());
    finish(call, me, id, plan, properties);
    Ok(())
}
