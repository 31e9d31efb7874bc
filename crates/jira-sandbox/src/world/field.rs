//! Fields, their options, and the values that issues store in them.

use jiff::{Timestamp, civil::Date};
use serde_json::Value as Json;

use super::Id;

/// Kind of a field's values. It decides the shape of its values, in storage ([`Value`]) and in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text: [`Value::Text`].
    Text,
    /// Rich text: [`Value::Doc`].
    TextArea,
    /// A web address: [`Value::Text`].
    Url,
    /// [`Value::Number`].
    Number,
    /// [`Value::Date`].
    Date,
    /// [`Value::DateTime`].
    DateTime,
    /// One of a list: [`Value::Option`].
    Select,
    /// One of a list, as radio buttons: [`Value::Option`].
    Radio,
    /// Several of a list: [`Value::Options`].
    MultiSelect,
    /// Several of a list, as checkboxes: [`Value::Options`].
    Checkboxes,
    /// One of a list and one of its children: [`Value::Cascade`].
    Cascade,
    /// [`Value::User`].
    User,
    /// [`Value::Users`].
    Users,
    /// [`Value::Labels`].
    Labels,
    /// [`Value::Group`].
    Group,
    /// [`Value::Version`].
    Version,
    /// [`Value::Versions`].
    Versions,
    /// [`Value::Components`].
    Components,
    /// Every sprint that the issue is or was in: [`Value::Sprints`].
    Sprint,
    /// Lexical rank: [`Value::Text`].
    Rank,
    /// [`Value::Priority`].
    Priority,
    /// [`Value::Resolution`].
    Resolution,
    /// [`Value::Status`].
    Status,
    /// [`Value::Type`].
    IssueType,
    /// [`Value::Project`].
    Project,
    /// [`Value::Parent`].
    Parent,
    /// A duration: [`Value::Seconds`].
    Seconds,
    /// Comments, links, attachments and other things that are not stored as one value.
    Special,
}

/// A field of the site, system or custom.
#[derive(Debug, Clone)]
pub struct Field {
    /// `summary`, or `customfield_10016`.
    pub id: String,
    /// The number in the id of a custom field; none for a system field.
    pub custom: Option<Id>,
    /// The name on the screen, such as `Story Points`.
    pub name: String,
    /// The purpose; shown in create metadata nowhere, in field search only.
    pub description: String,
    /// The kind of values that it holds.
    pub kind: FieldKind,
    /// Names by which JQL knows it, lower and upper case being the same.
    pub clause_names: Vec<String>,
    /// True where the field can stand on a screen.
    pub orderable: bool,
    /// True where `*navigable` includes the field.
    pub navigable: bool,
    /// True where JQL searches the field.
    pub searchable: bool,
    /// The JSON schema that Jira shows for it; null for the few fields that have none.
    pub schema: Json,
    /// Choices of select, radio, checkbox and cascading fields, in order.
    pub options: Vec<FieldOption>,
}

impl Field {
    /// A choice or a child of a choice, by id.
    #[must_use]
    pub fn option(&self, id: Id) -> Option<&FieldOption> {
        self.options
            .iter()
            .find_map(|o| if o.id == id { Some(o) } else { o.children.iter().find(|c| c.id == id) })
    }

    /// A choice of the first level by its text, lower and upper case being different as in Jira.
    #[must_use]
    pub fn option_named(&self, value: &str) -> Option<&FieldOption> {
        self.options.iter().find(|o| o.value == value)
    }
}

/// One choice of a field.
#[derive(Debug, Clone)]
pub struct FieldOption {
    /// The id, such as 10021, unique on the site.
    pub id: Id,
    /// The text.
    pub value: String,
    /// A disabled choice stays on issues that have it and cannot be chosen.
    pub disabled: bool,
    /// Second level, for cascading fields.
    pub children: Vec<FieldOption>,
}

/// A value that an issue stores in a field. Ids point into the [`World`](super::World).
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Plain text.
    Text(String),
    /// An Atlassian Document.
    Doc(Json),
    /// A number; Jira has but one kind.
    Number(f64),
    /// A day.
    Date(Date),
    /// A moment.
    DateTime(Timestamp),
    /// An account id.
    User(String),
    /// Account ids.
    Users(Vec<String>),
    /// Words without spaces.
    Labels(Vec<String>),
    /// A group's name.
    Group(String),
    /// An option of the field.
    Option(Id),
    /// Options of the field.
    Options(Vec<Id>),
    /// An option and a child of it.
    Cascade(Id, Option<Id>),
    /// A version of the issue's project.
    Version(Id),
    /// Versions of the issue's project.
    Versions(Vec<Id>),
    /// Components of the issue's project.
    Components(Vec<Id>),
    /// Sprints: all closed ones that the issue was in, and at most one that is not closed, last.
    Sprints(Vec<Id>),
    /// A priority.
    Priority(Id),
    /// A resolution.
    Resolution(Id),
    /// A status.
    Status(Id),
    /// An issue type.
    Type(Id),
    /// A project.
    Project(Id),
    /// An issue.
    Parent(Id),
    /// A duration in seconds.
    Seconds(i64),
}

impl Value {
    /// True where the value is a list without members, which Jira treats as no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Users(list) | Self::Labels(list) => list.is_empty(),
            Self::Options(list) | Self::Versions(list) | Self::Components(list) | Self::Sprints(list) => {
                list.is_empty()
            }
            Self::Text(text) => text.is_empty(),
            _ => false,
        }
    }
}

/// A document of one paragraph, the usual form of a short remark.
#[must_use]
pub fn paragraph(text: &str) -> Json {
    serde_json::json!({
        "type": "doc", "version": 1,
        "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": text }] }]
    })
}
