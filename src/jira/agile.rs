//! Boards and sprints, `/rest/agile/1.0`.

pub mod sprint;

pub use sprint::{Board, Sprint};

use crate::jira::Operation;

/// The operations of this API, by file.
pub(in crate::jira) const OPERATIONS: &[&[&Operation]] = &[sprint::OPERATIONS];
