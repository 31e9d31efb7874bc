//! Schemas in the subset that every provider takes.
//!
//! Inputs: object root, one scalar type per property, inline enums, typed arrays, no `$ref`, no null
//! unions, no number formats, `additionalProperties: false`, no `$schema` or `title`. Outputs
//! keep their definitions, and lose null unions and number formats: a field without a value is
//! left out. The walk knows where it is: a property that is *named* `title` or `format` stays.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool};
use serde_json::{Value, json};

/// Brings a tool's schemas into the subset.
pub(super) fn portable(tool: &mut Tool) {
    let mut input = tool.input_schema.as_ref().clone();
    let definitions = input.remove("$defs").unwrap_or_default();
    input.remove("$schema");
    input.entry("properties").or_insert_with(|| json!({}));
    let mut input = Value::Object(input);
    tidy(&mut input, Some(&definitions));
    if let Value::Object(mut input) = input {
        input.insert("additionalProperties".into(), false.into());
        tool.input_schema = Arc::new(ordered(input));
    }
    if let Some(output) = &mut tool.output_schema {
        let mut schema = Value::Object(output.as_ref().clone());
        tidy(&mut schema, None);
        if let Value::Object(mut schema) = schema {
            schema.remove("$schema");
            if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
                definitions.values_mut().for_each(|definition| tidy(definition, None));
            }
            *output = Arc::new(schema);
        }
    }
}

/// An input's schema with its keys in an order that does not depend on what the input is composed of: clients compare
/// lists of tools byte by byte.
fn ordered(mut schema: JsonObject) -> JsonObject {
    let takes_nothing = schema.get("properties").and_then(Value::as_object).is_none_or(JsonObject::is_empty);
    let order = if schema.contains_key("required") {
        ["additionalProperties", "required", "type", "properties"].as_slice()
    } else if takes_nothing {
        &["type", "additionalProperties", "properties"]
    } else {
        &["properties", "additionalProperties", "type"]
    };
    let mut ordered: JsonObject = order.iter().filter_map(|key| schema.shift_remove_entry(*key)).collect();
    ordered.extend(schema);
    ordered
}

/// Tidies one schema and those in it; without definitions, references stay.
fn tidy(schema: &mut Value, definitions: Option<&Value>) {
    inline(schema, definitions);
    let Value::Object(object) = schema else { return };
    drop_null(object);
    for key in ["title", "format", "default", "minimum", "maximum", "uniqueItems"] {
        object.remove(key);
    }
    // Where a doc comment breaks its line says nothing.
    if let Some(Value::String(description)) = object.get_mut("description") {
        *description = description.replace('\n', " ");
    }
    if object.get("oneOf").is_some() {
        choices(object);
    }
    if let Some(Value::Object(properties)) = object.get_mut("properties") {
        properties.values_mut().for_each(|property| tidy(property, definitions));
    }
    if let Some(items) = object.get_mut("items") {
        tidy(items, definitions);
        if let Value::Object(items) = items {
            items.remove("description");
            items.remove("additionalProperties");
        }
    }
}

/// Puts a definition where it is referred to; what stands beside the reference wins.
fn inline(schema: &mut Value, definitions: Option<&Value>) {
    let Value::Object(object) = schema else { return };
    // `anyOf: [ref, null]` is how an optional enum comes.
    if let Some(Value::Array(variants)) = object.remove("anyOf") {
        for variant in variants.into_iter().filter(|variant| variant.get("type") != Some(&json!("null"))) {
            merge(object, variant);
        }
    }
    let Some(definitions) = definitions else { return };
    while let Some(Value::String(reference)) = object.remove("$ref") {
        let name = reference.rsplit('/').next().unwrap_or_default();
        if let Some(definition) = definitions.get(name) {
            merge(object, definition.clone());
        }
    }
}

fn merge(object: &mut JsonObject, other: Value) {
    if let Value::Object(other) = other {
        for (key, value) in other {
            object.entry(key).or_insert(value);
        }
    }
}

/// `["integer", "null"]` becomes `integer`: a parameter that is left out is absent, not null.
fn drop_null(object: &mut JsonObject) {
    if let Some(Value::Array(kinds)) = object.get("type") {
        let scalar = kinds.iter().find(|kind| *kind != "null").cloned();
        object.insert("type".into(), scalar.unwrap_or_else(|| "string".into()));
    }
    if let Some(Value::Array(choices)) = object.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
}

/// An enum whose variants carry docs comes as `oneOf` constants.
fn choices(object: &mut JsonObject) {
    let Some(Value::Array(variants)) = object.remove("oneOf") else { return };
    let names: Vec<Value> = variants
        .iter()
        .flat_map(|variant| match variant.get("enum") {
            Some(Value::Array(names)) => names.clone(),
            _ => variant.get("const").cloned().into_iter().collect(),
        })
        .collect();
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), Value::Array(names));
}
