//! Operations that several tools use where their arguments ask for it.

use crate::jira::Operation;
use crate::jira::agile::{board, sprint};
use crate::jira::platform::{attachment, autocomplete, field, issue, project, user};

/// For finding people by name.
pub(in crate::tools) const PEOPLE: &[&Operation] =
    &[&user::SEARCH, &user::SEARCH_ASSIGNABLE, &user::GET_MY_PERMISSIONS];

/// For a rich text that mentions people or shows files, and for reading what it replaces.
pub(in crate::tools) const RICH_TEXT: &[&Operation] =
    &[&user::SEARCH, &user::GET_MY_PERMISSIONS, &issue::GET, &attachment::GET_CONTENT];

/// For values of fields by name.
pub(in crate::tools) const FIELD_VALUES: &[&Operation] = &[
    &field::LIST,
    &issue::GET,
    &user::SEARCH,
    &user::SEARCH_ASSIGNABLE,
    &user::GET_MY_PERMISSIONS,
    &board::LIST,
    &sprint::LIST,
];

/// For the roles of the project that an audience may name.
pub(in crate::tools) const AUDIENCE: &[&Operation] = &[&issue::GET, &project::GET];

/// For what to write instead where Jira refuses a query.
pub(in crate::tools) const QUERY_HELP: &[&Operation] = &[&field::LIST, &autocomplete::LIST_SUGGESTIONS];
