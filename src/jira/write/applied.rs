//! The result of a write: what Jira stored against what was sent, as it accepts values that it then does not keep.

use serde_json::{Map, Value};

use super::issue_write::{FieldWrite, IssueWrite, ResolvedChange};
use crate::jira::values::screen::ScreenField;
use crate::jira::values::shape::Shape;
use crate::jira::values::time;
use crate::jira::{RichText, ValueFormatter};

/// The most characters of a text that is shown whole; of a longer one its length is told, as its writer knows it.
const MAX_ECHOED_CHARACTERS: usize = 100;

/// The result for each field that was written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Applied {
    /// Fields by display name, with their new values as a person reads them.
    pub set: Map<String, Value>,
    /// The fields whose value Jira took and did not apply, in sentences.
    pub not_applied: Vec<String>,
}

impl IssueWrite {
    /// Compares what was sent with the `stored` values of the issue, by field id.
    #[must_use]
    pub fn applied(&self, stored: &Map<String, Value>, formatter: &ValueFormatter) -> Applied {
        let mut applied = Applied::default();
        for entry in &self.entries {
            let now = stored.get(&entry.field.id).unwrap_or(&Value::Null);
            let text = entry.field.text_of(now);
            let shown = entry.field.shown(now, text.as_ref(), formatter);
            if entry.holds(now, text.as_ref()) {
                applied.set.insert(entry.field.name.clone(), shown);
            } else {
                let now = shown.as_str().map_or_else(|| shown.to_string(), str::to_owned);
                applied.not_applied.push(format!("{} is {now}", entry.field.name));
            }
        }
        applied
    }

    /// The fields and values that were sent, for where nothing tells what Jira stored.
    #[must_use]
    pub fn sent(&self, formatter: &ValueFormatter) -> Map<String, Value> {
        let shown = self.entries.iter().map(|entry| {
            let (value, text) = match &entry.change {
                ResolvedChange::Value(value) => (value.clone(), None),
                ResolvedChange::Text(text) => (Value::Null, Some(text)),
                ResolvedChange::Members { add, .. } => (add.clone().into(), None),
                ResolvedChange::Nothing => (Value::Null, None),
            };
            (entry.field.name.clone(), entry.field.shown(&entry.field.named(value), text, formatter))
        });
        shown.collect()
    }
}

impl ScreenField {
    /// A stored value as a text, where the field holds one.
    fn text_of(&self, value: &Value) -> Option<RichText> {
        (self.shape() == Shape::Rich).then(|| value.clone().into())
    }

    /// A value, or its text where it has one, as the answer to a write shows it.
    fn shown(&self, value: &Value, text: Option<&RichText>, formatter: &ValueFormatter) -> Value {
        let value = match (text, self.shape(), value) {
            (Some(text), ..) => text.markdown().map(Value::from),
            (None, Shape::Moment, Value::String(text)) => Some(formatter.date_time(text).into()),
            _ => formatter.value(None, value),
        };
        match value {
            None => "(empty)".into(),
            Some(Value::String(text)) if text.chars().count() > MAX_ECHOED_CHARACTERS => {
                format!("({} characters)", text.chars().count()).into()
            }
            Some(value) => value,
        }
    }

    /// A value that was sent by id, with the name that the screen tells for it.
    fn named(&self, value: Value) -> Value {
        if let Value::Array(items) = value {
            return items.into_iter().map(|item| self.named(item)).collect();
        }
        let id = value.get("id").and_then(Value::as_str);
        let choice = id.and_then(|id| self.choices.as_ref()?.iter().find(|choice| choice.id == id));
        choice.map_or(value, |choice| choice.name.clone().into())
    }
}

impl FieldWrite {
    /// True where the issue now has what was written.
    fn holds(&self, now: &Value, text: Option<&RichText>) -> bool {
        let members = now.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_member = |shape: &Shape, written: &Value| members.iter().any(|now| same(shape, written, now));
        match (&self.change, self.field.shape()) {
            (ResolvedChange::Nothing, Shape::Sprint) => {
                members.iter().all(|sprint| sprint["state"] == "closed")
            }
            (ResolvedChange::Nothing, _) => is_empty(now),
            (ResolvedChange::Members { add, remove }, Shape::List(item)) => {
                add.iter().all(|written| is_member(&item, written))
                    && !remove.iter().any(|written| is_member(&item, written))
            }
            (ResolvedChange::Value(Value::Array(written)), Shape::List(item)) => {
                written.iter().all(|written| is_member(&item, written)) && members.len() <= written.len()
            }
            (ResolvedChange::Value(written), Shape::Sprint) => {
                members.iter().any(|sprint| sprint["id"] == *written)
            }
            (ResolvedChange::Value(written), shape) => same(&shape, written, now),
            // Jira keeps the words, whatever it makes of the form.
            (ResolvedChange::Text(written), _) => text.is_some_and(|now| now.words() == written.words()),
            (ResolvedChange::Members { .. }, _) => true,
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// True where `now` is what `written` asked for.
fn same(shape: &Shape, written: &Value, now: &Value) -> bool {
    let both_text = |fits: fn(&str, &str) -> bool| {
        written.as_str().zip(now.as_str()).is_some_and(|(written, now)| fits(written, now))
    };
    match shape {
        Shape::Line | Shape::Label => both_text(|written, now| written.trim() == now.trim()),
        Shape::Day => written == now,
        Shape::Moment => both_text(|written, now| time::parse(written) == time::parse(now)),
        Shape::Number => written.as_f64() == now.as_f64(),
        Shape::Person => written["accountId"] == "-1" || written["accountId"] == now["accountId"],
        Shape::Choice(_) | Shape::Issue | Shape::Group => by_name(written, now),
        Shape::Cascade => {
            by_name(written, now)
                && (written.get("child").is_none() || by_name(&written["child"], &now["child"]))
        }
        // Jira keeps its own form of these.
        Shape::Rich | Shape::Estimates | Shape::Raw | Shape::Sprint | Shape::List(_) => !is_empty(now),
    }
}

/// True where two of Jira's objects are the same thing by what `written` names it.
fn by_name(written: &Value, now: &Value) -> bool {
    ["id", "key", "value", "name"].iter().any(|member| match (&written[member], &now[member]) {
        (Value::String(written), Value::String(now)) => written.eq_ignore_ascii_case(now),
        _ => false,
    })
}
