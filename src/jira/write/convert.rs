//! One value in Jira's form, by the shape of its field.

use serde_json::{Value, json};

use super::field_resolver::FieldResolver;
use super::plain;
use super::target::Target;
use crate::error::{ArgumentProblem, Error, Expected, FieldProblem, Given, InvalidArgument, Result};
use crate::jira::values::duration;
use crate::jira::values::screen::{self, Choice, ScreenField};
use crate::jira::values::shape::Shape;

impl FieldResolver<'_> {
    /// The value of a field as Jira takes it; null where the field shall be empty.
    pub(super) async fn value(
        &self,
        field: &ScreenField,
        shape: &Shape,
        part: Option<&'static str>,
        given: &Value,
    ) -> Result<Value> {
        if let Shape::List(item) = shape {
            let mut values = Vec::new();
            for given in members(item, given) {
                values.push(self.single(field, item, part, &given).await?);
            }
            return Ok(values.into());
        }
        let given = match given {
            // One value in brackets is that value.
            Value::Array(items) if items.len() == 1 && !matches!(shape, Shape::Raw | Shape::Cascade) => {
                &items[0]
            }
            given => given,
        };
        self.single(field, shape, part, given).await
    }

    async fn single(
        &self,
        field: &ScreenField,
        shape: &Shape,
        part: Option<&'static str>,
        given: &Value,
    ) -> Result<Value> {
        let takes = || of_other_kind(field, takes(shape), given);
        let word = || plain::word(given).ok_or_else(takes);
        Ok(match shape {
            Shape::Line => {
                let text = word()?;
                if text.trim_end().contains(['\n', '\r']) {
                    return Err(InvalidArgument::field(&field.name, FieldProblem::SingleLine).into());
                }
                if text.trim().is_empty() { Value::Null } else { text.trim_end().into() }
            }
            Shape::Number => plain::number(given).ok_or_else(takes)?.into(),
            Shape::Day => plain::day(&word()?).ok_or_else(takes)?.into(),
            Shape::Moment => plain::moment(&word()?, &self.client.zone().await?).ok_or_else(takes)?.into(),
            Shape::Person => self.person(field, &word()?).await?,
            Shape::Choice(kind) => choice(field, kind, &word()?)?,
            Shape::Cascade => {
                let (parent, child) = plain::levels(given).ok_or_else(takes)?;
                cascade(field, &parent, child.as_deref())?
            }
            Shape::Issue => json!({ "key": self.allowed_issue(field, &word()?).await?.as_str() }),
            Shape::Estimates => estimates(given, part).ok_or_else(takes)?,
            Shape::Sprint => self.sprint(&word()?).await?.into(),
            Shape::Group => json!({ "name": word()? }),
            Shape::Label => {
                let label = word()?;
                if label.contains(char::is_whitespace) {
                    return Err(
                        InvalidArgument::field(&field.name, FieldProblem::LabelWithSpaces { label }).into()
                    );
                }
                label.into()
            }
            Shape::Rich => given.clone(),
            Shape::List(_) | Shape::Raw => {
                self.check_named_issues(field, given).await?;
                given.clone()
            }
        })
    }

    /// Lets through the allow-list what a value of Jira's own form names, such as the epic of older projects.
    async fn check_named_issues(&self, field: &ScreenField, given: &Value) -> Result<()> {
        for key in plain::texts(given).into_iter().filter(|text| self.client.names_hidden_issue(text)) {
            self.allowed_issue(field, key).await?;
        }
        Ok(())
    }

    async fn person(&self, field: &ScreenField, given: &str) -> Result<Value> {
        if field.id == "assignee" {
            match given.trim().to_lowercase().as_str() {
                "" | "none" | "unassigned" => return Ok(Value::Null),
                "automatic" | "-1" => return Ok(json!({ "accountId": "-1" })),
                _ => {}
            }
        }
        let person = self.client.person(given, self.among(field)).await.map_err(|error| match error {
            Error::Unresolved { kind, given, candidates, ambiguous } => {
                Error::Unresolved { kind, given: format!("{}: {given}", field.name), candidates, ambiguous }
            }
            other => other,
        })?;
        Ok(json!({ "accountId": person.account_id }))
    }

    async fn sprint(&self, given: &str) -> Result<u64> {
        if let Ok(id) = given.trim().parse() {
            self.client.allowed_sprint(id).await?;
            return Ok(id);
        }
        let project = match self.target {
            Target::Create { project, .. } => project.clone(),
            Target::Edit(issue) | Target::Move(issue, _) => self.client.project_of(issue).await?,
        };
        self.client.sprint_named(&project, given).await
    }
}

