//! Users, groups, roles, permissions.

use serde_json::{Map, Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Permission, Project, User},
};

const NO_USER: &str = "Specified user does not exist or you do not have required permissions";

/// `GET /myself`.
pub(crate) fn myself(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    full(call, &me)
}

/// `GET /user`.
pub(crate) fn user(call: &mut Call<'_>) -> Outcome {
    if call.query("username").is_some() || call.query("key").is_some() {
        return Err(Reply::error(400, "The query parameters 'username' and 'key' are no longer supported."));
    }
    let account_id = call.query("accountId").unwrap_or_default().to_owned();
    if account_id.is_empty() {
        return Err(Reply::error(400, "The query parameter 'accountId' is required."));
    }
    let me = call.me()?;
    if me != account_id && !call.world.may(Some(&me), Permission::UserPicker) {
        return Err(Reply::error(403, "You are not authorized to perform this operation."));
    }
    full(call, &account_id)
}

fn full(call: &Call<'_>, account_id: &str) -> Outcome {
    let user = call.world.users.get(account_id).ok_or_else(|| Reply::error(404, NO_USER))?;
    let groups: Vec<_> = call.world.groups.iter().filter(|g| g.members.contains(account_id)).collect();
    let expand = call.query("expand").unwrap_or_default();
    let items: Vec<Json> = if expand.contains("groups") {
        groups.iter().map(|g| call.view().group(g)).collect()
    } else {
        Vec::new()
    };
    let mut out = call.view().user_in_full(user);
    out["groups"] = json!({ "size": groups.len(), "items": items });
    out["applicationRoles"] = json!({ "size": 1, "items": [] });
    out["expand"] = "groups,applicationRoles".into();
    Reply::ok(out)
}

/// `GET /user/bulk`: unknown accounts are left out.
pub(crate) fn bulk(call: &mut Call<'_>) -> Outcome {
    let wanted: Vec<_> = call.query_all("accountId").collect();
    if wanted.is_empty() {
        return Err(Reply::error(400, "The query parameter 'accountId' is required."));
    }
    let users = wanted.iter().filter_map(|id| call.world.users.get(*id));
    let users = users.map(|u| call.view().user_in_full(u)).collect();
    Reply::ok(call.page(users, 10, 200)?)
}

/// `GET /user/search`: an empty list for who may not browse users.
pub(crate) fn search(call: &mut Call<'_>) -> Outcome {
    let (query, account_id) = (call.query("query"), call.query("accountId"));
    if query.is_none() && account_id.is_none() && call.query("property").is_none() {
        return Err(Reply::error(
            400,
            "The query parameters 'query', 'accountId' and 'property' cannot all be missing.",
        ));
    }
    let may = call.world.may(call.who.as_deref(), Permission::UserPicker);
    let found = call.world.users.values().filter(|u| {
        may && account_id.is_none_or(|id| id == u.account_id) && query.is_none_or(|q| matches(call, u, q))
    });
    listed(call, found)
}

/// `GET /user/assignable/search`: who can be assigned, in a project or to an issue.
pub(crate) fn assignable(call: &mut Call<'_>) -> Outcome {
    let (project, issue) = match (call.query("project"), call.query("issueKey").or(call.query("issueId"))) {
        (_, Some(key)) => {
            let issue = call.issue_by(key)?;
            (call.world.project_of(issue), Some(issue))
        }
        (Some(key), None) => {
            let missing = || Reply::error(404, format!("No project could be found with key '{key}'."));
            (call.visible_project(key).ok_or_else(missing)?, None)
        }
        (None, None) => return Err(Reply::error(400, "Either a project or an issue has to be given.")),
    };
    let (query, account_id) = (call.query("query"), call.query("accountId"));
    let may = call.world.may_in(call.who.as_deref(), Permission::AssignIssues, project, issue);
    let found = call.world.users.values().filter(|u| {
        may && u.active
            && call.world.may_in(Some(&u.account_id), Permission::AssignableUser, project, issue)
            && account_id.is_none_or(|id| id == u.account_id)
            && query.is_none_or(|q| matches(call, u, q))
    });
    listed(call, found)
}

/// `GET /users/search`: all users.
pub(crate) fn everybody(call: &mut Call<'_>) -> Outcome {
    if !call.world.may(call.who.as_deref(), Permission::UserPicker) {
        return Err(Reply::error(403, "You are not authorized to perform this operation."));
    }
    listed(call, call.world.users.values())
}

/// True where a word of the name, or the e-mail as far as the caller sees it, starts with the query.
fn matches(call: &Call<'_>, user: &User, query: &str) -> bool {
    let query = query.trim().to_lowercase();
    let name = user.name.to_lowercase();
    let email = user.email.to_lowercase();
    let visible = user.email_visible || call.who.as_deref() == Some(&user.account_id);
    name.starts_with(&query)
        || name.split(|c: char| c.is_whitespace() || c == '-').any(|word| word.starts_with(&query))
        || visible && email.starts_with(&query)
}

/// Users by name, from `startAt`, up to `maxResults`, as a bare list.
fn listed<'u>(call: &Call<'_>, users: impl Iterator<Item = &'u User>) -> Outcome {
    let (start, max) = (call.number("startAt", 0)?, call.number("maxResults", 50)?.min(1000));
    let mut users: Vec<_> = users.collect();
    users.sort_by_key(|u| u.name.to_lowercase());
    Reply::ok(users.into_iter().skip(start).take(max).map(|u| call.view().user_in_full(u)).collect())
}

