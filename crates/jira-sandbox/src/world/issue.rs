//! An issue and everything that hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Id, Value};

/// An issue. Change it by the methods of [`World`](super::World): they keep the history and `updated`.
#[derive(Debug, Clone)]
pub struct Issue {
    /// The id, such as 10042.
    pub id: Id,
    /// The key, such as `DEMO-42`.
    pub key: String,
    /// The keys from before a move; they still lead here.
    pub old_keys: Vec<String>,
    /// Project.
    pub project: Id,
    /// Issue type.
    pub issue_type: Id,
    /// Status.
    pub status: Id,
    /// The account id of whoever made it.
    pub creator: String,
    /// The time at which it was made.
    pub created: Timestamp,
    /// The time at which anything last changed.
    pub updated: Timestamp,
    /// The time at which the category of its status last changed.
    pub category_changed: Timestamp,
    /// The time at which it was resolved, as long as it is.
    pub resolved: Option<Timestamp>,
    /// The smaller, the higher on the board; unique.
    pub rank: u64,
    /// All fields that can be edited, by field id: `summary`, `description`, `assignee`, `customfield_10016` ...
    /// A field without a value has no entry.
    pub fields: BTreeMap<String, Value>,
    /// The comments, oldest first.
    pub comments: Vec<Comment>,
    /// The worklogs, oldest first.
    pub worklogs: Vec<Worklog>,
    /// The attachments, oldest first.
    pub attachments: Vec<Attachment>,
    /// Links to things outside.
    pub remote_links: Vec<RemoteLink>,
    /// The changes, oldest first.
    pub history: Vec<Change>,
    /// The account ids of the watchers.
    pub watchers: BTreeSet<String>,
    /// The account ids of the voters.
    pub voters: BTreeSet<String>,
    /// Entity properties.
    pub properties: BTreeMap<String, Json>,
}

impl Issue {
    /// The summary.
    #[must_use]
    pub fn summary(&self) -> &str {
        match self.fields.get("summary") {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The account id in a field for one user, such as `assignee`.
    #[must_use]
    pub fn user(&self, field: &str) -> Option<&str> {
        match self.fields.get(field) {
            Some(Value::User(account_id)) => Some(account_id),
            _ => None,
        }
    }

    /// The issue above it: the epic of a story, the story of a subtask.
    #[must_use]
    pub fn parent(&self) -> Option<Id> {
        match self.fields.get("parent") {
            Some(Value::Parent(id)) => Some(*id),
            _ => None,
        }
    }

    /// A duration in seconds, such as `timeestimate`.
    #[must_use]
    pub fn seconds(&self, field: &str) -> Option<i64> {
        match self.fields.get(field) {
            Some(Value::Seconds(seconds)) => Some(*seconds),
            _ => None,
        }
    }

    /// The members of a list of ids, such as `fixVersions`, `components` or the sprints; empty when there are none.
    #[must_use]
    pub fn ids(&self, field: &str) -> &[Id] {
        match self.fields.get(field) {
            Some(
                Value::Options(ids) | Value::Versions(ids) | Value::Components(ids) | Value::Sprints(ids),
            ) => ids,
            _ => &[],
        }
    }

    /// Its labels.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        match self.fields.get("labels") {
            Some(Value::Labels(labels)) => labels,
            _ => &[],
        }
    }

    /// Seconds logged by all worklogs.
    #[must_use]
    pub fn time_spent(&self) -> i64 {
        self.worklogs.iter().map(|w| w.seconds).sum()
    }
}

/// The group or role to which a comment or worklog is restricted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// A group: its name.
    Group(String),
    /// A role of the project: its id.
    Role(Id),
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its id.
    pub id: Id,
    /// The account id of the author.
    pub author: String,
    /// The account id of whoever edited it last.
    pub editor: String,
    /// The body, an Atlassian Document.
    pub body: Json,
    /// The time at which it was made.
    pub created: Timestamp,
    /// The time at which it was edited last.
    pub updated: Timestamp,
    /// The group or role to which it is restricted.
    pub visibility: Option<Visibility>,
    /// Entity properties, and for service projects `sd.public.comment`.
    pub properties: BTreeMap<String, Json>,
}

/// Time that somebody worked.
#[derive(Debug, Clone)]
pub struct Worklog {
    /// Its id.
    pub id: Id,
    /// The account id of the author.
    pub author: String,
    /// The account id of whoever edited it last.
    pub editor: String,
    /// The comment, an Atlassian Document.
    pub comment: Option<Json>,
    /// The time at which the work began.
    pub started: Timestamp,
    /// The time that the work took, in seconds.
    pub seconds: i64,
    /// The time at which it was logged.
    pub created: Timestamp,
    /// The time at which it was edited last.
    pub updated: Timestamp,
    /// The group or role to which it is restricted.
    pub visibility: Option<Visibility>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its id.
    pub id: Id,
    /// Its id in the media store, by which texts show it.
    pub media: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub mime: String,
    /// The account id of the author.
    pub author: String,
    /// The time at which it was uploaded.
    pub created: Timestamp,
    /// The file.
    pub content: Vec<u8>,
}

/// The id that the media store gives to the `nth` file of a name.
#[must_use]
pub fn media_id(name: &str, nth: usize) -> String {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    format!("{:08x}-7c3a-4f19-b5d2-{:012x}", hash >> 32, (hash & 0xffff_ffff_ffff) ^ nth as u64)
}

/// A link to something outside of Jira.
#[derive(Debug, Clone)]
pub struct RemoteLink {
    /// Its id.
    pub id: Id,
    /// The caller's own id for it; a second link with it replaces the first.
    pub global_id: Option<String>,
    /// The relationship, such as `causes`.
    pub relationship: Option<String>,
    /// The application, as it was given.
    pub application: Option<Json>,
    /// URL, title, icon, status, as they were given.
    pub object: Json,
}

/// One entry of the history: all that one person changed at one moment.
#[derive(Debug, Clone)]
pub struct Change {
    /// Its id.
    pub id: Id,
    /// The account id of the author.
    pub author: String,
    /// The time of the change.
    pub created: Timestamp,
    /// The changes of fields.
    pub items: Vec<ChangeItem>,
}

/// One field's change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeItem {
    /// The name that history shows: `status`, `Fix Version`, `Story Points`, `Link`.
    pub field: String,
    /// Field id, such as `status`, `fixVersions`, `customfield_10016`.
    pub field_id: String,
    /// True where the field is a custom field.
    pub custom: bool,
    /// Id before: of the status, the account and so on; none for text and numbers.
    pub from: Option<String>,
    /// Text before.
    pub from_text: Option<String>,
    /// Id after.
    pub to: Option<String>,
    /// Text after.
    pub to_text: Option<String>,
}

/// A link between two issues: the source "outward" the destination, as in "source blocks destination".
#[derive(Debug, Clone)]
pub struct Link {
    /// Its id.
    pub id: Id,
    /// Link type.
    pub link_type: Id,
    /// The issue that blocks.
    pub source: Id,
    /// The issue that is blocked.
    pub destination: Id,
}

/// Outcome of a change of many issues.
#[derive(Debug, Clone)]
pub struct BulkTask {
    /// The account id of whoever asked for it.
    pub by: String,
    /// The time at which it was asked for.
    pub at: Timestamp,
    /// Issues that were changed.
    pub done: Vec<Id>,
    /// Issues that were not, and why.
    pub failed: Vec<(Id, String)>,
    /// The number of issues that do not exist, or not for whoever asked.
    pub invisible: usize,
}
