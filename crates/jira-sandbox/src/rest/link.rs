//! Links between issues, and to things outside.

use serde_json::{Value as Json, json};

use super::{
    comment,
    values::{InvalidValue, named},
};
use crate::{
    call::Call,
    reply::{Outcome, Reply},
    world::{Id, Issue, Link, LinkType, Permission, RemoteLink},
};

/// A link to be made from the issue that is written.
pub(super) struct NewLink {
    link_type: Id,
    other: Id,
    /// True where the other issue is the destination.
    outward: bool,
}

impl NewLink {
    /// Reads what `update.issuelinks[].add` gives.
    pub(super) fn read(json: &Json, call: &Call<'_>) -> Result<Self, InvalidValue> {
        let kind =
            json.get("type").and_then(|t| link_type(call, t)).ok_or("The issue link type is not valid.")?;
        let (end, outward) = match (json.get("outwardIssue"), json.get("inwardIssue")) {
            (Some(issue), _) => (issue, true),
            (None, Some(issue)) => (issue, false),
            (None, None) => return Err("Either an inwardIssue or an outwardIssue is required.".into()),
        };
        let other = named(end, &["key", "id"]).and_then(|(_, name)| call.issue_by(&name).ok());
        let other = other.ok_or("Could not find issue by id or key.")?.id;
        Ok(Self { link_type: kind.id, other, outward })
    }

    /// Makes it.
    pub(super) fn put(self, call: &mut Call<'_>, me: &str, here: Id) {
        let (source, destination) = if self.outward { (here, self.other) } else { (self.other, here) };
        call.world.link(me, self.link_type, source, destination);
    }
}

/// A link type by id, name, or the words of either direction.
fn link_type<'a>(call: &'a Call<'_>, json: &Json) -> Option<&'a LinkType> {
    let (_, name) = named(json, &["id", "name", "inward", "outward"])?;
    let is =
        |t: &&LinkType| t.id.to_string() == name || t.name == name || t.inward == name || t.outward == name;
    call.world.link_types.values().find(is)
}

/// `POST /issueLink`: the inward issue is the source, as in "inward blocks outward".
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let body = call.object(&["type", "inwardIssue", "outwardIssue", "comment"])?;
    let kind = body.get("type").unwrap_or(&Json::Null);
    let kind = link_type(call, kind).ok_or_else(|| {
        let (_, name) = named(kind, &["name", "id"]).unwrap_or(("name", String::new()));
        Reply::error(404, format!("No issue link type with name '{name}' found."))
    })?;
    let kind = kind.id;
    let end = |name: &str| {
        let issue = body.get(name).ok_or_else(Reply::bad_payload)?;
        let (_, key) = named(issue, &["key", "id"]).ok_or_else(Reply::bad_payload)?;
        let issue = call.issue_by(&key)?;
        call.require(
            Permission::LinkIssues,
            issue,
            404,
            "No Link Issue Permission for issue '".to_owned() + &issue.key + "'",
        )?;
        Ok(issue.id)
    };
    let (source, destination) = (end("inwardIssue")?, end("outwardIssue")?);
    if source == destination {
        return Err(Reply::error(400, "You cannot link an issue to itself."));
    }
    let remark = match body.get("comment") {
        None | Some(Json::Null) => None,
        Some(remark) => Some(read_comment(call, source, remark)?),
    };
    call.world.link(&me, kind, source, destination);
    if let Some((text, visibility)) = remark {
        comment::put(call, &me, source, text, visibility, None);
    }
    Ok(Reply { status: 201, headers: Vec::new(), body: crate::reply::Body::Empty })
}

fn read_comment(
    call: &Call<'_>,
    issue: Id,
    json: &Json,
) -> Result<(Json, Option<crate::world::Visibility>), Reply> {
    let issue = call.world.issues.get(&issue).ok_or_else(Reply::no_issue)?;
    let read = || {
        let text = comment::body(json.get("body").unwrap_or(&Json::Null))?;
        Ok((text, comment::visibility(json.get("visibility"), call, call.world.project_of(issue))?))
    };
    read().map_err(|bad| match bad {
        InvalidValue::Field(message) => Reply::field_error("comment", message),
        InvalidValue::Request(reply) => reply,
    })
}

/// The link of the path, if the caller sees both its ends.
fn find<'a>(call: &'a Call<'_>) -> Result<(&'a Link, &'a Issue, &'a Issue), Reply> {
    let wanted = call.param("linkId");
    let missing = || Reply::error(404, format!("No issue link with id '{wanted}' exists."));
    let link = wanted.parse().ok().and_then(|id| call.world.links.get(&id)).ok_or_else(missing)?;
    let end = |id: Id| {
        let issue = call.world.issues.get(&id);
        issue.filter(|i| call.world.sees(call.who.as_deref(), i)).ok_or_else(missing)
    };
    Ok((link, end(link.source)?, end(link.destination)?))
}

