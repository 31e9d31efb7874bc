//! The toolset `worklogs`.

mod worklog;

use crate::server::{JiraServer, Toolset};

/// Log work, and read, change and delete what is logged.
pub(super) const TOOLSET: Toolset = Toolset {
    name: "worklogs",
    default: false,
    purpose: "Log work, and read, change and delete what is logged",
    router: JiraServer::worklog_tools,
};
