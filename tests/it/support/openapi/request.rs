//! The request's half: path and query parameters, body.

use serde_json::Value;

use super::documents::Operation;
use super::{Body, Call, Contract, Findings, Side, adf};

pub(super) fn check(contract: &Contract, operation: &Operation<'_>, call: &Call, found: &mut Findings) {
    check_path(operation, found);
    check_query(operation, call, found);
    check_body(contract, operation, call, found);
}

fn check_path(operation: &Operation<'_>, found: &mut Findings) {
    for (_, name, parameter) in operation.parameters().filter(|(place, ..)| *place == "path") {
        if let Some(value) = operation.path_value(name)
            && let Err(detail) = scalar(&parameter["schema"], value)
        {
            found.add("", "path", format!("{name}: {detail}"));
        }
    }
}

fn check_query(operation: &Operation<'_>, call: &Call, found: &mut Findings) {
    let parameters: Vec<(&str, &Value)> = operation
        .parameters()
        .filter_map(|(place, name, parameter)| (place == "query").then_some((name, parameter)))
        .collect();
    for (name, value) in &call.query {
        let Some((_, parameter)) = parameters.iter().find(|(known, _)| known == name) else {
            found.add(format!("?{name}"), "query", "unknown parameter");
            continue;
        };
        let schema = &parameter["schema"];
        let checked = match schema["type"].as_str() {
            // Jira reads lists of words both repeated and with commas; numbers it only takes repeated.
            Some("array") if schema["items"]["type"] == "string" => {
                value.split(',').try_for_each(|item| scalar(&schema["items"], item))
            }
            Some("array") => scalar(&schema["items"], value),
            _ => scalar(schema, value),
        };
        if let Err(detail) = checked {
            found.add(format!("?{name}"), "query", detail);
        }
        let list = schema["type"] == "array";
        if !list && call.query.iter().filter(|(other, _)| other == name).count() > 1 {
            found.add(format!("?{name}"), "query", "given more than once");
        }
    }
    for (name, parameter) in parameters {
        if parameter["required"] == true && !call.query.iter().any(|(given, _)| given == name) {
            found.add(format!("?{name}"), "query", "missing");
        }
    }
}

/// Checks text from a path or query against a scalar schema.
fn scalar(schema: &Value, text: &str) -> Result<(), String> {
    let fits = match schema["type"].as_str() {
        Some("integer") => match schema["format"].as_str() {
            Some("int32") => text.parse::<i32>().is_ok(),
            _ => text.parse::<i64>().is_ok(),
        },
        Some("boolean") => matches!(text, "true" | "false"),
        _ => true,
    };
    if !fits {
        return Err(format!("`{text}` is not of type {}", schema["type"]));
    }
    match schema["enum"].as_array() {
        Some(values) if !values.iter().any(|value| value == text) => {
            Err(format!("`{text}` is none of {values:?}"))
        }
        _ => Ok(()),
    }
}

fn check_body(contract: &Contract, operation: &Operation<'_>, call: &Call, found: &mut Findings) {
    let described = &operation.object()["requestBody"];
    let content = described["content"].as_object();
    match (&call.sent, content) {
        (Body::Empty, _) if described["required"] == true => found.add("", "required", "the body is missing"),
        (Body::Empty, _) => {}
        (_, None) => found.add("", "body", "this operation takes no body"),
        (Body::Other(media), Some(content))
            if !content.contains_key(media) && !content.contains_key("*/*") =>
        {
            found.add("", "media type", format!("{media:?} is none of {:?}", content.keys()));
        }
        (Body::Other(_), Some(_)) => {}
        (Body::Json(body), Some(content)) => {
            if let Some(media) = content.get("application/json").filter(|media| media.get("schema").is_some())
            {
                let place = format!("{} request", operation.name());
                for (at, rule, detail) in
                    contract.schemas.check(operation, Side::Request, &place, &media["schema"], body)
                {
                    found.add(at, rule, detail);
                }
            }
            contract.adf.check(body, found);
            adf::check_places(body, operation.template, found);
        }
    }
}
