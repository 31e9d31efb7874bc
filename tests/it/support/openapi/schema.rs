//! Turns OpenAPI 3.0 schemas into JSON Schema 2020-12 and runs them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Map, Value, json};

use super::Side;
use super::documents::Operation;

/// Compiled schemas, each made when first asked for.
#[derive(Default)]
pub(super) struct Schemas {
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

/// A broken rule of a schema: pointer into the instance, keyword, explanation.
pub(super) type Broken = (String, String, String);

impl Schemas {
    /// Validates `instance` by an OpenAPI schema of the operation's document; `place` names the schema in it.
    pub(super) fn check(
        &self,
        operation: &Operation<'_>,
        side: Side,
        place: &str,
        schema: &Value,
        instance: &Value,
    ) -> Vec<Broken> {
        let key = format!("{} {side:?} {place}", operation.document);
        let validator = {
            let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
            let compile = || Arc::new(compile(operation, side, schema));
            Arc::clone(compiled.entry(key).or_insert_with(compile))
        };
        validator.iter_errors(instance).flat_map(|error| explain(&error)).collect()
    }
}

fn compile(operation: &Operation<'_>, side: Side, schema: &Value) -> Validator {
    let mut converter = Converter { root: operation.root, side, definitions: Map::new() };
    let mut root = converter.convert(schema, Form::default());
    if let Some(object) = root.as_object_mut() {
        object.insert("$defs".into(), Value::Object(converter.definitions));
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .with_format("date-time", if operation.document == 0 { jira_timestamp } else { rfc3339_timestamp })
        .build(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", operation.name()))
}

/// `2015-12-02T07:39:15.000-0800`: milliseconds, offset without a colon. Jira means this by `date-time`.
fn jira_timestamp(text: &str) -> bool {
    jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M:%S.%f%z", text).is_ok()
        && text.len() == "2015-12-02T07:39:15.000-0800".len()
}

fn rfc3339_timestamp(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

/// The demands that the place of a `$ref` makes beside the schema that it names.
#[derive(Default, Clone, Copy)]
struct Form {
    /// `null` is a value too.
    nullable: bool,
    /// One part of an `allOf`: it must let the fields of its sisters pass.
    part: bool,
}

struct Converter<'a> {
    root: &'a Value,
    side: Side,
    definitions: Map<String, Value>,
}

impl Converter<'_> {
    fn convert(&mut self, schema: &Value, form: Form) -> Value {
        let form = Form { nullable: form.nullable || schema["nullable"] == true, ..form };
        if let Some(reference) = schema["$ref"].as_str() {
            return self.refer(reference, form);
        }
        match schema["allOf"].as_array().map(Vec::as_slice) {
            // The documents wrap a single `$ref` in `allOf` only to hang a description on it.
            Some([only]) => return self.convert(only, form),
            Some(parts) => return self.combine(parts, form),
            None => {}
        }
        if let Some(choices) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
            // `oneOf` too: without its discriminator the documents' alternatives overlap.
            let choices: Vec<Value> = choices.iter().map(|choice| self.convert(choice, form)).collect();
            return json!({ "anyOf": choices });
        }
        self.plain(schema, form)
    }

    /// A `$ref` to a copy of the component in the form that this place asks for.
    fn refer(&mut self, reference: &str, form: Form) -> Value {
        let name = reference.rsplit('/').next().unwrap_or_default();
        let suffix = match form {
            Form { nullable: false, part: false } => "",
            Form { nullable: true, part: false } => ".nullable",
            Form { nullable: false, part: true } => ".part",
            Form { nullable: true, part: true } => ".nullable.part",
        };
        let key = format!("{}{suffix}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
        if !self.definitions.contains_key(&key) {
            self.definitions.insert(key.clone(), Value::Bool(true));
            let pointer = reference.trim_start_matches('#');
            let component = self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
            let converted = self.convert(component, form);
            self.definitions.insert(key.clone(), converted);
        }
        json!({ "$ref": format!("#/$defs/{key}") })
    }

    fn combine(&mut self, parts: &[Value], form: Form) -> Value {
        let parts: Vec<Value> =
            parts.iter().map(|part| self.convert(part, Form { part: true, ..form })).collect();
        match self.side {
            Side::Request if !form.part => json!({ "allOf": parts, "unevaluatedProperties": false }),
            _ => json!({ "allOf": parts }),
        }
    }

    fn plain(&mut self, schema: &Value, form: Form) -> Value {
        let mut converted = Map::new();
        for keyword in [
            "uniqueItems",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "pattern",
            "format",
        ] {
            if let Some(value) = schema.get(keyword) {
                converted.insert(keyword.into(), value.clone());
            }
        }
        if let Some(kind) = schema["type"].as_str() {
            converted.insert("type".into(), if form.nullable { json!([kind, "null"]) } else { json!(kind) });
        }
        if let Some(values) = schema["enum"].as_array() {
            let null = form.nullable.then_some(Value::Null);
            converted.insert("enum".into(), values.iter().cloned().chain(null).collect());
        }
        if schema["format"] == "int32" {
            converted.entry("minimum").or_insert_with(|| i32::MIN.into());
            converted.entry("maximum").or_insert_with(|| i32::MAX.into());
        }
        if let Some(items) = schema.get("items") {
            converted.insert("items".into(), self.convert(items, Form::default()));
        }
        self.fields(schema, form, &mut converted);
        Value::Object(converted)
    }

    /// Properties, which of them are required here, and whether others may come.
    fn fields(&mut self, schema: &Value, form: Form, converted: &mut Map<String, Value>) {
        // A read-only field has no place in a request, a write-only one none in a reply.
        let banned = match self.side {
            Side::Request => "readOnly",
            Side::Reply => "writeOnly",
        };
        let properties = schema["properties"].as_object();
        if let Some(properties) = properties {
            let mut kept = Map::new();
            for (name, property) in properties {
                let rule = if property[banned] == true {
                    json!(false)
                } else {
                    self.convert(property, Form::default())
                };
                kept.insert(name.clone(), rule);
            }
            converted.insert("properties".into(), Value::Object(kept));
        }
        if let Some(required) = schema["required"].as_array() {
            let asked =
                |name: &&Value| schema["properties"][name.as_str().unwrap_or_default()][banned] != true;
            converted.insert("required".into(), required.iter().filter(asked).cloned().collect());
        }
        let others = match &schema["additionalProperties"] {
            // A request holds what the documents name and nothing else, even where they call the object open.
            Value::Null | Value::Bool(_) if self.side == Side::Request && properties.is_some() => {
                Some(json!(false))
            }
            Value::Null => None,
            Value::Bool(open) => Some(json!(open)),
            value => Some(self.convert(value, Form::default())),
        };
        if let Some(others) = others.filter(|others| !(form.part && *others == false)) {
            converted.insert("additionalProperties".into(), others);
        }
    }
}

/// One line per broken rule, with pointers to the very field.
pub(super) fn explain(error: &ValidationError<'_>) -> Vec<Broken> {
    let at = error.instance_path().as_str().to_owned();
    let rule = error.kind().keyword().to_owned();
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
            .iter()
            .map(|name| {
                (format!("{at}/{}", escape(name)), "additionalProperties".into(), "unknown field".into())
            })
            .collect(),
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            vec![(format!("{at}/{}", escape(name)), rule, "missing".into())]
        }
        ValidationErrorKind::Type { .. } if error.instance().is_null() => {
            vec![(at, "null".into(), "must not be null".into())]
        }
        ValidationErrorKind::FalseSchema => {
            vec![(at, "direction".into(), "read-only in a request or write-only in a reply".into())]
        }
        ValidationErrorKind::AnyOf { context } => {
            // The alternative that was meant is the one for this type of node, and then the one with least wrong.
            let wrong_type = |(at, rule, _): &&Broken| rule == "enum" && at.ends_with("/type");
            let distance = |branch: &Vec<Broken>| (branch.iter().filter(wrong_type).count(), branch.len());
            let branches = context.iter().map(|branch| branch.iter().flat_map(explain).collect::<Vec<_>>());
            branches.min_by_key(distance).unwrap_or_default()
        }
        _ => vec![(at, rule, shorten(&error.to_string()))],
    }
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Messages quote the instance, which may be a whole page.
fn shorten(message: &str) -> String {
    const KEPT: usize = 160;
    match message.char_indices().nth(KEPT) {
        None => message.to_owned(),
        Some((end, _)) => {
            let tail = message.char_indices().rev().nth(KEPT / 2).map_or(end, |(start, _)| start.max(end));
            format!("{} ... {}", &message[..end], &message[tail..])
        }
    }
}
