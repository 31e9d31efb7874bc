//! The fields that can be set at one place, on creating an issue, on editing it or on moving it,
//! with the values that each allows.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::jira::values::field::{Field, Schema, loose};
use crate::jira::values::shape::Shape;
use crate::nearest;

/// The number of allowed values that an error or a listing names before it counts the rest.
pub const MAX_NAMED_VALUES: usize = 20;

/// A field as a screen has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScreenField {
    /// Its id: `summary`, `customfield_10016`.
    #[serde(default, alias = "fieldId")]
    pub id: String,
    /// Name in the account's language.
    #[serde(default)]
    pub name: String,
    /// True where an issue must have a value.
    #[serde(default)]
    pub required: bool,
    /// True where Jira fills in a value by itself.
    #[serde(default)]
    pub has_default_value: bool,
    /// The default value, in Jira's form; absent also where Jira does not tell.
    #[serde(default)]
    pub default_value: Value,
    /// The type of its values.
    #[serde(default)]
    pub schema: Option<Schema>,
    /// The allowed values; `None` where there is no list of them.
    #[serde(default, rename = "allowedValues", deserialize_with = "choices")]
    pub choices: Option<Vec<Choice>>,
}

/// Fields by id, as edit metadata and transitions have them.
pub(in crate::jira) fn keyed<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Screen, D::Error> {
    let fields = Option::<Map<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    let fields = fields.into_iter().map(|(id, value)| {
        let field: ScreenField = serde_json::from_value(value).map_err(serde::de::Error::custom)?;
        Ok(ScreenField { id, ..field })
    });
    fields.collect::<std::result::Result<_, D::Error>>().map(Screen)
}

/// One of the values that a field allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its name in the account's language.
    pub name: String,
    /// Another name it goes by: the untranslated one, or a project's key.
    other: Option<String>,
    /// The choices under it, as a cascade has them.
    pub children: Vec<Choice>,
}

impl Choice {
    fn read(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let id = match value.get("id")? {
            Value::String(id) => id.clone(),
            other => other.to_string(),
        };
        let children = value.get("children").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Some(Self {
            name: text("value")
                .or_else(|| text("name"))
                .or_else(|| text("key"))
                .unwrap_or_else(|| id.clone()),
            id,
            other: text("untranslatedName").or_else(|| text("key")),
            children: children.iter().filter_map(Self::read).collect(),
        })
    }

    /// The name that is the same for everybody, such as a project's key.
    #[must_use]
    pub fn key(&self) -> &str {
        self.other.as_deref().unwrap_or(&self.name)
    }

    /// The choice that a person means: by id, or by name in any case and spacing.
    pub(crate) fn find<'a>(given: &str, choices: &'a [Self]) -> Option<&'a Self> {
        let given = given.trim();
        let wanted = loose(given);
        let by = |fits: &dyn Fn(&str) -> bool| {
            choices.iter().find(|choice| fits(&choice.name) || choice.other.as_deref().is_some_and(fits))
        };
        by(&|name| name == given)
            .or_else(|| choices.iter().find(|choice| choice.id == given))
            .or_else(|| by(&|name| name.to_lowercase() == given.to_lowercase()))
            .or_else(|| by(&|name| !wanted.is_empty() && loose(name) == wanted))
    }
}

fn choices<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Vec<Choice>>, D::Error> {
    let values = Option::<Vec<Value>>::deserialize(deserializer)?;
    Ok(values.map(|values| values.iter().filter_map(Choice::read).collect()))
}

/// The names of choices, so many as are worth naming: those nearest to `given` where there are
/// more, and how many there are.
#[must_use]
pub fn offered(given: &str, choices: &[Choice]) -> Vec<String> {
    if choices.len() <= MAX_NAMED_VALUES {
        return choices.iter().map(|choice| choice.name.clone()).collect();
    }
    let mut names = nearest::names(given, choices.iter().map(|choice| choice.name.as_str()));
    if names.is_empty() {
        names = choices.iter().take(MAX_NAMED_VALUES).map(|choice| choice.name.clone()).collect();
    }
    names.push(format!("{} more", choices.len() - names.len()));
    names
}

