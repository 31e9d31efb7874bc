//! Issues, read.

use serde_json::{Value as Json, json};

use crate::{
    call::Call,
    reply::{Outcome, Reply},
    view::{Expand, FieldSet},
};

/// `GET /issue/{key}`: by id, key in any case, or an old key.
pub(crate) fn get(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let fields = FieldSet::read(call.query_list("fields"), "*all");
    let expand = Expand::read(&call.query_all("expand").collect::<Vec<_>>().join(","));
    let properties: Vec<_> = call.query_list("properties").into_iter().map(Into::into).collect();
    Reply::ok(call.view().issue(issue, &fields, &expand, &properties))
}

/// `POST /issue/bulkfetch`: up to 100 issues; what is not seen is told apart.
pub(crate) fn bulk_fetch(call: &mut Call<'_>) -> Outcome {
    let body = call.object(&["issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys"])?;
    let strings = |name: &str| -> Result<Vec<String>, Reply> {
        match body.get(name) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(list)) => list
                .iter()
                .map(|v| v.as_str().map(Into::into))
                .collect::<Option<_>>()
                .ok_or_else(Reply::bad_payload),
            Some(_) => Err(Reply::bad_payload()),
        }
    };
    let wanted = strings("issueIdsOrKeys")?;
    if wanted.is_empty() || wanted.len() > 100 {
        return Err(Reply::error(400, "Between 1 and 100 issue IDs or keys have to be given."));
    }
    let fields = strings("fields")?;
    let fields = FieldSet::read(fields.iter().map(String::as_str), "*navigable");
    let (expand, properties) = (Expand::read(&strings("expand")?.join(",")), strings("properties")?);
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for name in wanted {
        match call.issue_by(&name) {
            Ok(issue) => issues.push(issue),
            Err(_) => errors.push(json!({
                "id": name,
                "errorMessage": "Issue does not exist or you do not have permission to see it.",
            })),
        }
    }
    issues.sort_by_key(|i| i.id);
    issues.dedup_by_key(|i| i.id);
    let issues: Vec<_> =
        issues.into_iter().map(|i| call.view().issue(i, &fields, &expand, &properties)).collect();
    Reply::ok(json!({ "issues": issues, "issueErrors": errors }))
}

/// `GET /issue/{key}/editmeta`.
pub(crate) fn edit_meta(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    Reply::ok(call.view().edit_meta(issue))
}

/// `GET /issue/{key}/transitions`: only what the caller can do now.
pub(crate) fn transitions(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let fields = call.query_list("expand").contains(&"transitions.fields");
    let transitions = call.view().transitions(issue, fields, call.query("transitionId"));
    Reply::ok(json!({ "expand": "transitions", "transitions": transitions }))
}

/// `GET /issue/{key}/changelog`: oldest first.
pub(crate) fn changelog(call: &mut Call<'_>) -> Outcome {
    let issue = call.issue()?;
    let (key, changes) = (issue.key.clone(), issue.history.iter().map(|c| call.view().change(c)).collect());
    let mut page = call.page(changes, 100, 100)?;
    page["self"] = call.view().link(&format!("issue/{key}/changelog")).into();
    Reply::ok(page)
}
