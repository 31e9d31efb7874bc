//! Boards and sprints, `/rest/agile/1.0`.

pub mod board;
mod scopes;
pub mod sprint;

use crate::jira::transport::Operation;
pub use board::Board;
pub use sprint::{Sprint, SprintState};

/// The operations of this API, by file.
pub(in crate::jira) const OPERATIONS: &[&[&Operation]] = &[board::OPERATIONS, sprint::OPERATIONS];
