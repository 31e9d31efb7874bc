//! Values of fields: their shapes, reading and showing them.

pub(in crate::jira) mod duration;
pub(in crate::jira) mod field;
pub(in crate::jira) mod format;
pub(in crate::jira) mod issue_ref;
pub(in crate::jira) mod rich_text;
pub(in crate::jira) mod screen;
pub(in crate::jira) mod shape;
pub(in crate::jira) mod time;

pub use duration::{WorkDuration, WorkingTime, in_hours};
pub use field::{Field, Fields, Schema};
pub use format::ValueFormatter;
pub use issue_ref::IssueRef;
pub use rich_text::RichText;
pub use screen::{Choice, MAX_NAMED_VALUES, Screen, ScreenField, offered};
pub use shape::Shape;
