//! Reading, completing and trying out queries.

use serde_json::{Value as Json, json};

use crate::{
    call::Call,
    jql::{self, Query},
    reply::{Outcome, Reply},
    world::Id,
};

/// `POST /jql/parse`: `strict` hides the tree of a query that makes no sense, `warn` shows it all the same, `none`
/// looks at the grammar alone.
pub(crate) fn parse(call: &mut Call<'_>) -> Outcome {
    let validation = call.query("validation").unwrap_or("strict").to_lowercase();
    if !matches!(validation.as_str(), "strict" | "warn" | "none") {
        return Err(Reply::error(
            400,
            format!("The validation mode '{validation}' is not one of strict, warn, none."),
        ));
    }
    let queries = texts(call.object(&["queries"])?.get("queries"))?;
    if queries.is_empty() {
        return Err(Reply::error(400, "At least one query must be given."));
    }
    let parsed = queries.iter().map(|source| {
        let mut out = json!({ "query": source });
        let query = match Query::parse(source) {
            Ok(query) => query,
            Err(errors) => {
                out["errors"] = errors.into();
                return out;
            }
        };
        let checked = match validation.as_str() {
            "none" => Ok(Vec::new()),
            _ => query.check(call.world, call.who.as_deref()),
        };
        if validation != "strict" || checked.is_ok() {
            out["structure"] = query.structure();
        }
        match checked {
            Ok(warnings) if warnings.is_empty() => {}
            Ok(warnings) => out["warnings"] = warnings.into(),
            Err(errors) => out["errors"] = errors.into(),
        }
        out
    });
    Reply::ok(json!({ "queries": parsed.collect::<Vec<_>>() }))
}

/// `GET /jql/autocompletedata`.
pub(crate) fn reference_data(call: &mut Call<'_>) -> Outcome {
    Reply::ok(jql::reference_data(call.world, &[], false))
}

/// `POST /jql/autocompletedata`: the custom fields of some projects. Ids that nobody knows are ignored.
pub(crate) fn reference_data_of(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["projectIds", "includeCollapsedFields"])?;
    let projects = ids(body.get("projectIds"))?;
    let collapsed = body.get("includeCollapsedFields").and_then(Json::as_bool).unwrap_or(false);
    let known: Vec<Id> = projects.into_iter().filter(|id| call.world.projects.contains_key(id)).collect();
    Reply::ok(jql::reference_data(call.world, &known, collapsed))
}

/// `GET /jql/autocompletedata/suggestions`.
pub(crate) fn suggestions(call: &mut Call<'_>) -> Outcome {
    let (field, value) = (call.query("fieldName"), call.query("fieldValue"));
    let (predicate, predicate_value) = (call.query("predicateName"), call.query("predicateValue"));
    let known =
        predicate.is_none_or(|p| ["by", "from", "to"].iter().any(|name| p.eq_ignore_ascii_case(name)));
    let lonely = predicate_value.is_some() && predicate.is_none();
    let both = value.is_some() && predicate.is_some();
    let Some(field) = field.filter(|_| known && !lonely && !both) else {
        return Err(Reply::error(
            400,
            "Invalid combination of parameters. Give fieldName, with fieldValue or with predicateName and predicateValue.",
        ));
    };
    let by = predicate.is_some_and(|p| p.eq_ignore_ascii_case("by"));
    let typed = value.or(predicate_value);
    Reply::ok(jql::suggestions(call.world, call.who.as_deref(), field, typed, by))
}

/// `POST /jql/match`: which of some issues each query finds.
pub(crate) fn matching(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["jqls", "issueIds"])?;
    let (queries, among) = (texts(body.get("jqls"))?, ids(body.get("issueIds"))?);
    let matches = queries.iter().map(|source| {
        let issues = among.iter().filter_map(|id| call.world.issues.get(id));
        let found =
            Query::parse(source).and_then(|query| query.run_on(call.world, call.who.as_deref(), issues));
        match found {
            Ok(ids) => json!({ "matchedIssues": ids, "errors": [] }),
            Err(errors) => json!({ "matchedIssues": [], "errors": errors }),
        }
    });
    Reply::ok(json!({ "matches": matches.collect::<Vec<_>>() }))
}

fn texts(list: Option<&Json>) -> Result<Vec<String>, Reply> {
    let texts = list
        .and_then(Json::as_array)
        .and_then(|list| list.iter().map(|text| text.as_str().map(Into::into)).collect());
    texts.ok_or_else(Reply::bad_payload)
}

/// Numbers; an absent list is empty.
fn ids(list: Option<&Json>) -> Result<Vec<Id>, Reply> {
    let Some(list) = list else { return Ok(Vec::new()) };
    let ids = list.as_array().and_then(|list| list.iter().map(Json::as_u64).collect());
    ids.ok_or_else(Reply::bad_payload)
}
