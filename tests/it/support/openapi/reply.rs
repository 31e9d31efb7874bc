//! The reply's half: status, media type, body.

use serde_json::{Value, json};

use super::documents::Operation;
use super::{Body, Call, Contract, Findings, Side, issue};

pub(super) fn check(contract: &Contract, operation: &Operation<'_>, call: &Call, found: &mut Findings) {
    let responses = &operation.object()["responses"];
    let status = call.status.to_string();
    let documented = responses.get(&status).or_else(|| responses.get("default"));
    if documented.is_none() {
        found.add("", "status", format!("{status} is not documented"));
    }
    match &call.got {
        Body::Empty => {
            if documented.is_some_and(|response| schema_of(response).is_some()) {
                found.add("", "body", "the body is missing");
            }
        }
        Body::Other(media) => {
            let known = documented.is_some_and(|response| {
                response["content"].as_object().is_none_or(|content| content.contains_key(media))
            });
            if !known || call.status >= 400 {
                found.add("", "media type", format!("{media:?} is not documented"));
            }
        }
        Body::Json(_) if call.status == 204 => found.add("", "body", "204 has no body"),
        Body::Json(body) => {
            if let Some(schema) = documented.and_then(schema_of) {
                let place = format!("{} {status}", operation.name());
                for (at, rule, detail) in contract.schemas.check(operation, Side::Reply, &place, schema, body)
                {
                    found.add(at, rule, detail);
                }
            } else if call.status >= 400 {
                // The documents leave most error bodies out; all that were recorded have the one shape.
                let schema = json!({
                    "type": "object",
                    "properties": {
                        "errorMessages": { "type": "array", "items": { "type": "string" } },
                        "errors": { "type": "object", "additionalProperties": { "type": "string" } },
                        "status": { "type": "integer" },
                    },
                    "additionalProperties": false,
                });
                for (at, rule, detail) in
                    contract.schemas.check(operation, Side::Reply, "error", &schema, body)
                {
                    found.add(at, rule, detail);
                }
            }
            check_issues(contract, operation, body, found);
            contract.adf.check(body, found);
        }
    }
}

fn check_issues(contract: &Contract, operation: &Operation<'_>, body: &Value, found: &mut Findings) {
    // The agile document has no components for the fields; the platform's are the same.
    if !operation.template.starts_with("/rest/api/3/") {
        return;
    }
    for at in issue::fields_in(body) {
        let fields = &body.pointer(&at).expect("a pointer that was just made");
        let schema = issue::fields_schema();
        for (inner, rule, detail) in
            contract.schemas.check(operation, Side::Reply, "issue fields", &schema, fields)
        {
            found.add(format!("{at}{inner}"), rule, detail);
        }
    }
}

/// The JSON schema of a Response Object, where it has one that says anything.
fn schema_of(response: &Value) -> Option<&Value> {
    let schema = response.pointer("/content/application~1json/schema")?;
    schema.as_object().is_some_and(|schema| !schema.is_empty()).then_some(schema)
}
