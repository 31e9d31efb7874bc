//! Comments.

use serde_json::{Map, Value as Json, json};

use super::values::{InvalidValue, document};
use crate::{
    adf::{self, Refusal},
    call::Call,
    reply::{Outcome, Reply},
    world::{Comment, Id, Issue, Permission, Project, Visibility},
};

/// Members of a comment's JSON; those that only Jira sets are ignored.
const BODY_MEMBERS: [&str; 12] = [
    "self",
    "id",
    "author",
    "body",
    "renderedBody",
    "updateAuthor",
    "created",
    "updated",
    "visibility",
    "jsdPublic",
    "jsdAuthorCanSeeRequest",
    "properties",
];

const MISSING: &str = "Can not find a comment for the id:";

/// The body of a comment, in the form that Jira keeps.
pub(super) fn body(json: &Json) -> Result<Json, InvalidValue> {
    if adf::check(json) == Err(Refusal::NotADocument) {
        return Err(adf::NOT_A_COMMENT.into());
    }
    if adf::plain_text(json).trim().is_empty() && json["content"].as_array().is_none_or(Vec::is_empty) {
        return Err("Comment body can not be empty!".into());
    }
    document(json)
}

/// The restriction of a comment or worklog.
pub(super) fn visibility(
    json: Option<&Json>,
    call: &Call<'_>,
    project: &Project,
) -> Result<Option<Visibility>, InvalidValue> {
    let Some(json) = json.filter(|json| !json.is_null()) else { return Ok(None) };
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    let Some(name) = text("identifier").or_else(|| text("value")) else {
        return Err("The visibility needs a 'value' or an 'identifier'.".into());
    };
    let me = call.who.as_deref().unwrap_or_default();
    match text("type") {
        Some("group") => {
            let group = call.world.groups.iter().find(|g| g.name == name || g.id == name);
            let group = group.filter(|g| g.members.contains(me));
            let group = group.ok_or_else(|| {
                InvalidValue::Field(format!("You are currently not a member of the group: {name}."))
            })?;
            Ok(Some(Visibility::Group(group.name.clone())))
        }
        Some("role") => {
            let role = call.world.roles.iter().find(|r| r.name == name || r.id.to_string() == name);
            let role = role.filter(|r| call.world.in_role(me, r.id, project));
            let role = role.ok_or_else(|| {
                InvalidValue::Field(format!("You are currently not a member of the project role: {name}."))
            })?;
            Ok(Some(Visibility::Role(role.id)))
        }
        _ => Err("The visibility type must be 'group' or 'role'.".into()),
    }
}

/// Jira's answer to an invalid comment.
fn refused(bad: InvalidValue) -> Reply {
    match bad {
        InvalidValue::Field(message) => Reply::field_error("comment", message),
        InvalidValue::Request(reply) => reply,
    }
}

/// Adds a comment that was read before.
pub(super) fn put(
    call: &mut Call<'_>,
    me: &str,
    issue: Id,
    body: Json,
    visibility: Option<Visibility>,
    properties: Option<&Json>,
) -> Id {
    let id = call.world.add_comment(me, issue, body, visibility);
    let properties = properties.and_then(Json::as_array).into_iter().flatten();
    let properties: Vec<_> = properties
        .filter_map(|p| Some((p.get("key")?.as_str()?.to_owned(), p.get("value")?.clone())))
        .collect();
    change(call, issue, id, |comment| comment.properties.extend(properties));
    id
}

/// Changes a comment.
fn change(call: &mut Call<'_>, issue: Id, id: Id, change: impl FnOnce(&mut Comment)) {
    call.world.touch(issue, |issue| {
        if let Some(comment) = issue.comments.iter_mut().find(|c| c.id == id) {
            change(comment);
        }
    });
}

/// `POST /issue/{key}/comment`.
pub(crate) fn add(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let json = call.object(&BODY_MEMBERS)?;
    let issue = call.issue()?;
    call.require(
        Permission::AddComments,
        issue,
        400,
        "You do not have the permission to comment on this issue.",
    )?;
    let (id, project) = (issue.id, call.world.project_of(issue));
    let text = body(json.get("body").unwrap_or(&Json::Null)).map_err(refused)?;
    let visible = visibility(json.get("visibility"), call, project).map_err(refused)?;
    let comment = put(call, &me, id, text, visible, json.get("properties"));
    Ok(shown(call, id, comment, 201))
}

