//! Strict but kind: a call's arguments against the tool's own input schema.
//!
//! A value whose meaning is certain is understood: `"50"` for 50, `"a,b"` for a list, `"true"`, null for
//! "not given", JSON in a string where an object belongs. Everything else is refused by name,
//! before anything is sent.

use rmcp::model::JsonObject;
use serde_json::Value;

use crate::error::{
    Alternative, ArgumentName, ArgumentProblem, Error, Expected, Given, InvalidArgument, Result,
};
use crate::nearest;

/// The arguments in the types that the schema names.
///
/// # Errors
/// [`Error::InvalidArgument`] for each argument that is unknown, missing or of no use, or [`Error::Several`].
pub(super) fn fit(schema: &JsonObject, arguments: JsonObject) -> Result<JsonObject> {
    fit_object(schema, arguments).map_err(Error::from)
}

/// The members of an object in the types that its schema names, or each problem with one.
fn fit_object(
    schema: &JsonObject,
    arguments: JsonObject,
) -> std::result::Result<JsonObject, Vec<InvalidArgument>> {
    let empty = JsonObject::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let mut fitted = JsonObject::new();
    let mut problems: Vec<InvalidArgument> = Vec::new();
    for (name, value) in arguments {
        match properties.get(&name) {
            None => problems.push(InvalidArgument::parameter(&name, unknown(&name, properties))),
            Some(_) if value.is_null() => {}
            Some(property) => match convert(property, value) {
                Ok(value) => {
                    fitted.insert(name, value);
                }
                Err(problem) => problems.push(InvalidArgument::parameter(name, problem)),
            },
        }
    }
    for name in
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
    {
        if !fitted.contains_key(name)
            && !problems.iter().any(|problem| problem.name == ArgumentName::Parameter(name.to_owned()))
        {
            let about = properties.get(name).and_then(|p| p.get("description")).and_then(Value::as_str);
            let missing = ArgumentProblem::Missing { about: about.map(str::to_owned) };
            problems.push(InvalidArgument::parameter(name, missing));
        }
    }
    if problems.is_empty() { Ok(fitted) } else { Err(problems) }
}

fn unknown(name: &str, properties: &JsonObject) -> ArgumentProblem {
    let near = nearest::names(name, properties.keys().map(String::as_str));
    ArgumentProblem::Unknown(if name == "status" && properties.contains_key("clear") {
        Alternative::TransitionIssue
    } else if let [best, ..] = near.as_slice() {
        Alternative::Nearest(best.clone())
    } else {
        let any_field = properties.contains_key("fields") && !properties.contains_key("jql");
        Alternative::All { names: properties.keys().cloned().collect(), any_field }
    })
}

fn convert(property: &Value, value: Value) -> std::result::Result<Value, ArgumentProblem> {
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
                .ok_or_else(|| takes(Expected::WholeNumber, Given::Json(number.to_string())))
        }
        ("integer", Value::String(text)) => text
            .trim()
            .parse::<u64>()
            .map(Value::from)
            .map_err(|_| takes(Expected::WholeNumber, Given::Text(text))),
        ("boolean", Value::Bool(flag)) => Ok(flag.into()),
        ("boolean", Value::String(text)) => match text.trim().to_lowercase().as_str() {
            "true" | "yes" => Ok(true.into()),
            "false" | "no" => Ok(false.into()),
            _ => Err(takes(Expected::Boolean, Given::Text(text))),
        },
        ("array", value) => list(property.get("items").unwrap_or(&Value::Null), value),
        ("object", Value::Object(object)) => match (property.as_object(), property.get("properties")) {
            (Some(schema), Some(_)) => {
                fit_object(schema, object).map(Value::Object).map_err(|problems| members(schema, problems))
            }
            _ => Ok(Value::Object(object)),
        },
        ("object", Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Object(object)) => Ok(Value::Object(object)),
            _ => Err(ArgumentProblem::Takes { expected: Expected::Object, given: None }),
        },
        (kind, value) => Err(takes(Expected::Type(kind.to_owned()), Given::of(&value))),
    }
}

fn takes(expected: Expected, given: Given) -> ArgumentProblem {
    ArgumentProblem::Takes { expected, given: Some(given) }
}

/// The members that an object of a list takes, and the problems with those that it was given.
fn members(schema: &JsonObject, problems: Vec<InvalidArgument>) -> ArgumentProblem {
    let properties = schema.get("properties").and_then(Value::as_object);
    let names = properties.into_iter().flat_map(|properties| properties.keys().cloned()).collect();
    ArgumentProblem::Members { names, problems }
}

fn list(item: &Value, value: Value) -> std::result::Result<Value, ArgumentProblem> {
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
fn choice(property: &Value, text: String) -> std::result::Result<Value, ArgumentProblem> {
    let Some(choices) = property.get("enum").and_then(Value::as_array) else { return Ok(text.into()) };
    let choices = || choices.iter().filter_map(Value::as_str);
    choices().find(|choice| choice.eq_ignore_ascii_case(text.trim())).map(Value::from).ok_or_else(|| {
        let choices = choices().map(str::to_owned).collect();
        takes(Expected::OneOf(choices), Given::Text(text))
    })
}

fn float_to_int(float: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
    (float.abs() < 9e15).then_some(float as i64)
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
