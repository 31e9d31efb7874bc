//! Projects, read.

use serde_json::{Map, Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Actor, Component, Permission, Project, Role, Version},
};

/// `GET /project/search`.
pub(crate) fn search(call: &mut Call<'_>) -> Outcome {
    let action = match call.query("action").unwrap_or("view") {
        "view" | "browse" => Permission::BrowseProjects,
        "edit" => Permission::AdministerProjects,
        "create" => Permission::CreateIssues,
        other => return Err(Reply::error(400, format!("Invalid value '{other}' for parameter 'action'."))),
    };
    let (ids, keys, kinds) = (call.query_all("id"), call.query_all("keys"), call.query_list("typeKey"));
    let (ids, keys): (Vec<_>, Vec<_>) = (ids.collect(), keys.collect());
    let query = call.query("query").unwrap_or_default().to_lowercase();
    let wanted = |p: &&Project| {
        call.world.may_in(call.who.as_deref(), action, p, None)
            && (ids.is_empty() || ids.contains(&p.id.to_string().as_str()))
            && (keys.is_empty() || keys.contains(&p.key.as_str()))
            && (kinds.is_empty() || kinds.contains(&p.kind.key()))
            && (p.name.to_lowercase().contains(&query) || p.key.to_lowercase().contains(&query))
    };
    let mut found: Vec<_> = call.world.projects.values().filter(wanted).collect();
    let order = call.query("orderBy").unwrap_or("key");
    match order.trim_start_matches(['+', '-']) {
        "name" => found.sort_by_key(|p| p.name.to_lowercase()),
        _ => found.sort_by(|a, b| a.key.cmp(&b.key)),
    }
    if order.starts_with('-') {
        found.reverse();
    }
    let expand = call.query_list("expand");
    let rows = found.into_iter().map(|p| call.view().project_row(p, &expand)).collect();
    let page = call.page(rows, 50, 50)?;
    let (start, max) = (page["startAt"].clone(), page["maxResults"].clone());
    let here = call.view().link(&format!("project/search?maxResults={max}&startAt="));
    let mut out = Map::from_iter([("self".to_owned(), format!("{here}{start}").into())]);
    if page["isLast"] == false {
        let next = start.as_u64().unwrap_or(0) + max.as_u64().unwrap_or(0);
        out.insert("nextPage".into(), format!("{here}{next}").into());
    }
    if let Json::Object(page) = page {
        out.extend(page);
    }
    Reply::ok(out.into())
}

/// `GET /project/{key}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let project = call.project("projectIdOrKey")?;
    Reply::ok(call.view().project(project, &call.query_list("expand")))
}

/// `GET /project/{key}/statuses`: by issue type.
pub(crate) fn statuses(call: &mut Call<'_>) -> Outcome {
    let project = call.project("projectIdOrKey")?;
    let view = call.view();
    let rows = project.types.iter().map(|used| {
        let issue_type = view.issue_type(used.id);
        let statuses = call.world.workflows.get(&used.workflow).map_or(&[][..], |w| &w.statuses);
        let statuses = statuses.iter().map(|id| {
            let mut status = view.status(*id);
            status["untranslatedName"] = status["name"].clone();
            status
        });
        json!({
            "self": issue_type["self"],
            "id": issue_type["id"],
            "name": issue_type["name"],
            "subtask": issue_type["subtask"],
            "statuses": statuses.collect::<Vec<_>>(),
        })
    });
    Reply::ok(rows.collect())
}

fn components_of<'a>(call: &'a Call<'_>) -> Result<Vec<&'a Component>, Reply> {
    let id = call.project("projectIdOrKey")?.id;
    Ok(call.world.components.values().filter(|c| c.project == id).collect())
}

/// `GET /project/{key}/components`.
pub(crate) fn components(call: &mut Call<'_>) -> Outcome {
    Reply::ok(components_of(call)?.into_iter().map(|c| call.view().component(c)).collect())
}

/// `GET /project/{key}/component`.
pub(crate) fn component_page(call: &mut Call<'_>) -> Outcome {
    let query = call.query("query").unwrap_or_default().to_lowercase();
    let found = components_of(call)?.into_iter().filter(|c| c.name.to_lowercase().contains(&query));
    let rows = found.map(|c| {
        let mut out = call.view().component(c);
        let uses = call.world.issues.values().filter(|i| i.ids("components").contains(&c.id));
        out["issueCount"] = uses.count().into();
        out
    });
    let rows = rows.collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

fn versions_of<'a>(call: &'a Call<'_>) -> Result<Vec<&'a Version>, Reply> {
    let id = call.project("projectIdOrKey")?.id;
    Ok(call.world.versions.values().filter(|v| v.project == id).collect())
}

/// `GET /project/{key}/versions`.
pub(crate) fn versions(call: &mut Call<'_>) -> Outcome {
    Reply::ok(versions_of(call)?.into_iter().map(|v| call.view().version(v)).collect())
}

/// `GET /project/{key}/version`.
pub(crate) fn version_page(call: &mut Call<'_>) -> Outcome {
    let query = call.query("query").unwrap_or_default().to_lowercase();
    let status = call.query_list("status");
    let found = versions_of(call)?.into_iter().filter(|v| {
        let is = if v.archived {
            "archived"
        } else if v.released {
            "released"
        } else {
            "unreleased"
        };
        (status.is_empty() || status.contains(&is)) && v.name.to_lowercase().contains(&query)
    });
    let rows = found.map(|v| call.view().version(v)).collect();
    Reply::ok(call.page(rows, 50, 50)?)
}

/// `GET /project/{key}/role`: addresses by name.
pub(crate) fn roles(call: &mut Call<'_>) -> Outcome {
    let id = call.project("projectIdOrKey")?.id;
    let address = |role: &Role| call.view().link(&format!("project/{id}/role/{}", role.id));
    Reply::ok(call.world.roles.iter().map(|r| (r.name.clone(), Json::from(address(r)))).collect())
}

/// `GET /project/{key}/role/{id}`.
pub(crate) fn role(call: &mut Call<'_>) -> Outcome {
    let project = call.project("projectIdOrKey")?;
    let wanted = call.param("id");
    let role = call.world.roles.iter().find(|r| r.id.to_string() == wanted);
    let role = role.ok_or_else(|| {
        Reply::error(404, format!("Can not retrieve a role actor for a null project role id: {wanted}."))
    })?;
    let actors = project.actors.get(&role.id).map_or(&[][..], Vec::as_slice);
    let actors = (1..).zip(actors).filter_map(|(id, actor)| actor_json(call, id, actor));
    Reply::ok(json!({
        "self": call.view().link(&format!("project/{}/role/{}", project.id, role.id)),
        "name": role.name,
        "id": role.id,
        "description": role.description,
        "actors": actors.collect::<Vec<_>>(),
    }))
}

fn actor_json(call: &Call<'_>, id: u64, actor: &Actor) -> Option<Json> {
    Some(match actor {
        Actor::User(account_id) => json!({
            "id": id,
            "displayName": call.world.users.get(account_id)?.name,
            "type": "atlassian-user-role-actor",
            "actorUser": { "accountId": account_id },
        }),
        Actor::Group(name) => {
            let group = call.world.groups.iter().find(|g| g.name == *name)?;
            json!({
                "id": id,
                "displayName": name,
                "type": "atlassian-group-role-actor",
                "name": name,
                "actorGroup": { "name": name, "displayName": name, "groupId": group.id },
            })
        }
    })
}
