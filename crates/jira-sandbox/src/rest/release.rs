//! Components and versions of projects, written.

use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Component, Id, Issue, Project, Value, Version},
};

const COMPONENT_MEMBERS: [&str; 16] = [
    "ari",
    "assignee",
    "assigneeType",
    "description",
    "id",
    "isAssigneeTypeValid",
    "lead",
    "leadAccountId",
    "leadUserName",
    "metadata",
    "name",
    "project",
    "projectId",
    "realAssignee",
    "realAssigneeType",
    "self",
];

const VERSION_MEMBERS: [&str; 19] = [
    "approvers",
    "archived",
    "description",
    "driver",
    "expand",
    "id",
    "issuesStatusForFixVersion",
    "moveUnfixedIssuesTo",
    "name",
    "operations",
    "overdue",
    "project",
    "projectId",
    "releaseDate",
    "released",
    "self",
    "startDate",
    "userReleaseDate",
    "userStartDate",
];

fn text<'b>(body: &'b Map<String, Json>, name: &str) -> Option<&'b str> {
    body.get(name).and_then(Json::as_str)
}

/// The project that a body names by id or key.
fn project<'a>(call: &'a Call<'_>, body: &Map<String, Json>) -> Result<&'a Project, Reply> {
    let id = body.get("projectId").map(|id| id.as_str().map_or_else(|| id.to_string(), Into::into));
    let name = id.or_else(|| text(body, "project").map(Into::into));
    let name = name.ok_or_else(|| Reply::field_error("project", "Project must be specified."))?;
    call.visible_project(&name)
        .ok_or_else(|| Reply::error(404, format!("No project could be found with key '{name}'.")))
}

/// A new name: not empty, not too long, not taken.
fn name(body: &Map<String, Json>, mut taken: impl FnMut(&str) -> bool, what: &str) -> Result<String, Reply> {
    let name = text(body, "name").unwrap_or_default().trim();
    if name.is_empty() {
        return Err(Reply::field_error("name", format!("You must specify a valid {what} name")));
    }
    if name.chars().count() > 255 {
        return Err(Reply::field_error(
            "name",
            format!("The {what} name must not exceed 255 characters in length."),
        ));
    }
    if taken(name) {
        return Err(Reply::field_error(
            "name",
            format!("A {what} with this name already exists in this project."),
        ));
    }
    Ok(name.into())
}

fn no_component(id: &str) -> String {
    format!("The component with id {id} does not exist.")
}

fn find_component<'a>(call: &'a Call<'_>) -> Result<&'a Component, Reply> {
    let id = call.id("id", &no_component(call.param("id")))?;
    let found = call.world.components.get(&id);
    let found = found.filter(|c| call.visible_project(&c.project.to_string()).is_some());
    found.ok_or_else(|| Reply::error(404, no_component(call.param("id"))))
}

/// `GET /component/{id}`.
pub(crate) fn component(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().component(find_component(call)?))
}

/// `GET /component/{id}/relatedIssueCounts`.
pub(crate) fn component_counts(call: &mut Call<'_>) -> Outcome {
    let id = find_component(call)?.id;
    let count = call.world.issues.values().filter(|i| i.ids("components").contains(&id)).count();
    Reply::ok(json!({ "self": call.view().link(&format!("component/{id}")), "issueCount": count }))
}

const NO_PROJECT_ADMIN: &str = "You must have administer projects permission to do this.";

/// `POST /component`.
pub(crate) fn create_component(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&COMPONENT_MEMBERS)?;
    let owner = project(call, &body)?;
    call.require_admin(owner, 403, NO_PROJECT_ADMIN)?;
    let owner = owner.id;
    let taken = |name: &str| call.world.components.values().any(|c| c.project == owner && c.name == name);
    let name = name(&body, taken, "component")?;
    let (lead, assignee) = component_people(call, &body)?;
    let id = call.world.add_component(
        owner,
        &name,
        text(&body, "description").unwrap_or_default(),
        lead.as_deref(),
    );
    if let Some((component, assignee)) = call.world.components.get_mut(&id).zip(assignee) {
        component.assignee_type = assignee;
    }
    let found = call.world.components.get(&id).map(|c| call.view().component(c));
    Ok(Reply::json(201, json!(found)))
}

/// The lead and the assignee type that a body gives.
fn component_people(
    call: &Call<'_>,
    body: &Map<String, Json>,
) -> Result<(Option<String>, Option<String>), Reply> {
    let lead = text(body, "leadAccountId");
    if let Some(lead) = lead.filter(|lead| !call.world.users.contains_key(*lead)) {
        return Err(Reply::field_error("leadAccountId", format!("The user {lead} does not exist.")));
    }
    let assignee = text(body, "assigneeType");
    let known = ["PROJECT_DEFAULT", "COMPONENT_LEAD", "PROJECT_LEAD", "UNASSIGNED"];
    if assignee.is_some_and(|a| !known.contains(&a)) {
        return Err(Reply::bad_payload());
    }
    Ok((lead.map(Into::into), assignee.map(Into::into)))
}

