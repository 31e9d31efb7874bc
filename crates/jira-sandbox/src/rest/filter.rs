//! Saved searches. All are shared with everybody who is signed in.

use serde_json::{Map, Value as Json, json};

use crate::{
    call::Call,
    jql::Query,
    reply::{Outcome, Reply},
    view::View,
    world::{Filter, Id, Permission},
};

const BODY_MEMBERS: [&str; 16] = [
    "approximateLastUsed",
    "description",
    "editPermissions",
    "favourite",
    "favouritedCount",
    "id",
    "jql",
    "name",
    "owner",
    "searchUrl",
    "self",
    "sharePermissions",
    "sharedUsers",
    "subscriptions",
    "viewUrl",
    "isWritable",
];

fn shown(view: View<'_>, filter: &Filter) -> Json {
    let Filter { id, name, owner, jql } = filter;
    json!({
        "self": view.link(&format!("filter/{id}")),
        "id": id.to_string(),
        "name": name,
        "description": "",
        "owner": view.user(owner),
        "jql": jql,
        "viewUrl": format!("{}/issues/?filter={id}", view.site),
        "searchUrl": view.link(&format!("search?jql={}", jql.replace(' ', "+"))),
        "favourite": false,
        "favouritedCount": 0,
        "sharePermissions": [{ "type": "authenticated" }],
        "editPermissions": [],
        "subscriptions": { "size": 0, "items": [], "max-results": 0, "start-index": 0, "end-index": 0 },
    })
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Filter, Reply> {
    let wanted = call.param("id");
    let found =
        wanted.parse().ok().and_then(|id: Id| call.world.filters.get(&id)).filter(|_| call.who.is_some());
    found.ok_or_else(|| Reply::error(400, format!("The selected filter is not available to you, perhaps it has been deleted or had its permissions changed: {wanted}.")))
}

/// `GET /filter/{id}`.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    Reply::ok(shown(call.view(), find(call)?))
}

/// `GET /filter/my`.
pub(crate) fn mine(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    Reply::ok(call.world.filters.values().filter(|f| f.owner == me).map(|f| shown(call.view(), f)).collect())
}

/// `GET /filter/search`.
pub(crate) fn search(call: &mut Call<'_>) -> Outcome {
    let name = call.query("filterName").unwrap_or_default().to_lowercase();
    let owner = call.query("accountId");
    let expand = call.query_list("expand");
    let found = call.world.filters.values().filter(|f| {
        call.who.is_some() && f.name.to_lowercase().contains(&name) && owner.is_none_or(|o| o == f.owner)
    });
    let rows = found.map(|filter| {
        let all = shown(call.view(), filter);
        let always = ["self", "id", "name"].into_iter();
        let parts = always.chain(expand.iter().copied()).filter_map(|part| Some((part.to_owned(), all.get(part)?.clone())));
        let mut row: Map<_, _> = parts.collect();
        row.insert("expand".into(), "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions,editPermissions,isWritable,subscriptions".into());
        Json::Object(row)
    });
    let rows = rows.collect();
    Reply::ok(call.page(rows, 50, 100)?)
}

/// The name and the query of a body.
fn read(call: &Call<'_>) -> Result<(Option<String>, Option<String>), Reply> {
    let body = call.object(&BODY_MEMBERS)?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(str::to_owned);
    let (name, jql) = (text("name"), text("jql"));
    if let Some(jql) = &jql {
        let query = Query::parse(jql).map_err(Reply::bad_query)?;
        query.check(call.world, call.who.as_deref()).map_err(Reply::bad_query)?;
    }
    Ok((name, jql))
}

/// `POST /filter`.
pub(crate) fn create(call: &mut Call<'_>) -> Outcome {
    let me = call.me()?;
    let (name, jql) = read(call)?;
    let name = name
        .filter(|n| !n.trim().is_empty())
        .ok_or_else(|| Reply::field_error("filterName", "You must specify a name to save this filter as."))?;
    if call.world.filters.values().any(|f| f.owner == me && f.name == name) {
        return Err(Reply::field_error("filterName", "Filter with same name already exists."));
    }
    let id = call.world.add_filter(&name, &me, &jql.unwrap_or_default());
    let made = call.world.filters.get(&id).map(|f| shown(call.view(), f));
    Reply::ok(json!(made))
}

/// The filter of the path, if the caller may change it.
fn own(call: &Call<'_>) -> Result<Id, Reply> {
    let me = call.me()?;
    let filter = find(call)?;
    if filter.owner == me || call.world.may(Some(&me), Permission::Administer) {
        return Ok(filter.id);
    }
    Err(Reply::error(400, "You are not the owner of this filter."))
}

/// `PUT /filter/{id}`.
pub(crate) fn edit(call: &mut Call<'_>) -> Outcome {
    let id = own(call)?;
    let (name, jql) = read(call)?;
    if let Some(filter) = call.world.filters.get_mut(&id) {
        filter.name = name.unwrap_or_else(|| filter.name.clone());
        filter.jql = jql.unwrap_or_else(|| filter.jql.clone());
    }
    get(call)
}

/// `DELETE /filter/{id}`.
pub(crate) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = own(call)?;
    call.world.filters.remove(&id);
    Reply::no_content()
}