/// `GET /user/groups`.
pub(crate) fn groups_of(call: &mut Call<'_>) -> Outcome {
    let account_id = call.query("accountId").unwrap_or_default();
    if !call.world.users.contains_key(account_id) {
        return Err(Reply::error(404, NO_USER));
    }
    let groups = call.world.groups.iter().filter(|g| g.members.contains(account_id));
    Reply::ok(groups.map(|g| call.view().group(g)).collect())
}

/// `GET /groups/picker`.
pub(crate) fn find_groups(call: &mut Call<'_>) -> Outcome {
    let query = call.query("query").unwrap_or_default().to_lowercase();
    let may = call.world.may(call.who.as_deref(), Permission::UserPicker);
    let found = call.world.groups.iter().filter(|g| may && g.name.to_lowercase().contains(&query));
    let groups: Vec<_> = found
        .map(|g| json!({ "name": g.name, "html": g.name, "labels": [], "groupId": g.id }))
        .take(call.number("maxResults", 20)?)
        .collect();
    Reply::ok(json!({
        "header": format!("Showing {} of {} matching groups", groups.len(), groups.len()),
        "total": groups.len(),
        "groups": groups,
    }))
}

/// `GET /group/bulk`.
pub(crate) fn groups(call: &mut Call<'_>) -> Outcome {
    call.require_site_admin("You are not authorized to perform this operation.")?;
    let groups = call.world.groups.iter().map(|g| json!({ "name": g.name, "groupId": g.id })).collect();
    Reply::ok(call.page(groups, 50, 50)?)
}

/// `GET /group/member`.
pub(crate) fn members(call: &mut Call<'_>) -> Outcome {
    if !call.world.may(call.who.as_deref(), Permission::UserPicker) {
        return Err(Reply::error(403, "You are not authorized to perform this operation."));
    }
    let (id, name) = (call.query("groupId"), call.query("groupname"));
    let group = call.world.groups.iter().find(|g| Some(g.id.as_str()) == id || Some(g.name.as_str()) == name);
    let group = group.ok_or_else(|| {
        Reply::error(404, format!("The group named '{}' does not exist.", name.or(id).unwrap_or_default()))
    })?;
    let inactive = call.flag("includeInactiveUsers", false);
    let users = group.members.iter().filter_map(|m| call.world.users.get(m)).filter(|u| u.active || inactive);
    let users = users.map(|u| call.view().user(&u.account_id)).collect();
    Reply::ok(call.page(users, 50, 50)?)
}

/// `GET /role`: all project roles.
pub(crate) fn roles(call: &mut Call<'_>) -> Outcome {
    let admin = call.world.may(call.who.as_deref(), Permission::Administer);
    let leads = call
        .world
        .projects
        .values()
        .any(|p| call.world.may_in(call.who.as_deref(), Permission::AdministerProjects, p, None));
    if !admin && !leads {
        return Err(Reply::error(403, "You are not authorized to perform this operation."));
    }
    let roles = call.world.roles.iter().map(|role| {
        json!({
            "self": call.view().link(&format!("role/{}", role.id)),
            "name": role.name,
            "id": role.id,
            "description": role.description,
        })
    });
    Reply::ok(roles.collect())
}

/// `GET /permissions`: all that there are.
pub(crate) fn permissions(_: &mut Call<'_>) -> Outcome {
    let all: Map<_, _> = Permission::ALL
        .iter()
        .map(|p| {
            let kind = if p.is_global() { "GLOBAL" } else { "PROJECT" };
            (
                p.key().to_owned(),
                json!({ "key": p.key(), "name": p.name(), "type": kind, "description": p.name() }),
            )
        })
        .collect();
    Reply::ok(json!({ "permissions": all }))
}

/// `GET /mypermissions`: what the caller may do, on the site, in a project or on an issue.
pub(crate) fn my_permissions(call: &mut Call<'_>) -> Outcome {
    let asked = call.query_list("permissions");
    if asked.is_empty() {
        return Err(Reply::error(400, "The 'permissions' query parameter is required."));
    }
    let issue = call.query("issueKey").or(call.query("issueId")).map(|key| call.issue_by(key)).transpose()?;
    let project = match (issue, call.query("projectKey").or(call.query("projectId"))) {
        (Some(issue), _) => Some(call.world.project_of(issue)),
        (None, Some(key)) => {
            let missing = || Reply::error(404, format!("No project could be found with key '{key}'."));
            Some(call.visible_project(key).ok_or_else(missing)?)
        }
        (None, None) => None,
    };
    let who = call.who.as_deref();
    let mut out = Map::new();
    for key in asked {
        let Some(at) = Permission::ALL.iter().position(|p| p.key() == key) else {
            return Err(Reply::error(400, format!("Unrecognized permission: {key}")));
        };
        let permission = Permission::ALL[at];
        let in_project = |p: &Project| call.world.may_in(who, permission, p, issue);
        let have = match project {
            _ if permission.is_global() => call.world.may(who, permission),
            Some(project) => in_project(project),
            None => call.world.projects.values().any(in_project),
        };
        out.insert(
            key.into(),
            json!({
                "id": at.to_string(),
                "key": key,
                "name": permission.name(),
                "type": if permission.is_global() { "GLOBAL" } else { "PROJECT" },
                "description": permission.name(),
                "havePermission": have,
            }),
        );
    }
    Reply::ok(json!({ "permissions": out }))
}
