//! The shape of a field's values: one reading of Jira's schema for writing a value, for comparing what was stored
//! with it, and for saying how it is written.

use crate::jira::values::field::Schema;

/// The shape of a field's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One line of text.
    Line,
    /// Rich text: Markdown for people, ADF for Jira.
    Rich,
    /// A number.
    Number,
    /// A day.
    Day,
    /// A date and time.
    Moment,
    /// A person.
    Person,
    /// A value of a list, found by name or id; with the kind of thing that it is.
    Choice(&'static str),
    /// A value of a list, and one of those under it.
    Cascade,
    /// Another issue.
    Issue,
    /// Original and remaining estimate.
    Estimates,
    /// A sprint.
    Sprint,
    /// A group of people.
    Group,
    /// A word without spaces.
    Label,
    /// Several of these.
    List(Box<Shape>),
    /// Any other value, as Jira takes it.
    Raw,
}

/// Things that are chosen from a list: Jira's type, and what people call one.
const CHOICES: [(&str, &str); 8] = [
    ("option", "option"),
    ("priority", "priority"),
    ("resolution", "resolution"),
    ("issuetype", "issue type"),
    ("securitylevel", "security level"),
    ("version", "version"),
    ("component", "component"),
    ("project", "project"),
];

impl Shape {
    /// The shape of the field with this id and schema.
    #[must_use]
    pub fn of(id: &str, schema: Option<&Schema>) -> Self {
        let Some(schema) = schema else {
            return if id == "parent" { Self::Issue } else { Self::Raw };
        };
        match (schema.kind.as_str(), schema.custom_kind()) {
            (_, Some("gh-sprint")) => Self::Sprint,
            ("string", Some("textarea")) => Self::Rich,
            ("string", None) if matches!(id, "description" | "environment") => Self::Rich,
            ("array", _) => Self::one(schema.items.as_deref().unwrap_or_default(), Self::Label)
                .map_or(Self::Raw, |item| Self::List(Box::new(item))),
            (kind, _) => Self::one(kind, Self::Line).unwrap_or(Self::Raw),
        }
    }

    /// The shape of a single value; a text is a line by itself and a label in a list.
    fn one(kind: &str, of_text: Self) -> Option<Self> {
        if kind == "string" {
            return Some(of_text);
        }
        if let Some((_, name)) = CHOICES.iter().find(|(choice, _)| *choice == kind) {
            return Some(Self::Choice(name));
        }
        Some(match kind {
            "number" => Self::Number,
            "date" => Self::Day,
            "datetime" => Self::Moment,
            "user" => Self::Person,
            "option-with-child" => Self::Cascade,
            "issuelink" => Self::Issue,
            "timetracking" => Self::Estimates,
            "group" => Self::Group,
            _ => return None,
        })
    }

    /// True where a value is chosen from what a screen allows.
    #[must_use]
    pub fn is_chosen(&self) -> bool {
        match self {
            Self::Choice(_) | Self::Cascade => true,
            Self::List(item) => item.is_chosen(),
            _ => false,
        }
    }

    /// The form in which a value is written, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Line => "text, one line",
            Self::Rich => "Markdown",
            Self::Number => "number",
            Self::Day => "YYYY-MM-DD",
            Self::Moment => "YYYY-MM-DDTHH:MM",
            Self::Person => "person",
            Self::Choice(name) => name,
            Self::Cascade => "Parent > Child",
            Self::Issue => "issue key",
            Self::Estimates => "duration such as 2h 30m",
            Self::Sprint => "sprint name or id",
            Self::Group => "group name",
            Self::Label => "word without spaces",
            Self::List(item) => {
                return match item.as_ref() {
                    Self::Person => "list of people".to_owned(),
                    Self::Label => "list of words without spaces".to_owned(),
                    Self::Choice(name) => format!("list of {name}s"),
                    item => format!("list: {}", item.words()),
                };
            }
            Self::Raw => "as Jira's REST API takes it",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn jiras_schemas_are_read_as_shapes() {
        let custom = "com.atlassian.jira.plugin.system.customfieldtypes";
        let table: [(&str, Value, Shape); 13] = [
            ("summary", json!({"type": "string", "system": "summary"}), Shape::Line),
            ("description", json!({"type": "string", "system": "description"}), Shape::Rich),
            ("customfield_1", json!({"type": "string", "custom": format!("{custom}:textarea")}), Shape::Rich),
            (
                "customfield_1",
                json!({"type": "string", "custom": format!("{custom}:textfield")}),
                Shape::Line,
            ),
            ("priority", json!({"type": "priority", "system": "priority"}), Shape::Choice("priority")),
            ("labels", json!({"type": "array", "items": "string"}), Shape::List(Shape::Label.into())),
            (
                "versions",
                json!({"type": "array", "items": "version"}),
                Shape::List(Shape::Choice("version").into()),
            ),
            (
                "customfield_2",
                json!({"type": "option-with-child", "custom": format!("{custom}:cascadingselect")}),
                Shape::Cascade,
            ),
            (
                "customfield_3",
                json!({"type": "array", "items": "json", "custom": "com.pyxis.greenhopper.jira:gh-sprint"}),
                Shape::Sprint,
            ),
            ("customfield_4", json!({"type": "array", "items": "cmdb-object-field"}), Shape::Raw),
            ("customfield_5", json!({"type": "team"}), Shape::Raw),
            ("parent", json!({"type": "issuelink", "system": "parent"}), Shape::Issue),
            ("timetracking", json!({"type": "timetracking"}), Shape::Estimates),
        ];
        for (id, schema, expected) in table {
            let schema: Schema = serde_json::from_value(schema).unwrap();
            assert_eq!(Shape::of(id, Some(&schema)), expected, "{id}");
        }
        assert_eq!(Shape::of("parent", None), Shape::Issue);
    }
}
