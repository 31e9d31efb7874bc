//! Strict but kind: a call's arguments against the tool's own input schema.
//!
//! What is certainly meant is understood: `"50"` for 50, `"a,b"` for a list, `"true"`, null for
//! "not given", JSON in a string where an object belongs. Everything else is refused by name,
//! before anything is sent.

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::nearest;

/// The arguments in the types that the schema names.
///
/// # Errors
/// [`Error::Argument`] that names each argument which is unknown, missing or of no use.
pub(super) fn fit(schema: &JsonObject, arguments: JsonObject) -> Result<JsonObject> {
    fit_object(schema, arguments).map_err(|problems| Error::Argument(problems.join(" ")))
}

/// The members of an object in the types that its schema names, or a sentence on each that is not right.
fn fit_object(schema: &JsonObject, arguments: JsonObject) -> std::result::Result<JsonObject, Vec<String>> {
    let empty = JsonObject::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let mut fitted = JsonObject::new();
    let mut problems = Vec::new();
    for (name, value) in arguments {
        match properties.get(&name) {
            None => problems.push(unknown(&name, properties)),
            Some(_) if value.is_null() => {}
            Some(property) => match convert(property, value) {
                Ok(value) => {
                    fitted.insert(name, value);
                }
                Err(wanted) => problems.push(format!("`{name}` takes {wanted}.").replace("?.", "?")),
            },
        }
    }
    for name in
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        if !fitted.contains_key(name)
            && !problems.iter().any(|problem| problem.starts_with(&format!("`{name}`")))
        {
            let about = properties.get(name).and_then(|p| p.get("description")).and_then(Value::as_str);
            problems.push(format!("`{name}` is missing: {}", about.unwrap_or("it is required")));
        }
    }
    if problems.is_empty() { Ok(fitted) } else { Err(problems) }
}

fn unknown(name: &str, properties: &JsonObject) -> String {
    let names = || properties.keys().map(String::as_str);
    let near = nearest::names(name, names());
    let others = if properties.is_empty() {
        "there are none".to_owned()
    } else if let [best, ..] = near.as_slice() {
        format!("did you mean `{best}`?")
    } else {
        format!("there are {}", names().collect::<Vec<_>>().join(", "))
    };
    if name == "status" && properties.contains_key("clear") {
        return "There is no argument `status`; transition_issue moves an issue to another status."
            .to_owned();
    }
    let open = properties.contains_key("fields") && !properties.contains_key("jql") && near.is_empty();
    let fields = if open { "; other fields go into `fields`" } else { "" };
    format!("There is no argument `{name}`; {others}{fields}.").replace("?.", "?")
}

fn convert(property: &Value, value: Value) -> std::result::Result<Value, String> {
    let kind = property.get("type").and_then(Value::as_str).unwrap_or_default();
    match (kind, value) {
        ("string", Value::String(text)) => choice(property, text),
        // Rich text may come as a document of Jira's own.
        ("string", Value::Object(object)) if object.get("type").is_some_and(|kind| kind == "doc") => {
            Ok(Value::Object(object).to_string().into())
        }
        ("string", Value::Number(number)) => choice(property, number.to_string()),
        ("integer", Value::Number(number)) => {
            let whole = number
                .as_i64()
                .or_else(|| number.as_f64().filter(|f| f.fract() == 0.0).and_then(float_to_int));
            whole
                .filter(|whole| *whole >= 0)
                .map(Value::from)
                .ok_or_else(|| format!("a whole number from 0, not {number}"))
        }
        ("integer", Value::String(text)) => text
            .trim()
            .parse::<u64>()
            .map(Value::from)
            .map_err(|_| format!("a whole number from 0, not `{text}`")),
        ("boolean", Value::Bool(flag)) => Ok(flag.into()),
        ("boolean", Value::String(text)) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" => Ok(true.into()),
            "false" | "no" => Ok(false.into()),
            _ => Err(format!("true or false, not `{text}`")),
        },
        ("array", value) => list(property.get("items").unwrap_or(&Value::Null), value),
        ("object", Value::Object(object)) => match (property.as_object(), property.get("properties")) {
            (Some(schema), Some(_)) => {
                fit_object(schema, object).map(Value::Object).map_err(|problems| members(schema, &problems))
            }
            _ => Ok(Value::Object(object)),
        },
        ("object", Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => Ok(Value::Object(object)),
            _ => Err("an object, such as {\"Name\": \"value\"}".into()),
        },
        (kind, value) => Err(format!("{} {kind}, not {}", article(kind), shown(&value))),
    }
}

