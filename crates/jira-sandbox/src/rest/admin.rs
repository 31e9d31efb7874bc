//! Administration: projects, and people in roles.

use serde_json::{Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Actor, ProjectKind},
};

/// `POST /project`: with the types, workflow, screens and board of Jira's templates.
pub(crate) fn create_project(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&[
        "assigneeType",
        "avatarId",
        "categoryId",
        "description",
        "fieldConfigurationScheme",
        "fieldScheme",
        "issueSecurityScheme",
        "issueTypeScheme",
        "issueTypeScreenScheme",
        "key",
        "lead",
        "leadAccountId",
        "name",
        "notificationScheme",
        "permissionScheme",
        "projectTemplateKey",
        "projectTypeKey",
        "url",
        "workflowScheme",
    ])?;
    call.require_site_admin("You do not have permission to create projects.")?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default();
    let mut errors = Vec::new();
    let (key, name, lead) = (text("key"), text("name"), text("leadAccountId"));
    let sound = key.len() >= 2
        && key.len() <= 10
        && key.starts_with(|c: char| c.is_ascii_uppercase())
        && key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if !sound {
        errors.push((
            "projectKey",
            "Project keys must start with an uppercase letter, followed by one or more uppercase alphanumeric characters."
                .to_owned(),
        ));
    } else if let Some(project) = call.world.project(key) {
        errors.push(("projectKey", format!("Project '{}' uses this project key.", project.name)));
    }
    if name.trim().is_empty() {
        errors.push(("projectName", "You must specify a valid project name.".into()));
    } else if call.world.projects.values().any(|p| p.name.eq_ignore_ascii_case(name)) {
        errors.push(("projectName", "A project with that name already exists.".into()));
    }
    if !call.world.users.contains_key(lead) {
        errors.push(("projectLead", "You must specify a valid project lead.".into()));
    }
    let template = text("projectTemplateKey");
    let kind = match text("projectTypeKey") {
        "software" => Some(ProjectKind::Software),
        "service_desk" => Some(ProjectKind::Service),
        "business" => Some(ProjectKind::Business),
        "" if template.contains("greenhopper") => Some(ProjectKind::Software),
        "" if template.contains("servicedesk") => Some(ProjectKind::Service),
        "" if template.contains("core-project") => Some(ProjectKind::Business),
        _ => None,
    };
    let Some(kind) = kind.filter(|_| errors.is_empty()) else {
        if kind.is_none() {
            errors.push(("projectTypeKey", "The project type is not valid.".into()));
        }
        return Err(Reply::field_errors(
            errors.into_iter().map(|(field, message)| (field.to_owned(), message)),
        ));
    };
    let id = call.world.create_project(key, name, kind, lead);
    if let Some(project) = call.world.projects.get_mut(&id) {
        project.description = text("description").into();
        project.url = text("url").into();
        project.assign_to_lead = text("assigneeType") == "PROJECT_LEAD";
    }
    if template.contains("kanban")
        && let Some(board) = call.world.boards.values_mut().find(|b| b.project == id)
    {
        board.kind = crate::world::BoardKind::Kanban;
    }
    let place = call.view().link(&format!("project/{id}"));
    Ok(Reply::json(201, json!({ "self": place, "id": id, "key": key })))
}

/// `DELETE /project/{key}`: with all its issues.
pub(crate) fn delete_project(call: &mut Call<'_>) -> Outcome {
    let id = call.project("projectIdOrKey")?.id;
    if call.require_site_admin("").is_err() {
        return Err(Reply::error(404, "Project does not exist or you do not have permission to delete it."));
    }
    let issues: Vec<_> = call.world.issues.values().filter(|i| i.project == id).map(|i| i.id).collect();
    for issue in issues {
        call.world.delete_issue(issue);
    }
    let world = &mut *call.world;
    world.components.retain(|_, c| c.project != id);
    world.versions.retain(|_, v| v.project != id);
    world.boards.retain(|_, b| b.project != id);
    let boards = &world.boards;
    world.sprints.retain(|_, s| boards.contains_key(&s.board));
    world.projects.remove(&id);
    Reply::no_content()
}

/// `POST /project/{key}/role/{id}`: puts people and groups into a role.
pub(crate) fn add_actors(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["user", "group", "groupId"])?;
    let project = call.project("projectIdOrKey")?;
    call.require_admin(project, 400, "You do not have permission to edit the roles of this project.")?;
    let (id, wanted) = (project.id, call.param("id"));
    let role = call.world.roles.iter().find(|r| r.id.to_string() == wanted).map(|r| r.id);
    let role = role.ok_or_else(|| Reply::error(404, format!("Cannot find the project role '{wanted}'.")))?;
    let list =
        |name: &str| body.get(name).and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
    let mut actors = Vec::new();
    for account in list("user") {
        if !call.world.users.contains_key(account) {
            return Err(Reply::error(400, format!("'{account}' is not a user.")));
        }
        actors.push(Actor::User(account.into()));
    }
    for name in list("group").chain(list("groupId")) {
        let group = call.world.groups.iter().find(|g| g.name == name || g.id == name);
        let group = group.ok_or_else(|| Reply::error(400, format!("'{name}' is not a group.")))?;
        actors.push(Actor::Group(group.name.clone()));
    }
    if let Some(project) = call.world.projects.get_mut(&id) {
        let there = project.actors.entry(role).or_default();
        for actor in actors {
            if !there.contains(&actor) {
                there.push(actor);
            }
        }
    }
    super::project::role(call)
}
