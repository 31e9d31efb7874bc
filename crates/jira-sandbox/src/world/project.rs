//! Projects and what belongs to them: issue types, workflows, screens, components, versions, boards, sprints.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde_json::Value as Json;

use super::{Actor, Id, Permission, PermissionHolder, Value};

/// The product that a project belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectKind {
    /// Jira Software: boards and sprints.
    Software,
    /// Jira Service Management.
    Service,
    /// Work management.
    Business,
}

impl ProjectKind {
    /// Jira's `projectTypeKey`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Service => "service_desk",
            Self::Business => "business",
        }
    }
}

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// The id, such as 10000.
    pub id: Id,
    /// The key, such as `DEMO`.
    pub key: String,
    /// Keys that it had before; they still lead to it.
    pub old_keys: Vec<String>,
    /// The name.
    pub name: String,
    /// Plain text.
    pub description: String,
    /// The product it belongs to.
    pub kind: ProjectKind,
    /// The account id of the lead.
    pub lead: String,
    /// The project's page elsewhere, or empty.
    pub url: String,
    /// True where an issue without assignee goes to the lead.
    pub assign_to_lead: bool,
    /// Issue types in order, each with its screen and workflow.
    pub types: Vec<ProjectType>,
    /// Ids of the priorities offered, in order.
    pub priorities: Vec<Id>,
    /// Holders of each permission.
    pub grants: BTreeMap<Permission, Vec<PermissionHolder>>,
    /// Actors of each role.
    pub actors: BTreeMap<Id, Vec<Actor>>,
    /// Entity properties.
    pub properties: BTreeMap<String, Json>,
    /// The number of the newest issue.
    pub last_number: u64,
}

impl Project {
    /// The project's settings for an issue type.
    #[must_use]
    pub fn type_of(&self, issue_type: Id) -> Option<&ProjectType> {
        self.types.iter().find(|t| t.id == issue_type)
    }
}

/// An issue type as a project uses it.
#[derive(Debug, Clone)]
pub struct ProjectType {
    /// Issue type.
    pub id: Id,
    /// Workflow.
    pub workflow: Id,
    /// Fields that can be set on creating and editing; others "cannot be set".
    pub screen: Vec<ScreenField>,
}

impl ProjectType {
    /// The field on the screen, if it is there.
    #[must_use]
    pub fn on_screen(&self, field: &str) -> Option<&ScreenField> {
        self.screen.iter().find(|f| f.field == field)
    }
}

/// A field on a screen.
#[derive(Debug, Clone)]
pub struct ScreenField {
    /// Field id.
    pub field: String,
    /// True where the field must have a value.
    pub required: bool,
    /// The value that the field has when nothing is given.
    pub default: Option<Value>,
}

impl ScreenField {
    /// A field that may stay empty.
    #[must_use]
    pub fn optional(field: &str) -> Self {
        Self { field: field.into(), required: false, default: None }
    }

    /// A field that must have a value.
    #[must_use]
    pub fn required(field: &str) -> Self {
        Self { field: field.into(), required: true, default: None }
    }
}

/// An issue type of the site.
#[derive(Debug, Clone)]
pub struct IssueType {
    /// The id, such as 10001.
    pub id: Id,
    /// The name, such as `Story`.
    pub name: String,
    /// The purpose of the issue type.
    pub description: String,
    /// The level: 1 for epics, 0 for stories, tasks and bugs, -1 for subtasks.
    pub level: i64,
    /// The id of its avatar.
    pub avatar: Id,
}

/// The three kinds of status that boards colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Work that has not begun.
    ToDo,
    /// Work under way.
    InProgress,
    /// Work that is finished.
    Done,
}

impl Category {
    /// All three, in the order of work.
    pub const ALL: [Self; 3] = [Self::ToDo, Self::InProgress, Self::Done];

    /// Jira's id: 2, 4 or 3.
    #[must_use]
    pub fn id(self) -> Id {
        match self {
            Self::ToDo => 2,
            Self::InProgress => 4,
            Self::Done => 3,
        }
    }

    /// Jira's key: `new`, `indeterminate` or `done`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::ToDo => "new",
            Self::InProgress => "indeterminate",
            Self::Done => "done",
        }
    }

    /// `To Do`, `In Progress` or `Done`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ToDo => "To Do",
            Self::InProgress => "In Progress",
            Self::Done => "Done",
        }
    }

    /// The colour that Jira names.
    #[must_use]
    pub fn color(self) -> &'static str {
        match self {
            Self::ToDo => "blue-gray",
            Self::InProgress => "yellow",
            Self::Done => "green",
        }
    }
}

