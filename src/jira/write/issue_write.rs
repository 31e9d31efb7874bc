//! Values in Jira's form, ready to be sent.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::jira::RichText;
use crate::jira::values::screen::ScreenField;
use crate::jira::values::shape::Shape;

/// A write of an issue: values in Jira's form that belong to a target and are within the allow-list.
#[derive(Debug, Clone, Default)]
pub struct IssueWrite {
    pub(super) fields: Map<String, Value>,
    update: Map<String, Value>,
    pub(super) entries: Vec<FieldWrite>,
    /// The fields whose new text was made of one that was read, with the latest change at that time.
    pub(in crate::jira) reads: BTreeMap<String, u64>,
    /// Warnings about what probably is not meant as it was written, in sentences.
    pub warnings: Vec<String>,
}

/// One field that will be written.
#[derive(Debug, Clone)]
pub(super) struct FieldWrite {
    pub(super) field: ScreenField,
    pub(super) change: ResolvedChange,
}

#[derive(Debug, Clone)]
pub(super) enum ResolvedChange {
    Value(Value),
    Text(RichText),
    Members { add: Vec<Value>, remove: Vec<Value> },
    Nothing,
}

impl IssueWrite {
    /// The body that writes these values.
    pub(in crate::jira) fn body(&self) -> Map<String, Value> {
        let mut body = Map::new();
        if !self.fields.is_empty() {
            body.insert("fields".into(), self.fields.clone().into());
        }
        if !self.update.is_empty() {
            body.insert("update".into(), self.update.clone().into());
        }
        body
    }

    /// The ids of the fields that are written.
    pub(in crate::jira) fn ids(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.field.id.clone()).collect()
    }

    /// The field with this id, where it is written.
    pub(in crate::jira) fn field(&self, id: &str) -> Option<&ScreenField> {
        self.entries.iter().map(|entry| &entry.field).find(|field| field.id == id)
    }

    pub(super) fn put(&mut self, field: ScreenField, change: ResolvedChange, exists: bool) {
        let id = field.id.clone();
        match &change {
            ResolvedChange::Value(value) => match (self.fields.get_mut(&id), value) {
                // Both estimates may be given apart.
                (Some(Value::Object(present)), Value::Object(more)) => present.extend(more.clone()),
                _ => _ = self.fields.insert(id, value.clone()),
            },
            ResolvedChange::Text(text) => _ = self.fields.insert(id, text.source().clone()),
            ResolvedChange::Members { add, .. } if !exists => _ = self.fields.insert(id, add.clone().into()),
            ResolvedChange::Members { add, remove } => {
                let operations = |name: &str, values: &[Value]| -> Vec<Value> {
                    values.iter().map(|value| json!({ name: value })).collect()
                };
                let mut all = operations("add", add);
                all.extend(operations("remove", remove));
                self.update.insert(id, all.into());
            }
            ResolvedChange::Nothing if id == "parent" => {
                self.update.insert(id, json!([{ "set": { "none": true } }]));
            }
            ResolvedChange::Nothing => {
                let empty = if matches!(field.shape(), Shape::List(_)) { json!([]) } else { Value::Null };
                self.fields.insert(id, empty);
            }
        }
        self.entries.push(FieldWrite { field, change });
    }
}
