//! Watchers, votes, and properties of issues.

use serde_json::{Value as Json, json};

use crate::{
    call::Call,
    reply::{Body, Outcome, Reply},
    world::Permission,
};

/// `GET /issue/{key}/watchers`.
pub(crate) fn watchers(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let view = call.view();
    let may = call.world.may_on(call.who.as_deref(), Permission::ViewVotersAndWatchers, issue);
    let listed = issue.watchers.iter().filter(|w| may || Some(w.as_str()) == call.who.as_deref());
    Reply::ok(json!({
        "self": view.link(&format!("issue/{}/watchers", issue.key)),
        "isWatching": call.who.as_ref().is_some_and(|who| issue.watchers.contains(who)),
        "watchCount": issue.watchers.len(),
        "watchers": listed.map(|w| view.user(w)).collect::<Vec<_>>(),
    }))
}

/// Checks who is to watch, or to watch no more: others only with the permission to manage watchers.
fn watcher(call: &Call<'_>, account: &str) -> Result<(), Reply> {
    let issue = call.issue()?;
    if account != call.me()? {
        call.require(
            Permission::ManageWatchers,
            issue,
            403,
            "You do not have permission to manage the watcher list.",
        )?;
    }
    if call.world.users.contains_key(account) {
        return Ok(());
    }
    Err(Reply::error(404, format!("The user with the account ID '{account}' does not exist.")))
}

/// `POST /issue/{key}/watchers`: the body is an account id as a JSON string; without one, the caller watches. Some
/// clients give it in the query, which works too.
pub(crate) fn watch(call: &mut Call<'_>) -> Outcome {
    let account = match (call.query("accountId"), serde_json::from_slice::<Json>(call.body)) {
        (Some(account), _) => account.to_owned(),
        (None, Ok(Json::String(account))) => account,
        (None, _) if call.body.is_empty() => call.me()?,
        _ => return Err(Reply::bad_payload()),
    };
    watcher(call, &account)?;
    let id = call.issue()?.id;
    call.world.touch(id, |issue| {
        issue.watchers.insert(account);
    });
    Reply::no_content()
}

/// `DELETE /issue/{key}/watchers`.
pub(crate) fn unwatch(call: &mut Call<'_>) -> Outcome {
    let account = call.query("accountId").unwrap_or_default().to_owned();
    if account.is_empty() {
        return Err(Reply::error(400, "The query parameter 'accountId' is required."));
    }
    watcher(call, &account)?;
    let id = call.issue()?.id;
    call.world.touch(id, |issue| {
        issue.watchers.remove(&account);
    });
    Reply::no_content()
}

/// `GET /issue/{key}/votes`.
pub(crate) fn votes(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let view = call.view();
    let may = call.world.may_on(call.who.as_deref(), Permission::ViewVotersAndWatchers, issue);
    Reply::ok(json!({
        "self": view.link(&format!("issue/{}/votes", issue.key)),
        "votes": issue.voters.len(),
        "hasVoted": call.who.as_ref().is_some_and(|who| issue.voters.contains(who)),
        "voters": issue.voters.iter().filter(|_| may).map(|v| view.user(v)).collect::<Vec<_>>(),
    }))
}

/// `POST /issue/{key}/votes`: not for issues of one's own, nor for resolved ones.
pub(crate) fn vote(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let issue = call.issue()?;
    if issue.user("reporter") == Some(&me) {
        return Err(Reply::error(404, "You cannot vote for an issue you have reported."));
    }
    if issue.resolved.is_some() {
        return Err(Reply::error(404, "You cannot vote for an issue that is resolved."));
    }
    let id = issue.id;
    call.world.touch(id, |issue| {
        issue.voters.insert(me);
    });
    Reply::no_content()
}

/// `DELETE /issue/{key}/votes`.
pub(crate) fn unvote(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let issue = call.issue()?;
    if !issue.voters.contains(&me) {
        return Err(Reply::error(
            404,
            "Cannot remove a vote for an issue that the user has not already voted for.",
        ));
    }
    let id = issue.id;
    call.world.touch(id, |issue| {
        issue.voters.remove(&me);
    });
    Reply::no_content()
}

/// `GET /issue/{key}/properties`.
pub(crate) fn properties(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let place = |key: &str| call.view().link(&format!("issue/{}/properties/{key}", issue.id));
    let keys = issue.properties.keys().map(|key| json!({ "self": place(key), "key": key }));
    Reply::ok(json!({ "keys": keys.collect::<Vec<_>>() }))
}

fn no_property(key: &str) -> Reply {
    Reply::error(404, format!("The property '{key}' does not exist."))
}

/// `GET /issue/{key}/properties/{key}`.
pub(crate) fn property(call: &mut Call<'_>) -> Outcome {
    let key = call.param("propertyKey");
    let value = call.issue()?.properties.get(key).ok_or_else(|| no_property(key))?;
    Reply::ok(json!({ "key": key, "value": value }))
}

const NO_EDIT: &str = "You do not have permission to edit this issue.";

/// `PUT /issue/{key}/properties/{key}`: 201 when it is new.
pub(crate) fn put_property(call: &mut Call<'_>) -> Outcome {
    let id = call.issue_for(Permission::EditIssues, 403, NO_EDIT)?;
    let value: Json = serde_json::from_slice(call.body).map_err(|_| Reply::bad_payload())?;
    if call.body.len() > 32_768 {
        return Err(Reply::error(400, "The property value cannot be longer than 32768 characters."));
    }
    let key = call.param("propertyKey").to_owned();
    let mut old = None;
    call.world.touch(id, |issue| old = issue.properties.insert(key, value));
    let status = if old.is_some() { 200 } else { 201 };
    Ok(Reply { status, headers: Vec::new(), body: Body::Empty })
}

/// `DELETE /issue/{key}/properties/{key}`.
pub(crate) fn delete_property(call: &mut Call<'_>) -> Outcome {
    let id = call.issue_for(Permission::EditIssues, 403, NO_EDIT)?;
    let key = call.param("propertyKey").to_owned();
    let mut old = None;
    call.world.touch(id, |issue| old = issue.properties.remove(&key));
    old.map(|_| ()).ok_or_else(|| no_property(&key))?;
    Reply::no_content()
}