fn shown(call: &Call<'_>, issue: Id, id: Id, status: u16) -> Reply {
    let found =
        call.world.issues.get(&issue).and_then(|i| Some((i, i.comments.iter().find(|c| c.id == id)?)));
    let Some((issue, comment)) = found else { return Reply::error(404, format!("{MISSING} {id}.")) };
    let rendered = call.query_list("expand").contains(&"renderedBody");
    let out = call.view().comment_with(issue, comment, rendered);
    let place = out["self"].as_str().unwrap_or_default().to_owned();
    let reply = Reply::json(status, out);
    if status == 201 { reply.with("location", place) } else { reply }
}

/// The comment of the path, if the caller sees it.
fn find<'a>(call: &'a Call<'_>) -> Result<(&'a Issue, &'a Comment), Reply> {
    let issue = call.issue()?;
    let wanted = call.param("id");
    let comment = issue.comments.iter().find(|c| c.id.to_string() == wanted);
    let comment = comment.filter(|c| call.view().sees_part(issue, c.visibility.as_ref()));
    Ok((issue, comment.ok_or_else(|| Reply::error(404, format!("{MISSING} {wanted}.")))?))
}

/// `GET /issue/{key}/comment/{id}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let (issue, comment) = find(call)?;
    Ok(shown(call, issue.id, comment.id, 200))
}

/// `GET /issue/{key}/comment`.
pub(crate) fn list(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let view = call.view();
    let rendered = call.query_list("expand").contains(&"renderedBody");
    let mut seen: Vec<_> =
        issue.comments.iter().filter(|c| view.sees_part(issue, c.visibility.as_ref())).collect();
    match call.query("orderBy") {
        None | Some("created" | "+created") => {}
        Some("-created") => seen.reverse(),
        Some(other) => {
            return Err(Reply::error(400, format!("Invalid value '{other}' for parameter 'orderBy'.")));
        }
    }
    let mut page =
        call.page(seen.iter().map(|c| view.comment_with(issue, c, rendered)).collect(), 100, 5000)?;
    let comments = page["values"].take();
    Reply::ok(json!({
        "startAt": page["startAt"],
        "maxResults": page["maxResults"],
        "total": page["total"],
        "comments": comments,
    }))
}

/// The comment of the path, if the caller may change it.
fn changeable(call: &Call<'_>, verb: &str, all: Permission, own: Permission) -> Result<(Id, Id), Reply> {
    let (issue, comment) = find(call)?;
    let me = call.me()?;
    let own = if comment.author == me { own } else { all };
    if call.world.may_on(Some(&me), all, issue) || call.world.may_on(Some(&me), own, issue) {
        return Ok((issue.id, comment.id));
    }
    Err(Reply::error(400, format!("You do not have permission to {verb} comment with id: {}.", comment.id)))
}

/// `PUT /issue/{key}/comment/{id}`.
pub(crate) fn edit(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let json = call.object(&BODY_MEMBERS)?;
    let (issue, id) = changeable(call, "edit", Permission::EditAllComments, Permission::EditOwnComments)?;
    let project = call.world.project_of(call.issue()?);
    let text = body(json.get("body").unwrap_or(&Json::Null)).map_err(refused)?;
    // Without a visibility the comment keeps the one it has.
    let visible = visibility(json.get("visibility"), call, project).map_err(refused)?;
    let now = call.world.clock.now();
    change(call, issue, id, |comment| {
        comment.body = text;
        comment.editor = me;
        comment.updated = now;
        if visible.is_some() {
            comment.visibility = visible;
        }
    });
    let mut reply = shown(call, issue, id, 200);
    if let crate::reply::Body::Json(out) = &reply.body {
        let place = out["self"].as_str().unwrap_or_default().to_owned();
        reply = reply.with("location", place);
    }
    Ok(reply)
}

/// `DELETE /issue/{key}/comment/{id}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let (issue, id) =
        changeable(call, "delete", Permission::DeleteAllComments, Permission::DeleteOwnComments)?;
    call.world.touch(issue, |issue| issue.comments.retain(|c| c.id != id));
    Reply::no_content()
}

/// `POST /comment/list`: comments by id, of any issues.
pub(crate) fn by_ids(call: &mut Call<'_>) -> Outcome {
    let body: Map<String, Json> = call.object(&["ids"])?;
    let Some(Json::Array(ids)) = body.get("ids") else { return Err(Reply::bad_payload()) };
    let ids: Vec<Id> = ids.iter().filter_map(Json::as_u64).collect();
    let view = call.view();
    let seen = call.world.issues.values().filter(|i| call.world.sees(call.who.as_deref(), i));
    let found = seen.flat_map(|i| i.comments.iter().map(move |c| (i, c)));
    let found = found.filter(|(i, c)| ids.contains(&c.id) && view.sees_part(i, c.visibility.as_ref()));
    let rows = found.map(|(i, c)| view.comment(i, c)).collect();
    Reply::ok(call.page(rows, 1000, 1000)?)
}
