//! The values of one issue, as changes of another.

use serde_json::Value;

use super::field_change::FieldChanges;
use super::target::Target;
use crate::error::Result;
use crate::jira::values::field::loose;
use crate::jira::values::screen::{Choice, ScreenField};
use crate::jira::values::shape::Shape;
use crate::jira::{Client, RawIssue};

/// The values that one issue takes over from another.
#[derive(Debug, Clone, Default)]
pub struct CopiedFields {
    /// The values, as changes.
    pub changes: FieldChanges,
    /// Names of the fields with a value that cannot be given to the other issue.
    pub left_out: Vec<String>,
}

/// Fields that tell of the issue itself, not of its work.
const ITS_OWN: [&str; 8] =
    ["project", "issuetype", "reporter", "resolution", "issuelinks", "attachment", "comment", "worklog"];

/// System fields whose values are the issue's work, on whichever screen they are.
const COPIED: [&str; 10] = [
    "description",
    "environment",
    "assignee",
    "priority",
    "labels",
    "components",
    "fixVersions",
    "versions",
    "duedate",
    "timetracking",
];

impl Client {
    /// The values of `source` for an issue to be created at `target`, but for the fields `except`.
    ///
    /// # Errors
    /// As [`Client::create_screen`].
    pub async fn copy_of(&self, source: &RawIssue, target: &Target, except: &[&str]) -> Result<CopiedFields> {
        let mut copy = CopiedFields::default();
        let Target::Create { project, kind } = target else { return Ok(copy) };
        let screen = self.create_screen(project, kind).await?;
        let except: Vec<String> = except.iter().map(|name| loose(name)).collect();
        for field in &screen.0 {
            let given = except.contains(&loose(&field.name)) || except.contains(&loose(&field.id));
            if given || ITS_OWN.contains(&field.id.as_str()) {
                continue;
            }
            let value = source.fields.get(&field.id).unwrap_or(&Value::Null);
            if is_nothing(value) {
                continue;
            }
            let elsewhere = field.id == "parent" && project_of(value) != Some(project.as_str());
            match taken(field, &field.shape(), value).filter(|_| !elsewhere) {
                Some(Value::Null) => {}
                Some(value) if field.shape() == Shape::Rich => copy.changes.stored(&field.id, value),
                Some(value) => copy.changes.set(&field.id, value),
                None => copy.left_out.push(field.name.clone()),
            }
        }
        let fields = self.fields().await?;
        for (id, _) in source.fields.iter().filter(|(_, value)| !is_nothing(value)) {
            let Some(field) = fields.by_id(id).filter(|_| screen.by_id(id).is_none()) else { continue };
            let is_work = COPIED.contains(&id.as_str()) || id.starts_with("customfield_");
            if is_work && Shape::of(id, field.schema.as_ref()) != Shape::Raw {
                copy.left_out.push(field.name.clone());
            }
        }
        Ok(copy)
    }
}

/// The project of an issue that is a value.
fn project_of(issue: &Value) -> Option<&str> {
    issue["key"].as_str()?.rsplit_once('-').map(|(project, _)| project)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

/// A stored value as a change; null where there is nothing to set, `None` where it cannot be set.
fn taken(field: &ScreenField, shape: &Shape, value: &Value) -> Option<Value> {
    Some(match shape {
        Shape::List(item) => {
            let items = value.as_array()?.iter().map(|value| taken(field, item, value));
            items.collect::<Option<Vec<_>>>()?.into()
        }
        Shape::Choice(_) => choice(field.choices.as_deref(), value)?.name.clone().into(),
        Shape::Cascade => {
            let parent = choice(field.choices.as_deref(), value)?;
            match value.get("child").filter(|child| !child.is_null()) {
                Some(child) => {
                    vec![parent.name.clone(), choice(Some(&parent.children), child)?.name.clone()].into()
                }
                None => vec![parent.name.clone()].into(),
            }
        }
        Shape::Issue => value["key"].clone(),
        Shape::Estimates => value["originalEstimate"].clone(),
        // A sprint that is over takes no issues.
        Shape::Sprint => {
            let open = value.as_array()?.iter().find(|sprint| sprint["state"] != "closed");
            open.map_or(Value::Null, |sprint| sprint["id"].clone())
        }
        Shape::Raw => return None,
        _ => value.clone(),
    })
}

/// The choice with the value's id, or where another project has its own, with its name.
fn choice<'a>(choices: Option<&'a [Choice]>, value: &Value) -> Option<&'a Choice> {
    let choices = choices?;
    let name = value["value"].as_str().or_else(|| value["name"].as_str());
    choices.iter().find(|choice| value["id"] == *choice.id).or_else(|| Choice::find(name?, choices))
}
