//! Search by JQL: pages by token, which may be shorter than asked for.

use std::collections::BTreeSet;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use serde_json::{Value as Json, json};

use crate::{
    call::Call,
    jql::Query,
    reply::{Outcome, Reply},
    view::{Expand, FieldSet},
    world::Id,
};

/// Jira's answer to the removed search: where to go instead.
const REMOVED_API_MESSAGE: &str = "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. \
    A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046";

/// Jira's refusal of a query that only puts all issues in order.
const UNBOUNDED_QUERY_MESSAGE: &str =
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";

/// A search, from a query or from a body.
struct SearchRequest {
    jql: String,
    token: Option<String>,
    max: Option<i64>,
    fields: Vec<String>,
    expand: String,
    /// Entity properties to show.
    properties: Vec<String>,
    reconcile: Vec<Id>,
}

/// `GET /search` and `POST /search`: removed.
pub(crate) fn gone(_: &mut Call<'_>) -> Outcome {
    Err(Reply::error(410, REMOVED_API_MESSAGE))
}

/// `GET /search/jql`.
pub(crate) fn by_query(call: &mut Call<'_>) -> Outcome {
    let request = from_query(call)?;
    search(call, &request)
}

fn from_query(call: &Call<'_>) -> Result<SearchRequest, Reply> {
    let number =
        |text: &str| text.parse::<i64>().map_err(|_| Reply::error(404, format!("'{text}' is no number.")));
    Ok(SearchRequest {
        jql: call.query("jql").unwrap_or_default().into(),
        token: call.query("nextPageToken").map(Into::into),
        max: call.query("maxResults").map(number).transpose()?,
        fields: call.query_list("fields").into_iter().map(Into::into).collect(),
        expand: call.query_all("expand").collect::<Vec<_>>().join(","),
        properties: call.query_list("properties").into_iter().map(Into::into).collect(),
        reconcile: call.query_list("reconcileIssues").iter().filter_map(|id| id.parse().ok()).collect(),
    })
}

/// `POST /search/jql`.
pub(crate) fn by_body(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&[
        "jql",
        "nextPageToken",
        "maxResults",
        "fields",
        "expand",
        "properties",
        "fieldsByKeys",
        "failFast",
        "reconcileIssues",
    ])?;
    let text = |name: &str| match body.get(name) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Reply::bad_payload()),
    };
    let list = |name: &str| match body.get(name) {
        None | Some(Json::Null) => Ok(Vec::new()),
        Some(Json::Array(list)) => Ok(list.clone()),
        Some(_) => Err(Reply::bad_payload()),
    };
    let strings = |name: &str| {
        let texts = list(name)?.iter().map(|f| f.as_str().map(Into::into)).collect::<Option<Vec<String>>>();
        texts.ok_or_else(Reply::bad_payload)
    };
    let reconcile = list("reconcileIssues")?.iter().map(Json::as_u64).collect::<Option<_>>();
    let max = match body.get("maxResults") {
        None | Some(Json::Null) => None,
        Some(max) => Some(max.as_i64().ok_or_else(Reply::bad_payload)?),
    };
    let request = SearchRequest {
        jql: text("jql")?.unwrap_or_default(),
        token: text("nextPageToken")?,
        max,
        fields: strings("fields")?,
        properties: strings("properties")?,
        expand: text("expand")?.unwrap_or_default(),
        reconcile: reconcile.ok_or_else(Reply::bad_payload)?,
    };
    search(call, &request)
}

/// `POST /search/approximate-count`.
pub(crate) fn count(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["jql"])?;
    let jql = body.get("jql").and_then(Json::as_str).unwrap_or_default().to_owned();
    let found = find(call, &jql, &[])?;
    Reply::ok(json!({ "count": found.len() }))
}

fn search(call: &mut Call<'_>, request: &SearchRequest) -> Outcome {
    if request.properties.len() > 5 {
        return Err(Reply::error(400, "The number of properties must not exceed 5."));
    }
    if request.reconcile.len() > 50 {
        return Err(Reply::error(400, "The number of issues to reconcile must not exceed 50."));
    }
    let found = find(call, &request.jql, &request.reconcile)?;
    page(call, request, &found, "id")
}

/// Ids of what a query finds, in its order.
fn find(call: &mut Call<'_>, jql: &str, reconcile: &[Id]) -> Result<Vec<Id>, Reply> {
    let query = Query::parse(jql).map_err(Reply::bad_query)?;
    if !query.is_bounded() {
        return Err(Reply::error(400, UNBOUNDED_QUERY_MESSAGE));
    }
    let reconcile: BTreeSet<Id> = reconcile.iter().copied().collect();
    let candidates = call.index.issues(call.world, &reconcile);
    let found = query.run_on(call.world, call.who.as_deref(), candidates).map_err(Reply::bad_query)?;
    Ok(found.into_iter().filter(|id| call.world.issues.contains_key(id)).collect())
}