/// The members that an object of a list takes, and the problems with those that it was given.
fn members(schema: &JsonObject, problems: &[String]) -> String {
    let properties = schema.get("properties").and_then(Value::as_object);
    let names: Vec<String> = properties
        .into_iter()
        .flat_map(|properties| properties.keys())
        .map(|name| format!("`{name}`"))
        .collect();
    format!("objects of {}: {}", names.join(", "), problems.join(" ").trim_end_matches('.'))
}

fn list(item: &Value, value: Value) -> std::result::Result<Value, String> {
    let items = match value {
        Value::Array(items) => items,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Array(items)) => items,
            _ => text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(Value::from).collect(),
        },
        single => vec![single],
    };
    items
        .into_iter()
        .map(|value| convert(item, value))
        .collect::<std::result::Result<Vec<_>, _>>()
        .map(Value::Array)
}

/// A text, which must be one of the schema's choices where it names some; case does not matter.
fn choice(property: &Value, text: String) -> std::result::Result<Value, String> {
    let Some(choices) = property.get("enum").and_then(Value::as_array) else { return Ok(text.into()) };
    let choices = || choices.iter().filter_map(Value::as_str);
    choices()
        .find(|choice| choice.eq_ignore_ascii_case(text.trim()))
        .map(Value::from)
        .ok_or_else(|| format!("one of {}, not `{text}`", choices().collect::<Vec<_>>().join(", ")))
}

/// A value of the wrong kind: itself, or its kind where it is long.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => other.to_string(),
    }
}

fn float_to_int(float: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
    (float.abs() < 9e15).then_some(float as i64)
}

fn article(kind: &str) -> &'static str {
    if kind.starts_with(['a', 'i', 'o']) { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fit_it(arguments: Value) -> Result<Value> {
        let schema = json!({"type": "object", "required": ["issue"], "properties": {
            "issue": {"type": "string", "description": "Key, id or URL."},
            "limit": {"type": "integer"},
            "notify": {"type": "boolean"},
            "state": {"type": "string", "enum": ["open", "closed"]},
            "labels": {"type": "array", "items": {"type": "string"}},
            "fields": {"type": "object"},
            "edits": {"type": "array", "items": {"type": "object", "required": ["old", "new"], "properties": {
                "old": {"type": "string", "description": "Exact text."}, "new": {"type": "string"},
            }}},
        }});
        let (Value::Object(schema), Value::Object(arguments)) = (schema, arguments) else { unreachable!() };
        fit(&schema, arguments).map(Value::Object)
    }

    #[test]
    fn what_is_certainly_meant_is_understood() {
        let fitted = fit_it(json!({
            "issue": 10042, "limit": "50", "notify": "false", "state": "Open", "labels": "a, b", "fields": "{\"A\":1}"
        }));
        let expected = json!({
            "issue": "10042", "limit": 50, "notify": false, "state": "open", "labels": ["a", "b"], "fields": {"A": 1}
        });
        assert_eq!(fitted.unwrap(), expected);
        assert_eq!(fit_it(json!({"issue": "A-1", "labels": null})).unwrap(), json!({"issue": "A-1"}));
        assert_eq!(fit_it(json!({"issue": "A-1", "labels": []})).unwrap()["labels"], json!([]));
        let edit = json!({"old": "1", "new": "2"});
        let fitted = fit_it(json!({"issue": "A-1", "edits": {"old": 1, "new": 2}}));
        assert_eq!(fitted.unwrap()["edits"], json!([edit]));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        for (arguments, expected) in [
            (json!({"isue": "A-1"}), "There is no argument `isue`; did you mean `issue`?"),
            (json!({"issue": "A-1", "colour": 1}), "other fields go into `fields`"),
            (json!({}), "`issue` is missing: Key, id or URL."),
            (json!({"issue": "A-1", "limit": "many"}), "`limit` takes a whole number"),
            (json!({"issue": "A-1", "state": "ajar"}), "`state` takes one of open, closed"),
            (json!({"issue": ["A-1"]}), "`issue` takes a string, not a list"),
            (json!({"issue": "A-1", "limit": -5}), "`limit` takes a whole number from 0, not -5"),
            (json!({"issue": "A-1", "limit": "-5"}), "`limit` takes a whole number from 0, not `-5`"),
            (json!({"issue": "A-1", "limit": 2.5}), "`limit` takes a whole number from 0, not 2.5"),
            (
                json!({"issue": "A-1", "edits": [{"old": "a", "new": "b", "colour": 1}]}),
                "`edits` takes objects of `old`, `new`: There is no argument `colour`; there are old, new.",
            ),
            (
                json!({"issue": "A-1", "edits": [{"new": "b"}]}),
                "`edits` takes objects of `old`, `new`: `old` is missing: Exact text.",
            ),
        ] {
            let error = fit_it(arguments).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
