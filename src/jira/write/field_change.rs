//! Changes of fields as a caller gives them, before anything of them is understood.

use serde_json::Value;

use jira_adf::edit::Edit;

/// Changes of some fields, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub struct FieldChanges(pub(super) Vec<(String, FieldChange)>);

#[derive(Debug, Clone)]
pub(super) enum FieldChange {
    Set(Value),
    /// A rich text as Jira stored it.
    Stored(Value),
    /// Members of a list.
    Members {
        add: Vec<Value>,
        remove: Vec<Value>,
    },
    /// Parts of a rich text.
    Edit(Vec<Edit>),
    /// A whole rich text, in place of the one with this version only.
    Rewrite {
        text: String,
        version: String,
    },
    Clear,
}

impl FieldChanges {
    /// Sets a field, by name or id: null clears it, `{"add": [...], "remove":
    /// [...]}` changes a list, `{"edits": [{"old", "new"}]}` a rich text; everything else replaces.
    pub fn set(&mut self, field: &str, value: impl Into<Value>) {
        let change = match value.into() {
            Value::Null => FieldChange::Clear,
            Value::Object(object)
                if !object.is_empty()
                    && object.keys().all(|key| matches!(key.as_str(), "add" | "remove")) =>
            {
                let list = |key: &str| match object.get(key) {
                    Some(Value::Array(items)) => items.clone(),
                    Some(Value::Null) | None => vec![],
                    Some(single) => vec![single.clone()],
                };
                FieldChange::Members { add: list("add"), remove: list("remove") }
            }
            Value::Object(mut object) if object.len() == 1 && object.contains_key("edits") => {
                let edits = object.remove("edits").unwrap_or_default();
                match edits_of(&edits) {
                    Some(edits) => FieldChange::Edit(edits),
                    None => FieldChange::Set(edits),
                }
            }
            value => FieldChange::Set(value),
        };
        self.0.push((field.to_owned(), change));
    }

    /// Sets a field where a value is given.
    pub fn set_some(&mut self, field: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(field, value.into());
        }
    }

    /// Sets a field to a rich text that Jira has stored for another issue, as it is.
    pub fn stored(&mut self, field: &str, text: Value) {
        self.0.push((field.to_owned(), FieldChange::Stored(text)));
    }

    /// Replaces parts of a rich text.
    pub fn edit(&mut self, field: &str, edits: Vec<Edit>) {
        self.0.push((field.to_owned(), FieldChange::Edit(edits)));
    }

    /// Replaces a rich text if it still has this version.
    pub fn rewrite(&mut self, field: &str, text: String, version: String) {
        self.0.push((field.to_owned(), FieldChange::Rewrite { text, version }));
    }

    /// Clears a field.
    pub fn clear(&mut self, field: &str) {
        self.0.push((field.to_owned(), FieldChange::Clear));
    }

    /// Adds other changes.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// True where nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Edits in their JSON form.
fn edits_of(value: &Value) -> Option<Vec<Edit>> {
    let text = |edit: &Value, key: &str| edit.get(key)?.as_str().map(str::to_owned);
    let edit = |edit| Some(Edit { old: text(edit, "old")?, new: text(edit, "new")? });
    value.as_array()?.iter().map(edit).collect()
}
