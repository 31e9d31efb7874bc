//! Boards and sprints, `/rest/agile/1.0`.

pub(in crate::jira) mod sprint;

pub use sprint::{Board, Sprint};