/// `PUT /component/{id}`: what is not given stays.
pub(crate) fn edit_component(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&COMPONENT_MEMBERS)?;
    let old = find_component(call)?;
    let (id, owner) = (old.id, old.project);
    let project = call.world.projects.get(&owner).ok_or_else(Reply::bad_payload)?;
    call.require_admin(project, 403, NO_PROJECT_ADMIN)?;
    let others = |name: &str| {
        call.world.components.values().any(|c| c.id != id && c.project == owner && c.name == name)
    };
    let new_name = body.contains_key("name").then(|| name(&body, others, "component")).transpose()?;
    let (lead, assignee) = component_people(call, &body)?;
    if let Some(component) = call.world.components.get_mut(&id) {
        component.name = new_name.unwrap_or_else(|| component.name.clone());
        if let Some(description) = text(&body, "description") {
            component.description = description.into();
        }
        if body.contains_key("leadAccountId") {
            component.lead = lead;
        }
        component.assignee_type = assignee.unwrap_or_else(|| component.assignee_type.clone());
    }
    Reply::ok(call.view().component(find_component(call)?))
}

/// `DELETE /component/{id}`: issues go to another component, or have one less.
pub(crate) fn delete_component(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let old = find_component(call)?;
    let (id, owner) = (old.id, old.project);
    let project = call.world.projects.get(&owner).ok_or_else(Reply::bad_payload)?;
    call.require_admin(project, 403, NO_PROJECT_ADMIN)?;
    let to = match call.query("moveIssuesTo") {
        None => None,
        Some(to) => {
            let found = to.parse().ok().and_then(|to: Id| call.world.components.get(&to));
            let found = found.filter(|c| c.project == owner && c.id != id);
            Some(found.ok_or_else(|| Reply::error(404, no_component(to)))?.id)
        }
    };
    swap(call, &me, "components", id, to);
    call.world.components.remove(&id);
    Reply::no_content()
}

/// Puts one version or component in the place of another, in all issues.
fn swap(call: &mut Call<'_>, me: &str, field: &str, old: Id, new: Option<Id>) {
    let has = |i: &&Issue| i.ids(field).contains(&old);
    let issues: Vec<(Id, Value)> = call
        .world
        .issues
        .values()
        .filter(has)
        .filter_map(|issue| Some((issue.id, issue.fields.get(field)?.clone())))
        .collect();
    for (issue, mut value) in issues {
        if let Value::Versions(list) | Value::Components(list) = &mut value {
            list.retain(|id| *id != old && Some(*id) != new);
            list.extend(new);
        }
        call.world.set_field(me, issue, field, Some(value));
    }
}

fn no_version(id: &str) -> String {
    format!("Could not find version for id '{id}'")
}

fn find_version<'a>(call: &'a Call<'_>) -> Result<&'a Version, Reply> {
    let id = call.id("id", &no_version(call.param("id")))?;
    let found = call.world.versions.get(&id);
    let found = found.filter(|v| call.visible_project(&v.project.to_string()).is_some());
    found.ok_or_else(|| Reply::error(404, no_version(call.param("id"))))
}

/// `GET /version/{id}`.
pub(crate) fn version(call: &mut Call<'_>) -> Outcome {
    Reply::ok(call.view().version(find_version(call)?))
}

/// Puts a body's members into a version; what it does not name stays.
fn change_version(version: &mut Version, body: &Map<String, Json>) -> Result<(), Reply> {
    let date = |name: &str| match body.get(name) {
        None => Ok(None),
        Some(Json::Null) => Ok(Some(None)),
        Some(value) => {
            let parsed = value.as_str().and_then(|text| text.parse::<Date>().ok());
            parsed
                .map(|d| Some(Some(d)))
                .ok_or_else(|| Reply::field_error(name, "The date must be in the format 'yyyy-MM-dd'."))
        }
    };
    let flag = |name: &str| match body.get(name) {
        None => Ok(None),
        Some(value) => value.as_bool().map(Some).ok_or_else(Reply::bad_payload),
    };
    if let Some(description) = text(body, "description") {
        version.description = description.into();
    }
    version.start = date("startDate")?.unwrap_or(version.start);
    version.release = date("releaseDate")?.unwrap_or(version.release);
    version.released = flag("released")?.unwrap_or(version.released);
    version.archived = flag("archived")?.unwrap_or(version.archived);
    if version.start.zip(version.release).is_some_and(|(start, release)| start > release) {
        return Err(Reply::field_error("startDate", "The start date must be before the release date."));
    }
    Ok(())
}

