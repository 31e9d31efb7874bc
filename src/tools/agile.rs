//! Boards and sprints.

pub(super) mod running_sprints;