impl ScreenField {
    /// A field of the site, where no screen has told more of it.
    #[must_use]
    pub fn of(field: &Field) -> Self {
        Self {
            id: field.id.clone(),
            name: field.name.clone(),
            required: false,
            has_default_value: false,
            default_value: Value::Null,
            schema: field.schema.clone(),
            choices: None,
        }
    }

    /// The shape of its values.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape::of(&self.id, self.schema.as_ref())
    }

    /// True where the caller must give a value, as Jira has none of its own.
    #[must_use]
    pub fn must_be_given(&self) -> bool {
        self.required
            && !self.has_default_value
            // Jira takes these from the request itself.
            && !matches!(self.id.as_str(), "project" | "issuetype" | "reporter")
    }

    /// The name with the allowed values, or with how a value is written: `Severity (one of: High, Low)`.
    #[must_use]
    pub fn with_values(&self) -> String {
        match self.choices.as_deref() {
            Some(choices) if !choices.is_empty() => {
                let of = if matches!(self.shape(), Shape::List(_)) { "some of" } else { "one of" };
                format!("{} ({of}: {})", self.name, offered("", choices).join(", "))
            }
            _ => format!("{} ({})", self.name, self.shape().words()),
        }
    }
}

/// The fields of one screen, in Jira's order.
#[derive(Debug, Clone, Default)]
pub struct Screen(pub Vec<ScreenField>);

impl Screen {
    /// The field with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&ScreenField> {
        self.0.iter().find(|field| field.id == id)
    }

    /// The fields that a name means: by id, else by name in any case and spacing.
    pub(crate) fn named(&self, given: &str) -> Vec<&ScreenField> {
        if let Some(field) = self.by_id(given.trim()) {
            return vec![field];
        }
        let wanted = loose(given);
        self.0.iter().filter(|field| loose(&field.name) == wanted || loose(&field.id) == wanted).collect()
    }

    /// The error for a name of no field: it offers the nearest names, or all of them where none is near.
    pub(crate) fn unresolved(&self, given: &str) -> Error {
        let mut candidates = nearest::names(given, self.0.iter().map(|field| field.name.as_str()));
        if candidates.is_empty() {
            candidates = self.0.iter().map(|field| field.name.clone()).collect();
        }
        Error::Unresolved { kind: "field", given: given.to_owned(), candidates, ambiguous: false }
    }

    /// The one field that a name means.
    ///
    /// # Errors
    /// [`Error::Unresolved`] where there is none or more than one.
    pub fn resolve(&self, given: &str) -> Result<&ScreenField> {
        match self.named(given).as_slice() {
            [field] => Ok(field),
            [] => Err(self.unresolved(given)),
            several => Err(Error::Unresolved {
                kind: "field",
                given: given.to_owned(),
                candidates: several.iter().map(|field| format!("{} ({})", field.id, field.name)).collect(),
                ambiguous: true,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn severity(count: usize) -> ScreenField {
        let values: Vec<Value> = (0..count)
            .map(|n| json!({"id": format!("{}", 100 + n), "value": format!("Level {n}")}))
            .collect();
        serde_json::from_value(json!({
            "fieldId": "customfield_1", "name": "Severity", "required": true,
            "schema": {"type": "option"}, "allowedValues": values
        }))
        .unwrap()
    }

    #[test]
    fn a_choice_is_found_by_id_and_by_name_in_any_case() {
        let field = severity(3);
        let choices = field.choices.unwrap();
        for given in ["Level 1", "level 1", "LEVEL_1", "101"] {
            assert_eq!(Choice::find(given, &choices).unwrap().id, "101", "{given}");
        }
        assert_eq!(Choice::find("Level", &choices), None);
        assert_eq!(Choice::find("-", &choices), None);
        let kinds = json!([{"id": "1", "name": "Fehler", "untranslatedName": "Bug"}]);
        let kinds = choices_of(&kinds);
        assert_eq!(Choice::find("bug", &kinds).unwrap().name, "Fehler");
    }

    fn choices_of(values: &Value) -> Vec<Choice> {
        values.as_array().unwrap().iter().filter_map(Choice::read).collect()
    }

    #[test]
    fn long_lists_are_cut_with_a_count() {
        assert_eq!(severity(2).with_values(), "Severity (one of: Level 0, Level 1)");
        let text = severity(200).with_values();
        assert!(text.ends_with("Level 19, 180 more)"), "{text}");
    }
}