/// A status.
#[derive(Debug, Clone)]
pub struct Status {
    /// The id, such as 10000.
    pub id: Id,
    /// The name, such as `In Review`.
    pub name: String,
    /// The meaning of the status.
    pub description: String,
    /// Its kind.
    pub category: Category,
}

/// A priority or a resolution.
#[derive(Debug, Clone)]
pub struct Named {
    /// The id, such as 3.
    pub id: Id,
    /// The name, such as `Medium`.
    pub name: String,
    /// The meaning of it.
    pub description: String,
}

/// A workflow: statuses and the transitions between them.
#[derive(Debug, Clone)]
pub struct Workflow {
    /// Its id.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Statuses in order; a new issue has the first.
    pub statuses: Vec<Id>,
    /// Transitions in the order in which Jira lists them.
    pub transitions: Vec<Transition>,
}

/// A way from one status to another.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The id, such as 31, unique in the workflow.
    pub id: Id,
    /// The name, such as `Start review`; often not the name of the target.
    pub name: String,
    /// The statuses at which it starts; empty means anywhere ("global").
    pub from: Vec<Id>,
    /// Target status.
    pub to: Id,
    /// Fields on its screen; no screen when empty.
    pub screen: Vec<ScreenField>,
    /// The permission without which nobody sees or makes it.
    pub condition: Option<Permission>,
}

/// A part of a project.
#[derive(Debug, Clone)]
pub struct Component {
    /// Its id.
    pub id: Id,
    /// Project.
    pub project: Id,
    /// The name, unique in the project.
    pub name: String,
    /// The description.
    pub description: String,
    /// The account id of the lead.
    pub lead: Option<String>,
    /// The default assignee: `PROJECT_DEFAULT`, `COMPONENT_LEAD`, `PROJECT_LEAD` or `UNASSIGNED`.
    pub assignee_type: String,
}

/// A release of a project.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its id.
    pub id: Id,
    /// Project.
    pub project: Id,
    /// The name, unique in the project.
    pub name: String,
    /// The description.
    pub description: String,
    /// The date on which work on it starts.
    pub start: Option<Date>,
    /// The date on which it is, or was, released.
    pub release: Option<Date>,
    /// True where the version is released.
    pub released: bool,
    /// True where the version is archived.
    pub archived: bool,
}

/// Kind of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardKind {
    /// A board with sprints.
    Scrum,
    /// A board without sprints.
    Kanban,
}

impl BoardKind {
    /// Jira's name.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Scrum => "scrum",
            Self::Kanban => "kanban",
        }
    }
}

/// A board: the issues of its filter, in columns.
#[derive(Debug, Clone)]
pub struct Board {
    /// A small number.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The kind of the board, with or without sprints.
    pub kind: BoardKind,
    /// Project at which it stands.
    pub project: Id,
    /// Filter whose issues it shows.
    pub filter: Id,
    /// Columns from left to right.
    pub columns: Vec<Column>,
}

/// A column of a board.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Statuses it shows.
    pub statuses: Vec<Id>,
}

/// A saved search.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The id, such as 10000.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The account id of the owner.
    pub owner: String,
    /// The JQL query of the filter.
    pub jql: String,
}

/// State of a sprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SprintState {
    /// Planned.
    Future,
    /// Under way.
    Active,
    /// Over.
    Closed,
}

impl SprintState {
    /// Jira's name.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Active => "active",
            Self::Closed => "closed",
        }
    }
}

/// A sprint.
#[derive(Debug, Clone)]
pub struct Sprint {
    /// A small number.
    pub id: Id,
    /// Board where it was made.
    pub board: Id,
    /// Its name.
    pub name: String,
    /// The goal, or empty.
    pub goal: String,
    /// The state in its life.
    pub state: SprintState,
    /// The time at which it was made.
    pub created: Timestamp,
    /// The time at which it starts.
    pub start: Option<Timestamp>,
    /// The time at which it ends by plan.
    pub end: Option<Timestamp>,
    /// The time at which it was closed.
    pub complete: Option<Timestamp>,
}

/// A kind of link between issues.
#[derive(Debug, Clone)]
pub struct LinkType {
    /// The id, such as 10000.
    pub id: Id,
    /// The name, such as `Blocks`.
    pub name: String,
    /// The phrase that the destination has for the source, such as `is blocked by`.
    pub inward: String,
    /// The phrase that the source has for the destination, such as `blocks`.
    pub outward: String,
}