/// Those of some issues, in their order, that the query parameter `jql` finds too.
pub(super) fn narrow(call: &mut Call<'_>, all: &[Id]) -> Result<Vec<Id>, Reply> {
    let Some(jql) = call.query("jql") else { return Ok(all.to_vec()) };
    let query = Query::parse(jql).map_err(Reply::bad_query)?;
    let found = query.run(call.world, call.who.as_deref()).map_err(Reply::bad_query)?;
    // An order of the query's own wins over the board's.
    let (outer, inner) = if query.is_ordered() { (&found[..], all) } else { (all, &found[..]) };
    Ok(outer.iter().filter(|id| inner.contains(id)).copied().collect())
}

/// A page, by the parameters of the query, of some issues that `jql` narrows: the listings of boards and sprints.
pub(super) fn narrowed(call: &mut Call<'_>, all: &[Id]) -> Outcome {
    let found = narrow(call, all)?;
    let request = from_query(call)?;
    page(call, &request, &found, "*navigable")
}

fn page(call: &Call<'_>, request: &SearchRequest, found: &[Id], default: &str) -> Outcome {
    let max = request.max.unwrap_or(50);
    let fields = FieldSet::read(request.fields.iter().map(String::as_str), default);
    // Jira gives fewer issues at a time when it has to read more than their names.
    let most = if fields.only_names() { 5000 } else { 100 };
    let Some(max) = usize::try_from(max).ok().filter(|max| (1..=5000).contains(max)) else {
        return Err(Reply::error(400, "The value for maxResults must be between 1 and 5000."));
    };
    let mut max = max.min(most);
    if call.short_pages {
        max = max.div_ceil(2);
    }
    let now = call.world.clock.now().as_second();
    let start = match &request.token {
        None => 0,
        Some(token) => read_token(token, &request.jql, now, found)
            .ok_or_else(|| Reply::error(400, "The provided next page token is invalid or has expired."))?,
    };
    let end = (start + max).min(found.len());
    let expand = Expand::read(&request.expand);
    let view = call.view();
    let issues = found.get(start..end).unwrap_or_default().iter();
    let issues: Vec<_> = issues.filter_map(|id| call.world.issues.get(id)).collect();
    let each = expand.of_each();
    let shown = issues.iter().map(|i| view.issue(i, &fields, &each, &request.properties));
    let mut out = json!({ "issues": shown.collect::<Vec<_>>() });
    view.describe_all(&issues, &fields, &expand, &mut out);
    let last = end >= found.len();
    if !last {
        out["nextPageToken"] = token(&request.jql, now, end, found[end - 1]).into();
    }
    out["isLast"] = last.into();
    Reply::ok(out)
}

/// The time for which a page token can be used, in seconds.
const TOKEN_TTL_SECONDS: i64 = 7 * 86_400;

/// A token as opaque as Jira's: it holds the last issue of the page, the position after it, the query and the time.
fn token(jql: &str, now: i64, next: usize, last: Id) -> String {
    let inner =
        format!("#Int&{}%Int&{}", STANDARD.encode(last.to_string()), STANDARD.encode(next.to_string()));
    let mut bytes = vec![0x0a, u8::try_from(inner.len()).unwrap_or(u8::MAX)];
    bytes.extend(inner.bytes());
    bytes.extend(digest(jql).to_be_bytes());
    bytes.extend(now.to_be_bytes());
    URL_SAFE.encode(bytes)
}

/// The row at which the page of a token starts; none when it is too old or not of this query.
fn read_token(token: &str, jql: &str, now: i64, found: &[Id]) -> Option<usize> {
    let bytes = URL_SAFE.decode(token).ok()?;
    let (inner, rest) = bytes.get(2..)?.split_at_checked(usize::from(*bytes.get(1)?))?;
    let (query, made) = rest.split_at_checked(8)?;
    let made = i64::from_be_bytes(made.try_into().ok()?);
    if query != digest(jql).to_be_bytes() || now - made > TOKEN_TTL_SECONDS {
        return None;
    }
    let inner = std::str::from_utf8(inner).ok()?.strip_prefix("#Int&")?;
    let (last, next) = inner.split_once("%Int&")?;
    let number = |text| String::from_utf8(STANDARD.decode(text).ok()?).ok()?.parse::<u64>().ok();
    let last = number(last)?;
    // An issue that came or went before this place does not shift the page.
    match found.iter().position(|id| *id == last) {
        Some(at) => Some(at + 1),
        None => usize::try_from(number(next)?).ok(),
    }
}

fn digest(jql: &str) -> u64 {
    jql.trim().bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}
