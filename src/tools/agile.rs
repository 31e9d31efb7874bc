//! The toolset `agile`.

mod board;
pub(super) mod running_sprints;

use crate::server::{JiraServer, Toolset};

/// Boards and their sprints.
pub(super) const TOOLSET: Toolset =
    Toolset { name: "agile", default: false, purpose: "List boards", router: JiraServer::board_tools };
