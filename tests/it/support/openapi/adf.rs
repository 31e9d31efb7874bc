//! Rich text: every Atlassian document that passes by must be valid by Atlassian's schema.

use std::path::Path;

use jsonschema::{Draft, Validator};
use serde_json::Value;

use super::Findings;
use super::documents::read_json;
use super::schema::explain;

pub(super) struct Adf {
    document: Validator,
}

impl Adf {
    pub(super) fn load(dir: &Path) -> Self {
        let schema = read_json(&dir.join("adf.schema.json"));
        let document =
            jsonschema::options().with_draft(Draft::Draft4).build(&schema).expect("the ADF schema compiles");
        Self { document }
    }

    /// Checks each document anywhere in a body.
    pub(super) fn check(&self, body: &Value, found: &mut Findings) {
        self.walk(body, &mut String::new(), found);
    }

    fn walk(&self, value: &Value, at: &mut String, found: &mut Findings) {
        if value["type"] == "doc" && value.get("content").is_some() {
            for error in self.document.iter_errors(value) {
                for (inner, rule, detail) in explain(&error) {
                    found.add(format!("{at}{inner}"), "adf", format!("{rule}: {detail}"));
                }
            }
            return;
        }
        let length = at.len();
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    at.push('/');
                    at.push_str(name);
                    self.walk(field, at, found);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    at.push('/');
                    at.push_str(&index.to_string());
                    self.walk(item, at, found);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }
}

/// Checks that the fields that hold rich text hold a document at all: the OpenAPI documents leave them open.
pub(super) fn check_places(body: &Value, template: &str, found: &mut Findings) {
    let text_of_its_own = match template.split('/').skip(4).collect::<Vec<_>>()[..] {
        ["issue", _, "comment"] | ["issue", _, "comment", _] => Some("/body"),
        ["issue", _, "worklog"] | ["issue", _, "worklog", _] => Some("/comment"),
        _ => None,
    };
    let places = ["/fields/description", "/fields/environment"].into_iter().chain(text_of_its_own);
    for place in places {
        match body.pointer(place) {
            None | Some(Value::Null) => {}
            Some(value) if value["type"] == "doc" => {}
            Some(_) => found.add(place, "adf", "not an Atlassian document"),
        }
    }
    for (place, operation) in [("comment", "add"), ("description", "set"), ("environment", "set")] {
        for (index, entry) in body["update"][place].as_array().into_iter().flatten().enumerate() {
            let value = &entry[operation];
            let text = if place == "comment" { &value["body"] } else { value };
            if !text.is_null() && text["type"] != "doc" {
                found.add(format!("/update/{place}/{index}/{operation}"), "adf", "not an Atlassian document");
            }
        }
    }
}