/// The members of a list. Only labels may come as one text: a comma can be part of other names.
fn members(item: &Shape, given: &Value) -> Vec<Value> {
    match given {
        Value::Array(items) => items.clone(),
        Value::Null => vec![],
        Value::String(text) if text.trim().is_empty() => vec![],
        Value::String(text) if *item == Shape::Label => {
            text.split(',').map(|label| label.trim().into()).collect()
        }
        single => vec![single.clone()],
    }
}

/// The error for a value of another kind than the field takes.
pub(super) fn of_other_kind(field: &ScreenField, kind: String, given: &Value) -> Error {
    let (expected, given) = (Expected::FieldValue(kind), Some(Given::Json(given.to_string())));
    InvalidArgument::field(&field.name, ArgumentProblem::Takes { expected, given }).into()
}

fn takes(shape: &Shape) -> String {
    let article = match shape {
        Shape::Number | Shape::Person | Shape::Estimates | Shape::Sprint | Shape::Group | Shape::Label => {
            "a "
        }
        Shape::Issue => "an ",
        _ => "",
    };
    format!("{article}{}", shape.words())
}

/// A value that must be one of those the screen allows; where Jira did not tell them, it is sent
/// by name.
fn choice(field: &ScreenField, kind: &'static str, given: &str) -> Result<Value> {
    let Some(choices) = &field.choices else {
        let name = if kind == "option" { "value" } else { "name" };
        return Ok(json!({ name: given.trim() }));
    };
    let found = Choice::find(given, choices).ok_or_else(|| none(field, kind, given, choices))?;
    Ok(json!({ "id": found.id }))
}

fn cascade(field: &ScreenField, parent: &str, child: Option<&str>) -> Result<Value> {
    let Some(choices) = &field.choices else {
        let mut value = json!({ "value": parent });
        if let Some(child) = child {
            value["child"] = json!({ "value": child });
        }
        return Ok(value);
    };
    let Some(found) = Choice::find(parent, choices) else {
        let under = |choice: &Choice| {
            Choice::find(parent, &choice.children).map(|child| format!("{} > {}", choice.name, child.name))
        };
        let whole: Vec<String> = choices.iter().filter_map(under).collect();
        return Err(match none(field, "option", parent, choices) {
            Error::Unresolved { kind, given, ambiguous, .. } if !whole.is_empty() => {
                Error::Unresolved { kind, given, candidates: whole, ambiguous }
            }
            error => error,
        });
    };
    let mut value = json!({ "id": found.id });
    if let Some(child) = child {
        let under = Choice::find(child, &found.children)
            .ok_or_else(|| none(field, "option", &format!("{} > {child}", found.name), &found.children))?;
        value["child"] = json!({ "id": under.id });
    }
    Ok(value)
}

fn none(field: &ScreenField, kind: &'static str, given: &str, choices: &[Choice]) -> Error {
    Error::Unresolved {
        kind,
        given: format!("{}: {given}", field.name),
        candidates: screen::offered(given, choices),
        ambiguous: false,
    }
}

/// Estimates in Jira's form: one as text, or both as an object.
fn estimates(given: &Value, part: Option<&'static str>) -> Option<Value> {
    match given {
        Value::Object(object) => {
            let mut value = json!({});
            for (name, duration) in object {
                let known = ["originalEstimate", "remainingEstimate"].contains(&name.as_str());
                value[name.as_str()] = duration::read(duration.as_str().filter(|_| known)?)?.into();
            }
            Some(value)
        }
        other => Some(json!({ part.unwrap_or("originalEstimate"): duration::read(&plain::word(other)?)? })),
    }
}
