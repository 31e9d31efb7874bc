//! The toolset `issues`.

mod clone;
mod create;
mod get_issue;
mod history;
pub(super) mod search;
mod transition;
mod update;

use crate::server::{JiraServer, Toolset};

/// Find, read, create, change and move issues.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "issues",
    default: true,
    purpose: "Find, read, create, change and move issues",
    router: || {
        JiraServer::search_tools()
            + JiraServer::get_issue_tools()
            + JiraServer::create_tools()
            + JiraServer::update_tools()
            + JiraServer::clone_tools()
            + JiraServer::transition_tools()
            + JiraServer::history_tools()
    },
};
