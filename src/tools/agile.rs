//! The toolset `agile`.

mod board;
pub(super) mod running_sprints;
mod sprint;

use crate::server::{JiraServer, Toolset};

/// Boards and their sprints.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "agile",
    default: false,
    purpose: "List boards and sprints",
    router: || JiraServer::board_tools() + JiraServer::sprint_tools(),
};