/// `GET /issueLink/{id}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let (link, source, destination) = find(call)?;
    let view = call.view();
    let kind = call.world.link_types.get(&link.link_type).map(|t| view.link_type(t));
    Reply::ok(json!({
        "id": link.id.to_string(),
        "self": view.link(&format!("issueLink/{}", link.id)),
        "type": kind,
        "inwardIssue": view.issue_ref(source.id),
        "outwardIssue": view.issue_ref(destination.id),
    }))
}

/// `DELETE /issueLink/{id}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let (link, source, destination) = find(call)?;
    let may = [source, destination].iter().any(|i| call.world.may_on(Some(&me), Permission::LinkIssues, i));
    if !may {
        return Err(Reply::error(404, "No Link Issue Permission for issue '".to_owned() + &source.key + "'"));
    }
    let id = link.id;
    call.world.unlink(&me, id);
    Reply::no_content()
}

/// `GET /issue/{key}/remotelink`: all, or the one with a global id.
pub(crate) fn remote_list(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let view = call.view();
    if let Some(global_id) = call.query("globalId") {
        let link = issue.remote_links.iter().find(|l| l.global_id.as_deref() == Some(global_id));
        let link = link.ok_or_else(|| Reply::error(404, "The remote issue link does not exist."))?;
        return Reply::ok(view.remote_link(issue, link));
    }
    Reply::ok(issue.remote_links.iter().map(|l| view.remote_link(issue, l)).collect())
}

fn find_remote<'a>(call: &'a Call<'_>) -> Result<(&'a Issue, &'a RemoteLink), Reply> {
    let issue = call.issue()?;
    let wanted = call.param("linkId");
    let link = issue.remote_links.iter().find(|l| l.id.to_string() == wanted);
    Ok((issue, link.ok_or_else(|| Reply::error(404, "The remote issue link does not exist."))?))
}

/// `GET /issue/{key}/remotelink/{id}`.
pub(crate) fn remote_get(call: &mut Call<'_>) -> Outcome {
    let (issue, link) = find_remote(call)?;
    Reply::ok(call.view().remote_link(issue, link))
}

fn read_remote(call: &Call<'_>) -> Result<RemoteLink, Reply> {
    let body = call.object(&["globalId", "application", "relationship", "object"])?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(Into::into);
    let object = body.get("object").filter(|o| o.is_object()).cloned().ok_or_else(Reply::bad_payload)?;
    for (member, words) in [("title", "'title' is required."), ("url", "'url' is required.")] {
        if object.get(member).and_then(Json::as_str).is_none_or(str::is_empty) {
            return Err(Reply::field_error(member, words));
        }
    }
    Ok(RemoteLink {
        id: 0,
        global_id: text("globalId"),
        relationship: text("relationship"),
        application: body.get("application").cloned(),
        object,
    })
}

/// `POST /issue/{key}/remotelink`: 201, or 200 when the global id was there.
pub(crate) fn remote_add(call: &mut Call<'_>) -> Outcome {
    let link = read_remote(call)?;
    let issue = call.issue_for(Permission::LinkIssues, 403, "You do not have permission to link issues.")?;
    let (id, new) = call.world.put_remote_link(issue, link);
    let place = call.view().link(&format!("issue/{issue}/remotelink/{id}"));
    Ok(Reply::json(if new { 201 } else { 200 }, json!({ "id": id, "self": place })))
}

/// `PUT /issue/{key}/remotelink/{id}`.
pub(crate) fn remote_edit(call: &mut Call<'_>) -> Outcome {
    let mut link = read_remote(call)?;
    let issue = call.issue_for(Permission::LinkIssues, 403, "You do not have permission to link issues.")?;
    link.id = find_remote(call)?.1.id;
    call.world.touch(issue, |issue| {
        if let Some(old) = issue.remote_links.iter_mut().find(|l| l.id == link.id) {
            *old = link;
        }
    });
    Reply::no_content()
}

/// `DELETE /issue/{key}/remotelink/{id}`, and by `globalId`.
pub(crate) fn remote_delete(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue_for(Permission::LinkIssues, 403, "You do not have permission to link issues.")?;
    let id = match call.query("globalId") {
        Some(global_id) => {
            let link = call.issue()?.remote_links.iter().find(|l| l.global_id.as_deref() == Some(global_id));
            link.ok_or_else(|| Reply::error(404, "The remote issue link does not exist."))?.id
        }
        None => find_remote(call)?.1.id,
    };
    call.world.touch(issue, |issue| issue.remote_links.retain(|l| l.id != id));
    Reply::no_content()
}
