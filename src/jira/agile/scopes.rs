//! The scopes of boards and sprints.

/// The scopes of all operations of this API, in alphabetical order.
pub(super) const AGILE_SCOPES: &[&str] = &[
    "read:board-scope:jira-software",
    "read:issue-details:jira",
    "read:project:jira",
    "read:sprint:jira-software",
];
