//! Fields of the site, and the one that a name means.

use serde::Deserialize;

use crate::error::{Error, Result};

/// A field of the site.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// Its id: `summary`, `customfield_10016`.
    pub id: String,
    /// Name in the account's language.
    pub name: String,
    /// Name in the site's language, where it differs.
    #[serde(default, rename = "untranslatedName")]
    pub untranslated_name: Option<String>,
    /// The type of its values; absent for a few system fields.
    #[serde(default)]
    pub schema: Option<Schema>,
}

/// The type of a field's values, as Jira describes it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Schema {
    /// The kind of value: `string`, `number`, `date`, `datetime`, `user`, `option`, `array`, ...
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Type of the items of an `array`.
    #[serde(default)]
    pub items: Option<String>,
    /// Key of a custom field's type.
    #[serde(default)]
    pub custom: Option<String>,
    /// Name of a system field.
    #[serde(default)]
    pub system: Option<String>,
}

impl Schema {
    /// The last part of a custom field's type: `textarea`, `cascadingselect`.
    #[must_use]
    pub fn custom_kind(&self) -> Option<&str> {
        self.custom.as_deref().and_then(|key| key.rsplit(':').next())
    }
}

/// The site's fields.
#[derive(Debug)]
pub struct Fields(pub(in crate::jira) Vec<Field>);

impl Fields {
    /// The field with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Field> {
        self.0.iter().find(|field| field.id == id)
    }

    /// The name of a field, or the id itself where it is unknown.
    #[must_use]
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.by_id(id).map_or(id, |field| &field.name)
    }

    /// The names of all fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|field| field.name.as_str())
    }

    /// The field that a person means: by id, by name in either language, in any case and spacing.
    ///
    /// # Errors
    /// [`Error::Unresolved`] with the nearest names, or with the ids where a name is taken twice.
    pub fn resolve(&self, given: &str) -> Result<&Field> {
        if let Some(field) = self.by_id(given.trim()) {
            return Ok(field);
        }
        let wanted = loose(given);
        let fits = |name: &str| loose(name) == wanted;
        let found: Vec<&Field> = self
            .0
            .iter()
            .filter(|field| {
                fits(&field.name)
                    || field.untranslated_name.as_deref().is_some_and(fits)
                    || loose(&field.id) == wanted
            })
            .collect();
        match found.as_slice() {
            [field] => Ok(field),
            [] => Err(Error::Unresolved {
                kind: "field",
                given: given.to_owned(),
                candidates: crate::nearest::names(given, self.names()),
                ambiguous: false,
            }),
            several => Err(Error::Unresolved {
                kind: "field",
                given: given.to_owned(),
                candidates: several.iter().map(|field| format!("{} ({})", field.id, field.name)).collect(),
                ambiguous: true,
            }),
        }
    }
}

/// A name without case, spaces and punctuation: `Story Points`, `story_points`, `storyPoints`.
pub(crate) fn loose(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