/// `POST /version`.
pub(crate) fn create_version(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&VERSION_MEMBERS)?;
    let owner = project(call, &body)?;
    call.require_admin(
        owner,
        404,
        "Project does not exist or you do not have permission to manage its versions.",
    )?;
    let owner = owner.id;
    let taken = |name: &str| call.world.versions.values().any(|v| v.project == owner && v.name == name);
    let name = name(&body, taken, "version")?;
    let id = call.world.add_version(owner, &name);
    let changed = call.world.versions.get_mut(&id).map_or(Ok(()), |version| change_version(version, &body));
    if let Err(refusal) = changed {
        call.world.versions.remove(&id);
        return Err(refusal);
    }
    let version = call.world.versions.get(&id).map(|v| call.view().version(v));
    Ok(Reply::json(201, json!(version)))
}

/// `PUT /version/{id}`.
pub(crate) fn edit_version(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&VERSION_MEMBERS)?;
    let mut version = find_version(call)?.clone();
    let (id, owner) = (version.id, version.project);
    let project = call.world.projects.get(&owner).ok_or_else(Reply::bad_payload)?;
    call.require_admin(project, 400, NO_PROJECT_ADMIN)?;
    if body.contains_key("name") {
        let others = |name: &str| {
            call.world.versions.values().any(|v| v.id != id && v.project == owner && v.name == name)
        };
        version.name = name(&body, others, "version")?;
    }
    change_version(&mut version, &body)?;
    if let Some(to) = text(&body, "moveUnfixedIssuesTo") {
        // Given as the other version's address.
        let to: Option<Id> = to.rsplit('/').next().and_then(|id| id.parse().ok());
        let to = to.filter(|to| call.world.versions.contains_key(to)).ok_or_else(Reply::bad_payload)?;
        let open = |i: &&Issue| i.resolved.is_none() && i.ids("fixVersions").contains(&id);
        let open: Vec<Id> = call.world.issues.values().filter(open).map(|i| i.id).collect();
        for issue in open {
            let mut list =
                call.world.issues.get(&issue).map_or(Vec::new(), |i| i.ids("fixVersions").to_vec());
            list.retain(|v| *v != id && *v != to);
            list.push(to);
            call.world.set_field(&me, issue, "fixVersions", Some(Value::Versions(list)));
        }
    }
    call.world.versions.insert(id, version);
    Reply::ok(call.view().version(find_version(call)?))
}

/// `POST /version/{id}/removeAndSwap`.
pub(crate) fn remove_version(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&["customFieldReplacementList", "moveAffectedIssuesTo", "moveFixIssuesTo"])?;
    let old = find_version(call)?;
    let (id, owner) = (old.id, old.project);
    let project = call.world.projects.get(&owner).ok_or_else(Reply::bad_payload)?;
    call.require_admin(project, 404, NO_PROJECT_ADMIN)?;
    let other = |name: &str| match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(to) => {
            let found = to.as_u64().and_then(|to| call.world.versions.get(&to));
            let found = found.filter(|v| v.project == owner && v.id != id);
            found.map(|v| Some(v.id)).ok_or_else(|| Reply::field_error(name, "The version does not exist."))
        }
    };
    let (fix, affected) = (other("moveFixIssuesTo")?, other("moveAffectedIssuesTo")?);
    swap(call, &me, "fixVersions", id, fix);
    swap(call, &me, "versions", id, affected);
    call.world.versions.remove(&id);
    Reply::no_content()
}

/// `GET /version/{id}/relatedIssueCounts`.
pub(crate) fn version_counts(call: &mut Call<'_>) -> Outcome {
    let id = find_version(call)?.id;
    let uses = |field: &str| call.world.issues.values().filter(|i| i.ids(field).contains(&id)).count();
    Reply::ok(json!({
        "self": call.view().link(&format!("version/{id}")),
        "issuesFixedCount": uses("fixVersions"),
        "issuesAffectedCount": uses("versions"),
        "issueCountWithCustomFieldsShowingVersion": 0,
        "customFieldUsage": [],
    }))
}

/// `GET /version/{id}/unresolvedIssueCount`.
pub(crate) fn version_unresolved(call: &mut Call<'_>) -> Outcome {
    let id = find_version(call)?.id;
    let fixed = call.world.issues.values().filter(|i| i.ids("fixVersions").contains(&id));
    let open = fixed.clone().filter(|i| i.resolved.is_none()).count();
    Reply::ok(json!({
        "self": call.view().link(&format!("version/{id}")),
        "issuesUnresolvedCount": open,
        "issuesCount": fixed.count(),
    }))
}
